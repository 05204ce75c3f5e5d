/* Bad input: one line on stderr that names file and reason, the right exit code, nothing half-written.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <signal.h>
#include <time.h>

#include "cli/command.h"

#define KERAS "'" DATA "/keras/mnist_cnn.keras'"
#define DIGITS "'" DATA "/mnist/t10k-images-idx3-ubyte.gz'"
#define CALIBRATION "'" DATA "/mnist/mnist_calibration.npz'"
#define LABELS "'" DATA "/mnist/labels.txt'"

/* Every command that takes a model. */
static const char *const model_commands[] = {"inspect",
                                             "bench -s 0.01",
                                             "run MODEL '" DATA "/digit.png'",
                                             "eval MODEL --data " DIGITS,
                                             "convert MODEL -o out.tflite",
                                             "quantize MODEL -o out.tflite --data " CALIBRATION,
                                             "ops --used",
                                             "verify --record out.zip"};

/* `model` through each of them; the message must have `part`. `files`: how many there are already. */
static void assert_no_command_takes(const char *model, const char *part, int files) {
    for (size_t k = 0; k < sizeof model_commands / sizeof *model_commands; k++) {
        char line[1024];
        const char *command = model_commands[k], *place = strstr(command, "MODEL");
        if (place) snprintf(line, sizeof line, "%.*s'%s'%s", (int)(place - command), command, model, place + 5);
        else snprintf(line, sizeof line, "%s '%s'", command, model);
        run("tuff %s", line);
        assert_refused(1, part, files);
        assert_has(err, model);
    }
}

static void test_no_such_file(void **state) {
    (void)state;
    assert_no_command_takes("absent ö.tflite", ": ", 0);
    run("tuff eval m --data d");
    assert_refused(1, "m: ", 0);
    run("tuff verify absent.zip");
    assert_int_equal(code, 1);
    assert_has(err, "tuff: error: absent.zip: ");
}

static void test_a_folder_for_a_model(void **state) {
    (void)state;
    run("mkdir folder.tflite");
    assert_no_command_takes("folder.tflite", "folder.tflite", 1);
    run("rmdir folder.tflite");
}

static void test_files_that_are_no_model(void **state) {
    static const struct {
        const char *name, *bytes;
        size_t count;
    } files[] = {
        {"empty.tflite", "", 0},
        {"header.tflite", "\x18\0\0\0TFL3", 8},
        {"text.tflite", "this is no model at all, but a line of text\n", 44},
        {"zip.tflite", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22},
    };
    (void)state;
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        scratch_write(&work, files[k].name, files[k].bytes, files[k].count);
        assert_no_command_takes(files[k].name, files[k].name, 1);
        unlink(scratch_path(&work, files[k].name));
    }
}

/* Cut in the middle of the FlatBuffer, in the vtables, in the data. */
static void test_truncated_models(void **state) {
    (void)state;
    for (int bytes = 1; bytes < 2000; bytes = bytes * 3 / 2 + 1) {
        run("head -c %d '%s/tflite/reverse_signature.tflite' > cut.tflite; tuff inspect cut.tflite; s=$?; rm cut.tflite; exit $s", bytes, DATA);
        if (code == 0) continue; /* what is cut off may be padding */
        assert_refused(1, "cut.tflite: ", 0);
    }
    for (int bytes = 1; bytes < 700000; bytes = bytes * 5 + 1) {
        run("head -c %d " KERAS " > cut.keras; tuff convert cut.keras -o out.tflite; s=$?; rm cut.keras; exit $s", bytes);
        assert_refused(1, "cut.keras: ", 0);
    }
}

static void test_unreadable_and_unwritable(void **state) {
    (void)state;
    if (geteuid() == 0) {
        /* root may read and write everything: as another user, in a folder that it can reach */
        run("chmod 755 . && cp " KERAS " m.keras && chmod 0 m.keras && cp " KERAS " ok.keras && cp '%s' tuff.bin && chmod 755 tuff.bin ok.keras && "
            "command -v setpriv >/dev/null || exit 77",
            TUFF_COMMAND);
        if (code == 77) {
            run("rm -f m.keras ok.keras tuff.bin");
            skip();
        }
        run("setpriv --reuid=65534 --regid=65534 --clear-groups ./tuff.bin convert m.keras -o /dev/null");
    } else {
        run("cp " KERAS " m.keras && chmod 0 m.keras && cp " KERAS " ok.keras && cp '%s' tuff.bin && tuff convert m.keras -o /dev/null", TUFF_COMMAND);
    }
    assert_refused(1, "m.keras: cannot be read: ", 3);
    assert_has(err, "ermission denied");
    run("chmod 555 . && %s ./tuff.bin convert ok.keras -o out.tflite; s=$?; chmod 755 .; exit $s",
        geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : "");
    assert_int_equal(code, 1);
    assert_has(err, "tuff: error: out.tflite: ");
    assert_int_equal(scratch_count(&work), 3);
    run("rm -f m.keras ok.keras tuff.bin");
}

static void test_a_full_disk_is_named_and_never_replaced(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    run("tuff convert " KERAS " -o /dev/full --quiet");
    assert_refused(1, "/dev/full: ", 0);
    run("test -c /dev/full");
    assert_ok();
    run("tuff convert " KERAS " -o - > /dev/full");
    assert_int_equal(code, 1);
    assert_has(err, "tuff: error: ");
    run("tuff convert " KERAS " -o missing/out.tflite");
    assert_int_equal(code, 1);
    assert_has(err, "tuff: error: missing/out.tflite: ");
    assert_int_equal(scratch_count(&work), 0);
}

static void test_a_failed_conversion_leaves_the_old_file(void **state) {
    (void)state;
    run("echo old > out.tflite; tuff convert " KERAS " -o out.tflite --quantize int8 --data absent.npz");
    assert_refused(1, "absent.npz", 1);
    run("grep -qx old out.tflite && rm out.tflite");
    assert_ok();
}

static void test_data_that_cannot_be_used(void **state) {
    (void)state;
    run("tuff convert " KERAS " -o m.tflite --input-range 0..1 -q");
    assert_ok();
    run("tuff eval m.tflite --data '%s/digit.png'", DATA);
    assert_refused(1, "digit.png", 1);
    run("tuff eval m.tflite --data '%s/pictures'", DATA);
    assert_refused(1, "pictures", 1);
    run("printf '1,2,3,0\\n4,5,6,1\\n' > t.csv; tuff eval m.tflite --data t.csv; s=$?; rm t.csv; exit $s");
    assert_refused(1, "t.csv", 1);
    run("cp " DIGITS " lonely-images-idx3-ubyte.gz; tuff eval m.tflite --data lonely-images-idx3-ubyte.gz; s=$?; rm lonely*; exit $s");
    assert_refused(1, "label", 1);
    run("tuff run m.tflite " DIGITS "'[10000]'");
    assert_refused(1, "[10000]: expected 0..9999", 1);
    /* floats of 195 for a model of 0..1: two pictures of bytes 'C' */
    run("{ printf '\\223NUMPY\\001\\000v\\000%%-117s\\n' \"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 28, 28), }\"; "
        "head -c 6272 /dev/zero | tr '\\0' C; } > far.npy; tuff quantize m.tflite -o out.tflite --data far.npy; s=$?; rm far.npy; exit $s");
    assert_int_equal(code, 1);
    assert_has(err, "outside of 0..1 that the recipe says");
    run("tuff convert " KERAS " -o bare.tflite -q && tuff run bare.tflite '%s/digit.png'; s=$?; rm bare.tflite; exit $s", DATA);
    assert_refused(1, "--input-range", 1);
    run("tuff convert " KERAS " -o out.tflite --quantize int8 --data " CALIBRATION);
    assert_int_equal(code, 1);
    assert_has(err, "--input-range");
    run("printf 'a\\nb\\n' > two.txt; tuff convert " KERAS " -o out.tflite --labels two.txt; s=$?; rm two.txt; exit $s");
    assert_int_equal(code, 1);
    assert_has(err, "two.txt");
    assert_has(err, "2 labels");
    run(": > none.txt; tuff convert " KERAS " -o out.tflite --labels none.txt; s=$?; rm none.txt; exit $s");
    assert_int_equal(code, 1);
    assert_has(err, "none.txt: holds no labels");
    run("rm m.tflite");
}

/* What is read stays as it was, under whatever name the output gives it. */
static void test_the_output_never_replaces_what_is_read(void **state) {
    (void)state;
    run("cp " KERAS " m.keras && cp " LABELS " l.txt && ln m.keras linked.keras");
    run("tuff convert m.keras -o m.keras");
    assert_refused(1, "m.keras: is read here too", 3);
    run("tuff convert m.keras -o linked.keras");
    assert_refused(1, "linked.keras: is read here too", 3);
    run("tuff convert m.keras -o l.txt --labels l.txt");
    assert_refused(1, "l.txt: is read here too", 3);
    run("cmp m.keras " KERAS " && cmp l.txt " LABELS " && rm m.keras l.txt linked.keras");
    assert_ok();
}

static void test_files_of_other_kinds_are_named(void **state) {
    (void)state;
    run("tuff run " KERAS " x.png");
    assert_refused(1, "mnist_cnn.keras: is a zip archive, as .keras files are, expected a .tflite model", 0);
    run("tuff convert " KERAS " -o m.tflite -q && tuff run m.tflite m.tflite");
    assert_refused(1, "m.tflite: is a .tflite model, expected idx", 1);
    run("printf 'GIF89a\\1\\0' > a.gif; tuff run m.tflite a.gif; s=$?; rm a.gif; exit $s");
    assert_refused(1, "a.gif: is a GIF picture, expected idx", 1);
    run("tuff quantize - -o out.tflite -z float16");
    assert_refused(1, "standard input: ", 1);
    run("rm m.tflite");
}

/* Ctrl-C while calibrating on 10,000 digits. */
static void test_ctrl_c_leaves_no_file_and_exit_130(void **state) {
    (void)state;
    const struct timespec moment = {0, 150000000};
    const pid_t child = fork();
    if (child == 0) {
        if (chdir(work.folder) != 0 || !freopen("/dev/null", "w", stdout) || !freopen("/dev/null", "w", stderr)) _exit(99);
        execl(TUFF_COMMAND, "tuff", "convert", DATA "/keras/mnist_cnn.keras", "-o", "out.tflite", "--input-range", "0..1", "--quantize", "int8",
              "--calibration", "entropy", "--data", DATA "/mnist/t10k-images-idx3-ubyte.gz", (char *)NULL);
        _exit(99);
    }
    nanosleep(&moment, NULL);
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 130);
    assert_int_equal(scratch_count(&work), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_such_file, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_a_folder_for_a_model, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_files_that_are_no_model, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_truncated_models, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_unreadable_and_unwritable, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_a_full_disk_is_named_and_never_replaced, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_a_failed_conversion_leaves_the_old_file, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_data_that_cannot_be_used, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_the_output_never_replaces_what_is_read, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_files_of_other_kinds_are_named, open_folders, close_folders),
        cmocka_unit_test_setup_teardown(test_ctrl_c_leaves_no_file_and_exit_130, open_folders, close_folders),
    };
    return cmocka_run_group_tests_name("bad input", tests, NULL, NULL);
}
