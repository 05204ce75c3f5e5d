/* A user's op: found by its name, its options read through its field table, its absence told in one line.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

int example_main(int argc, char **argv);
#define main example_main
#include "../../examples/custom-op/scale.c"
#undef main

#include "api/model.h"
#include "graph/graph.h"
#include "tflite/tflite.h"

/* {"factor": 2.5, "offset": -3} */
static const uint8_t options_map[] = {102, 97, 99, 116, 111, 114, 0, 111, 102, 102, 115, 101, 116, 0,   2,   15,  9,   0,  0, 0,  5,  0, 0,
                                      0,   1,  0,  0,   0,   2,   0, 0,   0,   0,   0,   32,  64,  253, 255, 255, 255, 14, 6, 10, 38, 1};

static tuff_model *scale_model(const uint8_t *map, size_t bytes) {
    tuff_error e = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &e);
    tuff_graph *g = tuff_graph_create(arena, &e);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", &e);
    const int32_t shape[] = {4};
    const int32_t x = tuff_graph_add_tensor(g, s, "x", TUFF_F32, 1, shape, NULL, &e), y = tuff_graph_add_tensor(g, s, "y", TUFF_F32, 1, shape, NULL, &e);
    tuff_node *n = tuff_graph_add_node(g, s, -1, &scale, &x, 1, &y, 1, &e);
    assert_non_null(n);
    n->custom_options = (tuff_bytes){map, bytes};
    assert_int_equal(tuff_graph_set_graph_io(g, s, &x, 1, &y, 1, &e), TUFF_OK);
    uint8_t *file;
    size_t count;
    assert_int_equal(tuff_tflite_write(g, true, NULL, &file, &count, &e), TUFF_OK);
    tuff_arena_destroy(arena);
    tuff_model *model = NULL;
    if (tuff_model_adopt(file, count, NULL, &model, &e)) fail_msg("%s", e.message);
    return model;
}

static void expect(const uint8_t *map, size_t bytes, float factor, float offset) {
    tuff_error e = {0};
    tuff_model *model = scale_model(map, bytes);
    tuff_interpreter_options options = TUFF_INTERPRETER_OPTIONS;
    options.ops = own_ops;
    tuff_interpreter *it = NULL;
    if (tuff_interpreter_create(model, &options, &it, &e)) fail_msg("%s", e.message);
    const float x[] = {1, -2, 3, 4};
    float y[4];
    assert_int_equal(tuff_interpreter_set_f32(it, 0, x, 4, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_invoke(it, &e), TUFF_OK);
    assert_int_equal(tuff_interpreter_get_f32(it, 0, y, 4, &e), TUFF_OK);
    for (int k = 0; k < 4; k++) assert_true(y[k] == factor * x[k] + offset);
    tuff_interpreter_destroy(it);
    tuff_model_close(model);
}

static void test_options_come_from_the_map(void **state) {
    (void)state;
    expect(options_map, sizeof options_map, 2.5f, -3);
}

static void test_no_options_mean_the_defaults(void **state) {
    (void)state;
    expect(NULL, 0, 1, 0);
}

static void test_an_unregistered_op_is_one_line(void **state) {
    (void)state;
    tuff_error e = {0};
    tuff_interpreter *it = NULL;
    tuff_model *model = scale_model(options_map, sizeof options_map);
    assert_int_equal(tuff_interpreter_create(model, NULL, &it, &e), TUFF_ERR_UNSUPPORTED);
    assert_non_null(strstr(e.message, "Scale"));
    assert_non_null(strstr(e.message, "custom op that is not registered"));
    tuff_model_close(model);
}

/* every cut and every changed byte: refused or read, never beyond the map */
static void test_broken_maps_are_refused(void **state) {
    (void)state;
    const tuff_op *own[] = {&scale, NULL};
    tuff_interpreter_options options = TUFF_INTERPRETER_OPTIONS;
    options.ops = own;
    for (size_t at = 0; at < sizeof options_map; at++) {
        uint8_t map[sizeof options_map];
        memcpy(map, options_map, sizeof map);
        map[at] ^= 0x85;
        tuff_error e = {0};
        tuff_interpreter *it = NULL;
        tuff_model *model = scale_model(map, sizeof map);
        (void)!tuff_interpreter_create(model, &options, &it, &e);
        tuff_interpreter_destroy(it);
        tuff_model_close(model);
        model = scale_model(options_map + at, sizeof options_map - at > 2 ? 2 : sizeof options_map - at);
        it = NULL;
        assert_int_not_equal(tuff_interpreter_create(model, &options, &it, &e), TUFF_OK);
        tuff_model_close(model);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_come_from_the_map),
        cmocka_unit_test(test_no_options_mean_the_defaults),
        cmocka_unit_test(test_an_unregistered_op_is_one_line),
        cmocka_unit_test(test_broken_maps_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
