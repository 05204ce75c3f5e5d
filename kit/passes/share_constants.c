/* Equal constants are stored once: weights of a layer that is called several times, shapes, zero biases.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Exact: type, shape and bytes are the same; quantized, sparse and named (graph output) constants stay apart.
 */
#include <string.h>

#include "kit/passes/passes.h"

static bool plain(const tuff_subgraph *s, const tuff_tensor *t) {
    return t->data && t->bytes > 0 && !t->variable && !t->sparsity && t->quantization.count == 0 && t->quantization.details == TUFF_DETAILS_NONE &&
           !tuff_pass_is_graph_output(s, t->index);
}

static uint64_t hash(const tuff_tensor *t) { /* FNV-1a */
    uint64_t h = 14695981039346656037u ^ (uint64_t)t->type;
    const uint8_t *bytes = t->data;
    for (size_t i = 0; i < t->bytes; i++) h = (h ^ bytes[i]) * 1099511628211u;
    return h;
}

static bool equal(const tuff_tensor *a, const tuff_tensor *b) {
    return a->type == b->type && a->bytes == b->bytes && tuff_pass_same_shape(a, b) && (a->data == b->data || memcmp(a->data, b->data, a->bytes) == 0);
}

tuff_status tuff_pass_share_constants(tuff_pass *p) {
    tuff_subgraph *s = p->subgraph;
    size_t room = 16;
    while (room < 2 * (size_t)s->n_tensors) room *= 2;
    int32_t *table = tuff_allocate(NULL, room * sizeof *table); /* tensor + 1, open addressing */
    if (!table) return tuff_fail_memory(p->error, room * sizeof *table);
    memset(table, 0, room * sizeof *table);
    for (int32_t i = 0; i < s->n_tensors; i++) {
        if (!plain(s, &s->tensors[i]) || tuff_graph_reader_count(s, i) == 0) continue;
        size_t at = (size_t)hash(&s->tensors[i]) & (room - 1);
        while (table[at] && !equal(&s->tensors[table[at] - 1], &s->tensors[i])) at = (at + 1) & (room - 1);
        if (!table[at]) {
            table[at] = i + 1;
            continue;
        }
        tuff_graph_replace_tensor(s, i, table[at] - 1);
        tuff_pass_changed(p, "shared", "equal constants", NULL);
    }
    tuff_release(NULL, table);
    return TUFF_OK;
}
