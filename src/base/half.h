/* Half floats. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_BASE_HALF_H
#define TUFF_BASE_HALF_H

#include <stdint.h>

float tuff_f16_to_f32(uint16_t h);  /* exact */
uint16_t tuff_f32_to_f16(float f);  /* nearest, ties to even; overflow gives infinity, NaN stays NaN */
float tuff_bf16_to_f32(uint16_t h); /* exact */
uint16_t tuff_f32_to_bf16(float f); /* nearest, ties to even */

#endif
