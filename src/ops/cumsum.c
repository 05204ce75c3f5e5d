/* CUMSUM: running sums along one axis, from either end, with or without the element itself. Integers wrap.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite cumsum.cc
 */
#include "ops/cumsum.h"

/* in [outer][size][inner], out alike; tiles: any split of outer x inner; scratch, errors: none */
#define CUMSUM(name, T, SUM)                                                              \
    int name(const void *args, void *const *io, int job, int jobs) {                      \
        const tuff_cumsum_args *p = args;                                                 \
        const tuff_span span = tuff_share(p->outer * p->inner, job, jobs);                \
        for (int64_t i = span.first; i < span.end; i++) {                                 \
            const int64_t first = i / p->inner * p->size * p->inner + i % p->inner;       \
            SUM sum = 0;                                                                  \
            for (int32_t k = 0; k < p->size; k++) {                                       \
                const int64_t at = first + (p->reverse ? p->size - 1 - k : k) * p->inner; \
                const SUM before = sum;                                                   \
                sum += (SUM)((const T *)io[0])[at];                                       \
                ((T *)io[1])[at] = (T)(p->exclusive ? before : sum);                      \
            }                                                                             \
        }                                                                                 \
        return 0;                                                                         \
    }
CUMSUM(tuff_cumsum_f32, float, float)
CUMSUM(tuff_cumsum_s32, int32_t, uint32_t)
CUMSUM(tuff_cumsum_s64, int64_t, uint64_t)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_cumsum_attrs, exclusive, BOOL, 0), TUFF_FIELD(tuff_cumsum_attrs, reverse, BOOL, 1), TUFF_FIELD_END};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_cumsum_args, outer, S64),      TUFF_ARG(tuff_cumsum_args, inner, S64),    TUFF_ARG(tuff_cumsum_args, size, S32),
    TUFF_ARG(tuff_cumsum_args, exclusive, BOOL), TUFF_ARG(tuff_cumsum_args, reverse, BOOL), TUFF_FIELD_END,
};
#define ROW(type, function) \
    { {type, "s32"}, {"=0"}, 1, NULL, TUFF_KERNEL(function, tuff_cumsum_args, fields) }
static const tuff_variant variants[] = {ROW("f32", tuff_cumsum_f32), ROW("s32", tuff_cumsum_s32), ROW("s64", tuff_cumsum_s64), {.version = 0}};

static tuff_status find_axis(tuff_context *c, int32_t *axis) {
    TUFF_CHECK(c, tuff_count(c->inputs[1]) == 1, "axis %s has to be one number", tuff_shape_text(c->inputs[1]).text);
    if (!c->inputs[1]->data) return TUFF_LATER;
    return tuff_check_axis(c, tuff_value_at(c->inputs[1], 0), c->inputs[0]->rank, axis);
}
static tuff_status infer(tuff_context *c) {
    int32_t axis;
    TUFF_TRY(find_axis(c, &axis));
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_cumsum_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    int32_t axis;
    TUFF_TRY(find_axis(c, &axis));
    const int64_t outer = tuff_dims_product(in->shape, 0, axis), inner = tuff_dims_product(in->shape, axis + 1, in->rank), count = tuff_count(in);
    tuff_cumsum_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_cumsum_args){outer, inner, in->shape[axis], a->exclusive, a->reverse};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){outer * inner, count, 2 * count * tuff_type_bits(in->type) / 8}, io, 2);
}

const tuff_op tuff_op_cumsum = {
    .name = "CUMSUM",
    .code = 128,
    .options = TUFF_OPTIONS(CumsumOptions, 102, tuff_cumsum_attrs, attr_fields),
    .inputs = "input axis",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .in_place = 1,
    .highest = 1,
};
#endif
