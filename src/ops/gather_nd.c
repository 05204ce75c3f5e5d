/* GATHER_ND: slices of the input, named by index vectors. SCATTER_ND: zeros to which updates are added, in order, where vectors name their places.
 * SPARSE_TO_DENSE: a default value, and others stored at the places that vectors name.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite gather_nd.cc, scatter_nd.cc, sparse_to_dense.cc
 */
#include "ops/gather_nd.h"

#include <string.h>

#include "ops/combine.h"
#include "ops/strings.h"

/* Where the slice of vector k begins, in elements; -1: outside. */
static int64_t place(const tuff_gather_nd_args *p, const void *indices, int64_t k) {
    int64_t at = 0;
    for (int32_t d = 0; d < p->depth; d++) {
        const int64_t from = k * p->depth + d;
        const int64_t index = p->index_bytes == 8   ? ((const int64_t *)indices)[from]
                              : p->index_bytes == 4 ? ((const int32_t *)indices)[from]
                                                    : ((const int16_t *)indices)[from];
        if (index < 0 || index >= p->dims[d]) return -1;
        at += index * p->step[d];
    }
    return at;
}

/* in, indices [count][depth], out [count][elements]; tiles: vectors; scratch: none; error: an index outside of its dimension */
int tuff_gather_nd(const void *args, void *const *io, int job, int jobs) {
    const tuff_gather_nd_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int64_t bytes = p->elements * p->bytes;
    for (int64_t k = span.first; k < span.end; k++) {
        const int64_t at = place(p, io[1], k);
        if (at < 0) return 2;
        memcpy((uint8_t *)io[2] + k * bytes, (const uint8_t *)io[0] + at * p->bytes, (size_t)bytes);
    }
    return 0;
}

/* in, indices, out: strings; tiles: 1; error: an index outside of its dimension */
int tuff_gather_nd_string(const void *args, void *const *io, int job, int jobs) {
    const tuff_gather_nd_args *p = args;
    (void)job, (void)jobs;
    tuff_strings_begin(io[2], p->count * p->elements);
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t at = place(p, io[1], k);
        if (at < 0) return 2;
        for (int64_t i = 0; i < p->elements; i++) tuff_strings_put(io[2], k * p->elements + i, tuff_string_at(io[0], at + i));
    }
    return 0;
}

/* indices [count][depth], updates [count][elements], out [total]; tiles: 1; scratch: none; error: an index outside of its dimension */
int tuff_scatter_nd(const void *args, void *const *io, int job, int jobs) {
    const tuff_gather_nd_args *p = args;
    (void)job, (void)jobs;
    tuff_combine_fn *add = tuff_combine_for(p->type, TUFF_COMBINE_ADD);
    memset(io[2], 0, (size_t)(p->total * p->bytes));
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t at = place(p, io[0], k);
        if (at < 0) return 1;
        void *out = (char *)io[2] + at * p->bytes;
        add(out, out, (const char *)io[1] + k * p->elements * p->bytes, p->elements, 1, 1, 1);
    }
    return 0;
}

/* indices [count][depth], values [count] or [1], default [1], out [total]; tiles: 1; scratch: none; error: an index outside of its dimension */
int tuff_sparse_to_dense(const void *args, void *const *io, int job, int jobs) {
    const tuff_gather_nd_args *p = args;
    (void)job, (void)jobs;
    tuff_combine_for(p->type, TUFF_COMBINE_STORE)(io[3], io[2], io[2], p->total, 1, 0, 0);
    for (int64_t k = 0; k < p->count; k++) {
        const int64_t at = place(p, io[0], k);
        if (at < 0) return 1;
        memcpy((char *)io[3] + at * p->bytes, (const char *)io[1] + k * p->value_step * p->bytes, (size_t)p->bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field sparse_fields[] = {TUFF_FIELD(tuff_sparse_to_dense_attrs, validate_indices, BOOL, 0), TUFF_FIELD_END};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_gather_nd_args, count, S64),
    TUFF_ARG(tuff_gather_nd_args, elements, S64),
    TUFF_ARG(tuff_gather_nd_args, total, S64),
    TUFF_ARG(tuff_gather_nd_args, depth, S32),
    TUFF_ARG(tuff_gather_nd_args, index_bytes, S32),
    TUFF_ARG(tuff_gather_nd_args, bytes, S32),
    TUFF_ARG(tuff_gather_nd_args, type, S32),
    TUFF_ARG(tuff_gather_nd_args, value_step, S32),
    TUFF_ARGS(tuff_gather_nd_args, dims, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_gather_nd_args, step, S64, TUFF_MAX_RANK),
    TUFF_FIELD_END,
};
#define KERNEL(function) TUFF_KERNEL(function, tuff_gather_nd_args, fields)
static const tuff_variant gather_variants[] = {
    {{"f32|u8|s8|s64|s32|f16|bf16|f8e4m3|f8e5m2", "s32|s64"}, {"=0"}, 1, NULL, KERNEL(tuff_gather_nd)},
    {{"string", "s32|s64|s16"}, {"string"}, 2, NULL, KERNEL(tuff_gather_nd_string)},
    {{"s16", "s32|s64"}, {"s16"}, 3, NULL, KERNEL(tuff_gather_nd)},
    {{"f32|u8|s8|s16|s64|s32|f16|bf16|f8e4m3|f8e5m2", "s16"}, {"=0"}, 4, NULL, KERNEL(tuff_gather_nd)},
    {{"bool", "s32|s64|s16"}, {"bool"}, 5, NULL, KERNEL(tuff_gather_nd)},
    {.version = 0},
};
static const tuff_variant scatter_variants[] = {{{"s32", "f32|u8|bool|s8|s64|s32", "s32"}, {"f32|u8|bool|s8|s64|s32"}, 1, NULL, KERNEL(tuff_scatter_nd)},
                                                {.version = 0}};
#define INDEX "s32|s64"
static const tuff_variant sparse_variants[] = {
    {{INDEX, INDEX, "f32|s32", "f32|s32"}, {"f32|s32"}, 1, NULL, KERNEL(tuff_sparse_to_dense)},
    {{INDEX, INDEX, "s64", "s64"}, {"s64"}, 2, NULL, KERNEL(tuff_sparse_to_dense)},
    {{INDEX, INDEX, "s8", "s8"}, {"s8"}, 3, NULL, KERNEL(tuff_sparse_to_dense)},
    {{INDEX, INDEX, "u8", "u8"}, {"u8"}, 3, NULL, KERNEL(tuff_sparse_to_dense)},
    {.version = 0},
};

/* Vectors of `depth` numbers into a tensor of this shape; `t` has the elements that are moved. */
static tuff_gather_nd_args describe(const tuff_tensor *indices, int64_t count, int32_t depth, int32_t rank, const int32_t *shape, const tuff_tensor *t) {
    tuff_gather_nd_args args = {.count = count,
                                .elements = tuff_dims_product(shape, depth, rank),
                                .total = tuff_dims_product(shape, 0, rank),
                                .depth = depth,
                                .index_bytes = tuff_type_bits(indices->type) / 8,
                                .bytes = tuff_type_bits(t->type) / 8,
                                .type = (int32_t)t->type,
                                .value_step = 1};
    for (int32_t d = 0; d < depth; d++) {
        args.dims[d] = shape[d];
        args.step[d] = tuff_dims_product(shape, d + 1, rank);
    }
    return args;
}

static tuff_status emit(tuff_context *c, const tuff_gather_nd_args *args, int64_t tiles, const tuff_io *io, int n_io) {
    tuff_gather_nd_args *own = tuff_args(c, &c->variant->kernel);
    if (own) *own = *args;
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){tiles, 0, (args->count * args->elements + args->total) * args->bytes}, io, n_io);
}

/* ---- GATHER_ND ---- */

static tuff_status resolve_gather(tuff_context *c, tuff_gather_nd_args *args) {
    const tuff_tensor *in = c->inputs[0], *indices = c->inputs[1];
    TUFF_CHECK(c, in->rank > 0 && indices->rank > 0, "%s and %s have to be vectors or more", tuff_shape_text(in).text, tuff_shape_text(indices).text);
    const int32_t depth = indices->shape[indices->rank - 1];
    TUFF_CHECK(c, depth <= in->rank, "index vectors of %d numbers for %s", (int)depth, tuff_shape_text(in).text);
    *args = describe(indices, tuff_dims_product(indices->shape, 0, indices->rank - 1), depth, in->rank, in->shape, in);
    return TUFF_OK;
}

/* Bytes of the strings that are gathered; 0 where an index is illegal: the kernel says so. */
static size_t string_bytes(const tuff_gather_nd_args *args, const void *strings, const void *indices) {
    size_t bytes = TUFF_STRINGS_HEAD(args->count * args->elements);
    for (int64_t k = 0; k < args->count; k++) {
        const int64_t at = place(args, indices, k);
        for (int64_t i = 0; at >= 0 && i < args->elements; i++) bytes += (size_t)tuff_string_at(strings, at + i).bytes;
    }
    return bytes;
}

static tuff_status infer_gather(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *indices = c->inputs[1];
    tuff_gather_nd_args args;
    TUFF_TRY(resolve_gather(c, &args));
    int32_t dims[2 * TUFF_MAX_RANK], rank = 0;
    for (int32_t k = 0; k < indices->rank - 1; k++) dims[rank++] = indices->shape[k];
    for (int32_t k = args.depth; k < in->rank; k++) dims[rank++] = in->shape[k];
    TUFF_TRY(tuff_infer_shape(c, 0, rank, dims));
    if (in->type != TUFF_STRING) return TUFF_OK;
    if (!in->data || !indices->data) return TUFF_LATER;
    tuff_infer_bytes(c, 0, string_bytes(&args, in->data, indices->data));
    return TUFF_OK;
}

static tuff_status prepare_gather(tuff_context *c) {
    tuff_gather_nd_args args;
    TUFF_TRY(resolve_gather(c, &args));
    args.total = 0;
    return emit(c, &args, args.count, (const tuff_io[]){tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)}, 3);
}

/* ---- SCATTER_ND ---- */

static tuff_status infer_scatter(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *updates = c->inputs[1], *out = c->outputs[0];
    TUFF_CHECK(c, updates->type == out->type, "updates are %s, the output is %s", tuff_type_name(updates->type), tuff_type_name(out->type));
    TUFF_TRY(tuff_infer_shape_from(c, 0, 2));
    const int32_t lead = indices->rank - 1, depth = indices->rank > 0 ? indices->shape[lead] : 0;
    bool fits = indices->rank > 0 && depth <= out->rank && updates->rank == lead + out->rank - depth;
    for (int32_t k = 0; fits && k < updates->rank; k++) fits = updates->shape[k] == (k < lead ? indices->shape[k] : out->shape[depth + k - lead]);
    TUFF_CHECK(c, fits, "updates %s do not fit indices %s and the output %s", tuff_shape_text(updates).text, tuff_shape_text(indices).text,
               tuff_shape_text(out).text);
    return TUFF_OK;
}

static tuff_status prepare_scatter(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *out = c->outputs[0];
    const int32_t lead = indices->rank - 1;
    const tuff_gather_nd_args args = describe(indices, tuff_dims_product(indices->shape, 0, lead), indices->shape[lead], out->rank, out->shape, out);
    return emit(c, &args, 1, (const tuff_io[]){tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)}, 3);
}

/* ---- SPARSE_TO_DENSE ---- */

static tuff_status infer_sparse(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *shape = c->inputs[1], *values = c->inputs[2];
    TUFF_CHECK(c, values->type == c->inputs[3]->type && values->type == c->outputs[0]->type, "values, default and output differ in type");
    TUFF_CHECK(c, tuff_count(c->inputs[3]) == 1, "the default %s has to be one value", tuff_shape_text(c->inputs[3]).text);
    TUFF_CHECK(c, indices->rank <= 2 && values->rank <= 1 && shape->rank == 1,
               "indices %s, shape %s, values %s; expected at most [count,rank], [rank], [count]", tuff_shape_text(indices).text, tuff_shape_text(shape).text,
               tuff_shape_text(values).text);
    const int32_t depth = indices->rank == 2 ? indices->shape[1] : 1;
    const int64_t count = indices->rank == 2 ? indices->shape[0] : tuff_count(indices);
    TUFF_CHECK(c, depth == shape->shape[0] && depth <= 4, "index vectors of %d numbers for an output of rank %d; expected the same, at most 4", (int)depth,
               (int)shape->shape[0]);
    TUFF_CHECK(c, values->rank == 0 || values->shape[0] == count, "%lld places for values %s", (long long)count, tuff_shape_text(values).text);
    return tuff_infer_shape_from(c, 0, 1);
}

static tuff_status prepare_sparse(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *out = c->outputs[0];
    const int64_t count = indices->rank == 2 ? indices->shape[0] : tuff_count(indices);
    tuff_gather_nd_args args = describe(indices, count, out->rank, out->rank, out->shape, out);
    args.value_step = c->inputs[2]->rank;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 2), tuff_io_input(c, 3), tuff_io_output(c, 0)};
    return emit(c, &args, 1, io, 4);
}

const tuff_op tuff_op_gather_nd = {
    .name = "GATHER_ND",
    .code = 107,
    .options = TUFF_OPTIONS_EMPTY(GatherNdOptions, 83),
    .inputs = "input indices",
    .outputs = "output",
    .variants = gather_variants,
    .infer = infer_gather,
    .prepare = prepare_gather,
    .highest = 6,
};
const tuff_op tuff_op_scatter_nd = {
    .name = "SCATTER_ND",
    .code = 122,
    .options = TUFF_OPTIONS_EMPTY(ScatterNdOptions, 97),
    .inputs = "indices updates shape",
    .outputs = "output",
    .variants = scatter_variants,
    .infer = infer_scatter,
    .prepare = prepare_scatter,
    .highest = 1,
};
const tuff_op tuff_op_sparse_to_dense = {
    .name = "SPARSE_TO_DENSE",
    .code = 68,
    .options = TUFF_OPTIONS(SparseToDenseOptions, 50, tuff_sparse_to_dense_attrs, sparse_fields),
    .inputs = "indices shape values default_value",
    .outputs = "output",
    .variants = sparse_variants,
    .infer = infer_sparse,
    .prepare = prepare_sparse,
    .highest = 3,
};
#endif
