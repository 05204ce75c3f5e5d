/* Broken and hostile .tflite files: every one ends in a clear error or in a model that is whole. Meant to be run under sanitizers too.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "model.h"

/* A reader may accept a changed file; then the graph must hold its own promises, and writing it must give one that reads the same. */
static void survive(const uint8_t *bytes, size_t count) {
    model m = model_read(bytes, count);
    if (m.graph) {
        tuff_recipe recipe;
        const char *const *labels;
        int32_t n;
        assert_int_equal(tuff_graph_check(m.graph, &m.error), TUFF_OK);
        free(dump(m.graph));
        assert_int_equal(tuff_tflite_read_recipe(m.graph, 0, &recipe, NULL), TUFF_OK);
        assert_int_equal(tuff_tflite_read_labels(m.graph, 0, m.arena, &labels, &n, NULL), TUFF_OK);
        uint8_t *again = NULL;
        size_t again_count = 0;
        if (tuff_tflite_write(m.graph, true, NULL, &again, &again_count, &m.error) == TUFF_OK) {
            model back = model_read(again, again_count);
            if (!back.graph) fail_msg("what was written cannot be read: %s", back.error.message);
            model_free(&back);
            free(again);
        }
    }
    model_free(&m);
}

static uint8_t *sample(size_t k, size_t *count) {
    static const char *const names[] = {"sparse_tensor", "call_once_mul", "lstm_quantized", "reverse_signature"};
    if (k < 4) {
        char path[1000];
        snprintf(path, sizeof path, "%s/tests/data/tflite/%s.tflite", TUFF_SOURCE_DIR, names[k]);
        return load(path, count);
    }
    model m = model_make();
    const tuff_recipe recipe = {.present = true, .width = 4, .height = 4, .channels = 2, .count = 1, .mean = {0}, .std = {255}};
    static const char *const labels[] = {"a", "b"};
    assert_int_equal(tuff_tflite_write_recipe(m.graph, &recipe, labels, 2, &m.error), TUFF_OK);
    uint8_t *bytes;
    assert_int_equal(tuff_tflite_write_beyond(m.graph, false, k == 5 ? 0 : SIZE_MAX, NULL, &bytes, count, NULL), TUFF_OK);
    model_free(&m);
    return bytes;
}
enum { SAMPLES = 6 };

static void test_every_truncation(void **state) {
    (void)state;
    for (size_t k = 0; k < SAMPLES; k++) {
        size_t count = 0;
        uint8_t *bytes = sample(k, &count);
        assert_non_null(bytes);
        for (size_t n = 0; n < count; n++) survive(bytes, n);
        free(bytes);
    }
}

static uint32_t next(uint32_t *seed) { /* xorshift */
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    return *seed ^= *seed << 5;
}

/* Single bytes, 32-bit words (offsets, counts, indices) and copies of ranges, up to four in one file. $TUFF_MUTATIONS sets how many files. */
static void test_random_changes(void **state) {
    (void)state;
    const char *asked = getenv("TUFF_MUTATIONS");
    const long files = asked ? atol(asked) : 6000;
    uint32_t seed = 20240229;
    for (size_t k = 0; k < SAMPLES; k++) {
        size_t count = 0;
        uint8_t *bytes = sample(k, &count), *copy = malloc(count);
        for (long f = 0; f < files / SAMPLES; f++) {
            memcpy(copy, bytes, count);
            for (uint32_t change = next(&seed) % 4 + 1; change > 0; change--) {
                static const uint32_t words[] = {0, 1, 2, 3, 4, 8, 16, 127, 255, 256, 65535, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff};
                const size_t at = next(&seed) % count;
                const uint32_t kind = next(&seed) % 4, near = next(&seed) % 64;
                if (kind == 0) copy[at] = (uint8_t)next(&seed);
                else if (kind == 1) copy[at] = (uint8_t)(copy[at] + near - 32);
                else if (count < at / 4 * 4 + 4) continue;
                else if (kind == 2) memcpy(copy + at / 4 * 4, &words[near % 15], 4);
                else memmove(copy + at / 4 * 4, copy + next(&seed) % (count - 4), 4);
            }
            survive(copy, count);
        }
        free(copy);
        free(bytes);
    }
}

static void test_random_bytes_behind_the_identifier(void **state) {
    (void)state;
    uint32_t seed = 7;
    for (int f = 0; f < 2000; f++) {
        uint8_t bytes[256];
        for (size_t k = 0; k < sizeof bytes; k++) bytes[k] = next(&seed) % 3 ? (uint8_t)(next(&seed) % 32) : (uint8_t)next(&seed);
        memcpy(bytes + 4, "TFL3", 4);
        survive(bytes, next(&seed) % sizeof bytes);
    }
}

/* ---- errors that say what is wrong ---- */

static void refuse(const void *bytes, size_t count, tuff_status status, const char *what) {
    model m = model_read(bytes, count);
    if (m.graph) fail_msg("accepted, expected: %s", what);
    if (!strstr(m.error.message, what)) fail_msg("expected \"%s\" in \"%s\"", what, m.error.message);
    assert_int_equal(m.error.status, status);
    model_free(&m);
}

static void test_not_a_model(void **state) {
    (void)state;
    refuse("", 0, TUFF_ERR_FORMAT, "the file has 0 bytes");
    refuse("This is an invalid model.", 25, TUFF_ERR_FORMAT, "is no .tflite model: its bytes 4 to 7 are 20 69 73 20, expected 54 46 4c 33 (\"TFL3\")");
    refuse("\x18\0\0\0TFL3", 8, TUFF_ERR_FORMAT, "byte 24: a table of 4 bytes goes beyond the file's 8 bytes");
}

/* Breaks a graph that is whole, writes it as it is, and expects the reader to say so. */
static void refuse_graph(void (*spoil)(tuff_graph *g), const char *what) {
    model m = model_make();
    spoil(m.graph);
    uint8_t *bytes = NULL;
    size_t count = 0;
    assert_int_equal(tuff_tflite_write(m.graph, false, NULL, &bytes, &count, &m.error), TUFF_OK);
    model back = model_read(bytes, count);
    if (back.graph) fail_msg("accepted, expected: %s", what);
    if (!strstr(back.error.message, what)) fail_msg("expected \"%s\" in \"%s\"", what, back.error.message);
    model_free(&back);
    free(bytes);
    model_free(&m);
}

static void input_out_of_range(tuff_graph *g) { g->subgraphs[0].nodes[1].inputs[1] = 99; }
static void output_out_of_range(tuff_graph *g) { g->subgraphs[0].nodes[1].outputs[0] = -1; }
static void written_twice(tuff_graph *g) { g->subgraphs[0].nodes[2].outputs[0] = 3; }
static void constant_written(tuff_graph *g) { g->subgraphs[0].nodes[2].outputs[0] = 1; }
static void input_written(tuff_graph *g) { g->subgraphs[0].nodes[2].outputs[0] = 0; }
static void read_before_written(tuff_graph *g) { g->subgraphs[0].nodes[1].inputs[0] = 4; }
static void constant_too_short(tuff_graph *g) { g->subgraphs[0].tensors[1].bytes = 5; }
static void variable_constant(tuff_graph *g) { g->subgraphs[0].tensors[1].variable = true; }
static void scales_of_another_size(tuff_graph *g) { g->subgraphs[0].tensors[1].quantization.dimension = 3; }
static void dimension_out_of_range(tuff_graph *g) { g->subgraphs[0].tensors[1].quantization.dimension = 4; }
static void negative_scale(tuff_graph *g) {
    static const float scales[] = {1, -1, 1};
    g->subgraphs[0].tensors[1].quantization.scale = scales;
}
static void scales_tensor_out_of_range(tuff_graph *g) { g->subgraphs[0].tensors[4].quantization.scales_tensor = 50; }
static void negative_dim(tuff_graph *g) {
    static const int32_t shape[] = {1, 4, -4, 2};
    g->subgraphs[0].tensors[0].shape = shape;
}
static void huge_shape(tuff_graph *g) {
    static const int32_t shape[] = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
    g->subgraphs[0].tensors[0].shape = shape;
}
static void calls_itself(tuff_graph *g) { assert_true(tuff_node_set(&g->subgraphs[0].nodes[0], "init_subgraph_index", 0)); }
static void calls_nothing(tuff_graph *g) { assert_true(tuff_node_set(&g->subgraphs[0].nodes[0], "init_subgraph_index", 2)); }
static void signature_of_nothing(tuff_graph *g) { g->signatures[0].subgraph = 3; }
static void signature_tensor_out_of_range(tuff_graph *g) { g->signatures[0].outputs[0].tensor = 1000; }
static void graph_output_out_of_range(tuff_graph *g) { g->subgraphs[0].outputs[0] = 1000; }
static void custom_options_of_a_builtin(tuff_graph *g) { g->subgraphs[0].nodes[1].custom_options = (tuff_bytes){(const uint8_t *)"x", 1}; }
static void unknown_type(tuff_graph *g) { g->subgraphs[0].tensors[0].type = (tuff_type)23; }
static void no_subgraph(tuff_graph *g) { g->n_subgraphs = 0; }
static void nameless_custom_op(tuff_graph *g) {
    static const tuff_op nameless = {.name = "", .code = 32};
    g->subgraphs[0].nodes[2].op = &nameless;
}
static void wrong_strings(tuff_graph *g) {
    g->subgraphs[0].tensors[2].type = TUFF_STRING;
    g->subgraphs[0].tensors[2].quantization.count = 0;
}

static void test_broken_graphs_are_refused_by_name(void **state) {
    (void)state;
    refuse_graph(input_out_of_range, "subgraph 0, op 1 (CONV_2D): input 1 is tensor 99, the subgraph has 9");
    refuse_graph(output_out_of_range, "op 1 (CONV_2D): output 0 is tensor -1");
    refuse_graph(written_twice, "op 2 (my op): writes tensor 3 'y', which is written already");
    refuse_graph(constant_written, "op 2 (my op): writes tensor 1 'w', which is a constant or a graph input");
    refuse_graph(input_written, "writes tensor 0 'x', which is a constant or a graph input");
    refuse_graph(read_before_written, "op 1 (CONV_2D): reads tensor 4 'z' before any op has written it");
    refuse_graph(constant_too_short, "tensor 1 'w': constant of 5 bytes, its shape and type (s8) need 6");
    refuse_graph(variable_constant, "tensor 1 'w': a variable with constant data");
    refuse_graph(scales_of_another_size, "tensor 1 'w': 3 scales along dim 3 of size 2");
    refuse_graph(dimension_out_of_range, "tensor 1 'w': quantized along dim 4, its rank is 4");
    refuse_graph(negative_scale, "tensor 1 'w': scale 1 is -1");
    refuse_graph(scales_tensor_out_of_range, "tensor 4 'z': scales in tensor 50");
    refuse_graph(negative_dim, "tensor 0 'x': dim 2 is -4");
    refuse_graph(huge_shape, "tensor 0 'x': its shape has more elements than memory can hold");
    refuse_graph(calls_itself, "subgraph 0 'main' calls itself");
    refuse_graph(calls_nothing, "op 0 (CALL_ONCE): init_subgraph_index is 2, the model has 2 subgraphs");
    refuse_graph(signature_of_nothing, "signature 'serving_default' is of subgraph 3, the model has 2");
    refuse_graph(signature_tensor_out_of_range, "signature 'serving_default': 'out' is tensor 1000");
    refuse_graph(graph_output_out_of_range, "subgraph 0: graph output 0 is tensor 1000");
    refuse_graph(custom_options_of_a_builtin, "op 1 (CONV_2D): a builtin op with 1 bytes of custom options");
    refuse_graph(unknown_type, "tensor 0 'x': element type 23");
    refuse_graph(no_subgraph, "the model has no subgraph");
    refuse_graph(nameless_custom_op, "a custom op without a name");
    refuse_graph(wrong_strings, "tensor 2 'b': holds 7 strings, its shape says 3");
}

/* ---- lack of memory, at every allocation ---- */

typedef struct failing {
    long left;
} failing;
static void *failing_resize(void *context, void *old, size_t bytes) {
    failing *f = context;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return f->left-- > 0 ? realloc(old, bytes) : NULL;
}

static void test_lack_of_memory_is_an_error(void **state) {
    (void)state;
    size_t count = 0;
    uint8_t *bytes = sample(5, &count);
    for (long n = 0;; n++) {
        failing f = {n};
        const tuff_allocator a = {failing_resize, &f};
        tuff_error error = {0};
        tuff_graph *g = NULL;
        uint8_t *out = NULL;
        size_t out_count = 0;
        tuff_arena *arena = tuff_arena_create(&a, &error);
        tuff_status status = arena ? tuff_tflite_read(bytes, count, arena, &g, &error) : TUFF_ERR_MEMORY;
        if (status == TUFF_OK) status = tuff_tflite_write(g, true, &a, &out, &out_count, &error);
        assert_int_equal(status, error.status);
        a.resize(a.context, out, 0);
        tuff_arena_destroy(arena);
        if (status == TUFF_OK) break;
        assert_int_equal(status, TUFF_ERR_MEMORY);
        assert_null(out);
        assert_true(n < 1000);
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_truncation),
        cmocka_unit_test(test_random_changes),
        cmocka_unit_test(test_random_bytes_behind_the_identifier),
        cmocka_unit_test(test_not_a_model),
        cmocka_unit_test(test_broken_graphs_are_refused_by_name),
        cmocka_unit_test(test_lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
