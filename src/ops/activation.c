/* Fused activations: their names in the file, and the ranges that they clamp to.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite kernel_util, CalculateActivationRange and CalculateActivationRangeQuantized
 */
#include "ops/activation.h"

#ifndef TUFF_KERNELS_ONLY
#include <float.h>
#include <math.h>

#include "base/error.h"
#include "base/fixed_point.h"

const char *const tuff_activation_names[] = {"NONE", "RELU", "RELU_N1_TO_1", "RELU6", "TANH", "SIGN_BIT", NULL};

void tuff_activation_range_f32(int activation, float *lo, float *hi) {
    *lo = -FLT_MAX;
    *hi = FLT_MAX;
    if (activation == TUFF_ACTIVATION_RELU || activation == TUFF_ACTIVATION_RELU6) *lo = 0.0f;
    if (activation == TUFF_ACTIVATION_RELU_N1_TO_1) *lo = -1.0f, *hi = 1.0f;
    if (activation == TUFF_ACTIVATION_RELU6) *hi = 6.0f;
}

/* zero + round(real / scale): in float, halves away from zero */
static tuff_status quantized(tuff_context *c, const tuff_tensor *t, float real, int32_t *q) {
    const float steps = roundf(real / t->quantization.scale[0]);
    TUFF_CHECK(c, steps >= -2147483648.0f && steps < 2147483648.0f, "output %s: scale %g is too small for the fused activation", t->name,
               (double)t->quantization.scale[0]);
    const int64_t sum = (int64_t)steps + t->quantization.zero_point[0];
    *q = sum < INT32_MIN ? INT32_MIN : sum > INT32_MAX ? INT32_MAX : (int32_t)sum;
    return TUFF_OK;
}

tuff_status tuff_activation_range(tuff_context *c, int activation, const tuff_tensor *output, int32_t *lo, int32_t *hi) {
    float real_lo, real_hi;
    tuff_activation_range_f32(activation, &real_lo, &real_hi);
    const int bits = tuff_type_bits(output->type);
    *lo = output->type == TUFF_U8 ? 0 : -(1 << (bits - 1));
    *hi = output->type == TUFF_U8 ? 255 : (1 << (bits - 1)) - 1;
    const int32_t type_lo = *lo, type_hi = *hi;
    if (real_lo > -FLT_MAX) TUFF_TRY(quantized(c, output, real_lo, lo));
    if (real_hi < FLT_MAX) TUFF_TRY(quantized(c, output, real_hi, hi));
    *lo = tuff_clamp(*lo, type_lo, type_hi);
    *hi = tuff_clamp(*hi, type_lo, type_hi);
    return TUFF_OK;
}
#endif
