/* A whole file, read-only: mapped where the platform can.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_FILE_H
#define TUFF_BASE_FILE_H

#include "base/arena.h"

typedef struct tuff_file {
    const uint8_t *bytes;
    size_t count;
    bool mapped;
} tuff_file;

/* Errors: IO with the path and the reason in words (a directory, no such file, not permitted ...); MEMORY. */
tuff_status tuff_file_open(const char *path, const tuff_allocator *a, tuff_file *file, tuff_error *error) TUFF_MUST_USE;
void tuff_file_close(tuff_file *file, const tuff_allocator *a);

#endif
