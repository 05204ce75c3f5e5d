/* Ops that move, gather, scatter and make elements. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "ops/described.h"

static const char *const combiner_names[] = {"SUM", "MEAN", "SQRTN", NULL};
static const char *const mirror_pad_names[] = {"REFLECT", "SYMMETRIC", NULL};
static const char *const projection_names[] = {"UNKNOWN", "SPARSE", "DENSE", NULL};

/* ---- moving ---- */

static const tuff_field mirror_pad_fields[] = {
    TUFF_FIELD(tuff_mirror_pad_attrs, mode, S8, 0, .names = mirror_pad_names),
    TUFF_FIELD_END,
};
static const tuff_field reverse_sequence_fields[] = {
    TUFF_FIELD(tuff_reverse_sequence_attrs, seq_dim, S32, 0),
    TUFF_FIELD(tuff_reverse_sequence_attrs, batch_dim, S32, 1),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(mirror_pad, "MIRROR_PAD", 100, 3, "input paddings", "output", TUFF_OPTIONS(MirrorPadOptions, 77, tuff_mirror_pad_attrs, mirror_pad_fields));
TUFF_DESCRIBED(reverse_sequence, "REVERSE_SEQUENCE", 112, 1, "input seq_lengths", "output",
               TUFF_OPTIONS(ReverseSequenceOptions, 87, tuff_reverse_sequence_attrs, reverse_sequence_fields));
TUFF_DESCRIBED(batch_to_space_nd, "BATCH_TO_SPACE_ND", 37, 4, "input block_shape crops", "output", TUFF_OPTIONS_EMPTY(BatchToSpaceNDOptions, 24));
TUFF_DESCRIBED(space_to_batch_nd, "SPACE_TO_BATCH_ND", 38, 4, "input block_shape paddings", "output", TUFF_OPTIONS_EMPTY(SpaceToBatchNDOptions, 25));
TUFF_DESCRIBED(dynamic_update_slice, "DYNAMIC_UPDATE_SLICE", 151, 6, "operand update start_indices", "output",
               TUFF_OPTIONS_EMPTY(DynamicUpdateSliceOptions, 117));

/* ---- gathering and scattering ---- */

static const tuff_field embedding_lookup_sparse_fields[] = {
    TUFF_FIELD(tuff_embedding_lookup_sparse_attrs, combiner, S8, 0, .names = combiner_names),
    TUFF_FIELD_END,
};
static const tuff_field concat_embeddings_fields[] = {
    TUFF_FIELD(tuff_concat_embeddings_attrs, num_channels, S32, 0),
    TUFF_FIELD(tuff_concat_embeddings_attrs, num_columns_per_channel, VECTOR_S32, 1),
    TUFF_FIELD(tuff_concat_embeddings_attrs, embedding_dim_per_channel, VECTOR_S32, 2),
    TUFF_FIELD_END,
};
static const tuff_field lsh_projection_fields[] = {
    TUFF_FIELD(tuff_lsh_projection_attrs, type, S8, 0, .names = projection_names),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(embedding_lookup, "EMBEDDING_LOOKUP", 7, 5, "lookup weights", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(embedding_lookup_sparse, "EMBEDDING_LOOKUP_SPARSE", 33, 1, "lookup indices dense_shape weights params", "output",
               TUFF_OPTIONS(EmbeddingLookupSparseOptions, 20, tuff_embedding_lookup_sparse_attrs, embedding_lookup_sparse_fields));
TUFF_DESCRIBED(concat_embeddings, "CONCAT_EMBEDDINGS", 29, 1, "inputs*", "output",
               TUFF_OPTIONS(ConcatEmbeddingsOptions, 3, tuff_concat_embeddings_attrs, concat_embeddings_fields));
TUFF_DESCRIBED(lsh_projection, "LSH_PROJECTION", 15, 1, "hash input weight?", "output",
               TUFF_OPTIONS(LSHProjectionOptions, 4, tuff_lsh_projection_attrs, lsh_projection_fields));

/* ---- making ---- */

static const tuff_field one_hot_fields[] = {
    TUFF_FIELD(tuff_one_hot_attrs, axis, S32, 0),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(fill, "FILL", 94, 5, "dims value", "output", TUFF_OPTIONS_EMPTY(FillOptions, 68));
TUFF_DESCRIBED(range, "RANGE", 96, 2, "start limit delta", "output", TUFF_OPTIONS_EMPTY(RangeOptions, 73));
TUFF_DESCRIBED(one_hot, "ONE_HOT", 85, 1, "indices depth on_value off_value", "output", TUFF_OPTIONS(OneHotOptions, 61, tuff_one_hot_attrs, one_hot_fields));
TUFF_DESCRIBED(matrix_diag, "MATRIX_DIAG", 113, 1, "diagonal", "output", TUFF_OPTIONS_EMPTY(MatrixDiagOptions, 88));
TUFF_DESCRIBED(matrix_set_diag, "MATRIX_SET_DIAG", 115, 1, "input diagonal", "output", TUFF_OPTIONS_EMPTY(MatrixSetDiagOptions, 90));
