/* From accumulators to outputs: what kernels with weights do last.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_OUTPUT_H
#define TUFF_OPS_OUTPUT_H

#include "base/fixed_point.h"
#include "ops/activation.h"

/* Channel n of factors s32 [2][channels]: multipliers, then shifts. */
static inline tuff_multiplier tuff_factor(const int32_t *factors, int32_t channels, int32_t n) { return (tuff_multiplier){factors[n], factors[channels + n]}; }

/* acc requantized, + zero (wrapping), clamped: one byte of s8 or u8, as lo and hi say */
static inline uint8_t tuff_output_8(uint32_t acc, tuff_multiplier m, int32_t zero, int32_t lo, int32_t hi) {
    return (uint8_t)tuff_clamp((int32_t)((uint32_t)tuff_requantize((int32_t)acc, m) + (uint32_t)zero), lo, hi);
}

/* Adds bias n (s64 where `wide`, else s32; NULL: none) to an s16 sum; the accumulator is as wide as the bias. */
static inline int64_t tuff_add_bias_s16(int64_t sum, const void *bias, int32_t n, bool wide) {
    if (wide) return bias ? (int64_t)((uint64_t)sum + (uint64_t)((const int64_t *)bias)[n]) : sum;
    return (int32_t)((uint32_t)sum + (bias ? (uint32_t)((const int32_t *)bias)[n] : 0));
}
static inline int16_t tuff_output_16(int64_t acc, tuff_multiplier m, bool wide, int32_t lo, int32_t hi) {
    return (int16_t)tuff_clamp(wide ? tuff_requantize_s64(acc, m) : tuff_requantize((int32_t)acc, m), lo, hi);
}

/* acc requantized in double: round half away(acc * scale) + zero, clamped to lo..hi.
 * Clamping first keeps the rounding in range: it is monotonic and leaves the integer ends where they are. Adding the largest double below 0.5 before
 * truncating rounds halves away exactly: |x| plus that reaches the next integer from x.5 on, and not before. */
static inline int32_t tuff_output_exact(double acc, double scale, int32_t zero, int32_t lo, int32_t hi) {
    const double x = acc * scale, least = (double)(lo - zero), most = (double)(hi - zero);
    const double inside = x < least ? least : x > most ? most : x;
    return (int32_t)(inside + (inside < 0.0 ? -0.49999999999999994 : 0.49999999999999994)) + zero;
}

#endif
