/* GATHER_ND, SCATTER_ND and SPARSE_TO_DENSE: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_GATHER_ND_H
#define TUFF_OPS_GATHER_ND_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_sparse_to_dense_attrs {
    bool validate_indices;
} tuff_sparse_to_dense_attrs;

/* `count` index vectors of `depth` numbers; each names a slice of `elements` elements, dims[k] places of them step[k] elements apart. */
typedef struct tuff_gather_nd_args {
    int64_t count, elements, total; /* total: elements of the output */
    int32_t depth, index_bytes, bytes, type;
    int32_t value_step; /* SPARSE_TO_DENSE: 1, or 0 where one value is stored everywhere */
    int32_t dims[TUFF_MAX_RANK];
    int64_t step[TUFF_MAX_RANK];
} tuff_gather_nd_args;
int tuff_gather_nd(const void *args, void *const *io, int job, int jobs);
int tuff_gather_nd_string(const void *args, void *const *io, int job, int jobs);
int tuff_scatter_nd(const void *args, void *const *io, int job, int jobs);
int tuff_sparse_to_dense(const void *args, void *const *io, int job, int jobs);

#endif
