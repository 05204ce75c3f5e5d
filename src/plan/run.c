/* Running a plan: addresses once, then each step's kernel.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "ops/ops.h"
#include "plan/planner.h"

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
    case TUFF_PLACE_STATE: address = run->state + b->offset; break;
    case TUFF_PLACE_CONSTANT: memcpy(&address, &b->constant, sizeof address); break; /* kernels don't write constants */
    }
    return address;
}

tuff_status tuff_run_init(tuff_run *run, const tuff_plan *plan, tuff_arena *memory, void *arena, void *state, tuff_error *error) {
    run->plan = plan;
    run->arena = arena;
    run->state = state;
    run->address = TUFF_NEW_ARRAY(memory, (size_t)plan->n_buffers, void *, error);
    run->step_io = TUFF_NEW_ARRAY(memory, (size_t)plan->n_steps, void **, error);
    if (!run->address || !run->step_io) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < plan->n_buffers; k++) run->address[k] = home(run, &plan->buffers[k]);
    for (int32_t s = 0; s < plan->n_steps; s++) {
        run->step_io[s] = TUFF_NEW_ARRAY(memory, (size_t)plan->steps[s].n_io, void *, error);
        if (!run->step_io[s]) return TUFF_ERR_MEMORY;
    }
    resolve(run);
    return TUFF_OK;
}

void tuff_run_bind(tuff_run *run, int32_t buffer, void *address) {
    const int32_t root = tuff_plan_root(run->plan, buffer);
    run->address[root] = address ? address : home(run, &run->plan->buffers[root]);
    resolve(run);
}

void tuff_run_reset(tuff_run *run) {
    const tuff_plan *plan = run->plan;
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        const tuff_plan_buffer *b = &plan->buffers[k];
        if (b->place != TUFF_PLACE_STATE || b->tensor < 0) continue;
        const tuff_tensor *t = &plan->tensors[b->tensor];
        /* s8 states start at the real value 0 */
        const bool offset = t->type == TUFF_S8 && t->quantization.count == 1;
        memset(run->address[k], offset ? (int)t->quantization.zero_point[0] : 0, b->bytes);
    }
}

typedef struct work {
    const tuff_plan_step *step;
    void **io;
    int result[64]; /* per job: each writes its own */
} work;

static void one_job(void *context, int job) {
    work *w = context;
    w->result[job] = w->step->kernel->run(w->step->args, w->io, job, w->step->jobs);
}

static tuff_status illegal_value(const tuff_run *run, const tuff_plan_step *step, int io, tuff_error *error) {
    const tuff_plan *plan = run->plan;
    const tuff_node *n = &plan->subgraph->nodes[step->node];
    const int32_t b = io < step->n_io ? step->io[io] : -1;
    const int32_t tensor = b >= 0 ? plan->buffers[b].tensor : -1;
    return tuff_fail(error, TUFF_ERR_VALUE, "op %d %s: a value of '%s' is illegal", step->node, n->op->name,
                     tensor >= 0 ? plan->tensors[tensor].name : "its input");
}

tuff_status tuff_run_invoke(tuff_run *run, tuff_error *error) {
    const tuff_plan *plan = run->plan;
    for (int32_t s = 0; s < plan->n_steps; s++) {
        const tuff_plan_step *step = &plan->steps[s];
        int bad = 0;
        if (run->hook) run->hook(run->hook_context, s, true);
        if (step->jobs <= 1) {
            bad = step->kernel->run(step->args, run->step_io[s], 0, 1);
        } else {
            work w = {.step = step, .io = run->step_io[s]};
            tuff_pool_run(run->pool, one_job, &w, step->jobs);
            for (int j = 0; j < step->jobs && !bad; j++) bad = w.result[j];
        }
        if (run->hook) run->hook(run->hook_context, s, false);
        if (bad) return illegal_value(run, step, bad - 1, error);
    }
    return TUFF_OK;
}
