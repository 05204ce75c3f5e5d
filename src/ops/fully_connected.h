/* FULLY_CONNECTED: rows of inputs times a matrix of weights.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_FULLY_CONNECTED_H
#define TUFF_OPS_FULLY_CONNECTED_H

#include "ops/matmul.h"

typedef struct tuff_fully_connected_attrs {
    int8_t fused_activation_function, weights_format;
    bool keep_num_dims, asymmetric_quantize_inputs;
    int8_t quantized_bias_type;
    tuff_bytes quant_spec; /* of LiteRT 2.3; kept, not used */
} tuff_fully_connected_attrs;

typedef struct tuff_fully_connected_shape {
    int32_t rows, depth, units;
} tuff_fully_connected_shape;

typedef struct tuff_fully_connected_f32_args {
    tuff_fully_connected_shape shape;
    float lo, hi;
} tuff_fully_connected_f32_args;

typedef struct tuff_fully_connected_s8_args {
    tuff_fully_connected_shape shape;
    int32_t flip, zero_in, zero_weights; /* flip: 0x80 for u8; zero points after flipping */
    int32_t zero_out, lo, hi;
    bool wide;  /* outputs are s16 */
    bool fixed; /* requantized in fixed point */
} tuff_fully_connected_s8_args;

typedef struct tuff_fully_connected_s16_args {
    tuff_fully_connected_shape shape;
    int32_t zero_weights, lo, hi;
    bool wide; /* bias is s64, else s32 */
} tuff_fully_connected_s16_args;

typedef struct tuff_fully_connected_hybrid_args {
    tuff_fully_connected_shape shape;
    int32_t activation; /* TUFF_ACTIVATION_TANH, TUFF_ACTIVATION_SIGN_BIT, or any that lo and hi say */
    float lo, hi;
} tuff_fully_connected_hybrid_args;

typedef struct tuff_fully_connected_shuffled_args {
    tuff_fully_connected_shape shape;
    int32_t lo, hi;
} tuff_fully_connected_shuffled_args;

int tuff_fully_connected_f32(const void *args, void *const *io, int job, int jobs);
int tuff_fully_connected_s8(const void *args, void *const *io, int job, int jobs);
int tuff_fully_connected_s16(const void *args, void *const *io, int job, int jobs);
int tuff_fully_connected_s16xs16(const void *args, void *const *io, int job, int jobs);
int tuff_fully_connected_hybrid(const void *args, void *const *io, int job, int jobs);
int tuff_fully_connected_shuffled(const void *args, void *const *io, int job, int jobs);

#endif
