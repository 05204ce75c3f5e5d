/* gemm s8: the packer and the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One packed layout for all s8 loops, given by `columns` and `depth`: panels of [columns] int32 bias, then [k / depth][columns][depth] weights,
 * so that a loop finds the `depth` weights that its multiply-add takes at once side by side. k is padded with zero weights. The activations'
 * zero point is in the bias: sum (x - z) * w = sum x * w - z * sum w, exact because all sums are meant modulo 2^32.
 */
#include "prims/prims.h"

#include <string.h>

#include "base/compiler.h"

enum { COLUMNS = 8 };

static void row(int32_t *acc, const uint8_t *a, uint8_t flip, const uint8_t *panel, int32_t k) {
    int32_t bias[COLUMNS];
    uint32_t sum[COLUMNS];
    memcpy(bias, panel, sizeof bias);
    TUFF_UNROLL_8
    for (int j = 0; j < COLUMNS; j++) sum[j] = (uint32_t)bias[j];
    const int8_t *w = (const int8_t *)panel + sizeof bias;
    for (int32_t t = 0; t < k; t++, w += COLUMNS) {
        const int32_t x = (int8_t)(a[t] ^ flip);
        TUFF_UNROLL_8
        for (int j = 0; j < COLUMNS; j++) sum[j] += (uint32_t)(x * w[j]);
    }
    TUFF_UNROLL_8
    for (int j = 0; j < COLUMNS; j++) acc[j] = (int32_t)sum[j];
}

static void run(int32_t *acc, int64_t acc_pitch, const uint8_t *a, int64_t a_pitch, uint8_t flip, const void *packed, int32_t m, int32_t n, int32_t k) {
    const uint8_t *panel = packed;
    for (int32_t first = 0; first < n; first += COLUMNS, panel += (int64_t)COLUMNS * (k + (int32_t)sizeof(int32_t)))
        for (int32_t i = 0; i < m; i++) row(acc + i * acc_pitch + first, a + i * a_pitch, flip, panel, k);
}

const tuff_gemm_s8 tuff_gemm_s8_c = {{"tuff_gemm_s8_c", TUFF_CPU_C}, 1, COLUMNS, 1, 0, "s8x8", run};

#ifndef TUFF_KERNELS_ONLY
const tuff_gemm_s8 *const tuff_gemm_s8_list[] = {&tuff_gemm_s8_avxvnni, &tuff_gemm_s8_avx2, &tuff_gemm_s8_c, NULL};

/* ---- the packer ---- */
static size_t padded(size_t k, size_t depth) { return (k + depth - 1) / depth * depth; }

size_t tuff_gemm_s8_packed_bytes(const tuff_gemm_s8 *prim, int32_t n, int32_t k) {
    const size_t columns = (size_t)prim->columns, panels = ((size_t)n + columns - 1) / columns;
    return panels * columns * (sizeof(int32_t) + padded((size_t)k, (size_t)prim->depth));
}

static int32_t folded_bias(const uint8_t *weights, uint8_t flip, int32_t bias, int32_t zero_in, int32_t k) {
    uint32_t sum = 0;
    for (int32_t t = 0; t < k; t++) {
        const int32_t w = (int8_t)(weights[t] ^ flip);
        sum += (uint32_t)w;
    }
    return (int32_t)((uint32_t)bias - (uint32_t)zero_in * sum);
}

void tuff_gemm_s8_pack(const tuff_gemm_s8 *prim, void *packed, const uint8_t *weights, uint8_t flip, const int32_t *bias, int32_t zero_in, int32_t n,
                       int32_t k) {
    const int32_t columns = prim->columns, depth = prim->depth, k_padded = (int32_t)padded((size_t)k, (size_t)depth);
    uint8_t *out = packed;
    for (int32_t first = 0; first < n; first += columns) {
        const int32_t valid = n - first < columns ? n - first : columns;
        const uint8_t *source = weights + (int64_t)first * k;
        for (int32_t j = 0; j < columns; j++, out += sizeof(int32_t)) {
            const int32_t folded = j < valid ? folded_bias(source + (int64_t)j * k, flip, bias ? bias[first + j] : 0, zero_in + prim->offset, k) : 0;
            memcpy(out, &folded, sizeof folded);
        }
        for (int32_t t = 0; t < k_padded; t += depth)
            for (int32_t j = 0; j < columns; j++)
                for (int32_t d = t; d < t + depth; d++) *out++ = j < valid && d < k ? source[(int64_t)j * k + d] ^ flip : 0;
    }
}
#endif
