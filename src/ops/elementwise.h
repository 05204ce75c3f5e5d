/* ABS, NEG, SIGN, SQUARE, SQRT, RSQRT, EXP, LOG, SIN, COS, ELU, HARD_SWISH, FLOOR, CEIL, ROUND, LOGICAL_NOT: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_ELEMENTWISE_H
#define TUFF_OPS_ELEMENTWISE_H

#include "ops/unary.h"

typedef struct tuff_abs_args {
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    tuff_multiplier scale;
} tuff_abs_args;
typedef struct tuff_root_args {
    int64_t count;
    int32_t zero_in;
} tuff_root_args;
typedef struct tuff_sqrt_args {
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    float scale_in, scale_out;
} tuff_sqrt_args;

int tuff_abs_f32(const void *args, void *const *io, int job, int jobs);
int tuff_abs_s32(const void *args, void *const *io, int job, int jobs);
int tuff_neg_f32(const void *args, void *const *io, int job, int jobs);
int tuff_neg_f16(const void *args, void *const *io, int job, int jobs);
int tuff_neg_s8(const void *args, void *const *io, int job, int jobs);
int tuff_neg_s16(const void *args, void *const *io, int job, int jobs);
int tuff_neg_s32(const void *args, void *const *io, int job, int jobs);
int tuff_neg_s64(const void *args, void *const *io, int job, int jobs);
int tuff_square_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sqrt_f32(const void *args, void *const *io, int job, int jobs);
int tuff_rsqrt_f32(const void *args, void *const *io, int job, int jobs);
int tuff_exp_f32(const void *args, void *const *io, int job, int jobs);
int tuff_log_f32(const void *args, void *const *io, int job, int jobs);
int tuff_elu_f32(const void *args, void *const *io, int job, int jobs);
int tuff_hard_swish_f32(const void *args, void *const *io, int job, int jobs);
int tuff_floor_f32(const void *args, void *const *io, int job, int jobs);
int tuff_floor_f16(const void *args, void *const *io, int job, int jobs);
int tuff_floor_bf16(const void *args, void *const *io, int job, int jobs);
int tuff_ceil_f32(const void *args, void *const *io, int job, int jobs);
int tuff_round_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sin_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sin_f16(const void *args, void *const *io, int job, int jobs);
int tuff_cos_f32(const void *args, void *const *io, int job, int jobs);
int tuff_cos_f16(const void *args, void *const *io, int job, int jobs);
int tuff_sign_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sign_f64(const void *args, void *const *io, int job, int jobs);
int tuff_sign_s32(const void *args, void *const *io, int job, int jobs);
int tuff_logical_not_bool(const void *args, void *const *io, int job, int jobs);
int tuff_abs_s16(const void *args, void *const *io, int job, int jobs);
int tuff_root_s8(const void *args, void *const *io, int job, int jobs);
int tuff_rsqrt_s16(const void *args, void *const *io, int job, int jobs);
int tuff_sqrt_s16(const void *args, void *const *io, int job, int jobs);

#endif
