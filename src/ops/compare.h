/* LESS, GREATER, LESS_EQUAL, GREATER_EQUAL, EQUAL, NOT_EQUAL: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_COMPARE_H
#define TUFF_OPS_COMPARE_H

#include "ops/binary.h"

typedef struct tuff_compare_s16_args {
    tuff_walk walk;
    tuff_multiplier scale_a, scale_b;
} tuff_compare_s16_args;

int tuff_less_f32(const void *args, void *const *io, int job, int jobs);
int tuff_less_f16(const void *args, void *const *io, int job, int jobs);
int tuff_less_bf16(const void *args, void *const *io, int job, int jobs);
int tuff_less_s16(const void *args, void *const *io, int job, int jobs);
int tuff_less_s32(const void *args, void *const *io, int job, int jobs);
int tuff_less_s64(const void *args, void *const *io, int job, int jobs);
int tuff_less_b1_tables(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_f32(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_f16(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_s16(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_s32(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_s64(const void *args, void *const *io, int job, int jobs);
int tuff_less_equal_b1_tables(const void *args, void *const *io, int job, int jobs);
int tuff_equal_f32(const void *args, void *const *io, int job, int jobs);
int tuff_equal_f16(const void *args, void *const *io, int job, int jobs);
int tuff_equal_bool(const void *args, void *const *io, int job, int jobs);
int tuff_equal_s16(const void *args, void *const *io, int job, int jobs);
int tuff_equal_s32(const void *args, void *const *io, int job, int jobs);
int tuff_equal_s64(const void *args, void *const *io, int job, int jobs);
int tuff_equal_b1_tables(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_f32(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_f16(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_bool(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_s16(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_s32(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_s64(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_b1_tables(const void *args, void *const *io, int job, int jobs);
int tuff_equal_s16_scaled(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_s16_scaled(const void *args, void *const *io, int job, int jobs);
int tuff_equal_string(const void *args, void *const *io, int job, int jobs);
int tuff_not_equal_string(const void *args, void *const *io, int job, int jobs);

#endif
