/* The one IR: tensors, nodes, subgraphs in TFLite's own vocabulary; edit calls; invariant check.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Everything hangs in the graph's arena and lives as long as the graph. Importers and passes change a graph only through the
 * edit calls below, so that indices stay valid. Constant data may point into a mapped file that the graph doesn't own.
 */
#ifndef TUFF_GRAPH_GRAPH_H
#define TUFF_GRAPH_GRAPH_H

#include "base/arena.h"
#include "tuff/op.h"

struct tuff_sparsity {
    tuff_s32s traversal_order, block_map;
    int32_t dims_count;
    struct tuff_sparse_dim {
        int8_t format; /* 0 dense, 1 CSR */
        int32_t dense_size;
        int8_t segments_width, indices_width; /* bytes per element as stored: 1, 2, 4; 0: absent */
        tuff_s32s segments, indices;          /* widened */
    } * dims;
};

struct tuff_subtypes {
    int32_t count;
    struct tuff_subtype {
        tuff_type type;
        bool has_rank;
        int32_t rank;
        const int32_t *shape;
    } * list;
};

typedef struct tuff_node {
    const tuff_op *op;
    int32_t version;
    void *attrs;               /* op->options.bytes of it, or NULL where the op has no options */
    bool attrs_stored;         /* the file had the options table */
    tuff_bytes custom_options; /* custom ops: bytes as stored */
    int32_t n_inputs, n_outputs, n_intermediates;
    int32_t *inputs, *outputs, *intermediates; /* tensor indices; -1: optional input left out */
    const uint8_t *mutating_inputs;            /* n_inputs flags, or NULL */
    int32_t debug_metadata;                    /* -1: none */
    const char *origin;                        /* the user's name for it (layer), NULL unless imported */
} tuff_node;

typedef struct tuff_subgraph {
    const char *name;
    tuff_tensor *tensors;
    int32_t n_tensors, tensors_room;
    tuff_node *nodes; /* in an order in which each tensor is produced before it is read */
    int32_t n_nodes, nodes_room;
    int32_t *inputs, *outputs;
    int32_t n_inputs, n_outputs;
    int32_t debug_metadata; /* -1: none */
} tuff_subgraph;

typedef struct tuff_named_tensor {
    const char *name;
    int32_t tensor;
} tuff_named_tensor;
typedef struct tuff_signature {
    const char *key;
    int32_t subgraph, n_inputs, n_outputs;
    tuff_named_tensor *inputs, *outputs;
} tuff_signature;
typedef struct tuff_metadata {
    const char *name;
    tuff_bytes content;
} tuff_metadata;
/* Files packed behind the FlatBuffer as a zip with stored entries (TFLite Metadata's associated files). */
typedef struct tuff_associated_file {
    const char *name;
    tuff_bytes content;
} tuff_associated_file;

typedef struct tuff_graph {
    tuff_arena *arena;
    const char *description;
    tuff_subgraph *subgraphs;
    int32_t n_subgraphs;
    tuff_signature *signatures;
    int32_t n_signatures;
    tuff_metadata *metadata;
    int32_t n_metadata;
    tuff_associated_file *files;
    int32_t n_files;
} tuff_graph;

/* ---- edit calls. Each returns NULL / -1 / a status on lack of memory, with the error set. ---- */
tuff_graph *tuff_graph_create(tuff_arena *arena, tuff_error *error);
tuff_subgraph *tuff_graph_add_subgraph(tuff_graph *g, const char *name, tuff_error *error);
/* A new tensor; name, shape and signature (NULL or rank dims) are copied. Returns its index, -1 on failure.
 * Pointers to tensors and nodes are valid until the next add. */
int32_t tuff_graph_add_tensor(tuff_graph *g, tuff_subgraph *s, const char *name, tuff_type type, int32_t rank, const int32_t *shape, const int32_t *signature,
                              tuff_error *error);
/* A constant; data is copied into the arena when `copy`, else referenced. */
int32_t tuff_graph_add_constant(tuff_graph *g, tuff_subgraph *s, const char *name, tuff_type type, int32_t rank, const int32_t *shape, const void *data,
                                size_t bytes, bool copy, tuff_error *error);
tuff_status tuff_graph_set_shape(tuff_graph *g, tuff_tensor *t, int32_t rank, const int32_t *shape, const int32_t *signature, tuff_error *error);
/* count scales (and zero points, NULL: zeros) are copied */
tuff_status tuff_graph_set_quantization(tuff_graph *g, tuff_tensor *t, int32_t count, const float *scale, const int64_t *zero_point, int32_t dimension,
                                        tuff_error *error);
/* Appends a node (at `before` >= 0: in front of that node) with default attrs; indices are copied. NULL on failure. */
tuff_node *tuff_graph_add_node(tuff_graph *g, tuff_subgraph *s, int32_t before, const tuff_op *op, const int32_t *inputs, int32_t n_inputs,
                               const int32_t *outputs, int32_t n_outputs, tuff_error *error);
tuff_status tuff_graph_set_inputs(tuff_graph *g, tuff_node *n, const int32_t *inputs, int32_t n_inputs, tuff_error *error);
tuff_status tuff_graph_set_graph_io(tuff_graph *g, tuff_subgraph *s, const int32_t *inputs, int32_t n_inputs, const int32_t *outputs, int32_t n_outputs,
                                    tuff_error *error);
void tuff_graph_remove_node(tuff_subgraph *s, int32_t node);
/* Every reader of `from` (nodes and graph outputs) reads `to` instead. */
void tuff_graph_replace_tensor(tuff_subgraph *s, int32_t from, int32_t to);
/* Drops tensors that nothing names and renumbers the rest (signatures too). */
tuff_status tuff_graph_compact(tuff_graph *g, tuff_error *error);
tuff_status tuff_graph_set_metadata(tuff_graph *g, const char *name, const void *content, size_t bytes, tuff_error *error); /* replaces one of that name */
tuff_status tuff_graph_set_file(tuff_graph *g, const char *name, const void *content, size_t bytes, tuff_error *error);
tuff_signature *tuff_graph_add_signature(tuff_graph *g, const char *key, int32_t subgraph, tuff_error *error); /* names: the tensors' own */
/* A deep copy of everything but constant data, which both share (quantizing keeps the original). */
tuff_graph *tuff_graph_copy(const tuff_graph *g, tuff_arena *arena, tuff_error *error);

/* ---- questions ---- */
int32_t tuff_graph_producer(const tuff_subgraph *s, int32_t tensor);     /* node index, -1 none */
int32_t tuff_graph_reader_count(const tuff_subgraph *s, int32_t tensor); /* nodes reading it, plus graph outputs naming it */
int32_t tuff_graph_only_reader(const tuff_subgraph *s, int32_t tensor);  /* its one reading node, -1 where none, several, or a graph output */
tuff_status tuff_tensor_elements(const tuff_tensor *t, int64_t *count);  /* ERR_LIMIT where the product overflows */
size_t tuff_tensor_bytes(const tuff_tensor *t);                          /* shape x type, packed; 0 for strings */
void tuff_sparse_expand(const tuff_tensor *t, void *dense);              /* a checked sparse constant as tuff_tensor_bytes(t) dense ones */
/* Does a string tensor's data hold its strings: a count, count + 1 rising offsets, all inside? */
tuff_status tuff_tensor_check_strings(const tuff_tensor *t, tuff_error *error) TUFF_MUST_USE;
/* Indices in range, order topological, each tensor produced once, constants of the right size. */
tuff_status tuff_graph_check(const tuff_graph *g, tuff_error *error) TUFF_MUST_USE;

#endif
