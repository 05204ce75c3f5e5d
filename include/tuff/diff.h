/* Two models compared tensor by tensor: where do their values part, and why?
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_DIFF_H
#define TUFF_DIFF_H

#include "tuff/eval.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tuff_cause {
    TUFF_CAUSE_NONE,           /* nothing goes wrong */
    TUFF_CAUSE_INPUT,          /* the models see different inputs */
    TUFF_CAUSE_CLIPPED,        /* values beyond the range that the type can say */
    TUFF_CAUSE_WEIGHTS,        /* the weights differ by more than rounding */
    TUFF_CAUSE_WEIGHT_CHANNEL, /* one channel's weights set the scale for all */
    TUFF_CAUSE_CONCAT,         /* inputs of different ranges joined under one scale */
    TUFF_CAUSE_CHANNEL,        /* one channel's values set the scale for all */
    TUFF_CAUSE_COARSE,         /* values much smaller than their scale's range */
    TUFF_CAUSE_OTHER
} tuff_cause;

enum { TUFF_HISTOGRAM_BARS = 48, TUFF_WORST_SAMPLES = 12 };

typedef struct tuff_diff_side {
    const char *name; /* of the tensor */
    tuff_type type;
    float scale;                        /* of integers, else 0 */
    double low, high;                   /* of its values */
    uint32_t bars[TUFF_HISTOGRAM_BARS]; /* how many values lie in equal parts of the row's histogram */
} tuff_diff_side;

/* A pair of tensors that stand for the same value. The first model is the reference. */
typedef struct tuff_diff_row {
    const char *op; /* that computes it in the second model; "input" */
    tuff_diff_side side[2];
    int64_t values;             /* compared */
    double snr;                 /* dB: the reference's energy over that of the difference; infinite where equal */
    double inputs_snr;          /* the least of the tensors that it is computed from; infinite for inputs */
    double largest, cosine;     /* difference of two values; of the angle between both */
    double saturated;           /* share of the second's values at an end of its type where the reference's lies beyond it; 0 for floats */
    double bars_low, bars_high; /* what the histogram covers */
} tuff_diff_row;

typedef struct tuff_diff_options {
    size_t size; /* sizeof(tuff_diff_options) */
    int threads;
    const char *cpu;
    const tuff_feed_options *feed;                              /* NULL: each model's own recipe; a model without one takes the other's */
    bool (*progress)(void *context, size_t done, size_t total); /* false cancels */
    void *context;
} tuff_diff_options;
#define TUFF_DIFF_OPTIONS \
    { sizeof(tuff_diff_options), 1, NULL, NULL, NULL, NULL }

typedef struct tuff_diff_result {
    int64_t n; /* samples */
    int32_t count;
    const tuff_diff_row *rows; /* in the order of computation */
    int32_t unmatched[2];      /* values of each model that have no counterpart */
    bool classified, labelled; /* as many classes in both; and labels */
    int32_t classes;
    int64_t agree, right[2];
    int64_t *confusion; /* [first's class][second's], NULL with more than TUFF_CONFUSION_CLASSES */
    int32_t n_worst;
    tuff_kept_sample worst[TUFF_WORST_SAMPLES]; /* where the classes differ, then by output */
    int32_t first_wrong;                        /* row, -1: none */
    tuff_cause cause;
    const char *conclusion; /* one sentence: which tensor, why, what to do */
    void *internal;
} tuff_diff_result;

/* The models must have one input. Errors: DATA (samples that don't fit), MODEL (nothing corresponds), and what feeding and running report. */
TUFF_API TUFF_MUST_USE tuff_status tuff_diff(const tuff_model *reference, const tuff_model *model, tuff_dataset *dataset, const tuff_diff_options *options,
                                             tuff_diff_result *result, tuff_error *error);
TUFF_API void tuff_diff_free(tuff_diff_result *result);

#ifdef __cplusplus
}
#endif
#endif
