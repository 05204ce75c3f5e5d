/* Finding a model's recipe by trying.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What goes wrong between a picture and a model's input is one of few things: the range, the order of channels, bright for dark, rows for columns. All
 * combinations run over the same labelled samples. Treatments that give the same answer to every sample (a network without biases doesn't mind a factor)
 * can't be told apart and are one group.
 *
 * The best group stands out where its Wilson interval is clear of the next one's. Two intervals that touch say little, since both groups saw the same samples:
 * then McNemar's test decides, at a level that allows for the number of treatments and of looks. It is a race: after 500 samples, 1000, 2000 and so on whatever
 * is clear of the best drops out, and where nothing else is left the rest of the samples isn't needed. They are visited across the whole set, since files
 * are often sorted by class.
 */
#include "tuff/doctor.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "kit/eval/classifier.h"

enum { MOST_RANGES = 8, MOST_TRIALS = MOST_RANGES * 8, FIRST_LOOK = 500 };
static const double LEVEL = 0.001;

typedef struct candidate {
    tuff_trial trial;
    bool out; /* of the race */
    tuff_feed *feed;
    int32_t *answers; /* per sample */
} candidate;

typedef struct doctor {
    const tuff_model *model;
    tuff_dataset *dataset;
    const tuff_doctor_options *options;
    tuff_classifier classifier;
    tuff_arena *arena;
    tuff_treatment ranges[MOST_RANGES];
    int32_t n_ranges;
    candidate candidates[MOST_TRIALS];
    int32_t count;
    int32_t *labels; /* per sample */
    uint8_t *pixels; /* a treated sample */
    size_t room;
    int64_t n;
    tuff_error *error;
} doctor;

/* ---- what to try ---- */
static bool same_values(const tuff_recipe *a, const tuff_recipe *b) {
    for (int32_t c = 0; c < a->count || c < b->count; c++) {
        const int32_t i = a->count > 1 ? c : 0, k = b->count > 1 ? c : 0;
        if (a->mean[i] != b->mean[k] || a->std[i] != b->std[k]) return false;
    }
    return true;
}

/* The model's own recipe, where it is a common one, goes by that name. */
static void add_range(doctor *d, const char *name, bool own, const tuff_recipe *recipe) {
    for (int32_t k = 0; k < d->n_ranges; k++) {
        if (!same_values(&d->ranges[k].recipe, recipe)) continue;
        if (d->ranges[k].own) d->ranges[k].name = name;
        return;
    }
    d->ranges[d->n_ranges++] = (tuff_treatment){.name = name, .own = own, .recipe = *recipe};
}

static void add_plain(doctor *d, const char *name, float mean, float std) {
    add_range(d, name, false, &(tuff_recipe){.present = true, .count = 1, .mean = {mean}, .std = {std}, .source = name});
}

static tuff_status list_ranges(doctor *d, const tuff_tensor *input) {
    const tuff_recipe own = tuff_model_recipe(d->model, 0);
    if (own.present) {
        const double low = (0 - (double)own.mean[0]) / (double)own.std[0], high = (255 - (double)own.mean[0]) / (double)own.std[0];
        const char *name = tuff_arena_format(d->arena, d->error, "%g..%g%s", low, high, own.count > 1 ? " (first channel)" : "");
        if (!name) return TUFF_ERR_MEMORY;
        add_range(d, name, true, &own);
    }
    add_plain(d, "0..1", 0, 255);
    add_plain(d, "-1..1", 127.5f, 127.5f);
    add_plain(d, "0..255", 0, 1);
    add_plain(d, "-128..127", 128, 1);
    const tuff_quantization *q = &input->quantization;
    if (q->count == 1 && q->scale[0] > 0 && (input->type == TUFF_U8 || input->type == TUFF_S8)) {
        const float zero = (q->zero_point ? (float)q->zero_point[0] : 0) + (input->type == TUFF_S8 ? 128 : 0);
        add_plain(d, "the bytes themselves", zero, 1 / q->scale[0]);
    }
    if (input->rank != 4 || input->shape[3] != 3) return TUFF_OK;
    add_range(d, "ImageNet mean and std", false,
              &(tuff_recipe){.present = true, .count = 3, .mean = {123.675f, 116.28f, 103.53f}, .std = {58.395f, 57.12f, 57.375f}, .source = "ImageNet"});
    add_range(d, "ImageNet mean", false,
              &(tuff_recipe){.present = true, .count = 3, .mean = {123.68f, 116.779f, 103.939f}, .std = {1, 1, 1}, .source = "ImageNet"});
    return TUFF_OK;
}

static tuff_status add_candidate(doctor *d, const tuff_treatment *range, bool transposed, bool inverted, bool swapped) {
    candidate *c = &d->candidates[d->count];
    c->trial.treatment = *range;
    tuff_treatment *t = &c->trial.treatment;
    t->transposed = transposed;
    t->inverted = inverted;
    t->swapped = swapped;
    t->own = range->own && !transposed && !inverted && !swapped;
    t->name =
        tuff_arena_format(d->arena, d->error, "%s%s%s%s", range->name, swapped ? ", BGR" : "", inverted ? ", inverted" : "", transposed ? ", transposed" : "");
    c->answers = TUFF_NEW_ARRAY(d->arena, tuff_dataset_count(d->dataset), int32_t, d->error);
    if (!t->name || !c->answers) return TUFF_ERR_MEMORY;
    tuff_feed_options feed = TUFF_FEED_OPTIONS;
    feed.recipe = &t->recipe;
    feed.invert = inverted;
    d->count++;
    return tuff_feed_create(d->model, &feed, &c->feed, d->error);
}

/* The simple ones first: that is their order where answers are the same. */
static tuff_status list_candidates(doctor *d, const tuff_tensor *input, const tuff_sample *first) {
    const bool image = input->rank == 4 || input->rank == 3;
    const bool square = first->picture && (image ? input->shape[1] == input->shape[2] : first->shape[0] == first->shape[1]);
    const bool coloured = first->picture && first->shape[2] >= 3 && input->rank == 4 && input->shape[3] == 3;
    for (int mix = 0; mix < 8; mix++) {
        const bool swapped = mix & 1, inverted = mix & 2, transposed = mix & 4;
        if ((swapped && !coloured) || (transposed && !square)) continue;
        for (int32_t k = 0; k < d->n_ranges; k++) TUFF_TRY(add_candidate(d, &d->ranges[k], transposed, inverted, swapped));
    }
    return TUFF_OK;
}

/* ---- trying ---- */
/* The sample with rows as columns, or red as blue. */
static tuff_status treat(doctor *d, const tuff_treatment *t, const tuff_sample *sample, tuff_sample *treated) {
    *treated = *sample;
    if (!sample->picture || (!t->transposed && !t->swapped)) return TUFF_OK;
    if (sample->bytes > d->room) {
        d->room = sample->bytes;
        if (!(d->pixels = tuff_arena_take(d->arena, d->room, 64, d->error))) return TUFF_ERR_MEMORY;
    }
    const int32_t height = sample->shape[0], width = sample->shape[1], channels = sample->shape[2];
    const uint8_t *from = sample->data;
    for (int64_t y = 0; y < height; y++)
        for (int64_t x = 0; x < width; x++, from += channels) {
            uint8_t *to = d->pixels + (t->transposed ? x * height + y : y * width + x) * channels;
            for (int32_t c = 0; c < channels; c++) to[c] = from[t->swapped && c < 3 && channels >= 3 ? 2 - c : c];
        }
    treated->data = d->pixels;
    if (t->transposed) {
        treated->shape[0] = width;
        treated->shape[1] = height;
    }
    return TUFF_OK;
}

static tuff_status try_sample(doctor *d, const tuff_sample *sample) {
    if (sample->type != TUFF_U8)
        return tuff_fail(d->error, TUFF_ERR_DATA, "%s: elements of type %s, expected raw ones 0..255 (u8): what they should become is the question",
                         sample->name, tuff_type_name(sample->type));
    TUFF_TRY(tuff_classifier_check_label(&d->classifier, sample, d->error));
    for (int32_t k = 0; k < d->count; k++) {
        candidate *c = &d->candidates[k];
        tuff_sample treated;
        if (c->out) continue;
        TUFF_TRY(treat(d, &c->trial.treatment, sample, &treated));
        TUFF_TRY(tuff_classifier_predict(&d->classifier, c->feed, &treated, &c->answers[d->n], d->error));
        c->trial.right += c->answers[d->n] == sample->label;
        c->trial.n++;
    }
    d->labels[d->n++] = sample->label;
    return TUFF_OK;
}

/* ---- comparing ---- */
static bool same_answers(const candidate *a, const candidate *b) {
    return a->trial.n == b->trial.n && memcmp(a->answers, b->answers, (size_t)a->trial.n * sizeof *a->answers) == 0;
}

static bool better(const candidate *a, const candidate *b) {
    if (a->out != b->out) return b->out;
    return (double)a->trial.right * (double)b->trial.n > (double)b->trial.right * (double)a->trial.n;
}

typedef struct rivalry {
    bool clear, apart; /* the intervals; those or the test */
    int64_t only_a, only_b;
    double p_value;
} rivalry;

/* On the samples that both saw. */
static rivalry compare(const doctor *d, const candidate *a, const candidate *b) {
    rivalry r = {0};
    for (int64_t k = 0; k < a->trial.n && k < b->trial.n; k++) {
        const bool a_right = a->answers[k] == d->labels[k], b_right = b->answers[k] == d->labels[k];
        r.only_a += a_right && !b_right;
        r.only_b += b_right && !a_right;
    }
    r.p_value = tuff_mcnemar(r.only_a, r.only_b);
    r.clear = tuff_wilson(a->trial.right, a->trial.n).low > tuff_wilson(b->trial.right, b->trial.n).high;
    r.apart = r.clear || (r.only_a > r.only_b && r.p_value < LEVEL);
    return r;
}

/* Drops what is clear of the best; false where that is all that is left. */
static bool still_racing(doctor *d) {
    const candidate *best = &d->candidates[0];
    bool rivals = false;
    for (int32_t k = 1; k < d->count; k++)
        if (better(&d->candidates[k], best)) best = &d->candidates[k];
    for (int32_t k = 0; k < d->count; k++) {
        candidate *c = &d->candidates[k];
        c->out |= compare(d, best, c).apart;
        rivals |= !c->out && !same_answers(best, c);
    }
    return rivals;
}

/* A stride that visits every sample once: near the golden ratio, without a common divisor. */
static size_t stride_of(size_t total) {
    size_t stride = (size_t)(0.618034 * (double)total);
    for (stride = stride ? stride : 1;; stride++) {
        size_t a = total, b = stride;
        while (b) {
            const size_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) return stride;
    }
}

static tuff_status try_all(doctor *d) {
    const size_t total = tuff_dataset_count(d->dataset), stride = stride_of(total);
    if (!(d->labels = TUFF_NEW_ARRAY(d->arena, total, int32_t, d->error))) return TUFF_ERR_MEMORY;
    size_t look = FIRST_LOOK, at = 0;
    for (size_t k = 0; k < total; k++, at = (at + stride) % total) {
        tuff_sample sample;
        if (d->options->progress && !d->options->progress(d->options->context, k, total)) return tuff_fail(d->error, TUFF_ERR_CANCELLED, "cancelled");
        TUFF_TRY(tuff_dataset_get(d->dataset, at, &sample, d->error));
        if (k == 0) TUFF_TRY(list_candidates(d, tuff_interpreter_input(d->classifier.it, 0), &sample));
        TUFF_TRY(try_sample(d, &sample));
        if (k + 1 != look) continue;
        if (!still_racing(d)) break;
        look *= 2;
    }
    return TUFF_OK;
}

/* ---- judging ---- */
/* Best first, treatments of a group behind each other: an insertion sort keeps the order of listing, the model's own ahead of it. */
static void rank(doctor *d) {
    for (int32_t k = 0; k < d->count; k++) {
        const candidate c = d->candidates[k];
        int32_t at = k, twin = 0;
        while (twin < k && !same_answers(&d->candidates[twin], &c)) twin++;
        if (twin < k) {
            at = twin + 1;
            while (at < k && same_answers(&d->candidates[at], &c)) at++;
            if (c.trial.treatment.own) at = twin;
        } else {
            while (at > 0 && better(&c, &d->candidates[at - 1])) at--;
        }
        memmove(&d->candidates[at + 1], &d->candidates[at], (size_t)(k - at) * sizeof c);
        d->candidates[at] = c;
    }
    int32_t group = -1;
    for (int32_t k = 0; k < d->count; k++) {
        if (k == 0 || !same_answers(&d->candidates[k - 1], &d->candidates[k])) group++;
        d->candidates[k].trial.group = group;
        d->candidates[k].trial.interval = tuff_wilson(d->candidates[k].trial.right, d->candidates[k].trial.n);
    }
}

static const char *judge(doctor *d, tuff_diagnosis *out) {
    const candidate *best = &d->candidates[0], *next = best;
    while (next < d->candidates + d->count && next->trial.group == 0) next++;
    const double chance = 1.0 / (double)out->classes;
    out->winner = -1;
    out->p_value = 1;
    if (next == d->candidates + d->count) return "every recipe gives the same answers";
    const rivalry r = compare(d, best, next);
    out->p_value = r.p_value;
    if (best->trial.interval.low <= chance)
        return tuff_arena_format(d->arena, d->error, "no recipe does better than guessing (%.1f %%): are the labels this model's?", 100 * chance);
    if (!r.apart)
        return tuff_arena_format(d->arena, d->error, "%s and %s can't be told apart on %lld samples (McNemar p = %.2g)%s", best->trial.treatment.name,
                                 next->trial.treatment.name, (long long)d->n, out->p_value,
                                 r.only_a + r.only_b ? ": more samples may tell" : ": both are right on the same samples");
    out->winner = 0;
    if (r.clear) return tuff_arena_format(d->arena, d->error, "its interval is clear of the next one's (%s)", next->trial.treatment.name);
    return tuff_arena_format(d->arena, d->error, "right on %lld samples where %s is wrong, wrong on %lld where that is right (McNemar p = %.2g)",
                             (long long)r.only_a, next->trial.treatment.name, (long long)r.only_b, out->p_value);
}

static tuff_status report(doctor *d, tuff_diagnosis *out) {
    tuff_trial *trials = TUFF_NEW_ARRAY(d->arena, (size_t)d->count, tuff_trial, d->error);
    if (!trials) return TUFF_ERR_MEMORY;
    out->n = d->n;
    out->classes = d->classifier.classes;
    out->count = d->count;
    out->own = -1;
    rank(d);
    for (int32_t k = 0; k < d->count; k++) {
        trials[k] = d->candidates[k].trial;
        if (trials[k].treatment.own) out->own = k;
    }
    out->trials = trials;
    out->groups = trials[d->count - 1].group + 1;
    out->why = judge(d, out);
    return out->why ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status examine(doctor *d, tuff_diagnosis *out) {
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = d->options->threads;
    how.cpu = d->options->cpu;
    TUFF_TRY(tuff_classifier_open(&d->classifier, d->model, &how, d->error));
    TUFF_TRY(tuff_dataset_match_labels(d->dataset, d->model, d->error));
    const tuff_tensor *input = tuff_interpreter_input(d->classifier.it, 0);
    if (!input) return tuff_fail(d->error, TUFF_ERR_MODEL, "the model has no input");
    if (!tuff_dataset_has_labels(d->dataset))
        return tuff_fail(d->error, TUFF_ERR_DATA, "%s: no labels: without them no recipe is better than another", tuff_dataset_about(d->dataset));
    if (tuff_dataset_count(d->dataset) == 0) return tuff_fail(d->error, TUFF_ERR_DATA, "%s: no samples", tuff_dataset_about(d->dataset));
    TUFF_TRY(list_ranges(d, input));
    TUFF_TRY(try_all(d));
    return report(d, out);
}

tuff_status tuff_doctor(const tuff_model *model, tuff_dataset *dataset, const tuff_doctor_options *options, tuff_diagnosis *diagnosis, tuff_error *error) {
    static const tuff_doctor_options standard = TUFF_DOCTOR_OPTIONS;
    *diagnosis = (tuff_diagnosis){.winner = -1, .own = -1};
    doctor *d = calloc(1, sizeof *d);
    if (!d) return tuff_fail_memory(error, sizeof *d);
    *d = (doctor){.model = model, .dataset = dataset, .options = options ? options : &standard, .arena = tuff_arena_create(NULL, error), .error = error};
    diagnosis->internal = d->arena;
    const tuff_status status = d->arena ? examine(d, diagnosis) : TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < d->count; k++) tuff_feed_destroy(d->candidates[k].feed);
    tuff_classifier_close(&d->classifier);
    free(d);
    if (status != TUFF_OK) tuff_diagnosis_free(diagnosis);
    return status;
}

void tuff_diagnosis_free(tuff_diagnosis *diagnosis) {
    tuff_arena_destroy(diagnosis->internal);
    *diagnosis = (tuff_diagnosis){.winner = -1, .own = -1};
}
