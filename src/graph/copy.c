/* A deep copy of a graph: everything but constant data, which both share.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each copier keeps going with NULLs after memory has run out; the error says so once, and tuff_graph_copy looks at the end.
 */
#include "graph/graph.h"

#include <string.h>

#include "graph/fields.h"

typedef struct copier {
    tuff_arena *arena;
    tuff_error *error;
    bool failed;
} copier;

static void *array(copier *c, const void *from, int64_t count, size_t each) {
    if (!from) return NULL;
    void *to = tuff_arena_copy(c->arena, from, (size_t)count * each, c->error);
    if (!to) c->failed = true;
    return to;
}

static const char *string(copier *c, const char *from) { return from ? array(c, from, (int64_t)strlen(from) + 1, 1) : NULL; }

static tuff_bytes blob(copier *c, tuff_bytes from) { return (tuff_bytes){array(c, from.data, (int64_t)from.count, 1), from.count}; }

static tuff_s32s list(copier *c, tuff_s32s from) { return (tuff_s32s){array(c, from.data, (int64_t)from.count, sizeof(int32_t)), from.count}; }

static const tuff_sparsity *copy_sparsity(copier *c, const tuff_sparsity *from) {
    tuff_sparsity *to = array(c, from, 1, sizeof *from);
    if (!to) return NULL;
    to->traversal_order = list(c, from->traversal_order);
    to->block_map = list(c, from->block_map);
    to->dims = array(c, from->dims, from->dims_count, sizeof *from->dims);
    for (int32_t k = 0; to->dims && k < to->dims_count; k++) {
        to->dims[k].segments = list(c, from->dims[k].segments);
        to->dims[k].indices = list(c, from->dims[k].indices);
    }
    return to;
}

static const tuff_subtypes *copy_subtypes(copier *c, const tuff_subtypes *from) {
    tuff_subtypes *to = array(c, from, 1, sizeof *from);
    if (!to) return NULL;
    to->list = array(c, from->list, from->count, sizeof *from->list);
    for (int32_t k = 0; to->list && k < to->count; k++) to->list[k].shape = array(c, from->list[k].shape, from->list[k].rank, sizeof(int32_t));
    return to;
}

static void own_tensor(copier *c, tuff_tensor *t) {
    t->name = string(c, t->name);
    t->shape = array(c, t->shape, t->rank, sizeof *t->shape);
    t->signature = array(c, t->signature, t->rank, sizeof *t->signature);
    t->sparsity = copy_sparsity(c, t->sparsity);
    t->subtypes = copy_subtypes(c, t->subtypes);
    tuff_quantization *q = &t->quantization;
    q->scale = array(c, q->scale, q->count, sizeof *q->scale);
    q->zero_point = array(c, q->zero_point, q->count, sizeof *q->zero_point);
    q->min = array(c, q->min, q->min_count, sizeof *q->min);
    q->max = array(c, q->max, q->max_count, sizeof *q->max);
    q->custom = array(c, q->custom, (int64_t)q->custom_bytes, 1);
    q->dimensions = array(c, q->dimensions, q->dimensions_count, sizeof *q->dimensions);
}

/* Records that a reader made for an op it doesn't know live in the graph's arena: they have no rows and know no version. */
static const tuff_op *copy_op(copier *c, const tuff_op *op) {
    if (op->variants || op->highest != 0) return op;
    tuff_op *to = array(c, op, 1, sizeof *op);
    if (to) to->name = string(c, op->name);
    return to;
}

static void own_node(copier *c, tuff_node *n) {
    const tuff_op *op = n->op;
    n->op = copy_op(c, op);
    if (n->attrs && !(n->attrs = tuff_fields_copy(op->options.fields, n->attrs, op->options.bytes, c->arena, c->error))) c->failed = true;
    n->custom_options = blob(c, n->custom_options);
    n->inputs = array(c, n->inputs, n->n_inputs, sizeof *n->inputs);
    n->outputs = array(c, n->outputs, n->n_outputs, sizeof *n->outputs);
    n->intermediates = array(c, n->intermediates, n->n_intermediates, sizeof *n->intermediates);
    n->mutating_inputs = array(c, n->mutating_inputs, n->n_inputs, 1);
    n->origin = string(c, n->origin);
}

static void own_subgraph(copier *c, tuff_subgraph *s) {
    s->name = string(c, s->name);
    s->tensors = array(c, s->tensors, s->n_tensors, sizeof *s->tensors);
    s->nodes = array(c, s->nodes, s->n_nodes, sizeof *s->nodes);
    s->tensors_room = s->n_tensors;
    s->nodes_room = s->n_nodes;
    for (int32_t k = 0; s->tensors && k < s->n_tensors; k++) own_tensor(c, &s->tensors[k]);
    for (int32_t k = 0; s->nodes && k < s->n_nodes; k++) own_node(c, &s->nodes[k]);
    s->inputs = array(c, s->inputs, s->n_inputs, sizeof *s->inputs);
    s->outputs = array(c, s->outputs, s->n_outputs, sizeof *s->outputs);
}

static tuff_named_tensor *copy_names(copier *c, const tuff_named_tensor *from, int32_t count) {
    tuff_named_tensor *to = array(c, from, count, sizeof *from);
    for (int32_t k = 0; to && k < count; k++) to[k].name = string(c, to[k].name);
    return to;
}

tuff_graph *tuff_graph_copy(const tuff_graph *g, tuff_arena *arena, tuff_error *error) {
    copier c = {arena, error, false};
    tuff_graph *to = array(&c, g, 1, sizeof *g);
    if (!to) return NULL;
    to->arena = arena;
    to->description = string(&c, g->description);
    to->subgraphs = array(&c, g->subgraphs, g->n_subgraphs, sizeof *g->subgraphs);
    for (int32_t k = 0; to->subgraphs && k < g->n_subgraphs; k++) own_subgraph(&c, &to->subgraphs[k]);
    to->signatures = array(&c, g->signatures, g->n_signatures, sizeof *g->signatures);
    for (int32_t k = 0; to->signatures && k < g->n_signatures; k++) {
        tuff_signature *signature = &to->signatures[k];
        signature->key = string(&c, signature->key);
        signature->inputs = copy_names(&c, signature->inputs, signature->n_inputs);
        signature->outputs = copy_names(&c, signature->outputs, signature->n_outputs);
    }
    to->metadata = array(&c, g->metadata, g->n_metadata, sizeof *g->metadata);
    for (int32_t k = 0; to->metadata && k < g->n_metadata; k++)
        to->metadata[k] = (tuff_metadata){string(&c, g->metadata[k].name), blob(&c, g->metadata[k].content)};
    to->files = array(&c, g->files, g->n_files, sizeof *g->files);
    for (int32_t k = 0; to->files && k < g->n_files; k++) to->files[k] = (tuff_associated_file){string(&c, g->files[k].name), blob(&c, g->files[k].content)};
    return c.failed ? NULL : to;
}
