/* tuff compile: folders that build, give the interpreter's outputs, and say what they need.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdbool.h>

#include "cli/command.h"

#define WARNINGS "-std=c11 -Wall -Wextra -Wconversion -Wpedantic -Werror"

static bool have(const char *program) {
    char line[256];
    snprintf(line, sizeof line, "command -v %s >/dev/null 2>&1", program);
    if (system(line) == 0) return true;
    print_message("SKIPPED: %s is not here\n", program);
    return false;
}

/* One int8 and one float model, made once. */
static int make_models(void **state) {
    open_folders(state);
    run("tuff convert '" DATA "/keras/mnist_cnn.keras' -o f.tflite --input-range 0..1 --labels '" DATA "/mnist/labels.txt' -q && "
        "tuff quantize f.tflite -o q.tflite --data '" DATA "/mnist/mnist_calibration.npz' -q");
    return code;
}

static void test_an_integer_model_gives_the_interpreters_bytes(void **state) {
    (void)state;
    run("tuff compile q.tflite -o q && make -s -C q check");
    assert_ok();
    assert_has(out, "q: all outputs are those of the interpreter\n");
}

static void test_a_float_model_gives_the_interpreters_numbers(void **state) {
    (void)state;
    run("tuff compile f.tflite -o f && make -s -C f check");
    assert_ok();
    assert_has(out, "f: all outputs are those of the interpreter\n");
    run("tuff compile f.tflite -o f --least-ram && make -s -C f check");
    assert_ok();
}

static void test_the_example_names_the_digit(void **state) {
    (void)state;
    run("tuff compile q.tflite -o q -q && make -s -C q example");
    assert_ok();
    assert_has(out, "seven");
}

static void test_subgraphs_and_state(void **state) {
    (void)state;
    run("tuff compile '" DATA "/tflite/call_once_mul.tflite' -o once && make -s -C once check");
    assert_ok();
}

static void test_the_folder_holds_what_arduino_and_people_look_for(void **state) {
    (void)state;
    run("tuff compile q.tflite -o q -q && cd q && ls README.txt Makefile main.c library.properties src/q.h src/q.c src/q_weights.c examples/*/*.ino");
    assert_ok();
    run("cd q && grep -q 'q_labels\\[Q_LABELS\\]' src/q.h && grep -q 'void q_set_input_u8(const uint8_t \\*pixels)' src/q.h && grep -q Q_INPUT_ZERO_POINT "
        "src/q.h && "
        "grep -q '_Static_assert(sizeof arena == Q_ARENA_BYTES' src/q.c && grep -q 'includes=q.h' library.properties");
    assert_ok();
    run("cd q && cat src/*/*.[ch] src/*.[ch] | grep -E '(^|[^a-z_])(malloc|calloc|realloc|free|printf) *[(]|KERNELS_ONLY'; true");
    assert_string_equal(out, "");
}

/* Everything that comes out compiles cleanly for every processor whose compiler is here. */
static void test_all_targets_compile_without_a_warning(void **state) {
    static const struct {
        const char *target, *compiler;
    } all[] = {
        {"cortex-m0", "arm-none-eabi-gcc"}, {"cortex-m4", "arm-none-eabi-gcc"}, {"cortex-m55", "arm-none-eabi-gcc"}, {"riscv32", "riscv64-unknown-elf-gcc"}};
    (void)state;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        if (!have(all[k].compiler)) continue;
        run("rm -rf q; tuff compile q.tflite -o q --target %s && make -s -C q device", all[k].target);
        assert_ok();
        assert_has(out, "flash      ");
        assert_has(out, "weights 191,936, code ");
    }
    run("rm -rf q; tuff compile q.tflite -o q -q && cd q && cc " WARNINGS " -Isrc -c src/*.c src/*/*.c");
    assert_ok();
}

static void test_under_qemu(void **state) {
    (void)state;
    if (!have("qemu-system-arm") || !have("arm-none-eabi-gcc")) return;
    run("rm -rf q; tuff compile q.tflite -o q -q && make -s -C q qemu-m0 qemu-m4 qemu-m55 2>&1");
    assert_ok();
    assert_has(out, "q: all outputs are those of the interpreter");
}

/* ---- budgets ---- */
static void test_a_budget_names_the_layer_that_breaks_it(void **state) {
    (void)state;
    run("tuff compile q.tflite -o small --ram 20000");
    assert_int_equal(code, 1);
    assert_has(err, "bytes of RAM, the budget is 20000: step 1, CONV_2D (");
    run("tuff compile q.tflite -o small --flash 100000; test -e small && echo written");
    assert_has(err, "the budget is 100000: the weights of step 3, FULLY_CONNECTED (");
    assert_string_equal(out, "");
    run("tuff compile q.tflite -o fits --ram 30000 --flash 300000 -q");
    assert_ok();
}

static void test_boards_are_told(void **state) {
    (void)state;
    run("tuff compile q.tflite -o q --target cortex-m0");
    assert_ok();
    assert_has(out, "no   BBC micro:bit v1");
    assert_has(out, "fits Raspberry Pi Pico");
}

/* ---- refusals ---- */
static void test_what_cannot_be_compiled_is_named(void **state) {
    (void)state;
    run("tuff compile '" DATA "/tflite/custom_op.tflite' -o no; test -e no && echo written");
    assert_has(err, "op 0 Sharpen");
    assert_string_equal(out, "");
    assert_int_equal(lines(err), 1);
}

static void test_names_are_identifiers(void **state) {
    static const char *const names[] = {"7up", "a-b", "int", "", "tuff_model", "_x", "a.b"};
    (void)state;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        run("tuff compile q.tflite -o named --name '%s'", names[k]);
        assert_int_equal(code, 1);
        assert_has(err, "expected a C identifier");
    }
    run("cp q.tflite '7 up-to.date.tflite' && tuff compile '7 up-to.date.tflite' -o named && ls named/src/model_7_up_to_date.h && rm '7 up-to.date.tflite'");
    assert_ok();
}

static void test_files_of_others_are_not_overwritten(void **state) {
    (void)state;
    run("mkdir theirs && echo mine >theirs/notes.txt && tuff compile q.tflite -o theirs");
    assert_int_equal(code, 1);
    assert_has(err, "theirs: holds files that are not of an earlier compile");
    run("tuff compile q.tflite -o theirs --force -q && cat theirs/notes.txt");
    assert_ok();
    assert_string_equal(out, "mine\n");
    run("tuff compile q.tflite -o theirs -q && echo '// mine' >>theirs/main.c && tuff compile q.tflite -o theirs");
    assert_int_equal(code, 1);
    assert_has(err, "theirs/main.c: changed since it was written");
    run("tail -1 theirs/main.c");
    assert_string_equal(out, "// mine\n");
}

static void test_files_of_an_earlier_model_go(void **state) {
    (void)state;
    run("tuff compile f.tflite -o turn -q && tuff compile q.tflite -o turn -q && ls turn/src/*.c && make -s -C turn check");
    assert_ok();
    assert_has(out, "turn/src/q.c");
    assert_null(strstr(out, "turn/src/f.c"));
}

static void test_the_same_model_gives_the_same_bytes(void **state) {
    (void)state;
    run("tuff compile q.tflite -o one -q && tuff compile q.tflite -o two -q && diff -r one two");
    assert_ok();
}

/* ---- published models ---- */
static void test_published_models_at_the_floor_of_their_activations(void **state) {
    static const struct {
        const char *path, *ram;
    } all[] = {{"mlcommons__tiny/training/image_classification/trained_models/pretrainedResnet_quant.tflite", "RAM        49,152:"},
               {"mlcommons__tiny/training/keyword_spotting/trained_models/kws_ref_model.tflite", "RAM        16,000:"},
               {"tensorflow__tflite-micro/models/person_detect.tflite", "RAM        55,296:"}};
    (void)state;
    const char *shared = getenv("TUFF_SHARED") ? getenv("TUFF_SHARED") : TUFF_SOURCE_DIR "/../shared";
    for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
        run("test -f '%s/data/%s'", shared, all[k].path);
        if (code != 0) {
            print_message("SKIPPED: %s is not here\n", all[k].path);
            continue;
        }
        run("rm -rf p; tuff compile '%s/data/%s' -o p --name p --least-ram && make -s -C p check", shared, all[k].path);
        assert_ok();
        assert_has(out, all[k].ram);
        run("tuff compile '%s/data/%s' -o p --name p -q && make -s -C p check", shared, all[k].path);
        assert_ok();
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_integer_model_gives_the_interpreters_bytes),
        cmocka_unit_test(test_a_float_model_gives_the_interpreters_numbers),
        cmocka_unit_test(test_the_example_names_the_digit),
        cmocka_unit_test(test_subgraphs_and_state),
        cmocka_unit_test(test_the_folder_holds_what_arduino_and_people_look_for),
        cmocka_unit_test(test_all_targets_compile_without_a_warning),
        cmocka_unit_test(test_under_qemu),
        cmocka_unit_test(test_a_budget_names_the_layer_that_breaks_it),
        cmocka_unit_test(test_boards_are_told),
        cmocka_unit_test(test_what_cannot_be_compiled_is_named),
        cmocka_unit_test(test_names_are_identifiers),
        cmocka_unit_test(test_files_of_others_are_not_overwritten),
        cmocka_unit_test(test_files_of_an_earlier_model_go),
        cmocka_unit_test(test_the_same_model_gives_the_same_bytes),
        cmocka_unit_test(test_published_models_at_the_floor_of_their_activations),
    };
    return cmocka_run_group_tests_name("compile", tests, make_models, close_folders);
}
