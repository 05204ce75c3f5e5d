/* LSTM cells in integers: s8 inputs and outputs, s16 cell states.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The cell is that of lstm_kernels.c. The cell state's scale is a power of two, 2^-15 .. 2^-9. What the scales inside are, the node's intermediate tensors
 * say; their number tells two forms apart.
 *
 * Five (8x8_16): a gate is s16, Q3.12 or, with layer normalization, of its intermediate's scale. Its terms are added one after the other, each requantized and
 * the sum saturated: W x + b (without normalization), R h, peephole. Normalization: mean with 10 more bits, variance from an integer quotient (exact only
 * where 2^20 / cells is), 1 / sqrt by Newton's method in fixed point, out Q3.12. logistic and tanh are ops/fixed_s16's. hidden = output * tanh(c) is s8; the
 * projection saturates to s8.
 *   As in the reference, peephole weights meet the cells of all sequences of a step taken as rows of `output`, not of `cell`: without projection that is the
 *   same, with it the last cells have no peephole. (With more outputs than cells, all have theirs.)
 * Twelve (8x8_8): W x and R h are s8 each; their sum, s16, is normalized in float, and so are logistic and tanh; gates are always coupled, normalized and
 * projected. As in the reference, the recurrent part of the output gate is scaled by a number that leaves nothing of it: the exponent of another factor.
 *
 * source: TFLite kernels/lstm_eval.cc, LstmStepInteger8x8_16 and 8x8_8; lstm.cc; portable_tensor_utils.cc
 */
#include "ops/lstm_integer.h"

#include <string.h>

#include "base/fixed_point.h"
#include "base/math.h"
#include "ops/fixed_s16.h"
#include "ops/inverse_sqrt.h"

static int16_t saturate(int32_t x) { return (int16_t)tuff_clamp(x, INT16_MIN, INT16_MAX); }

/* One sequence at one step. */
typedef struct cell {
    const tuff_lstm_integer_args *a;
    void *const *io;
    int64_t row; /* among the sequences of a step that the reference computes at once */
    int64_t rows;
    const int8_t *x;
    int8_t *state;
    int16_t *c;
    int16_t *gates[TUFF_GATES];
    int8_t *hidden;
} cell;

/* sum of (v - zero) * weights; wraps */
static uint32_t product(const int8_t *v, const int8_t *weights, int32_t depth, int32_t zero) {
    uint32_t acc = 0;
    for (int32_t k = 0; k < depth; k++) acc += (uint32_t)((v[k] - zero) * weights[k]);
    return acc;
}

static void peephole(const cell *w, int16_t *gate, const int16_t *weights, tuff_multiplier factor) {
    const tuff_lstm_integer_args *a = w->a;
    const int64_t pitch = a->output < a->cell ? a->output : a->cell;
    for (int32_t k = 0; k < a->cell; k++) {
        const int64_t at = w->row * a->cell + k;
        if (at >= w->rows * pitch) return;
        gate[k] = saturate(tuff_requantize(weights[at % pitch] * w->c[k], factor) + gate[k]);
    }
}

static void normalize(int16_t *gate, const int16_t *weights, const int32_t *bias, int32_t count, tuff_multiplier factor, int32_t guard) {
    int64_t sum = 0, squares = 0;
    for (int32_t k = 0; k < count; k++) {
        sum += gate[k];
        squares += gate[k] * gate[k];
    }
    const int32_t mean = (int32_t)(sum * 1024 / count), part = (1 << 20) / count;
    const int64_t variance = (squares * part - (int64_t)mean * mean) / (1 << 20);
    const tuff_multiplier inverse = tuff_inverse_sqrt(variance < 1 ? guard : (int32_t)variance);
    factor.shift += 12;
    for (int32_t k = 0; k < count; k++) {
        const int32_t scaled = tuff_requantize(1024 * gate[k] - mean, inverse);
        const int64_t y = (int32_t)((uint32_t)scaled * (uint32_t)weights[k] + (uint32_t)bias[k]);
        gate[k] = saturate(tuff_requantize((int32_t)((y > 0 ? y + 512 : y - 512) / 1024), factor));
    }
}

static void gate_16(const cell *w, int g) {
    const tuff_lstm_integer_args *a = w->a;
    void *const *io = w->io + TUFF_LSTM_FIRST_GATE + g * TUFF_LSTM_GATE_IO;
    const int8_t *weights = io[TUFF_LSTM_GATE_WEIGHTS], *recurrent = io[TUFF_LSTM_GATE_RECURRENT];
    const int32_t *bias = io[TUFF_LSTM_GATE_BIAS];
    const int16_t *norm = io[TUFF_LSTM_GATE_NORM];
    int16_t *out = w->gates[g];
    for (int32_t n = 0; n < a->cell; n++) {
        const uint32_t first = product(w->x, weights + (int64_t)n * a->input, a->input, a->zero_input) + (norm ? 0 : (uint32_t)bias[n]);
        const uint32_t second = product(w->state, recurrent + (int64_t)n * a->output, a->output, a->zero_state);
        const int16_t sum = saturate(tuff_requantize((int32_t)first, a->input_factors[g]));
        const int64_t both = (int64_t)tuff_requantize((int32_t)second, a->recurrent_factors[g]) + sum;
        out[n] = (int16_t)(both < INT16_MIN ? INT16_MIN : both > INT16_MAX ? INT16_MAX : both);
    }
    if (io[TUFF_LSTM_GATE_PEEPHOLE]) peephole(w, out, io[TUFF_LSTM_GATE_PEEPHOLE], a->peephole_factors[g]);
    if (norm) normalize(out, norm, bias, a->cell, a->norm_factors[g], a->guards[g]);
    for (int32_t n = 0; n < a->cell; n++) out[n] = g == TUFF_GATE_CELL ? tuff_tanh_s16_fixed(out[n], 3) : tuff_logistic_s16_fixed(out[n]);
}

/* a * b / 2^shift */
static int16_t scaled_product(int16_t a, int16_t b, int32_t shift) { return (int16_t)tuff_shift_right_round(a * b, shift); }

static void update_cell(const cell *w, bool coupled) {
    const tuff_lstm_integer_args *a = w->a;
    const int16_t *forget = w->gates[TUFF_GATE_FORGET], *input = w->gates[TUFF_GATE_INPUT], *update = w->gates[TUFF_GATE_CELL];
    for (int32_t n = 0; n < a->cell; n++) {
        const int16_t opened = coupled ? (int16_t)(INT16_MAX - forget[n]) : input[n];
        const int16_t kept = scaled_product(forget[n], w->c[n], 15), added = scaled_product(opened, update[n], 30 + a->cell_log2);
        w->c[n] = saturate(kept + added);
        if (a->cell_clip > 0) w->c[n] = (int16_t)tuff_clamp(w->c[n], -a->cell_clip, a->cell_clip);
    }
}

static void clip_state(const cell *w) {
    const int32_t limit = w->a->proj_clip;
    for (int32_t n = 0; limit > 0 && n < w->a->output; n++) w->state[n] = (int8_t)tuff_clamp(w->state[n], -limit, limit);
}

static void update_state_16(const cell *w) {
    const tuff_lstm_integer_args *a = w->a;
    const int8_t *projection = w->io[TUFF_LSTM_PROJECTION];
    const int32_t *bias = w->io[TUFF_LSTM_PROJECTION_BIAS];
    const int16_t *output = w->gates[TUFF_GATE_OUTPUT];
    int8_t *hidden = projection ? w->hidden : w->state;
    const int32_t zero = projection ? -a->zero_hidden : a->zero_hidden; /* the sign is the reference's */
    for (int32_t n = 0; n < a->cell; n++) {
        const int32_t y = output[n] * tuff_tanh_s16_fixed(w->c[n], 15 + a->cell_log2);
        hidden[n] = (int8_t)tuff_clamp(tuff_requantize(y, a->hidden) + zero, INT8_MIN, INT8_MAX);
    }
    if (!projection) return;
    for (int32_t n = 0; n < a->output; n++) {
        const uint32_t acc = product(hidden, projection + (int64_t)n * a->cell, a->cell, zero) + (bias ? (uint32_t)bias[n] : 0);
        const int64_t y = (int64_t)tuff_requantize((int32_t)acc, a->projection) + a->zero_state;
        w->state[n] = (int8_t)(y < INT8_MIN ? INT8_MIN : y > INT8_MAX ? INT8_MAX : y);
    }
    clip_state(w);
}

static void normalize_float(int16_t *gate, const int16_t *weights, const int32_t *bias, int32_t count, float scale) {
    const float bias_scale = 0.0009765625f * scale;
    float sum = 0.0f, squares = 0.0f;
    for (int32_t k = 0; k < count; k++) {
        sum += (float)gate[k];
        squares += (float)gate[k] * (float)gate[k];
    }
    const float mean = sum / (float)count, variance = squares / (float)count - mean * mean;
    const float inverse = 1.0f / tuff_sqrtf(variance == 0.0f ? 1e-8f : variance);
    for (int32_t k = 0; k < count; k++) {
        const float y = ((float)gate[k] - mean) * inverse * (float)weights[k] * scale + (float)bias[k] * bias_scale;
        gate[k] = saturate(tuff_round_f32_s32(y * 4096.0f));
    }
}

static void gate_8(const cell *w, int g) {
    const tuff_lstm_integer_args *a = w->a;
    void *const *io = w->io + TUFF_LSTM_FIRST_GATE + g * TUFF_LSTM_GATE_IO;
    const int8_t *weights = io[TUFF_LSTM_GATE_WEIGHTS], *recurrent = io[TUFF_LSTM_GATE_RECURRENT];
    int16_t *out = w->gates[g];
    for (int32_t n = 0; n < a->cell; n++) {
        const int32_t x = tuff_requantize((int32_t)product(w->x, weights + (int64_t)n * a->input, a->input, a->zero_input), a->input_factors[g]);
        const int32_t h = tuff_requantize((int32_t)product(w->state, recurrent + (int64_t)n * a->output, a->output, a->zero_state), a->recurrent_factors[g]);
        const int32_t x8 = tuff_clamp((int32_t)((uint32_t)x + (uint32_t)a->input_zeros[g]), INT8_MIN, INT8_MAX) - a->input_zeros[g];
        const int32_t h8 = tuff_clamp((int32_t)((uint32_t)h + (uint32_t)a->recurrent_zeros[g]), INT8_MIN, INT8_MAX) - a->recurrent_zeros[g];
        out[n] = saturate((int32_t)((uint32_t)tuff_requantize(x8, a->input_sums[g]) + (uint32_t)tuff_requantize(h8, a->recurrent_sums[g])));
    }
    const tuff_multiplier m = a->norm_factors[g];
    double unit = 1.0 / 2147483648.0;
    for (int32_t k = 0; k < m.shift; k++) unit *= 2.0;
    for (int32_t k = 0; k > m.shift; k--) unit /= 2.0;
    normalize_float(out, io[TUFF_LSTM_GATE_NORM], io[TUFF_LSTM_GATE_BIAS], a->cell, (float)(m.multiplier * unit));
    for (int32_t n = 0; n < a->cell; n++) {
        const float v = (float)out[n] / 4096.0f, y = g == TUFF_GATE_CELL ? tuff_tanhf(v) : 1.0f / (1.0f + tuff_expf(-v));
        out[n] = saturate((int32_t)(y * 32768.0f));
    }
}

static void update_state_8(const cell *w) {
    const tuff_lstm_integer_args *a = w->a;
    const int8_t *projection = w->io[TUFF_LSTM_PROJECTION];
    const int32_t *bias = w->io[TUFF_LSTM_PROJECTION_BIAS];
    int16_t *hidden = w->gates[TUFF_GATE_FORGET];
    for (int32_t n = 0; n < a->cell; n++)
        hidden[n] = scaled_product(w->gates[TUFF_GATE_OUTPUT][n], saturate((int32_t)(tuff_tanhf((float)w->c[n] / 32768.0f) * 32768.0f)), 15);
    for (int32_t n = 0; n < a->output; n++) {
        int64_t acc = bias ? bias[n] : 0;
        for (int32_t k = 0; k < a->cell; k++) acc += hidden[k] * projection[(int64_t)n * a->cell + k];
        const int64_t y = (int64_t)tuff_requantize_s64(acc, a->projection) + a->zero_state;
        w->state[n] = (int8_t)(y < INT8_MIN ? INT8_MIN : y > INT8_MAX ? INT8_MAX : y);
    }
    clip_state(w);
}

static void step_16(const cell *w) {
    const bool coupled = !w->io[TUFF_LSTM_FIRST_GATE + TUFF_GATE_INPUT * TUFF_LSTM_GATE_IO + TUFF_LSTM_GATE_WEIGHTS];
    if (!coupled) gate_16(w, TUFF_GATE_INPUT);
    gate_16(w, TUFF_GATE_FORGET);
    gate_16(w, TUFF_GATE_CELL);
    update_cell(w, coupled);
    gate_16(w, TUFF_GATE_OUTPUT);
    update_state_16(w);
}

static void step_8(const cell *w) {
    gate_8(w, TUFF_GATE_FORGET);
    gate_8(w, TUFF_GATE_CELL);
    update_cell(w, true);
    gate_8(w, TUFF_GATE_OUTPUT);
    update_state_8(w);
}

static void walk(const tuff_lstm_integer_args *a, void *const *io, int job, int jobs, void (*step)(const cell *w)) {
    const tuff_span batches = tuff_share(a->r.batches, job, jobs);
    int16_t *room = (int16_t *)((char *)io[TUFF_LSTM_GATE_ROOM] + (size_t)job * tuff_scratch_pitch(tuff_lstm_integer_bytes(a)));
    for (int64_t b = batches.first; b < batches.end; b++) {
        cell w = {.a = a,
                  .io = io,
                  .row = a->r.time_major ? b : 0,
                  .rows = a->r.time_major ? a->r.batches : 1,
                  .state = (int8_t *)io[TUFF_LSTM_OUTPUT_STATE] + b * a->output,
                  .c = (int16_t *)io[TUFF_LSTM_CELL_STATE] + b * a->cell,
                  .hidden = (int8_t *)(room + (int64_t)TUFF_GATES * a->cell)};
        for (int g = 0; g < TUFF_GATES; g++) w.gates[g] = room + (int64_t)g * a->cell;
        for (int32_t t = 0; t < a->r.steps; t++) {
            w.x = (const int8_t *)io[TUFF_LSTM_X] + tuff_recurrent_at(&a->r, t, b, a->input);
            step(&w);
            memcpy((int8_t *)io[TUFF_LSTM_OUTPUT] + tuff_recurrent_at(&a->r, t, b, a->output), w.state, (size_t)a->output);
        }
    }
}

/* io as TUFF_LSTM_* names them: x, output, output state s8; cell state s16; weights s8; peephole and norm s16; bias s32; one room: gates and what is
 * projected; tiles: sequences; errors: none */
int tuff_lstm_8x8_16(const void *args, void *const *io, int job, int jobs) {
    walk(args, io, job, jobs, step_16);
    return 0;
}
int tuff_lstm_8x8_8(const void *args, void *const *io, int job, int jobs) {
    walk(args, io, job, jobs, step_8);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_RECURRENT_ARGS(tuff_lstm_integer_args, r),
    TUFF_ARG(tuff_lstm_integer_args, input, S32),
    TUFF_ARG(tuff_lstm_integer_args, cell, S32),
    TUFF_ARG(tuff_lstm_integer_args, output, S32),
    TUFF_ARG(tuff_lstm_integer_args, zero_input, S32),
    TUFF_ARG(tuff_lstm_integer_args, zero_state, S32),
    TUFF_ARG(tuff_lstm_integer_args, zero_hidden, S32),
    TUFF_ARG(tuff_lstm_integer_args, cell_log2, S32),
    TUFF_ARG(tuff_lstm_integer_args, cell_clip, S32),
    TUFF_ARG(tuff_lstm_integer_args, proj_clip, S32),
    TUFF_ARGS(tuff_lstm_integer_args, input_factors, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, recurrent_factors, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, peephole_factors, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, norm_factors, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, guards, S32, TUFF_GATES),
    TUFF_ARG(tuff_lstm_integer_args, hidden, MULTIPLIER),
    TUFF_ARG(tuff_lstm_integer_args, projection, MULTIPLIER),
    TUFF_ARGS(tuff_lstm_integer_args, input_sums, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, recurrent_sums, MULTIPLIER, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, input_zeros, S32, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_integer_args, recurrent_zeros, S32, TUFF_GATES),
    TUFF_FIELD_END,
};
static const tuff_kernel kernel_16 = TUFF_KERNEL(tuff_lstm_8x8_16, tuff_lstm_integer_args, fields);
static const tuff_kernel kernel_8 = TUFF_KERNEL(tuff_lstm_8x8_8, tuff_lstm_integer_args, fields);

enum { FEW = 5, MANY = 12 };

static tuff_status factor(tuff_context *c, const char *what, float real, int32_t room, tuff_multiplier *m) {
    const float most = (float)(1 << (30 - room));
    TUFF_CHECK(c, real > 0.0f && real < most, "%s: the ratio of scales is %g; expected a positive number below %g", what, (double)real, (double)most);
    *m = tuff_multiplier_from((double)real);
    return TUFF_OK;
}

static const tuff_tensor *intermediate(const tuff_context *c, int32_t k) { return k < c->n_intermediates ? c->intermediates[k] : NULL; }

/* The one scale of an s8 or s16 operand; 1 where it is left out. */
static tuff_status scale_of(tuff_context *c, const tuff_tensor *t, float *scale) {
    *scale = 1.0f;
    if (!t) return TUFF_OK;
    TUFF_TRY(tuff_check_quantized(c, t));
    *scale = tuff_scale(t);
    return TUFF_OK;
}

static float power_of_two(int32_t log2) { return 1.0f / (float)(1 << -log2); }

static tuff_status gate_factors(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_integer_args *a, int32_t g, float input, float state,
                                const float *inside) {
    float weights, recurrent, peephole_scale, norm;
    TUFF_TRY(scale_of(c, tuff_operand(c, o->weights[g]), &weights));
    TUFF_TRY(scale_of(c, tuff_operand(c, o->recurrent[g]), &recurrent));
    TUFF_TRY(scale_of(c, tuff_operand(c, o->peephole[g]), &peephole_scale));
    TUFF_TRY(scale_of(c, tuff_operand(c, o->norm[g]), &norm));
    const bool few = c->n_intermediates == FEW;
    const float *x = inside + (few ? g : 3 * g + 1), *h = inside + (few ? g : 3 * g + 2), *sum = inside + 3 * g;
    TUFF_TRY(factor(c, "input weights", weights * input / *x, 0, &a->input_factors[g]));
    TUFF_TRY(factor(c, "recurrent weights", recurrent * state / *h, 0, &a->recurrent_factors[g]));
    TUFF_TRY(factor(c, "layer normalization", norm, 12, &a->norm_factors[g]));
    const float guard = 10000 * norm;
    a->guards[g] = guard < 1.0f ? 1 : guard < 1e9f ? (int32_t)guard : 1000000000;
    if (few)
        return factor(c, "peephole weights", (float)((double)power_of_two(a->cell_log2) * (double)peephole_scale / (double)*x), 0, &a->peephole_factors[g]);
    TUFF_TRY(factor(c, "products of the input", *x / *sum, 0, &a->input_sums[g]));
    TUFF_TRY(factor(c, "products of the state", *h / *sum, 0, &a->recurrent_sums[g]));
    a->input_zeros[g] = tuff_zero_point(intermediate(c, 3 * g + 1));
    a->recurrent_zeros[g] = tuff_zero_point(intermediate(c, 3 * g + 2));
    return TUFF_OK;
}

/* The scales of the intermediate tensors; gates without normalization are Q3.12. */
static tuff_status inside_scales(tuff_context *c, bool normalized, float *inside) {
    for (int32_t k = 0; k < c->n_intermediates; k++) {
        inside[k] = power_of_two(-12);
        if (c->n_intermediates == FEW && k < TUFF_GATES && !normalized) continue;
        const tuff_tensor *t = intermediate(c, k);
        const bool has = t && t->quantization.count >= 1;
        if (!has && k == TUFF_GATE_INPUT) continue; /* of a coupled cell */
        TUFF_CHECK(c, has && t->quantization.scale[0] > 0.0f, "intermediate tensor %d needs a scale", (int)k);
        TUFF_CHECK(c, t->quantization.zero_point[0] >= INT8_MIN && t->quantization.zero_point[0] <= INT8_MAX,
                   "intermediate tensor %d: expected a zero point in -128..127, found %lld", (int)k, (long long)t->quantization.zero_point[0]);
        inside[k] = t->quantization.scale[0];
    }
    return TUFF_OK;
}

static int32_t quantized_clip(float limit, float scale, float most) {
    if (!(limit > 0.0f)) return 0;
    const float steps = limit / scale;
    return (int32_t)(steps < most ? steps : most);
}

static tuff_status layer_factors(tuff_context *c, const tuff_lstm_operands *o, const tuff_lstm_shape *s, tuff_lstm_integer_args *a, float cell_clip,
                                 float proj_clip) {
    const bool few = c->n_intermediates == FEW;
    const tuff_tensor *cell_state = tuff_operand(c, o->cell_state), *projection = tuff_operand(c, o->projection);
    float inside[MANY], input, state, project, out;
    TUFF_CHECK(c, tuff_near_power_of_two(tuff_scale(cell_state), &a->cell_log2) && a->cell_log2 >= -15 && a->cell_log2 <= -9,
               "cell state %s: expected a scale of 2^-15 .. 2^-9, found %g", cell_state->name, (double)tuff_scale(cell_state));
    TUFF_TRY(inside_scales(c, tuff_operand(c, o->norm[TUFF_GATE_OUTPUT]), inside));
    TUFF_TRY(scale_of(c, tuff_operand(c, o->input), &input));
    TUFF_TRY(scale_of(c, tuff_operand(c, o->output_state), &state));
    TUFF_TRY(scale_of(c, projection, &project));
    TUFF_TRY(scale_of(c, c->outputs[0], &out));
    for (int32_t g = s->coupled ? TUFF_GATE_FORGET : TUFF_GATE_INPUT; g < TUFF_GATES; g++) TUFF_TRY(gate_factors(c, o, a, g, input, state, inside));
    a->cell_clip = few || cell_clip < 1.0f ? quantized_clip(cell_clip, tuff_scale(cell_state), 32767.0f) : 0;
    a->proj_clip = quantized_clip(proj_clip, out, 127.0f);
    if (few) {
        const double half = (double)power_of_two(-15);
        TUFF_TRY(factor(c, "hidden values", (float)(half / (double)inside[4] * half), 0, &a->hidden));
        a->zero_hidden = tuff_zero_point(intermediate(c, 4));
        return factor(c, "projection weights", project * inside[4] / state, 0, &a->projection);
    }
    TUFF_CHECK(c, a->cell_log2 == -15, "cell state %s: expected the scale 1/32768, found %g", cell_state->name, (double)tuff_scale(cell_state));
    TUFF_CHECK(c, s->coupled && projection && tuff_operand(c, o->norm[TUFF_GATE_OUTPUT]),
               "with 12 intermediate tensors the cell must have coupled gates, layer normalization and projection");
    a->recurrent_sums[TUFF_GATE_OUTPUT].multiplier = a->recurrent_sums[TUFF_GATE_FORGET].shift;
    a->recurrent_zeros[TUFF_GATE_OUTPUT] = tuff_zero_point(intermediate(c, 7));
    return factor(c, "projection weights", (float)((double)project * (double)power_of_two(-15) / (double)state), 0, &a->projection);
}

tuff_status tuff_lstm_integer_prepare(tuff_context *c, const tuff_lstm_operands *o, const tuff_lstm_shape *s, float cell_clip, float proj_clip) {
    TUFF_CHECK(c, c->n_intermediates == FEW || c->n_intermediates == MANY, "an integer cell needs 5 or 12 intermediate tensors, found %d",
               (int)c->n_intermediates);
    const tuff_kernel *kernel = c->n_intermediates == FEW ? &kernel_16 : &kernel_8;
    tuff_lstm_integer_args a = {.r = s->r, .input = s->input, .cell = s->cell, .output = s->output};
    TUFF_TRY(layer_factors(c, o, s, &a, cell_clip, proj_clip));
    a.zero_input = tuff_zero_point(tuff_operand(c, o->input));
    a.zero_state = tuff_zero_point(tuff_operand(c, o->output_state));
    tuff_io io[TUFF_LSTM_IO];
    for (int32_t k = 0; k < TUFF_LSTM_IO; k++) io[k] = TUFF_IO_NONE;
    io[TUFF_LSTM_X] = tuff_io_operand(c, o->input);
    io[TUFF_LSTM_OUTPUT_STATE] = tuff_io_operand(c, o->output_state);
    io[TUFF_LSTM_CELL_STATE] = tuff_io_operand(c, o->cell_state);
    io[TUFF_LSTM_OUTPUT] = tuff_io_output(c, 0);
    io[TUFF_LSTM_PROJECTION] = tuff_io_operand(c, o->projection);
    io[TUFF_LSTM_PROJECTION_BIAS] = tuff_io_operand(c, o->projection_bias);
    io[TUFF_LSTM_GATE_ROOM] = tuff_io_scratch(c, tuff_lstm_integer_bytes(&a));
    for (int32_t g = s->coupled ? TUFF_GATE_FORGET : TUFF_GATE_INPUT; g < TUFF_GATES; g++) {
        tuff_io *gate = io + TUFF_LSTM_FIRST_GATE + g * TUFF_LSTM_GATE_IO;
        gate[TUFF_LSTM_GATE_WEIGHTS] = tuff_io_operand(c, o->weights[g]);
        gate[TUFF_LSTM_GATE_RECURRENT] = tuff_io_operand(c, o->recurrent[g]);
        gate[TUFF_LSTM_GATE_PEEPHOLE] = tuff_io_operand(c, o->peephole[g]);
        gate[TUFF_LSTM_GATE_BIAS] = tuff_io_operand(c, o->bias[g]);
        gate[TUFF_LSTM_GATE_NORM] = tuff_io_operand(c, o->norm[g]);
    }
    tuff_lstm_integer_args *args = tuff_args(c, kernel);
    if (args) *args = a;
    const int64_t weights = (int64_t)a.cell * (a.input + a.output) * TUFF_GATES;
    return tuff_emit(c, kernel, args, (tuff_cost){a.r.batches, weights * a.r.steps * a.r.batches, weights}, io, TUFF_LSTM_IO);
}
#endif
