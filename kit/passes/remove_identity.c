/* Nodes that change nothing are removed: RESHAPE to the shape that is there, RESHAPE of a RESHAPE, MUL and DIV by 1, ADD and SUB of 0.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact, but that x + 0 turns -0 into +0 where the model without the node keeps -0.
 */
#include <math.h>

#include "kit/passes/passes.h"

static bool all_equal(const tuff_tensor *t, float value) {
    if (!tuff_pass_is_f32_constant(t)) return false;
    for (size_t i = 0; i < t->bytes / sizeof(float); i++)
        if (((const float *)t->data)[i] != value) return false;
    return true;
}

static int32_t unknown_sizes(const tuff_tensor *t) {
    int32_t count = 0;
    for (int32_t i = 0; t->signature && i < t->rank; i++) count += t->signature[i] < 0;
    return count;
}

/* The input whose value the node's output has, -1 where there is none. */
static int32_t neutral_input(const tuff_subgraph *s, const tuff_node *n) {
    const tuff_tensor *out = &s->tensors[n->outputs[0]], *in = &s->tensors[n->inputs[0]];
    if (tuff_node_is(n, "RESHAPE")) return tuff_pass_same_shape(in, out) && unknown_sizes(out) < 2 ? 0 : -1;
    const bool scales = tuff_node_is(n, "MUL"), divides = tuff_node_is(n, "DIV"), adds = tuff_node_is(n, "ADD"), subtracts = tuff_node_is(n, "SUB");
    if ((!scales && !divides && !adds && !subtracts) || n->n_inputs != 2 || tuff_node_option(n, "fused_activation_function", 0) != 0) return -1;
    const float neutral = scales || divides ? 1.0f : 0.0f;
    for (int32_t k = 0; k < (scales || adds ? 2 : 1); k++)
        if (all_equal(&s->tensors[n->inputs[1 - k]], neutral) && tuff_pass_same_shape(&s->tensors[n->inputs[k]], out)) return k;
    return -1;
}

/* RESHAPE(RESHAPE(x)) reads x itself: the second one's target doesn't depend on the shape it is given. */
static bool skip_reshape(tuff_pass *p, int32_t i) {
    tuff_subgraph *s = p->subgraph;
    const int32_t before = tuff_node_is(&s->nodes[i], "RESHAPE") ? tuff_graph_producer(s, s->nodes[i].inputs[0]) : -1;
    if (before < 0 || !tuff_node_is(&s->nodes[before], "RESHAPE")) return false;
    const bool fixed = s->nodes[i].n_inputs < 2 || s->nodes[i].inputs[1] < 0 || s->tensors[s->nodes[i].inputs[1]].data;
    if (!fixed) return false;
    s->nodes[i].inputs[0] = s->nodes[before].inputs[0];
    tuff_pass_changed(p, "joined", "RESHAPE", "the next RESHAPE");
    return true;
}

tuff_status tuff_pass_remove_identity(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        if (s->nodes[i].n_outputs != 1 || s->nodes[i].n_inputs < 1 || s->nodes[i].inputs[0] < 0) continue;
        (void)skip_reshape(p, i);
        const int32_t k = neutral_input(s, &s->nodes[i]);
        const char *name = s->nodes[i].op->name;
        if (k < 0 || !tuff_pass_bypass(p, i, k)) continue;
        tuff_pass_changed(p, "removed", name, NULL);
        i--;
    }
    return TUFF_OK;
}
