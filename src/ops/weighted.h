/* What ops with weights share while preparing: checks of bias and quantization, and their arrays per output channel.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_WEIGHTED_H
#define TUFF_OPS_WEIGHTED_H

#include "tuff/op.h"

typedef struct tuff_weighted {
    const tuff_tensor *input, *weights, *bias, *output; /* bias NULL where left out */
    int32_t channels;                                   /* of the output */
    int32_t axis;                                       /* the weights' dimension of output channels */
} tuff_weighted;

/* Inputs 0, 1 and 2 and output 0 of the node. */
tuff_weighted tuff_weighted_of(const tuff_context *c, int32_t channels, int32_t axis);
/* One bias value per channel, its zero point 0. */
tuff_status tuff_weighted_check_bias(tuff_context *c, const tuff_weighted *w) TUFF_MUST_USE;
/* Scales positive and finite, one for input and output, one or one per channel for the weights; zero points within their types, 0 for s16
 * and, unless `asymmetric`, for the weights. */
tuff_status tuff_weighted_check(tuff_context *c, const tuff_weighted *w, bool asymmetric) TUFF_MUST_USE;
/* The weights' scales alone, one or one per channel (hybrid). */
tuff_status tuff_weighted_check_weights(tuff_context *c, const tuff_weighted *w) TUFF_MUST_USE;
/* |scale_in * scale_weights - scale_bias| / scale_out <= 0.02, which the reference asks of weights with one scale */
tuff_status tuff_weighted_check_bias_scale(tuff_context *c, const tuff_weighted *w) TUFF_MUST_USE;

/* s16: is the accumulator s64? As `bias_type` (0: not stated) and the bias have it; s64 without either. */
tuff_status tuff_weighted_wide(tuff_context *c, const tuff_weighted *w, int32_t bias_type, bool *wide) TUFF_MUST_USE;

static inline float tuff_weighted_scale(const tuff_weighted *w, int32_t channel) {
    return w->weights->quantization.scale[w->weights->quantization.count > 1 ? channel : 0];
}

/* Array of s32 [2][channels]: the multipliers of scale_in * scale_weights / scale_out, then their shifts.
 * product_f32: scale_in * scale_weights rounded to float first, which moves the last bit. */
tuff_status tuff_weighted_multipliers(tuff_context *c, const tuff_weighted *w, bool product_f32, tuff_io *io) TUFF_MUST_USE;
tuff_io tuff_weighted_scales_f32(tuff_context *c, const tuff_weighted *w); /* f32 [channels]: the weights' scales */
tuff_io tuff_weighted_scales_f64(tuff_context *c, const tuff_weighted *w); /* f64 [channels]: scale_in * scale_weights / scale_out */

#endif
