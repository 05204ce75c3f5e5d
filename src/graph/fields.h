/* Work on field tables that is the same for every struct: defaults, equality, copies, text.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_GRAPH_FIELDS_H
#define TUFF_GRAPH_FIELDS_H

#include "base/arena.h"
#include "tuff/op.h"

/* for fields that hold a tuff_type; ends with NULL */
extern const char *const tuff_type_names[];

/* Bytes of one element: of the scalar itself, or of a vector's elements; 0 for strings and kinds that files don't hold. */
size_t tuff_field_element_bytes(tuff_field_kind kind);
bool tuff_field_is_vector(tuff_field_kind kind); /* BYTES and VECTOR_* : a struct {data, count} */

/* Sets every field that isn't zero by default; `attrs` must be zeroed. fields may be NULL everywhere below: no fields. */
void tuff_fields_default(const tuff_field *fields, void *attrs);
bool tuff_field_is_default(const tuff_field *field, const void *attrs);
bool tuff_fields_equal(const tuff_field *fields, const void *a, const void *b);
/* A copy in the arena whose strings and vectors are its own; NULL where memory is short. */
void *tuff_fields_copy(const tuff_field *fields, const void *attrs, size_t bytes, tuff_arena *arena, tuff_error *error);
/* One field's value as text, cut to `room` (vectors after 16 elements end in "..."). Returns the length written. */
size_t tuff_field_print(const tuff_field *field, const void *attrs, char *text, size_t room);
/* " name=value" for each field that isn't the default. Returns the length written. */
size_t tuff_fields_print(const tuff_field *fields, const void *attrs, char *text, size_t room);

#endif
