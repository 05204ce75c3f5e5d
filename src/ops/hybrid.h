/* Float activations quantized while running, row by row, for weights of 8 bits.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_HYBRID_H
#define TUFF_OPS_HYBRID_H

#include "prims/prims.h"

typedef struct tuff_hybrid_args {
    int32_t rows;
    bool asymmetric;
    int64_t count;                 /* elements of a row */
    const tuff_quantize_f32 *loop; /* NULL: portable */
} tuff_hybrid_args;
/* One row of `count`. */
void tuff_hybrid_row(int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count, bool asymmetric);
int tuff_hybrid(const void *args, void *const *io, int job, int jobs);

/* What the step leaves to the ones after it. */
typedef struct tuff_hybrid_rows {
    tuff_io values; /* s8 [rows][count] */
    tuff_io scales; /* f32 [rows] */
    tuff_io zeros;  /* s32 [rows] */
} tuff_hybrid_rows;
/* Emits the step that quantizes input `input` as [rows][count]. */
tuff_status tuff_hybrid_emit(tuff_context *c, int32_t input, int32_t rows, int64_t count, bool asymmetric, tuff_hybrid_rows *out) TUFF_MUST_USE;

#endif
