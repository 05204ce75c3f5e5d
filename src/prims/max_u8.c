/* max u8: the loop in portable C.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

static void run(uint8_t *out, const uint8_t *const *taps_in, int32_t taps, uint8_t flip, uint8_t lo, uint8_t hi, int32_t channels) {
    for (int32_t c = 0; c < channels; c++) {
        int32_t greatest = lo;
        for (int32_t t = 0; t < taps; t++) greatest = (taps_in[t][c] ^ flip) > greatest ? taps_in[t][c] ^ flip : greatest;
        out[c] = (uint8_t)((greatest > hi ? hi : greatest) ^ flip);
    }
}

const tuff_max_u8 tuff_max_u8_c = {{"tuff_max_u8_c", TUFF_CPU_C}, run};

#ifndef TUFF_KERNELS_ONLY
const tuff_max_u8 *const tuff_max_u8_list[] = {&tuff_max_u8_avx2, &tuff_max_u8_c, NULL};
#endif
