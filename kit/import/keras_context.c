/* What the functions of Keras layers share: config values, weights, activations.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kit/import/keras_layers.h"

int32_t tuff_keras_fail(tuff_keras_context *c, const char *format, ...) {
    char text[600];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    (void)tuff_fail(c->error, TUFF_ERR_UNSUPPORTED, "layer '%s' (%s): %s", c->layer->path, c->layer->class_name, text);
    return -1;
}

/* ---- config ---- */

static bool whole(json_object *value, int32_t low, int32_t high, int32_t *out) {
    if (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1) value = json_object_array_get_idx(value, 0);
    if (!json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_boolean)) return false;
    const int64_t number = json_object_get_int64(value);
    *out = (int32_t)number;
    return number >= low && number <= high;
}

bool tuff_keras_whole(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t low, int32_t high, int32_t *value) {
    json_object *found = tuff_keras_get(c->layer->config, key);
    *value = otherwise;
    if ((!found && otherwise >= low) || whole(found, low, high, value)) return true;
    tuff_keras_fail(c, "%s is %s, expected a whole number from %d to %d", key, found ? json_object_get_string(found) : "missing", (int)low, (int)high);
    return false;
}

bool tuff_keras_pair(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t low, int32_t high, int32_t pair[2]) {
    json_object *found = tuff_keras_get(c->layer->config, key);
    const bool two = json_object_is_type(found, json_type_array) && json_object_array_length(found) == 2;
    pair[0] = pair[1] = otherwise;
    if (!found) return true;
    if (two && whole(json_object_array_get_idx(found, 0), low, high, &pair[0]) && whole(json_object_array_get_idx(found, 1), low, high, &pair[1])) return true;
    if (!two && whole(found, low, high, &pair[0])) {
        pair[1] = pair[0];
        return true;
    }
    tuff_keras_fail(c, "%s is %s, expected one or two whole numbers from %d to %d", key, json_object_get_string(found), (int)low, (int)high);
    return false;
}

bool tuff_keras_axis(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t rank, int32_t *axis) {
    if (!tuff_keras_whole(c, key, otherwise, -rank, rank - 1, axis)) return false;
    if (*axis < 0) *axis += rank;
    return true;
}

/* ---- weights ---- */

/* Walks the row's list: the place of `name` among the arrays that this layer has (-1: it has none), and how many these are. */
static int32_t place_of(const tuff_keras_context *c, const char *name, int32_t *count) {
    int32_t place = -1;
    *count = 0;
    for (const char *p = c->row->weights; *p;) {
        const size_t all = strcspn(p, " "), part = strcspn(p, " ?");
        char key[32] = "";
        if (part < all) snprintf(key, sizeof key, "%.*s", (int)(all - part - 1), p + part + 1);
        if (part == all || tuff_keras_truth(c->layer->config, key, true)) {
            if (strlen(name) == part && strncmp(p, name, part) == 0) place = *count;
            ++*count;
        }
        p += all + strspn(p + all, " ");
    }
    return place;
}

bool tuff_keras_has(const tuff_keras_context *c, const char *weight) {
    int32_t count = 0;
    return place_of(c, weight, &count) >= 0;
}

float *tuff_keras_weight(tuff_keras_context *c, const char *name, int32_t rank, int32_t *shape) {
    float *values = NULL;
    int32_t count = 0;
    const int32_t place = place_of(c, name, &count);
    if (tuff_keras_weights_read(c->weights, c->layer, name, place, count, rank, shape, &values, c->error) != TUFF_OK) return NULL;
    return values;
}

/* ---- activations ---- */

typedef struct function {
    const char *name;
    const char *op; /* the one op that it is, else: */
    int32_t (*build)(tuff_keras_context *c, int32_t x);
} function;

static int32_t scaled(tuff_keras_context *c, int32_t x, double scale, double offset) {
    const int32_t y = tuff_build_binary(c->b, "MUL", x, tuff_build_scalar(c->b, "scale", scale));
    return offset == 0 ? y : tuff_build_binary(c->b, "ADD", y, tuff_build_scalar(c->b, "offset", offset));
}

static int32_t linear(tuff_keras_context *c, int32_t x) {
    (void)c;
    return x;
}
static int32_t softmax(tuff_keras_context *c, int32_t x) { return tuff_build_softmax(c->b, x); }
static int32_t leaky_relu(tuff_keras_context *c, int32_t x) { return tuff_build_unary_with(c->b, "LEAKY_RELU", x, "alpha", 0.2); }
static int32_t swish(tuff_keras_context *c, int32_t x) { return tuff_build_binary(c->b, "MUL", x, tuff_build_unary(c->b, "LOGISTIC", x)); }
/* Keras 3: relu6(x + 3) / 6; before: x / 5 + 1/2 between 0 and 1 */
static int32_t hard_sigmoid(tuff_keras_context *c, int32_t x) {
    if (c->keras < 3) return tuff_build_unary(c->b, "RELU_0_TO_1", scaled(c, x, 0.2, 0.5));
    return scaled(c, tuff_build_unary(c->b, "RELU6", tuff_build_binary(c->b, "ADD", x, tuff_build_scalar(c->b, "three", 3))), 1.0 / 6, 0);
}

static const function functions[] = {
    {"linear", NULL, linear},
    {"relu", "RELU", NULL},
    {"relu6", "RELU6", NULL},
    {"sigmoid", "LOGISTIC", NULL},
    {"tanh", "TANH", NULL},
    {"softmax", NULL, softmax},
    {"elu", "ELU", NULL},
    {"exponential", "EXP", NULL},
    {"gelu", "GELU", NULL},
    {"log_softmax", "LOG_SOFTMAX", NULL},
    {"hard_silu", "HARD_SWISH", NULL},
    {"hard_swish", "HARD_SWISH", NULL},
    {"hard_sigmoid", NULL, hard_sigmoid},
    {"hard_tanh", "RELU_N1_TO_1", NULL},
    {"leaky_relu", NULL, leaky_relu},
    {"silu", NULL, swish},
    {"swish", NULL, swish},
};

int32_t tuff_keras_activate_named(tuff_keras_context *c, const char *name, int32_t x) {
    if (x < 0) return -1;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0) return functions[i].op ? tuff_build_unary(c->b, functions[i].op, x) : functions[i].build(c, x);
    return tuff_keras_fail(c, "Tuff doesn't convert the activation '%s': use another one", name);
}

/* A layer in place of a function: lowered as that layer. */
static int32_t activate_layer(tuff_keras_context *c, json_object *object, int32_t x) {
    tuff_keras_layer layer = *c->layer;
    tuff_keras_context inner = *c;
    layer.class_name = tuff_keras_text(object, "class_name", "");
    layer.config = tuff_keras_get(object, "config");
    layer.registered = tuff_keras_text(object, "registered_name", "");
    if (!layer.config || strcmp(layer.class_name, c->layer->class_name) == 0) return tuff_keras_fail(c, "its activation is neither a name nor a layer");
    inner.layer = &layer, inner.inputs = &x, inner.n_inputs = 1;
    return tuff_keras_lower(&inner);
}

int32_t tuff_keras_activate(tuff_keras_context *c, int32_t x) {
    json_object *given = tuff_keras_get(c->layer->config, "activation");
    if (x < 0) return -1;
    if (!given) return x;
    if (json_object_is_type(given, json_type_string)) return tuff_keras_activate_named(c, json_object_get_string(given), x);
    const char *name = tuff_keras_text(given, "config", NULL);
    if (name && strcmp(tuff_keras_text(given, "class_name", ""), "function") == 0) return tuff_keras_activate_named(c, name, x);
    return activate_layer(c, given, x);
}

/* ---- rows ---- */

static bool keys_fit(tuff_keras_context *c) {
    for (const char *p = c->row->keys; *p;) {
        const size_t all = strcspn(p, " "), part = strcspn(p, " =");
        char key[32], only[32];
        snprintf(key, sizeof key, "%.*s", (int)part, p);
        snprintf(only, sizeof only, "%.*s", part < all ? (int)(all - part - 1) : 0, p + part + (part < all));
        json_object *value = part < all ? tuff_keras_get(c->layer->config, key) : NULL;
        if (value && strcmp(json_object_get_string(value), only) != 0) {
            tuff_keras_fail(c, "%s %s is not supported, only %s", key, json_object_get_string(value), only);
            return false;
        }
        p += all + strspn(p + all, " ");
    }
    return true;
}

/* Does `list`, words separated by blanks, hold `key` (as a whole word, or before '=')? */
static bool lists(const char *list, const char *key) {
    const size_t count = strlen(key);
    for (const char *p = strstr(list, key); p; p = strstr(p + 1, key))
        if ((p == list || p[-1] == ' ') && (p[count] == 0 || p[count] == ' ' || p[count] == '=')) return true;
    return false;
}

/* Config keys that say how a layer is trained, named or built, not what it computes. */
static bool matters(const char *key, json_object *value) {
    static const char *const endings[] = {"_initializer", "_regularizer", "_constraint"};
    static const char others[] =
        "name trainable dtype autocast batch_input_shape batch_shape input_shape input_dtype build_config shared_object_id momentum "
        "synchronized renorm renorm_clipping renorm_momentum virtual_batch_size fused adjustment groups lora_rank lora_alpha lora_enabled";
    if (!value || (json_object_is_type(value, json_type_boolean) && !json_object_get_boolean(value)) || lists(others, key)) return false;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        const char *found = strstr(key, endings[i]);
        if (found && strlen(found) == strlen(endings[i])) return false;
    }
    return true;
}

/* An option that the row doesn't know may come from a newer Keras: the user should hear of it. */
static void report_unknown_keys(const tuff_keras_context *c) {
    if (!c->report || !c->report->line) return;
    json_object_object_foreach(c->layer->config, key, value) {
        char text[300];
        if (lists(c->row->keys, key) || !matters(key, value)) continue;
        snprintf(text, sizeof text, "layer '%.80s' (%.60s): left out its option %.40s = %.80s", c->layer->path, c->layer->class_name, key,
                 json_object_get_string(value));
        c->report->line(c->report->context, text);
    }
}

/* dtype policies of model.quantize(): the stored arrays are then packed integers and scales */
static bool quantized(const tuff_keras_layer *layer) {
    json_object *dtype = tuff_keras_get(layer->config, "dtype");
    return strstr(tuff_keras_text(dtype, "class_name", ""), "Quantized") != NULL;
}

int32_t tuff_keras_lower(tuff_keras_context *c) {
    const tuff_keras_layer *layer = c->layer;
    if (strchr(layer->registered, '>') && strncmp(layer->registered, "keras", 5) != 0)
        return tuff_keras_fail(c, "a custom layer (%s), whose code isn't in the file: replace it by layers of Keras", layer->registered);
    c->row = strncmp(layer->module, "keras.src.ops", 13) == 0 ? NULL : tuff_keras_row_find(layer->class_name);
    if (!c->row) return tuff_keras_fail(c, "Tuff doesn't convert this layer: replace it by others, or remove it if it only matters in training");
    if (quantized(layer)) return tuff_keras_fail(c, "quantized by Keras: convert the float model and let Tuff quantize it");
    if (c->row->inputs >= 0 ? c->n_inputs != c->row->inputs : c->n_inputs < 1) return tuff_keras_fail(c, "called with %d tensors", (int)c->n_inputs);
    if (!keys_fit(c)) return -1;
    report_unknown_keys(c);
    return c->row->function(c);
}
