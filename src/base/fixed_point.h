/* TFLite's fixed-point arithmetic, exactly. Source: quantization spec and reference kernels; see docs/numerics.md.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_FIXED_POINT_H
#define TUFF_BASE_FIXED_POINT_H

#include <stdint.h>

#include "tuff/op.h"

/* round half away(real * 2^31 / 2^shift) with the mantissa in [2^30, 2^31); real 0 or below 2^-32: {0, 0}. real >= 0. */
tuff_multiplier tuff_multiplier_from(double real);

static inline int32_t tuff_high_mul(int32_t a, int32_t b) { /* saturating rounding doubling high multiply */
    if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
    return (int32_t)(((int64_t)a * b + ((int64_t)1 << 30)) >> 31);
}
static inline int32_t tuff_shift_right_round(int32_t x, int32_t exponent) { /* nearest, ties away from zero; exponent 0..31 */
    const int32_t mask = (int32_t)(((int64_t)1 << exponent) - 1);
    const int32_t remainder = x & mask;
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + (remainder > threshold ? 1 : 0);
}
/* x * m.multiplier * 2^(m.shift - 31) with double rounding, for shift in -31..30 and any multiplier but INT32_MIN; wraps where x << shift overflows.
 * That is tuff_shift_right_round(tuff_high_mul(x << left, multiplier), right) in one expression: both steps are floors of sums, and floors nest, so
 * floor((y + 2^(right-1) - [y < 0]) / 2^right) with y = floor((product + 2^30) / 2^31) needs one shift of 64 bits (see prims/x86/requantize_avx2.c). */
static inline int32_t tuff_requantize(int32_t x, tuff_multiplier m) {
    const int32_t left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    const int64_t y = (int64_t)(int32_t)((uint32_t)x << left) * m.multiplier + ((int64_t)1 << 30);
    const int64_t half = ((int64_t)1 << (30 + right)) & -(int64_t)(right > 0), negative = (y >> 63) & ((int64_t)(right > 0) << 31);
    return (int32_t)((y + half - negative) >> (31 + right));
}
/* 64-bit accumulators (int16 activations): the multiplier reduced to 15 bits, one rounding up. */
int32_t tuff_requantize_s64(int64_t x, tuff_multiplier m);

/* 1 / sqrt(x) for x >= 1 (of 0 as of 1), by five Newton steps in fixed point: as the reference's GetInvSqrtQuantizedMultiplierExp */
tuff_multiplier tuff_reciprocal_root(int32_t x);
/* x * 2^bits, saturating */
static inline int32_t tuff_shift_left_saturating(int32_t x, int32_t bits) {
    const int64_t y = (int64_t)x * ((int64_t)1 << bits);
    return y < INT32_MIN ? INT32_MIN : y > INT32_MAX ? INT32_MAX : (int32_t)y;
}

/* FULLY_CONNECTED's rule: round half away(acc * scale) with the product in double, saturating; scale finite and >= 0. The second form gives the
 * same without a double FPU; the first is it where TUFF_NO_DOUBLE is defined. */
int32_t tuff_requantize_f64(int32_t acc, double scale);
int32_t tuff_requantize_f64_integer(int32_t acc, double scale);

static inline int32_t tuff_clamp(int32_t x, int32_t lo, int32_t hi) { return x < lo ? lo : x > hi ? hi : x; }
/* round half away from zero, saturating to int32; NaN gives the low end */
int32_t tuff_round_s32(double x);
/* as TfLiteRound on float then a cast: round half away, saturating; NaN gives the low end */
static inline int32_t tuff_round_f32_s32(float x) {
    if (!(x >= -2147483648.0f)) return INT32_MIN;
    if (x >= 2147483648.0f) return INT32_MAX;
    const int32_t whole = (int32_t)x; /* toward zero, exact as a float; so is the rest */
    const float rest = x - (float)whole;
    return whole + (rest >= 0.5f) - (rest <= -0.5f);
}

#endif
