/* SPLIT: equal parts along an axis. SPLIT_V: parts of given sizes, one of which may be -1. UNPACK: the slices along an axis, without it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One step per output: the input's stretches of the inner axes that are its own.
 * source: TFLite split.cc, split_v.cc, unpack.cc
 */
#include "ops/split.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field split_fields[] = {TUFF_FIELD(tuff_split_attrs, num_splits, S32, 0), TUFF_FIELD_END};
static const tuff_field unpack_fields[] = {TUFF_FIELD(tuff_unpack_attrs, num, S32, 0), TUFF_FIELD(tuff_unpack_attrs, axis, S32, 1), TUFF_FIELD_END};

#define WHOLE "b1|b2|b4|b8"
static const tuff_variant split_variants[] = {
    {{"s32", "s8"}, {"s8"}, 2, "- act -> same*", TUFF_MOVE_ROWS_KERNEL},
    {{"s32", "s16"}, {"s16"}, 4, "- act -> same*", TUFF_MOVE_ROWS_KERNEL},
    {{"s32", "s32"}, {"s32"}, 3, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"s32", WHOLE}, {WHOLE}, 1, NULL, TUFF_MOVE_ROWS_KERNEL},
    {.version = 0},
};
static const tuff_variant split_v_variants[] = {
    {{"s8", "s32|s64", "s32"}, {"=0"}, 2, "act - - -> same*", TUFF_MOVE_ROWS_KERNEL},
    {{WHOLE, "s32|s64", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_ROWS_KERNEL},
    {.version = 0},
};
static const tuff_variant unpack_variants[] = {
    {{"s8"}, {"=0"}, 2, "act -> same*", TUFF_MOVE_ROWS_KERNEL},
    {{"u8"}, {"=0"}, 2, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"bool"}, {"=0"}, 3, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"s16"}, {"=0"}, 4, "act -> same*", TUFF_MOVE_ROWS_KERNEL},
    {{"f16|bf16"}, {"=0"}, 5, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{WHOLE}, {"=0"}, 1, NULL, TUFF_MOVE_ROWS_KERNEL},
    {.version = 0},
};

/* The axis as input k has it. */
static tuff_status axis_of(tuff_context *c, int32_t k, const tuff_tensor *in, int32_t *axis) {
    const tuff_tensor *t = c->inputs[k];
    TUFF_CHECK(c, tuff_count(t) == 1, "axis %s has to be one number", tuff_shape_text(t).text);
    if (!t->data) return TUFF_LATER;
    return tuff_check_axis(c, tuff_value_at(t, 0), in->rank, axis);
}

static tuff_status infer_part(tuff_context *c, const tuff_tensor *in, int32_t output, int32_t axis, int32_t size) {
    TUFF_CHECK(c, c->outputs[output]->type == in->type, "output %d is %s; expected %s", (int)output, tuff_type_name(c->outputs[output]->type),
               tuff_type_name(in->type));
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t d = 0; d < in->rank; d++) dims[d] = d == axis ? size : in->shape[d];
    return tuff_infer_shape(c, output, in->rank, dims);
}

static tuff_status infer_split(tuff_context *c) {
    const tuff_tensor *in = c->inputs[1];
    const int32_t parts = ((const tuff_split_attrs *)c->attrs)->num_splits;
    int32_t axis;
    TUFF_TRY(axis_of(c, 0, in, &axis));
    TUFF_CHECK(c, parts == c->n_outputs && parts > 0, "has %d outputs; num_splits says %d", (int)c->n_outputs, (int)parts);
    TUFF_CHECK(c, in->shape[axis] % parts == 0, "axis %d of %s does not split into %d equal parts", (int)axis, tuff_shape_text(in).text, (int)parts);
    for (int32_t k = 0; k < parts; k++) TUFF_TRY(infer_part(c, in, k, axis, in->shape[axis] / parts));
    return TUFF_OK;
}

static tuff_status infer_split_v(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *sizes = c->inputs[1];
    const int32_t parts = ((const tuff_split_attrs *)c->attrs)->num_splits;
    int32_t axis, open = -1;
    TUFF_TRY(axis_of(c, 2, in, &axis));
    TUFF_CHECK(c, parts == c->n_outputs && tuff_count(sizes) == parts, "has %d outputs and %lld sizes; num_splits says %d", (int)c->n_outputs,
               (long long)tuff_count(sizes), (int)parts);
    if (!sizes->data) return TUFF_LATER;
    int64_t left = in->shape[axis];
    for (int32_t k = 0; k < parts; k++) {
        const int64_t size = tuff_value_at(sizes, k);
        TUFF_CHECK(c, size >= -1 && size <= INT32_MAX && (size >= 0 || open < 0), "size %lld of part %d is not possible", (long long)size, (int)k);
        if (size < 0) open = k;
        else left -= size;
    }
    TUFF_CHECK(c, open < 0 ? left == 0 : left >= 0, "the sizes do not add up to axis %d of %s", (int)axis, tuff_shape_text(in).text);
    for (int32_t k = 0; k < parts; k++) TUFF_TRY(infer_part(c, in, k, axis, (int32_t)(k == open ? left : tuff_value_at(sizes, k))));
    return TUFF_OK;
}

static tuff_status infer_unpack(tuff_context *c) {
    const tuff_unpack_attrs *attrs = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    int32_t axis, dims[TUFF_MAX_RANK];
    TUFF_TRY(tuff_check_axis(c, attrs->axis, in->rank, &axis));
    TUFF_CHECK(c, attrs->num == c->n_outputs && in->shape[axis] == attrs->num, "axis %d of %s gives other than %d outputs; num says %d", (int)axis,
               tuff_shape_text(in).text, (int)c->n_outputs, (int)attrs->num);
    for (int32_t d = 0; d < in->rank - 1; d++) dims[d] = in->shape[d < axis ? d : d + 1];
    for (int32_t k = 0; k < attrs->num; k++) {
        TUFF_TRY(tuff_check_same_scale(c, in, c->outputs[k]));
        TUFF_TRY(tuff_infer_shape(c, k, in->rank - 1, dims));
    }
    return TUFF_OK;
}

/* Every output's stretch of `axis` and what is behind it. */
static tuff_status emit(tuff_context *c, int32_t input, int32_t axis) {
    const tuff_tensor *in = c->inputs[input];
    bool whole;
    tuff_move_rows_args rows = {.rows = tuff_dims_product(in->shape, 0, axis), .in_pitch = tuff_stretch_bytes(in, axis, &whole)};
    const tuff_io from = tuff_io_input(c, input);
    for (int32_t k = 0; k < c->n_outputs; k++) {
        rows.bytes = rows.out_pitch = tuff_stretch_bytes(c->outputs[k], axis, &whole);
        if (rows.bytes > 0 && rows.rows > 0) TUFF_TRY(tuff_move_rows_emit(c, from, tuff_io_output(c, k), &rows));
        rows.in_offset += rows.bytes;
    }
    return TUFF_OK;
}

static tuff_status prepare_split(tuff_context *c) {
    int32_t axis;
    TUFF_TRY(axis_of(c, 0, c->inputs[1], &axis));
    return emit(c, 1, axis);
}
static tuff_status prepare_split_v(tuff_context *c) {
    int32_t axis;
    TUFF_TRY(axis_of(c, 2, c->inputs[0], &axis));
    return emit(c, 0, axis);
}
static tuff_status prepare_unpack(tuff_context *c) {
    int32_t axis;
    TUFF_TRY(tuff_check_axis(c, ((const tuff_unpack_attrs *)c->attrs)->axis, c->inputs[0]->rank, &axis));
    return emit(c, 0, axis);
}

const tuff_op tuff_op_split = {
    .name = "SPLIT",
    .code = 49,
    .options = TUFF_OPTIONS(SplitOptions, 35, tuff_split_attrs, split_fields),
    .inputs = "axis input",
    .outputs = "outputs*",
    .variants = split_variants,
    .infer = infer_split,
    .prepare = prepare_split,
    .highest = 5,
};
const tuff_op tuff_op_split_v = {
    .name = "SPLIT_V",
    .code = 102,
    .options = TUFF_OPTIONS(SplitVOptions, 79, tuff_split_attrs, split_fields),
    .inputs = "input size_splits axis",
    .outputs = "outputs*",
    .variants = split_v_variants,
    .infer = infer_split_v,
    .prepare = prepare_split_v,
    .highest = 3,
};
const tuff_op tuff_op_unpack = {
    .name = "UNPACK",
    .code = 88,
    .options = TUFF_OPTIONS(UnpackOptions, 64, tuff_unpack_attrs, unpack_fields),
    .inputs = "input",
    .outputs = "outputs*",
    .variants = unpack_variants,
    .infer = infer_unpack,
    .prepare = prepare_unpack,
    .highest = 6,
};
#endif
