/* DEPTHWISE_CONV_2D: a window of weights over each channel of images.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_DEPTHWISE_CONV_2D_H
#define TUFF_OPS_DEPTHWISE_CONV_2D_H

#include "ops/hybrid.h"
#include "ops/window.h"
#include "prims/prims.h"

typedef struct tuff_depthwise_conv_2d_attrs {
    int8_t padding;
    int32_t stride_w, stride_h, depth_multiplier;
    int8_t fused_activation_function;
    int32_t dilation_w_factor, dilation_h_factor;
} tuff_depthwise_conv_2d_attrs;

typedef struct tuff_depthwise_conv_2d_shape {
    tuff_window window;
    int32_t in_channels, multiplier; /* out channels: in_channels * multiplier */
} tuff_depthwise_conv_2d_shape;

typedef struct tuff_depthwise_conv_2d_f32_args {
    tuff_depthwise_conv_2d_shape shape;
    float lo, hi;
    const tuff_depthwise_f32 *prim; /* of tuff_depthwise_conv_2d_f32_runs only */
} tuff_depthwise_conv_2d_f32_args;

typedef struct tuff_depthwise_conv_2d_s8_args {
    tuff_depthwise_conv_2d_shape shape;
    int32_t flip, zero_in, zero_weights; /* flip: 0x80 for u8; zero points after flipping */
    int32_t zero_out, lo, hi;
    int32_t run; /* of tuff_depthwise_conv_2d_s8_runs only, as the prims: pixels at a time */
    const tuff_depthwise_s8 *prim;
    const tuff_requantize_s8 *requantize;
} tuff_depthwise_conv_2d_s8_args;

typedef struct tuff_depthwise_conv_2d_s16_args {
    tuff_depthwise_conv_2d_shape shape;
    int32_t lo, hi;
} tuff_depthwise_conv_2d_s16_args;

typedef struct tuff_depthwise_conv_2d_hybrid_args {
    tuff_depthwise_conv_2d_shape shape;
    float lo, hi;
    int32_t run; /* of tuff_depthwise_conv_2d_hybrid_runs only, as the prim: pixels at a time */
    const tuff_depthwise_s8 *prim;
} tuff_depthwise_conv_2d_hybrid_args;

int tuff_depthwise_conv_2d_f32(const void *args, void *const *io, int job, int jobs);
int tuff_depthwise_conv_2d_s8(const void *args, void *const *io, int job, int jobs);
int tuff_depthwise_conv_2d_s16(const void *args, void *const *io, int job, int jobs);
int tuff_depthwise_conv_2d_hybrid(const void *args, void *const *io, int job, int jobs);
/* on prims */
int tuff_depthwise_conv_2d_f32_runs(const void *args, void *const *io, int job, int jobs);
int tuff_depthwise_conv_2d_s8_runs(const void *args, void *const *io, int job, int jobs);
int tuff_depthwise_conv_2d_hybrid_runs(const void *args, void *const *io, int job, int jobs);

#endif
