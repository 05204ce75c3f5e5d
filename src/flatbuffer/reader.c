/* FlatBuffers, reading: one check before each step into the file.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   file     u32 offset of the root table, then a 4-character identifier
 *   table    s32 distance back to its vtable, then fields
 *   vtable   u16 bytes of itself, u16 bytes of the table, u16 offset of each field in the table (0: absent)
 *   offset   u32, from where it stands, never 0
 *   vector   u32 count, elements; a string is a vector of bytes with a NUL behind it
 */
#include "flatbuffer/flatbuffer.h"

/* Offsets are 32 bits, and FlatBuffers ends at 2 GB; more of the file than that only holds data that is found by other means. */
static const size_t farthest = INT32_MAX;

static uint32_t load_u32(const uint8_t *at) {
    uint32_t x;
    memcpy(&x, at, sizeof x);
    return x;
}
static uint16_t load_u16(const uint8_t *at) {
    uint16_t x;
    memcpy(&x, at, sizeof x);
    return x;
}

/* At `at` there must be `bytes` bytes of `what`, aligned. */
static bool inside(tuff_flat *flat, size_t at, size_t bytes, size_t align, const char *what) {
    if (tuff_flat_failed(flat)) return false;
    if (at % align != 0) flat->status = tuff_fail(flat->error, TUFF_ERR_FORMAT, "byte %zu: %s isn't aligned to %zu bytes", at, what, align);
    else if (at > farthest || at > flat->count || bytes > flat->count - at)
        flat->status = tuff_fail(flat->error, TUFF_ERR_FORMAT, "byte %zu: %s of %zu bytes goes beyond the file's %zu bytes", at, what, bytes, flat->count);
    return !tuff_flat_failed(flat);
}

static tuff_flat_table open_table(tuff_flat *flat, size_t at) {
    const tuff_flat_table none = {.flat = flat};
    if (!inside(flat, at, 4, 4, "a table")) return none;
    const int64_t vtable = (int64_t)at - (int32_t)load_u32(flat->bytes + at);
    if (vtable < 0 || (uint64_t)vtable > flat->count) {
        flat->status = tuff_fail(flat->error, TUFF_ERR_FORMAT, "byte %zu: the table's vtable lies outside the file", at);
        return none;
    }
    tuff_flat_table t = {.flat = flat, .at = at, .vtable = (size_t)vtable};
    if (!inside(flat, t.vtable, 4, 2, "a vtable")) return none;
    t.vtable_bytes = load_u16(flat->bytes + t.vtable);
    t.table_bytes = load_u16(flat->bytes + t.vtable + 2);
    if (t.vtable_bytes < 4 || t.vtable_bytes % 2 != 0 || t.table_bytes < 4) {
        flat->status = tuff_fail(flat->error, TUFF_ERR_FORMAT, "byte %zu: a vtable of %d bytes for a table of %d", t.vtable, t.vtable_bytes, t.table_bytes);
        return none;
    }
    if (!inside(flat, t.vtable, t.vtable_bytes, 2, "a vtable") || !inside(flat, at, t.table_bytes, 4, "a table")) return none;
    return t;
}

tuff_flat_table tuff_flat_open(tuff_flat *flat, const void *bytes, size_t count, const char *identifier, tuff_error *error) {
    *flat = (tuff_flat){.bytes = bytes, .count = count, .error = error};
    flat->budget = count < SIZE_MAX / 32 ? count * 16 + ((size_t)1 << 20) : SIZE_MAX;
    if (count < 8) flat->status = tuff_fail(error, TUFF_ERR_FORMAT, "the file has %zu bytes, a model has more", count);
    else if (memcmp(flat->bytes + 4, identifier, 4) != 0)
        flat->status = tuff_fail(error, TUFF_ERR_FORMAT, "byte 4: found \"%.4s\", expected \"%s\"", (const char *)flat->bytes + 4, identifier);
    if (tuff_flat_failed(flat)) return (tuff_flat_table){.flat = flat};
    return open_table(flat, load_u32(flat->bytes));
}

bool tuff_flat_spend(tuff_flat *flat, size_t bytes) {
    if (tuff_flat_failed(flat)) return false;
    if (bytes > flat->budget) {
        flat->status =
            tuff_fail(flat->error, TUFF_ERR_LIMIT, "the file names the same data again and again: it would need more than 16 times its size in memory");
        return false;
    }
    flat->budget -= bytes;
    return true;
}

const uint8_t *tuff_flat_scalar(const tuff_flat_table *t, int slot, size_t bytes) {
    if (t->at == 0 || tuff_flat_failed(t->flat)) return NULL;
    const size_t entry = 4 + 2 * (size_t)slot;
    if (entry + 2 > t->vtable_bytes) return NULL;
    const uint16_t offset = load_u16(t->flat->bytes + t->vtable + entry);
    if (offset == 0) return NULL;
    if (offset < 4 || offset + bytes > t->table_bytes) {
        t->flat->status =
            tuff_fail(t->flat->error, TUFF_ERR_FORMAT, "byte %zu: field %d lies at %u of a table of %d bytes", t->at, slot, offset, t->table_bytes);
        return NULL;
    }
    return inside(t->flat, t->at + offset, bytes, bytes < 4 ? bytes : 4, "a field") ? t->flat->bytes + t->at + offset : NULL;
}

/* Where an offset field points to; 0 where it is absent. */
static size_t follow(const tuff_flat_table *t, int slot) {
    const uint8_t *at = tuff_flat_scalar(t, slot, 4);
    if (!at) return 0;
    const size_t from = (size_t)(at - t->flat->bytes);
    const uint32_t offset = load_u32(at);
    if (offset == 0) {
        t->flat->status = tuff_fail(t->flat->error, TUFF_ERR_FORMAT, "byte %zu: an offset of 0", from);
        return 0;
    }
    return from + offset;
}

tuff_flat_table tuff_flat_sub(const tuff_flat_table *t, int slot) {
    const size_t at = follow(t, slot);
    return at ? open_table(t->flat, at) : (tuff_flat_table){.flat = t->flat};
}

static tuff_flat_vector open_vector(const tuff_flat_table *t, int slot, size_t each, size_t tail, const char *what) {
    tuff_flat *flat = t->flat;
    const tuff_flat_vector none = {.flat = flat};
    const size_t at = follow(t, slot);
    if (!at || !inside(flat, at, 4, 4, what)) return none;
    const uint32_t count = load_u32(flat->bytes + at);
    if (count > (flat->count - at - 4) / each) {
        flat->status = tuff_fail(flat->error, TUFF_ERR_FORMAT, "byte %zu: %s of %u elements of %zu bytes goes beyond the file's %zu bytes", at, what, count,
                                 each, flat->count);
        return none;
    }
    if (!inside(flat, at + 4, count * each + tail, 4, what)) return none;
    return (tuff_flat_vector){flat, flat->bytes + at + 4, at + 4, count};
}

const char *tuff_flat_string(const tuff_flat_table *t, int slot) {
    const tuff_flat_vector v = open_vector(t, slot, 1, 1, "a string");
    if (!v.data) return NULL;
    if (v.data[v.count] != 0) {
        t->flat->status = tuff_fail(t->flat->error, TUFF_ERR_FORMAT, "byte %zu: a string of %zu bytes without NUL behind it", v.at, v.count);
        return NULL;
    }
    return (const char *)v.data;
}

tuff_flat_vector tuff_flat_scalars(const tuff_flat_table *t, int slot, size_t each) { return open_vector(t, slot, each, 0, "a vector"); }

tuff_flat_vector tuff_flat_tables(const tuff_flat_table *t, int slot) { return open_vector(t, slot, 4, 0, "a vector of tables"); }

tuff_flat_table tuff_flat_table_at(const tuff_flat_vector *v, size_t k) {
    if (k >= v->count || tuff_flat_failed(v->flat)) return (tuff_flat_table){.flat = v->flat};
    return open_table(v->flat, v->at + 4 * k + load_u32(v->data + 4 * k));
}
