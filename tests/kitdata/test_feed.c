/* The rule of feeding: what goes through the recipe, what goes in unchanged, what is refused, and what is said.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "api/model.h"
#include "ops/ops.h"
#include "scratch.h"
#include "tflite/tflite.h"
#include "tuff/data.h"

/* ---- models: input "x", ADD of a constant, output ---- */
typedef struct fixture {
    tuff_model *model;
    tuff_interpreter *it;
    tuff_feed *feed;
    int notes, warnings;
    char said[2000]; /* all notes, a line each */
} fixture;

typedef struct wanted {
    tuff_type type;
    int32_t rank, shape[4];
    float low, high; /* of the recipe: x = low .. high for 0..255; equal: none */
    float scale;     /* of integer inputs */
    int64_t zero;
    const char *calibration; /* metadata, or NULL */
} wanted;

static void take_note(void *context, bool warning, const char *text) {
    fixture *f = context;
    f->notes += !warning;
    f->warnings += warning;
    strncat(f->said, text, sizeof f->said - strlen(f->said) - 2);
    strcat(f->said, "\n");
}

static tuff_graph *build(tuff_arena *arena, const wanted *w, int inputs) {
    tuff_error e = {0};
    tuff_graph *g = tuff_graph_create(arena, &e);
    tuff_subgraph *s = tuff_graph_add_subgraph(g, "main", &e);
    const uint8_t zeros[8] = {0};
    int32_t x[2], y;
    for (int k = 0; k < inputs; k++) x[k] = tuff_graph_add_tensor(g, s, k ? "second" : "x", w->type, w->rank, w->shape, NULL, &e);
    const int32_t c = tuff_graph_add_constant(g, s, "c", w->type, 0, NULL, zeros, (size_t)tuff_type_bits(w->type) / 8, true, &e);
    y = tuff_graph_add_tensor(g, s, "y", w->type, w->rank, w->shape, NULL, &e);
    for (int32_t t = 0; w->scale > 0 && t < s->n_tensors; t++)
        assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[t], 1, &w->scale, &w->zero, 0, &e), TUFF_OK);
    assert_non_null(tuff_graph_add_node(g, s, -1, tuff_op_by_name("ADD"), (const int32_t[]){x[0], inputs > 1 ? x[1] : c}, 2, &y, 1, &e));
    assert_int_equal(tuff_graph_set_graph_io(g, s, x, inputs, &y, 1, &e), TUFF_OK);
    if (w->low < w->high) {
        tuff_recipe r = {.present = true, .count = 1, .std = {255 / (w->high - w->low)}, .mean = {-w->low * 255 / (w->high - w->low)}};
        if (w->rank == 4) r.height = w->shape[1], r.width = w->shape[2], r.channels = w->shape[3];
        assert_int_equal(tuff_tflite_write_recipe(g, &r, NULL, 0, &e), TUFF_OK);
    }
    if (w->calibration) assert_int_equal(tuff_graph_set_metadata(g, "tuff_calibration", w->calibration, strlen(w->calibration), &e), TUFF_OK);
    if (e.status) fail_msg("%s", e.message);
    return g;
}

static fixture open_many(wanted w, tuff_feed_options o, int inputs) {
    tuff_error e = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &e);
    uint8_t *bytes;
    size_t count;
    fixture f = {0};
    tuff_status status = tuff_tflite_write(build(arena, &w, inputs), true, NULL, &bytes, &count, &e);
    if (status == TUFF_OK) status = tuff_model_adopt(bytes, count, NULL, &f.model, &e);
    if (status == TUFF_OK) status = tuff_interpreter_create(f.model, NULL, &f.it, &e);
    if (status == TUFF_OK) status = tuff_feed_create(f.model, &o, &f.feed, &e);
    if (status != TUFF_OK) fail_msg("%s", e.message);
    tuff_arena_destroy(arena);
    return f;
}
static fixture open_with(wanted w, tuff_feed_options o) { return open_many(w, o, 1); }

static void close_all(fixture *f) {
    tuff_feed_destroy(f->feed);
    tuff_interpreter_destroy(f->it);
    tuff_model_close(f->model);
}

/* Feeds with notes collected in `f` from here on. */
#define OPEN(f, ...)                                   \
    fixture f;                                         \
    tuff_feed_options f##_options = TUFF_FEED_OPTIONS; \
    f##_options.note = take_note;                      \
    f##_options.context = &f;                          \
    f = open_with((wanted){__VA_ARGS__}, f##_options)

static tuff_sample sample(tuff_type type, bool picture, const void *data, int32_t rank, const int32_t *shape) {
    tuff_sample s = {.type = type, .picture = picture, .rank = rank, .data = data, .label = -1, .name = "some.file", .bytes = (size_t)tuff_type_bits(type) / 8};
    for (int32_t i = 0; i < rank; i++) {
        s.shape[i] = shape[i];
        s.bytes *= (size_t)shape[i];
    }
    return s;
}
#define SAMPLE(type, picture, data, ...) \
    sample(type, picture, data, (int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / sizeof(int32_t)), (const int32_t[]){__VA_ARGS__})

static void put(fixture *f, tuff_sample s) {
    tuff_error e = {0};
    if (tuff_feed_put(f->feed, f->it, &s, &e) != TUFF_OK) fail_msg("%s", e.message);
}
static void refused(fixture *f, tuff_sample s, const char *words) {
    tuff_error e = {0};
    assert_int_not_equal(tuff_feed_put(f->feed, f->it, &s, &e), TUFF_OK);
    if (!strstr(e.message, words)) fail_msg("expected \"%s\", found: %s", words, e.message);
}
static void assert_said(const fixture *f, int notes, int warnings, const char *words) {
    if (f->notes != notes || f->warnings != warnings || !strstr(f->said, words))
        fail_msg("expected %d notes, %d warnings, \"%s\"; found %d, %d: %s", notes, warnings, words, f->notes, f->warnings, f->said);
}

static const uint8_t raw[4] = {0, 51, 204, 255};
static const float unit[4] = {0, 0.2f, 0.8f, 1};

/* ---- raw data ---- */
static void test_picture_and_its_float_array_give_the_same_input(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_F32, 4, {1, 2, 2, 1}, 0, 1);
    const float *x = tuff_interpreter_input_data(f.it, 0);
    put(&f, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    for (int k = 0; k < 4; k++) assert_true(fabsf(x[k] - unit[k]) < 1e-6f);
    put(&f, SAMPLE(TUFF_F32, false, unit, 2, 2));
    for (int k = 0; k < 4; k++) assert_true(x[k] == unit[k]);
    put(&f, SAMPLE(TUFF_U8, false, raw, 4)); /* a flat row, as CSV gives it */
    for (int k = 0; k < 4; k++) assert_true(fabsf(x[k] - unit[k]) < 1e-6f);
    assert_said(&f, 0, 0, "");
    close_all(&f);
}

static void test_raw_data_for_an_integer_input_is_quantized(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_S8, 4, {1, 2, 2, 1}, 0, 1, 1 / 255.0f, -128);
    const int8_t *x = tuff_interpreter_input_data(f.it, 0);
    put(&f, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    for (int k = 0; k < 4; k++) assert_int_equal(x[k], raw[k] - 128);
    put(&f, SAMPLE(TUFF_F32, false, unit, 2, 2, 1));
    for (int k = 0; k < 4; k++) assert_int_equal(x[k], raw[k] - 128);
    const int8_t own[] = {-1, 2, -3, 4};
    put(&f, SAMPLE(TUFF_S8, false, own, 2, 2, 1));
    assert_memory_equal(x, own, 4);
    assert_said(&f, 0, 0, "");
    close_all(&f);
}

static void test_raw_data_without_recipe_is_bytes_for_u8_and_refused_else(void **state) {
    (void)state;
    OPEN(bytes, .type = TUFF_U8, 4, {1, 2, 2, 1}, 0, 0, 0.5f, 3);
    put(&bytes, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    put(&bytes, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    assert_memory_equal(tuff_interpreter_input_data(bytes.it, 0), raw, 4);
    assert_said(&bytes, 1, 0, "no recipe: its u8 input takes the bytes 0..255 as they are");
    close_all(&bytes);
    OPEN(floats, .type = TUFF_F32, 4, {1, 2, 2, 1});
    refused(&floats, SAMPLE(TUFF_U8, true, raw, 2, 2, 1), "some.file: raw data 0..255, and the model has no recipe");
    refused(&floats, SAMPLE(TUFF_U8, false, raw, 2, 2, 1), "give it with --input-range (\"tuff doctor\"");
    close_all(&floats);
}

static void test_explicit_recipe_beats_the_models_and_says_so(void **state) {
    (void)state;
    const tuff_recipe given = {.present = true, .count = 1, .mean = {127.5f}, .std = {127.5f}, .source = "the command line"};
    fixture f = {0};
    tuff_feed_options o = {sizeof o, &given, false, take_note, &f};
    fixture opened = open_with((wanted){.type = TUFF_F32, 4, {1, 2, 2, 1}, 0, 1, 0, 0, NULL}, o);
    opened.notes = f.notes;
    strcpy(opened.said, f.said);
    assert_said(&opened, 1, 0, "the given input range -1..1 (the command line) is used in place of the model's own 0..1");
    put(&opened, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    assert_true(*(const float *)tuff_interpreter_input_data(opened.it, 0) == -1);
    close_all(&opened);
    tuff_feed *feed;
    tuff_error e = {0};
    const tuff_recipe broken = {.present = true, .count = 1};
    o.recipe = &broken;
    fixture plain = open_with((wanted){.type = TUFF_F32, 1, {4}, 0, 0, 0, 0, NULL}, (tuff_feed_options)TUFF_FEED_OPTIONS);
    assert_int_equal(tuff_feed_create(plain.model, &o, &feed, &e), TUFF_ERR_ARGUMENT);
    o.size = 1;
    assert_int_equal(tuff_feed_create(plain.model, &o, &feed, NULL), TUFF_ERR_ARGUMENT);
    close_all(&plain);
}

static void test_pictures_of_another_size_and_colour_are_converted_and_it_says_so_once(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_F32, 4, {1, 2, 2, 1}, 0, 1);
    uint8_t pixels[10 * 8 * 3];
    memset(pixels, 51, sizeof pixels);
    put(&f, SAMPLE(TUFF_U8, true, pixels, 10, 8, 3));
    put(&f, SAMPLE(TUFF_U8, true, pixels, 10, 8, 3));
    assert_true(fabsf(((const float *)tuff_interpreter_input_data(f.it, 0))[3] - 0.2f) < 1e-6f);
    assert_said(&f, 1, 0, "some.file: picture 10x8x3 converted to the model's 2x2x1 (resized, made gray)");
    close_all(&f);
}

static void test_invert_turns_raw_data_round_and_leaves_floats(void **state) {
    (void)state;
    fixture f = {0};
    tuff_feed_options o = {sizeof o, NULL, true, take_note, &f};
    f = open_with((wanted){.type = TUFF_F32, 4, {1, 2, 2, 1}, 0, 1, 0, 0, NULL}, o);
    const float *x = tuff_interpreter_input_data(f.it, 0);
    put(&f, SAMPLE(TUFF_U8, true, raw, 2, 2, 1));
    assert_true(x[0] == 1 && x[3] == 0);
    put(&f, SAMPLE(TUFF_F32, false, unit, 2, 2, 1));
    assert_true(x[0] == 0 && x[3] == 1);
    assert_said(&f, 0, 1, "--invert is for raw data");
    close_all(&f);
}

static void test_bright_background_against_dark_calibration_names_invert(void **state) {
    (void)state;
    uint8_t bright[9], dark[9];
    memset(bright, 250, 9);
    memset(dark, 2, 9);
    bright[4] = 0, dark[4] = 255;
    OPEN(f, .type = TUFF_F32, 4, {1, 3, 3, 1}, 0, 1, 0, 0, "{\"samples\":500,\"method\":\"minmax\",\"raw_mean\":33.1}");
    put(&f, SAMPLE(TUFF_U8, true, dark, 3, 3, 1));
    assert_said(&f, 0, 0, "");
    put(&f, SAMPLE(TUFF_U8, true, bright, 3, 3, 1));
    put(&f, SAMPLE(TUFF_U8, true, bright, 3, 3, 1));
    assert_said(&f, 0, 1,
                "the background is bright (mean 250 of 0..255), the data that the model was calibrated on is dark (mean 33): --invert turns it round");
    close_all(&f);
    OPEN(unknown, .type = TUFF_F32, 4, {1, 3, 3, 1}, 0, 1, 0, 0, "{\"samples\":5}");
    put(&unknown, SAMPLE(TUFF_U8, true, bright, 3, 3, 1));
    assert_said(&unknown, 0, 0, "");
    close_all(&unknown);
}

/* ---- floats ---- */
static void test_floats_that_contradict_the_recipe_are_a_warning_with_both_ranges(void **state) {
    (void)state;
    static const struct {
        float low, high; /* of the model */
        float values[4];
        const char *says; /* NULL: nothing */
    } cases[] = {
        {0, 1, {0, 51, 204, 255}, "floats 0..255, but the model expects 0..1"},
        {0, 255, {0, 0.2f, 0.8f, 1}, "floats 0..1, but the model expects 0..255"},
        {0, 1, {-1, 0, 0.5f, 1}, "floats -1..1, but the model expects 0..1"},
        {-1, 1, {0, 0.2f, 0.8f, 1}, "floats 0..1, but the model expects -1..1"},
        {0, 1, {0, 0.2f, 0.8f, 1.02f}, NULL},
        {0, 255, {0, 3, 9, 200}, NULL},
        {0, 255, {0, 0, 0, 0}, NULL}, /* an empty picture tells nothing */
        {-1, 1, {-1, -0.5f, 0, 1}, NULL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        OPEN(f, .type = TUFF_F32, 4, {1, 2, 2, 1}, cases[k].low, cases[k].high);
        put(&f, SAMPLE(TUFF_F32, false, cases[k].values, 2, 2, 1));
        put(&f, SAMPLE(TUFF_F32, false, cases[k].values, 2, 2, 1));
        assert_said(&f, 0, cases[k].says != NULL, cases[k].says ? cases[k].says : "");
        assert_memory_equal(tuff_interpreter_input_data(f.it, 0), cases[k].values, 16); /* a warning changes nothing */
        close_all(&f);
    }
}

static void test_numbers_that_are_no_picture_may_have_any_range(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_F32, 2, {1, 4}, 0, 255); /* the recipe of a table's model that begins with Normalization */
    const float values[] = {-0.5f, 0, 0.25f, 1};
    put(&f, SAMPLE(TUFF_F32, false, values, 4));
    assert_said(&f, 0, 0, "");
    close_all(&f);
}

static void test_floats_beyond_the_quantized_range_are_a_warning(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_S8, 2, {1, 4}, 0, 0, 1 / 255.0f, -128);
    const float large[] = {0, 100, 200, 255};
    put(&f, SAMPLE(TUFF_F32, false, unit, 4));
    assert_said(&f, 0, 0, "");
    put(&f, SAMPLE(TUFF_F32, false, large, 4));
    assert_said(&f, 0, 1, "floats 0..255, but the model expects 0..1 (the input's quantized range)");
    assert_int_equal(((const int8_t *)tuff_interpreter_input_data(f.it, 0))[3], 127);
    close_all(&f);
}

static void test_nan_and_infinity_are_refused_with_their_place(void **state) {
    (void)state;
    OPEN(f, .type = TUFF_F32, 2, {1, 4});
    const float nan_values[] = {0, 1, NAN, 2}, infinite[] = {0, -INFINITY, 1, 2};
    refused(&f, SAMPLE(TUFF_F32, false, nan_values, 4), "some.file: element 2 is NaN, expected a finite number");
    refused(&f, SAMPLE(TUFF_F32, false, infinite, 4), "some.file: element 1 is infinite");
    close_all(&f);
}

/* ---- shapes and types ---- */
static void test_shapes_match_but_for_dims_of_one(void **state) {
    (void)state;
    const float values[12] = {0};
    OPEN(f, .type = TUFF_F32, 4, {1, 3, 4, 1});
    put(&f, SAMPLE(TUFF_F32, false, values, 3, 4));
    put(&f, SAMPLE(TUFF_F32, false, values, 1, 3, 1, 4));
    put(&f, SAMPLE(TUFF_F32, false, values, 12));
    refused(&f, SAMPLE(TUFF_F32, false, values, 4, 3), "some.file: shape [4,3], expected [3,4,1] (input x without the batch)");
    refused(&f, SAMPLE(TUFF_F32, false, values, 11), "shape [11], expected [3,4,1]");
    refused(&f, SAMPLE(TUFF_F32, false, values, 2, 6), "shape [2,6]");
    close_all(&f);
}

static void test_other_types_are_refused_and_name_what_would_do(void **state) {
    (void)state;
    const int32_t values[4] = {0};
    OPEN(f, .type = TUFF_F32, 2, {1, 4}, 0, 1);
    refused(&f, SAMPLE(TUFF_S32, false, values, 4), "some.file: elements of type s32, expected u8 (raw 0..255), f32 (in the model's range)");
    close_all(&f);
    OPEN(whole, .type = TUFF_S32, 2, {1, 4});
    put(&whole, SAMPLE(TUFF_S32, false, values, 4)); /* token numbers: the input's own type */
    refused(&whole, SAMPLE(TUFF_U8, false, raw, 4), "input x is of type s32: raw data needs f32, u8, s8 or s16");
    refused(&whole, SAMPLE(TUFF_F32, false, unit, 4), "input x is of type s32");
    close_all(&whole);
    fixture two = open_many((wanted){.type = TUFF_F32, 2, {1, 4}, 0, 0, 0, 0, NULL}, (tuff_feed_options)TUFF_FEED_OPTIONS, 2);
    refused(&two, SAMPLE(TUFF_F32, false, unit, 4), "the model has 2 inputs");
    close_all(&two);
}

static void test_raw_arrays_may_have_any_number_of_channels(void **state) {
    (void)state;
    uint8_t many[12];
    for (int k = 0; k < 12; k++) many[k] = (uint8_t)(k * 20);
    OPEN(f, .type = TUFF_F32, 4, {1, 1, 2, 6}, 0, 1);
    put(&f, SAMPLE(TUFF_U8, false, many, 2, 6));
    assert_true(((const float *)tuff_interpreter_input_data(f.it, 0))[11] == 220 / 255.0f);
    refused(&f, SAMPLE(TUFF_U8, true, many, 2, 2, 3), "some.file: pixels of 3 channels cannot become the input's 6");
    close_all(&f);
    OPEN(flat, .type = TUFF_F32, 2, {1, 12}, 0, 1);
    put(&flat, SAMPLE(TUFF_U8, true, many, 3, 4, 1)); /* a picture for a flat input: only of its size */
    assert_true(((const float *)tuff_interpreter_input_data(flat.it, 0))[11] == 220 / 255.0f);
    refused(&flat, SAMPLE(TUFF_U8, true, many, 2, 2, 1), "some.file: shape [2,2,1], expected [12]");
    close_all(&flat);
}

/* ---- classes and the model's labels ---- */
static void assert_matches(const char *csv, int32_t a, int32_t b, const char *refusal) {
    static const char *const labels[] = {"cat", "dog", "eel"};
    tuff_error e = {0};
    scratch s;
    scratch_open(&s);
    tuff_arena *arena = tuff_arena_create(NULL, &e);
    tuff_graph *g = build(arena, &(wanted){.type = TUFF_F32, .rank = 2, .shape = {1, 3}}, 1);
    const tuff_recipe recipe = {.present = true, .count = 1, .std = {1}};
    tuff_model *model;
    tuff_dataset *d;
    uint8_t *bytes;
    size_t count;
    assert_int_equal(tuff_tflite_write_recipe(g, &recipe, labels, 3, &e), TUFF_OK);
    assert_int_equal(tuff_tflite_write(g, true, NULL, &bytes, &count, &e), TUFF_OK);
    assert_int_equal(tuff_model_adopt(bytes, count, NULL, &model, &e), TUFF_OK);
    assert_int_equal(tuff_dataset_open(scratch_text(&s, "x.csv", csv), NULL, &d, &e), TUFF_OK);
    const tuff_status status = tuff_dataset_match_labels(d, model, &e);
    if (refusal) {
        assert_int_equal(status, TUFF_ERR_DATA);
        if (!strstr(e.message, refusal)) fail_msg("%s", e.message);
    } else {
        tuff_sample x;
        assert_int_equal(status, TUFF_OK);
        assert_int_equal(tuff_dataset_get(d, 0, &x, &e), TUFF_OK);
        assert_int_equal(x.label, a);
        assert_int_equal(tuff_dataset_get(d, 1, &x, &e), TUFF_OK);
        assert_int_equal(x.label, b);
    }
    tuff_dataset_close(d);
    tuff_model_close(model);
    tuff_arena_destroy(arena);
    scratch_close(&s);
}

static void test_named_classes_take_the_numbers_of_the_models_labels(void **state) {
    (void)state;
    assert_matches("1,2,eel\n3,4,dog\n", 2, 1, NULL);
    assert_matches("1,2,2\n3,4,0\n", 2, 0, NULL);
    assert_matches("1,2,zebra\n3,4,ant\n", 1, 0, NULL); /* none known: byte order */
    assert_matches("1,2,eel\n3,4,ant\n", 0, 0, "class ant is not among the model's 3 labels (cat ...)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_picture_and_its_float_array_give_the_same_input),
        cmocka_unit_test(test_raw_data_for_an_integer_input_is_quantized),
        cmocka_unit_test(test_raw_data_without_recipe_is_bytes_for_u8_and_refused_else),
        cmocka_unit_test(test_explicit_recipe_beats_the_models_and_says_so),
        cmocka_unit_test(test_pictures_of_another_size_and_colour_are_converted_and_it_says_so_once),
        cmocka_unit_test(test_invert_turns_raw_data_round_and_leaves_floats),
        cmocka_unit_test(test_bright_background_against_dark_calibration_names_invert),
        cmocka_unit_test(test_floats_that_contradict_the_recipe_are_a_warning_with_both_ranges),
        cmocka_unit_test(test_numbers_that_are_no_picture_may_have_any_range),
        cmocka_unit_test(test_floats_beyond_the_quantized_range_are_a_warning),
        cmocka_unit_test(test_nan_and_infinity_are_refused_with_their_place),
        cmocka_unit_test(test_shapes_match_but_for_dims_of_one),
        cmocka_unit_test(test_other_types_are_refused_and_name_what_would_do),
        cmocka_unit_test(test_raw_arrays_may_have_any_number_of_channels),
        cmocka_unit_test(test_named_classes_take_the_numbers_of_the_models_labels),
    };
    return cmocka_run_group_tests_name("feeding", tests, NULL, NULL);
}
