/* Keras' JSON -> a list of layer calls.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A Keras model is a tree: Sequential and functional models hold layers, which may be models again, and a layer may be called several
 * times. Here the tree is unrolled: what remains is the layers (each once) and their calls in an order in which they can be computed.
 */
#ifndef TUFF_KIT_IMPORT_KERAS_CONFIG_H
#define TUFF_KIT_IMPORT_KERAS_CONFIG_H

#include <json.h>

#include "base/arena.h"

typedef struct tuff_keras_layer {
    const char *class_name, *module, *registered; /* module, registered: "" where there is none */
    const char *name;                             /* the config's */
    const char *path;                             /* "tower/dense_1": with the names of the models around it */
    const char *top;                              /* the name of the layer or model of the outermost model that holds it */
    const char *group;                            /* where a .keras file keeps its weights: "layers/functional/layers/dense" */
    json_object *config;
    int32_t depth; /* models around it: 1 for a layer of the outermost */
} tuff_keras_layer;

/* Output `output` of call `call`. */
typedef struct tuff_keras_value {
    int32_t call, output;
} tuff_keras_value;

typedef struct tuff_keras_call {
    const tuff_keras_layer *layer;
    tuff_keras_value *inputs; /* the tensors among its positional arguments, in their order */
    int32_t n_inputs;
    json_object *kwargs; /* or NULL */
} tuff_keras_call;

typedef struct tuff_keras_end {
    const char *name; /* of the signature */
    tuff_keras_value value;
} tuff_keras_end;

typedef struct tuff_keras_program {
    const char *name;
    tuff_keras_call *calls; /* InputLayers among them, without inputs */
    int32_t n_calls, calls_room;
    tuff_keras_end *inputs, *outputs;
    int32_t n_inputs, n_outputs;
} tuff_keras_program;

/* Reads a model's JSON text. `json` gets the tree that the program points into: json_object_put() it afterwards (also after a failure). */
tuff_status tuff_keras_config_read(const char *text, size_t count, tuff_arena *arena, json_object **json, tuff_keras_program *program,
                                   tuff_error *error) TUFF_MUST_USE;

/* Config values by key; `otherwise` where the key is missing or null. Old files write truth as 0 and 1, and numbers as lists of one. */
json_object *tuff_keras_get(json_object *config, const char *key); /* NULL: missing or null */
const char *tuff_keras_text(json_object *config, const char *key, const char *otherwise);
bool tuff_keras_truth(json_object *config, const char *key, bool otherwise);
bool tuff_keras_number(json_object *config, const char *key, double otherwise, double *value); /* false: something else is there */

#endif
