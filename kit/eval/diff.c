/* Two models compared tensor by tensor.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both run over the same samples with all tensors kept. The first few samples tell which values correspond (align.c) and what range the histograms need;
 * then every pair sums up its differences. What it means is cause.c's.
 */
#include "kit/eval/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/model.h"
#include "base/arena.h"
#include "kit/eval/classifier.h"
#include "kit/eval/keep.h"

enum { FIRST = 4, MOST_CHANNELS = 4096 };

typedef struct comparison {
    tuff_dataset *dataset;
    const tuff_diff_options *options;
    const tuff_model *model[2];
    tuff_classifier side[2];
    tuff_feed *feed[2];
    tuff_points points[2];
    tuff_arena *arena;
    tuff_meter *meters;
    tuff_diff_row *rows;
    int32_t count;
    tuff_diff_result *out;
    tuff_error *error;
} comparison;

double tuff_decibels(double signal, double noise) { return noise > 0 ? 10 * log10(signal / noise) : INFINITY; }

/* ---- opening ---- */
/* A model without a recipe takes the other's: an official int8 file rarely has one. */
static tuff_status open_feed(comparison *c, int k) {
    tuff_feed_options feed = TUFF_FEED_OPTIONS;
    if (c->options->feed) feed = *c->options->feed;
    const tuff_recipe other = tuff_model_recipe(c->model[1 - k], 0);
    if (!feed.recipe && !tuff_model_recipe(c->model[k], 0).present && other.present) feed.recipe = &other;
    if (k == 1) feed.note = NULL; /* what is to be said about the data is said once */
    return tuff_feed_create(c->model[k], &feed, &c->feed[k], c->error);
}

static tuff_status open_sides(comparison *c) {
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = c->options->threads;
    how.cpu = c->options->cpu;
    how.keep_all = true;
    for (int k = 0; k < 2; k++) {
        TUFF_TRY(tuff_classifier_open(&c->side[k], c->model[k], &how, c->error));
        TUFF_TRY(open_feed(c, k));
        c->points[k].subgraph = &c->model[k]->graph->subgraphs[0];
    }
    if (tuff_dataset_count(c->dataset) == 0) return tuff_fail(c->error, TUFF_ERR_DATA, "%s: no samples", tuff_dataset_about(c->dataset));
    tuff_diff_result *r = c->out;
    r->classified = c->side[0].classes == c->side[1].classes;
    r->classes = r->classified ? c->side[0].classes : 0;
    if (!r->classified) return TUFF_OK;
    TUFF_TRY(tuff_dataset_match_labels(c->dataset, c->model[0], c->error));
    r->labelled = tuff_dataset_has_labels(c->dataset);
    if (r->classes > TUFF_CONFUSION_CLASSES) return TUFF_OK;
    r->confusion = TUFF_NEW_ARRAY(c->arena, (size_t)r->classes * (size_t)r->classes, int64_t, c->error);
    return r->confusion ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status run_sample(comparison *c, size_t k, tuff_sample *sample, int32_t predicted[2]) {
    TUFF_TRY(tuff_dataset_get(c->dataset, k, sample, c->error));
    for (int m = 0; m < 2; m++) TUFF_TRY(tuff_classifier_predict(&c->side[m], c->feed[m], sample, &predicted[m], c->error));
    return TUFF_OK;
}

/* ---- rows ---- */
static void limits_of(const tuff_tensor *t, tuff_meter *m) {
    m->least = -INFINITY;
    m->most = INFINITY;
    if (t->type != TUFF_S8 && t->type != TUFF_U8 && t->type != TUFF_S16) return;
    const double low = t->type == TUFF_S8 ? -128 : t->type == TUFF_S16 ? -32768 : 0, high = t->type == TUFF_S8 ? 127 : t->type == TUFF_S16 ? 32767 : 255;
    m->scale = (double)t->quantization.scale[0];
    m->least = m->scale * (low - (double)t->quantization.zero_point[0]);
    m->most = m->scale * (high - (double)t->quantization.zero_point[0]);
}

static tuff_status start_row(comparison *c, const tuff_point *a, const tuff_point *b) {
    tuff_meter *m = &c->meters[c->count];
    tuff_diff_row *row = &c->rows[c->count++];
    *m = (tuff_meter){.a = a, .b = b, .low = {INFINITY, INFINITY}, .high = {-INFINITY, -INFINITY}};
    *row = (tuff_diff_row){.op = b->node < 0 ? "input" : c->points[1].subgraph->nodes[b->node].op->name, .bars_low = INFINITY, .bars_high = -INFINITY};
    const tuff_point *const points[2] = {a, b};
    for (int k = 0; k < 2; k++) {
        const tuff_tensor *info = NULL;
        (void)tuff_interpreter_tensor(c->side[k].it, points[k]->tensor, &info);
        const bool whole = info->type != TUFF_F32 && info->type != TUFF_F16;
        row->side[k] = (tuff_diff_side){.name = points[k]->name, .type = info->type, .scale = whole ? info->quantization.scale[0] : 0};
        if (k == 1) limits_of(info, m);
        else if (info->rank > 1 && info->shape[info->rank - 1] <= MOST_CHANNELS) m->channels = info->shape[info->rank - 1];
        for (int32_t i = 0; i < points[k]->probed; i++) {
            row->bars_low = fmin(row->bars_low, (double)points[k]->probe[i]);
            row->bars_high = fmax(row->bars_high, (double)points[k]->probe[i]);
        }
    }
    if (!(row->bars_low < row->bars_high)) row->bars_high = row->bars_low + 1;
    if (m->channels && !(m->channel_largest = TUFF_NEW_ARRAY(c->arena, (size_t)m->channels, float, c->error))) return TUFF_ERR_MEMORY;
    return TUFF_OK;
}

static tuff_status align(comparison *c) {
    const size_t total = tuff_dataset_count(c->dataset);
    for (size_t k = 0; k < FIRST && k < total; k++) {
        tuff_sample sample;
        int32_t predicted[2];
        TUFF_TRY(run_sample(c, k * total / FIRST % total, &sample, predicted));
        for (int m = 0; m < 2; m++) {
            if (k == 0) TUFF_TRY(tuff_points_list(&c->points[m], c->side[m].it, c->arena, c->error));
            tuff_points_probe(&c->points[m]);
        }
    }
    const size_t n = (size_t)c->points[0].count;
    int32_t *match = TUFF_NEW_ARRAY(c->arena, n, int32_t, c->error);
    c->meters = TUFF_NEW_ARRAY(c->arena, n, tuff_meter, c->error);
    c->rows = TUFF_NEW_ARRAY(c->arena, n, tuff_diff_row, c->error);
    if (!match || !c->meters || !c->rows) return TUFF_ERR_MEMORY;
    TUFF_TRY(tuff_points_align(&c->points[0], &c->points[1], match, c->error));
    for (size_t k = 0; k < n; k++)
        if (match[k] >= 0) TUFF_TRY(start_row(c, &c->points[0].list[k], &c->points[1].list[match[k]]));
    for (int m = 0; m < 2; m++) c->out->unmatched[m] = c->points[m].count - c->count;
    if (c->count == 0) return tuff_fail(c->error, TUFF_ERR_MODEL, "no tensor of the one model corresponds to one of the other");
    return TUFF_OK;
}

/* ---- measuring ---- */
static void add_value(tuff_meter *m, tuff_diff_row *row, size_t k, double a, double b) {
    const double off = a - b;
    m->aa += a * a;
    m->bb += b * b;
    m->ab += a * b;
    m->errors += off * off;
    m->largest = fmax(m->largest, fabs(off));
    const double beyond = a < m->least ? m->least - a : a > m->most ? a - m->most : 0;
    if (beyond > m->scale) {
        m->clipped++;
        m->clipped_energy += beyond * beyond;
    }
    if (m->channels) {
        float *largest = &m->channel_largest[k % (size_t)m->channels];
        *largest = fmaxf(*largest, fabsf((float)a));
    }
    const double values[2] = {a, b};
    for (int side = 0; side < 2; side++) {
        m->low[side] = fmin(m->low[side], values[side]);
        m->high[side] = fmax(m->high[side], values[side]);
        const double bar = (values[side] - row->bars_low) / (row->bars_high - row->bars_low) * TUFF_HISTOGRAM_BARS;
        row->side[side].bars[bar < 0 ? 0 : bar >= TUFF_HISTOGRAM_BARS ? TUFF_HISTOGRAM_BARS - 1 : (int)bar]++;
    }
}

/* Values that are no finite numbers make a sum of none; they count as the largest float. */
static double bounded(float x) { return isfinite(x) ? (double)x : isnan(x) ? 0 : copysign(3.4e38, (double)x); }

static tuff_status measure_row(comparison *c, int32_t k, double *signal, double *noise) {
    tuff_meter *m = &c->meters[k];
    const tuff_tensor *ta, *tb;
    const void *a = tuff_interpreter_tensor(c->side[0].it, m->a->tensor, &ta), *b = tuff_interpreter_tensor(c->side[1].it, m->b->tensor, &tb);
    int64_t count = 0, other = 0;
    TUFF_TRY(tuff_tensor_elements(ta, &count));
    TUFF_TRY(tuff_tensor_elements(tb, &other));
    if (!a || !b || count != other)
        return tuff_fail(c->error, TUFF_ERR_MODEL, "'%s' has %lld values, '%s' %lld: they were as many before", m->a->name, (long long)count, m->b->name,
                         (long long)other);
    const double aa = m->aa, errors = m->errors;
    for (size_t i = 0; i < (size_t)count; i++) add_value(m, &c->rows[k], i, bounded(tuff_real_at(ta, a, i)), bounded(tuff_real_at(tb, b, i)));
    m->count += count;
    *signal = m->aa - aa;
    *noise = m->errors - errors;
    return TUFF_OK;
}

/* Lost answers come first, then other changed ones, then the least SNR. */
static bool worse(const tuff_kept_sample *a, const tuff_kept_sample *b) {
    const int ka = (a->predicted[0] != a->predicted[1]) + (a->label >= 0 && a->predicted[0] == a->label && a->predicted[1] != a->label);
    const int kb = (b->predicted[0] != b->predicted[1]) + (b->label >= 0 && b->predicted[0] == b->label && b->predicted[1] != b->label);
    return ka != kb ? ka > kb : a->score < b->score;
}

static tuff_status count_classes(comparison *c, const tuff_sample *sample, const int32_t predicted[2]) {
    tuff_diff_result *r = c->out;
    if (!r->classified) return TUFF_OK;
    if (r->labelled) TUFF_TRY(tuff_classifier_check_label(&c->side[0], sample, c->error));
    r->agree += predicted[0] == predicted[1];
    for (int m = 0; m < 2; m++) r->right[m] += r->labelled && predicted[m] == sample->label;
    if (r->confusion) r->confusion[(size_t)predicted[0] * (size_t)r->classes + (size_t)predicted[1]]++;
    return TUFF_OK;
}

static tuff_status measure(comparison *c) {
    const size_t total = tuff_dataset_count(c->dataset);
    for (size_t k = 0; k < total; k++) {
        tuff_sample sample;
        int32_t predicted[2];
        double signal = 0, noise = 0;
        if (c->options->progress && !c->options->progress(c->options->context, k, total)) return tuff_fail(c->error, TUFF_ERR_CANCELLED, "cancelled");
        TUFF_TRY(run_sample(c, k, &sample, predicted));
        for (int32_t row = 0; row < c->count; row++) TUFF_TRY(measure_row(c, row, &signal, &noise)); /* the last row's stay: the output */
        TUFF_TRY(count_classes(c, &sample, predicted));
        const tuff_kept_sample kept = {.label = sample.label, .predicted = {predicted[0], predicted[1]}, .score = tuff_decibels(signal, noise)};
        TUFF_TRY(tuff_keep_sample(c->out->worst, &c->out->n_worst, TUFF_WORST_SAMPLES, &sample, kept, worse, c->arena, c->error));
        c->out->n++;
    }
    return TUFF_OK;
}

/* ---- the result ---- */
static int32_t row_of(const comparison *c, int32_t tensor) {
    for (int32_t k = 0; k < c->count; k++)
        if (c->meters[k].b->tensor == tensor || strcmp(c->meters[k].b->name, c->points[1].subgraph->tensors[tensor].name) == 0) return k;
    return -1;
}

/* The least SNR among the rows that a tensor of the second model is computed from. */
static double least_snr(const comparison *c, int32_t tensor, int depth) {
    const tuff_subgraph *s = c->points[1].subgraph;
    if (tensor < 0 || s->tensors[tensor].data) return INFINITY;
    const int32_t row = row_of(c, tensor), producer = tuff_graph_producer(s, tensor);
    if (row >= 0) return c->rows[row].snr;
    double least = INFINITY;
    for (int32_t k = 0; producer >= 0 && depth < 16 && k < s->nodes[producer].n_inputs; k++)
        least = fmin(least, least_snr(c, s->nodes[producer].inputs[k], depth + 1));
    return least;
}

static void finish_rows(comparison *c) {
    for (int32_t k = 0; k < c->count; k++) {
        const tuff_meter *m = &c->meters[k];
        tuff_diff_row *row = &c->rows[k];
        row->values = m->count;
        row->snr = tuff_decibels(m->aa, m->errors);
        row->largest = m->largest;
        row->cosine = m->aa > 0 && m->bb > 0 ? m->ab / sqrt(m->aa * m->bb) : m->errors > 0 ? 0 : 1;
        row->saturated = (double)m->clipped / (double)m->count;
        for (int side = 0; side < 2; side++) {
            row->side[side].low = m->low[side];
            row->side[side].high = m->high[side];
        }
    }
    for (int32_t k = 0; k < c->count; k++) {
        const int32_t node = c->meters[k].b->node;
        c->rows[k].inputs_snr = INFINITY;
        for (int32_t i = 0; node >= 0 && i < c->points[1].subgraph->nodes[node].n_inputs; i++)
            c->rows[k].inputs_snr = fmin(c->rows[k].inputs_snr, least_snr(c, c->points[1].subgraph->nodes[node].inputs[i], 0));
    }
    c->out->rows = c->rows;
    c->out->count = c->count;
}

static tuff_status compare(comparison *c) {
    TUFF_TRY(open_sides(c));
    TUFF_TRY(align(c));
    TUFF_TRY(measure(c));
    finish_rows(c);
    tuff_diff_case verdict = {.it = {c->side[0].it, c->side[1].it},
                              .subgraph = {c->points[0].subgraph, c->points[1].subgraph},
                              .meters = c->meters,
                              .result = c->out,
                              .arena = c->arena};
    return tuff_diff_conclude(&verdict, c->error);
}

tuff_status tuff_diff(const tuff_model *reference, const tuff_model *model, tuff_dataset *dataset, const tuff_diff_options *options, tuff_diff_result *result,
                      tuff_error *error) {
    static const tuff_diff_options standard = TUFF_DIFF_OPTIONS;
    *result = (tuff_diff_result){.first_wrong = -1};
    comparison c = {.dataset = dataset, .options = options ? options : &standard, .model = {reference, model}, .out = result, .error = error};
    if (!(c.arena = tuff_arena_create(NULL, error))) return TUFF_ERR_MEMORY;
    result->internal = c.arena;
    const tuff_status status = compare(&c);
    for (int k = 0; k < 2; k++) {
        tuff_feed_destroy(c.feed[k]);
        tuff_classifier_close(&c.side[k]);
    }
    if (status != TUFF_OK) tuff_diff_free(result);
    return status;
}

void tuff_diff_free(tuff_diff_result *result) {
    tuff_arena_destroy(result->internal);
    *result = (tuff_diff_result){.first_wrong = -1};
}
