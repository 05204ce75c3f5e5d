/* The grammar of quantizing rules; all rows' rules are of it; rows found for nodes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kit/quant/quant.h"

static tuff_rule parsed(const char *text) {
    tuff_rule rule;
    tuff_error error = {0};
    if (tuff_rule_parse(text, &rule, &error) != TUFF_OK) fail_msg("%s", error.message);
    return rule;
}

static void test_weight_bias_and_free_output(void **state) {
    (void)state;
    const tuff_rule r = parsed("act weight/3 bias(0,1) -> free");
    assert_int_equal(r.n_inputs, 3);
    assert_int_equal(r.inputs[0].role, TUFF_ROLE_ACT);
    assert_int_equal(r.inputs[1].role, TUFF_ROLE_WEIGHT);
    assert_int_equal(r.inputs[1].axis, 3);
    assert_int_equal(r.inputs[2].role, TUFF_ROLE_BIAS);
    assert_int_equal(r.inputs[2].data, 0);
    assert_int_equal(r.inputs[2].weight, 1);
    assert_int_equal(tuff_rule_output(&r, 0).role, TUFF_ROLE_FREE);
    assert_int_equal(tuff_rule_output(&r, 1).role, TUFF_ROLE_NONE);
}

static void test_star_repeats_the_last(void **state) {
    (void)state;
    const tuff_rule r = parsed("- same* -> free same*");
    assert_int_equal(tuff_rule_input(&r, 0).role, TUFF_ROLE_NONE);
    assert_int_equal(tuff_rule_input(&r, 1).role, TUFF_ROLE_SAME);
    assert_int_equal(tuff_rule_input(&r, 17).role, TUFF_ROLE_SAME);
    assert_int_equal(tuff_rule_output(&r, 0).role, TUFF_ROLE_FREE);
    assert_int_equal(tuff_rule_output(&r, 9).role, TUFF_ROLE_SAME);
}

static void test_fixed_scale(void **state) {
    (void)state;
    const tuff_rule r = parsed("act -> fixed(1/256,-128)");
    assert_int_equal(r.outputs[0].role, TUFF_ROLE_FIXED);
    assert_true(r.outputs[0].scale == 1.0f / 256.0f);
    assert_int_equal(r.outputs[0].zero, -128);
}

static void test_malformed_rules_are_refused_with_the_place(void **state) {
    (void)state;
    static const char *const bad[] = {"",
                                      "act",
                                      "act ->free?",
                                      "activation -> free",
                                      "weight -> free",
                                      "act weight/x -> free",
                                      "bias(0,1) -> free",
                                      "act act bias(0,1) -> free",
                                      "act bias(0;1) -> free",
                                      "act* act -> free",
                                      "act -> fixed(0,0)",
                                      "act -> fixed(1/0,0)",
                                      "act -> fixed(1/256,-129)",
                                      "act -> act",
                                      "act act act act act act act -> free",
                                      "act -> free -> free"};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tuff_rule rule;
        tuff_error error = {0};
        if (tuff_rule_parse(bad[k], &rule, &error) != TUFF_ERR_ARGUMENT) fail_msg("accepted '%s'", bad[k]);
        assert_true(error.message[0] != '\0');
    }
}

static void test_every_row_of_every_op_has_a_rule_of_this_grammar(void **state) {
    (void)state;
    int with_rule = 0;
    const tuff_op *op;
    for (int32_t k = 0; (op = tuff_op_at(k)) != NULL; k++)
        for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++)
            if (v->quantizing && v->quantizing[0]) {
                tuff_rule rule;
                tuff_error error = {0};
                if (tuff_rule_parse(v->quantizing, &rule, &error) != TUFF_OK) fail_msg("%s: %s", op->name, error.message);
                with_rule++;
            }
    assert_true(with_rule >= 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_weight_bias_and_free_output),
        cmocka_unit_test(test_star_repeats_the_last),
        cmocka_unit_test(test_fixed_scale),
        cmocka_unit_test(test_malformed_rules_are_refused_with_the_place),
        cmocka_unit_test(test_every_row_of_every_op_has_a_rule_of_this_grammar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
