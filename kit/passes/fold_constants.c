/* Nodes whose inputs are all constants are computed now.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact: the node is run by the same kernels that would run it later. Weights that are stored smaller than they are used (DEQUANTIZE, DENSIFY)
 * stay so, and so do results that would make the file much larger.
 */
#include <string.h>

#include "base/cpu.h"
#include "kit/passes/passes.h"
#include "plan/plan.h"

enum { SMALL = 1 << 16 };

static bool foldable(const tuff_subgraph *s, const tuff_node *n) {
    static const char *const kept[] = {"DEQUANTIZE", "DENSIFY", "RANDOM_UNIFORM", "RANDOM_STANDARD_NORMAL", "MULTINOMIAL", "IF", "WHILE", "CALL", "CALL_ONCE"};
    if (n->n_inputs < 1 || n->n_outputs != 1 || !n->op->variants || !n->op->infer || n->op->code == 32 || (n->op->inputs && strchr(n->op->inputs, '!')))
        return false;
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (tuff_node_is(n, kept[i])) return false;
    for (int32_t i = 0; i < n->n_inputs; i++) {
        if (n->inputs[i] < 0) continue;
        const tuff_tensor *t = &s->tensors[n->inputs[i]];
        if (!t->data || t->variable || t->sparsity || t->type == TUFF_STRING) return false;
    }
    const tuff_type type = s->tensors[n->outputs[0]].type;
    return type != TUFF_STRING && type != TUFF_RESOURCE && type != TUFF_VARIANT && !tuff_pass_is_graph_output(s, n->outputs[0]);
}

static int32_t copy_tensor(tuff_graph *g, tuff_subgraph *s, const tuff_tensor *t, tuff_error *error) {
    const int32_t k = t->data ? tuff_graph_add_constant(g, s, t->name, t->type, t->rank, t->shape, t->data, t->bytes, false, error)
                              : tuff_graph_add_tensor(g, s, t->name, t->type, t->rank, t->shape, t->signature, error);
    if (k >= 0) s->tensors[k].quantization = t->quantization;
    return k;
}

/* A graph of that node alone. */
static tuff_graph *graph_of(const tuff_subgraph *from, const tuff_node *n, tuff_arena *arena, tuff_error *error) {
    tuff_graph *g = tuff_graph_create(arena, error);
    tuff_subgraph *s = g ? tuff_graph_add_subgraph(g, "constant", error) : NULL;
    int32_t *inputs = TUFF_NEW_ARRAY(arena, (size_t)n->n_inputs, int32_t, error);
    if (!s || !inputs) return NULL;
    for (int32_t i = 0; i < n->n_inputs; i++) {
        inputs[i] = n->inputs[i] < 0 ? -1 : copy_tensor(g, s, &from->tensors[n->inputs[i]], error);
        if (n->inputs[i] >= 0 && inputs[i] < 0) return NULL;
    }
    const int32_t output = copy_tensor(g, s, &from->tensors[n->outputs[0]], error);
    tuff_node *copy = output >= 0 ? tuff_graph_add_node(g, s, -1, n->op, inputs, n->n_inputs, &output, 1, error) : NULL;
    if (!copy || tuff_graph_set_graph_io(g, s, NULL, 0, &output, 1, error) != TUFF_OK) return NULL;
    copy->attrs = n->attrs, copy->version = n->version; /* shared: nothing here changes them */
    return g;
}

static const void *run(const tuff_plan *plan, tuff_arena *arena, tuff_error *error) {
    const int32_t output = plan->subgraph->outputs[0], buffer = plan->tensor_buffer[output];
    if (plan->tensors[output].data) return plan->tensors[output].data;
    void *memory = tuff_arena_take(arena, plan->arena_bytes, 64, error);
    tuff_run r = {0};
    if (!memory || plan->n_planned == 0 || tuff_run_init(&r, plan, arena, memory, error) != TUFF_OK || tuff_run_invoke(&r, error) != TUFF_OK) return NULL;
    return buffer >= 0 ? r.address[buffer] : NULL;
}

/* The output tensor becomes a constant. */
static tuff_status store(tuff_pass *p, int32_t node, const tuff_tensor *result, const void *data) {
    tuff_subgraph *s = p->subgraph;
    tuff_tensor *t = &s->tensors[s->nodes[node].outputs[0]];
    const size_t bytes = tuff_tensor_bytes(result);
    TUFF_TRY(tuff_graph_set_shape(p->graph, t, result->rank, result->shape, NULL, p->error));
    if (!(t->data = tuff_arena_copy(p->graph->arena, data, bytes, p->error))) return TUFF_ERR_MEMORY;
    t->bytes = bytes;
    tuff_pass_changed(p, "computed", "nodes with constant inputs", NULL);
    tuff_graph_remove_node(s, node);
    return TUFF_OK;
}

/* *removed: the node is gone. A node that cannot be planned or run stays, and says so when the model is run. */
static tuff_status fold(tuff_pass *p, int32_t node, bool *removed) {
    const tuff_node *n = &p->subgraph->nodes[node];
    tuff_arena *arena = tuff_arena_create(NULL, p->error);
    if (!arena) return TUFF_ERR_MEMORY;
    tuff_status status = TUFF_OK;
    tuff_plan *plan = NULL;
    tuff_error ignored = {0};
    const tuff_plan_options options = {.target = {.level = TUFF_CPU_NONE, .threads = 1}};
    const tuff_graph *g = graph_of(p->subgraph, n, arena, &ignored);
    const void *data = g && tuff_plan_create(g, &options, NULL, NULL, &plan, &ignored) == TUFF_OK ? run(plan, arena, &ignored) : NULL;
    if (data) {
        const tuff_tensor *result = &plan->tensors[plan->subgraph->outputs[0]];
        size_t before = SMALL;
        for (int32_t i = 0; i < n->n_inputs; i++) before += n->inputs[i] >= 0 ? p->subgraph->tensors[n->inputs[i]].bytes : 0;
        *removed = tuff_tensor_bytes(result) <= before;
        if (*removed) status = store(p, node, result, data);
    }
    tuff_plan_destroy(plan);
    tuff_arena_destroy(arena);
    return status;
}

tuff_status tuff_pass_fold_constants(tuff_pass *p) {
    for (int32_t i = 0; i < p->subgraph->n_nodes; i++) {
        bool removed = false;
        if (foldable(p->subgraph, &p->subgraph->nodes[i])) TUFF_TRY(fold(p, i, &removed));
        if (removed) i--;
    }
    return TUFF_OK;
}
