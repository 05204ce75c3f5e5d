/* Reading and writing whole files, .npy arrays, zip archives.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/io/npy.h"
#include "kit/io/zip.h"
#include "scratch.h"

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

static void assert_says(const tuff_error *e, tuff_status status, const char *words) {
    if (e->status != status || !strstr(e->message, words)) fail_msg("expected status %d with \"%s\", found %d: %s", status, words, e->status, e->message);
}

/* ---- files ---- */
static void test_written_file_reads_back_and_leaves_nothing_beside_it(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_buffer b;
    assert_int_equal(tuff_file_write(scratch_path(&s, "a b"), "first", 5, &e), TUFF_OK);
    assert_int_equal(tuff_file_write(scratch_path(&s, "a b"), "second!", 7, &e), TUFF_OK);
    assert_int_equal(tuff_file_read(s.path, &b, &e), TUFF_OK);
    assert_int_equal(b.count, 7);
    assert_string_equal((char *)b.data, "second!");
    tuff_buffer_free(&b);
    assert_int_equal(scratch_count(&s), 1);
}

static void test_writing_keeps_mode_and_symbolic_links(void **state) {
    (void)state;
    tuff_error e = {0};
    char target[1024];
    struct stat info;
    strcpy(target, scratch_text(&s, "real", "old"));
    chmod(target, 0640);
    assert_int_equal(symlink(target, scratch_path(&s, "link")), 0);
    assert_int_equal(tuff_file_write(s.path, "new", 3, &e), TUFF_OK);
    assert_int_equal(lstat(s.path, &info), 0);
    assert_true(S_ISLNK(info.st_mode));
    assert_int_equal(stat(target, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0640);
    tuff_buffer b;
    assert_int_equal(tuff_file_read(target, &b, &e), TUFF_OK);
    assert_string_equal((char *)b.data, "new");
    tuff_buffer_free(&b);
}

static void test_devices_are_written_directly_and_stay(void **state) {
    (void)state;
    tuff_error e = {0};
    struct stat before, after;
    if (stat("/dev/full", &before) != 0) skip();
    assert_int_equal(tuff_file_write("/dev/full", "x", 1, &e), TUFF_ERR_IO);
    assert_says(&e, TUFF_ERR_IO, "/dev/full: cannot be written: disk full");
    assert_int_equal(stat("/dev/full", &after), 0);
    assert_true(S_ISCHR(after.st_mode) && after.st_ino == before.st_ino);
    e = (tuff_error){0};
    assert_int_equal(tuff_file_write("/dev/null", "x", 1, &e), TUFF_OK);
}

static void test_errors_of_files_name_the_file_and_the_reason(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_buffer b;
    assert_int_not_equal(tuff_file_read(scratch_path(&s, "none"), &b, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "none: no such file");
    e = (tuff_error){0};
    assert_int_not_equal(tuff_file_read(s.folder, &b, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "is a folder, expected a file");
    e = (tuff_error){0};
    assert_int_not_equal(tuff_file_write(s.folder, "x", 1, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "is a folder");
    e = (tuff_error){0};
    assert_int_not_equal(tuff_file_write(scratch_path(&s, "no/where"), "x", 1, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "no such folder");
    e = (tuff_error){0};
    assert_int_not_equal(tuff_file_write("", "x", 1, &e), TUFF_OK);
    if (geteuid() == 0) return; /* root may read and write anything */
    e = (tuff_error){0};
    chmod(scratch_text(&s, "secret", "x"), 0);
    assert_int_not_equal(tuff_file_read(s.path, &b, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "permission denied");
    e = (tuff_error){0};
    chmod(scratch_mkdir(&s, "closed"), 0555);
    assert_int_not_equal(tuff_file_write(scratch_path(&s, "closed/x"), "x", 1, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "permission denied");
    e = (tuff_error){0};
    chmod(scratch_text(&s, "protected", "x"), 0444);
    assert_int_not_equal(tuff_file_write(s.path, "y", 1, &e), TUFF_OK);
    assert_says(&e, TUFF_ERR_IO, "permission denied");
}

static void test_gunzip_takes_gzip_and_leaves_the_rest(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_buffer b = {0};
    assert_int_equal(tuff_buffer_add(&b, "plain", 5, &e), TUFF_OK);
    assert_int_equal(tuff_buffer_gunzip("x", &b, &e), TUFF_OK);
    assert_string_equal((char *)b.data, "plain");
    tuff_buffer_free(&b);
    for (size_t cut = 2; cut < 83; cut += 9) { /* truncated anywhere: an error, never garbage */
        assert_int_equal(tuff_file_read(TUFF_SOURCE_DIR "/tests/data/digits/first100-labels-idx1-ubyte.gz", &b, &e), TUFF_OK);
        b.count = cut;
        assert_int_equal(tuff_buffer_gunzip("x.gz", &b, &e), TUFF_ERR_FORMAT);
        assert_says(&e, TUFF_ERR_FORMAT, "x.gz: gzip data ends early");
        e = (tuff_error){0};
        tuff_buffer_free(&b);
    }
}

/* ---- arrays ---- */
static tuff_status read_npy(const void *bytes, size_t count, tuff_array *a, tuff_error *e) {
    tuff_buffer b = {0};
    assert_int_equal(tuff_buffer_add(&b, bytes, count, e), TUFF_OK);
    return tuff_npy_read("a.npy", &b, a, e);
}

/* An .npy with this dictionary and these elements. */
static size_t make_npy(uint8_t *to, const char *dictionary, const void *elements, size_t count) {
    const size_t length = strlen(dictionary);
    memcpy(to, "\x93NUMPY\x01\x00", 8);
    to[8] = (uint8_t)length;
    to[9] = (uint8_t)(length >> 8);
    memcpy(to + 10, dictionary, length);
    if (count) memcpy(to + 10 + length, elements, count);
    return 10 + length + count;
}

static void test_npy_round_trip_of_every_type(void **state) {
    (void)state;
    static const tuff_type types[] = {TUFF_BOOL, TUFF_U8,  TUFF_U16, TUFF_U32, TUFF_U64, TUFF_S8,  TUFF_S16,
                                      TUFF_S32,  TUFF_S64, TUFF_F16, TUFF_F32, TUFF_F64, TUFF_C64, TUFF_C128};
    double values[48];
    for (size_t k = 0; k < 48; k++) values[k] = (double)k * 1.5;
    for (size_t k = 0; k < sizeof types / sizeof *types; k++) {
        tuff_error e = {0};
        const size_t each = (size_t)tuff_type_bits(types[k]) / 8;
        const tuff_array a = {.type = types[k], .rank = 3, .shape = {2, 3, 4}, .count = 24, .data = values, .bytes = 24 * each};
        tuff_buffer b = {0};
        tuff_array back;
        assert_int_equal(tuff_npy_write(&a, &b, &e), TUFF_OK);
        assert_int_equal((b.count - a.bytes) % 64, 0);
        assert_int_equal(tuff_npy_read("a.npy", &b, &back, &e), TUFF_OK);
        assert_true(back.type == a.type && back.rank == 3 && back.shape[2] == 4 && back.count == 24 && back.bytes == a.bytes);
        assert_memory_equal(back.data, values, a.bytes);
        tuff_array_free(&back);
    }
}

static void test_npy_converts_fortran_order_and_byte_order(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_array a;
    uint8_t file[300];
    const int16_t columns[] = {1, 4, 2, 5, 3, 6}, rows[] = {1, 2, 3, 4, 5, 6};
    size_t n = make_npy(file, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }\n", columns, sizeof columns);
    assert_int_equal(read_npy(file, n, &a, &e), TUFF_OK);
    assert_memory_equal(a.data, rows, sizeof rows);
    tuff_array_free(&a);
    const uint8_t big[] = {0, 1, 0xff, 0xfe};
    n = make_npy(file, "{'shape': (2,), 'fortran_order': False, 'descr': '>i2'}", big, sizeof big);
    assert_int_equal(read_npy(file, n, &a, &e), TUFF_OK);
    assert_true(((const int16_t *)a.data)[0] == 1 && ((const int16_t *)a.data)[1] == -2);
    tuff_array_free(&a);
    n = make_npy(file, "{'descr': '<f8', 'fortran_order': False, 'shape': ()}", &(double){2.5}, 8);
    assert_int_equal(read_npy(file, n, &a, &e), TUFF_OK);
    assert_int_equal(a.rank, 0);
    assert_int_equal(tuff_array_to_f32(&a, &e), TUFF_OK);
    assert_true(*(const float *)a.data == 2.5f);
    tuff_array_free(&a);
}

static void test_npy_refuses_what_is_malformed(void **state) {
    (void)state;
    static const struct {
        const char *dictionary, *says;
    } cases[] = {
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", "truncated: expected f32 [2,3], which is 24 bytes, found 4"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "object array"},
        {"{'descr': '<U3', 'fortran_order': False, 'shape': (1,), }", "elements of NumPy type '<U3'"},
        {"{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", "structured array"},
        {"{'descr': '<f4', 'fortran_order': False, }", "expected descr, fortran_order and shape"},
        {"{'descr': '<f4', 'fortran_order': Maybe, 'shape': (1,)}", "expected True or False"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "expected a dimension"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1 1)}", "expected ',' or ')'"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999, 99999999999)}", "more than 2^63"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807,)}", "expected a smaller dimension"},
        {"{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1)}", "more than 8 dimensions"},
        {"{'descr': '<f4', 'other': 1}", "expected the end of a key"},
        {"", "expected '{'"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tuff_error e = {0};
        tuff_array a;
        uint8_t file[300];
        const size_t n = make_npy(file, cases[k].dictionary, "abcd", 4);
        assert_int_not_equal(read_npy(file, n, &a, &e), TUFF_OK);
        assert_says(&e, e.status, cases[k].says);
        assert_non_null(strstr(e.message, "a.npy: "));
    }
    tuff_error e = {0};
    tuff_array a;
    assert_int_equal(read_npy("short", 5, &a, &e), TUFF_ERR_FORMAT);
}

static void test_npy_survives_mutation(void **state) {
    (void)state;
    uint8_t file[300], bad[300];
    uint32_t seed = 1;
    const size_t n = make_npy(file, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3, 1), }  \n", "123456781234567812345678", 24);
    for (int round = 0; round < 20000; round++) {
        tuff_array a;
        tuff_error e = {0};
        memcpy(bad, file, n);
        for (uint32_t m = scratch_random(&seed) % 4; m < 4; m++) bad[scratch_random(&seed) % n] = (uint8_t)scratch_random(&seed);
        if (read_npy(bad, scratch_random(&seed) % 8 ? n : scratch_random(&seed) % n, &a, &e) == TUFF_OK) tuff_array_free(&a);
    }
}

/* ---- zip ---- */
static tuff_buffer make_zip(void) {
    tuff_error e = {0};
    tuff_zip_writer *w;
    tuff_buffer b;
    char zeros[5000] = {0};
    assert_int_equal(tuff_zip_create(&w, &e), TUFF_OK);
    assert_int_equal(tuff_zip_add(w, "a.txt", "hello", 5, &e), TUFF_OK);
    assert_int_equal(tuff_zip_add(w, "dir/zeros", zeros, sizeof zeros, &e), TUFF_OK);
    assert_int_equal(tuff_zip_finish(w, &b, &e), TUFF_OK);
    return b;
}

static void test_zip_round_trip(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_buffer b = make_zip(), member;
    tuff_zip *z;
    assert_true(tuff_zip_is(b.data, b.count) && b.count < 1000);
    assert_int_equal(tuff_zip_open("z.zip", &b, &z, &e), TUFF_OK);
    assert_int_equal(tuff_zip_count(z), 2);
    assert_string_equal(tuff_zip_name(z, 1), "dir/zeros");
    assert_null(tuff_zip_name(z, 2));
    assert_int_equal(tuff_zip_find(z, "none"), -1);
    assert_int_equal(tuff_zip_read(z, tuff_zip_find(z, "a.txt"), &member, &e), TUFF_OK);
    assert_string_equal((char *)member.data, "hello");
    tuff_buffer_free(&member);
    assert_int_equal(tuff_zip_read(z, 1, &member, &e), TUFF_OK);
    assert_int_equal(member.count, 5000);
    tuff_buffer_free(&member);
    tuff_zip_close(z);
}

static void test_zip_survives_mutation_and_truncation(void **state) {
    (void)state;
    uint32_t seed = 7;
    const tuff_buffer good = make_zip();
    for (int round = 0; round < 3000; round++) {
        tuff_error e = {0};
        tuff_buffer b = {0}, member;
        tuff_zip *z;
        assert_int_equal(tuff_buffer_add(&b, good.data, round % 3 ? good.count : scratch_random(&seed) % good.count, &e), TUFF_OK);
        for (int m = 0; b.count && m < 3; m++) b.data[scratch_random(&seed) % b.count] = (uint8_t)scratch_random(&seed);
        if (tuff_zip_open("z.zip", &b, &z, &e) != TUFF_OK) continue;
        for (int64_t k = 0; k < tuff_zip_count(z) && k < 4; k++) {
            e = (tuff_error){0};
            if (tuff_zip_read(z, k, &member, &e) == TUFF_OK) tuff_buffer_free(&member);
        }
        tuff_zip_close(z);
    }
    free(good.data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_written_file_reads_back_and_leaves_nothing_beside_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_writing_keeps_mode_and_symbolic_links, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_devices_are_written_directly_and_stay, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_errors_of_files_name_the_file_and_the_reason, set_up, tear_down),
        cmocka_unit_test(test_gunzip_takes_gzip_and_leaves_the_rest),
        cmocka_unit_test(test_npy_round_trip_of_every_type),
        cmocka_unit_test(test_npy_converts_fortran_order_and_byte_order),
        cmocka_unit_test(test_npy_refuses_what_is_malformed),
        cmocka_unit_test(test_npy_survives_mutation),
        cmocka_unit_test(test_zip_round_trip),
        cmocka_unit_test(test_zip_survives_mutation_and_truncation),
    };
    return cmocka_run_group_tests_name("kit/io", tests, NULL, NULL);
}
