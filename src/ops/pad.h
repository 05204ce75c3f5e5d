/* PAD and PADV2: args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_PAD_H
#define TUFF_OPS_PAD_H

#include "ops/share.h"
#include "tuff/op.h"

/* dims and paddings in elements, outermost first; axes without padding are joined to the one before them */
typedef struct tuff_pad_args {
    int32_t rank, bytes;
    int32_t in[TUFF_MAX_RANK], before[TUFF_MAX_RANK], out[TUFF_MAX_RANK];
} tuff_pad_args;
int tuff_pad(const void *args, void *const *io, int job, int jobs);

#endif
