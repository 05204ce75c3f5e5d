/* REVERSE_SEQUENCE: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_REVERSE_SEQUENCE_H
#define TUFF_OPS_REVERSE_SEQUENCE_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_reverse_sequence_attrs {
    int32_t seq_dim, batch_dim;
} tuff_reverse_sequence_attrs;
typedef struct tuff_reverse_sequence_args {
    int64_t outer, middle, bytes;
    int32_t first, second;     /* sizes of the two axes, in their order */
    bool sequence_first, wide; /* wide: lengths are s64, not s32 */
} tuff_reverse_sequence_args;

int tuff_reverse_sequence(const void *args, void *const *io, int job, int jobs);

#endif
