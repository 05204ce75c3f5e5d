/* gemm s8 with AVX2: tiles of 6 rows by 16 columns, two steps of k at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * vpmaddwd multiplies pairs of s16 and adds the two products into s32, which no s8 values can overflow: 2 * 128 * 128. (vpmaddubsw would do four
 * at a time, but saturates.) So weights are packed as s8 in pairs of k, widened as they are loaded, and each row's activations are widened,
 * once for all panels, into a buffer on the stack, from where a pair is broadcast with a plain load.
 */
#include "prims/prims.h"

#include <string.h>

#include "base/compiler.h"
#include "prims/x86/tile.h"

enum { ROWS = TUFF_TILE_ROWS, COLUMNS = 16, BUFFER = 8192 /* s16: 16 KiB */, LONGEST = BUFFER / ROWS / 2 * 2 };

#if TUFF_X86
#include <immintrin.h>

/* where a tile's sums begin: at the bias (pitch 0), or at what an earlier part of k has left in acc */
typedef struct sums {
    const int32_t *from;
    int64_t pitch;
} sums;

TUFF_TARGET_AVX2 TUFF_INLINE __m256i load(const void *p) { return _mm256_loadu_si256(p); }
TUFF_TARGET_AVX2 TUFF_INLINE __m256i load_widened(const void *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(p)); }
TUFF_TARGET_AVX2 TUFF_INLINE __m256i broadcast_pair(const int16_t *p) {
    int32_t pair;
    memcpy(&pair, p, sizeof pair);
    return _mm256_set1_epi32(pair);
}

/* a: rows of 2 * pairs s16; panel: [pairs][16][2] s8 */
TUFF_TARGET_AVX2 TUFF_INLINE void tile(int rows, int32_t *acc, int64_t acc_pitch, sums start, const int16_t *a, int64_t a_pitch, const int8_t *panel,
                                       int32_t pairs) {
    __m256i s[ROWS][2];
#define START(r) s[r][0] = load(start.from + (r)*start.pitch), s[r][1] = load(start.from + (r)*start.pitch + 8)
    TUFF_EACH_ROW(rows, START);
    for (int32_t t = 0; t < pairs; t++, panel += 2 * COLUMNS, a += 2) {
        const __m256i w0 = load_widened(panel), w1 = load_widened(panel + COLUMNS);
#define STEP(r)                                                       \
    const __m256i x##r = broadcast_pair(a + (r)*a_pitch);             \
    s[r][0] = _mm256_add_epi32(s[r][0], _mm256_madd_epi16(x##r, w0)); \
    s[r][1] = _mm256_add_epi32(s[r][1], _mm256_madd_epi16(x##r, w1))
        TUFF_EACH_ROW(rows, STEP);
    }
#define STORE(r) _mm256_storeu_si256((__m256i *)(acc + (r)*acc_pitch), s[r][0]), _mm256_storeu_si256((__m256i *)(acc + (r)*acc_pitch + 8), s[r][1])
    TUFF_EACH_ROW(rows, STORE);
}

TUFF_TARGET_AVX2 static void tail(int32_t rows, int32_t *acc, int64_t acc_pitch, sums start, const int16_t *a, int64_t a_pitch, const int8_t *panel,
                                  int32_t pairs){TUFF_TAIL_ROWS(rows, tile, acc, acc_pitch, start, a, a_pitch, panel, pairs)}

/* k values as s16, with a zero behind where k is odd */
TUFF_TARGET_AVX2 static void widen(int16_t *out, const uint8_t *a, uint8_t flip, int32_t k) {
    const __m128i mask = _mm_set1_epi8((char)flip);
    int32_t t = 0;
    for (; t + 16 <= k; t += 16) {
        const __m128i x = _mm_xor_si128(_mm_loadu_si128((const __m128i *)(a + t)), mask);
        _mm256_storeu_si256((__m256i *)(out + t), _mm256_cvtepi8_epi16(x));
    }
    for (; t < k; t++) out[t] = (int8_t)(a[t] ^ flip);
    if (k & 1) out[k] = 0;
}

/* One part of k, of `length` <= LONGEST from `begin`, of all rows and panels. */
TUFF_TARGET_AVX2 static void part(int32_t *acc, int64_t acc_pitch, const uint8_t *a, int64_t a_pitch, uint8_t flip, const int8_t *packed, int32_t m, int32_t n,
                                  int32_t k, int32_t begin, int32_t length) {
    int16_t buffer[BUFFER];
    const int32_t pitch = length + (length & 1), pairs = pitch / 2;
    const int32_t block = pitch ? BUFFER / pitch / ROWS * ROWS : BUFFER;
    const int64_t panel_bytes = COLUMNS * ((int64_t)sizeof(int32_t) + k + (k & 1));
    for (int32_t from = 0; from < m; from += block) {
        const int32_t to = m - from < block ? m : from + block;
        for (int32_t i = from; i < to; i++) widen(buffer + (i - from) * pitch, a + i * a_pitch + begin, flip, length);
        const int8_t *panel = packed;
        for (int32_t first = 0; first < n; first += COLUMNS, panel += panel_bytes) {
            const int8_t *weights = panel + COLUMNS * ((int64_t)sizeof(int32_t) + begin);
            int32_t i = from, *out = acc + from * acc_pitch + first;
            sums start = begin ? (sums){out, acc_pitch} : (sums){(const int32_t *)(const void *)panel, 0};
            for (; i + ROWS <= to; i += ROWS, out += ROWS * acc_pitch, start.from += ROWS * start.pitch)
                tile(ROWS, out, acc_pitch, start, buffer + (i - from) * pitch, pitch, weights, pairs);
            tail(to - i, out, acc_pitch, start, buffer + (i - from) * pitch, pitch, weights, pairs);
        }
    }
}

TUFF_TARGET_AVX2 static void run(int32_t *acc, int64_t acc_pitch, const uint8_t *a, int64_t a_pitch, uint8_t flip, const void *packed, int32_t m, int32_t n,
                                 int32_t k) {
    int32_t begin = 0;
    do {
        const int32_t length = k - begin < LONGEST ? k - begin : LONGEST;
        part(acc, acc_pitch, a, a_pitch, flip, packed, m, n, k, begin, length);
        begin += LONGEST;
    } while (begin < k);
}
#else
#define run NULL
#endif

const tuff_gemm_s8 tuff_gemm_s8_avx2 = {{"tuff_gemm_s8_avx2", TUFF_CPU_AVX2}, ROWS, COLUMNS, 2, 0, "s8x16x2", run};
