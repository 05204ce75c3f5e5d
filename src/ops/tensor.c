/* What infer and prepare of many ops ask of a tensor.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/tensor.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

int64_t tuff_dims_product(const int32_t *dims, int32_t from, int32_t to) {
    int64_t product = 1;
    for (int32_t k = from; k < to; k++) product *= dims[k];
    return product;
}

int64_t tuff_count(const tuff_tensor *t) { return tuff_dims_product(t->shape, 0, t->rank); }

bool tuff_same_shape(const tuff_tensor *a, const tuff_tensor *b) {
    if (a->rank != b->rank) return false;
    for (int32_t k = 0; k < a->rank; k++)
        if (a->shape[k] != b->shape[k]) return false;
    return true;
}

float tuff_scale(const tuff_tensor *t) { return t->quantization.count > 0 ? t->quantization.scale[0] : 0; }

int32_t tuff_zero_point(const tuff_tensor *t) { return t->quantization.count > 0 ? (int32_t)t->quantization.zero_point[0] : 0; }

tuff_status tuff_check_quantized(tuff_context *c, const tuff_tensor *t) {
    const tuff_quantization *q = &t->quantization;
    TUFF_CHECK(c, q->count == 1, "tensor '%s' (%s) needs one scale; it has %d", t->name, tuff_type_name(t->type), (int)q->count);
    TUFF_CHECK(c, q->scale[0] > 0 && q->scale[0] <= FLT_MAX, "tensor '%s' has scale %g; expected a positive number", t->name, (double)q->scale[0]);
    int32_t lo = 0, hi = 0;
    if (t->type != TUFF_S16 && t->type != TUFF_S32) tuff_type_range(t->type, &lo, &hi);
    TUFF_CHECK(c, q->zero_point[0] >= lo && q->zero_point[0] <= hi, "tensor '%s' (%s) has zero point %lld; expected %d..%d", t->name, tuff_type_name(t->type),
               (long long)q->zero_point[0], (int)lo, (int)hi);
    return TUFF_OK;
}

tuff_status tuff_check_same_scale(tuff_context *c, const tuff_tensor *t, const tuff_tensor *with) {
    TUFF_CHECK(c, tuff_scale(t) == tuff_scale(with) && tuff_zero_point(t) == tuff_zero_point(with),
               "tensors '%s' and '%s' need one scale and zero point; they have %g, %d and %g, %d", t->name, with->name, (double)tuff_scale(t),
               (int)tuff_zero_point(t), (double)tuff_scale(with), (int)tuff_zero_point(with));
    return TUFF_OK;
}

tuff_status tuff_infer_shape_from(tuff_context *c, int32_t output, int32_t k) {
    const tuff_tensor *shape = c->inputs[k];
    int32_t dims[TUFF_MAX_RANK];
    TUFF_CHECK(c, shape->rank == 1 && shape->shape[0] <= TUFF_MAX_RANK, "%s is no shape; expected a vector of at most %d numbers", tuff_shape_text(shape).text,
               TUFF_MAX_RANK);
    if (!shape->data) return TUFF_LATER;
    for (int32_t d = 0; d < shape->shape[0]; d++) {
        const int64_t dim = tuff_value_at(shape, d);
        TUFF_CHECK(c, dim >= 0 && dim <= INT32_MAX, "'%s' states %lld elements along dimension %d", shape->name, (long long)dim, (int)d);
        dims[d] = (int32_t)dim;
    }
    return tuff_infer_shape(c, output, shape->shape[0], dims);
}

tuff_text tuff_shape_text(const tuff_tensor *t) {
    tuff_text out;
    int used = snprintf(out.text, sizeof out.text, "%s '%.40s' [", tuff_type_name(t->type), t->name);
    for (int32_t k = 0; k < t->rank && k < TUFF_MAX_RANK; k++)
        used += snprintf(out.text + used, sizeof out.text - (size_t)used, k ? ",%d" : "%d", (int)t->shape[k] % 100000000);
    snprintf(out.text + used, sizeof out.text - (size_t)used, "]");
    return out;
}

int64_t tuff_value_at(const tuff_tensor *t, int64_t k) {
    switch (t->type) {
    case TUFF_S8: return ((const int8_t *)t->data)[k];
    case TUFF_U8: return ((const uint8_t *)t->data)[k];
    case TUFF_S16: return ((const int16_t *)t->data)[k];
    case TUFF_S64: return ((const int64_t *)t->data)[k];
    default: return ((const int32_t *)t->data)[k];
    }
}

tuff_status tuff_check_axis(tuff_context *c, int64_t axis, int32_t rank, int32_t *out) {
    TUFF_CHECK(c, axis >= -(int64_t)rank && axis < rank, "axis %lld is outside of rank %d", (long long)axis, (int)rank);
    *out = (int32_t)(axis < 0 ? axis + rank : axis);
    return TUFF_OK;
}

void tuff_type_range(tuff_type type, int32_t *lo, int32_t *hi) {
    switch (type) {
    case TUFF_S2: *lo = -2, *hi = 1; return;
    case TUFF_S4: *lo = -8, *hi = 7; return;
    case TUFF_U4: *lo = 0, *hi = 15; return;
    case TUFF_S8: *lo = INT8_MIN, *hi = INT8_MAX; return;
    case TUFF_U8: *lo = 0, *hi = UINT8_MAX; return;
    case TUFF_S16: *lo = INT16_MIN, *hi = INT16_MAX; return;
    default: *lo = INT32_MIN, *hi = INT32_MAX; return;
    }
}

void tuff_quantized_range(const tuff_tensor *out, float real_lo, float real_hi, int32_t *lo, int32_t *hi) {
    int32_t type_lo, type_hi;
    tuff_type_range(out->type, &type_lo, &type_hi);
    const int64_t zero = tuff_zero_point(out);
    const int64_t q_lo = zero + tuff_round_f32_s32(real_lo / tuff_scale(out)), q_hi = zero + tuff_round_f32_s32(real_hi / tuff_scale(out));
    *lo = real_lo >= -FLT_MAX && q_lo > type_lo ? (int32_t)q_lo : type_lo;
    *hi = real_hi <= FLT_MAX && q_hi < type_hi ? (int32_t)q_hi : type_hi;
}

bool tuff_near_power_of_two(float scale, int32_t *log2) {
    if (!(scale >= FLT_MIN) || scale > FLT_MAX) return false;
    uint32_t bits;
    memcpy(&bits, &scale, sizeof bits);
    const int32_t exponent = (int32_t)(bits >> 23) - 127;
    bits = (bits & 0x7fffff) | 0x3f800000;
    float mantissa; /* in [1, 2) */
    memcpy(&mantissa, &bits, sizeof mantissa);
    const float below = 1.0006934f, above = 1.9986142f; /* 2^0.001, 2^0.999 */
    *log2 = mantissa < 1.5f ? exponent : exponent + 1;
    return mantissa < below || mantissa > above;
}
