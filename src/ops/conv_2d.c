/* CONV_2D: a window of weights over images, per group of channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[b][y][x][n] = activation(bias[n] + sum over taps (i, j) and channels c of
 *                     in[b][y * stride_h - pad_top + i * dilation_h][x * stride_w - pad_left + j * dilation_w][group(n) * depth + c] * weights[n][i][j][c])
 * Taps outside the image add nothing. There are in_channels / depth groups, depth being the weights' last dimension; each has its share of the n.
 *
 * Integer forms. acc = bias + sum of (in - zero_in) * (weights - zero_weights), wrapping in 32 bits; out = zero_out + requantize(acc), then clamped.
 * s8: weights symmetric, one scale or one per n. u8: one scale, any zero point, scale_in * scale_weights rounded to float. s16: zero points 0; an s64 bias
 * makes the accumulator s64, requantized with a multiplier of 15 bits.
 * Hybrid (f32 images, 8-bit or smaller weights): each image is quantized on its own, symmetric where all weights have one scale, else asymmetric; weights of
 * type u8 are read as s8 bytes, as the reference does. out = bias + (scale_in * scale_weights[n]) * acc in float.
 *
 * The kernels here are the definition. Where the target has prims, ops/matmul does the same, faster.
 * source: TFLite kernels/conv.cc, internal/reference/conv.h and integer_ops/conv.h
 */
#include "ops/conv_2d.h"

#include "ops/output.h"

/* One output: its weights [height][width][depth], and its group's first input channel. */
typedef struct filter {
    int64_t weights, channel;
    int32_t depth;
} filter;

static filter filter_of(const tuff_conv_2d_shape *s, int32_t n) {
    const int32_t depth = s->in_channels / s->groups, per_group = s->out_channels / s->groups;
    return (filter){(int64_t)n * s->window.height * s->window.width * depth, (int64_t)(n / per_group) * depth, depth};
}

/* Element of the first channel under tap (y, x), and of its weight. */
static int64_t in_at(const tuff_conv_2d_shape *s, const tuff_patch *p, const filter *f, int32_t y, int32_t x) {
    return tuff_patch_pixel(&s->window, p, y, x) * s->in_channels + f->channel;
}
static int64_t weight_at(const tuff_conv_2d_shape *s, const filter *f, int32_t y, int32_t x) {
    return f->weights + ((int64_t)y * s->window.width + x) * f->depth;
}

/* in [batches][in_height][in_width][in_channels] f32; weights [out_channels][height][width][depth] f32; bias [out_channels] f32 or NULL
 * out [batches][out_height][out_width][out_channels] f32; tiles: output pixels; scratch, errors: none */
int tuff_conv_2d_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_conv_2d_f32_args *a = args;
    const tuff_conv_2d_shape *s = &a->shape;
    const float *in = io[0], *weights = io[1], *bias = io[2];
    float *out = io[3];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < s->out_channels; n++) {
            const filter f = filter_of(s, n);
            float sum = 0.0f;
            for (int32_t y = p.y0; y < p.y1; y++)
                for (int32_t x = p.x0; x < p.x1; x++) {
                    const float *v = in + in_at(s, &p, &f, y, x), *w = weights + weight_at(s, &f, y, x);
                    for (int32_t k = 0; k < f.depth; k++) sum += v[k] * w[k];
                }
            out[pixel * s->out_channels + n] = tuff_clamp_f32(sum + (bias ? bias[n] : 0.0f), a->lo, a->hi);
        }
    }
    return 0;
}

/* The sum of an 8-bit patch; wraps. */
static uint32_t sum_s8(const tuff_conv_2d_shape *s, const tuff_patch *p, int32_t n, const uint8_t *in, const uint8_t *weights, int32_t flip, int32_t zero_in,
                       int32_t zero_weights) {
    const filter f = filter_of(s, n);
    uint32_t sum = 0;
    for (int32_t y = p->y0; y < p->y1; y++)
        for (int32_t x = p->x0; x < p->x1; x++) {
            const uint8_t *v = in + in_at(s, p, &f, y, x), *w = weights + weight_at(s, &f, y, x);
            for (int32_t k = 0; k < f.depth; k++) sum += (uint32_t)(((int8_t)(v[k] ^ flip) - zero_in) * ((int8_t)(w[k] ^ flip) - zero_weights));
        }
    return sum;
}

/* in, weights as above in s8 or u8; bias [out_channels] s32 or NULL; factors s32 [2][out_channels]: multipliers, shifts; out as in
 * tiles: output pixels; scratch, errors: none */
int tuff_conv_2d_s8(const void *args, void *const *io, int job, int jobs) {
    const tuff_conv_2d_s8_args *a = args;
    const tuff_conv_2d_shape *s = &a->shape;
    const int32_t *bias = io[2], *factors = io[3];
    uint8_t *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < s->out_channels; n++) {
            const uint32_t acc = sum_s8(s, &p, n, io[0], io[1], a->flip, a->zero_in, a->zero_weights) + (bias ? (uint32_t)bias[n] : 0);
            out[pixel * s->out_channels + n] = tuff_output_8(acc, tuff_factor(factors, s->out_channels, n), a->zero_out, a->lo, a->hi);
        }
    }
    return 0;
}

/* in s16; weights s8; bias [out_channels] s32 (s64 where wide) or NULL; factors s32 [2][out_channels]; out s16
 * tiles: output pixels; scratch, errors: none */
int tuff_conv_2d_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_conv_2d_s16_args *a = args;
    const tuff_conv_2d_shape *s = &a->shape;
    const int16_t *in = io[0];
    const int8_t *weights = io[1];
    const int32_t *factors = io[3];
    int16_t *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < s->out_channels; n++) {
            const filter f = filter_of(s, n);
            int64_t acc = 0;
            for (int32_t y = p.y0; y < p.y1; y++)
                for (int32_t x = p.x0; x < p.x1; x++) {
                    const int16_t *v = in + in_at(s, &p, &f, y, x);
                    const int8_t *w = weights + weight_at(s, &f, y, x);
                    for (int32_t k = 0; k < f.depth; k++) acc += v[k] * w[k];
                }
            acc = tuff_add_bias_s16(acc, io[2], n, a->wide);
            out[pixel * s->out_channels + n] = tuff_output_16(acc, tuff_factor(factors, s->out_channels, n), a->wide, a->lo, a->hi);
        }
    }
    return 0;
}

/* in s8, quantized image by image; weights s8; bias [out_channels] f32 or NULL; scales f32 [out_channels]; out f32; row scales f32 [batches];
 * row zero points s32 [batches]; tiles: output pixels; scratch, errors: none */
int tuff_conv_2d_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_conv_2d_f32_args *a = args;
    const tuff_conv_2d_shape *s = &a->shape;
    const float *bias = io[2], *scales = io[3], *row_scales = io[5];
    const int32_t *row_zeros = io[6];
    float *out = io[4];
    const tuff_span pixels = tuff_share(tuff_window_pixels(&s->window), job, jobs);
    for (int64_t pixel = pixels.first; pixel < pixels.end; pixel++) {
        const tuff_patch p = tuff_window_patch(&s->window, pixel);
        for (int32_t n = 0; n < s->out_channels; n++) {
            const int32_t acc = (int32_t)sum_s8(s, &p, n, io[0], io[1], 0, row_zeros[p.batch], 0);
            const float y = (float)acc * (row_scales[p.batch] * scales[n]) + (bias ? bias[n] : 0.0f);
            out[pixel * s->out_channels + n] = tuff_clamp_f32(y, a->lo, a->hi);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"
#include "ops/weighted.h"
#include "ops/widen.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_conv_2d_attrs, padding, S8, 0, .names = tuff_padding_names),
                                         TUFF_FIELD(tuff_conv_2d_attrs, stride_w, S32, 1),
                                         TUFF_FIELD(tuff_conv_2d_attrs, stride_h, S32, 2),
                                         TUFF_FIELD(tuff_conv_2d_attrs, fused_activation_function, S8, 3, .names = tuff_activation_names),
                                         TUFF_FIELD(tuff_conv_2d_attrs, dilation_w_factor, S32, 4, .standard = 1),
                                         TUFF_FIELD(tuff_conv_2d_attrs, dilation_h_factor, S32, 5, .standard = 1),
                                         TUFF_FIELD(tuff_conv_2d_attrs, quantized_bias_type, S8, 6, .version = 8),
                                         TUFF_FIELD_END};

#define SHAPE_ARGS(type) \
    TUFF_WINDOW_ARGS(type, shape.window), TUFF_ARG(type, shape.in_channels, S32), TUFF_ARG(type, shape.out_channels, S32), TUFF_ARG(type, shape.groups, S32)
static const tuff_field f32_fields[] = {SHAPE_ARGS(tuff_conv_2d_f32_args), TUFF_ARG(tuff_conv_2d_f32_args, lo, F32), TUFF_ARG(tuff_conv_2d_f32_args, hi, F32),
                                        TUFF_FIELD_END};
static const tuff_field s8_fields[] = {SHAPE_ARGS(tuff_conv_2d_s8_args),
                                       TUFF_ARG(tuff_conv_2d_s8_args, flip, S32),
                                       TUFF_ARG(tuff_conv_2d_s8_args, zero_in, S32),
                                       TUFF_ARG(tuff_conv_2d_s8_args, zero_weights, S32),
                                       TUFF_ARG(tuff_conv_2d_s8_args, zero_out, S32),
                                       TUFF_ARG(tuff_conv_2d_s8_args, lo, S32),
                                       TUFF_ARG(tuff_conv_2d_s8_args, hi, S32),
                                       TUFF_FIELD_END};
static const tuff_field s16_fields[] = {SHAPE_ARGS(tuff_conv_2d_s16_args), TUFF_ARG(tuff_conv_2d_s16_args, lo, S32), TUFF_ARG(tuff_conv_2d_s16_args, hi, S32),
                                        TUFF_ARG(tuff_conv_2d_s16_args, wide, BOOL), TUFF_FIELD_END};

#define F32 TUFF_KERNEL(tuff_conv_2d_f32, tuff_conv_2d_f32_args, f32_fields)
#define S8 TUFF_KERNEL(tuff_conv_2d_s8, tuff_conv_2d_s8_args, s8_fields)
#define S16 TUFF_KERNEL(tuff_conv_2d_s16, tuff_conv_2d_s16_args, s16_fields)
#define HYBRID TUFF_KERNEL(tuff_conv_2d_hybrid, tuff_conv_2d_f32_args, f32_fields)
/* clang-format off */
static const tuff_variant variants[] = {
    /* in, weights, bias           out       version  quantizing                           kernel */
    {{"f32", "f32", "f32"},        {"f32"},  1,       "",                                  F32},
    {{"s8", "s8", "s32"},          {"s8"},   3,       "act weight/0 bias(0,1) -> free",    S8},
    {{"u8", "u8", "s32"},          {"u8"},   1,       NULL,                                S8},
    {{"s16", "s8", "s64|s32"},     {"s16"},  4,       "act weight/0 bias(0,1) -> free",    S16},
    {{"f32", "s8|u8", "f32"},      {"f32"},  2,       "- weight/0 - -> -",                 HYBRID},
    {{"s8", "s4", "s32"},          {"s8"},   7,       NULL,                                S8},
    {{"s16", "s4", "s64|s32"},     {"s16"},  7,       NULL,                                S16},
    {{"f32", "s4", "f32"},         {"f32"},  7,       NULL,                                HYBRID},
    {{NULL}, {NULL}, 0, NULL, {0}},
};
/* clang-format on */

static tuff_status shape_of(tuff_context *c, tuff_conv_2d_shape *s) {
    const tuff_conv_2d_attrs *attrs = c->attrs;
    const tuff_tensor *input = c->inputs[0], *weights = c->inputs[1];
    TUFF_CHECK(c, weights->rank == 4, "weights %s: expected rank 4 [out channels, height, width, channels], found rank %d", weights->name, weights->rank);
    const tuff_window_options o = {attrs->padding,           attrs->stride_w,   attrs->stride_h,  attrs->dilation_w_factor,
                                   attrs->dilation_h_factor, weights->shape[2], weights->shape[1]};
    TUFF_TRY(tuff_window_make(c, input, &o, &s->window));
    s->in_channels = input->shape[3];
    s->out_channels = weights->shape[0];
    const int32_t depth = weights->shape[3];
    TUFF_CHECK(c, depth > 0 && s->in_channels > 0 && s->in_channels % depth == 0, "input %s has %d channels: not a multiple of the %d of weights %s",
               input->name, s->in_channels, depth, weights->name);
    s->groups = s->in_channels / depth;
    TUFF_CHECK(c, s->out_channels > 0 && s->out_channels % s->groups == 0, "weights %s: %d output channels cannot be shared out to %d groups", weights->name,
               s->out_channels, s->groups);
    TUFF_CHECK(c, (int64_t)weights->shape[1] * weights->shape[2] <= INT32_MAX / depth, "weights %s: too many per output channel", weights->name);
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    tuff_conv_2d_shape s;
    TUFF_TRY(shape_of(c, &s));
    const int32_t dims[] = {s.window.batches, s.window.out_height, s.window.out_width, s.out_channels};
    return tuff_infer_shape(c, 0, 4, dims);
}

static tuff_matmul matmul_of(const tuff_conv_2d_shape *s) {
    const int32_t depth = s->window.height * s->window.width * (s->in_channels / s->groups);
    return (tuff_matmul){.window = s->window, .in_channels = s->in_channels, .groups = s->groups, .depth = depth, .columns = s->out_channels / s->groups};
}

static tuff_cost cost(const tuff_conv_2d_shape *s, int32_t element) {
    const int64_t pixels = tuff_window_pixels(&s->window), each = matmul_of(s).depth;
    const int64_t in = (int64_t)s->window.batches * s->window.in_height * s->window.in_width * s->in_channels;
    return (tuff_cost){.tiles = pixels, .macs = pixels * s->out_channels * each, .bytes = (in + (pixels + each) * s->out_channels) * element};
}

static tuff_status prepare_f32(tuff_context *c, const tuff_conv_2d_shape *s) {
    const tuff_conv_2d_attrs *attrs = c->attrs;
    const tuff_matmul m = matmul_of(s);
    float lo, hi;
    tuff_activation_range_f32(attrs->fused_activation_function, &lo, &hi);
    if (tuff_matmul_fits(c, &m)) return tuff_matmul_emit_f32(c, &m, lo, hi);
    tuff_conv_2d_f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_conv_2d_f32_args){*s, lo, hi};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 4), io, 4);
}

static tuff_status prepare_8(tuff_context *c, const tuff_conv_2d_shape *s, const tuff_weighted *w) {
    const tuff_conv_2d_attrs *attrs = c->attrs;
    const bool u8 = w->input->type == TUFF_U8;
    TUFF_TRY(tuff_weighted_check(c, w, u8));
    TUFF_CHECK(c, !u8 || w->weights->quantization.count == 1, "weights %s: u8 weights have one scale, found %d", w->weights->name,
               w->weights->quantization.count);
    if (u8) TUFF_TRY(tuff_weighted_check_bias_scale(c, w));
    const int32_t half = u8 ? 128 : 0;
    tuff_conv_2d_s8_args a = {.shape = *s,
                              .flip = u8 ? 0x80 : 0,
                              .zero_in = (int32_t)w->input->quantization.zero_point[0] - half,
                              .zero_weights = (int32_t)w->weights->quantization.zero_point[0] - half,
                              .zero_out = (int32_t)w->output->quantization.zero_point[0]};
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    tuff_io factors, weights;
    TUFF_TRY(tuff_weighted_multipliers(c, w, u8, &factors));
    const tuff_matmul_s8_args m = {
        .shape = matmul_of(s), .flip = a.flip, .zero_in = a.zero_in, .zero_weights = a.zero_weights, .zero_out = a.zero_out, .lo = a.lo, .hi = a.hi};
    if (tuff_matmul_fits(c, &m.shape)) return tuff_matmul_emit_s8(c, &m, false, factors);
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    tuff_conv_2d_s8_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, tuff_io_input(c, 2), factors, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1), io, 5);
}

static tuff_status prepare_s16(tuff_context *c, const tuff_conv_2d_shape *s, const tuff_weighted *w) {
    const tuff_conv_2d_attrs *attrs = c->attrs;
    TUFF_TRY(tuff_weighted_check(c, w, false));
    tuff_conv_2d_s16_args a = {.shape = *s};
    TUFF_TRY(tuff_weighted_wide(c, w, attrs->quantized_bias_type, &a.wide));
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    tuff_io factors, weights;
    TUFF_TRY(tuff_weighted_multipliers(c, w, false, &factors));
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    tuff_conv_2d_s16_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, tuff_io_input(c, 2), factors, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 2), io, 5);
}

static tuff_status prepare_hybrid(tuff_context *c, const tuff_conv_2d_shape *s, const tuff_weighted *w) {
    const tuff_conv_2d_attrs *attrs = c->attrs;
    TUFF_TRY(tuff_weighted_check_weights(c, w));
    const tuff_quantization *q = &w->weights->quantization;
    bool asymmetric = s->groups > 1; /* the reference has no symmetric kernel for groups */
    for (int32_t k = 1; k < q->count; k++) asymmetric = asymmetric || q->scale[k] != q->scale[0];
    float lo, hi;
    tuff_activation_range_f32(attrs->fused_activation_function, &lo, &hi);
    tuff_hybrid_rows rows;
    const int64_t image = (int64_t)s->window.in_height * s->window.in_width * s->in_channels;
    TUFF_TRY(tuff_hybrid_emit(c, 0, s->window.batches, image, asymmetric, &rows));
    const tuff_matmul m = matmul_of(s);
    const tuff_io scales = tuff_weighted_scales_f32(c, w);
    if (tuff_matmul_fits(c, &m)) return tuff_matmul_emit_hybrid(c, &m, lo, hi, &rows, scales);
    tuff_io weights;
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    tuff_conv_2d_f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_conv_2d_f32_args){*s, lo, hi};
    const tuff_io io[] = {rows.values, weights, tuff_io_input(c, 2), scales, tuff_io_output(c, 0), rows.scales, rows.zeros};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1), io, 7);
}

static tuff_status prepare(tuff_context *c) {
    tuff_conv_2d_shape s;
    TUFF_TRY(shape_of(c, &s));
    const tuff_weighted w = tuff_weighted_of(c, s.out_channels, 0);
    TUFF_TRY(tuff_weighted_check_bias(c, &w));
    if (w.weights->type == TUFF_F32) return prepare_f32(c, &s);
    if (w.input->type == TUFF_F32) return prepare_hybrid(c, &s, &w);
    return w.input->type == TUFF_S16 ? prepare_s16(c, &s, &w) : prepare_8(c, &s, &w);
}

/* Groups need version 6; hybrid with a scale per channel needs 5. */
static int32_t version(const tuff_context *c) {
    const tuff_tensor *input = c->inputs[0], *weights = c->inputs[1];
    if (input->rank == 4 && weights->rank == 4 && input->shape[3] != weights->shape[3]) return 6;
    return input->type == TUFF_F32 && weights->type != TUFF_F32 && weights->quantization.count > 1 ? 5 : 0;
}

const tuff_op tuff_op_conv_2d = {
    .name = "CONV_2D",
    .code = 3,
    .options = TUFF_OPTIONS(Conv2DOptions, 1, tuff_conv_2d_attrs, attr_fields),
    .inputs = "input weights bias?",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 8,
};
#endif
