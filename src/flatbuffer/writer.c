/* FlatBuffers, writing: back to front, each object below those it points to.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Positions count from the end of the buffer (`used` after an object is its position), so that they don't change when the buffer grows downwards.
 * The whole is padded to 16 bytes at the end; a position that is a multiple of 2, 4, 8 or 16 is then an address that is one.
 */
#include "flatbuffer/flatbuffer.h"

static const size_t largest = INT32_MAX; /* what offsets of 32 bits, signed ones among them, reach */

static void fail(tuff_flat_writer *w, tuff_status status) {
    if (w->status == TUFF_OK) w->status = status;
}

/* Room for `bytes` more below what is there. */
static bool grow(tuff_flat_writer *w, size_t bytes) {
    if (w->status != TUFF_OK) return false;
    if (bytes > largest || w->used + bytes > largest) {
        fail(w, tuff_fail(w->error, TUFF_ERR_LIMIT, "the FlatBuffer would be larger than 2 GB"));
        return false;
    }
    if (w->used + bytes <= w->room) return true;
    size_t room = w->room < 512 ? 1024 : w->room * 2;
    while (room < w->used + bytes) room *= 2;
    uint8_t *memory = tuff_allocate(w->allocator, room);
    if (!memory) {
        fail(w, tuff_fail_memory(w->error, room));
        return false;
    }
    if (w->used) memcpy(memory + room - w->used, w->memory + w->room - w->used, w->used);
    tuff_release(w->allocator, w->memory);
    w->memory = memory;
    w->room = room;
    return true;
}

/* Pads so that an object of `bytes` put next lies aligned. */
static bool align_next(tuff_flat_writer *w, size_t bytes, size_t align) {
    if (bytes > largest) bytes = largest; /* put refuses it */
    const size_t padding = (size_t)(0 - (w->used + bytes)) & (align - 1);
    if (!grow(w, padding)) return false;
    if (padding) memset(w->memory + w->room - w->used - padding, 0, padding);
    w->used += padding;
    return true;
}

static tuff_flat_ref put(tuff_flat_writer *w, const void *data, size_t bytes) {
    if (!grow(w, bytes)) return 0;
    w->used += bytes;
    if (bytes) memcpy(w->memory + w->room - w->used, data, bytes);
    return (tuff_flat_ref)w->used;
}

static tuff_flat_ref put_u32(tuff_flat_writer *w, uint32_t x) { return align_next(w, 4, 4) ? put(w, &x, 4) : 0; }

/* An offset from where it stands to `ref`, which lies above. */
static tuff_flat_ref put_offset(tuff_flat_writer *w, tuff_flat_ref ref) {
    if (!align_next(w, 4, 4)) return 0;
    return put_u32(w, (uint32_t)w->used + 4 - ref);
}

void tuff_flat_begin(tuff_flat_writer *w, const tuff_allocator *a, size_t reserve, tuff_error *error) {
    *w = (tuff_flat_writer){.allocator = a, .error = error};
    if (reserve <= largest) (void)grow(w, reserve);
}

tuff_flat_ref tuff_flat_put_vector(tuff_flat_writer *w, const void *data, size_t count, size_t each, size_t align) {
    if (each && count > largest / each) {
        fail(w, tuff_fail(w->error, TUFF_ERR_LIMIT, "a vector of %zu elements is larger than 2 GB", count));
        return 0;
    }
    if (!align_next(w, count * each, align < 4 ? 4 : align)) return 0;
    put(w, data, count * each);
    return put_u32(w, (uint32_t)count);
}

tuff_flat_ref tuff_flat_put_string(tuff_flat_writer *w, const char *text) {
    const size_t length = strlen(text);
    if (!align_next(w, length + 1, 4)) return 0;
    put(w, text, length + 1);
    return put_u32(w, (uint32_t)length);
}

tuff_flat_ref tuff_flat_put_refs(tuff_flat_writer *w, const tuff_flat_ref *refs, size_t count) {
    for (size_t k = count; k-- > 0;) put_offset(w, refs[k]);
    return put_u32(w, (uint32_t)count);
}

void tuff_flat_table_begin(tuff_flat_writer *w) {
    memset(w->field, 0, sizeof w->field);
    w->slots = 0;
    w->table_end = (uint32_t)w->used;
}

static void set_field(tuff_flat_writer *w, int slot, tuff_flat_ref at) {
    w->field[slot] = at;
    if (slot >= w->slots) w->slots = slot + 1;
}

void tuff_flat_put(tuff_flat_writer *w, int slot, const void *value, size_t bytes) {
    if (align_next(w, bytes, bytes)) set_field(w, slot, put(w, value, bytes));
}

void tuff_flat_put_ref(tuff_flat_writer *w, int slot, tuff_flat_ref ref) {
    if (ref) set_field(w, slot, put_offset(w, ref));
}

static const uint8_t *at(const tuff_flat_writer *w, tuff_flat_ref ref) { return w->memory + w->room - ref; }

/* The position of a vtable like this one, written now unless there is one already. */
static tuff_flat_ref place_vtable(tuff_flat_writer *w, const uint16_t *vtable) {
    for (size_t k = 0; k < w->n_vtables; k++) {
        uint16_t bytes;
        memcpy(&bytes, at(w, w->vtables[k]), 2);
        if (bytes == vtable[0] && memcmp(at(w, w->vtables[k]), vtable, bytes) == 0) return w->vtables[k];
    }
    if (w->n_vtables == w->vtables_room) {
        const size_t room = w->vtables_room ? w->vtables_room * 2 : 32;
        uint32_t *list = tuff_allocate(w->allocator, room * sizeof *list);
        if (!list) {
            fail(w, tuff_fail_memory(w->error, room * sizeof *list));
            return 0;
        }
        if (w->n_vtables) memcpy(list, w->vtables, w->n_vtables * sizeof *list);
        tuff_release(w->allocator, w->vtables);
        w->vtables = list;
        w->vtables_room = room;
    }
    const tuff_flat_ref ref = align_next(w, vtable[0], 2) ? put(w, vtable, vtable[0]) : 0;
    if (ref) w->vtables[w->n_vtables++] = ref;
    return ref;
}

tuff_flat_ref tuff_flat_table_end(tuff_flat_writer *w) {
    const tuff_flat_ref table = put_u32(w, 0); /* room for the distance to the vtable */
    if (!table) return 0;
    uint16_t vtable[2 + TUFF_FLAT_SLOTS] = {(uint16_t)(4 + 2 * w->slots), (uint16_t)(table - w->table_end)};
    for (int k = 0; k < w->slots; k++) vtable[2 + k] = w->field[k] ? (uint16_t)(table - w->field[k]) : 0;
    const tuff_flat_ref placed = place_vtable(w, vtable);
    if (!placed) return 0;
    const int32_t distance = (int32_t)((int64_t)placed - table);
    memcpy(w->memory + w->room - table, &distance, sizeof distance);
    return table;
}

tuff_status tuff_flat_finish(tuff_flat_writer *w, tuff_flat_ref root, const char *identifier, uint8_t **bytes, size_t *count) {
    if (align_next(w, 8, 16)) {
        put(w, identifier, 4);
        put_offset(w, root);
    }
    tuff_release(w->allocator, w->vtables);
    if (w->status != TUFF_OK) {
        tuff_release(w->allocator, w->memory);
        return w->status;
    }
    memmove(w->memory, w->memory + w->room - w->used, w->used);
    *bytes = w->memory;
    *count = w->used;
    return TUFF_OK;
}
