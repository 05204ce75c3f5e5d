/* FlatBuffers: what is written can be read; what is broken is refused at the offset that is wrong.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "flatbuffer/flatbuffer.h"

/* root: 0 u8 7, 1 s32 -5, 2 f32 0.5, 3 string "name", 4 s64s [1, 2], 5 tables [{0: u32 1}, {0: u32 2}], 6 absent, 7 u64 */
static uint8_t *sample(size_t *count) {
    tuff_flat_writer w;
    tuff_error error = {0};
    tuff_flat_begin(&w, NULL, 0, &error);
    const int64_t longs[] = {1, 2};
    const tuff_flat_ref list = tuff_flat_put_vector(&w, longs, 2, 8, 8), name = tuff_flat_put_string(&w, "name");
    tuff_flat_ref tables[2];
    for (uint32_t k = 0; k < 2; k++) {
        tuff_flat_table_begin(&w);
        tuff_flat_put_u32(&w, 0, k + 1);
        tables[k] = tuff_flat_table_end(&w);
    }
    const tuff_flat_ref both = tuff_flat_put_refs(&w, tables, 2);
    tuff_flat_table_begin(&w);
    tuff_flat_put_u8(&w, 0, 7);
    tuff_flat_put_s32(&w, 1, -5);
    tuff_flat_put_f32(&w, 2, 0.5f);
    tuff_flat_put_ref(&w, 3, name);
    tuff_flat_put_ref(&w, 4, list);
    tuff_flat_put_ref(&w, 5, both);
    tuff_flat_put_ref(&w, 6, 0);
    tuff_flat_put_u64(&w, 7, 1ull << 40);
    uint8_t *bytes = NULL;
    assert_int_equal(tuff_flat_finish(&w, tuff_flat_table_end(&w), "TEST", &bytes, count), TUFF_OK);
    return bytes;
}

static void test_reads_what_it_writes(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    tuff_flat flat;
    tuff_error error = {0};
    const tuff_flat_table root = tuff_flat_open(&flat, bytes, count, "TEST", &error);
    assert_int_equal(count % 16, 0);
    assert_int_equal(tuff_flat_u8(&root, 0, 0), 7);
    assert_int_equal(tuff_flat_s32(&root, 1, 0), -5);
    assert_true(tuff_flat_f32(&root, 2, 0) == 0.5f);
    assert_string_equal(tuff_flat_string(&root, 3), "name");
    const tuff_flat_vector list = tuff_flat_scalars(&root, 4, 8);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.at % 8, 0);
    const tuff_flat_vector tables = tuff_flat_tables(&root, 5);
    assert_int_equal(tables.count, 2);
    for (uint32_t k = 0; k < 2; k++) {
        const tuff_flat_table t = tuff_flat_table_at(&tables, k);
        assert_int_equal(tuff_flat_u32(&t, 0, 0), k + 1);
        assert_int_equal(tuff_flat_u32(&t, 1, 99), 99);
    }
    assert_true(tuff_flat_u64(&root, 7, 0) == 1ull << 40);
    assert_false(tuff_flat_failed(&flat));
    free(bytes);
}

static void test_absent_fields_give_defaults(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    tuff_flat flat;
    const tuff_flat_table root = tuff_flat_open(&flat, bytes, count, "TEST", NULL);
    assert_int_equal(tuff_flat_s32(&root, 6, 11), 11);
    assert_int_equal(tuff_flat_s32(&root, 30, 12), 12);
    assert_null(tuff_flat_string(&root, 6));
    const tuff_flat_table none = tuff_flat_sub(&root, 6);
    assert_int_equal(none.at, 0);
    assert_int_equal(tuff_flat_s32(&none, 0, 13), 13);
    const tuff_flat_vector nothing = tuff_flat_scalars(&none, 0, 4);
    assert_null(nothing.data);
    assert_false(tuff_flat_failed(&flat));
    free(bytes);
}

static void test_equal_vtables_are_shared(void **state) {
    (void)state;
    tuff_flat_writer w;
    tuff_flat_begin(&w, NULL, 0, NULL);
    tuff_flat_ref refs[100];
    for (uint32_t k = 0; k < 100; k++) {
        tuff_flat_table_begin(&w);
        tuff_flat_put_u32(&w, 3, k);
        refs[k] = tuff_flat_table_end(&w);
    }
    assert_int_equal(w.n_vtables, 1);
    const tuff_flat_ref list = tuff_flat_put_refs(&w, refs, 100);
    tuff_flat_table_begin(&w);
    tuff_flat_put_ref(&w, 0, list);
    uint8_t *bytes;
    size_t count;
    assert_int_equal(tuff_flat_finish(&w, tuff_flat_table_end(&w), "TEST", &bytes, &count), TUFF_OK);
    assert_true(count < 100 * 12 + 64);
    free(bytes);
}

/* Walks everything that sample() holds. */
static tuff_status walk(const uint8_t *bytes, size_t count, tuff_error *error) {
    tuff_flat flat;
    const tuff_flat_table root = tuff_flat_open(&flat, bytes, count, "TEST", error);
    for (int k = 0; k < 3; k++) (void)tuff_flat_s32(&root, k, 0);
    const char *name = tuff_flat_string(&root, 3);
    size_t sum = name ? strlen(name) : 0;
    const tuff_flat_vector list = tuff_flat_scalars(&root, 4, 8);
    for (size_t k = 0; k < list.count * 8; k++) sum += list.data[k];
    const tuff_flat_vector tables = tuff_flat_tables(&root, 5);
    for (size_t k = 0; k < tables.count && !tuff_flat_failed(&flat); k++) {
        const tuff_flat_table t = tuff_flat_table_at(&tables, k);
        sum += tuff_flat_u32(&t, 0, 0);
    }
    (void)sum;
    return flat.status;
}

static void test_every_truncation_is_refused_or_reads_inside(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    for (size_t n = 0; n < count; n++) {
        uint8_t *part = malloc(n ? n : 1); /* of exactly n bytes, so that a sanitizer sees a read beyond */
        memcpy(part, bytes, n);
        tuff_error error = {0};
        const tuff_status status = walk(part, n, &error);
        if (status != TUFF_OK) assert_true(error.message[0] != 0);
        free(part);
    }
    free(bytes);
}

static void test_every_changed_byte_is_refused_or_reads_inside(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    static const uint8_t values[] = {0, 1, 2, 4, 0x7f, 0x80, 0xfe, 0xff};
    for (size_t n = 0; n < count; n++)
        for (size_t v = 0; v < sizeof values; v++) {
            uint8_t *copy = malloc(count);
            memcpy(copy, bytes, count);
            copy[n] = values[v];
            (void)walk(copy, count, NULL);
            free(copy);
        }
    free(bytes);
}

static void expect(const uint8_t *bytes, size_t count, const char *what) {
    tuff_error error = {0};
    assert_int_equal(walk(bytes, count, &error), TUFF_ERR_FORMAT);
    if (!strstr(error.message, what)) fail_msg("expected \"%s\" in \"%s\"", what, error.message);
}

static void test_errors_name_the_byte(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    const uint8_t tiny[] = {0x18, 0, 0, 0, 'T', 'E', 'S', 'T'};
    expect(tiny, sizeof tiny, "byte 24: a table of 4 bytes goes beyond the file's 8 bytes");
    expect(tiny, 0, "the file has 0 bytes");
    uint8_t *copy = malloc(count);
    memcpy(copy, bytes, count);
    copy[5] = 'X';
    expect(copy, count, "byte 4: found \"TXST\", expected \"TEST\"");
    memcpy(copy, bytes, count);
    copy[0] = (uint8_t)(copy[0] + 1);
    expect(copy, count, "isn't aligned to 4 bytes");
    memcpy(copy, bytes, count);
    copy[copy[0] + 3] = 0x7f; /* the root's distance to its vtable */
    expect(copy, count, "vtable lies outside the file");
    free(copy);
    free(bytes);
}

static void test_copies_are_bounded_by_the_file(void **state) {
    (void)state;
    size_t count;
    uint8_t *bytes = sample(&count);
    tuff_flat flat;
    tuff_error error = {0};
    (void)tuff_flat_open(&flat, bytes, count, "TEST", &error);
    assert_true(tuff_flat_spend(&flat, 1 << 20));
    assert_false(tuff_flat_spend(&flat, 1 << 20));
    assert_int_equal(error.status, TUFF_ERR_LIMIT);
    free(bytes);
}

typedef struct failing {
    int left;
} failing;
static void *failing_resize(void *context, void *old, size_t bytes) {
    failing *f = context;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return f->left-- > 0 ? realloc(old, bytes) : NULL;
}

static void test_writer_survives_lack_of_memory(void **state) {
    (void)state;
    for (int n = 0; n < 20; n++) {
        failing f = {n};
        const tuff_allocator a = {failing_resize, &f};
        tuff_error error = {0};
        tuff_flat_writer w;
        tuff_flat_begin(&w, &a, 0, &error);
        for (int k = 0; k < 300; k++) {
            tuff_flat_table_begin(&w);
            tuff_flat_put_s32(&w, k % 32, k);
            (void)tuff_flat_table_end(&w);
        }
        uint8_t *bytes = NULL;
        size_t count;
        const tuff_status status = tuff_flat_finish(&w, 4, "TEST", &bytes, &count);
        assert_int_equal(status, error.status);
        if (status == TUFF_OK) {
            free(bytes);
            return;
        }
        assert_int_equal(status, TUFF_ERR_MEMORY);
    }
    fail();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_it_writes),
        cmocka_unit_test(test_absent_fields_give_defaults),
        cmocka_unit_test(test_equal_vtables_are_shared),
        cmocka_unit_test(test_every_truncation_is_refused_or_reads_inside),
        cmocka_unit_test(test_every_changed_byte_is_refused_or_reads_inside),
        cmocka_unit_test(test_errors_name_the_byte),
        cmocka_unit_test(test_copies_are_bounded_by_the_file),
        cmocka_unit_test(test_writer_survives_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
