/* SPACE_TO_BATCH_ND, BATCH_TO_SPACE_ND: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SPACE_TO_BATCH_ND_H
#define TUFF_OPS_SPACE_TO_BATCH_ND_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_space_to_batch_args {
    int32_t batches; /* of the images in space */
    int32_t in_height, in_width, out_height, out_width, block_height, block_width, top, left;
    int32_t channels, bytes;
} tuff_space_to_batch_args;

int tuff_space_to_batch(const void *args, void *const *io, int job, int jobs);
int tuff_batch_to_space(const void *args, void *const *io, int job, int jobs);

#endif
