/* requantize: the loops in portable C, straight from the definitions.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

#include "base/fixed_point.h"

static void fixed(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns, const int32_t *multiplier,
                  const int32_t *shift, int32_t zero_out, int32_t lo, int32_t hi) {
    for (int32_t r = 0; r < rows; r++, out += out_pitch, acc += acc_pitch) {
        for (int32_t c = 0; c < columns; c++) {
            const int32_t y = tuff_requantize(acc[c], (tuff_multiplier){multiplier[c], shift[c]});
            out[c] = (uint8_t)tuff_clamp((int32_t)((uint32_t)y + (uint32_t)zero_out), lo, hi);
        }
    }
}

static void in_double(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns, const double *scale,
                      int32_t zero_out, int32_t lo, int32_t hi) {
    for (int32_t r = 0; r < rows; r++, out += out_pitch, acc += acc_pitch) {
        for (int32_t c = 0; c < columns; c++) {
            const int64_t y = (int64_t)tuff_requantize_f64(acc[c], scale[c]) + zero_out;
            out[c] = (uint8_t)(y < lo ? lo : y > hi ? hi : y);
        }
    }
}

const tuff_requantize_s8 tuff_requantize_s8_c = {{"tuff_requantize_s8_c", TUFF_CPU_C}, fixed};
const tuff_requantize_f64_s8 tuff_requantize_f64_s8_c = {{"tuff_requantize_f64_s8_c", TUFF_CPU_C}, in_double};

#ifndef TUFF_KERNELS_ONLY
const tuff_requantize_s8 *const tuff_requantize_s8_list[] = {&tuff_requantize_s8_avx2, &tuff_requantize_s8_c, NULL};
const tuff_requantize_f64_s8 *const tuff_requantize_f64_s8_list[] = {&tuff_requantize_f64_s8_avx2, &tuff_requantize_f64_s8_c, NULL};
#endif
