/* What is inside a model: ops, tensors, memory plan, signatures, metadata, as plain data.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_INSPECT_H
#define TUFF_INSPECT_H

#include "tuff/tuff.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_node_info {
    const char *op;      /* "CONV_2D" */
    const char *options; /* "padding=SAME stride_w=2": those that aren't the default */
    int32_t version;
    int32_t n_inputs, n_outputs;
    const int32_t *inputs, *outputs; /* tensor indices, -1: left out */
    int64_t macs;                    /* multiply-accumulates; with the fields below 0 or "" in subgraphs that aren't planned, and for folded nodes */
    const char *kernel, *loop;       /* of its first step, "" for none (a view, a constant) */
} tuff_node_info;

typedef struct tuff_subgraph_info {
    const char *name;
    int32_t n_nodes, n_tensors, n_inputs, n_outputs;
    const tuff_node_info *nodes;
    const tuff_tensor *tensors; /* as the file has them */
    const int32_t *inputs, *outputs;
} tuff_subgraph_info;

typedef struct tuff_buffer_info {
    const char *name;     /* of the tensor; "scratch of CONV_2D" */
    size_t bytes, offset; /* in the arena */
    int32_t first, last;  /* steps between which it lives */
} tuff_buffer_info;

typedef struct tuff_signature_info {
    const char *key;
    int32_t n_inputs, n_outputs;
    const char *const *inputs, *const *outputs; /* names */
} tuff_signature_info;

typedef struct tuff_part_info {
    const char *name;
    size_t bytes;
} tuff_part_info;

typedef struct tuff_inspection {
    const char *description;
    size_t file_bytes;
    int64_t parameters, macs; /* weights and biases; of one inference of the main graph */
    size_t constant_bytes;    /* of all constants in the file */
    int32_t n_subgraphs, n_signatures, n_metadata, n_files;
    const tuff_subgraph_info *subgraphs;
    const tuff_signature_info *signatures;
    const tuff_part_info *metadata, *files; /* metadata entries; associated files (labels) */
    const char *runtime;                    /* "min_runtime_version" of the metadata, "" for none */
    const char *refused;                    /* why it can't be planned, "" where it can */
    int32_t n_steps, n_buffers;
    const tuff_buffer_info *buffers;               /* sorted by offset */
    size_t arena_bytes, state_bytes, packed_bytes; /* activations; variables; constants derived for this machine */
    void *internal;
} tuff_inspection;

typedef struct tuff_inspect_options {
    size_t size; /* sizeof(tuff_inspect_options) */
    int threads;
    const char *cpu;
} tuff_inspect_options;
#define TUFF_INSPECT_OPTIONS \
    { sizeof(tuff_inspect_options), 1, NULL }

/* A model that can't run is inspected all the same. The model must stay. Errors: MEMORY. */
TUFF_API TUFF_MUST_USE tuff_status tuff_inspect(const tuff_model *model, const tuff_inspect_options *options, tuff_inspection *inspection, tuff_error *error);
TUFF_API void tuff_inspection_free(tuff_inspection *inspection);

/* Record k of the builtin ops that this build holds, NULL beyond the end. */
TUFF_API const tuff_op *tuff_builtin_op(int32_t k);

#ifdef __cplusplus
}
#endif
#endif
