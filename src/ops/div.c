/* DIV: a / b with broadcasting and a fused activation.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats: the activation's clamp makes +-FLT_MAX of infinities, as in ADD. s32 truncates; the least number by -1 is the largest; a zero divisor
 * is an error. Quantized: zero_out + round((a - zero_a) / (b - zero_b) * (scale_a / (scale_b * scale_out))), halves away from zero, the factor
 * computed in float; a zero divisor is an error. The reference approximates the reciprocal instead, which goes wrong for small quotients.
 * source: TFLite div.cc
 */
#include "ops/div.h"

#include "base/fixed_point.h"

/* error: a zero in b, except for floats */
#define DIV(name, args_struct, T, zero, value) TUFF_BINARY(name, args_struct, T, T, if (zero) return 2; *z = (T)(value);)
static float quotient_f32(const tuff_div_f32_args *p, float x, float y) {
    const float q = x / y;
    return q < p->lo ? p->lo : q > p->hi ? p->hi : q;
}
static int32_t quotient_s32(const tuff_div_s32_args *p, int32_t x, int32_t y) {
    return tuff_clamp(x == INT32_MIN && y == -1 ? INT32_MAX : x / y, p->lo, p->hi);
}
static int32_t quotient(const tuff_div_quantized_args *p, int32_t x, int32_t y) {
    const int64_t q = (int64_t)tuff_round_s32((double)(x - p->zero_a) * p->scale / (double)(y - p->zero_b)) + p->zero_out;
    return q < p->lo ? p->lo : q > p->hi ? p->hi : (int32_t)q;
}
DIV(tuff_div_f32, tuff_div_f32_args, float, false, quotient_f32(p, x, y))
DIV(tuff_div_s32, tuff_div_s32_args, int32_t, y == 0, quotient_s32(p, x, y))
DIV(tuff_div_s8, tuff_div_quantized_args, int8_t, y == p->zero_b, quotient(p, x, y))
DIV(tuff_div_u8, tuff_div_quantized_args, uint8_t, y == p->zero_b, quotient(p, x, y))
DIV(tuff_div_s16, tuff_div_quantized_args, int16_t, y == p->zero_b, quotient(p, x, y))

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_div_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field f32_fields[] = {
    TUFF_WALK_FIELDS(tuff_div_f32_args, walk),
    TUFF_ARG(tuff_div_f32_args, lo, F32),
    TUFF_ARG(tuff_div_f32_args, hi, F32),
    TUFF_FIELD_END,
};
static const tuff_field s32_fields[] = {
    TUFF_WALK_FIELDS(tuff_div_s32_args, walk),
    TUFF_ARG(tuff_div_s32_args, lo, S32),
    TUFF_ARG(tuff_div_s32_args, hi, S32),
    TUFF_FIELD_END,
};
static const tuff_field quantized_fields[] = {
    TUFF_WALK_FIELDS(tuff_div_quantized_args, walk), TUFF_ARG(tuff_div_quantized_args, zero_a, S32),
    TUFF_ARG(tuff_div_quantized_args, zero_b, S32),  TUFF_ARG(tuff_div_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_div_quantized_args, lo, S32),      TUFF_ARG(tuff_div_quantized_args, hi, S32),
    TUFF_ARG(tuff_div_quantized_args, scale, F64),   TUFF_FIELD_END,
};

/* The quantizer leaves DIV in float: a divisor that rounds to zero would be an error. */
#define QUANTIZED(function) TUFF_KERNEL(function, tuff_div_quantized_args, quantized_fields)
static const tuff_variant variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_div_f32, tuff_div_f32_args, f32_fields)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, TUFF_KERNEL(tuff_div_s32, tuff_div_s32_args, s32_fields)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, QUANTIZED(tuff_div_u8)},
    {{"s8", "s8"}, {"s8"}, 1, NULL, QUANTIZED(tuff_div_s8)},
    {{"s16", "s16"}, {"s16"}, 1, NULL, QUANTIZED(tuff_div_s16)},
    {.version = 0},
};

static tuff_status fill_args(tuff_context *c, void *args) {
    const int8_t activation = ((const tuff_div_attrs *)c->attrs)->fused_activation_function;
    const tuff_tensor *a = c->inputs[0], *b = c->inputs[1], *out = c->outputs[0];
    float lo, hi;
    tuff_activation_range_f32(activation, &lo, &hi);
    if (out->type == TUFF_F32) {
        tuff_div_f32_args *p = args;
        tuff_walk_binary(&p->walk, a, b, out);
        p->lo = lo;
        p->hi = hi;
        return TUFF_OK;
    }
    if (out->type == TUFF_S32) {
        tuff_div_s32_args *p = args;
        tuff_walk_binary(&p->walk, a, b, out);
        p->lo = tuff_round_f32_s32(lo);
        p->hi = tuff_round_f32_s32(hi);
        return TUFF_OK;
    }
    tuff_div_quantized_args *p = args;
    TUFF_TRY(tuff_check_quantized(c, a));
    TUFF_TRY(tuff_check_quantized(c, b));
    TUFF_TRY(tuff_check_quantized(c, out));
    tuff_walk_binary(&p->walk, a, b, out);
    p->zero_a = tuff_zero_point(a);
    p->zero_b = tuff_zero_point(b);
    p->zero_out = tuff_zero_point(out);
    p->scale = (double)(tuff_scale(a) / (tuff_scale(b) * tuff_scale(out)));
    return tuff_activation_range(c, activation, out, &p->lo, &p->hi);
}

static tuff_status prepare(tuff_context *c) {
    void *args = tuff_args(c, &c->variant->kernel);
    if (args) TUFF_TRY(fill_args(c, args));
    return tuff_binary_emit(c, &c->variant->kernel, args);
}

static int32_t version(const tuff_context *c) {
    return !tuff_same_shape(c->inputs[0], c->inputs[1]) && (c->inputs[0]->rank > 4 || c->inputs[1]->rank > 4) ? 2 : 0;
}

const tuff_op tuff_op_div = {
    .name = "DIV",
    .code = 42,
    .options = TUFF_OPTIONS(DivOptions, 29, tuff_div_attrs, attr_fields),
    .inputs = "a b",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_binary_infer,
    .prepare = prepare,
    .version = version,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
#endif
