/* TFLite's fixed-point arithmetic: making multipliers, and the roundings that aren't inline.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/fixed_point.h"

#include <string.h>

/* frexp by hand: |real| = fraction * 2^exponent with fraction in [2^52, 2^53) */
static uint64_t split(double real, int *exponent) {
    uint64_t bits;
    memcpy(&bits, &real, sizeof bits);
    const int biased = (int)(bits >> 52 & 0x7ff);
    uint64_t fraction = bits & (((uint64_t)1 << 52) - 1);
    *exponent = (biased ? biased : 1) - 1075;
    if (biased) return fraction | (uint64_t)1 << 52;
    while (fraction && !(fraction >> 52)) {
        fraction <<= 1;
        --*exponent;
    }
    return fraction;
}

tuff_multiplier tuff_multiplier_from(double real) {
    int exponent;
    const uint64_t fraction = split(real, &exponent);
    if (fraction == 0 || real != real) return (tuff_multiplier){0, 0};
    uint64_t mantissa = (fraction + ((uint64_t)1 << 21)) >> 22; /* 53 bits to 31 bits, ties away */
    int shift = exponent + 53;
    if (mantissa == (uint64_t)1 << 31) {
        mantissa >>= 1;
        shift++;
    }
    if (shift < -31) return (tuff_multiplier){0, 0};
    if (shift > 30) {
        mantissa = INT32_MAX;
        shift = 30;
    }
    return (tuff_multiplier){real < 0 ? -(int32_t)mantissa : (int32_t)mantissa, shift};
}

/* |x| < 2^47 and shift in -31..7 in legal models; beyond, the product wraps. */
int32_t tuff_requantize_s64(int64_t x, tuff_multiplier m) {
    const int32_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
    const uint64_t product = (uint64_t)x * (uint64_t)(int64_t)reduced;
    const int total = 15 - m.shift;
    if (total <= 0) return (int32_t)(uint32_t)(product << -total);
    return (int32_t)((int64_t)(product + ((uint64_t)1 << (total - 1))) >> total);
}

int32_t tuff_round_s32(double x) {
    if (!(x > -2147483648.5)) return INT32_MIN;
    if (x >= 2147483647.0) return INT32_MAX;
    const int64_t whole = (int64_t)x; /* toward zero, exact; so is the rest */
    const double rest = x - (double)whole;
    return (int32_t)(whole + (rest >= 0.5) - (rest <= -0.5));
}

/* The same in integers. scale = f * 2^e with 2^52 <= f < 2^53, so p = |acc| * f < 2^31 * 2^53 + 1 has at most 85 bits, exact in two words.
 *
 * 1. The double product is p rounded to its 53 highest bits, to nearest, ties to even (it can't overflow into infinity that matters: beyond 2^31 it
 *    saturates; nor become subnormal that matters: below 1/2 it gives 0). With d = bits(p) - 53 dropped bits (d <= 32; none if d <= 0):
 *    r = floor(p / 2^d), plus 1 where the rest exceeds half, or equals half and r is odd. r <= 2^53 still: a carry to 2^53 is exact too.
 * 2. The value is r * 2^(d + e); round half away of a magnitude is floor(value + 1/2): with right = -(d + e) > 0 that is
 *    (r + 2^(right - 1)) >> right, exact in 64 bits for right <= 54; for right > 54, r <= 2^53 < 2^(right - 1) makes it 0.
 *    With right <= 0 the value is r << -right >= 2^52 where acc and scale aren't 0, and saturates.
 */
int32_t tuff_requantize_f64_integer(int32_t acc, double scale) {
    int exponent;
    const uint64_t f = split(scale, &exponent), a = acc < 0 ? 0 - (uint64_t)(int64_t)acc : (uint64_t)acc;
    if (a == 0 || f == 0) return 0;
    const uint64_t middle = a * (f >> 32), low = a * (f & 0xffffffff);   /* below 2^52 and 2^63 */
    const uint64_t high = middle + (low >> 32), tail = low & 0xffffffff; /* p = high << 32 | tail, tail of 32 bits */
    int drop = 0;
    while (drop < 32 && high >> (21 + drop)) drop++; /* bits(p) - 53 */
    uint64_t r = (high << (32 - drop)) | (tail >> drop);
    const uint64_t rest = tail & (((uint64_t)1 << drop) - 1), half = drop ? (uint64_t)1 << (drop - 1) : 1;
    if (rest > half || (rest == half && (r & 1))) r++;
    const int right = -(drop + exponent);
    if (right > 54) return 0;
    const uint64_t magnitude = right <= 0 ? UINT64_MAX : (r + ((uint64_t)1 << (right - 1))) >> right;
    if (acc < 0) return magnitude > INT32_MAX ? INT32_MIN : -(int32_t)magnitude;
    return magnitude > INT32_MAX ? INT32_MAX : (int32_t)magnitude;
}

#ifdef TUFF_NO_DOUBLE
int32_t tuff_requantize_f64(int32_t acc, double scale) { return tuff_requantize_f64_integer(acc, scale); }
#else
int32_t tuff_requantize_f64(int32_t acc, double scale) { return tuff_round_s32((double)acc * scale); }
#endif

/* x is brought to [2^27, 2^29) by an even number of bits: d in [1/4, 1) in Q1.30, halved again in Q3.28. The root is found as Q3.28 from 1. */
tuff_multiplier tuff_reciprocal_root(int32_t x) {
    if (x <= 1) return (tuff_multiplier){INT32_MAX, 0};
    int32_t shift = -11; /* of the result */
    for (; x >= 1 << 29; x /= 4) shift--;
    for (; x < 1 << 27; x *= 4) shift++;
    const int32_t half_input = tuff_shift_right_round(x >> 1, 1), half_three = (1 << 28) + (1 << 27), half_root_2 = 1518500250;
    int32_t y = 1 << 28;
    for (int k = 0; k < 5; k++) {
        const int32_t cube = tuff_shift_left_saturating(tuff_high_mul(tuff_high_mul(y, y), y), 6);
        y = tuff_shift_left_saturating(tuff_high_mul(half_three, y) - tuff_high_mul(half_input, cube), 3);
    }
    y = tuff_high_mul(y, half_root_2);
    return shift > 0 ? (tuff_multiplier){(int32_t)((uint32_t)y << shift), 0} : (tuff_multiplier){y, shift};
}
