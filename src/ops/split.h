/* SPLIT, SPLIT_V, UNPACK: attrs. Their kernel is move.h's. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SPLIT_H
#define TUFF_OPS_SPLIT_H

#include "ops/move.h"

typedef struct tuff_split_attrs {
    int32_t num_splits;
} tuff_split_attrs; /* SPLIT_V's too */
typedef struct tuff_unpack_attrs {
    int32_t num, axis;
} tuff_unpack_attrs;

#endif
