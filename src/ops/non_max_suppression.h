/* NON_MAX_SUPPRESSION_V4 and _V5: args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_NON_MAX_SUPPRESSION_H
#define TUFF_OPS_NON_MAX_SUPPRESSION_H

#include "tuff/op.h"

/* of boxes [n][y1, x1, y2, x2] (two opposite corners): intersection over union; 0 where one is empty */
float tuff_box_overlap(const float *a, const float *b);

typedef struct tuff_suppression_candidate {
    int32_t index;
    float score;
    int32_t compared; /* with how many of the selected ones */
} tuff_suppression_candidate;

typedef struct tuff_non_max_suppression_args {
    int32_t boxes, most, soft;
} tuff_non_max_suppression_args;
int tuff_non_max_suppression(const void *args, void *const *io, int job, int jobs);

#endif
