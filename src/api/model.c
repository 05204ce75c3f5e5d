/* Opening and closing models, and what can be asked of them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "api/model.h"

#include <string.h>

#include "base/cpu.h"
#include "tflite/tflite.h"

#define TUFF_TEXT_(x) #x
#define TUFF_TEXT(x) TUFF_TEXT_(x)

const char *tuff_version(void) { return TUFF_TEXT(TUFF_VERSION_MAJOR) "." TUFF_TEXT(TUFF_VERSION_MINOR) "." TUFF_TEXT(TUFF_VERSION_PATCH); }

const char *tuff_cpu_levels(void) {
    switch (tuff_cpu_detect()) {
    case TUFF_CPU_AVXVNNI: return "none,c,avx2,avxvnni";
    case TUFF_CPU_AVX2: return "none,c,avx2";
    default: return "none,c";
    }
}

static tuff_status read_descriptions(tuff_model *m, tuff_error *error) {
    const tuff_subgraph *main_graph = &m->graph->subgraphs[0];
    m->recipes = TUFF_NEW_ARRAY(m->arena, (size_t)main_graph->n_inputs, tuff_recipe, error);
    m->labels = TUFF_NEW_ARRAY(m->arena, (size_t)main_graph->n_outputs, const char *const *, error);
    m->label_counts = TUFF_NEW_ARRAY(m->arena, (size_t)main_graph->n_outputs, int32_t, error);
    if (!m->recipes || !m->labels || !m->label_counts) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < main_graph->n_inputs; k++) TUFF_TRY(tuff_tflite_read_recipe(m->graph, k, &m->recipes[k], error));
    for (int32_t k = 0; k < main_graph->n_outputs; k++) TUFF_TRY(tuff_tflite_read_labels(m->graph, k, m->arena, &m->labels[k], &m->label_counts[k], error));
    return TUFF_OK;
}

/* file: owned by the model from here on, also on failure */
static tuff_status create(const tuff_allocator *a, tuff_file file, const void *bytes, size_t count, tuff_model **model, tuff_error *error) {
    if (!a) a = &tuff_allocator_libc;
    *model = NULL;
    tuff_model *m = tuff_allocate(a, sizeof *m);
    if (!m) {
        tuff_file_close(&file, a);
        return tuff_fail_memory(error, sizeof *m);
    }
    *m = (tuff_model){.allocator = *a, .file = file, .arena = tuff_arena_create(a, error)};
    tuff_status status = m->arena ? tuff_tflite_read(bytes, count, m->arena, &m->graph, error) : TUFF_ERR_MEMORY;
    if (status == TUFF_OK && m->graph->n_subgraphs < 1) status = tuff_fail(error, TUFF_ERR_MODEL, "the model has no subgraph");
    if (status == TUFF_OK) status = read_descriptions(m, error);
    if (status == TUFF_OK && !(m->packed = tuff_pack_cache_create(a, error))) status = TUFF_ERR_MEMORY;
    if (status == TUFF_OK) *model = m;
    else tuff_model_close(m);
    return status;
}

static const tuff_memory *memory_of(const tuff_model_options *o) { return o && o->memory ? o->memory : &tuff_allocator_libc; }

static tuff_status check_options(const tuff_model_options *o, tuff_error *error) {
    if (o && o->size != sizeof *o) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_model_options: size is %zu, expected %zu", o->size, sizeof *o);
    return TUFF_OK;
}

tuff_status tuff_model_open(const char *path, const tuff_model_options *options, tuff_model **model, tuff_error *error) {
    if (!path || !model) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_model_open: path and model must not be NULL");
    *model = NULL;
    TUFF_TRY(check_options(options, error));
    tuff_file file;
    TUFF_TRY(tuff_file_open(path, memory_of(options), &file, error));
    tuff_status status = create(memory_of(options), file, file.bytes, file.count, model, error);
    if (status == TUFF_OK && !((*model)->path = tuff_arena_string((*model)->arena, path, error))) {
        tuff_model_close(*model);
        *model = NULL;
        status = TUFF_ERR_MEMORY;
    }
    if (status != TUFF_OK) tuff_error_prefix(error, "%s", path);
    return status;
}

tuff_status tuff_model_from_memory(const void *bytes, size_t count, const tuff_model_options *options, tuff_model **model, tuff_error *error) {
    if (!bytes || !model) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_model_from_memory: bytes and model must not be NULL");
    *model = NULL;
    TUFF_TRY(check_options(options, error));
    return create(memory_of(options), (tuff_file){0}, bytes, count, model, error);
}

tuff_status tuff_model_adopt(uint8_t *bytes, size_t count, const tuff_allocator *a, tuff_model **model, tuff_error *error) {
    return create(a, (tuff_file){bytes, count, false}, bytes, count, model, error);
}

void tuff_model_close(tuff_model *m) {
    if (!m) return;
    const tuff_allocator a = m->allocator;
    tuff_pack_cache_destroy(m->packed);
    tuff_arena_destroy(m->arena);
    tuff_file_close(&m->file, &a);
    tuff_release(&a, m);
}

tuff_recipe tuff_model_recipe(const tuff_model *m, int32_t input) {
    if (input < 0 || input >= m->graph->subgraphs[0].n_inputs) return (tuff_recipe){.source = ""};
    return m->recipes[input];
}

int32_t tuff_model_label_count(const tuff_model *m, int32_t output) {
    return output >= 0 && output < m->graph->subgraphs[0].n_outputs ? m->label_counts[output] : 0;
}

const char *tuff_model_label(const tuff_model *m, int32_t output, int32_t k) {
    return k >= 0 && k < tuff_model_label_count(m, output) ? m->labels[output][k] : NULL;
}

const char *tuff_model_signature(const tuff_model *m, int32_t k) { return k >= 0 && k < m->graph->n_signatures ? m->graph->signatures[k].key : NULL; }

static int32_t find_named(const tuff_model *m, const char *key, const char *name, bool input) {
    for (int32_t k = 0; k < m->graph->n_signatures; k++) {
        const tuff_signature *s = &m->graph->signatures[k];
        if (strcmp(s->key, key) != 0 || s->subgraph != 0) continue;
        const tuff_subgraph *g = &m->graph->subgraphs[0];
        const tuff_named_tensor *named = input ? s->inputs : s->outputs;
        const int32_t *list = input ? g->inputs : g->outputs, n = input ? g->n_inputs : g->n_outputs;
        for (int32_t j = 0; j < (input ? s->n_inputs : s->n_outputs); j++) {
            if (strcmp(named[j].name, name) != 0) continue;
            for (int32_t i = 0; i < n; i++)
                if (list[i] == named[j].tensor) return i;
        }
    }
    return -1;
}

int32_t tuff_model_signature_input(const tuff_model *m, const char *key, const char *name) { return find_named(m, key, name, true); }
int32_t tuff_model_signature_output(const tuff_model *m, const char *key, const char *name) { return find_named(m, key, name, false); }
