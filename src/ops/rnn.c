/* RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN: layers whose state is their output.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   h = activation(W x + A a + R h + b) at each step, a an auxiliary input (bidirectional, may be left out); f32, or hybrid as ops/recurrent says.
 * RNN is one step over [batch, features]; the sequence ops walk [time, batch, features] or [batch, time, features]. The bidirectional one has a second set of
 * weights that walks backwards; merged, its outputs lie behind the forward ones in one tensor. Without auxiliary weights the auxiliary input is the input of
 * the backward direction.
 * As in the reference, a hybrid bidirectional layer that is time-major walks its sequence as often as it has steps, its state going on from walk to walk, and
 * one that is batch-major takes the input for the backward direction even where the auxiliary one should be it.
 * source: TFLite kernels/basic_rnn.cc, unidirectional_sequence_rnn.cc, bidirectional_sequence_rnn.cc, internal/kernel_utils.cc
 */
#include "ops/rnn.h"

#include <string.h>

enum { X, AUX, STATE, OUTPUT, WEIGHTS, AUX_WEIGHTS, RECURRENT, BIAS, SUM_ROOM, PRODUCT_ROOM, VECTOR_ROOM, IO };

static void *part(void *scratch, size_t bytes, int job) { return scratch ? (char *)scratch + (size_t)job * tuff_scratch_pitch(bytes) : NULL; }

/* x [sequence][input], aux [sequence][aux] or NULL, state [batches][units], read and written, output [sequence][out_pitch], bias [units]: f32;
 * weights f32, s8, or packed as r says; tiles: sequences; scratch: three rooms; errors: none */
int tuff_rnn_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_rnn_args *a = args;
    const tuff_span batches = tuff_share(a->r.batches, job, jobs);
    const int32_t rows = (int32_t)(batches.end - batches.first);
    float *sum = part(io[SUM_ROOM], tuff_rnn_sum_bytes(a), job), *state = (float *)io[STATE] + batches.first * a->units, *out = io[OUTPUT];
    void *product = part(io[PRODUCT_ROOM], tuff_product_bytes(&a->r, a->r.batches, a->units), job);
    void *room = part(io[VECTOR_ROOM], tuff_rnn_vector_bytes(a), job);
    for (int64_t k = 0; k < (int64_t)a->walks * a->r.steps && rows > 0; k++) {
        const int32_t step = (int32_t)(k % a->r.steps), t = a->backward ? a->r.steps - 1 - step : step;
        tuff_vectors v[] = {tuff_vectors_at(&a->r, io[X], a->input, t, batches),
                            tuff_vectors_at(&a->r, io[AUX], a->aux, t, batches),
                            {.values = state, .pitch = a->units, .rows = rows, .depth = a->units}};
        const float scales[] = {a->input_scale, a->aux_scale, a->recurrent_scale};
        tuff_rows_fill(sum, io[BIAS], rows, a->units);
        for (int j = 0; j < 3; j++) {
            tuff_vectors_quantize(&a->r, &v[j], room);
            tuff_product_add(&a->r, sum, a->units, io[WEIGHTS + j], scales[j], &v[j], product);
        }
        tuff_recurrent_activate(sum, (int64_t)rows * a->units, a->activation);
        memcpy(state, sum, (size_t)rows * (size_t)a->units * sizeof(float));
        for (int32_t row = 0; row < rows; row++)
            memcpy(out + tuff_recurrent_at(&a->r, t, batches.first + row, a->out_pitch) + a->out_first, sum + (int64_t)row * a->units,
                   (size_t)a->units * sizeof(float));
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field rnn_fields[] = {
    TUFF_FIELD(tuff_rnn_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_rnn_attrs, asymmetric_quantize_inputs, BOOL, 1, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field sequence_fields[] = {
    TUFF_FIELD(tuff_sequence_rnn_attrs, time_major, BOOL, 0),
    TUFF_FIELD(tuff_sequence_rnn_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_sequence_rnn_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field bidirectional_fields[] = {
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, time_major, BOOL, 0),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, merge_outputs, BOOL, 2),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, asymmetric_quantize_inputs, BOOL, 3, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field args_fields[] = {
    TUFF_RECURRENT_ARGS(tuff_rnn_args, r),   TUFF_ARG(tuff_rnn_args, backward, BOOL),       TUFF_ARG(tuff_rnn_args, input, S32),
    TUFF_ARG(tuff_rnn_args, aux, S32),       TUFF_ARG(tuff_rnn_args, units, S32),           TUFF_ARG(tuff_rnn_args, out_pitch, S32),
    TUFF_ARG(tuff_rnn_args, out_first, S32), TUFF_ARG(tuff_rnn_args, activation, S32),      TUFF_ARG(tuff_rnn_args, input_scale, F32),
    TUFF_ARG(tuff_rnn_args, aux_scale, F32), TUFF_ARG(tuff_rnn_args, recurrent_scale, F32), TUFF_FIELD_END,
};

/* One direction: which input is what, and its shape. */
typedef struct direction {
    int32_t input, aux, weights, aux_weights, recurrent, bias, state;
    tuff_recurrent r;
    int32_t depth, aux_depth, units, walks;
} direction;

static tuff_status check(tuff_context *c, direction *d) {
    const tuff_tensor *weights = c->inputs[d->weights], *aux = tuff_operand(c, d->aux), *input = c->inputs[d->input];
    TUFF_CHECK(c, weights->rank == 2, "weights %s: expected rank 2 [units, features], found rank %d", weights->name, (int)weights->rank);
    TUFF_CHECK(c, input->type == TUFF_F32, "input %s: expected f32, found %s", input->name, tuff_type_name(input->type));
    d->units = weights->shape[0];
    if (aux) {
        TUFF_CHECK(c, aux->rank == 3 && aux->type == TUFF_F32 && aux->shape[0] == input->shape[0] && aux->shape[1] == input->shape[1],
                   "auxiliary input %s: expected the input's type and steps, found %s", aux->name, tuff_shape_text(aux).text);
        d->aux_depth = aux->shape[2];
    }
    TUFF_TRY(tuff_operand_check(c, d->weights, weights->type, d->units, d->depth));
    TUFF_TRY(tuff_operand_check(c, d->aux_weights, weights->type, d->units, d->aux_depth));
    TUFF_TRY(tuff_operand_check(c, d->recurrent, weights->type, d->units, d->units));
    TUFF_TRY(tuff_operand_check(c, d->bias, TUFF_F32, -1, d->units));
    return tuff_state_check(c, d->state, TUFF_F32, d->r.batches, d->units);
}

static tuff_status emit(tuff_context *c, direction *d, int32_t activation, bool asymmetric, int32_t output, int32_t out_first, bool backward) {
    const tuff_tensor *out = c->outputs[output];
    TUFF_CHECK(c, activation >= 0 && activation <= TUFF_ACTIVATION_SIGN_BIT, "fused activation %d is unknown", (int)activation);
    d->r.asymmetric = asymmetric;
    tuff_recurrent_pick(c, &d->r, c->inputs[d->weights]->type, (const int32_t[]){d->weights, d->aux_weights, d->recurrent}, 3);
    tuff_rnn_args a = {.r = d->r,
                       .backward = backward,
                       .walks = d->walks,
                       .input = d->depth,
                       .aux = d->aux_depth,
                       .units = d->units,
                       .out_pitch = out->shape[out->rank - 1],
                       .out_first = out_first,
                       .activation = activation};
    TUFF_TRY(tuff_operand_scale(c, d->weights, &a.input_scale));
    TUFF_TRY(tuff_operand_scale(c, d->aux_weights, &a.aux_scale));
    TUFF_TRY(tuff_operand_scale(c, d->recurrent, &a.recurrent_scale));
    const tuff_io io[IO] = {[X] = tuff_io_operand(c, d->input),
                            [AUX] = tuff_io_operand(c, d->aux),
                            [STATE] = tuff_io_operand(c, d->state),
                            [OUTPUT] = tuff_io_output(c, output),
                            [WEIGHTS] = tuff_recurrent_weights(c, &a.r, d->weights, a.units, a.input),
                            [AUX_WEIGHTS] = tuff_recurrent_weights(c, &a.r, d->aux_weights, a.units, a.aux),
                            [RECURRENT] = tuff_recurrent_weights(c, &a.r, d->recurrent, a.units, a.units),
                            [BIAS] = tuff_io_operand(c, d->bias),
                            [SUM_ROOM] = tuff_io_scratch(c, tuff_rnn_sum_bytes(&a)),
                            [PRODUCT_ROOM] = tuff_io_scratch(c, tuff_product_bytes(&a.r, a.r.batches, a.units)),
                            [VECTOR_ROOM] = a.r.hybrid ? tuff_io_scratch(c, tuff_rnn_vector_bytes(&a)) : TUFF_IO_NONE};
    tuff_rnn_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const int64_t weights = (int64_t)a.units * (a.input + a.aux + a.units);
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){a.r.batches, weights * a.r.steps * a.r.batches * a.walks, weights * (a.r.hybrid ? 1 : 4)}, io,
                     IO);
}

static const direction single = {.input = 0, .aux = -1, .weights = 1, .aux_weights = -1, .recurrent = 2, .bias = 3, .state = 4, .walks = 1};

/* ---- RNN ---- */
static tuff_status rnn_direction(tuff_context *c, direction *d) {
    const tuff_tensor *input = c->inputs[0];
    TUFF_CHECK(c, input->rank == 2, "input %s: expected rank 2 [batch, features], found rank %d", input->name, (int)input->rank);
    *d = single;
    d->r = (tuff_recurrent){.steps = 1, .batches = input->shape[0], .time_major = true};
    d->depth = input->shape[1];
    return check(c, d);
}

static tuff_status infer_rnn(tuff_context *c) {
    direction d;
    TUFF_TRY(rnn_direction(c, &d));
    return tuff_infer_shape(c, 0, 2, (const int32_t[]){d.r.batches, d.units});
}

static tuff_status prepare_rnn(tuff_context *c) {
    const tuff_rnn_attrs *attrs = c->attrs;
    direction d;
    TUFF_TRY(rnn_direction(c, &d));
    return emit(c, &d, attrs->fused_activation_function, attrs->asymmetric_quantize_inputs, 0, 0, false);
}

/* ---- UNIDIRECTIONAL_SEQUENCE_RNN ---- */
static tuff_status sequence_direction(tuff_context *c, direction *d) {
    const tuff_sequence_rnn_attrs *attrs = c->attrs;
    *d = single;
    TUFF_TRY(tuff_recurrent_sequence(c, c->inputs[0], attrs->time_major, &d->r, &d->depth));
    return check(c, d);
}

static tuff_status infer_sequence(tuff_context *c) {
    direction d;
    TUFF_TRY(sequence_direction(c, &d));
    return tuff_infer_shape(c, 0, 3, (const int32_t[]){c->inputs[0]->shape[0], c->inputs[0]->shape[1], d.units});
}

static tuff_status prepare_sequence(tuff_context *c) {
    const tuff_sequence_rnn_attrs *attrs = c->attrs;
    direction d;
    TUFF_TRY(sequence_direction(c, &d));
    return emit(c, &d, attrs->fused_activation_function, attrs->asymmetric_quantize_inputs, 0, 0, false);
}

/* ---- BIDIRECTIONAL_SEQUENCE_RNN ---- */
enum { AUX_INPUT = 9, FW_AUX_WEIGHTS, BW_AUX_WEIGHTS };

static tuff_status bidirectional_direction(tuff_context *c, bool backward, direction *d) {
    const tuff_bidirectional_sequence_rnn_attrs *attrs = c->attrs;
    const int32_t at = backward ? 4 : 0;
    const bool aux = tuff_input(c, FW_AUX_WEIGHTS);
    TUFF_CHECK(c, (tuff_input(c, BW_AUX_WEIGHTS) != NULL) == aux, "auxiliary weights are there for one direction only");
    TUFF_CHECK(c, !aux || tuff_input(c, AUX_INPUT), "auxiliary weights without an auxiliary input");
    const bool hybrid = c->inputs[at + 1]->type != TUFF_F32, other = backward && !aux && tuff_input(c, AUX_INPUT) && (attrs->time_major || !hybrid);
    *d = (direction){.input = other ? AUX_INPUT : 0,
                     .aux = aux ? AUX_INPUT : -1,
                     .weights = at + 1,
                     .aux_weights = !aux       ? -1
                                    : backward ? BW_AUX_WEIGHTS
                                               : FW_AUX_WEIGHTS,
                     .recurrent = at + 2,
                     .bias = at + 3,
                     .state = at + 4};
    const tuff_tensor *input = c->inputs[d->input], *first = c->inputs[0];
    TUFF_TRY(tuff_recurrent_sequence(c, first, attrs->time_major, &d->r, &d->depth));
    TUFF_TRY(tuff_recurrent_sequence(c, input, attrs->time_major, &d->r, &d->depth));
    TUFF_CHECK(c, input->shape[0] == first->shape[0] && input->shape[1] == first->shape[1],
               "auxiliary input %s: expected as many steps and sequences as '%s' has, found %s", input->name, first->name, tuff_shape_text(input).text);
    d->walks = hybrid && attrs->time_major ? d->r.steps : 1;
    return check(c, d);
}

static tuff_status infer_bidirectional(tuff_context *c) {
    const tuff_bidirectional_sequence_rnn_attrs *attrs = c->attrs;
    direction fw, bw;
    TUFF_TRY(bidirectional_direction(c, false, &fw));
    TUFF_TRY(bidirectional_direction(c, true, &bw));
    TUFF_CHECK(c, c->n_outputs == (attrs->merge_outputs ? 1 : 2), "expected %d outputs, found %d", attrs->merge_outputs ? 1 : 2, (int)c->n_outputs);
    TUFF_CHECK(c, bw.units <= INT32_MAX - fw.units, "too many units");
    const int32_t *in = c->inputs[0]->shape;
    TUFF_TRY(tuff_infer_shape(c, 0, 3, (const int32_t[]){in[0], in[1], attrs->merge_outputs ? fw.units + bw.units : fw.units}));
    return attrs->merge_outputs ? TUFF_OK : tuff_infer_shape(c, 1, 3, (const int32_t[]){in[0], in[1], bw.units});
}

static tuff_status prepare_bidirectional(tuff_context *c) {
    const tuff_bidirectional_sequence_rnn_attrs *attrs = c->attrs;
    direction fw, bw;
    TUFF_TRY(bidirectional_direction(c, false, &fw));
    TUFF_TRY(bidirectional_direction(c, true, &bw));
    TUFF_TRY(emit(c, &fw, attrs->fused_activation_function, attrs->asymmetric_quantize_inputs, 0, 0, false));
    return emit(c, &bw, attrs->fused_activation_function, attrs->asymmetric_quantize_inputs, attrs->merge_outputs ? 0 : 1, attrs->merge_outputs ? fw.units : 0,
                true);
}

#define KERNEL TUFF_KERNEL(tuff_rnn_f32, tuff_rnn_args, args_fields)
static const tuff_variant variants[] = {
    {{"f32", "f32", "f32", "f32", "f32"}, {"f32"}, 1, NULL, KERNEL},
    {{"f32", "s8|u8", "s8|u8", "f32", "f32"}, {"f32"}, 2, NULL, KERNEL},
    {.version = 0},
};
static const tuff_variant bidirectional_variants[] = {
    {{"f32", "f32", "f32", "f32", "f32", "f32"}, {"f32", "f32"}, 1, NULL, KERNEL},
    {{"f32", "s8|u8", "s8|u8", "f32", "f32", "s8|u8"}, {"f32", "f32"}, 2, NULL, KERNEL},
    {.version = 0},
};

const tuff_op tuff_op_rnn = {
    .name = "RNN",
    .code = 24,
    .options = TUFF_OPTIONS(RNNOptions, 7, tuff_rnn_attrs, rnn_fields),
    .inputs = "input weights recurrent_weights bias hidden_state!",
    .outputs = "output",
    .variants = variants,
    .infer = infer_rnn,
    .prepare = prepare_rnn,
    .flags = TUFF_OP_IMPURE,
    .highest = 3,
};
const tuff_op tuff_op_unidirectional_sequence_rnn = {
    .name = "UNIDIRECTIONAL_SEQUENCE_RNN",
    .code = 35,
    .options = TUFF_OPTIONS(SequenceRNNOptions, 31, tuff_sequence_rnn_attrs, sequence_fields),
    .inputs = "input weights recurrent_weights bias hidden_state!",
    .outputs = "output",
    .variants = variants,
    .infer = infer_sequence,
    .prepare = prepare_sequence,
    .flags = TUFF_OP_IMPURE,
    .highest = 3,
};
const tuff_op tuff_op_bidirectional_sequence_rnn = {
    .name = "BIDIRECTIONAL_SEQUENCE_RNN",
    .code = 46,
    .options = TUFF_OPTIONS(BidirectionalSequenceRNNOptions, 70, tuff_bidirectional_sequence_rnn_attrs, bidirectional_fields),
    .inputs = "input fw_weights fw_recurrent_weights fw_bias fw_hidden_state! bw_weights bw_recurrent_weights bw_bias bw_hidden_state! aux_input? "
              "fw_aux_weights? bw_aux_weights?",
    .outputs = "fw_output bw_output?",
    .variants = bidirectional_variants,
    .infer = infer_bidirectional,
    .prepare = prepare_bidirectional,
    .flags = TUFF_OP_IMPURE,
    .highest = 3,
};
#endif
