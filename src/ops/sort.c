/* TOPK_V2: the k largest of each row and their indices. UNIQUE: each value once, in the order of appearance, and its number for every element.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both go by one order of a row's indices: the larger value first, of equals the earlier, NaN last. It is total, so whatever sorts gives the same:
 * a heap of indices whose root comes last, of the k first ones for TOPK_V2, of all for UNIQUE.
 * source: TFLite topk_v2.cc, unique.cc (whose NaN, no value of its order, it doesn't follow)
 */
#include "ops/sort.h"

#include <string.h>

/* does element a come before element b? */
typedef bool before_fn(const void *values, int32_t a, int32_t b);
#define BEFORE(name, T)                                                 \
    static bool name(const void *values, int32_t a, int32_t b) {        \
        const T x = ((const T *)values)[a], y = ((const T *)values)[b]; \
        return x > y || (x == y && a < b);                              \
    }
BEFORE(before_s8, int8_t)
BEFORE(before_u8, uint8_t)
BEFORE(before_s16, int16_t)
BEFORE(before_s32, int32_t)
BEFORE(before_s64, int64_t)
static bool before_f32(const void *values, int32_t a, int32_t b) {
    const float x = ((const float *)values)[a], y = ((const float *)values)[b];
    if ((x != x) != (y != y)) return y != y;
    return x > y || (!(x < y) && a < b);
}
static before_fn *order_of(int32_t type) {
    switch ((tuff_type)type) {
    case TUFF_S8: return before_s8;
    case TUFF_U8: return before_u8;
    case TUFF_S16: return before_s16;
    case TUFF_S32: return before_s32;
    case TUFF_S64: return before_s64;
    default: return before_f32;
    }
}
static int32_t bytes_of(int32_t type) {
    switch ((tuff_type)type) {
    case TUFF_S8:
    case TUFF_U8: return 1;
    case TUFF_S16: return 2;
    case TUFF_S64: return 8;
    default: return 4;
    }
}

/* Lets heap[0] sink to where its children come before it. */
static void sink(int32_t *heap, int32_t n, before_fn *before, const void *values) {
    const int32_t moved = heap[0];
    int32_t at = 0;
    for (int32_t child = 1; child < n; child = 2 * at + 1) {
        if (child + 1 < n && before(values, heap[child], heap[child + 1])) child++;
        if (!before(values, moved, heap[child])) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = moved;
}
static void rise(int32_t *heap, int32_t at, before_fn *before, const void *values) {
    const int32_t moved = heap[at];
    for (; at > 0 && before(values, heap[(at - 1) / 2], moved); at = (at - 1) / 2) heap[at] = heap[(at - 1) / 2];
    heap[at] = moved;
}
/* The first k of the indices 0..n-1 in order. */
static void first_of(int32_t *heap, int32_t k, int32_t n, before_fn *before, const void *values) {
    for (int32_t i = 0; i < n && k > 0; i++) {
        if (i < k) {
            heap[i] = i;
            rise(heap, i, before, values);
        } else if (before(values, i, heap[0])) {
            heap[0] = i;
            sink(heap, k, before, values);
        }
    }
    for (int32_t left = k - 1; left > 0; left--) {
        const int32_t last = heap[0];
        heap[0] = heap[left];
        sink(heap, left, before, values);
        heap[left] = last;
    }
}

static void put_index(void *out, int64_t at, int32_t index, int32_t bytes) {
    if (bytes == 2) ((int16_t *)out)[at] = (int16_t)index;
    else if (bytes == 4) ((int32_t *)out)[at] = index;
    else ((int64_t *)out)[at] = index;
}

/* in [rows][depth], values [rows][k], indices [rows][k] s16 or s32, heap s32 [k] per job; tiles: rows; errors: none */
int tuff_topk_v2(const void *args, void *const *io, int job, int jobs) {
    const tuff_topk_args *p = args;
    const int32_t bytes = bytes_of(p->type);
    before_fn *before = order_of(p->type);
    int32_t *heap = (int32_t *)(void *)((uint8_t *)io[3] + (size_t)job * tuff_scratch_pitch((size_t)p->k * sizeof(int32_t)));
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const uint8_t *in = (const uint8_t *)io[0] + r * p->depth * bytes;
        first_of(heap, p->k, p->depth, before, in);
        for (int32_t i = 0; i < p->k; i++) {
            memcpy((uint8_t *)io[1] + (r * p->k + i) * bytes, in + (int64_t)heap[i] * bytes, (size_t)bytes);
            put_index(io[2], r * p->k + i, heap[i], p->index_bytes);
        }
    }
    return 0;
}

static bool same_value(const void *values, int32_t type, int32_t a, int32_t b) {
    if (type == TUFF_F32) {
        const float x = ((const float *)values)[a], y = ((const float *)values)[b];
        return x == y || (x != x && y != y);
    }
    const size_t bytes = (size_t)bytes_of(type);
    return memcmp((const uint8_t *)values + (size_t)a * bytes, (const uint8_t *)values + (size_t)b * bytes, bytes) == 0;
}

/* in [count], values [as many as differ], indices [count] s32 or s64, temporary s32 [2][count]; tiles: one; errors: none */
int tuff_unique(const void *args, void *const *io, int job, int jobs) {
    (void)job, (void)jobs;
    const tuff_unique_args *p = args;
    const uint8_t *in = io[0];
    const int32_t bytes = bytes_of(p->type);
    int32_t *order = io[3], *number = order + p->count, found = 0; /* number: first where the element's value appears first */
    first_of(order, p->count, p->count, order_of(p->type), in);
    for (int32_t i = 0, start = 0; i < p->count; i++) {
        if (!same_value(in, p->type, order[start], order[i])) start = i;
        number[order[i]] = order[start];
    }
    for (int32_t i = 0; i < p->count; i++) {
        const bool new = number[i] == i;
        if (new) memcpy((uint8_t *)io[1] + (int64_t)found * bytes, in + (int64_t)i * bytes, (size_t)bytes);
        number[i] = new ? found++ : number[number[i]];
        put_index(io[2], i, number[i], p->index_bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "graph/fields.h"
#include "ops/tensor.h"

static const tuff_field unique_attr_fields[] = {
    TUFF_FIELD(tuff_unique_attrs, idx_out_type, S8, 0, .standard = 2, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field topk_fields[] = {
    TUFF_ARG(tuff_topk_args, rows, S64), TUFF_ARG(tuff_topk_args, depth, S32),       TUFF_ARG(tuff_topk_args, k, S32),
    TUFF_ARG(tuff_topk_args, type, S32), TUFF_ARG(tuff_topk_args, index_bytes, S32), TUFF_FIELD_END,
};
static const tuff_field unique_fields[] = {
    TUFF_ARG(tuff_unique_args, count, S32),
    TUFF_ARG(tuff_unique_args, type, S32),
    TUFF_ARG(tuff_unique_args, index_bytes, S32),
    TUFF_FIELD_END,
};
#define TOPK TUFF_KERNEL(tuff_topk_v2, tuff_topk_args, topk_fields)
static const tuff_variant topk_variants[] = {
    {{"f32", "s32|s16"}, {"=0", "s32|s16"}, 1, NULL, TOPK},
    {{"s8", "s32|s16"}, {"=0", "s32|s16"}, 2, "act - -> same -", TOPK},
    {{"s16", "s32|s16"}, {"=0", "s32|s16"}, 3, "act - -> same -", TOPK},
    {{"u8|s32|s64", "s32|s16"}, {"=0", "s32|s16"}, 1, NULL, TOPK},
    {.version = 0},
};
static const tuff_variant unique_variants[] = {
    {{"f32|u8|s8|s16|s32|s64"}, {"=0", "s32|s64"}, 1, NULL, TUFF_KERNEL(tuff_unique, tuff_unique_args, unique_fields)},
    {.version = 0},
};

static tuff_status infer_topk(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *k = c->inputs[1];
    TUFF_CHECK(c, in->rank >= 1, "input '%s' is a scalar; expected rank 1 or more", in->name);
    TUFF_CHECK(c, tuff_count(k) == 1, "k %s has to be one number", tuff_shape_text(k).text);
    if (!k->data) return TUFF_LATER;
    const int64_t most = tuff_value_at(k, 0), depth = in->shape[in->rank - 1];
    TUFF_CHECK(c, most <= depth, "k is %lld, a row of %s has %lld elements", (long long)most, tuff_shape_text(in).text, (long long)depth);
    TUFF_CHECK(c, c->outputs[1]->type != TUFF_S16 || depth <= INT16_MAX, "indices of %s do not fit s16", tuff_shape_text(in).text);
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t d = 0; d < in->rank; d++) dims[d] = in->shape[d];
    dims[in->rank - 1] = most > 0 ? (int32_t)most : 0;
    TUFF_TRY(tuff_infer_shape(c, 0, in->rank, dims));
    return tuff_infer_shape(c, 1, in->rank, dims);
}

static tuff_status prepare_topk(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    const int32_t depth = in->shape[in->rank - 1], k = out->shape[out->rank - 1];
    const int64_t rows = tuff_dims_product(in->shape, 0, in->rank - 1), count = tuff_count(in);
    tuff_topk_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_topk_args){rows, depth, k, (int32_t)in->type, tuff_type_bits(c->outputs[1]->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0), tuff_io_output(c, 1), tuff_io_scratch(c, (size_t)k * sizeof(int32_t))};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){rows, 4 * count, count * tuff_type_bits(in->type) / 8}, io, 4);
}

/* How many values differ has to be known here: the indices' own room serves to sort them. */
static tuff_status infer_unique(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    TUFF_CHECK(c, in->rank == 1, "%s has to be a vector", tuff_shape_text(in).text);
    TUFF_CHECK(c, ((const tuff_unique_attrs *)c->attrs)->idx_out_type == (int8_t)c->outputs[1]->type, "idx_out_type is not the type of output '%s'",
               c->outputs[1]->name);
    if (!in->data) return TUFF_LATER;
    TUFF_TRY(tuff_infer_like(c, 1, 0));
    int32_t *order = tuff_infer_value(c, 1), found = 0;
    if (!order) return TUFF_ERR_MEMORY;
    first_of(order, in->shape[0], in->shape[0], order_of((int32_t)in->type), in->data);
    for (int32_t i = 0; i < in->shape[0]; i++) found += i == 0 || !same_value(in->data, (int32_t)in->type, order[i - 1], order[i]);
    return tuff_infer_shape(c, 0, 1, &found);
}

static tuff_status prepare_unique(tuff_context *c) {
    const int32_t count = c->inputs[0]->shape[0];
    tuff_unique_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_unique_args){count, (int32_t)c->inputs[0]->type, tuff_type_bits(c->outputs[1]->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0), tuff_io_output(c, 1), tuff_io_temporary(c, (size_t)count * 2 * sizeof(int32_t))};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 20 * (int64_t)count, 8 * (int64_t)count}, io, 4);
}

static int32_t version_topk(const tuff_context *c) { return c->inputs[1]->type == TUFF_S16 || c->outputs[1]->type == TUFF_S16 ? 3 : 0; }

const tuff_op tuff_op_topk_v2 = {
    .name = "TOPK_V2",
    .code = 48,
    .options = TUFF_OPTIONS_EMPTY(TopKV2Options, 34),
    .inputs = "input k",
    .outputs = "values indices",
    .variants = topk_variants,
    .infer = infer_topk,
    .prepare = prepare_topk,
    .version = version_topk,
    .highest = 3,
};
const tuff_op tuff_op_unique = {
    .name = "UNIQUE",
    .code = 103,
    .options = TUFF_OPTIONS(UniqueOptions, 80, tuff_unique_attrs, unique_attr_fields),
    .inputs = "input",
    .outputs = "values indices",
    .variants = unique_variants,
    .infer = infer_unique,
    .prepare = prepare_unique,
    .highest = 1,
};
#endif
