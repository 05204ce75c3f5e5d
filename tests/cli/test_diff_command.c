/* tuff diff: what it finds in models with planted faults, and what it refuses.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

#define KERAS "'" DATA "/keras/mnist_cnn.keras'"
#define DIGITS "'" DATA "/mnist/t10k-images-idx3-ubyte.gz'"
#define CALIBRATION "'" DATA "/mnist/mnist_calibration.npz'"

static void make_models(void) {
    run("test -f m.tflite || { tuff convert " KERAS " -o m.tflite --input-range 0..1 && tuff quantize m.tflite -o q.tflite --data " CALIBRATION "; }");
    assert_ok();
}

static void test_a_good_int8_model_has_nothing_wrong(void **state) {
    (void)state;
    make_models();
    run("tuff diff m.tflite q.tflite --data " DIGITS " --limit 40");
    assert_ok();
    assert_string_equal(err, "");
    assert_has(out, "agreement  same class for 40 of 40 samples\n");
    assert_has(out, "tensors    8 in both");
    assert_has(out, "  dense_1/fully_connected ");
    assert_has(out, "verdict    Nothing goes wrong: ");
}

static void test_the_keras_original_is_a_model(void **state) {
    (void)state;
    make_models();
    run("tuff diff " KERAS " m.tflite --data " DIGITS " --limit 20");
    assert_ok();
    assert_has(out, "verdict    All 8 tensors have the same values in both models.\n");
}

static void test_names_inputs_that_are_normalized_differently(void **state) {
    (void)state;
    make_models();
    run("tuff convert " KERAS " -o w.tflite --input-range -1..1 -q && tuff diff m.tflite w.tflite --data " DIGITS " --limit 20; rm w.tflite");
    assert_ok();
    assert_has(out, "> input_layer ");
    assert_has(out, "verdict    The models see different inputs: 'input_layer' holds 0..1 in the first and -1..1 in the second");
}

/* Ranges of blank pictures: every activation beyond them is cut off. */
static void test_names_calibration_that_did_not_reach_far_enough(void **state) {
    (void)state;
    make_models();
    run("tuff convert " KERAS " -o clipped.tflite --quantize int8 --input-range 0..0.15 --data " CALIBRATION " -q && "
        "tuff diff m.tflite clipped.tflite --input-range 0..1 --data " DIGITS " --limit 40 --json; rm clipped.tflite");
    assert_ok();
    assert_has(out, "\"cause\": \"input\"");
    assert_has(out, "its calibration data didn't reach further");
}

static void test_refuses_what_it_cannot_compare(void **state) {
    (void)state;
    make_models();
    run("tuff diff m.tflite q.tflite");
    assert_refused(2, "expected --data DATA", 2);
    run("tuff diff m.tflite --data " DIGITS);
    assert_refused(2, "diff", 2);
    run("tuff diff - - --data " DIGITS);
    assert_refused(2, "only one model can come from standard input", 2);
    run("tuff diff absent q.tflite --data " DIGITS);
    assert_refused(1, "absent: ", 2);
    run("tuff diff m.tflite absent --data " DIGITS);
    assert_refused(1, "absent: ", 2);
    run("tuff diff m.tflite q.tflite --data absent");
    assert_refused(1, "absent: ", 2);
    run("tuff diff " KERAS " " KERAS " --data " DIGITS);
    assert_refused(1, "--input-range", 2);
    run("tuff diff m.tflite '%s/tflite/custom_op.tflite' --data " DIGITS, DATA);
    assert_refused(1, "Sharpen", 2);
    run("printf '1,2,0\\n3,4,1\\n' > small.csv; tuff diff m.tflite q.tflite --data small.csv");
    assert_refused(1, "small.csv", 3);
    run("rm small.csv; tuff diff m.tflite q.tflite --data " DIGITS " --limit 0");
    assert_refused(2, "limit", 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_good_int8_model_has_nothing_wrong),
        cmocka_unit_test(test_the_keras_original_is_a_model),
        cmocka_unit_test(test_names_inputs_that_are_normalized_differently),
        cmocka_unit_test(test_names_calibration_that_did_not_reach_far_enough),
        cmocka_unit_test(test_refuses_what_it_cannot_compare),
    };
    return cmocka_run_group_tests_name("diff", tests, open_folders, close_folders);
}
