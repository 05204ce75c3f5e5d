/* Since which runtime each op version exists.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_RUNTIME_H
#define TUFF_TFLITE_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

typedef struct tuff_runtime {
    int32_t major, minor, patch;
} tuff_runtime;
enum { TUFF_RUNTIME_TEXT = 16 }; /* bytes of the metadata entry, zeros behind the text */

/* The first TensorFlow (or LiteRT) release that runs this op version; 0.0.0 where that isn't known. */
tuff_runtime tuff_runtime_of(int32_t code, int32_t version);
bool tuff_runtime_newer(tuff_runtime a, tuff_runtime b);
void tuff_runtime_print(tuff_runtime r, char text[TUFF_RUNTIME_TEXT]);

#endif
