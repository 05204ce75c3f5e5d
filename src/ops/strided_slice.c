/* STRIDED_SLICE: per axis the elements begin, begin + stride, ... before end, as Python writes it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Entry i of begin, end and strides speaks, by the bits i of the masks, of:
 *   ellipsis   as many whole axes as the other entries leave (none is possible); one at the most
 *   new_axis   a new axis of 1
 *   shrink     the one element at begin; its axis goes
 *   otherwise  a range of the next axis; begin_mask and end_mask mean its ends, negative numbers count from the end,
 *              ranges are cut to the axis. `offset`: end is a length.
 * Axes beyond the entries are taken whole.
 * source: TFLite strided_slice.cc; where it reads beyond the tensor (shrinking with a negative stride) or takes entries without an axis, we do not
 */
#include "ops/strided_slice.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_strided_slice_attrs, begin_mask, S32, 0),
    TUFF_FIELD(tuff_strided_slice_attrs, end_mask, S32, 1),
    TUFF_FIELD(tuff_strided_slice_attrs, ellipsis_mask, S32, 2, .version = 6),
    TUFF_FIELD(tuff_strided_slice_attrs, new_axis_mask, S32, 3, .version = 6),
    TUFF_FIELD(tuff_strided_slice_attrs, shrink_axis_mask, S32, 4),
    TUFF_FIELD(tuff_strided_slice_attrs, offset, BOOL, 5, .version = 8),
    TUFF_FIELD_END,
};

static const tuff_variant variants[] = {
    {{"b1", "s32", "s32", "s32"}, {"=0"}, 1, "act - - - -> same", TUFF_MOVE_KERNEL(1)},
    {{"b2", "s32", "s32", "s32"}, {"=0"}, 1, "act - - - -> same", TUFF_MOVE_KERNEL(2)},
    {{"b4", "s32", "s32", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)},
    {{"b8", "s32", "s32", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)},
    {{"string", "s32", "s32", "s32"}, {"=0"}, 5, NULL, TUFF_MOVE_KERNEL_OF(string)},
    {.version = 0},
};

typedef struct slice {
    int32_t begin[TUFF_MAX_RANK], step[TUFF_MAX_RANK], dims[TUFF_MAX_RANK]; /* per axis of the input */
    int32_t rank, out[TUFF_MAX_RANK];                                       /* the output's shape */
} slice;

static int64_t cut(int64_t x, int64_t lo, int64_t hi) { return x < lo ? lo : x > hi ? hi : x; }

/* One axis by entry i. */
static tuff_status range(tuff_context *c, int32_t i, int32_t axis, slice *s) {
    const tuff_strided_slice_attrs *a = c->attrs;
    const int64_t size = c->inputs[0]->shape[axis], step = tuff_value_at(c->inputs[3], i), bit = (int64_t)1 << i;
    int64_t begin = tuff_value_at(c->inputs[1], i), end = tuff_value_at(c->inputs[2], i);
    TUFF_CHECK(c, step != 0, "stride %d is 0", (int)i);
    const int64_t first = step > 0 ? 0 : -1, last = step > 0 ? size : size - 1; /* where an end of the range may lie */
    if (begin < 0) begin += size;
    if (a->shrink_axis_mask & bit) {
        if (a->begin_mask & bit) begin = step > 0 ? 0 : size - 1;
        TUFF_CHECK(c, begin >= 0 && begin < size, "element %lld of axis %d of %s does not exist", (long long)begin, (int)axis,
                   tuff_shape_text(c->inputs[0]).text);
        s->begin[axis] = (int32_t)begin;
        s->step[axis] = s->dims[axis] = 1;
        return TUFF_OK;
    }
    begin = cut(begin, first, last);
    if (a->begin_mask & bit) begin = step > 0 ? 0 : size - 1;
    if (a->offset) end += begin;
    else if (end < 0) end += size;
    end = cut(end, first, last);
    if (a->end_mask & bit) end = step > 0 ? size : -1;
    const int64_t length = step > 0 ? end - begin : begin - end, stride = step > 0 ? step : -step;
    s->dims[axis] = length > 0 ? (int32_t)((length - 1) / stride + 1) : 0;
    s->begin[axis] = s->dims[axis] ? (int32_t)begin : 0;
    s->step[axis] = s->dims[axis] > 1 ? (int32_t)step : 1;
    TUFF_CHECK(c, s->rank < TUFF_MAX_RANK, "the output has more than %d axes", TUFF_MAX_RANK);
    s->out[s->rank++] = s->dims[axis];
    return TUFF_OK;
}

static tuff_status whole(tuff_context *c, int32_t axis, slice *s) {
    s->begin[axis] = 0;
    s->step[axis] = 1;
    s->dims[axis] = c->inputs[0]->shape[axis];
    TUFF_CHECK(c, s->rank < TUFF_MAX_RANK, "the output has more than %d axes", TUFF_MAX_RANK);
    s->out[s->rank++] = s->dims[axis];
    return TUFF_OK;
}

static tuff_status resolve(tuff_context *c, slice *s) {
    const tuff_strided_slice_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    for (int32_t k = 1; k < 4; k++) {
        TUFF_CHECK(c, c->inputs[k]->rank == 1 && tuff_same_shape(c->inputs[k], c->inputs[1]), "%s and %s have to be vectors of one length",
                   tuff_shape_text(c->inputs[1]).text, tuff_shape_text(c->inputs[k]).text);
        if (!c->inputs[k]->data) return TUFF_LATER;
    }
    const int32_t entries = c->inputs[1]->shape[0];
    TUFF_CHECK(c, entries <= 31, "%d entries; at most 31 are possible", (int)entries);
    int32_t axes = 0, ellipses = 0; /* axes that entries name */
    for (int32_t i = 0; i < entries; i++) {
        if (a->ellipsis_mask >> i & 1) ellipses++;
        else axes += !(a->new_axis_mask >> i & 1);
    }
    TUFF_CHECK(c, ellipses <= 1 && axes <= in->rank, "%d entries with %d ellipses do not fit %s", (int)axes, (int)ellipses, tuff_shape_text(in).text);
    int32_t axis = 0;
    s->rank = 0;
    for (int32_t i = 0; i < entries; i++) {
        if (a->ellipsis_mask >> i & 1) {
            for (int32_t k = in->rank - axes; k > 0; k--) TUFF_TRY(whole(c, axis++, s));
        } else if (a->new_axis_mask >> i & 1) {
            TUFF_CHECK(c, s->rank < TUFF_MAX_RANK, "the output has more than %d axes", TUFF_MAX_RANK);
            s->out[s->rank++] = 1;
        } else {
            TUFF_TRY(range(c, i, axis++, s));
        }
    }
    while (axis < in->rank) TUFF_TRY(whole(c, axis++, s));
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    slice s;
    TUFF_TRY(resolve(c, &s));
    TUFF_TRY(tuff_infer_shape(c, 0, s.rank, s.out));
    if (c->inputs[0]->type != TUFF_STRING) return TUFF_OK;
    tuff_walk walk;
    tuff_walk_slice(&walk, c->inputs[0], s.begin, s.step, s.dims);
    return tuff_move_infer_strings(c, &walk);
}

static tuff_status prepare(tuff_context *c) {
    slice s;
    TUFF_TRY(resolve(c, &s));
    tuff_walk walk;
    tuff_walk_slice(&walk, c->inputs[0], s.begin, s.step, s.dims);
    return tuff_move_emit(c, 0, &walk);
}

static int32_t version(const tuff_context *c) {
    const tuff_type type = c->inputs[0]->type;
    const int32_t by_type = type == TUFF_U32 ? 7 : type == TUFF_BOOL ? 3 : type == TUFF_S8 ? 2 : 0;
    return c->inputs[0]->rank > 4 && by_type < 4 ? 4 : by_type;
}

const tuff_op tuff_op_strided_slice = {
    .name = "STRIDED_SLICE",
    .code = 45,
    .options = TUFF_OPTIONS(StridedSliceOptions, 32, tuff_strided_slice_attrs, attr_fields),
    .inputs = "input begin end strides",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 8,
};
#endif
