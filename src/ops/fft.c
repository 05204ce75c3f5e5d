/* The Fourier transform, radix 2: elements in bit-reversed order, then butterflies of growing spans.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/fft.h"

#include <math.h>

void tuff_fft_turns(tuff_complex *turns, int64_t n) {
    for (int64_t k = 0; k < n / 2; k++) {
        const double angle = -2.0 * 3.14159265358979323846 * (double)k / (double)n;
        turns[k] = (tuff_complex){cos(angle), sin(angle)};
    }
}

void tuff_fft(tuff_complex *data, int64_t n, const tuff_complex *turns) {
    for (int64_t k = 1, reversed = 0; k < n; k++) {
        int64_t bit = n >> 1;
        for (; reversed & bit; bit >>= 1) reversed ^= bit;
        reversed ^= bit;
        if (k < reversed) {
            const tuff_complex swap = data[k];
            data[k] = data[reversed];
            data[reversed] = swap;
        }
    }
    for (int64_t span = 1; span < n; span *= 2)
        for (int64_t begin = 0; begin < n; begin += 2 * span)
            for (int64_t k = 0; k < span; k++) {
                const tuff_complex turn = turns[k * (n / 2 / span)], a = data[begin + k], b = data[begin + k + span];
                const tuff_complex turned = {b.re * turn.re - b.im * turn.im, b.re * turn.im + b.im * turn.re};
                data[begin + k] = (tuff_complex){a.re + turned.re, a.im + turned.im};
                data[begin + k + span] = (tuff_complex){a.re - turned.re, a.im - turned.im};
            }
}
