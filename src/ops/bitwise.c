/* LOGICAL_AND, LOGICAL_OR, BITWISE_XOR, RIGHT_SHIFT with broadcasting.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Shifts of signed numbers keep the sign; a distance is cut to 0 .. bits - 1.
 * source: TFLite logical.cc, bitwise_xor.cc, right_shift.cc
 */
#include "ops/bitwise.h"

/* errors: none */
#define BITS(name, T, value) TUFF_BINARY(name, tuff_binary_args, T, T, *z = (T)(value);)
BITS(tuff_logical_and_bool, uint8_t, x &&y)
BITS(tuff_logical_or_bool, uint8_t, x || y)
BITS(tuff_bitwise_xor_b1, uint8_t, x ^ y)
BITS(tuff_bitwise_xor_b2, uint16_t, x ^ y)
BITS(tuff_bitwise_xor_b4, uint32_t, x ^ y)

static int distance(int64_t by, int bits) { return by < 0 ? 0 : by > bits - 1 ? bits - 1 : (int)by; }
BITS(tuff_right_shift_s8, int8_t, x >> distance(y, 8))
BITS(tuff_right_shift_u8, uint8_t, x >> distance(y, 8))
BITS(tuff_right_shift_s16, int16_t, x >> distance(y, 16))
BITS(tuff_right_shift_u16, uint16_t, x >> distance(y, 16))
BITS(tuff_right_shift_s32, int32_t, x >> distance(y, 32))
BITS(tuff_right_shift_u32, uint32_t, x >> distance(y, 32))

#ifndef TUFF_KERNELS_ONLY
#define ROW(types, function) \
    { {types, "=0"}, {"=0"}, 1, NULL, TUFF_KERNEL(function, tuff_binary_args, tuff_binary_fields) }
static const tuff_variant logical_and_variants[] = {ROW("bool", tuff_logical_and_bool), {.version = 0}};
static const tuff_variant logical_or_variants[] = {ROW("bool", tuff_logical_or_bool), {.version = 0}};
static const tuff_variant bitwise_xor_variants[] = {
    ROW("s8|u8", tuff_bitwise_xor_b1),
    ROW("s16|u16", tuff_bitwise_xor_b2),
    ROW("s32|u32", tuff_bitwise_xor_b4),
    {.version = 0},
};
static const tuff_variant right_shift_variants[] = {
    ROW("s8", tuff_right_shift_s8),
    ROW("u8", tuff_right_shift_u8),
    ROW("s16", tuff_right_shift_s16),
    ROW("u16", tuff_right_shift_u16),
    ROW("s32", tuff_right_shift_s32),
    ROW("u32", tuff_right_shift_u32),
    {.version = 0},
};

#define BITWISE(symbol, name_, code_, ...) \
    const tuff_op tuff_op_##symbol = {     \
        .name = name_,                     \
        .code = code_,                     \
        .options = __VA_ARGS__,            \
        .inputs = "a b",                   \
        .outputs = "output",               \
        .variants = symbol##_variants,     \
        .infer = tuff_binary_infer,        \
        .prepare = tuff_binary_prepare,    \
        .in_place = TUFF_IN_PLACE_ANY,     \
        .highest = 1,                      \
    };
BITWISE(logical_and, "LOGICAL_AND", 86, TUFF_OPTIONS_EMPTY(LogicalAndOptions, 62))
BITWISE(logical_or, "LOGICAL_OR", 84, TUFF_OPTIONS_EMPTY(LogicalOrOptions, 60))
BITWISE(bitwise_xor, "BITWISE_XOR", 160, TUFF_OPTIONS_EMPTY(BitwiseXorOptions, 125))
BITWISE(right_shift, "RIGHT_SHIFT", 161, TUFF_OPTIONS_EMPTY(RightShiftOptions, 126))
#endif
