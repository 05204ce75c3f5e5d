/* FLOOR_DIV: the quotient rounded down. FLOOR_MOD: what is left, with the divisor's sign. Both broadcast.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A zero divisor is an error, but for FLOOR_MOD of floats, which gives NaN. The lowest number by -1 wraps; nothing is left of it.
 * The quotient of floats is taken in double.
 * source: TFLite floor_div.cc, floor_mod.cc
 */
#include "ops/floor_div.h"

#include <math.h>

static float mod_f32(float x, float y) {
    const float rest = fmodf(x, y);
    return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest;
}
static int64_t floor_div(int64_t x, int64_t y) { return x / y - (x % y != 0 && (x < 0) != (y < 0)); }
static int64_t floor_mod(int64_t x, int64_t y) {
    if (y == -1) return 0; /* x % y overflows for the lowest x */
    const int64_t rest = x % y;
    return rest != 0 && (y < 0) != (rest < 0) ? rest + y : rest;
}

/* error: a zero in b */
#define FLOOR(name, T, value) TUFF_BINARY(name, tuff_binary_args, T, T, if (y == 0) return 2; *z = (T)(value);)
FLOOR(tuff_floor_div_f32, float, floor((double)x / (double)y))
FLOOR(tuff_floor_div_s8, int8_t, floor_div(x, y))
FLOOR(tuff_floor_div_s16, int16_t, floor_div(x, y))
FLOOR(tuff_floor_div_s32, int32_t, floor_div(x, y))
FLOOR(tuff_floor_mod_s8, int8_t, floor_mod(x, y))
FLOOR(tuff_floor_mod_s16, int16_t, floor_mod(x, y))
FLOOR(tuff_floor_mod_s32, int32_t, floor_mod(x, y))
FLOOR(tuff_floor_mod_s64, int64_t, floor_mod(x, y))
TUFF_BINARY(tuff_floor_mod_f32, tuff_binary_args, float, float, *z = mod_f32(x, y);)

#ifndef TUFF_KERNELS_ONLY
#define ROW(type, version, function) \
    { {type, type}, {type}, version, NULL, TUFF_KERNEL(function, tuff_binary_args, tuff_binary_fields) }
static const tuff_variant floor_div_variants[] = {
    ROW("f32", 2, tuff_floor_div_f32), ROW("s8", 3, tuff_floor_div_s8), ROW("s16", 3, tuff_floor_div_s16), ROW("s32", 1, tuff_floor_div_s32), {.version = 0},
};
static const tuff_variant floor_mod_variants[] = {
    ROW("f32", 1, tuff_floor_mod_f32), ROW("s8", 2, tuff_floor_mod_s8),   ROW("s16", 2, tuff_floor_mod_s16),
    ROW("s32", 1, tuff_floor_mod_s32), ROW("s64", 1, tuff_floor_mod_s64), {.version = 0},
};

#define FLOORED(symbol, name_, code_, highest_, ...) \
    const tuff_op tuff_op_##symbol = {               \
        .name = name_,                               \
        .code = code_,                               \
        .options = __VA_ARGS__,                      \
        .inputs = "a b",                             \
        .outputs = "output",                         \
        .variants = symbol##_variants,               \
        .infer = tuff_binary_infer,                  \
        .prepare = tuff_binary_prepare,              \
        .in_place = TUFF_IN_PLACE_ANY,               \
        .highest = highest_,                         \
    };
FLOORED(floor_div, "FLOOR_DIV", 90, 3, TUFF_OPTIONS_EMPTY(FloorDivOptions, 65))
FLOORED(floor_mod, "FLOOR_MOD", 95, 2, TUFF_OPTIONS_EMPTY(FloorModOptions, 72))
#endif
