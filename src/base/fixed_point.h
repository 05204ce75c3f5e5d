/* TFLite's fixed-point arithmetic, exactly. Source: quantization spec and reference kernels; see docs/numerics.md.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_FIXED_POINT_H
#define TUFF_BASE_FIXED_POINT_H

#include <stdint.h>

#include "tuff/op.h"

/* round half away(real * 2^31 / 2^shift) with the mantissa in [2^30, 2^31); real 0 or below 2^-32: {0, 0}. real >= 0. */
tuff_multiplier tuff_multiplier_from(double real);

/* x * m.multiplier * 2^(m.shift - 31) with double rounding, for shift in -31..30; wraps where x << shift overflows. */
static inline int32_t tuff_high_mul(int32_t a, int32_t b) { /* saturating rounding doubling high multiply */
    if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
    const int64_t product = (int64_t)a * b;
    const int64_t nudge = product >= 0 ? (1 << 30) : 1 - (1 << 30);
    return (int32_t)((product + nudge) / ((int64_t)1 << 31));
}
static inline int32_t tuff_shift_right_round(int32_t x, int32_t exponent) { /* nearest, ties away from zero; exponent 0..31 */
    const int32_t mask = (int32_t)(((int64_t)1 << exponent) - 1);
    const int32_t remainder = x & mask;
    const int32_t threshold = (mask >> 1) + (x < 0 ? 1 : 0);
    return (x >> exponent) + (remainder > threshold ? 1 : 0);
}
static inline int32_t tuff_requantize(int32_t x, tuff_multiplier m) {
    const int32_t left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    return tuff_shift_right_round(tuff_high_mul((int32_t)((uint32_t)x << left), m.multiplier), right);
}
/* 64-bit accumulators (int16 activations): the multiplier reduced to 15 bits, one rounding up. */
int32_t tuff_requantize_s64(int64_t x, tuff_multiplier m);

/* FULLY_CONNECTED's rule: round half away(acc * scale) with the product in double, saturating; scale finite and >= 0. The second form gives the
 * same without a double FPU; the first is it where TUFF_NO_DOUBLE is defined. */
int32_t tuff_requantize_f64(int32_t acc, double scale);
int32_t tuff_requantize_f64_integer(int32_t acc, double scale);

static inline int32_t tuff_clamp(int32_t x, int32_t lo, int32_t hi) { return x < lo ? lo : x > hi ? hi : x; }
/* round half away from zero, saturating to int32; NaN gives the low end */
int32_t tuff_round_s32(double x);
/* as TfLiteRound on float then a cast: round half away, saturating */
int32_t tuff_round_f32_s32(float x);

#endif
