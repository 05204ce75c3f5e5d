/* The main job from the command line: convert, quantize, run, evaluate, inspect, measure, verify.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

#define KERAS "'" DATA "/keras/mnist_cnn.keras'"
#define DIGITS "'" DATA "/mnist/t10k-images-idx3-ubyte.gz'"
#define CALIBRATION "'" DATA "/mnist/mnist_calibration.npz'"
#define LABELS "'" DATA "/mnist/labels.txt'"

static void make_float(void) {
    run("test -f m.tflite || tuff convert " KERAS " -o m.tflite --input-range 0..1 --labels " LABELS);
    assert_ok();
}

static void make_int8(void) {
    run("test -f q.tflite || tuff convert " KERAS " -o q.tflite --input-range 0..1 --labels " LABELS " --quantize int8 --data " CALIBRATION);
    assert_ok();
}

static void test_convert_says_what_was_read_folded_and_written(void **state) {
    (void)state;
    run("tuff convert " KERAS " -o m.tflite --input-range 0..1 --labels " LABELS);
    assert_ok();
    assert_string_equal(err, "");
    assert_has(out, "read       mnist_cnn.keras, 770.7 KiB: 189,570 parameters");
    assert_has(out, "fused      ");
    assert_has(out, "recipe     raw 0..255 becomes 0..1; labels in the model\n");
    assert_has(out, "wrote      m.tflite, ");
    assert_has(out, "agreement  ");
    run("tuff convert " KERAS " -o m.tflite --input-range 0..1 --labels " LABELS " --quiet");
    assert_ok();
    assert_string_equal(out, "");
}

static void test_convert_to_standard_output_writes_only_the_model_there(void **state) {
    (void)state;
    run("tuff convert " KERAS " -o - --input-range 0..1 --labels " LABELS " | cmp - m.tflite");
    assert_ok();
    assert_has(err, "wrote      standard output");
}

static void test_convert_as_json(void **state) {
    (void)state;
    run("tuff convert " KERAS " -o j.tflite --quantize dynamic --input-range 0..1 --eval-data " DIGITS " --limit 200 --json -q && rm j.tflite");
    assert_ok();
    assert_has(out, "\"quantized\": \"dynamic\"");
    assert_has(out, "\"n\": 200");
    assert_has(out, "\"agreement\": ");
    assert_has(out, "\"calibration_data\": false");
}

static void test_int8_names_the_calibration_data_beside_the_accuracy(void **state) {
    (void)state;
    run("tuff convert " KERAS " -o q.tflite --input-range 0..1 --labels " LABELS " --quantize int8 --data " CALIBRATION);
    assert_ok();
    assert_has(out, "quantized  to int8");
    assert_has(out, "times smaller)");
    assert_has(out, "same class as the float model for ");
    assert_has(out, " of 500\n");
    assert_has(out, "mnist_calibration.npz: 500 pictures 28x28x1, with labels: the calibration data; use --eval-data for a fair figure");
    run("tuff convert " KERAS " -o q.tflite --input-range 0..1 --labels " LABELS " --quantize int8 --data " CALIBRATION " --eval-data " DIGITS " -n 300");
    assert_ok();
    assert_null(strstr(out, "the calibration data;"));
    assert_has(out, "on t10k-images-idx3-ubyte.gz: 300 of 10,000 pictures");
}

static void test_quantize_does_the_same_from_the_float_tflite(void **state) {
    (void)state;
    make_float();
    run("tuff convert " KERAS " -o a.tflite --input-range 0..1 --labels " LABELS " --quantize int8 --data " CALIBRATION
        " -q && tuff quantize m.tflite -o b.tflite --data " CALIBRATION " -q");
    assert_ok();
    run("tuff inspect a.tflite | tail -n +2 > a.txt; tuff inspect b.tflite | tail -n +2 | cmp - a.txt && tuff eval a.tflite --against b.tflite --limit 500 "
        "--data " DIGITS);
    assert_ok();
    assert_has(out, "agreement  100.0 % with b.tflite, 500 of 500\n");
    run("rm a.tflite b.tflite a.txt");
}

static void test_run_names_the_digit(void **state) {
    (void)state;
    make_float();
    run("cp '%s/digit.png' 'eine Ziffer ä.png' && tuff run m.tflite 'eine Ziffer ä.png' --top 1 && rm eine*", DATA);
    assert_ok();
    assert_string_equal(err, "");
    assert_has(out, "eine Ziffer ä.png\n  7 seven ");
    assert_has(out, " %  ########");
    assert_int_equal(lines(out), 2);
    run("tuff run m.tflite absent.png '%s/digit.png' --top 1", DATA);
    assert_int_equal(code, 1);
    assert_has(err, "absent.png: ");
    assert_has(out, "  7 seven ");
    run("tuff run m.tflite - --top 1 < '%s/digit.png'", DATA);
    assert_ok();
    assert_has(out, "  7 seven ");
    run("cat m.tflite | tuff run - '%s/digit.png' --top 1", DATA);
    assert_ok();
    assert_has(out, "  7 seven ");
}

static void test_run_takes_a_sample_of_a_set(void **state) {
    (void)state;
    make_float();
    run("tuff run m.tflite " DIGITS "'[17]' --json");
    assert_ok();
    assert_has(out, "\"input\": \"t10k-images-idx3-ubyte.gz[17]\"");
    assert_has(out, "\"label\": 7");
    assert_has(out, "\"class\": 7,\n        \"label\": \"seven\"");
    run("tuff run m.tflite " DIGITS " --top 1");
    assert_ok();
    assert_has(err, "tuff: note: 10,000 samples: running [0]");
    run("tuff run m.tflite " DIGITS " --top 1 --limit 3");
    assert_ok();
    assert_string_equal(err, "");
    assert_int_equal(lines(out), 6);
}

static void test_eval_states_interval_agreement_and_confusion(void **state) {
    (void)state;
    make_float();
    make_int8();
    run("tuff eval q.tflite --data " DIGITS " --against m.tflite --limit 1000 --top 2");
    assert_ok();
    assert_has(out, "data       t10k-images-idx3-ubyte.gz: 1,000 of 10,000 pictures 28x28x1, labels from t10k-labels-idx1-ubyte.gz\n");
    assert_has(out, ", 95 % interval), 98");
    assert_has(out, "top 2      99.");
    assert_has(out, " with m.tflite, ");
    assert_has(out, "McNemar p = ");
    assert_has(out, "confusion  rows: label, columns: predicted\n");
    run("tuff eval q.tflite --data " DIGITS " --limit 1000 --json");
    assert_ok();
    assert_has(out, "\"accuracy\": 0.98");
    assert_has(out, "\"n\": 1000,");
    assert_has(out, "\"interval\": [0.9");
}

static void test_eval_matches_folders_and_labels_by_name(void **state) {
    (void)state;
    make_float();
    run("mkdir -p named && cp -r '%s/digits/folders/7' named/seven && cp -r '%s/digits/folders/0' named/zero && tuff eval m.tflite --data named --json", DATA,
        DATA);
    assert_ok();
    assert_has(out, "\"accuracy\": 1,"); /* by the order of names seven would be class 0 */
    run("tuff run m.tflite named --limit 2 --top 1");
    assert_ok();
    assert_has(out, ", labelled 7 seven\n  7 seven ");
    run("mv named/zero named/nought && tuff run m.tflite named --limit 2 --top 1");
    assert_ok();
    assert_has(out, ", labelled nought\n  0 zero ");
    run("tuff eval m.tflite --data named; s=$?; rm -r named; exit $s");
    assert_refused(1, "class nought is not among the model's 10 labels", 2);
}

static void test_inspect_spells_out_quantization_recipe_and_plan(void **state) {
    (void)state;
    make_int8();
    run("tuff inspect q.tflite");
    assert_ok();
    assert_has(out, "size       189,570 parameters");
    assert_has(out, "q = round(x / 0.00392157) - 128, x from 0 to 1\n");
    assert_has(out, "recipe     28x28x1 pictures; x = raw / 255 (");
    assert_has(out, "labels     10: zero, one, two,");
    assert_has(out, "RAM plan: ");
    assert_has(out, "CONV_2D 3");
    run("tuff inspect q.tflite --json");
    assert_ok();
    assert_has(out, "\"formula\": \"q = round(x / 0.00392157) - 128, x from 0 to 1\"");
    assert_has(out, "\"arena_bytes\": ");
}

static void test_inspect_shows_a_model_that_cannot_run(void **state) {
    (void)state;
    run("tuff inspect '%s/tflite/custom_op.tflite'", DATA);
    assert_ok();
    assert_has(out, "refused    ");
    assert_has(out, "Sharpen");
}

static void test_bench_reports_the_fields_that_others_read(void **state) {
    (void)state;
    make_int8();
    run("tuff bench q.tflite --seconds 0.05 --threads 2 --json");
    assert_ok();
    static const char *const fields[] = {"load_us", "first_us", "min_us", "median_us", "p95_us", "p99_us", "peak_bytes", "threads\": 2", "cpu", "version"};
    for (size_t k = 0; k < sizeof fields / sizeof *fields; k++) assert_has(out, fields[k]);
    run("tuff bench q.tflite --seconds 0.05 --cpu none");
    assert_ok();
    assert_has(out, "cpu level none, 1 thread, tuff 0.");
    assert_has(out, "CONV_2D ");
}

static void test_verify_passes_what_it_recorded_and_says_how_far_off_another_is(void **state) {
    (void)state;
    make_float();
    make_int8();
    run("tuff verify --record m.zip m.tflite && tuff verify --record q.zip q.tflite --data " DIGITS
        " --runs 3 && tuff verify m.zip q.zip --cpu none --no-in-place");
    assert_ok();
    assert_has(out, "m.zip                                         1 passed,      0 failed\n");
    assert_has(out, "\n2 passed, 0 failed\n");
    /* the same case with the other model behind it */
    run("mkdir -p x && cd x && unzip -q ../q.zip && cp ../m.tflite q/model.tflite && zip -q -r ../wrong.zip . && cd .. && rm -r x && tuff verify wrong.zip; "
        "s=$?; rm *.zip; "
        "exit $s");
    if (code == 127) skip(); /* no zip, unzip */
    assert_int_equal(code, 1);
    assert_has(out, "FAILED q: input 0 is f32, the stored array s8\n");
    assert_has(out, "\n0 passed, 1 failed\n");
}

static void test_ops_lists_what_runs_and_what_a_model_uses(void **state) {
    (void)state;
    make_float();
    run("tuff ops");
    assert_ok();
    assert_has(out, "CONV_2D, versions 1..");
    run("tuff ops --used m.tflite");
    assert_ok();
    assert_string_equal(out, "TUFF_OP(conv_2d)\nTUFF_OP(fully_connected)\nTUFF_OP(max_pool_2d)\nTUFF_OP(softmax)\nTUFF_OP(reshape)\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_convert_says_what_was_read_folded_and_written),
        cmocka_unit_test(test_convert_to_standard_output_writes_only_the_model_there),
        cmocka_unit_test(test_convert_as_json),
        cmocka_unit_test(test_int8_names_the_calibration_data_beside_the_accuracy),
        cmocka_unit_test(test_quantize_does_the_same_from_the_float_tflite),
        cmocka_unit_test(test_run_names_the_digit),
        cmocka_unit_test(test_run_takes_a_sample_of_a_set),
        cmocka_unit_test(test_eval_states_interval_agreement_and_confusion),
        cmocka_unit_test(test_eval_matches_folders_and_labels_by_name),
        cmocka_unit_test(test_inspect_spells_out_quantization_recipe_and_plan),
        cmocka_unit_test(test_inspect_shows_a_model_that_cannot_run),
        cmocka_unit_test(test_bench_reports_the_fields_that_others_read),
        cmocka_unit_test(test_verify_passes_what_it_recorded_and_says_how_far_off_another_is),
        cmocka_unit_test(test_ops_lists_what_runs_and_what_a_model_uses),
    };
    return cmocka_run_group_tests_name("the main job", tests, open_folders, close_folders);
}
