/* Each pass on small graphs: what it changes, what it must leave, and that outputs stay what they were within its statement.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "graph/attrs.h"
#include "kit/import/build.h"
#include "kit/passes/passes.h"

enum { LINES = 16, VALUES = 4096 };
typedef struct fixture {
    tuff_builder b;
    char lines[LINES][160]; /* of the report */
    int n_lines;
    tuff_error error;
} fixture;

static void start(fixture *f) {
    memset(f, 0, sizeof *f);
    tuff_arena *arena = tuff_arena_create(NULL, &f->error);
    f->b.graph = tuff_graph_create(arena, &f->error);
    f->b.subgraph = tuff_graph_add_subgraph(f->b.graph, "main", &f->error);
    f->b.error = &f->error;
    f->b.origin = "test";
}
static void stop(fixture *f) { tuff_arena_destroy(f->b.graph->arena); }

#define DIMS(...) (&(tuff_dims){sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t), {__VA_ARGS__}})

static int32_t input(fixture *f, const tuff_dims *dims) { return tuff_build_input(&f->b, "x", TUFF_F32, dims); }

/* Constants with values in [-1, 1] that differ from each other and don't look like anything. */
static float noise(uint32_t k) { return (float)((k * 2654435761u >> 8) & 0xffff) / 32768.0f - 1.0f; }
static int32_t constant(fixture *f, const tuff_dims *dims) {
    static uint32_t seed = 1;
    const int64_t count = tuff_build_elements(dims);
    float *data = tuff_build_floats(&f->b, (size_t)count);
    for (int64_t i = 0; i < count; i++) data[i] = noise(seed++);
    return tuff_build_f32(&f->b, "c", dims, data);
}

static const tuff_window three_valid = {3, 3, 1, 1, 1, 1, false};
static int32_t conv(fixture *f, int32_t x, int32_t in, int32_t out, const tuff_window *w) {
    return tuff_build_conv_2d(&f->b, x, constant(f, DIMS(out, w->height, w->width, in)), constant(f, DIMS(out)), w);
}

static void line(void *context, const char *text) {
    fixture *f = context;
    if (f->n_lines < LINES) snprintf(f->lines[f->n_lines++], sizeof f->lines[0], "%s", text);
}

static bool reported(const fixture *f, const char *text) {
    for (int i = 0; i < f->n_lines; i++)
        if (strcmp(f->lines[i], text) == 0) return true;
    return false;
}

static int count_nodes(const fixture *f, const char *op) {
    int count = 0;
    for (int32_t i = 0; i < f->b.subgraph->n_nodes; i++) count += tuff_node_is(&f->b.subgraph->nodes[i], op);
    return count;
}

/* All outputs, one after the other */
static size_t run(fixture *f, float *out) {
    tuff_model *m = NULL;
    tuff_interpreter *it = NULL;
    if (tuff_graph_model(f->b.graph, &m, NULL, &f->error) || tuff_interpreter_create(m, NULL, &it, &f->error)) fail_msg("%s", f->error.message);
    for (int32_t k = 0; k < tuff_interpreter_input_count(it); k++) {
        float *x = tuff_interpreter_input_data(it, k);
        for (size_t i = 0; i < tuff_interpreter_input_bytes(it, k) / sizeof *x; i++) x[i] = 4 * noise((uint32_t)i + 77 * (uint32_t)k);
    }
    if (tuff_interpreter_invoke(it, &f->error)) fail_msg("%s", f->error.message);
    size_t count = 0;
    for (int32_t k = 0; k < tuff_interpreter_output_count(it); k++) {
        const size_t n = tuff_interpreter_output_bytes(it, k) / sizeof *out;
        assert_true(count + n <= VALUES);
        memcpy(out + count, tuff_interpreter_output_data(it, k), n * sizeof *out);
        count += n;
    }
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
    return count;
}

/* Ends the graph at y, runs it, runs the passes, runs it again; tolerance as a share of the largest value, 0: the same bits. */
static void optimize_outputs(fixture *f, int32_t x, const int32_t *ys, int32_t n, double tolerance) {
    static float before[VALUES], after[VALUES];
    for (int32_t k = 0; k < n; k++)
        if (x < 0 || ys[k] < 0) fail_msg("%s", f->error.message);
    assert_int_equal(tuff_graph_set_graph_io(f->b.graph, f->b.subgraph, &x, 1, ys, n, &f->error), TUFF_OK);
    const char *name = f->b.subgraph->tensors[ys[0]].name;
    const size_t count = run(f, before);
    const tuff_report report = {line, f};
    if (tuff_passes_run(f->b.graph, &report, &f->error)) fail_msg("%s", f->error.message);
    assert_int_equal(run(f, after), count);
    assert_string_equal(f->b.subgraph->tensors[f->b.subgraph->outputs[0]].name, name);
    double largest = 0, off = 0;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs((double)before[i]));
        off = fmax(off, fabs((double)before[i] - (double)after[i]));
    }
    if (!(off <= tolerance * largest)) fail_msg("off by %g of %g", off, largest);
    const int n_lines = f->n_lines;
    assert_int_equal(tuff_passes_run(f->b.graph, &report, &f->error), TUFF_OK); /* a second run finds nothing */
    assert_int_equal(f->n_lines, n_lines);
}
static void optimize(fixture *f, int32_t x, int32_t y, double tolerance) { optimize_outputs(f, x, &y, 1, tolerance); }

/* ---- fold_scale ---- */

static const double ROUNDING = 4e-6; /* fold_scale: half an ULP per weight, over sums of some dozens */

static void test_batch_normalization_goes_into_conv_2d(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(-1, 8, 8, 3));
    int32_t y = conv(&f, x, 3, 5, &three_valid);
    y = tuff_build_binary(&f.b, "ADD", tuff_build_binary(&f.b, "MUL", y, constant(&f, DIMS(5))), constant(&f, DIMS(5)));
    y = tuff_build_unary(&f.b, "RELU6", y);
    optimize(&f, x, y, ROUNDING);
    assert_true(reported(&f, "folded 1 BATCH_NORMALIZATION (MUL, ADD) into CONV_2D"));
    assert_true(reported(&f, "fused 1 RELU6 into CONV_2D"));
    assert_int_equal(f.b.subgraph->n_nodes, 1);
    stop(&f);
}

static void test_batch_normalization_goes_into_depthwise_and_fully_connected(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 6, 6, 4));
    int32_t y = tuff_build_depthwise_conv_2d(&f.b, x, constant(&f, DIMS(1, 3, 3, 8)), constant(&f, DIMS(8)), &three_valid);
    y = tuff_build_binary(&f.b, "ADD", tuff_build_binary(&f.b, "MUL", y, constant(&f, DIMS(1, 1, 1, 8))), constant(&f, DIMS(8)));
    y = tuff_build_fully_connected(&f.b, tuff_build_reshape(&f.b, y, DIMS(1, 128)), constant(&f, DIMS(7, 128)), constant(&f, DIMS(7)));
    y = tuff_build_binary(&f.b, "MUL", constant(&f, DIMS(7)), y); /* the constant comes first */
    y = tuff_build_binary(&f.b, "SUB", y, tuff_build_scalar(&f.b, "half", 0.5));
    optimize(&f, x, y, ROUNDING);
    assert_true(reported(&f, "folded 1 BATCH_NORMALIZATION (MUL, ADD) into DEPTHWISE_CONV_2D"));
    assert_int_equal(f.b.subgraph->n_nodes, 3);
    assert_int_equal(count_nodes(&f, "MUL") + count_nodes(&f, "SUB"), 0);
    stop(&f);
}

static void test_scale_stays_where_folding_would_change_the_result(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 5, 5, 2));
    const int32_t read_twice = conv(&f, x, 2, 3, &three_valid);
    const int32_t a = tuff_build_binary(&f.b, "MUL", read_twice, constant(&f, DIMS(3)));
    const int32_t along_height = tuff_build_binary(&f.b, "MUL", conv(&f, x, 2, 3, &three_valid), constant(&f, DIMS(3, 1, 1)));
    const int32_t active = tuff_build_binary(&f.b, "MUL", tuff_build_unary(&f.b, "RELU", conv(&f, x, 2, 3, &three_valid)), constant(&f, DIMS(3)));
    const int32_t reversed = tuff_build_binary(&f.b, "SUB", constant(&f, DIMS(3)), conv(&f, x, 2, 3, &three_valid)); /* c - x */
    const int32_t outputs[] = {read_twice, a, along_height, active, reversed};
    optimize_outputs(&f, x, outputs, 5, 0);
    assert_int_equal(count_nodes(&f, "MUL"), 3);
    assert_int_equal(count_nodes(&f, "SUB"), 1);
    stop(&f);
}

static void test_weights_of_two_calls_are_stored_once(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 5, 5, 2)), w = constant(&f, DIMS(3, 3, 3, 2)), bias = constant(&f, DIMS(3)), scale = constant(&f, DIMS(3));
    int32_t y[2];
    for (int k = 0; k < 2; k++)
        y[k] = tuff_build_binary(&f.b, "MUL", tuff_build_conv_2d(&f.b, k ? tuff_build_unary(&f.b, "RELU", x) : x, w, bias, &three_valid), scale);
    optimize_outputs(&f, x, y, 2, ROUNDING);
    const tuff_subgraph *s = f.b.subgraph;
    assert_int_equal(s->n_nodes, 3);
    int32_t first = -1;
    for (int32_t i = 0; i < 3; i++)
        if (tuff_node_is(&s->nodes[i], "CONV_2D")) {
            if (first >= 0) assert_int_equal(s->nodes[i].inputs[1], first);
            first = s->nodes[i].inputs[1];
        }
    stop(&f);
}

/* ---- fold_scale_ahead ---- */

/* x -> RELU, so that it isn't the model's beginning -> x * g + c */
static int32_t normalized(fixture *f, int32_t x, int32_t channels) {
    const int32_t y = tuff_build_binary(&f->b, "MUL", tuff_build_unary(&f->b, "RELU", x), constant(f, DIMS(channels)));
    return tuff_build_binary(&f->b, "ADD", y, constant(f, DIMS(channels)));
}

static void test_batch_normalization_goes_ahead_where_it_cannot_go_back(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(-1, 8, 8, 3));
    int32_t y = conv(&f, normalized(&f, x, 3), 3, 4, &three_valid);
    y = tuff_build_depthwise_conv_2d(&f.b, normalized(&f, y, 4), constant(&f, DIMS(1, 3, 3, 8)), constant(&f, DIMS(8)), &three_valid);
    y = tuff_build_fully_connected(&f.b, normalized(&f, y, 8), constant(&f, DIMS(5, 8)), constant(&f, DIMS(5)));
    optimize(&f, x, y, ROUNDING);
    assert_true(reported(&f, "folded 1 BATCH_NORMALIZATION (MUL, ADD) into CONV_2D"));
    assert_true(reported(&f, "folded 1 BATCH_NORMALIZATION (MUL, ADD) into DEPTHWISE_CONV_2D"));
    assert_true(reported(&f, "folded 1 BATCH_NORMALIZATION (MUL, ADD) into FULLY_CONNECTED"));
    assert_int_equal(count_nodes(&f, "MUL") + count_nodes(&f, "ADD"), 0);
    stop(&f);
}

static void test_offset_stays_before_a_window_that_sees_padding(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const tuff_window same = {3, 3, 1, 1, 1, 1, true};
    const int32_t x = input(&f, DIMS(1, 6, 6, 3));
    const int32_t scaled = tuff_build_binary(&f.b, "MUL", tuff_build_unary(&f.b, "TANH", x), constant(&f, DIMS(3)));
    const int32_t outputs[] = {conv(&f, normalized(&f, x, 3), 3, 4, &same), conv(&f, scaled, 3, 4, &same)};
    optimize_outputs(&f, x, outputs, 2, ROUNDING);
    assert_int_equal(count_nodes(&f, "MUL"), 1); /* the scale alone went */
    assert_int_equal(count_nodes(&f, "ADD"), 1);
    stop(&f);
}

static void test_the_models_first_ops_stay(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 5, 5, 2));
    int32_t y = tuff_build_binary(&f.b, "MUL", x, constant(&f, DIMS(2)));
    y = conv(&f, tuff_build_binary(&f.b, "ADD", y, constant(&f, DIMS(2))), 2, 3, &three_valid);
    optimize(&f, x, y, 0);
    assert_int_equal(f.b.subgraph->n_nodes, 3);
    stop(&f);
}

/* ---- fuse_activation ---- */

static void test_activation_is_fused_only_where_it_is_the_only_reader(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 12));
    const int32_t sum = tuff_build_binary(&f.b, "ADD", x, constant(&f, DIMS(12)));
    const int32_t relu = tuff_build_unary(&f.b, "RELU", sum);
    const int32_t both = tuff_build_binary(&f.b, "MUL", relu, sum);
    const int32_t last = tuff_build_unary(&f.b, "RELU_N1_TO_1", both);
    const int32_t again = tuff_build_unary(&f.b, "RELU", last); /* MUL has an activation by now */
    optimize(&f, x, again, 0);
    assert_true(reported(&f, "fused 1 RELU_N1_TO_1 into MUL"));
    assert_int_equal(count_nodes(&f, "RELU"), 2);
    stop(&f);
}

/* ---- fold_padding ---- */

static void padding_case(int32_t size, int32_t stride, const int32_t pads[2], bool folds) {
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(-1, size, size, 2)), before[] = {0, pads[0], pads[0], 0}, after[] = {0, pads[1], pads[1], 0};
    const tuff_window w = {3, 3, stride, stride, 1, 1, false};
    optimize(&f, x, conv(&f, tuff_build_pad(&f.b, x, before, after), 2, 3, &w), 1e-6);
    assert_int_equal(count_nodes(&f, "PAD"), !folds);
    assert_int_equal(reported(&f, "folded 1 PAD into CONV_2D"), folds);
    stop(&f);
}

static void test_padding_is_folded_where_same_pads_alike(void **state) {
    (void)state;
    padding_case(8, 1, (int32_t[]){1, 1}, true);
    padding_case(7, 2, (int32_t[]){1, 1}, true);
    padding_case(8, 2, (int32_t[]){0, 1}, true);
    padding_case(8, 2, (int32_t[]){1, 1}, false); /* SAME pads 0 before, 1 after */
    padding_case(8, 1, (int32_t[]){2, 2}, false); /* larger than SAME */
    padding_case(8, 1, (int32_t[]){0, 2}, false);
}

/* ---- remove_identity, remove_dead, fold_constants ---- */

static void test_nodes_that_change_nothing_go(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(-1, 4, 3));
    int32_t y = tuff_build_binary(&f.b, "MUL", x, tuff_build_scalar(&f.b, "one", 1));
    y = tuff_build_unary(&f.b, "TANH", y);
    y = tuff_build_reshape(&f.b, tuff_build_reshape(&f.b, y, DIMS(-1, 12)), DIMS(-1, 2, 6));
    y = tuff_build_binary(&f.b, "SUB", y, tuff_build_scalar(&f.b, "zero", 0));
    optimize(&f, x, y, 0);
    assert_int_equal(f.b.subgraph->n_nodes, 2);
    stop(&f);
}

static void test_a_node_between_input_and_output_stays(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 4));
    optimize(&f, x, tuff_build_binary(&f.b, "ADD", x, tuff_build_scalar(&f.b, "zero", 0)), 0);
    assert_int_equal(f.b.subgraph->n_nodes, 1);
    stop(&f);
}

static void test_broadcasting_by_one_stays(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 4));
    float *ones = tuff_build_floats(&f.b, 12);
    for (int i = 0; i < 12; i++) ones[i] = 1;
    optimize(&f, x, tuff_build_unary(&f.b, "RELU", tuff_build_binary(&f.b, "MUL", x, tuff_build_f32(&f.b, "ones", DIMS(3, 4), ones))), 0);
    assert_int_equal(count_nodes(&f, "MUL"), 1);
    stop(&f);
}

static void test_what_nothing_reads_goes(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 4));
    (void)tuff_build_unary(&f.b, "TANH", tuff_build_unary(&f.b, "LOGISTIC", x));
    optimize(&f, x, tuff_build_unary(&f.b, "RELU", x), 0);
    assert_true(reported(&f, "removed 2 nodes whose result nothing reads"));
    assert_int_equal(f.b.subgraph->n_nodes, 1);
    assert_int_equal(f.b.subgraph->n_tensors, 2);
    stop(&f);
}

static void test_nodes_with_constant_inputs_are_computed(void **state) {
    (void)state;
    fixture f;
    start(&f);
    const int32_t x = input(&f, DIMS(1, 4));
    const int32_t sum = tuff_build_binary(&f.b, "ADD", constant(&f, DIMS(4)), constant(&f, DIMS(2, 4)));
    optimize(&f, x, tuff_build_binary(&f.b, "MUL", x, tuff_build_unary(&f.b, "RELU", sum)), 0);
    assert_int_equal(f.b.subgraph->n_nodes, 1);
    stop(&f);
}

static void test_half_float_weights_stay_half_floats(void **state) {
    (void)state;
    fixture f;
    start(&f);
    static const uint16_t halves[] = {0x3c00, 0xc000, 0x0001, 0x7bff}; /* 1, -2, 2^-24, 65504 */
    const int32_t four = 4, x = input(&f, DIMS(1, 4));
    const int32_t stored = tuff_graph_add_constant(f.b.graph, f.b.subgraph, "halves", TUFF_F16, 1, &four, halves, sizeof halves, false, &f.error);
    const int32_t wide = tuff_build_unary(&f.b, "DEQUANTIZE", stored);
    f.b.subgraph->tensors[wide].type = TUFF_F32;
    optimize(&f, x, tuff_build_binary(&f.b, "MUL", x, wide), 0);
    assert_int_equal(count_nodes(&f, "DEQUANTIZE"), 1);
    stop(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch_normalization_goes_into_conv_2d),
        cmocka_unit_test(test_batch_normalization_goes_into_depthwise_and_fully_connected),
        cmocka_unit_test(test_scale_stays_where_folding_would_change_the_result),
        cmocka_unit_test(test_weights_of_two_calls_are_stored_once),
        cmocka_unit_test(test_batch_normalization_goes_ahead_where_it_cannot_go_back),
        cmocka_unit_test(test_offset_stays_before_a_window_that_sees_padding),
        cmocka_unit_test(test_the_models_first_ops_stay),
        cmocka_unit_test(test_activation_is_fused_only_where_it_is_the_only_reader),
        cmocka_unit_test(test_padding_is_folded_where_same_pads_alike),
        cmocka_unit_test(test_nodes_that_change_nothing_go),
        cmocka_unit_test(test_a_node_between_input_and_output_stays),
        cmocka_unit_test(test_broadcasting_by_one_stays),
        cmocka_unit_test(test_what_nothing_reads_goes),
        cmocka_unit_test(test_nodes_with_constant_inputs_are_computed),
        cmocka_unit_test(test_half_float_weights_stay_half_floats),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
