/* CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED: every cpu level and every number of jobs against the definition, extremes, refusals.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/node.h"

#include <float.h>
#include <math.h>
#include <stdio.h>

#include "ops/activation.h"
#include "ops/conv_2d.h"
#include "ops/depthwise_conv_2d.h"
#include "ops/fully_connected.h"

/* ---- random cases ---- */
static uint32_t random_state = 20260823;
static uint32_t random_bits(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    return random_state ^= random_state << 5;
}
static int32_t among(int32_t lo, int32_t hi) { return lo + (int32_t)(random_bits() % (uint32_t)(hi - lo + 1)); }

enum { ROOM = 1 << 16 };
typedef struct buffers {
    uint8_t input[ROOM], weights[ROOM], bias[ROOM];
} buffers;

static int64_t count(const operand *o) {
    int64_t n = 1;
    for (int32_t k = 0; k < o->rank; k++) n *= o->shape[k];
    return n;
}

static void fill(operand *o, uint8_t *room) {
    const int64_t n = count(o);
    assert_true((size_t)n * 8 <= ROOM);
    for (int64_t k = 0; k < n; k++) {
        if (o->type == TUFF_F32) ((float *)(void *)room)[k] = (float)among(-1000, 1000) / 500.0f;
        else if (o->type == TUFF_S32) ((int32_t *)(void *)room)[k] = among(-20000, 20000);
        else if (o->type == TUFF_S64) ((int64_t *)(void *)room)[k] = among(-20000, 20000);
        else if (o->type == TUFF_S16) ((int16_t *)(void *)room)[k] = (int16_t)among(-32768, 32767);
        else room[k] = (uint8_t)random_bits();
    }
    o->data = room;
}

typedef struct types {
    tuff_type input, weights, bias;
} types;
static const types combinations[] = {{TUFF_F32, TUFF_F32, TUFF_F32}, {TUFF_S8, TUFF_S8, TUFF_S32},  {TUFF_U8, TUFF_U8, TUFF_S32},
                                     {TUFF_S16, TUFF_S8, TUFF_S64},  {TUFF_F32, TUFF_S8, TUFF_F32}, {TUFF_S8, TUFF_S4, TUFF_S32}};
enum { COMBINATIONS = sizeof combinations / sizeof combinations[0] };

/* Scales that use the output's range, now and then one per channel; zero points anywhere. */
static void quantize(operand *in, operand *weights, operand *out, const types *t, int32_t channels, int64_t depth) {
    if (t->weights == TUFF_F32) return;
    const bool per_channel = t->weights != TUFF_U8 && channels <= NODE_SCALES && among(0, 1);
    weights->scales = per_channel ? channels : 1;
    for (int32_t k = 0; k < weights->scales; k++) weights->scale[k] = (float)among(50, 150) / 10000.0f;
    if (t->weights == TUFF_U8) weights->zero = among(0, 255);
    if (t->input == TUFF_F32) return;
    in->scales = out->scales = 1;
    in->scale[0] = t->input == TUFF_S16 ? 0.0001f : 0.02f;
    out->scale[0] = in->scale[0] * 0.01f * sqrtf((float)(depth + 1)) * (t->input == TUFF_S16 ? 40.0f : 60.0f);
    if (t->input == TUFF_S8) in->zero = among(-128, 127), out->zero = among(-128, 127);
    if (t->input == TUFF_U8) in->zero = among(0, 255), out->zero = among(0, 255);
}

static const char *text(const operand *o) {
    static char room[3][64];
    static int turn;
    char *to = room[turn = (turn + 1) % 3];
    snprintf(to, sizeof room[0], "%s [%d,%d,%d,%d]", tuff_type_name(o->type), o->shape[0], o->shape[1], o->rank > 2 ? o->shape[2] : 0,
             o->rank > 3 ? o->shape[3] : 0);
    return to;
}

/* The definition with one job gives what every level gives with any number of jobs: integers bit for bit, floats within rounding. */
static void check_all(const tuff_op *op, const void *attrs, const operand *in, const operand *out) {
    result want = node_run(op, attrs, in, 3, out, TUFF_CPU_NONE, 1);
    if (want.status != TUFF_OK) fail_msg("%s: %s", op->name, want.error.message);
    static const int jobs[] = {1, 2, 3, 7};
    for (int level = TUFF_CPU_NONE; level <= (int)tuff_cpu_detect(); level++)
        for (size_t j = 0; j < sizeof jobs / sizeof jobs[0]; j++) {
            result got = node_run(op, attrs, in, 3, out, level, jobs[j]);
            if (got.status != TUFF_OK) fail_msg("%s: %s", op->name, got.error.message);
            assert_int_equal(got.bytes, want.bytes);
            bool equal = memcmp(got.data, want.data, got.bytes) == 0;
            if (out->type == TUFF_F32) {
                equal = true;
                for (size_t k = 0; k < got.bytes / 4; k++) equal = equal && fabsf(((float *)got.data)[k] - ((float *)want.data)[k]) <= 2e-3f;
            }
            if (!equal)
                fail_msg("%s %s x %s, level %s, %d jobs, %s", op->name, text(&in[0]), text(&in[1]), tuff_cpu_name((tuff_cpu_level)level), jobs[j],
                         got.kernels[got.n_kernels - 1]);
            node_free(&got);
        }
    node_free(&want);
}

static void random_conv(buffers *b, const types *t) {
    const int32_t groups = among(0, 3) == 0 ? 2 : 1, depth = among(1, 20), channels = groups * among(1, 20);
    operand in[3] = {{.type = t->input, .rank = 4, .shape = {among(1, 2), among(1, 9), among(1, 9), depth * groups}, .fed = true},
                     {.type = t->weights, .rank = 4, .shape = {channels, among(1, 3), among(1, 3), depth}, .fed = among(0, 7) == 0 && t->weights != TUFF_S4},
                     {.type = t->bias, .rank = 1, .shape = {channels}}};
    operand out = {.type = t->input, .rank = 4, .shape = {1, 1, 1, 1}};
    quantize(&in[0], &in[1], &out, t, channels, (int64_t)depth * in[1].shape[1] * in[1].shape[2]);
    fill(&in[0], b->input), fill(&in[1], b->weights), fill(&in[2], b->bias);
    if (t->input == TUFF_U8) in[2].scales = 1, in[2].scale[0] = in[0].scale[0] * in[1].scale[0];
    const tuff_conv_2d_attrs attrs = {.padding = (int8_t)among(0, 1),
                                      .stride_w = among(1, 2),
                                      .stride_h = among(1, 3),
                                      .dilation_w_factor = among(1, 2),
                                      .dilation_h_factor = among(1, 2),
                                      .fused_activation_function = (int8_t)among(0, 3)};
    check_all(&tuff_op_conv_2d, &attrs, in, &out);
}

static void random_depthwise(buffers *b, const types *t) {
    const int32_t channels = among(1, 40), multiplier = among(0, 2) ? 1 : among(2, 5);
    operand in[3] = {{.type = t->input, .rank = 4, .shape = {among(1, 2), among(1, 9), among(1, 9), channels}, .fed = true},
                     {.type = t->weights, .rank = 4, .shape = {1, among(1, 4), among(1, 4), channels * multiplier}, .axis = 3},
                     {.type = t->bias, .rank = 1, .shape = {channels * multiplier}}};
    operand out = {.type = t->input, .rank = 4, .shape = {1, 1, 1, 1}};
    quantize(&in[0], &in[1], &out, t, channels * multiplier, (int64_t)in[1].shape[1] * in[1].shape[2]);
    fill(&in[0], b->input), fill(&in[1], b->weights), fill(&in[2], b->bias);
    if (among(0, 3) == 0) in[2].data = NULL;
    if (t->input == TUFF_U8) in[2].scales = 1, in[2].scale[0] = in[0].scale[0] * in[1].scale[0];
    const tuff_depthwise_conv_2d_attrs attrs = {.padding = (int8_t)among(0, 1),
                                                .stride_w = among(1, 3),
                                                .stride_h = among(1, 2),
                                                .dilation_w_factor = among(1, 3),
                                                .dilation_h_factor = among(1, 2),
                                                .fused_activation_function = (int8_t)among(0, 3)};
    check_all(&tuff_op_depthwise_conv_2d, &attrs, in, &out);
}

static void random_dense(buffers *b, const types *t) {
    const int32_t depth = among(1, 90), units = among(1, 60);
    operand in[3] = {{.type = t->input, .rank = 2, .shape = {among(1, 20), depth}, .fed = true},
                     {.type = t->weights, .rank = 2, .shape = {units, depth}, .fed = among(0, 7) == 0 && t->weights != TUFF_S4},
                     {.type = t->bias, .rank = 1, .shape = {units}}};
    operand out = {.type = t->input, .rank = 2, .shape = {1, 1}};
    quantize(&in[0], &in[1], &out, t, units, depth);
    fill(&in[0], b->input), fill(&in[1], b->weights), fill(&in[2], b->bias);
    if (among(0, 3) == 0) in[2].data = NULL;
    if (in[0].scales && in[1].scales == 1) in[2].scales = 1, in[2].scale[0] = in[0].scale[0] * in[1].scale[0];
    const tuff_fully_connected_attrs attrs = {.fused_activation_function = (int8_t)among(0, 3), .asymmetric_quantize_inputs = among(0, 1)};
    check_all(&tuff_op_fully_connected, &attrs, in, &out);
}

static void random_cases(void (*one)(buffers *b, const types *t)) {
    buffers *b = malloc(sizeof *b);
    for (int k = 0; k < 25; k++)
        for (int t = 0; t < COMBINATIONS; t++) one(b, &combinations[t]);
    free(b);
}
static void conv_is_the_same_at_every_level_with_any_jobs(void **state) { (void)state, random_cases(random_conv); }
static void depthwise_is_the_same_at_every_level_with_any_jobs(void **state) { (void)state, random_cases(random_depthwise); }
static void fully_connected_is_the_same_at_every_level_with_any_jobs(void **state) { (void)state, random_cases(random_dense); }

/* ---- extremes ---- */
#define AT_EVERY_LEVEL(level) for (int level = TUFF_CPU_NONE; level <= (int)tuff_cpu_detect(); level++)

static operand bytes(tuff_type type, int32_t rows, int32_t columns, float scale, int32_t zero, const void *data) {
    return (operand){.type = type, .rank = 2, .shape = {rows, columns}, .scales = 1, .scale = {scale}, .zero = zero, .data = data};
}

/* (-128 - 127) * -128 summed 300 times is beyond every 8- and 16-bit step on the way */
static void fully_connected_s8_sums_the_extremes_exactly(void **state) {
    (void)state;
    enum { DEPTH = 300 };
    int8_t x[DEPTH], w[2 * DEPTH];
    for (int k = 0; k < DEPTH; k++) x[k] = -128, w[k] = -128, w[DEPTH + k] = 127;
    operand in[2] = {bytes(TUFF_S8, 1, DEPTH, 1.0f, 127, x), bytes(TUFF_S8, 2, DEPTH, 1.0f, 0, w)};
    in[0].fed = true;
    const operand out = bytes(TUFF_S8, 1, 2, 100000.0f, 0, NULL);
    const tuff_fully_connected_attrs attrs = {0};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_fully_connected, &attrs, in, 2, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_int_equal(((int8_t *)r.data)[0], 98);  /* 300 * 255 * 128 / 100000 = 97.92 */
        assert_int_equal(((int8_t *)r.data)[1], -97); /* -300 * 255 * 127 / 100000 = -97.155 */
        node_free(&r);
    }
}

/* acc * 0.5 rounds halves away from zero, then clamps */
static void fully_connected_s8_rounds_halves_away(void **state) {
    (void)state;
    const int8_t x[] = {1, 1, -1, 3, -3, 127, -127, 0}, w[] = {1};
    static const int8_t expected[] = {1, 1, -1, 2, -2, 64, -64, 0};
    operand in[2] = {bytes(TUFF_S8, 8, 1, 0.5f, 0, x), bytes(TUFF_S8, 1, 1, 1.0f, 0, w)};
    in[0].fed = true;
    const operand out = bytes(TUFF_S8, 1, 1, 1.0f, 0, NULL);
    const tuff_fully_connected_attrs attrs = {0};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_fully_connected, &attrs, in, 2, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_memory_equal(r.data, expected, sizeof expected);
        node_free(&r);
    }
}

static void fully_connected_without_depth_gives_zeros_without_the_bias(void **state) {
    (void)state;
    const float nothing[1] = {0}, bias[2] = {3, 4}, expected[6] = {0};
    operand in[3] = {{.type = TUFF_F32, .rank = 2, .shape = {3, 0}, .data = nothing, .fed = true},
                     {.type = TUFF_F32, .rank = 2, .shape = {2, 0}, .data = nothing},
                     {.type = TUFF_F32, .rank = 1, .shape = {2}, .data = bias}};
    const operand out = {.type = TUFF_F32, .rank = 2, .shape = {1, 1}};
    const tuff_fully_connected_attrs attrs = {0};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_fully_connected, &attrs, in, 3, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_int_equal(r.bytes, sizeof expected);
        assert_memory_equal(r.data, expected, sizeof expected);
        node_free(&r);
    }
}

/* An input at its zero point everywhere gives the bias, borders included: padding must count as the zero point, not as 0. */
static void padding_counts_as_the_zero_point(void **state) {
    (void)state;
    int8_t x[5 * 5 * 3], w[4 * 3 * 3 * 3];
    memset(x, 127, sizeof x);
    for (size_t k = 0; k < sizeof w; k++) w[k] = (int8_t)(k % 2 ? -128 : 127);
    const int32_t bias[4] = {-40, 0, 17, 90};
    operand in[3] = {{.type = TUFF_S8, .rank = 4, .shape = {1, 5, 5, 3}, .scales = 1, .scale = {0.5f}, .zero = 127, .data = x, .fed = true},
                     {.type = TUFF_S8, .rank = 4, .shape = {4, 3, 3, 3}, .scales = 1, .scale = {2.0f}, .data = w},
                     {.type = TUFF_S32, .rank = 1, .shape = {4}, .data = bias}};
    const operand out = {.type = TUFF_S8, .rank = 4, .shape = {1, 1, 1, 1}, .scales = 1, .scale = {1.0f}};
    const tuff_conv_2d_attrs attrs = {.padding = TUFF_PADDING_SAME, .stride_w = 1, .stride_h = 1, .dilation_w_factor = 1, .dilation_h_factor = 1};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_conv_2d, &attrs, in, 3, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_int_equal(r.bytes, 5 * 5 * 4);
        for (size_t k = 0; k < r.bytes; k++) assert_int_equal(((int8_t *)r.data)[k], bias[k % 4]);
        node_free(&r);
    }
}

/* No activation clamps to the largest float, as the reference does. */
static void conv_f32_without_activation_clamps_infinity(void **state) {
    (void)state;
    const float x[2] = {INFINITY, NAN}, w[1] = {1}, bias[1] = {0};
    operand in[3] = {{.type = TUFF_F32, .rank = 4, .shape = {1, 1, 2, 1}, .data = x, .fed = true},
                     {.type = TUFF_F32, .rank = 4, .shape = {1, 1, 1, 1}, .data = w},
                     {.type = TUFF_F32, .rank = 1, .shape = {1}, .data = bias}};
    const operand out = {.type = TUFF_F32, .rank = 4, .shape = {1, 1, 1, 1}};
    const tuff_conv_2d_attrs attrs = {.stride_w = 1, .stride_h = 1, .dilation_w_factor = 1, .dilation_h_factor = 1};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_conv_2d, &attrs, in, 3, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_true(((float *)r.data)[0] == FLT_MAX);
        assert_true(isnan(((float *)r.data)[1]));
        node_free(&r);
    }
}

/* Dilation so wide that every tap row but one misses the image. */
static void depthwise_takes_windows_that_reach_beyond_the_image(void **state) {
    (void)state;
    const float x[2] = {5, 7}, w[9] = {1, 2, 3, 4, 5, 6, 7, 8, 9}, expected[2] = {25, 35};
    operand in[2] = {{.type = TUFF_F32, .rank = 4, .shape = {1, 1, 2, 1}, .data = x, .fed = true},
                     {.type = TUFF_F32, .rank = 4, .shape = {1, 3, 3, 1}, .data = w}};
    const operand out = {.type = TUFF_F32, .rank = 4, .shape = {1, 1, 1, 1}};
    const tuff_depthwise_conv_2d_attrs attrs = {.stride_w = 1, .stride_h = 1, .dilation_w_factor = 100, .dilation_h_factor = 100};
    AT_EVERY_LEVEL(level) {
        result r = node_run(&tuff_op_depthwise_conv_2d, &attrs, in, 2, &out, level, 1);
        assert_int_equal(r.status, TUFF_OK);
        assert_int_equal(r.bytes, sizeof expected);
        assert_memory_equal(r.data, expected, sizeof expected);
        node_free(&r);
    }
}

static void conv_uses_prims_where_weights_are_constant(void **state) {
    (void)state;
    const float x[4] = {1, 2, 3, 4}, w[4] = {1, 2, 3, 4}, bias[1] = {0};
    operand in[3] = {{.type = TUFF_F32, .rank = 4, .shape = {1, 1, 2, 2}, .data = x, .fed = true},
                     {.type = TUFF_F32, .rank = 4, .shape = {1, 1, 2, 2}, .data = w},
                     {.type = TUFF_F32, .rank = 1, .shape = {1}, .data = bias}};
    const operand out = {.type = TUFF_F32, .rank = 4, .shape = {1, 1, 1, 1}};
    const tuff_conv_2d_attrs attrs = {.stride_w = 1, .stride_h = 1, .dilation_w_factor = 1, .dilation_h_factor = 1, .padding = TUFF_PADDING_VALID};
    for (int fed = 0; fed < 2; fed++) {
        in[1].fed = fed;
        result r = node_run(&tuff_op_conv_2d, &attrs, in, 3, &out, TUFF_CPU_C, 1);
        assert_string_equal(r.kernels[0], fed ? "tuff_conv_2d_f32" : "tuff_matmul_f32");
        assert_true(((float *)r.data)[0] == 30.0f);
        node_free(&r);
    }
}

/* ---- refusals ---- */
static void refused(const tuff_op *op, const void *attrs, const operand *in, int32_t n_in, const operand *out, const char *a, const char *b) {
    result r = node_run(op, attrs, in, n_in, out, (int)tuff_cpu_detect(), 1);
    assert_int_not_equal(r.status, TUFF_OK);
    if (!strstr(r.error.message, a) || !strstr(r.error.message, b)) fail_msg("'%s' names neither '%s' nor '%s'", r.error.message, a, b);
}

static void conv_refuses_what_its_kernels_cannot_take(void **state) {
    (void)state;
    static const uint8_t data[4 * 64];
    const operand x = {.type = TUFF_S8, .rank = 4, .shape = {1, 4, 4, 4}, .scales = 1, .scale = {1}, .data = data, .fed = true};
    const operand w = {.type = TUFF_S8, .rank = 4, .shape = {3, 2, 2, 4}, .scales = 1, .scale = {1}, .data = data};
    const operand b = {.type = TUFF_S32, .rank = 1, .shape = {3}, .data = data};
    const operand out = {.type = TUFF_S8, .rank = 4, .shape = {1, 1, 1, 1}, .scales = 1, .scale = {1}};
    const tuff_conv_2d_attrs good = {.stride_w = 1, .stride_h = 1, .dilation_w_factor = 1, .dilation_h_factor = 1};
    const tuff_op *op = &tuff_op_conv_2d;
    operand in[3] = {x, w, b}, wrong = out;
    tuff_conv_2d_attrs attrs = good;
    attrs.stride_w = 0, refused(op, &attrs, in, 3, &out, "stride", "0"), attrs = good;
    attrs.dilation_h_factor = -1, refused(op, &attrs, in, 3, &out, "dilation", "-1"), attrs = good;
    attrs.padding = 2, refused(op, &attrs, in, 3, &out, "padding", "2"), attrs = good;
    in[1].shape[3] = 3, refused(op, &attrs, in, 3, &out, "weights", "channels"), in[1] = w;
    in[1].rank = 3, refused(op, &attrs, in, 3, &out, "weights", "rank 3"), in[1] = w;
    in[1].zero = 1, refused(op, &attrs, in, 3, &out, "weights", "found 1"), in[1] = w;
    in[1].scale[0] = 0, refused(op, &attrs, in, 3, &out, "weights", "scale"), in[1] = w;
    in[1].scale[0] = INFINITY, refused(op, &attrs, in, 3, &out, "weights", "scale"), in[1] = w;
    in[2].shape[0] = 2, refused(op, &attrs, in, 3, &out, "bias", "found 2"), in[2] = b;
    in[0].zero = 128, refused(op, &attrs, in, 3, &out, "input", "128"), in[0] = x;
    in[0].scales = 0, refused(op, &attrs, in, 3, &out, "input", "scale"), in[0] = x;
    wrong.scale[0] = 1e-30f, refused(op, &attrs, in, 3, &wrong, "too large", "input");
}

static void fully_connected_refuses_a_bias_of_another_scale(void **state) {
    (void)state;
    static const uint8_t data[64];
    operand in[3] = {bytes(TUFF_S8, 1, 4, 1.0f, 0, data),
                     bytes(TUFF_S8, 2, 4, 1.0f, 0, data),
                     {.type = TUFF_S32, .rank = 1, .shape = {2}, .scales = 1, .scale = {0.5f}, .data = data}};
    in[0].fed = true;
    const operand out = bytes(TUFF_S8, 1, 2, 1.0f, 0, NULL);
    tuff_fully_connected_attrs attrs = {0};
    refused(&tuff_op_fully_connected, &attrs, in, 3, &out, "bias", "0.5");
    in[2].scale[0] = 1.0f;
    attrs.fused_activation_function = TUFF_ACTIVATION_TANH;
    refused(&tuff_op_fully_connected, &attrs, in, 3, &out, "activation", "4");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conv_is_the_same_at_every_level_with_any_jobs),
        cmocka_unit_test(depthwise_is_the_same_at_every_level_with_any_jobs),
        cmocka_unit_test(fully_connected_is_the_same_at_every_level_with_any_jobs),
        cmocka_unit_test(fully_connected_s8_sums_the_extremes_exactly),
        cmocka_unit_test(fully_connected_s8_rounds_halves_away),
        cmocka_unit_test(fully_connected_without_depth_gives_zeros_without_the_bias),
        cmocka_unit_test(padding_counts_as_the_zero_point),
        cmocka_unit_test(conv_f32_without_activation_clamps_infinity),
        cmocka_unit_test(depthwise_takes_windows_that_reach_beyond_the_image),
        cmocka_unit_test(conv_uses_prims_where_weights_are_constant),
        cmocka_unit_test(conv_refuses_what_its_kernels_cannot_take),
        cmocka_unit_test(fully_connected_refuses_a_bias_of_another_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
