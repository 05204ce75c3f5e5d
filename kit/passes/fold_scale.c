/* MUL, ADD and SUB with a constant per channel move into the weights and bias of the convolution or FULLY_CONNECTED before them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * This is how batch normalization, which importers write as MUL and ADD, disappears.
 *
 * Exact but for rounding: each weight and bias is multiplied and added once, in float, so it is off by at most half an ULP per step (2^-24 of
 * its size); sums are then taken over these. Constants that aren't finite stay where they are.
 */
#include "graph/attrs.h"
#include "kit/passes/scale.h"

/* Channels of a node that can take constants up behind it, 0 where it cannot. */
static int32_t channels_of(const tuff_subgraph *s, const tuff_node *n) {
    if (!tuff_scale_takes(s, n) || tuff_node_option(n, "fused_activation_function", 1) != 0) return 0;
    return s->tensors[n->inputs[1]].shape[tuff_node_is(n, "DEPTHWISE_CONV_2D") ? 3 : 0];
}

static tuff_status change_weights(tuff_pass *p, int32_t node, const tuff_scale *by, int32_t channels) {
    tuff_subgraph *s = p->subgraph;
    const tuff_tensor old = s->tensors[s->nodes[node].inputs[1]];
    const size_t count = old.bytes / sizeof(float), each = count / (size_t)channels;
    const bool last = tuff_node_is(&s->nodes[node], "DEPTHWISE_CONV_2D"); /* channels are the last axis there, the first elsewhere */
    float *values = tuff_arena_take(p->graph->arena, old.bytes, 64, p->error);
    if (!values) return TUFF_ERR_MEMORY;
    for (size_t i = 0; i < count; i++) values[i] = ((const float *)old.data)[i] * tuff_scale_value(by, last ? i % (size_t)channels : i / each);
    return tuff_scale_replace(p, node, 1, &old, values, old.bytes);
}

static tuff_status change_bias(tuff_pass *p, int32_t node, const tuff_scale *by, int32_t channels) {
    tuff_subgraph *s = p->subgraph;
    const tuff_node *n = &s->nodes[node];
    const int32_t bias = n->n_inputs > 2 ? n->inputs[2] : -1;
    if (bias < 0 && by->multiplies) return TUFF_OK;
    const tuff_tensor old = bias >= 0 ? s->tensors[bias] : (tuff_tensor){.name = by->constant.name, .rank = 1, .shape = &channels};
    const size_t bytes = (size_t)channels * sizeof(float);
    float *values = tuff_arena_take(p->graph->arena, bytes, 64, p->error);
    if (!values) return TUFF_ERR_MEMORY;
    for (size_t c = 0; c < (size_t)channels; c++) {
        const float before = bias >= 0 ? ((const float *)old.data)[c] : 0, v = tuff_scale_value(by, c);
        values[c] = by->multiplies ? before * v : before + by->sign * v;
    }
    return tuff_scale_replace(p, node, 2, &old, values, bytes);
}

/* Node i into node `producer`, which writes what i wrote. */
static tuff_status fold(tuff_pass *p, int32_t producer, int32_t i, const tuff_scale *by, int32_t channels) {
    tuff_subgraph *s = p->subgraph;
    if (by->multiplies) TUFF_TRY(change_weights(p, producer, by, channels));
    TUFF_TRY(change_bias(p, producer, by, channels));
    (void)tuff_node_set(&s->nodes[producer], "fused_activation_function", tuff_node_option(&s->nodes[i], "fused_activation_function", 0));
    tuff_pass_absorb(p, producer, i);
    return TUFF_OK;
}

/* The producer that node i can go into, -1 where there is none. */
static int32_t target_of(const tuff_subgraph *s, int32_t i, tuff_scale *by, int32_t *channels) {
    for (int32_t k = 0; k < s->nodes[i].n_inputs; k++) {
        const int32_t producer = s->nodes[i].inputs[k] >= 0 ? tuff_graph_producer(s, s->nodes[i].inputs[k]) : -1;
        *channels = producer >= 0 ? channels_of(s, &s->nodes[producer]) : 0;
        if (*channels > 0 && tuff_scale_read(s, &s->nodes[i], *channels, by) && by->x == s->nodes[i].inputs[k] && tuff_graph_only_reader(s, by->x) == i)
            return producer;
    }
    return -1;
}

tuff_status tuff_pass_fold_scale(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        tuff_scale by;
        int32_t channels = 0;
        const int32_t producer = target_of(s, i, &by, &channels);
        if (producer < 0) continue;
        const char *what = s->nodes[i].op->name, *into = s->nodes[producer].op->name;
        TUFF_TRY(fold(p, producer, i, &by, channels));
        if (by.multiplies) { /* an ADD behind it makes it a batch normalization */
            const int32_t next = tuff_graph_only_reader(s, s->nodes[producer].outputs[0]);
            if (next >= 0 && target_of(s, next, &by, &channels) == producer && !by.multiplies) {
                TUFF_TRY(fold(p, producer, next, &by, channels));
                what = "BATCH_NORMALIZATION (MUL, ADD)";
            }
        }
        tuff_pass_changed(p, "folded", what, into);
        i--;
    }
    return TUFF_OK;
}
