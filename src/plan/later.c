/* Nodes whose sizes depend on values: planned and run, one after the other, once the steps before them have run.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where infer answers TUFF_LATER the steps of a plan end. Invoke runs them; then everything that the remaining nodes read is known, and a
 * node whose inputs are all known is run while it is planned, as constants are. So the rest is one more plan, made and used up at each
 * invocation, whose tensors hold their values; it allocates, which a plan without such nodes never does.
 */
#include "plan/planner.h"

/* Tensors that the static part computed, with their values. */
static void take_values(tuff_planner *p, const tuff_run *run) {
    const tuff_plan *before = run->plan;
    for (int32_t t = 0; t < before->subgraph->n_tensors; t++) {
        tuff_tensor *own = &p->plan->tensors[t];
        *own = before->tensors[t];
        p->plan->tensor_buffer[t] = -1;
        p->plan->derived[t] = before->derived[t];
        const int32_t b = before->tensor_buffer[t];
        if (b < 0 || own->data || own->variable) continue;
        own->data = run->address[b];
        own->bytes = before->buffers[b].bytes;
        p->plan->derived[t] = true;
    }
    for (int32_t k = 0; k < before->subgraph->n_inputs; k++) {
        tuff_tensor *own = &p->plan->tensors[before->subgraph->inputs[k]];
        if (own->type != TUFF_STRING || own->data) continue;
        static const int32_t none[2] = {0, 8}; /* no strings: a count of 0, and where the bytes would begin */
        own->data = run->strings[k].data ? (const void *)run->strings[k].data : none;
        own->bytes = run->strings[k].data ? run->strings[k].count : sizeof none;
        p->plan->derived[own->index] = true;
    }
}

tuff_status tuff_plan_finish(tuff_run *run, tuff_plan **finished, tuff_error *error) {
    const tuff_plan *before = run->plan;
    tuff_plan_options o = before->options;
    o.input_dims = NULL;
    o.known = NULL;
    o.state = before->state;
    tuff_planner p;
    tuff_status status = tuff_planner_begin(&p, before->graph, &o, before->cache, &before->allocator, error);
    if (status == TUFF_OK) {
        const size_t n = (size_t)before->subgraph->n_tensors;
        p.now = true;
        p.plan->tensors = TUFF_NEW_ARRAY(p.plan->arena, n, tuff_tensor, error);
        p.plan->tensor_buffer = TUFF_NEW_ARRAY(p.plan->arena, n, int32_t, error);
        p.plan->derived = TUFF_NEW_ARRAY(p.plan->arena, n, bool, error);
        p.is_output = TUFF_NEW_ARRAY(p.temporary, n, bool, error);
        status = p.plan->tensors && p.plan->tensor_buffer && p.plan->derived && p.is_output ? TUFF_OK : TUFF_ERR_MEMORY;
    }
    if (status == TUFF_OK) {
        take_values(&p, run);
        status = tuff_planner_nodes(&p, before->n_planned);
    }
    return tuff_planner_end(&p, status, finished);
}
