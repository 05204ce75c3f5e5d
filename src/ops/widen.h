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

/* Element k of packed elements of 8, 4 or 2 bits. */
static inline int8_t tuff_narrow_at(const void *in, int64_t k, int32_t bits) {
    const int32_t per_byte = 8 / bits, mask = (1 << bits) - 1, sign = 1 << (bits - 1);
    return (int8_t)(((((const uint8_t *)in)[k / per_byte] >> (int32_t)(k % per_byte) * bits & mask) ^ sign) - sign);
}

/* Input `input` as s8: itself, or widened, once where it is constant and by a step of its own elsewhere. */
tuff_status tuff_widen_input(tuff_context *c, int32_t input, tuff_io *io) TUFF_MUST_USE;

#endif
