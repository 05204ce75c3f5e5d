/* graph -> .tflite.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each part of the graph becomes its table, children first. Constants of equal bytes share one buffer; buffer 0 is the empty one that the format
 * asks for. A file is one FlatBuffer while that stays below 2 GB; beyond, the constants follow behind it, each at a multiple of 16, and their
 * buffers say offset and size. Those offsets depend on the FlatBuffer's own size, which doesn't depend on them: so it is then written twice.
 * Associated files come last, as a zip.
 */
#include "tflite/write.h"

#include <inttypes.h>

#include "base/check.h"
#include "flatbuffer/flatbuffer.h"
#include "graph/fields.h"
#include "tflite/options.h"
#include "tflite/runtime.h"
#include "tflite/schema.h"
#include "tflite/zip.h"

/* Tables, names and options take little beside constants; what these leave of 2 GB is room enough for them. */
static const size_t largest_inside = 2000000000;
static const char location_name[] = "buffer_location", location_text[] = "outside flatbuffers", runtime_name[] = "min_runtime_version";
enum { ALIGNMENT = 16 };

typedef struct blob {
    tuff_bytes bytes;
    bool constant;
    uint64_t offset; /* behind the FlatBuffer */
} blob;
typedef struct code {
    const tuff_op *op;
    int32_t version;
} code;

typedef struct writer {
    tuff_flat_writer flat;
    const tuff_graph *graph;
    tuff_arena *arena;
    tuff_error *error;
    bool outside;
    uint64_t base; /* where what is outside begins: the FlatBuffer's size */
    blob *blobs;   /* 0: the empty one */
    size_t n_blobs;
    int32_t *slots; /* hash table of blob numbers; 0: free */
    size_t n_slots;
    uint32_t **tensor_blob; /* per subgraph, per tensor */
    uint32_t *metadata_blob;
    code *codes;
    size_t n_codes;
    uint32_t **node_code;            /* per subgraph, per node */
    char runtime[TUFF_RUNTIME_TEXT]; /* the metadata entry; empty: what the graph has */
    uint32_t runtime_blob;
} writer;

/* ---- before writing: what is shared ---- */

static uint64_t hash_bytes(tuff_bytes b) {
    uint64_t h = b.count * 0x9e3779b97f4a7c15u;
    for (size_t k = 0; k < b.count; k += 8) {
        uint64_t word = 0;
        memcpy(&word, b.data + k, b.count - k < 8 ? b.count - k : 8);
        h = (h ^ word) * 0x9e3779b97f4a7c15u;
        h ^= h >> 29;
    }
    return h;
}

/* The number of the blob with these bytes. There are more slots than blobs, so the search ends. */
static uint32_t share(writer *w, tuff_bytes bytes, bool constant) {
    if (bytes.count == 0) return 0;
    size_t slot = (size_t)hash_bytes(bytes) & (w->n_slots - 1);
    for (; w->slots[slot]; slot = (slot + 1) & (w->n_slots - 1)) {
        const blob *b = &w->blobs[w->slots[slot]];
        if (b->constant == constant && b->bytes.count == bytes.count && memcmp(b->bytes.data, bytes.data, bytes.count) == 0) return (uint32_t)w->slots[slot];
    }
    w->slots[slot] = (int32_t)w->n_blobs;
    w->blobs[w->n_blobs] = (blob){.bytes = bytes, .constant = constant};
    return (uint32_t)w->n_blobs++;
}

static tuff_status collect_blobs(writer *w) {
    const tuff_graph *g = w->graph;
    size_t most = 3 + (size_t)g->n_metadata; /* the empty one, the runtime, a free place */
    for (int32_t i = 0; i < g->n_subgraphs; i++) most += (size_t)g->subgraphs[i].n_tensors;
    for (w->n_slots = 16; w->n_slots < 2 * most;) w->n_slots *= 2;
    w->blobs = TUFF_NEW_ARRAY(w->arena, most, blob, w->error);
    w->slots = TUFF_NEW_ARRAY(w->arena, w->n_slots, int32_t, w->error);
    w->tensor_blob = TUFF_NEW_ARRAY(w->arena, (size_t)g->n_subgraphs, uint32_t *, w->error);
    w->metadata_blob = TUFF_NEW_ARRAY(w->arena, (size_t)g->n_metadata, uint32_t, w->error);
    if (!w->blobs || !w->slots || !w->tensor_blob || !w->metadata_blob) return TUFF_ERR_MEMORY;
    w->n_blobs = 1;
    for (int32_t i = 0; i < g->n_subgraphs; i++) {
        const tuff_subgraph *s = &g->subgraphs[i];
        w->tensor_blob[i] = TUFF_NEW_ARRAY(w->arena, (size_t)s->n_tensors, uint32_t, w->error);
        if (!w->tensor_blob[i]) return TUFF_ERR_MEMORY;
        for (int32_t t = 0; t < s->n_tensors; t++)
            if (s->tensors[t].data) w->tensor_blob[i][t] = share(w, (tuff_bytes){s->tensors[t].data, s->tensors[t].bytes}, true);
    }
    for (int32_t k = 0; k < g->n_metadata; k++) w->metadata_blob[k] = share(w, g->metadata[k].content, false);
    if (w->runtime[0]) w->runtime_blob = share(w, (tuff_bytes){(const uint8_t *)w->runtime, sizeof w->runtime}, false);
    return TUFF_OK;
}

static bool same_op(const tuff_op *a, const tuff_op *b) {
    return a == b || (a->code == b->code && (a->code != TFLITE_CUSTOM || strcmp(a->name, b->name) == 0));
}

static tuff_status collect_codes(writer *w, bool choose_versions) {
    const tuff_graph *g = w->graph;
    size_t most = 0;
    for (int32_t i = 0; i < g->n_subgraphs; i++) most += (size_t)g->subgraphs[i].n_nodes;
    w->codes = TUFF_NEW_ARRAY(w->arena, most, code, w->error);
    w->node_code = TUFF_NEW_ARRAY(w->arena, (size_t)g->n_subgraphs, uint32_t *, w->error);
    if (!w->codes || !w->node_code) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < g->n_subgraphs; i++) {
        const tuff_subgraph *s = &g->subgraphs[i];
        w->node_code[i] = TUFF_NEW_ARRAY(w->arena, (size_t)s->n_nodes, uint32_t, w->error);
        if (!w->node_code[i]) return TUFF_ERR_MEMORY;
        for (int32_t k = 0; k < s->n_nodes; k++) {
            const tuff_node *n = &s->nodes[k];
            const int32_t lowest = choose_versions ? tuff_tflite_version(s, n) : 0, version = lowest ? lowest : n->version;
            size_t c = 0;
            while (c < w->n_codes && !(w->codes[c].version == version && same_op(w->codes[c].op, n->op))) c++;
            if (c == w->n_codes) w->codes[w->n_codes++] = (code){n->op, version};
            w->node_code[i][k] = (uint32_t)c;
        }
    }
    return TUFF_OK;
}

/* The newest of the releases that brought the ops' versions. */
static void find_runtime(writer *w) {
    tuff_runtime newest = {0, 0, 0};
    for (size_t k = 0; k < w->n_codes; k++) {
        const tuff_runtime r = tuff_runtime_of(w->codes[k].op->code, w->codes[k].version);
        if (tuff_runtime_newer(r, newest)) newest = r;
    }
    if (newest.major) tuff_runtime_print(newest, w->runtime);
}

/* Decides where constants go, and gives those outside their offsets from `base`. Returns what they take there. */
static uint64_t place_blobs(writer *w, size_t inside) {
    uint64_t total = 0;
    for (size_t k = 1; k < w->n_blobs; k++)
        if (w->blobs[k].constant) {
            w->blobs[k].offset = total;
            total += (w->blobs[k].bytes.count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    w->outside = total > inside;
    return w->outside ? total + ALIGNMENT : 0; /* readers of words may look past the last one */
}

/* ---- tables ---- */

static tuff_flat_ref s32s(writer *w, const int32_t *list, size_t count) { return list || count == 0 ? tuff_flat_put_vector(&w->flat, list, count, 4, 4) : 0; }

static tuff_flat_ref some_s32s(writer *w, tuff_s32s list) { return list.data ? s32s(w, list.data, list.count) : 0; }

static tuff_flat_ref text(writer *w, const char *string) { return string ? tuff_flat_put_string(&w->flat, string) : 0; }

/* Room for the refs of a list of tables. */
static tuff_flat_ref *refs_of(writer *w, size_t count) {
    tuff_flat_ref *refs = TUFF_NEW_ARRAY(w->arena, count, tuff_flat_ref, w->error);
    if (!refs && w->flat.status == TUFF_OK) w->flat.status = TUFF_ERR_MEMORY;
    return refs;
}

static tuff_flat_ref write_buffer(writer *w, const blob *b) {
    tuff_flat_writer *f = &w->flat;
    const bool outside = w->outside && b->constant;
    const tuff_flat_ref data = b->bytes.count && !outside ? tuff_flat_put_vector(f, b->bytes.data, b->bytes.count, 1, ALIGNMENT) : 0;
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, BUFFER_DATA, data);
    if (outside) {
        tuff_flat_put_u64(f, BUFFER_OFFSET, w->base + b->offset);
        tuff_flat_put_u64(f, BUFFER_SIZE, b->bytes.count);
    }
    return tuff_flat_table_end(f);
}

/* The last buffer is the one that says where the others are, where they are outside. */
static tuff_flat_ref write_buffers(writer *w) {
    tuff_flat_ref *refs = refs_of(w, w->n_blobs + 1);
    if (!refs) return 0;
    const blob location = {.bytes = {(const uint8_t *)location_text, sizeof location_text - 1}};
    if (w->outside) refs[w->n_blobs] = write_buffer(w, &location);
    for (size_t k = w->n_blobs; k-- > 0;) refs[k] = write_buffer(w, &w->blobs[k]);
    return tuff_flat_put_refs(&w->flat, refs, w->n_blobs + (w->outside ? 1 : 0));
}

static tuff_flat_ref write_details(writer *w, const tuff_quantization *q) {
    tuff_flat_writer *f = &w->flat;
    if (q->details == TUFF_DETAILS_NONE) return 0;
    const tuff_flat_ref custom = q->custom ? tuff_flat_put_vector(f, q->custom, q->custom_bytes, 1, ALIGNMENT) : 0;
    const tuff_flat_ref dims = q->dimensions ? s32s(w, q->dimensions, (size_t)q->dimensions_count) : 0;
    tuff_flat_table_begin(f);
    if (q->details == TUFF_DETAILS_CUSTOM) tuff_flat_put_ref(f, CUSTOM_QUANTIZATION_BYTES, custom);
    else {
        tuff_flat_put_s32(f, BLOCKWISE_SCALES, q->scales_tensor);
        tuff_flat_put_s32(f, BLOCKWISE_ZERO_POINTS, q->zero_points_tensor);
        tuff_flat_put_s32(f, BLOCKWISE_BLOCK_SIZE, q->block_size);
        tuff_flat_put_ref(f, BLOCKWISE_DIMENSIONS, dims);
    }
    return tuff_flat_table_end(f);
}

static tuff_flat_ref write_quantization(writer *w, const tuff_quantization *q) {
    tuff_flat_writer *f = &w->flat;
    if (!q->count && !q->min_count && !q->max_count && q->details == TUFF_DETAILS_NONE) return 0;
    const tuff_flat_ref details = write_details(w, q);
    const tuff_flat_ref zero = q->count ? tuff_flat_put_vector(f, q->zero_point, (size_t)q->count, 8, 8) : 0;
    const tuff_flat_ref scale = q->count ? tuff_flat_put_vector(f, q->scale, (size_t)q->count, 4, 4) : 0;
    const tuff_flat_ref max = q->max_count ? tuff_flat_put_vector(f, q->max, (size_t)q->max_count, 4, 4) : 0;
    const tuff_flat_ref min = q->min_count ? tuff_flat_put_vector(f, q->min, (size_t)q->min_count, 4, 4) : 0;
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, QUANTIZATION_MIN, min);
    tuff_flat_put_ref(f, QUANTIZATION_MAX, max);
    tuff_flat_put_ref(f, QUANTIZATION_SCALE, scale);
    tuff_flat_put_ref(f, QUANTIZATION_ZERO_POINT, zero);
    if (details) tuff_flat_put_u8(f, QUANTIZATION_DETAILS_TYPE, (uint8_t)q->details);
    tuff_flat_put_ref(f, QUANTIZATION_DETAILS, details);
    if (q->dimension) tuff_flat_put_s32(f, QUANTIZATION_DIMENSION, q->dimension);
    return tuff_flat_table_end(f);
}

/* Indices in the width that the file had. */
static tuff_flat_ref write_sparse_indices(writer *w, tuff_s32s list, int8_t width) {
    tuff_flat_writer *f = &w->flat;
    if (width == 0) return 0;
    const size_t bytes = (size_t)width;
    uint8_t *narrow = tuff_arena_array(w->arena, list.count, bytes, w->error);
    if (!narrow) return 0;
    for (size_t k = 0; k < list.count; k++) memcpy(narrow + k * bytes, &list.data[k], bytes);
    const tuff_flat_ref values = tuff_flat_put_vector(f, narrow, list.count, bytes, 4);
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, 0, values);
    return tuff_flat_table_end(f);
}

static uint8_t indices_kind(int8_t width) { return width == 4 ? INDICES_S32 : width == 2 ? INDICES_U16 : width == 1 ? INDICES_U8 : INDICES_NONE; }

static tuff_flat_ref write_sparsity(writer *w, const tuff_sparsity *s) {
    tuff_flat_writer *f = &w->flat;
    tuff_flat_ref *refs = s ? refs_of(w, (size_t)s->dims_count) : NULL;
    if (!refs) return 0;
    for (int32_t k = 0; k < s->dims_count; k++) {
        const struct tuff_sparse_dim *d = &s->dims[k];
        const tuff_flat_ref segments = write_sparse_indices(w, d->segments, d->segments_width), indices = write_sparse_indices(w, d->indices, d->indices_width);
        tuff_flat_table_begin(f);
        tuff_flat_put_u8(f, DIM_FORMAT, (uint8_t)d->format);
        tuff_flat_put_s32(f, DIM_DENSE_SIZE, d->dense_size);
        tuff_flat_put_u8(f, DIM_SEGMENTS_TYPE, indices_kind(d->segments_width));
        tuff_flat_put_ref(f, DIM_SEGMENTS, segments);
        tuff_flat_put_u8(f, DIM_INDICES_TYPE, indices_kind(d->indices_width));
        tuff_flat_put_ref(f, DIM_INDICES, indices);
        refs[k] = tuff_flat_table_end(f);
    }
    const tuff_flat_ref dims = tuff_flat_put_refs(f, refs, (size_t)s->dims_count);
    const tuff_flat_ref map = some_s32s(w, s->block_map), order = some_s32s(w, s->traversal_order);
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, SPARSITY_TRAVERSAL_ORDER, order);
    tuff_flat_put_ref(f, SPARSITY_BLOCK_MAP, map);
    tuff_flat_put_ref(f, SPARSITY_DIMS, dims);
    return tuff_flat_table_end(f);
}

static tuff_flat_ref write_subtypes(writer *w, const tuff_subtypes *s) {
    tuff_flat_writer *f = &w->flat;
    tuff_flat_ref *refs = s ? refs_of(w, (size_t)s->count) : NULL;
    for (int32_t k = 0; refs && k < s->count; k++) {
        const tuff_flat_ref shape = s->list[k].shape ? s32s(w, s->list[k].shape, (size_t)s->list[k].rank) : 0;
        tuff_flat_table_begin(f);
        tuff_flat_put_ref(f, SUBTYPE_SHAPE, shape);
        tuff_flat_put_u8(f, SUBTYPE_TYPE, (uint8_t)s->list[k].type);
        tuff_flat_put_u8(f, SUBTYPE_HAS_RANK, s->list[k].has_rank);
        refs[k] = tuff_flat_table_end(f);
    }
    return refs ? tuff_flat_put_refs(f, refs, (size_t)s->count) : 0;
}

static tuff_flat_ref write_tensor(writer *w, const tuff_tensor *t, uint32_t buffer) {
    tuff_flat_writer *f = &w->flat;
    const tuff_flat_ref sparsity = write_sparsity(w, t->sparsity), quantization = write_quantization(w, &t->quantization);
    const tuff_flat_ref subtypes = write_subtypes(w, t->subtypes);
    const tuff_flat_ref signature = t->signature ? s32s(w, t->signature, (size_t)t->rank) : 0;
    const tuff_flat_ref shape = s32s(w, t->shape, (size_t)t->rank), name = text(w, t->name);
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, TENSOR_SHAPE, shape);
    if (t->type != TUFF_F32) tuff_flat_put_u8(f, TENSOR_TYPE, (uint8_t)t->type);
    if (buffer) tuff_flat_put_u32(f, TENSOR_BUFFER, buffer);
    tuff_flat_put_ref(f, TENSOR_NAME, name);
    tuff_flat_put_ref(f, TENSOR_QUANTIZATION, quantization);
    if (t->variable) tuff_flat_put_u8(f, TENSOR_IS_VARIABLE, 1);
    tuff_flat_put_ref(f, TENSOR_SPARSITY, sparsity);
    tuff_flat_put_ref(f, TENSOR_SHAPE_SIGNATURE, signature);
    if (t->has_rank) tuff_flat_put_u8(f, TENSOR_HAS_RANK, 1);
    tuff_flat_put_ref(f, TENSOR_VARIANT_TENSORS, subtypes);
    return tuff_flat_table_end(f);
}

static tuff_flat_ref write_node(writer *w, const tuff_node *n, uint32_t op_index) {
    tuff_flat_writer *f = &w->flat;
    const tuff_options *o = &n->op->options;
    const tuff_flat_ref options = o->table ? tuff_options_write(f, o->fields, n->attrs) : 0;
    const tuff_flat_ref custom = n->custom_options.data ? tuff_flat_put_vector(f, n->custom_options.data, n->custom_options.count, 1, ALIGNMENT) : 0;
    const tuff_flat_ref mutating = n->mutating_inputs ? tuff_flat_put_vector(f, n->mutating_inputs, (size_t)n->n_inputs, 1, 4) : 0;
    const tuff_flat_ref intermediates = n->n_intermediates ? s32s(w, n->intermediates, (size_t)n->n_intermediates) : 0;
    const tuff_flat_ref outputs = s32s(w, n->outputs, (size_t)n->n_outputs), inputs = s32s(w, n->inputs, (size_t)n->n_inputs);
    tuff_flat_table_begin(f);
    if (op_index) tuff_flat_put_u32(f, OPERATOR_CODE, op_index);
    tuff_flat_put_ref(f, OPERATOR_INPUTS, inputs);
    tuff_flat_put_ref(f, OPERATOR_OUTPUTS, outputs);
    if (options) tuff_flat_put_u8(f, o->second ? OPERATOR_OPTIONS2_TYPE : OPERATOR_OPTIONS_TYPE, o->union_type);
    tuff_flat_put_ref(f, o->second ? OPERATOR_OPTIONS2 : OPERATOR_OPTIONS, options);
    tuff_flat_put_ref(f, OPERATOR_CUSTOM_OPTIONS, custom);
    tuff_flat_put_ref(f, OPERATOR_MUTATING_INPUTS, mutating);
    tuff_flat_put_ref(f, OPERATOR_INTERMEDIATES, intermediates);
    if (n->debug_metadata != -1) tuff_flat_put_s32(f, OPERATOR_DEBUG_METADATA, n->debug_metadata);
    return tuff_flat_table_end(f);
}

static tuff_flat_ref write_subgraph(writer *w, int32_t index) {
    tuff_flat_writer *f = &w->flat;
    const tuff_subgraph *s = &w->graph->subgraphs[index];
    tuff_flat_ref *nodes = refs_of(w, (size_t)s->n_nodes), *tensors = refs_of(w, (size_t)s->n_tensors);
    if (!nodes || !tensors) return 0;
    for (int32_t k = s->n_nodes; k-- > 0;) nodes[k] = write_node(w, &s->nodes[k], w->node_code[index][k]);
    const tuff_flat_ref operators = tuff_flat_put_refs(f, nodes, (size_t)s->n_nodes);
    for (int32_t k = s->n_tensors; k-- > 0;) tensors[k] = write_tensor(w, &s->tensors[k], w->tensor_blob[index][k]);
    const tuff_flat_ref list = tuff_flat_put_refs(f, tensors, (size_t)s->n_tensors);
    const tuff_flat_ref outputs = s32s(w, s->outputs, (size_t)s->n_outputs), inputs = s32s(w, s->inputs, (size_t)s->n_inputs);
    const tuff_flat_ref name = s->name && s->name[0] ? text(w, s->name) : 0;
    tuff_flat_table_begin(f);
    tuff_flat_put_ref(f, SUBGRAPH_TENSORS, list);
    tuff_flat_put_ref(f, SUBGRAPH_INPUTS, inputs);
    tuff_flat_put_ref(f, SUBGRAPH_OUTPUTS, outputs);
    tuff_flat_put_ref(f, SUBGRAPH_OPERATORS, operators);
    tuff_flat_put_ref(f, SUBGRAPH_NAME, name);
    if (s->debug_metadata != -1) tuff_flat_put_s32(f, SUBGRAPH_DEBUG_METADATA, s->debug_metadata);
    return tuff_flat_table_end(f);
}

static tuff_flat_ref write_codes(writer *w) {
    tuff_flat_writer *f = &w->flat;
    tuff_flat_ref *refs = refs_of(w, w->n_codes);
    for (size_t k = 0; refs && k < w->n_codes; k++) {
        const int32_t number = w->codes[k].op->code;
        const tuff_flat_ref custom = number == TFLITE_CUSTOM ? text(w, w->codes[k].op->name) : 0;
        tuff_flat_table_begin(f);
        tuff_flat_put_u8(f, CODE_DEPRECATED_BUILTIN, (uint8_t)(number < TFLITE_LARGEST_OLD_CODE ? number : TFLITE_LARGEST_OLD_CODE));
        tuff_flat_put_ref(f, CODE_CUSTOM, custom);
        if (w->codes[k].version != 1) tuff_flat_put_s32(f, CODE_VERSION, w->codes[k].version);
        tuff_flat_put_s32(f, CODE_BUILTIN, number);
        refs[k] = tuff_flat_table_end(f);
    }
    return refs ? tuff_flat_put_refs(f, refs, w->n_codes) : 0;
}

static tuff_flat_ref write_names(writer *w, const tuff_named_tensor *names, int32_t count) {
    tuff_flat_writer *f = &w->flat;
    tuff_flat_ref *refs = refs_of(w, (size_t)count);
    for (int32_t k = 0; refs && k < count; k++) {
        const tuff_flat_ref name = text(w, names[k].name);
        tuff_flat_table_begin(f);
        tuff_flat_put_ref(f, MAP_NAME, name);
        tuff_flat_put_u32(f, MAP_TENSOR, (uint32_t)names[k].tensor);
        refs[k] = tuff_flat_table_end(f);
    }
    return refs ? tuff_flat_put_refs(f, refs, (size_t)count) : 0;
}

static tuff_flat_ref write_signatures(writer *w) {
    tuff_flat_writer *f = &w->flat;
    const tuff_graph *g = w->graph;
    tuff_flat_ref *refs = g->n_signatures ? refs_of(w, (size_t)g->n_signatures) : NULL;
    for (int32_t k = 0; refs && k < g->n_signatures; k++) {
        const tuff_signature *s = &g->signatures[k];
        const tuff_flat_ref key = text(w, s->key), outputs = write_names(w, s->outputs, s->n_outputs), inputs = write_names(w, s->inputs, s->n_inputs);
        tuff_flat_table_begin(f);
        tuff_flat_put_ref(f, SIGNATURE_INPUTS, inputs);
        tuff_flat_put_ref(f, SIGNATURE_OUTPUTS, outputs);
        tuff_flat_put_ref(f, SIGNATURE_KEY, key);
        if (s->subgraph) tuff_flat_put_u32(f, SIGNATURE_SUBGRAPH, (uint32_t)s->subgraph);
        refs[k] = tuff_flat_table_end(f);
    }
    return refs ? tuff_flat_put_refs(f, refs, (size_t)g->n_signatures) : 0;
}

static tuff_flat_ref write_entry(writer *w, const char *name, uint32_t buffer) {
    const tuff_flat_ref own = text(w, name);
    tuff_flat_table_begin(&w->flat);
    tuff_flat_put_ref(&w->flat, METADATA_NAME, own);
    tuff_flat_put_u32(&w->flat, METADATA_BUFFER, buffer);
    return tuff_flat_table_end(&w->flat);
}

static tuff_flat_ref write_metadata(writer *w) {
    const tuff_graph *g = w->graph;
    tuff_flat_ref *refs = refs_of(w, (size_t)g->n_metadata + 2);
    size_t count = 0;
    for (int32_t k = 0; refs && k < g->n_metadata; k++) {
        const char *name = g->metadata[k].name;
        if (strcmp(name, location_name) == 0 || (w->runtime[0] && strcmp(name, runtime_name) == 0)) continue;
        refs[count++] = write_entry(w, name, w->metadata_blob[k]);
    }
    if (refs && w->runtime[0]) refs[count++] = write_entry(w, runtime_name, w->runtime_blob);
    if (refs && w->outside) refs[count++] = write_entry(w, location_name, (uint32_t)w->n_blobs);
    return count ? tuff_flat_put_refs(&w->flat, refs, count) : 0;
}

static tuff_status write_model(writer *w, const tuff_allocator *a, size_t reserve, uint8_t **bytes, size_t *count) {
    tuff_flat_writer *f = &w->flat;
    const tuff_graph *g = w->graph;
    tuff_flat_begin(f, a, reserve, w->error);
    const tuff_flat_ref buffers = write_buffers(w), metadata = write_metadata(w), signatures = write_signatures(w);
    tuff_flat_ref *refs = refs_of(w, (size_t)g->n_subgraphs);
    for (int32_t k = g->n_subgraphs; refs && k-- > 0;) refs[k] = write_subgraph(w, k);
    const tuff_flat_ref subgraphs = refs ? tuff_flat_put_refs(f, refs, (size_t)g->n_subgraphs) : 0;
    const tuff_flat_ref codes = write_codes(w), description = text(w, g->description);
    tuff_flat_table_begin(f);
    tuff_flat_put_u32(f, MODEL_VERSION, TFLITE_VERSION);
    tuff_flat_put_ref(f, MODEL_OPERATOR_CODES, codes);
    tuff_flat_put_ref(f, MODEL_SUBGRAPHS, subgraphs);
    tuff_flat_put_ref(f, MODEL_DESCRIPTION, description);
    tuff_flat_put_ref(f, MODEL_BUFFERS, buffers);
    tuff_flat_put_ref(f, MODEL_METADATA, metadata);
    tuff_flat_put_ref(f, MODEL_SIGNATURE_DEFS, signatures);
    return tuff_flat_finish(f, tuff_flat_table_end(f), TUFF_TFLITE_IDENTIFIER, bytes, count);
}

/* ---- the file ---- */

/* What comes behind the FlatBuffer: constants, then associated files. The FlatBuffer's memory grows to hold it. */
static tuff_status append(writer *w, uint64_t outside, const tuff_allocator *a, uint8_t **bytes, size_t *count) {
    const size_t flat = *count, zip = tuff_attached_bytes(w->graph);
    size_t total;
    if (outside > SIZE_MAX || !tuff_add_size(flat, (size_t)outside, &total) || !tuff_add_size(total, zip, &total)) return tuff_fail_memory(w->error, SIZE_MAX);
    if (zip && total > UINT32_MAX) return tuff_fail(w->error, TUFF_ERR_LIMIT, "associated files end at byte %zu, a zip ends at 4 GB", total);
    if (!a) a = &tuff_allocator_libc;
    uint8_t *file = a->resize(a->context, *bytes, total);
    if (!file) return tuff_fail_memory(w->error, total);
    *bytes = file;
    *count = total;
    if (outside) memset(file + flat, 0, (size_t)outside);
    for (size_t k = 1; w->outside && k < w->n_blobs; k++)
        if (w->blobs[k].constant) memcpy(file + flat + w->blobs[k].offset, w->blobs[k].bytes.data, w->blobs[k].bytes.count);
    tuff_attached_write(w->graph, file + flat + outside, flat + (size_t)outside);
    return TUFF_OK;
}

static tuff_status write_file(writer *w, bool choose_versions, size_t inside, const tuff_allocator *a, uint8_t **bytes, size_t *count) {
    TUFF_TRY(collect_codes(w, choose_versions));
    if (choose_versions) find_runtime(w);
    TUFF_TRY(collect_blobs(w));
    const uint64_t outside = place_blobs(w, inside);
    size_t reserve = 16384;
    for (size_t k = 1; k < w->n_blobs; k++)
        if (!w->outside || !w->blobs[k].constant) reserve += w->blobs[k].bytes.count + 64;
    TUFF_TRY(write_model(w, a, reserve, bytes, count));
    if (w->outside) {
        tuff_release(a, *bytes);
        w->base = *count;
        TUFF_TRY(write_model(w, a, reserve, bytes, count));
    }
    const tuff_status status = append(w, outside, a, bytes, count);
    if (status != TUFF_OK) tuff_release(a, *bytes);
    return status;
}

tuff_status tuff_tflite_write_beyond(const tuff_graph *graph, bool choose_versions, size_t inside, const tuff_allocator *a, uint8_t **bytes, size_t *count,
                                     tuff_error *error) {
    *bytes = NULL;
    *count = 0;
    writer w = {.graph = graph, .error = error, .arena = tuff_arena_create(a, error)};
    if (!w.arena) return TUFF_ERR_MEMORY;
    const tuff_status status = write_file(&w, choose_versions, inside, a, bytes, count);
    tuff_arena_destroy(w.arena);
    if (status != TUFF_OK) {
        *bytes = NULL;
        *count = 0;
    }
    return status;
}

tuff_status tuff_tflite_write(const tuff_graph *graph, bool choose_versions, const tuff_allocator *a, uint8_t **bytes, size_t *count, tuff_error *error) {
    return tuff_tflite_write_beyond(graph, choose_versions, largest_inside, a, bytes, count, error);
}
