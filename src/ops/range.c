/* RANGE: start, start + delta, ... before limit.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats add delta step by step, so the rounding errors add up too.
 * source: TFLite range.cc
 */
#include "ops/range.h"

/* start [1], delta [1], out [count]; tiles: one, as each value follows from the one before; scratch, errors: none */
#define RANGE(name, T, SUM)                                                             \
    int name(const void *args, void *const *io, int job, int jobs) {                    \
        (void)job, (void)jobs;                                                          \
        const int64_t count = ((const tuff_range_args *)args)->count;                   \
        const SUM delta = (SUM) * (const T *)io[1];                                     \
        SUM value = (SUM) * (const T *)io[0];                                           \
        for (int64_t i = 0; i < count; i++, value += delta) ((T *)io[2])[i] = (T)value; \
        return 0;                                                                       \
    }
RANGE(tuff_range_f32, float, float)
RANGE(tuff_range_s32, int32_t, uint32_t)
RANGE(tuff_range_s64, int64_t, uint64_t)

#ifndef TUFF_KERNELS_ONLY
#include <math.h>

#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_ARG(tuff_range_args, count, S64), TUFF_FIELD_END};
#define ROW(type, function) \
    { {type, "=0", "=0"}, {"=0"}, 1, NULL, TUFF_KERNEL(function, tuff_range_args, fields) }
static const tuff_variant variants[] = {ROW("f32", tuff_range_f32), ROW("s32", tuff_range_s32), ROW("s64", tuff_range_s64), {.version = 0}};

static tuff_status infer(tuff_context *c) {
    for (int32_t k = 0; k < 3; k++) TUFF_CHECK(c, c->inputs[k]->rank == 0, "%s has to be a scalar", tuff_shape_text(c->inputs[k]).text);
    for (int32_t k = 0; k < 3; k++)
        if (!c->inputs[k]->data) return TUFF_LATER;
    uint64_t count;
    if (c->inputs[0]->type == TUFF_F32) {
        const float start = *(const float *)c->inputs[0]->data, limit = *(const float *)c->inputs[1]->data, delta = *(const float *)c->inputs[2]->data;
        TUFF_CHECK(c, (start >= limit && delta < 0) || (start <= limit && delta > 0), "steps of %g don't lead from %g to %g", (double)delta, (double)start,
                   (double)limit);
        const float steps = ceilf(fabsf((limit - start) / delta));
        count = steps < 2147483648.0f ? (uint64_t)steps : UINT64_MAX;
    } else {
        const int64_t start = tuff_value_at(c->inputs[0], 0), limit = tuff_value_at(c->inputs[1], 0), delta = tuff_value_at(c->inputs[2], 0);
        TUFF_CHECK(c, (start >= limit && delta < 0) || (start <= limit && delta > 0), "steps of %lld don't lead from %lld to %lld", (long long)delta,
                   (long long)start, (long long)limit);
        const uint64_t way = start < limit ? (uint64_t)limit - (uint64_t)start : (uint64_t)start - (uint64_t)limit;
        const uint64_t step = delta > 0 ? (uint64_t)delta : 0 - (uint64_t)delta;
        count = way / step + (way % step != 0);
    }
    TUFF_CHECK(c, count <= INT32_MAX, "the range has more than 2^31 elements");
    return tuff_infer_shape(c, 0, 1, &(int32_t){(int32_t)count});
}

static tuff_status prepare(tuff_context *c) {
    const int64_t count = tuff_count(c->outputs[0]);
    tuff_range_args *args = tuff_args(c, &c->variant->kernel);
    if (args) args->count = count;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 2), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, count, count * tuff_type_bits(c->outputs[0]->type) / 8}, io, 3);
}

static int32_t version(const tuff_context *c) { return c->inputs[0]->type == TUFF_S64 ? 2 : 0; }

const tuff_op tuff_op_range = {
    .name = "RANGE",
    .code = 96,
    .options = TUFF_OPTIONS_EMPTY(RangeOptions, 73),
    .inputs = "start limit delta",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 2,
};
#endif
