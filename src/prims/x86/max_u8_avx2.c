/* max u8 with AVX2: 32 channels at once.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "prims/prims.h"

#include "base/compiler.h"

#if TUFF_X86
#include <immintrin.h>

TUFF_TARGET_AVX2 static void run(uint8_t *out, const uint8_t *const *taps_in, int32_t taps, uint8_t flip, uint8_t lo, uint8_t hi, int32_t channels) {
    const __m256i turned = _mm256_set1_epi8((char)flip), least = _mm256_set1_epi8((char)lo), most = _mm256_set1_epi8((char)hi);
    int32_t c = 0;
    for (; c + 32 <= channels; c += 32) {
        __m256i greatest = least;
        for (int32_t t = 0; t < taps; t++)
            greatest = _mm256_max_epu8(greatest, _mm256_xor_si256(turned, _mm256_loadu_si256((const __m256i *)(const void *)(taps_in[t] + c))));
        _mm256_storeu_si256((__m256i *)(void *)(out + c), _mm256_xor_si256(turned, _mm256_min_epu8(greatest, most)));
    }
    for (; c + 8 <= channels; c += 8) {
        __m128i greatest = _mm256_castsi256_si128(least);
        for (int32_t t = 0; t < taps; t++)
            greatest = _mm_max_epu8(greatest, _mm_xor_si128(_mm256_castsi256_si128(turned), _mm_loadl_epi64((const __m128i *)(const void *)(taps_in[t] + c))));
        _mm_storel_epi64((__m128i *)(void *)(out + c), _mm_xor_si128(_mm256_castsi256_si128(turned), _mm_min_epu8(greatest, _mm256_castsi256_si128(most))));
    }
    for (; c < channels; c++) {
        uint8_t greatest = lo;
        for (int32_t t = 0; t < taps; t++) greatest = (uint8_t)(taps_in[t][c] ^ flip) > greatest ? (uint8_t)(taps_in[t][c] ^ flip) : greatest;
        out[c] = (uint8_t)((greatest > hi ? hi : greatest) ^ flip);
    }
}

const tuff_max_u8 tuff_max_u8_avx2 = {{"tuff_max_u8_avx2", TUFF_CPU_AVX2}, run};
#else
const tuff_max_u8 tuff_max_u8_avx2 = {{"tuff_max_u8_avx2", TUFF_CPU_AVX2}, NULL};
#endif
