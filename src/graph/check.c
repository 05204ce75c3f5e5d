/* The graph's invariants: what planning, passes and the writer rely on without looking again.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   - every index names a tensor (or subgraph) that exists;
 *   - a node reads only constants, variables, graph inputs and what earlier nodes have written;
 *   - a tensor is written at most once, and never if it is a constant or a graph input;
 *   - shapes have at most TUFF_MAX_RANK dims, none negative, and a product that fits;
 *   - constants have exactly the bytes of their shape and type (sparse ones: of what their metadata leaves);
 *   - subgraphs don't call each other in a circle.
 */
#include <inttypes.h>
#include <string.h>

#include "base/check.h"
#include "graph/graph.h"

/* ---- tensors ---- */

static tuff_status check_shape(const tuff_tensor *t, tuff_error *error) {
    if (t->rank < 0 || t->rank > TUFF_MAX_RANK) return tuff_fail(error, TUFF_ERR_MODEL, "rank %" PRId32 ", expected at most %d", t->rank, (int)TUFF_MAX_RANK);
    for (int32_t k = 0; k < t->rank; k++) {
        if (t->shape[k] < 0) return tuff_fail(error, TUFF_ERR_MODEL, "dim %" PRId32 " is %" PRId32 ", expected 0 or more", k, t->shape[k]);
        if (t->signature && t->signature[k] < -1) return tuff_fail(error, TUFF_ERR_MODEL, "shape signature holds %" PRId32, t->signature[k]);
    }
    if (tuff_tensor_bytes(t) == SIZE_MAX) return tuff_fail(error, TUFF_ERR_LIMIT, "its shape has more elements than memory can hold");
    return TUFF_OK;
}

static int32_t load_s32(const uint8_t *at) {
    int32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* A string tensor's bytes: s32 count, s32 offset[count + 1] (from the start), characters. */
tuff_status tuff_tensor_check_strings(const tuff_tensor *t, tuff_error *error) {
    const uint8_t *data = t->data;
    int64_t elements = 0;
    (void)tuff_tensor_elements(t, &elements);
    const int32_t count = t->bytes >= 4 ? load_s32(data) : -1;
    if (count != elements) return tuff_fail(error, TUFF_ERR_MODEL, "holds %" PRId32 " strings, its shape says %" PRId64, count, elements);
    const int64_t first = ((int64_t)count + 2) * 4;
    if (first > (int64_t)t->bytes) return tuff_fail(error, TUFF_ERR_MODEL, "%zu bytes don't hold the offsets of %" PRId32 " strings", t->bytes, count);
    int64_t before = first;
    for (int32_t k = 0; k <= count; k++) {
        const int32_t offset = load_s32(data + 4 + 4 * (size_t)k);
        if (offset < before || offset > (int64_t)t->bytes)
            return tuff_fail(error, TUFF_ERR_MODEL, "string %" PRId32 " at offset %" PRId32 ", expected %" PRId64 " to %zu", k, offset, before, t->bytes);
        before = offset;
    }
    return TUFF_OK;
}

/* One sparse dimension: `outer` slices come in, each segment of it holds `indices` in rising order. Gives the number of slices that go on. */
static tuff_status check_sparse_dim(const struct tuff_sparse_dim *d, int64_t outer, int32_t size, int64_t *inner, tuff_error *error) {
    if (d->format == 0) {
        if (d->dense_size != size)
            return tuff_fail(error, TUFF_ERR_MODEL, "a dense dimension of %" PRId32 " where the shape has %" PRId32, d->dense_size, size);
        return tuff_mul_s64(outer, size, inner) ? TUFF_OK : tuff_fail(error, TUFF_ERR_LIMIT, "its sparse dimensions have too many elements");
    }
    if (d->format != 1) return tuff_fail(error, TUFF_ERR_MODEL, "sparse dimension of format %d, expected 0 (dense) or 1 (CSR)", d->format);
    if ((uint64_t)outer + 1 != d->segments.count)
        return tuff_fail(error, TUFF_ERR_MODEL, "%zu sparse segments, expected %" PRId64, d->segments.count, outer + 1);
    int32_t before = 0;
    for (size_t s = 0; s < d->segments.count; s++) {
        const int32_t at = d->segments.data[s];
        if (at < before || (size_t)at > d->indices.count || (s == 0 && at != 0))
            return tuff_fail(error, TUFF_ERR_MODEL, "sparse segment %zu begins at %" PRId32 ", expected %" PRId32 " to %zu", s, at, before, d->indices.count);
        for (int32_t k = before; k < at; k++) {
            const int32_t index = d->indices.data[k];
            if (index < 0 || index >= size || (k > before && index <= d->indices.data[k - 1]))
                return tuff_fail(error, TUFF_ERR_MODEL, "sparse index %" PRId32 " is out of order or beyond %" PRId32, index, size);
        }
        before = at;
    }
    if ((size_t)before != d->indices.count) return tuff_fail(error, TUFF_ERR_MODEL, "%zu sparse indices, expected %" PRId32, d->indices.count, before);
    *inner = before;
    return TUFF_OK;
}

/* Sizes of the expanded dims: `rank` dims of the shape, blocked ones divided by the block's dim, then the blocks. */
static tuff_status check_sparsity(const tuff_tensor *t, int64_t *values, tuff_error *error) {
    const tuff_sparsity *s = t->sparsity;
    int32_t size[2 * TUFF_MAX_RANK];
    bool seen[2 * TUFF_MAX_RANK] = {false};
    const size_t rank = (size_t)t->rank, blocks = s->block_map.count;
    if (blocks > rank || s->traversal_order.count != rank + blocks || (size_t)s->dims_count != rank + blocks)
        return tuff_fail(error, TUFF_ERR_MODEL, "sparsity has %zu dims in order, %zu blocks and %" PRId32 " dim records for rank %zu", s->traversal_order.count,
                         blocks, s->dims_count, rank);
    for (size_t k = 0; k < rank; k++) size[k] = t->shape[k];
    for (size_t k = 0; k < rank + blocks; k++) {
        const int32_t d = s->traversal_order.data[k];
        if (d < 0 || (size_t)d >= rank + blocks || seen[d]) return tuff_fail(error, TUFF_ERR_MODEL, "sparsity's traversal order isn't a permutation");
        seen[d] = true;
        if ((size_t)d < rank) continue;
        const int32_t block = s->dims[k].dense_size, of = s->block_map.data[(size_t)d - rank];
        if (s->dims[k].format != 0 || block <= 0 || of < 0 || (size_t)of >= rank || size[of] % block != 0)
            return tuff_fail(error, TUFF_ERR_MODEL, "sparsity's block dimension %" PRId32 " of size %" PRId32 " doesn't divide the shape", d, block);
        size[d] = block;
        size[of] /= block;
    }
    *values = 1;
    for (size_t k = 0; k < rank + blocks; k++) TUFF_TRY(check_sparse_dim(&s->dims[k], *values, size[s->traversal_order.data[k]], values, error));
    return TUFF_OK;
}

static tuff_status check_constant(const tuff_tensor *t, tuff_error *error) {
    if (t->variable) return tuff_fail(error, TUFF_ERR_MODEL, "a variable with constant data");
    if (t->type == TUFF_STRING) return tuff_tensor_check_strings(t, error);
    if (tuff_type_bits(t->type) == 0) return tuff_fail(error, TUFF_ERR_MODEL, "a constant of type %s", tuff_type_name(t->type));
    size_t bytes = tuff_tensor_bytes(t);
    if (t->sparsity) {
        int64_t values = 0, bits = 0;
        TUFF_TRY(check_sparsity(t, &values, error));
        if (!tuff_mul_s64(values, tuff_type_bits(t->type), &bits)) bits = INT64_MAX - 7;
        bytes = (size_t)((bits + 7) / 8);
    }
    if (t->bytes != bytes)
        return tuff_fail(error, TUFF_ERR_MODEL, "constant of %zu bytes, its shape and type (%s) need %zu", t->bytes, tuff_type_name(t->type), bytes);
    return TUFF_OK;
}

static tuff_status check_quantization(const tuff_subgraph *s, const tuff_tensor *t, tuff_error *error) {
    const tuff_quantization *q = &t->quantization;
    if (q->count > 1 && q->dimension >= 0 && q->dimension < t->rank && q->count != t->shape[q->dimension])
        return tuff_fail(error, TUFF_ERR_MODEL, "%" PRId32 " scales along dim %" PRId32 " of size %" PRId32, q->count, q->dimension, t->shape[q->dimension]);
    /* A 1-D bias whose dimension is that of its weights (of rank 4) is common, and clear. */
    if (q->count > 1 && (q->dimension < 0 || q->dimension >= t->rank) && (t->rank != 1 || q->count != t->shape[0] || q->dimension < 0 || q->dimension > 3))
        return tuff_fail(error, TUFF_ERR_MODEL, "quantized along dim %" PRId32 ", its rank is %" PRId32, q->dimension, t->rank);
    if (q->details == TUFF_DETAILS_NONE || q->details == TUFF_DETAILS_CUSTOM) return TUFF_OK;
    if (q->scales_tensor < 0 || q->scales_tensor >= s->n_tensors || q->zero_points_tensor < -1 || q->zero_points_tensor >= s->n_tensors)
        return tuff_fail(error, TUFF_ERR_MODEL, "scales in tensor %" PRId32 " and zero points in %" PRId32 " of %" PRId32 " tensors", q->scales_tensor,
                         q->zero_points_tensor, s->n_tensors);
    if (q->block_size < 0) return tuff_fail(error, TUFF_ERR_MODEL, "quantized in blocks of %" PRId32, q->block_size);
    return TUFF_OK;
}

/* The first op that names a tensor, for messages: indices are compared only, they are checked later. */
static const char *op_of(const tuff_subgraph *s, int32_t tensor) {
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node *n = &s->nodes[k];
        for (int32_t i = 0; i < n->n_inputs; i++)
            if (n->inputs[i] == tensor) return n->op->name;
        for (int32_t i = 0; i < n->n_outputs; i++)
            if (n->outputs[i] == tensor) return n->op->name;
    }
    return NULL;
}

static tuff_status check_tensors(const tuff_graph *g, int32_t subgraph, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[subgraph];
    for (int32_t k = 0; k < s->n_tensors; k++) {
        const tuff_tensor *t = &s->tensors[k];
        tuff_status status = check_shape(t, error);
        if (status == TUFF_OK && t->data) status = check_constant(t, error);
        if (status == TUFF_OK) status = check_quantization(s, t, error);
        if (status == TUFF_OK) continue;
        const char *op = op_of(s, k);
        tuff_error_prefix(error, "subgraph %" PRId32 ", %.60s%stensor %" PRId32 " '%.80s'", subgraph, op ? op : "", op ? "'s " : "", t->index, t->name);
        return status;
    }
    return TUFF_OK;
}

/* ---- nodes ---- */

/* What is known of a tensor while walking the nodes in order. */
enum { UNKNOWN, WRITTEN, STATE /* readable, and may be written: a variable whose initial value is computed */, FIXED };

static tuff_status check_indices(const int32_t *list, int32_t count, int32_t lowest, int32_t n_tensors, const char *what, tuff_error *error) {
    for (int32_t k = 0; k < count; k++)
        if (list[k] < lowest || list[k] >= n_tensors)
            return tuff_fail(error, TUFF_ERR_MODEL, "%s %" PRId32 " is tensor %" PRId32 ", the subgraph has %" PRId32, what, k, list[k], n_tensors);
    return TUFF_OK;
}

static tuff_status check_node(const tuff_subgraph *s, const tuff_node *n, uint8_t *state, tuff_error *error) {
    TUFF_TRY(check_indices(n->inputs, n->n_inputs, -1, s->n_tensors, "input", error));
    TUFF_TRY(check_indices(n->outputs, n->n_outputs, 0, s->n_tensors, "output", error));
    TUFF_TRY(check_indices(n->intermediates, n->n_intermediates, -1, s->n_tensors, "intermediate", error));
    for (int32_t k = 0; k < n->n_inputs; k++) {
        const int32_t t = n->inputs[k];
        if (t >= 0 && state[t] == UNKNOWN)
            return tuff_fail(error, TUFF_ERR_MODEL, "reads tensor %" PRId32 " '%.80s' before any op has written it", t, s->tensors[t].name);
    }
    for (int32_t k = 0; k < n->n_outputs; k++) {
        const int32_t t = n->outputs[k];
        if (state[t] == WRITTEN || state[t] == FIXED)
            return tuff_fail(error, TUFF_ERR_MODEL, "writes tensor %" PRId32 " '%.80s', which is %s", t, s->tensors[t].name,
                             state[t] == FIXED ? "a constant or a graph input" : "written already");
        state[t] = WRITTEN;
    }
    return TUFF_OK;
}

static tuff_status check_subgraph(const tuff_graph *g, int32_t subgraph, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[subgraph];
    tuff_status status = check_indices(s->inputs, s->n_inputs, 0, s->n_tensors, "graph input", error);
    if (status == TUFF_OK) status = check_indices(s->outputs, s->n_outputs, 0, s->n_tensors, "graph output", error);
    if (status != TUFF_OK) {
        tuff_error_prefix(error, "subgraph %" PRId32, subgraph);
        return status;
    }
    uint8_t *state = tuff_arena_take(g->arena, (size_t)s->n_tensors, 1, error);
    if (!state) return TUFF_ERR_MEMORY;
    for (int32_t t = 0; t < s->n_tensors; t++)
        if (s->tensors[t].data || s->tensors[t].variable) state[t] = s->tensors[t].data ? FIXED : STATE;
    for (int32_t k = 0; k < s->n_inputs; k++) state[s->inputs[k]] = FIXED;
    for (int32_t k = 0; k < s->n_nodes; k++) {
        status = check_node(s, &s->nodes[k], state, error);
        if (status != TUFF_OK) {
            tuff_error_prefix(error, "subgraph %" PRId32 ", op %" PRId32 " (%.60s)", subgraph, k, s->nodes[k].op->name);
            return status;
        }
    }
    const tuff_node *last = s->n_nodes > 0 ? &s->nodes[s->n_nodes - 1] : NULL;
    for (int32_t k = 0; k < s->n_outputs; k++)
        if (state[s->outputs[k]] == UNKNOWN)
            return tuff_fail(error, TUFF_ERR_MODEL,
                             "subgraph %" PRId32 ": no op writes graph output %" PRId32 ", tensor %" PRId32 " '%.80s'; the last one is %.60s", subgraph, k,
                             s->outputs[k], s->tensors[s->outputs[k]].name, last ? last->op->name : "none");
    return TUFF_OK;
}

/* ---- calls: in every options table a field that names a subgraph has "subgraph" or "called_computations" in its name ---- */

static tuff_s32s called(const tuff_field *f, const void *attrs) {
    const char *at = (const char *)attrs + f->offset;
    tuff_s32s list = {NULL, 0};
    if (!strstr(f->name, "subgraph") && strcmp(f->name, "called_computations") != 0) return list;
    if (f->kind == TUFF_FIELD_S32 || f->kind == TUFF_FIELD_U32) list = (tuff_s32s){(const int32_t *)(const void *)at, 1};
    if (f->kind == TUFF_FIELD_VECTOR_S32) memcpy(&list, at, sizeof list);
    return list;
}

/* Walks all calls of subgraph `from`: adds `change` to the callers of each; those left without callers are appended to `queue`. */
static tuff_status each_call(const tuff_graph *g, int32_t from, int32_t change, int64_t *callers, int32_t *queue, int32_t *queued, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[from];
    for (int32_t k = 0; k < s->n_nodes; k++)
        for (const tuff_field *f = s->nodes[k].op->options.fields; f && f->kind != TUFF_FIELD_END_KIND; f++) {
            const tuff_s32s calls = called(f, s->nodes[k].attrs);
            for (size_t c = 0; c < calls.count; c++) {
                const int32_t to = calls.data[c];
                if (to < 0 || to >= g->n_subgraphs)
                    return tuff_fail(error, TUFF_ERR_MODEL, "subgraph %" PRId32 ", op %" PRId32 " (%s): %s is %" PRId32 ", the model has %" PRId32 " subgraphs",
                                     from, k, s->nodes[k].op->name, f->name, to, g->n_subgraphs);
                callers[to] += change;
                if (change < 0 && callers[to] == 0) queue[(*queued)++] = to;
            }
        }
    return TUFF_OK;
}

/* The first op that names subgraphs. */
static const char *caller_in(const tuff_subgraph *s) {
    for (int32_t k = 0; k < s->n_nodes; k++)
        for (const tuff_field *f = s->nodes[k].op->options.fields; f && f->kind != TUFF_FIELD_END_KIND; f++)
            if (called(f, s->nodes[k].attrs).count) return s->nodes[k].op->name;
    return "";
}

/* Takes away, again and again, a subgraph that nobody calls: what remains goes in circles. */
static tuff_status check_calls(const tuff_graph *g, tuff_error *error) {
    int64_t *callers = TUFF_NEW_ARRAY(g->arena, (size_t)g->n_subgraphs, int64_t, error);
    int32_t *queue = TUFF_NEW_ARRAY(g->arena, (size_t)g->n_subgraphs, int32_t, error), queued = 0;
    if (!callers || !queue) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < g->n_subgraphs; k++) TUFF_TRY(each_call(g, k, 1, callers, queue, &queued, error));
    for (int32_t k = 0; k < g->n_subgraphs; k++)
        if (callers[k] == 0) queue[queued++] = k;
    for (int32_t k = 0; k < queued; k++) TUFF_TRY(each_call(g, queue[k], -1, callers, queue, &queued, error));
    for (int32_t k = 0; k < g->n_subgraphs; k++)
        if (callers[k] > 0)
            return tuff_fail(error, TUFF_ERR_MODEL, "subgraph %" PRId32 " '%.80s' calls itself, or others that call it (%s)", k, g->subgraphs[k].name,
                             caller_in(&g->subgraphs[k]));
    return TUFF_OK;
}

static tuff_status check_signatures(const tuff_graph *g, tuff_error *error) {
    for (int32_t k = 0; k < g->n_signatures; k++) {
        const tuff_signature *s = &g->signatures[k];
        if (s->subgraph < 0 || s->subgraph >= g->n_subgraphs)
            return tuff_fail(error, TUFF_ERR_MODEL, "signature '%.80s' is of subgraph %" PRId32 ", the model has %" PRId32, s->key, s->subgraph,
                             g->n_subgraphs);
        for (int32_t i = 0; i < s->n_inputs + s->n_outputs; i++) {
            const tuff_named_tensor *n = i < s->n_inputs ? &s->inputs[i] : &s->outputs[i - s->n_inputs];
            if (n->tensor < 0 || n->tensor >= g->subgraphs[s->subgraph].n_tensors)
                return tuff_fail(error, TUFF_ERR_MODEL, "signature '%.80s': '%.80s' is tensor %" PRId32 ", the subgraph has %" PRId32, s->key, n->name,
                                 n->tensor, g->subgraphs[s->subgraph].n_tensors);
        }
    }
    return TUFF_OK;
}

tuff_status tuff_graph_check(const tuff_graph *g, tuff_error *error) {
    if (g->n_subgraphs < 1) return tuff_fail(error, TUFF_ERR_MODEL, "the model has no subgraph");
    for (int32_t k = 0; k < g->n_subgraphs; k++) {
        TUFF_TRY(check_tensors(g, k, error));
        TUFF_TRY(check_subgraph(g, k, error));
    }
    TUFF_TRY(check_calls(g, error));
    return check_signatures(g, error);
}
