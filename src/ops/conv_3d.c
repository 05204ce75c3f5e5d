/* CONV_3D and CONV_3D_TRANSPOSE: windows over volumes.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[b][o][n] = activation(bias[n] + sum over taps t and channels c of in[b][z][c] * weight), o, t and z having three axes: depth, height, width.
 * CONV_3D: z = o * stride - pad + t * dilation, weights [taps][c][n]. Transposed: z = (o + pad - t * dilation) / stride where that is whole, weights
 * [taps][n][c], and the shape of the output is an input. Taps that meet no input add nothing.
 * source: TFLite kernels/conv3d.cc, conv3d_transpose.cc and their references
 */
#include "ops/conv_3d.h"

#include "ops/activation.h"
#include "ops/share.h"
#include "ops/window.h"

/* The input coordinate under a tap, -1: none. */
static int64_t source(const tuff_conv_3d_args *a, int axis, int64_t o, int32_t tap, bool transposed) {
    const int64_t offset = (int64_t)tap * a->dilation[axis];
    int64_t z = transposed ? o + a->pad[axis] - offset : o * a->stride[axis] - a->pad[axis] + offset;
    if (z < 0 || (transposed && z % a->stride[axis])) return -1;
    if (transposed) z /= a->stride[axis];
    return z < a->in[axis] ? z : -1;
}

/* One output: the sum over all taps. */
static float sum_at(const tuff_conv_3d_args *a, const float *in, const float *weights, const int64_t *o, int32_t n, bool transposed) {
    const int64_t taps = (int64_t)a->in_channels * a->out_channels, step = transposed ? 1 : a->out_channels;
    float sum = 0.0f;
    for (int32_t i = 0; i < a->taps[0]; i++) {
        const int64_t z = source(a, 0, o[0], i, transposed);
        for (int32_t j = 0; z >= 0 && j < a->taps[1]; j++) {
            const int64_t y = source(a, 1, o[1], j, transposed);
            for (int32_t k = 0; y >= 0 && k < a->taps[2]; k++) {
                const int64_t x = source(a, 2, o[2], k, transposed);
                if (x < 0) continue;
                const float *v = in + ((z * a->in[1] + y) * a->in[2] + x) * a->in_channels;
                const float *w = weights + (((int64_t)i * a->taps[1] + j) * a->taps[2] + k) * taps + (transposed ? (int64_t)n * a->in_channels : n);
                for (int32_t c = 0; c < a->in_channels; c++) sum += v[c] * w[c * step];
            }
        }
    }
    return sum;
}

static void run(const tuff_conv_3d_args *a, void *const *io, int job, int jobs, bool transposed) {
    const int64_t volume = (int64_t)a->out[0] * a->out[1] * a->out[2], image = (int64_t)a->in[0] * a->in[1] * a->in[2] * a->in_channels;
    const float *bias = io[2];
    const tuff_span pixels = tuff_share(a->batches * volume, job, jobs);
    for (int64_t p = pixels.first; p < pixels.end; p++) {
        const int64_t at = p % volume, o[3] = {at / a->out[2] / a->out[1], at / a->out[2] % a->out[1], at % a->out[2]};
        for (int32_t n = 0; n < a->out_channels; n++) {
            const float sum = sum_at(a, (const float *)io[0] + p / volume * image, io[1], o, n, transposed);
            ((float *)io[3])[p * a->out_channels + n] = tuff_clamp_f32(sum + (bias ? bias[n] : 0.0f), a->lo, a->hi);
        }
    }
}

/* in [batches][in][in_channels]; weights as above; bias [out_channels] or NULL; out [batches][out][out_channels]: f32
 * tiles: output pixels; scratch, errors: none */
int tuff_conv_3d_f32(const void *args, void *const *io, int job, int jobs) {
    run(args, io, job, jobs, false);
    return 0;
}
int tuff_conv_3d_transpose_f32(const void *args, void *const *io, int job, int jobs) {
    run(args, io, job, jobs, true);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_conv_3d_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_d, S32, 1),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_w, S32, 2),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_h, S32, 3),
    TUFF_FIELD(tuff_conv_3d_attrs, fused_activation_function, S8, 4, .names = tuff_activation_names),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_d_factor, S32, 5, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_w_factor, S32, 6, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_h_factor, S32, 7, .standard = 1),
    TUFF_FIELD_END,
};
#define ARG(member, kind) TUFF_ARG(tuff_conv_3d_args, member, kind)
#define AXES(member) TUFF_ARGS(tuff_conv_3d_args, member, S32, 3)
static const tuff_field fields[] = {
    ARG(batches, S32),      AXES(in),     AXES(out),    AXES(taps),     AXES(stride), AXES(dilation), AXES(pad), ARG(in_channels, S32),
    ARG(out_channels, S32), ARG(lo, F32), ARG(hi, F32), TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32", "f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_conv_3d_f32, tuff_conv_3d_args, fields)},
    {.version = 0},
};
static const tuff_variant transpose_variants[] = {
    {{"s32", "f32", "f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_conv_3d_transpose_f32, tuff_conv_3d_args, fields)},
    {.version = 0},
};

static tuff_status check(tuff_context *c, const tuff_tensor *in, const tuff_tensor *weights, const tuff_tensor *bias, tuff_conv_3d_args *a, bool transposed) {
    const tuff_conv_3d_attrs *attrs = c->attrs;
    TUFF_CHECK(c, in->rank == 5 && weights->rank == 5, "input %s and filter %s: expected rank 5, found %d and %d", in->name, weights->name, (int)in->rank,
               (int)weights->rank);
    *a = (tuff_conv_3d_args){.batches = in->shape[0],
                             .in = {in->shape[1], in->shape[2], in->shape[3]},
                             .taps = {weights->shape[0], weights->shape[1], weights->shape[2]},
                             .stride = {attrs->stride_d, attrs->stride_h, attrs->stride_w},
                             .dilation = {attrs->dilation_d_factor, attrs->dilation_h_factor, attrs->dilation_w_factor},
                             .in_channels = weights->shape[transposed ? 4 : 3],
                             .out_channels = weights->shape[transposed ? 3 : 4]};
    TUFF_CHECK(c, in->shape[4] == a->in_channels, "input %s: expected %d channels as filter '%s' has, found %d", in->name, (int)a->in_channels, weights->name,
               (int)in->shape[4]);
    TUFF_CHECK(c, !bias || tuff_count(bias) == a->out_channels, "bias %s: expected %d values", bias ? bias->name : "", (int)a->out_channels);
    tuff_activation_range_f32(attrs->fused_activation_function, &a->lo, &a->hi);
    return TUFF_OK;
}

/* Padding, and how many windows fit into `size` along each axis. */
static tuff_status windows(tuff_context *c, const tuff_tensor *image, const int32_t *size, tuff_conv_3d_args *a, int32_t *count) {
    for (int k = 0; k < 3; k++) {
        const int32_t dims[4] = {1, size[k], 1, 1};
        const tuff_tensor line = {.name = image->name, .rank = 4, .shape = dims};
        const tuff_window_options o = {((const tuff_conv_3d_attrs *)c->attrs)->padding, 1, a->stride[k], 1, a->dilation[k], 1, a->taps[k]};
        tuff_window w;
        TUFF_TRY(tuff_window_make(c, &line, &o, &w));
        a->pad[k] = w.pad_top;
        count[k] = w.out_height;
    }
    return TUFF_OK;
}

static tuff_status shape_of(tuff_context *c, tuff_conv_3d_args *a) {
    TUFF_TRY(check(c, c->inputs[0], c->inputs[1], tuff_input(c, 2), a, false));
    return windows(c, c->inputs[0], a->in, a, a->out);
}

static tuff_status infer(tuff_context *c) {
    tuff_conv_3d_args a;
    TUFF_TRY(shape_of(c, &a));
    return tuff_infer_shape(c, 0, 5, (const int32_t[]){a.batches, a.out[0], a.out[1], a.out[2], a.out_channels});
}

static tuff_status infer_transpose(tuff_context *c) {
    const tuff_tensor *shape = c->inputs[0];
    TUFF_CHECK(c, shape->rank == 1 && shape->shape[0] == 5, "output shape %s: expected [5], found %s", shape->name, tuff_shape_text(shape).text);
    if (!shape->data) return TUFF_LATER;
    return tuff_infer_shape(c, 0, 5, shape->data);
}

static tuff_status emit(tuff_context *c, const tuff_conv_3d_args *a, const tuff_io *io) {
    tuff_conv_3d_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = *a;
    const int64_t pixels = (int64_t)a->batches * a->out[0] * a->out[1] * a->out[2], taps = (int64_t)a->taps[0] * a->taps[1] * a->taps[2];
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){pixels, pixels * taps * a->out_channels, pixels * a->out_channels * 4}, io, 4);
}

static tuff_status prepare(tuff_context *c) {
    tuff_conv_3d_args a;
    TUFF_TRY(shape_of(c, &a));
    return emit(c, &a, (const tuff_io[]){tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0)});
}

static tuff_status prepare_transpose(tuff_context *c) {
    tuff_conv_3d_args a;
    const tuff_tensor *in = c->inputs[2], *out = c->outputs[0];
    int32_t count[3];
    TUFF_TRY(check(c, in, c->inputs[1], tuff_input(c, 3), &a, true));
    for (int k = 0; k < 3; k++) a.out[k] = out->shape[k + 1];
    TUFF_TRY(windows(c, out, a.out, &a, count));
    TUFF_CHECK(c, out->shape[0] == a.batches && out->shape[4] == a.out_channels && count[0] == a.in[0] && count[1] == a.in[1] && count[2] == a.in[2],
               "%s can't become %s", tuff_shape_text(in).text, tuff_shape_text(out).text);
    return emit(c, &a, (const tuff_io[]){tuff_io_input(c, 2), tuff_io_input(c, 1), tuff_io_input(c, 3), tuff_io_output(c, 0)});
}

const tuff_op tuff_op_conv_3d = {
    .name = "CONV_3D",
    .code = 132,
    .options = TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, attr_fields),
    .inputs = "input filter bias?",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
const tuff_op tuff_op_conv_3d_transpose = {
    .name = "CONV_3D_TRANSPOSE",
    .code = 141,
    .options = TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, attr_fields),
    .inputs = "output_shape filter input bias?",
    .outputs = "output",
    .variants = transpose_variants,
    .infer = infer_transpose,
    .prepare = prepare_transpose,
    .highest = 1,
};
#endif
