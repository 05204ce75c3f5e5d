/* SVDF: a dense layer over time whose weights are products of a vector of features and a vector of time.
 * SPDX-License-Identifier: Apache-2.0
 *
 * For each filter f, the state keeps the last `memory` values of features[f] . x; it moves on by one at each invocation. Then
 *   out[u] = activation(bias[u] + sum over the `rank` filters f of unit u of time[f] . state[f])
 * Hybrid: feature weights as ops/recurrent says, time weights as floats w * scale.
 * Integer: the newest value is requantize(features . (x - zero)) cut to s16; the sum over time (it wraps), rank and bias is requantized, zero_out added, cut to
 * s8. The activation must be RELU, which the output's range stands for.
 * source: TFLite kernels/svdf.cc, internal/reference/svdf.h
 */
#include "ops/svdf.h"

#include <string.h>

#include "base/fixed_point.h"

enum { X, FEATURES, TIME, BIAS, STATE, OUTPUT, SUM_ROOM, PRODUCT_ROOM, VECTOR_ROOM, IO };

static void *part(void *scratch, size_t bytes, int job) { return scratch ? (char *)scratch + (size_t)job * tuff_scratch_pitch(bytes) : NULL; }
static size_t sum_bytes(const tuff_svdf_shape *s) { return (size_t)s->batches * (size_t)s->filters * sizeof(float); }

/* time . state */
static float remembered(const tuff_svdf_f32_args *a, const void *time, int64_t first, const float *state) {
    float sum = 0.0f;
    for (int32_t m = 0; m < a->shape.memory; m++)
        sum += state[m] * (a->r.hybrid ? (float)((const int8_t *)time)[first + m] * a->time_scale : ((const float *)time)[first + m]);
    return sum;
}

/* x [batches][input] f32; features [filters][input], time [filters][memory] f32 or s8, features packed as r says; bias [filters / rank] f32 or NULL;
 * state [batches][filters][memory] f32, read and written; out [batches][filters / rank] f32; tiles: batches; scratch: three rooms; errors: none */
int tuff_svdf_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_svdf_f32_args *a = args;
    const tuff_svdf_shape *s = &a->shape;
    const int32_t units = s->filters / s->rank;
    const float *bias = io[BIAS];
    const tuff_span batches = tuff_share(s->batches, job, jobs);
    float *newest = part(io[SUM_ROOM], sum_bytes(s), job), *state = (float *)io[STATE] + batches.first * s->filters * s->memory;
    float *out = (float *)io[OUTPUT] + batches.first * units;
    tuff_vectors x = tuff_vectors_at(&a->r, io[X], s->input, 0, batches);
    tuff_vectors_quantize(&a->r, &x, part(io[VECTOR_ROOM], tuff_vectors_bytes(s->batches, s->input), job));
    tuff_rows_fill(newest, NULL, x.rows, s->filters);
    tuff_product_add(&a->r, newest, s->filters, io[FEATURES], a->feature_scale, &x,
                     part(io[PRODUCT_ROOM], tuff_product_bytes(&a->r, s->batches, s->filters), job));
    for (int64_t b = batches.first; b < batches.end; b++, newest += s->filters, out += units) {
        for (int32_t u = 0; u < units; u++) out[u] = 0.0f;
        for (int32_t f = 0; f < s->filters; f++, state += s->memory) {
            memmove(state, state + 1, (size_t)(s->memory - 1) * sizeof(float));
            state[s->memory - 1] = newest[f];
            out[f / s->rank] += remembered(a, io[TIME], (int64_t)f * s->memory, state);
        }
        for (int32_t u = 0; u < units; u++) out[u] += bias ? bias[u] : 0.0f;
        tuff_recurrent_activate(out, units, a->activation);
    }
    return 0;
}

static int16_t newest_s8(const tuff_svdf_s8_args *a, const int8_t *x, const int8_t *features) {
    uint32_t acc = 0;
    for (int32_t k = 0; k < a->shape.input; k++) acc += (uint32_t)(features[k] * (x[k] - a->zero_in));
    return (int16_t)tuff_clamp(tuff_requantize((int32_t)acc, a->feature), INT16_MIN, INT16_MAX);
}

/* as above with x, features and out s8, time and state s16, bias s32; scratch: none */
int tuff_svdf_s8(const void *args, void *const *io, int job, int jobs) {
    const tuff_svdf_s8_args *a = args;
    const tuff_svdf_shape *s = &a->shape;
    const int32_t units = s->filters / s->rank, *bias = io[BIAS];
    const tuff_span batches = tuff_share(s->batches, job, jobs);
    for (int64_t b = batches.first; b < batches.end; b++) {
        const int8_t *x = (const int8_t *)io[X] + b * s->input, *features = io[FEATURES];
        const int16_t *time = io[TIME];
        int16_t *state = (int16_t *)io[STATE] + b * s->filters * s->memory;
        for (int32_t u = 0; u < units; u++) {
            uint32_t acc = bias ? (uint32_t)bias[u] : 0;
            for (int32_t r = 0; r < s->rank; r++, features += s->input, time += s->memory, state += s->memory) {
                memmove(state, state + 1, (size_t)(s->memory - 1) * sizeof *state);
                state[s->memory - 1] = newest_s8(a, x, features);
                for (int32_t m = 0; m < s->memory; m++) acc += (uint32_t)(time[m] * state[m]);
            }
            const int64_t y = (int64_t)tuff_requantize((int32_t)acc, a->time) + a->zero_out;
            ((int8_t *)io[OUTPUT])[b * units + u] = (int8_t)(y < INT8_MIN ? INT8_MIN : y > INT8_MAX ? INT8_MAX : y);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_svdf_attrs, rank, S32, 0),
    TUFF_FIELD(tuff_svdf_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_svdf_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 4),
    TUFF_FIELD_END,
};
#define SHAPE_ARGS(type)                                                                                                                         \
    TUFF_ARG(type, shape.batches, S32), TUFF_ARG(type, shape.input, S32), TUFF_ARG(type, shape.filters, S32), TUFF_ARG(type, shape.memory, S32), \
        TUFF_ARG(type, shape.rank, S32)
static const tuff_field f32_fields[] = {
    TUFF_RECURRENT_ARGS(tuff_svdf_f32_args, r),    SHAPE_ARGS(tuff_svdf_f32_args),
    TUFF_ARG(tuff_svdf_f32_args, activation, S32), TUFF_ARG(tuff_svdf_f32_args, feature_scale, F32),
    TUFF_ARG(tuff_svdf_f32_args, time_scale, F32), TUFF_FIELD_END,
};
static const tuff_field s8_fields[] = {
    SHAPE_ARGS(tuff_svdf_s8_args),
    TUFF_ARG(tuff_svdf_s8_args, zero_in, S32),
    TUFF_ARG(tuff_svdf_s8_args, zero_out, S32),
    TUFF_ARG(tuff_svdf_s8_args, feature, MULTIPLIER),
    TUFF_ARG(tuff_svdf_s8_args, time, MULTIPLIER),
    TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32", "f32", "f32", "f32", "f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_svdf_f32, tuff_svdf_f32_args, f32_fields)},
    {{"f32", "s8|u8", "s8|u8", "f32", "f32"}, {"f32"}, 2, NULL, TUFF_KERNEL(tuff_svdf_f32, tuff_svdf_f32_args, f32_fields)},
    {{"s8", "s8", "s16", "s32", "s16"}, {"s8"}, 3, NULL, TUFF_KERNEL(tuff_svdf_s8, tuff_svdf_s8_args, s8_fields)},
    {.version = 0},
};

static tuff_status shape_of(tuff_context *c, tuff_svdf_shape *s) {
    const tuff_tensor *x = c->inputs[0], *features = c->inputs[1], *time = c->inputs[2];
    TUFF_CHECK(c, x->rank == 2, "input %s: expected rank 2 [batch, features], found rank %d", x->name, (int)x->rank);
    TUFF_CHECK(c, features->rank == 2, "weights %s: expected rank 2 [filters, features], found rank %d", features->name, (int)features->rank);
    TUFF_CHECK(c, time->rank == 2, "weights %s: expected rank 2 [filters, memory], found rank %d", time->name, (int)time->rank);
    *s = (tuff_svdf_shape){x->shape[0], x->shape[1], features->shape[0], time->shape[1], ((const tuff_svdf_attrs *)c->attrs)->rank};
    TUFF_CHECK(c, s->rank > 0 && s->filters % s->rank == 0, "weights %s: %d filters are no multiple of rank %d", features->name, (int)s->filters, (int)s->rank);
    TUFF_CHECK(c, s->memory > 0 && s->filters <= INT32_MAX / s->memory, "weights %s: expected a memory of at least 1 that fits, found %d", time->name,
               (int)s->memory);
    TUFF_TRY(tuff_operand_check(c, 1, features->type, s->filters, s->input));
    TUFF_TRY(tuff_operand_check(c, 2, time->type, s->filters, s->memory));
    TUFF_TRY(tuff_operand_check(c, 3, x->type == TUFF_S8 ? TUFF_S32 : TUFF_F32, -1, s->filters / s->rank));
    return tuff_state_check(c, 4, x->type == TUFF_S8 ? TUFF_S16 : TUFF_F32, s->batches, s->memory * s->filters);
}

static tuff_status infer(tuff_context *c) {
    tuff_svdf_shape s;
    TUFF_TRY(shape_of(c, &s));
    return tuff_infer_shape(c, 0, 2, (const int32_t[]){s.batches, s.filters / s.rank});
}

static tuff_cost cost(const tuff_svdf_shape *s, int32_t element) {
    const int64_t weights = (int64_t)s->filters * s->input + (int64_t)s->filters * s->memory;
    return (tuff_cost){s->batches, weights * s->batches, weights * element};
}

static tuff_status factor(tuff_context *c, const char *what, float real, tuff_multiplier *m) {
    TUFF_CHECK(c, real > 0.0f && real < 1073741824.0f, "%s: the ratio of scales is %g; expected a positive number below 2^30", what, (double)real);
    *m = tuff_multiplier_from((double)real);
    return TUFF_OK;
}

static tuff_status prepare_s8(tuff_context *c, const tuff_svdf_shape *s) {
    const tuff_tensor *const quantized[] = {c->inputs[0], c->inputs[1], c->inputs[2], c->inputs[4], c->outputs[0]};
    float scale[5];
    for (int k = 0; k < 5; k++) {
        TUFF_TRY(tuff_check_quantized(c, quantized[k]));
        scale[k] = tuff_scale(quantized[k]);
    }
    TUFF_CHECK(c, ((const tuff_svdf_attrs *)c->attrs)->fused_activation_function == TUFF_ACTIVATION_RELU, "integer SVDF must have the fused activation RELU");
    tuff_svdf_s8_args a = {.shape = *s, .zero_in = tuff_zero_point(c->inputs[0]), .zero_out = tuff_zero_point(c->outputs[0])};
    TUFF_TRY(factor(c, "feature weights", scale[0] * scale[1] / scale[3], &a.feature));
    TUFF_TRY(factor(c, "time weights", scale[3] * scale[2] / scale[4], &a.time));
    tuff_svdf_s8_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_input(c, 3), tuff_io_input(c, 4), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(s, 1), io, 6);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_svdf_attrs *attrs = c->attrs;
    tuff_svdf_shape s;
    TUFF_TRY(shape_of(c, &s));
    if (c->inputs[0]->type == TUFF_S8) return prepare_s8(c, &s);
    TUFF_CHECK(c, attrs->fused_activation_function >= 0 && attrs->fused_activation_function <= TUFF_ACTIVATION_SIGN_BIT, "fused activation %d is unknown",
               attrs->fused_activation_function);
    tuff_svdf_f32_args a = {.r = {.steps = 1, .batches = s.batches, .time_major = true, .asymmetric = attrs->asymmetric_quantize_inputs},
                            .shape = s,
                            .activation = attrs->fused_activation_function};
    tuff_recurrent_pick(c, &a.r, c->inputs[1]->type, (const int32_t[]){1}, 1);
    TUFF_TRY(tuff_operand_scale(c, 1, &a.feature_scale));
    TUFF_TRY(tuff_operand_scale(c, 2, &a.time_scale));
    tuff_svdf_f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const tuff_io io[IO] = {[X] = tuff_io_input(c, 0),
                            [FEATURES] = tuff_recurrent_weights(c, &a.r, 1, s.filters, s.input),
                            [TIME] = tuff_io_input(c, 2),
                            [BIAS] = tuff_io_input(c, 3),
                            [STATE] = tuff_io_input(c, 4),
                            [OUTPUT] = tuff_io_output(c, 0),
                            [SUM_ROOM] = tuff_io_scratch(c, sum_bytes(&s)),
                            [PRODUCT_ROOM] = tuff_io_scratch(c, tuff_product_bytes(&a.r, s.batches, s.filters)),
                            [VECTOR_ROOM] = a.r.hybrid ? tuff_io_scratch(c, tuff_vectors_bytes(s.batches, s.input)) : TUFF_IO_NONE};
    return tuff_emit(c, &c->variant->kernel, args, cost(&s, a.r.hybrid ? 1 : 4), io, IO);
}

const tuff_op tuff_op_svdf = {
    .name = "SVDF",
    .code = 27,
    .options = TUFF_OPTIONS(SVDFOptions, 6, tuff_svdf_attrs, attr_fields),
    .inputs = "input feature_weights time_weights bias? state!",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .flags = TUFF_OP_IMPURE,
    .highest = 4,
};
#endif
