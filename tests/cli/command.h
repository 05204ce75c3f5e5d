/* Running the tuff command in a folder of its own and looking at what it said.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TESTS_CLI_COMMAND_H
#define TUFF_TESTS_CLI_COMMAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "scratch.h"

#define DATA TUFF_SOURCE_DIR "/tests/data"

static scratch work, streams; /* where commands run; what they print */
static char out[1 << 18], err[1 << 14];
static int code; /* exit code; 128 + the signal */

static void read_stream(const char *name, char *text, size_t room) {
    FILE *f = fopen(scratch_path(&streams, name), "rb");
    const size_t count = f ? fread(text, 1, room - 1, f) : 0;
    if (f) fclose(f);
    text[count] = 0;
}

/* Runs a line of shell in the work folder; "tuff" stands for the command. */
__attribute__((format(printf, 1, 2))) static void run(const char *format, ...) {
    char line[4096], whole[8192];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    snprintf(whole, sizeof whole, "cd '%s' && tuff() { '%s' \"$@\"; } && { %s\n} >'%s/out' 2>'%s/err' </dev/null", work.folder, TUFF_COMMAND, line,
             streams.folder, streams.folder);
    const int status = system(whole);
    code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    read_stream("out", out, sizeof out);
    read_stream("err", err, sizeof err);
}

static int lines(const char *text) {
    int n = 0;
    for (; *text; text++) n += *text == '\n';
    return n;
}

#define assert_has(text, part)                                                    \
    do {                                                                          \
        if (!strstr(text, part)) fail_msg("expected \"%s\" in:\n%s", part, text); \
    } while (0)

/* The command failed with one line on stderr that has `part`, nothing on stdout, and left no file beyond `files`. */
#define assert_refused(expected, part, files)                                                                                  \
    do {                                                                                                                       \
        if (code != (expected) || lines(err) != 1 || strncmp(err, "tuff: error: ", 13) != 0 || out[0])                         \
            fail_msg("expected exit %d and one line of error, got exit %d, stderr:\n%sstdout:\n%s", expected, code, err, out); \
        assert_has(err, part);                                                                                                 \
        if (scratch_count(&work) != (files)) fail_msg("%d files, expected %d", scratch_count(&work), files);                   \
    } while (0)

#define assert_ok()                                                                 \
    do {                                                                            \
        if (code != 0) fail_msg("exit %d, stderr:\n%sstdout:\n%s", code, err, out); \
    } while (0)

static int open_folders(void **state) {
    (void)state;
    scratch_open(&work);
    scratch_open(&streams);
    return 0;
}

static int close_folders(void **state) {
    (void)state;
    scratch_close(&work);
    scratch_close(&streams);
    return 0;
}

#endif
