/* RELU, RELU6, RELU_N1_TO_1, RELU_0_TO_1: y = min(max(x, lo), hi).
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats: NaN passes. Quantized: zero_out + (q - zero_in) * (scale_in / scale_out), clamped to lo and hi in steps of the output;
 * the factor is computed in float, and may be any size. 8-bit types use a table.
 * source: TFLite activations, reference kernels
 */
#include "ops/relu.h"

#include "base/fixed_point.h"

/* in [count], out [count]; tiles: any split; scratch, errors: none */
int tuff_relu_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_relu_f32_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const float *in = io[0];
    float *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = in[i] < p->lo ? p->lo : in[i] > p->hi ? p->hi : in[i];
    return 0;
}

static int32_t quantized(const void *args, int32_t q) {
    const tuff_relu_quantized_args *p = args;
    return tuff_clamp(p->zero_out + tuff_requantize(q - p->zero_in, p->scale), p->lo, p->hi);
}

int tuff_relu_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_relu_quantized_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = (int16_t)quantized(p, in[i]);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include <math.h>

#include "ops/tensor.h"

static const tuff_field f32_fields[] = {
    TUFF_ARG(tuff_relu_f32_args, count, S64),
    TUFF_ARG(tuff_relu_f32_args, lo, F32),
    TUFF_ARG(tuff_relu_f32_args, hi, F32),
    TUFF_FIELD_END,
};
static const tuff_field quantized_fields[] = {
    TUFF_ARG(tuff_relu_quantized_args, count, S64),
    TUFF_ARG(tuff_relu_quantized_args, zero_in, S32),
    TUFF_ARG(tuff_relu_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_relu_quantized_args, lo, S32),
    TUFF_ARG(tuff_relu_quantized_args, hi, S32),
    TUFF_ARG(tuff_relu_quantized_args, scale, MULTIPLIER),
    TUFF_FIELD_END,
};

#define F32 TUFF_KERNEL(tuff_relu_f32, tuff_relu_f32_args, f32_fields)
static const tuff_variant variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, F32},
    {{"s8"}, {"s8"}, 2, "act -> free", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 2, NULL, TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 3, "act -> free", TUFF_KERNEL(tuff_relu_s16, tuff_relu_quantized_args, quantized_fields)},
    {.version = 0},
};
/* the two that have one version only */
static const tuff_variant old_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, F32},
    {{"s8"}, {"s8"}, 1, "act -> free", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_TABLE_KERNEL},
    {.version = 0},
};

static tuff_status prepare(tuff_context *c, float lo, float hi) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) {
        tuff_relu_f32_args *args = tuff_unary_args_for(c, &c->variant->kernel);
        if (args) args->lo = lo, args->hi = hi;
        return tuff_unary_emit(c, args);
    }
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    tuff_relu_quantized_args q = {
        .zero_in = tuff_zero_point(in), .zero_out = tuff_zero_point(out), .scale = tuff_multiplier_from((double)(tuff_scale(in) / tuff_scale(out)))};
    TUFF_CHECK(c, q.scale.shift <= 30, "scale %g of '%s' is too large for the output's %g", (double)tuff_scale(in), in->name, (double)tuff_scale(out));
    tuff_quantized_range(out, lo, hi, &q.lo, &q.hi);
    if (in->type != TUFF_S16) return tuff_unary_emit_steps(c, quantized, &q, NULL);
    tuff_relu_quantized_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        q.count = args->count;
        *args = q;
    }
    return tuff_unary_emit(c, args);
}
static tuff_status prepare_relu(tuff_context *c) { return prepare(c, 0, INFINITY); }
static tuff_status prepare_relu6(tuff_context *c) { return prepare(c, 0, 6); }
static tuff_status prepare_relu_n1_to_1(tuff_context *c) { return prepare(c, -1, 1); }
static tuff_status prepare_relu_0_to_1(tuff_context *c) { return prepare(c, 0, 1); }

#define RELU(symbol, name_, code_, rows, highest_) \
    const tuff_op tuff_op_##symbol = {             \
        .name = name_,                             \
        .code = code_,                             \
        .inputs = "input",                         \
        .outputs = "output",                       \
        .variants = rows,                          \
        .infer = tuff_unary_infer,                 \
        .prepare = prepare_##symbol,               \
        .in_place = TUFF_IN_PLACE_ANY,             \
        .highest = highest_,                       \
    };
RELU(relu, "RELU", 19, variants, 3)
RELU(relu6, "RELU6", 21, variants, 3)
RELU(relu_n1_to_1, "RELU_N1_TO_1", 20, old_variants, 1)
RELU(relu_0_to_1, "RELU_0_TO_1", 152, old_variants, 1)
#endif
