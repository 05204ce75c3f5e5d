/* quantize f32: the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/fixed_point.h"
#include "prims/prims.h"

static void run(int8_t *out, const float *x, int64_t count, float inverse, int32_t zero, int32_t lo, int32_t hi) {
    for (int64_t k = 0; k < count; k++) out[k] = (int8_t)tuff_clamp(tuff_round_f32_s32((float)zero + x[k] * inverse), lo, hi);
}

static void range(const float *x, int64_t count, float *least, float *greatest) {
    enum { LANES = 8 }; /* one comparison would wait for the last */
    float lo[LANES] = {0}, hi[LANES] = {0};
    for (int64_t k = 0; k < count; k++) {
        const int64_t j = k % LANES;
        lo[j] = x[k] < lo[j] ? x[k] : lo[j];
        hi[j] = x[k] > hi[j] ? x[k] : hi[j];
    }
    for (int j = 1; j < LANES; j++) {
        lo[0] = lo[j] < lo[0] ? lo[j] : lo[0];
        hi[0] = hi[j] > hi[0] ? hi[j] : hi[0];
    }
    *least = lo[0];
    *greatest = hi[0];
}

const tuff_quantize_f32 tuff_quantize_f32_c = {{"tuff_quantize_f32_c", TUFF_CPU_C}, run, range};

#ifndef TUFF_KERNELS_ONLY
const tuff_quantize_f32 *const tuff_quantize_f32_list[] = {&tuff_quantize_f32_avx2, &tuff_quantize_f32_c, NULL};
#endif
