/* Planted faults in small graphs: diff names the tensor and the cause.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "graph/attrs.h"
#include "graph/graph.h"
#include "kit/eval/align.h"
#include "kit/io/npy.h"
#include "ops/ops.h"
#include "scratch.h"
#include "tuff/convert.h"
#include "tuff/diff.h"

enum { SAMPLES = 32, WIDTH = 64, UNITS = 8 };

static scratch work;

static float noise(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;
    return (float)(*state >> 8) / (float)(1 << 23) - 1;
}

static int open_folder(void **state) {
    static float x[SAMPLES * WIDTH];
    uint32_t seed = 1;
    (void)state;
    scratch_open(&work);
    for (int k = 0; k < SAMPLES * WIDTH; k++) x[k] = noise(&seed);
    const tuff_array array = {.type = TUFF_F32, .rank = 2, .shape = {SAMPLES, WIDTH}, .count = SAMPLES * WIDTH, .data = x, .bytes = sizeof x};
    tuff_buffer npy = {0};
    assert_int_equal(tuff_npy_write(&array, &npy, NULL), TUFF_OK);
    scratch_write(&work, "x.npy", npy.data, npy.count);
    tuff_buffer_free(&npy);
    return 0;
}

static int close_folder(void **state) {
    (void)state;
    scratch_close(&work);
    return 0;
}

/* x -> FULLY_CONNECTED "hidden" -> QUANTIZE -> DEQUANTIZE -> FULLY_CONNECTED "scores"; without a scale there is no QUANTIZE. */
typedef struct faults {
    float scale, weight_step, first_channel; /* 0: none */
    float joined;                            /* the hidden units are two halves, joined, the second this many times the first */
} faults;

static int32_t tensor(tuff_graph *g, const char *name, tuff_type type, int32_t n) {
    return tuff_graph_add_tensor(g, &g->subgraphs[0], name, type, 2, (int32_t[]){1, n}, NULL, NULL);
}

static void dense(tuff_graph *g, const char *name, int32_t in, int32_t out, int32_t from, int32_t to, const faults *f) {
    tuff_subgraph *s = &g->subgraphs[0];
    static float w[WIDTH * WIDTH];
    uint32_t seed = 7;
    for (int k = 0; k < from * to; k++) {
        w[k] = noise(&seed) * (k < from && f->first_channel > 0 ? f->first_channel : 1);
        if (f->weight_step > 0) w[k] = f->weight_step * (float)(int)(w[k] / f->weight_step + (w[k] < 0 ? -0.5f : 0.5f));
    }
    const int32_t weights = tuff_graph_add_constant(g, s, name, TUFF_F32, 2, (int32_t[]){to, from}, w, (size_t)(from * to) * sizeof *w, true, NULL);
    assert_non_null(tuff_graph_add_node(g, s, -1, &tuff_op_fully_connected, (int32_t[]){in, weights, -1}, 3, &out, 1, NULL));
}

static void join(tuff_graph *g, int32_t in, int32_t out, float factor) {
    const int32_t halves[2] = {tensor(g, "small", TUFF_F32, UNITS / 2), tensor(g, "large", TUFF_F32, UNITS / 2)};
    tuff_subgraph *s = &g->subgraphs[0];
    static float w[UNITS / 2 * WIDTH];
    uint32_t seed = 3;
    for (int half = 0; half < 2; half++) {
        for (int k = 0; k < UNITS / 2 * WIDTH; k++) w[k] = noise(&seed) * (half ? factor : 1);
        const int32_t weights = tuff_graph_add_constant(g, s, "w", TUFF_F32, 2, (int32_t[]){UNITS / 2, WIDTH}, w, sizeof w, true, NULL);
        assert_non_null(tuff_graph_add_node(g, s, -1, &tuff_op_fully_connected, (int32_t[]){in, weights, -1}, 3, &halves[half], 1, NULL));
    }
    tuff_node *n = tuff_graph_add_node(g, s, -1, &tuff_op_concatenation, halves, 2, &out, 1, NULL);
    assert_true(n && tuff_node_set(n, "axis", 1));
}

static void read_first_half(tuff_graph *g, int32_t in, int32_t out) {
    float w[UNITS * UNITS] = {0};
    for (int k = 0; k < UNITS; k++) w[k * UNITS + k / 2] = k & 1 ? 1 : -1;
    const int32_t weights = tuff_graph_add_constant(g, &g->subgraphs[0], "w", TUFF_F32, 2, (int32_t[]){UNITS, UNITS}, w, sizeof w, true, NULL);
    assert_non_null(tuff_graph_add_node(g, &g->subgraphs[0], -1, &tuff_op_fully_connected, (int32_t[]){in, weights, -1}, 3, &out, 1, NULL));
}

static tuff_model *make(faults f) {
    tuff_graph *g = tuff_graph_create(tuff_arena_create(NULL, NULL), NULL);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", NULL);
    tuff_model *model;
    const int32_t in = tensor(g, "x", TUFF_F32, WIDTH), out = tensor(g, "scores", TUFF_F32, UNITS);
    int32_t hidden = tensor(g, "hidden", TUFF_F32, UNITS);
    if (f.joined > 0) join(g, in, hidden, f.joined);
    else dense(g, "hidden/weights", in, hidden, WIDTH, UNITS, &f);
    if (f.scale > 0) {
        const int32_t q = tensor(g, "hidden_q", TUFF_S8, UNITS), real = tensor(g, "hidden_real", TUFF_F32, UNITS);
        assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[q], 1, &f.scale, (int64_t[]){0}, 0, NULL), TUFF_OK);
        assert_non_null(tuff_graph_add_node(g, s, -1, &tuff_op_quantize, &hidden, 1, &q, 1, NULL));
        assert_non_null(tuff_graph_add_node(g, s, -1, &tuff_op_dequantize, &q, 1, &real, 1, NULL));
        hidden = real;
    }
    if (f.joined > 0) read_first_half(g, hidden, out);
    else dense(g, "scores/weights", hidden, out, UNITS, UNITS, &(faults){0});
    assert_int_equal(tuff_graph_set_graph_io(g, s, &in, 1, &out, 1, NULL), TUFF_OK);
    assert_int_equal(tuff_graph_model(g, &model, NULL, NULL), TUFF_OK);
    tuff_graph_free(g);
    return model;
}

static tuff_diff_result compare(faults a, faults b, const char *first_wrong, tuff_cause cause) {
    tuff_model *first = make(a), *second = make(b);
    tuff_data_options options = TUFF_DATA_OPTIONS;
    tuff_dataset *dataset;
    tuff_diff_result r;
    tuff_error error = {0};
    assert_int_equal(tuff_dataset_open(scratch_path(&work, "x.npy"), &options, &dataset, NULL), TUFF_OK);
    if (tuff_diff(first, second, dataset, NULL, &r, &error) != TUFF_OK) fail_msg("%s", error.message);
    if (r.cause != cause) fail_msg("cause %d, expected %d: %s", (int)r.cause, (int)cause, r.conclusion);
    assert_int_equal(r.count, a.joined > 0 ? 5 : 3);
    if (first_wrong) assert_string_equal(r.rows[r.first_wrong].side[0].name, first_wrong);
    else assert_int_equal(r.first_wrong, -1);
    tuff_dataset_close(dataset);
    tuff_model_close(first);
    tuff_model_close(second);
    return r;
}

static void test_the_same_model_is_equal(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){0}, (faults){0}, NULL, TUFF_CAUSE_NONE);
    assert_non_null(strstr(r.conclusion, "the same values"));
    tuff_diff_free(&r);
}

static void test_a_fitting_scale_is_well(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){0}, (faults){.scale = 0.12f}, NULL, TUFF_CAUSE_NONE);
    assert_true(r.rows[1].snr > 30 && r.rows[1].snr < 50);
    tuff_diff_free(&r);
}

static void test_a_small_scale_is_clipped(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){0}, (faults){.scale = 0.01f}, "hidden", TUFF_CAUSE_CLIPPED);
    assert_true(r.rows[1].saturated > 0.3);
    assert_non_null(strstr(r.conclusion, "'hidden' is saturated"));
    tuff_diff_free(&r);
}

static void test_a_large_scale_is_coarse(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){0}, (faults){.scale = 8}, "hidden", TUFF_CAUSE_COARSE);
    assert_non_null(strstr(r.conclusion, "has steps of 8"));
    tuff_diff_free(&r);
}

static void test_one_channel_that_sets_the_scale_is_named(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){.first_channel = 60}, (faults){.first_channel = 60, .scale = 7}, NULL, TUFF_CAUSE_NONE); /* the loud one is fine */
    assert_true(r.rows[1].snr > 25);
    tuff_diff_free(&r);
}

static void test_coarse_weights_are_named(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){0}, (faults){.weight_step = 0.9f}, "hidden", TUFF_CAUSE_WEIGHTS);
    assert_non_null(strstr(r.conclusion, "weights of 'hidden'"));
    tuff_diff_free(&r);
}

/* The joined tensor as a whole has a good SNR: its loud half's. What reads the other half goes wrong, and the sentence names the concatenation. */
static void test_ranges_mixed_in_a_concatenation_are_named(void **state) {
    (void)state;
    tuff_diff_result r = compare((faults){.joined = 100}, (faults){.joined = 100, .scale = 16}, "scores", TUFF_CAUSE_CONCAT);
    assert_non_null(strstr(r.conclusion, "'hidden' joins 'small' (up to "));
    tuff_diff_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_model_is_equal),
        cmocka_unit_test(test_a_fitting_scale_is_well),
        cmocka_unit_test(test_a_small_scale_is_clipped),
        cmocka_unit_test(test_a_large_scale_is_coarse),
        cmocka_unit_test(test_one_channel_that_sets_the_scale_is_named),
        cmocka_unit_test(test_coarse_weights_are_named),
        cmocka_unit_test(test_ranges_mixed_in_a_concatenation_are_named),
    };
    return cmocka_run_group_tests_name("diff", tests, open_folder, close_folder);
}
