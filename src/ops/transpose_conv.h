/* TRANSPOSE_CONV: attrs, args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_TRANSPOSE_CONV_H
#define TUFF_OPS_TRANSPOSE_CONV_H

#include "ops/window.h"

typedef struct tuff_transpose_conv_attrs {
    int8_t padding;
    int32_t stride_w, stride_h;
    int8_t fused_activation_function, quantized_bias_type;
} tuff_transpose_conv_attrs;

typedef struct tuff_transpose_conv_args {
    tuff_window window; /* over the output: its `in` is what the op puts out, its `out` is what it reads */
    int32_t in_channels, out_channels;
    float lo, hi;
    int32_t zero_in, zero_weights, zero_out, q_lo, q_hi;
    bool wide; /* s16: sums of 64 bits */
} tuff_transpose_conv_args;
int tuff_transpose_conv_f32(const void *args, void *const *io, int job, int jobs);
int tuff_transpose_conv_s8(const void *args, void *const *io, int job, int jobs);
int tuff_transpose_conv_u8(const void *args, void *const *io, int job, int jobs);
int tuff_transpose_conv_s16(const void *args, void *const *io, int job, int jobs);
int tuff_transpose_conv_hybrid(const void *args, void *const *io, int job, int jobs);

#endif
