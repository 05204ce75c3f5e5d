/* Case zips: how outputs are compared, and that no case, however wrong, is more than a failed one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/arena.h"
#include "graph/graph.h"
#include "kit/io/npy.h"
#include "kit/io/zip.h"
#include "ops/ops.h"
#include "scratch.h"
#include "tflite/tflite.h"
#include "tuff/verify.h"

static scratch folder;

/* A model whose output is its input: three floats. */
static void identity_model(tuff_zip_writer *zip, const char *name) {
    tuff_error e = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &e);
    tuff_graph *g = tuff_graph_create(arena, &e);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", &e);
    const int32_t three = 3;
    const int32_t x = tuff_graph_add_tensor(g, s, "x", TUFF_F32, 1, &three, NULL, &e), y = tuff_graph_add_tensor(g, s, "y", TUFF_F32, 1, &three, NULL, &e);
    assert_non_null(tuff_graph_add_node(g, s, -1, tuff_op_by_name("SQUEEZE"), &x, 1, &y, 1, &e));
    assert_int_equal(tuff_graph_set_graph_io(g, s, &x, 1, &y, 1, &e), TUFF_OK);
    uint8_t *bytes = NULL;
    size_t count = 0;
    assert_int_equal(tuff_tflite_write(g, true, NULL, &bytes, &count, &e), TUFF_OK);
    assert_int_equal(tuff_zip_add(zip, name, bytes, count, &e), TUFF_OK);
    tuff_release(NULL, bytes);
    tuff_arena_destroy(arena);
}

static void add_array(tuff_zip_writer *zip, const char *name, const float values[3]) {
    tuff_buffer npy = {0};
    const tuff_array array = {.type = TUFF_F32, .rank = 1, .shape = {3}, .count = 3, .data = values, .bytes = 3 * sizeof(float)};
    assert_int_equal(tuff_npy_write(&array, &npy, NULL), TUFF_OK);
    assert_int_equal(tuff_zip_add(zip, name, npy.data, npy.count, NULL), TUFF_OK);
    tuff_buffer_free(&npy);
}

/* Writes a zip with the one case "c" and runs it. */
static tuff_verdict run_case(const char *index, const float in[3], const float expected[3]) {
    tuff_zip_writer *zip;
    tuff_buffer bytes = {0};
    tuff_error e = {0};
    assert_int_equal(tuff_zip_create(&zip, NULL), TUFF_OK);
    identity_model(zip, "c/model.tflite");
    if (in) add_array(zip, "c/0/in0.npy", in);
    if (expected) add_array(zip, "c/0/out0.npy", expected);
    assert_int_equal(tuff_zip_add(zip, "index.tsv", index, strlen(index), NULL), TUFF_OK);
    assert_int_equal(tuff_zip_finish(zip, &bytes, NULL), TUFF_OK);
    const char *path = scratch_write(&folder, "c.zip", bytes.data, bytes.count);
    tuff_buffer_free(&bytes);
    tuff_cases *cases;
    if (tuff_cases_open(path, &cases, &e) != TUFF_OK) fail_msg("%s", e.message);
    assert_int_equal(tuff_cases_count(cases), 1);
    const tuff_verdict verdict = tuff_cases_run(cases, 0, NULL);
    tuff_cases_close(cases);
    return verdict;
}

static const float in[3] = {1, 2, INFINITY};

static void test_floats_pass_within_the_bound(void **state) {
    (void)state;
    const float near[3] = {1.0009f, 2, INFINITY};
    assert_true(run_case("c\tSQUEEZE\tok\t0\t0.001\t1\t\n", in, near).passed);
    assert_true(run_case("c\tSQUEEZE\tok\t0.001\t0\t1\t\n", in, near).passed);
    const tuff_verdict v = run_case("c\tSQUEEZE\tok\t0\t0.0001\t1\t\n", in, near);
    assert_false(v.passed);
    assert_string_equal(v.text, "invocation 0, output 0 (f32): 1 of 3 differ; worst at [0]: got 1, expected 1.00090003, off by 0.0009 (bound 0.0001)");
}

static void test_nan_equals_nan_only_and_infinities_themselves(void **state) {
    (void)state;
    const float nan_in[3] = {NAN, -INFINITY, 0}, same[3] = {NAN, -INFINITY, 0}, finite[3] = {NAN, 1, 0}, number[3] = {0, -INFINITY, 0};
    assert_true(run_case("c\tSQUEEZE\tok\t0\t0\t1\t\n", nan_in, same).passed);
    assert_false(run_case("c\tSQUEEZE\tok\t1\t1000\t1\t\n", nan_in, finite).passed);
    assert_false(run_case("c\tSQUEEZE\tok\t1\t1000\t1\t\n", nan_in, number).passed);
}

static void test_rejected_cases_pass_refused_or_computed_but_malformed_ones_only_refused(void **state) {
    (void)state;
    assert_true(run_case("c\tSQUEEZE\trejected\t0\t0\t1\tthe reference lacks it\n", in, NULL).passed);
    const tuff_verdict v = run_case("c\t\trejected\t0\t0\t0\ta bad offset\n", NULL, NULL);
    assert_false(v.passed);
    assert_string_equal(v.text, "accepted, expected to be refused: a bad offset");
    assert_true(run_case("c\t\trejected\t0\t0\t0\tany: odd, but legal\n", NULL, NULL).passed);
}

static void test_a_refusal_must_name_the_op(void **state) {
    (void)state;
    const tuff_verdict v = run_case("c\tGATHER\trejected\t0\t0\t1\tbad index\n", NULL, NULL); /* its input is missing */
    assert_false(v.passed);
    assert_non_null(strstr(v.text, "refused without naming the op: the zip holds no c/0/in0.npy"));
}

static void test_missing_arrays_are_failures_with_their_names(void **state) {
    (void)state;
    tuff_verdict v = run_case("c\tSQUEEZE\tok\t0\t0\t1\t\n", in, NULL);
    assert_false(v.passed);
    assert_string_equal(v.text, "the zip holds no c/0/out0.npy");
    v = run_case("c\tSQUEEZE\tok\t0\t0\t2\t\n", in, (const float[3]){1, 2, INFINITY});
    assert_string_equal(v.text, "the zip holds no c/1/in0.npy");
}

static void test_zips_that_hold_no_cases_are_refused_by_name(void **state) {
    (void)state;
    static const char *const indices[] = {"c\tSQUEEZE\tok\t0\t0\n", "c\tSQUEEZE\tperhaps\t0\t0\t1\t\n"};
    tuff_cases *cases;
    for (int k = -1; k < 2; k++) {
        tuff_zip_writer *zip;
        tuff_buffer bytes = {0};
        tuff_error e = {0};
        assert_int_equal(tuff_zip_create(&zip, NULL), TUFF_OK);
        assert_int_equal(k < 0 ? tuff_zip_add(zip, "x", "", 0, NULL) : tuff_zip_add(zip, "index.tsv", indices[k], strlen(indices[k]), NULL), TUFF_OK);
        assert_int_equal(tuff_zip_finish(zip, &bytes, NULL), TUFF_OK);
        scratch_write(&folder, "bad.zip", bytes.data, bytes.count);
        tuff_buffer_free(&bytes);
        assert_int_equal(tuff_cases_open(folder.path, &cases, &e), TUFF_ERR_FORMAT);
        assert_non_null(strstr(e.message, "bad.zip: "));
        assert_non_null(strstr(e.message, k < 0 ? "no index.tsv" : "line 1: expected "));
    }
}

static int open_folder(void **state) {
    (void)state;
    scratch_open(&folder);
    return 0;
}
static int close_folder(void **state) {
    (void)state;
    scratch_close(&folder);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_floats_pass_within_the_bound),
        cmocka_unit_test(test_nan_equals_nan_only_and_infinities_themselves),
        cmocka_unit_test(test_rejected_cases_pass_refused_or_computed_but_malformed_ones_only_refused),
        cmocka_unit_test(test_a_refusal_must_name_the_op),
        cmocka_unit_test(test_missing_arrays_are_failures_with_their_names),
        cmocka_unit_test(test_zips_that_hold_no_cases_are_refused_by_name),
    };
    return cmocka_run_group_tests_name("verify", tests, open_folder, close_folder);
}
