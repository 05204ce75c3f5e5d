/* depthwise s8: the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

static void run(int32_t *acc, int64_t acc_pitch, const uint8_t *const *taps_in, int32_t taps, int64_t step, int32_t pixels, uint8_t flip, int32_t zero_in,
                const int16_t *weights, const int32_t *bias, int32_t channels) {
    for (int32_t p = 0; p < pixels; p++, acc += acc_pitch) {
        for (int32_t c = 0; c < channels; c++) acc[c] = bias[c];
        for (int32_t t = 0; t < taps; t++) {
            const uint8_t *in = taps_in[t] + p * step;
            const int16_t *w = weights + (int64_t)t * channels;
            for (int32_t c = 0; c < channels; c++) acc[c] = (int32_t)((uint32_t)acc[c] + (uint32_t)(((int8_t)(in[c] ^ flip) - zero_in) * w[c]));
        }
    }
}

const tuff_depthwise_s8 tuff_depthwise_s8_c = {{"tuff_depthwise_s8_c", TUFF_CPU_C}, run};
#ifndef TUFF_KERNELS_ONLY
const tuff_depthwise_s8 *const tuff_depthwise_s8_list[] = {&tuff_depthwise_s8_avx2, &tuff_depthwise_s8_c, NULL};
#endif
