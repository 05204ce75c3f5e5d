/* Trained models to .tflite: import, passes, recipe, save.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_CONVERT_H
#define TUFF_CONVERT_H

#include "tuff/tuff.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A model that can still be changed. Owned; freed with tuff_graph_free. */
typedef struct tuff_graph tuff_graph;

/* One line of what was done, for the user ("folded 3 BATCH_NORMALIZATION into CONV_2D"). */
typedef struct tuff_report {
    void (*line)(void *context, const char *text);
    void *context;
} tuff_report;

/* Reads .keras, .h5/.hdf5 (by content, not by name) or .tflite. report may be NULL. */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_load(const char *path, const tuff_report *report, tuff_graph **graph, tuff_error *error);
TUFF_API void tuff_graph_free(tuff_graph *graph);
/* Runs all passes of passes.def to the end (each exact as its file states). */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_optimize(tuff_graph *graph, const tuff_report *report, tuff_error *error);
/* Puts the recipe of input 0 and the labels of output 0 (may be NULL) into the model; recipe NULL keeps the recipe.
 * Errors: DATA (not as many labels as a classifier has classes). */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_describe(tuff_graph *graph, const tuff_recipe *recipe, const char *const *labels, int32_t label_count,
                                                       tuff_error *error);
/* The recipe that the graph carries or that follows from its first ops (Rescaling, Normalization). */
TUFF_API tuff_recipe tuff_graph_recipe(const tuff_graph *graph);
/* Writes a .tflite: complete or not at all (a temporary file, then rename; a target that is no regular file is written directly). "-" is stdout. */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_save(const tuff_graph *graph, const char *path, size_t *bytes, tuff_error *error);
/* The same as a model to run, held in memory. */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_model(const tuff_graph *graph, tuff_model **model, size_t *bytes, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
