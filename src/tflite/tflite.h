/* .tflite <-> graph, and the recipe in its metadata.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_TFLITE_H
#define TUFF_TFLITE_TFLITE_H

#include "graph/graph.h"
#include "tuff/tuff.h"

/* Verifies and reads a whole file. Constants point into `bytes` (copied where misaligned for their type). Unknown builtin codes and custom ops
 * become nodes with a record made in the arena (no variants), so that everything can be shown and written back; planning refuses them by name. */
tuff_status tuff_tflite_read(const void *bytes, size_t count, tuff_arena *arena, tuff_graph **graph, tuff_error *error) TUFF_MUST_USE;

/* Writes: sets each node's version to the lowest that expresses it when `choose_versions`, else keeps node->version.
 * *bytes is allocated with `a`; associated files are appended as stored zip entries. Files over 2 GB: buffers behind the FlatBuffer. */
tuff_status tuff_tflite_write(const tuff_graph *graph, bool choose_versions, const tuff_allocator *a, uint8_t **bytes, size_t *count,
                              tuff_error *error) TUFF_MUST_USE;
/* The lowest version of the node's op that expresses it; 0 where no variant has its types, or operands are missing. */
int32_t tuff_tflite_version(const tuff_subgraph *s, const tuff_node *n);

/* Recipe and labels from TFLITE_METADATA (anyone's), for graph input / output k of the main graph. Missing or unreadable metadata: present = false. */
tuff_status tuff_tflite_read_recipe(const tuff_graph *graph, int32_t input, tuff_recipe *recipe, tuff_error *error);
tuff_status tuff_tflite_read_labels(const tuff_graph *graph, int32_t output, tuff_arena *arena, const char *const **labels, int32_t *count, tuff_error *error);
/* Writes them (labels may be NULL) as standard TFLite Metadata with an associated file labels.txt: replaces what was there. */
tuff_status tuff_tflite_write_recipe(tuff_graph *graph, const tuff_recipe *recipe, const char *const *labels, int32_t count, tuff_error *error);

#endif
