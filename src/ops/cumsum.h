/* CUMSUM: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_CUMSUM_H
#define TUFF_OPS_CUMSUM_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_cumsum_attrs {
    bool exclusive, reverse;
} tuff_cumsum_attrs;
typedef struct tuff_cumsum_args {
    int64_t outer, inner;
    int32_t size;
    bool exclusive, reverse;
} tuff_cumsum_args;

int tuff_cumsum_f32(const void *args, void *const *io, int job, int jobs);
int tuff_cumsum_s32(const void *args, void *const *io, int job, int jobs);
int tuff_cumsum_s64(const void *args, void *const *io, int job, int jobs);

#endif
