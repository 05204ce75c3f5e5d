/* tanh and logistic in 16-bit fixed point, as gates of integer LSTM cells use them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A number with i integer bits is raw / 2^(15 - i). All steps round to nearest, ties away from zero or up as written, and never leave 16 bits:
 *   exp(x), x <= 0: with x = -(n + 1) / 4 + r, r in [-1/4, 0): a polynomial of degree 4 around -1/8 for the rest, times e^(-2^k) for each bit k of the others;
 *   1 / (1 + x) and (1 - x) / (1 + x), x in [0, 1]: Newton's method, three times, from 48/17 - 32/17 * (1 + x) / 2;
 *   logistic(x) = 1 / (1 + exp(-x)) for x > 0, 1 - that of -x below; -tanh(x) = (1 - e) / (1 + e), e = exp(2x), for x < 0.
 * source: gemmlowp's fixed-point functions, which the reference's integer cells call
 */
#include "ops/fixed_s16.h"

#include "base/fixed_point.h"

static int16_t saturate(int32_t x) { return (int16_t)tuff_clamp(x, INT16_MIN, INT16_MAX); }
/* x with one less integer bit for each of `left` (saturating), or more for each negative one (rounding) */
static int16_t scale(int16_t x, int32_t left) { return left >= 0 ? saturate(x * (1 << left)) : (int16_t)tuff_shift_right_round(x, -left); }

/* exp of x, Q0.15 in [-1/4, 0) */
static int16_t exp_quarter(int16_t x) {
    const int16_t constant = 28918, third = 10923; /* exp(-1/8), 1/3 */
    const int16_t y = (int16_t)(x + (1 << 12)), y2 = tuff_mul_s16(y, y), y3 = tuff_mul_s16(y2, y), y4 = tuff_mul_s16(y2, y2);
    const int16_t cubic = tuff_mul_s16((int16_t)(scale(y4, -2) + y3), third), tail = scale((int16_t)(cubic + y2), -1);
    return saturate(constant + tuff_mul_s16(constant, (int16_t)(y + tail)));
}

/* exp of x <= 0 with `bits` integer bits */
static int16_t exp_negative(int16_t x, int32_t bits) {
    static const int16_t factors[] = {25520, 19875, 12055, 4435, 600, 11, 0}; /* exp(-2^k), k = -2..4 */
    const int32_t fraction = 15 - bits, quarter = 1 << (fraction - 2);
    if (x == 0) return INT16_MAX;
    if (bits > 5 && x < -(1 << (20 - bits))) return 0; /* below -32 */
    const int32_t rest = (x & (quarter - 1)) - quarter, whole = rest - x;
    int16_t y = exp_quarter(scale((int16_t)rest, bits));
    for (int32_t k = -2; k < bits && k <= 4; k++)
        if (whole >> (fraction + k) & 1) y = tuff_mul_s16(y, factors[k + 2]);
    return y;
}

/* 2 / (1 + x) of x in [0, 1], Q2.13 */
static int16_t reciprocal(int16_t x) {
    const int32_t sum = x + INT16_MAX;
    const int16_t half = (int16_t)((sum + 1) / 2), one = 1 << 13;
    int16_t y = (int16_t)(23130 + tuff_mul_s16(half, -15420)); /* 48/17, -32/17 */
    for (int k = 0; k < 3; k++) {
        const int16_t error = (int16_t)(one - tuff_mul_s16(half, y));
        y = (int16_t)(y + scale(tuff_mul_s16(y, error), 2));
    }
    return y;
}

int16_t tuff_tanh_s16_fixed(int16_t x, int32_t integer_bits) {
    if (x == 0) return 0;
    const int16_t e = exp_negative(x < 0 ? x : (int16_t)-x, integer_bits + 1);
    const int16_t t = scale((int16_t)(reciprocal(e) - (1 << 13)), 2);
    return x < 0 ? (int16_t)-t : t;
}

int16_t tuff_logistic_s16_fixed(int16_t x) {
    if (x == 0) return 1 << 14;
    const int16_t e = exp_negative(x > 0 ? (int16_t)-x : x, 3);
    const int16_t y = scale(reciprocal(e), 1); /* 2 / (1 + e) Q2.13 is 1 / (1 + e) Q1.14 */
    return x > 0 ? y : (int16_t)(INT16_MAX - y);
}
