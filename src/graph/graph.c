/* The graph's edit calls and the questions that passes ask. Lists grow by copying: what they leave behind stays in the arena.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/graph.h"

#include <string.h>

#include "graph/fields.h"

tuff_graph *tuff_graph_create(tuff_arena *arena, tuff_error *error) {
    tuff_graph *g = TUFF_NEW(arena, tuff_graph, error);
    if (g) g->arena = arena;
    return g;
}

/* `list` of `count` with room for one more, its old elements copied; NULL where memory is short. */
static void *grown(tuff_graph *g, const void *list, int32_t count, int32_t room, size_t each, tuff_error *error) {
    void *to = tuff_arena_array(g->arena, (size_t)room, each, error);
    if (to && count) memcpy(to, list, (size_t)count * each);
    return to;
}

static int32_t next_room(int32_t count) { return count < 8 ? 8 : count > INT32_MAX / 2 ? INT32_MAX : count * 2; }

static void *copy_array(tuff_graph *g, const void *from, int32_t count, size_t each, tuff_error *error) {
    return tuff_arena_copy(g->arena, from, (size_t)count * each, error);
}

/* ---- subgraphs and tensors ---- */

tuff_subgraph *tuff_graph_add_subgraph(tuff_graph *g, const char *name, tuff_error *error) {
    tuff_subgraph *list = grown(g, g->subgraphs, g->n_subgraphs, g->n_subgraphs + 1, sizeof *list, error);
    char *own = tuff_arena_string(g->arena, name ? name : "", error);
    if (!list || !own) return NULL;
    g->subgraphs = list;
    tuff_subgraph *s = &list[g->n_subgraphs++];
    s->name = own;
    s->debug_metadata = -1;
    return s;
}

tuff_status tuff_graph_set_shape(tuff_graph *g, tuff_tensor *t, int32_t rank, const int32_t *shape, const int32_t *signature, tuff_error *error) {
    int32_t *own_shape = copy_array(g, shape, rank, sizeof *shape, error), *own_signature = NULL;
    if (!own_shape) return TUFF_ERR_MEMORY;
    if (signature && !(own_signature = copy_array(g, signature, rank, sizeof *signature, error))) return TUFF_ERR_MEMORY;
    t->rank = rank;
    t->shape = own_shape;
    t->signature = own_signature;
    return TUFF_OK;
}

int32_t tuff_graph_add_tensor(tuff_graph *g, tuff_subgraph *s, const char *name, tuff_type type, int32_t rank, const int32_t *shape, const int32_t *signature,
                              tuff_error *error) {
    if (s->n_tensors == s->tensors_room) {
        const int32_t room = next_room(s->n_tensors);
        tuff_tensor *list = grown(g, s->tensors, s->n_tensors, room, sizeof *list, error);
        if (!list) return -1;
        s->tensors = list;
        s->tensors_room = room;
    }
    tuff_tensor t = {.name = tuff_arena_string(g->arena, name ? name : "", error), .type = type, .has_rank = true, .index = s->n_tensors};
    t.quantization.scales_tensor = t.quantization.zero_points_tensor = -1;
    if (!t.name || tuff_graph_set_shape(g, &t, rank, shape, signature, error) != TUFF_OK) return -1;
    s->tensors[s->n_tensors] = t;
    return s->n_tensors++;
}

int32_t tuff_graph_add_constant(tuff_graph *g, tuff_subgraph *s, const char *name, tuff_type type, int32_t rank, const int32_t *shape, const void *data,
                                size_t bytes, bool copy, tuff_error *error) {
    const int32_t index = tuff_graph_add_tensor(g, s, name, type, rank, shape, NULL, error);
    if (index < 0) return -1;
    if (copy && !(data = tuff_arena_copy(g->arena, data, bytes, error))) {
        s->n_tensors--;
        return -1;
    }
    s->tensors[index].data = data;
    s->tensors[index].bytes = bytes;
    return index;
}

tuff_status tuff_graph_set_quantization(tuff_graph *g, tuff_tensor *t, int32_t count, const float *scale, const int64_t *zero_point, int32_t dimension,
                                        tuff_error *error) {
    float *own_scale = NULL;
    int64_t *own_zero = NULL;
    if (count) {
        own_scale = copy_array(g, scale, count, sizeof *scale, error);
        own_zero = TUFF_NEW_ARRAY(g->arena, (size_t)count, int64_t, error);
        if (!own_scale || !own_zero) return TUFF_ERR_MEMORY;
        if (zero_point) memcpy(own_zero, zero_point, (size_t)count * sizeof *zero_point);
    }
    t->quantization.count = count;
    t->quantization.dimension = dimension;
    t->quantization.scale = own_scale;
    t->quantization.zero_point = own_zero;
    return TUFF_OK;
}

/* ---- nodes ---- */

tuff_node *tuff_graph_add_node(tuff_graph *g, tuff_subgraph *s, int32_t before, const tuff_op *op, const int32_t *inputs, int32_t n_inputs,
                               const int32_t *outputs, int32_t n_outputs, tuff_error *error) {
    if (s->n_nodes == s->nodes_room) {
        const int32_t room = next_room(s->n_nodes);
        tuff_node *list = grown(g, s->nodes, s->n_nodes, room, sizeof *list, error);
        if (!list) return NULL;
        s->nodes = list;
        s->nodes_room = room;
    }
    tuff_node n = {.op = op, .version = 1, .n_inputs = n_inputs, .n_outputs = n_outputs, .debug_metadata = -1};
    n.inputs = copy_array(g, inputs, n_inputs, sizeof *inputs, error);
    n.outputs = copy_array(g, outputs, n_outputs, sizeof *outputs, error);
    if (!n.inputs || !n.outputs) return NULL;
    if (op->options.bytes) {
        n.attrs = tuff_arena_take(g->arena, op->options.bytes, 16, error);
        if (!n.attrs) return NULL;
        tuff_fields_default(op->options.fields, n.attrs);
    }
    const int32_t at = before >= 0 && before < s->n_nodes ? before : s->n_nodes;
    memmove(&s->nodes[at + 1], &s->nodes[at], (size_t)(s->n_nodes - at) * sizeof n);
    s->nodes[at] = n;
    s->n_nodes++;
    return &s->nodes[at];
}

tuff_status tuff_graph_set_inputs(tuff_graph *g, tuff_node *n, const int32_t *inputs, int32_t n_inputs, tuff_error *error) {
    int32_t *own = copy_array(g, inputs, n_inputs, sizeof *inputs, error);
    if (!own) return TUFF_ERR_MEMORY;
    if (n_inputs != n->n_inputs) n->mutating_inputs = NULL;
    n->inputs = own;
    n->n_inputs = n_inputs;
    return TUFF_OK;
}

tuff_status tuff_graph_set_graph_io(tuff_graph *g, tuff_subgraph *s, const int32_t *inputs, int32_t n_inputs, const int32_t *outputs, int32_t n_outputs,
                                    tuff_error *error) {
    int32_t *in = copy_array(g, inputs, n_inputs, sizeof *inputs, error), *out = copy_array(g, outputs, n_outputs, sizeof *outputs, error);
    if (!in || !out) return TUFF_ERR_MEMORY;
    s->inputs = in;
    s->n_inputs = n_inputs;
    s->outputs = out;
    s->n_outputs = n_outputs;
    return TUFF_OK;
}

void tuff_graph_remove_node(tuff_subgraph *s, int32_t node) {
    s->n_nodes--;
    memmove(&s->nodes[node], &s->nodes[node + 1], (size_t)(s->n_nodes - node) * sizeof *s->nodes);
}

static void replace_in(int32_t *list, int32_t count, int32_t from, int32_t to) {
    for (int32_t k = 0; k < count; k++)
        if (list[k] == from) list[k] = to;
}

void tuff_graph_replace_tensor(tuff_subgraph *s, int32_t from, int32_t to) {
    for (int32_t k = 0; k < s->n_nodes; k++) replace_in(s->nodes[k].inputs, s->nodes[k].n_inputs, from, to);
    replace_in(s->outputs, s->n_outputs, from, to);
}

/* ---- compacting: `place[t]` is first a mark, then the tensor's new index ---- */

static void mark(int32_t *place, const int32_t *list, int32_t count) {
    for (int32_t k = 0; k < count; k++)
        if (list[k] >= 0) place[list[k]] = 1;
}

static void renumber(const int32_t *place, int32_t *list, int32_t count) {
    for (int32_t k = 0; k < count; k++)
        if (list[k] >= 0) list[k] = place[list[k]];
}

static void mark_used(const tuff_graph *g, int32_t index, int32_t *place) {
    const tuff_subgraph *s = &g->subgraphs[index];
    mark(place, s->inputs, s->n_inputs);
    mark(place, s->outputs, s->n_outputs);
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node *n = &s->nodes[k];
        mark(place, n->inputs, n->n_inputs);
        mark(place, n->outputs, n->n_outputs);
        mark(place, n->intermediates, n->n_intermediates);
    }
    for (int32_t k = 0; k < g->n_signatures; k++) {
        const tuff_signature *signature = &g->signatures[k];
        if (signature->subgraph != index) continue;
        for (int32_t i = 0; i < signature->n_inputs; i++) place[signature->inputs[i].tensor] = 1;
        for (int32_t i = 0; i < signature->n_outputs; i++) place[signature->outputs[i].tensor] = 1;
    }
    for (bool more = true; more;) { /* tensors that hold other tensors' scales */
        more = false;
        for (int32_t t = 0; t < s->n_tensors; t++) {
            if (!place[t]) continue;
            const int32_t scales[2] = {s->tensors[t].quantization.scales_tensor, s->tensors[t].quantization.zero_points_tensor};
            for (int k = 0; k < 2; k++)
                if (scales[k] >= 0 && !place[scales[k]]) {
                    place[scales[k]] = 1;
                    more = true;
                }
        }
    }
}

static void renumber_all(tuff_graph *g, int32_t index, const int32_t *place) {
    tuff_subgraph *s = &g->subgraphs[index];
    renumber(place, s->inputs, s->n_inputs);
    renumber(place, s->outputs, s->n_outputs);
    for (int32_t k = 0; k < s->n_nodes; k++) {
        tuff_node *n = &s->nodes[k];
        renumber(place, n->inputs, n->n_inputs);
        renumber(place, n->outputs, n->n_outputs);
        renumber(place, n->intermediates, n->n_intermediates);
    }
    for (int32_t k = 0; k < g->n_signatures; k++) {
        tuff_signature *signature = &g->signatures[k];
        if (signature->subgraph != index) continue;
        for (int32_t i = 0; i < signature->n_inputs; i++) renumber(place, &signature->inputs[i].tensor, 1);
        for (int32_t i = 0; i < signature->n_outputs; i++) renumber(place, &signature->outputs[i].tensor, 1);
    }
    for (int32_t t = 0; t < s->n_tensors; t++) {
        renumber(place, &s->tensors[t].quantization.scales_tensor, 1);
        renumber(place, &s->tensors[t].quantization.zero_points_tensor, 1);
    }
}

tuff_status tuff_graph_compact(tuff_graph *g, tuff_error *error) {
    for (int32_t index = 0; index < g->n_subgraphs; index++) {
        tuff_subgraph *s = &g->subgraphs[index];
        int32_t *place = TUFF_NEW_ARRAY(g->arena, (size_t)s->n_tensors, int32_t, error);
        if (!place) return TUFF_ERR_MEMORY;
        mark_used(g, index, place);
        int32_t kept = 0;
        for (int32_t t = 0; t < s->n_tensors; t++) {
            if (!place[t]) continue;
            s->tensors[kept] = s->tensors[t];
            s->tensors[kept].index = kept;
            place[t] = kept++;
        }
        s->n_tensors = kept;
        renumber_all(g, index, place);
    }
    return TUFF_OK;
}

/* ---- metadata, files, signatures ---- */

tuff_status tuff_graph_set_metadata(tuff_graph *g, const char *name, const void *content, size_t bytes, tuff_error *error) {
    void *own = tuff_arena_copy(g->arena, content, bytes, error);
    if (!own) return TUFF_ERR_MEMORY;
    int32_t k = 0;
    while (k < g->n_metadata && strcmp(g->metadata[k].name, name) != 0) k++;
    if (k == g->n_metadata) {
        tuff_metadata *list = grown(g, g->metadata, k, k + 1, sizeof *list, error);
        char *own_name = tuff_arena_string(g->arena, name, error);
        if (!list || !own_name) return TUFF_ERR_MEMORY;
        list[k].name = own_name;
        g->metadata = list;
        g->n_metadata++;
    }
    g->metadata[k].content = (tuff_bytes){own, bytes};
    return TUFF_OK;
}

tuff_status tuff_graph_set_file(tuff_graph *g, const char *name, const void *content, size_t bytes, tuff_error *error) {
    void *own = tuff_arena_copy(g->arena, content, bytes, error);
    if (!own) return TUFF_ERR_MEMORY;
    int32_t k = 0;
    while (k < g->n_files && strcmp(g->files[k].name, name) != 0) k++;
    if (k == g->n_files) {
        tuff_associated_file *list = grown(g, g->files, k, k + 1, sizeof *list, error);
        char *own_name = tuff_arena_string(g->arena, name, error);
        if (!list || !own_name) return TUFF_ERR_MEMORY;
        list[k].name = own_name;
        g->files = list;
        g->n_files++;
    }
    g->files[k].content = (tuff_bytes){own, bytes};
    return TUFF_OK;
}

static tuff_named_tensor *named(tuff_graph *g, const tuff_subgraph *s, const int32_t *tensors, int32_t count, tuff_error *error) {
    tuff_named_tensor *list = TUFF_NEW_ARRAY(g->arena, (size_t)count, tuff_named_tensor, error);
    for (int32_t k = 0; list && k < count; k++) list[k] = (tuff_named_tensor){s->tensors[tensors[k]].name, tensors[k]};
    return list;
}

tuff_signature *tuff_graph_add_signature(tuff_graph *g, const char *key, int32_t subgraph, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[subgraph];
    tuff_signature *list = grown(g, g->signatures, g->n_signatures, g->n_signatures + 1, sizeof *list, error);
    tuff_signature signature = {tuff_arena_string(g->arena, key, error),     subgraph, s->n_inputs, s->n_outputs, named(g, s, s->inputs, s->n_inputs, error),
                                named(g, s, s->outputs, s->n_outputs, error)};
    if (!list || !signature.key || !signature.inputs || !signature.outputs) return NULL;
    g->signatures = list;
    list[g->n_signatures] = signature;
    return &list[g->n_signatures++];
}

/* ---- questions ---- */

int32_t tuff_graph_producer(const tuff_subgraph *s, int32_t tensor) {
    for (int32_t k = 0; k < s->n_nodes; k++)
        for (int32_t i = 0; i < s->nodes[k].n_outputs; i++)
            if (s->nodes[k].outputs[i] == tensor) return k;
    return -1;
}

static int32_t occurrences(const int32_t *list, int32_t count, int32_t tensor) {
    int32_t n = 0;
    for (int32_t k = 0; k < count; k++) n += list[k] == tensor;
    return n;
}

int32_t tuff_graph_reader_count(const tuff_subgraph *s, int32_t tensor) {
    int32_t n = occurrences(s->outputs, s->n_outputs, tensor);
    for (int32_t k = 0; k < s->n_nodes; k++) n += occurrences(s->nodes[k].inputs, s->nodes[k].n_inputs, tensor) > 0;
    return n;
}

int32_t tuff_graph_only_reader(const tuff_subgraph *s, int32_t tensor) {
    if (occurrences(s->outputs, s->n_outputs, tensor)) return -1;
    int32_t reader = -1;
    for (int32_t k = 0; k < s->n_nodes; k++) {
        if (!occurrences(s->nodes[k].inputs, s->nodes[k].n_inputs, tensor)) continue;
        if (reader >= 0) return -1;
        reader = k;
    }
    return reader;
}
