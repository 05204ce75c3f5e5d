/* What infer and prepare may ask (tuff/op.h), answered for the plan being made.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/check.h"
#include "plan/planner.h"

static tuff_planner *planner_of(tuff_context *c) { return c->internal; }

tuff_status tuff_op_fail(tuff_context *c, tuff_status status, const char *format, ...) {
    char text[sizeof c->error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return tuff_fail(c->error, status, "%s", text);
}

tuff_status tuff_infer_shape(tuff_context *c, int32_t output, int32_t rank, const int32_t *dims) {
    tuff_planner *p = planner_of(c);
    if (output >= c->n_outputs) return tuff_op_fail(c, TUFF_ERR_MODEL, "has %d outputs, expected at least %d", c->n_outputs, output + 1);
    tuff_tensor *t = &p->plan->tensors[c->outputs[output]->index];
    TUFF_CHECK(c, rank >= 0 && rank <= TUFF_MAX_RANK, "output '%s' would have rank %d, at most %d is possible", t->name, rank, TUFF_MAX_RANK);
    int64_t count = tuff_type_bits(t->type) / 8 + 1;
    for (int32_t d = 0; d < rank; d++) {
        TUFF_CHECK(c, dims[d] >= 0, "output '%s' would have %d elements along dimension %d", t->name, dims[d], d);
        /* the bound keeps every byte offset of a kernel within 48 bits */
        if (dims[d] > 0 && (!tuff_mul_s64(count, dims[d], &count) || count > (int64_t)1 << 47))
            return tuff_op_fail(c, TUFF_ERR_LIMIT, "output '%s' would be larger than 128 TB", t->name);
    }
    int32_t *shape = TUFF_NEW_ARRAY(p->plan->arena, (size_t)rank, int32_t, c->error);
    if (!shape) return TUFF_ERR_MEMORY;
    if (rank > 0) memcpy(shape, dims, (size_t)rank * sizeof *dims);
    t->shape = shape;
    t->signature = NULL;
    t->rank = rank;
    t->has_rank = true;
    return TUFF_OK;
}

tuff_status tuff_infer_like(tuff_context *c, int32_t output, int32_t input) {
    const tuff_tensor *like = tuff_input(c, input);
    TUFF_CHECK(c, like, "input %d is missing", input);
    return tuff_infer_shape(c, output, like->rank, like->shape);
}

void *tuff_infer_value(tuff_context *c, int32_t output) {
    tuff_planner *p = planner_of(c);
    tuff_tensor *t = &p->plan->tensors[c->outputs[output]->index];
    const size_t bytes = tuff_tensor_bytes(t);
    void *value = tuff_arena_take(p->plan->arena, bytes, TUFF_BUFFER_ALIGN, c->error);
    if (!value) p->failed = TUFF_ERR_MEMORY;
    t->data = value;
    t->bytes = bytes;
    p->plan->derived[t->index] = true;
    return value;
}

void tuff_infer_bytes(tuff_context *c, int32_t output, size_t bytes) { planner_of(c)->plan->tensors[c->outputs[output]->index].bytes = bytes; }

int32_t tuff_infer_body(tuff_context *c, int32_t subgraph) {
    const tuff_graph *g = planner_of(c)->plan->graph;
    if (subgraph < 0 || subgraph >= g->n_subgraphs || g->subgraphs[subgraph].n_nodes > 1) return TUFF_BODY_OTHER;
    return g->subgraphs[subgraph].n_nodes ? g->subgraphs[subgraph].nodes[0].op->code : TUFF_BODY_EMPTY;
}

int32_t tuff_infer_resource(tuff_context *c, const char *container, const char *name) {
    const tuff_cell *cell = tuff_state_resource(planner_of(c)->plan->state, container, name, c->error);
    return cell ? cell->key.index : -1;
}

static tuff_cell *resource_of(tuff_context *c, int32_t handle) {
    const tuff_tensor *t = tuff_input(c, handle);
    int32_t id;
    if (!t || !t->data || tuff_tensor_bytes(t) < sizeof id) return NULL;
    memcpy(&id, t->data, sizeof id);
    return tuff_state_resource_at(planner_of(c)->plan->state, id);
}

const tuff_tensor *tuff_infer_resource_value(tuff_context *c, int32_t handle) {
    const tuff_cell *cell = resource_of(c, handle);
    if (!cell || !cell->shaped) return NULL;
    tuff_tensor *t = TUFF_NEW(planner_of(c)->temporary, tuff_tensor, c->error);
    if (!t) return NULL;
    *t = (tuff_tensor){.name = cell->name, .type = cell->type, .rank = cell->rank, .shape = cell->dims, .has_rank = true};
    if (planner_of(c)->now) {
        t->data = cell->memory;
        t->bytes = cell->bytes;
    }
    return t;
}

tuff_status tuff_infer_assign(tuff_context *c, int32_t handle, const tuff_tensor *value) {
    tuff_cell *cell = resource_of(c, handle);
    TUFF_CHECK(c, cell, "'%s' is no handle of a variable", tuff_input(c, handle) ? tuff_input(c, handle)->name : "");
    TUFF_CHECK(c, !cell->shaped || (cell->type == TUFF_VARIANT) == (value->type == TUFF_VARIANT), "'%s' can't hold both a table and a variable", cell->name);
    cell->shaped = true;
    cell->type = value->type;
    cell->rank = value->rank;
    for (int32_t d = 0; d < value->rank; d++) cell->dims[d] = value->shape[d];
    return TUFF_OK;
}

/* A handle, with a failure kept for tuff_emit. */
static tuff_io handle(tuff_planner *p, int32_t buffer) {
    if (buffer < 0) p->failed = p->error && p->error->status ? p->error->status : TUFF_ERR_MEMORY;
    return buffer;
}

tuff_io tuff_io_input(tuff_context *c, int32_t input) {
    const tuff_tensor *t = tuff_input(c, input);
    if (!t) return TUFF_IO_NONE;
    return handle(planner_of(c), tuff_planner_tensor_buffer(planner_of(c), t->index));
}

tuff_io tuff_io_output(tuff_context *c, int32_t output) {
    tuff_planner *p = planner_of(c);
    if (output >= c->n_outputs) {
        p->failed = tuff_op_fail(c, TUFF_ERR_MODEL, "has %d outputs, expected at least %d", c->n_outputs, output + 1);
        return TUFF_IO_NONE;
    }
    return handle(p, tuff_planner_tensor_buffer(p, c->outputs[output]->index));
}

static tuff_plan_buffer node_buffer(tuff_place place, size_t bytes) {
    return (tuff_plan_buffer){.place = place, .tensor = -1, .view_of = -1, .bytes = bytes, .first = INT32_MAX, .last = -1};
}

tuff_io tuff_io_scratch(tuff_context *c, size_t bytes_per_job) {
    tuff_planner *p = planner_of(c);
    tuff_plan_buffer b = node_buffer(TUFF_PLACE_ARENA, tuff_scratch_pitch(bytes_per_job));
    b.per_job = true;
    return handle(p, tuff_planner_add_buffer(p, b));
}

tuff_io tuff_io_temporary(tuff_context *c, size_t bytes) {
    tuff_planner *p = planner_of(c);
    return handle(p, tuff_planner_add_buffer(p, node_buffer(TUFF_PLACE_ARENA, bytes)));
}

static tuff_io state_buffer(tuff_planner *p, tuff_cell_key key, size_t bytes) {
    tuff_plan_buffer b = node_buffer(TUFF_PLACE_STATE, bytes);
    b.cell = tuff_state_cell(p->plan->state, key, bytes, 0, p->error);
    return handle(p, b.cell ? tuff_planner_add_buffer(p, b) : -1);
}

tuff_io tuff_io_state(tuff_context *c, size_t bytes) {
    tuff_planner *p = planner_of(c);
    return state_buffer(p, (tuff_cell_key){TUFF_CELL_NODE, p->plan->options.subgraph, p->node}, bytes);
}

tuff_io tuff_io_resource(tuff_context *c, int32_t handle_input, size_t bytes) {
    const tuff_cell *cell = resource_of(c, handle_input);
    if (cell) return state_buffer(planner_of(c), cell->key, bytes);
    planner_of(c)->failed = tuff_op_fail(c, TUFF_ERR_MODEL, "input %d is no handle of a variable", handle_input);
    return TUFF_IO_NONE;
}

static tuff_io constant_buffer(tuff_planner *p, const void *constant, size_t bytes) {
    if (!constant) return handle(p, -1);
    tuff_plan_buffer b = node_buffer(TUFF_PLACE_CONSTANT, bytes);
    b.constant = constant;
    return handle(p, tuff_planner_add_buffer(p, b));
}

tuff_io tuff_io_array(tuff_context *c, size_t bytes, void **data) {
    tuff_planner *p = planner_of(c);
    *data = tuff_arena_take(p->plan->arena, bytes, TUFF_BUFFER_ALIGN, p->error);
    return constant_buffer(p, *data, bytes);
}

tuff_io tuff_io_packed(tuff_context *c, int32_t input, int32_t second, size_t bytes, tuff_fill_fn *fill, const void *params, size_t params_bytes) {
    tuff_planner *p = planner_of(c);
    const tuff_tensor *t[2] = {tuff_input(c, input), second >= 0 ? tuff_input(c, second) : NULL};
    bool derived = !p->cache;
    for (int k = 0; k < 2; k++) {
        if (t[k] ? t[k]->data != NULL : k == 1) {
            derived = derived || (t[k] && p->plan->derived[t[k]->index]);
            continue;
        }
        p->failed = tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "'%s' must be a constant", t[k] ? t[k]->name : "its input");
        return TUFF_IO_NONE;
    }
    const void *const sources[2] = {t[0]->data, t[1] ? t[1]->data : NULL};
    if (!derived) return constant_buffer(p, tuff_pack_cache_get(p->cache, sources, bytes, fill, params, params_bytes, p->error), bytes);
    void *packed = tuff_arena_take(p->plan->arena, bytes, TUFF_BUFFER_ALIGN, p->error);
    if (packed) fill(packed, params, sources[0], sources[1]);
    return constant_buffer(p, packed, bytes);
}

void *tuff_args(tuff_context *c, const tuff_kernel *kernel) {
    tuff_planner *p = planner_of(c);
    void *args = tuff_arena_take(p->plan->arena, kernel->args_bytes, TUFF_BUFFER_ALIGN, p->error);
    if (!args) p->failed = TUFF_ERR_MEMORY;
    return args;
}

/* Below this a second thread costs more (a hand-off, cold caches) than it saves. */
static int32_t jobs_for(const tuff_target *target, tuff_cost cost) {
    const bool small = cost.macs < 200000 && cost.bytes < 256 * 1024;
    if (target->threads <= 1 || small || cost.tiles < 2) return 1;
    return cost.tiles < target->threads ? (int32_t)cost.tiles : target->threads;
}

tuff_status tuff_emit(tuff_context *c, const tuff_kernel *kernel, const void *args, tuff_cost cost, const tuff_io *io, int n_io) {
    tuff_planner *p = planner_of(c);
    if (p->failed) return p->failed;
    int32_t *list = tuff_arena_array(p->plan->arena, (size_t)n_io, sizeof *list, p->error);
    if (!list || !args) return TUFF_ERR_MEMORY;
    const tuff_plan_step step = {
        .kernel = kernel, .args = args, .io = list, .n_io = n_io, .jobs = jobs_for(&p->plan->target, cost), .node = p->node, .cost = cost};
    for (int k = 0; k < n_io; k++) {
        list[k] = io[k];
        if (io[k] < 0) continue;
        tuff_plan_buffer *b = &p->plan->buffers[io[k]];
        /* scratch counts one job until a step uses it; several steps may share it */
        if (b->per_job && b->first == INT32_MAX) b->bytes *= (size_t)p->plan->target.threads > 1 ? (size_t)p->plan->target.threads : 1;
        if (b->first > p->plan->n_steps) b->first = p->plan->n_steps;
        if (b->last < p->plan->n_steps) b->last = p->plan->n_steps;
    }
    return tuff_planner_add_step(p, &step);
}
