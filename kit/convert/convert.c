/* Trained models to .tflite: what include/tuff/convert.h promises.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/convert.h"

#include <string.h>

#include "api/model.h"
#include "kit/convert/recipe.h"
#include "kit/import/keras.h"
#include "kit/io/file.h"
#include "kit/io/zip.h"
#include "kit/passes/passes.h"
#include "tflite/tflite.h"

static tuff_status read_tflite(const tuff_buffer *file, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    const void *own = tuff_arena_copy(arena, file->data, file->count, error); /* constants point into it */
    return own ? tuff_tflite_read(own, file->count, arena, graph, error) : TUFF_ERR_MEMORY;
}

static tuff_status unknown(const tuff_buffer *file, tuff_error *error) {
    if (file->count == 0) return tuff_fail(error, TUFF_ERR_FORMAT, "empty: expected a .keras, .h5 or .tflite model");
    return tuff_fail(error, TUFF_ERR_FORMAT, "neither .keras (a zip), .h5 (HDF5) nor .tflite: its %zu bytes begin with none of their signatures", file->count);
}

/* By content; a .keras zip is taken over. */
static tuff_status read_file(tuff_buffer *file, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    if (tuff_zip_is(file->data, file->count)) return tuff_keras_read_zip(file, report, arena, graph, error);
    if (tuff_keras_is_h5(file->data, file->count)) return tuff_keras_read_h5(file->data, file->count, report, arena, graph, error);
    if (file->count >= 8 && memcmp(file->data + 4, "TFL3", 4) == 0) return read_tflite(file, arena, graph, error);
    return unknown(file, error);
}

static tuff_status read_path(const char *path, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    tuff_buffer file = {0};
    if (tuff_file_is_folder(path)) return tuff_keras_read_folder(path, report, arena, graph, error);
    TUFF_TRY(tuff_file_read(path, &file, error));
    const tuff_status status = read_file(&file, report, arena, graph, error);
    if (status != TUFF_OK) tuff_error_prefix(error, "%s", path);
    tuff_buffer_free(&file);
    return status;
}

tuff_status tuff_graph_load(const char *path, const tuff_report *report, tuff_graph **graph, tuff_error *error) {
    if (!path || !graph) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_graph_load: path and graph must not be NULL");
    *graph = NULL;
    tuff_arena *arena = tuff_arena_create(NULL, error);
    if (!arena) return TUFF_ERR_MEMORY;
    const tuff_status status = read_path(path, report, arena, graph, error);
    if (status == TUFF_OK) return TUFF_OK;
    *graph = NULL;
    tuff_arena_destroy(arena);
    return status;
}

void tuff_graph_free(tuff_graph *graph) {
    if (graph) tuff_arena_destroy(graph->arena); /* which holds the graph itself */
}

tuff_status tuff_graph_optimize(tuff_graph *graph, const tuff_report *report, tuff_error *error) {
    if (!graph) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_graph_optimize: graph must not be NULL");
    return tuff_passes_run(graph, report, error);
}

/* A classifier's scores are [batch, classes]; a single score is a yes or no. Outputs of other shapes may have any number of labels. */
static tuff_status check_labels(const tuff_graph *graph, int32_t count, tuff_error *error) {
    const tuff_subgraph *s = &graph->subgraphs[0];
    const tuff_tensor *t = s->n_outputs > 0 ? &s->tensors[s->outputs[0]] : NULL;
    const int32_t classes = t && t->rank == 2 ? (t->shape[1] == 1 ? 2 : t->shape[1]) : count;
    if (count == classes) return TUFF_OK;
    return tuff_fail(error, TUFF_ERR_DATA, "%d labels, expected %d: the model's output '%s' has %d classes", (int)count, (int)classes, t->name, (int)classes);
}

tuff_status tuff_graph_describe(tuff_graph *graph, const tuff_recipe *recipe, const char *const *labels, int32_t label_count, tuff_error *error) {
    if (!graph || label_count < 0 || (label_count > 0 && !labels))
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_graph_describe: graph must not be NULL, and labels must be label_count texts");
    if (labels) TUFF_TRY(check_labels(graph, label_count, error));
    const tuff_recipe now = recipe ? *recipe : tuff_graph_recipe(graph);
    if (!labels) TUFF_TRY(tuff_tflite_read_labels(graph, 0, graph->arena, &labels, &label_count, error));
    return tuff_tflite_write_recipe(graph, &now, labels, label_count, error);
}

tuff_recipe tuff_graph_recipe(const tuff_graph *graph) {
    tuff_recipe recipe = {0};
    if (graph && graph->n_subgraphs > 0 && tuff_tflite_read_recipe(graph, 0, &recipe, NULL) == TUFF_OK && recipe.present) return recipe;
    return tuff_recipe_derive(graph);
}

tuff_status tuff_graph_save(const tuff_graph *graph, const char *path, size_t *bytes, tuff_error *error) {
    uint8_t *file = NULL;
    size_t count = 0;
    if (!graph || !path) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_graph_save: graph and path must not be NULL");
    TUFF_TRY(tuff_tflite_write(graph, true, &tuff_allocator_libc, &file, &count, error));
    const tuff_status status = tuff_file_write(path, file, count, error);
    if (status == TUFF_OK && bytes) *bytes = count;
    tuff_release(NULL, file);
    return status;
}

tuff_status tuff_graph_model(const tuff_graph *graph, tuff_model **model, size_t *bytes, tuff_error *error) {
    uint8_t *file = NULL;
    size_t count = 0;
    if (!graph || !model) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_graph_model: graph and model must not be NULL");
    *model = NULL;
    TUFF_TRY(tuff_tflite_write(graph, true, &tuff_allocator_libc, &file, &count, error));
    if (bytes) *bytes = count;
    return tuff_model_adopt(file, count, &tuff_allocator_libc, model, error);
}
