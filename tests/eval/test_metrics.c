/* Wilson's interval and McNemar's test against values computed with exact integers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tuff/eval.h"

static bool near(double got, double expected, double off) { return got - expected <= off && expected - got <= off; }

static void test_wilson_of_known_counts(void **state) {
    (void)state;
    static const struct {
        int64_t hits, n;
        double low, high;
    } cases[] = {
        {0, 10, 0, 0.2775327998628892},
        {10, 10, 0.7224672001371107, 1},
        {95, 100, 0.8882495307680808, 0.9784563208456319},
        {9845, 10000, 0.9818861281043236, 0.9867417774744909},
        {0, 0, 0, 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        const tuff_interval i = tuff_wilson(cases[k].hits, cases[k].n);
        assert_true(near(i.low, cases[k].low, 1e-12));
        assert_true(near(i.high, cases[k].high, 1e-12));
    }
}

static void test_mcnemar_is_exact_and_symmetric(void **state) {
    (void)state;
    static const struct {
        int64_t b, c;
        double p;
    } cases[] = {
        {0, 0, 1},          {5, 7, 0.7744140625}, {3, 17, 0.0025768280029296875}, {0, 40, 1.8189894035458565e-12}, {1000, 1200, 2.1817026407914712e-05},
        {500000, 500000, 1}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assert_true(near(tuff_mcnemar(cases[k].b, cases[k].c) / cases[k].p, 1, 1e-9));
        assert_true(near(tuff_mcnemar(cases[k].c, cases[k].b), tuff_mcnemar(cases[k].b, cases[k].c), 0));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wilson_of_known_counts),
        cmocka_unit_test(test_mcnemar_is_exact_and_symmetric),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
