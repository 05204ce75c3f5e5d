/* Passes: rewrites of a graph that keep what it computes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_PASSES_PASSES_H
#define TUFF_KIT_PASSES_PASSES_H

#include "graph/graph.h"
#include "tuff/convert.h"

/* One line of the report: "<verb> <count> <what>[ into <into>]". */
typedef struct tuff_pass_note {
    const char *verb, *what, *into; /* into: NULL where there is nothing to say */
    int32_t count;
} tuff_pass_note;

enum { TUFF_PASS_NOTES = 64 };
typedef struct tuff_pass {
    tuff_graph *graph;
    tuff_subgraph *subgraph;
    int32_t changes; /* counted by tuff_pass_changed */
    tuff_pass_note notes[TUFF_PASS_NOTES];
    int32_t n_notes;
    tuff_error *error;
} tuff_pass;

/* Looks over the subgraph once. */
typedef tuff_status tuff_pass_function(tuff_pass *p);
#define TUFF_PASS(name) tuff_status tuff_pass_##name(tuff_pass *p);
#include "kit/passes/passes.def"
#undef TUFF_PASS

/* Runs all passes in rounds until nothing changes, drops tensors that nothing names, checks the graph. report may be NULL. */
tuff_status tuff_passes_run(tuff_graph *graph, const tuff_report *report, tuff_error *error) TUFF_MUST_USE;

/* ---- what passes share ---- */
void tuff_pass_changed(tuff_pass *p, const char *verb, const char *what, const char *into);
/* A tensor whose f32 values are in the file, plain: not state, sparse or quantized. */
bool tuff_pass_is_f32_constant(const tuff_tensor *t);
bool tuff_pass_same_shape(const tuff_tensor *a, const tuff_tensor *b); /* signatures too */
bool tuff_pass_is_graph_input(const tuff_subgraph *s, int32_t tensor);
bool tuff_pass_is_graph_output(const tuff_subgraph *s, int32_t tensor);
bool tuff_node_is(const tuff_node *n, const char *op);
/* The option's value, or `otherwise` where the op doesn't have it. */
double tuff_node_option(const tuff_node *n, const char *field, double otherwise);
/* `producer` writes what `node` writes now, and `node` is removed. */
void tuff_pass_absorb(tuff_pass *p, int32_t producer, int32_t node);
/* Removes a node whose output equals its input `k`. false where graph inputs and outputs need it to stay. */
bool tuff_pass_bypass(tuff_pass *p, int32_t node, int32_t k);

#endif
