/* RESHAPE, SQUEEZE, EXPAND_DIMS, SHAPE, RANK: attrs. They have no kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RESHAPE_H
#define TUFF_OPS_RESHAPE_H

#include "tuff/op.h"

typedef struct tuff_reshape_attrs {
    tuff_s32s new_shape;
} tuff_reshape_attrs;
typedef struct tuff_squeeze_attrs {
    tuff_s32s squeeze_dims;
} tuff_squeeze_attrs;
typedef struct tuff_shape_attrs {
    int8_t out_type;
} tuff_shape_attrs;

#endif
