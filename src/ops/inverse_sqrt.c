/* 1 / sqrt(x) in fixed point.
 * SPDX-License-Identifier: Apache-2.0
 *
 * x is brought to [2^27, 2^29) by powers of 4 and read as Q3.28 halves; five steps of Newton's y = 3/2 y - x/2 y^3 from y = 1, all in Q3.28 but for the
 * products, which have as many integer bits as their factors together and are shifted back, saturating.
 * source: TFLite GetInvSqrtQuantizedMultiplierExp
 */
#include "ops/inverse_sqrt.h"

#include "base/fixed_point.h"

static int32_t left(int32_t x, int32_t bits) {
    const int64_t y = (int64_t)x * ((int64_t)1 << bits);
    return y < INT32_MIN ? INT32_MIN : y > INT32_MAX ? INT32_MAX : (int32_t)y;
}

tuff_multiplier tuff_inverse_sqrt(int32_t x) {
    if (x <= 1) return (tuff_multiplier){INT32_MAX, 0};
    int32_t shift = 11;
    for (; x >= 1 << 29; x /= 4) shift++;
    for (; x < 1 << 27; x *= 4) shift--;
    const int32_t half = tuff_shift_right_round(x >> 1, 1), three_halves = (1 << 28) + (1 << 27);
    int32_t y = 1 << 28;
    for (int k = 0; k < 5; k++) {
        const int32_t cube = left(tuff_high_mul(tuff_high_mul(y, y), y), 6);
        y = left((int32_t)((uint32_t)tuff_high_mul(three_halves, y) - (uint32_t)tuff_high_mul(half, cube)), 3);
    }
    y = tuff_high_mul(y, 1518500250); /* sqrt(2) / 2 */
    return shift < 0 ? (tuff_multiplier){(int32_t)((uint32_t)y << -shift), 0} : (tuff_multiplier){y, -shift};
}
