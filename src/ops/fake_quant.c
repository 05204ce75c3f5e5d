/* FAKE_QUANT: floats clamped to a range and rounded to its 2^num_bits steps.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The range is moved until 0 is one of its steps. Halves are rounded away from zero.
 * source: TFLite fake_quant.cc, internal/quantization_util.h
 */
#include "ops/fake_quant.h"

#include "base/fixed_point.h"

/* in [count], out [count] f32; tiles: any split; scratch, errors: none */
int tuff_fake_quant_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_fake_quant_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const float *in = io[0], inverse = 1.0f / p->scale;
    float *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) {
        const float x = p->lo < in[i] ? in[i] : p->lo, clamped = p->hi < x ? p->hi : x;
        out[i] = (float)tuff_round_f32_s32((clamped - p->lo) * inverse) * p->scale + p->lo;
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_fake_quant_attrs, min, F32, 0),
    TUFF_FIELD(tuff_fake_quant_attrs, max, F32, 1),
    TUFF_FIELD(tuff_fake_quant_attrs, num_bits, S32, 2),
    TUFF_FIELD(tuff_fake_quant_attrs, narrow_range, BOOL, 3, .version = 2),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_fake_quant_args, count, S64),
    TUFF_ARG(tuff_fake_quant_args, lo, F32),
    TUFF_ARG(tuff_fake_quant_args, hi, F32),
    TUFF_ARG(tuff_fake_quant_args, scale, F32),
    TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_fake_quant_f32, tuff_fake_quant_args, fields)},
    {.version = 0},
};

static tuff_status prepare(tuff_context *c) {
    const tuff_fake_quant_attrs *a = c->attrs;
    TUFF_CHECK(c, !a->narrow_range, "narrow_range is for weights, and not computed");
    TUFF_CHECK(c, a->num_bits >= 2 && a->num_bits <= 16, "num_bits is %d; expected 2..16", (int)a->num_bits);
    const float most = (float)((1 << a->num_bits) - 1), scale = (a->max - a->min) / most;
    TUFF_CHECK(c, a->min <= 0 && a->max >= 0 && scale > 0 && scale < 1e30f, "the range is %g..%g; expected one around 0", (double)a->min, (double)a->max);
    const float zero = -a->min / scale, nudged = zero > most ? most : (float)tuff_round_f32_s32(zero);
    tuff_fake_quant_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        args->lo = -nudged * scale;
        args->hi = (most - nudged) * scale;
        args->scale = scale;
    }
    return tuff_unary_emit(c, args);
}

const tuff_op tuff_op_fake_quant = {
    .name = "FAKE_QUANT",
    .code = 80,
    .options = TUFF_OPTIONS(FakeQuantOptions, 58, tuff_fake_quant_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_unary_infer,
    .prepare = prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
#endif
