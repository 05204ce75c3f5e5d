/* Resizing, recolouring, quantizing; and recipes applied.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>

#include "scratch.h"
#include "signal/recipe.h"

static uint8_t at(const tuff_image *image, int32_t width, int32_t height, int32_t x, int32_t y, int32_t c) {
    uint8_t pixel[TUFF_IMAGE_CHANNELS];
    tuff_image_sample(image, width, height, x, y, pixel);
    return pixel[c];
}

/* ---- resizing ---- */
static void test_same_size_is_the_same_picture(void **state) {
    (void)state;
    uint8_t pixels[7 * 5 * 3];
    uint32_t seed = 1;
    for (size_t k = 0; k < sizeof pixels; k++) pixels[k] = (uint8_t)scratch_random(&seed);
    const tuff_image image = {pixels, 7, 5, 3};
    for (int32_t y = 0; y < 5; y++)
        for (int32_t x = 0; x < 7; x++)
            for (int32_t c = 0; c < 3; c++) assert_int_equal(at(&image, 7, 5, x, y, c), pixels[(y * 7 + x) * 3 + c]);
}

/* The rule in double precision, written plainly. */
static double weight_of(int32_t in, int32_t out, int32_t k, int32_t j) {
    if (in > 2 * out) { /* the part of pixel j that output k covers */
        const double from = fmax(j, (double)k * in / out), to = fmin(j + 1, (double)(k + 1) * in / out);
        return to > from ? (to - from) * out / in : 0;
    }
    const double centre = fmin(fmax((k + 0.5) * in / out - 0.5, 0), in - 1);
    return fmax(0, 1 - fabs(centre - j));
}

static void test_resizing_follows_bilinear_and_area_in_every_size(void **state) {
    (void)state;
    uint32_t seed = 2;
    uint8_t pixels[40 * 40 * 3];
    for (int round = 0; round < 400; round++) {
        const int32_t w = 1 + (int32_t)(scratch_random(&seed) % 40), h = 1 + (int32_t)(scratch_random(&seed) % 40), channels = 1 + 2 * (round % 2);
        const int32_t out_w = 1 + (int32_t)(scratch_random(&seed) % 50), out_h = 1 + (int32_t)(scratch_random(&seed) % 50);
        for (int32_t k = 0; k < w * h * channels; k++) pixels[k] = (uint8_t)scratch_random(&seed);
        const tuff_image image = {pixels, w, h, channels};
        for (int probe = 0; probe < 20; probe++) {
            const int32_t x = (int32_t)(scratch_random(&seed) % (uint32_t)out_w), y = (int32_t)(scratch_random(&seed) % (uint32_t)out_h);
            const int32_t c = (int32_t)(scratch_random(&seed) % (uint32_t)channels);
            double expected = 0;
            for (int32_t j = 0; j < h; j++)
                for (int32_t i = 0; i < w; i++) expected += weight_of(h, out_h, y, j) * weight_of(w, out_w, x, i) * pixels[(j * w + i) * channels + c];
            const double found = at(&image, out_w, out_h, x, y, c);
            if (fabs(found - expected) > 0.5 + 1e-6)
                fail_msg("%dx%d to %dx%d at %d,%d: %g, expected %g (seed round %d)", w, h, out_w, out_h, x, y, found, expected, round);
        }
    }
}

static void test_shrinking_a_fine_grid_gives_its_mean(void **state) {
    (void)state;
    static uint8_t pixels[300 * 300];
    for (int k = 0; k < 300 * 300; k++) pixels[k] = (k % 300 + k / 300) % 2 ? 255 : 0;
    const tuff_image image = {pixels, 300, 300, 1};
    for (int32_t y = 0; y < 28; y++)
        for (int32_t x = 0; x < 28; x++) assert_in_range(at(&image, 28, 28, x, y, 0), 120, 135);
}

static void test_largest_sides_do_not_overflow(void **state) {
    (void)state;
    uint8_t *pixels = malloc(TUFF_IMAGE_SIDE);
    memset(pixels, 255, TUFF_IMAGE_SIDE);
    const tuff_image wide = {pixels, TUFF_IMAGE_SIDE, 1, 1}, dot = {pixels, 1, 1, 1};
    assert_int_equal(at(&wide, 1, 1, 0, 0, 0), 255);
    assert_int_equal(at(&wide, TUFF_IMAGE_SIDE - 1, TUFF_IMAGE_SIDE, TUFF_IMAGE_SIDE - 2, TUFF_IMAGE_SIDE - 1, 0), 255);
    assert_int_equal(at(&dot, TUFF_IMAGE_SIDE, TUFF_IMAGE_SIDE, TUFF_IMAGE_SIDE - 1, 0, 0), 255);
    free(pixels);
}

/* ---- colours ---- */
static void test_colours_become_gray_and_back(void **state) {
    (void)state;
    static const uint8_t cases[][4] = {{255, 0, 0, 76}, {0, 255, 0, 150}, {0, 0, 255, 29}, {255, 255, 255, 255}, {0, 0, 0, 0}, {12, 200, 77, 130}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        uint8_t pixel[TUFF_IMAGE_CHANNELS] = {cases[k][0], cases[k][1], cases[k][2], 0};
        tuff_image_recolour(pixel, 3, 1);
        assert_int_equal(pixel[0], cases[k][3]);
        tuff_image_recolour(pixel, 1, 3);
        assert_true(pixel[0] == pixel[1] && pixel[1] == pixel[2]);
    }
    uint8_t clear[TUFF_IMAGE_CHANNELS] = {10, 20, 30, 0}, half[TUFF_IMAGE_CHANNELS] = {0, 100, 255, 128};
    tuff_image_recolour(clear, 4, 3);
    assert_true(clear[0] == 255 && clear[1] == 255 && clear[2] == 255);
    tuff_image_recolour(half, 4, 3);
    assert_true(half[0] == 127 && half[1] == 177 && half[2] == 255);
    assert_true(tuff_image_can_recolour(2, 2) && !tuff_image_can_recolour(2, 1) && !tuff_image_can_recolour(3, 4) && !tuff_image_can_recolour(5, 5));
}

/* ---- quantizing ---- */
static void test_quantizing_rounds_half_away_and_saturates(void **state) {
    (void)state;
    static const struct {
        float real, scale;
        int32_t zero, lo, hi, expected;
    } cases[] = {
        {0.5f, 1, 0, -128, 127, 1},
        {-0.5f, 1, 0, -128, 127, -1},
        {1.5f, 1, 0, -128, 127, 2},
        {2.5f, 1, 0, -128, 127, 3},
        {-2.5f, 1, 0, -128, 127, -3},
        {0.49999997f, 1, 0, 0, 255, 0},
        {8388609.0f, 1, 0, 0, 255, 255},
        {1e30f, 1e-9f, 0, -128, 127, 127},
        {-1e30f, 1, 5, -128, 127, -128},
        {NAN, 1, 0, -128, 127, -128},
        {INFINITY, 1, 0, 0, 255, 255},
        {-INFINITY, 1, 0, 0, 255, 0},
        {1, 1 / 255.0f, -128, -128, 127, 127},
        {0, 1 / 255.0f, -128, -128, 127, -128},
        {100000.0f, 1, 0, -32768, 32767, 32767},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        assert_int_equal(tuff_image_quantize(cases[k].real, cases[k].scale, cases[k].zero, cases[k].lo, cases[k].hi), cases[k].expected);
    uint32_t seed = 5;
    for (int round = 0; round < 200000; round++) { /* as the QUANTIZE kernel: roundf of the float quotient */
        const float real = (float)((double)scratch_random(&seed) / 4e9 - 0.5) * (float)(1 << round % 20),
                    scale = (float)(1 + scratch_random(&seed) % 1000) / 997.0f;
        const double q = (double)roundf(real / scale) + 7, expected = q < -32768 ? -32768 : q > 32767 ? 32767 : q;
        assert_int_equal(tuff_image_quantize(real, scale, 7, -32768, 32767), (int32_t)expected);
    }
}

/* ---- recipes ---- */
static const float one_scale = 1 / 255.0f;
static const int64_t zero_s8 = -128;
static tuff_tensor input(tuff_type type, int32_t rank, const int32_t *shape) {
    tuff_tensor t = {.name = "image", .type = type, .rank = rank, .shape = shape};
    if (type != TUFF_F32) t.quantization = (tuff_quantization){.count = 1, .scale = &one_scale, .zero_point = &zero_s8};
    return t;
}
static tuff_recipe recipe_of(float mean, float std) {
    return (tuff_recipe){.present = true, .width = 28, .height = 28, .channels = 1, .count = 1, .mean = {mean}, .std = {std}, .source = "test"};
}

static void test_recipe_gives_the_range_it_says(void **state) {
    (void)state;
    const int32_t shape[] = {1, 2, 2, 1};
    const uint8_t pixels[] = {0, 51, 204, 255};
    const tuff_image image = {pixels, 2, 2, 1};
    const tuff_recipe unit = recipe_of(0, 255), signed_unit = recipe_of(127.5f, 127.5f);
    tuff_recipe_target target;
    tuff_error e = {0};
    float f[4];
    int8_t q[4];
    tuff_tensor t = input(TUFF_F32, 4, shape);
    assert_int_equal(tuff_recipe_target_of(&unit, &t, &target, &e), TUFF_OK);
    assert_int_equal(tuff_recipe_apply(&unit, &image, false, &target, f, &e), TUFF_OK);
    for (int k = 0; k < 4; k++) assert_true(f[k] == (float)pixels[k] / 255.0f);
    assert_int_equal(tuff_recipe_apply(&unit, &image, true, &target, f, &e), TUFF_OK);
    assert_true(f[0] == 1 && f[3] == 0);
    assert_int_equal(tuff_recipe_apply(&signed_unit, &image, false, &target, f, &e), TUFF_OK);
    assert_true(f[0] == -1 && f[3] == 1);
    t = input(TUFF_S8, 4, shape);
    assert_int_equal(tuff_recipe_target_of(&unit, &t, &target, &e), TUFF_OK);
    assert_int_equal(tuff_recipe_apply(&unit, &image, false, &target, q, &e), TUFF_OK);
    for (int k = 0; k < 4; k++) assert_int_equal(q[k], pixels[k] - 128);
}

static void test_recipe_per_channel_with_resizing_and_recolouring(void **state) {
    (void)state;
    const int32_t shape[] = {1, 1, 1, 3};
    const uint8_t pixels[] = {10, 30, 50, 70};
    const tuff_image image = {pixels, 2, 2, 1};
    const tuff_recipe r = {.present = true, .count = 3, .mean = {40, 0, 20}, .std = {1, 2, -4}};
    const tuff_tensor t = input(TUFF_F32, 4, shape);
    tuff_recipe_target target;
    tuff_error e = {0};
    float f[3];
    assert_int_equal(tuff_recipe_target_of(&r, &t, &target, &e), TUFF_OK);
    assert_int_equal(tuff_recipe_apply(&r, &image, false, &target, f, &e), TUFF_OK);
    assert_true(f[0] == 0 && f[1] == 20 && f[2] == -5);
}

static void test_sizes_come_from_the_shape_else_from_the_recipe(void **state) {
    (void)state;
    static const struct {
        int32_t rank, shape[4], height, width, channels;
    } cases[] = {{4, {1, 32, 16, 3}, 32, 16, 3}, {3, {1, 28, 28}, 28, 28, 1}, {2, {1, 784}, 28, 28, 1}, {2, {1, 10}, 10, 1, 1}, {1, {1}, 1, 1, 1}};
    const tuff_recipe r = recipe_of(0, 255);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tuff_recipe_target target;
        tuff_error e = {0};
        const tuff_tensor t = input(TUFF_F32, cases[k].rank, cases[k].shape);
        assert_int_equal(tuff_recipe_target_of(&r, &t, &target, &e), TUFF_OK);
        assert_true(target.height == cases[k].height && target.width == cases[k].width && target.channels == cases[k].channels);
    }
}

static void test_recipes_that_do_not_fit_are_refused(void **state) {
    (void)state;
    const int32_t shape[] = {1, 2, 2, 3};
    const uint8_t pixels[16] = {0};
    float out[12];
    tuff_recipe_target target;
    tuff_error e = {0};
    tuff_tensor t = input(TUFF_S32, 4, shape);
    assert_int_equal(tuff_recipe_target_of(NULL, &t, &target, &e), TUFF_ERR_DATA);
    assert_non_null(strstr(e.message, "input image is of type s32"));
    t = input(TUFF_F32, 4, shape);
    e = (tuff_error){0};
    assert_int_equal(tuff_recipe_target_of(NULL, &t, &target, &e), TUFF_OK);
    assert_int_equal(tuff_recipe_apply(NULL, &(tuff_image){pixels, 2, 2, 1}, false, &target, out, &e), TUFF_ERR_DATA);
    assert_non_null(strstr(e.message, "no recipe"));
    const tuff_recipe two = {.present = true, .count = 2, .std = {1, 1}}, none = {.present = true, .count = 1}, good = recipe_of(0, 1);
    e = (tuff_error){0};
    assert_int_equal(tuff_recipe_apply(&two, &(tuff_image){pixels, 2, 2, 1}, false, &target, out, &e), TUFF_ERR_DATA);
    assert_int_equal(tuff_recipe_apply(&none, &(tuff_image){pixels, 2, 2, 1}, false, &target, out, NULL), TUFF_ERR_DATA);
    assert_int_equal(tuff_recipe_apply(&good, &(tuff_image){pixels, 2, 2, 2}, false, &target, out, NULL), TUFF_ERR_DATA);
    assert_int_equal(tuff_recipe_apply(&good, &(tuff_image){pixels, 0, 2, 1}, false, &target, out, NULL), TUFF_ERR_DATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_size_is_the_same_picture),
        cmocka_unit_test(test_resizing_follows_bilinear_and_area_in_every_size),
        cmocka_unit_test(test_shrinking_a_fine_grid_gives_its_mean),
        cmocka_unit_test(test_largest_sides_do_not_overflow),
        cmocka_unit_test(test_colours_become_gray_and_back),
        cmocka_unit_test(test_quantizing_rounds_half_away_and_saturates),
        cmocka_unit_test(test_recipe_gives_the_range_it_says),
        cmocka_unit_test(test_recipe_per_channel_with_resizing_and_recolouring),
        cmocka_unit_test(test_sizes_come_from_the_shape_else_from_the_recipe),
        cmocka_unit_test(test_recipes_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests_name("signal", tests, NULL, NULL);
}
