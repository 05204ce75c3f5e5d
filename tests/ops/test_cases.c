/* Every op against outputs of the reference: the cases of tests/data/ops, run in each way that must not change a byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "tuff/verify.h"

static void run_all(const tuff_verify_options *options) {
    tuff_cases *cases;
    tuff_error error = {0};
    if (tuff_cases_open(TUFF_SOURCE_DIR "/tests/data/ops/cases.zip", &cases, &error) != TUFF_OK) fail_msg("%s", error.message);
    size_t failed = 0;
    for (size_t k = 0; k < tuff_cases_count(cases); k++) {
        const tuff_verdict verdict = tuff_cases_run(cases, k, options);
        if (verdict.passed) continue;
        print_error("%s: %s\n", tuff_cases_at(cases, k).name, verdict.text);
        failed++;
    }
    assert_true(tuff_cases_count(cases) > 100);
    tuff_cases_close(cases);
    assert_int_equal(failed, 0);
}

static void test_ops_equal_the_reference(void **state) {
    (void)state;
    run_all(&(tuff_verify_options){.size = sizeof(tuff_verify_options), .threads = 1});
}
static void test_ops_equal_the_reference_without_prims(void **state) {
    (void)state;
    run_all(&(tuff_verify_options){.size = sizeof(tuff_verify_options), .threads = 1, .cpu = "none"});
}
static void test_ops_equal_the_reference_when_no_memory_is_shared(void **state) {
    (void)state;
    run_all(&(tuff_verify_options){.size = sizeof(tuff_verify_options), .threads = 2, .no_in_place = true});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ops_equal_the_reference),
        cmocka_unit_test(test_ops_equal_the_reference_without_prims),
        cmocka_unit_test(test_ops_equal_the_reference_when_no_memory_is_shared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
