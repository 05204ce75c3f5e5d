/* BROADCAST_TO: axes of 1 repeated to a shape. TILE: every axis repeated a number of times.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both read their input with strides of 0 along what repeats.
 * source: TFLite broadcast_to.cc, tile.cc
 */
#include "ops/move.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define INDEX "s32|s64"
#define ROWS                                                                                                                            \
    {{"b1", INDEX}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(1)}, {{"b2", INDEX}, {"=0"}, 1, "act - -> same", TUFF_MOVE_KERNEL(2)}, \
        {{"b4", INDEX}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(4)}, {                                                                        \
        {"b8", INDEX}, {"=0"}, 1, NULL, TUFF_MOVE_KERNEL(8)                                                                             \
    }
static const tuff_variant broadcast_to_variants[] = {ROWS, {.version = 0}};

static const tuff_variant tile_variants[] = {ROWS, {{"string", INDEX}, {"=0"}, 2, NULL, TUFF_MOVE_KERNEL_OF(string)}, {.version = 0}};

static tuff_status infer_broadcast_to(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *shape = c->inputs[1];
    TUFF_CHECK(c, shape->rank == 1 && shape->shape[0] >= in->rank && shape->shape[0] <= TUFF_MAX_RANK, "shape %s does not fit %s", tuff_shape_text(shape).text,
               tuff_shape_text(in).text);
    if (!shape->data) return TUFF_LATER;
    const int32_t rank = shape->shape[0], missing = rank - in->rank;
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t k = 0; k < rank; k++) {
        const int64_t dim = tuff_value_at(shape, k), own = k < missing ? 1 : in->shape[k - missing];
        TUFF_CHECK(c, dim >= 0 && dim <= INT32_MAX && (own == 1 || own == dim), "%s cannot be broadcast to %lld along axis %d", tuff_shape_text(in).text,
                   (long long)dim, (int)k);
        dims[k] = (int32_t)dim;
    }
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status prepare_broadcast_to(tuff_context *c) {
    const tuff_tensor *out = c->outputs[0];
    int64_t strides[TUFF_MAX_RANK];
    tuff_broadcast_strides(c->inputs[0], out->rank, strides);
    tuff_walk walk = {0};
    for (int32_t k = 0; k < out->rank; k++) tuff_walk_add(&walk, out->shape[k], strides[k], 0);
    tuff_walk_close(&walk);
    return tuff_move_emit(c, 0, &walk);
}

static tuff_walk walk_tile(const tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    tuff_walk walk = {0};
    for (int32_t k = 0; k < in->rank; k++) {
        tuff_walk_add(&walk, (int32_t)tuff_value_at(c->inputs[1], k), 0, 0);
        tuff_walk_add(&walk, in->shape[k], tuff_dims_product(in->shape, k + 1, in->rank), 0);
    }
    tuff_walk_close(&walk);
    return walk;
}

static tuff_status infer_tile(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *multiples = c->inputs[1];
    TUFF_CHECK(c, multiples->rank == 1 && multiples->shape[0] == in->rank, "%s does not fit %s; expected one number per axis", tuff_shape_text(multiples).text,
               tuff_shape_text(in).text);
    if (!multiples->data) return TUFF_LATER;
    int32_t dims[TUFF_MAX_RANK], walked = 0;
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t times = tuff_value_at(multiples, k);
        TUFF_CHECK(c, times >= 0 && (times == 0 || in->shape[k] <= INT32_MAX / times), "axis %d of %s cannot be repeated %lld times", (int)k,
                   tuff_shape_text(in).text, (long long)times);
        dims[k] = (int32_t)(in->shape[k] * times);
        walked += (times != 1) + (in->shape[k] != 1);
    }
    if (walked > TUFF_MAX_RANK) return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "%s is repeated along too many axes", tuff_shape_text(in).text);
    TUFF_TRY(tuff_infer_shape(c, 0, in->rank, dims));
    const tuff_walk walk = walk_tile(c);
    return in->type == TUFF_STRING ? tuff_move_infer_strings(c, &walk) : TUFF_OK;
}

static tuff_status prepare_tile(tuff_context *c) {
    const tuff_walk walk = walk_tile(c);
    return tuff_move_emit(c, 0, &walk);
}

static int32_t version_broadcast_to(const tuff_context *c) { return c->inputs[0]->type == TUFF_S8 || c->inputs[0]->type == TUFF_S16 ? 3 : 2; }
static int32_t version_tile(const tuff_context *c) { return c->inputs[0]->type == TUFF_S8 ? 3 : 0; }

const tuff_op tuff_op_broadcast_to = {
    .name = "BROADCAST_TO",
    .code = 130,
    .options = TUFF_OPTIONS_EMPTY(BroadcastToOptions, 104),
    .inputs = "input shape",
    .outputs = "output",
    .variants = broadcast_to_variants,
    .infer = infer_broadcast_to,
    .prepare = prepare_broadcast_to,
    .version = version_broadcast_to,
    .highest = 4,
};
const tuff_op tuff_op_tile = {
    .name = "TILE",
    .code = 69,
    .options = TUFF_OPTIONS_EMPTY(TileOptions, 51),
    .inputs = "input multiples",
    .outputs = "output",
    .variants = tile_variants,
    .infer = infer_tile,
    .prepare = prepare_tile,
    .version = version_tile,
    .highest = 3,
};
#endif
