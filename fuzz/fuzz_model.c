/* Any bytes as a model that is planned and run, within bounds of memory and work. Seeds: tests/data/tflite and any small models.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>

#include "tuff/tuff.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

enum { LARGEST = 1 << 26 };
static const int64_t most_work = 10000000;

static void *bounded(void *context, void *old, size_t bytes) {
    (void)context;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return bytes > LARGEST ? NULL : realloc(old, bytes);
}

static int64_t work(const tuff_interpreter *it) {
    int64_t sum = 0;
    for (int32_t k = 0; k < tuff_interpreter_step_count(it); k++) {
        const int64_t macs = tuff_interpreter_step(it, k).macs;
        if (macs < 0 || macs > most_work) return INT64_MAX;
        sum += macs;
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    const tuff_memory memory = {bounded, NULL};
    tuff_model_options options = TUFF_MODEL_OPTIONS;
    options.memory = &memory;
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.memory = &memory;
    tuff_error error = {0};
    tuff_model *model = NULL;
    tuff_interpreter *it = NULL;
    if (tuff_model_from_memory(bytes, count, &options, &model, &error) == TUFF_OK && tuff_interpreter_create(model, &how, &it, &error) == TUFF_OK &&
        work(it) < most_work)
        (void)!tuff_interpreter_invoke(it, &error);
    if ((error.status != TUFF_OK) != (error.message[0] != 0)) abort(); /* each refusal says why */
    tuff_interpreter_destroy(it);
    tuff_model_close(model);
    return 0;
}
