/* tanh and logistic in 16-bit fixed point, as gates of integer LSTM cells use them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_FIXED_S16_H
#define TUFF_OPS_FIXED_S16_H

#include <stdint.h>

/* a * b of two fixed-point numbers of 16 bits: the integer bits of both add up */
static inline int16_t tuff_mul_s16(int16_t a, int16_t b) { return a == INT16_MIN && b == INT16_MIN ? INT16_MAX : (int16_t)((a * b + (1 << 14)) >> 15); }
int16_t tuff_tanh_s16_fixed(int16_t x, int32_t integer_bits); /* x with 0..6 integer bits -> Q0.15 */
int16_t tuff_logistic_s16_fixed(int16_t x);                   /* x Q3.12 -> Q0.15 */

#endif
