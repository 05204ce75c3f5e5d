/* BATCH_MATMUL: attrs, args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_BATCH_MATMUL_H
#define TUFF_OPS_BATCH_MATMUL_H

#include "tuff/op.h"

typedef struct tuff_batch_mat_mul_attrs {
    bool adj_x, adj_y, asymmetric_quantize_inputs;
} tuff_batch_mat_mul_attrs;

enum { TUFF_BATCH_DIMS = TUFF_MAX_RANK - 2 };
/* All strides are in elements; 0 repeats. */
typedef struct tuff_batch_matmul_args {
    int32_t batches, rows, columns, depth;
    int32_t dims[TUFF_BATCH_DIMS];
    int64_t x_batch[TUFF_BATCH_DIMS], y_batch[TUFF_BATCH_DIMS];
    int64_t x_row, x_depth, y_column, y_depth;
    int32_t zero_x, zero_y, zero_out;
    tuff_multiplier factor;
    bool asymmetric; /* hybrid */
} tuff_batch_matmul_args;
int tuff_batch_matmul_f32(const void *args, void *const *io, int job, int jobs);
int tuff_batch_matmul_s8(const void *args, void *const *io, int job, int jobs);
int tuff_batch_matmul_s8_s32(const void *args, void *const *io, int job, int jobs);
int tuff_batch_matmul_s16(const void *args, void *const *io, int job, int jobs);
int tuff_batch_matmul_s16xs8(const void *args, void *const *io, int job, int jobs);
int tuff_batch_matmul_hybrid(const void *args, void *const *io, int job, int jobs);

#endif
