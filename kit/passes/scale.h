/* What the two passes that fold constants into weights share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_PASSES_SCALE_H
#define TUFF_KIT_PASSES_SCALE_H

#include "kit/passes/passes.h"

/* What a MUL, ADD or SUB does to channel c: x * value[c], or x + sign * value[c]. */
typedef struct tuff_scale {
    tuff_tensor constant; /* one value, or one per channel */
    int32_t x;            /* the tensor that it changes */
    bool multiplies;
    float sign;
} tuff_scale;

/* Is the node such a step, with finite f32 constants, that keeps its input's shape? */
bool tuff_scale_read(const tuff_subgraph *s, const tuff_node *n, int32_t channels, tuff_scale *out);
float tuff_scale_value(const tuff_scale *step, size_t channel);
/* CONV_2D, DEPTHWISE_CONV_2D or FULLY_CONNECTED in f32 with plain constant weights and bias: these change. */
bool tuff_scale_takes(const tuff_subgraph *s, const tuff_node *n);
/* Input `k` (1: weights, 2: bias) becomes a new constant of `old`'s name and shape; the values stay where they are. */
tuff_status tuff_scale_replace(tuff_pass *p, int32_t node, int32_t k, const tuff_tensor *old, const float *values, size_t bytes);

#endif
