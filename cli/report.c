/* How accuracies and comparisons read.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/report.h"

#include "cli/cli.h"

static int digits(int64_t n) { return n >= 2000 ? 2 : 1; }

void cli_accuracy_line(FILE *out, const char *word, int64_t hits, int64_t n, const char *more) {
    const tuff_interval i = tuff_wilson(hits, n);
    const int d = digits(n);
    cli_line(out, word, "%.*f %% (%.*f..%.*f, 95 %% interval), %s of %s%s", d, 100 * (double)hits / (double)n, d, 100 * i.low, d, 100 * i.high, cli_group(hits),
             cli_group(n), more);
}

void cli_comparison_lines(FILE *out, const tuff_eval_result *r, const char *other_name) {
    const int d = digits(r->n);
    cli_line(out, "agreement", "%.*f %% with %s, %s of %s", d, 100 * (double)r->agree / (double)r->n, other_name, cli_group(r->agree), cli_group(r->n));
    if (!r->labelled) return;
    cli_line(out, "", "%s %.*f %%; right only here %s, only there %s; McNemar p = %.2g: %s", other_name, d, 100 * (double)r->other_right / (double)r->n,
             cli_group(r->only_this_right), cli_group(r->only_other_right), r->p_value,
             r->p_value < 0.05 ? (r->only_this_right > r->only_other_right ? "this one is better" : "the other is better") : "no difference beyond chance");
}

void json_accuracy(cli_json *j, const char *key, int64_t hits, int64_t n) {
    const tuff_interval i = tuff_wilson(hits, n);
    json_number(j, key, (double)hits / (double)n);
    json_row(j, "interval");
    json_number(j, NULL, i.low);
    json_number(j, NULL, i.high);
    json_end_row(j);
}
