/* Two models' differences as a page.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kit/eval/html.h"

static const double HIGHEST = 60, POOR = 20; /* decibels: the top of the graph; where answers begin to change */

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

static void put_decibels(tuff_html *h, double snr) {
    if (isinf(snr) && snr > 0) tuff_html_put(h, "equal");
    else tuff_html_put(h, "%.1f dB", clamp(snr, -99, 999));
}

static void put_tiles(tuff_html *h, const tuff_diff_result *r, const tuff_page_names *names) {
    const int d = r->n >= 2000 ? 2 : 1;
    char figure[64], remark[400];
    if (!r->classified) return;
    tuff_html_put(h, "<div class=\"tiles\">\n");
    for (int m = 0; m < 2 && r->labelled; m++) {
        const tuff_interval i = tuff_wilson(r->right[m], r->n);
        snprintf(figure, sizeof figure, "%.*f %%", d, 100 * (double)r->right[m] / (double)r->n);
        snprintf(remark, sizeof remark, "%.*f..%.*f, %.200s", d, 100 * i.low, d, 100 * i.high, m ? names->other : names->model);
        tuff_html_tile(h, m ? "Accuracy, second" : "Accuracy, first", figure, remark);
    }
    snprintf(figure, sizeof figure, "%.*f %%", d, 100 * (double)r->agree / (double)r->n);
    snprintf(remark, sizeof remark, "same class for %lld of %lld samples", (long long)r->agree, (long long)r->n);
    tuff_html_tile(h, "Agreement", figure, remark);
    tuff_html_put(h, "</div>\n");
}

/* ---- the error along the layers ---- */
static void put_graph(tuff_html *h, const tuff_diff_result *r) {
    enum { LEFT = 54, TOP = 14, WIDTH = 900, HEIGHT = 250, PLOT = 196 };
    const double right = WIDTH - 16, step = r->count > 1 ? (right - LEFT - 20) / (r->count - 1) : 0;
    tuff_html_section(
        h, "Error along the layers",
        "Signal to noise of each tensor of the second model, the first being the signal; in the order of computation. 20 dB is an error of a tenth: below it "
        "answers change.");
    tuff_html_put(h, "<div class=\"wide\"><svg viewBox=\"0 0 %d %d\" style=\"min-width:600px\" role=\"img\" aria-label=\"signal to noise per layer\">\n", WIDTH,
                  HEIGHT);
    tuff_html_put(h, "<rect x=\"%d\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"var(--bad-soft)\"/>\n", LEFT, TOP + PLOT * (1 - POOR / HIGHEST),
                  right - LEFT, PLOT * POOR / HIGHEST);
    for (int k = 0; k <= 3; k++)
        tuff_html_put(h, "<path d=\"M%d %dh%.1f\" stroke=\"var(--line)\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d dB</text>\n", LEFT,
                      TOP + PLOT - PLOT * k / 3, right - LEFT, LEFT - 6, TOP + PLOT - PLOT * k / 3 + 4, 20 * k);
    tuff_html_put(h, "<polyline fill=\"none\" stroke=\"var(--one)\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"");
    for (int32_t k = 0; k < r->count; k++) tuff_html_put(h, "%.1f,%.1f ", LEFT + 10 + step * k, TOP + PLOT * (1 - clamp(r->rows[k].snr, 0, HIGHEST) / HIGHEST));
    tuff_html_put(h, "\"/>\n");
    for (int32_t k = 0; k < r->count; k++) {
        const tuff_diff_row *row = &r->rows[k];
        const double x = LEFT + 10 + step * k, y = TOP + PLOT * (1 - clamp(row->snr, 0, HIGHEST) / HIGHEST);
        const bool first = k == r->first_wrong;
        tuff_html_put(h, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%s\" fill=\"var(%s)\" stroke=\"var(--card)\" stroke-width=\"1.5\"><title>", x, y,
                      first ? "7" : "4.5", row->snr < POOR ? "--bad" : "--one");
        tuff_html_text(h, row->side[0].name);
        tuff_html_put(h, ": ");
        put_decibels(h, row->snr);
        tuff_html_put(h, "</title></circle>\n");
        if (r->count <= 24 || k % (r->count / 12) == 0)
            tuff_html_put(h, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>\n", x, TOP + PLOT + 20, (int)k + 1);
        if (!first) continue;
        tuff_html_put(h, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" style=\"fill:var(--bad);font-weight:600\">", x + (x < WIDTH / 2 ? 13 : -13),
                      y > 30 ? y - 10 : y + 16, x < WIDTH / 2 ? "start" : "end");
        tuff_html_text(h, row->side[0].name);
        tuff_html_put(h, "</text>\n");
    }
    tuff_html_put(h, "</svg></div>\n");
}

/* What is nothing beside the other end is 0. */
static void put_range(tuff_html *h, const tuff_diff_side *side) {
    const double size = fmax(fabs(side->low), fabs(side->high)) * 1e-6;
    tuff_html_put(h, "</td><td class=\"num\">%.4g..%.4g", fabs(side->low) < size ? 0 : side->low, fabs(side->high) < size ? 0 : side->high);
}

static void put_rows(tuff_html *h, const tuff_diff_result *r) {
    tuff_html_put(
        h, "<div class=\"wide\"><table class=\"rows\"><tr><th>#</th><th>tensor</th><th>op</th><th>SNR</th><th class=\"num\">largest error</th>"
           "<th class=\"num\">cosine</th><th class=\"num\">cut off</th><th class=\"num\">first's range</th><th class=\"num\">second's range</th></tr>\n");
    for (int32_t k = 0; k < r->count; k++) {
        const tuff_diff_row *row = &r->rows[k];
        tuff_html_put(h, "<tr%s><td class=\"dim\">%d</td><td class=\"name\">", k == r->first_wrong ? " class=\"bad\"" : "", (int)k + 1);
        tuff_html_text(h, row->side[0].name);
        tuff_html_put(h, "</td><td>");
        tuff_html_text(h, row->op);
        tuff_html_put(h, "</td><td><span class=\"bar%s\" style=\"width:%.0fpx\"></span>", row->snr < POOR ? " bad" : "",
                      2 + 78 * clamp(row->snr, 0, HIGHEST) / HIGHEST);
        put_decibels(h, row->snr);
        tuff_html_put(h, "</td><td class=\"num\">%.4g</td><td class=\"num\">%.5f</td><td class=\"num\">", row->largest, row->cosine);
        if (row->side[1].scale > 0) tuff_html_put(h, "%.2f %%", 100 * row->saturated);
        for (int m = 0; m < 2; m++) put_range(h, &row->side[m]);
        tuff_html_put(h, "</td></tr>\n");
    }
    tuff_html_put(h, "</table></div></section>\n");
}

/* ---- histograms ---- */
/* Roots of counts: ReLU's zeros would hide all the rest. */
static void put_histogram(tuff_html *h, const tuff_diff_row *row) {
    enum { WIDTH = 300, HEIGHT = 128, PLOT = 104 };
    uint32_t most = 1;
    for (int m = 0; m < 2; m++)
        for (int k = 0; k < TUFF_HISTOGRAM_BARS; k++)
            if (row->side[m].bars[k] > most) most = row->side[m].bars[k];
    const double bar = (double)WIDTH / TUFF_HISTOGRAM_BARS, scale = PLOT / sqrt((double)most);
    tuff_html_put(h, "<figure><svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"histogram\"><path d=\"M0 %dh%d\" stroke=\"var(--line)\"/>\n", WIDTH, HEIGHT,
                  PLOT, WIDTH);
    tuff_html_put(h, "<path fill=\"var(--one)\" opacity=\".5\" d=\"");
    for (int k = 0; k < TUFF_HISTOGRAM_BARS; k++) {
        const double height = sqrt((double)row->side[0].bars[k]) * scale;
        if (height > 0) tuff_html_put(h, "M%.1f %dh%.1fv-%.1fh-%.1fz", k * bar, PLOT, bar, height, bar);
    }
    tuff_html_put(h, "\"/>\n<path fill=\"none\" stroke=\"var(--two)\" stroke-width=\"1.6\" d=\"M0 %d", PLOT);
    for (int k = 0; k < TUFF_HISTOGRAM_BARS; k++) tuff_html_put(h, "V%.1fH%.1f", PLOT - sqrt((double)row->side[1].bars[k]) * scale, (k + 1) * bar);
    tuff_html_put(h, "V%d\"/>\n<text x=\"0\" y=\"%d\">%.4g</text><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.4g</text></svg><figcaption><b>", PLOT,
                  HEIGHT - 6, row->bars_low, WIDTH, HEIGHT - 6, row->bars_high);
    tuff_html_text(h, row->side[0].name);
    tuff_html_put(h, "</b> <small>");
    put_decibels(h, row->snr);
    tuff_html_put(h, "</small></figcaption></figure>\n");
}

/* The first that goes wrong, then the rest by SNR. */
static bool ahead(const tuff_diff_result *r, int32_t a, int32_t b) {
    if (a == r->first_wrong || b == r->first_wrong) return a == r->first_wrong;
    return r->rows[a].snr < r->rows[b].snr;
}

static void put_histograms(tuff_html *h, const tuff_diff_result *r) {
    enum { SHOWN = 6 };
    int32_t worst[SHOWN], count = 0;
    for (int32_t k = 0; k < r->count; k++) {
        int32_t at = count;
        while (at > 0 && ahead(r, k, worst[at - 1])) at--;
        if (at == SHOWN) continue;
        if (count < SHOWN) count++;
        memmove(&worst[at + 1], &worst[at], (size_t)(count - at - 1) * sizeof *worst);
        worst[at] = k;
    }
    tuff_html_section(h, "Values of the worst tensors", "How often each value occurs; heights are square roots of counts, so that rare values can be seen.");
    tuff_html_put(
        h,
        "<p class=\"note key\"><i style=\"background:var(--one);opacity:.5\"></i>first<i style=\"background:var(--two)\"></i>second</p><div class=\"grid\">\n");
    for (int32_t k = 0; k < count; k++) put_histogram(h, &r->rows[worst[k]]);
    tuff_html_put(h, "</div></section>\n");
}

/* ---- samples ---- */
static void put_answer(tuff_html *h, const tuff_page_names *names, const tuff_kept_sample *s, int m) {
    tuff_html_put(h, "%s <b%s>", m ? "<br>second" : "first", s->label < 0 ? "" : s->predicted[m] == s->label ? " class=\"right\"" : " class=\"wrong\"");
    tuff_html_class(h, names, s->predicted[m]);
    tuff_html_put(h, "</b>");
}

static void put_samples(tuff_html *h, const tuff_diff_result *r, const tuff_page_names *names) {
    tuff_html_section(h, "The worst samples", "First those whose answer changed, then by the error of the output.");
    tuff_html_put(h, "<div class=\"samples\">\n");
    for (int32_t k = 0; k < r->n_worst; k++) {
        const tuff_kept_sample *s = &r->worst[k];
        tuff_html_put(h, "<figure>");
        tuff_html_picture(h, s);
        tuff_html_put(h, "<figcaption>");
        for (int m = 0; m < 2 && r->classified; m++) put_answer(h, names, s, m);
        tuff_html_put(h, "<br><small>");
        put_decibels(h, s->score);
        tuff_html_put(h, ", </small>");
        tuff_html_sample(h, s);
        tuff_html_put(h, "</figcaption></figure>\n");
    }
    tuff_html_put(h, "</div></section>\n");
}

tuff_status tuff_diff_page(const tuff_diff_result *result, const tuff_page_names *names, const char *path, tuff_error *error) {
    tuff_html h = {.error = error};
    char title[600];
    snprintf(title, sizeof title, "%.280s against %.280s", names->other, names->model);
    tuff_html_begin(&h, title);
    tuff_html_put(&h, "<h1>");
    tuff_html_text(&h, title);
    tuff_html_put(&h, "</h1><p class=\"dim\">");
    tuff_html_text(&h, names->data);
    tuff_html_put(&h, "</p>\n<section class=\"verdict%s\"><h2>Verdict</h2><p>", result->first_wrong < 0 ? "" : " bad");
    tuff_html_text(&h, result->conclusion);
    tuff_html_put(&h, "</p></section>\n");
    put_tiles(&h, result, names);
    put_graph(&h, result);
    put_rows(&h, result);
    put_histograms(&h, result);
    if (result->confusion) {
        tuff_html_section(&h, "Classes", NULL);
        tuff_html_matrix(&h, names, result->confusion, result->classes, "what the first model says", "what the second says");
        tuff_html_put(&h, "</section>\n");
    }
    put_samples(&h, result, names);
    return tuff_html_end(&h, path);
}
