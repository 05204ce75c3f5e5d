/* Zip archives in memory (.keras, .npz, case files): members by name, and making one. libzip is behind this file.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_IO_ZIP_H
#define TUFF_KIT_IO_ZIP_H

#include "kit/io/file.h"

typedef struct tuff_zip tuff_zip;

/* Whether bytes begin as a zip does. */
bool tuff_zip_is(const void *bytes, size_t count);
/* Takes the buffer over, whether it succeeds or not. `name` is for messages and copied. Errors: FORMAT, MEMORY. */
tuff_status tuff_zip_open(const char *name, tuff_buffer *buffer, tuff_zip **zip, tuff_error *error) TUFF_MUST_USE;
void tuff_zip_close(tuff_zip *zip); /* NULL is fine */
int64_t tuff_zip_count(const tuff_zip *zip);
const char *tuff_zip_name(const tuff_zip *zip, int64_t k);    /* NULL beyond the end */
int64_t tuff_zip_find(const tuff_zip *zip, const char *name); /* -1: none */
/* A member, inflated and its checksum checked; aligned to 16. Errors: FORMAT (damaged), UNSUPPORTED (encrypted, a compression of another kind), LIMIT. */
tuff_status tuff_zip_read(tuff_zip *zip, int64_t k, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;

/* A new archive. Members are copied when added; deflated where that is smaller. */
typedef struct tuff_zip_writer tuff_zip_writer;
tuff_status tuff_zip_create(tuff_zip_writer **writer, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_zip_add(tuff_zip_writer *writer, const char *name, const void *bytes, size_t count, tuff_error *error) TUFF_MUST_USE;
/* Its bytes; the writer is freed, also on failure. buffer NULL: only frees. */
tuff_status tuff_zip_finish(tuff_zip_writer *writer, tuff_buffer *buffer, tuff_error *error);

#endif
