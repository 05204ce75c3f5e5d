/* Calibration: the float model runs over samples, and each activation's range is what was seen of it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One pass finds the least and the largest value of every tensor. The methods that clip need a second one, which counts into histograms over those
 * ranges. A model input keeps its whole range whatever the method, and at least the range that its recipe gives to raw 0..255: a value clipped there is
 * lost for all layers, and quantized pixels come out as the pixels themselves.
 *
 * What would give ranges that mean nothing is refused, by sample and tensor: values that are no finite numbers, samples that are all the same, float
 * samples in another range than the recipe says. Whether there were enough samples is judged by the last quarter of them: how much it still widened
 * the ranges.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kit/quant/quant.h"

typedef struct watched {
    tuff_range range, early;   /* over all samples, over the first three quarters */
    tuff_histogram *histogram; /* second pass */
} watched;

typedef struct calibrator {
    const tuff_subgraph *s;
    tuff_dataset *dataset;
    const tuff_quantize_options *o;
    tuff_recipe recipe;
    tuff_interpreter *it;
    tuff_feed *feed;
    tuff_arena *arena;
    watched *tensors;
    int32_t input; /* the tensor that samples enter */
    size_t samples, done, total;
    double raw_sum, raw_count;
    uint8_t *first;      /* the first sample's input */
    bool varied, floats; /* another sample's differed; a sample came as f32 */
    tuff_error *error;
} calibrator;

static const float LARGEST = 1e30f; /* kernels turn infinities into the largest finite number: what comes near it is no range either */

static const double SETTLED = 10.0; /* percent of its width that a range may still grow by in the last quarter */

static const char *name_of(const tuff_tensor *t) { return t->name ? t->name : ""; }

static const char *sample_name(const tuff_sample *sample, size_t k, char *text, size_t bytes) {
    if (sample->name) snprintf(text, bytes, "%s", sample->name);
    else snprintf(text, bytes, "%zu", k);
    return text;
}

/* ---- looking at a tensor ---- */

static tuff_status look(calibrator *c, const tuff_sample *sample, size_t k, int32_t tensor, const float *values, size_t count) {
    watched *w = &c->tensors[tensor];
    char name[300];
    float low = values[0], high = values[0];
    double probe = 0.0; /* stays 0 unless a value is infinite or NaN */
    for (size_t j = 0; j < count; j++) {
        low = values[j] < low ? values[j] : low;
        high = values[j] > high ? values[j] : high;
        probe += (double)values[j] * 0.0;
    }
    if (probe != 0.0 || high > LARGEST || low < -LARGEST)
        return tuff_fail(c->error, TUFF_ERR_DATA, "calibration sample %s: tensor '%s' holds NaN, infinity or numbers near it",
                         sample_name(sample, k, name, sizeof name), name_of(&c->s->tensors[tensor]));
    w->range = tuff_range_join(w->range, (tuff_range){low, high});
    if (k < c->samples - c->samples / 4) w->early = w->range;
    return TUFF_OK;
}

static tuff_status look_at_all(calibrator *c, const tuff_sample *sample, size_t k, bool count_them) {
    for (int32_t t = 0; t < c->s->n_tensors; t++) {
        const tuff_tensor *info;
        if (c->s->tensors[t].type != TUFF_F32 || c->s->tensors[t].data) continue;
        const float *values = tuff_interpreter_tensor(c->it, t, &info);
        const size_t count = values ? tuff_tensor_bytes(info) / sizeof(float) : 0;
        if (count == 0) continue;
        if (!count_them) TUFF_TRY(look(c, sample, k, t, values, count));
        else if (c->tensors[t].histogram) tuff_histogram_add(c->tensors[t].histogram, values, count);
    }
    return TUFF_OK;
}

/* ---- looking at the input ---- */

/* The range that the recipe gives to raw 0..255. Empty where there is none, or none of pictures (a table's columns may be anything). */
static tuff_range recipe_range(const calibrator *k) {
    const tuff_recipe *r = &k->recipe;
    const bool given = k->o->feed && k->o->feed->recipe, pictures = r->width > 0 && r->height > 0;
    tuff_range range = TUFF_RANGE_EMPTY;
    for (int32_t c = 0; r->present && (given || pictures) && c < r->count && c < 4; c++) {
        const double low = (0.0 - (double)r->mean[c]) / (double)r->std[c], high = (255.0 - (double)r->mean[c]) / (double)r->std[c];
        range = tuff_range_join(range, (tuff_range){fmin(low, high), fmax(low, high)});
    }
    return range;
}

static void sum_raw(calibrator *c, const float *x, size_t count) {
    const tuff_recipe *r = &c->recipe;
    if (!r->present || r->count < 1) return;
    for (size_t k = 0; k < count; k++) {
        const size_t channel = k % (size_t)(r->count < 4 ? r->count : 4);
        c->raw_sum += (double)x[k] * (double)r->std[channel] + (double)r->mean[channel];
    }
    c->raw_count += (double)count;
}

/* Floats go in unscaled, so they can be in another range than the model's. Feeding warns of it; calibrated ranges would mean nothing. */
static tuff_status check_floats(calibrator *c, const tuff_sample *sample, size_t k, const float *x, size_t count) {
    const tuff_range expected = recipe_range(c);
    const double slack = 0.1 * (expected.high - expected.low);
    char name[300];
    c->floats = true;
    for (size_t j = 0; j < count && !tuff_range_empty(expected); j++)
        if ((double)x[j] < expected.low - slack || (double)x[j] > expected.high + slack)
            return tuff_fail(c->error, TUFF_ERR_DATA, "calibration sample %s: input '%s' holds %g, outside of %g..%g that the recipe says",
                             sample_name(sample, k, name, sizeof name), name_of(&c->s->tensors[c->input]), (double)x[j], expected.low, expected.high);
    return TUFF_OK;
}

/* After feeding: sums up, keeps the first sample and notes whether another differs. */
static tuff_status look_at_input(calibrator *c, const tuff_sample *sample, size_t k) {
    const float *x = tuff_interpreter_input_data(c->it, 0);
    const size_t bytes = tuff_interpreter_input_bytes(c->it, 0);
    if (k == 0 && !(c->first = tuff_arena_copy(c->arena, x, bytes, c->error))) return TUFF_ERR_MEMORY;
    c->varied |= memcmp(c->first, x, bytes) != 0;
    sum_raw(c, x, bytes / sizeof(float));
    return sample->type == TUFF_F32 ? check_floats(c, sample, k, x, bytes / sizeof(float)) : TUFF_OK;
}

static tuff_status check_input(const calibrator *c) {
    const tuff_range expected = recipe_range(c), seen = c->tensors[c->input].range;
    const char *name = name_of(&c->s->tensors[c->input]), *about = tuff_dataset_about(c->dataset);
    if (!c->varied)
        return tuff_fail(c->error, TUFF_ERR_DATA, "%s: all %zu samples are the same for input '%s': nothing to calibrate on", about, c->samples, name);
    if (c->floats && !tuff_range_empty(expected) && seen.high - seen.low < (expected.high - expected.low) / 16.0)
        return tuff_fail(c->error, TUFF_ERR_DATA, "%s: input '%s' holds %g..%g, but the recipe says %g..%g", about, name, seen.low, seen.high, expected.low,
                         expected.high);
    return TUFF_OK;
}

/* ---- passes over the samples ---- */

static tuff_status run_samples(calibrator *c, bool count_them) {
    for (size_t k = 0; k < c->samples; k++) {
        tuff_sample sample;
        if (c->o->progress && !c->o->progress(c->o->context, c->done, c->total))
            return tuff_fail(c->error, TUFF_ERR_CANCELLED, "calibration cancelled after %zu samples", c->done);
        TUFF_TRY(tuff_dataset_get(c->dataset, k, &sample, c->error));
        TUFF_TRY(tuff_feed_put(c->feed, c->it, &sample, c->error));
        if (!count_them) TUFF_TRY(look_at_input(c, &sample, k));
        TUFF_TRY(tuff_interpreter_invoke(c->it, c->error));
        TUFF_TRY(look_at_all(c, &sample, k, count_them));
        c->done++;
    }
    return TUFF_OK;
}

static tuff_status count_values(calibrator *c) {
    for (int32_t t = 0; t < c->s->n_tensors; t++) {
        if (tuff_range_empty(c->tensors[t].range)) continue;
        tuff_histogram *h = TUFF_NEW(c->arena, tuff_histogram, c->error);
        if (!h) return TUFF_ERR_MEMORY;
        h->range = tuff_range_join(c->tensors[t].range, (tuff_range){0.0, 0.0});
        c->tensors[t].histogram = h;
    }
    return run_samples(c, true);
}

/* ---- what it says ---- */

static double growth(const watched *w) {
    const tuff_range all = tuff_range_join(w->range, (tuff_range){0.0, 0.0}), early = tuff_range_join(w->early, (tuff_range){0.0, 0.0});
    const double width = all.high - all.low;
    return width > 0.0 ? (width - (early.high - early.low)) / width : 0.0;
}

/* The converter names a fused tensor after all its layers, a;b;c: the first is enough to know it. */
static void report(const calibrator *c) {
    int32_t widest = c->input;
    for (int32_t t = 0; t < c->s->n_tensors; t++)
        if (!tuff_range_empty(c->tensors[t].range) && growth(&c->tensors[t]) > growth(&c->tensors[widest])) widest = t;
    const double percent = 100.0 * growth(&c->tensors[widest]);
    const char *name = name_of(&c->s->tensors[widest]), *verdict = percent <= SETTLED ? "had settled" : "had NOT settled";
    tuff_report_line(c->o->report, "calibrated on %zu samples (%s): %s", c->samples, tuff_calibration_name(c->o->calibration), tuff_dataset_about(c->dataset));
    if (percent == 0.0) tuff_report_line(c->o->report, "ranges %s: the last %zu samples widened none", verdict, c->samples / 4);
    else
        tuff_report_line(c->o->report, "ranges %s: the last %zu samples widened '%.*s' by %.1f %%, others by less%s", verdict, c->samples / 4,
                         (int)strcspn(name, ";"), name, percent, percent <= SETTLED ? "" : "; use more samples");
}

static tuff_status choose(calibrator *c, tuff_ranges *ranges) {
    ranges->of = TUFF_NEW_ARRAY(c->arena, (size_t)c->s->n_tensors, tuff_range, c->error);
    if (!ranges->of) return TUFF_ERR_MEMORY;
    for (int32_t t = 0; t < c->s->n_tensors; t++) {
        const watched *w = &c->tensors[t];
        ranges->of[t] = w->histogram && t != c->input ? tuff_range_choose(w->histogram, c->o->calibration) : w->range;
    }
    ranges->of[c->input] = tuff_range_join(ranges->of[c->input], recipe_range(c));
    ranges->samples = c->samples;
    ranges->has_raw_mean = c->raw_count > 0.0;
    ranges->raw_mean = ranges->has_raw_mean ? c->raw_sum / c->raw_count : 0.0;
    return TUFF_OK;
}

static tuff_status observe(calibrator *c, tuff_ranges *ranges) {
    TUFF_TRY(run_samples(c, false));
    TUFF_TRY(check_input(c));
    if (c->o->calibration != TUFF_CALIBRATE_MINMAX) TUFF_TRY(count_values(c));
    report(c);
    return choose(c, ranges);
}

static tuff_status prepare(calibrator *c, tuff_dataset *dataset) {
    c->samples = dataset ? tuff_dataset_count(dataset) : 0;
    if (c->samples < 2) return tuff_fail(c->error, TUFF_ERR_DATA, "int8 needs at least 2 calibration samples, %zu given", c->samples);
    c->total = c->samples * (c->o->calibration == TUFF_CALIBRATE_MINMAX ? 1 : 2);
    c->tensors = TUFF_NEW_ARRAY(c->arena, (size_t)c->s->n_tensors, watched, c->error);
    if (!c->tensors) return TUFF_ERR_MEMORY;
    for (int32_t t = 0; t < c->s->n_tensors; t++) c->tensors[t].range = c->tensors[t].early = TUFF_RANGE_EMPTY;
    return TUFF_OK;
}

tuff_status tuff_calibrate(const tuff_graph *g, tuff_dataset *dataset, const tuff_quantize_options *o, tuff_arena *arena, tuff_ranges *ranges,
                           tuff_error *error) {
    calibrator c = {.s = &g->subgraphs[0], .dataset = dataset, .o = o, .arena = arena, .input = g->subgraphs[0].inputs[0], .error = error};
    tuff_interpreter_options io = TUFF_INTERPRETER_OPTIONS;
    tuff_model *model = NULL;
    io.threads = o->threads;
    io.keep_all = true;
    tuff_feed_options feeding = TUFF_FEED_OPTIONS;
    if (o->feed) feeding = *o->feed;
    c.recipe = feeding.recipe ? *feeding.recipe : tuff_graph_recipe(g);
    feeding.recipe = c.recipe.present ? &c.recipe : NULL;
    tuff_status status = prepare(&c, dataset);
    if (status == TUFF_OK) status = tuff_graph_model(g, &model, NULL, error);
    if (status == TUFF_OK) status = tuff_interpreter_create(model, &io, &c.it, error);
    if (status == TUFF_OK) status = tuff_feed_create(model, &feeding, &c.feed, error);
    if (status == TUFF_OK) status = observe(&c, ranges);
    tuff_feed_destroy(c.feed);
    if (c.it) tuff_interpreter_destroy(c.it);
    tuff_model_close(model);
    return status;
}
