/* LEAKY_RELU and PRELU: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_LEAKY_RELU_H
#define TUFF_OPS_LEAKY_RELU_H

#include "ops/unary.h"
#include "ops/walk.h"

typedef struct tuff_leaky_relu_attrs {
    float alpha;
} tuff_leaky_relu_attrs;

typedef struct tuff_leaky_relu_f32_args {
    int64_t count;
    float alpha;
} tuff_leaky_relu_f32_args;
typedef struct tuff_leaky_relu_quantized_args {
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    tuff_multiplier positive, negative;
} tuff_leaky_relu_quantized_args;
typedef struct tuff_prelu_f32_args {
    tuff_walk walk;
} tuff_prelu_f32_args;
typedef struct tuff_prelu_quantized_args {
    tuff_walk walk;
    int32_t zero_in, zero_alpha, zero_out, lo, hi;
    tuff_multiplier positive, negative;
} tuff_prelu_quantized_args;

int tuff_leaky_relu_f32(const void *args, void *const *io, int job, int jobs);
int tuff_leaky_relu_s16(const void *args, void *const *io, int job, int jobs);
int tuff_prelu_f32(const void *args, void *const *io, int job, int jobs);
int tuff_prelu_s8(const void *args, void *const *io, int job, int jobs);
int tuff_prelu_u8(const void *args, void *const *io, int job, int jobs);
int tuff_prelu_s16(const void *args, void *const *io, int job, int jobs);

#endif
