/* depthwise f32 with AVX2 and FMA: tiles of 4 pixels by 16 channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A tap's weights are loaded once for the pixels of a tile, and its inputs are operands of the multiply-adds. Channels are walked in the
 * outer loop, so a row of pixels is passed over with the same weights at hand. What is left of the channels is masked.
 */
#include "prims/prims.h"

#include "base/compiler.h"

#if TUFF_X86
#include <immintrin.h>

typedef struct row {
    float *out;
    int64_t out_pitch, step;
    const float *const *taps_in;
    const float *weights, *bias;
    int32_t taps, channels;
    __m256 lo, hi;
    __m256i mask; /* of the last, partial block */
} row;

typedef enum block { MASKED, ONE, TWO } block; /* vectors of channels: one with a mask, 1, 2 */

TUFF_TARGET_AVX2 TUFF_INLINE __m256 load(block b, const row *w, const float *p) { return b == MASKED ? _mm256_maskload_ps(p, w->mask) : _mm256_loadu_ps(p); }

/* minps and maxps give their second operand where one is NaN: the sum stays NaN, as in C */
TUFF_TARGET_AVX2 TUFF_INLINE void store(block b, const row *w, float *p, __m256 x) {
    x = _mm256_min_ps(w->hi, _mm256_max_ps(w->lo, x));
    if (b == MASKED) _mm256_maskstore_ps(p, w->mask, x);
    else _mm256_storeu_ps(p, x);
}

/* `pixels` is 1 or 4 and b a constant where this is inlined */
TUFF_TARGET_AVX2 TUFF_INLINE void tile(int pixels, block b, const row *w, int32_t p, int32_t c) {
    __m256 s[4][2];
    const __m256 bias0 = load(b, w, w->bias + c), bias1 = b == TWO ? _mm256_loadu_ps(w->bias + c + 8) : bias0;
    s[0][0] = s[1][0] = s[2][0] = s[3][0] = bias0;
    s[0][1] = s[1][1] = s[2][1] = s[3][1] = bias1;
    for (int32_t t = 0; t < w->taps; t++) {
        const float *in = w->taps_in[t] + p * w->step + c, *weights = w->weights + (int64_t)t * w->channels + c;
        const __m256 w0 = load(b, w, weights), w1 = b == TWO ? _mm256_loadu_ps(weights + 8) : w0;
#define STEP(q)                                                           \
    s[q][0] = _mm256_fmadd_ps(load(b, w, in + (q)*w->step), w0, s[q][0]); \
    if (b == TWO) s[q][1] = _mm256_fmadd_ps(_mm256_loadu_ps(in + (q)*w->step + 8), w1, s[q][1])
        STEP(0);
        if (pixels == 4) {
            STEP(1);
            STEP(2);
            STEP(3);
        }
    }
    float *out = w->out + p * w->out_pitch + c;
#define STORE(q)                                  \
    store(b, w, out + (q)*w->out_pitch, s[q][0]); \
    if (b == TWO) store(b, w, out + (q)*w->out_pitch + 8, s[q][1])
    STORE(0);
    if (pixels == 4) {
        STORE(1);
        STORE(2);
        STORE(3);
    }
}

/* The last tile overlaps what is done already, which comes out the same again. */
TUFF_TARGET_AVX2 TUFF_INLINE void walk(block b, const row *w, int32_t pixels, int32_t c) {
    for (int32_t p = 0; p < pixels && pixels >= 4; p += 4) tile(4, b, w, p + 4 <= pixels ? p : pixels - 4, c);
    for (int32_t p = 0; p < pixels && pixels < 4; p++) tile(1, b, w, p, c);
}

TUFF_TARGET_AVX2 static void run(float *out, int64_t out_pitch, const float *const *taps_in, int32_t taps, int64_t step, int32_t pixels, const float *weights,
                                 const float *bias, int32_t channels, float lo, float hi) {
    const __m256i lanes = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const row w = {out,
                   out_pitch,
                   step,
                   taps_in,
                   weights,
                   bias,
                   taps,
                   channels,
                   _mm256_set1_ps(lo),
                   _mm256_set1_ps(hi),
                   _mm256_cmpgt_epi32(_mm256_set1_epi32(channels & 7), lanes)};
    int32_t c = 0;
    for (; c + 16 <= channels; c += 16) walk(TWO, &w, pixels, c);
    for (; c + 8 <= channels; c += 8) walk(ONE, &w, pixels, c);
    if (c < channels) walk(MASKED, &w, pixels, c);
}
#else
#define run NULL
#endif

const tuff_depthwise_f32 tuff_depthwise_f32_avx2 = {{"tuff_depthwise_f32_avx2", TUFF_CPU_AVX2}, run};
