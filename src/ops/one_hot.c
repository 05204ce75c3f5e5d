/* ONE_HOT: along a new axis, on_value where its index is the one given, off_value elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Indices outside of the axis leave it off_value throughout.
 * source: TFLite one_hot.cc
 */
#include "ops/one_hot.h"

/* indices [outer][inner] s32 or s64, on [1], off [1], out [outer][depth][inner]; tiles: any split of the outputs; scratch, errors: none */
#define ONE_HOT(name, T)                                                                                 \
    int name(const void *args, void *const *io, int job, int jobs) {                                     \
        const tuff_one_hot_args *p = args;                                                               \
        const T on = *(const T *)io[1], off = *(const T *)io[2];                                         \
        const tuff_span span = tuff_share(p->outer * p->depth * p->inner, job, jobs);                    \
        for (int64_t i = span.first; i < span.end; i++) {                                                \
            const int64_t at = i / p->inner / p->depth * p->inner + i % p->inner;                        \
            const int64_t index = p->wide ? ((const int64_t *)io[0])[at] : ((const int32_t *)io[0])[at]; \
            ((T *)io[3])[i] = index == i / p->inner % p->depth ? on : off;                               \
        }                                                                                                \
        return 0;                                                                                        \
    }
ONE_HOT(tuff_one_hot_b1, uint8_t)
ONE_HOT(tuff_one_hot_b2, uint16_t)
ONE_HOT(tuff_one_hot_b4, uint32_t)
ONE_HOT(tuff_one_hot_b8, uint64_t)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_one_hot_attrs, axis, S32, 0), TUFF_FIELD_END};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_one_hot_args, outer, S64),
    TUFF_ARG(tuff_one_hot_args, inner, S64),
    TUFF_ARG(tuff_one_hot_args, depth, S32),
    TUFF_ARG(tuff_one_hot_args, wide, BOOL),
    TUFF_FIELD_END,
};
#define ROW(types, bytes) \
    { {"s32|s64", "s32", types, types}, {types}, 1, NULL, TUFF_KERNEL(tuff_one_hot_b##bytes, tuff_one_hot_args, fields) }
static const tuff_variant variants[] = {ROW("b1", 1), ROW("b2", 2), ROW("b4", 4), ROW("b8", 8), {.version = 0}};

/* where the new axis is */
static int32_t new_axis(const tuff_context *c) {
    const int32_t axis = ((const tuff_one_hot_attrs *)c->attrs)->axis;
    return axis == -1 ? c->inputs[0]->rank : axis;
}

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *depth = c->inputs[1];
    const int32_t axis = new_axis(c);
    TUFF_CHECK(c, axis >= 0 && axis <= indices->rank, "axis %d does not fit %s; expected -1..%d", (int)axis, tuff_shape_text(indices).text, (int)indices->rank);
    for (int32_t k = 1; k < 4; k++) TUFF_CHECK(c, tuff_count(c->inputs[k]) == 1, "%s has to be one number", tuff_shape_text(c->inputs[k]).text);
    for (int32_t k = 2; k < 4; k++)
        TUFF_CHECK(c, c->inputs[k]->type == c->outputs[0]->type, "'%s' is of type %s, output '%s' %s", c->inputs[k]->name, tuff_type_name(c->inputs[k]->type),
                   c->outputs[0]->name, tuff_type_name(c->outputs[0]->type));
    if (!depth->data) return TUFF_LATER;
    TUFF_CHECK(c, tuff_value_at(depth, 0) >= 0, "depth is %lld", (long long)tuff_value_at(depth, 0));
    int32_t dims[TUFF_MAX_RANK + 1];
    for (int32_t k = 0; k <= indices->rank; k++) dims[k] = k < axis ? indices->shape[k] : k == axis ? (int32_t)tuff_value_at(depth, 0) : indices->shape[k - 1];
    return tuff_infer_shape(c, 0, indices->rank + 1, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *indices = c->inputs[0], *out = c->outputs[0];
    const int32_t axis = new_axis(c);
    tuff_one_hot_args *args = tuff_args(c, &c->variant->kernel);
    if (args)
        *args = (tuff_one_hot_args){tuff_dims_product(out->shape, 0, axis), tuff_dims_product(out->shape, axis + 1, out->rank), out->shape[axis],
                                    indices->type == TUFF_S64};
    const int64_t count = tuff_count(out);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 2), tuff_io_input(c, 3), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, 4 * count, count * tuff_type_bits(out->type) / 8}, io, 4);
}

const tuff_op tuff_op_one_hot = {
    .name = "ONE_HOT",
    .code = 85,
    .options = TUFF_OPTIONS(OneHotOptions, 61, tuff_one_hot_attrs, attr_fields),
    .inputs = "indices depth on_value off_value",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
