/* What outlives a step, an invocation or a plan: variables, values that loops hand on, inputs overwritten in place.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/model.h"
#include "ops/control.h"
#include "ops/copy.h"
#include "ops/ops.h"
#include "ops/variable.h"
#include "tflite/tflite.h"

typedef struct maker {
    tuff_arena *arena;
    tuff_graph *graph;
    tuff_error error;
} maker;

static maker start(int subgraphs) {
    maker m = {.arena = tuff_arena_create(NULL, NULL)};
    m.graph = tuff_graph_create(m.arena, &m.error);
    for (int k = 0; k < subgraphs; k++) tuff_graph_add_subgraph(m.graph, k ? "called" : "main", &m.error);
    return m;
}

static int32_t tensor(maker *m, int subgraph, const char *name, tuff_type type, int32_t count) {
    return tuff_graph_add_tensor(m->graph, &m->graph->subgraphs[subgraph], name, type, 1, &count, NULL, &m->error);
}
static int32_t handle(maker *m, const char *name) {
    return tuff_graph_add_tensor(m->graph, &m->graph->subgraphs[0], name, TUFF_RESOURCE, 0, NULL, NULL, &m->error);
}
static tuff_node *node(maker *m, int subgraph, const char *op, const int32_t *in, int32_t n_in, const int32_t *out, int32_t n_out) {
    tuff_node *n = tuff_graph_add_node(m->graph, &m->graph->subgraphs[subgraph], -1, tuff_op_by_name(op), in, n_in, out, n_out, &m->error);
    assert_non_null(n);
    return n;
}
static void io(maker *m, int subgraph, const int32_t *in, int32_t n_in, const int32_t *out, int32_t n_out) {
    assert_int_equal(tuff_graph_set_graph_io(m->graph, &m->graph->subgraphs[subgraph], in, n_in, out, n_out, &m->error), TUFF_OK);
}

typedef struct file {
    uint8_t *bytes;
    size_t count;
} file;
static file finish(maker *m) {
    file f = {0};
    if (tuff_tflite_write(m->graph, true, NULL, &f.bytes, &f.count, &m->error)) fail_msg("%s", m->error.message);
    tuff_arena_destroy(m->arena);
    return f;
}

static tuff_interpreter *open_with(file f, const tuff_interpreter_options *o, tuff_model **m) {
    tuff_error e = {0};
    tuff_interpreter *it = NULL;
    if (tuff_model_adopt(f.bytes, f.count, NULL, m, &e) || tuff_interpreter_create(*m, o, &it, &e)) fail_msg("%s", e.message);
    return it;
}

static void feed(tuff_interpreter *it, int32_t k, const float *x, size_t n) {
    tuff_error e = {0};
    if (tuff_interpreter_set_f32(it, k, x, n, &e)) fail_msg("%s", e.message);
}
static float invoke(tuff_interpreter *it) {
    tuff_error e = {0};
    float y[64] = {0};
    const size_t count = tuff_interpreter_invoke(it, &e) ? 0 : tuff_interpreter_output_bytes(it, 0) / sizeof *y;
    if (e.status || tuff_interpreter_get_f32(it, 0, y, count, &e)) fail_msg("%s", e.message);
    return y[0];
}

/* sum += x, which is output 0; y [n] -> RELU is output 1 */
static file summing_model(void) {
    maker m = start(1);
    const int32_t x = tensor(&m, 0, "x", TUFF_F32, 1), y = tensor(&m, 0, "y", TUFF_F32, 2), h = handle(&m, "h");
    const int32_t sum = tensor(&m, 0, "sum", TUFF_F32, 1), next = tensor(&m, 0, "next", TUFF_F32, 1), z = tensor(&m, 0, "z", TUFF_F32, 2);
    tuff_var_handle_attrs *a = node(&m, 0, "VAR_HANDLE", NULL, 0, &h, 1)->attrs;
    a->shared_name = "sum";
    node(&m, 0, "READ_VARIABLE", &h, 1, &sum, 1);
    node(&m, 0, "ADD", (const int32_t[]){sum, x}, 2, &next, 1);
    node(&m, 0, "ASSIGN_VARIABLE", (const int32_t[]){h, next}, 2, NULL, 0);
    node(&m, 0, "RELU", &y, 1, &z, 1);
    io(&m, 0, (const int32_t[]){x, y}, 2, (const int32_t[]){next, z}, 2);
    return finish(&m);
}

static void test_state_survives_invocations_and_resizing_and_is_cleared_by_reset(void **state) {
    (void)state;
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it = open_with(summing_model(), NULL, &m);
    feed(it, 0, (const float[]){2}, 1);
    assert_true(invoke(it) == 2.0f);
    assert_true(invoke(it) == 4.0f);
    assert_int_equal(tuff_interpreter_resize(it, 1, 1, (const int32_t[]){5}, &e), TUFF_OK);
    feed(it, 0, (const float[]){3}, 1);
    assert_true(invoke(it) == 7.0f);
    tuff_interpreter_reset(it);
    assert_true(invoke(it) == 3.0f);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

static void test_interpreters_of_one_model_have_a_state_each(void **state) {
    (void)state;
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it = open_with(summing_model(), NULL, &m), *other;
    assert_int_equal(tuff_interpreter_create(m, NULL, &other, &e), TUFF_OK);
    feed(it, 0, (const float[]){2}, 1);
    feed(other, 0, (const float[]){10}, 1);
    assert_true(invoke(it) == 2.0f && invoke(other) == 10.0f && invoke(it) == 4.0f && invoke(other) == 20.0f);
    tuff_interpreter_destroy(it);
    tuff_interpreter_destroy(other);
    tuff_model_close(m);
}

static void test_variable_assigned_in_two_sizes_keeps_room_for_the_larger(void **state) {
    (void)state;
    maker k = start(1);
    const int32_t large = tensor(&k, 0, "large", TUFF_F32, 4096), small = tensor(&k, 0, "small", TUFF_F32, 2), h = handle(&k, "h");
    const int32_t read = tensor(&k, 0, "read", TUFF_F32, 2);
    tuff_var_handle_attrs *a = node(&k, 0, "VAR_HANDLE", NULL, 0, &h, 1)->attrs;
    a->shared_name = "v";
    node(&k, 0, "ASSIGN_VARIABLE", (const int32_t[]){h, large}, 2, NULL, 0);
    node(&k, 0, "ASSIGN_VARIABLE", (const int32_t[]){h, small}, 2, NULL, 0);
    node(&k, 0, "READ_VARIABLE", &h, 1, &read, 1);
    io(&k, 0, (const int32_t[]){large, small}, 2, &read, 1);
    tuff_model *m;
    tuff_interpreter *it = open_with(finish(&k), NULL, &m);
    feed(it, 1, (const float[]){6, 7}, 2);
    assert_true(invoke(it) == 6.0f);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

/* while (c[0]) { shift c; a = b; b = b ++ b }: four turns; sizes grow, and most values are inputs handed on */
enum { FLAGS = 5, VARIABLES = FLAGS + 2 };
static file growing_loop(tuff_type out_type) {
    maker m = start(3);
    const uint8_t flags[FLAGS] = {1, 1, 1, 1, 0};
    int32_t in[3][VARIABLES], out[VARIABLES], body[VARIABLES];
    static const char *const names[] = {"c0", "c1", "c2", "c3", "c4", "a", "b"};
    for (int g = 0; g < 3; g++)
        for (int k = 0; k < VARIABLES; k++) {
            const int32_t count = k == FLAGS + 1 ? 2 : 1;
            in[g][k] = k < FLAGS && g == 0
                           ? tuff_graph_add_constant(m.graph, &m.graph->subgraphs[0], names[k], TUFF_BOOL, 1, &count, &flags[k], 1, true, &m.error)
                           : tensor(&m, g, names[k], k < FLAGS ? TUFF_BOOL : TUFF_F32, count);
        }
    for (int k = 0; k < VARIABLES; k++) out[k] = tensor(&m, 0, names[k], k < FLAGS ? TUFF_BOOL : k == FLAGS ? out_type : TUFF_F32, 1);
    for (int k = 0; k < FLAGS; k++) body[k] = in[2][k + 1 < FLAGS ? k + 1 : k];
    body[FLAGS] = in[2][FLAGS + 1];
    body[FLAGS + 1] = tensor(&m, 2, "b b", TUFF_F32, 4);
    node(&m, 2, "CONCATENATION", (const int32_t[]){in[2][FLAGS + 1], in[2][FLAGS + 1]}, 2, &body[FLAGS + 1], 1);
    if (out_type != TUFF_F32) {
        body[FLAGS] = tensor(&m, 2, "cast", out_type, 2);
        node(&m, 2, "CAST", &in[2][FLAGS + 1], 1, &body[FLAGS], 1);
    }
    tuff_while_attrs *a = node(&m, 0, "WHILE", in[0], VARIABLES, out, VARIABLES)->attrs;
    *a = (tuff_while_attrs){1, 2};
    io(&m, 1, in[1], VARIABLES, &in[1][0], 1);
    io(&m, 2, in[2], VARIABLES, body, VARIABLES);
    io(&m, 0, &in[0][FLAGS], 2, &out[FLAGS], 2);
    return finish(&m);
}

static void test_growing_loop_hands_its_values_on(void **state) {
    (void)state;
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it = open_with(growing_loop(TUFF_F32), NULL, &m);
    feed(it, 0, (const float[]){5}, 1);
    feed(it, 1, (const float[]){1, 2}, 2);
    for (int turn = 0; turn < 2; turn++) {
        assert_true(invoke(it) == 1.0f);
        float a[16], b[32];
        assert_int_equal(tuff_interpreter_get_f32(it, 0, a, 16, &e), TUFF_OK);
        assert_int_equal(tuff_interpreter_get_f32(it, 1, b, 32, &e), TUFF_OK);
        for (int k = 0; k < 32; k++) assert_true(b[k] == (float)(1 + k % 2) && a[k / 2] == (float)(1 + k / 2 % 2));
    }
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

static void test_loop_whose_variable_changes_its_type_is_refused(void **state) {
    (void)state;
    const file f = growing_loop(TUFF_S8);
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it;
    assert_int_equal(tuff_model_adopt(f.bytes, f.count, NULL, &m, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_create(m, NULL, &it, &e), TUFF_ERR_MODEL);
    assert_non_null(strstr(e.message, "begins as f32 and ends as s8"));
    tuff_model_close(m);
}

/* Subgraphs in a row, each calling the next one `times` times. */
static tuff_status create_chain(int length, int times, tuff_error *e) {
    maker k = start(length);
    for (int g = 0; g < length; g++) {
        int32_t x = tensor(&k, g, "x", TUFF_F32, 1);
        const int32_t first = x;
        for (int n = 0; n < times; n++) {
            const int32_t y = tensor(&k, g, "y", TUFF_F32, 1);
            if (g + 1 < length) ((tuff_call_attrs *)node(&k, g, "CALL", &x, 1, &y, 1)->attrs)->subgraph = (uint32_t)g + 1;
            else node(&k, g, "ABS", &x, 1, &y, 1);
            x = y;
        }
        io(&k, g, &first, 1, &x, 1);
    }
    const file f = finish(&k);
    tuff_model *m;
    tuff_interpreter *it;
    assert_int_equal(tuff_model_adopt(f.bytes, f.count, NULL, &m, e), TUFF_OK);
    const tuff_status status = tuff_interpreter_create(m, NULL, &it, e);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
    return status;
}

static void test_calls_that_nest_without_end_are_refused(void **state) {
    (void)state;
    tuff_error ok = {0}, deep = {0}, many = {0};
    assert_int_equal(create_chain(40, 1, &ok), TUFF_OK);
    assert_int_equal(create_chain(5000, 1, &deep), TUFF_ERR_LIMIT);
    assert_non_null(strstr(deep.message, "deeper than 64"));
    assert_int_equal(create_chain(40, 2, &many), TUFF_ERR_LIMIT);
    assert_non_null(strstr(many.message, "more than 10000 times"));
}

/* ---- the user's record of a builtin's name ---- */
typedef struct reverse_args {
    int32_t count;
} reverse_args;
static const tuff_field reverse_fields[] = {TUFF_FIELD(reverse_args, count, S32, 0), TUFF_FIELD_END};
static int reverse(const void *args, void *const *operands, int job, int jobs) {
    const int32_t n = ((const reverse_args *)args)->count;
    (void)job, (void)jobs;
    for (int32_t k = 0; k < n; k++) ((float *)operands[1])[k] = ((const float *)operands[0])[n - 1 - k];
    return 0;
}
static tuff_status infer_reverse(tuff_context *c) { return tuff_infer_like(c, 0, 0); }
static tuff_status prepare_reverse(tuff_context *c) {
    reverse_args *a = tuff_args(c, &c->variant->kernel);
    if (a) a->count = c->inputs[0]->shape[0];
    return tuff_emit(c, &c->variant->kernel, a, (tuff_cost){1, 0, 0}, (const tuff_io[]){tuff_io_input(c, 0), tuff_io_output(c, 0)}, 2);
}
static const tuff_variant reverse_rows[] = {{.inputs = {"f32"}, .outputs = {"f32"}, .version = 1, .kernel = TUFF_KERNEL(reverse, reverse_args, reverse_fields)},
                                            {.outputs = {NULL}}};

static void test_users_record_decides_whether_its_op_runs_in_place(void **state) {
    (void)state;
    maker k = start(1);
    const int32_t x = tensor(&k, 0, "x", TUFF_F32, 4), t = tensor(&k, 0, "t", TUFF_F32, 4), u = tensor(&k, 0, "u", TUFF_F32, 4);
    const int32_t y = tensor(&k, 0, "y", TUFF_F32, 4);
    node(&k, 0, "ABS", &x, 1, &t, 1);
    node(&k, 0, "RELU", &t, 1, &u, 1);
    node(&k, 0, "ABS", &u, 1, &y, 1);
    io(&k, 0, &x, 1, &y, 1);
    const tuff_op own = {
        .name = "RELU", .code = 19, .inputs = "input", .outputs = "output", .variants = reverse_rows, .infer = infer_reverse, .prepare = prepare_reverse};
    const tuff_op *const ops[] = {&own, NULL};
    tuff_interpreter_options o = TUFF_INTERPRETER_OPTIONS;
    o.ops = ops;
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it = open_with(finish(&k), &o, &m);
    feed(it, 0, (const float[]){1, 2, -3, 4}, 4);
    assert_true(invoke(it) == 4.0f);
    float out[4];
    assert_int_equal(tuff_interpreter_get_f32(it, 0, out, 4, &e), TUFF_OK);
    assert_memory_equal(out, ((const float[]){4, 3, 2, 1}), sizeof out);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
}

/* ---- binding ---- */
static void test_tensor_that_is_input_and_output_is_not_bound(void **state) {
    (void)state;
    maker k = start(1);
    const int32_t x = tensor(&k, 0, "x", TUFF_F32, 4), y = tensor(&k, 0, "y", TUFF_F32, 4);
    node(&k, 0, "ABS", &x, 1, &y, 1);
    io(&k, 0, &x, 1, (const int32_t[]){y, x}, 2);
    tuff_model *m;
    tuff_error e = {0};
    tuff_interpreter *it = open_with(finish(&k), NULL, &m);
    float *buffer = aligned_alloc(64, 64);
    assert_int_equal(tuff_interpreter_bind_output(it, 1, buffer, 16, &e), TUFF_ERR_UNSUPPORTED);
    e = (tuff_error){0};
    assert_int_equal(tuff_interpreter_bind_output(it, 0, buffer, 16, &e), TUFF_OK);
    feed(it, 0, (const float[]){-1, 2, -3, 4}, 4);
    assert_true(invoke(it) == 1.0f);
    assert_int_equal(tuff_interpreter_resize(it, 0, 1, NULL, &e), TUFF_ERR_ARGUMENT);
    tuff_interpreter_destroy(it);
    tuff_model_close(m);
    free(buffer);
}

/* ---- lack of memory ---- */
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

static void fail_each_allocation(file f) {
    bool finished = false;
    for (int n = 0; n < 2000 && !finished; n++) {
        failing counter = {n, 0};
        const tuff_memory memory = {failing_resize, &counter};
        tuff_model_options mo = TUFF_MODEL_OPTIONS;
        mo.memory = &memory;
        tuff_model *m;
        tuff_interpreter *it = NULL;
        tuff_error e = {0};
        tuff_status status = tuff_model_from_memory(f.bytes, f.count, &mo, &m, &e);
        if (status == TUFF_OK) status = tuff_interpreter_create(m, NULL, &it, &e);
        if (status == TUFF_OK) status = tuff_interpreter_invoke(it, &e);
        if (status == TUFF_OK) status = tuff_interpreter_resize(it, 1, 1, (const int32_t[]){3}, &e);
        if (status == TUFF_OK) status = tuff_interpreter_invoke(it, &e);
        if (status == TUFF_OK) finished = true;
        else assert_int_equal(status, TUFF_ERR_MEMORY);
        if (it) { /* goes on working as far as it can */
            tuff_error again = {0};
            counter.left = -1;
            assert_int_equal(tuff_interpreter_invoke(it, &again), TUFF_OK);
            tuff_interpreter_reset(it);
        }
        tuff_interpreter_destroy(it);
        tuff_model_close(m);
        assert_int_equal(counter.out, 0);
    }
    assert_true(finished);
    free(f.bytes);
}

static void test_every_failing_allocation_with_state_and_loops_gives_a_clean_error(void **state) {
    (void)state;
    fail_each_allocation(summing_model());
    fail_each_allocation(growing_loop(TUFF_F32));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state_survives_invocations_and_resizing_and_is_cleared_by_reset),
        cmocka_unit_test(test_interpreters_of_one_model_have_a_state_each),
        cmocka_unit_test(test_variable_assigned_in_two_sizes_keeps_room_for_the_larger),
        cmocka_unit_test(test_growing_loop_hands_its_values_on),
        cmocka_unit_test(test_loop_whose_variable_changes_its_type_is_refused),
        cmocka_unit_test(test_calls_that_nest_without_end_are_refused),
        cmocka_unit_test(test_users_record_decides_whether_its_op_runs_in_place),
        cmocka_unit_test(test_tensor_that_is_input_and_output_is_not_bound),
        cmocka_unit_test(test_every_failing_allocation_with_state_and_loops_gives_a_clean_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
