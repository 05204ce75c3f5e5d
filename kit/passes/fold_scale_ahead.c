/* MUL, ADD and SUB with a constant per channel move into the weights and bias of the convolution or FULLY_CONNECTED behind them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What fold_scale couldn't move back: a batch normalization behind an activation, say. W(g x + c) = (W g) x + W c, so a factor scales the
 * weights of its input channel, and an offset becomes bias. An offset needs a window that never looks at padding: there, zeros are read
 * where c would have to be.
 *
 * Exact but for rounding: each weight is multiplied once, in float (2^-24 of its size); W c is summed in double and rounded once with the
 * bias; sums are then taken over these. The model's first ops stay, since they tell what its input is (its recipe).
 */
#include "graph/attrs.h"
#include "kit/passes/scale.h"

enum { SAME = 0 };

/* Input channels of a node that can take constants up, 0 where it cannot. */
static int32_t channels_of(const tuff_subgraph *s, const tuff_node *n) {
    if (!tuff_scale_takes(s, n)) return 0;
    const tuff_tensor *x = &s->tensors[n->inputs[0]], *w = &s->tensors[n->inputs[1]];
    const int32_t channels = x->rank > 0 ? x->shape[x->rank - 1] : 0;
    if (tuff_node_is(n, "DEPTHWISE_CONV_2D")) return channels > 0 && w->shape[3] % channels == 0 ? channels : 0;
    return w->shape[w->rank - 1] == channels ? channels : 0; /* no groups, no flattening */
}

static bool pads(const tuff_subgraph *s, const tuff_node *n) {
    const tuff_tensor *w = &s->tensors[n->inputs[1]];
    return w->rank == 4 && tuff_node_option(n, "padding", SAME) == SAME && (w->shape[1] > 1 || w->shape[2] > 1);
}

/* The model's input, or a CAST of it */
static bool is_beginning(const tuff_subgraph *s, int32_t tensor) {
    const int32_t producer = tuff_graph_producer(s, tensor);
    if (producer >= 0 && tuff_node_is(&s->nodes[producer], "CAST")) tensor = s->nodes[producer].inputs[0];
    return tuff_pass_is_graph_input(s, tensor);
}

/* Input channel that weight number i belongs to. */
static size_t channel_of(const tuff_tensor *w, bool depthwise, size_t channels, size_t i) {
    return depthwise ? i % (size_t)w->shape[3] / ((size_t)w->shape[3] / channels) : i % channels;
}

static tuff_status scale_weights(tuff_pass *p, int32_t node, const tuff_scale *by, size_t channels) {
    const tuff_node *n = &p->subgraph->nodes[node];
    const tuff_tensor old = p->subgraph->tensors[n->inputs[1]];
    const bool depthwise = tuff_node_is(n, "DEPTHWISE_CONV_2D");
    float *values = tuff_arena_take(p->graph->arena, old.bytes, 64, p->error);
    if (!values) return TUFF_ERR_MEMORY;
    for (size_t i = 0; i < old.bytes / sizeof(float); i++)
        values[i] = ((const float *)old.data)[i] * tuff_scale_value(by, channel_of(&old, depthwise, channels, i));
    return tuff_scale_replace(p, node, 1, &old, values, old.bytes);
}

static tuff_status add_to_bias(tuff_pass *p, int32_t node, const tuff_scale *by, size_t channels) {
    const tuff_subgraph *s = p->subgraph;
    const tuff_node *n = &s->nodes[node];
    const tuff_tensor *w = &s->tensors[n->inputs[1]];
    const bool depthwise = tuff_node_is(n, "DEPTHWISE_CONV_2D");
    const int32_t outputs = w->shape[depthwise ? 3 : 0], bias = n->n_inputs > 2 ? n->inputs[2] : -1;
    const size_t count = w->bytes / sizeof(float), out = (size_t)outputs, each = count / out;
    const tuff_tensor old = bias >= 0 ? s->tensors[bias] : (tuff_tensor){.name = by->constant.name, .rank = 1, .shape = &outputs};
    float *values = tuff_arena_take(p->graph->arena, out * sizeof(float), 64, p->error);
    if (!values) return TUFF_ERR_MEMORY;
    for (size_t o = 0; o < out; o++) {
        double sum = bias >= 0 ? (double)((const float *)old.data)[o] : 0;
        for (size_t k = 0; k < each; k++) {
            const size_t i = depthwise ? k * out + o : o * each + k;
            sum += (double)((const float *)w->data)[i] * (double)by->sign * (double)tuff_scale_value(by, channel_of(w, depthwise, channels, i));
        }
        values[o] = (float)sum;
    }
    return tuff_scale_replace(p, node, 2, &old, values, out * sizeof(float));
}

/* The step in front of node i that can go into it: its node number, or -1. */
static int32_t step_before(const tuff_subgraph *s, int32_t i, tuff_scale *by, int32_t *channels) {
    *channels = channels_of(s, &s->nodes[i]);
    const int32_t x = *channels ? s->nodes[i].inputs[0] : -1, before = *channels ? tuff_graph_producer(s, x) : -1;
    if (before < 0 || !tuff_scale_read(s, &s->nodes[before], *channels, by) || tuff_graph_only_reader(s, x) != i) return -1;
    if (tuff_node_option(&s->nodes[before], "fused_activation_function", 0) != 0 || (!by->multiplies && pads(s, &s->nodes[i]))) return -1;
    const int32_t first = tuff_graph_producer(s, by->x); /* of the two steps that are a Normalization, the second */
    tuff_scale other;
    if (is_beginning(s, by->x) || (first >= 0 && tuff_scale_read(s, &s->nodes[first], *channels, &other) && is_beginning(s, other.x))) return -1;
    return before;
}

tuff_status tuff_pass_fold_scale_ahead(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        tuff_scale by;
        int32_t channels = 0, before;
        const char *what = NULL;
        while ((before = step_before(s, i, &by, &channels)) >= 0) {
            what = what && by.multiplies ? "BATCH_NORMALIZATION (MUL, ADD)" : s->nodes[before].op->name;
            TUFF_TRY(by.multiplies ? scale_weights(p, i, &by, (size_t)channels) : add_to_bias(p, i, &by, (size_t)channels));
            s->nodes[i].inputs[0] = by.x;
            tuff_graph_remove_node(s, before);
            i--;
        }
        if (what) tuff_pass_changed(p, "folded", what, s->nodes[i].op->name);
    }
    return TUFF_OK;
}
