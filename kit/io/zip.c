/* Zip archives through libzip, in memory.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/io/zip.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/error.h"

struct tuff_zip {
    zip_t *zip; /* owns the bytes */
    char *name;
};

bool tuff_zip_is(const void *bytes, size_t count) { return count >= 4 && (memcmp(bytes, "PK\x03\x04", 4) == 0 || memcmp(bytes, "PK\x05\x06", 4) == 0); }

static tuff_status fail_zip(const char *name, zip_error_t *why, tuff_error *error) {
    const int code = zip_error_code_zip(why);
    const tuff_status status = code == ZIP_ER_MEMORY                                   ? TUFF_ERR_MEMORY
                               : code == ZIP_ER_COMPNOTSUPP || code == ZIP_ER_NOPASSWD ? TUFF_ERR_UNSUPPORTED
                                                                                       : TUFF_ERR_FORMAT;
    return tuff_fail(error, status, "%s: unreadable zip archive: %s", name, zip_error_strerror(why));
}

tuff_status tuff_zip_open(const char *name, tuff_buffer *buffer, tuff_zip **zip, tuff_error *error) {
    *zip = NULL;
    if (buffer->count == 0) { /* libzip would lose the memory */
        tuff_buffer_free(buffer);
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: the file is empty", name);
    }
    const size_t name_bytes = strlen(name) + 1;
    tuff_zip *z = calloc(1, sizeof *z + name_bytes);
    if (!z) {
        tuff_buffer_free(buffer);
        return tuff_fail_memory(error, sizeof *z);
    }
    z->name = memcpy(z + 1, name, name_bytes);
    zip_error_t why;
    zip_error_init(&why);
    zip_source_t *source = zip_source_buffer_create(buffer->data, buffer->count, 1, &why);
    if (!source) tuff_buffer_free(buffer);
    *buffer = (tuff_buffer){0};
    if (source) {
        z->zip = zip_open_from_source(source, ZIP_RDONLY, &why);
        if (!z->zip) zip_source_free(source);
    }
    tuff_status status = TUFF_OK;
    if (!z->zip) {
        status = fail_zip(name, &why, error);
        free(z);
    } else {
        *zip = z;
    }
    zip_error_fini(&why);
    return status;
}

void tuff_zip_close(tuff_zip *zip) {
    if (!zip) return;
    zip_discard(zip->zip);
    free(zip);
}

int64_t tuff_zip_count(const tuff_zip *zip) { return zip_get_num_entries(zip->zip, 0); }
const char *tuff_zip_name(const tuff_zip *zip, int64_t k) { return k < 0 ? NULL : zip_get_name(zip->zip, (zip_uint64_t)k, ZIP_FL_ENC_RAW); }
int64_t tuff_zip_find(const tuff_zip *zip, const char *name) { return zip_name_locate(zip->zip, name, ZIP_FL_ENC_RAW); }

/* Reads until the end and not by the size that the archive states, which may be wrong by any amount. */
static tuff_status read_member(const tuff_zip *zip, const char *name, zip_file_t *file, tuff_buffer *buffer, tuff_error *error) {
    uint8_t chunk[65536];
    for (;;) {
        const zip_int64_t got = zip_fread(file, chunk, sizeof chunk);
        if (got < 0)
            return tuff_fail(error, TUFF_ERR_FORMAT, "%s: member %s is damaged after %zu bytes: %s", zip->name, name, buffer->count,
                             zip_error_strerror(zip_file_get_error(file)));
        if (buffer->count + (size_t)got > TUFF_FILE_LIMIT)
            return tuff_fail(error, TUFF_ERR_LIMIT, "%s: member %s is larger than the limit of %zu bytes", zip->name, name, TUFF_FILE_LIMIT);
        TUFF_TRY(tuff_buffer_add(buffer, chunk, (size_t)got, error));
        if (got == 0) return TUFF_OK;
    }
}

tuff_status tuff_zip_read(tuff_zip *zip, int64_t k, tuff_buffer *buffer, tuff_error *error) {
    *buffer = (tuff_buffer){0};
    const char *name = tuff_zip_name(zip, k);
    if (!name) return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s: no member %lld", zip->name, (long long)k);
    zip_file_t *file = zip_fopen_index(zip->zip, (zip_uint64_t)k, 0);
    if (!file) return fail_zip(zip->name, zip_get_error(zip->zip), error);
    const tuff_status status = read_member(zip, name, file, buffer, error);
    zip_fclose(file);
    if (status != TUFF_OK) tuff_buffer_free(buffer);
    return status;
}

/* ---- writing ---- */
struct tuff_zip_writer {
    zip_t *zip;
    zip_source_t *source; /* kept beyond zip_close, to read the result from */
};

tuff_status tuff_zip_create(tuff_zip_writer **writer, tuff_error *error) {
    *writer = NULL;
    tuff_zip_writer *w = calloc(1, sizeof *w);
    if (!w) return tuff_fail_memory(error, sizeof *w);
    zip_error_t why;
    zip_error_init(&why);
    w->source = zip_source_buffer_create(NULL, 0, 0, &why);
    if (w->source) {
        zip_source_keep(w->source);
        w->zip = zip_open_from_source(w->source, ZIP_CREATE | ZIP_TRUNCATE, &why);
    }
    zip_error_fini(&why);
    if (!w->zip) {
        if (w->source) {
            zip_source_free(w->source);
            zip_source_free(w->source);
        }
        free(w);
        return tuff_fail_memory(error, sizeof *w);
    }
    *writer = w;
    return TUFF_OK;
}

tuff_status tuff_zip_add(tuff_zip_writer *writer, const char *name, const void *bytes, size_t count, tuff_error *error) {
    void *copy = count ? malloc(count) : NULL; /* libzip doesn't free a buffer of no bytes */
    if (count && !copy) return tuff_fail_memory(error, count);
    if (count) memcpy(copy, bytes, count);
    zip_source_t *source = zip_source_buffer(writer->zip, copy, count, 1);
    if (!source) {
        free(copy);
        return fail_zip(name, zip_get_error(writer->zip), error);
    }
    /* the source frees the copy: NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    const zip_int64_t index = zip_file_add(writer->zip, name, source, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
        zip_source_free(source);
        return fail_zip(name, zip_get_error(writer->zip), error);
    }
    zip_set_file_compression(writer->zip, (zip_uint64_t)index, ZIP_CM_DEFLATE, 6);
    zip_file_set_dostime(writer->zip, (zip_uint64_t)index, 0, 0x21, 0); /* 1980-01-01: the same bytes each time */
    return TUFF_OK;
}

static tuff_status read_source(zip_source_t *source, tuff_buffer *buffer, tuff_error *error) {
    if (zip_source_open(source) != 0) return fail_zip("zip", zip_source_error(source), error);
    uint8_t chunk[65536];
    tuff_status status = TUFF_OK;
    for (;;) {
        const zip_int64_t got = zip_source_read(source, chunk, sizeof chunk);
        if (got < 0) status = fail_zip("zip", zip_source_error(source), error);
        else status = tuff_buffer_add(buffer, chunk, (size_t)got, error);
        if (got <= 0 || status != TUFF_OK) break;
    }
    zip_source_close(source);
    return status;
}

tuff_status tuff_zip_finish(tuff_zip_writer *writer, tuff_buffer *buffer, tuff_error *error) {
    if (!writer) return TUFF_OK;
    tuff_status status = TUFF_OK;
    if (!buffer) {
        zip_discard(writer->zip);
    } else if (zip_close(writer->zip) != 0) {
        status = fail_zip("zip", zip_get_error(writer->zip), error);
        zip_discard(writer->zip);
    } else {
        *buffer = (tuff_buffer){0};
        status = read_source(writer->source, buffer, error);
        if (status != TUFF_OK) tuff_buffer_free(buffer);
    }
    zip_source_free(writer->source);
    free(writer);
    return status;
}
