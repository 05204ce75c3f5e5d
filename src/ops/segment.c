/* SEGMENT_SUM, UNSORTED_SEGMENT_SUM, _PROD, _MAX, _MIN: slices of equal segment id reduced to one, elementwise.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The ids have the shape of the data's first axes. Unsorted: negative ids are left out, others lie below the number of segments. Sorted: they begin
 * with 0 and rise by 1 at the most. Over nothing: 0, 1, the type's lowest, its highest. Integers wrap.
 * source: TFLite segment_sum.cc, unsorted_segment.cc
 */
#include "ops/segment.h"

#include <float.h>

/* data [slices][inner], ids s32 [slices], out [segments][inner]; tiles: any split of inner; scratch: none; error: an id beyond the segments */
#define SEGMENT(name, T, initial, step)                                                               \
    int name(const void *args, void *const *io, int job, int jobs) {                                  \
        const tuff_segment_args *p = args;                                                            \
        const int32_t *ids = io[1];                                                                   \
        const tuff_span span = tuff_share(p->inner, job, jobs);                                       \
        for (int32_t s = 0; s < p->segments; s++)                                                     \
            for (int64_t i = span.first; i < span.end; i++) ((T *)io[2])[s * p->inner + i] = initial; \
        for (int64_t k = 0; k < p->slices; k++) {                                                     \
            if (ids[k] >= p->segments) return 2;                                                      \
            if (ids[k] < 0) continue;                                                                 \
            const T *in = (const T *)io[0] + k * p->inner;                                            \
            T *out = (T *)io[2] + ids[k] * p->inner;                                                  \
            for (int64_t i = span.first; i < span.end; i++) {                                         \
                const T x = in[i], y = out[i];                                                        \
                out[i] = (T)(step);                                                                   \
            }                                                                                         \
        }                                                                                             \
        return 0;                                                                                     \
    }
SEGMENT(tuff_segment_sum_f32, float, 0, x + y)
SEGMENT(tuff_segment_sum_s32, int32_t, 0, (uint32_t)x + (uint32_t)y)
SEGMENT(tuff_segment_prod_f32, float, 1, x *y)
SEGMENT(tuff_segment_prod_s32, int32_t, 1, (uint32_t)x *(uint32_t)y)
SEGMENT(tuff_segment_max_f32, float, -FLT_MAX, y < x ? x : y)
SEGMENT(tuff_segment_max_s32, int32_t, INT32_MIN, y < x ? x : y)
SEGMENT(tuff_segment_min_f32, float, FLT_MAX, x < y ? x : y)
SEGMENT(tuff_segment_min_s32, int32_t, INT32_MAX, x < y ? x : y)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {TUFF_ARG(tuff_segment_args, slices, S64), TUFF_ARG(tuff_segment_args, inner, S64),
                                    TUFF_ARG(tuff_segment_args, segments, S32), TUFF_FIELD_END};
#define KERNEL(function) TUFF_KERNEL(function, tuff_segment_args, fields)
static const tuff_variant segment_sum_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, KERNEL(tuff_segment_sum_f32)},
    {{"s32", "s32"}, {"=0"}, 1, NULL, KERNEL(tuff_segment_sum_s32)},
    {.version = 0},
};
#define ROWS(kernel)                                                                 \
    {{"f32", "s32", "s32"}, {"=0"}, 1, NULL, KERNEL(tuff_segment_##kernel##_f32)}, { \
        {"s32", "s32", "s32"}, {"=0"}, 1, NULL, KERNEL(tuff_segment_##kernel##_s32)  \
    }
static const tuff_variant unsorted_segment_sum_variants[] = {ROWS(sum), {.version = 0}};
static const tuff_variant unsorted_segment_prod_variants[] = {ROWS(prod), {.version = 0}};
static const tuff_variant unsorted_segment_max_variants[] = {ROWS(max), {.version = 0}};
static const tuff_variant unsorted_segment_min_variants[] = {ROWS(min), {.version = 0}};

static tuff_status infer_segments(tuff_context *c, int64_t segments) {
    const tuff_tensor *data = c->inputs[0], *ids = c->inputs[1];
    int32_t dims[TUFF_MAX_RANK + 1], rank = 0;
    dims[rank++] = (int32_t)segments;
    for (int32_t k = ids->rank; k < data->rank; k++) dims[rank++] = data->shape[k];
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status infer_sorted(tuff_context *c) {
    const tuff_tensor *data = c->inputs[0], *ids = c->inputs[1];
    TUFF_CHECK(c, data->rank >= 1 && ids->rank == 1 && ids->shape[0] == data->shape[0], "%s does not fit %s; expected one id per slice",
               tuff_shape_text(ids).text, tuff_shape_text(data).text);
    if (!ids->data) return TUFF_LATER;
    int64_t last = -1;
    for (int32_t k = 0; k < ids->shape[0]; k++) {
        const int64_t id = tuff_value_at(ids, k);
        TUFF_CHECK(c, id == last + 1 || (id == last && k > 0), "segment id %d is %lld; expected %lld%s", (int)k, (long long)id, (long long)last + 1,
                   k > 0 ? " or the one before" : "");
        last = id;
    }
    return infer_segments(c, last + 1);
}

static tuff_status infer_unsorted(tuff_context *c) {
    const tuff_tensor *data = c->inputs[0], *ids = c->inputs[1], *segments = c->inputs[2];
    TUFF_CHECK(c, ids->rank <= data->rank, "%s does not fit %s", tuff_shape_text(ids).text, tuff_shape_text(data).text);
    for (int32_t k = 0; k < ids->rank; k++)
        TUFF_CHECK(c, ids->shape[k] == data->shape[k], "%s does not fit %s", tuff_shape_text(ids).text, tuff_shape_text(data).text);
    TUFF_CHECK(c, tuff_count(segments) == 1, "num_segments %s has to be one number", tuff_shape_text(segments).text);
    if (!segments->data) return TUFF_LATER;
    TUFF_CHECK(c, tuff_value_at(segments, 0) >= 0, "num_segments is %lld", (long long)tuff_value_at(segments, 0));
    return infer_segments(c, tuff_value_at(segments, 0));
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *data = c->inputs[0], *ids = c->inputs[1];
    const int64_t inner = tuff_dims_product(data->shape, ids->rank, data->rank), count = tuff_count(data);
    tuff_segment_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_segment_args){tuff_count(ids), inner, c->outputs[0]->shape[0]};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){inner, count, 4 * (count + tuff_count(c->outputs[0]))}, io, 3);
}

#define SEGMENTS(symbol, name_, code_, inputs_, infer_, ...) \
    const tuff_op tuff_op_##symbol = {                       \
        .name = name_,                                       \
        .code = code_,                                       \
        .options = __VA_ARGS__,                              \
        .inputs = inputs_,                                   \
        .outputs = "output",                                 \
        .variants = symbol##_variants,                       \
        .infer = infer_,                                     \
        .prepare = prepare,                                  \
        .highest = 1,                                        \
    };
SEGMENTS(segment_sum, "SEGMENT_SUM", 125, "data segment_ids", infer_sorted, TUFF_OPTIONS_EMPTY(SegmentSumOptions, 100))
SEGMENTS(unsorted_segment_prod, "UNSORTED_SEGMENT_PROD", 153, "data segment_ids num_segments", infer_unsorted,
         TUFF_OPTIONS_EMPTY(UnsortedSegmentProdOptions, 118))
SEGMENTS(unsorted_segment_max, "UNSORTED_SEGMENT_MAX", 154, "data segment_ids num_segments", infer_unsorted, TUFF_OPTIONS_EMPTY(UnsortedSegmentMaxOptions, 119))
SEGMENTS(unsorted_segment_sum, "UNSORTED_SEGMENT_SUM", 155, "data segment_ids num_segments", infer_unsorted, TUFF_OPTIONS_EMPTY(UnsortedSegmentSumOptions, 121))
SEGMENTS(unsorted_segment_min, "UNSORTED_SEGMENT_MIN", 157, "data segment_ids num_segments", infer_unsorted, TUFF_OPTIONS_EMPTY(UnsortedSegmentMinOptions, 120))
#endif
