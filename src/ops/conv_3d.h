/* CONV_3D and CONV_3D_TRANSPOSE: attrs, args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_CONV_3D_H
#define TUFF_OPS_CONV_3D_H

#include "tuff/op.h"

typedef struct tuff_conv_3d_attrs {
    int8_t padding;
    int32_t stride_d, stride_w, stride_h;
    int8_t fused_activation_function;
    int32_t dilation_d_factor, dilation_w_factor, dilation_h_factor;
} tuff_conv_3d_attrs;

/* Axes are depth, height, width. Strides, dilations and padding lead from the output of CONV_3D to its input; the transposed op walks them backwards. */
typedef struct tuff_conv_3d_args {
    int32_t batches, in[3], out[3], taps[3], stride[3], dilation[3], pad[3];
    int32_t in_channels, out_channels;
    float lo, hi;
} tuff_conv_3d_args;
int tuff_conv_3d_f32(const void *args, void *const *io, int job, int jobs);
int tuff_conv_3d_transpose_f32(const void *args, void *const *io, int job, int jobs);

#endif
