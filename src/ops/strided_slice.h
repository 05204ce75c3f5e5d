/* STRIDED_SLICE: attrs. Its kernels are move.h's. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_STRIDED_SLICE_H
#define TUFF_OPS_STRIDED_SLICE_H

#include "ops/move.h"

typedef struct tuff_strided_slice_attrs {
    int32_t begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
    bool offset;
} tuff_strided_slice_attrs;

#endif
