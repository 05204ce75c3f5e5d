/* Keras' weights: where each layer's arrays lie in an HDF5 file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IMPORT_KERAS_WEIGHTS_H
#define TUFF_KIT_IMPORT_KERAS_WEIGHTS_H

#include "base/arena.h"
#include "kit/import/keras_config.h"

typedef struct tuff_keras_weights tuff_keras_weights;

/* Opens an HDF5 file held in memory. The bytes must stay until the close. */
tuff_status tuff_keras_weights_open(const void *bytes, size_t count, tuff_keras_weights **weights, tuff_error *error) TUFF_MUST_USE;
void tuff_keras_weights_close(tuff_keras_weights *weights); /* NULL is fine */

/* A whole-model .h5 holds the config too: its text (with tuff_release(NULL, text)), and the version that wrote it ("" where it doesn't say). */
tuff_status tuff_keras_weights_config(tuff_keras_weights *weights, char **text, char version[16], tuff_error *error) TUFF_MUST_USE;

/* The layer's array number `k` of `count`, called `name` ("kernel"), with the expected shape (a size of -1 takes any, and is filled in), as
 * floats on the heap (tuff_release(NULL, values)). */
tuff_status tuff_keras_weights_read(tuff_keras_weights *weights, const tuff_keras_layer *layer, const char *name, int32_t k, int32_t count, int32_t rank,
                                    int32_t *shape, float **values, tuff_error *error) TUFF_MUST_USE;

#endif
