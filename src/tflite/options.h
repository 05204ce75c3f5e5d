/* Options tables by their field tables.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_OPTIONS_H
#define TUFF_TFLITE_OPTIONS_H

#include "flatbuffer/flatbuffer.h"
#include "tuff/op.h"

/* A vector of scalars as memory: in the file's place where that is aligned for `each`, else a copy. NULL where absent or failed. */
const void *tuff_flat_array(const tuff_flat_vector *vector, size_t each, tuff_arena *arena);

/* Reads the fields of `table` that the file has; the rest of `attrs` stays as it is (the defaults). */
void tuff_options_read(const tuff_flat_table *table, const tuff_field *fields, void *attrs, tuff_arena *arena);
/* Writes every field that isn't the default. */
tuff_flat_ref tuff_options_write(tuff_flat_writer *w, const tuff_field *fields, const void *attrs);

#endif
