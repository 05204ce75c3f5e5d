/* How fast a model runs and how much memory it takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BENCH_H
#define TUFF_BENCH_H

#include "tuff/tuff.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_bench_options {
    size_t size;    /* sizeof(tuff_bench_options) */
    double seconds; /* to measure inferences for; the per-step times take a quarter more */
    int threads;
    const char *cpu;                                            /* NULL: the best that the machine has */
    bool (*progress)(void *context, size_t done, size_t total); /* hundredths of the time; false cancels; NULL: none */
    void *context;
} tuff_bench_options;
#define TUFF_BENCH_OPTIONS \
    { sizeof(tuff_bench_options), 2, 1, NULL, NULL, NULL }

typedef struct tuff_bench_step {
    tuff_step_info info;
    double median_us;
} tuff_bench_step;

typedef struct tuff_bench_result {
    double load_us;  /* file to ready interpreter: mapped, verified, planned, weights laid out */
    double first_us; /* the first inference */
    double min_us, mean_us, median_us, p95_us, p99_us;
    int64_t runs;
    size_t peak_bytes; /* the most that model and interpreter held allocated at once; the mapped file comes on top */
    size_t file_bytes, arena_bytes;
    int64_t macs;
    int threads;
    const char *cpu;     /* the level that was used */
    char processor[128]; /* as the machine calls it, "" where it doesn't say */
    int32_t n_steps;
    tuff_bench_step *steps; /* measured in runs of their own */
    void *internal;
} tuff_bench_result;

/* Inputs are seeded values (tuff_bench never looks at results). Errors: what opening and running report. */
TUFF_API TUFF_MUST_USE tuff_status tuff_bench(const char *path, const tuff_bench_options *options, tuff_bench_result *result, tuff_error *error);
TUFF_API void tuff_bench_free(tuff_bench_result *result);

#ifdef __cplusplus
}
#endif
#endif
