/* Nodes that call subgraphs: IF, WHILE, CALL_ONCE, CALL, STABLEHLO_COMPOSITE, STABLEHLO_CASE.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the shapes that go in and out are known, a call is a step with a plan of its own per subgraph, whose activations are a buffer of the
 * calling plan. Where they aren't (a growing loop, branches of different shapes), the node waits; then its subgraphs are run as they are
 * planned (see later.c), with the values at hand.
 */
#include <string.h>

#include "ops/control.h"
#include "plan/planner.h"

/* builtin operator codes */
enum { IF = 118, WHILE = 119, CALL_ONCE = 129, CALL = 31, COMPOSITE = 206, CASE = 209 };

/* Subgraphs that call subgraphs: deeper, and planning runs out of stack; each twice by the one before, and it never ends. */
enum { MOST_DEPTH = 64, MOST_CALLS = 10000 };

static tuff_status go_deeper(tuff_planner *p, tuff_plan_options *o) {
    if (++o->depth > MOST_DEPTH) return tuff_fail(p->error, TUFF_ERR_LIMIT, "calls of subgraphs nest deeper than %d", MOST_DEPTH);
    if (!p->now && ++*o->calls > MOST_CALLS) return tuff_fail(p->error, TUFF_ERR_LIMIT, "its subgraphs call each other more than %d times", MOST_CALLS);
    return TUFF_OK;
}

/* What a node calls, from its attrs. */
typedef struct call_list {
    int32_t count, first_input; /* where the arguments begin among the node's inputs */
    const int32_t *subgraphs;
    int32_t own[2];
} call_list;

static tuff_status list_calls(tuff_context *c, call_list *list) {
    *list = (call_list){.count = 1, .subgraphs = list->own};
    switch (c->op->code) {
    case IF: {
        const tuff_if_attrs *a = c->attrs;
        *list = (call_list){2, 1, list->own, {a->then_subgraph_index, a->else_subgraph_index}};
        break;
    }
    case WHILE: {
        const tuff_while_attrs *a = c->attrs;
        *list = (call_list){2, 0, list->own, {a->cond_subgraph_index, a->body_subgraph_index}};
        break;
    }
    case CALL_ONCE: list->own[0] = ((const tuff_call_once_attrs *)c->attrs)->init_subgraph_index; break;
    case CALL: list->own[0] = (int32_t)((const tuff_call_attrs *)c->attrs)->subgraph; break;
    case COMPOSITE: list->own[0] = ((const tuff_stable_hlo_composite_attrs *)c->attrs)->decomposition_subgraph_index; break;
    default: {
        const tuff_stablehlo_case_attrs *a = c->attrs;
        *list = (call_list){(int32_t)a->branch_subgraph_indices.count, 1, a->branch_subgraph_indices.data, {0}};
    }
    }
    TUFF_CHECK(c, list->count > 0, "calls no subgraph");
    TUFF_CHECK(c, c->n_inputs >= list->first_input && (list->first_input == 0 || c->inputs[0]), "its condition is missing");
    return TUFF_OK;
}

/* Counts and types of a call's operands; its subgraph's index was checked when the file was read. */
static tuff_status check_call(tuff_planner *p, tuff_context *c, const call_list *list, int32_t k, bool outputs_too) {
    const int32_t index = list->subgraphs[k], n = c->n_inputs - list->first_input;
    TUFF_CHECK(c, index >= 0 && index < p->plan->graph->n_subgraphs, "calls subgraph %d, the model has %d", index, p->plan->graph->n_subgraphs);
    const tuff_subgraph *s = &p->plan->graph->subgraphs[index];
    TUFF_CHECK(c, s->n_inputs == n, "gives subgraph %d '%s' %d values, it takes %d", index, s->name, n, s->n_inputs);
    for (int32_t i = 0; i < n; i++) {
        const tuff_tensor *t = c->inputs[list->first_input + i], *to = &s->tensors[s->inputs[i]];
        TUFF_CHECK(c, t, "input %d is missing", list->first_input + i);
        TUFF_CHECK(c, t->type == to->type, "gives subgraph '%s' %s for '%s', it takes %s", s->name, tuff_type_name(t->type), to->name,
                   tuff_type_name(to->type));
    }
    if (!outputs_too) return TUFF_OK;
    TUFF_CHECK(c, s->n_outputs == c->n_outputs, "takes %d values from subgraph %d '%s', it gives %d", c->n_outputs, index, s->name, s->n_outputs);
    for (int32_t o = 0; o < s->n_outputs; o++) {
        const tuff_type type = s->tensors[s->outputs[o]].type;
        TUFF_CHECK(c, type == c->outputs[o]->type, "output %d is %s, subgraph '%s' gives %s", o, tuff_type_name(c->outputs[o]->type), s->name,
                   tuff_type_name(type));
    }
    return TUFF_OK;
}

static tuff_status check_calls(tuff_planner *p, tuff_context *c, const call_list *list) {
    for (int32_t k = 0; k < list->count; k++) TUFF_TRY(check_call(p, c, list, k, c->op->code != CALL_ONCE && !(c->op->code == WHILE && k == 0)));
    if (c->op->code == IF || c->op->code == CASE) {
        const tuff_tensor *t = c->inputs[0];
        int64_t elements = 0;
        TUFF_TRY(tuff_tensor_elements(t, &elements));
        TUFF_CHECK(c, t->type == (c->op->code == IF ? TUFF_BOOL : TUFF_S32) && elements == 1, "'%s' must be one %s", t->name,
                   c->op->code == IF ? "bool" : "s32");
    }
    if (c->op->code == WHILE) {
        const tuff_subgraph *s = &p->plan->graph->subgraphs[list->subgraphs[0]];
        TUFF_CHECK(c, s->n_outputs == 1 && s->tensors[s->outputs[0]].type == TUFF_BOOL, "its condition '%s' must give one bool", s->name);
        TUFF_CHECK(c, c->n_inputs == c->n_outputs, "has %d inputs and %d outputs", c->n_inputs, c->n_outputs);
        for (int32_t k = 0; k < c->n_inputs; k++)
            TUFF_CHECK(c, c->inputs[k]->type == c->outputs[k]->type, "variable %d begins as %s and ends as %s", k, tuff_type_name(c->inputs[k]->type),
                       tuff_type_name(c->outputs[k]->type));
    }
    return TUFF_OK;
}

/* ---- values at hand: subgraphs run while they are planned ---- */
/* Runs a subgraph with these values; the plan holds its outputs until it is destroyed. */
static tuff_status run_call(tuff_planner *p, int32_t subgraph, const tuff_tensor *const *values, int32_t n, tuff_plan **out) {
    *out = NULL;
    tuff_plan_options o = p->plan->options;
    TUFF_TRY(go_deeper(p, &o));
    int32_t *ranks = TUFF_NEW_ARRAY(p->temporary, (size_t)n, int32_t, p->error);
    const int32_t **dims = TUFF_NEW_ARRAY(p->temporary, (size_t)n, const int32_t *, p->error);
    tuff_bytes *known = TUFF_NEW_ARRAY(p->temporary, (size_t)n, tuff_bytes, p->error);
    if (!ranks || !dims || !known) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < n; k++) {
        ranks[k] = values[k]->rank;
        dims[k] = values[k]->shape;
        if (!values[k]->data && tuff_tensor_bytes(values[k]) > 0)
            return tuff_fail(p->error, TUFF_ERR_MODEL, "'%s' has no value that a subgraph could take", values[k]->name);
        known[k].data = values[k]->data ? values[k]->data : (const void *)"";
        known[k].count = values[k]->bytes;
    }
    o.subgraph = subgraph;
    o.input_ranks = ranks;
    o.input_dims = dims;
    o.known = known;
    o.state = p->plan->state;
    tuff_planner call;
    tuff_status status = tuff_planner_begin(&call, p->plan->graph, &o, p->cache, &p->plan->allocator, p->error);
    call.now = true;
    if (status == TUFF_OK) status = tuff_planner_start(&call);
    if (status == TUFF_OK) status = tuff_planner_nodes(&call, 0);
    return tuff_planner_end(&call, status, out);
}

static const tuff_tensor *result_of(const tuff_plan *call, int32_t k) { return &call->tensors[call->subgraph->outputs[k]]; }

tuff_status tuff_planner_set_value(tuff_planner *p, int32_t tensor, const tuff_tensor *like, const void *data, size_t bytes, bool copy) {
    tuff_tensor *t = &p->plan->tensors[tensor];
    TUFF_TRY(tuff_graph_set_shape(&(tuff_graph){.arena = p->plan->arena}, t, like->rank, like->shape, NULL, p->error));
    t->data = copy ? tuff_arena_copy(p->plan->arena, data, bytes, p->error) : data;
    t->bytes = bytes;
    p->plan->derived[tensor] = true;
    return t->data ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status take_results(tuff_planner *p, tuff_context *c, const tuff_plan *call) {
    for (int32_t k = 0; k < c->n_outputs; k++) {
        const tuff_tensor *r = result_of(call, k);
        if (!r->data) return tuff_op_fail(c, TUFF_ERR_MODEL, "subgraph '%s' gives no value for output %d", call->subgraph->name, k);
        TUFF_TRY(tuff_planner_set_value(p, c->outputs[k]->index, r, r->data, r->bytes ? r->bytes : tuff_tensor_bytes(r), true));
    }
    return TUFF_OK;
}

static tuff_status call_now(tuff_planner *p, tuff_context *c, const call_list *list, int32_t k) {
    tuff_plan *call;
    TUFF_TRY(run_call(p, list->subgraphs[k], c->inputs + list->first_input, c->n_inputs - list->first_input, &call));
    const tuff_status status = take_results(p, c, call);
    tuff_plan_destroy(call);
    return status;
}

/* One turn: *go is the condition's answer, *next the body's plan with the new values. */
static tuff_status turn(tuff_planner *p, const call_list *list, const tuff_tensor *const *values, int32_t n, bool *go, tuff_plan **next) {
    tuff_plan *condition;
    *next = NULL;
    TUFF_TRY(run_call(p, list->subgraphs[0], values, n, &condition));
    const tuff_tensor *r = result_of(condition, 0);
    *go = r->data && tuff_tensor_bytes(r) >= 1 && *(const uint8_t *)r->data;
    tuff_plan_destroy(condition);
    return *go ? run_call(p, list->subgraphs[1], values, n, next) : TUFF_OK;
}

/* Results that are inputs passed on, as they are or as views, become the plan's own: those inputs go before it does. */
static tuff_status own_results(tuff_planner *p, tuff_plan *call, const tuff_tensor *const *values, int32_t n) {
    for (int32_t k = 0; k < n; k++) {
        tuff_tensor *r = &call->tensors[call->subgraph->outputs[k]];
        bool passed = false;
        for (int32_t v = 0; v < n; v++) passed = passed || r->data == values[v]->data;
        if (!passed || !r->data) continue;
        r->data = tuff_arena_copy(call->arena, r->data, r->type == TUFF_STRING ? r->bytes : tuff_tensor_bytes(r), p->error);
        if (!r->data) return TUFF_ERR_MEMORY;
    }
    return TUFF_OK;
}

static tuff_status while_now(tuff_planner *p, tuff_context *c, const call_list *list) {
    const int32_t n = c->n_inputs;
    const int64_t most = p->plan->options.most_iterations ? p->plan->options.most_iterations : 1000000;
    const tuff_tensor **values = TUFF_NEW_ARRAY(p->temporary, (size_t)n, const tuff_tensor *, p->error);
    if (!values) return TUFF_ERR_MEMORY;
    if (n) memcpy(values, c->inputs, (size_t)n * sizeof *values);
    tuff_plan *now = NULL, *next;
    tuff_status status = TUFF_OK;
    for (int64_t turns = 0; status == TUFF_OK; turns++) {
        bool go = false;
        status = turns <= most ? turn(p, list, values, n, &go, &next) : tuff_op_fail(c, TUFF_ERR_LIMIT, "has not ended after %lld turns", (long long)most);
        if (status != TUFF_OK || !go) break;
        if ((status = own_results(p, next, values, n)) != TUFF_OK) {
            tuff_plan_destroy(next);
            break;
        }
        for (int32_t k = 0; k < n; k++) values[k] = result_of(next, k);
        tuff_plan_destroy(now);
        now = next;
    }
    for (int32_t k = 0; k < n && status == TUFF_OK; k++)
        status = tuff_planner_set_value(p, c->outputs[k]->index, values[k], values[k]->data, values[k]->bytes ? values[k]->bytes : tuff_tensor_bytes(values[k]),
                                        true);
    tuff_plan_destroy(now);
    return status;
}

static tuff_status once_flag(tuff_planner *p, tuff_cell **cell) {
    *cell = tuff_state_cell(p->plan->state, (tuff_cell_key){TUFF_CELL_NODE, p->plan->options.subgraph, p->node}, 1, 0, p->error);
    return *cell ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status control_now(tuff_planner *p, tuff_context *c, const call_list *list) {
    int32_t index = 0;
    tuff_cell *once;
    switch (c->op->code) {
    case IF: return call_now(p, c, list, *(const bool *)c->inputs[0]->data ? 0 : 1);
    case WHILE: return while_now(p, c, list);
    case CASE: memcpy(&index, c->inputs[0]->data, sizeof index); return call_now(p, c, list, index < 0 || index >= list->count ? list->count - 1 : index);
    case CALL_ONCE:
        TUFF_TRY(once_flag(p, &once));
        if (*(uint8_t *)once->memory) return TUFF_OK;
        TUFF_TRY(call_now(p, c, list, 0));
        *(uint8_t *)once->memory = 1;
        return TUFF_OK;
    default: return call_now(p, c, list, 0);
    }
}

/* ---- shapes known: a step ---- */
/* Plans a call for the shapes of the node's inputs. Values known in the caller are known in the callee, but for a loop's variables. */
static tuff_status plan_call(tuff_planner *p, tuff_context *c, const call_list *list, int32_t k, tuff_plan **out) {
    const int32_t n = c->n_inputs - list->first_input;
    tuff_plan_options o = p->plan->options;
    TUFF_TRY(go_deeper(p, &o));
    int32_t *ranks = TUFF_NEW_ARRAY(p->temporary, (size_t)n, int32_t, p->error);
    const int32_t **dims = TUFF_NEW_ARRAY(p->temporary, (size_t)n, const int32_t *, p->error);
    tuff_bytes *known = TUFF_NEW_ARRAY(p->temporary, (size_t)n, tuff_bytes, p->error);
    if (!ranks || !dims || !known) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < n; i++) {
        const tuff_tensor *t = c->inputs[list->first_input + i];
        ranks[i] = t->rank;
        dims[i] = t->shape;
        if (t->type == TUFF_RESOURCE || (t->data && c->op->code != WHILE)) {
            known[i].data = t->data;
            known[i].count = t->bytes;
        }
    }
    o.subgraph = list->subgraphs[k];
    o.input_ranks = ranks;
    o.input_dims = dims;
    o.known = known;
    o.state = p->plan->state;
    return tuff_plan_create(p->plan->graph, &o, p->cache, &p->plan->allocator, out, p->error);
}

static bool same_shape(const tuff_tensor *a, const tuff_tensor *b) {
    return a->rank == b->rank && (a->rank == 0 || memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0);
}

/* Do all calls that give the node's outputs give the same shapes, and does a loop keep those of its variables? */
static bool shapes_agree(const tuff_context *c, const tuff_control *control) {
    if (control->kind == TUFF_CONTROL_ONCE) return true;
    const int32_t first = control->kind == TUFF_CONTROL_WHILE ? 1 : 0;
    for (int32_t k = first; k < control->n_calls; k++) {
        const tuff_plan *call = control->calls[k];
        for (int32_t o = 0; o < c->n_outputs; o++) {
            const tuff_tensor *r = result_of(call, o);
            const tuff_tensor *like = control->kind == TUFF_CONTROL_WHILE ? c->inputs[o] : result_of(control->calls[0], o);
            if (!same_shape(r, like) || r->type == TUFF_STRING) return false;
        }
    }
    if (control->kind != TUFF_CONTROL_WHILE) return true;
    return tuff_tensor_bytes(result_of(control->calls[0], 0)) == 1;
}

static tuff_status emit_control(tuff_planner *p, tuff_context *c, const tuff_control *control) {
    tuff_plan *plan = p->plan;
    const int32_t n = c->n_inputs + c->n_outputs;
    int32_t *io = TUFF_NEW_ARRAY(plan->arena, (size_t)n, int32_t, p->error);
    if (!io) return TUFF_ERR_MEMORY;
    int64_t macs = 0;
    for (int32_t k = 0; k < control->n_calls; k++) {
        control->arenas[k] = tuff_planner_add_buffer(p, (tuff_plan_buffer){.place = TUFF_PLACE_ARENA,
                                                                           .tensor = -1,
                                                                           .view_of = -1,
                                                                           .bytes = control->calls[k]->arena_bytes,
                                                                           .first = plan->n_steps,
                                                                           .last = plan->n_steps});
        if (control->arenas[k] < 0) return TUFF_ERR_MEMORY;
        for (int32_t s = 0; s < control->calls[k]->n_steps; s++) macs += control->calls[k]->steps[s].cost.macs;
    }
    for (int32_t k = 0; k < n; k++) {
        const tuff_tensor *t = k < c->n_inputs ? c->inputs[k] : c->outputs[k - c->n_inputs];
        io[k] = tuff_planner_tensor_buffer(p, t->index);
        if (io[k] < 0) return TUFF_ERR_MEMORY;
        tuff_plan_buffer *b = &plan->buffers[io[k]];
        if (b->first > plan->n_steps) b->first = plan->n_steps;
        if (b->last < plan->n_steps) b->last = plan->n_steps;
    }
    return tuff_planner_add_step(p, &(tuff_plan_step){.control = control, .io = io, .n_io = n, .jobs = 1, .node = p->node, .cost = {1, macs, 0}});
}

static tuff_status plan_calls(tuff_planner *p, tuff_context *c, const call_list *list, tuff_control *control) {
    bool settled = true;
    for (int32_t k = 0; k < list->count; k++) {
        tuff_plan *call;
        TUFF_TRY(plan_call(p, c, list, k, &call));
        call->next_call = p->plan->calls; /* freed with the plan, used or not */
        p->plan->calls = call;
        control->calls[k] = call;
        settled = settled && call->n_planned == call->subgraph->n_nodes;
    }
    return settled && shapes_agree(c, control) ? TUFF_OK : TUFF_LATER;
}

static tuff_status control_step(tuff_planner *p, tuff_context *c, const call_list *list) {
    tuff_control *control = TUFF_NEW(p->plan->arena, tuff_control, p->error);
    if (!control) return TUFF_ERR_MEMORY;
    control->kind = c->op->code == IF          ? TUFF_CONTROL_IF
                    : c->op->code == WHILE     ? TUFF_CONTROL_WHILE
                    : c->op->code == CALL_ONCE ? TUFF_CONTROL_ONCE
                    : c->op->code == CASE      ? TUFF_CONTROL_CASE
                                               : TUFF_CONTROL_CALL;
    control->n_calls = list->count;
    control->n_inputs = c->n_inputs;
    control->calls = TUFF_NEW_ARRAY(p->plan->arena, (size_t)list->count, tuff_plan *, p->error);
    control->arenas = TUFF_NEW_ARRAY(p->plan->arena, (size_t)list->count, int32_t, p->error);
    if (!control->calls || !control->arenas) return TUFF_ERR_MEMORY;
    if (control->kind == TUFF_CONTROL_ONCE) TUFF_TRY(once_flag(p, &control->once));
    TUFF_TRY(plan_calls(p, c, list, control));
    for (int32_t o = 0; o < c->n_outputs; o++) {
        const tuff_tensor *r = control->kind == TUFF_CONTROL_WHILE ? c->inputs[o] : result_of(control->calls[0], o);
        TUFF_TRY(tuff_infer_shape(c, o, r->rank, r->shape));
        if (r->type != TUFF_RESOURCE) continue;
        if (!r->data) return TUFF_LATER;
        TUFF_TRY(tuff_planner_set_value(p, c->outputs[o]->index, r, r->data, tuff_tensor_bytes(r), true));
    }
    return emit_control(p, c, control);
}

static bool strings_wait(const tuff_context *c) {
    for (int32_t k = 0; k < c->n_inputs; k++)
        if (c->inputs[k] && c->inputs[k]->type == TUFF_STRING) return true;
    for (int32_t k = 0; k < c->n_outputs; k++)
        if (c->outputs[k]->type == TUFF_STRING) return true;
    return false;
}

tuff_status tuff_control_plan(tuff_planner *p, tuff_context *c) {
    call_list list;
    TUFF_TRY(list_calls(c, &list));
    TUFF_TRY(check_calls(p, c, &list));
    if (p->now) return control_now(p, c, &list);
    if (strings_wait(c)) return TUFF_LATER;
    return control_step(p, c, &list);
}
