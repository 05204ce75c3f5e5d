/* FULLY_CONNECTED: rows of inputs times a matrix of weights.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[r][n] = activation(bias[n] + sum over k of in[r][k] * weights[n][k])
 * The input's elements are taken as rows of `depth`, whatever its shape; what is left over at the end is ignored, as in the reference. keep_num_dims gives
 * the output the input's shape but for the last dimension. With depth 0 every output is 0, without the bias.
 *
 * Integer forms. acc = bias + sum of (in - zero_in) * (weights - zero_weights), as wide as the bias (s32 wraps); out = zero_out +
 * round half away(acc * scale) in double, scale = scale_in * scale_weights[n] / scale_out, then clamped: unlike CONV_2D no fixed-point multiplier. Three forms
 * keep the fixed point: s16 times s16 (s64 accumulator, multiplier of 15 bits), s8 weights that the file has as sparse, and shuffled weights.
 * Shuffled weights (u8, zero points 128, weights stored flipped, in blocks of 4 units x 16 inputs; 1 or 4 rows; s16 outputs) come with a second output, a
 * workspace that takes the inputs in that form.
 * Hybrid (f32 inputs, 8-bit or smaller weights): each row is quantized on its own; out = bias + (scale_in * scale_weights[n]) * acc in float.
 * Weights of type u8 are read as s8 bytes there, as the reference does.
 *
 * The kernels here are the definition. Where the target has prims, ops/matmul does the same, faster.
 * source: TFLite kernels/fully_connected.cc, internal/reference/fully_connected.h and integer_ops/fully_connected.h
 */
#include "ops/fully_connected.h"

#include <math.h>

#include "base/math.h"
#include "ops/output.h"

/* in [rows][depth] f32; weights [units][depth] f32; bias [units] f32 or NULL; out [rows][units] f32; tiles: outputs; scratch, errors: none */
int tuff_fully_connected_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_f32_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const float *bias = io[2];
    float *out = io[3];
    const tuff_span outputs = tuff_share((int64_t)s->rows * s->units, job, jobs);
    for (int64_t k = outputs.first; k < outputs.end; k++) {
        const int64_t n = k % s->units;
        const float *v = (const float *)io[0] + k / s->units * s->depth, *w = (const float *)io[1] + n * s->depth;
        float sum = 0.0f;
        for (int32_t d = 0; d < s->depth; d++) sum += v[d] * w[d];
        out[k] = tuff_clamp_f32(sum + (bias ? bias[n] : 0.0f), a->lo, a->hi);
    }
    return 0;
}

/* The sum of an 8-bit row; wraps. */
static uint32_t sum_s8(const uint8_t *v, const uint8_t *w, int32_t depth, int32_t flip, int32_t zero_in, int32_t zero_weights) {
    uint32_t sum = 0;
    for (int32_t d = 0; d < depth; d++) sum += (uint32_t)(((int8_t)(v[d] ^ flip) - zero_in) * ((int8_t)(w[d] ^ flip) - zero_weights));
    return sum;
}

/* in, weights as above in s8 or u8; bias [units] s32 or NULL; scales f64 [units], or, where fixed, factors s32 [2][units]: multipliers, shifts
 * out as in, or s16 where wide; tiles: outputs; scratch, errors: none */
int tuff_fully_connected_s8(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_s8_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const int32_t *bias = io[2];
    const tuff_span outputs = tuff_share((int64_t)s->rows * s->units, job, jobs);
    for (int64_t k = outputs.first; k < outputs.end; k++) {
        const int32_t n = (int32_t)(k % s->units);
        const uint8_t *v = (const uint8_t *)io[0] + k / s->units * s->depth, *w = (const uint8_t *)io[1] + (int64_t)n * s->depth;
        const uint32_t acc = sum_s8(v, w, s->depth, a->flip, a->zero_in, a->zero_weights) + (bias ? (uint32_t)bias[n] : 0);
        if (a->fixed) {
            ((uint8_t *)io[4])[k] = tuff_output_8(acc, tuff_factor(io[3], s->units, n), a->zero_out, a->lo, a->hi);
            continue;
        }
        const int32_t y = tuff_output_exact((double)(int32_t)acc, ((const double *)io[3])[n], a->zero_out, a->lo, a->hi);
        if (a->wide) ((int16_t *)io[4])[k] = (int16_t)y;
        else ((uint8_t *)io[4])[k] = (uint8_t)y;
    }
    return 0;
}

/* in s16; weights s8; bias [units] s32 (s64 where wide) or NULL; scales f64 [units]; out s16; tiles: outputs; scratch, errors: none */
int tuff_fully_connected_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_s16_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const double *scales = io[3];
    int16_t *out = io[4];
    const tuff_span outputs = tuff_share((int64_t)s->rows * s->units, job, jobs);
    for (int64_t k = outputs.first; k < outputs.end; k++) {
        const int64_t n = k % s->units;
        const int16_t *v = (const int16_t *)io[0] + k / s->units * s->depth;
        const int8_t *w = (const int8_t *)io[1] + n * s->depth;
        int64_t sum = 0;
        for (int32_t d = 0; d < s->depth; d++) sum += v[d] * (w[d] - a->zero_weights);
        out[k] = (int16_t)tuff_output_exact((double)tuff_add_bias_s16(sum, io[2], (int32_t)n, a->wide), scales[n], 0, a->lo, a->hi);
    }
    return 0;
}

/* in, weights s16; bias [units] s32 (s64 where wide) or NULL; factors s32 [2][units]: multipliers, shifts; out s16; tiles: outputs; scratch, errors: none */
int tuff_fully_connected_s16xs16(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_s16_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const int32_t *factors = io[3];
    int16_t *out = io[4];
    const tuff_span outputs = tuff_share((int64_t)s->rows * s->units, job, jobs);
    for (int64_t k = outputs.first; k < outputs.end; k++) {
        const int32_t n = (int32_t)(k % s->units);
        const int16_t *v = (const int16_t *)io[0] + k / s->units * s->depth, *w = (const int16_t *)io[1] + (int64_t)n * s->depth;
        int64_t acc = 0;
        for (int32_t d = 0; d < s->depth; d++) acc += (int64_t)v[d] * (w[d] - a->zero_weights);
        if (io[2]) acc = (int64_t)((uint64_t)acc + (uint64_t)(a->wide ? ((const int64_t *)io[2])[n] : ((const int32_t *)io[2])[n]));
        out[k] = tuff_output_16(acc, tuff_factor(factors, s->units, n), true, a->lo, a->hi);
    }
    return 0;
}

/* in s8, quantized row by row; weights s8; bias [units] f32 or NULL; scales f32 [units]; out f32; row scales f32 [rows]; row zero points s32 [rows]
 * tiles: outputs; scratch, errors: none */
int tuff_fully_connected_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_hybrid_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const float *bias = io[2], *scales = io[3], *row_scales = io[5];
    const int32_t *row_zeros = io[6];
    float *out = io[4];
    const tuff_span outputs = tuff_share((int64_t)s->rows * s->units, job, jobs);
    for (int64_t k = outputs.first; k < outputs.end; k++) {
        const int64_t n = k % s->units, r = k / s->units;
        const uint8_t *v = (const uint8_t *)io[0] + r * s->depth, *w = (const uint8_t *)io[1] + n * s->depth;
        const int32_t acc = (int32_t)sum_s8(v, w, s->depth, 0, row_zeros[r], 0);
        const float y = (float)acc * (row_scales[r] * scales[n]) + (bias ? bias[n] : 0.0f);
        if (a->activation == TUFF_ACTIVATION_TANH) out[k] = tuff_tanhf(y);
        else if (a->activation == TUFF_ACTIVATION_SIGN_BIT) out[k] = signbit(y) ? 1.0f : 0.0f;
        else out[k] = tuff_clamp_f32(y, a->lo, a->hi);
    }
    return 0;
}

/* in [rows][depth] u8, rows 1 or 4; weights shuffled; bias [units] s32; factors s32 [2][units]; out [rows][units] s16; workspace [rows * depth] u8
 * depth a multiple of 16, units of 4; tiles: 1; scratch, errors: none */
int tuff_fully_connected_shuffled(const void *args, void *const *io, int job, int jobs) {
    const tuff_fully_connected_shuffled_args *a = args;
    const tuff_fully_connected_shape *s = &a->shape;
    const uint8_t *in = io[0];
    const int8_t *weights = io[1];
    const int32_t *bias = io[2];
    int16_t *out = io[4];
    uint8_t *workspace = io[5];
    (void)jobs;
    if (job > 0) return 0;
    for (int32_t r = 0; r < s->rows; r++)
        for (int32_t d = 0; d < s->depth; d++) workspace[(d / 16 * s->rows + r) * 16 + d % 16] = in[r * s->depth + d] ^ 0x80;
    for (int32_t r = 0; r < s->rows; r++)
        for (int32_t n = 0; n < s->units; n++) {
            uint32_t acc = (uint32_t)bias[n];
            for (int32_t d = 0; d < s->depth; d++) {
                const int8_t w = weights[((int64_t)(n / 4) * (s->depth / 16) + d / 16) * 64 + n % 4 * 16 + d % 16];
                acc += (uint32_t)((int8_t)(in[r * s->depth + d] ^ 0x80) * w);
            }
            out[r * s->units + n] = tuff_output_16((int32_t)acc, tuff_factor(io[3], s->units, n), false, a->lo, a->hi);
        }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"
#include "ops/weighted.h"
#include "ops/widen.h"

typedef tuff_fully_connected_attrs attributes;
typedef tuff_fully_connected_shape shape;
typedef tuff_fully_connected_f32_args f32_args;
typedef tuff_fully_connected_s8_args s8_args;
typedef tuff_fully_connected_s16_args s16_args;
typedef tuff_fully_connected_hybrid_args hybrid_args;
typedef tuff_fully_connected_shuffled_args shuffled_args;

enum { FORMAT_DEFAULT, FORMAT_SHUFFLED };
static const char *const format_names[] = {"DEFAULT", "SHUFFLED4x16INT8", NULL};
static const tuff_field attr_fields[] = {TUFF_FIELD(attributes, fused_activation_function, S8, 0, .names = tuff_activation_names),
                                         TUFF_FIELD(attributes, weights_format, S8, 1, .version = 2, .names = format_names),
                                         TUFF_FIELD(attributes, keep_num_dims, BOOL, 2, .version = 5),
                                         TUFF_FIELD(attributes, asymmetric_quantize_inputs, BOOL, 3, .version = 9),
                                         TUFF_FIELD(attributes, quantized_bias_type, S8, 4, .version = 11),
                                         TUFF_FIELD(attributes, quant_spec, BYTES, 5),
                                         TUFF_FIELD_END};

#define SHAPE_ARGS(type) TUFF_ARG(type, shape.rows, S32), TUFF_ARG(type, shape.depth, S32), TUFF_ARG(type, shape.units, S32)
static const tuff_field f32_fields[] = {SHAPE_ARGS(f32_args), TUFF_ARG(f32_args, lo, F32), TUFF_ARG(f32_args, hi, F32), TUFF_FIELD_END};
static const tuff_field s8_fields[] = {SHAPE_ARGS(s8_args),
                                       TUFF_ARG(s8_args, flip, S32),
                                       TUFF_ARG(s8_args, zero_in, S32),
                                       TUFF_ARG(s8_args, zero_weights, S32),
                                       TUFF_ARG(s8_args, zero_out, S32),
                                       TUFF_ARG(s8_args, lo, S32),
                                       TUFF_ARG(s8_args, hi, S32),
                                       TUFF_ARG(s8_args, wide, BOOL),
                                       TUFF_ARG(s8_args, fixed, BOOL),
                                       TUFF_FIELD_END};
static const tuff_field s16_fields[] = {SHAPE_ARGS(s16_args),        TUFF_ARG(s16_args, zero_weights, S32), TUFF_ARG(s16_args, lo, S32),
                                        TUFF_ARG(s16_args, hi, S32), TUFF_ARG(s16_args, wide, BOOL),        TUFF_FIELD_END};
static const tuff_field hybrid_fields[] = {SHAPE_ARGS(hybrid_args), TUFF_ARG(hybrid_args, activation, S32), TUFF_ARG(hybrid_args, lo, F32),
                                           TUFF_ARG(hybrid_args, hi, F32), TUFF_FIELD_END};
static const tuff_field shuffled_fields[] = {SHAPE_ARGS(shuffled_args), TUFF_ARG(shuffled_args, lo, S32), TUFF_ARG(shuffled_args, hi, S32), TUFF_FIELD_END};

#define F32 TUFF_KERNEL(tuff_fully_connected_f32, tuff_fully_connected_f32_args, f32_fields)
#define S8 TUFF_KERNEL(tuff_fully_connected_s8, tuff_fully_connected_s8_args, s8_fields)
#define S16 TUFF_KERNEL(tuff_fully_connected_s16, tuff_fully_connected_s16_args, s16_fields)
#define S16XS16 TUFF_KERNEL(tuff_fully_connected_s16xs16, tuff_fully_connected_s16_args, s16_fields)
#define HYBRID TUFF_KERNEL(tuff_fully_connected_hybrid, tuff_fully_connected_hybrid_args, hybrid_fields)
static const tuff_kernel shuffled_kernel = TUFF_KERNEL(tuff_fully_connected_shuffled, tuff_fully_connected_shuffled_args, shuffled_fields);

/* clang-format off */
static const tuff_variant variants[] = {
    /* in, weights, bias         out            version  quantizing                         kernel */
    {{"f32", "f32", "f32"},      {"f32"},        1,      "",                                F32},
    {{"s8", "s8", "s32"},        {"s8"},         4,      "act weight/0 bias(0,1) -> free",  S8},
    {{"u8", "u8", "s32"},        {"u8"},         1,      NULL,                              S8},
    {{"u8", "u8", "s32"},        {"s16", "u8"},  1,      NULL,                              S8},
    {{"s16", "s8", "s64|s32"},   {"s16"},        7,      "act weight/0 bias(0,1) -> free",  S16},
    {{"s16", "s16", "s64|s32"},  {"s16"},        7,      NULL,                              S16XS16},
    {{"f32", "s8|u8", "f32"},    {"f32"},        3,      "- weight/0 - -> -",               HYBRID},
    {{"s8", "s4", "s32"},        {"s8"},        10,      NULL,                              S8},
    {{"s8", "s2", "s32"},        {"s8"},        14,      NULL,                              S8},
    {{"s16", "s4", "s64|s32"},   {"s16"},       13,      NULL,                              S16},
    {{"s16", "s2", "s64|s32"},   {"s16"},       14,      NULL,                              S16},
    {{"f32", "s4", "f32"},       {"f32"},       10,      NULL,                              HYBRID},
    {{"f32", "s2", "f32"},       {"f32"},       14,      NULL,                              HYBRID},
    {{NULL}, {NULL}, 0, NULL, {0}},
};
/* clang-format on */

static tuff_status shape_of(tuff_context *c, shape *s) {
    const attributes *attrs = c->attrs;
    const tuff_tensor *input = c->inputs[0], *weights = c->inputs[1];
    TUFF_CHECK(c, weights->rank == 2, "weights %s: expected rank 2 [units, inputs], found rank %d", weights->name, weights->rank);
    s->units = weights->shape[0];
    s->depth = weights->shape[1];
    int64_t elements = 1, rows = 1;
    for (int32_t k = 0; k < input->rank; k++) {
        elements *= input->shape[k]; /* the product is known to be within bounds: the tensor exists */
        if (k < input->rank - 1) rows *= input->shape[k];
    }
    if (s->depth > 0) rows = elements / s->depth;
    TUFF_CHECK(c, rows <= INT32_MAX, "input %s: too many rows", input->name);
    s->rows = (int32_t)rows;
    if (!attrs->keep_num_dims) return TUFF_OK;
    TUFF_CHECK(c, input->rank > 0, "input %s: keep_num_dims needs a dimension", input->name);
    const int32_t last = input->shape[input->rank - 1];
    TUFF_CHECK(c, s->depth == 0 || last == s->depth, "input %s: expected %d along the last dimension, as weights %s have, found %d", input->name, s->depth,
               weights->name, last);
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    const attributes *attrs = c->attrs;
    const tuff_tensor *input = c->inputs[0];
    shape s;
    TUFF_TRY(shape_of(c, &s));
    if (c->n_outputs > 1) TUFF_TRY(tuff_infer_shape(c, 1, c->outputs[1]->rank, c->outputs[1]->shape));
    int32_t dims[TUFF_MAX_RANK] = {s.rows, s.units};
    if (!attrs->keep_num_dims) return tuff_infer_shape(c, 0, 2, dims);
    for (int32_t k = 0; k < input->rank; k++) dims[k] = k < input->rank - 1 ? input->shape[k] : s.units;
    return tuff_infer_shape(c, 0, input->rank, dims);
}

static tuff_matmul matmul_of(const shape *s) {
    return (tuff_matmul){.window = {.batches = s->rows,
                                    .in_height = 1,
                                    .in_width = 1,
                                    .out_height = 1,
                                    .out_width = 1,
                                    .height = 1,
                                    .width = 1,
                                    .stride_height = 1,
                                    .stride_width = 1,
                                    .dilation_height = 1,
                                    .dilation_width = 1},
                         .in_channels = s->depth,
                         .groups = 1,
                         .depth = s->depth,
                         .columns = s->units};
}

static tuff_cost cost(const shape *s, int32_t element) {
    const int64_t outputs = (int64_t)s->rows * s->units;
    return (tuff_cost){.tiles = outputs, .macs = outputs * s->depth, .bytes = (outputs + (int64_t)(s->rows + s->units) * s->depth) * element};
}

/* With nothing to sum up the bias counts for nothing. */
static tuff_io bias_of(tuff_context *c, const shape *s) { return s->depth > 0 ? tuff_io_input(c, 2) : TUFF_IO_NONE; }

static tuff_status prepare_f32(tuff_context *c, const shape *s) {
    const attributes *attrs = c->attrs;
    const tuff_matmul m = matmul_of(s);
    float lo, hi;
    tuff_activation_range_f32(attrs->fused_activation_function, &lo, &hi);
    if (tuff_matmul_fits(c, &m)) return tuff_matmul_emit_f32(c, &m, lo, hi);
    f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (f32_args){*s, lo, hi};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), bias_of(c, s), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 4), io, 4);
}

static tuff_status prepare_8(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    const bool u8 = w->input->type == TUFF_U8, narrow = tuff_type_bits(w->weights->type) < 8;
    TUFF_TRY(tuff_weighted_check(c, w, !narrow));
    TUFF_CHECK(c, !u8 || w->weights->quantization.count == 1, "weights %s: u8 weights have one scale, found %d", w->weights->name,
               w->weights->quantization.count);
    TUFF_TRY(tuff_weighted_check_bias_scale(c, w));
    const int32_t half = u8 ? 128 : 0;
    s8_args a = {.shape = *s,
                 .flip = u8 ? 0x80 : 0,
                 .zero_in = (int32_t)w->input->quantization.zero_point[0] - half,
                 .zero_weights = (int32_t)w->weights->quantization.zero_point[0] - half,
                 .zero_out = (int32_t)w->output->quantization.zero_point[0],
                 .wide = w->output->type == TUFF_S16,
                 .fixed = w->weights->sparsity && w->output->type == TUFF_S8};
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    if (s->depth == 0) a.lo = a.hi = 0; /* zeros as stored */
    tuff_io scales, weights;
    if (a.fixed) TUFF_TRY(tuff_weighted_multipliers(c, w, true, &scales));
    else scales = tuff_weighted_scales_f64(c, w);
    const tuff_matmul_s8_args m = {.shape = matmul_of(s),
                                   .flip = a.flip,
                                   .zero_in = a.zero_in,
                                   .zero_weights = a.zero_weights,
                                   .zero_out = a.zero_out,
                                   .lo = a.lo,
                                   .hi = a.hi,
                                   .wide = a.wide};
    if (tuff_matmul_fits(c, &m.shape)) return tuff_matmul_emit_s8(c, &m, !a.fixed, scales);
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    s8_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, bias_of(c, s), scales, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1), io, 5);
}

static tuff_status prepare_s16(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    const bool fixed = w->weights->type == TUFF_S16;
    TUFF_TRY(tuff_weighted_check(c, w, tuff_type_bits(w->weights->type) == 8));
    TUFF_TRY(tuff_weighted_check_bias_scale(c, w));
    s16_args a = {.shape = *s, .zero_weights = (int32_t)w->weights->quantization.zero_point[0]};
    TUFF_TRY(tuff_weighted_wide(c, w, attrs->quantized_bias_type, &a.wide));
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    if (s->depth == 0) a.lo = a.hi = 0;
    tuff_io factors, weights;
    if (fixed) TUFF_TRY(tuff_weighted_multipliers(c, w, true, &factors));
    else factors = tuff_weighted_scales_f64(c, w);
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    s16_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), weights, bias_of(c, s), factors, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 2), io, 5);
}

static tuff_status prepare_hybrid(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    TUFF_TRY(tuff_weighted_check_weights(c, w));
    for (int32_t k = 0; k < w->weights->quantization.count; k++)
        TUFF_CHECK(c, w->weights->type == TUFF_U8 || w->weights->quantization.zero_point[k] == 0, "weights %s: expected the zero point 0, found %lld",
                   w->weights->name, (long long)w->weights->quantization.zero_point[k]);
    hybrid_args a = {.shape = *s, .activation = attrs->fused_activation_function};
    tuff_activation_range_f32(a.activation, &a.lo, &a.hi);
    tuff_hybrid_rows rows;
    TUFF_TRY(tuff_hybrid_emit(c, 0, s->rows, s->depth, attrs->asymmetric_quantize_inputs, &rows));
    const tuff_matmul m = matmul_of(s);
    const tuff_io scales = tuff_weighted_scales_f32(c, w);
    if (a.activation <= TUFF_ACTIVATION_RELU6 && tuff_matmul_fits(c, &m)) return tuff_matmul_emit_hybrid(c, &m, a.lo, a.hi, &rows, scales);
    tuff_io weights;
    TUFF_TRY(tuff_widen_input(c, 1, &weights));
    hybrid_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {rows.values, weights, bias_of(c, s), scales, tuff_io_output(c, 0), rows.scales, rows.zeros};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1), io, 7);
}

static tuff_status prepare_shuffled(tuff_context *c, const shape *s, const tuff_weighted *w) {
    const attributes *attrs = c->attrs;
    const char *name = w->weights->name;
    TUFF_CHECK(c, w->weights->type == TUFF_U8 && w->output->type == TUFF_S16, "weights %s: only u8 with s16 outputs can be shuffled", name);
    TUFF_CHECK(c, s->depth % 16 == 0 && s->units % 4 == 0, "weights %s: shuffled blocks are 4 x 16, found %d x %d", name, s->units, s->depth);
    TUFF_CHECK(c, s->rows == 1 || s->rows == 4, "input %s: shuffled weights take 1 or 4 rows, found %d", w->input->name, s->rows);
    TUFF_CHECK(c, w->bias, "shuffled weights %s need a bias", name);
    TUFF_CHECK(c, c->n_outputs == 2, "shuffled weights %s need a workspace as second output", name);
    int64_t room = 1;
    for (int32_t k = 0; k < c->outputs[1]->rank; k++) room *= c->outputs[1]->shape[k];
    TUFF_CHECK(c, c->outputs[1]->type == TUFF_U8 && room >= (int64_t)s->rows * s->depth, "workspace %s: expected u8 with room for the input's %lld elements",
               c->outputs[1]->name, (long long)s->rows * s->depth);
    TUFF_TRY(tuff_weighted_check(c, w, true));
    TUFF_TRY(tuff_weighted_check_bias_scale(c, w));
    shuffled_args a = {.shape = *s};
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, w->output, &a.lo, &a.hi));
    tuff_io factors;
    TUFF_TRY(tuff_weighted_multipliers(c, w, true, &factors));
    shuffled_args *args = tuff_args(c, &shuffled_kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), factors, tuff_io_output(c, 0), tuff_io_output(c, 1)};
    tuff_cost one = cost(s, 1);
    one.tiles = 1;
    return tuff_emit(c, &shuffled_kernel, args, one, io, 6);
}

static tuff_status prepare(tuff_context *c) {
    const attributes *attrs = c->attrs;
    shape s;
    TUFF_TRY(shape_of(c, &s));
    const tuff_weighted w = tuff_weighted_of(c, s.units, 0);
    const bool hybrid = w.input->type == TUFF_F32 && w.weights->type != TUFF_F32;
    TUFF_CHECK(c, hybrid || attrs->fused_activation_function <= TUFF_ACTIVATION_RELU6, "fused activation %d is only for f32 inputs with quantized weights",
               attrs->fused_activation_function);
    TUFF_TRY(tuff_weighted_check_bias(c, &w));
    if (attrs->weights_format == FORMAT_SHUFFLED) return prepare_shuffled(c, &s, &w);
    TUFF_CHECK(c, attrs->weights_format == FORMAT_DEFAULT, "weights_format %d is unknown", attrs->weights_format);
    TUFF_CHECK(c, c->n_outputs == 1, "expected one output, found %d", c->n_outputs);
    if (w.weights->type == TUFF_F32) return prepare_f32(c, &s);
    if (hybrid) return prepare_hybrid(c, &s, &w);
    return w.input->type == TUFF_S16 ? prepare_s16(c, &s, &w) : prepare_8(c, &s, &w);
}

/* No bias input needs version 6, sparse weights 8, hybrid with a scale per unit 12. */
static int32_t version(const tuff_context *c) {
    const tuff_tensor *input = c->inputs[0], *weights = c->inputs[1];
    if (input->type == TUFF_F32 && weights->type != TUFF_F32 && weights->quantization.count > 1) return 12;
    if (weights->sparsity) return 8;
    return c->n_inputs == 2 ? 6 : 0;
}

const tuff_op tuff_op_fully_connected = {
    .name = "FULLY_CONNECTED",
    .code = 9,
    .options = TUFF_OPTIONS(FullyConnectedOptions, 8, tuff_fully_connected_attrs, attr_fields),
    .inputs = "input weights bias?",
    .outputs = "output workspace?",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 14,
};
#endif
