/* quantize f32 with AVX2: 32 elements at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rounding half away: t = trunc(v), and one more away from zero where |v - t| >= 1/2. v - t is exact, so this is the definition; adding 1/2 first would
 * round 0.49999997 up. v is clamped to lo..hi before: that changes no result, since both are integers, and NaN becomes lo.
 */
#include "prims/prims.h"

#include "base/compiler.h"

#if TUFF_X86
#include <immintrin.h>

TUFF_TARGET_AVX2 TUFF_INLINE __m256i quantize8(const float *x, __m256 inverse, __m256 zero, __m256 lo, __m256 hi) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    /* a product and a sum, each rounded: C computes them so */
    __m256 v = _mm256_add_ps(zero, _mm256_mul_ps(_mm256_loadu_ps(x), inverse));
    v = _mm256_min_ps(_mm256_max_ps(v, lo), hi);
    const __m256 t = _mm256_round_ps(v, _MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC);
    const __m256 part = _mm256_andnot_ps(sign, _mm256_sub_ps(v, t));
    const __m256 one = _mm256_or_ps(_mm256_and_ps(v, sign), _mm256_set1_ps(1.0f));
    return _mm256_cvttps_epi32(_mm256_add_ps(t, _mm256_and_ps(_mm256_cmp_ps(part, _mm256_set1_ps(0.5f), _CMP_GE_OQ), one)));
}

TUFF_TARGET_AVX2 static void run(int8_t *out, const float *x, int64_t count, float inverse, int32_t zero, int32_t lo, int32_t hi) {
    const __m256 by = _mm256_set1_ps(inverse), from = _mm256_set1_ps((float)zero), least = _mm256_set1_ps((float)lo), most = _mm256_set1_ps((float)hi);
    const __m256i order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7); /* packs works in halves */
    int64_t k = 0;
    for (; k + 32 <= count; k += 32) {
        const __m256i a = _mm256_packs_epi32(quantize8(x + k, by, from, least, most), quantize8(x + k + 8, by, from, least, most));
        const __m256i b = _mm256_packs_epi32(quantize8(x + k + 16, by, from, least, most), quantize8(x + k + 24, by, from, least, most));
        _mm256_storeu_si256((__m256i *)(void *)(out + k), _mm256_permutevar8x32_epi32(_mm256_packs_epi16(a, b), order));
    }
    tuff_quantize_f32_c.run(out + k, x + k, count - k, inverse, zero, lo, hi);
}

TUFF_TARGET_AVX2 static void range(const float *x, int64_t count, float *least, float *greatest) {
    __m256 lo = _mm256_setzero_ps(), hi = lo;
    int64_t k = 0;
    for (; k + 8 <= count; k += 8) {
        const __m256 v = _mm256_loadu_ps(x + k);
        lo = _mm256_min_ps(v, lo); /* the second operand where the first is NaN */
        hi = _mm256_max_ps(v, hi);
    }
    float rest[8];
    tuff_quantize_f32_c.range(x + k, count - k, least, greatest);
    _mm256_storeu_ps(rest, lo);
    for (int j = 0; j < 8; j++) *least = rest[j] < *least ? rest[j] : *least;
    _mm256_storeu_ps(rest, hi);
    for (int j = 0; j < 8; j++) *greatest = rest[j] > *greatest ? rest[j] : *greatest;
}

const tuff_quantize_f32 tuff_quantize_f32_avx2 = {{"tuff_quantize_f32_avx2", TUFF_CPU_AVX2}, run, range};
#else
const tuff_quantize_f32 tuff_quantize_f32_avx2 = {{"tuff_quantize_f32_avx2", TUFF_CPU_AVX2}, NULL, NULL};
#endif
