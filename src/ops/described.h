/* Options of the ops that are described and not yet computed: the attrs structs, as the file stores them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * An op that gets kernels moves out of here, its struct into its family's header.
 */
#ifndef TUFF_OPS_DESCRIBED_H
#define TUFF_OPS_DESCRIBED_H

#include "ops/ops.h"

/* A record without rows: symbol, name, code, highest version, inputs, outputs, options. */
#define TUFF_DESCRIBED(symbol, name_, code_, highest_, inputs_, outputs_, ...) \
    const tuff_op tuff_op_##symbol = {.name = name_, .code = code_, .highest = highest_, .inputs = inputs_, .outputs = outputs_, .options = __VA_ARGS__}
/* clang-format off */
#define TUFF_NO_OPTIONS {NULL, 0, false, 0, NULL}
/* clang-format on */

typedef struct tuff_embedding_lookup_sparse_attrs {
    int8_t combiner;
} tuff_embedding_lookup_sparse_attrs;
typedef struct tuff_concat_embeddings_attrs {
    int32_t num_channels;
    tuff_s32s num_columns_per_channel, embedding_dim_per_channel;
} tuff_concat_embeddings_attrs;
typedef struct tuff_lsh_projection_attrs {
    int8_t type;
} tuff_lsh_projection_attrs;
typedef struct tuff_stablehlo_compare_attrs {
    uint32_t comparison_direction, compare_type;
} tuff_stablehlo_compare_attrs;
typedef struct tuff_stablehlo_concatenate_attrs {
    int64_t dimension;
} tuff_stablehlo_concatenate_attrs;
typedef struct tuff_stablehlo_broadcast_in_dim_attrs {
    tuff_s64s broadcast_dimensions;
} tuff_stablehlo_broadcast_in_dim_attrs;
typedef struct tuff_stablehlo_slice_attrs {
    tuff_s64s start_indices, limit_indices, strides;
} tuff_stablehlo_slice_attrs;
typedef struct tuff_stablehlo_dynamic_slice_attrs {
    tuff_s64s slice_sizes;
} tuff_stablehlo_dynamic_slice_attrs;
typedef struct tuff_stablehlo_iota_attrs {
    int64_t iota_dimension;
} tuff_stablehlo_iota_attrs;
typedef struct tuff_stablehlo_transpose_attrs {
    tuff_s64s permutation;
} tuff_stablehlo_transpose_attrs;
typedef struct tuff_stablehlo_convolution_attrs {
    tuff_s64s window_strides, padding, lhs_dilation, rhs_dilation;
    tuff_bytes window_reversal;
    int64_t input_batch_dimension, input_feature_dimension;
    tuff_s64s input_spatial_dimensions;
    int64_t kernel_input_feature_dimension, kernel_output_feature_dimension;
    tuff_s64s kernel_spatial_dimensions;
    int64_t output_batch_dimension, output_feature_dimension;
    tuff_s64s output_spatial_dimensions;
    int64_t feature_group_count, batch_group_count;
    tuff_u32s precision_config;
} tuff_stablehlo_convolution_attrs;
typedef struct tuff_stablehlo_dot_general_attrs {
    tuff_s64s lhs_batching_dimensions, rhs_batching_dimensions, lhs_contracting_dimensions, rhs_contracting_dimensions;
    tuff_u32s precision_config;
} tuff_stablehlo_dot_general_attrs;
typedef struct tuff_stablehlo_reduce_attrs {
    tuff_s64s dimensions;
    int32_t body_subgraph_index;
} tuff_stablehlo_reduce_attrs;
typedef struct tuff_stablehlo_sort_attrs {
    int64_t dimension;
    bool is_stable;
    int32_t comparator_subgraph_index;
} tuff_stablehlo_sort_attrs;
typedef struct tuff_stablehlo_while_attrs {
    int32_t cond_subgraph_index, body_subgraph_index;
} tuff_stablehlo_while_attrs;
typedef struct tuff_stablehlo_custom_call_attrs {
    const char *call_target_name;
    bool has_side_effect;
    const char *backend_config;
    int32_t api_version;
    tuff_s32s called_computations;
    tuff_bytes custom_attributes;
} tuff_stablehlo_custom_call_attrs;

#endif
