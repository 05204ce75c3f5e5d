/* NumPy's .npy and .npz: arrays with a type and a shape.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IO_NPY_H
#define TUFF_KIT_IO_NPY_H

#include "kit/io/file.h"
#include "tuff/op.h"

/* Dense, C order, this machine's byte order. */
typedef struct tuff_array {
    tuff_type type; /* bool, f16, f32, f64, s8 ... u64, c64, c128 */
    int32_t rank;   /* 0..TUFF_MAX_RANK */
    int64_t shape[TUFF_MAX_RANK];
    int64_t count; /* elements */
    const void *data;
    size_t bytes;
    void *owned; /* what tuff_array_free frees */
} tuff_array;
void tuff_array_free(tuff_array *array); /* and clears it; a zeroed one is fine */

/* The elements at buffer->data + offset become the array, whose type, rank and shape are set; takes them over where they are aligned (the buffer is then
 * empty), copies else. Errors: FORMAT (too few bytes), LIMIT, MEMORY. */
tuff_status tuff_array_place(const char *name, tuff_array *array, tuff_buffer *buffer, size_t offset, bool little_endian, bool fortran,
                             tuff_error *error) TUFF_MUST_USE;

/* Reads one .npy. Takes the buffer over, whether it succeeds or not; arrays already in C order and native byte order stay in it uncopied.
 * Fortran order and the other byte order are converted. `name` is for messages. Errors: FORMAT, UNSUPPORTED (strings, objects), LIMIT, MEMORY. */
tuff_status tuff_npy_read(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) TUFF_MUST_USE;
/* Appends the array as .npy version 1.0. */
tuff_status tuff_npy_write(const tuff_array *array, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;

/* Replaces the values by f32 ones; real numbers only. */
tuff_status tuff_array_to_f32(tuff_array *array, tuff_error *error) TUFF_MUST_USE;
double tuff_array_value(const tuff_array *array, int64_t k); /* real numbers only */
/* "u8 [500,28,28,1]" in `text`. */
const char *tuff_array_about(const tuff_array *array, char *text, size_t room);

#endif
