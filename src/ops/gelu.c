/* GELU: x times the normal distribution's share below x.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact: x / 2 * erfc(-x / sqrt 2). Approximate: x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))). In float; halves are rounded from it, quantized
 * types are tables of the dequantized value.
 * source: TFLite activations.cc, reference/gelu.h
 */
#include "ops/gelu.h"

#include "base/half.h"
#include "base/math.h"

static float exact(float x) { return 0.5f * x * tuff_erfcf(x * -0.70710678118654752f); }
static float approximate(float x) { return 0.5f * x * (1 + tuff_tanhf(0.79788456080286536f * (x + 0.044715f * x * x * x))); }

/* in [count], out [count]; tiles: any split; scratch, errors: none */
int tuff_gelu_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_gelu_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const float *in = io[0];
    float *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = p->approximate ? approximate(in[i]) : exact(in[i]);
    return 0;
}
int tuff_gelu_f16(const void *args, void *const *io, int job, int jobs) {
    const tuff_gelu_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const uint16_t *in = io[0];
    uint16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) {
        const float x = tuff_f16_to_f32(in[i]);
        out[i] = tuff_f32_to_f16(p->approximate ? approximate(x) : exact(x));
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_gelu_attrs, approximate, BOOL, 0), TUFF_FIELD_END};
static const tuff_field fields[] = {TUFF_ARG(tuff_gelu_args, count, S64), TUFF_ARG(tuff_gelu_args, approximate, BOOL), TUFF_FIELD_END};
static const tuff_variant variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_gelu_f32, tuff_gelu_args, fields)},
    {{"s8"}, {"s8"}, 2, "act -> free", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 2, NULL, TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 2, "act -> free", TUFF_TABLE_S16_KERNEL},
    {{"f16"}, {"f16"}, 3, NULL, TUFF_KERNEL(tuff_gelu_f16, tuff_gelu_args, fields)},
    {.version = 0},
};

static tuff_status prepare(tuff_context *c) {
    const bool near = ((const tuff_gelu_attrs *)c->attrs)->approximate;
    const tuff_type type = c->inputs[0]->type;
    if (type != TUFF_F32 && type != TUFF_F16) return tuff_unary_emit_real(c, near ? approximate : exact);
    tuff_gelu_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) args->approximate = near;
    return tuff_unary_emit(c, args);
}

const tuff_op tuff_op_gelu = {
    .name = "GELU",
    .code = 150,
    .options = TUFF_OPTIONS(GeluOptions, 116, tuff_gelu_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_unary_infer,
    .prepare = prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 3,
};
#endif
