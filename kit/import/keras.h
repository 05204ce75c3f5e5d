/* Keras models -> graph.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IMPORT_KERAS_H
#define TUFF_KIT_IMPORT_KERAS_H

#include "graph/graph.h"
#include "kit/io/file.h"
#include "tuff/convert.h"

/* Each makes a graph in `arena` and copies what it needs. Errors name the layer, not the file: the caller puts the file's name in front. report (or NULL) hears of
 * options that are left out. */

/* A .keras file: the bytes of a zip, taken over. */
tuff_status tuff_keras_read_zip(tuff_buffer *bytes, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) TUFF_MUST_USE;
/* The same, unpacked into a folder. */
tuff_status tuff_keras_read_folder(const char *path, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) TUFF_MUST_USE;
/* An .h5 file with the whole model. */
tuff_status tuff_keras_read_h5(const void *bytes, size_t count, const tuff_report *report, tuff_arena *arena, tuff_graph **graph,
                               tuff_error *error) TUFF_MUST_USE;
bool tuff_keras_is_h5(const void *bytes, size_t count);

#endif
