/* exp, expm1, log, tanh, erfc, sqrt have glibc's bits: checksums over floats, recorded from glibc 2.36's own functions.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The checksums were taken of libm's results on x86-64 with FMA (`test_math --record` prints them anew from this machine's libm). The usual run takes every 1021st of
 * the 2^32 floats; with TUFF_TEST_ALL_FLOATS set it takes all of them, which needs a minute or two.
 */
#include "base/math.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef float function(float x);

static const struct {
    const char *name;
    function *ours, *libm;
    uint64_t some, all;
} functions[] = {
    {"expf", tuff_expf, expf, 0x9b33916dd1676143, 0x83cf1f7aae7e58ac},    {"expm1f", tuff_expm1f, expm1f, 0x97e9902c36cfa967, 0xa4834c19683e7038},
    {"logf", tuff_logf, logf, 0x323bf272b0fea4b3, 0xe84e0d5b240a5659},    {"tanhf", tuff_tanhf, tanhf, 0x5ce04608e0ff3d87, 0xa0e4545cb4783081},
    {"erfcf", tuff_erfcf, erfcf, 0x0f93b7e98aeab79d, 0x8bd685a5d46628f3}, {"sqrtf", tuff_sqrtf, sqrtf, 0xbb5a88415b90435d, 0x39b582444f0a4d93},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions, STRIDE = 1021 };

static float float_of(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}
/* all NaN count as one */
static uint32_t bits_of(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return x != x ? 0x7fc00000 : u;
}

static uint64_t checksum(function *f, uint32_t stride) { /* FNV-1a by words */
    uint64_t sum = 0xcbf29ce484222325;
    for (uint64_t u = 0; u < (uint64_t)1 << 32; u += stride) sum = (sum ^ bits_of(f(float_of((uint32_t)u)))) * 0x100000001b3;
    return sum;
}

static void test_functions_have_the_bits_of_glibc(void **state) {
    (void)state;
    const int all = getenv("TUFF_TEST_ALL_FLOATS") != NULL;
    for (int k = 0; k < FUNCTIONS; k++) {
        const uint64_t got = checksum(functions[k].ours, all ? 1 : STRIDE), want = all ? functions[k].all : functions[k].some;
        if (got != want) fail_msg("%s: checksum %llx, expected %llx", functions[k].name, (unsigned long long)got, (unsigned long long)want);
    }
}

static void test_special_values(void **state) {
    (void)state;
    assert_true(tuff_expf(INFINITY) == INFINITY && bits_of(tuff_expf(-INFINITY)) == 0 && tuff_expf(0) == 1 && isnan(tuff_expf(NAN)));
    assert_true(tuff_expf(88.8f) == INFINITY && tuff_expf(-104.0f) == 0 && tuff_expf(-103.9f) > 0);
    assert_true(tuff_expm1f(INFINITY) == INFINITY && tuff_expm1f(-INFINITY) == -1 && bits_of(tuff_expm1f(-0.0f)) == 0x80000000);
    assert_true(tuff_logf(0) == -INFINITY && tuff_logf(-0.0f) == -INFINITY && isnan(tuff_logf(-1)) && tuff_logf(1) == 0 && tuff_logf(INFINITY) == INFINITY);
    assert_true(tuff_tanhf(INFINITY) == 1 && tuff_tanhf(-INFINITY) == -1 && bits_of(tuff_tanhf(-0.0f)) == 0x80000000 && isnan(tuff_tanhf(NAN)));
    assert_true(tuff_sqrtf(4) == 2 && bits_of(tuff_sqrtf(-0.0f)) == 0x80000000 && isnan(tuff_sqrtf(-1)) && tuff_sqrtf(0x1p-149f) == sqrtf(0x1p-149f));
}

static int record(void) {
    for (int k = 0; k < FUNCTIONS; k++)
        printf("%s 0x%016llx 0x%016llx\n", functions[k].name, (unsigned long long)checksum(functions[k].libm, STRIDE),
               (unsigned long long)checksum(functions[k].libm, 1));
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "--record") == 0) return record();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions_have_the_bits_of_glibc),
        cmocka_unit_test(test_special_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
