/* Resource variables: named state, shared by all subgraphs of an interpreter.
 * SPDX-License-Identifier: Apache-2.0
 *
 * VAR_HANDLE's value is a number that stands for (container, shared_name); it is known while planning, and so is the cell of state that a READ or an
 * ASSIGN means. Both are copies. READ gives the shape that its output states, or where that is none the one that was assigned last. Where it asks
 * for more than was assigned, what was there before follows (at first zeros).
 * source: TFLite's resource variables (subgraphs share them; reset clears them)
 */
#include "ops/variable.h"

#include "graph/graph.h"
#include "ops/copy.h"

#ifndef TUFF_KERNELS_ONLY
static const tuff_field var_handle_fields[] = {
    TUFF_FIELD(tuff_var_handle_attrs, container, STRING, 0),
    TUFF_FIELD(tuff_var_handle_attrs, shared_name, STRING, 1),
    TUFF_FIELD_END,
};

static tuff_status infer_handle(tuff_context *c) {
    const tuff_var_handle_attrs *a = c->attrs;
    const int32_t id = tuff_infer_resource(c, a->container ? a->container : "", a->shared_name ? a->shared_name : "");
    TUFF_CHECK(c, id >= 0, "no room for another variable");
    const tuff_status status = tuff_infer_shape(c, 0, 0, NULL);
    if (status != TUFF_OK) return status;
    int32_t *value = tuff_infer_value(c, 0);
    if (!value) return TUFF_ERR_MEMORY;
    *value = id;
    return TUFF_OK;
}

static tuff_status infer_read(tuff_context *c) {
    const tuff_tensor *assigned = tuff_infer_resource_value(c, 0);
    if (!c->inputs[0]->data) return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "which variable it means is known only when the model runs");
    if (!assigned) return tuff_infer_shape(c, 0, c->outputs[0]->rank, c->outputs[0]->shape);
    TUFF_CHECK(c, assigned->type == c->outputs[0]->type, "reads %s, the variable holds %s", tuff_type_name(c->outputs[0]->type),
               tuff_type_name(assigned->type));
    const tuff_tensor *shaped = c->outputs[0]->rank > 0 ? c->outputs[0] : assigned;
    return tuff_infer_shape(c, 0, shaped->rank, shaped->shape);
}

static tuff_status infer_assign(tuff_context *c) {
    if (!c->inputs[0]->data) return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "which variable it means is known only when the model runs");
    TUFF_CHECK(c, tuff_type_bits(c->inputs[1]->type) > 0, "a variable can't hold %s", tuff_type_name(c->inputs[1]->type));
    return tuff_infer_assign(c, 0, c->inputs[1]);
}

static tuff_status emit_copy(tuff_context *c, tuff_io from, tuff_io to, size_t bytes) {
    tuff_copy_args *args = tuff_args(c, &c->variant->kernel);
    if (args) args->bytes = (int64_t)bytes;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, (int64_t)bytes * 2}, (const tuff_io[]){from, to}, 2);
}

static tuff_status prepare_read(tuff_context *c) {
    const size_t bytes = tuff_tensor_bytes(c->outputs[0]);
    return emit_copy(c, tuff_io_resource(c, 0, bytes), tuff_io_output(c, 0), bytes);
}

static tuff_status prepare_assign(tuff_context *c) {
    const size_t bytes = tuff_tensor_bytes(c->inputs[1]);
    return emit_copy(c, tuff_io_input(c, 1), tuff_io_resource(c, 0, bytes), bytes);
}

#define COPY TUFF_KERNEL(tuff_copy, tuff_copy_args, tuff_copy_fields)
static const tuff_variant handle_rows[] = {{.inputs = {""}, .outputs = {"resource"}, .version = 1}, {.outputs = {NULL}}};
static const tuff_variant read_rows[] = {{.inputs = {"resource"}, .outputs = {"any"}, .version = 1, .kernel = COPY}, {.outputs = {NULL}}};
static const tuff_variant assign_rows[] = {{.inputs = {"resource", "any"}, .outputs = {""}, .version = 1, .kernel = COPY}, {.outputs = {NULL}}};

const tuff_op tuff_op_var_handle = {
    .name = "VAR_HANDLE",
    .code = 142,
    .highest = 1,
    .options = TUFF_OPTIONS(VarHandleOptions, 111, tuff_var_handle_attrs, var_handle_fields),
    .inputs = "",
    .outputs = "handle",
    .variants = handle_rows,
    .infer = infer_handle,
    .flags = TUFF_OP_IMPURE,
};
const tuff_op tuff_op_read_variable = {
    .name = "READ_VARIABLE",
    .code = 143,
    .highest = 1,
    .options = TUFF_OPTIONS_EMPTY(ReadVariableOptions, 112),
    .inputs = "handle",
    .outputs = "output",
    .variants = read_rows,
    .infer = infer_read,
    .prepare = prepare_read,
    .flags = TUFF_OP_IMPURE,
};
const tuff_op tuff_op_assign_variable = {
    .name = "ASSIGN_VARIABLE",
    .code = 144,
    .highest = 1,
    .options = TUFF_OPTIONS_EMPTY(AssignVariableOptions, 113),
    .inputs = "handle value",
    .outputs = "",
    .variants = assign_rows,
    .infer = infer_assign,
    .prepare = prepare_assign,
    .flags = TUFF_OP_IMPURE,
};
#endif
