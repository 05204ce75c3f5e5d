/* Half floats: all 65536 of them there and back, and roundings from float.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/half.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static double f16_value(uint16_t h) { /* by definition; not for infinity and NaN */
    const int exponent = h >> 10 & 31, mantissa = h & 1023;
    const double magnitude = exponent ? ldexp(1024 + mantissa, exponent - 25) : ldexp(mantissa, -24);
    return h & 0x8000 ? -magnitude : magnitude;
}

static void test_all_f16_there_and_back(void **state) {
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) {
        const float f = tuff_f16_to_f32((uint16_t)h);
        if ((h & 0x7c00) == 0x7c00) assert_true(h & 1023 ? isnan(f) : isinf(f));
        else assert_true((double)f == f16_value((uint16_t)h) && !signbit(f) == !(h & 0x8000));
        const uint16_t quiet = isnan(f) ? 0x200 : 0;
        assert_int_equal(tuff_f32_to_f16(f), h | quiet);
    }
}

static void test_f16_rounds_to_nearest_even(void **state) {
    (void)state;
    for (uint16_t h = 0; h < 0x7bff; h++) { /* between each and the next: below, at and above the middle */
        const double middle = (f16_value(h) + f16_value((uint16_t)(h + 1))) / 2;
        const float tie = (float)middle;
        assert_int_equal(tuff_f32_to_f16(tie), h + (h & 1));
        assert_int_equal(tuff_f32_to_f16(nextafterf(tie, 0)), h);
        assert_int_equal(tuff_f32_to_f16(nextafterf(tie, INFINITY)), h + 1);
        assert_int_equal(tuff_f32_to_f16(-tie), 0x8000 | (h + (h & 1)));
    }
    assert_int_equal(tuff_f32_to_f16(65519.996f), 0x7bff);
    assert_int_equal(tuff_f32_to_f16(65520.0f), 0x7c00);
    assert_int_equal(tuff_f32_to_f16(1e30f), 0x7c00);
    assert_int_equal(tuff_f32_to_f16(-INFINITY), 0xfc00);
}

static void test_all_bf16_there_and_back(void **state) {
    (void)state;
    for (uint32_t h = 0; h < 65536; h++) {
        const float f = tuff_bf16_to_f32((uint16_t)h);
        uint32_t bits;
        memcpy(&bits, &f, sizeof bits);
        if (!isnan(f)) assert_int_equal(bits, h << 16);
        assert_int_equal(tuff_f32_to_bf16(f), isnan(f) ? (h | 0x40) : h);
    }
}

static void test_bf16_rounds_to_nearest_even(void **state) {
    (void)state;
    assert_int_equal(tuff_f32_to_bf16(0x1.01p0f), 0x3f80); /* tie, even below */
    assert_int_equal(tuff_f32_to_bf16(0x1.03p0f), 0x3f82); /* tie, even above */
    assert_int_equal(tuff_f32_to_bf16(0x1.010002p0f), 0x3f81);
    assert_int_equal(tuff_f32_to_bf16(0x1.fffffep127f), 0x7f80); /* into infinity */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_f16_there_and_back),
        cmocka_unit_test(test_f16_rounds_to_nearest_even),
        cmocka_unit_test(test_all_bf16_there_and_back),
        cmocka_unit_test(test_bf16_rounds_to_nearest_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
