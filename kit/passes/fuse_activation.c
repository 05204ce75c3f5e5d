/* RELU, RELU6 and RELU_N1_TO_1 move into the op whose result they clamp.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact: the same sum is clamped by the same bounds, only in another place. Only where the op has the option, has none yet, and nothing else
 * reads its result; only in float, since an integer op would also round to another scale.
 */
#include "graph/attrs.h"
#include "kit/passes/passes.h"

static const struct {
    const char *op;
    int code; /* the schema's ActivationFunctionType */
} activations[] = {{"RELU", 1}, {"RELU_N1_TO_1", 2}, {"RELU6", 3}};

/* CONCATENATION and others have the option too, but kernels ignore or refuse it there. */
static const char *const takers[] = {"CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "ADD", "SUB", "MUL", "DIV", "AVERAGE_POOL_2D", "MAX_POOL_2D"};

static int activation_code(const tuff_node *n) {
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (tuff_node_is(n, activations[i].op)) return activations[i].code;
    return 0;
}

static bool takes(const tuff_node *n) {
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++)
        if (tuff_node_is(n, takers[i])) return tuff_node_option(n, "fused_activation_function", 1) == 0;
    return false;
}

tuff_status tuff_pass_fuse_activation(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    for (int32_t i = 0; i < s->n_nodes; i++) {
        const int code = activation_code(&s->nodes[i]);
        const int32_t x = code ? s->nodes[i].inputs[0] : -1, producer = code ? tuff_graph_producer(s, x) : -1;
        if (producer < 0 || s->tensors[x].type != TUFF_F32 || tuff_graph_only_reader(s, x) != i || !takes(&s->nodes[producer])) continue;
        if (!tuff_node_set(&s->nodes[producer], "fused_activation_function", code)) continue;
        tuff_pass_changed(p, "fused", s->nodes[i].op->name, s->nodes[producer].op->name);
        tuff_pass_absorb(p, producer, i--);
    }
    return TUFF_OK;
}
