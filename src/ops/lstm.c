/* LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM: records, checks, and steps for f32 and hybrid cells.
 * SPDX-License-Identifier: Apache-2.0
 *
 * lstm_kernels.c states the cell. LSTM is one step over [batch, features]; the sequence ops walk [time, batch, features] or [batch, time, features].
 * The bidirectional one has a second set of weights that walks backwards; merged, its outputs lie behind the forward ones in one tensor. Its auxiliary input
 * joins the input of both directions, or, where no auxiliary weights are there, is the input of the backward one.
 * Integer cells (s8 inputs) are lstm_integer.c's; LSTM's basic kernel (five inputs, one matrix) is lstm_basic.c's.
 * source: TFLite kernels/lstm.cc, unidirectional_sequence_lstm.cc, bidirectional_sequence_lstm.cc
 */
#include "ops/lstm.h"

#include "ops/activation.h"
#include "ops/lstm_basic.h"
#include "ops/lstm_integer.h"
#include "ops/tensor.h"

#ifndef TUFF_KERNELS_ONLY
static const char *const kernel_names[] = {"FULL", "BASIC", NULL};
enum { KERNEL_FULL, KERNEL_BASIC };

static const tuff_field lstm_fields[] = {
    TUFF_FIELD(tuff_lstm_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_lstm_attrs, cell_clip, F32, 1),
    TUFF_FIELD(tuff_lstm_attrs, proj_clip, F32, 2),
    TUFF_FIELD(tuff_lstm_attrs, kernel_type, S8, 3, .version = 2, .names = kernel_names),
    TUFF_FIELD(tuff_lstm_attrs, asymmetric_quantize_inputs, BOOL, 4, .version = 4),
    TUFF_FIELD_END,
};
static const tuff_field unidirectional_fields[] = {
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, cell_clip, F32, 1),
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, proj_clip, F32, 2),
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, time_major, BOOL, 3),
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, asymmetric_quantize_inputs, BOOL, 4, .version = 3),
    TUFF_FIELD(tuff_unidirectional_sequence_lstm_attrs, diagonal_recurrent_tensors, BOOL, 5, .version = 4),
    TUFF_FIELD_END,
};
static const tuff_field bidirectional_fields[] = {
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, cell_clip, F32, 1),
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, proj_clip, F32, 2),
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, merge_outputs, BOOL, 3),
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, time_major, BOOL, 4, .standard = 1),
    TUFF_FIELD(tuff_bidirectional_sequence_lstm_attrs, asymmetric_quantize_inputs, BOOL, 5, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field args_fields[] = {
    TUFF_RECURRENT_ARGS(tuff_lstm_args, r),
    TUFF_ARG(tuff_lstm_args, backward, BOOL),
    TUFF_ARG(tuff_lstm_args, input, S32),
    TUFF_ARG(tuff_lstm_args, aux, S32),
    TUFF_ARG(tuff_lstm_args, cell, S32),
    TUFF_ARG(tuff_lstm_args, output, S32),
    TUFF_ARG(tuff_lstm_args, out_pitch, S32),
    TUFF_ARG(tuff_lstm_args, out_first, S32),
    TUFF_ARG(tuff_lstm_args, activation, S32),
    TUFF_ARG(tuff_lstm_args, diagonal, S32),
    TUFF_ARG(tuff_lstm_args, cell_clip, F32),
    TUFF_ARG(tuff_lstm_args, proj_clip, F32),
    TUFF_ARGS(tuff_lstm_args, input_scales, F32, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_args, aux_scales, F32, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_args, recurrent_scales, F32, TUFF_GATES),
    TUFF_ARGS(tuff_lstm_args, peephole_scales, F32, TUFF_GATES),
    TUFF_ARG(tuff_lstm_args, projection_scale, F32),
    TUFF_FIELD_END,
};
#define FLOAT TUFF_KERNEL(tuff_lstm_f32, tuff_lstm_args, args_fields)

/* ---- which input is what ---- */
/* LSTM and the unidirectional one; norms count where the node has all 24 inputs */
static const tuff_lstm_operands forward = {.input = 0,
                                           .aux = -1,
                                           .weights = {1, 2, 3, 4},
                                           .aux_weights = {-1, -1, -1, -1},
                                           .recurrent = {5, 6, 7, 8},
                                           .peephole = {9, 10, -1, 11},
                                           .bias = {12, 13, 14, 15},
                                           .norm = {20, 21, 22, 23},
                                           .projection = 16,
                                           .projection_bias = 17,
                                           .output_state = 18,
                                           .cell_state = 19};

static tuff_lstm_operands direction_of(const tuff_context *c, bool backward) {
    const int32_t at = backward ? 17 : 0;
    tuff_lstm_operands o = {.input = 0,
                            .aux = 39,
                            .peephole = {at + 9, at + 10, -1, at + 11},
                            .norm = {-1, -1, -1, -1},
                            .projection = at + 16,
                            .projection_bias = at + 17,
                            .output_state = backward ? 37 : 35,
                            .cell_state = backward ? 38 : 36};
    for (int32_t g = 0; g < TUFF_GATES; g++) {
        o.weights[g] = at + 1 + g;
        o.recurrent[g] = at + 5 + g;
        o.bias[g] = at + 12 + g;
        o.aux_weights[g] = (backward ? 44 : 40) + g;
    }
    if (tuff_input(c, 41)) return o;
    if (backward && tuff_input(c, 39)) o.input = 39;
    o.aux = -1;
    for (int32_t g = 0; g < TUFF_GATES; g++) o.aux_weights[g] = -1;
    return o;
}

/* ---- checks ---- */
static const char *const gate_names[] = {"input", "forget", "cell", "output"};

/* All gates have the tensor or none has it; the input gate of a coupled cell doesn't count. */
static tuff_status all_or_none(tuff_context *c, const int32_t *list, bool coupled, bool no_cell_gate, const char *what) {
    const bool has = tuff_operand(c, list[TUFF_GATE_OUTPUT]);
    for (int32_t g = coupled ? TUFF_GATE_FORGET : TUFF_GATE_INPUT; g < TUFF_GATES; g++) {
        if (g == TUFF_GATE_CELL && no_cell_gate) continue;
        TUFF_CHECK(c, (tuff_operand(c, list[g]) != NULL) == has, "%s: the %s gate %s, the output gate %s", what, gate_names[g], has ? "has none" : "has one",
                   has ? "has one" : "has none");
    }
    return TUFF_OK;
}

static tuff_status check_presence(tuff_context *c, const tuff_lstm_operands *o, bool coupled) {
    TUFF_CHECK(c,
               tuff_operand(c, o->weights[TUFF_GATE_OUTPUT]) && tuff_operand(c, o->recurrent[TUFF_GATE_OUTPUT]) && tuff_operand(c, o->bias[TUFF_GATE_OUTPUT]),
               "weights, recurrent weights or bias of the output gate are missing");
    TUFF_TRY(all_or_none(c, o->weights, coupled, false, "input weights"));
    TUFF_TRY(all_or_none(c, o->recurrent, coupled, false, "recurrent weights"));
    TUFF_TRY(all_or_none(c, o->bias, coupled, false, "bias"));
    TUFF_TRY(all_or_none(c, o->aux_weights, coupled, false, "auxiliary weights"));
    TUFF_TRY(all_or_none(c, o->peephole, coupled, true, "peephole weights"));
    TUFF_TRY(all_or_none(c, o->norm, coupled, false, "layer normalization"));
    const int32_t only_full[] = {o->recurrent[TUFF_GATE_INPUT], o->bias[TUFF_GATE_INPUT], o->norm[TUFF_GATE_INPUT]};
    for (size_t k = 0; coupled && k < sizeof only_full / sizeof *only_full; k++)
        TUFF_CHECK(c, !tuff_operand(c, only_full[k]), "'%s' is there, but the input gate has no weights", tuff_operand(c, only_full[k])->name);
    TUFF_CHECK(c, tuff_operand(c, o->projection) || !tuff_operand(c, o->projection_bias), "a projection bias without projection weights");
    return TUFF_OK;
}

static tuff_status check_gate(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_shape *s, int32_t g, tuff_type matrix, bool integer) {
    const tuff_type vector = integer ? TUFF_S32 : TUFF_F32;
    TUFF_TRY(tuff_operand_check(c, o->weights[g], matrix, s->cell, s->input));
    TUFF_TRY(tuff_operand_check(c, o->aux_weights[g], matrix, s->cell, s->aux));
    const tuff_tensor *recurrent = tuff_operand(c, o->recurrent[g]);
    if (recurrent && recurrent->rank == 1 && !integer) {
        s->diagonal |= 1 << g;
        TUFF_CHECK(c, s->output == s->cell, "diagonal %s: needs as many outputs as cells, found %d and %d", recurrent->name, (int)s->output, (int)s->cell);
        TUFF_TRY(tuff_operand_check(c, o->recurrent[g], TUFF_F32, -1, s->cell));
    } else {
        TUFF_TRY(tuff_operand_check(c, o->recurrent[g], matrix, s->cell, s->output));
    }
    TUFF_TRY(tuff_operand_check(c, o->peephole[g], integer ? TUFF_S16 : matrix, -1, s->cell));
    TUFF_TRY(tuff_operand_check(c, o->norm[g], integer ? TUFF_S16 : TUFF_F32, -1, s->cell));
    return tuff_operand_check(c, o->bias[g], vector, -1, s->cell);
}

tuff_status tuff_lstm_check(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_shape *s) {
    const tuff_tensor *input = tuff_operand(c, o->input), *aux = tuff_operand(c, o->aux);
    s->coupled = !tuff_operand(c, o->weights[TUFF_GATE_INPUT]);
    TUFF_TRY(check_presence(c, o, s->coupled));
    const tuff_tensor *weights = tuff_operand(c, o->weights[TUFF_GATE_OUTPUT]), *recurrent = tuff_operand(c, o->recurrent[TUFF_GATE_OUTPUT]);
    TUFF_CHECK(c, weights->rank == 2, "weights %s: expected rank 2 [cells, features], found rank %d", weights->name, (int)weights->rank);
    TUFF_CHECK(c, recurrent->rank == 1 || recurrent->rank == 2, "weights %s: expected rank 2 [cells, outputs], found rank %d", recurrent->name,
               (int)recurrent->rank);
    const bool integer = input->type == TUFF_S8;
    s->cell = weights->shape[0];
    s->output = recurrent->shape[recurrent->rank - 1];
    s->diagonal = 0;
    TUFF_CHECK(c, s->cell > 0 && s->output > 0, "weights %s and %s: expected at least one cell and one output", weights->name, recurrent->name);
    TUFF_CHECK(c, tuff_operand(c, o->projection) || s->output == s->cell, "without projection there are as many outputs as cells; found %d and %d",
               (int)s->output, (int)s->cell);
    s->aux = 0;
    if (aux) {
        TUFF_CHECK(c, aux->rank == 3 && aux->type == TUFF_F32 && aux->shape[0] == input->shape[0] && aux->shape[1] == input->shape[1],
                   "auxiliary input %s: expected the input's type and steps, found %s", aux->name, tuff_shape_text(aux).text);
        s->aux = aux->shape[2];
    }
    for (int32_t g = s->coupled ? TUFF_GATE_FORGET : TUFF_GATE_INPUT; g < TUFF_GATES; g++) TUFF_TRY(check_gate(c, o, s, g, weights->type, integer));
    TUFF_TRY(tuff_operand_check(c, o->projection, weights->type, s->output, s->cell));
    TUFF_TRY(tuff_operand_check(c, o->projection_bias, integer ? TUFF_S32 : TUFF_F32, -1, s->output));
    TUFF_TRY(tuff_state_check(c, o->output_state, integer ? TUFF_S8 : TUFF_F32, s->r.batches, s->output));
    return tuff_state_check(c, o->cell_state, integer ? TUFF_S16 : TUFF_F32, s->r.batches, s->cell);
}

/* ---- the step of one direction ---- */
/* What the ops' options have in common. */
typedef struct options {
    int32_t activation;
    float cell_clip, proj_clip;
    bool asymmetric;
} options;

static tuff_status check_options(tuff_context *c, const options *o) {
    TUFF_CHECK(c, o->cell_clip >= 0.0f && o->proj_clip >= 0.0f, "clips must not be negative, found %g and %g", (double)o->cell_clip, (double)o->proj_clip);
    TUFF_CHECK(c, o->activation >= 0 && o->activation <= TUFF_ACTIVATION_SIGN_BIT, "fused activation %d is unknown", (int)o->activation);
    return TUFF_OK;
}

static tuff_status gate_io(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_args *a, int32_t g, bool coupled, tuff_io *io) {
    if (g == TUFF_GATE_INPUT && coupled) {
        for (int32_t k = 0; k < TUFF_LSTM_GATE_IO; k++) io[k] = TUFF_IO_NONE;
        return TUFF_OK;
    }
    const bool diagonal = a->diagonal >> g & 1;
    TUFF_TRY(tuff_operand_scale(c, o->weights[g], &a->input_scales[g]));
    TUFF_TRY(tuff_operand_scale(c, o->aux_weights[g], &a->aux_scales[g]));
    TUFF_TRY(tuff_operand_scale(c, o->recurrent[g], &a->recurrent_scales[g]));
    TUFF_TRY(tuff_operand_scale(c, o->peephole[g], &a->peephole_scales[g]));
    io[TUFF_LSTM_GATE_WEIGHTS] = tuff_recurrent_weights(c, &a->r, o->weights[g], a->cell, a->input);
    io[TUFF_LSTM_GATE_AUX] = tuff_recurrent_weights(c, &a->r, o->aux_weights[g], a->cell, a->aux);
    io[TUFF_LSTM_GATE_RECURRENT] = diagonal ? tuff_io_operand(c, o->recurrent[g]) : tuff_recurrent_weights(c, &a->r, o->recurrent[g], a->cell, a->output);
    io[TUFF_LSTM_GATE_PEEPHOLE] = tuff_io_operand(c, o->peephole[g]);
    io[TUFF_LSTM_GATE_BIAS] = tuff_io_operand(c, o->bias[g]);
    io[TUFF_LSTM_GATE_NORM] = tuff_io_operand(c, o->norm[g]);
    return TUFF_OK;
}

static void pick(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_shape *s) {
    int32_t list[3 * TUFF_GATES + 1];
    for (int32_t g = 0; g < TUFF_GATES; g++) {
        list[3 * g] = o->weights[g];
        list[3 * g + 1] = o->aux_weights[g];
        list[3 * g + 2] = o->recurrent[g];
    }
    list[3 * TUFF_GATES] = o->projection;
    tuff_recurrent_pick(c, &s->r, tuff_operand(c, o->weights[TUFF_GATE_OUTPUT])->type, list, 3 * TUFF_GATES + 1);
}

static tuff_status emit_direction(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_shape *s, const options *p, int32_t output, int32_t out_first,
                                  bool backward) {
    const tuff_tensor *out = c->outputs[output];
    s->r.asymmetric = p->asymmetric;
    pick(c, o, s);
    tuff_lstm_args a = {.r = s->r,
                        .backward = backward,
                        .input = s->input,
                        .aux = s->aux,
                        .cell = s->cell,
                        .output = s->output,
                        .out_pitch = out->shape[out->rank - 1],
                        .out_first = out_first,
                        .activation = p->activation,
                        .diagonal = s->diagonal,
                        .cell_clip = p->cell_clip,
                        .proj_clip = p->proj_clip};
    TUFF_TRY(tuff_operand_scale(c, o->projection, &a.projection_scale));
    tuff_io io[TUFF_LSTM_IO] = {[TUFF_LSTM_X] = tuff_io_operand(c, o->input),
                                [TUFF_LSTM_AUX] = tuff_io_operand(c, o->aux),
                                [TUFF_LSTM_OUTPUT_STATE] = tuff_io_operand(c, o->output_state),
                                [TUFF_LSTM_CELL_STATE] = tuff_io_operand(c, o->cell_state),
                                [TUFF_LSTM_OUTPUT] = tuff_io_output(c, output),
                                [TUFF_LSTM_PROJECTION] = tuff_recurrent_weights(c, &a.r, o->projection, a.output, a.cell),
                                [TUFF_LSTM_PROJECTION_BIAS] = tuff_io_operand(c, o->projection_bias),
                                [TUFF_LSTM_GATE_ROOM] = tuff_io_scratch(c, tuff_lstm_gate_bytes(&a)),
                                [TUFF_LSTM_PRODUCT_ROOM] = tuff_io_scratch(c, tuff_lstm_product_bytes(&a)),
                                [TUFF_LSTM_VECTOR_ROOM] = a.r.hybrid ? tuff_io_scratch(c, tuff_lstm_vector_bytes(&a)) : TUFF_IO_NONE};
    for (int32_t g = 0; g < TUFF_GATES; g++) TUFF_TRY(gate_io(c, o, &a, g, s->coupled, io + TUFF_LSTM_FIRST_GATE + g * TUFF_LSTM_GATE_IO));
    tuff_lstm_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const int64_t weights = (int64_t)a.cell * (a.input + a.aux + a.output) * TUFF_GATES, rows = (int64_t)a.r.steps * a.r.batches;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){a.r.batches, rows * weights, weights * (a.r.hybrid ? 1 : 4)}, io, TUFF_LSTM_IO);
}

/* ---- LSTM ---- */
static bool is_basic(const tuff_context *c) { return ((const tuff_lstm_attrs *)c->attrs)->kernel_type == KERNEL_BASIC; }

static tuff_status lstm_shape(tuff_context *c, tuff_lstm_shape *s) {
    const tuff_tensor *input = c->inputs[0];
    TUFF_CHECK(c, c->n_outputs == 1, "expected one output, found %d", (int)c->n_outputs);
    TUFF_CHECK(c, input->rank == 2, "input %s: expected rank 2 [batch, features], found rank %d", input->name, (int)input->rank);
    *s = (tuff_lstm_shape){.r = {.steps = 1, .batches = input->shape[0], .time_major = true}, .input = input->shape[1]};
    return tuff_lstm_check(c, &forward, s);
}

static tuff_status infer_lstm(tuff_context *c) {
    if (is_basic(c)) return tuff_lstm_basic_infer(c);
    tuff_lstm_shape s;
    TUFF_TRY(lstm_shape(c, &s));
    return tuff_infer_shape(c, 0, 2, (const int32_t[]){s.r.batches, s.output});
}

static tuff_status prepare_lstm(tuff_context *c) {
    if (is_basic(c)) return tuff_lstm_basic_prepare(c);
    const tuff_lstm_attrs *attrs = c->attrs;
    TUFF_CHECK(c, attrs->kernel_type == KERNEL_FULL, "kernel_type %d is unknown", attrs->kernel_type);
    TUFF_CHECK(c, c->inputs[0]->type != TUFF_U8, "u8 inputs need the BASIC kernel");
    const options p = {attrs->fused_activation_function, attrs->cell_clip, attrs->proj_clip, attrs->asymmetric_quantize_inputs};
    tuff_lstm_shape s;
    TUFF_TRY(lstm_shape(c, &s));
    TUFF_TRY(check_options(c, &p));
    if (c->inputs[0]->type == TUFF_S8) return tuff_lstm_integer_prepare(c, &forward, &s, p.cell_clip, p.proj_clip);
    return emit_direction(c, &forward, &s, &p, 0, 0, false);
}

/* ---- UNIDIRECTIONAL_SEQUENCE_LSTM ---- */
static tuff_status unidirectional_shape(tuff_context *c, tuff_lstm_shape *s) {
    const tuff_unidirectional_sequence_lstm_attrs *attrs = c->attrs;
    *s = (tuff_lstm_shape){0};
    TUFF_TRY(tuff_recurrent_sequence(c, c->inputs[0], attrs->time_major, &s->r, &s->input));
    return tuff_lstm_check(c, &forward, s);
}

static tuff_status infer_unidirectional(tuff_context *c) {
    tuff_lstm_shape s;
    TUFF_TRY(unidirectional_shape(c, &s));
    const int32_t *in = c->inputs[0]->shape;
    return tuff_infer_shape(c, 0, 3, (const int32_t[]){in[0], in[1], s.output});
}

static tuff_status prepare_unidirectional(tuff_context *c) {
    const tuff_unidirectional_sequence_lstm_attrs *attrs = c->attrs;
    const options p = {attrs->fused_activation_function, attrs->cell_clip, attrs->proj_clip, attrs->asymmetric_quantize_inputs};
    tuff_lstm_shape s;
    TUFF_TRY(unidirectional_shape(c, &s));
    TUFF_TRY(check_options(c, &p));
    if (c->inputs[0]->type == TUFF_S8) return tuff_lstm_integer_prepare(c, &forward, &s, p.cell_clip, p.proj_clip);
    return emit_direction(c, &forward, &s, &p, 0, 0, false);
}

/* ---- BIDIRECTIONAL_SEQUENCE_LSTM ---- */
static tuff_status bidirectional_shape(tuff_context *c, bool backward, tuff_lstm_operands *o, tuff_lstm_shape *s) {
    const tuff_bidirectional_sequence_lstm_attrs *attrs = c->attrs;
    *s = (tuff_lstm_shape){0};
    *o = direction_of(c, backward);
    TUFF_CHECK(c, c->inputs[0]->rank == 3, "input %s: expected rank 3, found rank %d", c->inputs[0]->name, (int)c->inputs[0]->rank);
    TUFF_TRY(tuff_recurrent_sequence(c, tuff_operand(c, o->input), attrs->time_major, &s->r, &s->input));
    TUFF_CHECK(c, c->inputs[o->input]->type == TUFF_F32, "input %s: expected f32, found %s", c->inputs[o->input]->name,
               tuff_type_name(c->inputs[o->input]->type));
    TUFF_CHECK(c, c->inputs[o->input]->shape[0] == c->inputs[0]->shape[0] && c->inputs[o->input]->shape[1] == c->inputs[0]->shape[1],
               "input %s: expected as many steps and sequences as '%s' has, found %s", c->inputs[o->input]->name, c->inputs[0]->name,
               tuff_shape_text(c->inputs[o->input]).text);
    return tuff_lstm_check(c, o, s);
}

static tuff_status infer_bidirectional(tuff_context *c) {
    const tuff_bidirectional_sequence_lstm_attrs *attrs = c->attrs;
    tuff_lstm_operands o;
    tuff_lstm_shape fw, bw;
    TUFF_TRY(bidirectional_shape(c, false, &o, &fw));
    TUFF_TRY(bidirectional_shape(c, true, &o, &bw));
    TUFF_CHECK(c, c->n_outputs == (attrs->merge_outputs ? 1 : 2), "expected %d outputs, found %d", attrs->merge_outputs ? 1 : 2, (int)c->n_outputs);
    TUFF_CHECK(c, bw.output <= INT32_MAX - fw.output, "too many outputs");
    const int32_t *in = c->inputs[0]->shape;
    TUFF_TRY(tuff_infer_shape(c, 0, 3, (const int32_t[]){in[0], in[1], attrs->merge_outputs ? fw.output + bw.output : fw.output}));
    return attrs->merge_outputs ? TUFF_OK : tuff_infer_shape(c, 1, 3, (const int32_t[]){in[0], in[1], bw.output});
}

static tuff_status prepare_bidirectional(tuff_context *c) {
    const tuff_bidirectional_sequence_lstm_attrs *attrs = c->attrs;
    const options p = {attrs->fused_activation_function, attrs->cell_clip, attrs->proj_clip, attrs->asymmetric_quantize_inputs};
    tuff_lstm_operands o;
    tuff_lstm_shape s;
    TUFF_TRY(check_options(c, &p));
    TUFF_TRY(bidirectional_shape(c, false, &o, &s));
    TUFF_TRY(emit_direction(c, &o, &s, &p, 0, 0, false));
    const int32_t first = s.output;
    TUFF_TRY(bidirectional_shape(c, true, &o, &s));
    return emit_direction(c, &o, &s, &p, attrs->merge_outputs ? 0 : 1, attrs->merge_outputs ? first : 0, true);
}

/* ---- records ---- */
#define ALL(type) \
    { type, type, type, type, type, type }
#define WITH(input, type) \
    { input, type, type, type, type, type }
/* rows whose steps lstm_basic.c and lstm_integer.c emit: the kernel by name */
#define NAMED(function) \
    { function, #function, NULL, 0, NULL }
static const tuff_variant lstm_variants[] = {
    {ALL("f32"), {"f32", "f32", "f32", "f32"}, 1, NULL, FLOAT},
    {WITH("f32", "s8|u8"), {"f32"}, 3, NULL, FLOAT},
    {WITH("s8", "s8"), {"s8"}, 4, NULL, NAMED(tuff_lstm_8x8_16)},
    {{"u8", "u8", "u8", "s32", "s16"}, {"u8", "s16", "u8", "s16"}, 2, NULL, NAMED(tuff_lstm_basic_u8)},
    {.version = 0},
};
static const tuff_variant unidirectional_variants[] = {
    {{"f32", "f32", "f32", "f32", "f32", "f32"}, {"f32"}, 1, NULL, FLOAT},
    {{"f32", "s8|u8", "s8|u8", "s8|u8", "s8|u8", "s8|u8|f32"}, {"f32"}, 2, NULL, FLOAT},
    {WITH("s8", "s8"), {"s8"}, 3, NULL, NAMED(tuff_lstm_8x8_16)},
    {.version = 0},
};
static const tuff_variant bidirectional_variants[] = {
    {ALL("f32"), {"f32", "f32"}, 1, NULL, FLOAT},
    {WITH("f32", "s8|u8"), {"f32", "f32"}, 2, NULL, FLOAT},
    {.version = 0},
};

const tuff_op tuff_op_lstm = {
    .name = "LSTM",
    .code = 16,
    .options = TUFF_OPTIONS(LSTMOptions, 14, tuff_lstm_attrs, lstm_fields),
    /* the basic kernel's five: input, prev_activation!, weights, bias, prev_state! */
    .inputs = "input input_to_input_weights? input_to_forget_weights input_to_cell_weights input_to_output_weights recurrent_to_input_weights? "
              "recurrent_to_forget_weights? recurrent_to_cell_weights? recurrent_to_output_weights? cell_to_input_weights? cell_to_forget_weights? "
              "cell_to_output_weights? input_gate_bias? forget_gate_bias? cell_gate_bias? output_gate_bias? projection_weights? projection_bias? "
              "output_state?! cell_state?! input_layer_norm? forget_layer_norm? cell_layer_norm? output_layer_norm?",
    .outputs = "outputs*",
    .variants = lstm_variants,
    .infer = infer_lstm,
    .prepare = prepare_lstm,
    .flags = TUFF_OP_IMPURE,
    .highest = 4,
};
const tuff_op tuff_op_unidirectional_sequence_lstm = {
    .name = "UNIDIRECTIONAL_SEQUENCE_LSTM",
    .code = 44,
    .options = TUFF_OPTIONS(UnidirectionalSequenceLSTMOptions, 71, tuff_unidirectional_sequence_lstm_attrs, unidirectional_fields),
    .inputs = "input input_to_input_weights? input_to_forget_weights input_to_cell_weights input_to_output_weights recurrent_to_input_weights? "
              "recurrent_to_forget_weights recurrent_to_cell_weights recurrent_to_output_weights cell_to_input_weights? cell_to_forget_weights? "
              "cell_to_output_weights? input_gate_bias? forget_gate_bias cell_gate_bias output_gate_bias projection_weights? projection_bias? "
              "output_state! cell_state! input_layer_norm? forget_layer_norm? cell_layer_norm? output_layer_norm?",
    .outputs = "output",
    .variants = unidirectional_variants,
    .infer = infer_unidirectional,
    .prepare = prepare_unidirectional,
    .flags = TUFF_OP_IMPURE,
    .highest = 4,
};
const tuff_op tuff_op_bidirectional_sequence_lstm = {
    .name = "BIDIRECTIONAL_SEQUENCE_LSTM",
    .code = 52,
    .options = TUFF_OPTIONS(BidirectionalSequenceLSTMOptions, 69, tuff_bidirectional_sequence_lstm_attrs, bidirectional_fields),
    .inputs =
        "input fw_input_to_input_weights? fw_input_to_forget_weights fw_input_to_cell_weights fw_input_to_output_weights fw_recurrent_to_input_weights? "
        "fw_recurrent_to_forget_weights fw_recurrent_to_cell_weights fw_recurrent_to_output_weights fw_cell_to_input_weights? fw_cell_to_forget_weights? "
        "fw_cell_to_output_weights? fw_input_gate_bias? fw_forget_gate_bias fw_cell_gate_bias fw_output_gate_bias fw_projection_weights? fw_projection_bias? "
        "bw_input_to_input_weights? bw_input_to_forget_weights bw_input_to_cell_weights bw_input_to_output_weights bw_recurrent_to_input_weights? "
        "bw_recurrent_to_forget_weights bw_recurrent_to_cell_weights bw_recurrent_to_output_weights bw_cell_to_input_weights? bw_cell_to_forget_weights? "
        "bw_cell_to_output_weights? bw_input_gate_bias? bw_forget_gate_bias bw_cell_gate_bias bw_output_gate_bias bw_projection_weights? bw_projection_bias? "
        "fw_output_state! fw_cell_state! bw_output_state! bw_cell_state! aux_input? fw_aux_input_to_input_weights? fw_aux_input_to_forget_weights? "
        "fw_aux_input_to_cell_weights? fw_aux_input_to_output_weights? bw_aux_input_to_input_weights? bw_aux_input_to_forget_weights? "
        "bw_aux_input_to_cell_weights? bw_aux_input_to_output_weights?",
    .outputs = "fw_output bw_output?",
    .variants = bidirectional_variants,
    .infer = infer_bidirectional,
    .prepare = prepare_bidirectional,
    .flags = TUFF_OP_IMPURE,
    .highest = 3,
};
#endif
