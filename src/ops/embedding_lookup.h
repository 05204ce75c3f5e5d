/* EMBEDDING_LOOKUP: args and kernels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_EMBEDDING_LOOKUP_H
#define TUFF_OPS_EMBEDDING_LOOKUP_H

#include "tuff/op.h"

typedef struct tuff_embedding_lookup_args {
    int32_t lookups, rows;
    int64_t row;  /* bytes of a row, or, where quantized, its elements */
    int32_t bits; /* of an element; quantized only */
    bool half;    /* outputs are f16; quantized only */
} tuff_embedding_lookup_args;
int tuff_embedding_lookup(const void *args, void *const *io, int job, int jobs);
int tuff_embedding_lookup_quantized(const void *args, void *const *io, int job, int jobs);

#endif
