/* RANGE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RANGE_H
#define TUFF_OPS_RANGE_H

#include "tuff/op.h"

typedef struct tuff_range_args {
    int64_t count;
} tuff_range_args;

int tuff_range_f32(const void *args, void *const *io, int job, int jobs);
int tuff_range_s32(const void *args, void *const *io, int job, int jobs);
int tuff_range_s64(const void *args, void *const *io, int job, int jobs);

#endif
