/* Fused activations: their names in the file, and the ranges that they clamp to.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_ACTIVATION_H
#define TUFF_OPS_ACTIVATION_H

#include "tuff/op.h"

enum { TUFF_ACTIVATION_NONE, TUFF_ACTIVATION_RELU, TUFF_ACTIVATION_RELU_N1_TO_1, TUFF_ACTIVATION_RELU6, TUFF_ACTIVATION_TANH, TUFF_ACTIVATION_SIGN_BIT };
extern const char *const tuff_activation_names[]; /* ends with NULL */

/* As the reference does: no activation clamps to +-FLT_MAX, and what is no clamp at all (TANH, SIGN_BIT) counts as none. */
void tuff_activation_range_f32(int activation, float *lo, float *hi);
/* The range of the quantized output: its type's, cut to the activation's by the output's scale and zero point. */
tuff_status tuff_activation_range(tuff_context *c, int activation, const tuff_tensor *output, int32_t *lo, int32_t *hi) TUFF_MUST_USE;

/* NaN passes */
static inline float tuff_clamp_f32(float x, float lo, float hi) { return x < lo ? lo : x > hi ? hi : x; }

#endif
