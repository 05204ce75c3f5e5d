/* Two models on the same seeded inputs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>

#include "base/error.h"
#include "kit/data/random.h"
#include "tuff/eval.h"

typedef struct pair {
    tuff_interpreter *it[2];
    float *values[2]; /* room for the largest tensor */
    size_t room;
    uint64_t random;
    float low, high; /* of input values */
} pair;

static int64_t elements(const tuff_tensor *t) {
    int64_t n = 1;
    for (int32_t i = 0; i < t->rank; i++) n *= t->shape[i];
    return n;
}

static tuff_status correspond(const char *what, int32_t k, const tuff_tensor *a, const tuff_tensor *b, pair *p, tuff_error *error) {
    if (elements(a) != elements(b))
        return tuff_fail(error, TUFF_ERR_MODEL, "%s %d has %lld and %lld elements, expected as many in both models", what, (int)k, (long long)elements(a),
                         (long long)elements(b));
    if ((size_t)elements(a) > p->room) p->room = (size_t)elements(a);
    return TUFF_OK;
}

static tuff_status check(pair *p, tuff_error *error) {
    const int32_t inputs = tuff_interpreter_input_count(p->it[0]), outputs = tuff_interpreter_output_count(p->it[0]);
    if (inputs != tuff_interpreter_input_count(p->it[1]) || outputs != tuff_interpreter_output_count(p->it[1]))
        return tuff_fail(error, TUFF_ERR_MODEL, "the models differ in their numbers of inputs or outputs");
    for (int32_t k = 0; k < inputs; k++) TUFF_TRY(correspond("input", k, tuff_interpreter_input(p->it[0], k), tuff_interpreter_input(p->it[1], k), p, error));
    for (int32_t k = 0; k < outputs; k++)
        TUFF_TRY(correspond("output", k, tuff_interpreter_output(p->it[0], k), tuff_interpreter_output(p->it[1], k), p, error));
    for (int m = 0; m < 2; m++)
        if (!(p->values[m] = calloc(p->room + 1, sizeof *p->values[m]))) return tuff_fail_memory(error, p->room * sizeof *p->values[m]);
    return TUFF_OK;
}

/* Real inputs get the same values, converted by each model's quantization; indices and the like the same elements. */
static tuff_status set_inputs(pair *p, tuff_error *error) {
    for (int32_t k = 0; k < tuff_interpreter_input_count(p->it[0]); k++) {
        const tuff_tensor *a = tuff_interpreter_input(p->it[0], k), *b = tuff_interpreter_input(p->it[1], k);
        const size_t n = (size_t)elements(a);
        if (a->type != TUFF_F32 && a->quantization.count == 0 && a->type == b->type) {
            const size_t bytes = tuff_interpreter_input_bytes(p->it[0], k);
            if (!tuff_random_fill(&p->random, a->type, tuff_interpreter_input_data(p->it[0], k), bytes))
                return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "input %d is %s: no random values for it", (int)k, tuff_type_name(a->type));
            TUFF_TRY(tuff_interpreter_set(p->it[1], k, tuff_interpreter_input_data(p->it[0], k), bytes, error));
            continue;
        }
        (void)tuff_random_fill(&p->random, TUFF_F32, p->values[0], n * sizeof(float));
        for (size_t i = 0; i < n; i++) p->values[0][i] = p->low + (p->high - p->low) * p->values[0][i];
        for (int m = 0; m < 2; m++) TUFF_TRY(tuff_interpreter_set_f32(p->it[m], k, p->values[0], n, error));
    }
    return TUFF_OK;
}

static tuff_status run_once(pair *p, tuff_difference *d, tuff_error *error) {
    TUFF_TRY(set_inputs(p, error));
    for (int m = 0; m < 2; m++) TUFF_TRY(tuff_interpreter_invoke(p->it[m], error));
    for (int32_t k = 0; k < tuff_interpreter_output_count(p->it[0]); k++) {
        const size_t n = (size_t)elements(tuff_interpreter_output(p->it[0], k));
        for (int m = 0; m < 2; m++) TUFF_TRY(tuff_interpreter_get_f32(p->it[m], k, p->values[m], n, error));
        for (size_t i = 0; i < n; i++) {
            d->largest = fmax(d->largest, fabs((double)p->values[0][i] - (double)p->values[1][i]));
            d->scale = fmax(d->scale, fabs((double)p->values[1][i]));
        }
    }
    d->n++;
    return TUFF_OK;
}

static void input_range(const tuff_model *model, pair *p) {
    const tuff_recipe r = tuff_model_recipe(model, 0);
    p->low = 0;
    p->high = 1;
    if (!r.present || r.count < 1 || !(r.std[0] > 0)) return;
    p->low = (0 - r.mean[0]) / r.std[0];
    p->high = (255 - r.mean[0]) / r.std[0];
}

tuff_status tuff_compare(const tuff_model *model, const tuff_model *against, int32_t n, tuff_difference *difference, tuff_error *error) {
    *difference = (tuff_difference){0};
    pair p = {.random = 1};
    input_range(model, &p);
    tuff_status status = tuff_interpreter_create(model, NULL, &p.it[0], error);
    if (status == TUFF_OK) status = tuff_interpreter_create(against, NULL, &p.it[1], error);
    if (status == TUFF_OK) status = check(&p, error);
    for (int32_t k = 0; k < n && status == TUFF_OK; k++) status = run_once(&p, difference, error);
    for (int m = 0; m < 2; m++) {
        tuff_interpreter_destroy(p.it[m]);
        free(p.values[m]);
    }
    return status;
}
