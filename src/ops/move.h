/* Ops that only move elements: the two kernels behind them. SPDX-License-Identifier: Apache-2.0
 *
 * Strided: an output's elements in order, each from an input by strides (slices, transposes, broadcasts, reversals).
 * Rows: equal stretches of bytes from one pitch to another (concatenating, packing, splitting along an axis).
 */
#ifndef TUFF_OPS_MOVE_H
#define TUFF_OPS_MOVE_H

#include "ops/walk.h"

typedef struct tuff_move_args {
    tuff_walk walk;
} tuff_move_args;
extern const tuff_field tuff_move_fields[];
int tuff_move_b1(const void *args, void *const *io, int job, int jobs);
int tuff_move_b2(const void *args, void *const *io, int job, int jobs);
int tuff_move_b4(const void *args, void *const *io, int job, int jobs);
int tuff_move_b8(const void *args, void *const *io, int job, int jobs);
int tuff_move_s4(const void *args, void *const *io, int job, int jobs);
int tuff_move_string(const void *args, void *const *io, int job, int jobs);
#define TUFF_MOVE_KERNEL(bytes) TUFF_KERNEL(tuff_move_b##bytes, tuff_move_args, tuff_move_fields)
#define TUFF_MOVE_KERNEL_OF(type) TUFF_KERNEL(tuff_move_##type, tuff_move_args, tuff_move_fields)

typedef struct tuff_move_rows_args {
    int64_t rows, bytes, in_pitch, in_offset, out_pitch, out_offset;
} tuff_move_rows_args;
extern const tuff_field tuff_move_rows_fields[];
int tuff_move_rows(const void *args, void *const *io, int job, int jobs);
/* each byte through a table [256] */
int tuff_move_rows_mapped(const void *args, void *const *io, int job, int jobs);
#define TUFF_MOVE_ROWS_KERNEL TUFF_KERNEL(tuff_move_rows, tuff_move_rows_args, tuff_move_rows_fields)

#ifndef TUFF_KERNELS_ONLY
/* infer: output 0, of strings, takes those of input 0 that `walk` names. TUFF_LATER where they aren't known. */
tuff_status tuff_move_infer_strings(tuff_context *c, const tuff_walk *walk);
/* The step of the variant's kernel from input 0 to `output`. */
tuff_status tuff_move_emit(tuff_context *c, int32_t output, const tuff_walk *walk);
tuff_status tuff_move_rows_emit(tuff_context *c, tuff_io in, tuff_io out, const tuff_move_rows_args *rows);
/* The walk over input 0 that takes, along axis k, `dims[k]` elements from `begin[k]` on in steps of `step[k]` (>= or <= 0). */
void tuff_walk_slice(tuff_walk *walk, const tuff_tensor *in, const int32_t *begin, const int32_t *step, const int32_t *dims);
/* Bytes of the elements of dims [from, rank), packed; *whole is false where that is no whole number. */
int64_t tuff_stretch_bytes(const tuff_tensor *t, int32_t from, bool *whole);
#endif

#endif
