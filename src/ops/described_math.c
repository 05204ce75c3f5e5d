/* Ops that compute element by element, compare, select, reduce and scan. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/activation.h"
#include "ops/described.h"

/* ---- one input, element by element ---- */

static const tuff_field l2_norm_fields[] = {
    TUFF_FIELD(tuff_l2_norm_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field local_response_normalization_fields[] = {
    TUFF_FIELD(tuff_local_response_normalization_attrs, radius, S32, 0),
    TUFF_FIELD(tuff_local_response_normalization_attrs, bias, F32, 1),
    TUFF_FIELD(tuff_local_response_normalization_attrs, alpha, F32, 2),
    TUFF_FIELD(tuff_local_response_normalization_attrs, beta, F32, 3),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(log_softmax, "LOG_SOFTMAX", 50, 2, "input", "output", TUFF_OPTIONS_EMPTY(LogSoftmaxOptions, 36));
TUFF_DESCRIBED(l2_normalization, "L2_NORMALIZATION", 11, 2, "input", "output", TUFF_OPTIONS(L2NormOptions, 12, tuff_l2_norm_attrs, l2_norm_fields));
TUFF_DESCRIBED(local_response_normalization, "LOCAL_RESPONSE_NORMALIZATION", 13, 1, "input", "output",
               TUFF_OPTIONS(LocalResponseNormalizationOptions, 13, tuff_local_response_normalization_attrs, local_response_normalization_fields));
TUFF_DESCRIBED(imag, "IMAG", 133, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(real, "REAL", 134, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(complex_abs, "COMPLEX_ABS", 135, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(zeros_like, "ZEROS_LIKE", 93, 1, "input", "output", TUFF_OPTIONS_EMPTY(ZerosLikeOptions, 67));

/* ---- along axes ---- */

static const tuff_field arg_max_fields[] = {
    TUFF_FIELD(tuff_arg_max_attrs, output_type, S8, 0, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field arg_min_fields[] = {
    TUFF_FIELD(tuff_arg_min_attrs, output_type, S8, 0, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field cumsum_fields[] = {
    TUFF_FIELD(tuff_cumsum_attrs, exclusive, BOOL, 0),
    TUFF_FIELD(tuff_cumsum_attrs, reverse, BOOL, 1),
    TUFF_FIELD_END,
};
static const tuff_field unique_fields[] = {
    TUFF_FIELD(tuff_unique_attrs, idx_out_type, S8, 0, .standard = 2, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field bucketize_fields[] = {
    TUFF_FIELD(tuff_bucketize_attrs, boundaries, VECTOR_F32, 0),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(arg_max, "ARG_MAX", 56, 3, "input axis", "output", TUFF_OPTIONS(ArgMaxOptions, 40, tuff_arg_max_attrs, arg_max_fields));
TUFF_DESCRIBED(arg_min, "ARG_MIN", 79, 3, "input axis", "output", TUFF_OPTIONS(ArgMinOptions, 57, tuff_arg_min_attrs, arg_min_fields));
TUFF_DESCRIBED(cumsum, "CUMSUM", 128, 1, "input axis", "output", TUFF_OPTIONS(CumsumOptions, 102, tuff_cumsum_attrs, cumsum_fields));
TUFF_DESCRIBED(topk_v2, "TOPK_V2", 48, 3, "input k", "values indices", TUFF_OPTIONS_EMPTY(TopKV2Options, 34));
TUFF_DESCRIBED(unique, "UNIQUE", 103, 1, "input", "values indices", TUFF_OPTIONS(UniqueOptions, 80, tuff_unique_attrs, unique_fields));
TUFF_DESCRIBED(segment_sum, "SEGMENT_SUM", 125, 1, "data segment_ids", "output", TUFF_OPTIONS_EMPTY(SegmentSumOptions, 100));
TUFF_DESCRIBED(unsorted_segment_prod, "UNSORTED_SEGMENT_PROD", 153, 1, "data segment_ids num_segments", "output",
               TUFF_OPTIONS_EMPTY(UnsortedSegmentProdOptions, 118));
TUFF_DESCRIBED(unsorted_segment_max, "UNSORTED_SEGMENT_MAX", 154, 1, "data segment_ids num_segments", "output",
               TUFF_OPTIONS_EMPTY(UnsortedSegmentMaxOptions, 119));
TUFF_DESCRIBED(unsorted_segment_sum, "UNSORTED_SEGMENT_SUM", 155, 1, "data segment_ids num_segments", "output",
               TUFF_OPTIONS_EMPTY(UnsortedSegmentSumOptions, 121));
TUFF_DESCRIBED(unsorted_segment_min, "UNSORTED_SEGMENT_MIN", 157, 1, "data segment_ids num_segments", "output",
               TUFF_OPTIONS_EMPTY(UnsortedSegmentMinOptions, 120));
TUFF_DESCRIBED(bucketize, "BUCKETIZE", 147, 1, "input", "output", TUFF_OPTIONS(BucketizeOptions, 115, tuff_bucketize_attrs, bucketize_fields));
