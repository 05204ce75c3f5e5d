/* FlatBuffers: a reader that believes nothing, and a writer.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Reading. A tuff_flat is a file and the first error found in it. Every call below checks the offset that it follows before following it: that it
 * is aligned, inside the file, and that the table, vtable, vector or string there is inside as a whole. After the first error all answers are
 * empty (absent tables, default scalars, vectors of none), so that a caller may read on and look at tuff_flat_failed() once per piece of work.
 * Nothing recurses: depth is the caller's. Tables may be shared; a caller that copies what it reads takes it from `budget` (tuff_flat_spend), so
 * that a small file cannot ask for endless memory by naming one table many times.
 *
 * Field ids are those of the schema ("slots"). Scalars are little-endian in the file; vectors of scalars are handed out in place, so this code and
 * all of Tuff want a little-endian machine.
 */
#ifndef TUFF_FLATBUFFER_FLATBUFFER_H
#define TUFF_FLATBUFFER_FLATBUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Tuff reads .tflite files in place: it needs a little-endian machine"
#endif

/* ---- reading ---- */

typedef struct tuff_flat {
    const uint8_t *bytes;
    size_t count;
    size_t budget; /* bytes that callers may still copy out of it */
    tuff_error *error;
    tuff_status status; /* the first failure */
} tuff_flat;

/* A table; `at` 0 is an absent one, all of whose fields are absent. */
typedef struct tuff_flat_table {
    tuff_flat *flat;
    size_t at, vtable; /* offsets in the file */
    uint16_t vtable_bytes, table_bytes;
} tuff_flat_table;

typedef struct tuff_flat_vector {
    tuff_flat *flat;
    const uint8_t *data; /* NULL: absent */
    size_t at, count;    /* offset of data in the file; elements */
} tuff_flat_vector;

/* The root table, after checking the 4-character identifier. An absent table where that fails. */
tuff_flat_table tuff_flat_open(tuff_flat *flat, const void *bytes, size_t count, const char *identifier, tuff_error *error);
static inline bool tuff_flat_failed(const tuff_flat *flat) { return flat->status != TUFF_OK; }
/* Takes `bytes` from the budget; false, with the error set, where it is used up. */
bool tuff_flat_spend(tuff_flat *flat, size_t bytes);

/* The bytes of a scalar field of `bytes` bytes, or NULL where it is absent. */
const uint8_t *tuff_flat_scalar(const tuff_flat_table *table, int slot, size_t bytes);
#define TUFF_FLAT_SCALAR(name, type)                                                              \
    static inline type tuff_flat_##name(const tuff_flat_table *table, int slot, type otherwise) { \
        const uint8_t *at = tuff_flat_scalar(table, slot, sizeof otherwise);                      \
        if (at) memcpy(&otherwise, at, sizeof otherwise);                                         \
        return otherwise;                                                                         \
    }
TUFF_FLAT_SCALAR(s8, int8_t)
TUFF_FLAT_SCALAR(u8, uint8_t)
TUFF_FLAT_SCALAR(s32, int32_t)
TUFF_FLAT_SCALAR(u32, uint32_t)
TUFF_FLAT_SCALAR(u64, uint64_t)
TUFF_FLAT_SCALAR(f32, float)
#undef TUFF_FLAT_SCALAR

tuff_flat_table tuff_flat_sub(const tuff_flat_table *table, int slot);
/* NUL-terminated inside the file; NULL where absent. */
const char *tuff_flat_string(const tuff_flat_table *table, int slot);
/* A vector of scalars of `each` bytes. Its data may lie at any multiple of 4. */
tuff_flat_vector tuff_flat_scalars(const tuff_flat_table *table, int slot, size_t each);
/* A vector of tables, and its k-th. */
tuff_flat_vector tuff_flat_tables(const tuff_flat_table *table, int slot);
tuff_flat_table tuff_flat_table_at(const tuff_flat_vector *vector, size_t k);

/* ---- writing ----
 * Built back to front, as the format wants it: children before parents. A tuff_flat_ref counts from the end, so it stays valid while the buffer
 * grows. After a failure all calls do nothing and tuff_flat_finish reports it. */

typedef uint32_t tuff_flat_ref; /* 0: absent */

enum { TUFF_FLAT_SLOTS = 32 };

typedef struct tuff_flat_writer {
    const tuff_allocator *allocator;
    uint8_t *memory;
    size_t room, used; /* `used` bytes at the end of `room` */
    tuff_status status;
    tuff_error *error;
    uint32_t table_end;              /* `used` when the open table began */
    uint32_t field[TUFF_FLAT_SLOTS]; /* refs of the open table's fields */
    int slots;
    uint32_t *vtables; /* refs of those written */
    size_t n_vtables, vtables_room;
} tuff_flat_writer;

/* `reserve`: bytes expected, to spare growing. */
void tuff_flat_begin(tuff_flat_writer *w, const tuff_allocator *a, size_t reserve, tuff_error *error);
/* `count` elements of `each` bytes, the first aligned to `align` (at least 4). */
tuff_flat_ref tuff_flat_put_vector(tuff_flat_writer *w, const void *data, size_t count, size_t each, size_t align);
tuff_flat_ref tuff_flat_put_string(tuff_flat_writer *w, const char *text);
tuff_flat_ref tuff_flat_put_refs(tuff_flat_writer *w, const tuff_flat_ref *refs, size_t count);
void tuff_flat_table_begin(tuff_flat_writer *w);
void tuff_flat_put(tuff_flat_writer *w, int slot, const void *value, size_t bytes); /* a scalar of 1, 2, 4 or 8 bytes */
void tuff_flat_put_ref(tuff_flat_writer *w, int slot, tuff_flat_ref ref);           /* nothing for an absent one */
static inline void tuff_flat_put_u8(tuff_flat_writer *w, int slot, uint8_t x) { tuff_flat_put(w, slot, &x, sizeof x); }
static inline void tuff_flat_put_s32(tuff_flat_writer *w, int slot, int32_t x) { tuff_flat_put(w, slot, &x, sizeof x); }
static inline void tuff_flat_put_u32(tuff_flat_writer *w, int slot, uint32_t x) { tuff_flat_put(w, slot, &x, sizeof x); }
static inline void tuff_flat_put_u64(tuff_flat_writer *w, int slot, uint64_t x) { tuff_flat_put(w, slot, &x, sizeof x); }
static inline void tuff_flat_put_f32(tuff_flat_writer *w, int slot, float x) { tuff_flat_put(w, slot, &x, sizeof x); }
tuff_flat_ref tuff_flat_table_end(tuff_flat_writer *w);
/* Ends with the root and the identifier. *bytes is the caller's, its size a multiple of 16; on failure nothing is left behind. */
tuff_status tuff_flat_finish(tuff_flat_writer *w, tuff_flat_ref root, const char *identifier, uint8_t **bytes, size_t *count) TUFF_MUST_USE;

#endif
