/* Accuracy on a dataset, and agreement of two models.
 * SPDX-License-Identifier: Apache-2.0
 *
 * "Among the k best" counts how many values beat the label's, ties going to the lower index, as a stable sort does.
 */
#include "tuff/eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "kit/eval/classifier.h"
#include "kit/eval/keep.h"

/* One model with its way of being fed. */
typedef struct subject {
    tuff_classifier model;
    tuff_feed *feed;
} subject;

static void subject_close(subject *s) {
    tuff_feed_destroy(s->feed);
    tuff_classifier_close(&s->model);
}

static tuff_status subject_open(subject *s, const tuff_model *model, const tuff_feed_options *feed, const tuff_eval_options *options, tuff_error *error) {
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = options->threads;
    how.cpu = options->cpu;
    TUFF_TRY(tuff_classifier_open(&s->model, model, &how, error));
    return tuff_feed_create(model, feed, &s->feed, error);
}

/* Is `label` among the `top` largest values? */
static bool among_top(const tuff_classifier *s, int32_t predicted, int32_t label, int32_t top) {
    if (s->per_item == 1) return top > 1 || predicted == label;
    int32_t better = 0;
    for (int32_t k = 0; k < s->per_item; k++) better += s->values[k] > s->values[label] || (s->values[k] == s->values[label] && k < label);
    return better < top;
}

static tuff_status count_label(const tuff_classifier *s, const tuff_sample *sample, int32_t predicted, const tuff_eval_options *options, tuff_eval_result *r,
                               tuff_error *error) {
    TUFF_TRY(tuff_classifier_check_label(s, sample, error));
    r->right += predicted == sample->label;
    r->right_top += among_top(s, predicted, sample->label, options->top > 1 ? options->top : 1);
    if (r->confusion) r->confusion[(size_t)sample->label * (size_t)r->classes + (size_t)predicted]++;
    return TUFF_OK;
}

static bool more_certain(const tuff_kept_sample *a, const tuff_kept_sample *b) { return a->score > b->score; }

/* How sure it was, and how rightly; the bins hold sums until the end. */
static tuff_status count_certainty(const tuff_classifier *s, const tuff_sample *sample, int32_t predicted, const tuff_eval_options *options,
                                   tuff_eval_result *r, tuff_error *error) {
    const double certainty = tuff_classifier_confidence(s, predicted);
    const int bin = (int)(certainty * TUFF_RELIABILITY_BINS);
    tuff_reliability *b = &r->reliability[bin < 0 ? 0 : bin >= TUFF_RELIABILITY_BINS ? TUFF_RELIABILITY_BINS - 1 : bin];
    b->n++;
    b->right += predicted == sample->label;
    b->confidence += certainty;
    if (predicted == sample->label || options->mistakes < 1) return TUFF_OK;
    const tuff_kept_sample kept = {.label = sample->label, .predicted = {predicted, predicted}, .score = certainty};
    return tuff_keep_sample(r->mistakes, &r->n_mistakes, options->mistakes, sample, kept, more_certain, r->internal, error);
}

static void finish_certainty(tuff_eval_result *r) {
    for (int k = 0; k < TUFF_RELIABILITY_BINS; k++) {
        tuff_reliability *b = &r->reliability[k];
        if (!b->n) continue;
        r->calibration_error += fabs(b->confidence - (double)b->right) / (double)r->n;
        b->confidence /= (double)b->n;
    }
}

static void count_other(const tuff_sample *sample, int32_t predicted, int32_t other, tuff_eval_result *r) {
    r->agree += predicted == other;
    if (!r->labelled) return;
    const bool right = predicted == sample->label, other_right = other == sample->label;
    r->other_right += other_right;
    r->only_this_right += right && !other_right;
    r->only_other_right += other_right && !right;
}

static tuff_status eval_samples(subject *this, subject *other, tuff_dataset *dataset, const tuff_eval_options *options, tuff_eval_result *r,
                                tuff_error *error) {
    const size_t total = tuff_dataset_count(dataset);
    for (size_t k = 0; k < total; k++) {
        if (options->progress && !options->progress(options->context, k, total)) return tuff_fail(error, TUFF_ERR_CANCELLED, "cancelled");
        tuff_sample sample;
        int32_t predicted, second;
        TUFF_TRY(tuff_dataset_get(dataset, k, &sample, error));
        TUFF_TRY(tuff_classifier_predict(&this->model, this->feed, &sample, &predicted, error));
        if (r->labelled) {
            TUFF_TRY(count_label(&this->model, &sample, predicted, options, r, error));
            TUFF_TRY(count_certainty(&this->model, &sample, predicted, options, r, error));
        }
        if (other->model.it) {
            TUFF_TRY(tuff_classifier_predict(&other->model, other->feed, &sample, &second, error));
            count_other(&sample, predicted, second, r);
        }
        r->n++;
    }
    finish_certainty(r);
    return TUFF_OK;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static tuff_status prepare(subject *this, subject *other, const tuff_model *model, tuff_dataset *dataset, const tuff_eval_options *options, tuff_eval_result *r,
                           tuff_error *error) {
    TUFF_TRY(subject_open(this, model, options->feed, options, error));
    TUFF_TRY(tuff_dataset_match_labels(dataset, model, error));
    r->classes = this->model.classes;
    r->labelled = tuff_dataset_has_labels(dataset);
    r->compared = options->against != NULL;
    if (!(r->internal = tuff_arena_create(NULL, error))) return TUFF_ERR_MEMORY;
    if (options->mistakes > 0 && !(r->mistakes = TUFF_NEW_ARRAY(r->internal, (size_t)options->mistakes, tuff_kept_sample, error))) return TUFF_ERR_MEMORY;
    if (r->compared) {
        /* its own recipe, the explicit one only where it has none; what is said about the data is said once, by the first */
        tuff_feed_options own = TUFF_FEED_OPTIONS;
        own.invert = options->feed && options->feed->invert;
        if (options->feed && !tuff_model_recipe(options->against, 0).present) own.recipe = options->feed->recipe;
        TUFF_TRY(subject_open(other, options->against, &own, options, error));
        if (other->model.classes != this->model.classes)
            return tuff_fail(error, TUFF_ERR_MODEL, "the models have %d and %d classes, expected as many", (int)this->model.classes, (int)other->model.classes);
    }
    if (!r->labelled || r->classes > TUFF_CONFUSION_CLASSES) return TUFF_OK;
    r->confusion = calloc((size_t)r->classes * (size_t)r->classes, sizeof *r->confusion);
    return r->confusion ? TUFF_OK : tuff_fail_memory(error, (size_t)r->classes * (size_t)r->classes * sizeof *r->confusion);
}

tuff_status tuff_eval(const tuff_model *model, tuff_dataset *dataset, const tuff_eval_options *options, tuff_eval_result *result, tuff_error *error) {
    static const tuff_eval_options standard = TUFF_EVAL_OPTIONS;
    if (!options) options = &standard;
    *result = (tuff_eval_result){0};
    subject this = {0}, other = {0};
    const double start = now();
    tuff_status status = prepare(&this, &other, model, dataset, options, result, error);
    if (status == TUFF_OK) status = eval_samples(&this, &other, dataset, options, result, error);
    if (result->compared && result->labelled) result->p_value = tuff_mcnemar(result->only_this_right, result->only_other_right);
    result->seconds = now() - start;
    subject_close(&this);
    subject_close(&other);
    if (status != TUFF_OK) tuff_eval_free(result);
    return status;
}

void tuff_eval_free(tuff_eval_result *result) {
    free(result->confusion);
    tuff_arena_destroy(result->internal);
    *result = (tuff_eval_result){0};
}
