/* A model at work as a classifier: a sample goes in, a class comes out.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A class is the index of the largest value of output 0's first batch item, the first one where several are equal. A model with one value per item is a
 * yes-or-no classifier: class 1 above one half.
 */
#ifndef TUFF_KIT_EVAL_CLASSIFIER_H
#define TUFF_KIT_EVAL_CLASSIFIER_H

#include "tuff/eval.h"

typedef struct tuff_classifier {
    tuff_interpreter *it;
    float *values; /* of the whole output 0 */
    size_t count;
    int32_t per_item, classes;
} tuff_classifier;

/* Zeroed before; closed also where opening failed. */
tuff_status tuff_classifier_open(tuff_classifier *c, const tuff_model *model, const tuff_interpreter_options *how, tuff_error *error) TUFF_MUST_USE;
void tuff_classifier_close(tuff_classifier *c);
tuff_status tuff_classifier_predict(tuff_classifier *c, tuff_feed *feed, const tuff_sample *sample, int32_t *predicted, tuff_error *error) TUFF_MUST_USE;
/* The class that the values stand for now. */
int32_t tuff_classifier_answer(const tuff_classifier *c);
/* The share of certainty in class k, 0..1: the value itself where the values are probabilities, else their softmax. */
double tuff_classifier_confidence(const tuff_classifier *c, int32_t k);
/* Refuses a label that is no class of the model. */
tuff_status tuff_classifier_check_label(const tuff_classifier *c, const tuff_sample *sample, tuff_error *error) TUFF_MUST_USE;

#endif
