/* CONV_2D: a window of weights over images, per group of channels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_CONV_2D_H
#define TUFF_OPS_CONV_2D_H

#include "ops/matmul.h"

typedef struct tuff_conv_2d_attrs {
    int8_t padding;
    int32_t stride_w, stride_h;
    int8_t fused_activation_function;
    int32_t dilation_w_factor, dilation_h_factor;
    int8_t quantized_bias_type;
} tuff_conv_2d_attrs;

typedef struct tuff_conv_2d_shape {
    tuff_window window;
    int32_t in_channels, out_channels, groups;
} tuff_conv_2d_shape;

typedef struct tuff_conv_2d_f32_args {
    tuff_conv_2d_shape shape;
    float lo, hi;
} tuff_conv_2d_f32_args;

typedef struct tuff_conv_2d_s8_args {
    tuff_conv_2d_shape shape;
    int32_t flip, zero_in, zero_weights; /* flip: 0x80 for u8; zero points after flipping */
    int32_t zero_out, lo, hi;
} tuff_conv_2d_s8_args;

typedef struct tuff_conv_2d_s16_args {
    tuff_conv_2d_shape shape;
    int32_t lo, hi;
    bool wide; /* bias and accumulator are s64, else s32 */
} tuff_conv_2d_s16_args;

int tuff_conv_2d_f32(const void *args, void *const *io, int job, int jobs);
int tuff_conv_2d_s8(const void *args, void *const *io, int job, int jobs);
int tuff_conv_2d_s16(const void *args, void *const *io, int job, int jobs);
int tuff_conv_2d_hybrid(const void *args, void *const *io, int job, int jobs);

#endif
