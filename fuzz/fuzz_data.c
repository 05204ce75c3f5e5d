/* Any bytes as a data file: idx, .npy, .npz, CSV, PNG, JPEG, BMP, gzipped or not, whichever they look like. Seeds: tests/data.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tuff/data.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

/* The bytes as a file that has a path. */
static const char *path_of(const uint8_t *bytes, size_t count) {
    static FILE *file;
    static char path[64];
    if (!file && !(file = tmpfile())) abort();
    const int number = fileno(file);
    if (ftruncate(number, 0) != 0 || pwrite(number, bytes, count, 0) != (ssize_t)count) abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", number);
    return path;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    tuff_error error = {0};
    tuff_dataset *dataset;
    if (tuff_dataset_open(path_of(bytes, count), NULL, &dataset, &error) != TUFF_OK) {
        if (error.message[0] == 0) abort(); /* each refusal says why */
        return 0;
    }
    volatile uint8_t sum = 0;
    for (size_t k = 0; k < tuff_dataset_count(dataset) && k < 16; k++) {
        tuff_sample sample;
        if (tuff_dataset_get(dataset, k, &sample, &error) != TUFF_OK) break;
        for (size_t i = 0; i < sample.bytes; i++) sum = (uint8_t)(sum + ((const uint8_t *)sample.data)[i]);
    }
    tuff_dataset_close(dataset);
    return 0;
}
