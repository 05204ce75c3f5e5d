/* TRANSPOSE: axes in another order. DEPTH_TO_SPACE, SPACE_TO_DEPTH: blocks of pixels from and to channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With block size n, channel (i * n + j) * depth + k of the deep image is channel k of pixel (i, j) of the block; both are transposes of
 * [batch][height][i][width][j][depth].
 * source: TFLite transpose.cc, depth_to_space.cc, space_to_depth.cc
 */
#include "ops/transpose.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field block_fields[] = {TUFF_FIELD(tuff_block_attrs, block_size, S32, 0), TUFF_FIELD_END};

static const tuff_variant transpose_variants[] = {
    {{"b1", "s32"}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(1)},
    {{"b2", "s32"}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(2)},
    {{"b4", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)},
    {{"b8", "s32"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)},
    {{"s4", "s32"}, {"=0"}, 7, NULL, TUFF_MOVE_KERNEL_OF(s4)},
    {.version = 0},
};
static const tuff_variant block_variants[] = {
    {{"s8"}, {"s8"}, 2, "act -> same", TUFF_MOVE_KERNEL(1)}, {{"b1"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(1)}, {{"b2"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(2)},
    {{"b4"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)},          {{"b8"}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)}, {.version = 0},
};

static tuff_status permutation(tuff_context *c, int32_t *axes) {
    const tuff_tensor *in = c->inputs[0], *perm = c->inputs[1];
    TUFF_CHECK(c, perm->rank == 1 && perm->shape[0] == in->rank, "%s does not fit %s; expected one axis per axis", tuff_shape_text(perm).text,
               tuff_shape_text(in).text);
    if (!perm->data) return TUFF_LATER;
    uint32_t seen = 0;
    for (int32_t k = 0; k < in->rank; k++) {
        TUFF_TRY(tuff_check_axis(c, tuff_value_at(perm, k), in->rank, &axes[k]));
        TUFF_CHECK(c, !(seen >> axes[k] & 1), "axis %d is named twice", (int)axes[k]);
        seen |= 1u << axes[k];
    }
    return TUFF_OK;
}

static tuff_status infer_transpose(tuff_context *c) {
    int32_t axes[TUFF_MAX_RANK], dims[TUFF_MAX_RANK];
    TUFF_TRY(permutation(c, axes));
    for (int32_t k = 0; k < c->inputs[0]->rank; k++) dims[k] = c->inputs[0]->shape[axes[k]];
    return tuff_infer_shape(c, 0, c->inputs[0]->rank, dims);
}

static tuff_status prepare_transpose(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    int32_t axes[TUFF_MAX_RANK];
    TUFF_TRY(permutation(c, axes));
    tuff_walk walk = {0};
    for (int32_t k = 0; k < in->rank; k++) tuff_walk_add(&walk, in->shape[axes[k]], tuff_dims_product(in->shape, axes[k] + 1, in->rank), 0);
    tuff_walk_close(&walk);
    return tuff_move_emit(c, 0, &walk);
}

static int32_t version_transpose(const tuff_context *c) {
    const tuff_type type = c->inputs[0]->type;
    const int32_t rank = c->inputs[0]->rank;
    if (type == TUFF_F16) return 9;
    if (rank > 6 || type == TUFF_BF16) return 8;
    if (rank > 5) return 6;
    if (type == TUFF_S16) return 5;
    return rank > 4 ? 4 : type == TUFF_BOOL ? 3 : type == TUFF_S8 ? 2 : 0;
}

static int32_t block_of(const tuff_context *c) { return ((const tuff_block_attrs *)c->attrs)->block_size; }

static tuff_status check_image(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->rank == 4, "%s is no image; expected rank 4", tuff_shape_text(c->inputs[0]).text);
    TUFF_CHECK(c, block_of(c) > 0 && block_of(c) <= 32768, "block size is %d; expected 1..32768", (int)block_of(c));
    return tuff_check_same_scale(c, c->inputs[0], c->outputs[0]);
}

static tuff_status infer_depth_to_space(tuff_context *c) {
    TUFF_TRY(check_image(c));
    const int32_t *s = c->inputs[0]->shape, n = block_of(c);
    TUFF_CHECK(c, s[3] % (n * n) == 0, "%s has channels that %d x %d does not divide", tuff_shape_text(c->inputs[0]).text, (int)n, (int)n);
    TUFF_CHECK(c, (int64_t)s[1] * n <= INT32_MAX && (int64_t)s[2] * n <= INT32_MAX, "the image would have more than 2^31 pixels on a side");
    return tuff_infer_shape(c, 0, 4, (const int32_t[]){s[0], s[1] * n, s[2] * n, s[3] / (n * n)});
}

static tuff_status infer_space_to_depth(tuff_context *c) {
    TUFF_TRY(check_image(c));
    const int32_t *s = c->inputs[0]->shape, n = block_of(c);
    TUFF_CHECK(c, s[1] % n == 0 && s[2] % n == 0, "%s has sides that %d does not divide", tuff_shape_text(c->inputs[0]).text, (int)n);
    TUFF_CHECK(c, (int64_t)s[3] * n * n <= INT32_MAX, "the image would have more than 2^31 channels");
    return tuff_infer_shape(c, 0, 4, (const int32_t[]){s[0], s[1] / n, s[2] / n, s[3] * n * n});
}

static tuff_status prepare_depth_to_space(tuff_context *c) {
    const int32_t *s = c->inputs[0]->shape, n = block_of(c), depth = c->outputs[0]->shape[3];
    const int64_t pixel = s[3], line = pixel * s[2];
    tuff_walk walk = {0};
    tuff_walk_add(&walk, s[0], line * s[1], 0);
    tuff_walk_add(&walk, s[1], line, 0);
    tuff_walk_add(&walk, n, (int64_t)n * depth, 0);
    tuff_walk_add(&walk, s[2], pixel, 0);
    tuff_walk_add(&walk, n, depth, 0);
    tuff_walk_add(&walk, depth, 1, 0);
    tuff_walk_close(&walk);
    return tuff_move_emit(c, 0, &walk);
}

static tuff_status prepare_space_to_depth(tuff_context *c) {
    const int32_t *s = c->inputs[0]->shape, n = block_of(c);
    const int64_t pixel = s[3], line = pixel * s[2];
    tuff_walk walk = {0};
    tuff_walk_add(&walk, s[0], line * s[1], 0);
    tuff_walk_add(&walk, s[1] / n, line * n, 0);
    tuff_walk_add(&walk, s[2] / n, pixel * n, 0);
    tuff_walk_add(&walk, n, line, 0);
    tuff_walk_add(&walk, n, pixel, 0);
    tuff_walk_add(&walk, s[3], 1, 0);
    tuff_walk_close(&walk);
    return tuff_move_emit(c, 0, &walk);
}

const tuff_op tuff_op_transpose = {
    .name = "TRANSPOSE",
    .code = 39,
    .options = TUFF_OPTIONS_EMPTY(TransposeOptions, 26),
    .inputs = "input perm",
    .outputs = "output",
    .variants = transpose_variants,
    .infer = infer_transpose,
    .prepare = prepare_transpose,
    .version = version_transpose,
    .highest = 9,
};
const tuff_op tuff_op_depth_to_space = {
    .name = "DEPTH_TO_SPACE",
    .code = 5,
    .options = TUFF_OPTIONS(DepthToSpaceOptions, 94, tuff_block_attrs, block_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = block_variants,
    .infer = infer_depth_to_space,
    .prepare = prepare_depth_to_space,
    .highest = 2,
};
const tuff_op tuff_op_space_to_depth = {
    .name = "SPACE_TO_DEPTH",
    .code = 26,
    .options = TUFF_OPTIONS(SpaceToDepthOptions, 19, tuff_block_attrs, block_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = block_variants,
    .infer = infer_space_to_depth,
    .prepare = prepare_space_to_depth,
    .highest = 2,
};
#endif
