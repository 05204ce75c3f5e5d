/* How accuracies and comparisons read, wherever they are printed.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_REPORT_H
#define CLI_REPORT_H

#include "cli/json.h"
#include "tuff/eval.h"

/* "accuracy   98.47 % (98.21..98.69, 95 % interval), 9,847 of 10,000" and `more` */
void cli_accuracy_line(FILE *out, const char *word, int64_t hits, int64_t n, const char *more);
/* Agreement; with labels the other's accuracy and McNemar's test. */
void cli_comparison_lines(FILE *out, const tuff_eval_result *r, const char *other_name);
/* "accuracy": 0.9847, "interval": [0.9821, 0.9869] */
void json_accuracy(cli_json *j, const char *key, int64_t hits, int64_t n);

#endif
