/* STABLEHLO_GATHER and STABLEHLO_SCATTER: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_STABLEHLO_GATHER_H
#define TUFF_OPS_STABLEHLO_GATHER_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_stablehlo_gather_attrs {
    tuff_s64s offset_dims, collapsed_slice_dims, start_index_map;
    int64_t index_vector_dim;
    tuff_s64s slice_sizes;
    bool indices_are_sorted;
} tuff_stablehlo_gather_attrs;
typedef struct tuff_stablehlo_scatter_attrs {
    bool indices_are_sorted;
    tuff_s64s update_window_dims, inserted_window_dims, scatter_dims_to_operand_dims;
    int64_t index_vector_dim;
    bool unique_indices;
    int32_t update_computation_subgraph_index;
} tuff_stablehlo_scatter_attrs;

/* `windows` are the gathered slices, or the updates: each of its dims either counts index vectors (index_step apart in the indices; operand_dim -1)
 * or runs along dim operand_dim of the operand. An index vector's entry k, k * vector_step away, is where the window begins along dim mapped[k]. */
typedef struct tuff_stablehlo_gather_args {
    int32_t rank, operand_rank, mapped_count, index_bytes, bytes, type, combination;
    int32_t dims[TUFF_MAX_RANK], operand_dim[TUFF_MAX_RANK], operand[TUFF_MAX_RANK], mapped[TUFF_MAX_RANK], slice[TUFF_MAX_RANK];
    int64_t index_step[TUFF_MAX_RANK], operand_step[TUFF_MAX_RANK], vector_step;
} tuff_stablehlo_gather_args;
int tuff_stablehlo_gather(const void *args, void *const *io, int job, int jobs);
int tuff_stablehlo_scatter(const void *args, void *const *io, int job, int jobs);

#endif
