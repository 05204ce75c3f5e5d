/* Fixed-point arithmetic against its definitions, over extremes and random numbers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/fixed_point.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "prims/guard.h"

static const int32_t extremes[] = {INT32_MIN, INT32_MIN + 1, -(1 << 30) - 1, -(1 << 30), -65537,        -65536,        -3,       -2, -1, 0, 1, 2, 3, 65535,
                                   65536,     65537,         (1 << 30) - 1,  1 << 30,    (1 << 30) + 1, INT32_MAX - 1, INT32_MAX};
enum { EXTREMES = sizeof extremes / sizeof *extremes };

/* ---- multipliers ---- */
static void check_multiplier(double real, int32_t multiplier, int32_t shift) {
    const tuff_multiplier m = tuff_multiplier_from(real);
    if (m.multiplier != multiplier || m.shift != shift) fail_msg("%a: {%d, %d}, expected {%d, %d}", real, m.multiplier, m.shift, multiplier, shift);
}

static void test_multiplier_splits_real_numbers(void **state) {
    (void)state;
    check_multiplier(0, 0, 0);
    check_multiplier(1, 1 << 30, 1);
    check_multiplier(0.5, 1 << 30, 0);
    check_multiplier(0.75, 3 << 29, 0);
    check_multiplier(0x1.fffffffep-1, 1 << 30, 1);   /* rounds up to 2^31: carried into the shift */
    check_multiplier(0x1.fffffffcp-1, INT32_MAX, 0); /* the greatest mantissa */
    check_multiplier(0x1p-32, 1 << 30, -31);
    check_multiplier(0x1.fffffffffffffp-33, 1 << 30, -31); /* rounds up to it */
    check_multiplier(0x1.fp-33, 0, 0);
    check_multiplier(0x1p-1074, 0, 0);
    check_multiplier(0x1p29, 1 << 30, 30);
    check_multiplier(1e300, INT32_MAX, 30);
    check_multiplier((double)INFINITY, INT32_MAX, 30);
    check_multiplier((double)NAN, 0, 0);
    check_multiplier(-0.75, -(3 << 29), 0);
}

static void test_multiplier_agrees_with_frexp(void **state) {
    (void)state;
    for (int n = 0; n < 200000; n++) {
        const double real = ldexp((double)(random_u64() >> 11), -random_between(25, 83));
        int shift;
        int64_t mantissa = (int64_t)round(frexp(real, &shift) * 2147483648.0);
        if (mantissa == (int64_t)1 << 31) mantissa /= 2, shift++;
        if (real == 0 || shift < -31) mantissa = shift = 0;
        check_multiplier(real, (int32_t)mantissa, shift);
    }
}

/* ---- requantize ---- */
/* to nearest, ties away from zero, of a quotient by a power of two */
static int64_t divide_round(int64_t x, int power) {
    const int64_t magnitude = x < 0 ? -x : x, rounded = power ? (magnitude + ((int64_t)1 << (power - 1))) >> power : magnitude;
    return x < 0 ? -rounded : rounded;
}
static int32_t two_steps(int32_t x, tuff_multiplier m) {
    const int left = m.shift > 0 ? m.shift : 0, right = m.shift > 0 ? 0 : -m.shift;
    const int64_t product = (int64_t)(int32_t)((uint32_t)x << left) * m.multiplier;
    const int64_t high = (product + (product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30))) / ((int64_t)1 << 31);
    return (int32_t)divide_round(high, right);
}

static void check_requantize(int32_t x, tuff_multiplier m) {
    const int32_t got = tuff_requantize(x, m), want = two_steps(x, m);
    if (got != want) fail_msg("%d by {%d, %d}: %d, expected %d", x, m.multiplier, m.shift, got, want);
}

static void test_requantize_is_the_two_roundings(void **state) {
    (void)state;
    for (int i = 0; i < EXTREMES; i++)
        for (int j = 0; j < EXTREMES; j++)
            for (int32_t shift = -31; shift <= 30 && extremes[j] != INT32_MIN; shift++) check_requantize(extremes[i], (tuff_multiplier){extremes[j], shift});
    for (int n = 0; n < 1000000; n++)
        check_requantize((int32_t)(uint32_t)random_u64() >> random_between(0, 30),
                         (tuff_multiplier){random_between(1 << 30, INT32_MAX), random_between(-31, 30)});
}

static void test_steps_alone(void **state) {
    (void)state;
    for (int i = 0; i < EXTREMES; i++) {
        for (int32_t right = 0; right <= 31; right++) assert_int_equal(tuff_shift_right_round(extremes[i], right), (int32_t)divide_round(extremes[i], right));
        for (int j = 0; j < EXTREMES; j++) {
            const int64_t product = (int64_t)extremes[i] * extremes[j], nudge = product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30);
            const int64_t high = (product + nudge) / ((int64_t)1 << 31);
            assert_int_equal(tuff_high_mul(extremes[i], extremes[j]), high > INT32_MAX ? INT32_MAX : (int32_t)high);
        }
    }
}

static void test_requantize_s64_rounds_once_by_fifteen_bits(void **state) {
    (void)state;
    const int64_t most = ((int64_t)1 << 47) - 1;
    for (int n = 0; n < 1000000; n++) {
        const int64_t x = n < 8 ? (n & 1 ? most : -most - 1) : (int64_t)random_u64() >> random_between(17, 60);
        const tuff_multiplier m = {n & 2 ? INT32_MAX : random_between(1 << 30, INT32_MAX), random_between(-31, 7)};
        const int64_t reduced = m.multiplier < 0x7fff0000 ? (m.multiplier + (1 << 15)) >> 16 : 0x7fff;
        const int64_t unit = (int64_t)1 << (15 - m.shift), sum = x * reduced + unit / 2, want = sum / unit - (sum % unit < 0);
        if (want < INT32_MIN || want > INT32_MAX) continue; /* no legal result */
        assert_int_equal(tuff_requantize_s64(x, m), (int32_t)want);
    }
    assert_int_equal(tuff_requantize_s64(-3, (tuff_multiplier){1 << 30, 0}), -1); /* -1.5 + 0.5: ties go up */
    assert_int_equal(tuff_requantize_s64(3, (tuff_multiplier){1 << 30, 0}), 2);
}

/* ---- rounding ---- */
static void test_round_goes_away_from_zero_and_saturates(void **state) {
    (void)state;
    static const double at[] = {0.5, 1.5, -0.5, -1.5, 0.49999999999999994, -0.49999999999999994, 2147483646.5, -2147483647.5, 4503599627370497.5, -0.0};
    for (int i = 0; i < 10; i++) {
        const double want = round(at[i]);
        assert_int_equal(tuff_round_s32(at[i]), want > INT32_MAX ? INT32_MAX : want < INT32_MIN ? INT32_MIN : (int32_t)want);
    }
    assert_int_equal(tuff_round_s32(2147483647.5), INT32_MAX);
    assert_int_equal(tuff_round_s32(-2147483648.4), INT32_MIN);
    assert_int_equal(tuff_round_s32((double)INFINITY), INT32_MAX);
    assert_int_equal(tuff_round_s32((double)-INFINITY), INT32_MIN);
    assert_int_equal(tuff_round_s32((double)NAN), INT32_MIN);
    assert_int_equal(tuff_round_f32_s32(0.49999997f), 0);
    assert_int_equal(tuff_round_f32_s32(8388607.5f), 8388608);
    assert_int_equal(tuff_round_f32_s32(-2.5f), -3);
    assert_int_equal(tuff_round_f32_s32(3e9f), INT32_MAX);
}

static void check_f64(int32_t acc, double scale) {
    const double exact = round((double)acc * scale);
    const int32_t want = exact > INT32_MAX ? INT32_MAX : exact < INT32_MIN ? INT32_MIN : (int32_t)exact;
    const int32_t in_double = tuff_requantize_f64(acc, scale), in_integers = tuff_requantize_f64_integer(acc, scale);
    if (in_double != want || in_integers != want) fail_msg("%d by %a: %d and %d, expected %d", acc, scale, in_double, in_integers, want);
}

static void test_requantize_f64_is_the_same_in_integers(void **state) {
    (void)state;
    static const double scales[] = {0,
                                    0x1p-1074,
                                    0x1p-1022,
                                    0x1p-85,
                                    0x1p-54,
                                    0x1p-53,
                                    0x1p-33,
                                    0x1p-32,
                                    0x1p-31,
                                    0x1.fffffffffffffp-32,
                                    0x1.fffffffffffffp-2,
                                    0.5,
                                    0x1.0000000000001p-1,
                                    1,
                                    0x1.8p0,
                                    2,
                                    0x1p30,
                                    0x1p31,
                                    0x1p32,
                                    0x1p53,
                                    1e300,
                                    0x1.fffffffffffffp1023};
    for (int i = 0; i < EXTREMES; i++)
        for (size_t j = 0; j < sizeof scales / sizeof *scales; j++) check_f64(extremes[i], scales[j]);
    for (int n = 0; n < 1000000; n++) {
        const int32_t acc = (int32_t)(uint32_t)random_u64() >> random_between(0, 30);
        double scale = ldexp((double)(random_u64() >> 11), -random_between(30, 95));
        if ((n & 1) && acc) { /* a product at a tie, or beside it */
            scale = (random_between(0, 1000) + 0.5) / fabs((double)acc);
            if (n & 2) scale = nextafter(scale, n & 4 ? 0 : 1e9);
        }
        check_f64(acc, scale);
    }
}

int main(void) {
    random_seed();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_multiplier_splits_real_numbers),
        cmocka_unit_test(test_multiplier_agrees_with_frexp),
        cmocka_unit_test(test_requantize_is_the_two_roundings),
        cmocka_unit_test(test_steps_alone),
        cmocka_unit_test(test_requantize_s64_rounds_once_by_fifteen_bits),
        cmocka_unit_test(test_round_goes_away_from_zero_and_saturates),
        cmocka_unit_test(test_requantize_f64_is_the_same_in_integers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
