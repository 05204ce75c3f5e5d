/* tuff verify: models against stored inputs and outputs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cases run in a child process that sends a verdict per case down a pipe. A case that crashes or never ends takes the child with it, counts as failed, and
 * the next child goes on behind it: one bad case never stops the run.
 */
#include "tuff/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/json.h"

enum { SECONDS_PER_CASE = 120 };

typedef struct settings {
    cli_globals globals;
    const char *models, *only, *record, *data;
    int64_t runs;
    bool no_in_place, json;
} settings;

static const cli_option options[] = {
    {"models", 'm', "DIR", "folder that a case's model.path starts from (the current one)", CLI_FOLDER, offsetof(settings, models), NULL},
    {"only", 0, "TEXT", "run only cases whose name contains TEXT", CLI_TEXT, offsetof(settings, only), NULL},
    {"no-in-place", 0, NULL, "give every tensor memory of its own", CLI_FLAG, offsetof(settings, no_in_place), NULL},
    CLI_JSON_OPTION(settings),
    {"record", 0, "OUT.zip", "run MODEL instead and write its inputs and outputs as a case", CLI_FILE, offsetof(settings, record), NULL},
    {"data", 'd', "DATA", "with --record: inputs from this data (seeded random ones)", CLI_FILE, offsetof(settings, data), NULL},
    {"runs", 0, "N", "with --record: how many invocations (2)", CLI_COUNT, offsetof(settings, runs), NULL},
    CLI_OPTIONS_END,
};

/* ---- one zip, in children ---- */
typedef struct answer {
    size_t index;
    tuff_verdict verdict;
} answer;

typedef struct zip_run {
    const settings *s;
    const char *path;
    tuff_cases *cases;
    size_t count, passed, failed; /* count: cases chosen */
    cli_json *json;               /* NULL: text */
} zip_run;

static bool chosen(const zip_run *z, size_t k) {
    const char *only = z->s->only;
    return !only || strstr(tuff_cases_at(z->cases, k).name, only);
}

static size_t next_chosen(const zip_run *z, size_t k) {
    while (k < tuff_cases_count(z->cases) && !chosen(z, k)) k++;
    return k;
}

/* The child: runs the chosen cases from `first` on. */
static int child(const zip_run *z, size_t first, int pipe_end) {
    signal(SIGINT, SIG_DFL);
    tuff_verify_options verify = TUFF_VERIFY_OPTIONS;
    verify.models = z->s->models;
    verify.threads = (int)z->s->globals.threads;
    verify.cpu = z->s->globals.cpu;
    verify.no_in_place = z->s->no_in_place;
    for (size_t k = next_chosen(z, first); k < tuff_cases_count(z->cases); k = next_chosen(z, k + 1)) {
        alarm(SECONDS_PER_CASE);
        answer a = {.index = k, .verdict = tuff_cases_run(z->cases, k, &verify)};
        if (write(pipe_end, &a, sizeof a) != (ssize_t)sizeof a) return 1; /* below PIPE_BUF: all or nothing */
    }
    return 0;
}

static void report(zip_run *z, size_t k, bool passed, const char *text) {
    if (passed) {
        z->passed++;
        return;
    }
    z->failed++;
    const tuff_case c = tuff_cases_at(z->cases, k);
    if (z->json) {
        json_object(z->json, NULL);
        json_text(z->json, "name", c.name);
        json_text(z->json, "ops", c.ops);
        json_text(z->json, "reason", text);
        json_end_object(z->json);
    } else printf("%sFAILED%s %s: %s\n", cli_ink(CLI_RED), cli_ink(CLI_PLAIN), c.name, text);
}

static const char *death(int status, char *text, size_t room) {
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) snprintf(text, room, "no end within %d s", SECONDS_PER_CASE);
    else if (WIFSIGNALED(status)) snprintf(text, room, "crashed: %s", strsignal(WTERMSIG(status)));
    else snprintf(text, room, "crashed: exit code %d", WEXITSTATUS(status));
    return text;
}

/* Runs one child from case `first` on; returns the case to go on with. */
static size_t run_child(zip_run *z, size_t first, cli_progress *progress, tuff_error *error) {
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0) {
        snprintf(error->message, sizeof error->message, "no pipe: %s", strerror(errno));
        return SIZE_MAX;
    }
    const pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        _exit(child(z, first, ends[1]));
    }
    close(ends[1]);
    size_t next = next_chosen(z, first);
    answer a;
    while (pid > 0 && cli_progress_step(progress, z->passed + z->failed, z->count) && read(ends[0], &a, sizeof a) == (ssize_t)sizeof a) {
        report(z, a.index, a.verdict.passed, a.verdict.text);
        next = next_chosen(z, a.index + 1);
    }
    close(ends[0]);
    if (pid < 0) {
        snprintf(error->message, sizeof error->message, "no process: %s", strerror(errno));
        return SIZE_MAX;
    }
    if (cli_interrupted()) kill(pid, SIGKILL);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (cli_interrupted()) return SIZE_MAX;
    if (next < tuff_cases_count(z->cases)) {
        char text[128];
        report(z, next, false, death(status, text, sizeof text));
        next = next_chosen(z, next + 1);
    }
    return next;
}

static int run_zip(zip_run *z) {
    tuff_error error = {0};
    if (tuff_cases_open(z->path, &z->cases, &error) != TUFF_OK) return cli_fail(&error);
    const size_t all = tuff_cases_count(z->cases);
    for (size_t k = next_chosen(z, 0); k < all; k = next_chosen(z, k + 1)) z->count++;
    if (z->json) {
        json_object(z->json, NULL);
        json_text(z->json, "file", z->path);
        json_array(z->json, "failures");
    }
    cli_progress progress = cli_progress_start(cli_base(z->path));
    size_t next = next_chosen(z, 0);
    while (next < all) next = run_child(z, next, &progress, &error);
    cli_progress_end(&progress);
    if (z->json) {
        json_end_array(z->json);
        json_integer(z->json, "passed", (int64_t)z->passed);
        json_integer(z->json, "failed", (int64_t)z->failed);
        json_end_object(z->json);
    } else printf("%-40s %6zu passed, %6zu failed\n", cli_base(z->path), z->passed, z->failed);
    tuff_cases_close(z->cases);
    return next == SIZE_MAX ? cli_fail(&error) : CLI_OK;
}

/* ---- the command ---- */
static int verify_zips(const settings *s, int count, char **paths) {
    cli_json writer = {.out = stdout}, *json = s->json ? &writer : NULL;
    size_t passed = 0, failed = 0;
    int code = CLI_OK;
    if (json) {
        json_object(json, NULL);
        json_array(json, "files");
    }
    for (int k = 0; k < count && !cli_interrupted(); k++) {
        zip_run z = {.s = s, .path = paths[k], .json = json};
        const int zip_code = run_zip(&z);
        if (zip_code != CLI_OK) code = zip_code;
        passed += z.passed;
        failed += z.failed;
    }
    if (json) {
        json_end_array(json);
        json_integer(json, "passed", (int64_t)passed);
        json_integer(json, "failed", (int64_t)failed);
        json_end_object(json);
    } else printf("%zu passed, %zu failed\n", passed, failed);
    return code != CLI_OK || failed ? CLI_FAILED : CLI_OK;
}

static int record(const settings *s, const char *model) {
    tuff_error error = {0};
    tuff_record_options record_options = TUFF_RECORD_OPTIONS;
    record_options.threads = (int)s->globals.threads;
    record_options.cpu = s->globals.cpu;
    if (s->runs) record_options.runs = (int32_t)s->runs;
    tuff_data_options data_options = TUFF_DATA_OPTIONS;
    data_options.limit = record_options.runs;
    tuff_status status = s->data ? tuff_dataset_open(s->data, &data_options, &record_options.dataset, &error) : TUFF_OK;
    if (status == TUFF_OK) status = tuff_cases_record(s->record, model, &record_options, &error);
    tuff_dataset_close(record_options.dataset);
    return status == TUFF_OK ? CLI_OK : cli_fail(&error);
}

static int run(const void *settings_, int count, char **operands) {
    const settings *s = settings_;
    if (s->record && count != 1) return cli_usage(&cli_command_verify, "--record takes one MODEL");
    if (!s->record && (s->data || s->runs)) return cli_usage(&cli_command_verify, "--%s goes with --record", s->data ? "data" : "runs");
    return s->record ? record(s, operands[0]) : verify_zips(s, count, operands);
}

const cli_command cli_command_verify = {
    .name = "verify",
    .summary = "run models against stored inputs and outputs",
    .operands = "CASES.zip... | --record OUT.zip MODEL",
    .least = 1,
    .about = "Runs every case of the zips and compares each output: integers, bools and strings byte for byte, floats within the case's bound. Prints what "
             "failed and how far "
             "off, a line per zip, and a last line with the sums. Exit code 1 if any failed. With --record it runs a model and writes such a zip.",
    .example = "tuff verify --models models golden.zip\ntuff verify --record mnist_int8.zip mnist_int8.tflite --data t10k-images-idx3-ubyte.gz\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
