/* The discrete Fourier transform of a power of two of complex numbers, in double. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_FFT_H
#define TUFF_OPS_FFT_H

#include <stdint.h>

typedef struct tuff_complex {
    double re, im;
} tuff_complex;

/* turns[k] = exp(-2 pi i k / n), k = 0..n/2-1 */
void tuff_fft_turns(tuff_complex *turns, int64_t n);
/* in place: data[k] = sum over j of data[j] exp(-2 pi i j k / n) */
void tuff_fft(tuff_complex *data, int64_t n, const tuff_complex *turns);

#endif
