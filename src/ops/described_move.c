/* Ops that move, gather, scatter and make elements. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "ops/described.h"

static const char *const combiner_names[] = {"SUM", "MEAN", "SQRTN", NULL};
static const char *const projection_names[] = {"UNKNOWN", "SPARSE", "DENSE", NULL};

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

TUFF_DESCRIBED(embedding_lookup_sparse, "EMBEDDING_LOOKUP_SPARSE", 33, 1, "lookup indices dense_shape weights params", "output",
               TUFF_OPTIONS(EmbeddingLookupSparseOptions, 20, tuff_embedding_lookup_sparse_attrs, embedding_lookup_sparse_fields));
TUFF_DESCRIBED(concat_embeddings, "CONCAT_EMBEDDINGS", 29, 1, "inputs*", "output",
               TUFF_OPTIONS(ConcatEmbeddingsOptions, 3, tuff_concat_embeddings_attrs, concat_embeddings_fields));
TUFF_DESCRIBED(lsh_projection, "LSH_PROJECTION", 15, 1, "hash input weight?", "output",
               TUFF_OPTIONS(LSHProjectionOptions, 4, tuff_lsh_projection_attrs, lsh_projection_fields));
