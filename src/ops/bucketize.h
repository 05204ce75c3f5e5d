/* BUCKETIZE: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_BUCKETIZE_H
#define TUFF_OPS_BUCKETIZE_H

#include "ops/unary.h"

typedef struct tuff_bucketize_attrs {
    tuff_f32s boundaries;
} tuff_bucketize_attrs;
typedef struct tuff_bucketize_args {
    int64_t count;
    int32_t boundaries;
} tuff_bucketize_args;

int tuff_bucketize_f32(const void *args, void *const *io, int job, int jobs);
int tuff_bucketize_f64(const void *args, void *const *io, int job, int jobs);
int tuff_bucketize_s32(const void *args, void *const *io, int job, int jobs);
int tuff_bucketize_s64(const void *args, void *const *io, int job, int jobs);

#endif
