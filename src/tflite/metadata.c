/* The recipe of an input and the labels of an output, as standard TFLite Metadata.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model's metadata entry TFLITE_METADATA is itself a FlatBuffer (identifier M001, schema 1.5.0) that describes each input and output of the main
 * graph: what it is (an image ...), how raw values are normalized, which associated file holds its labels. It is advice, not part of the model:
 * whatever is missing or unreadable in it reads as absent.
 */
#include <math.h>

#include "flatbuffer/flatbuffer.h"
#include "tflite/tflite.h"

static const char entry_name[] = "TFLITE_METADATA", identifier[] = "M001", labels_name[] = "labels.txt", parser_version[] = "1.0.0";

enum { META_NAME, META_DESCRIPTION, META_VERSION, META_SUBGRAPHS, META_AUTHOR, META_LICENSE, META_FILES, META_MIN_PARSER };
enum { SUB_NAME, SUB_DESCRIPTION, SUB_INPUTS, SUB_OUTPUTS };
enum { TENSOR_NAME, TENSOR_DESCRIPTION, TENSOR_DIMENSION_NAMES, TENSOR_CONTENT, TENSOR_UNITS, TENSOR_STATS, TENSOR_FILES };
enum { CONTENT_TYPE, CONTENT_PROPERTIES, CONTENT_RANGE };
enum { CONTENT_NONE, CONTENT_FEATURE, CONTENT_IMAGE }; /* union ContentProperties */
enum { IMAGE_COLOR_SPACE, IMAGE_DEFAULT_SIZE };
enum { COLOR_UNKNOWN, COLOR_RGB, COLOR_GRAYSCALE };
enum { SIZE_WIDTH, SIZE_HEIGHT };
enum { UNIT_TYPE, UNIT_OPTIONS };
enum { UNIT_NORMALIZATION = 1 }; /* union ProcessUnitOptions */
enum { NORMALIZATION_MEAN, NORMALIZATION_STD };
enum { STATS_MAX, STATS_MIN };
enum { FILE_NAME, FILE_DESCRIPTION, FILE_TYPE };
enum { FILE_AXIS_LABELS = 2 };
enum { LARGEST_PIXEL = 255 };

/* ---- reading ---- */

/* The TensorMetadata of the k-th input or output; absent where there is none. */
static tuff_flat_table find_tensor(const tuff_graph *g, tuff_flat *flat, int slot, int32_t k) {
    tuff_flat_table none = {.flat = flat};
    *flat = (tuff_flat){0};
    for (int32_t m = 0; m < g->n_metadata; m++) {
        if (strcmp(g->metadata[m].name, entry_name) != 0) continue;
        const tuff_bytes bytes = g->metadata[m].content;
        const tuff_flat_table root = tuff_flat_open(flat, bytes.data, bytes.count, identifier, NULL);
        const tuff_flat_vector subgraphs = tuff_flat_tables(&root, META_SUBGRAPHS);
        const tuff_flat_table first = tuff_flat_table_at(&subgraphs, 0);
        const tuff_flat_vector tensors = tuff_flat_tables(&first, slot);
        return k < 0 ? none : tuff_flat_table_at(&tensors, (size_t)k);
    }
    return none;
}

/* Height, width and channels of [n, h, w, c] or [n, h, w]; all 0 where the tensor is no image, or one of any size. */
static void set_size(tuff_recipe *r, const tuff_tensor *t) {
    if (t->rank != 3 && t->rank != 4) return;
    const int32_t channels = t->rank == 4 ? t->shape[3] : 1;
    if (channels < 1 || channels > 4 || (t->signature && (t->signature[1] < 0 || t->signature[2] < 0))) return;
    r->height = t->shape[1];
    r->width = t->shape[2];
    r->channels = channels;
}

/* One value for all, or one per channel. */
static bool read_values(const tuff_flat_table *table, int slot, float *values, int32_t *count) {
    const tuff_flat_vector v = tuff_flat_scalars(table, slot, 4);
    if (v.count < 1 || v.count > 4) return false;
    memcpy(values, v.data, v.count * sizeof *values);
    *count = (int32_t)v.count;
    for (int32_t k = 0; k < *count; k++)
        if (!isfinite(values[k])) return false;
    return true;
}

static bool read_normalization(const tuff_flat_table *tensor, tuff_recipe *r) {
    const tuff_flat_vector units = tuff_flat_tables(tensor, TENSOR_UNITS);
    for (size_t k = 0; k < units.count; k++) {
        const tuff_flat_table unit = tuff_flat_table_at(&units, k);
        if (tuff_flat_u8(&unit, UNIT_TYPE, 0) != UNIT_NORMALIZATION) continue;
        const tuff_flat_table options = tuff_flat_sub(&unit, UNIT_OPTIONS);
        int32_t means, stds;
        if (!read_values(&options, NORMALIZATION_MEAN, r->mean, &means) || !read_values(&options, NORMALIZATION_STD, r->std, &stds)) return false;
        if (means != stds && means != 1 && stds != 1) return false;
        r->count = means > stds ? means : stds;
        for (int32_t c = 1; c < r->count; c++) {
            if (means == 1) r->mean[c] = r->mean[0];
            if (stds == 1) r->std[c] = r->std[0];
        }
        for (int32_t c = 0; c < r->count; c++)
            if (r->std[c] == 0) return false;
        return true;
    }
    return false;
}

tuff_status tuff_tflite_read_recipe(const tuff_graph *graph, int32_t input, tuff_recipe *recipe, tuff_error *error) {
    (void)error;
    *recipe = (tuff_recipe){.source = ""};
    const tuff_subgraph *s = &graph->subgraphs[0];
    tuff_flat flat;
    const tuff_flat_table tensor = find_tensor(graph, &flat, SUB_INPUTS, input < s->n_inputs ? input : -1);
    tuff_recipe r = {.present = true, .source = "metadata"};
    if (tensor.at == 0 || !read_normalization(&tensor, &r)) return TUFF_OK;
    const tuff_flat_table content = tuff_flat_sub(&tensor, TENSOR_CONTENT);
    if (tuff_flat_u8(&content, CONTENT_TYPE, CONTENT_IMAGE) == CONTENT_IMAGE) set_size(&r, &s->tensors[s->inputs[input]]);
    if (!tuff_flat_failed(&flat)) *recipe = r;
    return TUFF_OK;
}

static const tuff_associated_file *find_labels(const tuff_graph *g, const tuff_flat_table *tensor) {
    const tuff_flat_vector files = tuff_flat_tables(tensor, TENSOR_FILES);
    for (size_t k = 0; k < files.count; k++) {
        const tuff_flat_table file = tuff_flat_table_at(&files, k);
        const char *name = tuff_flat_string(&file, FILE_NAME);
        if (!name || tuff_flat_u8(&file, FILE_TYPE, 0) != FILE_AXIS_LABELS) continue;
        for (int32_t f = 0; f < g->n_files; f++)
            if (strcmp(g->files[f].name, name) == 0) return &g->files[f];
    }
    return NULL;
}

/* The next line of text that ends at `end`, without its line break. */
static tuff_bytes next_line(const uint8_t **at, const uint8_t *end) {
    const uint8_t *start = *at, *stop = memchr(start, '\n', (size_t)(end - start));
    *at = stop ? stop + 1 : end;
    if (!stop) stop = end;
    if (stop > start && stop[-1] == '\r') stop--;
    return (tuff_bytes){start, (size_t)(stop - start)};
}

tuff_status tuff_tflite_read_labels(const tuff_graph *graph, int32_t output, tuff_arena *arena, const char *const **labels, int32_t *count, tuff_error *error) {
    *labels = NULL;
    *count = 0;
    tuff_flat flat;
    const tuff_flat_table tensor = find_tensor(graph, &flat, SUB_OUTPUTS, output);
    const tuff_associated_file *file = find_labels(graph, &tensor);
    if (!file || file->content.count == 0) return TUFF_OK;
    const uint8_t *const end = file->content.data + file->content.count;
    int32_t lines = 0;
    for (const uint8_t *at = file->content.data; at < end; lines++) (void)next_line(&at, end);
    const char **list = TUFF_NEW_ARRAY(arena, (size_t)lines, const char *, error);
    if (!list) return TUFF_ERR_MEMORY;
    const uint8_t *at = file->content.data;
    for (int32_t k = 0; k < lines; k++) {
        const tuff_bytes line = next_line(&at, end);
        char *label = tuff_arena_take(arena, line.count + 1, 1, error);
        if (!label) return TUFF_ERR_MEMORY;
        memcpy(label, line.data, line.count);
        list[k] = label;
    }
    *labels = list;
    *count = lines;
    return TUFF_OK;
}

/* ---- writing ---- */

static tuff_flat_ref put_list(tuff_flat_writer *w, tuff_flat_ref one) { return tuff_flat_put_refs(w, &one, 1); }

static tuff_flat_ref put_content(tuff_flat_writer *w, const tuff_recipe *r) {
    const bool image = r->width > 0;
    tuff_flat_ref size = 0;
    if (image) {
        tuff_flat_table_begin(w);
        tuff_flat_put_u32(w, SIZE_WIDTH, (uint32_t)r->width);
        tuff_flat_put_u32(w, SIZE_HEIGHT, (uint32_t)r->height);
        size = tuff_flat_table_end(w);
    }
    tuff_flat_table_begin(w);
    if (image) tuff_flat_put_u8(w, IMAGE_COLOR_SPACE, r->channels == 1 ? COLOR_GRAYSCALE : r->channels == 3 ? COLOR_RGB : COLOR_UNKNOWN);
    tuff_flat_put_ref(w, IMAGE_DEFAULT_SIZE, size);
    const tuff_flat_ref properties = tuff_flat_table_end(w);
    tuff_flat_table_begin(w);
    tuff_flat_put_u8(w, CONTENT_TYPE, image ? CONTENT_IMAGE : CONTENT_FEATURE);
    tuff_flat_put_ref(w, CONTENT_PROPERTIES, properties);
    return tuff_flat_table_end(w);
}

static tuff_flat_ref put_units(tuff_flat_writer *w, const tuff_recipe *r) {
    const tuff_flat_ref std = tuff_flat_put_vector(w, r->std, (size_t)r->count, 4, 4), mean = tuff_flat_put_vector(w, r->mean, (size_t)r->count, 4, 4);
    tuff_flat_table_begin(w);
    tuff_flat_put_ref(w, NORMALIZATION_MEAN, mean);
    tuff_flat_put_ref(w, NORMALIZATION_STD, std);
    const tuff_flat_ref options = tuff_flat_table_end(w);
    tuff_flat_table_begin(w);
    tuff_flat_put_u8(w, UNIT_TYPE, UNIT_NORMALIZATION);
    tuff_flat_put_ref(w, UNIT_OPTIONS, options);
    return put_list(w, tuff_flat_table_end(w));
}

/* The range that raw 0..255 takes after normalizing. */
static tuff_flat_ref put_stats(tuff_flat_writer *w, const tuff_recipe *r) {
    float low[4], high[4];
    for (int32_t c = 0; c < r->count; c++) {
        const float a = (0 - r->mean[c]) / r->std[c], b = (LARGEST_PIXEL - r->mean[c]) / r->std[c];
        low[c] = a < b ? a : b;
        high[c] = a < b ? b : a;
    }
    const tuff_flat_ref min = tuff_flat_put_vector(w, low, (size_t)r->count, 4, 4), max = tuff_flat_put_vector(w, high, (size_t)r->count, 4, 4);
    tuff_flat_table_begin(w);
    tuff_flat_put_ref(w, STATS_MAX, max);
    tuff_flat_put_ref(w, STATS_MIN, min);
    return tuff_flat_table_end(w);
}

static tuff_flat_ref put_labels(tuff_flat_writer *w) {
    const tuff_flat_ref description = tuff_flat_put_string(w, "Names of the classes, one a line."), name = tuff_flat_put_string(w, labels_name);
    tuff_flat_table_begin(w);
    tuff_flat_put_ref(w, FILE_NAME, name);
    tuff_flat_put_ref(w, FILE_DESCRIPTION, description);
    tuff_flat_put_u8(w, FILE_TYPE, FILE_AXIS_LABELS);
    return put_list(w, tuff_flat_table_end(w));
}

/* A TensorMetadata; recipe NULL: nothing to say of how it is fed. */
static tuff_flat_ref put_tensor(tuff_flat_writer *w, const char *name, const tuff_recipe *r, bool labels) {
    const tuff_flat_ref files = labels ? put_labels(w) : 0, stats = r ? put_stats(w, r) : 0, units = r ? put_units(w, r) : 0;
    const tuff_flat_ref content = r ? put_content(w, r) : 0, own_name = tuff_flat_put_string(w, name);
    tuff_flat_table_begin(w);
    tuff_flat_put_ref(w, TENSOR_NAME, own_name);
    tuff_flat_put_ref(w, TENSOR_CONTENT, content);
    tuff_flat_put_ref(w, TENSOR_UNITS, units);
    tuff_flat_put_ref(w, TENSOR_STATS, stats);
    tuff_flat_put_ref(w, TENSOR_FILES, files);
    return tuff_flat_table_end(w);
}

/* One TensorMetadata for each tensor, as the format asks; only the first has a recipe or labels. */
static tuff_flat_ref put_tensors(tuff_flat_writer *w, const tuff_graph *g, const int32_t *tensors, int32_t count, const tuff_recipe *r, bool labels,
                                 tuff_error *error) {
    tuff_flat_ref *refs = TUFF_NEW_ARRAY(g->arena, (size_t)count, tuff_flat_ref, error);
    if (!refs) {
        w->status = TUFF_ERR_MEMORY;
        return 0;
    }
    for (int32_t k = count; k-- > 0;) refs[k] = put_tensor(w, g->subgraphs[0].tensors[tensors[k]].name, k == 0 ? r : NULL, labels && k == 0);
    return tuff_flat_put_refs(w, refs, (size_t)count);
}

static tuff_status put_metadata(const tuff_graph *g, const tuff_recipe *r, bool labels, uint8_t **bytes, size_t *count, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[0];
    tuff_flat_writer w;
    tuff_flat_begin(&w, NULL, 1024, error);
    const tuff_flat_ref version = tuff_flat_put_string(&w, parser_version);
    const tuff_flat_ref outputs = put_tensors(&w, g, s->outputs, s->n_outputs, NULL, labels, error);
    const tuff_flat_ref inputs = put_tensors(&w, g, s->inputs, s->n_inputs, r, false, error);
    tuff_flat_table_begin(&w);
    tuff_flat_put_ref(&w, SUB_INPUTS, inputs);
    tuff_flat_put_ref(&w, SUB_OUTPUTS, outputs);
    const tuff_flat_ref subgraphs = put_list(&w, tuff_flat_table_end(&w));
    tuff_flat_table_begin(&w);
    tuff_flat_put_ref(&w, META_SUBGRAPHS, subgraphs);
    tuff_flat_put_ref(&w, META_MIN_PARSER, version);
    return tuff_flat_finish(&w, tuff_flat_table_end(&w), identifier, bytes, count);
}

static tuff_status set_labels(tuff_graph *g, const char *const *labels, int32_t count, tuff_error *error) {
    size_t bytes = 0, at = 0;
    for (int32_t k = 0; k < count; k++) bytes += strlen(labels[k]) + 1;
    char *text = tuff_arena_take(g->arena, bytes, 1, error);
    if (!text) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        const size_t length = strlen(labels[k]);
        memcpy(text + at, labels[k], length);
        text[at + length] = '\n';
        at += length + 1;
    }
    return tuff_graph_set_file(g, labels_name, text, bytes, error);
}

static void remove_file(tuff_graph *g, const char *name) {
    for (int32_t k = 0; k < g->n_files; k++)
        if (strcmp(g->files[k].name, name) == 0) { g->files[k--] = g->files[--g->n_files]; }
}

tuff_status tuff_tflite_write_recipe(tuff_graph *graph, const tuff_recipe *recipe, const char *const *labels, int32_t count, tuff_error *error) {
    const bool has_labels = labels && count > 0;
    if (recipe && !recipe->present) recipe = NULL;
    if (recipe && (recipe->count < 1 || recipe->count > 4))
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "a recipe with %d means, expected 1 to 4", (int)recipe->count);
    tuff_recipe sized = {0}; /* a recipe of ranges alone is of the input's size */
    const tuff_subgraph *s = &graph->subgraphs[0];
    if (recipe) sized = *recipe;
    if (recipe && sized.width == 0 && s->n_inputs > 0) set_size(&sized, &s->tensors[s->inputs[0]]);
    uint8_t *bytes = NULL;
    size_t size = 0;
    TUFF_TRY(put_metadata(graph, recipe ? &sized : NULL, has_labels, &bytes, &size, error));
    const tuff_status status = tuff_graph_set_metadata(graph, entry_name, bytes, size, error);
    tuff_release(NULL, bytes);
    TUFF_TRY(status);
    if (has_labels) return set_labels(graph, labels, count, error);
    remove_file(graph, labels_name);
    return TUFF_OK;
}
