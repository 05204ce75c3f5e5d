/* Editing graphs: indices stay valid, what is left behind goes, copies are deep; field tables; the text dump.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/dump.h"
#include "graph/fields.h"
#include "graph/graph.h"

typedef struct thing_attrs {
    int32_t stride;
    bool on;
    int8_t mode;
    float alpha;
    tuff_s32s dims;
    const char *name;
} thing_attrs;
static const char *const modes[] = {"SLOW", "FAST", NULL};
static const tuff_field thing_fields[] = {
    TUFF_FIELD(thing_attrs, stride, S32, 0, .standard = 1),
    TUFF_FIELD(thing_attrs, on, BOOL, 1, .standard = 1),
    TUFF_FIELD(thing_attrs, mode, S8, 2, .names = modes),
    TUFF_FIELD(thing_attrs, alpha, F32, 3, .standard = 0.1),
    TUFF_FIELD(thing_attrs, dims, VECTOR_S32, 4),
    TUFF_FIELD(thing_attrs, name, STRING, 5),
    TUFF_FIELD_END,
};
static const tuff_op thing = {
    .name = "THING", .code = 1, .highest = 1, .options = TUFF_OPTIONS(ThingOptions, 1, thing_attrs, thing_fields), .inputs = "in*", .outputs = "out*"};

/* a -> [0] -> b -> [1] -> c -> [2] -> d; constant k read by all */
typedef struct chain {
    tuff_arena *arena;
    tuff_graph *g;
    tuff_subgraph *s;
    int32_t a, b, c, d, k;
    tuff_error error;
} chain;
static chain make(void) {
    chain x = {.arena = tuff_arena_create(NULL, NULL)};
    tuff_error *e = &x.error;
    x.g = tuff_graph_create(x.arena, e);
    x.s = tuff_graph_add_subgraph(x.g, "main", e);
    static const int32_t shape[] = {2, 3};
    static const float values[6] = {1, 2, 3, 4, 5, 6};
    x.a = tuff_graph_add_tensor(x.g, x.s, "a", TUFF_F32, 2, shape, NULL, e);
    x.b = tuff_graph_add_tensor(x.g, x.s, "b", TUFF_F32, 2, shape, NULL, e);
    x.c = tuff_graph_add_tensor(x.g, x.s, "c", TUFF_F32, 2, shape, NULL, e);
    x.k = tuff_graph_add_constant(x.g, x.s, "k", TUFF_F32, 2, shape, values, sizeof values, false, e);
    x.d = tuff_graph_add_tensor(x.g, x.s, "d", TUFF_F32, 2, shape, NULL, e);
    const int32_t steps[4] = {x.a, x.b, x.c, x.d};
    for (int i = 0; i < 3; i++) {
        const int32_t in[] = {steps[i], x.k};
        assert_non_null(tuff_graph_add_node(x.g, x.s, -1, &thing, in, 2, &steps[i + 1], 1, e));
    }
    assert_int_equal(tuff_graph_set_graph_io(x.g, x.s, &x.a, 1, &x.d, 1, e), TUFF_OK);
    assert_non_null(tuff_graph_add_signature(x.g, "serving_default", 0, e));
    assert_int_equal(tuff_graph_check(x.g, e), TUFF_OK);
    return x;
}

static void test_new_nodes_have_default_options(void **state) {
    (void)state;
    chain x = make();
    const thing_attrs *attrs = x.s->nodes[2].attrs;
    assert_int_equal(attrs->stride, 1);
    assert_true(attrs->on);
    assert_int_equal(attrs->mode, 0);
    assert_true(attrs->alpha == 0.1f);
    for (const tuff_field *f = thing_fields; f->kind != TUFF_FIELD_END_KIND; f++) assert_true(tuff_field_is_default(f, attrs));
    tuff_arena_destroy(x.arena);
}

static void test_nodes_go_in_front_of_others(void **state) {
    (void)state;
    chain x = make();
    static const int32_t shape[] = {2, 3};
    const int32_t t = tuff_graph_add_tensor(x.g, x.s, "t", TUFF_F32, 2, shape, NULL, &x.error);
    tuff_node *n = tuff_graph_add_node(x.g, x.s, 1, &thing, &x.b, 1, &t, 1, &x.error);
    assert_ptr_equal(n, &x.s->nodes[1]);
    assert_int_equal(x.s->n_nodes, 4);
    const int32_t in[] = {t, x.k};
    assert_int_equal(tuff_graph_set_inputs(x.g, &x.s->nodes[2], in, 2, &x.error), TUFF_OK);
    assert_int_equal(tuff_graph_check(x.g, &x.error), TUFF_OK);
    assert_int_equal(tuff_graph_producer(x.s, t), 1);
    assert_int_equal(tuff_graph_producer(x.s, x.a), -1);
    assert_int_equal(tuff_graph_only_reader(x.s, t), 2);
    tuff_arena_destroy(x.arena);
}

static void test_questions_about_readers(void **state) {
    (void)state;
    chain x = make();
    assert_int_equal(tuff_graph_reader_count(x.s, x.k), 3);
    assert_int_equal(tuff_graph_only_reader(x.s, x.k), -1);
    assert_int_equal(tuff_graph_only_reader(x.s, x.b), 1);
    assert_int_equal(tuff_graph_reader_count(x.s, x.d), 1); /* the graph's output */
    assert_int_equal(tuff_graph_only_reader(x.s, x.d), -1);
    tuff_arena_destroy(x.arena);
}

static void test_a_bypassed_node_and_its_tensor_go(void **state) {
    (void)state;
    chain x = make();
    tuff_graph_remove_node(x.s, 1); /* b -> c */
    tuff_graph_replace_tensor(x.s, x.c, x.b);
    assert_int_equal(tuff_graph_compact(x.g, &x.error), TUFF_OK);
    assert_int_equal(x.s->n_tensors, 4);
    assert_int_equal(tuff_graph_check(x.g, &x.error), TUFF_OK);
    for (int32_t k = 0; k < x.s->n_tensors; k++) assert_int_equal(x.s->tensors[k].index, k);
    assert_string_equal(x.s->tensors[x.s->outputs[0]].name, "d");
    assert_string_equal(x.s->tensors[x.g->signatures[0].outputs[0].tensor].name, "d");
    assert_string_equal(x.s->tensors[x.s->nodes[1].inputs[1]].name, "k");
    tuff_arena_destroy(x.arena);
}

static void test_compacting_keeps_what_holds_scales(void **state) {
    (void)state;
    chain x = make();
    static const int32_t one[] = {1};
    tuff_graph_add_tensor(x.g, x.s, "unused", TUFF_F32, 1, one, NULL, &x.error);
    const int32_t scales = tuff_graph_add_tensor(x.g, x.s, "scales", TUFF_F32, 1, one, NULL, &x.error);
    x.s->tensors[x.k].quantization.details = TUFF_DETAILS_BLOCKWISE;
    x.s->tensors[x.k].quantization.scales_tensor = scales;
    assert_int_equal(tuff_graph_compact(x.g, &x.error), TUFF_OK);
    assert_int_equal(x.s->n_tensors, 6);
    assert_string_equal(x.s->tensors[x.s->tensors[x.k].quantization.scales_tensor].name, "scales");
    tuff_arena_destroy(x.arena);
}

static void collect(void *context, const char *line) {
    char *text = context;
    strcat(strcat(text, line), "\n");
}

static void test_copies_are_deep_but_for_constants(void **state) {
    (void)state;
    chain x = make();
    thing_attrs *attrs = x.s->nodes[0].attrs;
    int32_t dims[] = {4, 5};
    attrs->dims = (tuff_s32s){dims, 2};
    const float scale = 0.5f;
    assert_int_equal(tuff_graph_set_quantization(x.g, &x.s->tensors[x.a], 1, &scale, NULL, 0, &x.error), TUFF_OK);
    assert_int_equal(tuff_graph_set_metadata(x.g, "m", "old", 3, &x.error), TUFF_OK);
    assert_int_equal(tuff_graph_set_file(x.g, "f", "file", 4, &x.error), TUFF_OK);
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    tuff_graph *copy = tuff_graph_copy(x.g, arena, &x.error);
    assert_non_null(copy);
    static char before[4000], after[4000];
    before[0] = after[0] = 0;
    tuff_graph_dump(x.g, collect, before);
    assert_ptr_equal(copy->subgraphs[0].tensors[x.k].data, x.s->tensors[x.k].data);
    attrs->stride = 9;
    dims[0] = 77;
    x.s->nodes[0].inputs[0] = x.k;
    assert_int_equal(tuff_graph_set_metadata(x.g, "m", "newer", 5, &x.error), TUFF_OK); /* replaces */
    assert_int_equal(x.g->n_metadata, 1);
    tuff_arena_destroy(x.arena);
    tuff_graph_dump(copy, collect, after);
    assert_string_equal(before, after);
    assert_memory_equal(copy->metadata[0].content.data, "old", 3);
    tuff_arena_destroy(arena);
}

static void test_fields_as_text(void **state) {
    (void)state;
    const int32_t dims[20] = {1, 2, 3};
    thing_attrs attrs = {.mode = 1, .alpha = 0.1f, .dims = {dims, 3}, .name = "x"};
    char text[200];
    tuff_fields_print(thing_fields, &attrs, text, sizeof text);
    assert_string_equal(text, " stride=0 on=false mode=FAST dims=[1 2 3] name=\"x\"");
    attrs.dims.count = 20;
    attrs.mode = 7;
    tuff_fields_print(thing_fields, &attrs, text, sizeof text);
    assert_non_null(strstr(text, "mode=7 dims=[1 2 3 0 0 0 0 0 0 0 0 0 0 0 0 0 ...]"));
    char small[12];
    assert_int_equal(tuff_fields_print(thing_fields, &attrs, small, sizeof small), 11);
    assert_string_equal(small, " stride=0 o");
}

static void test_fields_compare_by_content(void **state) {
    (void)state;
    const int32_t dims[] = {1, 2}, same[] = {1, 2}, other[] = {1, 3};
    thing_attrs a = {.dims = {dims, 2}, .name = "n"}, b = {.dims = {same, 2}, .name = "n"};
    assert_true(tuff_fields_equal(thing_fields, &a, &b));
    b.dims.data = other;
    assert_false(tuff_fields_equal(thing_fields, &a, &b));
    b = a;
    b.name = NULL;
    assert_false(tuff_fields_equal(thing_fields, &a, &b));
    b = a;
    b.alpha = -0.0f; /* bits count */
    assert_false(tuff_fields_equal(thing_fields, &a, &b));
}

static void test_dump_has_a_line_for_each(void **state) {
    (void)state;
    chain x = make();
    static char text[4000];
    text[0] = 0;
    tuff_graph_dump(x.g, collect, text);
    assert_non_null(strstr(text, "subgraph 0 'main': 5 tensors, 3 ops, inputs 0, outputs 4\n"));
    assert_non_null(strstr(text, "tensor 3 'k' f32 [2,3] constant, 24 bytes\n"));
    assert_non_null(strstr(text, "op 1 THING version 1: 1 3 -> 2\n"));
    assert_non_null(strstr(text, "signature 'serving_default' of subgraph 0: 'a'=0 -> 'd'=4\n"));
    tuff_arena_destroy(x.arena);
}

static void test_sizes_that_overflow_are_said(void **state) {
    (void)state;
    const int32_t huge[] = {INT32_MAX, INT32_MAX, INT32_MAX}, three[] = {3};
    tuff_tensor t = {.name = "", .type = TUFF_F32, .rank = 3, .shape = huge};
    int64_t n;
    assert_int_equal(tuff_tensor_elements(&t, &n), TUFF_ERR_LIMIT);
    t = (tuff_tensor){.name = "", .type = TUFF_S4, .rank = 1, .shape = three};
    assert_int_equal(tuff_tensor_bytes(&t), 2); /* two to a byte */
    t.type = TUFF_S2;
    assert_int_equal(tuff_tensor_bytes(&t), 1);
    t.rank = 0;
    t.type = TUFF_C128;
    assert_int_equal(tuff_tensor_bytes(&t), 16);
}

typedef struct failing {
    long left;
} failing;
static void *failing_resize(void *context, void *old, size_t bytes) {
    failing *f = context;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return f->left-- > 0 ? realloc(old, bytes) : NULL;
}

static void test_growing_without_memory_is_an_error(void **state) {
    (void)state;
    for (long n = 0;; n++) {
        failing f = {n};
        const tuff_allocator a = {failing_resize, &f};
        tuff_error error = {0};
        tuff_arena *arena = tuff_arena_create(&a, &error);
        tuff_graph *g = arena ? tuff_graph_create(arena, &error) : NULL;
        tuff_subgraph *s = g ? tuff_graph_add_subgraph(g, "main", &error) : NULL;
        static const int32_t shape[] = {4};
        bool done = s != NULL;
        for (int k = 0; done && k < 2000; k++) {
            const int32_t t = tuff_graph_add_tensor(g, s, "some name", TUFF_F32, 1, shape, NULL, &error);
            done = t >= 0 && tuff_graph_add_node(g, s, 0, &thing, NULL, 0, &t, 1, &error) != NULL;
        }
        if (done) done = tuff_graph_compact(g, &error) == TUFF_OK && tuff_graph_copy(g, arena, &error) != NULL;
        assert_int_equal(error.status, done ? TUFF_OK : TUFF_ERR_MEMORY);
        tuff_arena_destroy(arena);
        if (done) break;
        assert_true(n < 100);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_nodes_have_default_options),
        cmocka_unit_test(test_nodes_go_in_front_of_others),
        cmocka_unit_test(test_questions_about_readers),
        cmocka_unit_test(test_a_bypassed_node_and_its_tensor_go),
        cmocka_unit_test(test_compacting_keeps_what_holds_scales),
        cmocka_unit_test(test_copies_are_deep_but_for_constants),
        cmocka_unit_test(test_fields_as_text),
        cmocka_unit_test(test_fields_compare_by_content),
        cmocka_unit_test(test_dump_has_a_line_for_each),
        cmocka_unit_test(test_sizes_that_overflow_are_said),
        cmocka_unit_test(test_growing_without_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
