/* DIV: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_DIV_H
#define TUFF_OPS_DIV_H

#include "ops/binary.h"

typedef struct tuff_div_attrs {
    int8_t fused_activation_function;
} tuff_div_attrs;

typedef struct tuff_div_f32_args {
    tuff_walk walk;
    float lo, hi;
} tuff_div_f32_args;
typedef struct tuff_div_s32_args {
    tuff_walk walk;
    int32_t lo, hi;
} tuff_div_s32_args;
typedef struct tuff_div_quantized_args {
    tuff_walk walk;
    int32_t zero_a, zero_b, zero_out, lo, hi;
    double scale;
} tuff_div_quantized_args;

int tuff_div_f32(const void *args, void *const *io, int job, int jobs);
int tuff_div_s32(const void *args, void *const *io, int job, int jobs);
int tuff_div_s8(const void *args, void *const *io, int job, int jobs);
int tuff_div_u8(const void *args, void *const *io, int job, int jobs);
int tuff_div_s16(const void *args, void *const *io, int job, int jobs);

#endif
