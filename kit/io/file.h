/* Whole files in, whole files out.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IO_FILE_H
#define TUFF_KIT_IO_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "tuff/status.h"

/* Bytes on the heap; data[count] is a readable 0 that doesn't count, so that text can be scanned without looking at the end. */
typedef struct tuff_buffer {
    uint8_t *data;
    size_t count, room;
} tuff_buffer;
void tuff_buffer_free(tuff_buffer *buffer); /* and clears it; a zeroed one is fine */
/* Appends; the room grows geometrically. */
tuff_status tuff_buffer_add(tuff_buffer *buffer, const void *bytes, size_t count, tuff_error *error) TUFF_MUST_USE;

/* What is larger is refused, unpacked or not; of streams (pipes, devices), which may be endless, less is taken. */
#define TUFF_FILE_LIMIT (sizeof(size_t) > 4 ? (size_t)((uint64_t)4 << 30) : (size_t)1 << 30)
#define TUFF_STREAM_LIMIT ((size_t)1 << 30)

/* Reads all of `path` ("-": standard input). Errors: IO, LIMIT, MEMORY; each names the file. */
tuff_status tuff_file_read(const char *path, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
/* Replaces gzip bytes by what they hold, and leaves others as they are. `name` is for messages. Errors: FORMAT (damaged), LIMIT, MEMORY. */
tuff_status tuff_buffer_gunzip(const char *name, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
/* Writes `path` complete or not at all: to a new file in the same folder, which is then renamed. A target that exists and is no regular file (a
 * device, a pipe) is written directly and never replaced; "-" is standard output; a symbolic link stays one. */
tuff_status tuff_file_write(const char *path, const void *bytes, size_t count, tuff_error *error) TUFF_MUST_USE;

bool tuff_file_is_folder(const char *path);
/* The name behind the last '/'. */
const char *tuff_file_name(const char *path);

#endif
