/* Stands in for the importers where the build leaves them out (TUFF_IMPORT=OFF): such a toolkit reads .tflite only.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "base/error.h"
#include "kit/import/keras.h"

static tuff_status absent(tuff_error *error) {
    return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "a Keras model: this build of Tuff reads .tflite only (it was built with TUFF_IMPORT=OFF)");
}

bool tuff_keras_is_h5(const void *bytes, size_t count) { return count >= 8 && memcmp(bytes, "\x89HDF\r\n\x1a\n", 8) == 0; }

tuff_status tuff_keras_read_zip(tuff_buffer *bytes, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    (void)bytes, (void)report, (void)arena, (void)graph;
    return absent(error);
}

tuff_status tuff_keras_read_folder(const char *path, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    (void)path, (void)report, (void)arena, (void)graph;
    return absent(error);
}

tuff_status tuff_keras_read_h5(const void *bytes, size_t count, const tuff_report *report, tuff_arena *arena, tuff_graph **graph, tuff_error *error) {
    (void)bytes, (void)count, (void)report, (void)arena, (void)graph;
    return absent(error);
}
