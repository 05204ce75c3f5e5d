/* What the two passes that fold constants into weights share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/passes/scale.h"

#include <math.h>

static bool finite_all(const tuff_tensor *t) {
    for (size_t i = 0; i < t->bytes / sizeof(float); i++)
        if (!isfinite(((const float *)t->data)[i])) return false;
    return true;
}

bool tuff_scale_read(const tuff_subgraph *s, const tuff_node *n, int32_t channels, tuff_scale *out) {
    const bool multiplies = tuff_node_is(n, "MUL"), adds = tuff_node_is(n, "ADD"), subtracts = tuff_node_is(n, "SUB");
    if ((!multiplies && !adds && !subtracts) || n->n_inputs != 2) return false;
    const int32_t k = subtracts || tuff_pass_is_f32_constant(&s->tensors[n->inputs[1]]) ? 1 : 0;
    const tuff_tensor *constant = &s->tensors[n->inputs[k]], *x = &s->tensors[n->inputs[1 - k]];
    if (!tuff_pass_is_f32_constant(constant) || !finite_all(constant) || !tuff_pass_same_shape(x, &s->tensors[n->outputs[0]])) return false;
    const size_t count = constant->bytes / sizeof(float);
    if (count != 1 && (count != (size_t)channels || constant->rank < 1 || constant->shape[constant->rank - 1] != channels)) return false;
    *out = (tuff_scale){*constant, n->inputs[1 - k], multiplies, subtracts ? -1.0f : 1.0f};
    return true;
}

float tuff_scale_value(const tuff_scale *step, size_t channel) {
    return ((const float *)step->constant.data)[step->constant.bytes == sizeof(float) ? 0 : channel];
}

bool tuff_scale_takes(const tuff_subgraph *s, const tuff_node *n) {
    const bool full = tuff_node_is(n, "FULLY_CONNECTED");
    if ((!full && !tuff_node_is(n, "CONV_2D") && !tuff_node_is(n, "DEPTHWISE_CONV_2D")) || n->n_inputs < 2 || n->n_outputs != 1) return false;
    const tuff_tensor *w = &s->tensors[n->inputs[1]];
    if (!tuff_pass_is_f32_constant(w) || w->rank != (full ? 2 : 4) || s->tensors[n->inputs[0]].type != TUFF_F32) return false;
    if (n->n_inputs > 2 && n->inputs[2] >= 0 && !tuff_pass_is_f32_constant(&s->tensors[n->inputs[2]])) return false;
    return tuff_node_option(n, "weights_format", 0) == 0;
}

tuff_status tuff_scale_replace(tuff_pass *p, int32_t node, int32_t k, const tuff_tensor *old, const float *values, size_t bytes) {
    tuff_subgraph *s = p->subgraph;
    const int32_t fresh = tuff_graph_add_constant(p->graph, s, old->name, TUFF_F32, old->rank, old->shape, values, bytes, false, p->error);
    if (fresh < 0) return TUFF_ERR_MEMORY;
    int32_t inputs[3] = {s->nodes[node].inputs[0], s->nodes[node].inputs[1], s->nodes[node].n_inputs > 2 ? s->nodes[node].inputs[2] : -1};
    inputs[k] = fresh;
    return tuff_graph_set_inputs(p->graph, &s->nodes[node], inputs, 3, p->error);
}
