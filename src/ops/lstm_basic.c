/* LSTM's basic kernel: five inputs, one matrix of weights, four outputs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With [x, h] the input and the activation before, side by side, and sums = W [x, h] + b for the gates input, modulation, forget and output:
 *   state = logistic(input) * tanh(modulation) + logistic(forget) * state before;  activation = logistic(output) * tanh(state).
 * [x, h] and the sums are outputs too. Activation and state replace the ones before where these are variables.
 *
 * u8: activations have scale 1/128 and zero point 128, sums are Q3.12 (acc * 4096 * scale_bias, requantized with halves up in both roundings), the state is Q4.11, gates Q0.15 in 16-bit fixed point; the
 * state's tanh sees it cut to [-8, 8); activations are rounded to 8 bits.
 * source: TFLite kernels/lstm.cc, namespace basic, and optimized_ops LstmCell
 */
#include "ops/lstm_basic.h"

#include <string.h>

#include "base/fixed_point.h"
#include "base/math.h"
#include "ops/fixed_s16.h"

enum { X, PREVIOUS_ACTIVATION, WEIGHTS, BIAS, PREVIOUS_STATE, ACTIVATION, STATE, JOINED, SUMS, KEPT_ACTIVATION, KEPT_STATE, IO };

/* [x, h] for all batches */
static void join(const tuff_lstm_basic_args *a, void *const *io, size_t element) {
    const size_t input = (size_t)a->input * element, cells = (size_t)a->cells * element;
    for (int32_t b = 0; b < a->batches; b++) {
        char *to = (char *)io[JOINED] + (size_t)b * (input + cells);
        memcpy(to, (const char *)io[X] + (size_t)b * input, input);
        memcpy(to + input, (const char *)io[PREVIOUS_ACTIVATION] + (size_t)b * cells, cells);
    }
}

static void keep(void *const *io, size_t activation_bytes, size_t state_bytes) {
    if (io[KEPT_ACTIVATION]) memcpy(io[KEPT_ACTIVATION], io[ACTIVATION], activation_bytes);
    if (io[KEPT_STATE]) memcpy(io[KEPT_STATE], io[STATE], state_bytes);
}

static float sigmoid(float x) { return 1.0f / (1.0f + tuff_expf(-x)); }

/* x [batches][input], previous activation [batches][cells], weights [4 * cells][input + cells], bias [4 * cells], previous state [batches][cells],
 * activation, state [batches][cells], joined [batches][input + cells], sums [batches][4 * cells], variables to keep the new ones in or NULL: all f32
 * tiles: 1; scratch, errors: none */
int tuff_lstm_basic_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_lstm_basic_args *a = args;
    const float *weights = io[WEIGHTS], *bias = io[BIAS], *before = io[PREVIOUS_STATE];
    float *activation = io[ACTIVATION], *state = io[STATE], *joined = io[JOINED], *sums = io[SUMS];
    const int32_t depth = a->input + a->cells;
    (void)jobs;
    if (job > 0) return 0;
    join(a, io, sizeof(float));
    for (int32_t b = 0; b < a->batches; b++, joined += depth, sums += 4 * (int64_t)a->cells) {
        for (int32_t n = 0; n < 4 * a->cells; n++) {
            float sum = 0.0f;
            for (int32_t k = 0; k < depth; k++) sum += joined[k] * weights[(int64_t)n * depth + k];
            sums[n] = sum + bias[n];
        }
        for (int32_t n = 0; n < a->cells; n++) {
            const int64_t at = (int64_t)b * a->cells + n;
            state[at] = sigmoid(sums[n]) * tuff_tanhf(sums[a->cells + n]) + sigmoid(sums[2 * a->cells + n]) * before[at];
            activation[at] = sigmoid(sums[3 * a->cells + n]) * tuff_tanhf(state[at]);
        }
    }
    const size_t bytes = (size_t)a->batches * (size_t)a->cells * sizeof(float);
    keep(io, bytes, bytes);
    return 0;
}

static int16_t saturate(int32_t x) { return (int16_t)tuff_clamp(x, INT16_MIN, INT16_MAX); }

static int16_t sum_u8(const tuff_lstm_basic_args *a, const uint8_t *joined, const uint8_t *weights, int32_t bias) {
    uint32_t acc = (uint32_t)bias;
    for (int32_t k = 0; k < a->input + a->cells; k++) acc += (uint32_t)((joined[k] - 128) * (weights[k] - a->zero_weights));
    const int32_t left = a->factor.shift > 0 ? a->factor.shift : 0, right = a->factor.shift < 0 ? -a->factor.shift : 0;
    int64_t y = tuff_high_mul((int32_t)(acc << left), a->factor.multiplier);
    if (right) y = (y + ((int64_t)1 << (right - 1))) >> right;
    return (int16_t)(y < INT16_MIN ? INT16_MIN : y > INT16_MAX ? INT16_MAX : y);
}

/* as above with x, activations, joined and weights u8, bias s32, states and sums s16 */
int tuff_lstm_basic_u8(const void *args, void *const *io, int job, int jobs) {
    const tuff_lstm_basic_args *a = args;
    const uint8_t *weights = io[WEIGHTS];
    const int32_t *bias = io[BIAS];
    const int16_t *before = io[PREVIOUS_STATE];
    uint8_t *activation = io[ACTIVATION], *joined = io[JOINED];
    int16_t *state = io[STATE], *sums = io[SUMS];
    const int32_t depth = a->input + a->cells;
    (void)jobs;
    if (job > 0) return 0;
    join(a, io, 1);
    for (int32_t b = 0; b < a->batches; b++, joined += depth, sums += 4 * (int64_t)a->cells) {
        for (int32_t n = 0; n < 4 * a->cells; n++) sums[n] = sum_u8(a, joined, weights + (int64_t)n * depth, bias[n]);
        for (int32_t n = 0; n < a->cells; n++) {
            const int64_t at = (int64_t)b * a->cells + n;
            const int16_t modulated = tuff_mul_s16(tuff_logistic_s16_fixed(sums[n]), tuff_tanh_s16_fixed(sums[a->cells + n], 3));
            const int16_t kept = tuff_mul_s16(tuff_logistic_s16_fixed(sums[2 * a->cells + n]), before[at]);
            state[at] = saturate(tuff_shift_right_round(modulated, 4) + kept);
            const int16_t out = tuff_mul_s16(tuff_logistic_s16_fixed(sums[3 * a->cells + n]), tuff_tanh_s16_fixed(saturate(state[at] * 2), 3));
            activation[at] = (uint8_t)(128 + tuff_clamp(tuff_shift_right_round(out, 8), -128, 127));
        }
    }
    const size_t count = (size_t)a->batches * (size_t)a->cells;
    keep(io, count, count * sizeof(int16_t));
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_lstm_basic_args, batches, S32),      TUFF_ARG(tuff_lstm_basic_args, input, S32),         TUFF_ARG(tuff_lstm_basic_args, cells, S32),
    TUFF_ARG(tuff_lstm_basic_args, zero_weights, S32), TUFF_ARG(tuff_lstm_basic_args, factor, MULTIPLIER), TUFF_FIELD_END,
};
static const tuff_kernel f32_kernel = TUFF_KERNEL(tuff_lstm_basic_f32, tuff_lstm_basic_args, fields);
static const tuff_kernel u8_kernel = TUFF_KERNEL(tuff_lstm_basic_u8, tuff_lstm_basic_args, fields);

static tuff_status expect(tuff_context *c, const tuff_tensor *t, int32_t rank, int32_t rows, int32_t columns) {
    TUFF_CHECK(c, t, "the basic kernel needs five inputs");
    TUFF_CHECK(c, t->rank == rank && t->shape[0] == rows && (rank == 1 || t->shape[1] == columns), "tensor %s: expected [%d%s], found %s", t->name, (int)rows,
               rank == 1 ? "" : ",...", tuff_shape_text(t).text);
    return TUFF_OK;
}

static tuff_status shape_of(tuff_context *c, tuff_lstm_basic_args *a) {
    const tuff_tensor *x = c->inputs[0], *previous = c->inputs[1];
    TUFF_CHECK(c, c->n_inputs == 5 && c->n_outputs == 4, "the basic kernel has 5 inputs and 4 outputs, found %d and %d", (int)c->n_inputs, (int)c->n_outputs);
    TUFF_CHECK(c, x->rank == 2, "input %s: expected rank 2 [batch, features], found rank %d", x->name, (int)x->rank);
    TUFF_CHECK(c, previous && previous->rank == 2, "the activation before (input 1) must have rank 2 [batch, cells]");
    *a = (tuff_lstm_basic_args){.batches = x->shape[0], .input = x->shape[1], .cells = previous->shape[1]};
    TUFF_CHECK(c, a->cells <= INT32_MAX / 4 && a->input <= INT32_MAX - a->cells, "tensor %s: too many cells", previous->name);
    TUFF_TRY(expect(c, previous, 2, a->batches, a->cells));
    TUFF_TRY(expect(c, c->inputs[2], 2, 4 * a->cells, a->input + a->cells));
    TUFF_TRY(expect(c, c->inputs[3], 1, 4 * a->cells, 0));
    return expect(c, c->inputs[4], 2, a->batches, a->cells);
}

tuff_status tuff_lstm_basic_infer(tuff_context *c) {
    tuff_lstm_basic_args a;
    TUFF_TRY(shape_of(c, &a));
    TUFF_TRY(tuff_infer_like(c, 0, 1));
    TUFF_TRY(tuff_infer_like(c, 1, 4));
    TUFF_TRY(tuff_infer_shape(c, 2, 2, (const int32_t[]){a.batches, a.input + a.cells}));
    return tuff_infer_shape(c, 3, 2, (const int32_t[]){a.batches, 4 * a.cells});
}

tuff_status tuff_lstm_basic_prepare(tuff_context *c) {
    const bool u8 = c->inputs[0]->type == TUFF_U8;
    tuff_lstm_basic_args a;
    TUFF_TRY(shape_of(c, &a));
    TUFF_CHECK(c, u8 || c->inputs[0]->type == TUFF_F32, "the basic kernel takes f32 and u8, found %s", tuff_type_name(c->inputs[0]->type));
    for (int32_t k = 0; k < 5 && !u8; k++)
        TUFF_CHECK(c, c->inputs[k]->type == TUFF_F32, "tensor %s: expected f32, found %s", c->inputs[k]->name, tuff_type_name(c->inputs[k]->type));
    if (u8) {
        const tuff_tensor *state = c->outputs[1], *bias = c->inputs[3];
        int32_t log2;
        TUFF_CHECK(c, tuff_near_power_of_two(tuff_scale(state), &log2) && log2 == -11, "state %s: expected the scale 1/2048, found %g", state->name,
                   (double)tuff_scale(state));
        TUFF_TRY(tuff_check_quantized(c, c->inputs[2]));
        TUFF_TRY(tuff_check_quantized(c, bias));
        TUFF_CHECK(c, tuff_scale(bias) < 262144.0f, "bias %s: scale %g is too large", bias->name, (double)tuff_scale(bias));
        a.zero_weights = tuff_zero_point(c->inputs[2]);
        a.factor = tuff_multiplier_from((double)(4096 * tuff_scale(bias)));
    }
    const tuff_kernel *kernel = u8 ? &u8_kernel : &f32_kernel;
    tuff_lstm_basic_args *args = tuff_args(c, kernel);
    if (args) *args = a;
    tuff_io io[IO];
    for (int32_t k = 0; k < 5; k++) io[k] = tuff_io_input(c, k);
    for (int32_t k = 0; k < 4; k++) io[ACTIVATION + k] = tuff_io_output(c, k);
    io[KEPT_ACTIVATION] = c->inputs[1]->variable ? io[PREVIOUS_ACTIVATION] : TUFF_IO_NONE;
    io[KEPT_STATE] = c->inputs[4]->variable ? io[PREVIOUS_STATE] : TUFF_IO_NONE;
    const int64_t weights = 4 * (int64_t)a.cells * (a.input + a.cells);
    return tuff_emit(c, kernel, args, (tuff_cost){1, a.batches * weights, weights * (u8 ? 1 : 4)}, io, IO);
}
#endif
