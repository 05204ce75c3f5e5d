/* MAXIMUM, MINIMUM: the larger or the smaller of two, with broadcasting.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where either is NaN it is the second. Quantized operands are compared as they are: all three tensors share one scale.
 * source: TFLite maximum_minimum.cc
 */
#include "ops/minimum.h"

/* a [..], b [..], out [walk]; tiles: any split; scratch, errors: none */
#define CHOOSE(name, T, operator)                                                       \
    int name(const void *args, void *const *io, int job, int jobs) {                    \
        const tuff_walk *walk = &((const tuff_minimum_args *)args)->walk;               \
        const T *a = io[0], *b = io[1];                                                 \
        T *out = io[2];                                                                 \
        const int64_t step_a = tuff_walk_step_a(walk), step_b = tuff_walk_step_b(walk); \
        tuff_row row;                                                                   \
        for (tuff_walk_job(walk, &row, job, jobs); tuff_walk_row(walk, &row);)          \
            for (int32_t i = 0; i < row.n; i++) {                                       \
                const T x = a[row.a + i * step_a], y = b[row.b + i * step_b];           \
                out[row.out + i] = x operator y ? x : y;                                \
            }                                                                           \
        return 0;                                                                       \
    }
CHOOSE(tuff_maximum_f32, float, >)
CHOOSE(tuff_maximum_s8, int8_t, >)
CHOOSE(tuff_maximum_u8, uint8_t, >)
CHOOSE(tuff_maximum_s16, int16_t, >)
CHOOSE(tuff_maximum_s32, int32_t, >)
CHOOSE(tuff_maximum_s64, int64_t, >)
CHOOSE(tuff_minimum_f32, float, <)
CHOOSE(tuff_minimum_s8, int8_t, <)
CHOOSE(tuff_minimum_u8, uint8_t, <)
CHOOSE(tuff_minimum_s16, int16_t, <)
CHOOSE(tuff_minimum_s32, int32_t, <)
CHOOSE(tuff_minimum_s64, int64_t, <)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_WALK_FIELDS(tuff_minimum_args, walk), TUFF_FIELD_END};
#define KERNEL(function) TUFF_KERNEL(function, tuff_minimum_args, fields)
static const tuff_variant maximum_variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, KERNEL(tuff_maximum_f32)},
    {{"s8", "s8"}, {"s8"}, 2, "act same -> same", KERNEL(tuff_maximum_s8)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, KERNEL(tuff_maximum_u8)},
    {{"s16", "s16"}, {"s16"}, 4, "act same -> same", KERNEL(tuff_maximum_s16)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, KERNEL(tuff_maximum_s32)},
    {{"s64", "s64"}, {"s64"}, 1, NULL, KERNEL(tuff_maximum_s64)},
    {.version = 0},
};
static const tuff_variant minimum_variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, KERNEL(tuff_minimum_f32)},
    {{"s8", "s8"}, {"s8"}, 2, "act same -> same", KERNEL(tuff_minimum_s8)},
    {{"u8", "u8"}, {"u8"}, 1, NULL, KERNEL(tuff_minimum_u8)},
    {{"s16", "s16"}, {"s16"}, 4, "act same -> same", KERNEL(tuff_minimum_s16)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, KERNEL(tuff_minimum_s32)},
    {{"s64", "s64"}, {"s64"}, 1, NULL, KERNEL(tuff_minimum_s64)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) { return tuff_infer_broadcast(c, 0, 2); }

static tuff_status prepare(tuff_context *c) {
    tuff_minimum_args *args = tuff_args(c, &c->variant->kernel);
    if (args) tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
    const int64_t count = tuff_count(c->outputs[0]);
    const tuff_cost cost = {count, count, 3 * count * tuff_type_bits(c->outputs[0]->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 3);
}

static int32_t version(const tuff_context *c) {
    return !tuff_same_shape(c->inputs[0], c->inputs[1]) && (c->inputs[0]->rank > 4 || c->inputs[1]->rank > 4) ? 3 : 0;
}

const tuff_op tuff_op_maximum = {
    .name = "MAXIMUM",
    .code = 55,
    .options = TUFF_OPTIONS_EMPTY(MaximumMinimumOptions, 39),
    .inputs = "a b",
    .outputs = "output",
    .variants = maximum_variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
const tuff_op tuff_op_minimum = {
    .name = "MINIMUM",
    .code = 57,
    .options = TUFF_OPTIONS_EMPTY(MaximumMinimumOptions, 39),
    .inputs = "a b",
    .outputs = "output",
    .variants = minimum_variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
#endif
