/* .tflite -> graph.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Structure is checked here once and for all: every offset by the FlatBuffers reader, every index and size by tuff_graph_check at the end. What
 * options mean is for infer and prepare. Names, shapes, scales, options and constants stay where they are in the mapped file wherever they lie
 * aligned there; index lists are copied, since passes edit them.
 */
#include <inttypes.h>

#include "base/check.h"
#include "flatbuffer/flex.h"
#include "graph/fields.h"
#include "ops/ops.h"
#include "tflite/options.h"
#include "tflite/read.h"
#include "tflite/schema.h"
#include "tflite/tflite.h"
#include "tflite/zip.h"

void *tuff_reader_room(reader *r, size_t count, size_t each) {
    size_t bytes;
    if (!tuff_mul_size(count, each, &bytes)) bytes = SIZE_MAX;
    if (!tuff_flat_spend(&r->flat, bytes)) return NULL;
    void *room = tuff_arena_take(r->arena, bytes, 16, r->error);
    if (!room) r->flat.status = TUFF_ERR_MEMORY;
    return room;
}

int32_t *tuff_reader_indices(reader *r, const tuff_flat_table *table, int slot, int32_t *count) {
    const tuff_flat_vector v = tuff_flat_scalars(table, slot, 4);
    int32_t *list = tuff_reader_room(r, v.count, sizeof *list);
    if (list && v.count) memcpy(list, v.data, v.count * sizeof *list);
    *count = list ? (int32_t)v.count : 0;
    return list;
}

tuff_status tuff_reader_range(reader *r, uint64_t offset, uint64_t size, tuff_flat_vector *data) {
    if (offset > r->flat.count || size > r->flat.count - offset)
        return tuff_fail(r->error, TUFF_ERR_FORMAT, "data at byte %" PRIu64 " of %" PRIu64 " bytes goes beyond the file's %zu bytes", offset, size,
                         r->flat.count);
    *data = (tuff_flat_vector){&r->flat, r->flat.bytes + offset, (size_t)offset, (size_t)size};
    return TUFF_OK;
}

tuff_status tuff_reader_buffer(reader *r, uint32_t index, tuff_flat_vector *data) {
    *data = (tuff_flat_vector){.flat = &r->flat};
    if (index == 0) return TUFF_OK;
    if (index >= r->buffers.count) return tuff_fail(r->error, TUFF_ERR_MODEL, "buffer %" PRIu32 ", the file has %zu", index, r->buffers.count);
    const tuff_flat_table buffer = tuff_flat_table_at(&r->buffers, index);
    *data = tuff_flat_scalars(&buffer, BUFFER_DATA, 1);
    const uint64_t offset = tuff_flat_u64(&buffer, BUFFER_OFFSET, 0), size = tuff_flat_u64(&buffer, BUFFER_SIZE, 0);
    if (offset > 1 && data->count == 0) return tuff_reader_range(r, offset, size, data); /* 1 is a placeholder that some writers leave */
    return r->flat.status;
}

/* ---- operator codes ---- */

static tuff_status read_code(reader *r, const tuff_flat_table *table, op_code *to) {
    const int32_t old = tuff_flat_s8(table, CODE_DEPRECATED_BUILTIN, 0), builtin = tuff_flat_s32(table, CODE_BUILTIN, 0);
    const int32_t code = old > builtin ? old : builtin;
    const char *custom = tuff_flat_string(table, CODE_CUSTOM);
    to->version = tuff_flat_s32(table, CODE_VERSION, 1);
    if (tuff_flat_failed(&r->flat)) return r->flat.status;
    if (code < 0) return tuff_fail(r->error, TUFF_ERR_MODEL, "builtin code %" PRId32, code);
    if (code == TFLITE_CUSTOM && (!custom || !custom[0])) return tuff_fail(r->error, TUFF_ERR_MODEL, "a custom op without a name");
    to->op = code == TFLITE_CUSTOM ? tuff_op_by_name(custom) : tuff_op_by_code(code);
    if (to->op && to->op->code == code) return TUFF_OK;
    tuff_op *op = tuff_reader_room(r, 1, sizeof *op);
    if (!op) return r->flat.status;
    op->code = code;
    op->name = code == TFLITE_CUSTOM ? custom : tuff_arena_format(r->arena, r->error, "BUILTIN_%" PRId32, code);
    to->op = op;
    return op->name ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status read_codes(reader *r) {
    const tuff_flat_vector codes = tuff_flat_tables(&r->model, MODEL_OPERATOR_CODES);
    r->codes = tuff_reader_room(r, codes.count, sizeof *r->codes);
    if (!r->codes) return r->flat.status;
    r->n_codes = codes.count;
    for (size_t k = 0; k < codes.count; k++) {
        const tuff_flat_table table = tuff_flat_table_at(&codes, k);
        const tuff_status status = read_code(r, &table, &r->codes[k]);
        if (status != TUFF_OK) {
            tuff_error_prefix(r->error, "operator code %zu", k);
            return status;
        }
    }
    return TUFF_OK;
}

/* ---- operators ---- */

static tuff_status read_options(reader *r, const tuff_flat_table *table, tuff_node *n) {
    const tuff_options *o = &n->op->options;
    const uint8_t first = tuff_flat_u8(table, OPERATOR_OPTIONS_TYPE, 0), second = tuff_flat_u8(table, OPERATOR_OPTIONS2_TYPE, 0);
    if (o->bytes) {
        n->attrs = tuff_reader_room(r, 1, o->bytes);
        if (!n->attrs) return r->flat.status;
        tuff_fields_default(o->fields, n->attrs);
    }
    if (!o->table || (first == 0 && second == 0)) return r->flat.status;
    if ((o->second ? second : first) != o->union_type)
        return tuff_fail(r->error, TUFF_ERR_MODEL, "options of kind %d in builtin_options and %d in builtin_options_2, expected %s, kind %d of %s", first,
                         second, o->table, o->union_type, o->second ? "builtin_options_2" : "builtin_options");
    const tuff_flat_table options = tuff_flat_sub(table, o->second ? OPERATOR_OPTIONS2 : OPERATOR_OPTIONS);
    n->attrs_stored = options.at != 0;
    tuff_options_read(&options, o->fields, n->attrs, r->arena);
    return r->flat.status;
}

static tuff_status read_custom_options(reader *r, const tuff_flat_table *table, tuff_node *n) {
    tuff_flat_vector custom = tuff_flat_scalars(table, OPERATOR_CUSTOM_OPTIONS, 1);
    const uint64_t offset = tuff_flat_u64(table, OPERATOR_LARGE_OPTIONS_OFFSET, 0), size = tuff_flat_u64(table, OPERATOR_LARGE_OPTIONS_SIZE, 0);
    if (offset > 1 && custom.count == 0) TUFF_TRY(tuff_reader_range(r, offset, size, &custom));
    if (custom.count && n->op->code != TFLITE_CUSTOM) return tuff_fail(r->error, TUFF_ERR_MODEL, "a builtin op with %zu bytes of custom options", custom.count);
    n->custom_options = (tuff_bytes){custom.data, custom.count};
    if (n->op->code == TFLITE_CUSTOM && !tuff_flat_failed(&r->flat)) TUFF_TRY(tuff_flex_read(&n->custom_options, n->op->options.fields, n->attrs, r->error));
    return r->flat.status;
}

static tuff_status read_node(reader *r, const tuff_flat_table *table, tuff_node *n) {
    const uint32_t code = tuff_flat_u32(table, OPERATOR_CODE, 0);
    if (tuff_flat_failed(&r->flat)) return r->flat.status;
    if (code >= r->n_codes) return tuff_fail(r->error, TUFF_ERR_MODEL, "operator code %" PRIu32 ", the file has %zu", code, r->n_codes);
    n->op = r->codes[code].op;
    n->version = r->codes[code].version;
    if (!tuff_flat_scalar(table, OPERATOR_INPUTS, 4) || !tuff_flat_scalar(table, OPERATOR_OUTPUTS, 4))
        return tuff_fail(r->error, TUFF_ERR_MODEL, "an op without a list of inputs or outputs");
    n->inputs = tuff_reader_indices(r, table, OPERATOR_INPUTS, &n->n_inputs);
    n->outputs = tuff_reader_indices(r, table, OPERATOR_OUTPUTS, &n->n_outputs);
    n->intermediates = tuff_reader_indices(r, table, OPERATOR_INTERMEDIATES, &n->n_intermediates);
    n->debug_metadata = tuff_flat_s32(table, OPERATOR_DEBUG_METADATA, -1);
    const tuff_flat_vector mutating = tuff_flat_scalars(table, OPERATOR_MUTATING_INPUTS, 1);
    if (mutating.count == (size_t)n->n_inputs) n->mutating_inputs = mutating.data;
    TUFF_TRY(read_options(r, table, n));
    return read_custom_options(r, table, n);
}

/* ---- subgraphs ---- */

/* A tensor of no elements that nothing writes has a value, the empty one: files have no other way to store it. */
static void know_empty_constants(tuff_subgraph *s, uint8_t *written) {
    for (int32_t k = 0; k < s->n_inputs; k++)
        if (s->inputs[k] >= 0 && s->inputs[k] < s->n_tensors) written[s->inputs[k]] = 1;
    for (int32_t k = 0; k < s->n_nodes; k++)
        for (int32_t i = 0; i < s->nodes[k].n_outputs; i++)
            if (s->nodes[k].outputs[i] >= 0 && s->nodes[k].outputs[i] < s->n_tensors) written[s->nodes[k].outputs[i]] = 1;
    for (int32_t k = 0; k < s->n_tensors; k++) {
        tuff_tensor *t = &s->tensors[k];
        if (t->data || t->variable || written[k] || tuff_type_bits(t->type) == 0) continue;
        for (int32_t d = 0; d < t->rank; d++)
            if (t->shape[d] == 0) t->data = t->shape; /* any address: there are no bytes at it */
    }
}

static tuff_status read_nodes(reader *r, const tuff_flat_vector *operators, int32_t subgraph, tuff_subgraph *s) {
    s->nodes = tuff_reader_room(r, operators->count, sizeof *s->nodes);
    if (!s->nodes) return r->flat.status;
    for (size_t k = 0; k < operators->count; k++) {
        const tuff_flat_table table = tuff_flat_table_at(operators, k);
        const tuff_status status = read_node(r, &table, &s->nodes[k]);
        if (status != TUFF_OK) {
            tuff_error_prefix(r->error, "subgraph %" PRId32 ", op %zu%s%.60s%s", subgraph, k, s->nodes[k].op ? " (" : "",
                              s->nodes[k].op ? s->nodes[k].op->name : "", s->nodes[k].op ? ")" : "");
            return status;
        }
        s->n_nodes = s->nodes_room = (int32_t)k + 1;
    }
    return TUFF_OK;
}

static tuff_status read_tensors(reader *r, const tuff_flat_vector *tensors, int32_t subgraph, tuff_subgraph *s) {
    s->tensors = tuff_reader_room(r, tensors->count, sizeof *s->tensors);
    if (!s->tensors) return r->flat.status;
    for (size_t k = 0; k < tensors->count; k++) {
        const tuff_flat_table table = tuff_flat_table_at(tensors, k);
        tuff_tensor *t = &s->tensors[k];
        t->index = (int32_t)k;
        const tuff_status status = tuff_reader_tensor(r, &table, t);
        if (status != TUFF_OK) {
            tuff_error_prefix(r->error, "subgraph %" PRId32 ", tensor %zu '%.80s'", subgraph, k, t->name ? t->name : "");
            return status;
        }
        s->n_tensors = s->tensors_room = (int32_t)k + 1;
    }
    return TUFF_OK;
}

static tuff_status read_subgraph(reader *r, const tuff_flat_table *table, int32_t subgraph, tuff_subgraph *s) {
    const char *name = tuff_flat_string(table, SUBGRAPH_NAME);
    s->name = name ? name : "";
    s->debug_metadata = tuff_flat_s32(table, SUBGRAPH_DEBUG_METADATA, -1);
    const tuff_flat_vector tensors = tuff_flat_tables(table, SUBGRAPH_TENSORS), operators = tuff_flat_tables(table, SUBGRAPH_OPERATORS);
    s->inputs = tuff_reader_indices(r, table, SUBGRAPH_INPUTS, &s->n_inputs);
    s->outputs = tuff_reader_indices(r, table, SUBGRAPH_OUTPUTS, &s->n_outputs);
    if (tuff_flat_failed(&r->flat)) {
        tuff_error_prefix(r->error, "subgraph %" PRId32, subgraph);
        return r->flat.status;
    }
    if (!tensors.data || !operators.data)
        return tuff_fail(r->error, TUFF_ERR_MODEL, "subgraph %" PRId32 " has no list of %s", subgraph, tensors.data ? "operators" : "tensors");
    TUFF_TRY(read_tensors(r, &tensors, subgraph, s));
    TUFF_TRY(read_nodes(r, &operators, subgraph, s));
    uint8_t *written = tuff_reader_room(r, tensors.count, 1);
    if (written) know_empty_constants(s, written);
    return r->flat.status;
}

static tuff_status read_subgraphs(reader *r) {
    const tuff_flat_vector subgraphs = tuff_flat_tables(&r->model, MODEL_SUBGRAPHS);
    tuff_graph *g = r->graph;
    g->subgraphs = tuff_reader_room(r, subgraphs.count, sizeof *g->subgraphs);
    for (size_t k = 0; g->subgraphs && k < subgraphs.count; k++) {
        const tuff_flat_table table = tuff_flat_table_at(&subgraphs, k);
        TUFF_TRY(read_subgraph(r, &table, (int32_t)k, &g->subgraphs[k]));
        g->n_subgraphs = (int32_t)k + 1;
    }
    return r->flat.status;
}

/* ---- what describes the model ---- */

static tuff_named_tensor *read_names(reader *r, const tuff_flat_table *table, int slot, int32_t *count) {
    const tuff_flat_vector maps = tuff_flat_tables(table, slot);
    tuff_named_tensor *names = tuff_reader_room(r, maps.count, sizeof *names);
    for (size_t k = 0; names && k < maps.count; k++) {
        const tuff_flat_table map = tuff_flat_table_at(&maps, k);
        const char *name = tuff_flat_string(&map, MAP_NAME);
        const uint32_t tensor = tuff_flat_u32(&map, MAP_TENSOR, 0);
        if (!name && !tuff_flat_failed(&r->flat)) r->flat.status = tuff_fail(r->error, TUFF_ERR_MODEL, "a signature's tensor without a name");
        names[k] = (tuff_named_tensor){name, tensor > INT32_MAX ? -1 : (int32_t)tensor};
    }
    *count = names ? (int32_t)maps.count : 0;
    return names;
}

static tuff_status read_signatures(reader *r) {
    const tuff_flat_vector defs = tuff_flat_tables(&r->model, MODEL_SIGNATURE_DEFS);
    tuff_signature *list = tuff_reader_room(r, defs.count, sizeof *list);
    for (size_t k = 0; list && k < defs.count; k++) {
        const tuff_flat_table def = tuff_flat_table_at(&defs, k);
        const char *key = tuff_flat_string(&def, SIGNATURE_KEY);
        const uint32_t subgraph = tuff_flat_u32(&def, SIGNATURE_SUBGRAPH, 0);
        if (!key && !tuff_flat_failed(&r->flat)) r->flat.status = tuff_fail(r->error, TUFF_ERR_MODEL, "no key");
        list[k].key = key;
        list[k].subgraph = subgraph > INT32_MAX ? -1 : (int32_t)subgraph;
        list[k].inputs = read_names(r, &def, SIGNATURE_INPUTS, &list[k].n_inputs);
        list[k].outputs = read_names(r, &def, SIGNATURE_OUTPUTS, &list[k].n_outputs);
        if (tuff_flat_failed(&r->flat)) {
            tuff_error_prefix(r->error, "signature %zu", k);
            return r->flat.status;
        }
    }
    r->graph->signatures = list;
    r->graph->n_signatures = list ? (int32_t)defs.count : 0;
    return r->flat.status;
}

static tuff_status read_metadata(reader *r) {
    const tuff_flat_vector entries = tuff_flat_tables(&r->model, MODEL_METADATA);
    tuff_metadata *list = tuff_reader_room(r, entries.count, sizeof *list);
    for (size_t k = 0; list && k < entries.count; k++) {
        const tuff_flat_table entry = tuff_flat_table_at(&entries, k);
        const char *name = tuff_flat_string(&entry, METADATA_NAME);
        tuff_flat_vector content = {0};
        const tuff_status status = tuff_reader_buffer(r, tuff_flat_u32(&entry, METADATA_BUFFER, 0), &content);
        if (status != TUFF_OK) {
            tuff_error_prefix(r->error, "metadata %zu '%.80s'", k, name ? name : "");
            return status;
        }
        list[k] = (tuff_metadata){name ? name : "", {content.data, content.count}};
    }
    r->graph->metadata = list;
    r->graph->n_metadata = list ? (int32_t)entries.count : 0;
    return r->flat.status;
}

static tuff_status read_model(reader *r) {
    const uint32_t version = tuff_flat_u32(&r->model, MODEL_VERSION, 0);
    if (tuff_flat_failed(&r->flat)) return r->flat.status;
    if (version != TFLITE_VERSION) return tuff_fail(r->error, TUFF_ERR_UNSUPPORTED, "schema version %" PRIu32 ", expected %d", version, (int)TFLITE_VERSION);
    r->buffers = tuff_flat_tables(&r->model, MODEL_BUFFERS);
    if (!tuff_flat_failed(&r->flat) && r->buffers.count == 0) return tuff_fail(r->error, TUFF_ERR_MODEL, "the model has no buffers");
    (void)tuff_flat_table_at(&r->buffers, 0); /* the one that stands for no data: nothing else looks at it */
    r->graph->description = tuff_flat_string(&r->model, MODEL_DESCRIPTION);
    TUFF_TRY(read_codes(r));
    TUFF_TRY(read_subgraphs(r));
    TUFF_TRY(read_signatures(r));
    TUFF_TRY(read_metadata(r));
    TUFF_TRY(tuff_attached_read(r->flat.bytes, r->flat.count, r->graph, r->error));
    return tuff_graph_check(r->graph, r->error);
}

/* What lies there in place of a model. Who gives a trained model before its conversion is told so. */
static tuff_status not_a_model(const uint8_t *b, tuff_error *error) {
    const char *what = NULL;
    if (memcmp(b, "PK\3\4", 4) == 0) what = "a zip archive, as .keras files are";
    if (memcmp(b, "\x89HDF", 4) == 0) what = "an HDF5 file, as .h5 models are";
    if (what) return tuff_fail(error, TUFF_ERR_FORMAT, "is %s, expected a .tflite model", what);
    return tuff_fail(error, TUFF_ERR_FORMAT, "is no .tflite model: its bytes 4 to 7 are %02x %02x %02x %02x, expected 54 46 4c 33 (\"TFL3\")", b[4], b[5], b[6],
                     b[7]);
}

tuff_status tuff_tflite_read(const void *bytes, size_t count, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    *graph = NULL;
    if (count >= 8 && memcmp((const uint8_t *)bytes + 4, TUFF_TFLITE_IDENTIFIER, 4) != 0) return not_a_model(bytes, error);
    reader r = {.arena = arena, .error = error};
    r.model = tuff_flat_open(&r.flat, bytes, count, TUFF_TFLITE_IDENTIFIER, error);
    if (tuff_flat_failed(&r.flat)) return r.flat.status;
    r.graph = tuff_graph_create(arena, error);
    if (!r.graph) return TUFF_ERR_MEMORY;
    const tuff_status status = read_model(&r);
    if (tuff_flat_failed(&r.flat)) return r.flat.status; /* what failed first: the rest followed from empty answers */
    if (status == TUFF_OK) *graph = r.graph;
    return status;
}
