/* gemm s8 with AVX-VNNI: tiles of 6 rows by 16 columns, four steps of k at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * vpdpbusd sums four products of unsigned by signed bytes into s32 without saturating. Activations become unsigned by adding 128, which is flipping
 * their highest bit (`offset`, taken off in the packed bias); u8 ones, which come with flip 0x80, are so already. They are broadcast right from
 * where they lie, four at a time.
 */
#include "prims/prims.h"

#include <string.h>

#include "base/compiler.h"
#include "prims/x86/tile.h"

enum { ROWS = TUFF_TILE_ROWS, COLUMNS = 16, DEPTH = 4, BLOCK = 16384 /* activations: 16 KiB */ };

#if TUFF_AVXVNNI
#include <immintrin.h>

typedef struct inputs {
    const uint8_t *a;
    int64_t pitch;
    int32_t k;
    int32_t flip; /* of four bytes, to make them unsigned */
} inputs;

/* the last 1..3 activations of a row; the weights behind them are 0 */
static int32_t last(const uint8_t *a, int32_t count) {
    uint32_t quad = a[0];
    if (count > 1) quad |= (uint32_t)a[1] << 8;
    if (count > 2) quad |= (uint32_t)a[2] << 16;
    return (int32_t)quad;
}

TUFF_TARGET_AVXVNNI TUFF_INLINE __m256i load(const void *p) { return _mm256_loadu_si256(p); }

TUFF_TARGET_AVXVNNI TUFF_INLINE void tile(int rows, int32_t *acc, int64_t acc_pitch, inputs in, const uint8_t *panel) {
    __m256i s[ROWS][2];
    const __m256i bias0 = load(panel), bias1 = load(panel + 32), flip = _mm256_set1_epi32(in.flip);
#define START(r) s[r][0] = bias0, s[r][1] = bias1
    TUFF_EACH_ROW(rows, START);
    for (int32_t t = 0; t + DEPTH <= in.k; t += DEPTH) {
        panel += COLUMNS * DEPTH;
        const __m256i w0 = load(panel), w1 = load(panel + 32);
#define STEP(r)                                                              \
    int32_t quad##r;                                                         \
    memcpy(&quad##r, in.a + (r)*in.pitch + t, sizeof quad##r);               \
    const __m256i x##r = _mm256_xor_si256(_mm256_set1_epi32(quad##r), flip); \
    s[r][0] = _mm256_dpbusd_avx_epi32(s[r][0], x##r, w0);                    \
    s[r][1] = _mm256_dpbusd_avx_epi32(s[r][1], x##r, w1)
        TUFF_EACH_ROW(rows, STEP);
    }
    if (in.k % DEPTH) {
        const uint8_t *a = in.a + in.k / DEPTH * DEPTH;
        const __m256i w0 = load(panel + COLUMNS * DEPTH), w1 = load(panel + COLUMNS * DEPTH + 32);
#define LAST(r)                                                                                           \
    const __m256i x##r = _mm256_xor_si256(_mm256_set1_epi32(last(a + (r)*in.pitch, in.k % DEPTH)), flip); \
    s[r][0] = _mm256_dpbusd_avx_epi32(s[r][0], x##r, w0);                                                 \
    s[r][1] = _mm256_dpbusd_avx_epi32(s[r][1], x##r, w1)
        TUFF_EACH_ROW(rows, LAST);
    }
#define STORE(r) _mm256_storeu_si256((__m256i *)(acc + (r)*acc_pitch), s[r][0]), _mm256_storeu_si256((__m256i *)(acc + (r)*acc_pitch + 8), s[r][1])
    TUFF_EACH_ROW(rows, STORE);
}

TUFF_TARGET_AVXVNNI static void tail(int32_t rows, int32_t *acc, int64_t acc_pitch, inputs in,
                                     const uint8_t *panel){TUFF_TAIL_ROWS(rows, tile, acc, acc_pitch, in, panel)}

TUFF_TARGET_AVXVNNI
    static void run(int32_t *acc, int64_t acc_pitch, const uint8_t *a, int64_t a_pitch, uint8_t flip, const void *packed, int32_t m, int32_t n, int32_t k) {
    const int32_t block = k < BLOCK / ROWS ? BLOCK / (k + 1) / ROWS * ROWS : ROWS;
    const int64_t panel_bytes = COLUMNS * ((int64_t)sizeof(int32_t) + ((int64_t)k + DEPTH - 1) / DEPTH * DEPTH);
    for (int32_t from = 0; from < m; from += block) {
        const int32_t to = m - from < block ? m : from + block;
        const uint8_t *panel = packed;
        for (int32_t first = 0; first < n; first += COLUMNS, panel += panel_bytes) {
            inputs in = {a + from * a_pitch, a_pitch, k, flip ? 0 : (int32_t)0x80808080};
            int32_t i = from, *out = acc + from * acc_pitch + first;
            for (; i + ROWS <= to; i += ROWS, out += ROWS * acc_pitch, in.a += ROWS * a_pitch) tile(ROWS, out, acc_pitch, in, panel);
            tail(to - i, out, acc_pitch, in, panel);
        }
    }
}
#else
#define run NULL
#endif

const tuff_gemm_s8 tuff_gemm_s8_avxvnni = {{"tuff_gemm_s8_avxvnni", TUFF_CPU_AVXVNNI}, ROWS, COLUMNS, DEPTH, 128, "s8x16x4", run};
