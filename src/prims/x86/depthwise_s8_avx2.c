/* depthwise s8 with AVX2: two taps at once, tiles of 4 pixels by 16 channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two taps' inputs are interleaved byte by byte and widened, so that one vpmaddwd sums both taps of 8 channels, in order. The zero point is
 * taken out of the loop: sum (x - z) * w = sum x * w - z * sum w, modulo 2^32 as all sums here. So is the flip: (int8)(in ^ 0x80) = in - 128 for
 * unsigned bytes, so they are widened without sign and z grows by 128. Weights are interleaved to match once per 16 channels of a call.
 */
#include "prims/prims.h"

#include <stdbool.h>
#include <string.h>

#include "base/compiler.h"

#if TUFF_X86
#include <immintrin.h>

enum { PAIRS = 16 }; /* pairs of taps in one go; more taps than that add to acc */

typedef struct block { /* up to 16 channels of one call, one go of taps */
    __m256i weights[PAIRS][2];
    const uint8_t *in[PAIRS][2];
    int32_t pairs;
    int64_t step;
    __m256i start[2]; /* bias and what the zero point takes off */
} block;

TUFF_TARGET_AVX2 TUFF_INLINE __m256i widened(bool is_unsigned, __m128i x) { return is_unsigned ? _mm256_cvtepu8_epi16(x) : _mm256_cvtepi8_epi16(x); }
TUFF_TARGET_AVX2 TUFF_INLINE __m128i load_64(const void *p) { return _mm_loadl_epi64(p); }
TUFF_TARGET_AVX2 TUFF_INLINE __m128i load_128(const void *p) { return _mm_loadu_si128(p); }
TUFF_TARGET_AVX2 TUFF_INLINE __m256i multiply_add(__m256i sum, __m256i x, __m256i w) { return _mm256_add_epi32(sum, _mm256_madd_epi16(x, w)); }

/* sums of `pixels` (1 or 4) pixels by 8 or, `two`, 16 channels; these and is_unsigned are constants where this is inlined */
TUFF_TARGET_AVX2 TUFF_INLINE void tile(int pixels, bool two, bool is_unsigned, bool go_on, int32_t *acc, int64_t acc_pitch, const block *b, int64_t at) {
    __m256i s[4][2];
#define START(q)                                                                                \
    s[q][0] = go_on ? _mm256_loadu_si256((const __m256i *)(acc + (q)*acc_pitch)) : b->start[0]; \
    if (two) s[q][1] = go_on ? _mm256_loadu_si256((const __m256i *)(acc + (q)*acc_pitch + 8)) : b->start[1]
#define STEP(q)                                                                                             \
    const uint8_t *p##q = first + (q)*b->step, *r##q = second + (q)*b->step;                                \
    const __m128i x##q = two ? load_128(p##q) : load_64(p##q), y##q = two ? load_128(r##q) : load_64(r##q); \
    s[q][0] = multiply_add(s[q][0], widened(is_unsigned, _mm_unpacklo_epi8(x##q, y##q)), w0);               \
    if (two) s[q][1] = multiply_add(s[q][1], widened(is_unsigned, _mm_unpackhi_epi8(x##q, y##q)), w1)
#define STORE(q)                                                    \
    _mm256_storeu_si256((__m256i *)(acc + (q)*acc_pitch), s[q][0]); \
    if (two) _mm256_storeu_si256((__m256i *)(acc + (q)*acc_pitch + 8), s[q][1])
#define EACH_PIXEL(DO) \
    DO(0);             \
    if (pixels == 4) { \
        DO(1);         \
        DO(2);         \
        DO(3);         \
    }
    EACH_PIXEL(START)
    for (int32_t t = 0; t < b->pairs; t++) {
        const uint8_t *first = b->in[t][0] + at, *second = b->in[t][1] + at;
        const __m256i w0 = b->weights[t][0], w1 = b->weights[t][1];
        EACH_PIXEL(STEP)
    }
    EACH_PIXEL(STORE)
}

/* The last tile overlaps what is done already, which comes out the same again; but not where it adds to it. */
TUFF_TARGET_AVX2 TUFF_INLINE void walk(bool two, bool is_unsigned, bool go_on, int32_t *acc, int64_t acc_pitch, const block *b, int32_t pixels) {
    int32_t p = 0;
    for (; p + 4 <= pixels; p += 4) tile(4, two, is_unsigned, go_on, acc + p * acc_pitch, acc_pitch, b, p * b->step);
    if (p < pixels && pixels > 4 && !go_on) {
        p = pixels - 4;
        tile(4, two, is_unsigned, go_on, acc + p * acc_pitch, acc_pitch, b, p * b->step);
        return;
    }
    for (; p < pixels; p++) tile(1, two, is_unsigned, go_on, acc + p * acc_pitch, acc_pitch, b, p * b->step);
}

typedef struct call {
    int32_t *acc;
    int64_t acc_pitch;
    const uint8_t *const *taps_in;
    int64_t step;
    const int16_t *weights;
    const int32_t *bias;
    int32_t taps, pixels, channels, zero;
    bool is_unsigned;
} call;

/* the weights of two taps for 8 channels, interleaved; the second may be NULL */
TUFF_TARGET_AVX2 TUFF_INLINE __m256i interleave(const int16_t *w0, const int16_t *w1) {
    const __m128i a = load_128(w0), b = w1 ? load_128(w1) : _mm_setzero_si128();
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_unpacklo_epi16(a, b)), _mm_unpackhi_epi16(a, b), 1);
}

/* bias - zero * (sum of all taps' weights), of 8 channels */
TUFF_TARGET_AVX2 static __m256i start_of(const call *a, int32_t c) {
    __m256i sum = _mm256_setzero_si256();
    for (int32_t t = 0; t < a->taps; t++) sum = _mm256_add_epi32(sum, _mm256_cvtepi16_epi32(load_128(a->weights + (int64_t)t * a->channels + c)));
    return _mm256_sub_epi32(_mm256_loadu_si256((const __m256i *)(a->bias + c)), _mm256_mullo_epi32(sum, _mm256_set1_epi32(a->zero)));
}

/* channels c .. c + 7 or, `two`, c + 15 */
TUFF_TARGET_AVX2 TUFF_INLINE void channels(bool two, const call *a, int32_t c) {
    block b;
    b.step = a->step;
    b.start[0] = start_of(a, c);
    if (two) b.start[1] = start_of(a, c + 8);
    int32_t from = 0;
    do {
        for (b.pairs = 0; b.pairs < PAIRS && from + 2 * b.pairs < a->taps; b.pairs++) {
            const int32_t t = from + 2 * b.pairs, u = t + 1 < a->taps ? t + 1 : t;
            const int16_t *w0 = a->weights + (int64_t)t * a->channels + c, *w1 = u > t ? w0 + a->channels : NULL;
            b.in[b.pairs][0] = a->taps_in[t] + c;
            b.in[b.pairs][1] = a->taps_in[u] + c;
            b.weights[b.pairs][0] = interleave(w0, w1);
            b.weights[b.pairs][1] = two ? interleave(w0 + 8, w1 ? w1 + 8 : NULL) : _mm256_setzero_si256();
        }
        if (a->is_unsigned) walk(two, true, from > 0, a->acc + c, a->acc_pitch, &b, a->pixels);
        else walk(two, false, from > 0, a->acc + c, a->acc_pitch, &b, a->pixels);
        from += 2 * PAIRS;
    } while (from < a->taps);
}

/* What is left of the channels overlaps what is done already, which comes out the same again. */
TUFF_TARGET_AVX2 static void run(int32_t *acc, int64_t acc_pitch, const uint8_t *const *taps_in, int32_t taps, int64_t step, int32_t pixels, uint8_t flip,
                                 int32_t zero_in, const int16_t *weights, const int32_t *bias, int32_t n) {
    if (n < 8) {
        tuff_depthwise_s8_c.run(acc, acc_pitch, taps_in, taps, step, pixels, flip, zero_in, weights, bias, n);
        return;
    }
    const bool is_unsigned = flip != 0;
    const call a = {acc, acc_pitch, taps_in, step, weights, bias, taps, pixels, n, is_unsigned ? zero_in + 128 : zero_in, is_unsigned};
    int32_t c = 0;
    for (; c + 16 <= n; c += 16) channels(true, &a, c);
    if (n - c > 8 && c > 0) channels(true, &a, n - 16);
    else if (n - c > 8) channels(false, &a, 0), channels(false, &a, n - 8);
    else if (n > c) channels(false, &a, n - 8);
}
#else
#define run NULL
#endif

const tuff_depthwise_s8 tuff_depthwise_s8_avx2 = {{"tuff_depthwise_s8_avx2", TUFF_CPU_AVX2}, run};
