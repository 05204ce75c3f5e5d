/* ADD, SUB, MUL: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_ARITHMETIC_H
#define TUFF_OPS_ARITHMETIC_H

#include "ops/binary.h"
#include "prims/prims.h"

typedef struct tuff_add_attrs {
    int8_t fused_activation_function;
    bool pot_scale_int16;
} tuff_add_attrs; /* SUB's too */
typedef struct tuff_mul_attrs {
    int8_t fused_activation_function;
} tuff_mul_attrs;

typedef struct tuff_binary_f32_args {
    tuff_walk walk;
    float lo, hi;
} tuff_binary_f32_args;
typedef struct tuff_binary_integer_args {
    tuff_walk walk;
    int64_t lo, hi;
} tuff_binary_integer_args;
typedef struct tuff_add_quantized_args {
    tuff_walk walk;
    int32_t left_shift, zero_a, zero_b, zero_out, lo, hi;
    tuff_multiplier scale_a, scale_b, scale_out;
} tuff_add_quantized_args;
typedef struct tuff_add_tables_args {
    tuff_walk walk;
    const tuff_requantize_s8 *requantize;
    int32_t zero_out, lo, hi;
    tuff_multiplier scale_out;
} tuff_add_tables_args;
typedef struct tuff_add_shifted_args {
    tuff_walk walk;
    int32_t shift_a, shift_b, lo, hi;
} tuff_add_shifted_args;
typedef struct tuff_mul_quantized_args {
    tuff_walk walk;
    int32_t zero_a, zero_b, zero_out, lo, hi;
    tuff_multiplier scale;
} tuff_mul_quantized_args;

int tuff_add_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sub_f32(const void *args, void *const *io, int job, int jobs);
int tuff_mul_f32(const void *args, void *const *io, int job, int jobs);
int tuff_add_f16(const void *args, void *const *io, int job, int jobs);
int tuff_mul_f16(const void *args, void *const *io, int job, int jobs);
int tuff_mul_c64(const void *args, void *const *io, int job, int jobs);
int tuff_add_s16_wrapping(const void *args, void *const *io, int job, int jobs);
int tuff_add_s32(const void *args, void *const *io, int job, int jobs);
int tuff_add_s64(const void *args, void *const *io, int job, int jobs);
int tuff_sub_s32(const void *args, void *const *io, int job, int jobs);
int tuff_sub_s64(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s16_wrapping(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s32(const void *args, void *const *io, int job, int jobs);
int tuff_mul_u32(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s64(const void *args, void *const *io, int job, int jobs);
int tuff_add_s8(const void *args, void *const *io, int job, int jobs);
int tuff_add_u8(const void *args, void *const *io, int job, int jobs);
int tuff_add_s16(const void *args, void *const *io, int job, int jobs);
int tuff_sub_s8(const void *args, void *const *io, int job, int jobs);
int tuff_sub_u8(const void *args, void *const *io, int job, int jobs);
int tuff_sub_s16(const void *args, void *const *io, int job, int jobs);
int tuff_add_b1_tables(const void *args, void *const *io, int job, int jobs);
int tuff_add_s16_shifted(const void *args, void *const *io, int job, int jobs);
int tuff_sub_s16_shifted(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s8(const void *args, void *const *io, int job, int jobs);
int tuff_mul_u8(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s16(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s16_s8(const void *args, void *const *io, int job, int jobs);
int tuff_mul_s16_u8(const void *args, void *const *io, int job, int jobs);

#endif
