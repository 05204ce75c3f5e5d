/* SVDF: attrs, args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_SVDF_H
#define TUFF_OPS_SVDF_H

#include "ops/recurrent.h"

typedef struct tuff_svdf_attrs {
    int32_t rank;
    int8_t fused_activation_function;
    bool asymmetric_quantize_inputs;
} tuff_svdf_attrs;

typedef struct tuff_svdf_shape {
    int32_t batches, input, filters, memory, rank;
} tuff_svdf_shape;
typedef struct tuff_svdf_f32_args {
    tuff_recurrent r;
    tuff_svdf_shape shape;
    int32_t activation;
    float feature_scale, time_scale;
} tuff_svdf_f32_args;
typedef struct tuff_svdf_s8_args {
    tuff_svdf_shape shape;
    int32_t zero_in, zero_out;
    tuff_multiplier feature, time;
} tuff_svdf_s8_args;
int tuff_svdf_f32(const void *args, void *const *io, int job, int jobs);
int tuff_svdf_s8(const void *args, void *const *io, int job, int jobs);

#endif
