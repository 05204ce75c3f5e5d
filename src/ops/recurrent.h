/* What recurrent layers share: sequences, products of a step's vectors with weights, activations.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_RECURRENT_H
#define TUFF_OPS_RECURRENT_H

#include "ops/share.h"
#include "prims/prims.h"

/* The frame of a layer: `steps` of time over `batches` sequences, and how weights and vectors meet. */
typedef struct tuff_recurrent {
    int32_t steps, batches;
    bool time_major;          /* [steps][batches][...], else [batches][steps][...] */
    bool hybrid;              /* weights are s8: vectors are quantized, row by row */
    bool asymmetric;          /* that with zero points */
    const tuff_gemm_f32 *f32; /* weights come packed for this prim; NULL: as stored */
    const tuff_gemm_s8 *s8;
} tuff_recurrent;
#define TUFF_RECURRENT_ARGS(type, m)                                                                                                  \
    TUFF_ARG(type, m.steps, S32), TUFF_ARG(type, m.batches, S32), TUFF_ARG(type, m.time_major, BOOL), TUFF_ARG(type, m.hybrid, BOOL), \
        TUFF_ARG(type, m.asymmetric, BOOL), TUFF_ARG(type, m.f32, PRIM), TUFF_ARG(type, m.s8, PRIM)

/* The vectors of one step, one row per sequence. */
typedef struct tuff_vectors {
    const float *values; /* NULL: there are none */
    int64_t pitch;       /* elements between rows */
    int32_t rows, depth;
    int8_t *s8; /* hybrid: [rows][depth], with a scale and a zero point for each row */
    float *scales;
    int32_t *zeros;
} tuff_vectors;

/* The rows of step t from sequence `first` on, in a tensor of `depth` elements per step; NULL values stay NULL. */
tuff_vectors tuff_vectors_at(const tuff_recurrent *r, const float *values, int32_t depth, int32_t t, tuff_span batches);
/* The first element of sequence b at step t, in elements. */
static inline int64_t tuff_recurrent_at(const tuff_recurrent *r, int32_t t, int64_t b, int32_t depth) {
    return (r->time_major ? (int64_t)t * r->batches + b : b * r->steps + t) * depth;
}
/* Hybrid: quantizes the rows into `room`. Without vectors nothing happens. */
void tuff_vectors_quantize(const tuff_recurrent *r, tuff_vectors *v, void *room);
size_t tuff_vectors_bytes(int32_t rows, int32_t depth);

/* out[row][n] += sum over k of weights[n][k] * v[row][k]; scale: the weights', where hybrid. Without vectors nothing happens. */
void tuff_product_add(const tuff_recurrent *r, float *out, int32_t units, const void *weights, float scale, const tuff_vectors *v, void *room);
size_t tuff_product_bytes(const tuff_recurrent *r, int32_t rows, int32_t units);

/* out[row] = values for each row; zeros where values are NULL */
void tuff_rows_fill(float *out, const float *values, int32_t rows, int32_t count);

/* What the fused activations don't count, but gates need. */
enum { TUFF_ACTIVATION_SIGMOID = 64 };
void tuff_recurrent_activate(float *values, int64_t count, int32_t activation);

#ifndef TUFF_KERNELS_ONLY
/* Fills in hybrid and the prims: these where all of the weights (input indices; -1: none) are constant. */
void tuff_recurrent_pick(tuff_context *c, tuff_recurrent *r, tuff_type weights_type, const int32_t *weights, int32_t count);
/* The weights [units][depth] at `input` as tuff_product_add takes them; TUFF_IO_NONE where left out. */
tuff_io tuff_recurrent_weights(tuff_context *c, const tuff_recurrent *r, int32_t input, int32_t units, int32_t depth);
/* steps, batches and depth of `input`, [steps][batches][depth] or [batches][steps][depth] */
tuff_status tuff_recurrent_sequence(tuff_context *c, const tuff_tensor *input, bool time_major, tuff_recurrent *r, int32_t *depth) TUFF_MUST_USE;

/* Input `input`, or NULL for -1. */
static inline const tuff_tensor *tuff_operand(const tuff_context *c, int32_t input) { return input < 0 ? NULL : tuff_input(c, input); }
static inline tuff_io tuff_io_operand(tuff_context *c, int32_t input) { return input < 0 ? TUFF_IO_NONE : tuff_io_input(c, input); }
/* Has the operand this type and shape? One that is left out passes. rows < 0: a vector of `depth`. */
tuff_status tuff_operand_check(tuff_context *c, int32_t input, tuff_type type, int32_t rows, int32_t depth) TUFF_MUST_USE;
/* A state that is kept, of this type, with rows * depth elements. */
tuff_status tuff_state_check(tuff_context *c, int32_t input, tuff_type type, int32_t rows, int32_t depth) TUFF_MUST_USE;
/* The one scale of hybrid weights (0 where left out or f32) */
tuff_status tuff_operand_scale(tuff_context *c, int32_t input, float *scale) TUFF_MUST_USE;
#endif

#endif
