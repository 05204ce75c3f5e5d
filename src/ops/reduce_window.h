/* STABLEHLO_REDUCE_WINDOW and REDUCE_WINDOW: attrs, args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_REDUCE_WINDOW_H
#define TUFF_OPS_REDUCE_WINDOW_H

#include "ops/walk.h"

typedef struct tuff_stablehlo_reduce_window_attrs {
    tuff_s64s window_dimensions, window_strides, base_dilations, window_dilations, padding;
    int32_t body_subgraph_index;
} tuff_stablehlo_reduce_window_attrs;
typedef struct tuff_reduce_window_attrs {
    int32_t reduce_function;
} tuff_reduce_window_attrs;

typedef struct tuff_reduce_window_args {
    tuff_walk outputs, window; /* a: where the window begins, and its elements from there */
    int32_t type, combination;
} tuff_reduce_window_args;
int tuff_reduce_window(const void *args, void *const *io, int job, int jobs);

#endif
