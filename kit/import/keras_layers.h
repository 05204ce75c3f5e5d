/* The table of Keras layers, and what a row's function gets.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IMPORT_KERAS_LAYERS_H
#define TUFF_KIT_IMPORT_KERAS_LAYERS_H

#include "kit/import/build.h"
#include "kit/import/keras_weights.h"
#include "tuff/convert.h"

/* One call of one layer, being lowered. */
typedef struct tuff_keras_context {
    tuff_builder *b;
    const tuff_keras_layer *layer;
    const struct tuff_keras_row *row;
    json_object *kwargs;
    tuff_keras_weights *weights;
    int32_t keras;             /* major version of Keras that wrote the file */
    const tuff_report *report; /* hears of options that are left out; or NULL */
    const int32_t *inputs;     /* tensors */
    int32_t n_inputs;
    tuff_error *error;
} tuff_keras_context;

/* Lowers the call to nodes; returns the tensor that it computes, or -1 with the error set. */
typedef int32_t tuff_keras_function(tuff_keras_context *c);

typedef struct tuff_keras_row {
    const char *class_name;
    tuff_keras_function *function;
    int32_t inputs;      /* how many tensors it takes; -1: two or more (or a single one: the layer then changes nothing) */
    const char *keys;    /* config keys that it reads, separated by blanks; "key=value": no other value is supported */
    const char *weights; /* in stored order; "gamma?scale": only where config key `scale` is true */
} tuff_keras_row;

const tuff_keras_row *tuff_keras_row_find(const char *class_name); /* NULL: none */
/* The layer's row and everything about the call that the row alone decides: class, number of inputs, keys. Then its function. */
int32_t tuff_keras_lower(tuff_keras_context *c);

/* ---- what functions ask for; each sets the error ---- */
int32_t tuff_keras_fail(tuff_keras_context *c, const char *format, ...) TUFF_PRINTF(2, 3); /* "layer 'x' (Dense): ..."; returns -1 */
bool tuff_keras_whole(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t low, int32_t high, int32_t *value);
/* A number for both, or a list of two. */
bool tuff_keras_pair(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t low, int32_t high, int32_t pair[2]);
/* An axis counted from the front, of an input of `rank`; a list of one counts as its element. */
bool tuff_keras_axis(tuff_keras_context *c, const char *key, int32_t otherwise, int32_t rank, int32_t *axis);
bool tuff_keras_has(const tuff_keras_context *c, const char *weight);
/* Weights by name on the heap (tuff_release(NULL, ..)); NULL with the error set. Sizes of -1 in the shape are filled in. */
float *tuff_keras_weight(tuff_keras_context *c, const char *name, int32_t rank, int32_t *shape);

/* Applies config key `activation` (a name, an object with a name, a layer) to x. */
int32_t tuff_keras_activate(tuff_keras_context *c, int32_t x);
int32_t tuff_keras_activate_named(tuff_keras_context *c, const char *name, int32_t x);

#endif
