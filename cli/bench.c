/* tuff bench: how fast, how much memory, and where the time goes.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/bench.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"

typedef struct settings {
    cli_globals globals;
    double seconds;
    bool json;
} settings;

static const cli_option options[] = {
    {"seconds", 's', "S", "measure inferences for S seconds (2)", CLI_SECONDS, offsetof(settings, seconds), NULL},
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

/* "12.3 us", "4.56 ms" */
static const char *duration(double us) {
    static char buffers[8][32];
    static int k;
    char *out = buffers[k++ % 8];
    if (us < 1000) snprintf(out, sizeof buffers[0], "%.3g us", us);
    else if (us < 1e6) snprintf(out, sizeof buffers[0], "%.3g ms", us / 1000);
    else snprintf(out, sizeof buffers[0], "%.3g s", us / 1e6);
    return out;
}

/* The function without the prefix that all share. */
static const char *short_name(const char *symbol) { return strncmp(symbol, "tuff_", 5) == 0 ? symbol + 5 : symbol; }

static void print_steps(const tuff_bench_result *r) {
    double sum = 0;
    for (int32_t k = 0; k < r->n_steps; k++) sum += r->steps[k].median_us;
    printf("\n%s%4s  %-24s %-28s %-20s %10s %7s %12s%s\n", cli_ink(CLI_BOLD), "node", "op", "kernel", "loop", "time", "share", "MACs", cli_ink(CLI_PLAIN));
    for (int32_t k = 0; k < r->n_steps; k++) {
        const tuff_bench_step *s = &r->steps[k];
        printf("%4d  %-24s %-28s %-20s %10s %5.1f %% %12s\n", (int)s->info.node, s->info.op, short_name(s->info.kernel),
               *s->info.loop ? short_name(s->info.loop) : "-", duration(s->median_us), sum > 0 ? 100 * s->median_us / sum : 0,
               s->info.macs ? cli_group(s->info.macs) : "-");
    }
}

static void print_text(const char *path, const tuff_bench_result *r) {
    cli_line(stdout, "model", "%s, %s, %s multiply-accumulates", path, cli_bytes((int64_t)r->file_bytes), cli_group(r->macs));
    cli_line(stdout, "machine", "%s%scpu level %s, %d thread%s, tuff %s", r->processor, *r->processor ? ", " : "", r->cpu, r->threads,
             r->threads == 1 ? "" : "s", tuff_version());
    cli_line(stdout, "load", "%s", duration(r->load_us));
    cli_line(stdout, "first", "%s", duration(r->first_us));
    cli_line(stdout, "inference", "%s median; %s min, %s p95, %s p99; %s runs", duration(r->median_us), duration(r->min_us), duration(r->p95_us),
             duration(r->p99_us), cli_group(r->runs));
    cli_line(stdout, "memory", "%s peak, of which %s activations; the mapped file comes on top", cli_bytes((int64_t)r->peak_bytes),
             cli_bytes((int64_t)r->arena_bytes));
    print_steps(r);
}

static void print_json(const char *path, const tuff_bench_result *r) {
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "model", path);
    json_text(j, "version", tuff_version());
    json_text(j, "cpu", r->cpu);
    json_text(j, "processor", r->processor);
    json_integer(j, "threads", r->threads);
    json_number(j, "load_us", r->load_us);
    json_number(j, "first_us", r->first_us);
    json_number(j, "min_us", r->min_us);
    json_number(j, "mean_us", r->mean_us);
    json_number(j, "median_us", r->median_us);
    json_number(j, "p95_us", r->p95_us);
    json_number(j, "p99_us", r->p99_us);
    json_integer(j, "runs", r->runs);
    json_integer(j, "peak_bytes", (int64_t)r->peak_bytes);
    json_integer(j, "arena_bytes", (int64_t)r->arena_bytes);
    json_integer(j, "file_bytes", (int64_t)r->file_bytes);
    json_integer(j, "macs", r->macs);
    json_array(j, "steps");
    for (int32_t k = 0; k < r->n_steps; k++) {
        const tuff_bench_step *s = &r->steps[k];
        json_object(j, NULL);
        json_integer(j, "node", s->info.node);
        json_text(j, "op", s->info.op);
        json_text(j, "kernel", s->info.kernel);
        json_text(j, "loop", s->info.loop);
        json_text(j, "output", s->info.output);
        json_number(j, "median_us", s->median_us);
        json_integer(j, "macs", s->info.macs);
        json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
}

static int run(const void *settings_, int count, char **operands) {
    (void)count;
    const settings *s = settings_;
    tuff_error error = {0};
    const char *path = cli_input_path(operands[0], &error);
    if (!path) return cli_fail(&error);
    cli_progress progress = cli_progress_start("measuring");
    tuff_bench_options how = TUFF_BENCH_OPTIONS;
    if (s->seconds > 0) how.seconds = s->seconds;
    how.threads = (int)s->globals.threads;
    how.cpu = s->globals.cpu;
    how.progress = cli_progress_step;
    how.context = &progress;
    tuff_bench_result result;
    const tuff_status status = tuff_bench(path, &how, &result, &error);
    cli_progress_end(&progress);
    if (status != TUFF_OK) return cli_fail(&error);
    (s->json ? print_json : print_text)(cli_input_name(operands[0]), &result);
    tuff_bench_free(&result);
    return CLI_OK;
}

const cli_command cli_command_bench = {
    .name = "bench",
    .summary = "time, memory, and a table of where the time goes",
    .operands = "MODEL.tflite",
    .least = 1,
    .most = 1,
    .about = "Measures loading, the first inference, and the distribution of those that follow; then the time of each step. Inputs are seeded random values. "
             "Memory is what the "
             "model and its interpreter allocate; the file is mapped and comes on top.",
    .example = "tuff bench mnist_int8.tflite --threads 2\ntuff bench mnist_int8.tflite --seconds 5 --json\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
