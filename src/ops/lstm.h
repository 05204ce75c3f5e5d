/* LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM: attrs, args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_LSTM_H
#define TUFF_OPS_LSTM_H

#include "ops/recurrent.h"

typedef struct tuff_lstm_attrs {
    int8_t fused_activation_function;
    float cell_clip, proj_clip;
    int8_t kernel_type;
    bool asymmetric_quantize_inputs;
} tuff_lstm_attrs;
typedef struct tuff_unidirectional_sequence_lstm_attrs {
    int8_t fused_activation_function;
    float cell_clip, proj_clip;
    bool time_major, asymmetric_quantize_inputs, diagonal_recurrent_tensors;
} tuff_unidirectional_sequence_lstm_attrs;
typedef struct tuff_bidirectional_sequence_lstm_attrs {
    int8_t fused_activation_function;
    float cell_clip, proj_clip;
    bool merge_outputs, time_major, asymmetric_quantize_inputs;
} tuff_bidirectional_sequence_lstm_attrs;

/* The gates, in the order of the file. */
enum { TUFF_GATE_INPUT, TUFF_GATE_FORGET, TUFF_GATE_CELL, TUFF_GATE_OUTPUT, TUFF_GATES };

/* ---- f32 and hybrid ---- */
typedef struct tuff_lstm_args {
    tuff_recurrent r;
    bool backward;
    int32_t input, aux, cell, output; /* depths; aux 0: none */
    int32_t out_pitch, out_first;     /* a merged output holds both directions side by side */
    int32_t activation;
    int32_t diagonal; /* a bit for each gate whose recurrent weights are a diagonal */
    float cell_clip, proj_clip;
    float input_scales[TUFF_GATES], aux_scales[TUFF_GATES], recurrent_scales[TUFF_GATES], peephole_scales[TUFF_GATES], projection_scale;
} tuff_lstm_args;
/* io: what the layer has, then six for each gate */
enum {
    TUFF_LSTM_X,
    TUFF_LSTM_AUX,
    TUFF_LSTM_OUTPUT_STATE,
    TUFF_LSTM_CELL_STATE,
    TUFF_LSTM_OUTPUT,
    TUFF_LSTM_PROJECTION,
    TUFF_LSTM_PROJECTION_BIAS,
    TUFF_LSTM_GATE_ROOM,
    TUFF_LSTM_PRODUCT_ROOM,
    TUFF_LSTM_VECTOR_ROOM,
    TUFF_LSTM_FIRST_GATE,
    TUFF_LSTM_GATE_WEIGHTS = 0,
    TUFF_LSTM_GATE_AUX,
    TUFF_LSTM_GATE_RECURRENT,
    TUFF_LSTM_GATE_PEEPHOLE,
    TUFF_LSTM_GATE_BIAS,
    TUFF_LSTM_GATE_NORM,
    TUFF_LSTM_GATE_IO,
    TUFF_LSTM_IO = TUFF_LSTM_FIRST_GATE + TUFF_GATES * TUFF_LSTM_GATE_IO
};
/* bytes of a job's rooms */
static inline size_t tuff_lstm_gate_bytes(const tuff_lstm_args *a) { return (size_t)a->r.batches * (size_t)a->cell * TUFF_GATES * sizeof(float); }
static inline size_t tuff_lstm_product_bytes(const tuff_lstm_args *a) {
    return tuff_product_bytes(&a->r, a->r.batches, a->cell > a->output ? a->cell : a->output);
}
static inline size_t tuff_lstm_vector_bytes(const tuff_lstm_args *a) { /* x, aux, output state, hidden */
    const int32_t n = a->r.batches;
    return tuff_scratch_pitch(tuff_vectors_bytes(n, a->input)) + tuff_scratch_pitch(tuff_vectors_bytes(n, a->aux)) +
           tuff_scratch_pitch(tuff_vectors_bytes(n, a->output)) + tuff_scratch_pitch(tuff_vectors_bytes(n, a->cell));
}
int tuff_lstm_f32(const void *args, void *const *io, int job, int jobs);

#ifndef TUFF_KERNELS_ONLY
/* Input indices of one direction's tensors; -1: none. */
typedef struct tuff_lstm_operands {
    int32_t input, aux, weights[TUFF_GATES], aux_weights[TUFF_GATES], recurrent[TUFF_GATES], peephole[TUFF_GATES], bias[TUFF_GATES], norm[TUFF_GATES];
    int32_t projection, projection_bias, output_state, cell_state;
} tuff_lstm_operands;
/* What infer and prepare find out about one direction. */
typedef struct tuff_lstm_shape {
    tuff_recurrent r;
    int32_t input, aux, cell, output, diagonal;
    bool coupled; /* the input gate is 1 - the forget gate */
} tuff_lstm_shape;
/* infer and prepare: every shape and type; `vector` and `matrix` are the types of bias and weights. */
tuff_status tuff_lstm_check(tuff_context *c, const tuff_lstm_operands *o, tuff_lstm_shape *s) TUFF_MUST_USE;
#endif

#endif
