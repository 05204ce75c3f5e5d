/* QUANTIZE: q = clamp(round(x / scale) + zero), or from one scale to another. DEQUANTIZE: x = scale * (q - zero).
 * SPDX-License-Identifier: Apache-2.0
 *
 * QUANTIZE of reals divides in float and rounds halves away from zero; NaN and what int32 doesn't hold give the low end.
 * Requantizing multiplies (q - zero_in) by scale_in / scale_out in fixed point; between 8-bit types it is a table.
 * DEQUANTIZE's product is rounded once: q - zero fits a float's 24 bits.
 * Types of 2 and 4 bits are packed, the low bits first, without padding per row.
 * source: TFLite QUANTIZE, DEQUANTIZE, reference kernels
 */
#include "ops/quantize.h"

#include "base/fixed_point.h"
#include "base/half.h"

static int32_t quantized(const tuff_quantize_args *p, float x, float scale, int32_t zero) {
    const float steps = x / scale;
    if (!(steps >= -2147483648.0f && steps < 2147483648.0f)) return p->lo;
    const int64_t q = (int64_t)tuff_round_f32_s32(steps) + zero;
    return q < p->lo ? p->lo : q > p->hi ? p->hi : (int32_t)q;
}
static int32_t channel_of(const tuff_quantize_args *p, int64_t i) { return p->channels == 1 ? 0 : (int32_t)(i / p->inner % p->channels); }

/* in [count] f32, out [count], scale [channels] f32, zero [channels] s32; tiles: any split; scratch, errors: none */
#define QUANTIZE(name, T)                                            \
    int name(const void *args, void *const *io, int job, int jobs) { \
        const tuff_quantize_args *p = args;                          \
        const tuff_span span = tuff_share(p->count, job, jobs);      \
        const float *in = io[0], *scale = io[2];                     \
        const int32_t *zero = io[3];                                 \
        T *out = io[1];                                              \
        for (int64_t i = span.first; i < span.end; i++) {            \
            const int32_t k = channel_of(p, i);                      \
            out[i] = (T)quantized(p, in[i], scale[k], zero[k]);      \
        }                                                            \
        return 0;                                                    \
    }
QUANTIZE(tuff_quantize_s8, int8_t)
QUANTIZE(tuff_quantize_u8, uint8_t)
QUANTIZE(tuff_quantize_s16, int16_t)

/* as above with two values to a byte, s4 and u4 (lo and hi tell); tiles: bytes */
int tuff_quantize_s4(const void *args, void *const *io, int job, int jobs) {
    const tuff_quantize_args *p = args;
    const tuff_span span = tuff_share((p->count + 1) / 2, job, jobs);
    const float *in = io[0], *scale = io[2];
    const int32_t *zero = io[3];
    uint8_t *out = io[1];
    for (int64_t byte = span.first; byte < span.end; byte++) {
        unsigned value = 0;
        for (int64_t i = 2 * byte; i < 2 * byte + 2 && i < p->count; i++) {
            const int32_t k = channel_of(p, i);
            value |= ((unsigned)quantized(p, in[i], scale[k], zero[k]) & 15u) << (i & 1) * 4;
        }
        out[byte] = (uint8_t)value;
    }
    return 0;
}

static int32_t requantized(const void *args, int32_t q) {
    const tuff_requantize_args *p = args;
    const int64_t y = (int64_t)tuff_requantize((int32_t)((uint32_t)q - (uint32_t)p->zero_in), p->scale) + p->zero_out;
    return y < p->lo ? p->lo : y > p->hi ? p->hi : (int32_t)y;
}

/* in [count], out [count]; tiles: any split; scratch, errors: none */
#define REQUANTIZE(name, IN, OUT)                                                                  \
    int name(const void *args, void *const *io, int job, int jobs) {                               \
        const tuff_span span = tuff_share(((const tuff_requantize_args *)args)->count, job, jobs); \
        const IN *in = io[0];                                                                      \
        OUT *out = io[1];                                                                          \
        for (int64_t i = span.first; i < span.end; i++) out[i] = (OUT)requantized(args, in[i]);    \
        return 0;                                                                                  \
    }
REQUANTIZE(tuff_requantize_s8_s16, int8_t, int16_t)
REQUANTIZE(tuff_requantize_u8_s16, uint8_t, int16_t)
REQUANTIZE(tuff_requantize_s16_s8, int16_t, int8_t)
REQUANTIZE(tuff_requantize_s16_s16, int16_t, int16_t)
REQUANTIZE(tuff_requantize_s16_s32, int16_t, int32_t)
REQUANTIZE(tuff_requantize_s32_s8, int32_t, int8_t)
REQUANTIZE(tuff_requantize_s32_s16, int32_t, int16_t)

static int32_t unsigned_field(const uint8_t *in, int64_t i, int32_t bits) {
    const int32_t each = 8 / bits;
    return in[i / each] >> i % each * bits & ((1 << bits) - 1);
}
static int32_t signed_field(const uint8_t *in, int64_t i, int32_t bits) {
    const int32_t q = unsigned_field(in, i, bits), sign = 1 << (bits - 1);
    return (q ^ sign) - sign;
}

/* in [count], out [count] f32, scale [channels] f32, zero [channels] s32; tiles: any split; scratch, errors: none */
#define DEQUANTIZE(name, T, value)                                   \
    int name(const void *args, void *const *io, int job, int jobs) { \
        const tuff_quantize_args *p = args;                          \
        const tuff_span span = tuff_share(p->count, job, jobs);      \
        const T *in = io[0];                                         \
        const float *scale = io[2];                                  \
        const int32_t *zero = io[3];                                 \
        float *out = io[1];                                          \
        for (int64_t i = span.first; i < span.end; i++) {            \
            const int32_t k = channel_of(p, i);                      \
            out[i] = scale[k] * (float)(value - zero[k]);            \
        }                                                            \
        return 0;                                                    \
    }
DEQUANTIZE(tuff_dequantize_s8, int8_t, in[i])
DEQUANTIZE(tuff_dequantize_u8, uint8_t, in[i])
DEQUANTIZE(tuff_dequantize_s16, int16_t, in[i])
DEQUANTIZE(tuff_dequantize_s4, uint8_t, signed_field(in, i, 4))
DEQUANTIZE(tuff_dequantize_u4, uint8_t, unsigned_field(in, i, 4))
DEQUANTIZE(tuff_dequantize_s2, uint8_t, signed_field(in, i, 2))

/* in [count] f16, out [count] f32; exact */
int tuff_dequantize_f16(const void *args, void *const *io, int job, int jobs) {
    const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs);
    const uint16_t *in = io[0];
    float *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = tuff_f16_to_f32(in[i]);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field quantize_fields[] = {
    TUFF_ARG(tuff_quantize_args, count, S64), TUFF_ARG(tuff_quantize_args, inner, S64), TUFF_ARG(tuff_quantize_args, channels, S32),
    TUFF_ARG(tuff_quantize_args, lo, S32),    TUFF_ARG(tuff_quantize_args, hi, S32),    TUFF_FIELD_END,
};
static const tuff_field requantize_fields[] = {
    TUFF_ARG(tuff_requantize_args, count, S64),
    TUFF_ARG(tuff_requantize_args, zero_in, S32),
    TUFF_ARG(tuff_requantize_args, zero_out, S32),
    TUFF_ARG(tuff_requantize_args, lo, S32),
    TUFF_ARG(tuff_requantize_args, hi, S32),
    TUFF_ARG(tuff_requantize_args, scale, MULTIPLIER),
    TUFF_FIELD_END,
};

#define REAL(function) TUFF_KERNEL(function, tuff_quantize_args, quantize_fields)
#define STEPS(function) TUFF_KERNEL(function, tuff_requantize_args, requantize_fields)
static const tuff_variant quantize_variants[] = {
    {{"f32"}, {"s8"}, 1, NULL, REAL(tuff_quantize_s8)},          {{"f32"}, {"u8"}, 1, NULL, REAL(tuff_quantize_u8)},
    {{"f32"}, {"s16"}, 2, NULL, REAL(tuff_quantize_s16)},        {{"f32"}, {"s4"}, 4, NULL, REAL(tuff_quantize_s4)},
    {{"f32"}, {"u4"}, 5, NULL, REAL(tuff_quantize_s4)},          {{"s8|u8"}, {"s8|u8"}, 1, NULL, TUFF_TABLE_KERNEL},
    {{"s8"}, {"s16"}, 2, NULL, STEPS(tuff_requantize_s8_s16)},   {{"u8"}, {"s16"}, 2, NULL, STEPS(tuff_requantize_u8_s16)},
    {{"s16"}, {"s8"}, 1, NULL, STEPS(tuff_requantize_s16_s8)},   {{"s16"}, {"s16"}, 2, NULL, STEPS(tuff_requantize_s16_s16)},
    {{"s16"}, {"s32"}, 1, NULL, STEPS(tuff_requantize_s16_s32)}, {{"s32"}, {"s8"}, 1, NULL, STEPS(tuff_requantize_s32_s8)},
    {{"s32"}, {"s16"}, 2, NULL, STEPS(tuff_requantize_s32_s16)}, {.version = 0},
};
static const tuff_variant dequantize_variants[] = {
    {{"s8"}, {"f32"}, 2, NULL, REAL(tuff_dequantize_s8)},   {{"u8"}, {"f32"}, 1, NULL, REAL(tuff_dequantize_u8)},
    {{"s16"}, {"f32"}, 3, NULL, REAL(tuff_dequantize_s16)}, {{"f16"}, {"f32"}, 3, NULL, TUFF_KERNEL(tuff_dequantize_f16, tuff_unary_args, tuff_unary_fields)},
    {{"s4"}, {"f32"}, 6, NULL, REAL(tuff_dequantize_s4)},   {{"s2"}, {"f32"}, 7, NULL, REAL(tuff_dequantize_s2)},
    {{"u4"}, {"f32"}, 8, NULL, REAL(tuff_dequantize_u4)},   {.version = 0},
};

/* The step between reals and the steps of `t`, per tensor or per channel. */
static tuff_status emit_real(tuff_context *c, const tuff_tensor *t) {
    const tuff_quantization *q = &t->quantization;
    if (q->count == 1) TUFF_TRY(tuff_check_quantized(c, t));
    TUFF_CHECK(c, q->count > 0, "tensor '%s' (%s) has no scale", t->name, tuff_type_name(t->type));
    TUFF_CHECK(c, q->count == 1 || (q->dimension >= 0 && q->dimension < t->rank && q->count == t->shape[q->dimension]), "%s has %d scales along dimension %d",
               tuff_shape_text(t).text, (int)q->count, (int)q->dimension);
    tuff_quantize_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        args->channels = q->count;
        args->inner = q->count == 1 ? args->count : tuff_dims_product(t->shape, q->dimension + 1, t->rank);
        tuff_type_range(t->type, &args->lo, &args->hi);
    }
    const size_t bytes = (size_t)q->count * 4;
    void *scale, *zero;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0), tuff_io_array(c, bytes, &scale), tuff_io_array(c, bytes, &zero)};
    for (int32_t k = 0; scale && zero && k < q->count; k++) {
        TUFF_CHECK(c, q->scale[k] > 0, "tensor '%s' has scale %g in slice %d; expected a positive number", t->name, (double)q->scale[k], (int)k);
        ((float *)scale)[k] = q->scale[k];
        ((int32_t *)zero)[k] = (int32_t)q->zero_point[k];
    }
    const int64_t count = tuff_count(t);
    const tuff_cost cost = {count, count, count * (32 + tuff_type_bits(t->type)) / 8};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 4);
}

static tuff_status prepare_quantize(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) return emit_real(c, out);
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    tuff_requantize_args q = {
        .zero_in = tuff_zero_point(in), .zero_out = tuff_zero_point(out), .scale = tuff_multiplier_from((double)tuff_scale(in) / (double)tuff_scale(out))};
    TUFF_CHECK(c, q.scale.shift <= 30, "scale %g of '%s' is too large for the output's %g", (double)tuff_scale(in), in->name, (double)tuff_scale(out));
    tuff_type_range(out->type, &q.lo, &q.hi);
    if (tuff_type_bits(in->type) == 8 && tuff_type_bits(out->type) == 8) return tuff_unary_emit_steps(c, requantized, &q, NULL);
    tuff_requantize_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        q.count = args->count;
        *args = q;
    }
    return tuff_unary_emit(c, args);
}

static tuff_status prepare_dequantize(tuff_context *c) {
    if (c->inputs[0]->type == TUFF_F16) return tuff_unary_emit(c, tuff_unary_args_for(c, &c->variant->kernel));
    return emit_real(c, c->inputs[0]);
}

static int32_t version_quantize(const tuff_context *c) { return c->outputs[0]->quantization.count > 1 ? 3 : 0; }
static int32_t version_dequantize(const tuff_context *c) { return c->inputs[0]->quantization.count > 1 ? 5 : 0; }

const tuff_op tuff_op_quantize = {
    .name = "QUANTIZE",
    .code = 114,
    .options = TUFF_OPTIONS_EMPTY(QuantizeOptions, 89),
    .inputs = "input",
    .outputs = "output",
    .variants = quantize_variants,
    .infer = tuff_unary_infer,
    .prepare = prepare_quantize,
    .version = version_quantize,
    .highest = 6,
};
const tuff_op tuff_op_dequantize = {
    .name = "DEQUANTIZE",
    .code = 6,
    .options = TUFF_OPTIONS_EMPTY(DequantizeOptions, 38),
    .inputs = "input",
    .outputs = "output",
    .variants = dequantize_variants,
    .infer = tuff_unary_infer,
    .prepare = prepare_dequantize,
    .version = version_dequantize,
    .highest = 9,
};
#endif
