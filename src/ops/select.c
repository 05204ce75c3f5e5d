/* SELECT, SELECT_V2: x where the condition holds, y elsewhere.
 * SPDX-License-Identifier: Apache-2.0
 *
 * SELECT_V2 broadcasts all three. SELECT takes x and y of one shape and a condition of that shape, a scalar, or one per slice of the first axis.
 * source: TFLite select.cc
 */
#include "ops/select.h"

/* condition bool [..], x [..], y [..], out [walk]; tiles: any split of the outputs; scratch, errors: none */
#define SELECT(name, T)                                                                                                                             \
    int name(const void *args, void *const *io, int job, int jobs) {                                                                                \
        const tuff_select_args *p = args;                                                                                                           \
        const uint8_t *condition = io[0];                                                                                                           \
        const T *x = io[1], *y = io[2];                                                                                                             \
        T *out = io[3];                                                                                                                             \
        const int64_t step_c = tuff_walk_step_a(&p->walk), step_x = tuff_walk_step_b(&p->walk);                                                     \
        const int64_t step_y = tuff_walk_step_a(&p->other);                                                                                         \
        tuff_row row, other;                                                                                                                        \
        tuff_walk_job(&p->walk, &row, job, jobs);                                                                                                   \
        tuff_walk_job(&p->other, &other, job, jobs);                                                                                                \
        while (tuff_walk_row(&p->walk, &row) && tuff_walk_row(&p->other, &other))                                                                   \
            for (int32_t i = 0; i < row.n; i++) out[row.out + i] = condition[row.a + i * step_c] ? x[row.b + i * step_x] : y[other.a + i * step_y]; \
        return 0;                                                                                                                                   \
    }
SELECT(tuff_select_b1, uint8_t)
SELECT(tuff_select_b2, uint16_t)
SELECT(tuff_select_b4, uint32_t)
SELECT(tuff_select_b8, uint64_t)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_WALK_FIELDS(tuff_select_args, walk), TUFF_WALK_FIELDS(tuff_select_args, other), TUFF_FIELD_END};
#define KERNEL(bytes) TUFF_KERNEL(tuff_select_b##bytes, tuff_select_args, fields)
static const tuff_variant variants[] = {
    {{"bool", "s8", "s8"}, {"s8"}, 1, "- same same -> free", KERNEL(1)},
    {{"bool", "s16", "s16"}, {"s16"}, 1, "- same same -> free", KERNEL(2)},
    {{"bool", "bool", "bool"}, {"bool"}, 1, NULL, KERNEL(1)},
    {{"bool", "u8", "u8"}, {"u8"}, 1, NULL, KERNEL(1)},
    {{"bool", "f16", "f16"}, {"f16"}, 1, NULL, KERNEL(2)},
    {{"bool", "bf16", "bf16"}, {"bf16"}, 1, NULL, KERNEL(2)},
    {{"bool", "u16", "u16"}, {"u16"}, 1, NULL, KERNEL(2)},
    {{"bool", "f32", "f32"}, {"f32"}, 1, NULL, KERNEL(4)},
    {{"bool", "s32", "s32"}, {"s32"}, 1, NULL, KERNEL(4)},
    {{"bool", "u32", "u32"}, {"u32"}, 2, NULL, KERNEL(4)},
    {{"bool", "s64", "s64"}, {"s64"}, 1, NULL, KERNEL(8)},
    {{"bool", "u64", "u64"}, {"u64"}, 1, NULL, KERNEL(8)},
    {{"bool", "f64", "f64"}, {"f64"}, 1, NULL, KERNEL(8)},
    {{"bool", "c64", "c64"}, {"c64"}, 1, NULL, KERNEL(8)},
    {.version = 0},
};

/* Dims of 1 are left out; a dim joins the one before where all three sources allow it. */
static void add(tuff_select_args *p, int32_t dim, int64_t condition, int64_t x, int64_t y) {
    tuff_walk *w = &p->walk, *o = &p->other;
    if (dim == 1) return;
    int32_t k = w->rank - 1;
    if (k >= 0 && w->a[k] == condition * dim && w->b[k] == x * dim && o->a[k] == y * dim && (int64_t)w->dims[k] * dim <= INT32_MAX) dim *= w->dims[k];
    else k++;
    w->rank = o->rank = k + 1;
    w->dims[k] = o->dims[k] = dim;
    w->a[k] = condition;
    w->b[k] = x;
    o->a[k] = y;
}

static bool one_element(const tuff_tensor *t) {
    for (int32_t k = 0; k < t->rank; k++)
        if (t->shape[k] != 1) return false;
    return true;
}
/* One element each, whatever the ranks: the output keeps the shape that the file states. */
static bool scalars(const tuff_context *c) {
    return one_element(c->inputs[0]) && one_element(c->inputs[1]) && one_element(c->inputs[2]) && one_element(c->outputs[0]);
}
static bool by_rows(const tuff_context *c) {
    const tuff_tensor *condition = c->inputs[0], *x = c->inputs[1];
    return condition->rank == 1 && x->rank > 1 && condition->shape[0] == x->shape[0];
}

static tuff_status infer_select(tuff_context *c) {
    const tuff_tensor *condition = c->inputs[0], *x = c->inputs[1], *y = c->inputs[2];
    if (scalars(c)) return tuff_infer_shape(c, 0, c->outputs[0]->rank, c->outputs[0]->shape);
    TUFF_CHECK(c, tuff_same_shape(x, y), "%s and %s differ in shape", tuff_shape_text(x).text, tuff_shape_text(y).text);
    TUFF_CHECK(c, condition->rank == 0 || tuff_same_shape(condition, x) || by_rows(c), "condition %s does not fit %s", tuff_shape_text(condition).text,
               tuff_shape_text(x).text);
    return tuff_infer_like(c, 0, 1);
}
static tuff_status infer_select_v2(tuff_context *c) {
    return scalars(c) ? tuff_infer_shape(c, 0, c->outputs[0]->rank, c->outputs[0]->shape) : tuff_infer_broadcast(c, 0, 3);
}

static tuff_status prepare_with(tuff_context *c, bool rows) {
    const tuff_tensor *out = c->outputs[0];
    int64_t strides[3][TUFF_MAX_RANK];
    for (int32_t k = 0; k < 3; k++) tuff_broadcast_strides(c->inputs[k], out->rank, strides[k]); /* of one element: all 0, whatever its rank */
    for (int32_t k = 0; rows && k < out->rank; k++) strides[0][k] = k == 0 && out->shape[0] != 1;
    tuff_select_args *args = tuff_args(c, &c->variant->kernel);
    if (args) {
        for (int32_t k = 0; k < out->rank; k++) add(args, out->shape[k], strides[0][k], strides[1][k], strides[2][k]);
        tuff_walk_close(&args->walk);
        tuff_walk_close(&args->other);
    }
    const int64_t count = tuff_count(out);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, count, count * (1 + 3 * tuff_type_bits(out->type) / 8)}, io, 4);
}
static tuff_status prepare_select(tuff_context *c) { return prepare_with(c, by_rows(c)); }
static tuff_status prepare_select_v2(tuff_context *c) { return prepare_with(c, false); }

/* u32: 4 in SELECT, 2 in SELECT_V2, as the row has it */
static int32_t version_select(const tuff_context *c) { return c->inputs[1]->type == TUFF_U32 ? 4 : c->inputs[1]->rank > 4 ? 3 : 0; }

const tuff_op tuff_op_select = {
    .name = "SELECT",
    .code = 64,
    .options = TUFF_OPTIONS_EMPTY(SelectOptions, 47),
    .inputs = "condition x y",
    .outputs = "output",
    .variants = variants,
    .infer = infer_select,
    .prepare = prepare_select,
    .version = version_select,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
const tuff_op tuff_op_select_v2 = {
    .name = "SELECT_V2",
    .code = 123,
    .options = TUFF_OPTIONS_EMPTY(SelectV2Options, 98),
    .inputs = "condition x y",
    .outputs = "output",
    .variants = variants,
    .infer = infer_select_v2,
    .prepare = prepare_select_v2,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
#endif
