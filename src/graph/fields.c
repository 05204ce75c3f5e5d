/* Field tables: defaults, equality, copies, text.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/fields.h"

#include <inttypes.h>
#include <string.h>

#include "graph/line.h"

const char *const tuff_type_names[] = {
#define TYPE_NAME(name, number, text, bits) [number] = text,
    TUFF_TYPES(TYPE_NAME)
#undef TYPE_NAME
        [TUFF_TYPE_COUNT] = NULL};

size_t tuff_field_element_bytes(tuff_field_kind kind) {
    switch (kind) {
    case TUFF_FIELD_BOOL: return sizeof(bool);
    case TUFF_FIELD_S8:
    case TUFF_FIELD_U8:
    case TUFF_FIELD_BYTES: return 1;
    case TUFF_FIELD_S16: return 2;
    case TUFF_FIELD_S32:
    case TUFF_FIELD_U32:
    case TUFF_FIELD_F32:
    case TUFF_FIELD_VECTOR_S32:
    case TUFF_FIELD_VECTOR_U32:
    case TUFF_FIELD_VECTOR_F32: return 4;
    case TUFF_FIELD_S64:
    case TUFF_FIELD_F64:
    case TUFF_FIELD_VECTOR_S64: return 8;
    case TUFF_FIELD_STRING:
    case TUFF_FIELD_MULTIPLIER:
    case TUFF_FIELD_PRIM:
    case TUFF_FIELD_END_KIND: break;
    }
    return 0;
}

bool tuff_field_is_vector(tuff_field_kind kind) {
    return kind == TUFF_FIELD_BYTES || kind == TUFF_FIELD_VECTOR_S32 || kind == TUFF_FIELD_VECTOR_S64 || kind == TUFF_FIELD_VECTOR_F32 ||
           kind == TUFF_FIELD_VECTOR_U32;
}

/* All vector structs have one layout: a data pointer and a count. Read and written through tuff_bytes by memcpy. */
static tuff_bytes vector_at(const tuff_field *f, const void *attrs) {
    tuff_bytes v;
    memcpy(&v, (const char *)attrs + f->offset, sizeof v);
    return v;
}

static const char *string_at(const tuff_field *f, const void *attrs) {
    const char *text;
    memcpy(&text, (const char *)attrs + f->offset, sizeof text);
    return text;
}

static void put_default(const tuff_field *f, void *at) {
    const double x = f->standard;
    switch (f->kind) {
    case TUFF_FIELD_BOOL: *(bool *)at = x != 0; break;
    case TUFF_FIELD_S8: *(int8_t *)at = (int8_t)x; break;
    case TUFF_FIELD_U8: *(uint8_t *)at = (uint8_t)x; break;
    case TUFF_FIELD_S16: *(int16_t *)at = (int16_t)x; break;
    case TUFF_FIELD_S32: *(int32_t *)at = (int32_t)x; break;
    case TUFF_FIELD_U32: *(uint32_t *)at = (uint32_t)x; break;
    case TUFF_FIELD_S64: *(int64_t *)at = (int64_t)x; break;
    case TUFF_FIELD_F32: *(float *)at = (float)x; break;
    case TUFF_FIELD_F64: *(double *)at = x; break;
    default: break;
    }
}

void tuff_fields_default(const tuff_field *fields, void *attrs) {
    for (const tuff_field *f = fields; f && f->kind != TUFF_FIELD_END_KIND; f++)
        if (f->standard != 0) put_default(f, (char *)attrs + f->offset);
}

bool tuff_field_is_default(const tuff_field *f, const void *attrs) {
    if (tuff_field_is_vector(f->kind)) return vector_at(f, attrs).data == NULL;
    if (f->kind == TUFF_FIELD_STRING) return string_at(f, attrs) == NULL;
    uint64_t standard = 0; /* room for any scalar, aligned for all of them */
    put_default(f, &standard);
    return memcmp((const char *)attrs + f->offset, &standard, tuff_field_element_bytes(f->kind)) == 0;
}

static bool field_equal(const tuff_field *f, const void *a, const void *b) {
    const size_t each = tuff_field_element_bytes(f->kind);
    if (tuff_field_is_vector(f->kind)) {
        const tuff_bytes v = vector_at(f, a), w = vector_at(f, b);
        return v.count == w.count && (v.data == NULL) == (w.data == NULL) && (v.count == 0 || memcmp(v.data, w.data, v.count * each) == 0);
    }
    if (f->kind == TUFF_FIELD_STRING) {
        const char *v = string_at(f, a), *w = string_at(f, b);
        return v == w || (v && w && strcmp(v, w) == 0);
    }
    return memcmp((const char *)a + f->offset, (const char *)b + f->offset, each) == 0;
}

bool tuff_fields_equal(const tuff_field *fields, const void *a, const void *b) {
    for (const tuff_field *f = fields; f && f->kind != TUFF_FIELD_END_KIND; f++)
        if (!field_equal(f, a, b)) return false;
    return true;
}

void *tuff_fields_copy(const tuff_field *fields, const void *attrs, size_t bytes, tuff_arena *arena, tuff_error *error) {
    char *copy = tuff_arena_copy(arena, attrs, bytes, error);
    for (const tuff_field *f = fields; copy && f && f->kind != TUFF_FIELD_END_KIND; f++) {
        const void *own = NULL;
        if (tuff_field_is_vector(f->kind)) {
            tuff_bytes v = vector_at(f, attrs);
            if (!v.data) continue;
            own = v.data = tuff_arena_copy(arena, v.data, v.count * tuff_field_element_bytes(f->kind), error);
            memcpy(copy + f->offset, &v, sizeof v);
        } else if (f->kind == TUFF_FIELD_STRING) {
            const char *text = string_at(f, attrs);
            if (!text) continue;
            own = text = tuff_arena_string(arena, text, error);
            memcpy(copy + f->offset, &text, sizeof text);
        } else continue;
        if (!own) return NULL;
    }
    return copy;
}

/* ---- text ---- */

static void say_enum(tuff_line *t, const tuff_field *f, int64_t value) {
    for (int64_t k = 0; f->names && f->names[k]; k++)
        if (k == value) {
            tuff_line_add(t, "%s", f->names[k]);
            return;
        }
    tuff_line_add(t, "%" PRId64, value);
}

static void say_scalar(tuff_line *t, const tuff_field *f, tuff_field_kind kind, const void *at) {
    switch (kind) {
    case TUFF_FIELD_BOOL: {
        uint8_t value;
        memcpy(&value, at, 1);
        tuff_line_add(t, "%s", value ? "true" : "false");
        break;
    }
    case TUFF_FIELD_S8: say_enum(t, f, *(const int8_t *)at); break;
    case TUFF_FIELD_U8: say_enum(t, f, *(const uint8_t *)at); break;
    case TUFF_FIELD_S16: say_enum(t, f, *(const int16_t *)at); break;
    case TUFF_FIELD_S32: say_enum(t, f, *(const int32_t *)at); break;
    case TUFF_FIELD_U32: say_enum(t, f, *(const uint32_t *)at); break;
    case TUFF_FIELD_S64: say_enum(t, f, *(const int64_t *)at); break;
    case TUFF_FIELD_F32: tuff_line_add(t, "%.9g", (double)*(const float *)at); break;
    case TUFF_FIELD_F64: tuff_line_add(t, "%.17g", *(const double *)at); break;
    case TUFF_FIELD_MULTIPLIER: {
        const tuff_multiplier *m = at;
        tuff_line_add(t, "%" PRId32 "*2^%" PRId32, m->multiplier, m->shift);
        break;
    }
    case TUFF_FIELD_PRIM: {
        const tuff_prim *const *prim = at;
        tuff_line_add(t, "%s", *prim ? (*prim)->symbol : "none");
        break;
    }
    default: break;
    }
}

static tuff_field_kind element_kind(tuff_field_kind kind) {
    switch (kind) {
    case TUFF_FIELD_BYTES: return TUFF_FIELD_U8;
    case TUFF_FIELD_VECTOR_S32: return TUFF_FIELD_S32;
    case TUFF_FIELD_VECTOR_S64: return TUFF_FIELD_S64;
    case TUFF_FIELD_VECTOR_F32: return TUFF_FIELD_F32;
    case TUFF_FIELD_VECTOR_U32: return TUFF_FIELD_U32;
    default: return kind;
    }
}

static size_t args_element_bytes(tuff_field_kind kind) {
    if (kind == TUFF_FIELD_MULTIPLIER) return sizeof(tuff_multiplier);
    return kind == TUFF_FIELD_PRIM ? sizeof(void *) : tuff_field_element_bytes(kind);
}

enum { SHOWN = 16 };

static void say_list(tuff_line *t, const tuff_field *f, tuff_field_kind kind, const void *data, size_t count) {
    tuff_line_add(t, "[");
    for (size_t k = 0; k < count && k < SHOWN; k++) {
        if (k) tuff_line_add(t, " ");
        say_scalar(t, f, kind, (const char *)data + k * args_element_bytes(kind));
    }
    tuff_line_add(t, count > SHOWN ? " ...]" : "]");
}

size_t tuff_field_print(const tuff_field *f, const void *attrs, char *to, size_t room) {
    tuff_line t = tuff_line_in(to, room);
    const char *at = (const char *)attrs + f->offset;
    if (tuff_field_is_vector(f->kind)) {
        const tuff_bytes v = vector_at(f, attrs);
        say_list(&t, f, element_kind(f->kind), v.data, v.count);
    } else if (f->kind == TUFF_FIELD_STRING) {
        const char *value = string_at(f, attrs);
        tuff_line_add(&t, "\"%s\"", value ? value : "");
    } else if (f->count > 1) say_list(&t, f, f->kind, at, f->count);
    else say_scalar(&t, f, f->kind, at);
    return t.used;
}

size_t tuff_fields_print(const tuff_field *fields, const void *attrs, char *to, size_t room) {
    tuff_line t = tuff_line_in(to, room);
    for (const tuff_field *f = fields; f && attrs && f->kind != TUFF_FIELD_END_KIND; f++) {
        if (tuff_field_is_default(f, attrs)) continue;
        tuff_line_add(&t, " %s=", f->name);
        t.used += tuff_field_print(f, attrs, t.text + t.used, t.room - t.used);
    }
    return t.used;
}
