/* RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RELU_H
#define TUFF_OPS_RELU_H

#include "ops/unary.h"

typedef struct tuff_relu_f32_args {
    int64_t count;
    float lo, hi;
} tuff_relu_f32_args;
typedef struct tuff_relu_quantized_args {
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    tuff_multiplier scale;
} tuff_relu_quantized_args;

int tuff_relu_f32(const void *args, void *const *io, int job, int jobs);
int tuff_relu_s16(const void *args, void *const *io, int job, int jobs);

#endif
