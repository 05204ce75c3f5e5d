/* GATHER: slices of an axis by their indices, which may differ per batch.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite gather.cc
 */
#include "ops/gather.h"

#include <string.h>

#include "ops/strings.h"

/* tiles: slices of the output; scratch: none; error: an index outside of the axis */
#define GATHER(name, INDEX)                                                                    \
    int name(const void *args, void *const *io, int job, int jobs) {                           \
        const tuff_gather_args *p = args;                                                      \
        const INDEX *indices = io[1];                                                          \
        const tuff_span span = tuff_share(p->batches * p->outer * p->count, job, jobs);        \
        for (int64_t slice = span.first; slice < span.end; slice++) {                          \
            const int64_t block = slice / p->count;                                            \
            const int64_t index = indices[block / p->outer * p->count + slice % p->count];     \
            if (index < 0 || index >= p->size) return 2;                                       \
            const uint8_t *in = (const uint8_t *)io[0] + (block * p->size + index) * p->bytes; \
            memcpy((uint8_t *)io[2] + slice * p->bytes, in, (size_t)p->bytes);                 \
        }                                                                                      \
        return 0;                                                                              \
    }
GATHER(tuff_gather_s16, int16_t)
GATHER(tuff_gather_s32, int32_t)
GATHER(tuff_gather_s64, int64_t)

/* tiles: 1; error: an index outside of the axis. NEXT: what is done with string `from`, the `to`-th of the output */
#define EACH_STRING(INDEX, illegal, NEXT)                                                               \
    for (int64_t slice = 0; slice < p->batches * p->outer * p->count; slice++) {                        \
        const int64_t block = slice / p->count;                                                         \
        const int64_t index = ((const INDEX *)indices)[block / p->outer * p->count + slice % p->count]; \
        if (index < 0 || index >= p->size) illegal;                                                     \
        for (int64_t i = 0; i < p->bytes; i++) {                                                        \
            const int64_t from = (block * p->size + index) * p->bytes + i, to = slice * p->bytes + i;   \
            NEXT;                                                                                       \
        }                                                                                               \
    }
#define GATHER_STRING(name, INDEX)                                                             \
    int name(const void *args, void *const *io, int job, int jobs) {                           \
        const tuff_gather_args *p = args;                                                      \
        const void *indices = io[1];                                                           \
        (void)job, (void)jobs;                                                                 \
        tuff_strings_begin(io[2], p->batches * p->outer * p->count * p->bytes);                \
        EACH_STRING(INDEX, return 2, tuff_strings_put(io[2], to, tuff_string_at(io[0], from))) \
        return 0;                                                                              \
    }
GATHER_STRING(tuff_gather_string_s32, int32_t)
GATHER_STRING(tuff_gather_string_s64, int64_t)

#ifndef TUFF_KERNELS_ONLY
#include "ops/move.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_gather_attrs, axis, S32, 0),
    TUFF_FIELD(tuff_gather_attrs, batch_dims, S32, 1, .version = 5),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_gather_args, batches, S64), TUFF_ARG(tuff_gather_args, outer, S64), TUFF_ARG(tuff_gather_args, size, S64),
    TUFF_ARG(tuff_gather_args, count, S64),   TUFF_ARG(tuff_gather_args, bytes, S64), TUFF_FIELD_END,
};

#define KERNEL(index) TUFF_KERNEL(tuff_gather_##index, tuff_gather_args, fields)
#define WHOLE "b1|b2|b4|b8|s4"
static const tuff_variant variants[] = {
    {{WHOLE, "s32"}, {"=0"}, 1, "act - -> same", KERNEL(s32)},    {{WHOLE, "s64"}, {"=0"}, 1, "act - -> same", KERNEL(s64)},
    {{WHOLE, "s16"}, {"=0"}, 6, "act - -> same", KERNEL(s16)},    {{"string", "s32"}, {"string"}, 1, NULL, KERNEL(string_s32)},
    {{"string", "s64"}, {"string"}, 1, NULL, KERNEL(string_s64)}, {.version = 0},
};

static tuff_status resolve(tuff_context *c, int32_t *axis, int32_t *batch_dims) {
    const tuff_gather_attrs *attrs = c->attrs;
    const tuff_tensor *in = c->inputs[0], *indices = c->inputs[1];
    TUFF_TRY(tuff_check_axis(c, attrs->axis, in->rank, axis));
    *batch_dims = attrs->batch_dims < 0 ? attrs->batch_dims + indices->rank : attrs->batch_dims;
    TUFF_CHECK(c, *batch_dims >= 0 && *batch_dims <= *axis && *batch_dims <= indices->rank, "batch_dims %d do not fit %s and %s along axis %d",
               (int)attrs->batch_dims, tuff_shape_text(in).text, tuff_shape_text(indices).text, (int)*axis);
    for (int32_t k = 0; k < *batch_dims; k++)
        TUFF_CHECK(c, in->shape[k] == indices->shape[k], "%s and %s differ in batch dim %d", tuff_shape_text(in).text, tuff_shape_text(indices).text, (int)k);
    return TUFF_OK;
}

/* but for .bytes, which counts elements */
static tuff_gather_args describe(const tuff_tensor *in, const tuff_tensor *indices, int32_t axis, int32_t batch_dims) {
    return (tuff_gather_args){.batches = tuff_dims_product(in->shape, 0, batch_dims),
                              .outer = tuff_dims_product(in->shape, batch_dims, axis),
                              .size = in->shape[axis],
                              .count = tuff_dims_product(indices->shape, batch_dims, indices->rank),
                              .bytes = tuff_dims_product(in->shape, axis + 1, in->rank)};
}

/* What the gathered strings take; an illegal index is for the kernel to report. */
static size_t string_bytes(const tuff_gather_args *p, const void *strings, const tuff_tensor *indices_tensor) {
    const void *indices = indices_tensor->data;
    size_t bytes = TUFF_STRINGS_HEAD(p->batches * p->outer * p->count * p->bytes);
    if (indices_tensor->type == TUFF_S64) EACH_STRING(int64_t, continue, (void)to; bytes += (size_t)tuff_string_at(strings, from).bytes)
    else EACH_STRING(int32_t, continue, (void)to; bytes += (size_t)tuff_string_at(strings, from).bytes)
    return bytes;
}

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *indices = c->inputs[1];
    int32_t axis, batch_dims, dims[2 * TUFF_MAX_RANK], rank = 0;
    TUFF_TRY(resolve(c, &axis, &batch_dims));
    for (int32_t k = 0; k < axis; k++) dims[rank++] = in->shape[k];
    for (int32_t k = batch_dims; k < indices->rank; k++) dims[rank++] = indices->shape[k];
    for (int32_t k = axis + 1; k < in->rank; k++) dims[rank++] = in->shape[k];
    TUFF_TRY(tuff_infer_shape(c, 0, rank, dims));
    if (in->type != TUFF_STRING) return TUFF_OK;
    if (!in->data || !indices->data) return TUFF_LATER;
    const tuff_gather_args strings = describe(in, indices, axis, batch_dims);
    tuff_infer_bytes(c, 0, string_bytes(&strings, in->data, indices));
    return TUFF_OK;
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *indices = c->inputs[1];
    int32_t axis, batch_dims;
    bool whole = true;
    TUFF_TRY(resolve(c, &axis, &batch_dims));
    tuff_gather_args shape = describe(in, indices, axis, batch_dims);
    if (in->type != TUFF_STRING) shape.bytes = tuff_stretch_bytes(in, axis + 1, &whole);
    TUFF_CHECK(c, whole, "slices of %s along axis %d are no whole bytes", tuff_shape_text(in).text, (int)axis);
    tuff_gather_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = shape;
    const int64_t slices = shape.batches * shape.outer * shape.count;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){slices, 0, 2 * slices * shape.bytes}, io, 3);
}

static int32_t version(const tuff_context *c) {
    switch (c->inputs[0]->type) {
    case TUFF_S4: return 7;
    case TUFF_S16: return 4;
    case TUFF_BOOL: return 3;
    case TUFF_S8: return 2;
    default: return 0;
    }
}

const tuff_op tuff_op_gather = {
    .name = "GATHER",
    .code = 36,
    .options = TUFF_OPTIONS(GatherOptions, 23, tuff_gather_attrs, attr_fields),
    .inputs = "input indices",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 8,
};
#endif
