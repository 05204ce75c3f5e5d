/* graph -> plan: every node inferred and prepared in order, values that are known computed at once.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files in reading order: plan.c (this), context.c (what infer and prepare ask), memory.c (lifetimes and offsets), cache.c (packed
 * constants), state.c (what survives an invocation), run.c (invoke), control.c (nodes that call subgraphs), later.c (nodes whose sizes depend on
 * values).
 *
 * A node whose inputs are all known while planning (f16 weights behind DEQUANTIZE, SHAPE arithmetic of a dynamic batch) is run here, once,
 * and its outputs become constants of the plan.
 */
#include "plan/plan.h"

#include <string.h>

#include "flatbuffer/flex.h"
#include "graph/fields.h"
#include "ops/copy.h"
#include "ops/ops.h"
#include "plan/planner.h"

/* ---- growing lists ---- */
static void *grow(tuff_planner *p, void *list, int32_t count, int32_t *room, size_t each) {
    if (count < *room) return list;
    const int32_t more = *room ? *room * 2 : 32;
    void *bigger = tuff_arena_array(p->plan->arena, (size_t)more, each, p->error);
    if (!bigger) return NULL;
    if (count) memcpy(bigger, list, (size_t)count * each);
    *room = more;
    return bigger;
}

int32_t tuff_planner_add_buffer(tuff_planner *p, tuff_plan_buffer buffer) {
    tuff_plan *plan = p->plan;
    tuff_plan_buffer *list = grow(p, plan->buffers, plan->n_buffers, &plan->buffers_room, sizeof *list);
    if (!list) return -1;
    plan->buffers = list;
    list[plan->n_buffers] = buffer;
    return plan->n_buffers++;
}

tuff_status tuff_planner_add_step(tuff_planner *p, const tuff_plan_step *step) {
    tuff_plan *plan = p->plan;
    tuff_plan_step *list = grow(p, plan->steps, plan->n_steps, &plan->steps_room, sizeof *list);
    if (!list) return TUFF_ERR_MEMORY;
    plan->steps = list;
    list[plan->n_steps++] = *step;
    return TUFF_OK;
}

int32_t tuff_plan_root(const tuff_plan *plan, int32_t buffer) {
    while (plan->buffers[buffer].view_of >= 0) buffer = plan->buffers[buffer].view_of;
    return buffer;
}

int32_t tuff_planner_tensor_buffer(tuff_planner *p, int32_t tensor) {
    tuff_plan *plan = p->plan;
    if (plan->tensor_buffer[tensor] >= 0) return plan->tensor_buffer[tensor];
    const tuff_tensor *t = &plan->tensors[tensor];
    tuff_plan_buffer b = {.place = TUFF_PLACE_ARENA,
                          .tensor = tensor,
                          .view_of = -1,
                          .bytes = tuff_tensor_bytes(t),
                          .first = INT32_MAX,
                          .last = -1,
                          .pinned = p->is_output[tensor]};
    if (t->data && !t->variable) {
        b.place = TUFF_PLACE_CONSTANT;
        b.constant = t->data;
    } else if (t->variable) {
        /* known or not, it will be written; s8 states start at the real value 0 */
        const uint8_t start = t->type == TUFF_S8 && t->quantization.count == 1 ? (uint8_t)t->quantization.zero_point[0] : 0;
        b.place = TUFF_PLACE_STATE;
        b.cell = tuff_state_cell(plan->state, (tuff_cell_key){TUFF_CELL_VARIABLE, plan->options.subgraph, tensor}, b.bytes, start, p->error);
        if (!b.cell) return -1;
    }
    return plan->tensor_buffer[tensor] = tuff_planner_add_buffer(p, b);
}

/* ---- one node ---- */
const tuff_op *tuff_planner_record(const tuff_planner *p, const tuff_node *n) {
    for (const tuff_op *const *o = p->options->ops; o && *o; o++)
        if (strcmp((*o)->name, n->op->name) == 0) return *o;
    return n->op;
}

/* The options of a user's op, which the reader didn't know. */
static tuff_status read_attrs(tuff_planner *p, const tuff_node *n, tuff_context *c) {
    const tuff_options *o = &c->op->options;
    if (c->op == n->op || o->bytes == 0) return TUFF_OK;
    void *attrs = tuff_arena_take(p->plan->arena, o->bytes, TUFF_BUFFER_ALIGN, p->error);
    if (!attrs) return TUFF_ERR_MEMORY;
    tuff_fields_default(o->fields, attrs);
    c->attrs = attrs;
    return tuff_flex_read(&n->custom_options, o->fields, attrs, p->error);
}

static tuff_status no_variant(tuff_context *c) {
    char types[200] = "";
    size_t at = 0;
    for (int32_t k = 0; k < c->n_inputs + c->n_outputs && at < sizeof types - 24; k++) {
        const tuff_tensor *t = k < c->n_inputs ? c->inputs[k] : c->outputs[k - c->n_inputs];
        const char *before = k == c->n_inputs ? " -> " : k ? ", " : "";
        const char *name = t ? tuff_type_name(t->type) : "none";
        const size_t before_length = strlen(before), name_length = strlen(name);
        memcpy(types + at, before, before_length);
        memcpy(types + at + before_length, name, name_length + 1);
        at += before_length + name_length;
    }
    return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "does not take these types: %s", types);
}

static bool inputs_known(const tuff_context *c) {
    for (int32_t k = 0; k < c->n_inputs; k++)
        if (c->inputs[k] && !c->inputs[k]->data) return false;
    return true;
}

static bool run_at_once(const tuff_planner *p, const tuff_context *c) {
    return p->now || (c->n_inputs > 0 && !(c->op->flags & TUFF_OP_IMPURE) && inputs_known(c));
}

static bool outputs_known(const tuff_context *c) {
    if (c->n_outputs == 0) return false;
    for (int32_t k = 0; k < c->n_outputs; k++)
        if (!c->outputs[k]->data) return false;
    return true;
}

/* May output 0 be the input's bytes? A graph input or output that the caller binds elsewhere can't be shared with another one. */
static bool view_possible(tuff_planner *p, int32_t input, int32_t output) {
    const tuff_plan *plan = p->plan;
    const tuff_plan_buffer *root = &plan->buffers[tuff_plan_root(plan, input)];
    return root->place == TUFF_PLACE_ARENA && !(root->pinned && plan->buffers[output].pinned);
}

static tuff_status copy_step(tuff_planner *p, int32_t from, int32_t to, size_t bytes) {
    static const tuff_kernel kernel = TUFF_KERNEL(tuff_copy, tuff_copy_args, tuff_copy_fields);
    tuff_copy_args *args = TUFF_NEW(p->plan->arena, tuff_copy_args, p->error);
    int32_t *io = TUFF_NEW_ARRAY(p->plan->arena, 2, int32_t, p->error);
    if (!args || !io) return TUFF_ERR_MEMORY;
    args->bytes = (int64_t)bytes;
    io[0] = from;
    io[1] = to;
    tuff_plan_buffer *b = p->plan->buffers;
    for (int k = 0; k < 2; k++) {
        if (b[io[k]].first > p->plan->n_steps) b[io[k]].first = p->plan->n_steps;
        if (b[io[k]].last < p->plan->n_steps) b[io[k]].last = p->plan->n_steps;
    }
    return tuff_planner_add_step(
        p, &(tuff_plan_step){.kernel = &kernel, .args = args, .io = io, .n_io = 2, .jobs = 1, .node = p->node, .cost = {1, 0, (int64_t)bytes * 2}});
}

static tuff_status plan_view(tuff_planner *p, tuff_context *c, int32_t of) {
    const tuff_tensor *in = tuff_input(c, of), *out = c->outputs[0];
    TUFF_CHECK(c, in, "input %d is missing", of);
    TUFF_CHECK(c, tuff_tensor_bytes(in) == tuff_tensor_bytes(out), "'%s' holds %zu bytes but its output '%s' %zu", in->name, tuff_tensor_bytes(in), out->name,
               tuff_tensor_bytes(out));
    if (in->data) {
        p->plan->tensors[out->index].data = in->data;
        p->plan->tensors[out->index].bytes = in->bytes;
        p->plan->derived[out->index] = p->plan->derived[in->index];
        return TUFF_OK;
    }
    const int32_t from = tuff_planner_tensor_buffer(p, in->index), to = tuff_planner_tensor_buffer(p, out->index);
    if (from < 0 || to < 0) return TUFF_ERR_MEMORY;
    if (!view_possible(p, from, to)) return copy_step(p, from, to, tuff_tensor_bytes(in));
    /* the pinned one of a pair is the one whose address counts */
    p->plan->buffers[to].view_of = from;
    if (p->plan->buffers[to].pinned) p->plan->buffers[tuff_plan_root(p->plan, from)].pinned = true;
    return TUFF_OK;
}

/* Runs the node's steps now; its outputs become constants, its buffers and steps are dropped. */
static tuff_status run_now(tuff_planner *p, tuff_context *c) {
    tuff_plan *plan = p->plan;
    for (int32_t k = 0; k < c->n_outputs; k++) {
        tuff_tensor *t = &plan->tensors[c->outputs[k]->index];
        if (t->type != TUFF_STRING) t->bytes = tuff_tensor_bytes(t); /* of strings: as infer found it */
        t->data = tuff_arena_take(plan->arena, t->bytes, TUFF_BUFFER_ALIGN, p->error);
        if (!t->data) return TUFF_ERR_MEMORY;
        p->plan->derived[t->index] = true;
    }
    for (int32_t s = p->first_step; s < plan->n_steps; s++) {
        const tuff_plan_step *step = &plan->steps[s];
        void **io = TUFF_NEW_ARRAY(p->temporary, (size_t)step->n_io, void *, p->error);
        if (!io) return TUFF_ERR_MEMORY;
        for (int32_t k = 0; k < step->n_io; k++) {
            if (step->io[k] < 0) continue;
            tuff_plan_buffer *b = &plan->buffers[step->io[k]];
            if (b->place == TUFF_PLACE_STATE && (b->tensor < 0 || !plan->tensors[b->tensor].data)) {
                io[k] = b->cell->memory;
                continue;
            }
            if (b->tensor >= 0) b->constant = plan->tensors[b->tensor].data;
            if (!b->constant && !(b->constant = tuff_arena_take(p->temporary, b->bytes, TUFF_BUFFER_ALIGN, p->error))) return TUFF_ERR_MEMORY;
            memcpy(&io[k], &b->constant, sizeof io[k]);
        }
        const int bad = step->kernel->run(step->args, io, 0, 1);
        if (bad) return tuff_op_fail(c, TUFF_ERR_VALUE, "a constant input holds an illegal value (io %d)", bad - 1);
    }
    plan->n_steps = p->first_step;
    plan->n_buffers = p->first_buffer;
    for (int32_t k = 0; k < c->n_inputs + c->n_outputs; k++) {
        const tuff_tensor *t = k < c->n_inputs ? c->inputs[k] : c->outputs[k - c->n_inputs];
        if (t && plan->tensor_buffer[t->index] >= p->first_buffer) plan->tensor_buffer[t->index] = -1;
    }
    return TUFF_OK;
}

/* Strings have no size before they are there: who reads or writes one waits. */
static bool strings_known(const tuff_context *c) {
    for (int32_t k = 0; k < c->n_inputs; k++)
        if (c->inputs[k] && c->inputs[k]->type == TUFF_STRING && !c->inputs[k]->data) return false;
    for (int32_t k = 0; k < c->n_outputs; k++)
        if (c->outputs[k]->type == TUFF_STRING && !inputs_known(c)) return false;
    return true;
}

/* Everything that types, counts and versions decide: the row that computes the node. */
static tuff_status find_row(tuff_context *c) {
    const tuff_op *op = c->op;
    if (op->flags & TUFF_OP_CONTROL) return TUFF_OK;
    if (!op->variants || !op->infer)
        return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, op->code == 32 ? "is a custom op that is not registered" : "this op is not supported");
    if (op->highest && c->version > op->highest)
        return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "version %d is newer than the newest known, %d", c->version, op->highest);
    TUFF_TRY(tuff_operands_check(c));
    c->variant = tuff_variant_find(op, c->inputs, c->n_inputs, c->outputs, c->n_outputs);
    return c->variant ? TUFF_OK : no_variant(c);
}

static tuff_status plan_with(tuff_planner *p, tuff_context *c) {
    TUFF_TRY(find_row(c));
    if (c->op->flags & TUFF_OP_CONTROL) return tuff_control_plan(p, c);
    TUFF_TRY(c->op->infer(c));
    if (outputs_known(c)) return TUFF_OK;
    if (!p->now && !strings_known(c)) return TUFF_LATER;
    if (c->op->view) return plan_view(p, c, c->op->view - 1);
    p->first_step = p->plan->n_steps;
    p->first_buffer = p->plan->n_buffers;
    TUFF_TRY(c->op->prepare(c));
    return run_at_once(p, c) ? run_now(p, c) : TUFF_OK;
}

/* only_check: the node has to wait, but what can be said against it now is said now */
static tuff_status plan_node(tuff_planner *p, int32_t index, bool only_check) {
    const tuff_node *n = &p->plan->subgraph->nodes[index];
    const int32_t operands = n->n_inputs + n->n_outputs, total = operands + n->n_intermediates;
    const tuff_tensor **list = TUFF_NEW_ARRAY(p->temporary, (size_t)total, const tuff_tensor *, p->error);
    if (!list) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < total; k++) {
        const int32_t t = k < n->n_inputs ? n->inputs[k] : k < operands ? n->outputs[k - n->n_inputs] : n->intermediates[k - operands];
        list[k] = t >= 0 ? &p->plan->tensors[t] : NULL;
    }
    tuff_error local = {0};
    tuff_error *error = p->error;
    tuff_context c = {.op = tuff_planner_record(p, n),
                      .attrs = n->attrs,
                      .version = n->version,
                      .n_inputs = n->n_inputs,
                      .n_outputs = n->n_outputs,
                      .inputs = list,
                      .outputs = list + n->n_inputs,
                      .n_intermediates = n->n_intermediates,
                      .intermediates = list + operands,
                      .target = &p->plan->target,
                      .error = &local,
                      .internal = p};
    p->node = index;
    p->failed = TUFF_OK;
    p->error = &local;
    tuff_status status = read_attrs(p, n, &c);
    if (status == TUFF_OK) status = only_check ? find_row(&c) : plan_with(p, &c);
    p->error = error;
    if (status == TUFF_OK) return TUFF_OK;
    if (status == TUFF_LATER) {
        if (!p->now) return TUFF_LATER;
        status = tuff_fail(&local, TUFF_ERR_UNSUPPORTED, "its output's size depends on a value that can't be known before it runs");
    }
    if (local.status == TUFF_OK) tuff_fail(&local, status, "%s", tuff_status_text(status));
    const char *name = n->origin ? n->origin : n->n_outputs ? c.outputs[0]->name : "";
    if (p->plan->options.depth < 4) tuff_error_prefix(&local, "op %d %s ('%s')", index, c.op->name, name); /* deeper, they would leave no room for the cause */
    if (error && error->status == TUFF_OK) *error = local;
    return status;
}

/* ---- the whole ---- */
/* A sparse constant made dense for this plan; `sparsity` stays, since some ops round differently where the file had it. */
static tuff_status make_dense(tuff_planner *p, tuff_tensor *t) {
    const size_t bytes = tuff_tensor_bytes(t);
    void *dense = tuff_arena_take(p->plan->arena, bytes, TUFF_BUFFER_ALIGN, p->error);
    if (!dense) return TUFF_ERR_MEMORY;
    tuff_sparse_expand(t, dense);
    t->data = dense;
    t->bytes = bytes;
    p->plan->derived[t->index] = true;
    return TUFF_OK;
}

static tuff_status start_tensors(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    const tuff_subgraph *s = plan->subgraph;
    const size_t n = (size_t)s->n_tensors;
    plan->tensors = TUFF_NEW_ARRAY(plan->arena, n, tuff_tensor, p->error);
    plan->tensor_buffer = TUFF_NEW_ARRAY(plan->arena, n, int32_t, p->error);
    plan->derived = TUFF_NEW_ARRAY(plan->arena, n, bool, p->error);
    p->is_output = TUFF_NEW_ARRAY(p->temporary, n, bool, p->error);
    bool *produced = TUFF_NEW_ARRAY(p->temporary, n, bool, p->error);
    if (!plan->tensors || !plan->tensor_buffer || !plan->derived || !p->is_output || !produced) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < s->n_nodes; k++)
        for (int32_t o = 0; o < s->nodes[k].n_outputs; o++) produced[s->nodes[k].outputs[o]] = true;
    for (int32_t k = 0; k < s->n_inputs; k++) produced[s->inputs[k]] = true;
    for (int32_t k = 0; k < s->n_outputs; k++) p->is_output[s->outputs[k]] = true;
    for (int32_t t = 0; t < s->n_tensors; t++) {
        plan->tensors[t] = s->tensors[t];
        plan->tensors[t].index = t;
        plan->tensor_buffer[t] = -1;
        int64_t elements;
        if (!produced[t] && !plan->tensors[t].data && tuff_tensor_elements(&plan->tensors[t], &elements) == TUFF_OK && elements == 0)
            plan->tensors[t].data = ""; /* an empty constant */
        if (plan->tensors[t].sparsity && plan->tensors[t].data) TUFF_TRY(make_dense(p, &plan->tensors[t]));
    }
    return TUFF_OK;
}

static tuff_status new_shape(tuff_planner *p, int32_t input) {
    const tuff_tensor *t = &p->plan->tensors[p->plan->subgraph->inputs[input]];
    tuff_context c = {.n_outputs = 1, .outputs = &t, .error = p->error, .internal = p};
    const tuff_status status = tuff_infer_shape(&c, 0, p->options->input_ranks[input], p->options->input_dims[input]);
    if (status != TUFF_OK) tuff_error_prefix(p->error, "new shape of input %d ('%s')", input, t->name);
    return status;
}

static tuff_status start_inputs(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    const tuff_subgraph *s = plan->subgraph;
    for (int32_t k = 0; k < s->n_inputs; k++) {
        tuff_tensor *t = &plan->tensors[s->inputs[k]];
        if (t->data) return tuff_fail(p->error, TUFF_ERR_MODEL, "graph input '%s' is a constant", t->name);
        if (p->options->input_dims && p->options->input_dims[k]) TUFF_TRY(new_shape(p, k));
    }
    for (int32_t k = 0; k < s->n_inputs; k++) {
        tuff_tensor *t = &plan->tensors[s->inputs[k]];
        if (p->options->known && p->options->known[k].data) {
            t->data = p->options->known[k].data;
            t->bytes = p->options->known[k].count;
            plan->derived[t->index] = true;
        } else if (t->type != TUFF_STRING) {
            const int32_t b = tuff_planner_tensor_buffer(p, t->index);
            if (b < 0) return TUFF_ERR_MEMORY;
            plan->buffers[b].pinned = !p->options->overlay_inputs || p->is_output[t->index];
            plan->buffers[b].first = -1;
        }
    }
    return TUFF_OK;
}

tuff_status tuff_planner_start(tuff_planner *p) {
    TUFF_TRY(start_tensors(p));
    return start_inputs(p);
}

tuff_status tuff_planner_nodes(tuff_planner *p, int32_t first) {
    const int32_t n = p->plan->subgraph->n_nodes;
    for (int32_t k = first; k < n; k++) {
        const tuff_status status = plan_node(p, k, false);
        p->plan->n_planned = k + (status == TUFF_OK);
        if (status == TUFF_LATER) break;
        TUFF_TRY(status);
    }
    if (n == first) p->plan->n_planned = n;
    for (int32_t k = p->plan->n_planned; k < n; k++) TUFF_TRY(plan_node(p, k, true));
    return TUFF_OK;
}

static bool waits(const tuff_plan *plan, int32_t tensor) {
    for (int32_t k = plan->n_planned; k < plan->subgraph->n_nodes; k++)
        for (int32_t o = 0; o < plan->subgraph->nodes[k].n_outputs; o++)
            if (plan->subgraph->nodes[k].outputs[o] == tensor) return true;
    return false;
}

static tuff_status finish_outputs(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    const tuff_subgraph *s = plan->subgraph;
    for (int32_t k = 0; k < s->n_outputs; k++) {
        const int32_t t = s->outputs[k];
        if (waits(plan, t) || plan->tensors[t].type == TUFF_STRING) continue;
        if (!plan->tensors[t].data) {
            const int32_t b = tuff_planner_tensor_buffer(p, t);
            if (b < 0) return TUFF_ERR_MEMORY;
            plan->buffers[b].pinned = true;
            continue;
        }
        /* a constant result: copied at each invocation, since the caller may bind the output to memory of its own */
        const int32_t from = tuff_planner_tensor_buffer(p, t);
        const int32_t to = tuff_planner_add_buffer(p, (tuff_plan_buffer){.place = TUFF_PLACE_ARENA,
                                                                         .tensor = t,
                                                                         .view_of = -1,
                                                                         .first = INT32_MAX,
                                                                         .last = -1,
                                                                         .bytes = tuff_tensor_bytes(&plan->tensors[t]),
                                                                         .pinned = true});
        if (from < 0 || to < 0) return TUFF_ERR_MEMORY;
        p->node = -1;
        TUFF_TRY(copy_step(p, from, to, plan->buffers[to].bytes));
        plan->tensor_buffer[t] = to;
    }
    return TUFF_OK;
}

tuff_status tuff_planner_begin(tuff_planner *p, const tuff_graph *g, const tuff_plan_options *o, tuff_pack_cache *cache, const tuff_allocator *a,
                               tuff_error *error) {
    tuff_arena *arena = tuff_arena_create(a, error);
    tuff_plan *plan = arena ? TUFF_NEW(arena, tuff_plan, error) : NULL;
    *p = (tuff_planner){.options = o, .cache = cache, .error = error, .plan = plan};
    if (!plan) {
        tuff_arena_destroy(arena);
        return TUFF_ERR_MEMORY;
    }
    *plan = (tuff_plan){.arena = arena,
                        .graph = g,
                        .subgraph = &g->subgraphs[o->subgraph],
                        .target = o->target,
                        .options = *o,
                        .cache = cache,
                        .allocator = a ? *a : tuff_allocator_libc,
                        .state = o->state};
    if (!plan->state) plan->state = plan->own_state = tuff_state_create(a, error);
    p->temporary = tuff_arena_create(a, error);
    return plan->state && p->temporary ? TUFF_OK : TUFF_ERR_MEMORY;
}

tuff_status tuff_planner_end(tuff_planner *p, tuff_status status, tuff_plan **plan) {
    tuff_arena_destroy(p->temporary);
    *plan = NULL;
    if (status == TUFF_OK) *plan = p->plan;
    else tuff_plan_destroy(p->plan);
    return status;
}

static tuff_status plan_all(tuff_planner *p) {
    TUFF_TRY(tuff_planner_start(p));
    TUFF_TRY(tuff_planner_nodes(p, 0));
    TUFF_TRY(finish_outputs(p));
    return tuff_planner_place(p);
}

tuff_status tuff_plan_create(const tuff_graph *g, const tuff_plan_options *o, tuff_pack_cache *cache, const tuff_allocator *a, tuff_plan **out,
                             tuff_error *error) {
    tuff_planner p;
    int32_t calls = 0;
    tuff_plan_options own = *o;
    if (!own.calls) own.calls = &calls;
    tuff_status status = tuff_planner_begin(&p, g, &own, cache, a, error);
    if (status == TUFF_OK) status = plan_all(&p);
    return tuff_planner_end(&p, status, out);
}

void tuff_plan_destroy(tuff_plan *plan) {
    if (!plan) return;
    for (tuff_plan *call = plan->calls; call;) {
        tuff_plan *next = call->next_call;
        tuff_plan_destroy(call);
        call = next;
    }
    tuff_state_destroy(plan->own_state);
    tuff_arena_destroy(plan->arena);
}
