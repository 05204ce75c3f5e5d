/* GATHER: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_GATHER_H
#define TUFF_OPS_GATHER_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_gather_attrs {
    int32_t axis, batch_dims;
} tuff_gather_attrs;
/* in [batches][outer][size][bytes], indices [batches][count], out [batches][outer][count][bytes] */
typedef struct tuff_gather_args {
    int64_t batches, outer, size, count, bytes;
} tuff_gather_args;

int tuff_gather_s16(const void *args, void *const *io, int job, int jobs);
int tuff_gather_s32(const void *args, void *const *io, int job, int jobs);
int tuff_gather_s64(const void *args, void *const *io, int job, int jobs);
/* `bytes` counts strings */
int tuff_gather_string_s32(const void *args, void *const *io, int job, int jobs);
int tuff_gather_string_s64(const void *args, void *const *io, int job, int jobs);

#endif
