/* PAD with zeros before a VALID convolution becomes its SAME padding, where both pad alike.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact for finite weights: SAME leaves out terms that are 0 * weight, which add nothing (but may turn a sum of -0 into +0). Height and width
 * have to be fixed, since SAME pads differently for other sizes. Max pooling isn't among the readers: there, padded zeros can win.
 */
#include "graph/attrs.h"
#include "kit/passes/passes.h"

enum { SAME = 0, VALID = 1 };

/* Does SAME pad `in` by exactly `before` and `after`? */
static bool pads_alike(int64_t in, int64_t size, int64_t stride, int64_t dilation, int64_t before, int64_t after) {
    const int64_t extent = (size - 1) * dilation + 1, out = (in + stride - 1) / stride;
    int64_t total = (out - 1) * stride + extent - in;
    if (total < 0) total = 0;
    const int64_t padded = in + before + after;
    return before == total / 2 && after >= total - before && padded >= extent && (padded - extent) / stride + 1 == out;
}

static int64_t paddings_at(const tuff_tensor *t, size_t k) { return t->type == TUFF_S32 ? ((const int32_t *)t->data)[k] : ((const int64_t *)t->data)[k]; }

static bool fits(const tuff_subgraph *s, const tuff_node *pad, const tuff_node *conv) {
    const tuff_tensor *x = &s->tensors[pad->inputs[0]], *list = &s->tensors[pad->inputs[1]], *w = &s->tensors[conv->inputs[1]];
    if (x->type != TUFF_F32 || x->rank != 4 || w->rank != 4 || !list->data || (list->type != TUFF_S32 && list->type != TUFF_S64)) return false;
    if (list->bytes != 8 * (list->type == TUFF_S32 ? sizeof(int32_t) : sizeof(int64_t))) return false;
    if (paddings_at(list, 0) || paddings_at(list, 1) || paddings_at(list, 6) || paddings_at(list, 7)) return false;
    for (int32_t axis = 1; axis < 3; axis++) {
        const char *stride = axis == 1 ? "stride_h" : "stride_w", *dilation = axis == 1 ? "dilation_h_factor" : "dilation_w_factor";
        if (x->signature && x->signature[axis] < 0) return false;
        if (!pads_alike(x->shape[axis], w->shape[axis], (int64_t)tuff_node_option(conv, stride, 1), (int64_t)tuff_node_option(conv, dilation, 1),
                        paddings_at(list, 2 * (size_t)axis), paddings_at(list, 2 * (size_t)axis + 1)))
            return false;
    }
    return tuff_node_option(conv, "padding", SAME) == VALID;
}

tuff_status tuff_pass_fold_padding(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        tuff_node *conv = &s->nodes[i];
        if (!tuff_node_is(conv, "CONV_2D") && !tuff_node_is(conv, "DEPTHWISE_CONV_2D")) continue;
        const int32_t producer = tuff_graph_producer(s, conv->inputs[0]);
        if (producer < 0 || !tuff_node_is(&s->nodes[producer], "PAD") || !fits(s, &s->nodes[producer], conv)) continue;
        if (!tuff_node_set(conv, "padding", SAME)) continue;
        conv->inputs[0] = s->nodes[producer].inputs[0]; /* the PAD, if nothing else reads it, is dead code now */
        tuff_pass_changed(p, "folded", "PAD", conv->op->name);
    }
    return TUFF_OK;
}
