/* Keras' JSON -> a list of layer calls.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where things stand (Keras 2 / Keras 3):
 *   model    {"class_name": "Sequential"|"Functional"|"Model", "config": {"name", "layers": [...], "input_layers", "output_layers"}};
 *            the first Sequential files wrote the list of layers in place of the config
 *   tensor   ["layer", node, output, {kwargs}]  /  {"class_name": "__keras_tensor__", "config": {"keras_history": ["layer", node, output]}}
 *   node     one call of a layer, by number: inbound_nodes[k] is a list of tensors  /  {"args": [...], "kwargs": {...}}
 * Nodes may be listed before what they need, so calls are issued in rounds until none is left.
 *
 * Weights in a .keras file lie under a name made from the class, not from the layer: snake case, and a number from the second on, per
 * model in the order of its layers.
 */
#include "kit/import/keras_config.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_LIMIT = 16, LAYERS_LIMIT = 10000, CALLS_LIMIT = 100000, REFERENCES_LIMIT = 4096 };

typedef struct layer_entry layer_entry;

typedef struct model {
    const char *name;
    bool sequential;
    layer_entry *layers;
    int32_t n_layers;
    json_object *config;
} model;

struct layer_entry {
    tuff_keras_layer layer;
    const char *snake;  /* the class as weight groups spell it */
    json_object *calls; /* inbound_nodes */
    model *inner;       /* it is a model itself */
};

typedef struct reference {
    const char *layer, *key; /* key: of the dict that held it, or NULL */
    int32_t node, output;
} reference;

typedef struct references {
    reference *list;
    int32_t count, room;
} references;

typedef struct values {
    tuff_keras_value *list;
    int32_t count;
} values;

typedef struct reader {
    tuff_arena *arena;
    tuff_keras_program *program;
    tuff_error *error;
} reader;

json_object *tuff_keras_get(json_object *config, const char *key) {
    json_object *value = NULL;
    return json_object_is_type(config, json_type_object) && json_object_object_get_ex(config, key, &value) ? value : NULL;
}

const char *tuff_keras_text(json_object *config, const char *key, const char *otherwise) {
    json_object *value = tuff_keras_get(config, key);
    return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : otherwise;
}

bool tuff_keras_truth(json_object *config, const char *key, bool otherwise) {
    json_object *value = tuff_keras_get(config, key);
    return value ? json_object_get_boolean(value) != 0 : otherwise;
}

bool tuff_keras_number(json_object *config, const char *key, double otherwise, double *number) {
    json_object *value = tuff_keras_get(config, key);
    *number = otherwise;
    if (!value) return true;
    if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1) value = json_object_array_get_idx(value, 0);
    if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double) && !json_object_is_type(value, json_type_boolean))
        return false;
    *number = json_object_get_double(value);
    return true;
}

static size_t length(json_object *list) { return json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0; }

/* The name that Keras gives a class in paths: "BatchNormalization" -> "batch_normalization", "ReLU" -> "re_lu". */
static char *snake_case(reader *r, const char *class_name) {
    const size_t count = strlen(class_name);
    char *out = tuff_arena_take(r->arena, 2 * count + 1, 1, r->error), *p = out;
    for (size_t i = 0; out && i < count; i++) {
        const char c = class_name[i];
        if (!isalnum((unsigned char)c) && c != '_') continue;
        const bool upper = isupper((unsigned char)c) != 0;
        if (i > 0 && upper && (islower((unsigned char)class_name[i + 1]) || islower((unsigned char)class_name[i - 1]))) *p++ = '_';
        *p++ = (char)tolower((unsigned char)c);
    }
    return out;
}

/* ---- the tree ---- */

static bool is_model(const char *class_name, json_object *config) {
    if (json_object_is_type(config, json_type_array)) return strcmp(class_name, "Sequential") == 0;
    return length(tuff_keras_get(config, "layers")) > 0 && json_object_is_type(tuff_keras_get(config, "layers"), json_type_array);
}

static tuff_status read_model(reader *r, const char *class_name, json_object *config, const tuff_keras_layer *around, model **out);

/* The group of layer `k`: its class in snake case, and how many of that name came before it in the model. */
static const char *weight_group(reader *r, const model *m, int32_t k, const tuff_keras_layer *around) {
    const char *name = m->layers[k].snake = snake_case(r, m->layers[k].layer.class_name);
    const char *above = around ? around->group : "", *slash = around ? "/" : "";
    int32_t before = 0;
    if (!name) return NULL;
    for (int32_t i = 0; i < k; i++) before += strcmp(m->layers[i].snake, name) == 0;
    return before ? tuff_arena_format(r->arena, r->error, "%s%slayers/%s_%d", above, slash, name, (int)before)
                  : tuff_arena_format(r->arena, r->error, "%s%slayers/%s", above, slash, name);
}

static tuff_status read_layer(reader *r, model *m, int32_t k, json_object *json, const tuff_keras_layer *around) {
    layer_entry *entry = &m->layers[k];
    tuff_keras_layer *layer = &entry->layer;
    json_object *config = tuff_keras_get(json, "config");
    const char *class_name = tuff_keras_text(json, "class_name", NULL);
    if (!class_name || !config) return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s': layer %d has no class_name or no config", m->name, (int)k);
    layer->class_name = class_name;
    layer->module = tuff_keras_text(json, "module", "");
    layer->registered = tuff_keras_text(json, "registered_name", "");
    layer->config = config;
    layer->name = tuff_keras_text(json, "name", tuff_keras_text(config, "name", class_name));
    layer->depth = around ? around->depth + 1 : 1;
    layer->top = around ? around->top : layer->name;
    layer->path = around ? tuff_arena_format(r->arena, r->error, "%s/%s", around->path, layer->name) : layer->name;
    layer->group = weight_group(r, m, k, around);
    entry->calls = tuff_keras_get(json, "inbound_nodes");
    if (!layer->path || !layer->group) return TUFF_ERR_MEMORY;
    return is_model(class_name, config) ? read_model(r, class_name, config, layer, &entry->inner) : TUFF_OK;
}

static tuff_status read_model(reader *r, const char *class_name, json_object *config, const tuff_keras_layer *around, model **out) {
    if (around && around->depth >= DEPTH_LIMIT)
        return tuff_fail(r->error, TUFF_ERR_LIMIT, "model '%s': models are nested deeper than %d", around->path, DEPTH_LIMIT);
    json_object *layers = json_object_is_type(config, json_type_array) ? config : tuff_keras_get(config, "layers");
    const size_t count = length(layers);
    if (count > LAYERS_LIMIT) return tuff_fail(r->error, TUFF_ERR_LIMIT, "a model of %zu layers (limit %d)", count, LAYERS_LIMIT);
    model *m = *out = TUFF_NEW(r->arena, model, r->error);
    if (!m) return TUFF_ERR_MEMORY;
    m->name = tuff_keras_text(config, "name", class_name);
    m->config = config;
    m->sequential = json_object_is_type(config, json_type_array) || !tuff_keras_get(config, "output_layers");
    m->layers = TUFF_NEW_ARRAY(r->arena, count, layer_entry, r->error);
    if (!m->layers) return TUFF_ERR_MEMORY;
    for (size_t k = 0; k < count; k++, m->n_layers++) TUFF_TRY(read_layer(r, m, (int32_t)k, json_object_array_get_idx(layers, k), around));
    return TUFF_OK;
}

/* ---- references to tensors ---- */

static tuff_status add_reference(reader *r, references *to, json_object *triple, const char *key) {
    if (to->count >= REFERENCES_LIMIT) return tuff_fail(r->error, TUFF_ERR_LIMIT, "a layer with more than %d inputs", REFERENCES_LIMIT);
    if (to->count == to->room) {
        const int32_t room = to->room ? 2 * to->room : 4;
        reference *list = TUFF_NEW_ARRAY(r->arena, (size_t)room, reference, r->error);
        if (!list) return TUFF_ERR_MEMORY;
        if (to->count) memcpy(list, to->list, (size_t)to->count * sizeof *list);
        to->list = list, to->room = room;
    }
    to->list[to->count++] = (reference){json_object_get_string(json_object_array_get_idx(triple, 0)), key,
                                        json_object_get_int(json_object_array_get_idx(triple, 1)), json_object_get_int(json_object_array_get_idx(triple, 2))};
    return TUFF_OK;
}

static bool is_triple(json_object *json) {
    return length(json) >= 3 && json_object_is_type(json_object_array_get_idx(json, 0), json_type_string) &&
           json_object_is_type(json_object_array_get_idx(json, 1), json_type_int) && json_object_is_type(json_object_array_get_idx(json, 2), json_type_int);
}

/* All tensors in `json`, however deep in lists and dicts, in their order. json-c bounds the depth. */
static tuff_status find_references(reader *r, json_object *json, const char *key, references *to) {
    if (is_triple(json)) return add_reference(r, to, json, key);
    const size_t count = length(json);
    for (size_t i = 0; i < count; i++) TUFF_TRY(find_references(r, json_object_array_get_idx(json, i), key, to));
    if (!json_object_is_type(json, json_type_object)) return TUFF_OK;
    if (strcmp(tuff_keras_text(json, "class_name", ""), "__keras_tensor__") == 0) {
        json_object *history = tuff_keras_get(tuff_keras_get(json, "config"), "keras_history");
        return is_triple(history) ? add_reference(r, to, history, key) : tuff_fail(r->error, TUFF_ERR_FORMAT, "a tensor without keras_history");
    }
    json_object_object_foreach(json, name, value) TUFF_TRY(find_references(r, value, name, to));
    return TUFF_OK;
}

/* The tensors that a call takes by position (or as the keyword that stands for the first position), and its other keywords. */
static tuff_status call_arguments(reader *r, json_object *call, references *to, json_object **kwargs) {
    *kwargs = NULL;
    if (!json_object_is_type(call, json_type_object)) { /* Keras 2 */
        if (!is_triple(call) && length(call) == 1) call = json_object_array_get_idx(call, 0);
        if (is_triple(call) && length(call) > 3) *kwargs = json_object_array_get_idx(call, 3);
        return find_references(r, call, NULL, to);
    }
    *kwargs = tuff_keras_get(call, "kwargs");
    TUFF_TRY(find_references(r, tuff_keras_get(call, "args"), NULL, to));
    return to->count ? TUFF_OK : find_references(r, tuff_keras_get(*kwargs, "inputs"), NULL, to);
}

/* ---- unrolling ---- */

static tuff_status add_call(reader *r, const tuff_keras_layer *layer, const values *inputs, json_object *kwargs, int32_t *index) {
    tuff_keras_program *p = r->program;
    if (p->n_calls >= CALLS_LIMIT) return tuff_fail(r->error, TUFF_ERR_LIMIT, "a model of more than %d layer calls", CALLS_LIMIT);
    if (p->n_calls == p->calls_room) {
        const int32_t room = p->calls_room ? 2 * p->calls_room : 64;
        tuff_keras_call *calls = TUFF_NEW_ARRAY(r->arena, (size_t)room, tuff_keras_call, r->error);
        if (!calls) return TUFF_ERR_MEMORY;
        if (p->n_calls) memcpy(calls, p->calls, (size_t)p->n_calls * sizeof *calls);
        p->calls = calls, p->calls_room = room;
    }
    *index = p->n_calls;
    p->calls[p->n_calls++] = (tuff_keras_call){layer, inputs->list, inputs->count, kwargs};
    return TUFF_OK;
}

static tuff_status unroll(reader *r, const model *m, const values *inputs, values *outputs);

/* One call of one layer: a call in the program, or all calls of the model that it is. A layer's outputs are numbered when they are asked for. */
static tuff_status call_layer(reader *r, const layer_entry *entry, const values *inputs, json_object *kwargs, values *outputs) {
    if (entry->inner) return unroll(r, entry->inner, inputs, outputs);
    int32_t call = -1;
    TUFF_TRY(add_call(r, &entry->layer, inputs, kwargs, &call));
    outputs->list = TUFF_NEW(r->arena, tuff_keras_value, r->error);
    if (!outputs->list) return TUFF_ERR_MEMORY;
    outputs->list[0] = (tuff_keras_value){call, 0};
    outputs->count = 1;
    return TUFF_OK;
}

static bool is_input(const layer_entry *entry) { return strcmp(entry->layer.class_name, "InputLayer") == 0; }

static tuff_status unroll_sequential(reader *r, const model *m, const values *inputs, values *outputs) {
    values now = *inputs;
    if (inputs->count != 1) return tuff_fail(r->error, TUFF_ERR_MODEL, "model '%s' takes 1 input, but is called with %d", m->name, (int)inputs->count);
    for (int32_t k = 0; k < m->n_layers; k++)
        if (!is_input(&m->layers[k])) {
            const values in = now;
            TUFF_TRY(call_layer(r, &m->layers[k], &in, NULL, &now));
            if (now.count != 1)
                return tuff_fail(r->error, TUFF_ERR_MODEL, "layer '%s' has %d outputs inside a Sequential model", m->layers[k].layer.path, (int)now.count);
        }
    *outputs = now;
    return TUFF_OK;
}

/* The results of all calls of all layers of one use of a functional model. */
typedef struct use {
    const model *m;
    values **results; /* [layer][node]; list NULL: not called yet */
    bool missing;     /* the last lookup failed because a call is still to come */
} use;

static int32_t find_layer(const model *m, const char *name) {
    for (int32_t k = 0; k < m->n_layers; k++)
        if (strcmp(m->layers[k].layer.name, name) == 0) return k;
    return -1;
}

static int32_t node_count(const layer_entry *entry) { return is_input(entry) ? 1 : (int32_t)length(entry->calls); }

static tuff_status look_up(reader *r, use *u, const reference *ref, tuff_keras_value *value) {
    const int32_t k = find_layer(u->m, ref->layer);
    if (k < 0) return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s' refers to a layer '%s' that it doesn't have", u->m->name, ref->layer);
    const layer_entry *entry = &u->m->layers[k];
    if (ref->node < 0 || ref->node >= node_count(entry) || ref->output < 0)
        return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s' refers to call %d of layer '%s', which has %d", u->m->name, (int)ref->node, ref->layer,
                         (int)node_count(entry));
    const values *found = &u->results[k][ref->node];
    u->missing = !found->list;
    if (u->missing) return TUFF_OK;
    if (!entry->inner) *value = (tuff_keras_value){found->list[0].call, found->list[0].output + ref->output};
    else if (ref->output < found->count) *value = found->list[ref->output];
    else
        return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s' refers to output %d of '%s', which has %d", u->m->name, (int)ref->output, ref->layer,
                         (int)found->count);
    return TUFF_OK;
}

/* `missing` is set where some of them aren't computed yet. */
static tuff_status look_up_all(reader *r, use *u, const references *refs, values *out) {
    out->list = TUFF_NEW_ARRAY(r->arena, (size_t)refs->count, tuff_keras_value, r->error);
    out->count = refs->count;
    if (!out->list) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < refs->count; i++) {
        TUFF_TRY(look_up(r, u, &refs->list[i], &out->list[i]));
        if (u->missing) return TUFF_OK;
    }
    u->missing = false;
    return TUFF_OK;
}

static tuff_status try_call(reader *r, use *u, int32_t k, int32_t node, bool *called) {
    const layer_entry *entry = &u->m->layers[k];
    references refs = {0};
    values in = {0};
    json_object *kwargs = NULL;
    *called = false;
    TUFF_TRY(call_arguments(r, json_object_array_get_idx(entry->calls, (size_t)node), &refs, &kwargs));
    TUFF_TRY(look_up_all(r, u, &refs, &in));
    if (u->missing) return TUFF_OK;
    *called = true;
    return call_layer(r, entry, &in, kwargs, &u->results[k][node]);
}

static tuff_status call_all(reader *r, use *u) {
    for (bool left = true, progress = true; left;) {
        const char *waiting = NULL;
        if (!progress) break;
        left = progress = false;
        for (int32_t k = 0; k < u->m->n_layers; k++)
            for (int32_t node = 0; node < node_count(&u->m->layers[k]); node++) {
                bool called = false;
                if (u->results[k][node].list || is_input(&u->m->layers[k])) continue;
                TUFF_TRY(try_call(r, u, k, node, &called));
                if (called) progress = true;
                else left = true, waiting = u->m->layers[k].layer.path;
            }
        if (left && !progress) return tuff_fail(r->error, TUFF_ERR_FORMAT, "layer '%s': what it is called with is never computed", waiting);
    }
    return TUFF_OK;
}

static tuff_status unroll_functional(reader *r, const model *m, const values *inputs, values *outputs) {
    references in = {0}, out = {0};
    TUFF_TRY(find_references(r, tuff_keras_get(m->config, "input_layers"), NULL, &in));
    TUFF_TRY(find_references(r, tuff_keras_get(m->config, "output_layers"), NULL, &out));
    if (in.count != inputs->count)
        return tuff_fail(r->error, TUFF_ERR_MODEL, "model '%s' takes %d inputs, but is called with %d", m->name, (int)in.count, (int)inputs->count);
    use u = {m, TUFF_NEW_ARRAY(r->arena, (size_t)m->n_layers, values *, r->error), false};
    if (!u.results) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < m->n_layers; k++)
        if (!(u.results[k] = TUFF_NEW_ARRAY(r->arena, (size_t)node_count(&m->layers[k]), values, r->error))) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < in.count; i++) {
        const int32_t k = find_layer(m, in.list[i].layer);
        if (k < 0 || !is_input(&m->layers[k]))
            return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s': its input '%s' is no InputLayer of its own", m->name, in.list[i].layer);
        u.results[k][0] = (values){&inputs->list[i], 1};
    }
    TUFF_TRY(call_all(r, &u));
    TUFF_TRY(look_up_all(r, &u, &out, outputs));
    if (u.missing || out.count == 0) return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s' has no outputs, or one that is never computed", m->name);
    return TUFF_OK;
}

static tuff_status unroll(reader *r, const model *m, const values *inputs, values *outputs) {
    return m->sequential ? unroll_sequential(r, m, inputs, outputs) : unroll_functional(r, m, inputs, outputs);
}

/* ---- the outermost model ---- */

static tuff_status add_input(reader *r, const tuff_keras_layer *layer, const char *name, values *inputs, int32_t k) {
    const values none = {0};
    int32_t call = -1;
    TUFF_TRY(add_call(r, layer, &none, NULL, &call));
    inputs->list[k] = (tuff_keras_value){call, 0};
    r->program->inputs[k] = (tuff_keras_end){name ? name : layer->name, inputs->list[k]};
    return TUFF_OK;
}

static json_object *first_shape(const model *m) {
    static const char *const keys[] = {"batch_shape", "batch_input_shape", "input_shape"};
    const layer_entry *first = m->layers;
    while (first->inner && first->inner->n_layers) first = first->inner->layers;
    json_object *shape = NULL;
    for (size_t i = 0; i < 2 && !shape; i++) shape = tuff_keras_get(first->layer.config, keys[i]);
    return shape ? shape : tuff_keras_get(m->config, "build_input_shape");
}

/* A Sequential model's InputLayer, made up from the first layer's shape where the file has none. */
static tuff_status sequential_input(reader *r, const model *m, json_object *root, values *inputs) {
    if (is_input(&m->layers[0])) return add_input(r, &m->layers[0].layer, NULL, inputs, 0);
    json_object *shape = first_shape(m), *config = json_object_new_object();
    tuff_keras_layer *layer = TUFF_NEW(r->arena, tuff_keras_layer, r->error);
    if (!layer || !config) return TUFF_ERR_MEMORY;
    json_object_object_add(root, "input made up from the first layer", config); /* so that it lives as long as the rest */
    if (!shape) return tuff_fail(r->error, TUFF_ERR_MODEL, "model '%s' doesn't say its input's shape: save it again after calling it or build() once", m->name);
    json_object_object_add(config, "batch_shape", json_object_get(shape));
    json_object_object_add(config, "dtype", json_object_new_string("float32"));
    layer->class_name = "InputLayer", layer->module = "keras.layers", layer->registered = layer->group = "";
    layer->name = layer->path = layer->top = tuff_arena_format(r->arena, r->error, "%s_input", m->layers[0].layer.name);
    layer->config = config, layer->depth = 1;
    return layer->name ? add_input(r, layer, NULL, inputs, 0) : TUFF_ERR_MEMORY;
}

static tuff_status make_inputs(reader *r, const model *m, json_object *root, values *inputs) {
    references in = {0};
    if (!m->sequential) TUFF_TRY(find_references(r, tuff_keras_get(m->config, "input_layers"), NULL, &in));
    inputs->count = m->sequential ? 1 : in.count;
    inputs->list = TUFF_NEW_ARRAY(r->arena, (size_t)inputs->count, tuff_keras_value, r->error);
    r->program->inputs = TUFF_NEW_ARRAY(r->arena, (size_t)inputs->count, tuff_keras_end, r->error);
    r->program->n_inputs = inputs->count;
    if (!inputs->list || !r->program->inputs) return TUFF_ERR_MEMORY;
    if (m->sequential) return sequential_input(r, m, root, inputs);
    for (int32_t i = 0; i < in.count; i++) {
        const int32_t k = find_layer(m, in.list[i].layer);
        if (k < 0) return tuff_fail(r->error, TUFF_ERR_FORMAT, "model '%s' has no layer '%s', which it names as its input", m->name, in.list[i].layer);
        TUFF_TRY(add_input(r, &m->layers[k].layer, in.list[i].key, inputs, i));
    }
    return TUFF_OK;
}

/* The outputs' names: their keys, or the layers that compute them ("dense", then "dense_1" where one layer computes two). */
static tuff_status name_outputs(reader *r, const model *m, const values *outputs) {
    references out = {0};
    tuff_keras_program *p = r->program;
    if (!m->sequential) TUFF_TRY(find_references(r, tuff_keras_get(m->config, "output_layers"), NULL, &out));
    p->outputs = TUFF_NEW_ARRAY(r->arena, (size_t)outputs->count, tuff_keras_end, r->error);
    if (!p->outputs) return TUFF_ERR_MEMORY;
    for (int32_t i = 0; i < outputs->count; i++) {
        const char *base = m->sequential ? m->layers[m->n_layers - 1].layer.name : out.list[i].key ? out.list[i].key : out.list[i].layer, *name = base;
        for (int32_t k = 0, tries = 0; k < i; k++)
            if (strcmp(p->outputs[k].name, name) == 0) {
                if (!(name = tuff_arena_format(r->arena, r->error, "%s_%d", base, (int)++tries))) return TUFF_ERR_MEMORY;
                k = -1;
            }
        p->outputs[p->n_outputs++] = (tuff_keras_end){name, outputs->list[i]};
    }
    return TUFF_OK;
}

static tuff_status parse(const char *text, size_t count, json_object **json, tuff_error *error) {
    json_tokener *tokener = json_tokener_new_ex(64);
    if (!tokener) return tuff_fail_memory(error, sizeof *tokener);
    if (count > INT32_MAX / 2) count = INT32_MAX / 2;
    *json = json_tokener_parse_ex(tokener, text, (int)count);
    const enum json_tokener_error problem = json_tokener_get_error(tokener);
    const size_t at = json_tokener_get_parse_end(tokener);
    json_tokener_free(tokener);
    if (problem == json_tokener_success && json_object_is_type(*json, json_type_object)) return TUFF_OK;
    return tuff_fail(error, TUFF_ERR_FORMAT, "the model's config is no JSON object: byte %zu of %zu: %s", at, count,
                     problem == json_tokener_success ? "something else" : json_tokener_error_desc(problem));
}

tuff_status tuff_keras_config_read(const char *text, size_t count, tuff_arena *arena, json_object **json, tuff_keras_program *program, tuff_error *error) {
    reader r = {arena, program, error};
    model *m = NULL;
    values inputs = {0}, outputs = {0};
    TUFF_TRY(parse(text, count, json, error));
    const char *class_name = tuff_keras_text(*json, "class_name", "");
    json_object *config = tuff_keras_get(*json, "config");
    if (!is_model(class_name, config)) {
        const char *why = strcmp(class_name, "Sequential") == 0 ? "it has no layers" : "only Sequential and functional models describe their layers";
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "the model (class '%s') cannot be read: %s", class_name, why);
    }
    TUFF_TRY(read_model(&r, class_name, config, NULL, &m));
    program->name = m->name;
    TUFF_TRY(make_inputs(&r, m, *json, &inputs));
    TUFF_TRY(unroll(&r, m, &inputs, &outputs));
    return name_outputs(&r, m, &outputs);
}
