/* Results as a page for a browser: one file that needs nothing else.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_PAGE_H
#define TUFF_PAGE_H

#include "tuff/diff.h"
#include "tuff/eval.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What the results don't know: how things are called. */
typedef struct tuff_page_names {
    const char *model, *other;   /* files; other: the second of diff, NULL for eval */
    const char *data;            /* tuff_dataset_about */
    const tuff_model *labels;    /* names of classes; NULL: none */
    const tuff_dataset *dataset; /* names of classes where the model has none; NULL: none */
} tuff_page_names;

/* Accuracy, reliability, confusion, the worst mistakes. Needs labels. Written complete or not at all. Errors: DATA (no labels), IO, MEMORY. */
TUFF_API TUFF_MUST_USE tuff_status tuff_eval_page(const tuff_eval_result *result, const tuff_page_names *names, const char *path, tuff_error *error);
/* The verdict, the error along the layers, histograms of the worst tensors, classes, the worst samples. */
TUFF_API TUFF_MUST_USE tuff_status tuff_diff_page(const tuff_diff_result *result, const tuff_page_names *names, const char *path, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
