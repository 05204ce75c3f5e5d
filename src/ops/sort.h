/* TOPK_V2, UNIQUE: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SORT_H
#define TUFF_OPS_SORT_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_unique_attrs {
    int8_t idx_out_type;
} tuff_unique_attrs;
typedef struct tuff_topk_args {
    int64_t rows;
    int32_t depth, k, type, index_bytes;
} tuff_topk_args; /* type: a tuff_type */
typedef struct tuff_unique_args {
    int32_t count, type, index_bytes;
} tuff_unique_args;

int tuff_topk_v2(const void *args, void *const *io, int job, int jobs);
int tuff_unique(const void *args, void *const *io, int job, int jobs);

#endif
