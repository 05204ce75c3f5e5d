/* Reading and writing .tflite: real models come through unchanged, broken ones are refused.
 * SPDX-License-Identifier: Apache-2.0
 *
 * `test_tflite rewrite IN OUT` reads a model and writes it again: tests/oracle/roundtrip.py lets LiteRT compare the two.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tflite/write.h"

static uint8_t *load(const char *path, size_t *count) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    *count = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*count ? *count : 1);
    if (bytes && fread(bytes, 1, *count, f) != *count) *count = 0;
    fclose(f);
    return bytes;
}

static int rewrite(const char *in, const char *out) {
    size_t count = 0, written = 0;
    uint8_t *bytes = load(in, &count), *to = NULL;
    if (!bytes) return 2;
    tuff_error error = {0};
    tuff_arena *arena = tuff_arena_create(NULL, &error);
    tuff_graph *g = NULL;
    tuff_status status = tuff_tflite_read(bytes, count, arena, &g, &error);
    if (status == TUFF_OK) status = tuff_tflite_write(g, true, NULL, &to, &written, &error);
    if (status == TUFF_OK) {
        FILE *f = fopen(out, "wb");
        if (!f || fwrite(to, 1, written, f) != written) status = tuff_fail(&error, TUFF_ERR_IO, "%s: cannot be written", out);
        if (f) fclose(f);
    }
    if (status != TUFF_OK) fprintf(stderr, "%s\n", error.message);
    free(to);
    free(bytes);
    tuff_arena_destroy(arena);
    return status != TUFF_OK;
}

int main(int argc, char **argv) {
    if (argc == 4 && strcmp(argv[1], "rewrite") == 0) return rewrite(argv[2], argv[3]);
    return 0;
}
