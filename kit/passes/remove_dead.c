/* Nodes whose results nobody reads are removed.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact: what remains computes the same. Nodes that do more than compute a result stay: those that write state, call other subgraphs, have
 * no outputs, or are custom ops.
 */
#include <string.h>

#include "kit/passes/passes.h"

static bool acts(const tuff_subgraph *s, const tuff_node *n) {
    static const char *const callers[] = {"IF", "WHILE", "CALL", "CALL_ONCE"};
    if (n->n_outputs == 0 || n->op->code == 32 || n->mutating_inputs || (n->op->inputs && strchr(n->op->inputs, '!'))) return true;
    for (size_t i = 0; i < sizeof callers / sizeof *callers; i++)
        if (tuff_node_is(n, callers[i])) return true;
    for (int32_t i = 0; i < n->n_inputs; i++)
        if (n->inputs[i] >= 0 && (s->tensors[n->inputs[i]].variable || s->tensors[n->inputs[i]].type == TUFF_RESOURCE)) return true;
    return false;
}

tuff_status tuff_pass_remove_dead(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = s->n_nodes - 1; i >= 0; i--) { /* backwards, so that one look is enough */
        bool read = acts(s, &s->nodes[i]);
        for (int32_t k = 0; !read && k < s->nodes[i].n_outputs; k++)
            read = s->nodes[i].outputs[k] >= 0 && tuff_graph_reader_count(s, s->nodes[i].outputs[k]) > 0;
        if (read) continue;
        tuff_pass_changed(p, "removed", "nodes whose result nothing reads", NULL);
        tuff_graph_remove_node(s, i);
    }
    return TUFF_OK;
}
