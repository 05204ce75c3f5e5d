/* Accuracy as a page.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kit/eval/html.h"

static int digits(int64_t n) { return n >= 2000 ? 2 : 1; }

static void put_tiles(tuff_html *h, const tuff_eval_result *r) {
    const tuff_interval i = tuff_wilson(r->right, r->n);
    const int d = digits(r->n);
    char figure[64], remark[160];
    tuff_html_put(h, "<div class=\"tiles\">\n");
    snprintf(figure, sizeof figure, "%.*f %%", d, 100 * (double)r->right / (double)r->n);
    snprintf(remark, sizeof remark, "%.*f..%.*f with 95 %% certainty", d, 100 * i.low, d, 100 * i.high);
    tuff_html_tile(h, "Accuracy", figure, remark);
    snprintf(figure, sizeof figure, "%lld", (long long)(r->n - r->right));
    snprintf(remark, sizeof remark, "of %lld samples, %d classes", (long long)r->n, (int)r->classes);
    tuff_html_tile(h, "Mistakes", figure, remark);
    snprintf(figure, sizeof figure, "%.1f %%", 100 * r->calibration_error);
    tuff_html_tile(h, "Calibration error", figure, "how far its certainty is from its accuracy, on average (ECE)");
    tuff_html_put(h, "</div>\n");
}

/* Certainty to the right, accuracy up: what is honest lies on the diagonal. */
static void put_reliability(tuff_html *h, const tuff_eval_result *r) {
    enum { LEFT = 44, TOP = 12, SIDE = 280, WIDTH = 360, HEIGHT = 336 };
    tuff_html_section(
        h, "Reliability",
        "How often the model is right where it is this certain. Bars on the dashed line are honest; below it the model is too sure of itself, above it not "
        "sure enough. Pale bars stand for fewer than 10 samples.");
    tuff_html_put(h, "<div class=\"pair\"><svg viewBox=\"0 0 %d %d\" style=\"max-width:420px\" role=\"img\" aria-label=\"reliability curve\">\n", WIDTH,
                  HEIGHT);
    for (int k = 0; k <= 4; k++) {
        const int y = TOP + SIDE - SIDE * k / 4, x = LEFT + SIDE * k / 4;
        tuff_html_put(h, "<path d=\"M%d %dh%d\" stroke=\"var(--line)\"/><text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d%%</text>", LEFT, y, SIDE, LEFT - 6,
                      y + 4, 25 * k);
        tuff_html_put(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d%%</text>\n", x, TOP + SIDE + 18, 25 * k);
    }
    for (int k = 0; k < TUFF_RELIABILITY_BINS; k++) {
        const tuff_reliability *b = &r->reliability[k];
        if (!b->n) continue;
        const double share = (double)b->right / (double)b->n, height = share * SIDE;
        tuff_html_put(
            h,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"3\" fill=\"var(--one)\" opacity=\"%s\"><title>certainty %.1f %%: right for "
            "%lld of %lld, %.1f %%</title></rect>\n",
            LEFT + SIDE * k / 10.0 + 2, TOP + SIDE - height, SIDE / 10.0 - 4, height > 1 ? height : 1, b->n < 10 ? ".35" : ".9", 100 * b->confidence,
            (long long)b->right, (long long)b->n, 100 * share);
    }
    tuff_html_put(h, "<path d=\"M%d %dL%d %d\" stroke=\"var(--dim)\" stroke-dasharray=\"5 5\" stroke-width=\"1.5\"/>\n", LEFT, TOP + SIDE, LEFT + SIDE, TOP);
    tuff_html_put(h, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">certainty of the answer</text></svg>\n", LEFT + SIDE / 2, HEIGHT - 6);
    tuff_html_put(h, "<div class=\"wide\"><table class=\"rows\"><tr><th>certainty</th><th class=\"num\">samples</th><th class=\"num\">mean certainty</th>"
                     "<th class=\"num\">accuracy</th></tr>\n");
    for (int k = 0; k < TUFF_RELIABILITY_BINS; k++) {
        const tuff_reliability *b = &r->reliability[k];
        if (b->n)
            tuff_html_put(h, "<tr><td>%d..%d %%</td><td class=\"num\">%lld</td><td class=\"num\">%.1f %%</td><td class=\"num\">%.1f %%</td></tr>\n", 10 * k,
                          10 * k + 10, (long long)b->n, 100 * b->confidence, 100 * (double)b->right / (double)b->n);
    }
    tuff_html_put(h, "</table></div></div></section>\n");
}

static void put_mistakes(tuff_html *h, const tuff_eval_result *r, const tuff_page_names *names) {
    if (!r->n_mistakes) return;
    tuff_html_section(h, "The worst mistakes",
                      "Wrong answers that the model was most certain of. Look for wrong labels, and for kinds of samples that training lacked.");
    tuff_html_put(h, "<div class=\"samples\">\n");
    for (int32_t k = 0; k < r->n_mistakes; k++) {
        const tuff_kept_sample *s = &r->mistakes[k];
        tuff_html_put(h, "<figure>");
        tuff_html_picture(h, s);
        tuff_html_put(h, "<figcaption><b class=\"wrong\">");
        tuff_html_class(h, names, s->predicted[0]);
        tuff_html_put(h, "</b> %.0f %%<br>label <b>", 100 * s->score);
        tuff_html_class(h, names, s->label);
        tuff_html_put(h, "</b><br>");
        tuff_html_sample(h, s);
        tuff_html_put(h, "</figcaption></figure>\n");
    }
    tuff_html_put(h, "</div></section>\n");
}

tuff_status tuff_eval_page(const tuff_eval_result *result, const tuff_page_names *names, const char *path, tuff_error *error) {
    if (!result->labelled || result->n < 1) return tuff_fail(error, TUFF_ERR_DATA, "%s: no labels: a page on accuracy needs them", names->data);
    tuff_html h = {.error = error};
    tuff_html_begin(&h, names->model);
    tuff_html_put(&h, "<h1>");
    tuff_html_text(&h, names->model);
    tuff_html_put(&h, "</h1><p class=\"dim\">");
    tuff_html_text(&h, names->data);
    tuff_html_put(&h, "</p>\n");
    put_tiles(&h, result);
    if (result->confusion) {
        tuff_html_section(&h, "Confusion", NULL);
        tuff_html_matrix(&h, names, result->confusion, result->classes, "the label", "what the model says");
        tuff_html_put(&h, "</section>\n");
    }
    put_mistakes(&h, result, names);
    put_reliability(&h, result);
    return tuff_html_end(&h, path);
}
