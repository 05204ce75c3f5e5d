/* BUCKETIZE: between which of the sorted boundaries each element lies: how many of them it reaches. NaN is behind the last.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Integers are compared as floats.
 * source: TFLite bucketize.cc
 */
#include "ops/bucketize.h"

/* in [count], boundaries f32 [boundaries], out s32 [count]; tiles: any split; scratch, errors: none */
#define BUCKETIZE(name, T, REAL)                                                                     \
    int name(const void *args, void *const *io, int job, int jobs) {                                 \
        const tuff_bucketize_args *p = args;                                                         \
        const tuff_span span = tuff_share(p->count, job, jobs);                                      \
        const float *boundaries = io[1];                                                             \
        for (int64_t i = span.first; i < span.end; i++) {                                            \
            const REAL x = (REAL)((const T *)io[0])[i];                                              \
            int32_t lo = 0, hi = p->boundaries; /* x reaches those below lo, not those from hi on */ \
            while (lo < hi) {                                                                        \
                const int32_t middle = lo + (hi - lo) / 2;                                           \
                if (x < (REAL)boundaries[middle]) hi = middle;                                       \
                else lo = middle + 1;                                                                \
            }                                                                                        \
            ((int32_t *)io[2])[i] = lo;                                                              \
        }                                                                                            \
        return 0;                                                                                    \
    }
BUCKETIZE(tuff_bucketize_f32, float, float)
BUCKETIZE(tuff_bucketize_f64, double, double)
BUCKETIZE(tuff_bucketize_s32, int32_t, float)
BUCKETIZE(tuff_bucketize_s64, int64_t, float)

#ifndef TUFF_KERNELS_ONLY
#include <string.h>

#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_bucketize_attrs, boundaries, VECTOR_F32, 0), TUFF_FIELD_END};
static const tuff_field fields[] = {TUFF_ARG(tuff_bucketize_args, count, S64), TUFF_ARG(tuff_bucketize_args, boundaries, S32), TUFF_FIELD_END};
#define ROW(type, function) \
    { {type}, {"s32"}, 1, NULL, TUFF_KERNEL(function, tuff_bucketize_args, fields) }
static const tuff_variant variants[] = {
    ROW("f32", tuff_bucketize_f32), ROW("f64", tuff_bucketize_f64), ROW("s32", tuff_bucketize_s32), ROW("s64", tuff_bucketize_s64), {.version = 0},
};

static tuff_status prepare(tuff_context *c) {
    const tuff_f32s boundaries = ((const tuff_bucketize_attrs *)c->attrs)->boundaries;
    TUFF_CHECK(c, boundaries.count < INT32_MAX, "there are too many boundaries");
    for (size_t k = 1; k < boundaries.count; k++)
        TUFF_CHECK(c, boundaries.data[k - 1] <= boundaries.data[k], "boundaries %g and %g are not in order", (double)boundaries.data[k - 1],
                   (double)boundaries.data[k]);
    tuff_bucketize_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) args->boundaries = (int32_t)boundaries.count;
    void *array;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, boundaries.count * sizeof(float), &array), tuff_io_output(c, 0)};
    if (array && boundaries.count > 0) memcpy(array, boundaries.data, boundaries.count * sizeof(float));
    const int64_t count = tuff_count(c->inputs[0]);
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, 8 * count, count * (4 + tuff_type_bits(c->inputs[0]->type) / 8)}, io, 3);
}

const tuff_op tuff_op_bucketize = {
    .name = "BUCKETIZE",
    .code = 147,
    .options = TUFF_OPTIONS(BucketizeOptions, 115, tuff_bucketize_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_unary_infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
