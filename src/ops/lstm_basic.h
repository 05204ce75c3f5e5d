/* LSTM's basic kernel: five inputs, one matrix of weights, four outputs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_LSTM_BASIC_H
#define TUFF_OPS_LSTM_BASIC_H

#include "tuff/op.h"

typedef struct tuff_lstm_basic_args {
    int32_t batches, input, cells;
    int32_t zero_weights;   /* u8 only */
    tuff_multiplier factor; /* u8 only: from sums to Q3.12 */
} tuff_lstm_basic_args;
int tuff_lstm_basic_f32(const void *args, void *const *io, int job, int jobs);
int tuff_lstm_basic_u8(const void *args, void *const *io, int job, int jobs);

#ifndef TUFF_KERNELS_ONLY
tuff_status tuff_lstm_basic_infer(tuff_context *c) TUFF_MUST_USE;
tuff_status tuff_lstm_basic_prepare(tuff_context *c) TUFF_MUST_USE;
#endif

#endif
