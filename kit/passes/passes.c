/* Running passes, and what they share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/passes/passes.h"

#include <stdio.h>
#include <string.h>

#include "graph/attrs.h"

enum { ROUNDS_LIMIT = 100 };

static tuff_pass_function *const passes[] = {
#define TUFF_PASS(name) tuff_pass_##name,
#include "kit/passes/passes.def"
#undef TUFF_PASS
};

static void print_notes(const tuff_pass *p, const tuff_report *report) {
    for (int32_t i = 0; report && report->line && i < p->n_notes; i++) {
        const tuff_pass_note *n = &p->notes[i];
        char text[200];
        snprintf(text, sizeof text, "%s %d %s%s%s", n->verb, (int)n->count, n->what, n->into ? " into " : "", n->into ? n->into : "");
        report->line(report->context, text);
    }
}

tuff_status tuff_passes_run(tuff_graph *graph, const tuff_report *report, tuff_error *error) {
    tuff_pass p = {.graph = graph, .error = error};
    for (int32_t k = 0; k < graph->n_subgraphs; k++) {
        p.subgraph = &graph->subgraphs[k];
        for (int32_t round = 0, before = -1; round < ROUNDS_LIMIT && before != p.changes; round++) {
            before = p.changes;
            for (size_t i = 0; i < sizeof passes / sizeof *passes; i++) TUFF_TRY(passes[i](&p));
        }
    }
    TUFF_TRY(tuff_graph_compact(graph, error));
    TUFF_TRY(tuff_graph_check(graph, error));
    print_notes(&p, report);
    return TUFF_OK;
}

static bool same_text(const char *a, const char *b) { return a == b || (a && b && strcmp(a, b) == 0); }

void tuff_pass_changed(tuff_pass *p, const char *verb, const char *what, const char *into) {
    p->changes++;
    for (int32_t i = 0; i < p->n_notes; i++) {
        tuff_pass_note *n = &p->notes[i];
        if (same_text(n->verb, verb) && same_text(n->what, what) && same_text(n->into, into)) {
            n->count++;
            return;
        }
    }
    if (p->n_notes < TUFF_PASS_NOTES) p->notes[p->n_notes++] = (tuff_pass_note){verb, what, into, 1};
}

bool tuff_pass_is_f32_constant(const tuff_tensor *t) {
    return t->data && t->type == TUFF_F32 && !t->variable && !t->sparsity && t->quantization.count == 0 && t->quantization.details == TUFF_DETAILS_NONE;
}

bool tuff_pass_same_shape(const tuff_tensor *a, const tuff_tensor *b) {
    if (a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (a->shape[i] != b->shape[i] || (a->signature ? a->signature[i] : a->shape[i]) != (b->signature ? b->signature[i] : b->shape[i])) return false;
    return true;
}

static bool holds(const int32_t *list, int32_t count, int32_t tensor) {
    for (int32_t i = 0; i < count; i++)
        if (list[i] == tensor) return true;
    return false;
}
bool tuff_pass_is_graph_input(const tuff_subgraph *s, int32_t tensor) { return holds(s->inputs, s->n_inputs, tensor); }
bool tuff_pass_is_graph_output(const tuff_subgraph *s, int32_t tensor) { return holds(s->outputs, s->n_outputs, tensor); }

bool tuff_node_is(const tuff_node *n, const char *op) { return strcmp(n->op->name, op) == 0; }

double tuff_node_option(const tuff_node *n, const char *field, double otherwise) {
    double value = otherwise;
    return tuff_node_get(n, field, &value) ? value : otherwise;
}

void tuff_pass_absorb(tuff_pass *p, int32_t producer, int32_t node) {
    tuff_subgraph *s = p->subgraph;
    s->nodes[producer].outputs[0] = s->nodes[node].outputs[0];
    tuff_graph_remove_node(s, node);
}

bool tuff_pass_bypass(tuff_pass *p, int32_t node, int32_t k) {
    tuff_subgraph *s = p->subgraph;
    const int32_t in = s->nodes[node].inputs[k], out = s->nodes[node].outputs[0];
    if (!tuff_pass_is_graph_output(s, out)) {
        tuff_graph_remove_node(s, node);
        tuff_graph_replace_tensor(s, out, in);
        return true;
    }
    const int32_t producer = tuff_graph_producer(s, in); /* the model's output keeps its tensor, and so its name */
    if (producer < 0 || tuff_graph_only_reader(s, in) != node || s->nodes[producer].n_outputs != 1) return false;
    tuff_pass_absorb(p, producer, node);
    return true;
}
