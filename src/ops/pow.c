/* POW: a to the power of b, with broadcasting. ATAN2: the angle of the point (b, a), for equal shapes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * s32 powers wrap; a negative exponent is an error. Floats are the C library's, halves rounded from them.
 * source: TFLite pow.cc, atan2.cc
 */
#include "ops/pow.h"

#include <math.h>

#include "base/half.h"

static int32_t power(int32_t base, int32_t exponent) {
    uint32_t result = 1;
    for (uint32_t square = (uint32_t)base; exponent > 0; exponent >>= 1, square *= square)
        if (exponent & 1) result *= square;
    return (int32_t)result;
}

/* error (s32): a negative exponent */
TUFF_BINARY(tuff_pow_f32, tuff_binary_args, float, float, *z = powf(x, y);)
TUFF_BINARY(tuff_pow_s32, tuff_binary_args, int32_t, int32_t, if (y < 0) return 2; *z = power(x, y);)
TUFF_BINARY(tuff_atan2_f32, tuff_binary_args, float, float, *z = atan2f(x, y);)
TUFF_BINARY(tuff_atan2_f64, tuff_binary_args, double, double, *z = atan2(x, y);)
TUFF_BINARY(tuff_atan2_f16, tuff_binary_args, uint16_t, uint16_t, *z = tuff_f32_to_f16(atan2f(tuff_f16_to_f32(x), tuff_f16_to_f32(y)));)
TUFF_BINARY(tuff_atan2_bf16, tuff_binary_args, uint16_t, uint16_t, *z = tuff_f32_to_bf16(atan2f(tuff_bf16_to_f32(x), tuff_bf16_to_f32(y)));)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define ROW(type, function) \
    { {type, type}, {type}, 1, NULL, TUFF_KERNEL(function, tuff_binary_args, tuff_binary_fields) }
static const tuff_variant pow_variants[] = {ROW("f32", tuff_pow_f32), ROW("s32", tuff_pow_s32), {.version = 0}};
static const tuff_variant atan2_variants[] = {
    ROW("f32", tuff_atan2_f32), ROW("f64", tuff_atan2_f64), ROW("f16", tuff_atan2_f16), ROW("bf16", tuff_atan2_bf16), {.version = 0},
};

static tuff_status infer_atan2(tuff_context *c) {
    TUFF_CHECK(c, tuff_same_shape(c->inputs[0], c->inputs[1]), "%s and %s differ in shape", tuff_shape_text(c->inputs[0]).text,
               tuff_shape_text(c->inputs[1]).text);
    return tuff_infer_like(c, 0, 0);
}

const tuff_op tuff_op_pow = {
    .name = "POW",
    .code = 78,
    .options = TUFF_OPTIONS_EMPTY(PowOptions, 56),
    .inputs = "a b",
    .outputs = "output",
    .variants = pow_variants,
    .infer = tuff_binary_infer,
    .prepare = tuff_binary_prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 1,
};
const tuff_op tuff_op_atan2 = {
    .name = "ATAN2",
    .code = 156,
    .options = TUFF_OPTIONS_EMPTY(ATan2Options, 122),
    .inputs = "a b",
    .outputs = "output",
    .variants = atan2_variants,
    .infer = infer_atan2,
    .prepare = tuff_binary_prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 1,
};
#endif
