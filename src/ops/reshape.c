/* RESHAPE, SQUEEZE, EXPAND_DIMS: the input's bytes in another shape. SHAPE, RANK: the shape as a value.
 * SPDX-License-Identifier: Apache-2.0
 *
 * RESHAPE takes its shape from input 1 where that is a vector of s32, else from the options; one -1 stands for what is left over.
 * Old files say [0] for a scalar. SHAPE's and RANK's outputs are known while planning, so what a model computes from them
 * (SHAPE, STRIDED_SLICE, PACK, RESHAPE around a dynamic batch) is known too.
 * source: TFLite reshape.cc, squeeze.cc, expand_dims.cc, shape.cc
 */
#include "ops/reshape.h"

#ifndef TUFF_KERNELS_ONLY
#include "graph/fields.h"
#include "ops/tensor.h"

static const tuff_field reshape_fields[] = {TUFF_FIELD(tuff_reshape_attrs, new_shape, VECTOR_S32, 0), TUFF_FIELD_END};
static const tuff_field squeeze_fields[] = {TUFF_FIELD(tuff_squeeze_attrs, squeeze_dims, VECTOR_S32, 0), TUFF_FIELD_END};
static const tuff_field shape_fields[] = {TUFF_FIELD(tuff_shape_attrs, out_type, S8, 0, .names = tuff_type_names), TUFF_FIELD_END};

static const tuff_variant reshape_variants[] = {{{"any", "any"}, {"=0"}, 1, "act - -> same", {0}}, {.version = 0}};
static const tuff_variant squeeze_variants[] = {{{"any"}, {"=0"}, 1, "act -> same", {0}}, {.version = 0}};
static const tuff_variant expand_dims_variants[] = {{{"any", "s32|s64"}, {"=0"}, 1, "act - -> same", {0}}, {.version = 0}};
static const tuff_variant shape_variants[] = {{{"any"}, {"s32|s64"}, 1, "- -> -", {0}}, {.version = 0}};

static const tuff_variant rank_variants[] = {{{"any"}, {"s32"}, 1, "- -> -", {0}}, {.version = 0}};
static const tuff_variant bitcast_variants[] = {{{"b1|b2|b4|b8"}, {"b1|b2|b4|b8"}, 1, NULL, {0}}, {.version = 0}};

/* The shape that RESHAPE is asked for, with its -1. */
static tuff_status wanted_shape(tuff_context *c, int32_t *dims, int32_t *rank) {
    const tuff_reshape_attrs *attrs = c->attrs;
    const tuff_tensor *shape = tuff_input(c, 1);
    const bool from_tensor = shape && shape->rank == 1;
    if (from_tensor && !shape->data) return TUFF_LATER;
    const int64_t count = from_tensor ? shape->shape[0] : (int64_t)attrs->new_shape.count;
    TUFF_CHECK(c, count <= TUFF_MAX_RANK, "the new shape has %lld dims; at most %d are possible", (long long)count, TUFF_MAX_RANK);
    *rank = (int32_t)count;
    for (int32_t k = 0; k < *rank; k++) dims[k] = from_tensor ? (int32_t)tuff_value_at(shape, k) : attrs->new_shape.data[k];
    if (!from_tensor && *rank == 1 && dims[0] == 0) *rank = 0;
    return TUFF_OK;
}

static tuff_status infer_reshape(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    int32_t dims[TUFF_MAX_RANK], rank = 0, open = -1;
    TUFF_TRY(wanted_shape(c, dims, &rank));
    const int64_t count = tuff_count(in);
    int64_t product = 1;
    for (int32_t k = 0; k < rank; k++) {
        if (dims[k] == -1) {
            TUFF_CHECK(c, open < 0, "the new shape has two dims of -1, %d and %d", (int)open, (int)k);
            open = k;
        } else {
            TUFF_CHECK(c, dims[k] >= 0, "dim %d of the new shape is %d", (int)k, (int)dims[k]);
            product *= dims[k];
            TUFF_CHECK(c, product <= INT32_MAX, "the new shape has more than 2^31 elements");
        }
    }
    if (open >= 0 && product > 0 && count % product == 0) {
        dims[open] = (int32_t)(count / product);
        product = count;
    } else if (open >= 0 && product == 0) {
        dims[open] = 0;
    }
    TUFF_CHECK(c, product == count && (open < 0 || dims[open] >= 0), "%s has %lld elements; the new shape asks for %s%lld", tuff_shape_text(in).text,
               (long long)count, open < 0 ? "" : "a multiple of ", (long long)product);
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status infer_squeeze(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const tuff_s32s axes = ((const tuff_squeeze_attrs *)c->attrs)->squeeze_dims;
    bool gone[TUFF_MAX_RANK] = {false};
    for (int32_t k = 0; k < in->rank; k++) gone[k] = axes.count == 0 && in->shape[k] == 1;
    for (size_t k = 0; k < axes.count; k++) {
        int32_t axis;
        TUFF_TRY(tuff_check_axis(c, axes.data[k], in->rank, &axis));
        TUFF_CHECK(c, in->shape[axis] == 1, "dim %d of %s is not 1", (int)axis, tuff_shape_text(in).text);
        gone[axis] = true;
    }
    int32_t dims[TUFF_MAX_RANK], rank = 0;
    for (int32_t k = 0; k < in->rank; k++)
        if (!gone[k]) dims[rank++] = in->shape[k];
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status infer_expand_dims(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *t = c->inputs[1];
    TUFF_CHECK(c, tuff_count(t) == 1, "axis %s has to be one number", tuff_shape_text(t).text);
    TUFF_TRY(tuff_check_same_scale(c, in, c->outputs[0]));
    if (!t->data) return TUFF_LATER;
    int32_t axis, dims[TUFF_MAX_RANK + 1];
    TUFF_TRY(tuff_check_axis(c, tuff_value_at(t, 0), in->rank + 1, &axis));
    for (int32_t k = 0; k <= in->rank; k++) dims[k] = k < axis ? in->shape[k] : k == axis ? 1 : in->shape[k - 1];
    return tuff_infer_shape(c, 0, in->rank + 1, dims);
}

/* Elements of other sizes split or join along the last axis. */
static tuff_status infer_bitcast(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const int32_t from = tuff_type_bits(in->type), to = tuff_type_bits(c->outputs[0]->type);
    int32_t dims[TUFF_MAX_RANK + 1], rank = in->rank;
    for (int32_t k = 0; k < rank; k++) dims[k] = in->shape[k];
    if (from > to) dims[rank++] = from / to;
    if (from < to) {
        TUFF_CHECK(c, rank > 0 && dims[rank - 1] == to / from, "%s cannot become %s: its last dim has to be %d", tuff_shape_text(in).text,
                   tuff_type_name(c->outputs[0]->type), (int)(to / from));
        rank--;
    }
    return tuff_infer_shape(c, 0, rank, dims);
}

/* An output that follows from shapes: `rank` numbers. */
static tuff_status infer_numbers(tuff_context *c, int32_t rank, const int32_t *dims, int32_t count, const int32_t *numbers) {
    TUFF_TRY(tuff_infer_shape(c, 0, rank, dims));
    void *value = tuff_infer_value(c, 0);
    if (!value) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        if (c->outputs[0]->type == TUFF_S64) ((int64_t *)value)[k] = numbers[k];
        else ((int32_t *)value)[k] = numbers[k];
    }
    return TUFF_OK;
}

static tuff_status infer_shape(tuff_context *c) {
    const int8_t out_type = ((const tuff_shape_attrs *)c->attrs)->out_type;
    /* files without the option store 0, which reads as f32 and means s32 */
    TUFF_CHECK(c, out_type == TUFF_S32 || out_type == TUFF_S64 || (out_type == TUFF_F32 && c->outputs[0]->type == TUFF_S32),
               "out_type is %s; expected s32 or s64", tuff_type_name((tuff_type)out_type));
    const tuff_tensor *in = c->inputs[0];
    return infer_numbers(c, 1, &in->rank, in->rank, in->shape);
}

static tuff_status infer_rank(tuff_context *c) { return infer_numbers(c, 0, NULL, 1, &c->inputs[0]->rank); }

const tuff_op tuff_op_reshape = {
    .name = "RESHAPE",
    .code = 22,
    .options = TUFF_OPTIONS(ReshapeOptions, 17, tuff_reshape_attrs, reshape_fields),
    .inputs = "input shape?",
    .outputs = "output",
    .variants = reshape_variants,
    .infer = infer_reshape,
    .view = TUFF_VIEW_OF(0),
    .highest = 1,
};
const tuff_op tuff_op_squeeze = {
    .name = "SQUEEZE",
    .code = 43,
    .options = TUFF_OPTIONS(SqueezeOptions, 30, tuff_squeeze_attrs, squeeze_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = squeeze_variants,
    .infer = infer_squeeze,
    .view = TUFF_VIEW_OF(0),
    .highest = 2,
};
const tuff_op tuff_op_expand_dims = {
    .name = "EXPAND_DIMS",
    .code = 70,
    .options = TUFF_OPTIONS_EMPTY(ExpandDimsOptions, 52),
    .inputs = "input axis",
    .outputs = "output",
    .variants = expand_dims_variants,
    .infer = infer_expand_dims,
    .view = TUFF_VIEW_OF(0),
    .highest = 1,
};
const tuff_op tuff_op_shape = {
    .name = "SHAPE",
    .code = 77,
    .options = TUFF_OPTIONS(ShapeOptions, 55, tuff_shape_attrs, shape_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = shape_variants,
    .infer = infer_shape,
    .highest = 1,
};
const tuff_op tuff_op_rank = {
    .name = "RANK",
    .code = 110,
    .options = TUFF_OPTIONS_EMPTY(RankOptions, 86),
    .inputs = "input",
    .outputs = "output",
    .variants = rank_variants,
    .infer = infer_rank,
    .highest = 1,
};
const tuff_op tuff_op_bitcast = {
    .name = "BITCAST",
    .code = 159,
    .options = TUFF_OPTIONS_EMPTY(BitcastOptions, 124),
    .inputs = "input",
    .outputs = "output",
    .variants = bitcast_variants,
    .infer = infer_bitcast,
    .view = TUFF_VIEW_OF(0),
    .highest = 1,
};
#endif
