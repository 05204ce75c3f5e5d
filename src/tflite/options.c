/* Options tables, read and written through the ops' field tables: there is no parser per op.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tflite/options.h"

#include "graph/fields.h"

const void *tuff_flat_array(const tuff_flat_vector *v, size_t each, tuff_arena *arena) {
    if (!v->data || (uintptr_t)v->data % each == 0) return v->data;
    if (!tuff_flat_spend(v->flat, v->count * each)) return NULL;
    const void *copy = tuff_arena_copy(arena, v->data, v->count * each, v->flat->error);
    if (!copy) v->flat->status = TUFF_ERR_MEMORY;
    return copy;
}

void tuff_options_read(const tuff_flat_table *table, const tuff_field *fields, void *attrs, tuff_arena *arena) {
    for (const tuff_field *f = fields; f && f->kind != TUFF_FIELD_END_KIND; f++) {
        if (f->slot < 0) continue;
        char *to = (char *)attrs + f->offset;
        const size_t each = tuff_field_element_bytes(f->kind);
        if (tuff_field_is_vector(f->kind)) {
            const tuff_flat_vector v = tuff_flat_scalars(table, f->slot, each);
            const tuff_bytes list = {tuff_flat_array(&v, each, arena), v.count};
            if (list.data) memcpy(to, &list, sizeof list); /* all vector structs are {data, count} */
        } else if (f->kind == TUFF_FIELD_STRING) {
            const char *text = tuff_flat_string(table, f->slot);
            memcpy(to, &text, sizeof text);
        } else {
            const uint8_t *at = tuff_flat_scalar(table, f->slot, each);
            if (!at) continue;
            if (f->kind == TUFF_FIELD_BOOL) *(bool *)to = *at != 0;
            else memcpy(to, at, each);
        }
    }
}

tuff_flat_ref tuff_options_write(tuff_flat_writer *w, const tuff_field *fields, const void *attrs) {
    tuff_flat_ref refs[TUFF_FLAT_SLOTS] = {0}; /* children first */
    for (const tuff_field *f = fields; f && f->kind != TUFF_FIELD_END_KIND; f++) {
        if (f->slot < 0 || tuff_field_is_default(f, attrs)) continue;
        const char *from = (const char *)attrs + f->offset;
        if (tuff_field_is_vector(f->kind)) {
            tuff_bytes list;
            memcpy(&list, from, sizeof list);
            const size_t each = tuff_field_element_bytes(f->kind);
            refs[f->slot] = tuff_flat_put_vector(w, list.data, list.count, each, each);
        } else if (f->kind == TUFF_FIELD_STRING) {
            const char *text;
            memcpy(&text, from, sizeof text);
            refs[f->slot] = tuff_flat_put_string(w, text);
        }
    }
    tuff_flat_table_begin(w);
    for (const tuff_field *f = fields; f && f->kind != TUFF_FIELD_END_KIND; f++) {
        if (f->slot < 0 || tuff_field_is_default(f, attrs)) continue;
        if (refs[f->slot]) tuff_flat_put_ref(w, f->slot, refs[f->slot]);
        else tuff_flat_put(w, f->slot, (const char *)attrs + f->offset, tuff_field_element_bytes(f->kind));
    }
    return tuff_flat_table_end(w);
}
