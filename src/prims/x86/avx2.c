/* The records of the AVX2 loops.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

const tuff_gemm_f32 tuff_gemm_f32_avx2 = {{"tuff_gemm_f32_avx2", TUFF_CPU_AVX2}, 6, 16, "f32x16", NULL};
const tuff_gemm_s8 tuff_gemm_s8_avx2 = {{"tuff_gemm_s8_avx2", TUFF_CPU_AVX2}, 6, 16, 2, "s8x16x2", NULL};
const tuff_depthwise_f32 tuff_depthwise_f32_avx2 = {{"tuff_depthwise_f32_avx2", TUFF_CPU_AVX2}, NULL};
const tuff_depthwise_s8 tuff_depthwise_s8_avx2 = {{"tuff_depthwise_s8_avx2", TUFF_CPU_AVX2}, NULL};
const tuff_requantize_s8 tuff_requantize_s8_avx2 = {{"tuff_requantize_s8_avx2", TUFF_CPU_AVX2}, NULL};
const tuff_requantize_f64_s8 tuff_requantize_f64_s8_avx2 = {{"tuff_requantize_f64_s8_avx2", TUFF_CPU_AVX2}, NULL};
