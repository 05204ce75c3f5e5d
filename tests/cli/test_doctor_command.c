/* tuff doctor: what it says, what it writes, what it refuses.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

#define KERAS "'" DATA "/keras/mnist_cnn.keras'"
#define DIGITS "'" DATA "/mnist/t10k-images-idx3-ubyte.gz'"
#define CALIBRATION "'" DATA "/mnist/mnist_calibration.npz'"

/* A model that carries the wrong recipe. */
static void make_wrong(void) {
    run("test -f wrong.tflite || tuff convert " KERAS " -o wrong.tflite --input-range -1..1");
    assert_ok();
}

static void test_names_the_recipe_and_writes_a_model_that_is_right(void **state) {
    (void)state;
    make_wrong();
    run("tuff doctor wrong.tflite --data " DIGITS " --write fixed.tflite");
    assert_ok();
    assert_string_equal(err, "");
    assert_has(out, "-1..1 [the model's own]\n");
    assert_has(out, "verdict    0..1: right on ");
    assert_has(out, "the model's own recipe is wrong\nwrote      fixed.tflite, ");
    run("tuff inspect fixed.tflite && tuff doctor fixed.tflite --data " DIGITS " --json; rm fixed.tflite");
    assert_ok();
    assert_has(out, "recipe     28x28x1 pictures; x = raw / 255 (");
    assert_has(out, "\"winner\": \"0..1\"");
    assert_has(out, "\"own\": \"0..1\"");
    assert_has(out, "\"written\": null");
}

static void test_writes_nothing_where_nothing_stands_out(void **state) {
    (void)state;
    make_wrong();
    run("tuff doctor wrong.tflite --data " DIGITS " --limit 100");
    assert_ok();
    assert_has(out, "verdict    nothing stands out: ");
    run("tuff doctor wrong.tflite --data " DIGITS " --limit 100 --write fixed.tflite >&2; s=$?; exit $s");
    assert_int_equal(code, 1);
    assert_has(err, "tuff: error: nothing stands out: fixed.tflite not written\n");
    assert_int_equal(scratch_count(&work), 1);
}

static void test_refuses_what_it_cannot_judge(void **state) {
    (void)state;
    make_wrong();
    run("tuff doctor wrong.tflite");
    assert_refused(2, "expected --data DATA", 1);
    run("tuff doctor wrong.tflite --data absent");
    assert_refused(1, "absent: ", 1);
    run("tuff doctor absent --data " DIGITS);
    assert_refused(1, "absent: ", 1);
    run("tuff doctor wrong.tflite --data '%s/digit.png'", DATA);
    assert_refused(1, "label", 1);
    run("printf '0.5,0.25,1\\n1.5,2,0\\n' > floats.csv; tuff doctor wrong.tflite --data floats.csv");
    assert_refused(1, "expected raw ones 0..255 (u8)", 2);
    run("rm floats.csv; tuff doctor wrong.tflite --data " DIGITS " --write - --json");
    assert_refused(2, "both want standard output", 1);
    run("tuff doctor '%s/tflite/custom_op.tflite' --data " DIGITS, DATA);
    assert_refused(1, "Sharpen", 1);
    run("tuff doctor wrong.tflite --data " DIGITS " --write absent/fixed.tflite");
    assert_refused(1, "absent/fixed.tflite: ", 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_the_recipe_and_writes_a_model_that_is_right),
        cmocka_unit_test(test_writes_nothing_where_nothing_stands_out),
        cmocka_unit_test(test_refuses_what_it_cannot_judge),
    };
    return cmocka_run_group_tests_name("doctor", tests, open_folders, close_folders);
}
