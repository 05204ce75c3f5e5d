/* SEGMENT_SUM, UNSORTED_SEGMENT_SUM, _PROD, _MAX, _MIN: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SEGMENT_H
#define TUFF_OPS_SEGMENT_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_segment_args {
    int64_t slices, inner;
    int32_t segments;
} tuff_segment_args;

int tuff_segment_sum_f32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_sum_s32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_prod_f32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_prod_s32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_max_f32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_max_s32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_min_f32(const void *args, void *const *io, int job, int jobs);
int tuff_segment_min_s32(const void *args, void *const *io, int job, int jobs);

#endif
