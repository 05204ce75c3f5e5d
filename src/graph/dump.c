/* A graph as text, one line each: for looking at models and for comparing graphs.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   subgraph 0 'main': 5 tensors, 2 ops, inputs 0, outputs 4
 *   tensor 1 'kernel' s8 [8,3,3,1] constant, 72 bytes; scales 8 along 0: 0.0123 0.0119 ...; zero points 0 0 ...
 *   op 0 CONV_2D version 3: 0 1 2 -> 3; padding=VALID stride_w=1 stride_h=1
 */
#include "graph/dump.h"

#include <inttypes.h>
#include <string.h>

#include "graph/fields.h"
#include "graph/line.h"

enum { LINE_ROOM = 1024, SHOWN = 4 };

static void add_shape(tuff_line *l, const int32_t *dims, int32_t rank) {
    tuff_line_add(l, "[");
    for (int32_t k = 0; k < rank; k++) tuff_line_add(l, "%s%" PRId32, k ? "," : "", dims[k]);
    tuff_line_add(l, "]");
}

static void add_indices(tuff_line *l, const int32_t *list, int32_t count) {
    for (int32_t k = 0; k < count; k++) {
        if (list[k] < 0) tuff_line_add(l, " -");
        else tuff_line_add(l, " %" PRId32, list[k]);
    }
}

static void add_quantization(tuff_line *l, const tuff_quantization *q) {
    static const char *const kinds[] = {"", "custom", "blockwise", "multi-axis"};
    if (q->count == 1) tuff_line_add(l, "; scale %.9g zero point %" PRId64, (double)q->scale[0], q->zero_point[0]);
    if (q->count > 1) {
        tuff_line_add(l, "; scales %" PRId32 " along %" PRId32 ":", q->count, q->dimension);
        for (int32_t k = 0; k < q->count && k < SHOWN; k++) tuff_line_add(l, " %.9g", (double)q->scale[k]);
        tuff_line_add(l, "%s; zero points", q->count > SHOWN ? " ..." : "");
        for (int32_t k = 0; k < q->count && k < SHOWN; k++) tuff_line_add(l, " %" PRId64, q->zero_point[k]);
        if (q->count > SHOWN) tuff_line_add(l, " ...");
    }
    if (q->min_count && q->max_count) tuff_line_add(l, "; range %.9g to %.9g", (double)q->min[0], (double)q->max[0]);
    if (q->details == TUFF_DETAILS_NONE) return;
    tuff_line_add(l, "; %s", kinds[q->details]);
    if (q->details == TUFF_DETAILS_CUSTOM) tuff_line_add(l, ", %zu bytes", q->custom_bytes);
    else tuff_line_add(l, ", scales in %" PRId32 ", zero points in %" PRId32 ", blocks of %" PRId32, q->scales_tensor, q->zero_points_tensor, q->block_size);
}

/* Names come from files: what would break the line becomes a blank. */
static void one_line(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < 32 || *text == 127) *text = ' ';
}

void tuff_tensor_dump(const tuff_subgraph *s, const tuff_tensor *t, char *text, size_t room) {
    tuff_line l = tuff_line_in(text, room);
    tuff_line_add(&l, "tensor %" PRId32 " '%.200s' %s ", t->index, t->name, tuff_type_name(t->type));
    add_shape(&l, t->shape, t->rank);
    if (t->signature) {
        tuff_line_add(&l, " of ");
        add_shape(&l, t->signature, t->rank);
    }
    for (int32_t k = 0; k < s->n_inputs; k++)
        if (s->inputs[k] == t->index) tuff_line_add(&l, " input %" PRId32, k);
    for (int32_t k = 0; k < s->n_outputs; k++)
        if (s->outputs[k] == t->index) tuff_line_add(&l, " output %" PRId32, k);
    if (t->variable) tuff_line_add(&l, " variable");
    if (t->data) tuff_line_add(&l, " constant, %zu bytes%s", t->bytes, t->sparsity ? ", sparse" : "");
    add_quantization(&l, &t->quantization);
    one_line(text);
}

void tuff_node_dump(const tuff_subgraph *s, int32_t k, char *text, size_t room) {
    const tuff_node *n = &s->nodes[k];
    tuff_line l = tuff_line_in(text, room);
    tuff_line_add(&l, "op %" PRId32 " %.100s version %" PRId32 ":", k, n->op->name, n->version);
    add_indices(&l, n->inputs, n->n_inputs);
    tuff_line_add(&l, " ->");
    add_indices(&l, n->outputs, n->n_outputs);
    if (n->n_intermediates) {
        tuff_line_add(&l, "; intermediates");
        add_indices(&l, n->intermediates, n->n_intermediates);
    }
    if (n->attrs) {
        char fields[LINE_ROOM];
        if (tuff_fields_print(n->op->options.fields, n->attrs, fields, sizeof fields)) tuff_line_add(&l, ";%s", fields);
    }
    if (n->custom_options.count) tuff_line_add(&l, "; custom options of %zu bytes", n->custom_options.count);
    if (n->origin) tuff_line_add(&l, "; from '%.200s'", n->origin);
    one_line(text);
}

static void dump_subgraph(const tuff_graph *g, int32_t index, void (*write)(void *context, const char *line), void *context) {
    const tuff_subgraph *s = &g->subgraphs[index];
    char text[LINE_ROOM];
    tuff_line l = tuff_line_in(text, sizeof text);
    tuff_line_add(&l, "subgraph %" PRId32 " '%.200s': %" PRId32 " tensors, %" PRId32 " ops, inputs", index, s->name ? s->name : "", s->n_tensors, s->n_nodes);
    add_indices(&l, s->inputs, s->n_inputs);
    tuff_line_add(&l, ", outputs");
    add_indices(&l, s->outputs, s->n_outputs);
    one_line(text);
    write(context, text);
    for (int32_t k = 0; k < s->n_tensors; k++) {
        tuff_tensor_dump(s, &s->tensors[k], text, sizeof text);
        write(context, text);
    }
    for (int32_t k = 0; k < s->n_nodes; k++) {
        tuff_node_dump(s, k, text, sizeof text);
        write(context, text);
    }
}

static void add_names(tuff_line *l, const tuff_named_tensor *names, int32_t count) {
    for (int32_t k = 0; k < count; k++) tuff_line_add(l, " '%.200s'=%" PRId32, names[k].name, names[k].tensor);
}

void tuff_graph_dump(const tuff_graph *g, void (*write)(void *context, const char *line), void *context) {
    char text[LINE_ROOM];
    for (int32_t k = 0; k < g->n_subgraphs; k++) dump_subgraph(g, k, write, context);
    for (int32_t k = 0; k < g->n_signatures; k++) {
        const tuff_signature *s = &g->signatures[k];
        tuff_line l = tuff_line_in(text, sizeof text);
        tuff_line_add(&l, "signature '%.200s' of subgraph %" PRId32 ":", s->key, s->subgraph);
        add_names(&l, s->inputs, s->n_inputs);
        tuff_line_add(&l, " ->");
        add_names(&l, s->outputs, s->n_outputs);
        one_line(text);
        write(context, text);
    }
    for (int32_t k = 0; k < g->n_metadata + g->n_files; k++) {
        const bool file = k >= g->n_metadata;
        const char *name = file ? g->files[k - g->n_metadata].name : g->metadata[k].name;
        tuff_line l = tuff_line_in(text, sizeof text);
        tuff_line_add(&l, "%s '%.200s': %zu bytes", file ? "file" : "metadata", name,
                      file ? g->files[k - g->n_metadata].content.count : g->metadata[k].content.count);
        one_line(text);
        write(context, text);
    }
}
