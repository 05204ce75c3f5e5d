/* The public API: models from memory, caller's memory, resizing, binding, failing allocations, many interpreters of one model.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pthread.h>

#include "api/model.h"
#include "ops/ops.h"
#include "tflite/tflite.h"

typedef struct file {
    uint8_t *bytes;
    size_t count;
} file;

/* x [batch, 4] -> ADD c [4] -> RELU -> RESHAPE [-1, 2]; float, batch dynamic */
static file small_model(void) {
    tuff_error e = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &e);
    tuff_graph *g = tuff_graph_create(arena, &e);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", &e);
    const int32_t shape[] = {1, 4}, dynamic[] = {-1, 4}, four[] = {4}, two[] = {2}, end[] = {2, 2}, end_dynamic[] = {-1, 2}, to[] = {-1, 2};
    const float c[] = {-1, 0, 1, 2};
    const int32_t x = tuff_graph_add_tensor(g, s, "x", TUFF_F32, 2, shape, dynamic, &e);
    const int32_t k = tuff_graph_add_constant(g, s, "c", TUFF_F32, 1, four, c, sizeof c, true, &e);
    const int32_t y = tuff_graph_add_tensor(g, s, "y", TUFF_F32, 2, shape, dynamic, &e);
    const int32_t z = tuff_graph_add_tensor(g, s, "z", TUFF_F32, 2, shape, dynamic, &e);
    const int32_t t = tuff_graph_add_constant(g, s, "to", TUFF_S32, 1, two, to, sizeof to, true, &e);
    const int32_t r = tuff_graph_add_tensor(g, s, "r", TUFF_F32, 2, end, end_dynamic, &e);
    assert_non_null(tuff_graph_add_node(g, s, -1, tuff_op_by_name("ADD"), (const int32_t[]){x, k}, 2, &y, 1, &e));
    assert_non_null(tuff_graph_add_node(g, s, -1, tuff_op_by_name("RELU"), &y, 1, &z, 1, &e));
    assert_non_null(tuff_graph_add_node(g, s, -1, tuff_op_by_name("RESHAPE"), (const int32_t[]){z, t}, 2, &r, 1, &e));
    assert_int_equal(tuff_graph_set_graph_io(g, s, &x, 1, &r, 1, &e), TUFF_OK);
    file f;
    assert_int_equal(tuff_tflite_write(g, true, NULL, &f.bytes, &f.count, &e), TUFF_OK);
    tuff_arena_destroy(arena);
    return f;
}

static tuff_model *open_small(void) {
    const file f = small_model();
    tuff_error e = {0};
    tuff_model *m = NULL;
    const tuff_status status = tuff_model_adopt(f.bytes, f.count, NULL, &m, &e);
    if (status) fail_msg("%s", e.message);
    return m;
}

static void expect_run(tuff_interpreter *it) {
    const float in[] = {1, -5, 3, 4}, expected[] = {0, 0, 4, 6};
    float out[4];
    tuff_error e = {0};
    assert_int_equal(tuff_interpreter_set_f32(it, 0, in, 4, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_invoke(it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_get_f32(it, 0, out, 4, &e), TUFF_OK);
    assert_memory_equal(out, expected, sizeof out);
}

static void test_model_runs(void **state) {
    (void)state;
    tuff_model *m = open_small();
    tuff_interpreter *it;
    tuff_error e = {0};
    assert_int_equal(tuff_interpreter_create(m, NULL, &it, &e), TUFF_OK);
    expect_run(it);
    expect_run(it);
    assert_int_equal(tuff_interpreter_input_count(it), 1);
    assert_string_equal(tuff_interpreter_input(it, 0)->name, "x");
    assert_null(tuff_interpreter_input(it, 1));
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

static void test_arena_of_exactly_the_announced_size_is_enough_and_less_is_refused(void **state) {
    (void)state;
    tuff_model *m = open_small();
    tuff_interpreter *it;
    tuff_error e = {0};
    tuff_interpreter_options o = TUFF_INTERPRETER_OPTIONS;
    o.arena = aligned_alloc(64, 64);
    o.arena_bytes = 1;
    assert_int_equal(tuff_interpreter_create(m, &o, &it, &e), TUFF_ERR_BUFFER);
    assert_true(e.bytes_needed > 1);
    free(o.arena);
    o.arena_bytes = e.bytes_needed;
    o.arena = aligned_alloc(64, (o.arena_bytes + 63) & ~(size_t)63);
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_create(m, &o, &it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_arena_bytes(it), o.arena_bytes);
    expect_run(it);
    tuff_interpreter_destroy(it);
    free(o.arena);
    tuff_model_close(m);
}

static void test_resized_batch_computes_every_row_and_a_refused_shape_keeps_the_plan(void **state) {
    (void)state;
    tuff_model *m = open_small();
    tuff_interpreter *it;
    tuff_error e = {0};
    assert_int_equal(tuff_interpreter_create(m, NULL, &it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_resize(it, 0, 2, (const int32_t[]){3, 4}, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_output(it, 0)->shape[0], 6);
    float in[12], out[12];
    for (int k = 0; k < 12; k++) in[k] = (float)k;
    assert_int_equal(tuff_interpreter_set_f32(it, 0, in, 12, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_invoke(it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_get_f32(it, 0, out, 12, &e), TUFF_OK);
    for (int k = 0; k < 12; k++) assert_true(out[k] == (k == 0 ? 0.0f : (float)(k + k % 4 - 1)));
    assert_int_equal(tuff_interpreter_resize(it, 0, 2, (const int32_t[]){3, 5}, &e), TUFF_ERR_MODEL);
    assert_non_null(strstr(e.message, "ADD"));
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_output(it, 0)->shape[0], 6);
    assert_int_equal(tuff_interpreter_resize(it, 0, 2, (const int32_t[]){1, 4}, &e), TUFF_OK);
    expect_run(it);
    assert_int_equal(tuff_interpreter_resize(it, 0, 2, (const int32_t[]){-1, 4}, &e), TUFF_ERR_MODEL);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

static void test_inputs_and_outputs_live_in_the_callers_buffers(void **state) {
    (void)state;
    tuff_model *m = open_small();
    tuff_interpreter *it;
    tuff_error e = {0};
    assert_int_equal(tuff_interpreter_create(m, NULL, &it, &e), TUFF_OK);
    float *in = aligned_alloc(64, 64), *out = aligned_alloc(64, 64);
    memcpy(in, (const float[]){1, -5, 3, 4}, 16);
    assert_int_equal(tuff_interpreter_bind_input(it, 0, in, 16, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_bind_output(it, 0, out, 16, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_invoke(it, &e), TUFF_OK);
    assert_memory_equal(out, ((const float[]){0, 0, 4, 6}), 16);
    assert_int_equal(tuff_interpreter_bind_output(it, 0, out + 1, 16, &e), TUFF_ERR_ARGUMENT);
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_bind_output(it, 0, NULL, 0, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_bind_input(it, 0, NULL, 0, &e), TUFF_OK);
    expect_run(it);
    tuff_interpreter_destroy(it);
    free(in);
    free(out);
    tuff_model_close(m);
}

static void test_wrong_arguments_are_named(void **state) {
    (void)state;
    tuff_model *m = open_small();
    tuff_interpreter *it;
    tuff_error e = {0};
    tuff_interpreter_options o = TUFF_INTERPRETER_OPTIONS;
    o.cpu = "z80";
    assert_int_equal(tuff_interpreter_create(m, &o, &it, &e), TUFF_ERR_ARGUMENT);
    assert_non_null(strstr(e.message, "z80"));
    assert_null(it);
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_create(m, NULL, &it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_set_f32(it, 0, (const float[]){1}, 1, &e), TUFF_ERR_ARGUMENT);
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_set(it, 7, "", 1, &e), TUFF_ERR_ARGUMENT);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

/* Fails the n-th allocation; counts what is out. */
typedef struct failing {
    int left, out;
} failing;
static void *failing_resize(void *context, void *old, size_t bytes) {
    failing *f = context;
    if (bytes == 0) {
        f->out -= old != NULL;
        free(old);
        return NULL;
    }
    if (f->left-- == 0) return NULL;
    f->out += old == NULL;
    return realloc(old, bytes);
}

static void test_every_failing_allocation_gives_a_clean_error(void **state) {
    (void)state;
    const file f = small_model();
    bool finished = false;
    for (int n = 0; n < 1000 && !finished; n++) {
        failing counter = {n, 0};
        const tuff_memory memory = {failing_resize, &counter};
        tuff_model_options mo = TUFF_MODEL_OPTIONS;
        mo.memory = &memory;
        tuff_model *m;
        tuff_interpreter *it = NULL;
        tuff_error e = {0};
        tuff_status status = tuff_model_from_memory(f.bytes, f.count, &mo, &m, &e);
        tuff_interpreter_options io = TUFF_INTERPRETER_OPTIONS;
        io.threads = 2;
        if (status == TUFF_OK) status = tuff_interpreter_create(m, &io, &it, &e);
        if (status == TUFF_OK) status = tuff_interpreter_resize(it, 0, 2, (const int32_t[]){2, 4}, &e);
        if (status == TUFF_OK) finished = true;
        else assert_int_equal(status, TUFF_ERR_MEMORY);
        tuff_interpreter_destroy(it);
        tuff_model_close(m);
        assert_int_equal(counter.out, 0);
    }
    assert_true(finished);
    free(f.bytes);
}

static void *run_many(void *model) {
    for (int k = 0; k < 50; k++) {
        tuff_interpreter *it;
        tuff_error e = {0};
        if (tuff_interpreter_create(model, NULL, &it, &e) != TUFF_OK) return "create";
        const float in[] = {1, -5, 3, 4}, expected[] = {0, 0, 4, 6};
        float out[4];
        if (tuff_interpreter_set_f32(it, 0, in, 4, &e) || tuff_interpreter_invoke(it, &e) || tuff_interpreter_get_f32(it, 0, out, 4, &e)) return "run";
        tuff_interpreter_destroy(it);
        if (memcmp(out, expected, sizeof out) != 0) return "result";
    }
    return NULL;
}

static void test_one_model_serves_interpreters_on_many_threads(void **state) {
    (void)state;
    tuff_model *m = open_small();
    pthread_t threads[4];
    for (int k = 0; k < 4; k++) assert_int_equal(pthread_create(&threads[k], NULL, run_many, m), 0);
    for (int k = 0; k < 4; k++) {
        void *wrong;
        pthread_join(threads[k], &wrong);
        assert_null(wrong);
    }
    tuff_model_close(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_model_runs),
        cmocka_unit_test(test_arena_of_exactly_the_announced_size_is_enough_and_less_is_refused),
        cmocka_unit_test(test_resized_batch_computes_every_row_and_a_refused_shape_keeps_the_plan),
        cmocka_unit_test(test_inputs_and_outputs_live_in_the_callers_buffers),
        cmocka_unit_test(test_wrong_arguments_are_named),
        cmocka_unit_test(test_every_failing_allocation_gives_a_clean_error),
        cmocka_unit_test(test_one_model_serves_interpreters_on_many_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
