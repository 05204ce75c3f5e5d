/* Arenas, errors, checked sizes, types and cpu levels.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/check.h"
#include "base/cpu.h"
#include "tuff/op.h"

/* ---- arena ---- */
typedef struct meter { /* an allocator that counts, and fails the n-th request */
    int blocks, requests, fail_at;
} meter;
static void *metered(void *context, void *old, size_t bytes) {
    meter *m = context;
    if (bytes == 0) {
        m->blocks--;
        free(old);
        return NULL;
    }
    if (m->requests++ == m->fail_at) return NULL;
    m->blocks++;
    return realloc(old, bytes);
}

static void test_arena_gives_aligned_zeroed_memory_that_stays(void **state) {
    (void)state;
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    assert_non_null(arena);
    uint8_t *taken[300];
    size_t total = 0;
    for (size_t k = 0; k < 300; k++) {
        const size_t bytes = k * k % 2000, align = (size_t)1 << (k % 7);
        taken[k] = tuff_arena_take(arena, bytes, align, NULL);
        assert_non_null(taken[k]);
        assert_int_equal((uintptr_t)taken[k] % align, 0);
        for (size_t i = 0; i < bytes; i++) assert_int_equal(taken[k][i], 0);
        memset(taken[k], (int)k & 255, bytes);
        total += bytes;
    }
    for (size_t k = 0; k < 300; k++)
        for (size_t i = 0; i < k * k % 2000; i++) assert_int_equal(taken[k][i], k & 255);
    assert_true(tuff_arena_used(arena) >= total);
    assert_non_null(tuff_arena_take(arena, (size_t)5 << 20, 64, NULL));
    tuff_arena_destroy(arena);
    tuff_arena_destroy(NULL);
}

static void test_arena_copies_strings_and_formats(void **state) {
    (void)state;
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    assert_string_equal(tuff_arena_string(arena, "dense", NULL), "dense");
    assert_string_equal(tuff_arena_format(arena, NULL, "%s_%d", "dense", 7), "dense_7");
    assert_string_equal(tuff_arena_format(arena, NULL, "%5000d", 1) + 4999, "1");
    const int data[3] = {1, 2, 3};
    const int *copy = tuff_arena_copy(arena, data, sizeof data, NULL);
    assert_memory_equal(copy, data, sizeof data);
    assert_int_equal((uintptr_t)copy % 64, 0);
    tuff_arena_destroy(arena);
}

static void test_arena_refuses_sizes_that_overflow(void **state) {
    (void)state;
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    tuff_error error = {0};
    assert_null(tuff_arena_array(arena, SIZE_MAX / 4, 8, &error));
    assert_int_equal(error.status, TUFF_ERR_MEMORY);
    assert_null(tuff_arena_take(arena, SIZE_MAX - 8, 16, NULL));
    assert_non_null(tuff_arena_take(arena, 8, 16, NULL));
    tuff_arena_destroy(arena);
}

static void test_arena_survives_each_failed_request(void **state) {
    (void)state;
    for (int fail_at = 0; fail_at < 6; fail_at++) {
        meter m = {.fail_at = fail_at};
        const tuff_allocator a = {metered, &m};
        tuff_error error = {0};
        tuff_arena *arena = tuff_arena_create(&a, &error);
        for (int k = 0; arena && k < 4; k++) tuff_arena_take(arena, 40000, 64, &error);
        tuff_arena_destroy(arena);
        assert_int_equal(m.blocks, 0);
        assert_int_equal(error.status, fail_at < 5 ? TUFF_ERR_MEMORY : TUFF_OK);
    }
}

/* ---- errors ---- */
static void test_the_first_error_stays_and_is_one_line(void **state) {
    (void)state;
    tuff_error error = {0};
    assert_int_equal(tuff_fail(&error, TUFF_ERR_IO, "a\nb %d", 1), TUFF_ERR_IO);
    assert_int_equal(tuff_fail(&error, TUFF_ERR_DATA, "second"), TUFF_ERR_DATA);
    assert_int_equal(error.status, TUFF_ERR_IO);
    tuff_error_prefix(&error, "%s", "file.tflite");
    assert_string_equal(error.message, "file.tflite: a b 1");
    assert_int_equal(tuff_fail(NULL, TUFF_ERR_DATA, "nobody listens"), TUFF_ERR_DATA);
}

static void test_long_messages_are_cut_not_overrun(void **state) {
    (void)state;
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    tuff_error error = {0};
    tuff_fail(&error, TUFF_ERR_IO, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
    tuff_error_prefix(&error, "place");
    assert_memory_equal(error.message, "place: xxx", 10);
    tuff_error_prefix(&error, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

/* ---- sizes, types, levels ---- */
static void test_sizes_that_overflow_are_refused(void **state) {
    (void)state;
    size_t size;
    int64_t product;
    assert_true(tuff_mul_size(SIZE_MAX, 1, &size) && size == SIZE_MAX);
    assert_true(tuff_mul_size(0, SIZE_MAX, &size) && size == 0);
    assert_false(tuff_mul_size(SIZE_MAX / 2 + 1, 2, &size));
    assert_true(tuff_add_size(SIZE_MAX, 0, &size));
    assert_false(tuff_add_size(SIZE_MAX, 1, &size));
    assert_true(tuff_mul_s64(INT64_MAX, 1, &product));
    assert_false(tuff_mul_s64(INT64_MAX / 2 + 1, 2, &product));
}

static void test_types_have_names_and_bits(void **state) {
    (void)state;
    assert_string_equal(tuff_type_name(TUFF_F32), "f32");
    assert_string_equal(tuff_type_name(TUFF_S4), "s4");
    assert_string_equal(tuff_type_name((tuff_type)99), "?");
    assert_int_equal(tuff_type_bits(TUFF_S4), 4);
    assert_int_equal(tuff_type_bits(TUFF_C128), 128);
    assert_int_equal(tuff_type_bits(TUFF_STRING), 0);
    assert_int_equal(tuff_type_bits((tuff_type)-1), 0);
}

static void test_levels_have_names(void **state) {
    (void)state;
    for (int k = 0; k < TUFF_CPU_COUNT; k++) {
        tuff_cpu_level level = TUFF_CPU_COUNT;
        assert_true(tuff_cpu_parse(tuff_cpu_name((tuff_cpu_level)k), &level));
        assert_int_equal(level, k);
    }
    tuff_cpu_level level = TUFF_CPU_NONE;
    assert_false(tuff_cpu_parse("sse9", &level));
    assert_int_equal(level, TUFF_CPU_NONE);
    assert_true(tuff_cpu_detect() >= TUFF_CPU_C);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena_gives_aligned_zeroed_memory_that_stays),
        cmocka_unit_test(test_arena_copies_strings_and_formats),
        cmocka_unit_test(test_arena_refuses_sizes_that_overflow),
        cmocka_unit_test(test_arena_survives_each_failed_request),
        cmocka_unit_test(test_the_first_error_stays_and_is_one_line),
        cmocka_unit_test(test_long_messages_are_cut_not_overrun),
        cmocka_unit_test(test_sizes_that_overflow_are_refused),
        cmocka_unit_test(test_types_have_names_and_bits),
        cmocka_unit_test(test_levels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
