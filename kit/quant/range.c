/* Ranges of activations: histograms, four ways to choose, scale and zero point.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A wide range costs resolution, a narrow one clips. The four methods weigh that differently, over what was seen:
 *   minmax      clips nothing: one outlier sets everybody's step
 *   percentile  leaves out 0.01 % of the values at either end
 *   mse         the ends for which the mean of (x - quantized x)^2 is least, searched one end after the other
 *   entropy     the symmetric clip for which the quantized distribution tells most of the original (least Kullback-Leibler divergence), as
 *               TensorRT does it on magnitudes: 16 bins to a step for the whole range, fewer for a narrower one; here on both signs with all 256 steps, so
 *               that it fits activations that are never negative as well. It clips one value in a thousand at the most: where values pile up on a few points (a
 *               flat background behind a convolution), the divergence would fall with every finer step, and most of the picture be clipped
 * The scale is (max - min) / 255 over a range widened to hold 0, the zero point is nudged to an integer, as TensorFlow's converter does.
 */
#include <math.h>
#include <string.h>

#include "base/fixed_point.h"
#include "kit/quant/quant.h"

enum { BINS = TUFF_HISTOGRAM_BINS, LEVELS = 256, MOST_CLIPPED = 1000 }; /* entropy clips one value in MOST_CLIPPED, no more */

tuff_range tuff_range_join(tuff_range a, tuff_range b) {
    if (tuff_range_empty(a)) return b;
    if (tuff_range_empty(b)) return a;
    return (tuff_range){a.low < b.low ? a.low : b.low, a.high > b.high ? a.high : b.high};
}

/* ---- scale and zero point ---- */

static tuff_range with_zero(tuff_range r) { return tuff_range_empty(r) ? (tuff_range){0.0, 0.0} : tuff_range_join(r, (tuff_range){0.0, 0.0}); }

tuff_affine tuff_affine_from(tuff_range range) {
    const tuff_range r = with_zero(range);
    const double step = (r.high - r.low) / 255.0;
    if (!((float)step > 0.0f)) return (tuff_affine){1.0f, INT8_MIN};
    /* each end gives a zero point; the one that is computed with less cancellation */
    const double from_low = INT8_MIN - r.low / step, from_high = INT8_MAX - r.high / step;
    const bool low_is_better = 128.0 + fabs(r.low / step) < 127.0 + fabs(r.high / step);
    return (tuff_affine){(float)step, tuff_clamp(tuff_round_s32(low_is_better ? from_low : from_high), INT8_MIN, INT8_MAX)};
}

tuff_range tuff_affine_range(tuff_affine a) { return (tuff_range){(double)a.scale * (INT8_MIN - a.zero), (double)a.scale * (INT8_MAX - a.zero)}; }

/* ---- histogram ---- */

void tuff_histogram_add(tuff_histogram *h, const float *values, size_t count) {
    const double low = h->range.low, per_unit = BINS / (h->range.high - low);
    if (!(h->range.high > low)) return;
    for (size_t k = 0; k < count; k++) {
        if (values[k] == 0.0f) continue;
        const double at = ((double)values[k] - low) * per_unit;
        h->bins[at < 0.0 ? 0 : at >= BINS ? BINS - 1 : (int)at]++;
        h->count++;
    }
}

static double edge(const tuff_histogram *h, int bin) { return h->range.low + (h->range.high - h->range.low) * bin / BINS; }

static tuff_range percentile(const tuff_histogram *h) {
    const double outside = 1e-4 * (double)h->count;
    int low = 0, high = BINS - 1;
    for (double seen = h->bins[low]; low < high && seen <= outside; seen += h->bins[low]) low++;
    for (double seen = h->bins[high]; high > low && seen <= outside; seen += h->bins[high]) high--;
    return (tuff_range){edge(h, low), edge(h, high + 1)};
}

/* ---- mse ---- */

static double squared_error(const tuff_histogram *h, tuff_range r) {
    const tuff_affine a = tuff_affine_from(r);
    double sum = 0.0;
    for (int k = 0; k < BINS; k++) {
        if (h->bins[k] == 0) continue;
        const double x = 0.5 * (edge(h, k) + edge(h, k + 1));
        const double q = floor(x / a.scale + 0.5) + a.zero;
        const double error = x - (double)a.scale * ((q < INT8_MIN ? INT8_MIN : q > INT8_MAX ? INT8_MAX : q) - a.zero);
        sum += error * error * h->bins[k];
    }
    return sum;
}

/* The end *end of r, drawn in by steps of 1 % as far as 1/5: where the error is least. */
static void draw_in(const tuff_histogram *h, tuff_range *r, double *end, double full) {
    double best = squared_error(h, *r), best_end = *end;
    for (int percent = 100; percent >= 20; percent--) {
        *end = full * percent / 100.0;
        const double error = squared_error(h, *r);
        if (error < best) best = error, best_end = *end;
    }
    *end = best_end;
}

static tuff_range least_squares(const tuff_histogram *h) {
    const tuff_range full = with_zero(h->range);
    tuff_range r = full;
    for (int round = 0; round < 2; round++) {
        if (full.high > 0.0) draw_in(h, &r, &r.high, full.high);
        if (full.low < 0.0) draw_in(h, &r, &r.low, full.low);
    }
    return r;
}

/* ---- entropy ---- */

/* Bins first .. end-1, what lies outside moved to the border bins: p. The same without what lies outside, merged into LEVELS steps and spread again
 * over the bins of each step that p fills: q. The sum of p log(p / q), both normed. */
static double divergence(const tuff_histogram *h, int first, int end) {
    double below = 0.0, above = 0.0, inside = 0.0, sum = 0.0;
    for (int k = 0; k < first; k++) below += h->bins[k];
    for (int k = end; k < BINS; k++) above += h->bins[k];
    for (int k = first; k < end; k++) inside += h->bins[k];
    const double total = below + inside + above;
    if (inside == 0.0) return INFINITY;
    for (int step = 0; step < LEVELS; step++) {
        const int from = first + (int)((int64_t)(end - first) * step / LEVELS), to = first + (int)((int64_t)(end - first) * (step + 1) / LEVELS);
        double mass = 0.0;
        int filled = 0;
        for (int k = from; k < to; k++) {
            mass += h->bins[k];
            filled += h->bins[k] != 0 || (k == first && below > 0.0) || (k == end - 1 && above > 0.0);
        }
        for (int k = from; k < to; k++) {
            const double p = (h->bins[k] + (k == first ? below : 0.0) + (k == end - 1 ? above : 0.0)) / total;
            const double q = filled ? mass / filled / inside : 0.0;
            /* an empty border step that takes what was clipped: no finite divergence; a tenth of a count stands for it */
            if (p > 0.0) sum += p * log(p / (q > 0.0 ? q : 0.1 / total));
        }
    }
    return sum;
}

static int bin_of(const tuff_histogram *h, double x) {
    const double at = (x - h->range.low) / (h->range.high - h->range.low) * BINS;
    return at < 0.0 ? 0 : at > BINS ? BINS : (int)(at + 0.5);
}

static uint64_t outside(const tuff_histogram *h, int first, int end) {
    uint64_t sum = 0;
    for (int k = 0; k < first; k++) sum += h->bins[k];
    for (int k = end; k < BINS; k++) sum += h->bins[k];
    return sum;
}

static tuff_range most_informative(const tuff_histogram *h) {
    const double low = h->range.low, high = h->range.high, most = fmax(fabs(low), fabs(high));
    tuff_range best_range = h->range;
    double best = INFINITY;
    for (int part = BINS; part >= 2 * LEVELS; part -= 16) {
        const double clip = most * part / BINS;
        const int first = bin_of(h, fmax(low, -clip)), end = bin_of(h, fmin(high, clip));
        if (end - first < LEVELS || outside(h, first, end) * MOST_CLIPPED > h->count) break;
        const double d = divergence(h, first, end);
        if (d < best) best = d, best_range = (tuff_range){edge(h, first), edge(h, end)};
    }
    return best_range;
}

tuff_range tuff_range_choose(const tuff_histogram *h, tuff_calibration method) {
    if (h->count == 0 || !(h->range.high > h->range.low)) return h->range;
    switch (method) {
    case TUFF_CALIBRATE_MINMAX: return h->range;
    case TUFF_CALIBRATE_PERCENTILE: return percentile(h);
    case TUFF_CALIBRATE_MSE: return least_squares(h);
    case TUFF_CALIBRATE_ENTROPY: return most_informative(h);
    }
    return h->range;
}
