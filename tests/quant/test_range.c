/* Scales, zero points, and the ranges that each calibration chooses of histograms with known answers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "kit/quant/quant.h"

static void near(double got, double expected, double tolerance) {
    if (!(fabs(got - expected) <= tolerance)) fail_msg("got %g, expected %g +- %g", got, expected, tolerance);
}

static void test_affine_of_known_ranges(void **state) {
    (void)state;
    static const struct {
        double low, high;
        float scale;
        int32_t zero;
    } cases[] = {
        {0.0, 1.0, (float)(1.0 / 255.0), -128},  {0.0, 255.0, 1.0f, -128},
        {-1.0, 1.0, (float)(2.0 / 255.0), -1},   {-128.0, 127.0, 1.0f, 0},
        {-3.0, 0.0, (float)(3.0 / 255.0), 127},  {2.0, 6.0, (float)(6.0 / 255.0), -128},
        {-6.0, -2.0, (float)(6.0 / 255.0), 127}, {0.0, 0.0, 1.0f, -128},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const tuff_affine a = tuff_affine_from((tuff_range){cases[k].low, cases[k].high});
        assert_true(a.scale == cases[k].scale);
        assert_int_equal(a.zero, cases[k].zero);
    }
    assert_true(tuff_affine_from(TUFF_RANGE_EMPTY).scale == 1.0f);
}

static void test_affine_says_zero_exactly_and_covers_the_range(void **state) {
    (void)state;
    srand(7);
    for (int k = 0; k < 10000; k++) {
        const tuff_range r = {-ldexp(rand() % 1000, -(rand() % 20)), ldexp(rand() % 1000, -(rand() % 20))};
        const tuff_affine a = tuff_affine_from(r);
        const tuff_range said = tuff_affine_range(a);
        assert_in_range(a.zero + 128, 0, 255);
        /* the nudged zero point moves the range by half a step at the most */
        assert_true(said.low <= r.low + 0.51 * (double)a.scale && said.high >= r.high - 0.51 * (double)a.scale);
    }
}

static tuff_histogram *over(double low, double high) {
    tuff_histogram *h = calloc(1, sizeof *h);
    assert_non_null(h);
    h->range = (tuff_range){low, high};
    return h;
}

/* n values spread evenly over [low, high] */
static void spread(tuff_histogram *h, double low, double high, int n) {
    for (int k = 0; k < n; k++) {
        const float x = (float)(low + (high - low) * (k + 0.5) / n);
        tuff_histogram_add(h, &x, 1);
    }
}

/* n values of a bell with deviation 1, by its quantiles */
static void bell(tuff_histogram *h, int n) {
    for (int k = 0; k < n; k++) {
        const double p = (k + 0.5) / n;
        double low = -8.0, high = 8.0;
        for (int step = 0; step < 60; step++) {
            const double mid = 0.5 * (low + high);
            if (0.5 * erfc(-mid / sqrt(2.0)) < p) low = mid;
            else high = mid;
        }
        const float x = (float)low;
        tuff_histogram_add(h, &x, 1);
    }
}

static void test_histogram_counts_ends_and_leaves_out_zeros(void **state) {
    (void)state;
    tuff_histogram *h = over(-1.0, 1.0);
    const float values[] = {-1.0f, 1.0f, 0.0f, 0.0f, 0.25f};
    tuff_histogram_add(h, values, 5);
    assert_int_equal(h->count, 3);
    assert_int_equal(h->bins[0], 1);
    assert_int_equal(h->bins[TUFF_HISTOGRAM_BINS - 1], 1);
    assert_int_equal(h->bins[TUFF_HISTOGRAM_BINS / 8 * 5], 1);
    free(h);
}

static void test_minmax_keeps_all(void **state) {
    (void)state;
    tuff_histogram *h = over(-3.0, 100.0);
    spread(h, -3.0, 1.0, 10000);
    const tuff_range r = tuff_range_choose(h, TUFF_CALIBRATE_MINMAX);
    assert_true(r.low == -3.0 && r.high == 100.0);
    free(h);
}

static void test_percentile_leaves_out_one_in_ten_thousand_at_each_end(void **state) {
    (void)state;
    tuff_histogram *h = over(-100.0, 400.0);
    spread(h, -10.0, 10.0, 1000000);
    spread(h, -100.0, -99.0, 90); /* 90 of 1,000,150 below, 60 above: both less than 1e-4 */
    spread(h, 399.0, 400.0, 60);
    const tuff_range r = tuff_range_choose(h, TUFF_CALIBRATE_PERCENTILE);
    near(r.low, -10.0, 500.0 / TUFF_HISTOGRAM_BINS);
    near(r.high, 10.0, 500.0 / TUFF_HISTOGRAM_BINS);
    spread(h, 399.0, 400.0, 100); /* 160: more than 1e-4 stays in */
    near(tuff_range_choose(h, TUFF_CALIBRATE_PERCENTILE).high, 400.0, 2.0);
    free(h);
}

static void test_mse_clips_a_lone_outlier_but_not_an_even_spread(void **state) {
    (void)state;
    tuff_histogram *h = over(0.0, 100.0);
    spread(h, 0.0, 100.0, 100000);
    near(tuff_range_choose(h, TUFF_CALIBRATE_MSE).high, 100.0, 1.01);
    free(h);
    /* 1,000,000 values up to 40, one at 100. Kept, all pay (100/255)^2 / 12 each: 12,816. Clipped to c, all pay (c/255)^2 / 12 and the one (100 - c)^2:
     * 2,050 + 3,600 at 40. Between them the least, where the sum's slope is 0: c = 200 / (2 + 2 n / (12 * 255^2)). */
    h = over(0.0, 100.0);
    spread(h, 0.0, 40.0, 1000000);
    spread(h, 99.99, 100.0, 1);
    near(tuff_range_choose(h, TUFF_CALIBRATE_MSE).high, 200.0 / (2.0 + 2.0 * 1e6 / (12.0 * 255.0 * 255.0)), 1.5);
    free(h);
}

static void test_mse_clips_each_end_on_its_own(void **state) {
    (void)state;
    tuff_histogram *h = over(-50.0, 10.0);
    spread(h, -10.0, 10.0, 4000000);
    spread(h, -50.0, -49.99, 1);
    const tuff_range r = tuff_range_choose(h, TUFF_CALIBRATE_MSE);
    near(r.high, 10.0, 0.21);
    assert_true(r.low > -20.0 && r.low <= -10.0);
    free(h);
}

static void test_entropy_cuts_far_tails_and_keeps_an_even_spread(void **state) {
    (void)state;
    tuff_histogram *h = over(0.0, 8.0);
    spread(h, 0.0, 8.0, 1 << 20);
    near(tuff_range_choose(h, TUFF_CALIBRATE_ENTROPY).high, 8.0, 0.2);
    free(h);
    h = over(-64.0, 64.0);
    bell(h, 200000);
    spread(h, -64.0, 64.0, 20);
    const tuff_range r = tuff_range_choose(h, TUFF_CALIBRATE_ENTROPY);
    assert_true(r.high > 3.0 && r.high < 16.0);
    near(r.low, -r.high, 0.1);
    free(h);
}

static void test_entropy_is_not_drawn_in_by_values_that_pile_up(void **state) {
    (void)state;
    tuff_histogram *h = over(0.0, 6.0);
    for (int k = 0; k < 16; k++) spread(h, 0.01 + 0.03 * k, 0.0101 + 0.03 * k, 60000); /* 16 channels of a flat background */
    spread(h, 0.0, 6.0, 40000);
    assert_true(tuff_range_choose(h, TUFF_CALIBRATE_ENTROPY).high > 5.8);
    free(h);
}

static void test_methods_stay_within_what_was_seen(void **state) {
    (void)state;
    srand(11);
    for (int round = 0; round < 20; round++) {
        const double low = -(rand() % 100), high = rand() % 100 + 1;
        tuff_histogram *h = over(low, high);
        for (int k = 0; k < 5; k++) {
            const double a = low + (high - low) * (rand() % 100) / 100.0;
            spread(h, a, a + (high - a) * (rand() % 100) / 100.0, rand() % 1000);
        }
        for (int method = TUFF_CALIBRATE_MINMAX; method <= TUFF_CALIBRATE_ENTROPY; method++) {
            const tuff_range r = tuff_range_choose(h, (tuff_calibration)method);
            assert_true(r.low >= low && r.high <= high && r.low <= r.high);
        }
        free(h);
    }
}

static void test_nothing_but_zeros_gives_scale_one(void **state) {
    (void)state;
    tuff_histogram *h = over(0.0, 0.0);
    const float zeros[4] = {0};
    tuff_histogram_add(h, zeros, 4);
    for (int method = TUFF_CALIBRATE_MINMAX; method <= TUFF_CALIBRATE_ENTROPY; method++)
        assert_true(tuff_affine_from(tuff_range_choose(h, (tuff_calibration)method)).scale == 1.0f);
    free(h);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_affine_of_known_ranges),
        cmocka_unit_test(test_affine_says_zero_exactly_and_covers_the_range),
        cmocka_unit_test(test_histogram_counts_ends_and_leaves_out_zeros),
        cmocka_unit_test(test_minmax_keeps_all),
        cmocka_unit_test(test_percentile_leaves_out_one_in_ten_thousand_at_each_end),
        cmocka_unit_test(test_mse_clips_a_lone_outlier_but_not_an_even_spread),
        cmocka_unit_test(test_mse_clips_each_end_on_its_own),
        cmocka_unit_test(test_entropy_cuts_far_tails_and_keeps_an_even_spread),
        cmocka_unit_test(test_entropy_is_not_drawn_in_by_values_that_pile_up),
        cmocka_unit_test(test_methods_stay_within_what_was_seen),
        cmocka_unit_test(test_nothing_but_zeros_gives_scale_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
