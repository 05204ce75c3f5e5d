/* PAD, PADV2, MIRROR_PAD: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_PAD_H
#define TUFF_OPS_PAD_H

#include "ops/share.h"
#include "tuff/op.h"

/* dims and paddings in elements, outermost first; axes without padding are joined to the one before them */
typedef struct tuff_pad_args {
    int32_t rank, bytes;
    int32_t in[TUFF_MAX_RANK], before[TUFF_MAX_RANK], out[TUFF_MAX_RANK];
} tuff_pad_args;
typedef struct tuff_mirror_pad_attrs {
    int8_t mode;
} tuff_mirror_pad_attrs;
typedef struct tuff_mirror_pad_args {
    int32_t rank, bytes;
    int32_t offset; /* 1: the mirror lies on the edge elements, 0: beyond them */
    int32_t in[TUFF_MAX_RANK], before[TUFF_MAX_RANK], out[TUFF_MAX_RANK];
} tuff_mirror_pad_args;

int tuff_pad(const void *args, void *const *io, int job, int jobs);
int tuff_mirror_pad(const void *args, void *const *io, int job, int jobs);

#ifndef TUFF_KERNELS_ONLY
/* The real 0 of output 0's type and scale, as an io of one element. */
tuff_io tuff_pad_zero(tuff_context *c);
#endif

#endif
