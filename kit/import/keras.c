/* Keras models -> graph: containers, inputs, calls, signature.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/import/keras.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kit/import/keras_layers.h"
#include "kit/io/zip.h"

enum { SIZE_LIMIT = 1 << 28, PATH_LIMIT = 4096 };

/* What a container was found to hold. */
typedef struct source {
    const char *config;
    size_t config_count;
    tuff_keras_weights *weights;
    int32_t keras; /* major version */
    const tuff_report *report;
} source;

typedef struct importer {
    const source *from;
    tuff_keras_program program;
    tuff_builder builder;
    int32_t *tensors; /* per call: what it computes, -1 not yet */
    tuff_arena *scratch;
    tuff_error *error;
} importer;

/* ---- inputs ---- */

static const char *dtype_name(json_object *config) {
    json_object *dtype = tuff_keras_get(config, "dtype");
    return json_object_is_type(dtype, json_type_object) ? tuff_keras_text(tuff_keras_get(dtype, "config"), "name", "float32")
                                                        : tuff_keras_text(config, "dtype", "float32");
}

/* Floats of all widths run as f32. */
static bool input_type(const char *dtype, tuff_type *type) {
    static const struct {
        const char *name;
        tuff_type type;
    } types[] = {{"float32", TUFF_F32},       {"float16", TUFF_F32},        {"bfloat16", TUFF_F32}, {"float64", TUFF_F32},
                 {"mixed_float16", TUFF_F32}, {"mixed_bfloat16", TUFF_F32}, {"uint8", TUFF_U8},     {"int8", TUFF_S8},
                 {"int16", TUFF_S16},         {"int32", TUFF_S32},          {"int64", TUFF_S64},    {"bool", TUFF_BOOL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, dtype) == 0) {
            *type = types[i].type;
            return true;
        }
    return false;
}

static tuff_status input_dims(importer *im, const tuff_keras_layer *layer, tuff_dims *dims) {
    json_object *shape = tuff_keras_get(layer->config, "batch_shape");
    if (!shape) shape = tuff_keras_get(layer->config, "batch_input_shape");
    const size_t rank = json_object_is_type(shape, json_type_array) ? json_object_array_length(shape) : 0;
    if (rank < 1 || rank > TUFF_MAX_RANK)
        return tuff_fail(im->error, TUFF_ERR_UNSUPPORTED, "input '%s': its shape is missing or of a rank above %d", layer->path, TUFF_MAX_RANK);
    *dims = (tuff_dims){.rank = (int32_t)rank};
    int64_t count = 1;
    for (size_t i = 0; i < rank; i++) {
        json_object *size = json_object_array_get_idx(shape, i);
        const int64_t n = size ? json_object_get_int64(size) : -1;
        if ((size && n < 1) || n > SIZE_LIMIT || (count *= n > 0 ? n : 1) > SIZE_LIMIT)
            return tuff_fail(im->error, TUFF_ERR_LIMIT, "input '%s': size %lld of axis %zu is out of range", layer->path, (long long)n, i);
        dims->size[i] = (int32_t)n;
    }
    return TUFF_OK;
}

static tuff_status add_input(importer *im, int32_t call) {
    const tuff_keras_layer *layer = im->program.calls[call].layer;
    const char *dtype = dtype_name(layer->config);
    tuff_type type = TUFF_F32;
    tuff_dims dims;
    if (tuff_keras_truth(layer->config, "sparse", false) || tuff_keras_truth(layer->config, "ragged", false))
        return tuff_fail(im->error, TUFF_ERR_UNSUPPORTED, "input '%s' is sparse or ragged: use a dense one", layer->path);
    if (!input_type(dtype, &type)) return tuff_fail(im->error, TUFF_ERR_UNSUPPORTED, "input '%s' is of type %s, which Tuff doesn't take", layer->path, dtype);
    TUFF_TRY(input_dims(im, layer, &dims));
    im->tensors[call] = tuff_build_input(&im->builder, layer->name, type, &dims);
    return im->tensors[call] < 0 ? TUFF_ERR_MEMORY : TUFF_OK;
}

/* ---- calls ---- */

static tuff_status value_tensor(importer *im, const tuff_keras_layer *reader, tuff_keras_value v, int32_t *tensor) {
    const tuff_keras_layer *layer = im->program.calls[v.call].layer;
    *tensor = im->tensors[v.call];
    if (v.output == 0 && *tensor >= 0) return TUFF_OK;
    return tuff_fail(im->error, TUFF_ERR_UNSUPPORTED, "%s '%s' reads output %d of layer '%s' (%s), which has one", reader ? "layer" : "model",
                     reader ? reader->path : im->program.name, (int)v.output, layer->path, layer->class_name);
}

static tuff_status lower_call(importer *im, int32_t k) {
    const tuff_keras_call *call = &im->program.calls[k];
    tuff_builder *b = &im->builder;
    int32_t *inputs = TUFF_NEW_ARRAY(im->scratch, (size_t)call->n_inputs, int32_t, im->error);
    if (!inputs) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < call->n_inputs; i++) TUFF_TRY(value_tensor(im, call->layer, call->inputs[i], &inputs[i]));
    if (!(b->origin = tuff_arena_string(b->graph->arena, call->layer->path, im->error))) return TUFF_ERR_MEMORY;
    const int32_t before = b->subgraph->n_tensors;
    tuff_keras_context c = {b, call->layer, NULL, call->kwargs, im->from->weights, im->from->keras, im->from->report, inputs, call->n_inputs, im->error};
    im->tensors[k] = tuff_keras_lower(&c);
    if (im->tensors[k] < 0) return im->error && im->error->status != TUFF_OK ? im->error->status : TUFF_ERR_MEMORY;
    if (im->tensors[k] >= before) b->subgraph->tensors[im->tensors[k]].name = b->origin;
    return TUFF_OK;
}

/* ---- the whole ---- */

static tuff_status finish(importer *im) {
    const tuff_keras_program *p = &im->program;
    tuff_graph *g = im->builder.graph;
    tuff_subgraph *s = im->builder.subgraph;
    int32_t *inputs = TUFF_NEW_ARRAY(im->scratch, (size_t)p->n_inputs, int32_t, im->error);
    int32_t *outputs = TUFF_NEW_ARRAY(im->scratch, (size_t)p->n_outputs, int32_t, im->error);
    if (!inputs || !outputs) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < p->n_inputs; i++) TUFF_TRY(value_tensor(im, NULL, p->inputs[i].value, &inputs[i]));
    for (int32_t i = 0; i < p->n_outputs; i++) TUFF_TRY(value_tensor(im, NULL, p->outputs[i].value, &outputs[i]));
    TUFF_TRY(tuff_graph_set_graph_io(g, s, inputs, p->n_inputs, outputs, p->n_outputs, im->error));
    tuff_signature *signature = tuff_graph_add_signature(g, "serving_default", 0, im->error);
    if (!signature) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < p->n_inputs; i++)
        if (!(signature->inputs[i].name = tuff_arena_string(g->arena, p->inputs[i].name, im->error))) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < p->n_outputs; i++)
        if (!(signature->outputs[i].name = tuff_arena_string(g->arena, p->outputs[i].name, im->error))) return TUFF_ERR_MEMORY;
    g->description = tuff_arena_string(g->arena, "Converted from Keras by Tuff.", im->error);
    return g->description ? tuff_graph_check(g, im->error) : TUFF_ERR_MEMORY;
}

static tuff_status lower_all(importer *im, tuff_arena *arena) {
    tuff_graph *g = tuff_graph_create(arena, im->error);
    tuff_subgraph *s = g ? tuff_graph_add_subgraph(g, "main", im->error) : NULL;
    im->tensors = TUFF_NEW_ARRAY(im->scratch, (size_t)im->program.n_calls, int32_t, im->error);
    if (!s || !im->tensors) return TUFF_ERR_MEMORY;
    im->builder = (tuff_builder){g, s, NULL, im->error};
    for (int32_t k = 0; k < im->program.n_calls; k++) im->tensors[k] = -1;
    for (int32_t i = 0; i < im->program.n_inputs; i++) TUFF_TRY(add_input(im, im->program.inputs[i].value.call));
    for (int32_t k = 0; k < im->program.n_calls; k++)
        if (im->tensors[k] < 0) TUFF_TRY(lower_call(im, k));
    return finish(im);
}

static tuff_status import(const source *from, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    importer im = {.from = from, .error = error};
    json_object *json = NULL;
    *graph = NULL;
    if (!(im.scratch = tuff_arena_create(NULL, error))) return TUFF_ERR_MEMORY;
    tuff_status status = tuff_keras_config_read(from->config, from->config_count, im.scratch, &json, &im.program, error);
    if (status == TUFF_OK) status = lower_all(&im, arena);
    if (status == TUFF_OK) *graph = im.builder.graph;
    json_object_put(json);
    tuff_arena_destroy(im.scratch);
    return status;
}

/* ---- containers ---- */

/* The major version in metadata.json, 3 where it doesn't say. */
static int32_t version_of(const tuff_buffer *metadata) {
    const char *at = metadata->data ? strstr((const char *)metadata->data, "\"keras_version\"") : NULL;
    if (at) at = strchr(at + 15, '"');
    const int major = at ? atoi(at + 1) : 0;
    return major > 0 ? major : 3;
}

static tuff_status import_files(tuff_buffer *config, tuff_buffer *metadata, tuff_buffer *weights, const tuff_report *report, tuff_arena *arena,
                                tuff_graph **graph, tuff_error *error) {
    source from = {(const char *)config->data, config->count, NULL, version_of(metadata), report};
    TUFF_TRY(tuff_keras_weights_open(weights->data, weights->count, &from.weights, error));
    const tuff_status status = import(&from, arena, graph, error);
    tuff_keras_weights_close(from.weights);
    return status;
}

static tuff_status read_member(tuff_zip *zip, const char *name, bool needed, tuff_buffer *buffer, tuff_error *error) {
    const int64_t k = tuff_zip_find(zip, name);
    if (k >= 0) return tuff_zip_read(zip, k, buffer, error);
    if (!needed) return TUFF_OK;
    const bool json = tuff_zip_find(zip, "model.weights.json") >= 0, npz = tuff_zip_find(zip, "model.weights.npz") >= 0;
    if (json || npz)
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "its weights are stored as %s: save it as one .keras file with HDF5 weights", json ? "shards" : ".npz");
    return tuff_fail(error, TUFF_ERR_FORMAT, "%s is missing, which every .keras file holds", name);
}

tuff_status tuff_keras_read_zip(tuff_buffer *bytes, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    tuff_zip *zip = NULL;
    tuff_buffer config = {0}, metadata = {0}, weights = {0};
    *graph = NULL;
    TUFF_TRY(tuff_zip_open("archive", bytes, &zip, error));
    tuff_status status = read_member(zip, "config.json", true, &config, error);
    if (status == TUFF_OK) status = read_member(zip, "metadata.json", false, &metadata, error);
    if (status == TUFF_OK) status = read_member(zip, "model.weights.h5", true, &weights, error);
    if (status == TUFF_OK) status = import_files(&config, &metadata, &weights, report, arena, graph, error);
    tuff_buffer_free(&config);
    tuff_buffer_free(&metadata);
    tuff_buffer_free(&weights);
    tuff_zip_close(zip);
    return status;
}

static tuff_status read_in_folder(const char *folder, const char *name, tuff_buffer *buffer, tuff_error *error) {
    char path[PATH_LIMIT];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) return tuff_fail(error, TUFF_ERR_LIMIT, "the path is too long");
    return tuff_file_read(path, buffer, error);
}

tuff_status tuff_keras_read_folder(const char *path, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    tuff_buffer config = {0}, metadata = {0}, weights = {0};
    *graph = NULL;
    tuff_status status = read_in_folder(path, "config.json", &config, error);
    if (status == TUFF_OK) status = read_in_folder(path, "metadata.json", &metadata, error);
    if (status == TUFF_OK) status = read_in_folder(path, "model.weights.h5", &weights, error);
    if (status == TUFF_OK) status = import_files(&config, &metadata, &weights, report, arena, graph, error);
    tuff_buffer_free(&config);
    tuff_buffer_free(&metadata);
    tuff_buffer_free(&weights);
    return status;
}

bool tuff_keras_is_h5(const void *bytes, size_t count) {
    /* the signature stands at 0, or behind a user block of 512 * 2^k bytes */
    for (size_t at = 0; at + 8 <= count; at = at ? 2 * at : 512)
        if (memcmp((const char *)bytes + at, "\x89HDF\r\n\x1a\n", 8) == 0) return true;
    return false;
}

tuff_status tuff_keras_read_h5(const void *bytes, size_t count, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    source from = {.report = report};
    char *text = NULL, version[16];
    *graph = NULL;
    TUFF_TRY(tuff_keras_weights_open(bytes, count, &from.weights, error));
    tuff_status status = tuff_keras_weights_config(from.weights, &text, version, error);
    if (status == TUFF_OK) {
        from.config = text, from.config_count = strlen(text);
        from.keras = version[0] ? atoi(version) : 1;
        status = import(&from, arena, graph, error);
    }
    tuff_release(NULL, text);
    tuff_keras_weights_close(from.weights);
    return status;
}
