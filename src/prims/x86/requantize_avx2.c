/* requantize with AVX2: 8 columns at once, exactly.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Fixed point. With x already shifted left (wrapping), p = x * M, M >= 0 and n the right shift, the definition is two roundings:
 *   y = saturating rounding doubling high multiply = floor((p + 2^30) / 2^31)          (its truncation of negative sums is this floor; M >= 0 never saturates)
 *   z = y for n = 0, else floor((y + 2^(n-1) - [y < 0]) / 2^n)                         (to nearest, ties away from zero)
 * Floors nest, so z = floor((p + 2^30 + 2^(30+n) - 2^31 [y < 0]) / 2^(31+n)). [x < 0] may stand for [y < 0]: they differ only where x < 0 and y = 0,
 * and then floor((2^(n-1) - 1) / 2^n) = 0 = floor(2^(n-1) / 2^n). AVX2 has no arithmetic shift of 64 bits, so 2^63 is added before a logical one
 * and 2^(32-n) (nothing modulo 2^32 for n = 0) taken off after it. No sum overflows: |p| <= 2^62, and with n <= 31 the rest is below 2^62.
 *
 * Where all shifts are to the right, n >= 1, the high half of the sum holds z * 2^(n-1) rounded down, and an arithmetic shift of 32 bits does the rest. Then
 * |z| <= 2^30, so packing may saturate in place of the clamp. Where nothing below the zero point passes the clamp (ReLU), [x < 0] may be left out: it
 * changes only results for y < 0, which are <= 0 either way.
 *
 * Double. round half away(v) = trunc(v + copysign(1/2 - 2^-54, v)): adding the double before 1/2 takes every v with a fraction of 1/2 or more to the next
 * integer, exactly or by rounding to even, and no other, as long as |v| < 2^31 or so; beyond, results are clamped anyway.
 */
#include "prims/prims.h"

#include <stdbool.h>

#include "base/compiler.h"

#if TUFF_X86
#include <immintrin.h>

/* ---- any shift: row by row ---- */
typedef struct factor { /* of 8 columns; even and odd ones apart where lanes are 64 bits wide */
    __m256i left, even, odd, add_even, add_odd, sign_even, sign_odd, right_even, right_odd, zero;
} factor;

/* 64-bit lanes from the even 32-bit lanes, without sign */
TUFF_TARGET_AVX2 TUFF_INLINE __m256i evens(__m256i x) { return _mm256_and_si256(x, _mm256_set1_epi64x(0xffffffff)); }
TUFF_TARGET_AVX2 TUFF_INLINE __m256i odds(__m256i x) { return _mm256_srli_epi64(x, 32); }

/* 2^30 + 2^63, and 2^(30+n) unless n = 0 */
TUFF_TARGET_AVX2 TUFF_INLINE __m256i addend(__m256i n) {
    const __m256i second = _mm256_sllv_epi64(_mm256_set1_epi64x((int64_t)1 << 30), n);
    const __m256i none = _mm256_cmpeq_epi64(n, _mm256_setzero_si256());
    return _mm256_add_epi64(_mm256_set1_epi64x((int64_t)((uint64_t)1 << 63 | 1 << 30)), _mm256_andnot_si256(none, second));
}

/* bit 31 unless n = 0 */
TUFF_TARGET_AVX2 TUFF_INLINE __m256i sign_bit(__m256i n) {
    return _mm256_andnot_si256(_mm256_cmpeq_epi64(n, _mm256_setzero_si256()), _mm256_set1_epi64x((int64_t)1 << 31));
}

TUFF_TARGET_AVX2 static factor factor_of(const int32_t *multiplier, const int32_t *shift, int32_t zero_out) {
    const __m256i m = _mm256_loadu_si256((const __m256i *)multiplier), s = _mm256_loadu_si256((const __m256i *)shift), none = _mm256_setzero_si256();
    const __m256i n = _mm256_max_epi32(_mm256_sub_epi32(none, s), none), n_even = evens(n), n_odd = odds(n);
    const __m256i base = _mm256_sllv_epi32(_mm256_set1_epi32(1), _mm256_sub_epi32(_mm256_set1_epi32(32), n)); /* 2^(32-n), 0 for n = 0 */
    return (factor){
        .left = _mm256_max_epi32(s, none),
        .even = m,
        .odd = odds(m),
        .add_even = addend(n_even),
        .add_odd = addend(n_odd),
        .sign_even = sign_bit(n_even),
        .sign_odd = sign_bit(n_odd),
        .right_even = _mm256_add_epi64(n_even, _mm256_set1_epi64x(31)),
        .right_odd = _mm256_add_epi64(n_odd, _mm256_set1_epi64x(31)),
        .zero = _mm256_sub_epi32(_mm256_set1_epi32(zero_out), base),
    };
}

TUFF_TARGET_AVX2 TUFF_INLINE __m256i half(__m256i x, __m256i m, __m256i add, __m256i sign, __m256i right) {
    const __m256i p = _mm256_sub_epi64(_mm256_mul_epi32(x, m), _mm256_and_si256(x, sign));
    return _mm256_srlv_epi64(_mm256_add_epi64(p, add), right);
}

TUFF_TARGET_AVX2 TUFF_INLINE __m256i requantize(__m256i x, const factor *f) {
    x = _mm256_sllv_epi32(x, f->left);
    const __m256i even = half(x, f->even, f->add_even, f->sign_even, f->right_even);
    const __m256i odd = half(odds(x), f->odd, f->add_odd, f->sign_odd, f->right_odd);
    return _mm256_add_epi32(_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa), f->zero);
}

TUFF_TARGET_AVX2 TUFF_INLINE void store_low(uint8_t *out, __m128i x) { _mm_storel_epi64((__m128i *)(void *)out, x); }
TUFF_TARGET_AVX2 TUFF_INLINE void store_high(uint8_t *out, __m128i x) { store_low(out, _mm_unpackhi_epi64(x, x)); }

/* the low bytes of 8 lanes, after the clamp */
TUFF_TARGET_AVX2 TUFF_INLINE void store_clamped(uint8_t *out, __m256i y, __m256i lo, __m256i hi) {
    const __m256i clamped = _mm256_min_epi32(_mm256_max_epi32(y, lo), hi);
    const __m256i low = _mm256_shuffle_epi8(
        clamped, _mm256_setr_epi8(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
    store_low(out, _mm_unpacklo_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1)));
}

/* ---- all shifts to the right: 4 rows at once ---- */
typedef struct right_factor {
    __m256i even, odd, add_even, add_odd, right;
} right_factor;

TUFF_TARGET_AVX2 static right_factor right_factor_of(__m256i m, __m256i s) {
    const __m256i one = _mm256_set1_epi32(1), n = _mm256_sub_epi32(_mm256_setzero_si256(), s), unit = _mm256_set1_epi64x((int64_t)1 << 30);
    return (right_factor){
        .even = m,
        .odd = odds(m),
        .add_even = _mm256_add_epi64(unit, _mm256_sllv_epi64(unit, evens(n))),
        .add_odd = _mm256_add_epi64(unit, _mm256_sllv_epi64(unit, odds(n))),
        .right = _mm256_sub_epi32(n, one),
    };
}

TUFF_TARGET_AVX2 TUFF_INLINE __m256i requantize_right(bool relu, const int32_t *acc, const right_factor *f) {
    const __m256i x = _mm256_loadu_si256((const __m256i *)acc), odd = odds(x), sign = _mm256_set1_epi64x((int64_t)1 << 31);
    __m256i p_even = _mm256_mul_epi32(x, f->even), p_odd = _mm256_mul_epi32(odd, f->odd);
    if (!relu) {
        p_even = _mm256_sub_epi64(p_even, _mm256_and_si256(x, sign));
        p_odd = _mm256_sub_epi64(p_odd, _mm256_and_si256(odd, sign));
    }
    p_even = _mm256_add_epi64(p_even, f->add_even);
    p_odd = _mm256_add_epi64(p_odd, f->add_odd);
    return _mm256_srav_epi32(_mm256_blend_epi32(odds(p_even), p_odd, 0xaa), f->right);
}

typedef struct byte_rule { /* of the outputs */
    __m256i zero, lo, hi;
} byte_rule;

/* four rows of 8 columns: saturated to s16, zero point added, saturated to bytes, clamped */
TUFF_TARGET_AVX2 TUFF_INLINE void four_rows(bool relu, bool is_signed, uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch,
                                            const right_factor *f, const byte_rule *rule) {
    const __m256i y01 = _mm256_packs_epi32(requantize_right(relu, acc, f), requantize_right(relu, acc + acc_pitch, f));
    const __m256i y23 = _mm256_packs_epi32(requantize_right(relu, acc + 2 * acc_pitch, f), requantize_right(relu, acc + 3 * acc_pitch, f));
    const __m256i z01 = _mm256_adds_epi16(y01, rule->zero), z23 = _mm256_adds_epi16(y23, rule->zero);
    __m256i bytes; /* [4 of row 0][4 of row 1][row 2][row 3], then the other halves */
    if (is_signed) bytes = _mm256_min_epi8(_mm256_max_epi8(_mm256_packs_epi16(z01, z23), rule->lo), rule->hi);
    else bytes = _mm256_min_epu8(_mm256_max_epu8(_mm256_packus_epi16(z01, z23), rule->lo), rule->hi);
    const __m128i left = _mm256_castsi256_si128(bytes), right = _mm256_extracti128_si256(bytes, 1);
    const __m128i rows01 = _mm_unpacklo_epi32(left, right), rows23 = _mm_unpackhi_epi32(left, right);
    store_low(out, rows01);
    store_high(out + out_pitch, rows01);
    store_low(out + 2 * out_pitch, rows23);
    store_high(out + 3 * out_pitch, rows23);
}

/* 8 columns of all rows but a rest of up to 3; returns how many are done */
TUFF_TARGET_AVX2 TUFF_INLINE int32_t walk(bool relu, bool is_signed, uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows,
                                          const right_factor *f, const byte_rule *rule) {
    int32_t r = 0;
    for (; r + 4 <= rows; r += 4) four_rows(relu, is_signed, out + r * out_pitch, out_pitch, acc + r * acc_pitch, acc_pitch, f, rule);
    return r;
}

TUFF_TARGET_AVX2 static int32_t by_fours(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, const int32_t *multiplier,
                                         const int32_t *shift, int32_t zero_out, int32_t lo, int32_t hi) {
    const __m256i m = _mm256_loadu_si256((const __m256i *)multiplier), s = _mm256_loadu_si256((const __m256i *)shift);
    const bool all_right = _mm256_movemask_ps(_mm256_castsi256_ps(s)) == 0xff, fits = zero_out >= -1024 && zero_out <= 1024;
    if (rows < 4 || !all_right || !fits) return 0;
    const right_factor f = right_factor_of(m, s);
    const byte_rule rule = {_mm256_set1_epi16((int16_t)zero_out), _mm256_set1_epi8((char)lo), _mm256_set1_epi8((char)hi)};
    if (lo < 0) {
        if (lo >= zero_out) return walk(true, true, out, out_pitch, acc, acc_pitch, rows, &f, &rule);
        return walk(false, true, out, out_pitch, acc, acc_pitch, rows, &f, &rule);
    }
    if (lo >= zero_out) return walk(true, false, out, out_pitch, acc, acc_pitch, rows, &f, &rule);
    return walk(false, false, out, out_pitch, acc, acc_pitch, rows, &f, &rule);
}

/* The last columns overlap what is done already, which comes out the same again. */
TUFF_TARGET_AVX2 static void fixed(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns,
                                   const int32_t *multiplier, const int32_t *shift, int32_t zero_out, int32_t lo, int32_t hi) {
    if (columns < 8) {
        tuff_requantize_s8_c.run(out, out_pitch, acc, acc_pitch, rows, columns, multiplier, shift, zero_out, lo, hi);
        return;
    }
    const __m256i low = _mm256_set1_epi32(lo), high = _mm256_set1_epi32(hi);
    for (int32_t next = 0; next < columns; next += 8) {
        const int32_t c = next + 8 <= columns ? next : columns - 8;
        int32_t r = by_fours(out + c, out_pitch, acc + c, acc_pitch, rows, multiplier + c, shift + c, zero_out, lo, hi);
        if (r == rows) continue;
        const factor f = factor_of(multiplier + c, shift + c, zero_out);
        for (; r < rows; r++) {
            const __m256i x = _mm256_loadu_si256((const __m256i *)(acc + r * acc_pitch + c));
            store_clamped(out + r * out_pitch + c, requantize(x, &f), low, high);
        }
    }
}

/* ---- double ---- */
/* 4 columns: rounded, and clamped between lo and hi less the zero point */
TUFF_TARGET_AVX2 TUFF_INLINE __m128i round_double(__m128i x, __m256d scale, __m256d lo, __m256d hi) {
    const __m256d v = _mm256_mul_pd(_mm256_cvtepi32_pd(x), scale);
    const __m256d half = _mm256_or_pd(_mm256_set1_pd(0x1.fffffffffffffp-2), _mm256_and_pd(v, _mm256_set1_pd(-0.0)));
    return _mm256_cvttpd_epi32(_mm256_min_pd(_mm256_max_pd(_mm256_add_pd(v, half), lo), hi));
}

TUFF_TARGET_AVX2 static void in_double(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns,
                                       const double *scale, int32_t zero_out, int32_t lo, int32_t hi) {
    if (columns < 8) {
        tuff_requantize_f64_s8_c.run(out, out_pitch, acc, acc_pitch, rows, columns, scale, zero_out, lo, hi);
        return;
    }
    const __m256d low = _mm256_set1_pd((double)lo - zero_out), high = _mm256_set1_pd((double)hi - zero_out);
    const __m256i zero = _mm256_set1_epi32(zero_out), lo_int = _mm256_set1_epi32(lo), hi_int = _mm256_set1_epi32(hi);
    for (int32_t next = 0; next < columns; next += 8) {
        const int32_t c = next + 8 <= columns ? next : columns - 8;
        const __m256d s0 = _mm256_loadu_pd(scale + c), s1 = _mm256_loadu_pd(scale + c + 4);
        for (int32_t r = 0; r < rows; r++) {
            const int32_t *x = acc + r * acc_pitch + c;
            const __m128i y0 = round_double(_mm_loadu_si128((const __m128i *)x), s0, low, high);
            const __m128i y1 = round_double(_mm_loadu_si128((const __m128i *)(x + 4)), s1, low, high);
            const __m256i y = _mm256_inserti128_si256(_mm256_castsi128_si256(y0), y1, 1);
            store_clamped(out + r * out_pitch + c, _mm256_add_epi32(y, zero), lo_int, hi_int);
        }
    }
}
#else
#define fixed NULL
#define in_double NULL
#endif

const tuff_requantize_s8 tuff_requantize_s8_avx2 = {{"tuff_requantize_s8_avx2", TUFF_CPU_AVX2}, fixed};
const tuff_requantize_f64_s8 tuff_requantize_f64_s8_avx2 = {{"tuff_requantize_f64_s8_avx2", TUFF_CPU_AVX2}, in_double};
