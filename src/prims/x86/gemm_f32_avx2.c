/* gemm f32 with AVX2 and FMA: tiles of 6 rows by 16 columns.
 * SPDX-License-Identifier: Apache-2.0
 *
 * 12 sums, 2 vectors of weights and a broadcast activation fill the 16 registers; per step of k there are 12 multiply-adds for 8 loads. Rows are
 * taken in blocks whose activations stay in the first cache while all panels pass over them.
 */
#include "prims/prims.h"

#include "base/compiler.h"
#include "prims/x86/tile.h"

enum { ROWS = TUFF_TILE_ROWS, COLUMNS = 16, BLOCK = 4096 /* activations: 16 KiB */ };

#if TUFF_X86
#include <immintrin.h>

typedef struct output {
    float *c;
    int64_t pitch;
    int32_t columns; /* 1..16 */
    float lo, hi;
} output;

TUFF_TARGET_AVX2 static __m256i mask_of(int32_t valid) { /* all ones in the first `valid` of 8 lanes */
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(valid), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

/* minps and maxps give their second operand where one is NaN: the sum stays NaN, as in C */
TUFF_TARGET_AVX2 TUFF_INLINE __m256 clamp(__m256 x, __m256 lo, __m256 hi) { return _mm256_min_ps(hi, _mm256_max_ps(lo, x)); }

TUFF_TARGET_AVX2 TUFF_INLINE void tile(int rows, output o, const float *a, int64_t a_pitch, const float *panel, int32_t k) {
    __m256 s[ROWS][2];
    const __m256 bias0 = _mm256_loadu_ps(panel), bias1 = _mm256_loadu_ps(panel + 8);
#define START(r) s[r][0] = bias0, s[r][1] = bias1
    TUFF_EACH_ROW(rows, START);
    for (int32_t t = 0; t < k; t++) {
        panel += COLUMNS;
        const __m256 w0 = _mm256_loadu_ps(panel), w1 = _mm256_loadu_ps(panel + 8);
#define STEP(r)                                                   \
    const __m256 x##r = _mm256_broadcast_ss(a + (r)*a_pitch + t); \
    s[r][0] = _mm256_fmadd_ps(x##r, w0, s[r][0]);                 \
    s[r][1] = _mm256_fmadd_ps(x##r, w1, s[r][1])
        TUFF_EACH_ROW(rows, STEP);
    }
    const __m256 lo = _mm256_set1_ps(o.lo), hi = _mm256_set1_ps(o.hi);
#define CLAMP(r) s[r][0] = clamp(s[r][0], lo, hi), s[r][1] = clamp(s[r][1], lo, hi)
    TUFF_EACH_ROW(rows, CLAMP);
    if (o.columns == COLUMNS) {
#define STORE(r) _mm256_storeu_ps(o.c + (r)*o.pitch, s[r][0]), _mm256_storeu_ps(o.c + (r)*o.pitch + 8, s[r][1])
        TUFF_EACH_ROW(rows, STORE);
    } else {
        const __m256i mask0 = mask_of(o.columns), mask1 = mask_of(o.columns - 8);
#define STORE_SOME(r) _mm256_maskstore_ps(o.c + (r)*o.pitch, mask0, s[r][0]), _mm256_maskstore_ps(o.c + (r)*o.pitch + 8, mask1, s[r][1])
        TUFF_EACH_ROW(rows, STORE_SOME);
    }
}

/* One row by 4 full panels: alone, a row's two sums would wait for each other. The order of each sum is the tile's, so results don't depend on how rows are
 * shared out. */
TUFF_TARGET_AVX2 static void row_by_panels(const output *o, const float *a, const float *panel, int64_t panel_pitch, int32_t k) {
    const float *p[4] = {panel, panel + panel_pitch, panel + 2 * panel_pitch, panel + 3 * panel_pitch};
    __m256 s[4][2];
#define START_PANEL(q) s[q][0] = _mm256_loadu_ps(p[q]), s[q][1] = _mm256_loadu_ps(p[q] + 8)
    TUFF_EACH_ROW(4, START_PANEL);
    for (int32_t t = 0; t < k; t++) {
        const __m256 x = _mm256_broadcast_ss(a + t);
        const int64_t at = (int64_t)(t + 1) * COLUMNS;
#define STEP_PANEL(q)                                                  \
    s[q][0] = _mm256_fmadd_ps(x, _mm256_loadu_ps(p[q] + at), s[q][0]); \
    s[q][1] = _mm256_fmadd_ps(x, _mm256_loadu_ps(p[q] + at + 8), s[q][1])
        TUFF_EACH_ROW(4, STEP_PANEL);
    }
    const __m256 lo = _mm256_set1_ps(o->lo), hi = _mm256_set1_ps(o->hi);
#define STORE_PANEL(q)                                            \
    _mm256_storeu_ps(o->c + (q)*COLUMNS, clamp(s[q][0], lo, hi)); \
    _mm256_storeu_ps(o->c + (q)*COLUMNS + 8, clamp(s[q][1], lo, hi))
    TUFF_EACH_ROW(4, STORE_PANEL);
}

TUFF_TARGET_AVX2 static void tail(int32_t rows, output o, const float *a, int64_t a_pitch, const float *panel,
                                  int32_t k){TUFF_TAIL_ROWS(rows, tile, o, a, a_pitch, panel, k)}

TUFF_TARGET_AVX2
    static void run(float *c, int64_t c_pitch, const float *a, int64_t a_pitch, const float *packed, int32_t m, int32_t n, int32_t k, float lo, float hi) {
    const int64_t panel_pitch = (int64_t)COLUMNS * (k + 1);
    const int32_t block = k < BLOCK / ROWS ? BLOCK / (k + 1) / ROWS * ROWS : ROWS;
    for (int32_t from = 0; from < m; from += block) {
        const int32_t to = m - from < block ? m : from + block;
        const float *panel = packed;
        int32_t first = 0;
        for (; to - from == 1 && first + 4 * COLUMNS <= n; first += 4 * COLUMNS, panel += 4 * panel_pitch) {
            const output o = {c + from * c_pitch + first, c_pitch, COLUMNS, lo, hi};
            row_by_panels(&o, a + from * a_pitch, panel, panel_pitch, k);
        }
        for (; first < n; first += COLUMNS, panel += panel_pitch) {
            output o = {c + from * c_pitch + first, c_pitch, n - first < COLUMNS ? n - first : COLUMNS, lo, hi};
            int32_t i = from;
            for (; i + ROWS <= to; i += ROWS, o.c += ROWS * c_pitch) tile(ROWS, o, a + i * a_pitch, a_pitch, panel, k);
            tail(to - i, o, a + i * a_pitch, a_pitch, panel, k);
        }
    }
}
#else
#define run NULL
#endif

const tuff_gemm_f32 tuff_gemm_f32_avx2 = {{"tuff_gemm_f32_avx2", TUFF_CPU_AVX2}, ROWS, COLUMNS, "f32x16", run};
