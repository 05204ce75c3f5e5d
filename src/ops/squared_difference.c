/* SQUARED_DIFFERENCE: (a - b)^2 with broadcasting. s32 wraps.
 * SPDX-License-Identifier: Apache-2.0
 *
 * s8: both operands are brought to one scale with 7 bits of headroom, twice = 2 * max(scale_a, scale_b): each is at most 2^14 in size, so the square
 * of their difference fits 31 bits; it is rescaled by twice^2 / (2^14 * scale_out), which has to stay below 1.
 * source: TFLite squared_difference.cc
 */
#include "ops/squared_difference.h"

#include "base/fixed_point.h"

enum { HEADROOM = 7 };

static int8_t squared_s8(const tuff_squared_difference_s8_args *p, int32_t x, int32_t y) {
    const int32_t a = tuff_requantize((x - p->zero_a) * (1 << HEADROOM), p->scale_a), b = tuff_requantize((y - p->zero_b) * (1 << HEADROOM), p->scale_b);
    return (int8_t)tuff_clamp(tuff_requantize((a - b) * (a - b), p->scale_out) + p->zero_out, INT8_MIN, INT8_MAX);
}
static int32_t squared_s32(uint32_t difference) { return (int32_t)(difference * difference); }

/* errors: none */
TUFF_BINARY(tuff_squared_difference_f32, tuff_binary_args, float, float, *z = (x - y) * (x - y);)
TUFF_BINARY(tuff_squared_difference_s32, tuff_binary_args, int32_t, int32_t, *z = squared_s32((uint32_t)x - (uint32_t)y);)
TUFF_BINARY(tuff_squared_difference_s8, tuff_squared_difference_s8_args, int8_t, int8_t, *z = squared_s8(p, x, y);)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field s8_fields[] = {
    TUFF_WALK_FIELDS(tuff_squared_difference_s8_args, walk),          TUFF_ARG(tuff_squared_difference_s8_args, zero_a, S32),
    TUFF_ARG(tuff_squared_difference_s8_args, zero_b, S32),           TUFF_ARG(tuff_squared_difference_s8_args, zero_out, S32),
    TUFF_ARG(tuff_squared_difference_s8_args, scale_a, MULTIPLIER),   TUFF_ARG(tuff_squared_difference_s8_args, scale_b, MULTIPLIER),
    TUFF_ARG(tuff_squared_difference_s8_args, scale_out, MULTIPLIER), TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_squared_difference_f32, tuff_binary_args, tuff_binary_fields)},
    {{"s8", "s8"}, {"s8"}, 2, "act act -> free", TUFF_KERNEL(tuff_squared_difference_s8, tuff_squared_difference_s8_args, s8_fields)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, TUFF_KERNEL(tuff_squared_difference_s32, tuff_binary_args, tuff_binary_fields)},
    {.version = 0},
};

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *a = c->inputs[0], *b = c->inputs[1], *out = c->outputs[0];
    if (out->type != TUFF_S8) return tuff_binary_prepare(c);
    TUFF_TRY(tuff_check_quantized(c, a));
    TUFF_TRY(tuff_check_quantized(c, b));
    TUFF_TRY(tuff_check_quantized(c, out));
    const double twice = 2.0 * (double)(tuff_scale(a) > tuff_scale(b) ? tuff_scale(a) : tuff_scale(b));
    const double unit = (double)((1 << 2 * HEADROOM) * tuff_scale(out));
    const tuff_multiplier scale_out = tuff_multiplier_from(twice * twice / unit);
    TUFF_CHECK(c, scale_out.shift <= 0, "output '%s' has scale %g, too fine for inputs of scale %g", out->name, (double)tuff_scale(out), twice / 2);
    tuff_squared_difference_s8_args *args = tuff_args(c, &c->variant->kernel);
    if (args) {
        tuff_walk_binary(&args->walk, a, b, out);
        args->zero_a = tuff_zero_point(a);
        args->zero_b = tuff_zero_point(b);
        args->zero_out = tuff_zero_point(out);
        args->scale_a = tuff_multiplier_from((double)tuff_scale(a) / twice);
        args->scale_b = tuff_multiplier_from((double)tuff_scale(b) / twice);
        args->scale_out = scale_out;
    }
    return tuff_binary_emit(c, &c->variant->kernel, args);
}

const tuff_op tuff_op_squared_difference = {
    .name = "SQUARED_DIFFERENCE",
    .code = 99,
    .options = TUFF_OPTIONS_EMPTY(SquaredDifferenceOptions, 76),
    .inputs = "a b",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_binary_infer,
    .prepare = prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
#endif
