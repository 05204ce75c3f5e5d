/* Matrix products on prims, for CONV_2D and FULLY_CONNECTED: rows are output pixels or batch rows, columns are output channels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_MATMUL_H
#define TUFF_OPS_MATMUL_H

#include "ops/hybrid.h"
#include "ops/window.h"
#include "prims/prims.h"

typedef struct tuff_matmul {
    tuff_window window;  /* FULLY_CONNECTED: 1 x 1 over images of one pixel */
    int32_t in_channels; /* of all groups: a pixel's pitch */
    int32_t groups;
    int32_t depth;     /* terms of a sum: window taps * channels of a group */
    int32_t columns;   /* output channels of a group */
    int32_t tile_rows; /* rows gathered at a time: a multiple of the prim's */
    bool gather;       /* false: a row is an input pixel, read in place */
    int64_t panel;     /* bytes of a packed panel */
} tuff_matmul;

typedef struct tuff_matmul_f32_args {
    tuff_matmul shape;
    const tuff_gemm_f32 *gemm;
    float lo, hi;
} tuff_matmul_f32_args;

typedef struct tuff_matmul_s8_args {
    tuff_matmul shape;
    const tuff_gemm_s8 *gemm;
    const tuff_requantize_s8 *requantize; /* tuff_matmul_s8 only */
    const tuff_requantize_f64_s8 *exact;  /* tuff_matmul_s8_exact only */
    int32_t flip, zero_in, zero_weights;  /* zero points after flipping */
    int32_t zero_out, lo, hi;
    bool wide; /* tuff_matmul_s8_exact only: outputs are s16 */
} tuff_matmul_s8_args;

typedef struct tuff_matmul_hybrid_args {
    tuff_matmul shape;
    const tuff_gemm_s8 *gemm;
    float lo, hi;
} tuff_matmul_hybrid_args;

int tuff_matmul_f32(const void *args, void *const *io, int job, int jobs);
int tuff_matmul_s8(const void *args, void *const *io, int job, int jobs);       /* fixed-point requantization */
int tuff_matmul_s8_exact(const void *args, void *const *io, int job, int jobs); /* requantization in double */
int tuff_matmul_hybrid(const void *args, void *const *io, int job, int jobs);   /* quantized rows, float outputs */

/* ---- prepare: `shape` comes with window, in_channels, groups, depth and columns; the rest is filled in here ---- */
/* Can the node run on prims? If not (the target has none, weights or bias aren't constant), its portable kernel is there. */
bool tuff_matmul_fits(const tuff_context *c, const tuff_matmul *shape);
tuff_status tuff_matmul_emit_f32(tuff_context *c, const tuff_matmul *shape, float lo, float hi) TUFF_MUST_USE;
/* factors: s32 [2][channels] multipliers and shifts, or, where `exact`, f64 [channels] scales */
tuff_status tuff_matmul_emit_s8(tuff_context *c, const tuff_matmul_s8_args *given, bool exact, tuff_io factors) TUFF_MUST_USE;
/* rows: quantized input and its scales and zero points, one per image of the window; scales: f32 [channels], the weights' */
tuff_status tuff_matmul_emit_hybrid(tuff_context *c, const tuff_matmul *shape, float lo, float hi, const tuff_hybrid_rows *rows, tuff_io scales) TUFF_MUST_USE;

#endif
