/* RESIZE_BILINEAR, RESIZE_NEAREST_NEIGHBOR: an image in another size.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Output coordinate o looks at input coordinate o * in / out; align_corners: o * (in - 1) / (out - 1) where out > 1;
 * half_pixel_centers: (o + 1/2) * in / out - 1/2 (nearest: without the last term). prepare computes these per row and column.
 * Bilinear floats and u8 weigh in float (u8 adds 1/2 and truncates); s8 and s16 with weights of 10 bits and 64-bit sums, halves away from
 * zero. Before the first pixel's centre the fraction is negative while both pixels are the first, so the weights still add up to 1.
 * Nearest: rounded down, with align_corners to nearest; it moves bytes of any type.
 * source: TFLite reference/resize_bilinear.h, resize_nearest_neighbor.h
 */
#include "ops/resize.h"

#include <string.h>

/* Where a pixel of the output comes from: its row and column, and the image of its batch. */
static int64_t locate(const tuff_resize_args *p, int64_t pixel, int32_t *y, int32_t *x) {
    *x = (int32_t)(pixel % p->out_width);
    *y = (int32_t)(pixel / p->out_width % p->out_height);
    return pixel / p->out_width / p->out_height * p->in_height;
}

/* in [batches][in_height][in_width][channels], out alike, taps of rows [out_height], of columns [out_width]
 * tiles: output pixels; scratch, errors: none */
#define BILINEAR(name, T, TAP, weigh)                                                                                                   \
    int name(const void *args, void *const *io, int job, int jobs) {                                                                    \
        const tuff_resize_args *p = args;                                                                                               \
        const TAP *rows = io[2], *columns = io[3];                                                                                      \
        const tuff_span span = tuff_share((int64_t)p->batches * p->out_height * p->out_width, job, jobs);                               \
        for (int64_t pixel = span.first; pixel < span.end; pixel++) {                                                                   \
            int32_t y, x;                                                                                                               \
            const int64_t first = locate(p, pixel, &y, &x);                                                                             \
            const TAP row = rows[y], column = columns[x];                                                                               \
            const T *upper = (const T *)io[0] + (first + row.lower) * p->in_width * p->channels;                                        \
            const T *lower = (const T *)io[0] + (first + row.upper) * p->in_width * p->channels;                                        \
            const int64_t left = (int64_t)column.lower * p->channels, right = (int64_t)column.upper * p->channels;                      \
            T *out = (T *)io[1] + pixel * p->channels;                                                                                  \
            for (int32_t c = 0; c < p->channels; c++)                                                                                   \
                out[c] = (T)weigh(upper[left + c], lower[left + c], upper[right + c], lower[right + c], row.fraction, column.fraction); \
        }                                                                                                                               \
        return 0;                                                                                                                       \
    }
static float weigh_f32(float a, float b, float c, float d, float down, float across) {
    return a * (1 - down) * (1 - across) + b * down * (1 - across) + c * (1 - down) * across + d * down * across;
}
static float weigh_u8(float a, float b, float c, float d, float down, float across) { return weigh_f32(a, b, c, d, down, across) + 0.5f; }
static int64_t weigh_q10(int64_t a, int64_t b, int64_t c, int64_t d, int64_t down, int64_t across) {
    const int64_t sum = a * (1024 - down) * (1024 - across) + b * down * (1024 - across) + c * (1024 - down) * across + d * down * across;
    return (sum + (sum > 0 ? 1 << 19 : -(1 << 19))) / (1 << 20);
}
BILINEAR(tuff_resize_bilinear_f32, float, tuff_resize_tap_f32, weigh_f32)
BILINEAR(tuff_resize_bilinear_u8, uint8_t, tuff_resize_tap_f32, weigh_u8)
BILINEAR(tuff_resize_bilinear_s8, int8_t, tuff_resize_tap_q10, weigh_q10)
BILINEAR(tuff_resize_bilinear_s16, int16_t, tuff_resize_tap_q10, weigh_q10)

/* as above with bytes for channels; input row [out_height] s32, input column [out_width] s32 */
int tuff_resize_nearest_neighbor(const void *args, void *const *io, int job, int jobs) {
    const tuff_resize_args *p = args;
    const int32_t *rows = io[2], *columns = io[3];
    const tuff_span span = tuff_share((int64_t)p->batches * p->out_height * p->out_width, job, jobs);
    for (int64_t pixel = span.first; pixel < span.end; pixel++) {
        int32_t y, x;
        const int64_t first = locate(p, pixel, &y, &x);
        const uint8_t *in = (const uint8_t *)io[0] + ((first + rows[y]) * p->in_width + columns[x]) * p->channels;
        memcpy((uint8_t *)io[1] + pixel * p->channels, in, (size_t)p->channels);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field bilinear_fields[] = {
    TUFF_FIELD(tuff_resize_attrs, align_corners, BOOL, 2),
    TUFF_FIELD(tuff_resize_attrs, half_pixel_centers, BOOL, 3, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field nearest_fields[] = {
    TUFF_FIELD(tuff_resize_attrs, align_corners, BOOL, 0, .version = 3),
    TUFF_FIELD(tuff_resize_attrs, half_pixel_centers, BOOL, 1, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_resize_args, batches, S32),
    TUFF_ARG(tuff_resize_args, in_height, S32),
    TUFF_ARG(tuff_resize_args, in_width, S32),
    TUFF_ARG(tuff_resize_args, out_height, S32),
    TUFF_ARG(tuff_resize_args, out_width, S32),
    TUFF_ARG(tuff_resize_args, channels, S32),
    TUFF_FIELD_END,
};

#define KERNEL(function) TUFF_KERNEL(function, tuff_resize_args, fields)
static const tuff_variant bilinear_variants[] = {
    {{"f32", "s32"}, {"f32"}, 1, NULL, KERNEL(tuff_resize_bilinear_f32)},
    {{"s8", "s32"}, {"s8"}, 2, "act - -> same", KERNEL(tuff_resize_bilinear_s8)},
    {{"u8", "s32"}, {"u8"}, 1, NULL, KERNEL(tuff_resize_bilinear_u8)},
    {{"s16", "s32"}, {"s16"}, 4, "act - -> same", KERNEL(tuff_resize_bilinear_s16)},
    {.version = 0},
};
static const tuff_variant nearest_variants[] = {
    {{"s8", "s32"}, {"s8"}, 2, "act - -> same", KERNEL(tuff_resize_nearest_neighbor)},
    {{"s16", "s32"}, {"s16"}, 4, "act - -> same", KERNEL(tuff_resize_nearest_neighbor)},
    {{"b1|b2|b4|b8", "s32"}, {"=0"}, 1, NULL, KERNEL(tuff_resize_nearest_neighbor)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *size = c->inputs[1];
    const tuff_resize_attrs *attrs = c->attrs;
    TUFF_CHECK(c, in->rank == 4 && in->shape[1] > 0 && in->shape[2] > 0, "%s is no image; expected [batch, height, width, channels]", tuff_shape_text(in).text);
    TUFF_CHECK(c, size->rank == 1 && size->shape[0] == 2, "size %s has to be a height and a width", tuff_shape_text(size).text);
    TUFF_CHECK(c, !attrs->align_corners || !attrs->half_pixel_centers || c->op->code == 97, "align_corners and half_pixel_centers exclude each other");
    if (!size->data) return TUFF_LATER;
    const int64_t height = tuff_value_at(size, 0), width = tuff_value_at(size, 1);
    TUFF_CHECK(c, height > 0 && width > 0 && height <= 1 << 20 && width <= 1 << 20 && in->shape[1] <= 1 << 20 && in->shape[2] <= 1 << 20,
               "size %lld x %lld is not possible; expected 1..2^20", (long long)height, (long long)width);
    return tuff_infer_shape(c, 0, 4, (const int32_t[]){in->shape[0], (int32_t)height, (int32_t)width, in->shape[3]});
}

static int32_t floor_s32(float x) { return (int32_t)x - ((float)(int32_t)x > x); }
static float scale_of(const tuff_resize_attrs *a, int32_t in, int32_t out) {
    return a->align_corners && out > 1 ? (float)(in - 1) / (float)(out - 1) : (float)in / (float)out;
}

static void fill_f32(tuff_resize_tap_f32 *taps, const tuff_resize_attrs *a, int32_t in, int32_t out) {
    const float scale = scale_of(a, in, out);
    for (int32_t k = 0; k < out; k++) {
        const float at = a->half_pixel_centers ? ((float)k + 0.5f) * scale - 0.5f : (float)k * scale;
        const int32_t below = floor_s32(at), above = below + ((float)below < at);
        taps[k].lower = below < 0 ? 0 : below;
        taps[k].upper = above < in - 1 ? above : in - 1;
        taps[k].fraction = at - (float)taps[k].lower;
    }
}

static void fill_q10(tuff_resize_tap_q10 *taps, const tuff_resize_attrs *a, int32_t in, int32_t out) {
    const bool align = a->align_corners && out > 1;
    const int64_t scale = align ? (1024 * ((int64_t)in - 1) + (out - 1) / 2) / (out - 1) : (1024 * (int64_t)in + out / 2) / out;
    for (int32_t k = 0; k < out; k++) {
        const int64_t at = k * scale + (a->half_pixel_centers ? scale / 2 - 512 : 0);
        const int64_t lower = at / 1024, upper = (at + 1023) / 1024;
        taps[k].lower = (int32_t)(lower < 0 ? 0 : lower > in - 1 ? in - 1 : lower);
        taps[k].upper = (int32_t)(upper < in - 1 ? upper : in - 1);
        taps[k].fraction = (int32_t)(at - 1024 * (int64_t)taps[k].lower);
    }
}

static void fill_nearest(int32_t *from, const tuff_resize_attrs *a, int32_t in, int32_t out) {
    const float scale = scale_of(a, in, out), offset = a->half_pixel_centers ? 0.5f : 0;
    for (int32_t k = 0; k < out; k++) {
        const float at = ((float)k + offset) * scale;
        const int32_t nearest = floor_s32(at) + (a->align_corners && at - (float)floor_s32(at) >= 0.5f);
        from[k] = nearest < in - 1 ? nearest : in - 1;
    }
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    const tuff_resize_attrs *attrs = c->attrs;
    const bool nearest = c->op->code == 97, fixed = in->type == TUFF_S8 || in->type == TUFF_S16;
    TUFF_TRY(tuff_check_same_scale(c, in, out));
    tuff_resize_args *args = tuff_args(c, &c->variant->kernel);
    if (args)
        *args = (tuff_resize_args){in->shape[0],  in->shape[1],  in->shape[2],
                                   out->shape[1], out->shape[2], nearest ? in->shape[3] * (tuff_type_bits(in->type) / 8) : in->shape[3]};
    const size_t each = nearest ? sizeof(int32_t) : fixed ? sizeof(tuff_resize_tap_q10) : sizeof(tuff_resize_tap_f32);
    void *taps[2];
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0), tuff_io_array(c, (size_t)out->shape[1] * each, &taps[0]),
                          tuff_io_array(c, (size_t)out->shape[2] * each, &taps[1])};
    for (int k = 0; k < 2 && taps[k]; k++) {
        const int32_t from = in->shape[1 + k], to = out->shape[1 + k];
        if (nearest) fill_nearest(taps[k], attrs, from, to);
        else if (fixed) fill_q10(taps[k], attrs, from, to);
        else fill_f32(taps[k], attrs, from, to);
    }
    const int64_t count = tuff_count(out);
    const tuff_cost cost = {tuff_dims_product(out->shape, 0, 3), nearest ? 0 : 4 * count, (tuff_count(in) + count) * tuff_type_bits(in->type) / 8};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 4);
}

const tuff_op tuff_op_resize_bilinear = {
    .name = "RESIZE_BILINEAR",
    .code = 23,
    .options = TUFF_OPTIONS(ResizeBilinearOptions, 15, tuff_resize_attrs, bilinear_fields),
    .inputs = "input size",
    .outputs = "output",
    .variants = bilinear_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 4,
};
const tuff_op tuff_op_resize_nearest_neighbor = {
    .name = "RESIZE_NEAREST_NEIGHBOR",
    .code = 97,
    .options = TUFF_OPTIONS(ResizeNearestNeighborOptions, 74, tuff_resize_attrs, nearest_fields),
    .inputs = "input size",
    .outputs = "output",
    .variants = nearest_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 4,
};
#endif
