/* RNN, UNIDIRECTIONAL_SEQUENCE_RNN, BIDIRECTIONAL_SEQUENCE_RNN: attrs, args and kernel.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_RNN_H
#define TUFF_OPS_RNN_H

#include "ops/recurrent.h"

typedef struct tuff_rnn_attrs {
    int8_t fused_activation_function;
    bool asymmetric_quantize_inputs;
} tuff_rnn_attrs;
typedef struct tuff_sequence_rnn_attrs {
    bool time_major;
    int8_t fused_activation_function;
    bool asymmetric_quantize_inputs;
} tuff_sequence_rnn_attrs;
typedef struct tuff_bidirectional_sequence_rnn_attrs {
    bool time_major;
    int8_t fused_activation_function;
    bool merge_outputs, asymmetric_quantize_inputs;
} tuff_bidirectional_sequence_rnn_attrs;

typedef struct tuff_rnn_args {
    tuff_recurrent r;
    bool backward;
    int32_t walks;                /* how often the whole sequence is walked */
    int32_t input, aux, units;    /* depths; aux 0: none */
    int32_t out_pitch, out_first; /* a merged output holds both directions side by side */
    int32_t activation;
    float input_scale, aux_scale, recurrent_scale;
} tuff_rnn_args;
/* bytes of a job's rooms */
static inline size_t tuff_rnn_sum_bytes(const tuff_rnn_args *a) { return (size_t)a->r.batches * (size_t)a->units * sizeof(float); }
static inline size_t tuff_rnn_vector_bytes(const tuff_rnn_args *a) { /* of one after the other: x, aux, state */
    const int32_t deepest = a->input > a->aux ? a->input : a->aux;
    return tuff_vectors_bytes(a->r.batches, deepest > a->units ? deepest : a->units);
}
int tuff_rnn_f32(const void *args, void *const *io, int job, int jobs);

#endif
