/* BROADCAST_ARGS: the shape to which two shapes broadcast, all of them as values.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite broadcast_args.cc
 */
#include "ops/broadcast_args.h"

/* a [rank_a], b [rank_b], out [the larger]; tiles: one; scratch: none; error: dims of b that don't fit a's */
#define BROADCAST_ARGS(name, T)                                                     \
    int name(const void *args, void *const *io, int job, int jobs) {                \
        const tuff_broadcast_args_args *p = args;                                   \
        const T *a = io[0], *b = io[1];                                             \
        T *out = io[2];                                                             \
        const int32_t rank = p->rank_a > p->rank_b ? p->rank_a : p->rank_b;         \
        for (int32_t k = 0; k < rank && job == 0; k++) {                            \
            const int32_t at_a = k - rank + p->rank_a, at_b = k - rank + p->rank_b; \
            const T x = at_a < 0 ? 1 : a[at_a], y = at_b < 0 ? 1 : b[at_b];         \
            if (x != y && x != 1 && y != 1) return 2;                               \
            out[k] = x == 1 ? y : x;                                                \
        }                                                                           \
        (void)jobs;                                                                 \
        return 0;                                                                   \
    }
BROADCAST_ARGS(tuff_broadcast_args_s32, int32_t)
BROADCAST_ARGS(tuff_broadcast_args_s64, int64_t)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_ARG(tuff_broadcast_args_args, rank_a, S32), TUFF_ARG(tuff_broadcast_args_args, rank_b, S32), TUFF_FIELD_END};
static const tuff_variant variants[] = {
    {{"s32", "s32"}, {"s32"}, 1, NULL, TUFF_KERNEL(tuff_broadcast_args_s32, tuff_broadcast_args_args, fields)},
    {{"s64", "s64"}, {"s64"}, 1, NULL, TUFF_KERNEL(tuff_broadcast_args_s64, tuff_broadcast_args_args, fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *a = c->inputs[0], *b = c->inputs[1];
    TUFF_CHECK(c, a->rank == 1 && b->rank == 1, "%s and %s have to be vectors", tuff_shape_text(a).text, tuff_shape_text(b).text);
    return tuff_infer_like(c, 0, a->shape[0] > b->shape[0] ? 0 : 1);
}

static tuff_status prepare(tuff_context *c) {
    tuff_broadcast_args_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_broadcast_args_args){c->inputs[0]->shape[0], c->inputs[1]->shape[0]};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, tuff_count(c->outputs[0]), 0}, io, 3);
}

const tuff_op tuff_op_broadcast_args = {
    .name = "BROADCAST_ARGS",
    .code = 145,
    .options = {NULL, 0, false, 0, NULL},
    .inputs = "shape0 shape1",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
