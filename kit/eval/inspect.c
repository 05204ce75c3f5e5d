/* What is inside a model, as plain data.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/inspect.h"

#include <stdlib.h>
#include <string.h>

#include "api/model.h"
#include "base/error.h"
#include "graph/fields.h"
#include "ops/ops.h"

typedef struct inspector {
    tuff_inspection *out;
    const tuff_model *model;
    tuff_arena *arena;
    tuff_error *error;
} inspector;

const tuff_op *tuff_builtin_op(int32_t k) { return tuff_op_at(k); }

/* ---- the graph ---- */
static tuff_status inspect_nodes(inspector *i, const tuff_subgraph *s, tuff_node_info *nodes) {
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node *n = &s->nodes[k];
        char text[1024] = "";
        const size_t length = n->attrs ? tuff_fields_print(n->op->options.fields, n->attrs, text, sizeof text) : 0;
        const char *options = length > 1 ? tuff_arena_string(i->arena, text + 1, i->error) : "";
        if (!options) return TUFF_ERR_MEMORY;
        nodes[k] = (tuff_node_info){.op = n->op->name,
                                    .options = options,
                                    .version = n->version,
                                    .n_inputs = n->n_inputs,
                                    .n_outputs = n->n_outputs,
                                    .inputs = n->inputs,
                                    .outputs = n->outputs,
                                    .kernel = "",
                                    .loop = ""};
    }
    return TUFF_OK;
}

/* A weight or bias: floats, or integers that stand for them. Shapes, axes and indices are plain integers. */
static bool is_parameter(const tuff_tensor *t) {
    if (!t->data || t->type == TUFF_STRING) return false;
    const bool real = t->type == TUFF_F32 || t->type == TUFF_F16 || t->type == TUFF_BF16 || t->type == TUFF_F64;
    return real || t->quantization.count > 0;
}

static tuff_status inspect_subgraphs(inspector *i) {
    const tuff_graph *g = i->model->graph;
    tuff_subgraph_info *list = TUFF_NEW_ARRAY(i->arena, (size_t)g->n_subgraphs, tuff_subgraph_info, i->error);
    if (!list) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < g->n_subgraphs; k++) {
        const tuff_subgraph *s = &g->subgraphs[k];
        tuff_node_info *nodes = TUFF_NEW_ARRAY(i->arena, (size_t)s->n_nodes, tuff_node_info, i->error);
        if (!nodes) return TUFF_ERR_MEMORY;
        TUFF_TRY(inspect_nodes(i, s, nodes));
        list[k] = (tuff_subgraph_info){.name = s->name ? s->name : "",
                                       .n_nodes = s->n_nodes,
                                       .n_tensors = s->n_tensors,
                                       .n_inputs = s->n_inputs,
                                       .n_outputs = s->n_outputs,
                                       .nodes = nodes,
                                       .tensors = s->tensors,
                                       .inputs = s->inputs,
                                       .outputs = s->outputs};
        for (int32_t t = 0; t < s->n_tensors; t++) {
            int64_t elements = 0;
            if (s->tensors[t].data) i->out->constant_bytes += s->tensors[t].bytes;
            if (is_parameter(&s->tensors[t]) && tuff_tensor_elements(&s->tensors[t], &elements) == TUFF_OK) i->out->parameters += elements;
        }
    }
    i->out->subgraphs = list;
    i->out->n_subgraphs = g->n_subgraphs;
    return TUFF_OK;
}

static const char **names_of(inspector *i, const tuff_named_tensor *tensors, int32_t count) {
    const char **names = TUFF_NEW_ARRAY(i->arena, (size_t)count, const char *, i->error);
    for (int32_t k = 0; names && k < count; k++) names[k] = tensors[k].name;
    return names;
}

static tuff_status inspect_signatures(inspector *i) {
    const tuff_graph *g = i->model->graph;
    tuff_signature_info *list = TUFF_NEW_ARRAY(i->arena, (size_t)g->n_signatures, tuff_signature_info, i->error);
    if (!list) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < g->n_signatures; k++) {
        const tuff_signature *s = &g->signatures[k];
        list[k] = (tuff_signature_info){s->key, s->n_inputs, s->n_outputs, names_of(i, s->inputs, s->n_inputs), names_of(i, s->outputs, s->n_outputs)};
        if (!list[k].inputs || !list[k].outputs) return TUFF_ERR_MEMORY;
    }
    i->out->signatures = list;
    i->out->n_signatures = g->n_signatures;
    return TUFF_OK;
}

static tuff_status inspect_parts(inspector *i) {
    const tuff_graph *g = i->model->graph;
    tuff_part_info *metadata = TUFF_NEW_ARRAY(i->arena, (size_t)g->n_metadata, tuff_part_info, i->error);
    tuff_part_info *files = TUFF_NEW_ARRAY(i->arena, (size_t)g->n_files, tuff_part_info, i->error);
    if (!metadata || !files) return TUFF_ERR_MEMORY;
    i->out->runtime = "";
    for (int32_t k = 0; k < g->n_metadata; k++) {
        const tuff_metadata *m = &g->metadata[k];
        metadata[k] = (tuff_part_info){m->name, m->content.count};
        if (strcmp(m->name, "min_runtime_version") != 0) continue;
        i->out->runtime = tuff_arena_format(i->arena, i->error, "%.*s", (int)(m->content.count < 64 ? m->content.count : 64), (const char *)m->content.data);
        if (!i->out->runtime) return TUFF_ERR_MEMORY;
    }
    for (int32_t k = 0; k < g->n_files; k++) files[k] = (tuff_part_info){g->files[k].name, g->files[k].content.count};
    i->out->metadata = metadata;
    i->out->files = files;
    i->out->n_metadata = g->n_metadata;
    i->out->n_files = g->n_files;
    return TUFF_OK;
}

/* ---- the plan ---- */
static int by_offset(const void *a, const void *b) {
    const tuff_buffer_info *x = a, *y = b;
    if (x->offset != y->offset) return x->offset < y->offset ? -1 : 1;
    return x->first != y->first ? (x->first < y->first ? -1 : 1) : 0;
}

static const char *buffer_name(inspector *i, const tuff_plan *plan, const tuff_plan_buffer *b) {
    if (b->tensor >= 0) return tuff_arena_string(i->arena, plan->tensors[b->tensor].name, i->error);
    const bool used = b->first >= 0 && b->first < plan->n_steps;
    return tuff_arena_format(i->arena, i->error, "scratch%s%s", used ? " of " : "", used ? plan->subgraph->nodes[plan->steps[b->first].node].op->name : "");
}

static tuff_status inspect_buffers(inspector *i, const tuff_plan *plan) {
    tuff_buffer_info *list = TUFF_NEW_ARRAY(i->arena, (size_t)plan->n_buffers, tuff_buffer_info, i->error);
    if (!list) return TUFF_ERR_MEMORY;
    int32_t n = 0;
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        const tuff_plan_buffer *b = &plan->buffers[k];
        if (b->place != TUFF_PLACE_ARENA || b->view_of >= 0 || b->first > b->last) continue;
        list[n] = (tuff_buffer_info){buffer_name(i, plan, b), b->bytes, b->offset, b->first, b->last};
        if (!list[n++].name) return TUFF_ERR_MEMORY;
    }
    qsort(list, (size_t)n, sizeof *list, by_offset);
    i->out->buffers = list;
    i->out->n_buffers = n;
    i->out->n_steps = plan->n_steps;
    i->out->arena_bytes = plan->arena_bytes;
    i->out->state_bytes = plan->state_bytes;
    i->out->packed_bytes = plan->constant_bytes;
    return TUFF_OK;
}

static void inspect_steps(inspector *i, const tuff_interpreter *it) {
    tuff_node_info *nodes = (tuff_node_info *)i->out->subgraphs[0].nodes;
    for (int32_t k = 0; k < tuff_interpreter_step_count(it); k++) {
        const tuff_step_info step = tuff_interpreter_step(it, k);
        if (step.node < 0) continue;
        tuff_node_info *n = &nodes[step.node];
        if (!n->kernel[0]) n->kernel = step.kernel;
        if (!n->loop[0]) n->loop = step.loop; /* names of records: they outlive the plan */
        n->macs += step.macs;
        i->out->macs += step.macs;
    }
}

static tuff_status inspect_plan(inspector *i, const tuff_inspect_options *options) {
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = options->threads;
    how.cpu = options->cpu;
    tuff_interpreter *it = NULL;
    tuff_error refused = {0};
    i->out->refused = "";
    if (tuff_interpreter_create(i->model, &how, &it, &refused) != TUFF_OK) {
        i->out->refused = tuff_arena_string(i->arena, refused.message, i->error);
        return i->out->refused ? TUFF_OK : TUFF_ERR_MEMORY;
    }
    const tuff_status status = inspect_buffers(i, tuff_interpreter_plan(it));
    inspect_steps(i, it);
    tuff_interpreter_destroy(it);
    return status;
}

static tuff_status inspect_all(inspector *i, const tuff_inspect_options *options) {
    i->out->description = i->model->graph->description ? i->model->graph->description : "";
    i->out->file_bytes = i->model->file.count;
    TUFF_TRY(inspect_subgraphs(i));
    TUFF_TRY(inspect_signatures(i));
    TUFF_TRY(inspect_parts(i));
    return inspect_plan(i, options);
}

tuff_status tuff_inspect(const tuff_model *model, const tuff_inspect_options *options, tuff_inspection *inspection, tuff_error *error) {
    static const tuff_inspect_options standard = TUFF_INSPECT_OPTIONS;
    *inspection = (tuff_inspection){0};
    inspector i = {.out = inspection, .model = model, .arena = tuff_arena_create(NULL, error), .error = error};
    if (!i.arena) return TUFF_ERR_MEMORY;
    inspection->internal = i.arena;
    const tuff_status status = inspect_all(&i, options ? options : &standard);
    if (status != TUFF_OK) tuff_inspection_free(inspection);
    return status;
}

void tuff_inspection_free(tuff_inspection *inspection) {
    tuff_arena_destroy(inspection->internal);
    *inspection = (tuff_inspection){0};
}
