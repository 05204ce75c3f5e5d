/* DEPTHWISE_CONV_2D: a window of weights over each channel of images.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[b][y][x][n] = activation(bias[n] + sum over taps (i, j) of
 *                     in[b][y * stride_h - pad_top + i * dilation_h][x * stride_w - pad_left + j * dilation_w][n / multiplier] * weights[0][i][j][n])
 * Taps outside the image add nothing; multiplier = out channels / in channels, whatever the option depth_multiplier says.
 *
 * Integer and hybrid forms are those of CONV_2D (ops/conv_2d), but: s16 has s64 accumulators always, s8 weights' zero points must be 0 as in CONV_2D (the
 * reference ignores them), and hybrid images are quantized asymmetrically always.
 *
 * On prims a row of outputs is made of runs: pixels whose window lies inside the image in x are one run, those at the borders are runs of one in which the
 * taps outside read a blank pixel (zero, or the zero point). Tap rows outside the image are left out: weights are [taps][channels], so rows of taps are a
 * range of them. With a multiplier above 1 the input rows under the window are first widened to the output's channels.
 * source: TFLite kernels/depthwise_conv.cc, internal/reference/depthwiseconv_{float,uint8}.h and integer_ops/depthwise_conv.h
 */
#include "ops/depthwise_conv_2d.h"

#include <string.h>

#include "ops/output.h"

typedef tuff_depthwise_conv_2d_shape shape;

static int32_t channels_of(const shape *s) { return s->in_channels * s->multiplier; }

/* Element of output channel n's input under tap (y, x), and of its weight. */
static int64_t in_at(const shape *s, const tuff_patch *p, int32_t n, int32_t y, int32_t x) {
    return tuff_patch_pixel(&s->window, p, y, x) * s->in_channels + n / s->multiplier;
}
static int64_t weight_at(const shape *s, int32_t n, int32_t y, int32_t x) { return ((int64_t)y * s->window.width + x) * channels_of(s) + n; }

/* in [batches][in_height][in_width][in_channels] f32; weights [height][width][channels] f32; bias [channels] f32 or NULL
 * out [batches][out_height][out_width][channels] f32; tiles: output pixels; scratch, errors: none */
int tuff_depthwise_conv_2d_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_f32_args *a = args;
    const shape *s = &a->shape;
    const float *in = io[0], *weights = io[1], *bias = io[2];
    float *out = io[3];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < channels_of(s); n++) {
            float sum = 0.0f;
            for (int32_t y = p.y0; y < p.y1; y++)
                for (int32_t x = p.x0; x < p.x1; x++) sum += in[in_at(s, &p, n, y, x)] * weights[weight_at(s, n, y, x)];
            out[pixel * channels_of(s) + n] = tuff_clamp_f32(sum + (bias ? bias[n] : 0.0f), a->lo, a->hi);
        }
    }
    return 0;
}

/* The sum of an 8-bit patch; wraps. */
static uint32_t sum_s8(const shape *s, const tuff_patch *p, int32_t n, const uint8_t *in, const uint8_t *weights, int32_t flip, int32_t zero_in,
                       int32_t zero_weights) {
    uint32_t sum = 0;
    for (int32_t y = p->y0; y < p->y1; y++)
        for (int32_t x = p->x0; x < p->x1; x++) {
            const int32_t v = (int8_t)(in[in_at(s, p, n, y, x)] ^ flip), w = (int8_t)(weights[weight_at(s, n, y, x)] ^ flip);
            sum += (uint32_t)((v - zero_in) * (w - zero_weights));
        }
    return sum;
}

/* in, weights as above in s8 or u8; bias [channels] s32 or NULL; factors s32 [2][channels]: multipliers, shifts; out as in
 * tiles: output pixels; scratch, errors: none */
int tuff_depthwise_conv_2d_s8(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_s8_args *a = args;
    const shape *s = &a->shape;
    const int32_t channels = channels_of(s), *bias = io[2], *factors = io[3];
    uint8_t *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < channels; n++) {
            const uint32_t acc = sum_s8(s, &p, n, io[0], io[1], a->flip, a->zero_in, a->zero_weights) + (bias ? (uint32_t)bias[n] : 0);
            out[pixel * channels + n] = tuff_output_8(acc, tuff_factor(factors, channels, n), a->zero_out, a->lo, a->hi);
        }
    }
    return 0;
}

/* in s16; weights s8; bias [channels] s64 or NULL; factors s32 [2][channels]; out s16; tiles: output pixels; scratch, errors: none */
int tuff_depthwise_conv_2d_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_s16_args *a = args;
    const shape *s = &a->shape;
    const int16_t *in = io[0];
    const int8_t *weights = io[1];
    const int32_t channels = channels_of(s), *factors = io[3];
    int16_t *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < channels; n++) {
            int64_t sum = 0;
            for (int32_t y = p.y0; y < p.y1; y++)
                for (int32_t x = p.x0; x < p.x1; x++) sum += in[in_at(s, &p, n, y, x)] * weights[weight_at(s, n, y, x)];
            sum = tuff_add_bias_s16(sum, io[2], n, true);
            out[pixel * channels + n] = tuff_output_16(sum, tuff_factor(factors, channels, n), true, a->lo, a->hi);
        }
    }
    return 0;
}

/* One hybrid output from its sum. */
static float dequantize(const tuff_depthwise_conv_2d_hybrid_args *a, int32_t acc, float row_scale, float scale, const float *bias) {
    return tuff_clamp_f32((float)acc * (row_scale * scale) + (bias ? *bias : 0.0f), a->lo, a->hi);
}

/* in s8, quantized image by image; weights s8; bias [channels] f32 or NULL; scales f32 [channels]; out f32; row scales f32 [batches];
 * row zero points s32 [batches]; tiles: output pixels; scratch, errors: none */
int tuff_depthwise_conv_2d_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_hybrid_args *a = args;
    const shape *s = &a->shape;
    const int32_t channels = channels_of(s), *row_zeros = io[6];
    const float *bias = io[2], *scales = io[3], *row_scales = io[5];
    float *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < channels; n++) {
            const int32_t acc = (int32_t)sum_s8(s, &p, n, io[0], io[1], 0, row_zeros[p.batch], 0);
            out[pixel * channels + n] = dequantize(a, acc, row_scales[p.batch], scales[n], bias ? bias + n : NULL);
        }
    }
    return 0;
}

/* ---- on prims ---- */
/* One row of outputs, and where its taps lie. */
typedef struct line {
    const shape *s;
    size_t pixel;             /* bytes of a pixel of `rows` */
    const uint8_t *rows;      /* under tap row y0: [in_width] pixels */
    size_t pitch;             /* bytes from there to the pixels under the next tap row */
    const uint8_t *blank;     /* a pixel that adds nothing */
    int32_t y0, y1;           /* tap rows inside the image */
    int32_t inner, inner_end; /* outputs whose window lies inside the image in x */
    int32_t batch;
    int64_t out; /* output pixel of x = 0 */
} line;

/* [count] elements, each `times` times */
static void repeat(void *out, const void *in, int64_t count, int32_t times, size_t element) {
    if (element == 1)
        for (int64_t k = 0; k < count; k++) memset((uint8_t *)out + k * times, ((const uint8_t *)in)[k], (size_t)times);
    else
        for (int64_t k = 0; k < count; k++)
            for (int32_t m = 0; m < times; m++) ((float *)out)[k * times + m] = ((const float *)in)[k];
}

/* The line at `row` of batches * out_height. wide: scratch for [height] rows of widened pixels. */
static line line_at(const shape *s, size_t element, const void *in, void *wide, void *blank, int fill, int64_t row) {
    const tuff_window *w = &s->window;
    const size_t in_row = (size_t)w->in_width * (size_t)s->in_channels * element;
    line l = {.s = s, .pixel = (size_t)channels_of(s) * element, .blank = blank, .batch = (int32_t)(row / w->out_height), .out = row * w->out_width};
    const int32_t y = (int32_t)(row % w->out_height) * w->stride_height - w->pad_top;
    tuff_window_taps(y, w->dilation_height, w->height, w->in_height, &l.y0, &l.y1);
    const int64_t last = (int64_t)w->in_width - 1 - (int64_t)(w->width - 1) * w->dilation_width + w->pad_left; /* of an inner window's start, from -pad */
    l.inner = (w->pad_left + (int64_t)w->stride_width - 1) / w->stride_width < w->out_width
                  ? (int32_t)((w->pad_left + (int64_t)w->stride_width - 1) / w->stride_width)
                  : w->out_width;
    l.inner_end = last < 0 ? 0 : last / w->stride_width + 1 < w->out_width ? (int32_t)(last / w->stride_width + 1) : w->out_width;
    memset(blank, fill, l.pixel);
    l.rows = in;
    if (l.y0 == l.y1) return l;
    l.pitch = in_row * (size_t)w->dilation_height;
    l.rows += (size_t)((int64_t)l.batch * w->in_height + y + (int64_t)l.y0 * w->dilation_height) * in_row;
    if (s->multiplier == 1) return l;
    const size_t out_row = in_row * (size_t)s->multiplier;
    for (int32_t k = 0; k < l.y1 - l.y0; k++)
        repeat((uint8_t *)wide + (size_t)k * out_row, l.rows + (size_t)k * l.pitch, (int64_t)w->in_width * s->in_channels, s->multiplier, element);
    l.rows = wide;
    l.pitch = out_row;
    return l;
}

/* How many outputs from x on make a run. */
static int32_t run_at(const line *l, int32_t x, int32_t most) {
    const int32_t run = x >= l->inner && x < l->inner_end ? l->inner_end - x : 1;
    return run < most ? run : most;
}

static const void *tap_at(const line *l, int32_t out_x, int32_t tap_y, int32_t tap_x) {
    const tuff_window *w = &l->s->window;
    const int64_t x = (int64_t)out_x * w->stride_width - w->pad_left + (int64_t)tap_x * w->dilation_width;
    if (x < 0 || x >= w->in_width) return l->blank;
    return l->rows + (size_t)(tap_y - l->y0) * l->pitch + (size_t)x * l->pixel;
}

static void *part(void *scratch, size_t bytes, int job) { return scratch ? (uint8_t *)scratch + (size_t)job * tuff_scratch_pitch(bytes) : NULL; }
static size_t taps_bytes(const shape *s) { return (size_t)s->window.height * (size_t)s->window.width * sizeof(void *); }
static size_t wide_bytes(const shape *s, size_t element) { return (size_t)s->window.height * (size_t)s->window.in_width * (size_t)channels_of(s) * element; }

/* in, weights, out as of tuff_depthwise_conv_2d_f32; bias [channels] f32; tiles: output rows; scratch: pointers to the taps; a pixel; with a multiplier
 * [height][in_width][channels] f32; errors: none */
int tuff_depthwise_conv_2d_f32_runs(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_f32_args *a = args;
    const shape *s = &a->shape;
    const tuff_window *w = &s->window;
    const int32_t channels = channels_of(s);
    const float *weights = io[1];
    float *out = io[3];
    const float **taps = part(io[4], taps_bytes(s), job);
    void *blank = part(io[5], (size_t)channels * 4, job), *wide = part(io[6], wide_bytes(s, 4), job);
    const tuff_span rows = tuff_share((int64_t)w->batches * w->out_height, job, jobs);
    for (int64_t row = rows.first; row < rows.end; row++) {
        const line l = line_at(s, 4, io[0], wide, blank, 0, row);
        for (int32_t x = 0, n; x < w->out_width; x += n) {
            int32_t count = 0;
            n = run_at(&l, x, w->out_width);
            for (int32_t i = l.y0; i < l.y1; i++)
                for (int32_t j = 0; j < w->width; j++) taps[count++] = tap_at(&l, x, i, j);
            a->prim->run(out + (l.out + x) * channels, channels, taps, count, (int64_t)w->stride_width * channels, n,
                         weights + (int64_t)l.y0 * w->width * channels, io[2], channels, a->lo, a->hi);
        }
    }
    return 0;
}

/* The 8-bit accumulators of output pixels x.. of a line; returns how many: `room`, or as many as are left. */
static int32_t accumulate(const line *l, const tuff_depthwise_s8 *prim, int32_t *acc, const uint8_t **taps, int32_t x, int32_t room, int32_t flip,
                          int32_t zero_in, const int16_t *weights, const int32_t *bias) {
    const tuff_window *w = &l->s->window;
    const int32_t channels = channels_of(l->s);
    const int64_t step = (int64_t)w->stride_width * channels;
    int32_t done = 0;
    while (done < room && x + done < w->out_width) {
        const int32_t n = run_at(l, x + done, room - done);
        int32_t count = 0;
        for (int32_t i = l->y0; i < l->y1; i++)
            for (int32_t j = 0; j < w->width; j++) taps[count++] = tap_at(l, x + done, i, j);
        prim->run(acc + (int64_t)done * channels, channels, taps, count, step, n, (uint8_t)flip, zero_in, weights + (int64_t)l->y0 * w->width * channels, bias,
                  channels);
        done += n;
    }
    return done;
}

/* in, factors, out as of tuff_depthwise_conv_2d_s8; weights s16 [taps][channels] without zero point; bias [channels] s32; tiles: output rows
 * scratch: pointers to the taps; a pixel; with a multiplier [height][in_width][channels]; s32 [run][channels]; errors: none */
int tuff_depthwise_conv_2d_s8_runs(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_s8_args *a = args;
    const shape *s = &a->shape;
    const tuff_window *w = &s->window;
    const int32_t channels = channels_of(s), *factors = io[3];
    uint8_t *out = io[4];
    const uint8_t **taps = part(io[5], taps_bytes(s), job);
    void *blank = part(io[6], (size_t)channels, job), *wide = part(io[7], wide_bytes(s, 1), job);
    int32_t *acc = part(io[8], (size_t)a->run * (size_t)channels * 4, job);
    const tuff_span rows = tuff_share((int64_t)w->batches * w->out_height, job, jobs);
    for (int64_t row = rows.first; row < rows.end; row++) {
        const line l = line_at(s, 1, io[0], wide, blank, a->zero_in ^ a->flip, row);
        for (int32_t x = 0, n; x < w->out_width; x += n) {
            n = accumulate(&l, a->prim, acc, taps, x, a->run, a->flip, a->zero_in, io[1], io[2]);
            a->requantize->run(out + (l.out + x) * channels, channels, acc, channels, n, channels, factors, factors + channels, a->zero_out, a->lo, a->hi);
        }
    }
    return 0;
}

/* in, scales, out, row scales and row zero points as of tuff_depthwise_conv_2d_hybrid; weights s16 [taps][channels]; bias f32 [channels] or NULL;
 * zeros s32 [channels]; tiles: output rows; scratch as of tuff_depthwise_conv_2d_s8_runs; errors: none */
int tuff_depthwise_conv_2d_hybrid_runs(const void *args, void *const *io, int job, int jobs) {
    const tuff_depthwise_conv_2d_hybrid_args *a = args;
    const shape *s = &a->shape;
    const tuff_window *w = &s->window;
    const int32_t channels = channels_of(s), *row_zeros = io[6];
    const float *bias = io[2], *scales = io[3], *row_scales = io[5];
    float *out = io[4];
    const uint8_t **taps = part(io[8], taps_bytes(s), job);
    void *blank = part(io[9], (size_t)channels, job), *wide = part(io[10], wide_bytes(s, 1), job);
    int32_t *acc = part(io[11], (size_t)a->run * (size_t)channels * 4, job);
    const tuff_span rows = tuff_share((int64_t)w->batches * w->out_height, job, jobs);
    for (int64_t row = rows.first; row < rows.end; row++) {
        const int32_t zero = row_zeros[row / w->out_height];
        const line l = line_at(s, 1, io[0], wide, blank, zero, row);
        for (int32_t x = 0, n; x < w->out_width; x += n) {
            n = accumulate(&l, a->prim, acc, taps, x, a->run, 0, zero, io[1], io[7]);
            float *y = out + (l.out + x) * channels;
            for (int32_t k = 0; k < n * channels; k++)
                y[k] = dequantize(a, acc[k], row_scales[l.batch], scales[k % channels], bias ? bias + k % channels : NULL);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"
#include "ops/weighted.h"
#include "ops/widen.h"

typedef tuff_depthwise_conv_2d_attrs attributes;
typedef tuff_depthwise_conv_2d_f32_args f32_args;
typedef tuff_depthwise_conv_2d_s8_args s8_args;
typedef tuff_depthwise_conv_2d_s16_args s16_args;
typedef tuff_depthwise_conv_2d_hybrid_args hybrid_args;

static const tuff_field attr_fields[] = {TUFF_FIELD(attributes, padding, S8, 0, .names = tuff_padding_names),
                                         TUFF_FIELD(attributes, stride_w, S32, 1),
                                         TUFF_FIELD(attributes, stride_h, S32, 2),
                                         TUFF_FIELD(attributes, depth_multiplier, S32, 3),
                                         TUFF_FIELD(attributes, fused_activation_function, S8, 4, .names = tuff_activation_names),
                                         TUFF_FIELD(attributes, dilation_w_factor, S32, 5, .standard = 1, .version = 2),
                                         TUFF_FIELD(attributes, dilation_h_factor, S32, 6, .standard = 1, .version = 2),
                                         TUFF_FIELD_END};

#define SHAPE_ARGS(type) TUFF_WINDOW_ARGS(type, shape.window), TUFF_ARG(type, shape.in_channels, S32), TUFF_ARG(type, shape.multiplier, S32)
#define F32_ARGS SHAPE_ARGS(f32_args), TUFF_ARG(f32_args, lo, F32), TUFF_ARG(f32_args, hi, F32)
#define S8_ARGS                                                                                                               \
    SHAPE_ARGS(s8_args), TUFF_ARG(s8_args, flip, S32), TUFF_ARG(s8_args, zero_in, S32), TUFF_ARG(s8_args, zero_weights, S32), \
        TUFF_ARG(s8_args, zero_out, S32), TUFF_ARG(s8_args, lo, S32), TUFF_ARG(s8_args, hi, S32)
#define HYBRID_ARGS SHAPE_ARGS(hybrid_args), TUFF_ARG(hybrid_args, lo, F32), TUFF_ARG(hybrid_args, hi, F32)
static const tuff_field f32_fields[] = {F32_ARGS, TUFF_FIELD_END};
static const tuff_field s8_fields[] = {S8_ARGS, TUFF_FIELD_END};
static const tuff_field s16_fields[] = {SHAPE_ARGS(s16_args), TUFF_ARG(s16_args, lo, S32), TUFF_ARG(s16_args, hi, S32), TUFF_FIELD_END};
static const tuff_field hybrid_fields[] = {HYBRID_ARGS, TUFF_FIELD_END};
static const tuff_field f32_runs_fields[] = {F32_ARGS, TUFF_ARG(f32_args, prim, PRIM), TUFF_FIELD_END};
static const tuff_field s8_runs_fields[] = {S8_ARGS, TUFF_ARG(s8_args, run, S32), TUFF_ARG(s8_args, prim, PRIM), TUFF_ARG(s8_args, requantize, PRIM),
                                            TUFF_FIELD_END};
static const tuff_field hybrid_runs_fields[] = {HYBRID_ARGS, TUFF_ARG(hybrid_args, run, S32), TUFF_ARG(hybrid_args, prim, PRIM), TUFF_FIELD_END};

#define F32 TUFF_KERNEL(tuff_depthwise_conv_2d_f32, tuff_depthwise_conv_2d_f32_args, f32_fields)
#define S8 TUFF_KERNEL(tuff_depthwise_conv_2d_s8, tuff_depthwise_conv_2d_s8_args, s8_fields)
#define S16 TUFF_KERNEL(tuff_depthwise_conv_2d_s16, tuff_depthwise_conv_2d_s16_args, s16_fields)
#define HYBRID TUFF_KERNEL(tuff_depthwise_conv_2d_hybrid, tuff_depthwise_conv_2d_hybrid_args, hybrid_fields)
static const tuff_kernel f32_runs = TUFF_KERNEL(tuff_depthwise_conv_2d_f32_runs, tuff_depthwise_conv_2d_f32_args, f32_runs_fields);
static const tuff_kernel s8_runs = TUFF_KERNEL(tuff_depthwise_conv_2d_s8_runs, tuff_depthwise_conv_2d_s8_args, s8_runs_fields);
static const tuff_kernel hybrid_runs = TUFF_KERNEL(tuff_depthwise_conv_2d_hybrid_runs, tuff_depthwise_conv_2d_hybrid_args, hybrid_runs_fields);

/* clang-format off */
static const tuff_variant variants[] = {
    /* in, weights, bias    out       version  quantizing                         kernel */
    {{"f32", "f32", "f32"}, {"f32"},  1,       "",                                F32},
    {{"s8", "s8", "s32"},   {"s8"},   3,       "act weight/3 bias(0,1) -> free",  S8},
    {{"u8", "u8", "s32"},   {"u8"},   1,       NULL,                              S8},
    {{"s16", "s8", "s64"},  {"s16"},  5,       "act weight/3 bias(0,1) -> free",  S16},
    {{"f32", "s8", "f32"},  {"f32"},  6,       "- weight/3 - -> -",               HYBRID},
    {{"s8", "s4", "s32"},   {"s8"},   7,       NULL,                              S8},
    {{"s16", "s4", "s64"},  {"s16"},  7,       NULL,                              S16},
    {{NULL}, {NULL}, 0, NULL, {0}},
};
/* clang-format on */

static tuff_status shape_of(tuff_context *c, shape *s) {
    const attributes *attrs = c->attrs;
    const tuff_tensor *input = c->inputs[0], *weights = c->inputs[1];
    TUFF_CHECK(c, weights->rank == 4 && weights->shape[0] == 1, "weights %s: expected the shape [1, height, width, channels]", weights->name);
    const tuff_window_options o = {attrs->padding,           attrs->stride_w,   attrs->stride_h,  attrs->dilation_w_factor,
                                   attrs->dilation_h_factor, weights->shape[2], weights->shape[1]};
    TUFF_TRY(tuff_window_make(c, input, &o, &s->window));
    const int32_t in = input->shape[3], out = weights->shape[3];
    TUFF_CHECK(c, in > 0 && out > 0 && out % in == 0, "weights %s: %d output channels are no multiple of the %d of input %s", weights->name, out, in,
               input->name);
    TUFF_CHECK(c, (int64_t)weights->shape[1] * weights->shape[2] <= INT32_MAX / out, "weights %s: too many", weights->name);
    s->in_channels = in;
    s->multiplier = out / in;
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    shape s;
    TUFF_TRY(shape_of(c, &s));
    const int32_t dims[] = {s.window.batches, s.window.out_height, s.window.out_width, channels_of(&s)};
    return tuff_infer_shape(c, 0, 4, dims);
}

static tuff_cost cost(const shape *s, int32_t element, bool rows) {
    const tuff_window *w = &s->window;
    const int64_t pixels = tuff_window_pixels(w), taps = (int64_t)w->height * w->width, in = (int64_t)w->batches * w->in_height * w->in_width * s->in_channels;
    return (tuff_cost){.tiles = rows ? (int64_t)w->batches * w->out_height : pixels,
                       .macs = pixels * channels_of(s) * taps,
                       .bytes = (in + (pixels + taps) * channels_of(s)) * element};
}

/* Pixels at a time whose accumulators stay in the first cache. */
static int32_t run_of(const tuff_context *c, const shape *s) {
    const int32_t fit = c->target->small ? 1 : 16 * 1024 / 4 / channels_of(s);
    return fit < 1 ? 1 : fit < s->window.out_width ? fit : s->window.out_width > 0 ? s->window.out_width : 1;
}

static tuff_io wide_scratch(tuff_context *c, const shape *s, size_t element) {
    return s->multiplier > 1 ? tuff_io_scratch(c, wide_bytes(s, element)) : TUFF_IO_NONE;
}

/* [channels] zeros of 4 bytes: what prims take for a bias where there is none */
static tuff_io zeros(tuff_context *c, const shape *s) {
    void *memory;
    const tuff_io io = tuff_io_array(c, (size_t)channels_of(s) * 4, &memory);
    if (memory) memset(memory, 0, (size_t)channels_of(s) * 4);
    return io;
}

/* Weights s16, without zero point. */
typedef struct pack {
    int32_t count, flip, zero, bits;
} pack;
static void fill(void *out, const void *params, const void *source, const void *second) {
    const pack *p = params;
    (void)second;
    for (int32_t k = 0; k < p->count; k++) {
        const int8_t w = p->bits < 8 ? tuff_narrow_at(source, k, p->bits) : (int8_t)(((const uint8_t *)source)[k] ^ p->flip);
        ((int16_t *)out)[k] = (int16_t)(w - p->zero);
    }
}
static tuff_io packed(tuff_context *c, const shape *s, int32_t flip, int32_t zero) {
    const pack p = {s->window.height * s->window.width * channels_of(s), flip, zero, tuff_type_bits(c->inputs[1]->type)};
    return tuff_io_packed(c, 1, -1, (size_t)p.count * sizeof(int16_t), fill, &p, sizeof p);
}

static tuff_status prepare_f32(tuff_context *c, const shape *s) {
    const attributes *attrs = c->attrs;
    f32_args a = {.shape = *s, .prim = tuff_depthwise_f32_for(c->target->level)};
    tuff_activation_range_f32(attrs->fused_activation_function, &a.lo, &a.hi);
    const tuff_kernel *kernel = a.prim ? &f32_runs : &c->variant->kernel;
    f32_args *args = tuff_args(c, kernel);
    if (args) *args = a;
    const tuff_io in = tuff_io_input(c, 0), weights = tuff_io_input(c, 1), out = tuff_io_output(c, 0);
    if (!a.prim) {
        const tuff_io io[] = {in, weights, tuff_io_input(c, 2), out};
        return tuff_emit(c, kernel, args, cost(s, 4, false), io, 4);
    }
    const tuff_io bias = tuff_input(c, 2) ? tuff_io_input(c, 2) : zeros(c, s);
    const tuff_io io[] = {in, weights, bias, out, tuff_io_scratch(c, taps_bytes(s)), tuff_io_scratch(c, (size_t)channels_of(s) * 4), wide_scratch(c, s, 4)};
    return tuff_emit(c, kernel, args, cost(s, 4, true), io, 7);
}

/* Are there prims for these weights? */
static bool fits(const tuff_context *c) {
    const tuff_tensor *weights = c->inputs[1];
    return weights->data && tuff_depthwise_s8_for(c->target->level) && tuff_requantize_s8_for(c->target->level);
}

static tuff_status emit_s8_runs(tuff_context *c, const s8_args *a, tuff_io factors) {
    const shape *s = &a->shape;
    s8_args *args = tuff_args(c, &s8_runs);
    if (args) {
        *args = *a;
        args->run = run_of(c, s);
        args->prim = tuff_depthwise_s8_for(c->target->level);
        args->requantize = tuff_requantize_s8_for(c->target->level);
    }
    const tuff_io io[] = {tuff_io_input(c, 0),
                          packed(c, s, a->flip, a->zero_weights),
                          tuff_input(c, 2) ? tuff_io_input(c, 2) : zeros(c, s),
                          factors,
                          tuff_io_output(c, 0),
                          tuff_io_scratch(c, taps_bytes(s)),
                          tuff_io_scratch(c, (size_t)channels_of(s)),
                          wide_scratch(c, s, 1),
                          tuff_io_scratch(c, (size_t)run_of(c, s) * (size_t)channels_of(s) * 4)};
    return tuff_emit(c, &s8_runs, args, cost(s, 1, true), io, 9);
}

static tuff_status prepare_8(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    const bool u8 = w->input->type == TUFF_U8;
    TUFF_TRY(tuff_weighted_check(c, w, u8));
    TUFF_CHECK(c, !u8 || w->weights->quantization.count == 1, "weights %s: u8 weights have one scale, found %d", w->weights->name,
               w->weights->quantization.count);
    if (u8) TUFF_TRY(tuff_weighted_check_bias_scale(c, w));
    const int32_t half = u8 ? 128 : 0;
    s8_args a = {.shape = *s,
                 .flip = u8 ? 0x80 : 0,
                 .zero_in = (int32_t)w->input->quantization.zero_point[0] - half,
                 .zero_weights = (int32_t)w->weights->quantization.zero_point[0] - half,
                 .zero_out = (int32_t)w->output->quantization.zero_point[0]};
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    tuff_io factors, weights;
    TUFF_TRY(tuff_weighted_multipliers(c, w, u8, &factors));
    if (fits(c)) return emit_s8_runs(c, &a, factors);
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    s8_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, tuff_io_input(c, 2), factors, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1, false), io, 5);
}

static tuff_status prepare_s16(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    TUFF_TRY(tuff_weighted_check(c, w, false));
    s16_args a = {.shape = *s};
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    tuff_io factors, weights;
    TUFF_TRY(tuff_weighted_multipliers(c, w, false, &factors));
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    s16_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, tuff_io_input(c, 2), factors, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 2, false), io, 5);
}

static tuff_status prepare_hybrid(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    TUFF_TRY(tuff_weighted_check_weights(c, w));
    hybrid_args a = {.shape = *s};
    tuff_activation_range_f32(attrs->fused_activation_function, &a.lo, &a.hi);
    tuff_hybrid_rows rows;
    TUFF_TRY(tuff_hybrid_emit(c, 0, s->window.batches, (int64_t)s->window.in_height * s->window.in_width * s->in_channels, true, &rows));
    const bool on_prims = fits(c);
    const tuff_kernel *kernel = on_prims ? &hybrid_runs : &c->variant->kernel;
    if (on_prims) {
        a.run = run_of(c, s);
        a.prim = tuff_depthwise_s8_for(c->target->level);
    }
    hybrid_args *args = tuff_args(c, kernel);
    if (args) *args = a;
    const tuff_io weights = on_prims ? packed(c, s, 0, 0) : tuff_io_input(c, 1);
    const tuff_io io[7] = {rows.values, weights, tuff_io_input(c, 2), tuff_weighted_scales_f32(c, w), tuff_io_output(c, 0), rows.scales, rows.zeros};
    if (!on_prims) return tuff_emit(c, kernel, args, cost(s, 1, false), io, 7);
    const tuff_io all[] = {io[0],
                           io[1],
                           io[2],
                           io[3],
                           io[4],
                           io[5],
                           io[6],
                           zeros(c, s),
                           tuff_io_scratch(c, taps_bytes(s)),
                           tuff_io_scratch(c, (size_t)channels_of(s)),
                           wide_scratch(c, s, 1),
                           tuff_io_scratch(c, (size_t)a.run * (size_t)channels_of(s) * 4)};
    return tuff_emit(c, kernel, args, cost(s, 1, true), all, 12);
}

static tuff_status prepare(tuff_context *c) {
    shape s;
    TUFF_TRY(shape_of(c, &s));
    const tuff_weighted w = tuff_weighted_of(c, channels_of(&s), 3);
    TUFF_TRY(tuff_weighted_check_bias(c, &w));
    if (w.weights->type == TUFF_F32) return prepare_f32(c, &s);
    if (w.input->type == TUFF_F32) return prepare_hybrid(c, &s, &w);
    return w.input->type == TUFF_S16 ? prepare_s16(c, &s, &w) : prepare_8(c, &s, &w);
}

const tuff_op tuff_op_depthwise_conv_2d = {
    .name = "DEPTHWISE_CONV_2D",
    .code = 4,
    .options = TUFF_OPTIONS(DepthwiseConv2DOptions, 2, tuff_depthwise_conv_2d_attrs, attr_fields),
    .inputs = "input weights bias?",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 7,
};
#endif
