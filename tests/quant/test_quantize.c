/* Whole small graphs, quantized and run: scales, constants, shared and fixed scales, float ends, what is refused.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kit/quant/quant.h"

/* ---- building ---- */

enum { SAMPLES = 16, WIDTH = 4 };

static tuff_graph *new_graph(void) {
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    tuff_graph *g = tuff_graph_create(arena, NULL);
    assert_non_null(tuff_graph_add_subgraph(g, "main", NULL));
    return g;
}

static int32_t activation(tuff_graph *g, const char *name, int32_t columns) {
    const int32_t shape[2] = {1, columns};
    const int32_t t = tuff_graph_add_tensor(g, &g->subgraphs[0], name, TUFF_F32, 2, shape, NULL, NULL);
    assert_true(t >= 0);
    return t;
}

static int32_t constant(tuff_graph *g, const char *name, int32_t rank, const int32_t *shape, const float *values) {
    size_t n = 1;
    for (int32_t k = 0; k < rank; k++) n *= (size_t)shape[k];
    const int32_t t = tuff_graph_add_constant(g, &g->subgraphs[0], name, TUFF_F32, rank, shape, values, n * sizeof(float), true, NULL);
    assert_true(t >= 0);
    return t;
}

static void set_attr(tuff_node *n, const char *name, double value) {
    for (const tuff_field *f = n->op->options.fields; f->kind != TUFF_FIELD_END_KIND; f++) {
        if (strcmp(f->name, name) != 0) continue;
        char *at = (char *)n->attrs + f->offset;
        if (f->kind == TUFF_FIELD_F32) *(float *)at = (float)value;
        else if (f->kind == TUFF_FIELD_S32) *(int32_t *)at = (int32_t)value;
        else fail_msg("attr %s has another kind", name);
        return;
    }
    fail_msg("no attr %s", name);
}

static tuff_node *node(tuff_graph *g, const char *op, const int32_t *inputs, int32_t n, int32_t output) {
    tuff_node *made = tuff_graph_add_node(g, &g->subgraphs[0], -1, tuff_op_by_name(op), inputs, n, &output, 1, NULL);
    assert_non_null(made);
    return made;
}

static void ends(tuff_graph *g, int32_t input, int32_t output) {
    assert_int_equal(tuff_graph_set_graph_io(g, &g->subgraphs[0], &input, 1, &output, 1, NULL), TUFF_OK);
    assert_non_null(tuff_graph_add_signature(g, "serving_default", 0, NULL));
    tuff_error error = {0};
    if (tuff_graph_check(g, &error) != TUFF_OK) fail_msg("%s", error.message);
}

static const float weights[3 * WIDTH] = {1.27f, -0.5f, 0.25f, 0.0f, 0.0f, 12.7f, -12.7f, 1.0f, 1e-9f, -1e-9f, 5e-10f, 0.0f};
static const float biases[3] = {0.5f, -1.0f, 3.0f};

/* logits = dense(x) [1,3] */
static int32_t dense(tuff_graph *g, int32_t x) {
    const int32_t w_shape[2] = {3, WIDTH}, b_shape[1] = {3};
    const int32_t inputs[3] = {x, constant(g, "dense/kernel", 2, w_shape, weights), constant(g, "dense/bias", 1, b_shape, biases)};
    const int32_t out = activation(g, "logits", 3);
    node(g, "FULLY_CONNECTED", inputs, 3, out);
    return out;
}

static int32_t softmax(tuff_graph *g, int32_t x) {
    const int32_t out = activation(g, "probabilities", 3);
    set_attr(node(g, "SOFTMAX", &x, 1, out), "beta", 1.0);
    return out;
}

static tuff_graph *classifier(void) {
    tuff_graph *g = new_graph();
    const int32_t x = activation(g, "x", WIDTH);
    ends(g, x, softmax(g, dense(g, x)));
    return g;
}

/* ---- samples ---- */

static char folder[] = "/tmp/tuff_quantize_XXXXXX";
static char file[64];

static tuff_dataset *dataset_of(const float *values, size_t samples) {
    char header[128];
    memset(header, ' ', sizeof header);
    memcpy(header, "\x93NUMPY\x01\x00\x76\x00", 10);
    const int n = snprintf(header + 10, 100, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %d), }", samples, WIDTH);
    header[10 + n] = ' ';
    header[127] = '\n';
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(header, 1, sizeof header, f), sizeof header);
    assert_int_equal(fwrite(values, sizeof(float), samples * WIDTH, f), samples * WIDTH);
    fclose(f);
    tuff_dataset *d = NULL;
    tuff_error error = {0};
    if (tuff_dataset_open(file, NULL, &d, &error) != TUFF_OK) fail_msg("%s", error.message);
    return d;
}

/* 0..1, both ends there */
static void fill(float *values) {
    srand(3);
    for (int k = 0; k < SAMPLES * WIDTH; k++) values[k] = (float)(rand() % 256) / 255.0f;
    values[0] = 0.0f;
    values[1] = 1.0f;
}

static tuff_dataset *samples_0_1(void) {
    float values[SAMPLES * WIDTH];
    fill(values);
    return dataset_of(values, SAMPLES);
}

static tuff_graph *quantized(const tuff_graph *g, const tuff_quantize_options *o) {
    tuff_dataset *d = o->mode == TUFF_QUANTIZE_INT8 ? samples_0_1() : NULL;
    tuff_graph *q = NULL;
    tuff_error error = {0};
    if (tuff_graph_quantize(g, d, o, &q, &error) != TUFF_OK) fail_msg("%s", error.message);
    tuff_dataset_close(d);
    return q;
}

static const tuff_tensor *named(const tuff_graph *g, const char *name) {
    for (int32_t k = 0; k < g->subgraphs[0].n_tensors; k++)
        if (strcmp(g->subgraphs[0].tensors[k].name, name) == 0) return &g->subgraphs[0].tensors[k];
    fail_msg("no tensor %s", name);
    return NULL;
}

static void run(const tuff_graph *g, const float *x, float *y, size_t n) {
    tuff_model *model = NULL;
    tuff_interpreter *it = NULL;
    tuff_error error = {0};
    if (tuff_graph_model(g, &model, NULL, &error) != TUFF_OK || tuff_interpreter_create(model, NULL, &it, &error) != TUFF_OK ||
        tuff_interpreter_set_f32(it, 0, x, WIDTH, &error) != TUFF_OK || tuff_interpreter_invoke(it, &error) != TUFF_OK ||
        tuff_interpreter_get_f32(it, 0, y, n, &error) != TUFF_OK)
        fail_msg("%s", error.message);
    tuff_interpreter_destroy(it);
    tuff_model_close(model);
}

/* Both graphs on all samples: how far apart at the most. */
static double distance(const tuff_graph *a, const tuff_graph *b, size_t n) {
    float values[SAMPLES * WIDTH], ya[16], yb[16];
    double most = 0.0;
    fill(values);
    for (int k = 0; k < SAMPLES; k++) {
        run(a, values + k * WIDTH, ya, n);
        run(b, values + k * WIDTH, yb, n);
        for (size_t j = 0; j < n; j++) most = fmax(most, fabs((double)ya[j] - (double)yb[j]));
    }
    return most;
}

/* ---- int8 ---- */

static void test_int8_classifier_has_the_scales_of_the_rules(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_tensor *x = named(q, "x"), *w = named(q, "dense/kernel"), *b = named(q, "dense/bias"), *p = named(q, "probabilities");
    assert_int_equal(x->type, TUFF_S8);
    assert_true(x->quantization.scale[0] == (float)(1.0 / 255.0));
    assert_int_equal(x->quantization.zero_point[0], -128);
    assert_int_equal(w->type, TUFF_S8);
    assert_int_equal(w->quantization.count, 3);
    assert_int_equal(w->quantization.dimension, 0);
    assert_true(w->quantization.scale[0] == (float)((double)1.27f / 127.0));
    static const int8_t rows[8] = {127, -50, 25, 0, 0, 127, -127, 10};
    assert_memory_equal(w->data, rows, sizeof rows);
    assert_int_equal(b->type, TUFF_S32);
    for (int k = 0; k < 3; k++) assert_true(b->quantization.scale[k] == x->quantization.scale[0] * w->quantization.scale[k]);
    assert_int_equal(((const int32_t *)b->data)[0], lround(0.5 / (double)b->quantization.scale[0]));
    assert_true(p->quantization.scale[0] == 1.0f / 256.0f);
    assert_int_equal(p->quantization.zero_point[0], -128);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_raises_a_weight_scale_that_its_bias_would_overflow(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_tensor *b = named(q, "dense/bias"); /* row 2: weights of 1e-9, bias 3 */
    const int32_t bias = ((const int32_t *)b->data)[2];
    assert_true(bias > (1 << 29) && bias <= (1 << 30) + 64);
    assert_true(fabs(bias * (double)b->quantization.scale[2] - 3.0) < 1e-6);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_computes_what_float_computes(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    for (int method = TUFF_CALIBRATE_MINMAX; method <= TUFF_CALIBRATE_MSE; method++) {
        o.calibration = (tuff_calibration)method;
        tuff_graph *q = quantized(g, &o);
        const double d = distance(g, q, 3);
        if (d > 0.05) fail_msg("method %d: %g apart", method, d);
        tuff_graph_free(q);
    }
    tuff_graph_free(g);
}

static void test_int8_outlives_the_float_graph(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    tuff_graph_free(g);
    float y[3];
    run(q, (const float[WIDTH]){0}, y, 3);
    assert_true(y[2] > 0.9f); /* softmax of the biases .5, -1, 3 */
    tuff_graph_free(q);
}

static void test_int8_joins_scales_and_requantizes_where_that_would_cost(void **state) {
    (void)state;
    tuff_graph *g = new_graph();
    const int32_t x = activation(g, "x", WIDTH), logits = dense(g, x);
    const int32_t parts[3] = {softmax(g, logits), logits, x}, out = activation(g, "joined", 3 + 3 + WIDTH);
    set_attr(node(g, "CONCATENATION", parts, 3, out), "axis", 1.0);
    ends(g, x, out);
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_subgraph *s = &q->subgraphs[0];
    const tuff_node *concat = &s->nodes[s->n_nodes - 1];
    assert_string_equal(concat->op->name, "CONCATENATION");
    int quantizes = 0;
    for (int32_t k = 0; k < s->n_nodes; k++) quantizes += strcmp(s->nodes[k].op->name, "QUANTIZE") == 0;
    assert_int_equal(quantizes, 2); /* of the softmax, whose scale is fixed; of x, which the dense layer reads too and whose range is narrow */
    assert_true(named(q, "x")->quantization.scale[0] == (float)(1.0 / 255.0));
    assert_true(named(q, "logits")->quantization.scale[0] == named(q, "joined")->quantization.scale[0]);
    for (int32_t k = 0; k < 3; k++) {
        const tuff_tensor *t = &s->tensors[concat->inputs[k]];
        assert_true(t->quantization.scale[0] == named(q, "joined")->quantization.scale[0]);
        assert_int_equal(t->quantization.zero_point[0], named(q, "joined")->quantization.zero_point[0]);
    }
    assert_true(named(q, "probabilities")->quantization.scale[0] == 1.0f / 256.0f);
    const double apart = distance(g, q, 3 + 3 + WIDTH), step = (double)named(q, "joined")->quantization.scale[0];
    if (apart > 2 * step) fail_msg("%g apart, a step is %g", apart, step);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_reshape_of_a_softmax_keeps_its_scale(void **state) {
    (void)state;
    tuff_graph *g = new_graph();
    const int32_t x = activation(g, "x", WIDTH), p = softmax(g, dense(g, x)), shape[2] = {3, 1}, dims[1] = {2};
    const int32_t to = tuff_graph_add_constant(g, &g->subgraphs[0], "shape", TUFF_S32, 1, dims, shape, sizeof shape, true, NULL);
    const int32_t out = tuff_graph_add_tensor(g, &g->subgraphs[0], "column", TUFF_F32, 2, shape, NULL, NULL);
    node(g, "RESHAPE", (const int32_t[]){p, to}, 2, out);
    ends(g, x, out);
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    assert_true(named(q, "column")->quantization.scale[0] == 1.0f / 256.0f);
    assert_int_equal(q->subgraphs[0].n_nodes, 3);
    assert_int_equal(named(q, "shape")->type, TUFF_S32);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_constants_beside_activations_get_scales_of_their_own(void **state) {
    (void)state;
    tuff_graph *g = new_graph();
    const int32_t x = activation(g, "x", WIDTH), y = activation(g, "y", WIDTH), shape[1] = {WIDTH};
    static const float by[WIDTH] = {0.5f, 1.0f, 2.0f, -1.0f};
    const int32_t inputs[2] = {x, constant(g, "by", 1, shape, by)};
    node(g, "MUL", inputs, 2, y);
    ends(g, x, y);
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_tensor *t = named(q, "by");
    assert_int_equal(t->type, TUFF_S8);
    assert_true(t->quantization.scale[0] == (float)(3.0 / 255.0));
    assert_int_equal(((const int8_t *)t->data)[2], 127);
    assert_true(distance(g, q, WIDTH) < 0.03);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_with_float_ends_keeps_names_and_signature(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    o.float_io = true;
    tuff_graph *q = quantized(g, &o);
    const tuff_subgraph *s = &q->subgraphs[0];
    assert_string_equal(s->nodes[0].op->name, "QUANTIZE");
    assert_string_equal(s->nodes[s->n_nodes - 1].op->name, "DEQUANTIZE");
    assert_string_equal(s->tensors[s->inputs[0]].name, "x");
    assert_int_equal(s->tensors[s->inputs[0]].type, TUFF_F32);
    assert_string_equal(s->tensors[s->outputs[0]].name, "probabilities");
    assert_int_equal(s->tensors[s->outputs[0]].type, TUFF_F32);
    assert_int_equal(q->signatures[0].inputs[0].tensor, s->inputs[0]);
    assert_int_equal(q->signatures[0].outputs[0].tensor, s->outputs[0]);
    assert_true(distance(g, q, 3) < 0.05);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_gives_a_left_out_bias_zeros(void **state) {
    (void)state;
    tuff_graph *g = new_graph();
    const int32_t x = activation(g, "x", WIDTH), y = activation(g, "y", 3), w_shape[2] = {3, WIDTH};
    const int32_t inputs[2] = {x, constant(g, "kernel", 2, w_shape, weights)};
    node(g, "FULLY_CONNECTED", inputs, 2, y);
    ends(g, x, y);
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_node *n = &q->subgraphs[0].nodes[0];
    assert_int_equal(n->n_inputs, 3);
    static const int32_t zeros[3] = {0};
    assert_memory_equal(q->subgraphs[0].tensors[n->inputs[2]].data, zeros, sizeof zeros);
    assert_true(distance(g, q, 3) < 0.2);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_notes_the_calibration(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    bool found = false;
    static const char expected[] = "{\"samples\":16,\"method\":\"minmax\"}";
    for (int32_t k = 0; k < q->n_metadata; k++)
        if (strcmp(q->metadata[k].name, "tuff_calibration") == 0) {
            assert_int_equal(q->metadata[k].content.count, sizeof expected - 1);
            assert_memory_equal(q->metadata[k].content.data, expected, sizeof expected - 1);
            found = true;
        }
    assert_true(found);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_notes_the_mean_of_raw_data(void **state) {
    (void)state;
    tuff_graph *g = classifier(), *q = NULL;
    const tuff_recipe recipe = {.present = true, .count = 1, .mean = {0.0f}, .std = {255.0f}};
    tuff_feed_options feed = TUFF_FEED_OPTIONS;
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    float values[SAMPLES * WIDTH] = {0};
    values[3] = 1.0f; /* 255 of 64 values */
    tuff_dataset *d = dataset_of(values, SAMPLES);
    feed.recipe = &recipe;
    o.feed = &feed;
    assert_int_equal(tuff_graph_quantize(g, d, &o, &q, NULL), TUFF_OK);
    static const char expected[] = "{\"samples\":16,\"method\":\"minmax\",\"raw_mean\":4.0}";
    assert_int_equal(q->metadata[0].content.count, sizeof expected - 1);
    assert_memory_equal(q->metadata[0].content.data, expected, sizeof expected - 1);
    tuff_dataset_close(d);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static void test_int8_nodes_that_share_weights_go_on_sharing(void **state) {
    (void)state;
    tuff_graph *g = new_graph();
    const int32_t w_shape[2] = {WIDTH, WIDTH};
    static const float square[WIDTH * WIDTH] = {0.5f, -0.5f, 0.25f, 0.1f, 0.3f, 0.2f, 0.1f, 0.0f, -0.4f, 0.4f, 0.7f, 0.1f, 0.1f, 0.1f, 0.1f, 0.1f};
    const int32_t x = activation(g, "x", WIDTH), y = activation(g, "y", WIDTH), z = activation(g, "z", WIDTH), w = constant(g, "kernel", 2, w_shape, square);
    node(g, "FULLY_CONNECTED", (const int32_t[]){x, w}, 2, y);
    node(g, "FULLY_CONNECTED", (const int32_t[]){y, w}, 2, z);
    ends(g, x, z);
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *q = quantized(g, &o);
    const tuff_node *n = q->subgraphs[0].nodes;
    assert_int_equal(n[0].inputs[1], n[1].inputs[1]);
    assert_true(n[0].inputs[2] != n[1].inputs[2]); /* biases have the scales of their own inputs */
    assert_true(distance(g, q, WIDTH) < 0.02);
    tuff_graph_free(q);
    tuff_graph_free(g);
}

/* ---- what it says ---- */

static void keep_lines(void *context, const char *text) {
    char *all = context;
    strncat(all, text, 1999 - strlen(all));
    strncat(all, "\n", 1999 - strlen(all));
}

static void test_report_tells_samples_and_whether_ranges_settled(void **state) {
    (void)state;
    float values[SAMPLES * WIDTH];
    fill(values);
    for (int sudden = 0; sudden < 2; sudden++) {
        char all[2000] = "";
        const tuff_report report = {keep_lines, all};
        tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
        o.report = &report;
        if (sudden) values[(SAMPLES - 1) * WIDTH] = 9.0f; /* one of the last four */
        tuff_graph *g = classifier(), *q = NULL;
        tuff_dataset *d = dataset_of(values, SAMPLES);
        assert_int_equal(tuff_graph_quantize(g, d, &o, &q, NULL), TUFF_OK);
        assert_non_null(strstr(all, "calibrated on 16 samples (minmax)"));
        if (!strstr(all, sudden ? "had NOT settled: the last 4 samples widened" : "ranges had settled")) fail_msg("%s", all);
        tuff_dataset_close(d);
        tuff_graph_free(q);
        tuff_graph_free(g);
    }
}

/* ---- what is refused ---- */

static void refused(const tuff_graph *g, tuff_dataset *d, const tuff_quantize_options *o, tuff_status expected, const char *words) {
    tuff_graph *q = (tuff_graph *)&q;
    tuff_error error = {0};
    assert_int_equal(tuff_graph_quantize(g, d, o, &q, &error), expected);
    assert_null(q);
    if (!strstr(error.message, words)) fail_msg("expected '%s' in: %s", words, error.message);
}

static void test_data_that_says_nothing_is_refused(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    float values[SAMPLES * WIDTH];
    refused(g, NULL, &o, TUFF_ERR_DATA, "at least 2 calibration samples, 0 given");
    fill(values);
    tuff_dataset *d = dataset_of(values, 1);
    refused(g, d, &o, TUFF_ERR_DATA, "at least 2");
    tuff_dataset_close(d);
    for (int k = 0; k < SAMPLES * WIDTH; k++) values[k] = 0.25f;
    d = dataset_of(values, SAMPLES);
    refused(g, d, &o, TUFF_ERR_DATA, "all 16 samples are the same for input 'x'");
    tuff_dataset_close(d);
    fill(values);
    values[5 * WIDTH + 2] = NAN;
    d = dataset_of(values, SAMPLES);
    refused(g, d, &o, TUFF_ERR_DATA, "[5]");
    tuff_dataset_close(d);
    values[5 * WIDTH + 2] = 5e29f; /* the input is still small enough, the logits aren't */
    d = dataset_of(values, SAMPLES);
    refused(g, d, &o, TUFF_ERR_DATA, "tensor 'logits'");
    tuff_dataset_close(d);
    tuff_graph_free(g);
}

static void test_data_out_of_the_recipes_range_is_refused(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    const tuff_recipe recipe = {.present = true, .count = 1, .mean = {0.0f}, .std = {255.0f}},
                      raw = {.present = true, .count = 1, .mean = {0.0f}, .std = {1.0f}};
    tuff_feed_options feed = TUFF_FEED_OPTIONS;
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    float values[SAMPLES * WIDTH];
    fill(values);
    values[7 * WIDTH] = 200.0f;
    tuff_dataset *d = dataset_of(values, SAMPLES);
    o.feed = &feed;
    feed.recipe = &recipe;
    refused(g, d, &o, TUFF_ERR_DATA, "input 'x' holds 200, outside of 0..1");
    tuff_dataset_close(d);
    d = samples_0_1();
    feed.recipe = &raw;
    refused(g, d, &o, TUFF_ERR_DATA, "input 'x' holds 0..1, but the recipe says 0..255");
    tuff_dataset_close(d);
    tuff_graph_free(g);
}

static void test_models_that_cannot_be_quantized_are_refused_by_name(void **state) {
    (void)state;
    const tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_graph *g = classifier();
    tuff_graph *q = quantized(g, &o);
    tuff_dataset *d = samples_0_1();
    refused(q, d, &o, TUFF_ERR_UNSUPPORTED, "quantized already");
    tuff_graph_free(q);
    /* the layer's name, where an importer gave one */
    int32_t made = activation(g, "x_not", 3);
    tuff_node *n = node(g, "SQUARE", &g->subgraphs[0].outputs[0], 1, made);
    n->origin = "my_layer";
    assert_int_equal(tuff_graph_set_graph_io(g, &g->subgraphs[0], g->subgraphs[0].inputs, 1, &made, 1, NULL), TUFF_OK);
    refused(g, d, &o, TUFF_ERR_UNSUPPORTED, "SQUARE, layer 'my_layer': has no int8 form");
    tuff_graph_free(g);
    tuff_dataset_close(d);
}

static bool stop_at_five(void *context, size_t done, size_t total) {
    (void)context;
    assert_int_equal(total, SAMPLES);
    return done < 5;
}

static void test_calibration_can_be_cancelled(void **state) {
    (void)state;
    tuff_graph *g = classifier();
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    tuff_dataset *d = samples_0_1();
    o.progress = stop_at_five;
    refused(g, d, &o, TUFF_ERR_CANCELLED, "after 5 samples");
    tuff_dataset_close(d);
    tuff_graph_free(g);
}

/* ---- dynamic and float16 ---- */

/* dense of 4 x rows, then dense of rows x 4: the same number of weights in both */
static tuff_graph *wide(int32_t rows) {
    tuff_graph *g = new_graph();
    float *values = calloc((size_t)rows * WIDTH, sizeof(float));
    for (int32_t k = 0; k < rows * WIDTH; k++) values[k] = (float)((k * 37) % 101 - 50) / 1000.0f;
    const int32_t x = activation(g, "x", WIDTH), middle = activation(g, "middle", rows), y = activation(g, "y", WIDTH);
    const int32_t in_shape[2] = {rows, WIDTH}, out_shape[2] = {WIDTH, rows};
    const int32_t first[2] = {x, constant(g, "first", 2, in_shape, values)}, second[2] = {middle, constant(g, "second", 2, out_shape, values)};
    node(g, "FULLY_CONNECTED", first, 2, middle);
    node(g, "FULLY_CONNECTED", second, 2, y);
    ends(g, x, y);
    free(values);
    return g;
}

static void test_dynamic_takes_weights_of_1024_elements_and_asks_for_asymmetric_inputs(void **state) {
    (void)state;
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    o.mode = TUFF_QUANTIZE_DYNAMIC;
    for (int32_t rows = 255; rows <= 256; rows++) {
        tuff_graph *g = wide(rows), *q = quantized(g, &o);
        assert_int_equal(named(q, "first")->type, rows == 256 ? TUFF_S8 : TUFF_F32);
        if (rows == 256) {
            assert_int_equal(named(q, "first")->quantization.count, 256);
            for (const tuff_field *f = q->subgraphs[0].nodes[0].op->options.fields; f->kind != TUFF_FIELD_END_KIND; f++)
                if (strcmp(f->name, "asymmetric_quantize_inputs") == 0) assert_true(*(bool *)((char *)q->subgraphs[0].nodes[0].attrs + f->offset));
        }
        assert_int_equal(named(q, "middle")->type, TUFF_F32);
        assert_true(distance(g, q, WIDTH) < 0.01);
        tuff_graph_free(q);
        tuff_graph_free(g);
    }
}

static void test_float16_halves_large_constants_behind_dequantize(void **state) {
    (void)state;
    tuff_quantize_options o = TUFF_QUANTIZE_OPTIONS;
    o.mode = TUFF_QUANTIZE_FLOAT16;
    tuff_graph *g = wide(256), *q = quantized(g, &o);
    assert_int_equal(q->subgraphs[0].n_nodes, 4);
    assert_string_equal(q->subgraphs[0].nodes[0].op->name, "DEQUANTIZE");
    assert_int_equal(named(q, "first")->type, TUFF_F16);
    assert_int_equal(named(q, "first")->bytes, 2048);
    assert_true(distance(g, q, WIDTH) < 0.001);
    refused(q, NULL, &o, TUFF_ERR_UNSUPPORTED, "quantized already");
    tuff_graph_free(q);
    tuff_graph_free(g);
}

static int begin(void **state) {
    (void)state;
    if (!mkdtemp(folder)) return -1;
    snprintf(file, sizeof file, "%s/x.npy", folder);
    return 0;
}

static int end(void **state) {
    (void)state;
    unlink(file);
    return rmdir(folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_int8_classifier_has_the_scales_of_the_rules),
        cmocka_unit_test(test_int8_raises_a_weight_scale_that_its_bias_would_overflow),
        cmocka_unit_test(test_int8_computes_what_float_computes),
        cmocka_unit_test(test_int8_outlives_the_float_graph),
        cmocka_unit_test(test_int8_joins_scales_and_requantizes_where_that_would_cost),
        cmocka_unit_test(test_int8_reshape_of_a_softmax_keeps_its_scale),
        cmocka_unit_test(test_int8_constants_beside_activations_get_scales_of_their_own),
        cmocka_unit_test(test_int8_with_float_ends_keeps_names_and_signature),
        cmocka_unit_test(test_int8_gives_a_left_out_bias_zeros),
        cmocka_unit_test(test_int8_notes_the_calibration),
        cmocka_unit_test(test_int8_notes_the_mean_of_raw_data),
        cmocka_unit_test(test_int8_nodes_that_share_weights_go_on_sharing),
        cmocka_unit_test(test_report_tells_samples_and_whether_ranges_settled),
        cmocka_unit_test(test_data_that_says_nothing_is_refused),
        cmocka_unit_test(test_data_out_of_the_recipes_range_is_refused),
        cmocka_unit_test(test_models_that_cannot_be_quantized_are_refused_by_name),
        cmocka_unit_test(test_calibration_can_be_cancelled),
        cmocka_unit_test(test_dynamic_takes_weights_of_1024_elements_and_asks_for_asymmetric_inputs),
        cmocka_unit_test(test_float16_halves_large_constants_behind_dequantize),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
