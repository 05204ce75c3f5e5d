/* Keras models become graphs that compute what Keras computed; files that cannot be converted are refused in one line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>

#include "kit/io/npy.h"
#include "kit/io/zip.h"
#include "tuff/convert.h"

/* libhdf5 itself loses a few bytes over damaged files. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) { return "leak:libhdf5"; }

/* ---- files ---- */

static const char *shared(void) {
    const char *given = getenv("TUFF_SHARED");
    return given ? given : TUFF_SOURCE_DIR "/../shared";
}

/* The folder of trained models, or skips the test loudly. */
static void keras_folder(char *path, size_t room) {
    snprintf(path, room, "%s/data/keras", shared());
    if (access(path, R_OK) == 0) return;
    print_message("SKIPPED: no %s\n", path);
    skip();
}

static tuff_zip *open_zip(const char *path) {
    tuff_error e = {0};
    tuff_buffer bytes = {0};
    tuff_zip *zip = NULL;
    if (tuff_file_read(path, &bytes, &e) || tuff_zip_open(path, &bytes, &zip, &e)) fail_msg("%s", e.message);
    return zip;
}

static tuff_zip *zip_inside(tuff_zip *outer, const char *name) {
    tuff_error e = {0};
    tuff_buffer bytes = {0};
    tuff_zip *zip = NULL;
    const int64_t k = tuff_zip_find(outer, name);
    if (k < 0) return NULL;
    if (tuff_zip_read(outer, k, &bytes, &e) || tuff_zip_open(name, &bytes, &zip, &e)) fail_msg("%s", e.message);
    return zip;
}

static bool read_array(tuff_zip *npz, const char *name, tuff_array *array) {
    tuff_error e = {0};
    tuff_buffer bytes = {0};
    char member[64];
    snprintf(member, sizeof member, "%s.npy", name);
    const int64_t k = tuff_zip_find(npz, member);
    if (k < 0) return false;
    if (tuff_zip_read(npz, k, &bytes, &e) || tuff_npy_read(name, &bytes, array, &e)) fail_msg("%s", e.message);
    return true;
}

static bool is_one_line(const char *text) { return *text && !strchr(text, '\n'); }

/* ---- running ---- */

static void set_input(tuff_interpreter *it, int32_t k, tuff_array *x) {
    tuff_error e = {0};
    if (tuff_interpreter_input(it, k)->type == x->type) {
        if (tuff_interpreter_set(it, k, x->data, x->bytes, &e)) fail_msg("%s", e.message);
        return;
    }
    if (tuff_array_to_f32(x, &e) || tuff_interpreter_set_f32(it, k, x->data, (size_t)x->count, &e)) fail_msg("%s", e.message);
}

/* Largest difference as a share of the largest |y|; infinity where shapes or types differ. */
static double compare(const tuff_interpreter *it, int32_t k, const tuff_array *y) {
    const tuff_tensor *t = tuff_interpreter_output(it, k);
    if (!t || t->rank != y->rank || t->type != TUFF_F32) return INFINITY;
    for (int32_t i = 0; i < t->rank; i++)
        if (t->shape[i] != y->shape[i]) return INFINITY;
    const float *got = tuff_interpreter_output_data(it, k);
    double largest = 0, off = 0;
    for (int64_t i = 0; i < y->count; i++) {
        const double expected = tuff_array_value(y, i), difference = fabs((double)got[i] - expected);
        if (!(difference <= off)) off = isnan((double)got[i]) && isnan(expected) ? off : difference;
        largest = fmax(largest, fabs(expected));
    }
    return off / fmax(largest, 1e-30);
}

/* Feeds x<prefix>0 .. and compares y<prefix>0 ..; names as printf formats of the index. *first: what stopped it, "" */
static double run_batch(tuff_interpreter *it, tuff_zip *npz, const char *x_name, const char *y_name, tuff_error *error) {
    tuff_array x[8] = {0}, y = {0};
    int32_t ranks[8] = {0}, dims[8][TUFF_MAX_RANK];
    const int32_t *lists[8];
    double worst = 0;
    const int32_t n = tuff_interpreter_input_count(it);
    assert_true(n <= 8);
    for (int32_t k = 0; k < n; k++) {
        char name[32];
        snprintf(name, sizeof name, "%s%d", x_name, (int)k);
        if (!read_array(npz, name, &x[k]) && !read_array(npz, x_name, &x[k])) fail_msg("no %s", name);
        ranks[k] = x[k].rank;
        for (int32_t i = 0; i < x[k].rank; i++) dims[k][i] = (int32_t)x[k].shape[i];
        lists[k] = dims[k];
    }
    tuff_status status = tuff_interpreter_resize_all(it, ranks, lists, error);
    for (int32_t k = 0; k < n; k++) {
        if (!status) set_input(it, k, &x[k]);
        tuff_array_free(&x[k]);
    }
    if (!status) status = tuff_interpreter_invoke(it, error);
    for (int32_t k = 0; !status && k < tuff_interpreter_output_count(it); k++) {
        char name[32];
        snprintf(name, sizeof name, "%s%d", y_name, (int)k);
        if (!read_array(npz, name, &y) && !read_array(npz, y_name, &y)) fail_msg("no %s", name);
        worst = fmax(worst, compare(it, k, &y));
        tuff_array_free(&y);
    }
    return status ? INFINITY : worst;
}

typedef struct loaded {
    tuff_graph *graph;
    tuff_model *model;
    tuff_interpreter *it;
} loaded;

static tuff_status load(const char *path, bool optimize, loaded *l, tuff_error *error) {
    *l = (loaded){0};
    tuff_status status = tuff_graph_load(path, NULL, &l->graph, error);
    if (!status && optimize) status = tuff_graph_optimize(l->graph, NULL, error);
    if (!status) status = tuff_graph_model(l->graph, &l->model, NULL, error);
    if (!status) status = tuff_interpreter_create(l->model, NULL, &l->it, error);
    return status;
}

static void unload(loaded *l) {
    tuff_interpreter_destroy(l->it);
    tuff_model_close(l->model);
    tuff_graph_free(l->graph);
}

/* ---- trained models ---- */

static void expect_golden(const char *model, const char *golden) {
    char folder[512], path[1024];
    keras_folder(folder, sizeof folder);
    for (int optimize = 0; optimize < 2; optimize++) {
        tuff_error e = {0};
        loaded l;
        snprintf(path, sizeof path, "%s/%s", folder, model);
        if (load(path, optimize, &l, &e)) fail_msg("%s", e.message);
        snprintf(path, sizeof path, "%s/%s.golden.npz", folder, golden);
        tuff_zip *npz = open_zip(path);
        const double off = run_batch(l.it, npz, "x", "y", &e);
        print_message("%-24s %s: off by %.1e of the largest\n", model, optimize ? "optimized" : "as imported", off);
        if (!(off <= 1e-5)) fail_msg("%s: off by %g: %s", model, off, e.message);
        tuff_zip_close(npz);
        unload(&l);
    }
}

static void test_keras_3_sequential(void **state) {
    (void)state;
    expect_golden("mnist_cnn.keras", "mnist_cnn");
    expect_golden("mnist_mlp.keras", "mnist_mlp");
    expect_golden("mnist_rescale_cnn.keras", "mnist_rescale_cnn");
}
static void test_keras_3_functional(void **state) {
    (void)state;
    expect_golden("mnist_resnet.keras", "mnist_resnet");
}
static void test_keras_3_h5(void **state) {
    (void)state;
    expect_golden("mnist_cnn.h5", "mnist_cnn");
    expect_golden("mnist_mlp.h5", "mnist_mlp");
}
static void test_keras_2_dialect(void **state) {
    (void)state;
    expect_golden("tfk_mnist_cnn.keras", "tfk_mnist_cnn");
    expect_golden("tfk_mnist_cnn.h5", "tfk_mnist_cnn");
}

/* ---- models shipped with the tests ---- */

static void expect_shipped(const char *model, const char *golden) {
    for (int optimize = 0; optimize < 2; optimize++) {
        char path[512];
        tuff_error e = {0};
        loaded l;
        snprintf(path, sizeof path, TUFF_SOURCE_DIR "/tests/data/keras/%s", model);
        if (load(path, optimize, &l, &e)) fail_msg("%s", e.message);
        snprintf(path, sizeof path, TUFF_SOURCE_DIR "/tests/data/keras/%s", golden);
        tuff_zip *npz = open_zip(path);
        for (int batch = 1; batch <= 3; batch += 2) {
            char x[8], y[8];
            snprintf(x, sizeof x, "b%d_x", batch);
            snprintf(y, sizeof y, "b%d_y", batch);
            const double off = run_batch(l.it, npz, x, y, &e);
            if (!(off <= 1e-5)) fail_msg("%s, batch %d: off by %g: %s", model, batch, off, e.message);
        }
        tuff_zip_close(npz);
        unload(&l);
    }
}

static void test_sequential_of_both_containers(void **state) {
    (void)state;
    expect_shipped("topology_11.keras", "topology_11.npz");
    expect_shipped("topology_11.h5", "topology_11.npz");
}
static void test_nested_model_finds_its_weights(void **state) {
    (void)state;
    expect_shipped("topology_00.keras", "topology_00.npz");
}
static void test_keras_2_functional_with_a_nested_model(void **state) {
    (void)state;
    expect_shipped("nested_keras_2.h5", "topology_11.npz");
}
static void test_several_inputs_and_outputs(void **state) {
    (void)state;
    expect_shipped("topology_06.h5", "topology_06.npz");
}

static void remember(void *context, const char *text) { snprintf(context, 300, "%s", text); }

/* Puts `text` in front of the first `mark` of the folder's config.json. */
static void insert(const char *folder, const char *mark, const char *text) {
    char path[512];
    tuff_error e = {0};
    tuff_buffer old = {0}, fresh = {0};
    snprintf(path, sizeof path, "%s/config.json", folder);
    if (tuff_file_read(path, &old, &e)) fail_msg("%s", e.message);
    const char *at = strstr((const char *)old.data, mark);
    assert_non_null(at);
    const size_t before = (size_t)(at - (const char *)old.data);
    if (tuff_buffer_add(&fresh, old.data, before, &e) || tuff_buffer_add(&fresh, text, strlen(text), &e) ||
        tuff_buffer_add(&fresh, at, old.count - before, &e) || tuff_file_write(path, fresh.data, fresh.count, &e))
        fail_msg("%s", e.message);
    tuff_buffer_free(&old);
    tuff_buffer_free(&fresh);
}

static void test_unpacked_folder_and_an_option_from_the_future(void **state) {
    (void)state;
    static const char *const members[] = {"config.json", "metadata.json", "model.weights.h5"};
    char folder[] = "/tmp/tuff-keras-XXXXXX", path[512];
    assert_non_null(mkdtemp(folder));
    tuff_zip *zip = open_zip(TUFF_SOURCE_DIR "/tests/data/keras/topology_11.keras");
    tuff_error e = {0};
    for (size_t i = 0; i < 3; i++) {
        tuff_buffer bytes = {0};
        snprintf(path, sizeof path, "%s/%s", folder, members[i]);
        if (tuff_zip_read(zip, tuff_zip_find(zip, members[i]), &bytes, &e) || tuff_file_write(path, bytes.data, bytes.count, &e)) fail_msg("%s", e.message);
        tuff_buffer_free(&bytes);
    }
    tuff_zip_close(zip);
    char heard[300] = "";
    const tuff_report report = {remember, heard};
    tuff_graph *g = NULL;
    if (tuff_graph_load(folder, &report, &g, &e)) fail_msg("%s", e.message);
    assert_string_equal(heard, "");
    tuff_graph_free(g);
    insert(folder, "\"filters\"", "\"sharpness\": 3, ");
    if (tuff_graph_load(folder, &report, &g, &e)) fail_msg("%s", e.message);
    assert_string_equal(heard, "layer 'conv2d' (Conv2D): left out its option sharpness = 3");
    tuff_graph_free(g);
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, members[i]);
        remove(path);
    }
    rmdir(folder);
}

static void test_saved_file_is_whole_or_not_there(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_graph *g = NULL, *again = NULL;
    size_t bytes = 0;
    char folder[] = "/tmp/tuff-keras-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    if (tuff_graph_load(TUFF_SOURCE_DIR "/tests/data/keras/topology_11.h5", NULL, &g, &e)) fail_msg("%s", e.message);
    snprintf(path, sizeof path, "%s/model.tflite", folder);
    if (tuff_graph_save(g, path, &bytes, &e) || tuff_graph_load(path, NULL, &again, &e)) fail_msg("%s", e.message);
    assert_true(bytes > 1000);
    remove(path);
    assert_int_not_equal(tuff_graph_save(g, "/dev/full", NULL, &e), TUFF_OK);
    assert_true(is_one_line(e.message));
    e = (tuff_error){0};
    snprintf(path, sizeof path, "%s/none/model.tflite", folder);
    assert_int_equal(tuff_graph_save(g, path, NULL, &e), TUFF_ERR_IO);
    tuff_graph_free(again);
    tuff_graph_free(g);
    assert_int_equal(rmdir(folder), 0); /* nothing was left in it */
}

/* ---- single layers ---- */

typedef struct zoo {
    tuff_zip *zip;
    char *manifest;
    char folder[64]; /* for files taken out of the zip */
} zoo;

static void open_zoo(zoo *z) {
    char folder[512], path[1024];
    tuff_error e = {0};
    tuff_buffer text = {0};
    keras_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/layers.zip", folder);
    z->zip = open_zip(path);
    if (tuff_zip_read(z->zip, tuff_zip_find(z->zip, "manifest.json"), &text, &e)) fail_msg("%s", e.message);
    z->manifest = strdup((const char *)text.data);
    tuff_buffer_free(&text);
    strcpy(z->folder, "/tmp/tuff-keras-XXXXXX");
    assert_non_null(mkdtemp(z->folder));
}

static void close_zoo(zoo *z) {
    rmdir(z->folder);
    tuff_zip_close(z->zip);
    free(z->manifest);
}

static void take_out(const zoo *z, int64_t k, char *path, size_t room) {
    tuff_error e = {0};
    tuff_buffer bytes = {0};
    snprintf(path, room, "%s/%s", z->folder, tuff_zip_name(z->zip, k));
    if (tuff_zip_read(z->zip, k, &bytes, &e) || tuff_file_write(path, bytes.data, bytes.count, &e)) fail_msg("%s", e.message);
    tuff_buffer_free(&bytes);
}

static double tolerance_of(const zoo *z, const char *stem) {
    char key[128];
    snprintf(key, sizeof key, "\"stem\": \"%s\"", stem);
    const char *at = strstr(z->manifest, key);
    at = at ? strstr(at, "\"tolerance\":") : NULL;
    return at ? strtod(at + 12, NULL) : 1e-5;
}

static bool ends_with(const char *text, const char *end) { return strlen(text) > strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0; }

/* 1 right, 0 refused with one line, -1 wrong */
static int run_case(const zoo *z, int64_t k, bool optimize) {
    char path[256], stem[96], golden[104];
    const char *name = tuff_zip_name(z->zip, k);
    int result = 1;
    tuff_error e = {0};
    loaded l;
    take_out(z, k, path, sizeof path);
    snprintf(stem, sizeof stem, "%.*s", (int)(strrchr(name, '.') - name), name);
    snprintf(golden, sizeof golden, "%s.npz", stem);
    if (load(path, optimize, &l, &e)) {
        result = is_one_line(e.message) && strncmp(e.message, path, l.it || l.model ? 0 : strlen(path)) == 0 ? 0 : -1;
        if (result < 0 || getenv("TUFF_VERBOSE")) print_message("%s: %s\n", name, e.message);
    } else {
        tuff_zip *npz = zip_inside(z->zip, golden);
        assert_non_null(npz);
        for (int batch = 1; result > 0 && batch < 4; batch += 2) {
            char x[8], y[8], first[16];
            tuff_array probe = {0};
            snprintf(x, sizeof x, "b%d_x", batch);
            snprintf(y, sizeof y, "b%d_y", batch);
            snprintf(first, sizeof first, "%s0", x);
            if (!read_array(npz, first, &probe)) continue;
            tuff_array_free(&probe);
            const double off = run_batch(l.it, npz, x, y, &e);
            if (!(off <= tolerance_of(z, stem))) {
                result = -1;
                print_message("%s, batch %d: off by %g %s\n", name, batch, off, e.message);
            }
        }
        tuff_zip_close(npz);
    }
    unload(&l);
    remove(path);
    return result;
}

/* What is converted is right; all else is refused. */
static void test_layers_are_right_or_refused(void **state) {
    (void)state;
    zoo z;
    int counts[3] = {0};
    open_zoo(&z);
    for (int64_t k = 0; k < tuff_zip_count(z.zip); k++) {
        const char *name = tuff_zip_name(z.zip, k);
        if ((!ends_with(name, ".keras") && !ends_with(name, ".h5")) || strncmp(name, "refuse_", 7) == 0) continue;
        counts[1 + run_case(&z, k, k % 2)]++;
    }
    close_zoo(&z);
    print_message("layer zoo: %d right, %d refused, %d wrong\n", counts[2], counts[1], counts[0]);
    assert_int_equal(counts[0], 0);
    assert_true(counts[2] >= 110);
}

static void test_unusable_files_are_refused_in_one_line(void **state) {
    (void)state;
    zoo z;
    open_zoo(&z);
    int count = 0;
    for (int64_t k = 0; k < tuff_zip_count(z.zip); k++) {
        char path[256];
        const char *name = tuff_zip_name(z.zip, k);
        if (strncmp(name, "refuse_", 7) != 0) continue;
        tuff_error e = {0};
        tuff_graph *g = NULL;
        take_out(&z, k, path, sizeof path);
        assert_int_not_equal(tuff_graph_load(path, NULL, &g, &e), TUFF_OK);
        assert_null(g);
        assert_true(is_one_line(e.message));
        assert_non_null(strstr(e.message, name)); /* says which file */
        print_message("%s\n", e.message);
        remove(path);
        count++;
    }
    close_zoo(&z);
    assert_int_equal(count, 11);
}

/* Cut anywhere, flipped anywhere: refused or read, but no crash. */
static void test_damaged_files_do_no_harm(void **state) {
    (void)state;
    static const char *const names[] = {"topology_11.keras", "topology_04.h5", "topology_06.keras"};
    zoo z;
    open_zoo(&z);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[256];
        tuff_error e = {0};
        tuff_buffer bytes = {0};
        const int64_t k = tuff_zip_find(z.zip, names[i]);
        assert_true(k >= 0);
        if (tuff_zip_read(z.zip, k, &bytes, &e)) fail_msg("%s", e.message);
        snprintf(path, sizeof path, "%s/%s", z.folder, names[i]);
        for (uint32_t round = 0, seed = 1; round < 400; round++) {
            seed = seed * 1664525u + 1013904223u;
            const size_t at = (seed >> 4) % bytes.count;
            const uint8_t old = bytes.data[at];
            if (round % 2) bytes.data[at] ^= (uint8_t)(1u << (seed >> 29));
            tuff_graph *g = NULL;
            tuff_error problem = {0};
            assert_int_equal(tuff_file_write(path, bytes.data, round % 2 ? bytes.count : at, &e), TUFF_OK);
            if (tuff_graph_load(path, NULL, &g, &problem)) assert_true(is_one_line(problem.message));
            tuff_graph_free(g);
            bytes.data[at] = old;
        }
        remove(path);
        tuff_buffer_free(&bytes);
    }
    close_zoo(&z);
}

static void test_not_a_model(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_graph *g = NULL;
    assert_int_equal(tuff_graph_load("/does/not/exist.keras", NULL, &g, &e), TUFF_ERR_IO);
    assert_true(is_one_line(e.message));
    e = (tuff_error){0};
    assert_int_not_equal(tuff_graph_load(TUFF_SOURCE_DIR, NULL, &g, &e), TUFF_OK);
    assert_true(is_one_line(e.message));
    e = (tuff_error){0};
    assert_int_equal(tuff_graph_load(TUFF_SOURCE_DIR "/CMakeLists.txt", NULL, &g, &e), TUFF_ERR_FORMAT);
    assert_non_null(strstr(e.message, "CMakeLists.txt"));
}

/* ---- what goes into the file ---- */

static void test_batch_stays_open_and_names_are_keras_names(void **state) {
    (void)state;
    char folder[512], path[1024];
    tuff_error e = {0};
    loaded l;
    keras_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/mnist_rescale_cnn.keras", folder);
    if (load(path, true, &l, &e)) fail_msg("%s", e.message);
    const tuff_tensor *x = tuff_interpreter_input(l.it, 0);
    assert_string_equal(x->name, "input_layer_2");
    assert_int_equal(x->signature[0], -1);
    assert_string_equal(tuff_interpreter_output(l.it, 0)->name, "softmax");
    assert_string_equal(tuff_model_signature(l.model, 0), "serving_default");
    assert_int_equal(tuff_model_signature_input(l.model, "serving_default", "input_layer_2"), 0);
    assert_int_equal(tuff_model_signature_output(l.model, "serving_default", "softmax"), 0);
    unload(&l);
}

static void test_normalization_gives_the_recipe(void **state) {
    (void)state;
    char folder[512], path[1024];
    keras_folder(folder, sizeof folder);
    static const char *const names[] = {"iris_mlp.keras", "iris_mlp.float.tflite"}; /* MUL and ADD; the official converter's SUB and MUL */
    for (size_t i = 0; i < 2; i++) {
        tuff_error e = {0};
        tuff_graph *g = NULL;
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (tuff_graph_load(path, NULL, &g, &e) || tuff_graph_optimize(g, NULL, &e)) fail_msg("%s", e.message);
        const tuff_recipe r = tuff_graph_recipe(g);
        assert_true(r.present && r.width == 0 && r.std[0] == 1);
        assert_string_equal(r.source, "model begins with NORMALIZATION");
        tuff_graph_free(g);
    }
}

static void test_rescaling_gives_the_recipe(void **state) {
    (void)state;
    char folder[512], path[1024];
    tuff_error e = {0};
    tuff_graph *g = NULL;
    keras_folder(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/mnist_rescale_cnn.keras", folder);
    if (tuff_graph_load(path, NULL, &g, &e)) fail_msg("%s", e.message);
    for (int optimized = 0; optimized < 2; optimized++) {
        const tuff_recipe r = tuff_graph_recipe(g);
        assert_true(r.present);
        assert_int_equal(r.width, 28);
        assert_int_equal(r.channels, 1);
        assert_true(r.count == 1 && r.mean[0] == 0 && r.std[0] == 1);
        assert_string_equal(r.source, "model begins with RESCALING");
        assert_int_equal(tuff_graph_optimize(g, NULL, &e), TUFF_OK);
    }
    tuff_graph_free(g);
    snprintf(path, sizeof path, "%s/mnist_cnn.keras", folder);
    if (tuff_graph_load(path, NULL, &g, &e)) fail_msg("%s", e.message);
    assert_false(tuff_graph_recipe(g).present);
    const tuff_recipe given = {.present = true, .width = 28, .height = 28, .channels = 1, .count = 1, .mean = {0}, .std = {255}};
    const char *labels[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
    if (tuff_graph_describe(g, &given, labels, 10, &e)) fail_msg("%s", e.message);
    if (tuff_graph_describe(g, NULL, NULL, 0, &e)) fail_msg("%s", e.message); /* keeps both */
    assert_true(tuff_graph_recipe(g).std[0] == 255);
    tuff_model *m = NULL;
    if (tuff_graph_model(g, &m, NULL, &e)) fail_msg("%s", e.message);
    assert_string_equal(tuff_model_label(m, 0, 3), "three");
    tuff_model_close(m);
    tuff_graph_free(g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequential_of_both_containers),
        cmocka_unit_test(test_nested_model_finds_its_weights),
        cmocka_unit_test(test_keras_2_functional_with_a_nested_model),
        cmocka_unit_test(test_several_inputs_and_outputs),
        cmocka_unit_test(test_unpacked_folder_and_an_option_from_the_future),
        cmocka_unit_test(test_saved_file_is_whole_or_not_there),
        cmocka_unit_test(test_keras_3_sequential),
        cmocka_unit_test(test_keras_3_functional),
        cmocka_unit_test(test_keras_3_h5),
        cmocka_unit_test(test_keras_2_dialect),
        cmocka_unit_test(test_layers_are_right_or_refused),
        cmocka_unit_test(test_unusable_files_are_refused_in_one_line),
        cmocka_unit_test(test_damaged_files_do_no_harm),
        cmocka_unit_test(test_not_a_model),
        cmocka_unit_test(test_batch_stays_open_and_names_are_keras_names),
        cmocka_unit_test(test_rescaling_gives_the_recipe),
        cmocka_unit_test(test_normalization_gives_the_recipe),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
