/* StableHLO in .tflite: options of both kinds live in builtin_options_2. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "ops/described.h"

static const char *const comparison_direction_names[] = {"EQ", "NE", "GE", "GT", "LE", "LT", NULL};
static const char *const comparison_type_names[] = {"NOTYPE", "FLOAT", "FLOAT_TOTAL_ORDER", "SIGNED", "UNSIGNED", NULL};
static const char *const precision_names[] = {"DEFAULT", "HIGH", "HIGHEST", NULL};

/* ---- element by element ---- */

static const tuff_field stablehlo_compare_fields[] = {
    TUFF_FIELD(tuff_stablehlo_compare_attrs, comparison_direction, U32, 0, .names = comparison_direction_names),
    TUFF_FIELD(tuff_stablehlo_compare_attrs, compare_type, U32, 1, .names = comparison_type_names),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(stablehlo_logistic, "STABLEHLO_LOGISTIC", 162, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_abs, "STABLEHLO_ABS", 175, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_cosine, "STABLEHLO_COSINE", 177, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_exponential, "STABLEHLO_EXPONENTIAL", 178, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_floor, "STABLEHLO_FLOOR", 179, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_log, "STABLEHLO_LOG", 180, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_negate, "STABLEHLO_NEGATE", 182, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_rsqrt, "STABLEHLO_RSQRT", 186, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_tanh, "STABLEHLO_TANH", 189, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_cbrt, "STABLEHLO_CBRT", 208, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_convert, "STABLEHLO_CONVERT", 192, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_reshape, "STABLEHLO_RESHAPE", 167, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_subtract, "STABLEHLO_SUBTRACT", 188, 1, "a b", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_divide, "STABLEHLO_DIVIDE", 164, 1, "a b", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_or, "STABLEHLO_OR", 183, 1, "a b", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_power, "STABLEHLO_POWER", 184, 1, "a b", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_remainder, "STABLEHLO_REMAINDER", 185, 1, "a b", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_compare, "STABLEHLO_COMPARE", 191, 1, "a b", "output",
               TUFF_OPTIONS2(StablehloCompareOptions, 8, tuff_stablehlo_compare_attrs, stablehlo_compare_fields));
TUFF_DESCRIBED(stablehlo_clamp, "STABLEHLO_CLAMP", 168, 1, "min operand max", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_select, "STABLEHLO_SELECT", 187, 1, "condition x y", "output", TUFF_NO_OPTIONS);

/* ---- moving, gathering, making ---- */

static const tuff_field stablehlo_concatenate_fields[] = {
    TUFF_FIELD(tuff_stablehlo_concatenate_attrs, dimension, S64, 0),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_broadcast_in_dim_fields[] = {
    TUFF_FIELD(tuff_stablehlo_broadcast_in_dim_attrs, broadcast_dimensions, VECTOR_S64, 0),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_slice_fields[] = {
    TUFF_FIELD(tuff_stablehlo_slice_attrs, start_indices, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_slice_attrs, limit_indices, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_slice_attrs, strides, VECTOR_S64, 2),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_dynamic_slice_fields[] = {
    TUFF_FIELD(tuff_stablehlo_dynamic_slice_attrs, slice_sizes, VECTOR_S64, 0),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_iota_fields[] = {
    TUFF_FIELD(tuff_stablehlo_iota_attrs, iota_dimension, S64, 0),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_transpose_fields[] = {
    TUFF_FIELD(tuff_stablehlo_transpose_attrs, permutation, VECTOR_S64, 0),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(stablehlo_concatenate, "STABLEHLO_CONCATENATE", 169, 1, "inputs*", "output",
               TUFF_OPTIONS2(StablehloConcatenateOptions, 1, tuff_stablehlo_concatenate_attrs, stablehlo_concatenate_fields));
TUFF_DESCRIBED(stablehlo_broadcast_in_dim, "STABLEHLO_BROADCAST_IN_DIM", 170, 1, "operand", "output",
               TUFF_OPTIONS2(StablehloBroadcastInDimOptions, 2, tuff_stablehlo_broadcast_in_dim_attrs, stablehlo_broadcast_in_dim_fields));
TUFF_DESCRIBED(stablehlo_slice, "STABLEHLO_SLICE", 172, 1, "operand", "output",
               TUFF_OPTIONS2(StablehloSliceOptions, 3, tuff_stablehlo_slice_attrs, stablehlo_slice_fields));
TUFF_DESCRIBED(stablehlo_dynamic_slice, "STABLEHLO_DYNAMIC_SLICE", 193, 1, "operand start_indices*", "output",
               TUFF_OPTIONS2(StablehloDynamicSliceOptions, 9, tuff_stablehlo_dynamic_slice_attrs, stablehlo_dynamic_slice_fields));
TUFF_DESCRIBED(stablehlo_dynamic_update_slice, "STABLEHLO_DYNAMIC_UPDATE_SLICE", 194, 1, "operand update start_indices*", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(stablehlo_iota, "STABLEHLO_IOTA", 196, 1, "", "output",
               TUFF_OPTIONS2(StablehloIotaOptions, 11, tuff_stablehlo_iota_attrs, stablehlo_iota_fields));
TUFF_DESCRIBED(stablehlo_transpose, "STABLEHLO_TRANSPOSE", 202, 1, "operand", "output",
               TUFF_OPTIONS2(StablehloTransposeOptions, 17, tuff_stablehlo_transpose_attrs, stablehlo_transpose_fields));

/* ---- matrices, windows, and ops that call subgraphs ---- */

static const tuff_field stablehlo_convolution_fields[] = {
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, window_strides, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, padding, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, lhs_dilation, VECTOR_S64, 2),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, rhs_dilation, VECTOR_S64, 3),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, window_reversal, BYTES, 4),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, input_batch_dimension, S64, 5),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, input_feature_dimension, S64, 6),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, input_spatial_dimensions, VECTOR_S64, 7),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, kernel_input_feature_dimension, S64, 8),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, kernel_output_feature_dimension, S64, 9),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, kernel_spatial_dimensions, VECTOR_S64, 10),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, output_batch_dimension, S64, 11),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, output_feature_dimension, S64, 12),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, output_spatial_dimensions, VECTOR_S64, 13),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, feature_group_count, S64, 14),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, batch_group_count, S64, 15),
    TUFF_FIELD(tuff_stablehlo_convolution_attrs, precision_config, VECTOR_U32, 16, .names = precision_names),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_dot_general_fields[] = {
    TUFF_FIELD(tuff_stablehlo_dot_general_attrs, lhs_batching_dimensions, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_dot_general_attrs, rhs_batching_dimensions, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_dot_general_attrs, lhs_contracting_dimensions, VECTOR_S64, 2),
    TUFF_FIELD(tuff_stablehlo_dot_general_attrs, rhs_contracting_dimensions, VECTOR_S64, 3),
    TUFF_FIELD(tuff_stablehlo_dot_general_attrs, precision_config, VECTOR_U32, 4, .names = precision_names),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_reduce_fields[] = {
    TUFF_FIELD(tuff_stablehlo_reduce_attrs, dimensions, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_reduce_attrs, body_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_sort_fields[] = {
    TUFF_FIELD(tuff_stablehlo_sort_attrs, dimension, S64, 0),
    TUFF_FIELD(tuff_stablehlo_sort_attrs, is_stable, BOOL, 1),
    TUFF_FIELD(tuff_stablehlo_sort_attrs, comparator_subgraph_index, S32, 2),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_while_fields[] = {
    TUFF_FIELD(tuff_stablehlo_while_attrs, cond_subgraph_index, S32, 0),
    TUFF_FIELD(tuff_stablehlo_while_attrs, body_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_custom_call_fields[] = {
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, call_target_name, STRING, 0),
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, has_side_effect, BOOL, 1),
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, backend_config, STRING, 2),
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, api_version, S32, 3),
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, called_computations, VECTOR_S32, 4),
    TUFF_FIELD(tuff_stablehlo_custom_call_attrs, custom_attributes, BYTES, 5),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(stablehlo_convolution, "STABLEHLO_CONVOLUTION", 171, 1, "lhs rhs", "output",
               TUFF_OPTIONS2(StablehloConvolutionOptions, 4, tuff_stablehlo_convolution_attrs, stablehlo_convolution_fields));
TUFF_DESCRIBED(stablehlo_dot_general, "STABLEHLO_DOT_GENERAL", 197, 1, "lhs rhs", "output",
               TUFF_OPTIONS2(StablehloDotGeneralOptions, 12, tuff_stablehlo_dot_general_attrs, stablehlo_dot_general_fields));
TUFF_DESCRIBED(stablehlo_reduce, "STABLEHLO_REDUCE", 174, 1, "inputs*", "outputs*",
               TUFF_OPTIONS2(StablehloReduceOptions, 6, tuff_stablehlo_reduce_attrs, stablehlo_reduce_fields));
TUFF_DESCRIBED(stablehlo_sort, "STABLEHLO_SORT", 199, 1, "inputs*", "outputs*",
               TUFF_OPTIONS2(StablehloSortOptions, 14, tuff_stablehlo_sort_attrs, stablehlo_sort_fields));
TUFF_DESCRIBED(stablehlo_while, "STABLEHLO_WHILE", 200, 1, "inputs*", "outputs*",
               TUFF_OPTIONS2(StablehloWhileOptions, 15, tuff_stablehlo_while_attrs, stablehlo_while_fields));
TUFF_DESCRIBED(stablehlo_custom_call, "STABLEHLO_CUSTOM_CALL", 173, 1, "inputs*", "outputs*",
               TUFF_OPTIONS2(StablehloCustomCallOptions, 5, tuff_stablehlo_custom_call_attrs, stablehlo_custom_call_fields));
