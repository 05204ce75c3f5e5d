/* A model at work as a classifier.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/eval/classifier.h"

#include <math.h>
#include <stdlib.h>

#include "base/error.h"

tuff_status tuff_classifier_open(tuff_classifier *c, const tuff_model *model, const tuff_interpreter_options *how, tuff_error *error) {
    TUFF_TRY(tuff_interpreter_create(model, how, &c->it, error));
    const tuff_tensor *t = tuff_interpreter_output(c->it, 0);
    if (!t) return tuff_fail(error, TUFF_ERR_MODEL, "the model has no output to evaluate");
    int64_t count = 1;
    for (int32_t i = 0; i < t->rank; i++) count *= t->shape[i];
    const int64_t items = t->rank > 1 ? t->shape[0] : 1;
    if (count < 1 || count / items > INT32_MAX)
        return tuff_fail(error, TUFF_ERR_MODEL, "output %s has %lld values, expected one per class", t->name, (long long)count);
    c->count = (size_t)count;
    c->per_item = (int32_t)(count / items);
    c->classes = c->per_item == 1 ? 2 : c->per_item;
    c->values = malloc(c->count * sizeof *c->values);
    return c->values ? TUFF_OK : tuff_fail_memory(error, c->count * sizeof *c->values);
}

void tuff_classifier_close(tuff_classifier *c) {
    free(c->values);
    tuff_interpreter_destroy(c->it);
    *c = (tuff_classifier){0};
}

int32_t tuff_classifier_answer(const tuff_classifier *c) {
    if (c->per_item == 1) return c->values[0] > 0.5f;
    int32_t best = 0;
    for (int32_t k = 1; k < c->per_item; k++)
        if (c->values[k] > c->values[best]) best = k;
    return best;
}

tuff_status tuff_classifier_predict(tuff_classifier *c, tuff_feed *feed, const tuff_sample *sample, int32_t *predicted, tuff_error *error) {
    TUFF_TRY(tuff_feed_put(feed, c->it, sample, error));
    TUFF_TRY(tuff_interpreter_invoke(c->it, error));
    TUFF_TRY(tuff_interpreter_get_f32(c->it, 0, c->values, c->count, error));
    *predicted = tuff_classifier_answer(c);
    return TUFF_OK;
}

double tuff_classifier_confidence(const tuff_classifier *c, int32_t k) {
    if (c->per_item == 1) {
        const double yes = fmin(1, fmax(0, (double)c->values[0]));
        return k == 1 ? yes : 1 - yes;
    }
    double sum = 0, largest = (double)c->values[0], least = largest, softened = 0;
    for (int32_t i = 0; i < c->per_item; i++) {
        const double value = (double)c->values[i];
        sum += value;
        largest = fmax(largest, value);
        least = fmin(least, value);
    }
    const double slack = 0.02 + 0.002 * c->per_item; /* rounding of integer outputs */
    if (least >= 0 && largest <= 1 && fabs(sum - 1) <= fmin(slack, 0.2)) return fmin(1, (double)c->values[k]);
    for (int32_t i = 0; i < c->per_item; i++) softened += exp((double)c->values[i] - largest);
    return exp((double)c->values[k] - largest) / softened;
}

tuff_status tuff_classifier_check_label(const tuff_classifier *c, const tuff_sample *sample, tuff_error *error) {
    if (sample->label >= 0 && sample->label < c->classes) return TUFF_OK;
    return tuff_fail(error, TUFF_ERR_DATA, "%s: label %d, expected 0..%d: the model has %d classes", sample->name, (int)sample->label, (int)c->classes - 1,
                     (int)c->classes);
}
