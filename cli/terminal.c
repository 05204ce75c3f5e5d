/* Messages, progress, colour and Ctrl-C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * stdout carries results, stderr everything else. Colour and the progress bar need a terminal and no NO_COLOR (https://no-color.org).
 * The first Ctrl-C sets a flag that every long loop looks at, so that files are left complete or not at all; a second one kills.
 */
#include <locale.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"

static bool quiet, colour, bar;
static cli_progress *drawn; /* the bar that a message has to wipe first */
static volatile sig_atomic_t interrupted;

static void interrupt(int number) {
    (void)number;
    interrupted = 1;
}

void cli_setup(bool be_quiet) {
    const char *no_color = getenv("NO_COLOR");
    const bool plain = no_color && *no_color;
    const char *terminal = getenv("TERM");
    const bool dumb = !terminal || strcmp(terminal, "dumb") == 0;
    quiet = be_quiet;
    colour = !plain && !dumb && isatty(STDOUT_FILENO);
    bar = !plain && !dumb && !quiet && isatty(STDERR_FILENO);
    struct sigaction action = {.sa_handler = interrupt, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
}

bool cli_interrupted(void) { return interrupted; }

/* ---- messages ---- */
TUFF_PRINTF(2, 0) static void say(const char *kind, const char *format, va_list arguments) {
    if (drawn) cli_progress_end(drawn);
    char text[1200];
    vsnprintf(text, sizeof text, format, arguments);
    for (char *c = text; *c; c++)
        if ((unsigned char)*c < 32 || *c == 127) *c = ' '; /* a name from a file must not break the line */
    fflush(stdout);
    fprintf(stderr, "tuff: %s: %s\n", kind, text);
}

int cli_error(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("error", format, arguments);
    va_end(arguments);
    return CLI_FAILED;
}

void cli_error_prefix(tuff_error *error, const char *file) {
    char message[sizeof error->message];
    memcpy(message, error->message, sizeof message);
    snprintf(error->message, sizeof error->message, "%.300s: %.690s", file, message);
}

int cli_fail(const tuff_error *error) {
    if (drawn) cli_progress_end(drawn);
    if (interrupted) return CLI_INTERRUPTED;
    const char *text = error->message[0] ? error->message : tuff_status_text(error->status);
    if (cli_is_spooled(text)) return cli_error("standard input%s", text + strcspn(text, ":"));
    return cli_error("%s", text);
}

int cli_usage(const cli_command *command, const char *format, ...) {
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (command) cli_error("%s: %s (see tuff %s --help)", command->name, text, command->name);
    else cli_error("%s (see tuff --help)", text);
    return CLI_USAGE;
}

void cli_note(const char *format, ...) {
    if (quiet) return;
    va_list arguments;
    va_start(arguments, format);
    say("note", format, arguments);
    va_end(arguments);
}

void cli_warning(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say("warning", format, arguments);
    va_end(arguments);
}

void cli_feed_note(void *unused, bool warning, const char *text) {
    (void)unused;
    if (warning) cli_warning("%s", text);
    else cli_note("%s", text);
}

int cli_finish(int code) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    if (code == CLI_OK) return cli_error("standard output: cannot be written");
    return code;
}

/* ---- progress ---- */
static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

cli_progress cli_progress_start(const char *what) {
    const double start = now();
    return (cli_progress){.what = what, .start = start, .drawn = start};
}

static void draw(cli_progress *p, size_t done, size_t total, double seconds) {
    enum { WIDTH = 24 };
    const double share = total ? (double)done / (double)total : 0, rate = (double)done / seconds;
    const int full = (int)(share * WIDTH);
    char blocks[WIDTH + 1];
    for (int k = 0; k < WIDTH; k++) blocks[k] = k < full ? '#' : '.';
    blocks[WIDTH] = 0;
    const double left = rate > 0 ? ceil((double)(total - done) / rate) : 0;
    char time_left[64];
    if (left < 100) snprintf(time_left, sizeof time_left, "%.0f s", left);
    else snprintf(time_left, sizeof time_left, "%.0f min", ceil(left / 60));
    fprintf(stderr, "\r%s [%s] %s of %s, %s/s, %s left\033[K", p->what, blocks, cli_group((int64_t)done), cli_group((int64_t)total),
            rate < 10 ? cli_number(round(rate * 10) / 10) : cli_group((int64_t)rate), time_left);
    fflush(stderr);
}

bool cli_progress_step(void *progress, size_t done, size_t total) {
    cli_progress *p = progress;
    if (interrupted) return false;
    if (!bar || !p) return true;
    const double at = now();
    if (at - p->start < 1 || at - p->drawn < 0.1) return true;
    p->drawn = at;
    p->shown = true;
    drawn = p;
    draw(p, done, total, at - p->start);
    return true;
}

void cli_progress_end(cli_progress *p) {
    drawn = NULL;
    if (!p->shown) return;
    p->shown = false;
    fputs("\r\033[K", stderr);
    fflush(stderr);
}

/* ---- text ---- */
const char *cli_ink(cli_style style) {
    static const char *const escapes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[33m"};
    return colour ? escapes[style] : "";
}

void cli_line(FILE *out, const char *word, const char *format, ...) {
    fprintf(out, "%s%-10s%s ", out == stdout ? cli_ink(CLI_BOLD) : "", word, out == stdout ? cli_ink(CLI_PLAIN) : "");
    va_list arguments;
    va_start(arguments, format);
    vfprintf(out, format, arguments);
    va_end(arguments);
    fputc('\n', out);
}

static char *next_buffer(size_t *room) {
    enum { BUFFERS = 16, ROOM = 128 };
    static char buffers[BUFFERS][ROOM];
    static int k;
    *room = ROOM;
    return buffers[k++ % BUFFERS];
}

const char *cli_group(int64_t number) {
    size_t room;
    char *out = next_buffer(&room), digits[32];
    const int length = snprintf(digits, sizeof digits, "%lld", (long long)(number < 0 ? -number : number));
    size_t at = 0;
    if (number < 0) out[at++] = '-';
    for (int k = 0; k < length; k++) {
        if (k && (length - k) % 3 == 0) out[at++] = ',';
        out[at++] = digits[k];
    }
    out[at] = 0;
    return out;
}

const char *cli_bytes(int64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    size_t room;
    char *out = next_buffer(&room);
    double value = (double)bytes / 1024;
    int unit = 0;
    while (value >= 1024 && unit < 3) {
        value /= 1024;
        unit++;
    }
    if (bytes < 1024) snprintf(out, room, "%lld bytes", (long long)bytes);
    else snprintf(out, room, "%.1f %s", value, units[unit]);
    return out;
}

const char *cli_percent(double share, double n) {
    size_t room;
    char *out = next_buffer(&room);
    snprintf(out, room, "%.*f %%", n >= 2000 ? 2 : 1, 100 * share);
    return out;
}

const char *cli_number(double value) {
    size_t room;
    char *out = next_buffer(&room);
    snprintf(out, room, "%.6g", value);
    return out;
}

const char *cli_base(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

const char *cli_shape(int32_t rank, const int32_t *shape, const int32_t *signature) {
    size_t room, at = 1;
    char *out = next_buffer(&room);
    out[0] = '[';
    for (int32_t i = 0; i < rank && at < room; i++) {
        const bool unknown = signature && signature[i] < 0;
        if (i) out[at++] = ',';
        at += unknown ? (size_t)snprintf(out + at, room - at, "?") : (size_t)snprintf(out + at, room - at, "%d", (int)shape[i]);
    }
    if (at < room - 1) memcpy(out + at, "]", 2);
    return out;
}
