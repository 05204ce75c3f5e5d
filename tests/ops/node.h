/* One node as a graph of its own, planned and run at any cpu level with any number of jobs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_OPS_NODE_H
#define TESTS_OPS_NODE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ops/ops.h"
#include "plan/plan.h"

enum { NODE_SCALES = 64 };
typedef struct operand {
    tuff_type type;
    int32_t rank, shape[4];
    int32_t scales; /* 0: not quantized */
    float scale[NODE_SCALES];
    int32_t zero, axis;
    const void *data; /* NULL: left out */
    bool fed;         /* a graph input instead of a constant */
} operand;

typedef struct result {
    tuff_status status;
    tuff_error error;
    int32_t rank, shape[TUFF_MAX_RANK];
    size_t bytes;
    void *data;             /* of output 0; freed by node_free */
    const char *kernels[4]; /* what ran */
    int32_t n_kernels;
    int32_t version; /* what op->version asks for */
} result;

static void node_free(result *r) { free(r->data); }

static int32_t node_tensor(tuff_graph *g, const operand *o, const char *name, tuff_error *error) {
    tuff_subgraph *s = &g->subgraphs[0];
    tuff_tensor sized = {.type = o->type, .rank = o->rank, .shape = o->shape};
    const int32_t t = o->data && !o->fed ? tuff_graph_add_constant(g, s, name, o->type, o->rank, o->shape, o->data, tuff_tensor_bytes(&sized), true, error)
                                         : tuff_graph_add_tensor(g, s, name, o->type, o->rank, o->shape, NULL, error);
    assert_true(t >= 0);
    int64_t zeros[NODE_SCALES];
    for (int32_t k = 0; k < o->scales; k++) zeros[k] = o->zero;
    if (o->scales > 0) assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[t], o->scales, o->scale, zeros, o->axis, error), TUFF_OK);
    return t;
}

static tuff_graph *node_graph(tuff_arena *arena, const tuff_op *op, const void *attrs, const operand *in, int32_t n_in, const operand *out, tuff_error *error) {
    static const char *const names[] = {"input", "weights", "bias"};
    tuff_graph *g = tuff_graph_create(arena, error);
    tuff_graph_add_subgraph(g, "main", error);
    int32_t inputs[3], fed[3], n_fed = 0;
    for (int32_t k = 0; k < n_in; k++) {
        inputs[k] = in[k].data ? node_tensor(g, &in[k], names[k], error) : -1;
        if (in[k].fed) fed[n_fed++] = inputs[k];
    }
    const int32_t output = node_tensor(g, out, "output", error);
    tuff_subgraph *s = &g->subgraphs[0];
    tuff_node *n = tuff_graph_add_node(g, s, -1, op, inputs, n_in, &output, 1, error);
    assert_non_null(n);
    memcpy(n->attrs, attrs, op->options.bytes);
    assert_int_equal(tuff_graph_set_graph_io(g, s, fed, n_fed, &output, 1, error), TUFF_OK);
    return g;
}

/* The steps' kernels, each as `jobs` jobs where it can be split that far. */
static void node_invoke(tuff_run *run, int jobs, result *r) {
    tuff_plan *plan = (tuff_plan *)(uintptr_t)run->plan;
    for (int32_t k = 0; k < plan->n_steps; k++) {
        tuff_plan_step *step = &plan->steps[k];
        step->jobs = step->cost.tiles < jobs ? (int32_t)(step->cost.tiles > 0 ? step->cost.tiles : 1) : jobs;
        if (r->n_kernels < 4) r->kernels[r->n_kernels++] = step->kernel->name;
    }
    assert_int_equal(tuff_run_invoke(run, &r->error), TUFF_OK);
}

static result node_run(const tuff_op *op, const void *attrs, const operand *in, int32_t n_in, const operand *out, int level, int jobs) {
    result r = {.status = TUFF_OK};
    tuff_arena *arena = tuff_arena_create(NULL, &r.error);
    tuff_graph *g = node_graph(arena, op, attrs, in, n_in, out, &r.error);
    const tuff_plan_options o = {.target = {.level = level, .threads = jobs}};
    tuff_plan *plan = NULL;
    r.status = tuff_plan_create(g, &o, NULL, NULL, &plan, &r.error);
    if (r.status == TUFF_OK) {
        tuff_run run = {0};
        void *memory = tuff_arena_take(arena, plan->arena_bytes, 64, &r.error);
        assert_int_equal(tuff_run_init(&run, plan, arena, memory, &r.error), TUFF_OK);
        for (int32_t k = 0, t = 0; k < n_in; k++) {
            if (in[k].fed) memcpy(run.address[plan->tensor_buffer[t]], in[k].data, tuff_tensor_bytes(&plan->tensors[t]));
            if (in[k].data) t++;
        }
        node_invoke(&run, jobs, &r);
        const int32_t output = g->subgraphs[0].outputs[0];
        const tuff_tensor *t = &plan->tensors[output];
        r.rank = t->rank;
        memcpy(r.shape, t->shape, (size_t)t->rank * sizeof *r.shape);
        r.bytes = tuff_tensor_bytes(t);
        r.data = malloc(r.bytes + 1);
        memcpy(r.data, run.address[plan->tensor_buffer[output]], r.bytes);
        tuff_plan_destroy(plan);
    }
    tuff_arena_destroy(arena);
    return r;
}

#endif
