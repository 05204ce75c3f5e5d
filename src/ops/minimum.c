/* MAXIMUM, MINIMUM: the larger or the smaller of two, with broadcasting.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where either is NaN it is the second. Quantized operands are compared as they are: all three tensors share one scale.
 * source: TFLite maximum_minimum.cc
 */
#include "ops/minimum.h"

#include "base/half.h"

#define CHOOSE(name, T, operator) TUFF_BINARY(name, tuff_binary_args, T, T, *z = x operator y ? x : y;)
CHOOSE(tuff_maximum_f32, float, >)
TUFF_BINARY(tuff_maximum_f16, tuff_binary_args, uint16_t, uint16_t, *z = tuff_f16_to_f32(x) > tuff_f16_to_f32(y) ? x : y;)
CHOOSE(tuff_maximum_s8, int8_t, >)
CHOOSE(tuff_maximum_u8, uint8_t, >)
CHOOSE(tuff_maximum_s16, int16_t, >)
CHOOSE(tuff_maximum_s32, int32_t, >)
CHOOSE(tuff_maximum_s64, int64_t, >)
CHOOSE(tuff_minimum_f32, float, <)
TUFF_BINARY(tuff_minimum_f16, tuff_binary_args, uint16_t, uint16_t, *z = tuff_f16_to_f32(x) < tuff_f16_to_f32(y) ? x : y;)
CHOOSE(tuff_minimum_s8, int8_t, <)
CHOOSE(tuff_minimum_u8, uint8_t, <)
CHOOSE(tuff_minimum_s16, int16_t, <)
CHOOSE(tuff_minimum_s32, int32_t, <)
CHOOSE(tuff_minimum_s64, int64_t, <)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define KERNEL(function) TUFF_KERNEL(function, tuff_binary_args, tuff_binary_fields)
static const tuff_variant maximum_variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, KERNEL(tuff_maximum_f32)}, {{"s8", "s8"}, {"s8"}, 2, "act same -> same", KERNEL(tuff_maximum_s8)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, KERNEL(tuff_maximum_u8)},     {{"s16", "s16"}, {"s16"}, 4, "act same -> same", KERNEL(tuff_maximum_s16)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, KERNEL(tuff_maximum_s32)}, {{"s64", "s64"}, {"s64"}, 1, NULL, KERNEL(tuff_maximum_s64)},
    {{"f16", "f16"}, {"f16"}, 1, NULL, KERNEL(tuff_maximum_f16)}, {.version = 0},
};
static const tuff_variant minimum_variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, KERNEL(tuff_minimum_f32)}, {{"s8", "s8"}, {"s8"}, 2, "act same -> same", KERNEL(tuff_minimum_s8)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, KERNEL(tuff_minimum_u8)},     {{"s16", "s16"}, {"s16"}, 4, "act same -> same", KERNEL(tuff_minimum_s16)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, KERNEL(tuff_minimum_s32)}, {{"s64", "s64"}, {"s64"}, 1, NULL, KERNEL(tuff_minimum_s64)},
    {{"f16", "f16"}, {"f16"}, 1, NULL, KERNEL(tuff_minimum_f16)}, {.version = 0},
};

static int32_t version(const tuff_context *c) {
    return !tuff_same_shape(c->inputs[0], c->inputs[1]) && (c->inputs[0]->rank > 4 || c->inputs[1]->rank > 4) ? 3 : 0;
}

const tuff_op tuff_op_maximum = {
    .name = "MAXIMUM",
    .code = 55,
    .options = TUFF_OPTIONS_EMPTY(MaximumMinimumOptions, 39),
    .inputs = "a b",
    .outputs = "output",
    .variants = maximum_variants,
    .infer = tuff_binary_infer,
    .prepare = tuff_binary_prepare,
    .version = version,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
const tuff_op tuff_op_minimum = {
    .name = "MINIMUM",
    .code = 57,
    .options = TUFF_OPTIONS_EMPTY(MaximumMinimumOptions, 39),
    .inputs = "a b",
    .outputs = "output",
    .variants = minimum_variants,
    .infer = tuff_binary_infer,
    .prepare = tuff_binary_prepare,
    .version = version,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
#endif
