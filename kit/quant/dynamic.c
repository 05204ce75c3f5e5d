/* Dynamic range: large weights become s8, activations stay f32 and are quantized by the kernels as they come.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Which ops can do so say the rules of their hybrid rows ("- weight/0 -> -"). Weights of fewer than 1024 elements stay as they are: they save little,
 * and their layer keeps its precision. Inputs are quantized asymmetrically where the op has the choice, as TensorFlow's converter chooses.
 */
#include <string.h>

#include "kit/quant/quant.h"

enum { LEAST_ELEMENTS = 1024 };

static void ask_asymmetric(tuff_node *n) {
    for (const tuff_field *f = n->op->options.fields; n->attrs && f && f->kind != TUFF_FIELD_END_KIND; f++)
        if (f->kind == TUFF_FIELD_BOOL && strcmp(f->name, "asymmetric_quantize_inputs") == 0) {
            *(bool *)((char *)n->attrs + f->offset) = true;
            n->attrs_stored = true;
        }
}

/* The node's tensor list with a weight as s8 wouldn't fit any row: find() answered for the whole rule, so all of its weights must be large constants. */
static bool worth_it(const tuff_subgraph *s, const tuff_node *n, const tuff_rule *rule) {
    for (int32_t k = 0; k < n->n_inputs; k++) {
        const tuff_rule_item item = tuff_rule_input(rule, k);
        if (item.role != TUFF_ROLE_WEIGHT) continue;
        if (n->inputs[k] < 0) return false;
        const tuff_tensor *t = &s->tensors[n->inputs[k]];
        if (t->type != TUFF_F32 || !t->data || item.axis >= t->rank || t->bytes / sizeof(float) < LEAST_ELEMENTS) return false;
    }
    return true;
}

static tuff_status rewrite_subgraph(tuff_graph *g, tuff_subgraph *s, int32_t *weights, tuff_error *error) {
    tuff_weights made;
    TUFF_TRY(tuff_weights_begin(&made, g, s, error));
    for (int32_t n = 0; n < s->n_nodes; n++) {
        tuff_node *node = &s->nodes[n];
        tuff_rule rule;
        if (!tuff_rule_find(s, node, TUFF_QUANTIZE_DYNAMIC, &rule) || !worth_it(s, node, &rule)) continue;
        for (int32_t k = 0; k < node->n_inputs; k++) {
            const tuff_rule_item item = tuff_rule_input(&rule, k);
            if (item.role == TUFF_ROLE_WEIGHT) TUFF_TRY(tuff_constant_weight(g, s, &made, node->inputs[k], item.axis, NULL, &node->inputs[k], error));
        }
        ask_asymmetric(node);
    }
    *weights += made.count;
    return TUFF_OK;
}

tuff_status tuff_rewrite_dynamic(tuff_graph *g, const tuff_report *report, tuff_error *error) {
    int32_t weights = 0;
    for (int32_t k = 0; k < g->n_subgraphs; k++) TUFF_TRY(rewrite_subgraph(g, &g->subgraphs[k], &weights, error));
    tuff_report_line(report, "quantized to dynamic range: %d weights per channel (of %d elements or more), float activations", (int)weights, LEAST_ELEMENTS);
    return TUFF_OK;
}
