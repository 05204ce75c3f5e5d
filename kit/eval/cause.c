/* Where two models part, why, and what to do about it: one sentence.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Rounding to 8 bits costs a layer some decibels; 20 dB, an error of a tenth of the signal, is where answers begin to change. The first row below that
 * which lost at least 3 dB over what it is computed from is the layer that goes wrong. Errors add up too: without such a row the first below 10 dB counts.
 *
 * Why follows from where the energy of its error comes from. Most of it beyond the ends of the integer type: clipped. Weights that are as far off as the values:
 * the weights. As much as rounding by half a step gives, scale^2 / 12 per value: the scale is too large for the values, be it for a concatenation's other
 * input, one channel, or rare values.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kit/eval/diff.h"

static const double WRONG = 20, VERY_WRONG = 10, LOST = 3, OUTLIER = 8;

static int32_t find_first_wrong(const tuff_diff_result *r) {
    for (int32_t k = 0; k < r->count; k++) {
        const tuff_diff_row *row = &r->rows[k];
        const double before = fmin(row->inputs_snr, 100);
        if (row->snr < VERY_WRONG || (row->snr < WRONG && before - row->snr >= LOST)) return k;
    }
    return -1;
}

/* ---- weights ---- */
static int32_t weight_axis(const tuff_node *n) {
    static const char *const ops[] = {"CONV_2D", "FULLY_CONNECTED", "DEPTHWISE_CONV_2D"};
    for (int k = 0; k < 3; k++)
        if (strcmp(n->op->name, ops[k]) == 0) return k == 2 ? 3 : 0;
    return -1;
}

/* A constant as real numbers, whatever holds it. */
static float *weights_of(const tuff_interpreter *it, int32_t tensor, const tuff_tensor **info, int64_t *count) {
    const void *data = tensor < 0 ? NULL : tuff_interpreter_tensor(it, tensor, info);
    if (!data || !(*info)->data || tuff_tensor_elements(*info, count) != TUFF_OK || *count < 1) return NULL;
    const tuff_tensor *t = *info;
    const tuff_quantization *q = &t->quantization;
    if (t->type != TUFF_F32 && t->type != TUFF_F16 && (t->type != TUFF_S8 || q->count < 1)) return NULL;
    float *values = malloc((size_t)*count * sizeof *values);
    int64_t inner = 1;
    for (int32_t k = q->dimension + 1; k < t->rank; k++) inner *= t->shape[k];
    for (int64_t k = 0; values && k < *count; k++) {
        if (t->type != TUFF_S8) values[k] = tuff_real_at(t, data, (size_t)k);
        else {
            const int64_t slice = q->count > 1 ? k / inner % q->count : 0;
            values[k] = q->scale[slice] * ((float)((const int8_t *)data)[k] - (float)q->zero_point[slice]);
        }
    }
    return values;
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Channel by channel: what of b isn't a multiple of a. */
static void compare_channels(const float *a, const float *b, int64_t count, int64_t inner, int32_t channels, double *sizes, tuff_weights_difference *d) {
    double energy = 0, rest = 0;
    d->worst_snr = INFINITY;
    for (int32_t c = 0; c < channels; c++) {
        double aa = 0, bb = 0, ab = 0, largest = 0;
        for (int64_t k = 0; k < count; k++) {
            if (k / inner % channels != c) {
                k += inner - 1 - k % inner; /* to the end of the slice */
                continue;
            }
            aa += (double)a[k] * (double)a[k];
            bb += (double)b[k] * (double)b[k];
            ab += (double)a[k] * (double)b[k];
            largest = fmax(largest, fabs((double)a[k]));
        }
        sizes[c] = largest;
        const double off = aa > 0 && bb > 0 ? fmax(0, bb - ab * ab / aa) : fmax(aa, bb);
        energy += fmax(aa, bb);
        rest += off;
        const double snr = tuff_decibels(fmax(aa, bb), off);
        if (snr >= d->worst_snr) continue;
        d->worst_snr = snr;
        d->worst = c;
    }
    d->snr = tuff_decibels(energy, rest);
}

static tuff_weights_difference compare_weights(const tuff_diff_case *c, const tuff_meter *m) {
    tuff_weights_difference d = {0};
    const tuff_point *const points[2] = {m->a, m->b};
    const tuff_tensor *info[2] = {NULL, NULL};
    float *values[2] = {NULL, NULL};
    int64_t count[2] = {0, 0};
    int32_t axis = -1;
    for (int k = 0; k < 2; k++) {
        /* the reference's node may be the end of a chain, after its scaling and activation */
        int32_t node = points[k]->node;
        while (node >= 0 && weight_axis(&c->subgraph[k]->nodes[node]) < 0) {
            const tuff_node *n = &c->subgraph[k]->nodes[node];
            node = strcmp(points[k]->op, n->op->name) != 0 && n->n_inputs ? tuff_graph_producer(c->subgraph[k], n->inputs[0]) : -1;
        }
        if (node < 0 || c->subgraph[k]->nodes[node].n_inputs < 2) break;
        axis = weight_axis(&c->subgraph[k]->nodes[node]);
        values[k] = weights_of(c->it[k], c->subgraph[k]->nodes[node].inputs[1], &info[k], &count[k]);
    }
    if (values[0] && values[1] && count[0] == count[1] && axis < info[0]->rank) {
        int64_t inner = 1;
        for (int32_t k = axis + 1; k < info[0]->rank; k++) inner *= info[0]->shape[k];
        d.channels = info[0]->shape[axis];
        double *sizes = malloc((size_t)d.channels * sizeof *sizes);
        if (sizes) {
            compare_channels(values[0], values[1], count[0], inner, d.channels, sizes, &d);
            qsort(sizes, (size_t)d.channels, sizeof *sizes, ascending);
            const double median = sizes[d.channels / 2];
            d.spread = median > 0 ? sizes[d.channels - 1] / median : 1;
            d.one_scale = info[1]->quantization.count == 1;
            d.known = true;
        }
        free(sizes);
    }
    free(values[0]);
    free(values[1]);
    return d;
}

/* ---- ranges ---- */
/* The largest magnitude of a channel over the median of all channels. */
static double channel_spread(const tuff_meter *m, int32_t *largest) {
    *largest = 0;
    if (m->channels < 3) return 1;
    double *sizes = malloc((size_t)m->channels * sizeof *sizes);
    if (!sizes) return 1;
    for (int32_t k = 0; k < m->channels; k++) {
        sizes[k] = (double)m->channel_largest[k];
        if (m->channel_largest[k] > m->channel_largest[*largest]) *largest = k;
    }
    qsort(sizes, (size_t)m->channels, sizeof *sizes, ascending);
    const double median = sizes[m->channels / 2], most = sizes[m->channels - 1];
    free(sizes);
    return median > 0 ? most / median : most > 0 ? INFINITY : 1;
}

/* The row of a tensor of the second model, seen through QUANTIZE and DEQUANTIZE. */
static const tuff_meter *meter_of(const tuff_diff_case *c, int32_t tensor) {
    const tuff_subgraph *s = c->subgraph[1];
    for (int steps = 0; steps < 4 && tensor >= 0; steps++) {
        for (int32_t k = 0; k < c->result->count; k++)
            if (c->meters[k].b->tensor == tensor) return &c->meters[k];
        const int32_t producer = tuff_graph_producer(s, tensor);
        const char *op = producer < 0 ? "" : s->nodes[producer].op->name;
        tensor = strcmp(op, "QUANTIZE") == 0 || strcmp(op, "DEQUANTIZE") == 0 ? s->nodes[producer].inputs[0] : -1;
    }
    return NULL;
}

static double magnitude(const tuff_meter *m) { return fmax(fabs(m->low[0]), fabs(m->high[0])); }

/* Of a concatenation's inputs: the narrowest and the widest. */
static double concat_spread(const tuff_diff_case *c, const tuff_node *n, const tuff_meter **narrow, const tuff_meter **wide) {
    *narrow = *wide = NULL;
    for (int32_t k = 0; k < n->n_inputs; k++) {
        const tuff_meter *m = meter_of(c, n->inputs[k]);
        if (!m || !(magnitude(m) > 0)) continue;
        if (!*narrow || magnitude(m) < magnitude(*narrow)) *narrow = m;
        if (!*wide || magnitude(m) > magnitude(*wide)) *wide = m;
    }
    return *narrow ? magnitude(*wide) / magnitude(*narrow) : 1;
}

/* A good SNR may be that of a few loud values alone. The integer tensor that a node reads, also through ops of one input, and whose scale is made for one of its
 * parts: NULL where there is none. */
static const tuff_meter *mixed_source(const tuff_diff_case *c, int32_t node, int depth) {
    const tuff_subgraph *s = c->subgraph[1];
    for (int32_t k = 0; node >= 0 && depth < 4 && k < s->nodes[node].n_inputs; k++) {
        const int32_t x = s->nodes[node].inputs[k];
        const tuff_meter *m = x < 0 || s->tensors[x].data ? NULL : meter_of(c, x), *narrow, *wide;
        int32_t channel;
        if (!m || m->b->node < 0) continue;
        const tuff_node *n = &s->nodes[m->b->node];
        if (m->scale > 0 && strcmp(n->op->name, "CONCATENATION") == 0 && concat_spread(c, n, &narrow, &wide) > OUTLIER) return m;
        if (m->scale > 0 && channel_spread(m, &channel) > OUTLIER) return m;
        const tuff_meter *further = n->n_inputs == 1 || strcmp(n->op->name, "RESHAPE") == 0 ? mixed_source(c, m->b->node, depth + 1) : NULL;
        if (further) return further;
    }
    return NULL;
}

/* ---- the sentence ---- */
typedef struct finding {
    tuff_cause cause;
    const char *text;
} finding;

#define SAY(cause_, ...) ((finding){cause_, tuff_arena_format(c->arena, error, __VA_ARGS__)})

static finding judge_input(const tuff_diff_case *c, const tuff_meter *m, const tuff_diff_row *row, tuff_error *error) {
    if (m->clipped_energy > 0.3 * m->errors)
        return SAY(TUFF_CAUSE_INPUT,
                   "The input '%s' holds %.4g..%.4g, but the second model's type can say %.4g..%.4g only, because its calibration data didn't reach further: "
                   "quantize again with typical samples (--data) and the first model's --input-range; or the data isn't normalized as it expects.",
                   m->a->name, m->low[0], m->high[0], m->least, m->most);
    if (m->scale > 0 && m->scale * m->scale / 12 * (double)m->count > 0.25 * m->errors)
        return SAY(TUFF_CAUSE_INPUT,
                   "The input '%s' holds %.4g..%.4g, of which steps of %.4g in the second model leave little: it was made for %.4g..%.4g, so the input isn't "
                   "normalized as it expects: tuff doctor tells the range, --input-range sets it.",
                   m->a->name, m->low[0], m->high[0], m->scale, m->least, m->most);
    return SAY(
        TUFF_CAUSE_INPUT,
        "The models see different inputs: '%s' holds %.4g..%.4g in the first and %.4g..%.4g in the second (%.1f dB), so one of them is not normalized as "
        "it was trained: tuff doctor tells which, --input-range sets it.",
        m->a->name, m->low[0], m->high[0], m->low[1], m->high[1], row->snr);
}

static finding judge_weights(const tuff_diff_case *c, const tuff_meter *m, const tuff_weights_difference *d, tuff_error *error) {
    if (d->one_scale && d->spread > OUTLIER)
        return SAY(
            TUFF_CAUSE_WEIGHT_CHANNEL,
            "The weights of '%s' have one scale for all %d channels, and the largest channel is %.0f times the median's, so little is left of the others "
            "(%.1f dB): quantize with a scale per channel, as tuff quantize does.",
            m->a->name, (int)d->channels, d->spread, d->snr);
    if (d->worst_snr < d->snr - 6)
        return SAY(
            TUFF_CAUSE_WEIGHT_CHANNEL,
            "The weights of '%s' differ, most in channel %d of %d (%.1f dB there, %.1f dB over all): a single outlier sets its scale, or the models were "
            "trained differently; --quantize float16 keeps weights nearly exact.",
            m->a->name, (int)d->worst, (int)d->channels, d->worst_snr, d->snr);
    return SAY(TUFF_CAUSE_WEIGHTS,
               "The weights of '%s' differ by far more than rounding (%.1f dB): these are not the same trained model, so convert again from the first one.",
               m->a->name, d->snr);
}

/* The error is what rounding to steps of the scale gives. */
static finding judge_scale(const tuff_diff_case *c, const tuff_meter *m, tuff_error *error) {
    const tuff_meter *narrow, *wide;
    const tuff_node *n = m->b->node < 0 ? NULL : &c->subgraph[1]->nodes[m->b->node];
    if (n && strcmp(n->op->name, "CONCATENATION") == 0 && concat_spread(c, n, &narrow, &wide) > OUTLIER)
        return SAY(
            TUFF_CAUSE_CONCAT,
            "'%s' joins '%s' (up to %.4g) with '%s' (up to %.4g) under one scale of %.4g, so of the smaller one little is left: --quantize dynamic keeps "
            "activations in float, or scale both alike before joining.",
            m->a->name, narrow->a->name, magnitude(narrow), wide->a->name, magnitude(wide), m->scale);
    int32_t channel;
    const double spread = channel_spread(m, &channel);
    if (spread > OUTLIER && magnitude(m) > 0.25 * fmax(fabs(m->least), fabs(m->most)))
        return SAY(TUFF_CAUSE_CHANNEL,
                   "In '%s' channel %d reaches %.4g, %.0f times what the others do, and sets the scale for all: --calibration percentile or mse clips it, "
                   "--quantize dynamic keeps activations in float.",
                   m->a->name, (int)channel, (double)m->channel_largest[channel], spread);
    const double room = (m->most - m->least) / fmax(m->high[0] - m->low[0], 1e-30);
    return SAY(TUFF_CAUSE_COARSE, "'%s' has steps of %.4g for values of mostly %.4g: its range %.4g..%.4g %s, so %s.", m->a->name, m->scale,
               sqrt(m->aa / (double)m->count), m->least, m->most,
               room > 2 ? "was calibrated on something much larger than this data" : "is set by a few large values",
               room > 2 ? "calibrate with typical samples (--data), or with --calibration percentile or mse, which leave outliers out"
                        : "calibrate with --calibration percentile or mse, which clip them");
}

static finding judge(const tuff_diff_case *c, int32_t k, tuff_error *error) {
    const tuff_meter *m = &c->meters[k];
    const tuff_diff_row *row = &c->result->rows[k];
    if (m->b->node < 0) return judge_input(c, m, row, error);
    if (m->clipped_energy > 0.3 * m->errors)
        return SAY(TUFF_CAUSE_CLIPPED,
                   "'%s' is saturated: its values run %.4g..%.4g, its type can say %.4g..%.4g only, and %.1f %% of them are cut off, because the calibration "
                   "data didn't reach that far: quantize again with --data that is typical%s.",
                   m->a->name, m->low[0], m->high[0], m->least, m->most, 100 * row->saturated,
                   row->saturated < 0.01 ? " and --calibration minmax, which cuts nothing off" : " of what the model will see");
    const tuff_weights_difference d = compare_weights(c, m);
    if (d.known && d.snr < fmin(row->snr + 6, 30)) return judge_weights(c, m, &d, error);
    if (m->scale > 0 && m->scale * m->scale / 12 * (double)m->count > 0.25 * m->errors) return judge_scale(c, m, error);
    const tuff_meter *source = mixed_source(c, m->b->node, 0);
    if (source) return judge_scale(c, source, error);
    return SAY(TUFF_CAUSE_OTHER, "'%s' (%s) loses %.1f dB though its input, weights and range are good: %s.", m->a->name, row->op,
               fmin(row->inputs_snr, 100) - row->snr,
               m->scale > 0 ? "its op is sensitive to small errors of its input; --quantize dynamic or float16 keeps it in float"
                            : "the models compute something else there; compare its options with tuff inspect");
}

static finding all_is_well(const tuff_diff_case *c, tuff_error *error) {
    const tuff_diff_result *r = c->result;
    const tuff_diff_row *least = &r->rows[0];
    for (int32_t k = 1; k < r->count; k++)
        if (r->rows[k].snr < least->snr) least = &r->rows[k];
    if (isinf(least->snr)) return SAY(TUFF_CAUSE_NONE, "All %d tensors have the same values in both models.", (int)r->count);
    if (least->snr > 90)
        return SAY(TUFF_CAUSE_NONE, "Nothing goes wrong: the models compute the same up to float rounding (%.0f dB at '%s').", least->snr, least->side[0].name);
    return SAY(TUFF_CAUSE_NONE, "Nothing goes wrong: no layer stands out, and the largest error, %.1f dB at '%s', is what rounding adds up to.", least->snr,
               least->side[0].name);
}

tuff_status tuff_diff_conclude(tuff_diff_case *c, tuff_error *error) {
    c->result->first_wrong = find_first_wrong(c->result);
    const finding f = c->result->first_wrong < 0 ? all_is_well(c, error) : judge(c, c->result->first_wrong, error);
    c->result->cause = f.cause;
    c->result->conclusion = f.text;
    return f.text ? TUFF_OK : TUFF_ERR_MEMORY;
}
