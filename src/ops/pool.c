/* AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: mean, maximum or root mean square of the pixels under a window, per channel, with a fused activation.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Pixels outside of the image don't count; every window of an output pixel holds at least one that is inside.
 * Integers: the mean is rounded to nearest, halves away from zero, and input and output are taken to share their scale.
 * Float maxima begin at -FLT_MAX, so NaN and -infinity lose against any number.
 * source: TFLite pooling, reference kernels
 */
#include "ops/pool.h"

#include <float.h>

#include "base/fixed_point.h"
#include "base/math.h"

enum { BLOCK = 64 }; /* channels summed at a time, on the stack */

static float clamp_f32(float x, float lo, float hi) { return x < lo ? lo : x > hi ? hi : x; }
static int32_t rounded_mean(int32_t sum, int32_t count) { return (sum > 0 ? sum + count / 2 : sum - count / 2) / count; }

/* in [batches][in_height][in_width][channels], out [batches][out_height][out_width][channels]
 * tiles: output pixels; scratch, errors: none */
#define POOL(name, args_struct, T, ACC, initial, step, result)                                              \
    int name(const void *args, void *const *io, int job, int jobs) {                                        \
        const args_struct *p = args;                                                                        \
        const T *in = io[0];                                                                                \
        const tuff_span span = tuff_share(tuff_window_pixels(&p->window), job, jobs);                       \
        for (int64_t pixel = span.first; pixel < span.end; pixel++) {                                       \
            const tuff_patch patch = tuff_window_patch(&p->window, pixel);                                  \
            const int32_t count = (patch.y1 - patch.y0) * (patch.x1 - patch.x0);                            \
            (void)count;                                                                                    \
            T *out = (T *)io[1] + pixel * p->channels;                                                      \
            for (int32_t c0 = 0; c0 < p->channels; c0 += BLOCK) {                                           \
                const int32_t n = p->channels - c0 < BLOCK ? p->channels - c0 : BLOCK;                      \
                ACC acc[BLOCK];                                                                             \
                for (int32_t k = 0; k < n; k++) acc[k] = initial;                                           \
                for (int32_t y = patch.y0; y < patch.y1; y++)                                               \
                    for (int32_t x = patch.x0; x < patch.x1; x++) {                                         \
                        const T *from = in + tuff_patch_pixel(&p->window, &patch, y, x) * p->channels + c0; \
                        for (int32_t k = 0; k < n; k++) acc[k] = step;                                      \
                    }                                                                                       \
                for (int32_t k = 0; k < n; k++) out[c0 + k] = (T)result;                                    \
            }                                                                                               \
        }                                                                                                   \
        return 0;                                                                                           \
    }
#define SUM (acc[k] + from[k])
#define MAX (acc[k] < from[k] ? from[k] : acc[k])
POOL(tuff_average_pool_f32, tuff_pool_f32_args, float, float, 0, SUM, clamp_f32(acc[k] / (float)count, p->lo, p->hi))
POOL(tuff_average_pool_s8, tuff_pool_integer_args, int8_t, int32_t, 0, SUM, tuff_clamp(rounded_mean(acc[k], count), p->lo, p->hi))
POOL(tuff_average_pool_u8, tuff_pool_integer_args, uint8_t, int32_t, 0, SUM, tuff_clamp(rounded_mean(acc[k], count), p->lo, p->hi))
POOL(tuff_average_pool_s16, tuff_pool_integer_args, int16_t, int32_t, 0, SUM, tuff_clamp(rounded_mean(acc[k], count), p->lo, p->hi))
POOL(tuff_max_pool_f32, tuff_pool_f32_args, float, float, -FLT_MAX, MAX, clamp_f32(acc[k], p->lo, p->hi))
POOL(tuff_max_pool_s8, tuff_pool_integer_args, int8_t, int8_t, INT8_MIN, MAX, tuff_clamp(acc[k], p->lo, p->hi))
POOL(tuff_max_pool_u8, tuff_pool_integer_args, uint8_t, uint8_t, 0, MAX, tuff_clamp(acc[k], p->lo, p->hi))
POOL(tuff_max_pool_s16, tuff_pool_integer_args, int16_t, int16_t, INT16_MIN, MAX, tuff_clamp(acc[k], p->lo, p->hi))
POOL(tuff_l2_pool_f32, tuff_pool_f32_args, float, float, 0, acc[k] + from[k] * from[k], clamp_f32(tuff_sqrtf(acc[k] / (float)count), p->lo, p->hi))

/* in, out as above, bytes; tiles: output pixels; scratch, errors: none */
int tuff_max_pool_b1(const void *args, void *const *io, int job, int jobs) {
    const tuff_max_pool_b1_args *p = args;
    const uint8_t *in = io[0];
    const tuff_span span = tuff_share(tuff_window_pixels(&p->window), job, jobs);
    for (int64_t pixel = span.first; pixel < span.end; pixel++) {
        const tuff_patch patch = tuff_window_patch(&p->window, pixel);
        const uint8_t *taps[TUFF_MAX_POOL_TAPS];
        int32_t count = 0;
        for (int32_t y = patch.y0; y < patch.y1; y++)
            for (int32_t x = patch.x0; x < patch.x1; x++) taps[count++] = in + tuff_patch_pixel(&p->window, &patch, y, x) * p->channels;
        p->loop->run((uint8_t *)io[1] + pixel * p->channels, taps, count, (uint8_t)p->flip, (uint8_t)p->lo, (uint8_t)p->hi, p->channels);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_pool_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_pool_attrs, stride_w, S32, 1),
    TUFF_FIELD(tuff_pool_attrs, stride_h, S32, 2),
    TUFF_FIELD(tuff_pool_attrs, filter_width, S32, 3),
    TUFF_FIELD(tuff_pool_attrs, filter_height, S32, 4),
    TUFF_FIELD(tuff_pool_attrs, fused_activation_function, S8, 5, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field f32_fields[] = {
    TUFF_WINDOW_ARGS(tuff_pool_f32_args, window),
    TUFF_ARG(tuff_pool_f32_args, channels, S32),
    TUFF_ARG(tuff_pool_f32_args, lo, F32),
    TUFF_ARG(tuff_pool_f32_args, hi, F32),
    TUFF_FIELD_END,
};
static const tuff_field integer_fields[] = {
    TUFF_WINDOW_ARGS(tuff_pool_integer_args, window),
    TUFF_ARG(tuff_pool_integer_args, channels, S32),
    TUFF_ARG(tuff_pool_integer_args, lo, S32),
    TUFF_ARG(tuff_pool_integer_args, hi, S32),
    TUFF_FIELD_END,
};

static const tuff_field b1_fields[] = {
    TUFF_WINDOW_ARGS(tuff_max_pool_b1_args, window),
    TUFF_ARG(tuff_max_pool_b1_args, channels, S32),
    TUFF_ARG(tuff_max_pool_b1_args, lo, S32),
    TUFF_ARG(tuff_max_pool_b1_args, hi, S32),
    TUFF_ARG(tuff_max_pool_b1_args, flip, S32),
    TUFF_ARG(tuff_max_pool_b1_args, loop, PRIM),
    TUFF_FIELD_END,
};
static const tuff_kernel b1_kernel = TUFF_KERNEL(tuff_max_pool_b1, tuff_max_pool_b1_args, b1_fields);

#define F32(function) TUFF_KERNEL(function, tuff_pool_f32_args, f32_fields)
#define INTEGER(function) TUFF_KERNEL(function, tuff_pool_integer_args, integer_fields)
static const tuff_variant average_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, F32(tuff_average_pool_f32)},
    {{"s8"}, {"s8"}, 2, "act -> same", INTEGER(tuff_average_pool_s8)},
    {{"u8"}, {"u8"}, 1, NULL, INTEGER(tuff_average_pool_u8)},
    {{"s16"}, {"s16"}, 3, "act -> same", INTEGER(tuff_average_pool_s16)},
    {.version = 0},
};
static const tuff_variant max_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, F32(tuff_max_pool_f32)},
    {{"s8"}, {"s8"}, 2, "act -> same", INTEGER(tuff_max_pool_s8)},
    {{"u8"}, {"u8"}, 1, NULL, INTEGER(tuff_max_pool_u8)},
    {{"s16"}, {"s16"}, 3, "act -> same", INTEGER(tuff_max_pool_s16)},
    {.version = 0},
};
static const tuff_variant l2_variants[] = {{{"f32"}, {"f32"}, 1, NULL, F32(tuff_l2_pool_f32)}, {.version = 0}};

static tuff_status window_of(tuff_context *c, tuff_window *w) {
    const tuff_pool_attrs *a = c->attrs;
    const tuff_window_options options = {a->padding, a->stride_w, a->stride_h, 1, 1, a->filter_width, a->filter_height};
    return tuff_window_make(c, c->inputs[0], &options, w);
}

static tuff_status infer(tuff_context *c) {
    tuff_window w;
    TUFF_TRY(window_of(c, &w));
    const int32_t dims[] = {w.batches, w.out_height, w.out_width, c->inputs[0]->shape[3]};
    return tuff_infer_shape(c, 0, 4, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_pool_attrs *attrs = c->attrs;
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    tuff_window w;
    TUFF_TRY(window_of(c, &w));
    TUFF_CHECK(c, (int64_t)w.height * w.width <= 65536 || in->type == TUFF_F32, "a window of %d x %d is too large for sums of %s", (int)w.height, (int)w.width,
               tuff_type_name(in->type));
    const int64_t count = tuff_count(out);
    const tuff_cost cost = {tuff_window_pixels(&w), count * w.height * w.width, (count + tuff_count(in)) * tuff_type_bits(in->type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    const tuff_max_u8 *loop = tuff_max_u8_for(c->target->level);
    if (loop && c->op->variants == max_variants && tuff_type_bits(in->type) == 8 && w.height * w.width <= TUFF_MAX_POOL_TAPS) {
        const int32_t flip = in->type == TUFF_S8 ? 0x80 : 0;
        tuff_max_pool_b1_args *bytes = tuff_args(c, &b1_kernel), all = {.window = w, .channels = in->shape[3], .flip = flip, .loop = loop};
        if (attrs->fused_activation_function != TUFF_ACTIVATION_NONE) TUFF_TRY(tuff_check_quantized(c, out));
        TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, out, &all.lo, &all.hi));
        all.lo = (all.lo ^ flip) & 0xff;
        all.hi = (all.hi ^ flip) & 0xff;
        if (bytes) *bytes = all;
        return tuff_emit(c, &b1_kernel, bytes, cost, io, 2);
    }
    void *args = tuff_args(c, &c->variant->kernel);
    if (in->type == TUFF_F32) {
        tuff_pool_f32_args real = {.window = w, .channels = in->shape[3]};
        tuff_activation_range_f32(attrs->fused_activation_function, &real.lo, &real.hi);
        if (args) *(tuff_pool_f32_args *)args = real;
    } else {
        tuff_pool_integer_args integer = {.window = w, .channels = in->shape[3]};
        if (attrs->fused_activation_function != TUFF_ACTIVATION_NONE) TUFF_TRY(tuff_check_quantized(c, out));
        TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, out, &integer.lo, &integer.hi));
        if (args) *(tuff_pool_integer_args *)args = integer;
    }
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
}

const tuff_op tuff_op_average_pool_2d = {
    .name = "AVERAGE_POOL_2D",
    .code = 1,
    .options = TUFF_OPTIONS(Pool2DOptions, 5, tuff_pool_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = average_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 3,
};
const tuff_op tuff_op_max_pool_2d = {
    .name = "MAX_POOL_2D",
    .code = 17,
    .options = TUFF_OPTIONS(Pool2DOptions, 5, tuff_pool_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = max_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 3,
};
const tuff_op tuff_op_l2_pool_2d = {
    .name = "L2_POOL_2D",
    .code = 12,
    .options = TUFF_OPTIONS(Pool2DOptions, 5, tuff_pool_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = l2_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
