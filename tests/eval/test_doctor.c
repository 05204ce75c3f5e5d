/* The doctor finds what was done to the pictures, and a model that it treated answers rightly.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "graph/graph.h"
#include "kit/io/npy.h"
#include "kit/io/zip.h"
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

static void add_array(tuff_zip_writer *zip, const char *name, int32_t rank, const int64_t *shape, const uint8_t *data, size_t bytes) {
    tuff_array array = {.type = TUFF_U8, .rank = rank, .count = (int64_t)bytes, .data = data, .bytes = bytes};
    tuff_buffer npy = {0};
    memcpy(array.shape, shape, (size_t)rank * sizeof *shape);
    assert_int_equal(tuff_npy_write(&array, &npy, NULL), TUFF_OK);
    assert_int_equal(tuff_zip_add(zip, name, npy.data, npy.count, NULL), TUFF_OK);
    tuff_buffer_free(&npy);
}

/* Pictures with noise on one bright channel; class 0 is blue, 2 is red. */
enum { COLOURS = 300, COLOUR_BYTES = 48 };
static void write_colours(const char *path) {
    static uint8_t x[COLOURS * COLOUR_BYTES], y[COLOURS];
    uint32_t noise = 1;
    for (int k = 0; k < COLOURS; k++) {
        y[k] = (uint8_t)(k % 3);
        for (int i = 0; i < COLOUR_BYTES; i++) {
            noise = noise * 1664525 + 1013904223;
            x[k * COLOUR_BYTES + i] = (uint8_t)((noise >> 24) % 100 + (i % 3 == 2 - k % 3 ? 120 : 0));
        }
    }
    tuff_zip_writer *zip;
    tuff_buffer file = {0};
    assert_int_equal(tuff_zip_create(&zip, NULL), TUFF_OK);
    add_array(zip, "x.npy", 4, (int64_t[]){COLOURS, 4, 4, 3}, x, sizeof x);
    add_array(zip, "y.npy", 1, (int64_t[]){COLOURS}, y, sizeof y);
    assert_int_equal(tuff_zip_finish(zip, &file, NULL), TUFF_OK);
    assert_int_equal(tuff_file_write(path, file.data, file.count, NULL), TUFF_OK);
    tuff_buffer_free(&file);
}

static void test_finds_blue_for_red_and_puts_it_into_the_model(void **state) {
    (void)state;
    char data[1024];
    snprintf(data, sizeof data, "%s", scratch_path(&work, "colours.npz"));
    write_colours(data);
    tuff_graph *g = brightest_channel();
    tuff_model *model = model_of(g);
    tuff_dataset *dataset = open_data(data, 0);
    tuff_diagnosis d;
    assert_int_equal(tuff_doctor(model, dataset, NULL, &d, NULL), TUFF_OK);
    assert_int_equal(d.winner, 0);
    assert_string_equal(d.trials[0].treatment.name, "0..1, BGR"); /* the first of a group: scale doesn't matter here, nor does transposing */
    assert_true(d.groups < d.count);
    assert_int_equal(d.trials[1].group, 0);
    assert_int_equal(d.own, -1);
    assert_int_equal(tuff_graph_treat(g, &d.trials[0].treatment, NULL), TUFF_OK);
    assert_true(accuracy(g, data) == 1);
    tuff_diagnosis_free(&d);
    tuff_dataset_close(dataset);
    tuff_model_close(model);
    tuff_graph_free(g);
}

static void test_says_where_nothing_stands_out(void **state) {
    (void)state;
    tuff_graph *g = load(KERAS);
    tuff_model *model = model_of(g);
    tuff_dataset *dataset = open_data(DIGITS, 100);
    tuff_diagnosis d;
    assert_int_equal(tuff_doctor(model, dataset, NULL, &d, NULL), TUFF_OK);
    assert_int_equal(d.winner, -1);
    assert_non_null(strstr(d.why, "can't be told apart on 100 samples"));
    tuff_diagnosis_free(&d);
    tuff_dataset_close(dataset);
    tuff_model_close(model);
    tuff_graph_free(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_digits_that_are_transposed_and_inverted_and_treats_the_model),
        cmocka_unit_test(test_finds_blue_for_red_and_puts_it_into_the_model),
        cmocka_unit_test(test_says_where_nothing_stands_out),
    };
    return cmocka_run_group_tests_name("doctor", tests, open_folder, close_folder);
}
