/* LEAKY_RELU: y = x where x >= 0, alpha * x elsewhere. PRELU: the same, alpha being a tensor that broadcasts to x.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Quantized, with d = q - zero_in: zero_out + d * (scale_in / scale_out) where d >= 0, else
 *   LEAKY_RELU  zero_out + d * (scale_in * alpha / scale_out), rounded as its absolute value is
 *   PRELU       zero_out + d * (a - zero_alpha) * (scale_in * scale_alpha / scale_out)
 * clamped to the type; factors are computed in float. LEAKY_RELU of 8-bit types is a table. PRELU of s16 has its alpha in s8.
 * source: TFLite activations, reference/leaky_relu.h, reference/prelu.h
 */
#include "ops/leaky_relu.h"

#include "base/fixed_point.h"

/* in [count], out [count]; tiles: any split; scratch, errors: none */
int tuff_leaky_relu_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_leaky_relu_f32_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const float *in = io[0];
    float *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = in[i] > 0 ? in[i] : in[i] * p->alpha;
    return 0;
}

static int32_t quantized(const void *args, int32_t q) {
    const tuff_leaky_relu_quantized_args *p = args;
    const int32_t d = q - p->zero_in;
    if (d >= 0) return tuff_clamp(p->zero_out + tuff_requantize(d, p->positive), p->lo, p->hi);
    const bool flipped = p->negative.multiplier < 0;
    const tuff_multiplier size = {flipped ? -p->negative.multiplier : p->negative.multiplier, p->negative.shift};
    const int32_t scaled = tuff_requantize(d, size);
    return tuff_clamp(p->zero_out + (flipped ? -scaled : scaled), p->lo, p->hi);
}

int tuff_leaky_relu_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_span span = tuff_share(((const tuff_leaky_relu_quantized_args *)args)->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = (int16_t)quantized(args, in[i]);
    return 0;
}

/* in [..], alpha [..], out [walk]; tiles: any split; scratch, errors: none */
#define PRELU(name, args_struct, T, ALPHA, value)                                                    \
    int name(const void *args, void *const *io, int job, int jobs) {                                 \
        const args_struct *p = args;                                                                 \
        const T *in = io[0];                                                                         \
        const ALPHA *alpha = io[1];                                                                  \
        T *out = io[2];                                                                              \
        const int64_t step_in = tuff_walk_step_a(&p->walk), step_alpha = tuff_walk_step_b(&p->walk); \
        tuff_row row;                                                                                \
        for (tuff_walk_job(&p->walk, &row, job, jobs); tuff_walk_row(&p->walk, &row);)               \
            for (int32_t i = 0; i < row.n; i++) {                                                    \
                const T x = in[row.a + i * step_in];                                                 \
                const ALPHA a = alpha[row.b + i * step_alpha];                                       \
                out[row.out + i] = (T)(value);                                                       \
            }                                                                                        \
        return 0;                                                                                    \
    }
static int32_t prelu(const tuff_prelu_quantized_args *p, int32_t x, int32_t a) {
    const int32_t d = x - p->zero_in;
    const int32_t scaled = d >= 0 ? tuff_requantize(d, p->positive) : tuff_requantize(d * (a - p->zero_alpha), p->negative);
    return tuff_clamp(p->zero_out + scaled, p->lo, p->hi);
}
PRELU(tuff_prelu_f32, tuff_prelu_f32_args, float, float, x >= 0 ? x : x * a)
PRELU(tuff_prelu_s8, tuff_prelu_quantized_args, int8_t, int8_t, prelu(p, x, a))
PRELU(tuff_prelu_u8, tuff_prelu_quantized_args, uint8_t, uint8_t, prelu(p, x, a))
PRELU(tuff_prelu_s16, tuff_prelu_quantized_args, int16_t, int8_t, prelu(p, x, a))

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_leaky_relu_attrs, alpha, F32, 0), TUFF_FIELD_END};
static const tuff_field f32_fields[] = {
    TUFF_ARG(tuff_leaky_relu_f32_args, count, S64),
    TUFF_ARG(tuff_leaky_relu_f32_args, alpha, F32),
    TUFF_FIELD_END,
};
static const tuff_field quantized_fields[] = {
    TUFF_ARG(tuff_leaky_relu_quantized_args, count, S64),
    TUFF_ARG(tuff_leaky_relu_quantized_args, zero_in, S32),
    TUFF_ARG(tuff_leaky_relu_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_leaky_relu_quantized_args, lo, S32),
    TUFF_ARG(tuff_leaky_relu_quantized_args, hi, S32),
    TUFF_ARG(tuff_leaky_relu_quantized_args, positive, MULTIPLIER),
    TUFF_ARG(tuff_leaky_relu_quantized_args, negative, MULTIPLIER),
    TUFF_FIELD_END,
};
static const tuff_field prelu_f32_fields[] = {TUFF_WALK_FIELDS(tuff_prelu_f32_args, walk), TUFF_FIELD_END};
static const tuff_field prelu_quantized_fields[] = {
    TUFF_WALK_FIELDS(tuff_prelu_quantized_args, walk),
    TUFF_ARG(tuff_prelu_quantized_args, zero_in, S32),
    TUFF_ARG(tuff_prelu_quantized_args, zero_alpha, S32),
    TUFF_ARG(tuff_prelu_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_prelu_quantized_args, lo, S32),
    TUFF_ARG(tuff_prelu_quantized_args, hi, S32),
    TUFF_ARG(tuff_prelu_quantized_args, positive, MULTIPLIER),
    TUFF_ARG(tuff_prelu_quantized_args, negative, MULTIPLIER),
    TUFF_FIELD_END,
};

static const tuff_variant leaky_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_leaky_relu_f32, tuff_leaky_relu_f32_args, f32_fields)},
    {{"s8"}, {"s8"}, 1, "act -> free", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 2, "act -> free", TUFF_KERNEL(tuff_leaky_relu_s16, tuff_leaky_relu_quantized_args, quantized_fields)},
    {.version = 0},
};
#define PRELU_KERNEL(function) TUFF_KERNEL(function, tuff_prelu_quantized_args, prelu_quantized_fields)
static const tuff_variant prelu_variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_prelu_f32, tuff_prelu_f32_args, prelu_f32_fields)},
    {{"s8", "s8"}, {"s8"}, 1, "act act -> free", PRELU_KERNEL(tuff_prelu_s8)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, PRELU_KERNEL(tuff_prelu_u8)},
    {{"s16", "s8"}, {"s16"}, 1, NULL, PRELU_KERNEL(tuff_prelu_s16)},
    {.version = 0},
};

static tuff_status prepare_leaky(tuff_context *c) {
    const float alpha = ((const tuff_leaky_relu_attrs *)c->attrs)->alpha;
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) {
        tuff_leaky_relu_f32_args *args = tuff_unary_args_for(c, &c->variant->kernel);
        if (args) args->alpha = alpha;
        return tuff_unary_emit(c, args);
    }
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    tuff_leaky_relu_quantized_args q = {.zero_in = tuff_zero_point(in),
                                        .zero_out = tuff_zero_point(out),
                                        .positive = tuff_multiplier_from((double)(tuff_scale(in) / tuff_scale(out))),
                                        .negative = tuff_multiplier_from((double)(tuff_scale(in) * alpha / tuff_scale(out)))};
    tuff_type_range(out->type, &q.lo, &q.hi);
    if (in->type != TUFF_S16) return tuff_unary_emit_steps(c, quantized, &q, NULL);
    tuff_leaky_relu_quantized_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        q.count = args->count;
        *args = q;
    }
    return tuff_unary_emit(c, args);
}

static tuff_status infer_prelu(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *alpha = c->inputs[1];
    bool fits = alpha->rank <= in->rank;
    for (int32_t k = 0; fits && k < alpha->rank; k++) fits = alpha->shape[k] == 1 || alpha->shape[k] == in->shape[k + in->rank - alpha->rank];
    TUFF_CHECK(c, fits, "alpha %s does not broadcast to %s", tuff_shape_text(alpha).text, tuff_shape_text(in).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare_prelu(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *alpha = c->inputs[1], *out = c->outputs[0];
    void *args = tuff_args(c, &c->variant->kernel);
    if (in->type == TUFF_F32) {
        if (args) tuff_walk_binary(&((tuff_prelu_f32_args *)args)->walk, in, alpha, out);
    } else {
        TUFF_TRY(tuff_check_quantized(c, in));
        TUFF_TRY(tuff_check_quantized(c, alpha));
        TUFF_TRY(tuff_check_quantized(c, out));
        tuff_prelu_quantized_args q = {.zero_in = tuff_zero_point(in),
                                       .zero_alpha = tuff_zero_point(alpha),
                                       .zero_out = tuff_zero_point(out),
                                       .positive = tuff_multiplier_from((double)(tuff_scale(in) / tuff_scale(out))),
                                       .negative = tuff_multiplier_from((double)(tuff_scale(in) * tuff_scale(alpha) / tuff_scale(out)))};
        tuff_walk_binary(&q.walk, in, alpha, out);
        tuff_type_range(out->type, &q.lo, &q.hi);
        if (args) *(tuff_prelu_quantized_args *)args = q;
    }
    const int64_t count = tuff_count(out);
    const tuff_cost cost = {count, count, 3 * count * tuff_type_bits(out->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 3);
}

const tuff_op tuff_op_leaky_relu = {
    .name = "LEAKY_RELU",
    .code = 98,
    .options = TUFF_OPTIONS(LeakyReluOptions, 75, tuff_leaky_relu_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = leaky_variants,
    .infer = tuff_unary_infer,
    .prepare = prepare_leaky,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
const tuff_op tuff_op_prelu = {
    .name = "PRELU",
    .code = 54,
    .inputs = "input alpha",
    .outputs = "output",
    .variants = prelu_variants,
    .infer = infer_prelu,
    .prepare = prepare_prelu,
    .in_place = 1,
    .highest = 1,
};
#endif
