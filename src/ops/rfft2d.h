/* RFFT2D: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RFFT2D_H
#define TUFF_OPS_RFFT2D_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_rfft2d_args {
    int64_t images;
    int32_t in_height, in_width, height, width; /* height, width: of the transform, powers of two */
} tuff_rfft2d_args;

int tuff_rfft2d(const void *args, void *const *io, int job, int jobs);

#endif
