/* What the parts of the .tflite reader share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_READ_H
#define TUFF_TFLITE_READ_H

#include "flatbuffer/flatbuffer.h"
#include "graph/graph.h"

typedef struct op_code {
    const tuff_op *op;
    int32_t version;
} op_code;

typedef struct reader {
    tuff_flat flat;
    tuff_arena *arena;
    tuff_error *error;
    tuff_graph *graph;
    tuff_flat_table model;
    tuff_flat_vector buffers;
    op_code *codes;
    size_t n_codes;
} reader;

/* The bytes of buffer `index`: in the FlatBuffer, or behind it in the file. Empty for buffer 0. */
tuff_status tuff_reader_buffer(reader *r, uint32_t index, tuff_flat_vector *data);
/* A range of the file that is outside the FlatBuffer. */
tuff_status tuff_reader_range(reader *r, uint64_t offset, uint64_t size, tuff_flat_vector *data);
/* `count` zeroed elements from the arena, paid from the file's budget; NULL with the failure kept. */
void *tuff_reader_room(reader *r, size_t count, size_t each);
/* A vector of tensor indices, copied (edits change them). */
int32_t *tuff_reader_indices(reader *r, const tuff_flat_table *table, int slot, int32_t *count);
tuff_status tuff_reader_tensor(reader *r, const tuff_flat_table *table, tuff_tensor *t);

#endif
