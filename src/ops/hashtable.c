/* HASHTABLE: a table of strings by numbers or numbers by strings; HASHTABLE_IMPORT fills it, HASHTABLE_FIND and HASHTABLE_SIZE ask it.
 * HASHTABLE_LOOKUP: rows by ascending integer keys, without a table.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A table is a resource, like a variable, and its handle known while planning. A table that has entries isn't filled again; of equal keys the
 * first counts. Slots are found by a hash of the key and probed one after the other; there are at least twice as many as entries.
 * source: TFLite hashtable*.cc, static_hashtable.cc, hashtable_lookup.cc
 */
#include "ops/hashtable.h"

#include "ops/strings.h"

/* ---- tables ---- */

static uint64_t hash_bytes(const void *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325; /* FNV-1a */
    for (size_t k = 0; k < count; k++) hash = (hash ^ ((const uint8_t *)bytes)[k]) * 0x100000001b3;
    return hash ^ hash >> 32;
}

static tuff_string key_at(const void *keys, int64_t k, bool string_keys) {
    return string_keys ? tuff_string_at(keys, k) : (tuff_string){(const char *)((const int64_t *)keys + k), sizeof(int64_t)};
}

static const int32_t *slots_of(const tuff_hashtable *t) { return (const int32_t *)(t + 1); }

/* The slot that holds the key, or the free one where it belongs. */
static int64_t slot_of(const tuff_hashtable *t, tuff_string key, bool string_keys) {
    const char *keys = (const char *)t + t->keys;
    for (uint64_t at = hash_bytes(key.text, (size_t)key.bytes);; at++) {
        const int64_t slot = (int64_t)(at & (uint64_t)(t->slots - 1));
        if (slots_of(t)[slot] == 0) return slot;
        const tuff_string other = key_at(keys, slots_of(t)[slot] - 1, string_keys);
        if (other.bytes == key.bytes && memcmp(other.text, key.text, (size_t)key.bytes) == 0) return slot;
    }
}

/* The entry of a key, -1: none. */
static int64_t find(const tuff_hashtable *t, tuff_string key, bool string_keys) {
    return t->slots ? (int64_t)slots_of(t)[slot_of(t, key, string_keys)] - 1 : -1;
}

/* table, keys, values; tiles: 1; scratch, errors: none */
int tuff_hashtable_import(const void *args, void *const *io, int job, int jobs) {
    const tuff_hashtable_import_args *p = args;
    tuff_hashtable *t = io[0];
    (void)job, (void)jobs;
    if (t->count) return 0;
    const int64_t count = p->layout.count;
    *t = p->layout;
    memset(t + 1, 0, (size_t)t->slots * sizeof(int32_t));
    memcpy((char *)t + t->keys, io[1], (size_t)p->key_bytes);
    memcpy((char *)t + t->values, io[2], (size_t)p->value_bytes);
    t->count = 0;
    for (int64_t k = 0; k < count; k++) {
        int32_t *slot = (int32_t *)(t + 1) + slot_of(t, key_at(io[1], k, p->string_keys), p->string_keys);
        if (*slot) continue;
        *slot = (int32_t)k + 1;
        t->count++;
    }
    return 0;
}

/* table, keys [count], default [1], out [count]; tiles: 1; scratch, errors: none */
int tuff_hashtable_find_s64(const void *args, void *const *io, int job, int jobs) {
    const tuff_hashtable_find_args *p = args;
    const tuff_hashtable *t = io[0];
    int64_t *out = io[3];
    (void)job, (void)jobs;
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t entry = find(t, tuff_string_at(io[1], k), true);
        memcpy(&out[k], entry >= 0 ? (const char *)t + t->values + entry * 8 : (const char *)io[2], sizeof *out);
    }
    return 0;
}

static tuff_string found_string(const tuff_hashtable *t, const void *keys, int64_t k, const void *otherwise) {
    const int64_t entry = find(t, key_at(keys, k, false), false);
    return entry >= 0 ? tuff_string_at((const char *)t + t->values, entry) : tuff_string_at(otherwise, 0);
}

/* table, keys [count], default [1], out [count]; tiles: 1; scratch, errors: none */
int tuff_hashtable_find_string(const void *args, void *const *io, int job, int jobs) {
    const tuff_hashtable_find_args *p = args;
    (void)job, (void)jobs;
    tuff_strings_begin(io[3], p->count);
    for (int64_t k = 0; k < p->count; k++) tuff_strings_put(io[3], k, found_string(io[0], io[1], k, io[2]));
    return 0;
}

/* table, out [1]; tiles: 1; scratch, errors: none */
int tuff_hashtable_size(const void *args, void *const *io, int job, int jobs) {
    (void)args, (void)job, (void)jobs;
    *(int64_t *)io[1] = ((const tuff_hashtable *)io[0])->count;
    return 0;
}

/* ---- rows by keys ---- */

static int64_t row_of(const int32_t *keys, int64_t count, int32_t key) {
    int64_t low = 0, high = count;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (keys[middle] == key) return middle;
        if (keys[middle] < key) low = middle + 1;
        else high = middle;
    }
    return -1;
}

/* lookup [count], keys [keys], values [keys][bytes], out [count][bytes], hits [count]; tiles: 1; scratch, errors: none */
int tuff_hashtable_lookup(const void *args, void *const *io, int job, int jobs) {
    const tuff_hashtable_lookup_args *p = args;
    (void)job, (void)jobs;
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t row = row_of(io[1], p->keys, ((const int32_t *)io[0])[k]);
        uint8_t *out = (uint8_t *)io[3] + k * p->bytes;
        if (row < 0) memset(out, 0, (size_t)p->bytes);
        else memcpy(out, (const uint8_t *)io[2] + row * p->bytes, (size_t)p->bytes);
        ((uint8_t *)io[4])[k] = row >= 0;
    }
    return 0;
}

/* the same of strings; those without a row are empty */
int tuff_hashtable_lookup_string(const void *args, void *const *io, int job, int jobs) {
    const tuff_hashtable_lookup_args *p = args;
    (void)job, (void)jobs;
    tuff_strings_begin(io[3], p->count);
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t row = row_of(io[1], p->keys, ((const int32_t *)io[0])[k]);
        tuff_strings_put(io[3], k, row >= 0 ? tuff_string_at(io[2], row) : (tuff_string){"", 0});
        ((uint8_t *)io[4])[k] = row >= 0;
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include <stdio.h>

#include "graph/fields.h"
#include "graph/graph.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_hashtable_attrs, table_id, S32, 0),
    TUFF_FIELD(tuff_hashtable_attrs, key_dtype, S8, 1, .names = tuff_type_names),
    TUFF_FIELD(tuff_hashtable_attrs, value_dtype, S8, 2, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field import_fields[] = {
    TUFF_ARG(tuff_hashtable_import_args, layout.count, S64), TUFF_ARG(tuff_hashtable_import_args, layout.slots, S64),
    TUFF_ARG(tuff_hashtable_import_args, layout.keys, S64),  TUFF_ARG(tuff_hashtable_import_args, layout.values, S64),
    TUFF_ARG(tuff_hashtable_import_args, key_bytes, S64),    TUFF_ARG(tuff_hashtable_import_args, value_bytes, S64),
    TUFF_ARG(tuff_hashtable_import_args, string_keys, S32),  TUFF_FIELD_END,
};
static const tuff_field find_fields[] = {TUFF_ARG(tuff_hashtable_find_args, count, S64), TUFF_FIELD_END};
static const tuff_field size_fields[] = {TUFF_ARG(tuff_hashtable_size_args, unused, S64), TUFF_FIELD_END};
static const tuff_field lookup_fields[] = {
    TUFF_ARG(tuff_hashtable_lookup_args, count, S64),
    TUFF_ARG(tuff_hashtable_lookup_args, keys, S64),
    TUFF_ARG(tuff_hashtable_lookup_args, bytes, S64),
    TUFF_FIELD_END,
};
#define IMPORT TUFF_KERNEL(tuff_hashtable_import, tuff_hashtable_import_args, import_fields)
#define FIND(type) TUFF_KERNEL(tuff_hashtable_find_##type, tuff_hashtable_find_args, find_fields)
#define LOOKUP(function) TUFF_KERNEL(function, tuff_hashtable_lookup_args, lookup_fields)
static const tuff_variant table_variants[] = {{{""}, {"resource"}, 1, NULL, {0}}, {.version = 0}};
static const tuff_variant import_variants[] = {
    {{"resource", "s64", "string"}, {""}, 1, NULL, IMPORT}, {{"resource", "string", "s64"}, {""}, 1, NULL, IMPORT}, {.version = 0}};
static const tuff_variant find_variants[] = {
    {{"resource", "string", "s64"}, {"s64"}, 1, NULL, FIND(s64)}, {{"resource", "s64", "string"}, {"string"}, 1, NULL, FIND(string)}, {.version = 0}};
static const tuff_variant size_variants[] = {{{"resource"}, {"s64"}, 1, NULL, TUFF_KERNEL(tuff_hashtable_size, tuff_hashtable_size_args, size_fields)},
                                             {.version = 0}};
static const tuff_variant lookup_variants[] = {
    {{"s32", "s32", "string"}, {"string", "u8"}, 1, NULL, LOOKUP(tuff_hashtable_lookup_string)},
    {{"s32", "s32", "b1"}, {"b1", "u8"}, 1, NULL, LOOKUP(tuff_hashtable_lookup)},
    {{"s32", "s32", "b2"}, {"b2", "u8"}, 1, NULL, LOOKUP(tuff_hashtable_lookup)},
    {{"s32", "s32", "b4"}, {"b4", "u8"}, 1, NULL, LOOKUP(tuff_hashtable_lookup)},
    {{"s32", "s32", "b8"}, {"b8", "u8"}, 1, NULL, LOOKUP(tuff_hashtable_lookup)},
    {.version = 0},
};

/* The handle's number stands for the table's id and types: a table found by others than its maker's is another, empty one. */
static tuff_status infer_table(tuff_context *c) {
    const tuff_hashtable_attrs *a = c->attrs;
    TUFF_CHECK(c, (a->key_dtype == TUFF_S64 && a->value_dtype == TUFF_STRING) || (a->key_dtype == TUFF_STRING && a->value_dtype == TUFF_S64),
               "takes keys of %s and values of %s; expected one of them s64, the other string", tuff_type_name((tuff_type)a->key_dtype),
               tuff_type_name((tuff_type)a->value_dtype));
    char name[24];
    snprintf(name, sizeof name, "%d", (int)a->table_id);
    const int32_t id = tuff_infer_resource(c, "hashtable", name);
    TUFF_CHECK(c, id >= 0, "no room for another table");
    TUFF_TRY(tuff_infer_shape(c, 0, 1, (const int32_t[]){1}));
    int32_t *value = tuff_infer_value(c, 0);
    if (!value) return TUFF_ERR_MEMORY;
    *value = id;
    return TUFF_OK;
}

static size_t bytes_of(const tuff_tensor *t) { return t->type == TUFF_STRING ? t->bytes : tuff_tensor_bytes(t); }

static tuff_hashtable layout_of(const tuff_tensor *keys) {
    tuff_hashtable t = {.count = tuff_count(keys), .slots = 4};
    while (t.slots < 2 * t.count) t.slots *= 2;
    t.keys = (int64_t)sizeof t + t.slots * (int64_t)sizeof(int32_t);
    t.values = t.keys + (int64_t)((bytes_of(keys) + 7) & ~(size_t)7);
    return t;
}

/* A table is assigned as so many bytes of a VARIANT, which no variable holds: what lies in its resource was written here. */
static tuff_status assign(tuff_context *c, int64_t bytes) {
    const int32_t dims[] = {(int32_t)bytes};
    return tuff_infer_assign(c, 0, &(tuff_tensor){.type = TUFF_VARIANT, .rank = 1, .shape = dims});
}

static tuff_status infer_handle(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->data, "which table it means is known only when the model runs");
    const tuff_tensor *t = tuff_infer_resource_value(c, 0);
    if (!t) return assign(c, sizeof(tuff_hashtable));
    TUFF_CHECK(c, t->type == TUFF_VARIANT, "'%s' is a variable, not a table", c->inputs[0]->name);
    return TUFF_OK;
}

static tuff_status infer_import(tuff_context *c) {
    const tuff_tensor *keys = c->inputs[1], *values = c->inputs[2];
    TUFF_TRY(infer_handle(c));
    TUFF_CHECK(c, tuff_same_shape(keys, values), "keys %s and values %s differ in shape", tuff_shape_text(keys).text, tuff_shape_text(values).text);
    if (!keys->data || !values->data) return TUFF_LATER;
    TUFF_CHECK(c, tuff_count(keys) < INT32_MAX / 4, "%s has too many keys", tuff_shape_text(keys).text);
    const int64_t bytes = layout_of(keys).values + (int64_t)bytes_of(values);
    TUFF_CHECK(c, bytes <= INT32_MAX, "a table of %lld bytes", (long long)bytes);
    const tuff_tensor *before = tuff_infer_resource_value(c, 0);
    return before && before->shape[0] >= bytes ? TUFF_OK : assign(c, bytes);
}

static tuff_io table_io(tuff_context *c) {
    const tuff_tensor *t = tuff_infer_resource_value(c, 0);
    return tuff_io_resource(c, 0, t ? (size_t)t->shape[0] : sizeof(tuff_hashtable));
}

static tuff_status prepare_import(tuff_context *c) {
    const tuff_tensor *keys = c->inputs[1], *values = c->inputs[2];
    tuff_hashtable_import_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_hashtable_import_args){layout_of(keys), (int64_t)bytes_of(keys), (int64_t)bytes_of(values), keys->type == TUFF_STRING};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, 2 * tuff_count(keys)},
                     (const tuff_io[]){table_io(c), tuff_io_input(c, 1), tuff_io_input(c, 2)}, 3);
}

static tuff_status infer_find(tuff_context *c) {
    const tuff_tensor *keys = c->inputs[1], *otherwise = c->inputs[2];
    TUFF_CHECK(c, tuff_count(otherwise) == 1, "the default %s has to be one value", tuff_shape_text(otherwise).text);
    TUFF_TRY(infer_handle(c));
    TUFF_TRY(tuff_infer_like(c, 0, 1));
    if (c->outputs[0]->type != TUFF_STRING) return TUFF_OK;
    const tuff_tensor *assigned = tuff_infer_resource_value(c, 0);
    if (!keys->data || !otherwise->data || !assigned || !assigned->data) return TUFF_LATER;
    size_t bytes = TUFF_STRINGS_HEAD(tuff_count(keys));
    const tuff_hashtable *table = assigned->data;
    for (int64_t k = 0; k < tuff_count(keys); k++) bytes += (size_t)found_string(table, keys->data, k, otherwise->data).bytes;
    tuff_infer_bytes(c, 0, bytes);
    return TUFF_OK;
}

static tuff_status prepare_find(tuff_context *c) {
    tuff_hashtable_find_args *args = tuff_args(c, &c->variant->kernel);
    const int64_t count = tuff_count(c->inputs[1]);
    if (args) args->count = count;
    const tuff_io io[] = {table_io(c), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, 16 * count}, io, 4);
}

static tuff_status infer_size(tuff_context *c) {
    TUFF_TRY(infer_handle(c));
    return tuff_infer_shape(c, 0, 1, (const int32_t[]){1});
}

static tuff_status prepare_size(tuff_context *c) {
    return tuff_emit(c, &c->variant->kernel, tuff_args(c, &c->variant->kernel), (tuff_cost){1, 0, 16}, (const tuff_io[]){table_io(c), tuff_io_output(c, 0)}, 2);
}

static tuff_status infer_lookup(tuff_context *c) {
    const tuff_tensor *lookup = c->inputs[0], *keys = c->inputs[1], *values = c->inputs[2];
    TUFF_CHECK(c, lookup->rank == 1 && keys->rank == 1, "%s and %s have to be vectors", tuff_shape_text(lookup).text, tuff_shape_text(keys).text);
    TUFF_CHECK(c, values->rank >= 1 && values->shape[0] == keys->shape[0] && values->shape[0] > 0, "values %s do not fit keys %s", tuff_shape_text(values).text,
               tuff_shape_text(keys).text);
    TUFF_CHECK(c, values->type == c->outputs[0]->type, "values are %s, the output is %s", tuff_type_name(values->type), tuff_type_name(c->outputs[0]->type));
    TUFF_CHECK(c, values->type != TUFF_STRING || values->rank == 1, "%s has to be a vector", tuff_shape_text(values).text);
    int32_t dims[TUFF_MAX_RANK];
    memcpy(dims, values->shape, (size_t)values->rank * sizeof *dims);
    dims[0] = lookup->shape[0];
    TUFF_TRY(tuff_infer_shape(c, 0, values->rank, dims));
    TUFF_TRY(tuff_infer_shape(c, 1, 1, dims));
    if (values->type != TUFF_STRING) return TUFF_OK;
    if (!lookup->data || !keys->data || !values->data) return TUFF_LATER;
    size_t bytes = TUFF_STRINGS_HEAD(dims[0]);
    for (int32_t k = 0; k < dims[0]; k++) {
        const int64_t row = row_of(keys->data, keys->shape[0], ((const int32_t *)lookup->data)[k]);
        if (row >= 0) bytes += (size_t)tuff_string_at(values->data, row).bytes;
    }
    tuff_infer_bytes(c, 0, bytes);
    return TUFF_OK;
}

static tuff_status prepare_lookup(tuff_context *c) {
    const tuff_tensor *values = c->inputs[2];
    tuff_hashtable_lookup_args *args = tuff_args(c, &c->variant->kernel);
    const int64_t bytes = tuff_dims_product(values->shape, 1, values->rank) * tuff_type_bits(values->type) / 8, count = c->inputs[0]->shape[0];
    if (args) *args = (tuff_hashtable_lookup_args){count, values->shape[0], bytes};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0), tuff_io_output(c, 1)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, count * (bytes + 16)}, io, 5);
}

#define RECORD(symbol, name_, code_, inputs_, outputs_, rows, infer_, prepare_, flags_, ...) \
    const tuff_op tuff_op_##symbol = {.name = name_,                                         \
                                      .code = code_,                                         \
                                      .options = __VA_ARGS__,                                \
                                      .inputs = inputs_,                                     \
                                      .outputs = outputs_,                                   \
                                      .variants = rows,                                      \
                                      .infer = infer_,                                       \
                                      .prepare = prepare_,                                   \
                                      .flags = flags_,                                       \
                                      .highest = 1}
RECORD(hashtable, "HASHTABLE", 136, "", "handle", table_variants, infer_table, NULL, TUFF_OP_IMPURE,
       TUFF_OPTIONS(HashtableOptions, 107, tuff_hashtable_attrs, attr_fields));
RECORD(hashtable_import, "HASHTABLE_IMPORT", 138, "handle keys values", "", import_variants, infer_import, prepare_import, TUFF_OP_IMPURE,
       TUFF_OPTIONS_EMPTY(HashtableImportOptions, 109));
RECORD(hashtable_find, "HASHTABLE_FIND", 137, "handle keys default_value", "output", find_variants, infer_find, prepare_find, TUFF_OP_IMPURE,
       TUFF_OPTIONS_EMPTY(HashtableFindOptions, 108));
RECORD(hashtable_size, "HASHTABLE_SIZE", 139, "handle", "output", size_variants, infer_size, prepare_size, TUFF_OP_IMPURE,
       TUFF_OPTIONS_EMPTY(HashtableSizeOptions, 110));
/* clang-format off */
RECORD(hashtable_lookup, "HASHTABLE_LOOKUP", 10, "lookup keys values", "output hits", lookup_variants, infer_lookup, prepare_lookup, 0, {NULL, 0, false, 0, NULL});
/* clang-format on */
#endif
