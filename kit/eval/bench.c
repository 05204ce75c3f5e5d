/* How fast a model runs: load, first inference, the distribution of the rest, and the time of each step.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Inferences are timed one by one for the given seconds, then steps in further inferences of their own, so that looking at the clock between steps
 * doesn't disturb the figures that count. Medians and percentiles are of sorted times (nearest rank). Memory is counted where it is allocated.
 */
#include "tuff/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "api/model.h"
#include "base/cpu.h"
#include "base/error.h"
#include "kit/data/random.h"

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

/* ---- memory that is counted: a header in front of each block holds its size ---- */
typedef struct meter {
    size_t held, peak;
} meter;
enum { HEADER = 64 }; /* keeps malloc's alignment and more */

static void *metered_resize(void *context, void *old, size_t bytes) {
    meter *m = context;
    char *raw = old ? (char *)old - HEADER : NULL;
    size_t had = 0;
    if (raw) memcpy(&had, raw, sizeof had);
    if (bytes == 0 || bytes > SIZE_MAX - HEADER) {
        if (bytes == 0) free(raw);
        m->held -= bytes == 0 ? had : 0;
        return NULL;
    }
    raw = realloc(raw, bytes + HEADER);
    if (!raw) return NULL;
    memcpy(raw, &bytes, sizeof bytes);
    m->held += bytes - had;
    if (m->held > m->peak) m->peak = m->held;
    return raw + HEADER;
}

/* ---- times ---- */
typedef struct times {
    double *us;
    size_t count, room;
} times;

static tuff_status times_add(times *t, double us, tuff_error *error) {
    if (t->count == t->room) {
        const size_t room = t->room ? 2 * t->room : 1024;
        double *grown = realloc(t->us, room * sizeof *grown);
        if (!grown) return tuff_fail_memory(error, room * sizeof *grown);
        t->us = grown;
        t->room = room;
    }
    t->us[t->count++] = us;
    return TUFF_OK;
}

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Nearest rank of sorted times. */
static double percentile(const times *t, double share) {
    const size_t rank = (size_t)(share * (double)t->count + 0.999999);
    return t->us[rank < 1 ? 0 : rank > t->count ? t->count - 1 : rank - 1];
}

static void summarize(times *t, tuff_bench_result *r) {
    qsort(t->us, t->count, sizeof *t->us, by_value);
    double sum = 0;
    for (size_t k = 0; k < t->count; k++) sum += t->us[k];
    r->runs = (int64_t)t->count;
    r->mean_us = sum / (double)t->count;
    r->min_us = t->us[0];
    r->median_us = percentile(t, 0.5);
    r->p95_us = percentile(t, 0.95);
    r->p99_us = percentile(t, 0.99);
}

/* ---- steps ---- */
typedef struct stopwatch {
    double began;
    times *steps; /* one list each */
    tuff_status status;
    tuff_error *error;
} stopwatch;

static void tick(void *context, int32_t step, bool begin) {
    stopwatch *w = context;
    const double at = now_us();
    if (!begin && w->status == TUFF_OK) w->status = times_add(&w->steps[step], at - w->began, w->error);
    w->began = now_us();
}

typedef struct bench {
    const tuff_bench_options *options;
    tuff_bench_result *result;
    meter meter;
    tuff_memory memory;
    tuff_model *model;
    tuff_interpreter *it;
    times runs, *steps;
} bench;

/* ---- the measurement ---- */
static tuff_status load(bench *b, const char *path, tuff_error *error) {
    const double began = now_us();
    b->memory = (tuff_memory){metered_resize, &b->meter};
    tuff_model_options model_options = TUFF_MODEL_OPTIONS;
    model_options.memory = &b->memory;
    TUFF_TRY(tuff_model_open(path, &model_options, &b->model, error));
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = b->options->threads;
    how.cpu = b->options->cpu;
    how.memory = &b->memory;
    TUFF_TRY(tuff_interpreter_create(b->model, &how, &b->it, error));
    b->result->load_us = now_us() - began;
    uint64_t random = 1;
    for (int32_t k = 0; k < tuff_interpreter_input_count(b->it); k++) /* an input of strings stays empty */
        (void)tuff_random_fill(&random, tuff_interpreter_input(b->it, k)->type, tuff_interpreter_input_data(b->it, k), tuff_interpreter_input_bytes(b->it, k));
    return TUFF_OK;
}

enum { MOST_RUNS = 1000000 }; /* bounds the list of times */

/* Invokes for `seconds`, at least `least` times; `list` NULL: times are the steps'. from, to: its part of the progress in hundredths. */
static tuff_status repeat(bench *b, double seconds, int least, times *list, double from, double to, tuff_error *error) {
    const double start = now_us();
    double began = start, spent = 0;
    for (int64_t k = 0; k < least || (spent < 1e6 * seconds && k < MOST_RUNS); k++) {
        TUFF_TRY(tuff_interpreter_invoke(b->it, error));
        const double ended = now_us();
        if (list) TUFF_TRY(times_add(list, ended - began, error));
        spent = ended - start;
        const double share = seconds > 0 && spent < 1e6 * seconds ? spent / (1e6 * seconds) : 1;
        if (b->options->progress && !b->options->progress(b->options->context, (size_t)(from + (to - from) * share), 100))
            return tuff_fail(error, TUFF_ERR_CANCELLED, "cancelled");
        began = now_us();
    }
    return TUFF_OK;
}

static tuff_status measure_steps(bench *b, tuff_error *error) {
    const int32_t n = tuff_interpreter_step_count(b->it);
    b->result->steps = calloc((size_t)n + 1, sizeof *b->result->steps);
    b->steps = calloc((size_t)n + 1, sizeof *b->steps);
    if (!b->steps || !b->result->steps) return tuff_fail_memory(error, (size_t)n * sizeof *b->result->steps);
    b->result->n_steps = n;
    stopwatch watch = {.steps = b->steps, .error = error};
    tuff_interpreter_profile(b->it, tick, &watch);
    TUFF_TRY(repeat(b, b->options->seconds / 4, 3, NULL, 80, 100, error));
    TUFF_TRY(watch.status);
    for (int32_t k = 0; k < n; k++) {
        times *t = &b->steps[k];
        qsort(t->us, t->count, sizeof *t->us, by_value);
        b->result->steps[k] = (tuff_bench_step){tuff_interpreter_step(b->it, k), t->count ? percentile(t, 0.5) : 0};
        b->result->macs += b->result->steps[k].info.macs;
    }
    return TUFF_OK;
}

static tuff_status measure(bench *b, const char *path, tuff_error *error) {
    TUFF_TRY(load(b, path, error));
    const double began = now_us();
    TUFF_TRY(tuff_interpreter_invoke(b->it, error));
    b->result->first_us = now_us() - began;
    TUFF_TRY(repeat(b, b->options->seconds, 5, &b->runs, 0, 80, error));
    summarize(&b->runs, b->result);
    TUFF_TRY(measure_steps(b, error));
    b->result->peak_bytes = b->meter.peak;
    b->result->file_bytes = b->model->file.count;
    b->result->arena_bytes = tuff_interpreter_arena_bytes(b->it);
    b->result->threads = b->options->threads > 1 ? b->options->threads : 1;
    b->result->cpu = tuff_cpu_name((tuff_cpu_level)tuff_interpreter_plan(b->it)->target.level);
    return TUFF_OK;
}

/* "model name" of Linux; other systems don't say it in a file. */
static void name_processor(char *name, size_t room) {
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[256];
    while (file && !name[0] && fgets(line, sizeof line, file)) {
        const char *colon = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && colon) snprintf(name, room, "%.*s", (int)strcspn(colon + 2, "\n"), colon + 2);
    }
    if (file) fclose(file);
}

tuff_status tuff_bench(const char *path, const tuff_bench_options *options, tuff_bench_result *result, tuff_error *error) {
    static const tuff_bench_options standard = TUFF_BENCH_OPTIONS;
    *result = (tuff_bench_result){0};
    bench *b = calloc(1, sizeof *b);
    if (!b) return tuff_fail_memory(error, sizeof *b);
    b->options = options ? options : &standard;
    b->result = result;
    result->internal = b;
    const tuff_status status = measure(b, path, error);
    if (status == TUFF_OK) name_processor(result->processor, sizeof result->processor);
    else tuff_bench_free(result);
    return status;
}

/* The steps' names are the model's: it stays until here. */
void tuff_bench_free(tuff_bench_result *result) {
    bench *b = result->internal;
    if (!b) return;
    for (int32_t k = 0; b->steps && k < result->n_steps; k++) free(b->steps[k].us);
    free(b->steps);
    free(b->runs.us);
    tuff_interpreter_destroy(b->it);
    tuff_model_close(b->model);
    free(result->steps);
    free(b);
    *result = (tuff_bench_result){0};
}
