/* L2_NORMALIZATION, LOCAL_RESPONSE_NORMALIZATION: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_NORMALIZATION_H
#define TUFF_OPS_NORMALIZATION_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_l2_norm_attrs {
    int8_t fused_activation_function;
} tuff_l2_norm_attrs;
typedef struct tuff_local_response_normalization_attrs {
    int32_t radius;
    float bias, alpha, beta;
} tuff_local_response_normalization_attrs;

typedef struct tuff_l2_normalization_args {
    int64_t rows;
    int32_t depth, zero_in;
} tuff_l2_normalization_args;
typedef struct tuff_local_response_normalization_args {
    int64_t rows;
    int32_t depth, radius;
    float bias, alpha, beta;
} tuff_local_response_normalization_args;

int tuff_l2_normalization_f32(const void *args, void *const *io, int job, int jobs);
int tuff_l2_normalization_s8(const void *args, void *const *io, int job, int jobs);
int tuff_l2_normalization_u8(const void *args, void *const *io, int job, int jobs);
int tuff_local_response_normalization_f32(const void *args, void *const *io, int job, int jobs);

#endif
