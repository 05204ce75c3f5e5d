/* Datasets of every format, and every refusal in words.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "kit/io/npy.h"
#include "kit/io/zip.h"
#include "scratch.h"
#include "tuff/data.h"

#define DATA TUFF_SOURCE_DIR "/tests/data/"

static scratch s;
static int set_up(void **state) {
    (void)state;
    scratch_open(&s);
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    scratch_close(&s);
    return 0;
}

/* ---- helpers ---- */
static tuff_dataset *open_with(const char *path, tuff_data_options o) {
    tuff_error e = {0};
    tuff_dataset *d;
    if (tuff_dataset_open(path, &o, &d, &e) != TUFF_OK) fail_msg("%s", e.message);
    return d;
}
static tuff_dataset *open_set(const char *path) { return open_with(path, (tuff_data_options)TUFF_DATA_OPTIONS); }

static tuff_sample get(tuff_dataset *d, size_t k) {
    tuff_error e = {0};
    tuff_sample sample;
    if (tuff_dataset_get(d, k, &sample, &e) != TUFF_OK) fail_msg("%s", e.message);
    return sample;
}

static void refused_with(const char *path, tuff_data_options o, tuff_status status, const char *words) {
    tuff_error e = {0};
    tuff_dataset *d;
    const tuff_status found = tuff_dataset_open(path, &o, &d, &e);
    assert_null(d);
    if (found != status || !strstr(e.message, words) || strchr(e.message, '\n'))
        fail_msg("expected status %d, \"%s\"; found %d, %s", status, words, found, e.message);
}
static void refused(const char *path, tuff_status status, const char *words) { refused_with(path, (tuff_data_options)TUFF_DATA_OPTIONS, status, words); }

static tuff_array array_of(tuff_type type, const void *data, int32_t rank, const int64_t *shape) {
    tuff_array a = {.type = type, .rank = rank, .count = 1, .data = data};
    for (int32_t i = 0; i < rank; i++) {
        a.shape[i] = shape[i];
        a.count *= shape[i];
    }
    a.bytes = (size_t)a.count * (size_t)tuff_type_bits(type) / 8;
    return a;
}
#define ARRAY(type, data, ...) array_of(type, data, (int32_t)(sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t)), (const int64_t[]){__VA_ARGS__})

static const char *write_npy(const char *name, tuff_array a) {
    tuff_error e = {0};
    tuff_buffer b = {0};
    assert_int_equal(tuff_npy_write(&a, &b, &e), TUFF_OK);
    scratch_write(&s, name, b.data, b.count);
    tuff_buffer_free(&b);
    return s.path;
}

typedef struct member {
    const char *name;
    tuff_array array;
} member;
static const char *write_npz(const char *name, size_t n, const member *members) {
    tuff_error e = {0};
    tuff_zip_writer *w;
    tuff_buffer b;
    assert_int_equal(tuff_zip_create(&w, &e), TUFF_OK);
    for (size_t k = 0; k < n; k++) {
        tuff_buffer npy = {0};
        assert_int_equal(tuff_npy_write(&members[k].array, &npy, &e), TUFF_OK);
        assert_int_equal(tuff_zip_add(w, members[k].name, npy.data, npy.count, &e), TUFF_OK);
        tuff_buffer_free(&npy);
    }
    assert_int_equal(tuff_zip_finish(w, &b, &e), TUFF_OK);
    scratch_write(&s, name, b.data, b.count);
    tuff_buffer_free(&b);
    return s.path;
}
#define NPZ(name, ...) write_npz(name, sizeof((member[]){__VA_ARGS__}) / sizeof(member), (const member[]){__VA_ARGS__})

static void copy(const char *from, const char *name) {
    tuff_error e = {0};
    tuff_buffer b;
    assert_int_equal(tuff_file_read(from, &b, &e), TUFF_OK);
    scratch_write(&s, name, b.data, b.count);
    tuff_buffer_free(&b);
}

/* ---- idx ---- */
static void test_idx_finds_its_labels_beside_it(void **state) {
    (void)state;
    tuff_dataset *d = open_set(DATA "mnist/t10k-images-idx3-ubyte.gz");
    assert_string_equal(tuff_dataset_about(d), "t10k-images-idx3-ubyte.gz: 10,000 pictures 28x28x1, labels from t10k-labels-idx1-ubyte.gz");
    assert_true(tuff_dataset_count(d) == 10000 && tuff_dataset_has_labels(d) && tuff_dataset_class_count(d) == 0);
    const tuff_sample first = get(d, 0), last = get(d, 9999);
    assert_true(first.label == 7 && last.label == 6 && first.picture && first.type == TUFF_U8 && first.rank == 3 && first.bytes == 784);
    assert_string_equal(last.name, "t10k-images-idx3-ubyte.gz[9999]");
    tuff_error e = {0};
    tuff_sample none;
    assert_int_equal(tuff_dataset_get(d, 10000, &none, &e), TUFF_ERR_ARGUMENT);
    tuff_dataset_close(d);
}

static void test_idx_labels_may_be_unzipped_where_the_images_are_zipped(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_buffer b;
    copy(DATA "digits/first100-images-idx3-ubyte.gz", "train-images.idx3-ubyte.gz");
    assert_int_equal(tuff_file_read(DATA "digits/first100-labels-idx1-ubyte.gz", &b, &e), TUFF_OK);
    assert_int_equal(tuff_buffer_gunzip("labels", &b, &e), TUFF_OK);
    scratch_write(&s, "train-labels.idx1-ubyte", b.data, b.count);
    tuff_buffer_free(&b);
    tuff_dataset *d = open_set(scratch_path(&s, "train-images.idx3-ubyte.gz"));
    assert_true(tuff_dataset_count(d) == 100 && get(d, 1).label == 2);
    tuff_dataset_close(d);
}

static void test_limit_spreads_evenly(void **state) {
    (void)state;
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.limit = 30;
    tuff_dataset *d = open_with(DATA "digits/first100-images-idx3-ubyte.gz", o);
    assert_int_equal(tuff_dataset_count(d), 30);
    assert_non_null(strstr(tuff_dataset_about(d), ": 30 of 100 pictures 28x28x1"));
    assert_string_equal(get(d, 0).name, "first100-images-idx3-ubyte.gz[0]");
    assert_string_equal(get(d, 29).name, "first100-images-idx3-ubyte.gz[96]");
    tuff_dataset_close(d);
    o.limit = 1000;
    d = open_with(DATA "digits/first100-images-idx3-ubyte.gz", o);
    assert_int_equal(tuff_dataset_count(d), 100);
    tuff_dataset_close(d);
}

static void test_idx_of_other_types_is_big_endian(void **state) {
    (void)state;
    const uint8_t s16[] = {0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 2, 0, 1, 0xff, 0xff, 1, 0, 0, 0};
    tuff_dataset *d = open_set(scratch_write(&s, "x.idx", s16, sizeof s16));
    const tuff_sample x = get(d, 0);
    assert_true(x.type == TUFF_S16 && x.rank == 1 && !x.picture && ((const int16_t *)x.data)[0] == 1 && ((const int16_t *)x.data)[1] == -1);
    tuff_dataset_close(d);
    const uint8_t f64[] = {0, 0, 0x0e, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0x40, 0x04, 0, 0, 0, 0, 0, 0};
    d = open_set(scratch_write(&s, "y.idx", f64, sizeof f64));
    assert_true(get(d, 0).type == TUFF_F32 && *(const float *)get(d, 0).data == 2.5f);
    tuff_dataset_close(d);
}

static void test_idx_refusals(void **state) {
    (void)state;
    const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 5, 6}, labels3[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3};
    scratch_write(&s, "a-images-idx3", images, sizeof images);
    refused(scratch_write(&s, "a-labels-idx1", labels3, sizeof labels3), TUFF_ERR_DATA, "single numbers (labels?), expected images");
    refused(scratch_path(&s, "a-images-idx3"), TUFF_ERR_DATA, "labels u8 [3] for the 2 samples of a-images-idx3: the counts differ");
    refused(scratch_write(&s, "short.idx", images, sizeof images - 1), TUFF_ERR_FORMAT, "truncated: expected u8 [2,1,1], which is 2 bytes, found 1");
    refused(scratch_write(&s, "short.idx", images, 9), TUFF_ERR_FORMAT, "truncated: an idx header of 16 bytes, found 9");
    refused(scratch_write(&s, "long.idx", "\0\0\10\3\0\0\0\1\0\0\0\1\0\0\0\1ab", 18), TUFF_ERR_FORMAT, "expected 1 bytes behind the idx header, found 2");
    refused(scratch_write(&s, "none.idx", "\0\0\10\3\0\0\0\0\0\0\0\1\0\0\0\1", 16), TUFF_ERR_DATA, "holds no samples");
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.need_labels = true;
    refused_with(scratch_write(&s, "b-images-idx3", images, sizeof images), o, TUFF_ERR_DATA, "b-images-idx3: has no labels, and they are needed here");
}

/* ---- npy, npz ---- */
static const float floats[12] = {0, 0.5f, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
static const uint8_t bytes[48] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

static void test_npy_samples_lie_along_the_first_axis(void **state) {
    (void)state;
    tuff_dataset *d = open_set(write_npy("x.npy", ARRAY(TUFF_F32, floats, 3, 4)));
    assert_string_equal(tuff_dataset_about(d), "x.npy: 3 samples of 4 floats");
    const tuff_sample x = get(d, 2);
    assert_true(x.type == TUFF_F32 && x.rank == 1 && x.shape[0] == 4 && ((const float *)x.data)[0] == 7 && x.label == -1);
    tuff_dataset_close(d);
    d = open_set(write_npy("x.npy", ARRAY(TUFF_U8, bytes, 2, 2, 2, 3)));
    assert_true(get(d, 1).picture && get(d, 1).shape[2] == 3);
    tuff_dataset_close(d);
}

static void test_npy_of_the_models_shape_is_one_sample(void **state) {
    (void)state;
    const int32_t shape[] = {1, 3, 4, 1};
    const tuff_tensor input = {.name = "x", .type = TUFF_F32, .rank = 4, .shape = shape};
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.input = &input;
    static const struct {
        int32_t rank;
        int64_t shape[4];
        size_t count;
        int32_t sample_rank;
    } cases[] = {{2, {3, 4}, 1, 2}, {3, {3, 4, 1}, 1, 3}, {4, {1, 3, 4, 1}, 1, 3}, {2, {4, 3}, 4, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tuff_dataset *d = open_with(write_npy("x.npy", array_of(TUFF_F32, floats, cases[k].rank, cases[k].shape)), o);
        assert_int_equal(tuff_dataset_count(d), cases[k].count);
        assert_int_equal(get(d, 0).rank, cases[k].sample_rank);
        tuff_dataset_close(d);
    }
}

static void test_npz_splits_as_keras_caches_them(void **state) {
    (void)state;
    const uint8_t y_train[] = {1, 2}, y_test[] = {9};
    NPZ("mnist.npz", {"x_train.npy", ARRAY(TUFF_U8, bytes, 2, 2, 2)}, {"y_train.npy", ARRAY(TUFF_U8, y_train, 2)},
        {"x_test.npy", ARRAY(TUFF_U8, bytes + 4, 1, 2, 2)}, {"y_test.npy", ARRAY(TUFF_U8, y_test, 1)});
    tuff_dataset *d = open_set(s.path);
    assert_string_equal(tuff_dataset_about(d), "x_test of mnist.npz: 1 picture 2x2x1, with labels");
    assert_true(get(d, 0).label == 9 && *(const uint8_t *)get(d, 0).data == 5);
    tuff_dataset_close(d);
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.split = TUFF_SPLIT_TRAIN;
    d = open_with(s.path, o);
    assert_true(tuff_dataset_count(d) == 2 && get(d, 1).label == 2);
    tuff_dataset_close(d);
}

static void test_labels_of_any_integer_type_and_one_hot(void **state) {
    (void)state;
    const int64_t wide[] = {3, 0, 7};
    const int32_t column[] = {3, 0, 7};
    const float hot[] = {0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0}, whole[] = {3, 0, 1};
    const tuff_array x = ARRAY(TUFF_F32, floats, 3, 4);
    const tuff_array kinds[] = {ARRAY(TUFF_S64, wide, 3), ARRAY(TUFF_S32, column, 3, 1), ARRAY(TUFF_F32, hot, 3, 4), ARRAY(TUFF_F32, whole, 3)};
    for (size_t k = 0; k < 4; k++) {
        tuff_dataset *d = open_set(NPZ("x.npz", {"x.npy", x}, {"y.npy", kinds[k]}));
        assert_int_equal(get(d, 0).label, 3);
        assert_int_equal(get(d, 1).label, 0);
        assert_int_equal(get(d, 2).label, k < 2 ? 7 : 1);
        tuff_dataset_close(d);
    }
}

static void test_labels_that_are_none(void **state) {
    (void)state;
    const int8_t negative[] = {1, -2, 3};
    const float part[] = {1, 0.5f, 0}, soft[] = {0.2f, 0.8f, 0.5f, 0.5f, 1, 0};
    const uint8_t half_hot[] = {0, 1, 1, 1, 0, 1};
    const tuff_array x = ARRAY(TUFF_F32, floats, 3, 4);
    refused(NPZ("x.npz", {"x.npy", x}, {"y.npy", ARRAY(TUFF_S8, negative, 3)}), TUFF_ERR_DATA, "x.npz: label 1 is -2, expected a whole number from 0");
    refused(NPZ("x.npz", {"x.npy", x}, {"y.npy", ARRAY(TUFF_F32, part, 3)}), TUFF_ERR_DATA, "label 1 is 0.5");
    refused(NPZ("x.npz", {"x.npy", x}, {"y.npy", ARRAY(TUFF_U8, half_hot, 3, 2)}), TUFF_ERR_DATA, "labels u8 [3,2]: row 1 is not one-hot");
    refused(NPZ("x.npz", {"x.npy", x}, {"y.npy", ARRAY(TUFF_S8, negative, 2)}), TUFF_ERR_DATA, "labels s8 [2] for the 3 samples of x.npz: the counts differ");
    NPZ("x.npz", {"x.npy", x}, {"y.npy", ARRAY(TUFF_F32, soft, 3, 2)});
    tuff_dataset *d = open_set(s.path); /* a model's outputs, as golden files have them: no labels */
    assert_false(tuff_dataset_has_labels(d));
    tuff_dataset_close(d);
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.need_labels = true;
    refused_with(s.path, o, TUFF_ERR_DATA, "f32 [3,2] are no labels, expected whole numbers [n] or one-hot rows [n,classes]");
}

static void test_npy_and_npz_refusals(void **state) {
    (void)state;
    refused(NPZ("x.npz", {"weights.npy", ARRAY(TUFF_F32, floats, 3)}), TUFF_ERR_DATA,
            "no samples in it: expected x and y, or x_test and y_test, found: weights.npy");
    refused(write_npy("x.npy", array_of(TUFF_F32, floats, 0, NULL)), TUFF_ERR_DATA, "holds a single number");
    refused(write_npy("x.npy", ARRAY(TUFF_C64, floats, 2)), TUFF_ERR_UNSUPPORTED, "complex");
    refused(write_npy("x.npy", ARRAY(TUFF_F32, floats, 0, 4)), TUFF_ERR_DATA, "holds no samples");
    refused(write_npy("x.npy", ARRAY(TUFF_F32, floats, 4, 0)), TUFF_ERR_DATA, "samples of no elements");
}

/* ---- csv ---- */
static void test_csv_with_names_header_and_quotes(void **state) {
    (void)state;
    tuff_dataset *d = open_set(scratch_text(
        &s, "iris.csv", "\xef\xbb\xbfsepal,petal,\"species, latin\"\r\n5.1,1.4,setosa\r\n\r\n# comment\r\n7, 4.7 ,\"versi \"\"c\"\"\"\r\n6.3,-6e-1,setosa"));
    assert_string_equal(tuff_dataset_about(d), "iris.csv: 3 samples of 2 floats, 2 classes");
    assert_true(tuff_dataset_class_count(d) == 2 && get(d, 0).label == 0 && get(d, 1).label == 1 && get(d, 2).label == 0);
    assert_string_equal(tuff_dataset_class_name(d, 1), "versi \"c\"");
    assert_null(tuff_dataset_class_name(d, 2));
    assert_true(((const float *)get(d, 2).data)[1] == -0.6f);
    tuff_dataset_close(d);
}

static void test_csv_with_numbers_as_classes(void **state) {
    (void)state;
    static const char *const texts[] = {"1,2,10\n3,4,2\n", "1;2;10\n3;4;2", "1\t2\t10\n3\t4\t2\n", "a,b,c\n1,2,10\n3,4,2\n"};
    for (size_t k = 0; k < 4; k++) {
        tuff_dataset *d = open_set(scratch_text(&s, "x.csv", texts[k]));
        assert_true(tuff_dataset_count(d) == 2 && tuff_dataset_class_count(d) == 0 && get(d, 0).label == 10 && get(d, 1).label == 2 &&
                    get(d, 0).type == TUFF_F32);
        tuff_dataset_close(d);
    }
}

static void test_csv_of_many_whole_bytes_is_raw(void **state) {
    (void)state;
    char text[2000] = "";
    for (int row = 0; row < 2; row++) {
        for (int k = 0; k < 64; k++) snprintf(text + strlen(text), 8, "%d,", row ? 255 - k : k);
        strcat(text, row ? "1\n" : "0\n");
    }
    tuff_dataset *d = open_set(scratch_text(&s, "x.csv", text));
    const tuff_sample x = get(d, 1);
    assert_true(x.type == TUFF_U8 && x.bytes == 64 && ((const uint8_t *)x.data)[63] == 192 && !x.picture && x.label == 1);
    tuff_dataset_close(d);
}

static void test_csv_of_just_the_model_s_columns_has_no_classes(void **state) {
    (void)state;
    const int32_t shape[] = {1, 3};
    const tuff_tensor input = {.type = TUFF_F32, .rank = 2, .shape = shape};
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.input = &input;
    const char *const texts[] = {"1,2,0.25\n4,5,6\n", "a,b,c\n1,2,0.25\n4,5,6\n"};
    for (size_t k = 0; k < 2; k++) {
        tuff_dataset *d = NULL;
        tuff_error error = {0};
        assert_int_equal(tuff_dataset_open(scratch_text(&s, "x.csv", texts[k]), &o, &d, &error), TUFF_OK);
        assert_string_equal(tuff_dataset_about(d), "x.csv: 2 samples of 3 floats");
        assert_false(tuff_dataset_has_labels(d));
        assert_float_equal(((const float *)get(d, 0).data)[2], 0.25, 0);
        tuff_dataset_close(d);
    }
    refused_with(scratch_text(&s, "x.csv", "1,2,0.25,0.5\n"), o, TUFF_ERR_DATA, "the last column is the class");
}

static void test_csv_refusals(void **state) {
    (void)state;
    refused(scratch_text(&s, "x.csv", "1,2,a\n1,2\n"), TUFF_ERR_DATA, "x.csv: line 2: expected 3 columns, found 2");
    refused(scratch_text(&s, "x.csv", "1,2,a\n1,two,b\n"), TUFF_ERR_DATA, "x.csv: line 2, column 2: expected a number, found \"two\"");
    refused(scratch_text(&s, "x.csv", "1,2,a\n1,,b\n"), TUFF_ERR_DATA, "line 2, column 2: expected a number, found \"\"");
    refused(scratch_text(&s, "x.csv", "1,2,a\n1,3,\n"), TUFF_ERR_DATA, "line 2, column 3: the class is missing");
    refused(scratch_text(&s, "x.csv", "1,2,0.25\n1,3,0.5\n"), TUFF_ERR_DATA,
            "row 1: the last column is the class, expected a name or a whole number from 0, found 0.25");
    refused(scratch_text(&s, "x.csv", "1,2,-1\n"), TUFF_ERR_DATA, "found -1");
    refused(scratch_text(&s, "x.csv", "a,b,c\n"), TUFF_ERR_DATA, "no line of data");
    refused(scratch_text(&s, "x.csv", "hello\n"), TUFF_ERR_DATA, "line 1 has one column");
    char text[6000];
    memset(text, '1', sizeof text);
    text[5000] = 0;
    refused(scratch_write(&s, "x.csv", text, sizeof text), TUFF_ERR_FORMAT, "has a zero byte at 5000");
}

/* ---- pictures ---- */
static void test_folder_per_class(void **state) {
    (void)state;
    tuff_dataset *d = open_set(DATA "digits/folders/");
    assert_string_equal(tuff_dataset_about(d), "folders: 12 pictures, 8 classes");
    assert_true(tuff_dataset_class_count(d) == 0 && get(d, 0).label == 0 && get(d, 11).label == 9); /* whole numbers are the classes */
    for (size_t k = 0; k < 12; k++) assert_true(get(d, k).shape[0] == 28 && get(d, k).shape[2] == 1 && get(d, k).picture);
    assert_non_null(strstr(get(d, 2).name, "digits/folders/1/2.bmp"));
    tuff_dataset_close(d);
}

static void test_folder_names_are_classes_in_byte_order(void **state) {
    (void)state;
    static const char *const folders[] = {"set", "set/zebra", "set/Ant", "set/cat 2", "set/empty"};
    for (size_t k = 0; k < 5; k++) scratch_mkdir(&s, folders[k]);
    copy(DATA "digit.png", "set/zebra/b.PNG");
    copy(DATA "pictures/rgb.jpg", "set/zebra/a.jpeg");
    copy(DATA "pictures/bits8.bmp", "set/Ant/x.bmp");
    copy(DATA "digit.png", "set/cat 2/ü.jpg"); /* content decides */
    scratch_text(&s, "set/Ant/readme.txt", "no picture");
    scratch_text(&s, "set/.hidden.png", "no picture");
    tuff_dataset *d = open_set(scratch_path(&s, "set"));
    assert_string_equal(tuff_dataset_about(d), "set: 4 pictures, 3 classes");
    assert_string_equal(tuff_dataset_class_name(d, 0), "Ant");
    assert_string_equal(tuff_dataset_class_name(d, 2), "zebra");
    assert_true(get(d, 0).label == 0 && get(d, 1).label == 1 && get(d, 2).label == 2 && get(d, 2).shape[2] == 3 && get(d, 3).shape[2] == 1);
    tuff_dataset_close(d);
}

static void test_folder_of_pictures_alone_is_unlabelled(void **state) {
    (void)state;
    scratch_mkdir(&s, "flat");
    copy(DATA "digit.png", "flat/b.png");
    copy(DATA "digit_inverted.png", "flat/a.png");
    tuff_dataset *d = open_set(scratch_path(&s, "flat"));
    assert_true(tuff_dataset_count(d) == 2 && !tuff_dataset_has_labels(d) && *(const uint8_t *)get(d, 0).data == 255);
    tuff_dataset_close(d);
    refused(scratch_mkdir(&s, "bare"), TUFF_ERR_DATA, "a folder without pictures");
    scratch_mkdir(&s, "flat/class");
    copy(DATA "digit.png", "flat/class/a.png");
    refused(scratch_path(&s, "flat"), TUFF_ERR_DATA, "flat: holds 2 pictures beside folders of pictures");
}

static void test_damaged_picture_in_a_folder_is_named_when_it_is_read(void **state) {
    (void)state;
    scratch_mkdir(&s, "flat");
    copy(DATA "digit.png", "flat/a.png");
    scratch_text(&s, "flat/b.png", "\x89PNG\r\n\x1a\nrubbish");
    tuff_dataset *d = open_set(scratch_path(&s, "flat"));
    tuff_error e = {0};
    tuff_sample x;
    assert_int_equal(tuff_dataset_get(d, 1, &x, &e), TUFF_ERR_FORMAT);
    assert_non_null(strstr(e.message, "flat/b.png: damaged PNG"));
    assert_int_equal(get(d, 0).shape[0], 28); /* the set goes on */
    tuff_dataset_close(d);
}

static void test_single_picture(void **state) {
    (void)state;
    tuff_dataset *d = open_set(DATA "digit.png");
    assert_string_equal(tuff_dataset_about(d), "digit.png: 1 picture 28x28x1");
    tuff_dataset *inverted = open_set(DATA "digit_inverted.png");
    const uint8_t *a = get(d, 0).data, *b = get(inverted, 0).data;
    for (size_t k = 0; k < 784; k++) assert_int_equal(a[k], 255 - b[k]);
    tuff_dataset_close(d);
    tuff_dataset_close(inverted);
}

/* ---- what is no data ---- */
static void test_files_of_other_kinds_are_refused(void **state) {
    (void)state;
    refused(scratch_text(&s, "empty", ""), TUFF_ERR_FORMAT, "empty: the file is empty");
    refused(scratch_write(&s, "bad.tflite", "\x18\0\0\0TFL3", 8), TUFF_ERR_FORMAT, "is a .tflite model, expected idx, .npy, .npz, CSV");
    refused(scratch_path(&s, "none"), TUFF_ERR_IO, "none: no such file");
    tuff_data_options o = TUFF_DATA_OPTIONS;
    o.size = 3;
    refused_with(s.path, o, TUFF_ERR_ARGUMENT, "tuff_data_options: size is 3");
}

static void test_standard_input_is_read(void **state) {
    (void)state;
    if (!freopen(DATA "digit.png", "rb", stdin)) fail();
    tuff_dataset *d = open_set("-");
    assert_string_equal(tuff_dataset_about(d), "standard input: 1 picture 28x28x1");
    tuff_dataset_close(d);
}

/* Changed and cut files of each kind open, or are refused: no crash, no leak, no reading beyond the end. */
static void test_datasets_survive_mutation(void **state) {
    (void)state;
    const uint8_t labels[] = {1, 2, 0};
    tuff_error e = {0};
    tuff_buffer files[5];
    const uint8_t idx[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8};
    const char *paths[5];
    char names[5][1024];
    for (size_t k = 0; k < 5; k++) {
        const char *path = k == 0   ? scratch_write(&s, "0", idx, sizeof idx)
                           : k == 1 ? write_npy("1", ARRAY(TUFF_F64, bytes, 2, 3))
                           : k == 2 ? NPZ("2", {"x.npy", ARRAY(TUFF_F32, floats, 3, 4)}, {"y.npy", ARRAY(TUFF_U8, labels, 3)})
                           : k == 3 ? scratch_text(&s, "3", "a,b,\"c\"\n1,2,x\n3,4,\"y\"\"\"\n5,6,x\n")
                                    : DATA "digits/first100-labels-idx1-ubyte.gz";
        paths[k] = strcpy(names[k], path);
        assert_int_equal(tuff_file_read(paths[k], &files[k], &e), TUFF_OK);
    }
    uint32_t seed = 11;
    for (int round = 0; round < 2000; round++) {
        const tuff_buffer *file = &files[round % 5];
        uint8_t bad[4096];
        const size_t count = scratch_random(&seed) % 5 ? file->count : scratch_random(&seed) % (uint32_t)file->count;
        memcpy(bad, file->data, count);
        for (uint32_t m = 0; count && m < 1 + scratch_random(&seed) % 3; m++) bad[scratch_random(&seed) % (uint32_t)count] = (uint8_t)scratch_random(&seed);
        scratch_write(&s, "mutant-images", bad, count);
        tuff_dataset *d;
        tuff_sample x;
        e = (tuff_error){0};
        const tuff_data_options o = TUFF_DATA_OPTIONS;
        if (tuff_dataset_open(s.path, &o, &d, &e) != TUFF_OK) continue;
        for (size_t k = 0; k < tuff_dataset_count(d) && k < 5; k++) {
            uint8_t sum = 0;
            if (tuff_dataset_get(d, k, &x, &e) != TUFF_OK) break;
            for (size_t j = 0; j < x.bytes; j++) sum = (uint8_t)(sum + ((const uint8_t *)x.data)[j]);
            (void)sum;
        }
        tuff_dataset_close(d);
    }
    for (size_t k = 0; k < 5; k++) tuff_buffer_free(&files[k]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_idx_finds_its_labels_beside_it),
        TEST(test_idx_labels_may_be_unzipped_where_the_images_are_zipped),
        TEST(test_limit_spreads_evenly),
        TEST(test_idx_of_other_types_is_big_endian),
        TEST(test_idx_refusals),
        TEST(test_npy_samples_lie_along_the_first_axis),
        TEST(test_npy_of_the_models_shape_is_one_sample),
        TEST(test_npz_splits_as_keras_caches_them),
        TEST(test_labels_of_any_integer_type_and_one_hot),
        TEST(test_labels_that_are_none),
        TEST(test_npy_and_npz_refusals),
        TEST(test_csv_with_names_header_and_quotes),
        TEST(test_csv_with_numbers_as_classes),
        TEST(test_csv_of_many_whole_bytes_is_raw),
        TEST(test_csv_of_just_the_model_s_columns_has_no_classes),
        TEST(test_csv_refusals),
        TEST(test_folder_per_class),
        TEST(test_folder_names_are_classes_in_byte_order),
        TEST(test_folder_of_pictures_alone_is_unlabelled),
        TEST(test_damaged_picture_in_a_folder_is_named_when_it_is_read),
        TEST(test_single_picture),
        TEST(test_files_of_other_kinds_are_refused),
        TEST(test_standard_input_is_read),
        TEST(test_datasets_survive_mutation),
    };
    return cmocka_run_group_tests_name("datasets", tests, NULL, NULL);
}
