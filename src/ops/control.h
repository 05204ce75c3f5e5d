/* Ops that call subgraphs: plan/control.c executes them. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_CONTROL_H
#define TUFF_OPS_CONTROL_H

#include "tuff/op.h"

typedef struct tuff_call_attrs {
    uint32_t subgraph;
} tuff_call_attrs;
typedef struct tuff_call_once_attrs {
    int32_t init_subgraph_index;
} tuff_call_once_attrs;
typedef struct tuff_if_attrs {
    int32_t then_subgraph_index, else_subgraph_index;
} tuff_if_attrs;
typedef struct tuff_while_attrs {
    int32_t cond_subgraph_index, body_subgraph_index;
} tuff_while_attrs;
typedef struct tuff_stablehlo_case_attrs {
    tuff_s32s branch_subgraph_indices;
} tuff_stablehlo_case_attrs;
typedef struct tuff_stable_hlo_composite_attrs {
    const char *name;
    int32_t decomposition_subgraph_index;
    tuff_bytes composite_attributes;
    int8_t composite_attributes_format;
    int32_t version;
} tuff_stable_hlo_composite_attrs;

#endif
