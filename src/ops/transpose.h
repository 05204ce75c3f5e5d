/* TRANSPOSE, DEPTH_TO_SPACE, SPACE_TO_DEPTH: attrs. Their kernels are move.h's. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_TRANSPOSE_H
#define TUFF_OPS_TRANSPOSE_H

#include "ops/move.h"

typedef struct tuff_block_attrs {
    int32_t block_size;
} tuff_block_attrs;

#endif
