/* Any bytes as a .tflite file: read, shown, written, read again. Seeds: tests/data/tflite.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "graph/dump.h"
#include "tflite/tflite.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void swallow(void *context, const char *line) { *(size_t *)context += line[0] != 0; }

static tuff_status read_model(const uint8_t *bytes, size_t count, tuff_arena *arena, tuff_graph **g) {
    tuff_error error = {0};
    const tuff_status status = tuff_tflite_read(bytes, count, arena, g, &error);
    if (status != error.status || (status != TUFF_OK) != (error.message[0] != 0)) abort(); /* each refusal says why */
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    tuff_arena *arena = tuff_arena_create(NULL, NULL);
    tuff_graph *g, *again;
    if (arena && read_model(bytes, count, arena, &g) == TUFF_OK) {
        size_t lines = 0;
        tuff_graph_dump(g, swallow, &lines);
        for (int32_t k = 0; k < g->subgraphs[0].n_inputs && k < 8; k++) {
            tuff_recipe recipe;
            (void)tuff_tflite_read_recipe(g, k, &recipe, NULL);
        }
        for (int32_t k = 0; k < g->subgraphs[0].n_outputs && k < 8; k++) {
            const char *const *labels;
            int32_t n;
            (void)tuff_tflite_read_labels(g, k, arena, &labels, &n, NULL);
        }
        uint8_t *written = NULL;
        size_t size = 0;
        if (tuff_tflite_write(g, true, NULL, &written, &size, NULL) == TUFF_OK) {
            if (read_model(written, size, arena, &again) != TUFF_OK) abort(); /* what we write, we read */
            free(written);
        }
    }
    tuff_arena_destroy(arena);
    return 0;
}
