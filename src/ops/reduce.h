/* MEAN, SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_REDUCE_H
#define TUFF_OPS_REDUCE_H

#include "ops/walk.h"

typedef struct tuff_reduce_attrs {
    bool keep_dims;
} tuff_reduce_attrs;

/* Each output, in kept's order, reduces the elements at its source offset plus each of reduced's. */
typedef struct tuff_reduce_args {
    tuff_walk kept, reduced;
    int64_t count; /* elements per output */
} tuff_reduce_args;
typedef struct tuff_reduce_quantized_args {
    tuff_walk kept, reduced;
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    tuff_multiplier scale;
} tuff_reduce_quantized_args;

int tuff_mean_f32(const void *args, void *const *io, int job, int jobs);
int tuff_mean_s32(const void *args, void *const *io, int job, int jobs);
int tuff_mean_s64(const void *args, void *const *io, int job, int jobs);
/* MEAN and SUM: the multiplier tells */
int tuff_sum_scaled_s8(const void *args, void *const *io, int job, int jobs);
int tuff_sum_scaled_u8(const void *args, void *const *io, int job, int jobs);
int tuff_sum_scaled_s16(const void *args, void *const *io, int job, int jobs);
int tuff_sum_f32(const void *args, void *const *io, int job, int jobs);
int tuff_sum_s32(const void *args, void *const *io, int job, int jobs);
int tuff_sum_s64(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_prod_f32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_prod_s32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_prod_s64(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_prod_s8(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_prod_s16(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_f32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_s8(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_u8(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_s16(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_s32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_max_s64(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_f32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_s8(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_u8(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_s16(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_s32(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_min_s64(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_any_bool(const void *args, void *const *io, int job, int jobs);
int tuff_reduce_all_bool(const void *args, void *const *io, int job, int jobs);

#endif
