/* MATRIX_DIAG, MATRIX_SET_DIAG: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_MATRIX_DIAG_H
#define TUFF_OPS_MATRIX_DIAG_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_matrix_diag_args {
    int64_t matrices;
    int32_t rows, columns, bytes;
} tuff_matrix_diag_args;

int tuff_matrix_diag(const void *args, void *const *io, int job, int jobs);

#endif
