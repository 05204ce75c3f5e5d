/* The command line itself: help, versions, options, completions, exit codes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/command.h"

static const char *const commands[] = {"convert", "quantize", "run", "eval", "doctor", "diff", "inspect", "bench", "verify", "ops"};
enum { COMMANDS = sizeof commands / sizeof *commands };

static void test_without_a_command_the_help_names_them_all(void **state) {
    (void)state;
    run("tuff");
    assert_ok();
    for (int k = 0; k < COMMANDS; k++) assert_has(out, commands[k]);
    assert_string_equal(err, "");
}

static void test_each_command_has_help_with_options_and_an_example(void **state) {
    (void)state;
    for (int k = 0; k < COMMANDS; k++) {
        char usage[64], example[64];
        snprintf(usage, sizeof usage, "usage: tuff %s [options]", commands[k]);
        snprintf(example, sizeof example, "  $ tuff %s", commands[k]);
        run("tuff %s --help", commands[k]);
        assert_ok();
        assert_has(out, usage);
        assert_has(out, example);
        assert_has(out, "--threads N");
        assert_null(strstr(out, " \n"));
        for (const char *line = out; *line; line = strchr(line, '\n') + 1)
            if (!strstr(line, "$ tuff") || strstr(line, "$ tuff") > strchr(line, '\n')) assert_true(strcspn(line, "\n") <= 100);
        run("tuff help %s", commands[k]);
        assert_has(out, usage);
    }
}

static void test_version_names_cpu_levels_and_compiler(void **state) {
    (void)state;
    run("tuff --version");
    assert_ok();
    assert_int_equal(strncmp(out, "tuff 0.", 7), 0);
    assert_has(out, "cpu levels  none,c");
    assert_has(out, "compiler    ");
}

static void test_wrong_usage_is_one_line_and_exit_2(void **state) {
    static const struct {
        const char *line, *error;
    } cases[] = {
        {"tuff inpsect", "unknown command 'inpsect'; did you mean 'inspect'?"},
        {"tuff xyzzy", "unknown command 'xyzzy' (see tuff --help)"},
        {"tuff --colour", "unknown option --colour"},
        {"tuff run", "run: expected MODEL.tflite INPUT..."},
        {"tuff inspect a b", "inspect: unexpected 'b'; expected MODEL.tflite"},
        {"tuff run --tpo 3 a b", "unknown option --tpo; did you mean --top?"},
        {"tuff run -x a b", "unknown option -x"},
        {"tuff run a b --top", "--top needs K"},
        {"tuff run a b --top=0", "--top 0: expected a whole number of 1 or more"},
        {"tuff run a b --top 99999999999999999999", "expected a whole number of 1 or more"},
        {"tuff run a b --json=yes", "--json takes no value"},
        {"tuff run a b --input-range 1..0", "--input-range 1..0: expected LO..HI with LO below HI"},
        {"tuff run a b --input-range 0-1", "--input-range 0-1: expected LO..HI"},
        {"tuff run a b --input-range 0..1 --mean 0 --std 1", "give one of them"},
        {"tuff run a b --mean 1,2,3 --std 1", "--mean has 3 values, --std 1"},
        {"tuff run a b --mean 1 --std 0", "--std 0: expected values above 0"},
        {"tuff run a b --mean 1,2,3,4,5 --std 1", "--mean 1,2,3,4,5: expected one number, or one per channel"},
        {"tuff bench a --seconds nan", "--seconds nan: expected a number of seconds above 0"},
        {"tuff eval a", "eval: expected --data DATA"},
        {"tuff convert a", "convert: expected -o OUT.tflite"},
        {"tuff convert a -o b --quantize int4", "--quantize int4: expected dynamic, float16 or int8"},
        {"tuff convert a -o b --quantize int8", "int8 needs --data DATA"},
        {"tuff convert a -o b --quantize dynamic --calibration mse", "--calibration goes with --quantize int8"},
        {"tuff convert a -o - --json", "both want standard output"},
        {"tuff verify --record out.zip a b", "--record takes one MODEL"},
        {"tuff verify a.zip --data d", "--data goes with --record"},
        {"tuff ops x.tflite", "for the ops of a model: --used x.tflite"},
        {"tuff --generate fish", "--generate 'fish': expected man, bash or zsh"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        run("%s", cases[k].line);
        assert_refused(2, cases[k].error, 0);
    }
}

static void test_options_may_come_anywhere_and_in_every_form(void **state) {
    (void)state;
    static const char *const forms[] = {"tuff bench --seconds 0.01 absent", "tuff bench absent --seconds=0.01", "tuff bench -s 0.01 absent",
                                        "tuff bench -s0.01 absent", "tuff bench -qs0.01 -- absent"};
    for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
        run("%s", forms[k]);
        assert_refused(1, "absent: ", 0);
    }
}

static void test_completions_and_manual_come_from_the_tables(void **state) {
    (void)state;
    run("tuff --generate man");
    assert_ok();
    assert_has(out, ".TH TUFF 1");
    assert_has(out, "\\-\\-input\\-range");
    run("tuff --generate bash > t && if command -v bash; then bash -c '. ./t'; fi && rm t");
    assert_ok();
    run("tuff --generate bash");
    assert_has(out, "--calibration|-c) COMPREPLY=($(compgen -W 'minmax percentile mse entropy'");
    run("tuff --generate zsh");
    assert_ok();
    assert_has(out, "#compdef tuff");
    assert_has(out, "'--io=[with int8\\: type of inputs and outputs, int8 (the default) or float]:TYPE:(float int8)'");
}

static void test_a_full_standard_output_is_an_error(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    run("tuff --help > /dev/full");
    assert_refused(1, "standard output: cannot be written", 0);
    run("tuff ops --json > /dev/full");
    assert_refused(1, "standard output: cannot be written", 0);
}

static void test_an_unknown_cpu_level_names_those_there_are(void **state) {
    (void)state;
    run("tuff bench x --cpu z80");
    assert_refused(2, "--cpu z80: expected one of none,c", 0);
    run("TUFF_CPU=av tuff bench x");
    assert_refused(2, "--cpu av: expected one of none,c", 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_a_command_the_help_names_them_all),   cmocka_unit_test(test_each_command_has_help_with_options_and_an_example),
        cmocka_unit_test(test_version_names_cpu_levels_and_compiler),       cmocka_unit_test(test_wrong_usage_is_one_line_and_exit_2),
        cmocka_unit_test(test_options_may_come_anywhere_and_in_every_form), cmocka_unit_test(test_completions_and_manual_come_from_the_tables),
        cmocka_unit_test(test_a_full_standard_output_is_an_error),          cmocka_unit_test(test_an_unknown_cpu_level_names_those_there_are),
    };
    return cmocka_run_group_tests_name("the command line", tests, open_folders, close_folders);
}
