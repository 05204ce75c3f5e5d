/* Reading and writing .tflite: models come through unchanged, and files of the lowest versions that express them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * `test_tflite rewrite IN OUT` reads a model and writes it again (`beyond`: with its constants behind the FlatBuffer): tests/oracle/roundtrip.py
 * lets LiteRT compare the two.
 */
#include "model.h"

static const char *const shipped[] = {"sparse_tensor", "call_once_mul", "lstm_quantized", "reverse_signature"};

static char *shipped_path(size_t k) {
    static char path[1000];
    snprintf(path, sizeof path, "%s/tests/data/tflite/%s.tflite", TUFF_SOURCE_DIR, shipped[k]);
    return path;
}

static model write_and_read(const tuff_graph *g, bool choose, size_t inside) {
    uint8_t *bytes = NULL;
    size_t count = 0;
    tuff_error error = {0};
    const tuff_status status = tuff_tflite_write_beyond(g, choose, inside, NULL, &bytes, &count, &error);
    if (status != TUFF_OK) fail_msg("%s", error.message);
    model m = model_read(bytes, count);
    if (!m.graph) fail_msg("%s", m.error.message);
    free(bytes);
    return m;
}

static bool same_tensor(const tuff_tensor *a, const tuff_tensor *b) {
    return strcmp(a->name, b->name) == 0 && a->bytes == b->bytes && (a->data == NULL) == (b->data == NULL) && a->has_rank == b->has_rank &&
           (a->bytes == 0 || memcmp(a->data, b->data, a->bytes) == 0);
}

static void expect_same(const tuff_graph *a, const tuff_graph *b) {
    char *before = dump(a), *after = dump(b);
    assert_string_equal(before, after);
    free(before);
    free(after);
    for (int32_t i = 0; i < a->n_subgraphs; i++) {
        const tuff_subgraph *s = &a->subgraphs[i], *t = &b->subgraphs[i];
        for (int32_t k = 0; k < s->n_tensors; k++) assert_true(same_tensor(&s->tensors[k], &t->tensors[k]));
        for (int32_t k = 0; k < s->n_nodes; k++) {
            const tuff_node *n = &s->nodes[k], *m = &t->nodes[k];
            assert_true(tuff_fields_equal(n->op->options.fields, n->attrs, m->attrs));
            assert_int_equal(n->custom_options.count, m->custom_options.count);
            assert_int_equal(n->debug_metadata, m->debug_metadata);
            assert_int_equal(n->mutating_inputs != NULL, m->mutating_inputs != NULL);
            if (n->custom_options.count) assert_memory_equal(n->custom_options.data, m->custom_options.data, n->custom_options.count);
            if (n->mutating_inputs) assert_memory_equal(n->mutating_inputs, m->mutating_inputs, (size_t)n->n_inputs);
        }
    }
    assert_int_equal(a->n_metadata, b->n_metadata);
    for (int32_t k = 0; k < a->n_metadata; k++) assert_memory_equal(a->metadata[k].content.data, b->metadata[k].content.data, a->metadata[k].content.count);
    assert_int_equal(a->n_files, b->n_files);
    for (int32_t k = 0; k < a->n_files; k++) assert_memory_equal(a->files[k].content.data, b->files[k].content.data, a->files[k].content.count);
}

static void test_a_bit_of_everything_comes_through(void **state) {
    (void)state;
    model m = model_make(), back = write_and_read(m.graph, false, SIZE_MAX);
    expect_same(m.graph, back.graph);
    const tuff_subgraph *s = &back.graph->subgraphs[0];
    assert_string_equal(back.graph->description, "a bit of everything");
    assert_int_equal(s->tensors[0].signature[0], -1);
    assert_int_equal(s->tensors[1].quantization.count, 3);
    assert_int_equal(s->tensors[4].quantization.zero_points_tensor, -1);
    assert_memory_equal(s->tensors[6].quantization.custom, "abc", 3);
    assert_ptr_equal(s->tensors[2].data, s->tensors[8].data); /* equal constants share a buffer */
    assert_non_null(s->tensors[5].data);                      /* the empty shape is known */
    assert_true(s->tensors[7].variable);
    const tuff_subtypes *held = s->tensors[3].subtypes;
    assert_true(held && held->count == 1 && held->list[0].type == TUFF_S16 && held->list[0].has_rank && held->list[0].rank == 2);
    assert_int_equal(held->list[0].shape[1], -1);
    assert_int_equal(s->nodes[0].op->code, 129);
    model_free(&back);
    model_free(&m);
}

static void test_shipped_models_come_through(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof shipped / sizeof *shipped; k++) {
        size_t count = 0;
        uint8_t *bytes = load(shipped_path(k), &count);
        assert_non_null(bytes);
        model m = model_read(bytes, count);
        if (!m.graph) fail_msg("%s: %s", shipped[k], m.error.message);
        model back = write_and_read(m.graph, false, SIZE_MAX);
        expect_same(m.graph, back.graph);
        model_free(&back);
        model_free(&m);
        free(bytes);
    }
}

static void test_constants_beyond_the_flatbuffer_come_through(void **state) {
    (void)state;
    model m = model_make();
    uint8_t *bytes;
    size_t count;
    assert_int_equal(tuff_tflite_write_beyond(m.graph, false, 4, NULL, &bytes, &count, NULL), TUFF_OK);
    model back = model_read(bytes, count);
    free(bytes);
    if (!back.graph) fail_msg("%s", back.error.message);
    const tuff_tensor *w = &back.graph->subgraphs[0].tensors[1];
    assert_memory_equal(w->data, m.graph->subgraphs[0].tensors[1].data, w->bytes);
    assert_int_equal(((const uint8_t *)w->data - back.bytes) % 16, 0);
    assert_string_equal(back.graph->metadata[1].name, "buffer_location");
    model inside = write_and_read(back.graph, false, SIZE_MAX); /* and back into it: the mark is gone */
    expect_same(m.graph, inside.graph);
    model_free(&inside);
    model_free(&back);
    model_free(&m);
}

static void test_the_same_graph_gives_the_same_bytes(void **state) {
    (void)state;
    model m = model_make(), once = write_and_read(m.graph, false, SIZE_MAX), twice = write_and_read(once.graph, false, SIZE_MAX);
    assert_int_equal(once.count, twice.count);
    assert_memory_equal(once.bytes, twice.bytes, once.count);
    model_free(&once);
    model_free(&twice);
    model_free(&m);
}

static void test_the_lowest_version_is_chosen(void **state) {
    (void)state;
    model m = model_make();
    tuff_subgraph *s = &m.graph->subgraphs[0];
    assert_int_equal(tuff_tflite_version(s, &s->nodes[1]), 3); /* CONV_2D of s8 */
    s->nodes[1].version = 8;
    model back = write_and_read(m.graph, true, SIZE_MAX);
    assert_int_equal(back.graph->subgraphs[0].nodes[1].version, 3);
    assert_string_equal(back.graph->metadata[1].name, "min_runtime_version");
    assert_int_equal(back.graph->metadata[1].content.count, 16);
    assert_string_equal((const char *)back.graph->metadata[1].content.data, "2.5.0"); /* CALL_ONCE is the youngest */
    model_free(&back);
    s->tensors[0].type = TUFF_STRING;
    assert_int_equal(tuff_tflite_version(s, &s->nodes[1]), 0); /* no row has these types: the node's own stays */
    s->tensors[0].type = TUFF_S8;
    back = write_and_read(m.graph, false, SIZE_MAX);
    assert_int_equal(back.graph->subgraphs[0].nodes[1].version, 8);
    model_free(&back);
    model_free(&m);
}

static void test_constants_stay_in_the_file_where_aligned(void **state) {
    (void)state;
    model m = model_make();
    uint8_t *bytes;
    size_t count;
    assert_int_equal(tuff_tflite_write(m.graph, false, NULL, &bytes, &count, NULL), TUFF_OK);
    uint8_t *odd = malloc(count + 1);
    memcpy(odd + 1, bytes, count); /* the file may lie at any address */
    for (int shift = 0; shift < 2; shift++) {
        const uint8_t *file = shift ? odd + 1 : bytes;
        tuff_error error = {0};
        tuff_arena *arena = tuff_arena_create(NULL, &error);
        tuff_graph *g;
        assert_int_equal(tuff_tflite_read(file, count, arena, &g, &error), TUFF_OK);
        const tuff_tensor *w = &g->subgraphs[0].tensors[1], *b = &g->subgraphs[0].tensors[2];
        assert_true((const uint8_t *)w->data > file && (const uint8_t *)w->data < file + count);
        assert_int_equal((const uint8_t *)b->data > file && (const uint8_t *)b->data < file + count, !shift);
        assert_int_equal((uintptr_t)b->data % 4, 0);
        assert_memory_equal(b->data, m.graph->subgraphs[0].tensors[2].data, b->bytes);
        assert_true(g->subgraphs[0].tensors[1].quantization.scale[2] == 0.125f);
        tuff_arena_destroy(arena);
    }
    free(odd);
    free(bytes);
    model_free(&m);
}

/* ---- recipes and labels ---- */

static void test_recipe_and_labels_come_through(void **state) {
    (void)state;
    model m = model_make();
    const tuff_recipe recipe = {.present = true, .width = 4, .height = 4, .channels = 2, .count = 2, .mean = {127.5f, 1}, .std = {127.5f, 2}};
    static const char *const labels[] = {"cat", "", "dog, big"};
    for (int round = 0; round < 2; round++) /* the second replaces the first */
        assert_int_equal(tuff_tflite_write_recipe(m.graph, &recipe, labels, 3, &m.error), TUFF_OK);
    model back = write_and_read(m.graph, false, SIZE_MAX);
    assert_int_equal(back.graph->n_metadata, 2);
    assert_int_equal(back.graph->n_files, 2);
    tuff_recipe r;
    assert_int_equal(tuff_tflite_read_recipe(back.graph, 0, &r, NULL), TUFF_OK);
    assert_true(r.present && r.width == 4 && r.height == 4 && r.channels == 2 && r.count == 2);
    assert_true(r.mean[0] == 127.5f && r.mean[1] == 1 && r.std[0] == 127.5f && r.std[1] == 2);
    assert_string_equal(r.source, "metadata");
    const char *const *names;
    int32_t count;
    assert_int_equal(tuff_tflite_read_labels(back.graph, 0, back.arena, &names, &count, NULL), TUFF_OK);
    assert_int_equal(count, 3);
    for (int k = 0; k < 3; k++) assert_string_equal(names[k], labels[k]);
    assert_int_equal(tuff_tflite_write_recipe(back.graph, &recipe, NULL, 0, &m.error), TUFF_OK);
    assert_int_equal(back.graph->n_files, 1);
    assert_int_equal(tuff_tflite_read_labels(back.graph, 0, back.arena, &names, &count, NULL), TUFF_OK);
    assert_int_equal(count, 0);
    model_free(&back);
    model_free(&m);
}

static void test_no_metadata_is_no_recipe(void **state) {
    (void)state;
    model m = model_make();
    tuff_recipe r;
    const char *const *names;
    int32_t count;
    for (int round = 0; round < 2; round++) {
        for (int32_t k = -1; k < 3; k++) {
            assert_int_equal(tuff_tflite_read_recipe(m.graph, k, &r, &m.error), TUFF_OK);
            assert_false(r.present);
            assert_int_equal(tuff_tflite_read_labels(m.graph, k, m.arena, &names, &count, &m.error), TUFF_OK);
            assert_int_equal(count, 0);
        }
        assert_int_equal(tuff_graph_set_metadata(m.graph, "TFLITE_METADATA", "\4\0\0\0M001\377\377\377\377", 12, &m.error),
                         TUFF_OK); /* broken: advice that isn't there */
    }
    model_free(&m);
}

/* ---- all models of the shared data, but for those that are broken on purpose ---- */

static void test_models_of_others_come_through(void **state) {
    (void)state;
    const char *shared = getenv("TUFF_SHARED");
    char command[1200], path[1000];
    snprintf(command, sizeof command, "find '%s/data' -name '*.tflite' -not -path '*/invalid_models/*' 2>/dev/null",
             shared ? shared : TUFF_SOURCE_DIR "/../shared");
    FILE *list = popen(command, "r");
    int models = 0;
    while (list && fgets(path, sizeof path, list)) {
        path[strcspn(path, "\n")] = 0;
        size_t count = 0;
        uint8_t *bytes = load(path, &count);
        if (!bytes) continue;
        model m = model_read(bytes, count);
        free(bytes);
        if (!m.graph) fail_msg("%s: %s", path, m.error.message);
        model back = write_and_read(m.graph, false, SIZE_MAX);
        expect_same(m.graph, back.graph);
        model_free(&back);
        model_free(&m);
        models++;
    }
    if (list) pclose(list);
    if (!models) {
        print_message("SKIPPED: no models under $TUFF_SHARED/data or ../shared/data\n");
        skip();
    }
    print_message("%d models\n", models);
}

static int rewrite(const char *in, const char *out, size_t inside) {
    size_t count = 0, written = 0;
    uint8_t *bytes = load(in, &count), *to = NULL;
    if (!bytes) return 2;
    tuff_error error = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &error);
    tuff_graph *g = NULL;
    tuff_status status = tuff_tflite_read(bytes, count, arena, &g, &error);
    if (status == TUFF_OK) status = tuff_tflite_write_beyond(g, true, inside, NULL, &to, &written, &error);
    if (status == TUFF_OK) {
        FILE *f = fopen(out, "wb");
        if (!f || fwrite(to, 1, written, f) != written) status = tuff_fail(&error, TUFF_ERR_IO, "%s: cannot be written", out);
        if (f) fclose(f);
    }
    if (status != TUFF_OK) fprintf(stderr, "%s\n", error.message);
    free(to);
    free(bytes);
    tuff_arena_destroy(arena);
    return status != TUFF_OK;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "rewrite") == 0) return rewrite(argv[2], argv[3], SIZE_MAX);
    if (argc == 4 && strcmp(argv[1], "beyond") == 0) return rewrite(argv[2], argv[3], 64);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bit_of_everything_comes_through),
        cmocka_unit_test(test_shipped_models_come_through),
        cmocka_unit_test(test_constants_beyond_the_flatbuffer_come_through),
        cmocka_unit_test(test_the_same_graph_gives_the_same_bytes),
        cmocka_unit_test(test_the_lowest_version_is_chosen),
        cmocka_unit_test(test_constants_stay_in_the_file_where_aligned),
        cmocka_unit_test(test_recipe_and_labels_come_through),
        cmocka_unit_test(test_no_metadata_is_no_recipe),
        cmocka_unit_test(test_models_of_others_come_through),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
