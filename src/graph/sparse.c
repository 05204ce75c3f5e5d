/* Sparse constants made dense.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The dims of the shape and, behind them, those of a block are walked in the traversal order; each level is dense or lists, per position of the level above,
 * the indices that occur (CSR). The values are stored in the order of this walk. Index i of a blocked dim with block index j is i * block + j.
 */
#include <string.h>

#include "graph/graph.h"

typedef struct expansion {
    const tuff_tensor *t;
    uint8_t *dense;
    int32_t index[2 * TUFF_MAX_RANK]; /* of each dim, in the order of the shape, then of the blocks */
} expansion;

static void copy_element(const tuff_tensor *t, uint8_t *to, int64_t to_at, int64_t from_at) {
    const uint8_t *from = t->data;
    const int64_t bits = tuff_type_bits(t->type);
    if (bits >= 8) {
        memcpy(to + to_at * (bits / 8), from + from_at * (bits / 8), (size_t)(bits / 8));
        return;
    }
    const int64_t per_byte = 8 / bits;
    const int value = from[from_at / per_byte] >> (from_at % per_byte * bits) & ((1 << bits) - 1);
    to[to_at / per_byte] |= (uint8_t)(value << (to_at % per_byte * bits));
}

/* Where the walk stands in the dense tensor. */
static int64_t dense_at(const expansion *e) {
    const tuff_sparsity *s = e->t->sparsity;
    const int32_t rank = e->t->rank;
    int64_t at = 0;
    for (int32_t d = 0; d < rank; d++) {
        int64_t i = e->index[d];
        for (int32_t level = 0; level < s->dims_count; level++) {
            const int32_t block = s->traversal_order.data[level] - rank;
            if (block >= 0 && s->block_map.data[block] == d) i = i * s->dims[level].dense_size + e->index[rank + block];
        }
        at = at * e->t->shape[d] + i;
    }
    return at;
}

/* position: of the level above; at most 2 * TUFF_MAX_RANK deep */
static void expand(expansion *e, int32_t level, int64_t position) {
    const tuff_sparsity *s = e->t->sparsity;
    if (level == s->dims_count) {
        copy_element(e->t, e->dense, dense_at(e), position);
        return;
    }
    const struct tuff_sparse_dim *d = &s->dims[level];
    int32_t *index = &e->index[s->traversal_order.data[level]];
    if (d->format == 0)
        for (*index = 0; *index < d->dense_size; ++*index) expand(e, level + 1, position * d->dense_size + *index);
    else
        for (int32_t k = d->segments.data[position]; k < d->segments.data[position + 1]; k++) {
            *index = d->indices.data[k];
            expand(e, level + 1, k);
        }
}

void tuff_sparse_expand(const tuff_tensor *t, void *dense) {
    expansion e = {.t = t, .dense = dense};
    memset(dense, 0, tuff_tensor_bytes(t));
    expand(&e, 0, 0);
}
