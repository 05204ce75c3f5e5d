/* Ops that call subgraphs: records without kernels. plan/control.c plans and runs them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/control.h"

static const tuff_field call_fields[] = {
    TUFF_FIELD(tuff_call_attrs, subgraph, U32, 0),
    TUFF_FIELD_END,
};
static const tuff_field call_once_fields[] = {
    TUFF_FIELD(tuff_call_once_attrs, init_subgraph_index, S32, 0),
    TUFF_FIELD_END,
};
static const tuff_field if_fields[] = {
    TUFF_FIELD(tuff_if_attrs, then_subgraph_index, S32, 0),
    TUFF_FIELD(tuff_if_attrs, else_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field while_fields[] = {
    TUFF_FIELD(tuff_while_attrs, cond_subgraph_index, S32, 0),
    TUFF_FIELD(tuff_while_attrs, body_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field stablehlo_case_fields[] = {
    TUFF_FIELD(tuff_stablehlo_case_attrs, branch_subgraph_indices, VECTOR_S32, 0),
    TUFF_FIELD_END,
};
static const tuff_field stable_hlo_composite_fields[] = {
    TUFF_FIELD(tuff_stable_hlo_composite_attrs, name, STRING, 0),
    TUFF_FIELD(tuff_stable_hlo_composite_attrs, decomposition_subgraph_index, S32, 1),
    TUFF_FIELD(tuff_stable_hlo_composite_attrs, composite_attributes, BYTES, 2),
    TUFF_FIELD(tuff_stable_hlo_composite_attrs, composite_attributes_format, S8, 3),
    TUFF_FIELD(tuff_stable_hlo_composite_attrs, version, S32, 4),
    TUFF_FIELD_END,
};

static const tuff_variant if_rows[] = {{.inputs = {"bool", "any"}, .outputs = {"any"}, .version = 1}, {.outputs = {NULL}}};
static const tuff_variant case_rows[] = {{.inputs = {"s32", "any"}, .outputs = {"any"}, .version = 1}, {.outputs = {NULL}}};
static const tuff_variant any_rows[] = {{.inputs = {"any"}, .outputs = {"any"}, .version = 1}, {.outputs = {NULL}}};
static const tuff_variant once_rows[] = {{.inputs = {""}, .outputs = {""}, .version = 1}, {.outputs = {NULL}}};

/* table: name and number in the union */
#define RECORD(symbol, name_, code_, inputs_, outputs_, rows, ...)               \
    const tuff_op tuff_op_##symbol = {.name = name_,                             \
                                      .code = code_,                             \
                                      .highest = 1,                              \
                                      .inputs = inputs_,                         \
                                      .outputs = outputs_,                       \
                                      .variants = rows,                          \
                                      .flags = TUFF_OP_IMPURE | TUFF_OP_CONTROL, \
                                      .options = __VA_ARGS__}

RECORD(if, "IF", 118, "condition inputs*", "outputs*", if_rows, TUFF_OPTIONS(IfOptions, 92, tuff_if_attrs, if_fields));
RECORD(while, "WHILE", 119, "inputs*", "outputs*", any_rows, TUFF_OPTIONS(WhileOptions, 93, tuff_while_attrs, while_fields));
RECORD(call, "CALL", 31, "inputs*", "outputs*", any_rows, TUFF_OPTIONS(CallOptions, 16, tuff_call_attrs, call_fields));
RECORD(call_once, "CALL_ONCE", 129, "", "", once_rows, TUFF_OPTIONS(CallOnceOptions, 103, tuff_call_once_attrs, call_once_fields));
RECORD(stablehlo_composite, "STABLEHLO_COMPOSITE", 206, "inputs*", "outputs*", any_rows,
       TUFF_OPTIONS2(StableHLOCompositeOptions, 21, tuff_stable_hlo_composite_attrs, stable_hlo_composite_fields));
RECORD(stablehlo_case, "STABLEHLO_CASE", 209, "index inputs*", "outputs*", case_rows,
       TUFF_OPTIONS2(StablehloCaseOptions, 23, tuff_stablehlo_case_attrs, stablehlo_case_fields));
