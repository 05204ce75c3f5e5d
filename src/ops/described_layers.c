/* Ops with weights, windows or state: convolutions, pooling, resizing, recurrent layers. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/activation.h"
#include "ops/described.h"
#include "ops/window.h"

/* ---- matrices, windows and images ---- */

static const tuff_field batch_mat_mul_fields[] = {
    TUFF_FIELD(tuff_batch_mat_mul_attrs, adj_x, BOOL, 0),
    TUFF_FIELD(tuff_batch_mat_mul_attrs, adj_y, BOOL, 1),
    TUFF_FIELD(tuff_batch_mat_mul_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 4),
    TUFF_FIELD_END,
};
static const tuff_field transpose_conv_fields[] = {
    TUFF_FIELD(tuff_transpose_conv_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_transpose_conv_attrs, stride_w, S32, 1),
    TUFF_FIELD(tuff_transpose_conv_attrs, stride_h, S32, 2),
    TUFF_FIELD(tuff_transpose_conv_attrs, fused_activation_function, S8, 3, .version = 4, .names = tuff_activation_names),
    TUFF_FIELD(tuff_transpose_conv_attrs, quantized_bias_type, S8, 4, .version = 5, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field conv_3d_fields[] = {
    TUFF_FIELD(tuff_conv_3d_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_d, S32, 1),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_w, S32, 2),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_h, S32, 3),
    TUFF_FIELD(tuff_conv_3d_attrs, fused_activation_function, S8, 4, .names = tuff_activation_names),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_d_factor, S32, 5, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_w_factor, S32, 6, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_h_factor, S32, 7, .standard = 1),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(batch_matmul, "BATCH_MATMUL", 126, 4, "x y", "output", TUFF_OPTIONS(BatchMatMulOptions, 101, tuff_batch_mat_mul_attrs, batch_mat_mul_fields));
TUFF_DESCRIBED(transpose_conv, "TRANSPOSE_CONV", 67, 5, "output_shape weights input bias?", "output",
               TUFF_OPTIONS(TransposeConvOptions, 49, tuff_transpose_conv_attrs, transpose_conv_fields));
TUFF_DESCRIBED(conv_3d, "CONV_3D", 132, 1, "input filter bias?", "output", TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, conv_3d_fields));
TUFF_DESCRIBED(conv_3d_transpose, "CONV_3D_TRANSPOSE", 141, 1, "output_shape filter input bias?", "output",
               TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, conv_3d_fields));
TUFF_DESCRIBED(rfft2d, "RFFT2D", 131, 1, "input fft_length", "output", TUFF_OPTIONS_EMPTY(Rfft2dOptions, 105));

/* ---- recurrent layers ---- */

static const tuff_field rnn_fields[] = {
    TUFF_FIELD(tuff_rnn_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_rnn_attrs, asymmetric_quantize_inputs, BOOL, 1, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field sequence_rnn_fields[] = {
    TUFF_FIELD(tuff_sequence_rnn_attrs, time_major, BOOL, 0),
    TUFF_FIELD(tuff_sequence_rnn_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_sequence_rnn_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field bidirectional_sequence_rnn_fields[] = {
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, time_major, BOOL, 0),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, merge_outputs, BOOL, 2),
    TUFF_FIELD(tuff_bidirectional_sequence_rnn_attrs, asymmetric_quantize_inputs, BOOL, 3, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field svdf_fields[] = {
    TUFF_FIELD(tuff_svdf_attrs, rank, S32, 0),
    TUFF_FIELD(tuff_svdf_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD(tuff_svdf_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 4),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(rnn, "RNN", 24, 3, "input weights recurrent_weights bias hidden_state!", "output", TUFF_OPTIONS(RNNOptions, 7, tuff_rnn_attrs, rnn_fields));
TUFF_DESCRIBED(unidirectional_sequence_rnn, "UNIDIRECTIONAL_SEQUENCE_RNN", 35, 3, "input weights recurrent_weights bias hidden_state!", "output",
               TUFF_OPTIONS(SequenceRNNOptions, 31, tuff_sequence_rnn_attrs, sequence_rnn_fields));
TUFF_DESCRIBED(bidirectional_sequence_rnn, "BIDIRECTIONAL_SEQUENCE_RNN", 46, 3,
               "input fw_weights fw_recurrent_weights fw_bias fw_hidden_state! bw_weights bw_recurrent_weights bw_bias bw_hidden_state! aux_input? "
               "fw_aux_weights? bw_aux_weights?",
               "fw_output bw_output?",
               TUFF_OPTIONS(BidirectionalSequenceRNNOptions, 70, tuff_bidirectional_sequence_rnn_attrs, bidirectional_sequence_rnn_fields));
TUFF_DESCRIBED(svdf, "SVDF", 27, 4, "input feature_weights time_weights bias? state!", "output", TUFF_OPTIONS(SVDFOptions, 6, tuff_svdf_attrs, svdf_fields));
