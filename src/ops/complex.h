/* REAL, IMAG, COMPLEX_ABS: kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_COMPLEX_H
#define TUFF_OPS_COMPLEX_H

#include "ops/unary.h"

int tuff_real_c64(const void *args, void *const *io, int job, int jobs);
int tuff_real_c128(const void *args, void *const *io, int job, int jobs);
int tuff_imag_c64(const void *args, void *const *io, int job, int jobs);
int tuff_imag_c128(const void *args, void *const *io, int job, int jobs);
int tuff_complex_abs_c64(const void *args, void *const *io, int job, int jobs);
int tuff_complex_abs_c128(const void *args, void *const *io, int job, int jobs);

#endif
