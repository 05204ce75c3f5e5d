/* Finding a model's recipe: what raw pictures must become, by trying.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_DOCTOR_H
#define TUFF_DOCTOR_H

#include "tuff/convert.h"
#include "tuff/eval.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One way to prepare pictures: transposed, inverted (255 - x), channels in the order blue green red, then (x - mean) / std. */
typedef struct tuff_treatment {
    const char *name; /* "0..1, inverted" */
    tuff_recipe recipe;
    bool own; /* the recipe that the model carries */
    bool inverted, swapped, transposed;
} tuff_treatment;

typedef struct tuff_trial {
    tuff_treatment treatment;
    int64_t n, right;       /* samples: less than tuff_diagnosis.n where it was out of the race early */
    tuff_interval interval; /* Wilson, 95 % */
    int32_t group;          /* treatments of one group gave the same answer to every sample; the best group is 0 */
} tuff_trial;

typedef struct tuff_doctor_options {
    size_t size; /* sizeof(tuff_doctor_options) */
    int threads;
    const char *cpu;
    bool (*progress)(void *context, size_t done, size_t total); /* false cancels */
    void *context;
} tuff_doctor_options;
#define TUFF_DOCTOR_OPTIONS \
    { sizeof(tuff_doctor_options), 1, NULL, NULL, NULL }

typedef struct tuff_diagnosis {
    int64_t n; /* samples that were needed */
    int32_t classes, count;
    const tuff_trial *trials; /* the best first; within a group the model's own first, then the simplest */
    int32_t groups;
    int32_t winner;  /* 0, or -1 where nothing stands out */
    int32_t own;     /* the trial of the model's own recipe; -1: it has none */
    double p_value;  /* McNemar's test between the two best groups, 1 with a single group */
    const char *why; /* a sentence: what decided, or why nothing stands out */
    void *internal;
} tuff_diagnosis;

/* Labelled raw samples (pictures, u8 arrays) through every treatment that makes sense for the model's input. One stands out where its interval is clear of the
 * next group's, or McNemar's test on the same samples tells them apart, and it is better than guessing.
 * Errors: DATA (no labels, samples that aren't raw), and what feeding and running report. */
TUFF_API TUFF_MUST_USE tuff_status tuff_doctor(const tuff_model *model, tuff_dataset *dataset, const tuff_doctor_options *options, tuff_diagnosis *diagnosis,
                                               tuff_error *error);
TUFF_API void tuff_diagnosis_free(tuff_diagnosis *diagnosis);

/* Makes the treatment the model's own: mean and std (inversion too) go into its metadata, the order of channels and transposing become ops at its beginning.
 * Errors: UNSUPPORTED (transposing what isn't [batch, height, width, channels]). */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_treat(tuff_graph *graph, const tuff_treatment *treatment, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
