/* depthwise f32: the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

static void run(float *out, int64_t out_pitch, const float *const *taps_in, int32_t taps, int64_t step, int32_t pixels, const float *weights, const float *bias,
                int32_t channels, float lo, float hi) {
    for (int32_t p = 0; p < pixels; p++, out += out_pitch) {
        for (int32_t c = 0; c < channels; c++) out[c] = bias[c];
        for (int32_t t = 0; t < taps; t++) {
            const float *in = taps_in[t] + p * step, *w = weights + (int64_t)t * channels;
            for (int32_t c = 0; c < channels; c++) out[c] += in[c] * w[c];
        }
        for (int32_t c = 0; c < channels; c++) {
            const float y = out[c] < lo ? lo : out[c];
            out[c] = y > hi ? hi : y;
        }
    }
}

const tuff_depthwise_f32 tuff_depthwise_f32_c = {{"tuff_depthwise_f32_c", TUFF_CPU_C}, run};
#ifndef TUFF_KERNELS_ONLY
const tuff_depthwise_f32 *const tuff_depthwise_f32_list[] = {&tuff_depthwise_f32_avx2, &tuff_depthwise_f32_c, NULL};
#endif
