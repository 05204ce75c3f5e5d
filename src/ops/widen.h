/* Weights of 4 and 2 bits, widened to s8.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_WIDEN_H
#define TUFF_OPS_WIDEN_H

#include "tuff/op.h"

typedef struct tuff_widen_args {
    int64_t count;
    int32_t bits, unused; /* bits: 4 or 2 */
} tuff_widen_args;
int tuff_widen(const void *args, void *const *io, int job, int jobs);

/* Input `input` as s8: itself, or widened, once where it is constant and by a step of its own elsewhere. */
tuff_status tuff_widen_input(tuff_context *c, int32_t input, tuff_io *io) TUFF_MUST_USE;

#endif
