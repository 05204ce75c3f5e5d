/* SLICE: per axis `size` elements from `begin` on (-1: all that follow). REVERSE_V2: the named axes backwards.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite slice.cc, reverse.cc (which takes neighbouring axes only)
 */
#include "ops/move.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define INDEX "s32|s64"
static const tuff_variant slice_variants[] = {
    {{"b1", INDEX, INDEX}, {"=0"}, 1, "act - - -> same", TUFF_MOVE_KERNEL(1)},
    {{"b2", INDEX, INDEX}, {"=0"}, 1, "act - - -> same", TUFF_MOVE_KERNEL(2)},
    {{"b4", INDEX, INDEX}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)},
    {{"b8", INDEX, INDEX}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)},
    {{"s4", INDEX, INDEX}, {"=0"}, 7, NULL, TUFF_MOVE_KERNEL_OF(s4)},
    {{"string", INDEX, INDEX}, {"=0"}, 3, NULL, TUFF_MOVE_KERNEL_OF(string)},
    {.version = 0},
};
static const tuff_variant reverse_variants[] = {
    {{"b1", "s32"}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(1)},
    {{"b2", "s32"}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(2)},
    {{"b4", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)},
    {{"b8", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)},
    {.version = 0},
};

static tuff_status resolve(tuff_context *c, int32_t *begin, int32_t *dims) {
    const tuff_tensor *in = c->inputs[0];
    for (int32_t k = 1; k < 3; k++) {
        TUFF_CHECK(c, c->inputs[k]->rank == 1 && c->inputs[k]->shape[0] == in->rank, "%s does not fit %s; expected one number per axis",
                   tuff_shape_text(c->inputs[k]).text, tuff_shape_text(in).text);
        if (!c->inputs[k]->data) return TUFF_LATER;
    }
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t from = tuff_value_at(c->inputs[1], k);
        int64_t size = tuff_value_at(c->inputs[2], k);
        TUFF_CHECK(c, from >= 0 && from <= in->shape[k], "begin %lld lies outside of axis %d of %s", (long long)from, (int)k, tuff_shape_text(in).text);
        if (size == -1) size = in->shape[k] - from;
        TUFF_CHECK(c, size >= 0 && size <= in->shape[k] - from, "%lld elements from %lld on exceed axis %d of %s", (long long)size, (long long)from, (int)k,
                   tuff_shape_text(in).text);
        begin[k] = (int32_t)from;
        dims[k] = (int32_t)size;
    }
    return TUFF_OK;
}

static tuff_status walk_slice(tuff_context *c, tuff_walk *walk, int32_t *dims) {
    int32_t begin[TUFF_MAX_RANK], step[TUFF_MAX_RANK];
    TUFF_TRY(resolve(c, begin, dims));
    for (int32_t k = 0; k < c->inputs[0]->rank; k++) step[k] = 1;
    tuff_walk_slice(walk, c->inputs[0], begin, step, dims);
    return TUFF_OK;
}

static tuff_status infer_slice(tuff_context *c) {
    tuff_walk walk;
    int32_t dims[TUFF_MAX_RANK];
    TUFF_TRY(walk_slice(c, &walk, dims));
    TUFF_TRY(tuff_infer_shape(c, 0, c->inputs[0]->rank, dims));
    return c->inputs[0]->type == TUFF_STRING ? tuff_move_infer_strings(c, &walk) : TUFF_OK;
}

static tuff_status prepare_slice(tuff_context *c) {
    tuff_walk walk;
    int32_t dims[TUFF_MAX_RANK];
    TUFF_TRY(walk_slice(c, &walk, dims));
    return tuff_move_emit(c, 0, &walk);
}

static int32_t version_slice(const tuff_context *c) {
    const tuff_type type = c->inputs[0]->type;
    if (type == TUFF_F16) return 8;
    if (type == TUFF_U32) return 6;
    return c->inputs[0]->rank > 4 ? 5 : type == TUFF_S16 ? 4 : type == TUFF_S8 ? 2 : 0;
}

static tuff_status infer_reverse(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[1]->rank == 1, "axes %s have to be a vector", tuff_shape_text(c->inputs[1]).text);
    return c->inputs[1]->data ? tuff_infer_like(c, 0, 0) : TUFF_LATER;
}

static tuff_status prepare_reverse(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *axes = c->inputs[1];
    int32_t begin[TUFF_MAX_RANK], step[TUFF_MAX_RANK];
    for (int32_t k = 0; k < in->rank; k++) begin[k] = 0, step[k] = 1;
    for (int64_t k = 0; k < tuff_count(axes); k++) {
        int32_t axis;
        TUFF_TRY(tuff_check_axis(c, tuff_value_at(axes, k), in->rank, &axis));
        TUFF_CHECK(c, step[axis] == 1, "axis %d is named twice", (int)axis);
        if (in->shape[axis] == 0) continue;
        begin[axis] = in->shape[axis] - 1;
        step[axis] = -1;
    }
    tuff_walk walk;
    tuff_walk_slice(&walk, in, begin, step, in->shape);
    return tuff_move_emit(c, 0, &walk);
}

static int32_t version_reverse(const tuff_context *c) { return c->inputs[0]->type == TUFF_S8 ? 3 : c->inputs[0]->type == TUFF_BOOL ? 2 : 0; }

const tuff_op tuff_op_slice = {
    .name = "SLICE",
    .code = 65,
    .options = TUFF_OPTIONS_EMPTY(SliceOptions, 48),
    .inputs = "input begin size",
    .outputs = "output",
    .variants = slice_variants,
    .infer = infer_slice,
    .prepare = prepare_slice,
    .version = version_slice,
    .highest = 8,
};
const tuff_op tuff_op_reverse_v2 = {
    .name = "REVERSE_V2",
    .code = 105,
    .options = TUFF_OPTIONS_EMPTY(ReverseV2Options, 81),
    .inputs = "input axes",
    .outputs = "output",
    .variants = reverse_variants,
    .infer = infer_reverse,
    .prepare = prepare_reverse,
    .version = version_reverse,
    .highest = 4,
};
#endif
