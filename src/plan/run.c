/* Running a plan: addresses once, then each step's kernel.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "ops/ops.h"
#include "plan/planner.h"

/* More turns than this and a loop is taken for endless. */
enum { MOST_ITERATIONS = 10000000 };

static void resolve(tuff_run *run) {
    const tuff_plan *plan = run->plan;
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        const int32_t root = tuff_plan_root(plan, k);
        if (root != k) run->address[k] = run->address[root];
    }
    for (int32_t s = 0; s < plan->n_steps; s++)
        for (int32_t k = 0; k < plan->steps[s].n_io; k++) {
            const int32_t b = plan->steps[s].io[k];
            run->step_io[s][k] = b < 0 ? NULL : run->address[b];
        }
}

static void *home(const tuff_run *run, const tuff_plan_buffer *b) {
    void *address = NULL;
    switch (b->place) {
    case TUFF_PLACE_ARENA: address = run->arena + b->offset; break;
    case TUFF_PLACE_STATE: address = b->cell->memory; break;
    case TUFF_PLACE_CONSTANT: memcpy(&address, &b->constant, sizeof address); break; /* kernels don't write constants */
    }
    return address;
}

/* Runs of the subgraphs that a control step calls, their activations in buffers of this run. */
static tuff_status start_calls(tuff_run *run, int32_t step, tuff_arena *memory, tuff_error *error) {
    const tuff_control *c = run->plan->steps[step].control;
    tuff_run *calls = run->calls[step] = TUFF_NEW_ARRAY(memory, (size_t)c->n_calls, tuff_run, error);
    if (!calls) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < c->n_calls; k++) {
        TUFF_TRY(tuff_run_init(&calls[k], c->calls[k], memory, run->address[c->arenas[k]], error));
        calls[k].pool = run->pool;
    }
    return TUFF_OK;
}

tuff_status tuff_run_init(tuff_run *run, const tuff_plan *plan, tuff_arena *memory, void *arena, tuff_error *error) {
    run->plan = plan;
    run->arena = arena;
    run->address = TUFF_NEW_ARRAY(memory, (size_t)plan->n_buffers, void *, error);
    run->step_io = TUFF_NEW_ARRAY(memory, (size_t)plan->n_steps, void **, error);
    run->calls = TUFF_NEW_ARRAY(memory, (size_t)plan->n_steps, tuff_run *, error);
    run->strings = TUFF_NEW_ARRAY(memory, (size_t)plan->subgraph->n_inputs, tuff_bytes, error);
    if (!run->address || !run->step_io || !run->calls || !run->strings) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < plan->n_buffers; k++) run->address[k] = home(run, &plan->buffers[k]);
    for (int32_t s = 0; s < plan->n_steps; s++) {
        run->step_io[s] = TUFF_NEW_ARRAY(memory, (size_t)plan->steps[s].n_io, void *, error);
        if (!run->step_io[s]) return TUFF_ERR_MEMORY;
    }
    resolve(run);
    for (int32_t s = 0; s < plan->n_steps; s++)
        if (plan->steps[s].control) TUFF_TRY(start_calls(run, s, memory, error));
    return TUFF_OK;
}

void tuff_run_end(tuff_run *run) {
    tuff_plan_destroy(run->finished);
    run->finished = NULL;
}

void tuff_run_bind(tuff_run *run, int32_t buffer, void *address) {
    const int32_t root = tuff_plan_root(run->plan, buffer);
    run->address[root] = address ? address : home(run, &run->plan->buffers[root]);
    resolve(run);
}

void *tuff_run_value(const tuff_run *run, int32_t tensor, const tuff_tensor **info) {
    const tuff_plan *plan = run->finished ? run->finished : run->plan;
    const tuff_tensor *t = &plan->tensors[tensor];
    if (info) *info = t;
    const int32_t b = run->plan->tensor_buffer[tensor];
    void *value = NULL;
    if (b >= 0) return run->address[b];
    memcpy(&value, &t->data, sizeof value);
    return value;
}

/* ---- kernels ---- */
typedef struct work {
    const tuff_plan_step *step;
    void **io;
    int result[64]; /* per job: each writes its own */
} work;

static void one_job(void *context, int job) {
    work *w = context;
    w->result[job] = w->step->kernel->run(w->step->args, w->io, job, w->step->jobs);
}

static int run_kernel(const tuff_run *run, const tuff_plan_step *step, void **io) {
    if (step->jobs <= 1) return step->kernel->run(step->args, io, 0, 1);
    work w = {.step = step, .io = io};
    tuff_pool_run(run->pool, one_job, &w, step->jobs);
    for (int j = 0; j < step->jobs; j++)
        if (w.result[j]) return w.result[j];
    return 0;
}

static tuff_status illegal_value(const tuff_run *run, const tuff_plan_step *step, int io, tuff_error *error) {
    const tuff_plan *plan = run->plan;
    const tuff_node *n = &plan->subgraph->nodes[step->node];
    const int32_t b = io < step->n_io ? step->io[io] : -1;
    const int32_t tensor = b >= 0 ? plan->buffers[b].tensor : -1;
    return tuff_fail(error, TUFF_ERR_VALUE, "op %d %s: a value of '%s' is illegal", step->node, n->op->name,
                     tensor >= 0 ? plan->tensors[tensor].name : "its input");
}

/* ---- control ---- */
static void copy_values(void *to, const void *from, size_t bytes) {
    if (bytes && to != from) memmove(to, from, bytes);
}

/* A call's input that its plan took as known has no buffer. */
static void set_inputs(tuff_run *call, void *const *from) {
    const tuff_plan *plan = call->plan;
    for (int32_t k = 0; k < plan->subgraph->n_inputs; k++) {
        const int32_t b = plan->tensor_buffer[plan->subgraph->inputs[k]];
        if (b >= 0 && plan->buffers[b].place == TUFF_PLACE_ARENA) copy_values(call->address[b], from[k], plan->buffers[b].bytes);
    }
}

static const void *output_of(const tuff_run *call, int32_t k) { return call->address[call->plan->tensor_buffer[call->plan->subgraph->outputs[k]]]; }

static void get_outputs(const tuff_run *call, void *const *to) {
    const tuff_plan *plan = call->plan;
    for (int32_t k = 0; k < plan->subgraph->n_outputs; k++)
        if (to[k]) copy_values(to[k], output_of(call, k), plan->buffers[plan->tensor_buffer[plan->subgraph->outputs[k]]].bytes);
}

static tuff_status call_subgraph(tuff_run *call, void *const *inputs, void *const *outputs, tuff_error *error) {
    set_inputs(call, inputs);
    TUFF_TRY(tuff_run_invoke(call, error));
    get_outputs(call, outputs);
    return TUFF_OK;
}

/* The loop's variables after a turn. The body's inputs live in the variables' memory in TFLite, and its outputs are copied there one after the other: where a
 * body hands an input on as another variable (a swap), the copy may already see the new value. Its results are the ones to give (docs/numerics.md). */
static void take_turn(const tuff_run *body, void *const *values) {
    const tuff_plan *plan = body->plan;
    const tuff_subgraph *s = plan->subgraph;
    for (int32_t k = 0; k < s->n_outputs; k++) {
        const void *from = output_of(body, k);
        for (int32_t i = 0; i < s->n_inputs; i++)
            if (s->inputs[i] == s->outputs[k]) from = values[i];
        if (values[k]) copy_values(values[k], from, tuff_tensor_bytes(&plan->tensors[s->outputs[k]]));
    }
}

static tuff_status run_while(tuff_run *condition, tuff_run *body, const tuff_control *c, void *const *io, int64_t most, tuff_error *error) {
    const tuff_plan *plan = body->plan;
    void *const *values = io + c->n_inputs; /* the loop's variables live in the node's outputs */
    for (int32_t k = 0; k < plan->subgraph->n_inputs; k++) copy_values(values[k], io[k], tuff_tensor_bytes(&plan->tensors[plan->subgraph->inputs[k]]));
    for (int64_t turn = 0;; turn++) {
        set_inputs(condition, values);
        TUFF_TRY(tuff_run_invoke(condition, error));
        if (!*(const bool *)output_of(condition, 0)) return TUFF_OK;
        if (turn == most) return tuff_fail(error, TUFF_ERR_LIMIT, "the loop has not ended after %lld turns", (long long)most);
        set_inputs(body, values);
        TUFF_TRY(tuff_run_invoke(body, error));
        take_turn(body, values);
    }
}

static tuff_status run_control(tuff_run *run, int32_t s, tuff_error *error) {
    const tuff_control *c = run->plan->steps[s].control;
    void *const *io = run->step_io[s], *const *outputs = io + c->n_inputs;
    tuff_run *calls = run->calls[s];
    const int64_t most = run->plan->options.most_iterations ? run->plan->options.most_iterations : MOST_ITERATIONS;
    int32_t index;
    switch (c->kind) {
    case TUFF_CONTROL_WHILE: return run_while(&calls[0], &calls[1], c, io, most, error);
    case TUFF_CONTROL_IF: return call_subgraph(&calls[*(const bool *)io[0] ? 0 : 1], io + 1, outputs, error);
    case TUFF_CONTROL_CALL: return call_subgraph(&calls[0], io, outputs, error);
    case TUFF_CONTROL_CASE:
        memcpy(&index, io[0], sizeof index);
        if (index < 0 || index >= c->n_calls) index = c->n_calls - 1;
        return call_subgraph(&calls[index], io + 1, outputs, error);
    case TUFF_CONTROL_ONCE:
        if (*(uint8_t *)c->once->memory) return TUFF_OK;
        TUFF_TRY(tuff_run_invoke(&calls[0], error));
        *(uint8_t *)c->once->memory = 1;
        return TUFF_OK;
    }
    return TUFF_OK;
}

/* ---- the whole ---- */
static tuff_status run_step(tuff_run *run, int32_t s, tuff_error *error) {
    const tuff_plan_step *step = &run->plan->steps[s];
    if (step->control) {
        const tuff_status status = run_control(run, s, error);
        if (status != TUFF_OK) tuff_error_prefix(error, "op %d %s", step->node, run->plan->subgraph->nodes[step->node].op->name);
        return status;
    }
    const int bad = run_kernel(run, step, run->step_io[s]);
    return bad ? illegal_value(run, step, bad - 1, error) : TUFF_OK;
}

tuff_status tuff_run_invoke(tuff_run *run, tuff_error *error) {
    const tuff_plan *plan = run->plan;
    for (int32_t s = 0; s < plan->n_steps; s++) {
        if (run->hook) run->hook(run->hook_context, s, true);
        TUFF_TRY(run_step(run, s, error));
        if (run->hook) run->hook(run->hook_context, s, false);
    }
    if (plan->n_planned == plan->subgraph->n_nodes) return TUFF_OK;
    tuff_run_end(run);
    return tuff_plan_finish(run, &run->finished, error);
}
