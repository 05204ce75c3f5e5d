/* Half floats: binary16 and bfloat16 to and from binary32, in integer arithmetic.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/half.h"

#include <string.h>

static uint32_t bits_of(float f) {
    uint32_t u;
    memcpy(&u, &f, sizeof u);
    return u;
}
static float float_of(uint32_t u) {
    float f;
    memcpy(&f, &u, sizeof f);
    return f;
}

float tuff_f16_to_f32(uint16_t h) {
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, mantissa = h & 1023;
    if (exponent == 31) return float_of(sign | 0x7f800000 | mantissa << 13);
    if (exponent != 0) return float_of(sign | (exponent + 112) << 23 | mantissa << 13);
    const float magnitude = (float)mantissa * 0x1p-24f; /* subnormal or zero: exact */
    return float_of(sign | bits_of(magnitude));
}

/* u without its low `drop` bits, to nearest, ties to even; a carry may run into the exponent, which is just right */
static uint32_t round_off(uint32_t u, uint32_t drop) {
    const uint32_t half = (uint32_t)1 << (drop - 1);
    return (u + half - 1 + ((u >> drop) & 1)) >> drop;
}

uint16_t tuff_f32_to_f16(float f) {
    const uint32_t u = bits_of(f), sign = u >> 16 & 0x8000, magnitude = u & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));       /* NaN, made quiet */
    if (magnitude >= 0x47800000) return (uint16_t)(sign | 0x7c00);                                  /* 65536 and up */
    if (magnitude >= 0x38800000) return (uint16_t)(sign | round_off(magnitude - (112u << 23), 13)); /* normal; 65520 and up carry into infinity */
    if (magnitude < 0x33000000) return (uint16_t)sign;                                              /* below half the least subnormal */
    const uint32_t mantissa = (magnitude & 0x7fffff) | 0x800000, exponent = magnitude >> 23;
    return (uint16_t)(sign | round_off(mantissa, 126 - exponent)); /* in units of 2^-24 */
}

float tuff_bf16_to_f32(uint16_t h) { return float_of((uint32_t)h << 16); }

uint16_t tuff_f32_to_bf16(float f) {
    const uint32_t u = bits_of(f);
    if ((u & 0x7fffffff) > 0x7f800000) return (uint16_t)(u >> 16 | 0x40);
    return (uint16_t)round_off(u, 16);
}
