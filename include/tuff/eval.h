/* Accuracy with its interval, and two models compared.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_EVAL_H
#define TUFF_EVAL_H

#include "tuff/data.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_eval_options {
    size_t size; /* sizeof(tuff_eval_options) */
    int32_t top; /* k of top-k; 0: 1 */
    int threads;
    const char *cpu;
    const tuff_feed_options *feed;                              /* NULL: each model's own recipe */
    const tuff_model *against;                                  /* NULL: none; it uses its own recipe */
    bool (*progress)(void *context, size_t done, size_t total); /* false cancels */
    void *context;
    int32_t mistakes; /* how many of the worst to keep for showing */
} tuff_eval_options;
#define TUFF_EVAL_OPTIONS \
    { sizeof(tuff_eval_options), 1, 1, NULL, NULL, NULL, NULL, NULL, 0 }

typedef struct tuff_interval {
    double low, high;
} tuff_interval;
/* Wilson score interval, 95 %, of `hits` of n. */
TUFF_API tuff_interval tuff_wilson(int64_t hits, int64_t n);
/* Exact two-sided McNemar test: b, c samples that only the one, only the other got right. */
TUFF_API double tuff_mcnemar(int64_t b, int64_t c);

/* A sample to show; its strings and pixels live as long as the result that holds it. */
typedef struct tuff_kept_sample {
    const char *name;
    int32_t label;        /* -1: none */
    int32_t predicted[2]; /* by the model, or by both */
    double score;         /* what makes it worth showing: the certainty of a mistake, or the SNR of two outputs */
    int32_t width, height, channels;
    const uint8_t *pixels; /* NULL: no picture, or a large one */
} tuff_kept_sample;

/* Samples whose answer the model was about as certain of: how certain on average, and how often right? */
enum { TUFF_RELIABILITY_BINS = 10 };
typedef struct tuff_reliability {
    int64_t n, right;
    double confidence; /* mean, 0..1 */
} tuff_reliability;

enum { TUFF_CONFUSION_CLASSES = 2000 }; /* with more there is no matrix */
typedef struct tuff_eval_result {
    int64_t n; /* samples */
    bool labelled;
    int32_t classes;
    int64_t right, right_top;                            /* top-1, top-k */
    tuff_reliability reliability[TUFF_RELIABILITY_BINS]; /* by the certainty of the answer: 0..0.1, 0.1..0.2 ... */
    double calibration_error;                            /* expected (ECE): mean distance of certainty from accuracy */
    int32_t n_mistakes;
    tuff_kept_sample *mistakes; /* the most certain first */
    int64_t *confusion;         /* classes x classes: [label][predicted]; NULL without labels or with too many classes */
    /* --against */
    bool compared;
    int64_t agree, other_right, only_this_right, only_other_right;
    double p_value; /* McNemar */
    double seconds;
    void *internal;
} tuff_eval_result;

/* Where data and model both name their classes, the name decides, not the order. Errors: DATA (labels out of range, shapes), and what running reports. Without labels only agreement is computed. */
TUFF_API TUFF_MUST_USE tuff_status tuff_eval(const tuff_model *model, tuff_dataset *dataset, const tuff_eval_options *options, tuff_eval_result *result,
                                             tuff_error *error);
TUFF_API void tuff_eval_free(tuff_eval_result *result);

/* Two models on the same seeded inputs: for want of data. */
typedef struct tuff_difference {
    int64_t n;      /* inputs */
    double largest; /* difference of two output values */
    double scale;   /* largest magnitude of the second model's output values */
} tuff_difference;
/* Inputs are uniform in what raw 0..255 becomes by the first model's recipe, 0..1 without one. Errors: MODEL (inputs or outputs don't correspond), and what
 * running reports. */
TUFF_API TUFF_MUST_USE tuff_status tuff_compare(const tuff_model *model, const tuff_model *against, int32_t n, tuff_difference *difference, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
