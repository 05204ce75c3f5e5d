/* TRANSPOSE_CONV: each input pixel adds its window of weights to the output; the shape of the output is an input.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[b][y][x][n] = activation(bias[n] + sum over taps (i, j) and channels c of in[b][(y + pad_top - i) / stride_h][(x + pad_left - j) / stride_w][c] *
 *                     weights[n][i][j][c]), over the taps whose quotients are whole and inside the input.
 * Padding is that of a CONV_2D from the output to the input. s8, u8, s16: as in CONV_2D. Hybrid (f32 input, s8 weights): each image is quantized on its own,
 * asymmetric; out = bias + acc * scale_weights[n] * scale_image in float.
 * source: TFLite kernels/transpose_conv.cc, internal/reference/transpose_conv.h and integer_ops/transpose_conv.h
 */
#include "ops/transpose_conv.h"

#include "ops/output.h"

/* Taps of one axis: the first tap with a whole quotient, its input coordinate (one less for each further `stride` taps), and the end. */
typedef struct taps {
    int32_t first, end, from;
} taps;
static taps taps_at(int32_t at, int32_t pad, int32_t stride, int32_t count, int32_t size) {
    const int64_t y = (int64_t)at + pad;
    int64_t first = y % stride;
    if ((y - first) / stride >= size) first = y - (int64_t)(size - 1) * stride; /* taps before reach beyond the input */
    const int64_t end = y + 1 < count ? y + 1 : count;
    return (taps){(int32_t)(first < end ? first : end), (int32_t)end, first < end ? (int32_t)((y - first) / stride) : 0};
}

/* For each output: `sum` from 0 by TERM of input v and weight w, then PUT(sum, n, b). */
#define KERNEL(name, in_type, w_type, out_type, acc_type, TERM, PUT)                                                                    \
    int name(const void *args, void *const *io, int job, int jobs) {                                                                    \
        const tuff_transpose_conv_args *a = args;                                                                                       \
        const tuff_window *s = &a->window;                                                                                              \
        const tuff_span pixels = tuff_share((int64_t)s->batches * s->in_height * s->in_width, job, jobs);                               \
        for (int64_t p = pixels.first; p < pixels.end; p++) {                                                                           \
            const int64_t b = p / s->in_width / s->in_height;                                                                           \
            const taps ty = taps_at((int32_t)(p / s->in_width % s->in_height), s->pad_top, s->stride_height, s->height, s->out_height); \
            const taps tx = taps_at((int32_t)(p % s->in_width), s->pad_left, s->stride_width, s->width, s->out_width);                  \
            for (int32_t n = 0; n < a->out_channels; n++) {                                                                             \
                acc_type sum = 0;                                                                                                       \
                for (int32_t i = ty.first, y = ty.from; i < ty.end; i += s->stride_height, y--)                                         \
                    for (int32_t j = tx.first, x = tx.from; j < tx.end; j += s->stride_width, x--) {                                    \
                        const in_type *v = (const in_type *)io[0] + ((b * s->out_height + y) * s->out_width + x) * a->in_channels;      \
                        const w_type *w = (const w_type *)io[1] + (((int64_t)n * s->height + i) * s->width + j) * a->in_channels;       \
                        for (int32_t k = 0; k < a->in_channels; k++) sum += (acc_type)TERM(v[k], w[k]);                                 \
                    }                                                                                                                   \
                ((out_type *)io[4])[p * a->out_channels + n] = PUT(sum, n, b);                                                          \
            }                                                                                                                           \
        }                                                                                                                               \
        return 0;                                                                                                                       \
    }
#define PLAIN_TERM(v, w) ((v) * (w))
#define SHIFTED_TERM(v, w) (((v)-a->zero_in) * ((w)-a->zero_weights))
#define ROW_TERM(v, w) (((v) - ((const int32_t *)io[6])[b]) * (w))

static float put_f32(const tuff_transpose_conv_args *a, void *const *io, float sum, int32_t n) {
    return tuff_clamp_f32(sum + (io[2] ? ((const float *)io[2])[n] : 0.0f), a->lo, a->hi);
}
static uint8_t put_8(const tuff_transpose_conv_args *a, void *const *io, uint32_t sum, int32_t n) {
    return tuff_output_8(sum + (io[2] ? (uint32_t)((const int32_t *)io[2])[n] : 0), tuff_factor(io[3], a->out_channels, n), a->zero_out, a->q_lo, a->q_hi);
}
static int16_t put_16(const tuff_transpose_conv_args *a, void *const *io, int64_t sum, int32_t n) {
    return tuff_output_16(tuff_add_bias_s16(sum, io[2], n, a->wide), tuff_factor(io[3], a->out_channels, n), a->wide, a->q_lo, a->q_hi);
}
#define PUT_F32(sum, n, b) put_f32(a, io, sum, n)
#define PUT_8(sum, n, b) put_8(a, io, sum, n)
#define PUT_16(sum, n, b) put_16(a, io, sum, n)
#define PUT_ROW(sum, n, b) put_f32(a, io, (float)(int32_t)(sum) * ((const float *)io[3])[n] * ((const float *)io[5])[b], n)

/* in [batches][height][width][in_channels]; weights [out_channels][taps][taps][in_channels]; bias [out_channels] or NULL; factors s32 [2][out_channels]
 * (hybrid: scales f32 [out_channels]); out; hybrid: scales and zero points of the images; tiles: output pixels; scratch, errors: none */
KERNEL(tuff_transpose_conv_f32, float, float, float, float, PLAIN_TERM, PUT_F32)
KERNEL(tuff_transpose_conv_s8, int8_t, int8_t, uint8_t, uint32_t, SHIFTED_TERM, PUT_8)
KERNEL(tuff_transpose_conv_u8, uint8_t, uint8_t, uint8_t, uint32_t, SHIFTED_TERM, PUT_8)
KERNEL(tuff_transpose_conv_s16, int16_t, int8_t, int16_t, int64_t, PLAIN_TERM, PUT_16)
KERNEL(tuff_transpose_conv_hybrid, int8_t, int8_t, float, uint32_t, ROW_TERM, PUT_ROW)

#ifndef TUFF_KERNELS_ONLY
#include "graph/fields.h"
#include "ops/hybrid.h"
#include "ops/tensor.h"
#include "ops/weighted.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_transpose_conv_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_transpose_conv_attrs, stride_w, S32, 1),
    TUFF_FIELD(tuff_transpose_conv_attrs, stride_h, S32, 2),
    TUFF_FIELD(tuff_transpose_conv_attrs, fused_activation_function, S8, 3, .version = 4, .names = tuff_activation_names),
    TUFF_FIELD(tuff_transpose_conv_attrs, quantized_bias_type, S8, 4, .version = 5, .names = tuff_type_names),
    TUFF_FIELD_END,
};
#define ARG(member, kind) TUFF_ARG(tuff_transpose_conv_args, member, kind)
static const tuff_field fields[] = {
    TUFF_WINDOW_ARGS(tuff_transpose_conv_args, window),
    ARG(in_channels, S32),
    ARG(out_channels, S32),
    ARG(lo, F32),
    ARG(hi, F32),
    ARG(zero_in, S32),
    ARG(zero_weights, S32),
    ARG(zero_out, S32),
    ARG(q_lo, S32),
    ARG(q_hi, S32),
    ARG(wide, BOOL),
    TUFF_FIELD_END,
};
#define RUN(function) TUFF_KERNEL(function, tuff_transpose_conv_args, fields)
/* clang-format off */
static const tuff_variant variants[] = {
    {{"s32", "f32", "f32", "f32"},      {"f32"}, 1, "",                                  RUN(tuff_transpose_conv_f32)},
    {{"s32", "s8", "s8", "s32"},        {"s8"},  2, "- weight/0 act bias(2,1) -> free",  RUN(tuff_transpose_conv_s8)},
    {{"s32", "u8", "u8", "s32"},        {"u8"},  2, NULL,                                RUN(tuff_transpose_conv_u8)},
    {{"s32", "s8", "s16", "s64|s32"},   {"s16"}, 2, "- weight/0 act bias(2,1) -> free",  RUN(tuff_transpose_conv_s16)},
    {{"s32", "s8", "f32", "f32"},       {"f32"}, 2, NULL,                                RUN(tuff_transpose_conv_hybrid)},
    {.version = 0},
};
/* clang-format on */

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *shape = c->inputs[0];
    TUFF_CHECK(c, shape->rank == 1 && shape->shape[0] == 4, "output shape %s: expected [4], found %s", shape->name, tuff_shape_text(shape).text);
    if (!shape->data) return TUFF_LATER;
    return tuff_infer_shape(c, 0, 4, shape->data);
}

static tuff_status shape_of(tuff_context *c, tuff_transpose_conv_args *a) {
    const tuff_transpose_conv_attrs *attrs = c->attrs;
    const tuff_tensor *weights = c->inputs[1], *in = c->inputs[2], *out = c->outputs[0];
    TUFF_CHECK(c, in->rank == 4 && weights->rank == 4, "input %s and weights %s: expected rank 4, found %d and %d", in->name, weights->name, (int)in->rank,
               (int)weights->rank);
    const tuff_window_options o = {attrs->padding, attrs->stride_w, attrs->stride_h, 1, 1, weights->shape[2], weights->shape[1]};
    TUFF_TRY(tuff_window_make(c, out, &o, &a->window));
    TUFF_CHECK(c, in->shape[1] > 0 && in->shape[2] > 0 && in->shape[0] == out->shape[0], "%s can't become %s", tuff_shape_text(in).text,
               tuff_shape_text(out).text);
    a->window.out_height = in->shape[1];
    a->window.out_width = in->shape[2];
    a->in_channels = in->shape[3];
    a->out_channels = weights->shape[0];
    TUFF_CHECK(c, a->in_channels > 0 && weights->shape[3] == a->in_channels, "weights %s: expected %d channels as '%s' has, found %d", weights->name,
               (int)a->in_channels, in->name, (int)weights->shape[3]);
    TUFF_CHECK(c, out->shape[3] == a->out_channels, "output shape %s: expected %d channels as weights '%s' have, found %d", c->inputs[0]->name,
               (int)a->out_channels, weights->name, (int)out->shape[3]);
    return TUFF_OK;
}

static tuff_status quantize(tuff_context *c, const tuff_weighted *w, tuff_transpose_conv_args *a, tuff_io *factors) {
    const tuff_transpose_conv_attrs *attrs = c->attrs;
    const bool u8 = w->input->type == TUFF_U8;
    TUFF_TRY(tuff_weighted_check(c, w, u8));
    TUFF_CHECK(c, !u8 || w->weights->quantization.count == 1, "weights %s: u8 weights have one scale, found %d", w->weights->name,
               (int)w->weights->quantization.count);
    if (w->input->type == TUFF_S16) TUFF_TRY(tuff_weighted_wide(c, w, attrs->quantized_bias_type, &a->wide));
    a->zero_in = tuff_zero_point(w->input);
    a->zero_weights = tuff_zero_point(w->weights);
    a->zero_out = tuff_zero_point(w->output);
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a->q_lo, &a->q_hi));
    return tuff_weighted_multipliers(c, w, u8, factors);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_transpose_conv_attrs *attrs = c->attrs;
    tuff_transpose_conv_args a = {0};
    TUFF_TRY(shape_of(c, &a));
    const tuff_weighted w = {c->inputs[2], c->inputs[1], tuff_input(c, 3), c->outputs[0], a.out_channels, 0};
    const bool f32 = w.input->type == TUFF_F32, hybrid = f32 && w.weights->type != TUFF_F32;
    TUFF_TRY(tuff_weighted_check_bias(c, &w));
    tuff_activation_range_f32(attrs->fused_activation_function, &a.lo, &a.hi);
    tuff_io io[7] = {tuff_io_input(c, 2), tuff_io_input(c, 1), tuff_io_input(c, 3), TUFF_IO_NONE, tuff_io_output(c, 0), TUFF_IO_NONE, TUFF_IO_NONE};
    if (!f32) TUFF_TRY(quantize(c, &w, &a, &io[3]));
    if (hybrid) {
        tuff_hybrid_rows rows;
        TUFF_TRY(tuff_weighted_check_weights(c, &w));
        TUFF_TRY(tuff_hybrid_emit(c, 2, a.window.batches, tuff_dims_product(w.input->shape, 1, 4), true, &rows));
        io[0] = rows.values;
        io[3] = tuff_weighted_scales_f32(c, &w);
        io[5] = rows.scales;
        io[6] = rows.zeros;
    }
    tuff_transpose_conv_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const int64_t pixels = tuff_count(w.output) / (a.out_channels > 0 ? a.out_channels : 1), macs = tuff_count(w.input) * tuff_count(w.weights) / a.in_channels;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){pixels, macs, tuff_count(w.input) + tuff_count(w.output) + tuff_count(w.weights)}, io, 7);
}

/* a bias needs version 3 */
static int32_t version(const tuff_context *c) { return tuff_input(c, 3) ? 3 : 0; }

const tuff_op tuff_op_transpose_conv = {
    .name = "TRANSPOSE_CONV",
    .code = 67,
    .options = TUFF_OPTIONS(TransposeConvOptions, 49, tuff_transpose_conv_attrs, attr_fields),
    .inputs = "output_shape weights input bias?",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 5,
};
#endif
