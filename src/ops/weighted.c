/* What ops with weights share while preparing: checks of bias and quantization, and their arrays per output channel.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite kernel_util, PopulateConvolutionQuantizationParams and GetQuantizedConvolutionMultipler
 */
#include "ops/weighted.h"

#ifndef TUFF_KERNELS_ONLY
#include <math.h>

#include "base/error.h"
#include "base/fixed_point.h"

tuff_weighted tuff_weighted_of(const tuff_context *c, int32_t channels, int32_t axis) {
    return (tuff_weighted){c->inputs[0], c->inputs[1], tuff_input(c, 2), c->outputs[0], channels, axis};
}

tuff_status tuff_weighted_check_bias(tuff_context *c, const tuff_weighted *w) {
    const tuff_tensor *b = w->bias;
    if (!b) return TUFF_OK;
    int64_t count = 1;
    for (int32_t k = 0; k < b->rank; k++) {
        TUFF_CHECK(c, b->shape[k] == 0 || count <= INT32_MAX / b->shape[k], "bias %s: too many values", b->name);
        count *= b->shape[k];
    }
    TUFF_CHECK(c, count == w->channels, "bias %s: expected one value for each of the %d output channels, found %lld", b->name, w->channels, (long long)count);
    for (int32_t k = 0; k < b->quantization.count && b->type != TUFF_F32; k++)
        TUFF_CHECK(c, b->quantization.zero_point[k] == 0, "bias %s: zero point must be 0, found %lld", b->name, (long long)b->quantization.zero_point[k]);
    return TUFF_OK;
}

static tuff_status check_scales(tuff_context *c, const tuff_tensor *t) {
    for (int32_t k = 0; k < t->quantization.count; k++)
        TUFF_CHECK(c, t->quantization.scale[k] > 0.0f && isfinite(t->quantization.scale[k]), "tensor %s: scale must be positive and finite, found %g", t->name,
                   (double)t->quantization.scale[k]);
    return TUFF_OK;
}

static tuff_status check_zero(tuff_context *c, const tuff_tensor *t, bool only_zero) {
    const int bits = tuff_type_bits(t->type);
    const int64_t lo = only_zero ? 0 : t->type == TUFF_U8 ? 0 : -(1 << (bits - 1)), hi = only_zero ? 0 : t->type == TUFF_U8 ? 255 : (1 << (bits - 1)) - 1;
    for (int32_t k = 0; k < t->quantization.count; k++) {
        const int64_t zero = t->quantization.zero_point[k];
        TUFF_CHECK(c, zero >= lo && zero <= hi, "tensor %s: expected a zero point in %lld..%lld, found %lld", t->name, (long long)lo, (long long)hi,
                   (long long)zero);
    }
    return TUFF_OK;
}

static tuff_status check_activations(tuff_context *c, const tuff_tensor *t) {
    TUFF_CHECK(c, t->quantization.count == 1, "tensor %s: expected one scale, found %d", t->name, t->quantization.count);
    TUFF_TRY(check_scales(c, t));
    return check_zero(c, t, t->type == TUFF_S16);
}

tuff_status tuff_weighted_check_weights(tuff_context *c, const tuff_weighted *w) {
    const tuff_quantization *q = &w->weights->quantization;
    TUFF_CHECK(c, q->details == TUFF_DETAILS_NONE || q->details == TUFF_DETAILS_CUSTOM, "weights %s: blockwise scales are not supported", w->weights->name);
    TUFF_CHECK(c, q->count == 1 || q->count == w->channels, "weights %s: expected 1 or %d scales, found %d", w->weights->name, w->channels, q->count);
    TUFF_CHECK(c, q->count == 1 || q->dimension == w->axis, "weights %s: expected scales along dimension %d, found %d", w->weights->name, w->axis,
               q->dimension);
    return check_scales(c, w->weights);
}

tuff_status tuff_weighted_check(tuff_context *c, const tuff_weighted *w, bool asymmetric) {
    TUFF_TRY(check_activations(c, w->input));
    TUFF_TRY(check_activations(c, w->output));
    TUFF_TRY(tuff_weighted_check_weights(c, w));
    return check_zero(c, w->weights, !asymmetric || w->weights->quantization.count > 1);
}

static double product_f32(const tuff_weighted *w) { return (double)(w->input->quantization.scale[0] * w->weights->quantization.scale[0]); }

static double effective(const tuff_weighted *w, int32_t channel) {
    return (double)w->input->quantization.scale[0] * (double)tuff_weighted_scale(w, channel) / (double)w->output->quantization.scale[0];
}

tuff_status tuff_weighted_check_bias_scale(tuff_context *c, const tuff_weighted *w) {
    if (!w->bias || w->weights->quantization.count != 1) return TUFF_OK;
    const double product = (double)w->input->quantization.scale[0] * (double)w->weights->quantization.scale[0];
    const double bias = w->bias->quantization.count > 0 ? (double)w->bias->quantization.scale[0] : 0.0;
    TUFF_CHECK(c, fabs(product - bias) / (double)w->output->quantization.scale[0] <= 0.02, "bias %s: expected the scale %g (input times weights), found %g",
               w->bias->name, product, bias);
    return TUFF_OK;
}

tuff_status tuff_weighted_wide(tuff_context *c, const tuff_weighted *w, int32_t bias_type, bool *wide) {
    *wide = (w->bias ? w->bias->type : (tuff_type)bias_type) != TUFF_S32;
    if (bias_type == TUFF_F32) return TUFF_OK; /* 0 is F32's number: not stated */
    TUFF_CHECK(c, bias_type == TUFF_S32 || bias_type == TUFF_S64, "quantized_bias_type must be s32 or s64, found %s", tuff_type_name((tuff_type)bias_type));
    TUFF_CHECK(c, !w->bias || (int32_t)w->bias->type == bias_type, "bias %s: expected %s as quantized_bias_type says, found %s", w->bias ? w->bias->name : "",
               tuff_type_name((tuff_type)bias_type), w->bias ? tuff_type_name(w->bias->type) : "");
    return TUFF_OK;
}

tuff_status tuff_weighted_multipliers(tuff_context *c, const tuff_weighted *w, bool in_f32, tuff_io *io) {
    void *memory;
    *io = tuff_io_array(c, (size_t)w->channels * 2 * sizeof(int32_t), &memory);
    int32_t *array = memory;
    if (!array) return TUFF_OK; /* the step that takes it will fail */
    for (int32_t k = 0; k < w->channels; k++) {
        const double real = in_f32 && w->weights->quantization.count == 1 ? product_f32(w) / (double)w->output->quantization.scale[0] : effective(w, k);
        TUFF_CHECK(c, real < 1073741824.0, "scales of %s and %s are too large for the output's: their ratio %g is not below 2^30", w->input->name,
                   w->weights->name, real);
        const tuff_multiplier m = tuff_multiplier_from(real);
        array[k] = m.multiplier;
        array[w->channels + k] = m.shift;
    }
    return TUFF_OK;
}

tuff_io tuff_weighted_scales_f32(tuff_context *c, const tuff_weighted *w) {
    void *memory;
    const tuff_io io = tuff_io_array(c, (size_t)w->channels * sizeof(float), &memory);
    float *array = memory;
    for (int32_t k = 0; array && k < w->channels; k++) array[k] = tuff_weighted_scale(w, k);
    return io;
}

tuff_io tuff_weighted_scales_f64(tuff_context *c, const tuff_weighted *w) {
    void *memory;
    const tuff_io io = tuff_io_array(c, (size_t)w->channels * sizeof(double), &memory);
    double *array = memory;
    for (int32_t k = 0; array && k < w->channels; k++) array[k] = effective(w, k);
    return io;
}
#endif
