/* FILL: one value in every element of a shape. ZEROS_LIKE: zeros in the shape of the input.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite fill.cc, zeros_like.cc
 */
#include "ops/fill.h"

#include "ops/strings.h"

/* value [1], out [count] of `bytes` each; tiles: any split; scratch, errors: none */
int tuff_fill(const void *args, void *const *io, int job, int jobs) {
    const tuff_fill_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    tuff_fill_with((uint8_t *)io[1] + span.first * p->bytes, span.end - span.first, io[0], p->bytes);
    return 0;
}

/* strings; tiles: one */
int tuff_fill_string(const void *args, void *const *io, int job, int jobs) {
    (void)job, (void)jobs;
    const int32_t count = (int32_t)((const tuff_fill_args *)args)->count;
    const tuff_string value = tuff_string_at(io[0], 0);
    int32_t *head = io[1];
    char *text = (char *)io[1] + 4 * ((size_t)count + 2);
    head[0] = count;
    for (int32_t k = 0; k <= count; k++) head[1 + k] = (int32_t)(4 * ((int64_t)count + 2) + (int64_t)k * value.bytes);
    for (int32_t k = 0; k < count; k++) memcpy(text + (int64_t)k * value.bytes, value.text, (size_t)value.bytes);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_ARG(tuff_fill_args, count, S64), TUFF_ARG(tuff_fill_args, bytes, S32), TUFF_FIELD_END};
#define KERNEL TUFF_KERNEL(tuff_fill, tuff_fill_args, fields)
static const tuff_variant fill_variants[] = {
    {{"s32|s64", "s8"}, {"s8"}, 3, "- same -> free", KERNEL},
    {{"s32|s64", "s16"}, {"s16"}, 3, "- same -> free", KERNEL},
    {{"s32|s64", "f16"}, {"f16"}, 4, NULL, KERNEL},
    {{"s32|s64", "bool"}, {"bool"}, 2, NULL, KERNEL},
    {{"s32|s64", "string"}, {"string"}, 2, NULL, TUFF_KERNEL(tuff_fill_string, tuff_fill_args, fields)},
    {{"s32|s64", "b1"}, {"b1"}, 1, NULL, KERNEL},
    {{"s32|s64", "b2"}, {"b2"}, 1, NULL, KERNEL},
    {{"s32|s64", "b4"}, {"b4"}, 1, NULL, KERNEL},
    {{"s32|s64", "b8"}, {"b8"}, 1, NULL, KERNEL},
    {.version = 0},
};
static const tuff_variant zeros_like_variants[] = {{{"f32|s32|s64"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};

static tuff_status infer_fill(tuff_context *c) {
    const tuff_tensor *shape = c->inputs[0], *value = c->inputs[1], *out = c->outputs[0];
    TUFF_CHECK(c, shape->rank == 1 && shape->shape[0] <= TUFF_MAX_RANK, "dims %s have to be a vector of at most %d", tuff_shape_text(shape).text,
               TUFF_MAX_RANK);
    TUFF_CHECK(c, value->rank == 0, "value %s has to be a scalar", tuff_shape_text(value).text);
    TUFF_CHECK(c, value->type == out->type, "value '%s' is of type %s, output '%s' %s", value->name, tuff_type_name(value->type), out->name,
               tuff_type_name(out->type));
    TUFF_TRY(tuff_check_same_scale(c, value, out));
    if (!shape->data) return TUFF_LATER;
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t k = 0; k < shape->shape[0]; k++) {
        const int64_t dim = tuff_value_at(shape, k);
        TUFF_CHECK(c, dim >= 0 && dim <= INT32_MAX, "dim %d is %lld", (int)k, (long long)dim);
        dims[k] = (int32_t)dim;
    }
    TUFF_TRY(tuff_infer_shape(c, 0, shape->shape[0], dims));
    if (out->type != TUFF_STRING) return TUFF_OK;
    if (!value->data) return TUFF_LATER;
    const int64_t count = tuff_dims_product(dims, 0, shape->shape[0]), bytes = 8 + count * (4 + (int64_t)tuff_string_at(value->data, 0).bytes);
    TUFF_CHECK(c, bytes <= INT32_MAX, "output '%s' would be larger than 2 GB", out->name);
    tuff_infer_bytes(c, 0, (size_t)bytes);
    return TUFF_OK;
}

static tuff_status emit(tuff_context *c, tuff_io value) {
    const tuff_tensor *out = c->outputs[0];
    const int64_t count = tuff_count(out);
    const int32_t bytes = tuff_type_bits(out->type) / 8;
    tuff_fill_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_fill_args){count, bytes};
    const tuff_io io[] = {value, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){out->type == TUFF_STRING ? 1 : count, 0, count * bytes}, io, 2);
}
static tuff_status prepare_fill(tuff_context *c) { return emit(c, tuff_io_input(c, 1)); }

static tuff_status infer_zeros_like(tuff_context *c) { return tuff_infer_like(c, 0, 0); }
static tuff_status prepare_zeros_like(tuff_context *c) {
    void *zero;
    const tuff_io io = tuff_io_array(c, 8, &zero);
    if (zero) memset(zero, 0, 8);
    return emit(c, io);
}

const tuff_op tuff_op_fill = {
    .name = "FILL",
    .code = 94,
    .options = TUFF_OPTIONS_EMPTY(FillOptions, 68),
    .inputs = "dims value",
    .outputs = "output",
    .variants = fill_variants,
    .infer = infer_fill,
    .prepare = prepare_fill,
    .highest = 5,
};
const tuff_op tuff_op_zeros_like = {
    .name = "ZEROS_LIKE",
    .code = 93,
    .options = TUFF_OPTIONS_EMPTY(ZerosLikeOptions, 67),
    .inputs = "input",
    .outputs = "output",
    .variants = zeros_like_variants,
    .infer = infer_zeros_like,
    .prepare = prepare_zeros_like,
    .highest = 1,
};
#endif
