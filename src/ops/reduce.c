/* MEAN, SUM, REDUCE_PROD, REDUCE_MAX, REDUCE_MIN, REDUCE_ANY, REDUCE_ALL over any set of axes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Elements are taken in the tensor's order, so a float sum has one value whatever the jobs. Integer sums and products without scales wrap;
 * MEAN of them truncates. Over nothing: SUM 0, PROD 1, MAX the type's lowest (-FLT_MAX), MIN its highest, MEAN NaN (integers: 0).
 *
 * Quantized MEAN and SUM: (sum - count * zero_in) * (scale_in / scale_out) + zero_out, clamped. For MEAN the division by count goes into the
 * multiplier: multiplier * 2^s / count, truncated, with s = floor(log2 count) as far as the shift allows.
 * Quantized PROD: each step (q - zero_in) * product, scaled by scale_in / scale_out^(1/count) with 15 bits of multiplier; once more at the end.
 * source: TFLite reduce, reference kernels
 */
#include "ops/reduce.h"

#include <float.h>

#include "base/fixed_point.h"

enum { BLOCK = 64 }; /* outputs reduced at a time, on the stack */

/* in [..], out [kept]; tiles: outputs; scratch, errors: none. In `step`, x is the element and k the output; `seen` elements came before. */
#define REDUCE(name, args_struct, T, OUT, ACC, initial, step, result)                                     \
    int name(const void *args, void *const *io, int job, int jobs) {                                      \
        const args_struct *p = args;                                                                      \
        const T *in = io[0];                                                                              \
        OUT *out = io[1];                                                                                 \
        const int64_t across = tuff_walk_step_a(&p->kept), along = tuff_walk_step_a(&p->reduced);         \
        const int64_t per_output = tuff_walk_count(&p->reduced);                                          \
        tuff_row row, run;                                                                                \
        for (tuff_walk_job(&p->kept, &row, job, jobs); tuff_walk_row(&p->kept, &row);)                    \
            for (int32_t first = 0; first < row.n; first += BLOCK) {                                      \
                const int32_t n = row.n - first < BLOCK ? row.n - first : BLOCK;                          \
                const T *from = in + row.a + first * across;                                              \
                ACC acc[BLOCK];                                                                           \
                for (int32_t k = 0; k < n; k++) acc[k] = initial;                                         \
                int64_t seen = 0;                                                                         \
                for (tuff_walk_from(&p->reduced, &run, 0, per_output); tuff_walk_row(&p->reduced, &run);) \
                    for (int32_t i = 0; i < run.n; i++, seen++) {                                         \
                        const T *at = from + run.a + i * along;                                           \
                        for (int32_t k = 0; k < n; k++) {                                                 \
                            const T x = at[k * across];                                                   \
                            step                                                                          \
                        }                                                                                 \
                    }                                                                                     \
                for (int32_t k = 0; k < n; k++) out[row.out + first + k] = (OUT)(result);                 \
            }                                                                                             \
        return 0;                                                                                         \
    }
#define PLAIN(name, T, ACC, initial, step, result) REDUCE(name, tuff_reduce_args, T, T, ACC, initial, step, result)

PLAIN(tuff_mean_f32, float, float, 0, acc[k] += x;, acc[k] / (float)p->count)
PLAIN(tuff_mean_s32, int32_t, int64_t, 0, acc[k] += x;, p->count ? acc[k] / p->count : 0)
PLAIN(tuff_mean_s64, int64_t, uint64_t, 0, acc[k] += (uint64_t)x;, p->count ? (int64_t)acc[k] / p->count : 0)
PLAIN(tuff_sum_f32, float, float, 0, acc[k] += x;, acc[k])
PLAIN(tuff_sum_s32, int32_t, uint32_t, 0, acc[k] += (uint32_t)x;, acc[k])
PLAIN(tuff_sum_s64, int64_t, uint64_t, 0, acc[k] += (uint64_t)x;, acc[k])
PLAIN(tuff_reduce_prod_f32, float, float, 1, acc[k] *= x;, acc[k])
PLAIN(tuff_reduce_prod_s32, int32_t, uint32_t, 1, acc[k] *= (uint32_t)x;, acc[k])
PLAIN(tuff_reduce_prod_s64, int64_t, uint64_t, 1, acc[k] *= (uint64_t)x;, acc[k])

#define MAX \
    if (x > acc[k]) acc[k] = x;
#define MIN \
    if (x < acc[k]) acc[k] = x;
PLAIN(tuff_reduce_max_f32, float, float, -FLT_MAX, MAX, acc[k])
PLAIN(tuff_reduce_max_s8, int8_t, int8_t, INT8_MIN, MAX, acc[k])
PLAIN(tuff_reduce_max_u8, uint8_t, uint8_t, 0, MAX, acc[k])
PLAIN(tuff_reduce_max_s16, int16_t, int16_t, INT16_MIN, MAX, acc[k])
PLAIN(tuff_reduce_max_s32, int32_t, int32_t, INT32_MIN, MAX, acc[k])
PLAIN(tuff_reduce_max_s64, int64_t, int64_t, INT64_MIN, MAX, acc[k])
PLAIN(tuff_reduce_min_f32, float, float, FLT_MAX, MIN, acc[k])
PLAIN(tuff_reduce_min_s8, int8_t, int8_t, INT8_MAX, MIN, acc[k])
PLAIN(tuff_reduce_min_u8, uint8_t, uint8_t, UINT8_MAX, MIN, acc[k])
PLAIN(tuff_reduce_min_s16, int16_t, int16_t, INT16_MAX, MIN, acc[k])
PLAIN(tuff_reduce_min_s32, int32_t, int32_t, INT32_MAX, MIN, acc[k])
PLAIN(tuff_reduce_min_s64, int64_t, int64_t, INT64_MAX, MIN, acc[k])
PLAIN(tuff_reduce_any_bool, uint8_t, uint8_t, 0, acc[k] |= x != 0;, acc[k])
PLAIN(tuff_reduce_all_bool, uint8_t, uint8_t, 1, acc[k] &= x != 0;, acc[k])

static int32_t clamped(const tuff_reduce_quantized_args *p, int32_t scaled) {
    const int64_t y = (int64_t)scaled + p->zero_out;
    return y < p->lo ? p->lo : y > p->hi ? p->hi : (int32_t)y;
}
/* 0 where there is nothing, not zero_out: as the reference */
static int32_t scaled_sum(const tuff_reduce_quantized_args *p, int32_t sum) {
    if (p->count == 0) return 0;
    return clamped(p, tuff_requantize((int32_t)((uint32_t)sum - (uint32_t)p->zero_in * (uint32_t)p->count), p->scale));
}
#define SUM_SCALED(name, T) \
    REDUCE(name, tuff_reduce_quantized_args, T, T, int32_t, 0, acc[k] = (int32_t)((uint32_t)acc[k] + (uint32_t)x);, scaled_sum(p, acc[k]))
SUM_SCALED(tuff_sum_scaled_s8, int8_t)
SUM_SCALED(tuff_sum_scaled_u8, uint8_t)
SUM_SCALED(tuff_sum_scaled_s16, int16_t)

#define PROD_STEP acc[k] = seen == 0 ? x - p->zero_in : tuff_requantize_s64((int64_t)acc[k] * (x - p->zero_in), p->scale);
#define PROD(name, T) REDUCE(name, tuff_reduce_quantized_args, T, T, int32_t, 0, PROD_STEP, p->count ? clamped(p, tuff_requantize_s64(acc[k], p->scale)) : 0)
PROD(tuff_reduce_prod_s8, int8_t)
PROD(tuff_reduce_prod_s16, int16_t)

#ifndef TUFF_KERNELS_ONLY
#include <string.h>

#include "base/math.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_reduce_attrs, keep_dims, BOOL, 0), TUFF_FIELD_END};
static const tuff_field fields[] = {
    TUFF_WALK_FIELDS(tuff_reduce_args, kept),
    TUFF_WALK_FIELDS(tuff_reduce_args, reduced),
    TUFF_ARG(tuff_reduce_args, count, S64),
    TUFF_FIELD_END,
};
static const tuff_field quantized_fields[] = {
    TUFF_WALK_FIELDS(tuff_reduce_quantized_args, kept),
    TUFF_WALK_FIELDS(tuff_reduce_quantized_args, reduced),
    TUFF_ARG(tuff_reduce_quantized_args, count, S64),
    TUFF_ARG(tuff_reduce_quantized_args, zero_in, S32),
    TUFF_ARG(tuff_reduce_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_reduce_quantized_args, lo, S32),
    TUFF_ARG(tuff_reduce_quantized_args, hi, S32),
    TUFF_ARG(tuff_reduce_quantized_args, scale, MULTIPLIER),
    TUFF_FIELD_END,
};

#define NUMBERS(function) TUFF_KERNEL(function, tuff_reduce_args, fields)
#define SCALED(function) TUFF_KERNEL(function, tuff_reduce_quantized_args, quantized_fields)
static const tuff_variant mean_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_mean_f32)},
    {{"s8", "s32"}, {"=0"}, 2, "act - -> free", SCALED(tuff_sum_scaled_s8)},
    {{"u8", "s32"}, {"=0"}, 1, NULL, SCALED(tuff_sum_scaled_u8)},
    {{"s16", "s32"}, {"=0"}, 3, "act - -> free", SCALED(tuff_sum_scaled_s16)},
    {{"s32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_mean_s32)},
    {{"s64", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_mean_s64)},
    {.version = 0},
};
/* s8 and s16 are not for the quantizer: the reference reads them as u8 (docs/numerics.md) */
static const tuff_variant sum_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_sum_f32)},
    {{"s8", "s32"}, {"=0"}, 2, NULL, SCALED(tuff_sum_scaled_s8)},
    {{"u8", "s32"}, {"=0"}, 1, NULL, SCALED(tuff_sum_scaled_u8)},
    {{"s16", "s32"}, {"=0"}, 2, NULL, SCALED(tuff_sum_scaled_s16)},
    {{"s32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_sum_s32)},
    {{"s64", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_sum_s64)},
    {.version = 0},
};
static const tuff_variant prod_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_prod_f32)}, {{"s8", "s32"}, {"=0"}, 2, NULL, SCALED(tuff_reduce_prod_s8)},
    {{"s16", "s32"}, {"=0"}, 2, NULL, SCALED(tuff_reduce_prod_s16)},  {{"s32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_prod_s32)},
    {{"s64", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_prod_s64)}, {.version = 0},
};
static const tuff_variant max_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_max_f32)},
    {{"s8", "s32"}, {"=0"}, 2, "act - -> same", NUMBERS(tuff_reduce_max_s8)},
    {{"u8", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_max_u8)},
    {{"s16", "s32"}, {"=0"}, 3, "act - -> same", NUMBERS(tuff_reduce_max_s16)},
    {{"s32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_max_s32)},
    {{"s64", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_max_s64)},
    {.version = 0},
};
static const tuff_variant min_variants[] = {
    {{"f32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_min_f32)},
    {{"s8", "s32"}, {"=0"}, 2, "act - -> same", NUMBERS(tuff_reduce_min_s8)},
    {{"u8", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_min_u8)},
    {{"s16", "s32"}, {"=0"}, 3, "act - -> same", NUMBERS(tuff_reduce_min_s16)},
    {{"s32", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_min_s32)},
    {{"s64", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_min_s64)},
    {.version = 0},
};
static const tuff_variant any_variants[] = {{{"bool", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_any_bool)}, {.version = 0}};
static const tuff_variant all_variants[] = {{{"bool", "s32"}, {"=0"}, 1, NULL, NUMBERS(tuff_reduce_all_bool)}, {.version = 0}};

/* Which axes go. A scalar has none, whatever the axes say. */
static tuff_status reduced_axes(tuff_context *c, bool *reduced) {
    const tuff_tensor *in = c->inputs[0], *axes = c->inputs[1];
    memset(reduced, 0, TUFF_MAX_RANK * sizeof *reduced);
    if (!axes->data) return TUFF_LATER;
    TUFF_CHECK(c, axes->rank <= 1, "axes '%s' have rank %d; expected 0 or 1", axes->name, (int)axes->rank);
    for (int64_t k = 0; in->rank > 0 && k < tuff_count(axes); k++) {
        int32_t axis;
        TUFF_TRY(tuff_check_axis(c, tuff_value_at(axes, k), in->rank, &axis));
        reduced[axis] = true;
    }
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const bool keep = ((const tuff_reduce_attrs *)c->attrs)->keep_dims;
    bool reduced[TUFF_MAX_RANK];
    TUFF_TRY(reduced_axes(c, reduced));
    int32_t dims[TUFF_MAX_RANK], rank = 0;
    for (int32_t k = 0; k < in->rank; k++)
        if (!reduced[k] || keep) dims[rank++] = reduced[k] ? 1 : in->shape[k];
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status walks(tuff_context *c, tuff_walk *kept, tuff_walk *along, int64_t *count) {
    const tuff_tensor *in = c->inputs[0];
    bool reduced[TUFF_MAX_RANK];
    TUFF_TRY(reduced_axes(c, reduced));
    *count = 1;
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t stride = tuff_dims_product(in->shape, k + 1, in->rank);
        tuff_walk_add(reduced[k] ? along : kept, in->shape[k], stride, 0);
        if (reduced[k]) *count *= in->shape[k];
    }
    tuff_walk_close(kept);
    tuff_walk_close(along);
    return TUFF_OK;
}

static tuff_status emit(tuff_context *c, const void *args) {
    const int64_t count = tuff_count(c->inputs[0]), outputs = tuff_count(c->outputs[0]);
    const tuff_cost cost = {outputs, count, (count + outputs) * tuff_type_bits(c->inputs[0]->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
}

static tuff_status prepare_numbers(tuff_context *c) {
    tuff_reduce_args args = {0}, *own = tuff_args(c, &c->variant->kernel);
    TUFF_TRY(walks(c, &args.kept, &args.reduced, &args.count));
    if (own) *own = args;
    return emit(c, own);
}

static tuff_status prepare_extremum(tuff_context *c) {
    TUFF_TRY(tuff_check_same_scale(c, c->inputs[0], c->outputs[0]));
    return prepare_numbers(c);
}

/* The scale that a sum, a mean or a step of a product is multiplied with. */
typedef tuff_multiplier scale_fn(double in, double out, int64_t count);
static tuff_multiplier scale_of_sum(double in, double out, int64_t count) {
    (void)count;
    return tuff_multiplier_from(in / out);
}
static tuff_multiplier scale_of_mean(double in, double out, int64_t count) {
    tuff_multiplier m = tuff_multiplier_from(in / out);
    int32_t shift = 0;
    while (shift < 32 && count >> (shift + 1) > 0) shift++;
    if (shift > 31 + m.shift) shift = 31 + m.shift;
    if (count > 0) m.multiplier = (int32_t)(((int64_t)m.multiplier << shift) / count);
    m.shift -= shift;
    return m;
}
/* out^(1/count) by Newton's method from a float's guess: y -= (y - out / y^(count - 1)) / count */
static tuff_multiplier scale_of_prod(double in, double out, int64_t count) {
    double root = out;
    if (count > 1) {
        root = (double)tuff_expf(tuff_logf((float)out) / (float)count);
        for (int step = 0; step < 4; step++) {
            double power = 1, square = root;
            for (int64_t n = count; n > 0; n >>= 1, square *= square)
                if (n & 1) power *= square;
            root *= 1 + (out / power - 1) / (double)count;
        }
    }
    return tuff_multiplier_from(in / root);
}

static tuff_status prepare_scaled(tuff_context *c, scale_fn *scale) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    tuff_reduce_quantized_args args = {.zero_in = tuff_zero_point(in), .zero_out = tuff_zero_point(out)}, *own = tuff_args(c, &c->variant->kernel);
    TUFF_TRY(walks(c, &args.kept, &args.reduced, &args.count));
    args.scale = scale((double)tuff_scale(in), (double)tuff_scale(out), args.count);
    TUFF_CHECK(c, args.scale.shift <= 30, "scale %g of '%s' is too large for the output's %g", (double)tuff_scale(in), in->name, (double)tuff_scale(out));
    tuff_type_range(out->type, &args.lo, &args.hi);
    if (own) *own = args;
    return emit(c, own);
}

static bool scaled(const tuff_context *c) { return tuff_type_bits(c->inputs[0]->type) <= 16; }
static tuff_status prepare_mean(tuff_context *c) { return scaled(c) ? prepare_scaled(c, scale_of_mean) : prepare_numbers(c); }
static tuff_status prepare_sum(tuff_context *c) { return scaled(c) ? prepare_scaled(c, scale_of_sum) : prepare_numbers(c); }
static tuff_status prepare_prod(tuff_context *c) { return scaled(c) ? prepare_scaled(c, scale_of_prod) : prepare_numbers(c); }

#define REDUCER(symbol, name_, code_, rows, prepare_, highest_)                      \
    const tuff_op tuff_op_##symbol = {                                               \
        .name = name_,                                                               \
        .code = code_,                                                               \
        .options = TUFF_OPTIONS(ReducerOptions, 27, tuff_reduce_attrs, attr_fields), \
        .inputs = "input axis",                                                      \
        .outputs = "output",                                                         \
        .variants = rows,                                                            \
        .infer = infer,                                                              \
        .prepare = prepare_,                                                         \
        .highest = highest_,                                                         \
    };
REDUCER(mean, "MEAN", 40, mean_variants, prepare_mean, 3)
REDUCER(sum, "SUM", 74, sum_variants, prepare_sum, 2)
REDUCER(reduce_prod, "REDUCE_PROD", 81, prod_variants, prepare_prod, 2)
REDUCER(reduce_max, "REDUCE_MAX", 82, max_variants, prepare_extremum, 3)
REDUCER(reduce_min, "REDUCE_MIN", 89, min_variants, prepare_extremum, 3)
REDUCER(reduce_any, "REDUCE_ANY", 91, any_variants, prepare_numbers, 1)
REDUCER(reduce_all, "REDUCE_ALL", 140, all_variants, prepare_numbers, 1)
#endif
