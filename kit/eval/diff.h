/* What is summed up per pair of tensors, and the verdict on it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_EVAL_DIFF_H
#define TUFF_KIT_EVAL_DIFF_H

#include "kit/eval/align.h"
#include "tuff/diff.h"

/* a: the reference's values, b: the other's */
typedef struct tuff_meter {
    const tuff_point *a, *b;
    double aa, bb, ab, errors; /* sums of squares and products; of (a - b)^2 */
    double largest;
    double low[2], high[2];
    double least, most; /* reals at the ends of b's type; infinite for floats */
    double scale;       /* of b's type, 0 for floats */
    int64_t count, clipped;
    double clipped_energy;  /* of what of a lies beyond the ends */
    int32_t channels;       /* last dim of a, 0: not looked at */
    float *channel_largest; /* magnitude in a */
} tuff_meter;

/* How far the weights of the two nodes are apart; scaling per channel, as folding does it, doesn't count. */
typedef struct tuff_weights_difference {
    bool known;
    double snr, worst_snr; /* dB: of all, of the channel that is farthest off */
    int32_t worst, channels;
    bool one_scale; /* the second's weights have a single one */
    double spread;  /* the largest channel's magnitude over the median's */
} tuff_weights_difference;

typedef struct tuff_diff_case {
    const tuff_interpreter *it[2];
    const tuff_subgraph *subgraph[2];
    tuff_meter *meters; /* per row */
    tuff_diff_result *result;
    tuff_arena *arena;
} tuff_diff_case;

double tuff_decibels(double signal, double noise);
/* Sets first_wrong, cause and conclusion. */
tuff_status tuff_diff_conclude(tuff_diff_case *c, tuff_error *error) TUFF_MUST_USE;

#endif
