/* LSTM cells in integers: s8 inputs and outputs, s16 cell states.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_LSTM_INTEGER_H
#define TUFF_OPS_LSTM_INTEGER_H

#include "ops/lstm.h"

typedef struct tuff_lstm_integer_args {
    tuff_recurrent r;
    int32_t input, cell, output;
    int32_t zero_input, zero_state, zero_hidden;
    int32_t cell_log2, cell_clip, proj_clip; /* the cell state's scale is 2^cell_log2 */
    tuff_multiplier input_factors[TUFF_GATES], recurrent_factors[TUFF_GATES], peephole_factors[TUFF_GATES], norm_factors[TUFF_GATES];
    int32_t guards[TUFF_GATES];
    tuff_multiplier hidden, projection;
    /* products of 8 bits: from each to their sum, and their zero points */
    tuff_multiplier input_sums[TUFF_GATES], recurrent_sums[TUFF_GATES];
    int32_t input_zeros[TUFF_GATES], recurrent_zeros[TUFF_GATES];
} tuff_lstm_integer_args;
int tuff_lstm_8x8_16(const void *args, void *const *io, int job, int jobs); /* io as TUFF_LSTM_* */
int tuff_lstm_8x8_8(const void *args, void *const *io, int job, int jobs);
static inline size_t tuff_lstm_integer_bytes(const tuff_lstm_integer_args *a) { return (size_t)a->cell * (TUFF_GATES * sizeof(int16_t) + 1); }

#ifndef TUFF_KERNELS_ONLY
tuff_status tuff_lstm_integer_prepare(tuff_context *c, const tuff_lstm_operands *o, const tuff_lstm_shape *s, float cell_clip, float proj_clip) TUFF_MUST_USE;
#endif

#endif
