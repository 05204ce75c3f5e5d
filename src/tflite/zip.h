/* Associated files: a zip of stored entries behind the FlatBuffer.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_ZIP_H
#define TUFF_TFLITE_ZIP_H

#include "graph/graph.h"

/* Sets graph->files, contents in place. A file without such a zip, or with a broken or compressed one, has none. Fails for lack of memory only. */
tuff_status tuff_attached_read(const uint8_t *bytes, size_t count, tuff_graph *g, tuff_error *error);
/* Bytes that the zip of the graph's files takes; 0 for no files. */
size_t tuff_attached_bytes(const tuff_graph *g);
/* Writes it to `to`, which is at `offset` in the file. */
void tuff_attached_write(const tuff_graph *g, uint8_t *to, size_t offset);

#endif
