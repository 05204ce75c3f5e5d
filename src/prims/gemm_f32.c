/* gemm f32: the packer and the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * All f32 loops share one packed layout, panels of `columns` output columns: [columns] bias, then for each k the weights of the columns side
 * by side. A loop walks a panel once, from front to end, for each tile of rows; the tile's sums stay in registers.
 */
#include "prims/prims.h"

#include "base/compiler.h"

enum { COLUMNS = 8 };

static void row(float *c, const float *a, const float *panel, int32_t columns, int32_t k, float lo, float hi) {
    float sum[COLUMNS];
    for (int j = 0; j < COLUMNS; j++) sum[j] = panel[j];
    for (int32_t t = 0; t < k; t++) {
        const float x = a[t], *w = panel + (int64_t)(t + 1) * COLUMNS;
        for (int j = 0; j < COLUMNS; j++) sum[j] += x * w[j];
    }
    for (int32_t j = 0; j < columns; j++) {
        const float y = sum[j] < lo ? lo : sum[j];
        c[j] = y > hi ? hi : y;
    }
}

static void run(float *c, int64_t c_pitch, const float *a, int64_t a_pitch, const float *packed, int32_t m, int32_t n, int32_t k, float lo, float hi) {
    for (int32_t first = 0; first < n; first += COLUMNS, packed += (int64_t)COLUMNS * (k + 1)) {
        const int32_t columns = n - first < COLUMNS ? n - first : COLUMNS;
        for (int32_t i = 0; i < m; i++) row(c + i * c_pitch + first, a + i * a_pitch, packed, columns, k, lo, hi);
    }
}

const tuff_gemm_f32 tuff_gemm_f32_c = {{"tuff_gemm_f32_c", TUFF_CPU_C}, 1, COLUMNS, "f32x8", run};

#ifndef TUFF_KERNELS_ONLY
const tuff_gemm_f32 *const tuff_gemm_f32_list[] = {&tuff_gemm_f32_avx2, &tuff_gemm_f32_c, NULL};

/* ---- the packer ---- */
size_t tuff_gemm_f32_packed_count(const tuff_gemm_f32 *prim, int32_t n, int32_t k) {
    const size_t columns = (size_t)prim->columns, panels = ((size_t)n + columns - 1) / columns;
    return panels * columns * ((size_t)k + 1);
}

void tuff_gemm_f32_pack(const tuff_gemm_f32 *prim, float *packed, const float *weights, int64_t source_pitch, const float *bias, int32_t n, int32_t k) {
    const int32_t columns = prim->columns;
    for (int32_t first = 0; first < n; first += columns) {
        const int32_t valid = n - first < columns ? n - first : columns;
        for (int32_t j = 0; j < columns; j++) *packed++ = j < valid && bias ? bias[first + j] : 0.0f;
        for (int32_t t = 0; t < k; t++)
            for (int32_t j = 0; j < columns; j++) *packed++ = j < valid ? weights[(first + j) * source_pitch + t] : 0.0f;
    }
}
#endif
