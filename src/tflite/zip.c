/* A zip archive behind a model: local headers and contents, a central directory, and a record at the end that says where it is.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Only what TFLite Metadata asks for: entries stored without compression, sizes of 32 bits, offsets from the start of the file (archives that were
 * written on their own and appended count from their own start; the end record tells which). Source: PKWARE's APPNOTE, sections 4.3.7, 4.3.12, 4.3.16.
 */
#include "tflite/zip.h"

#include <string.h>

enum { LOCAL_BYTES = 30, ENTRY_BYTES = 46, END_BYTES = 22, LARGEST_COMMENT = 65535 };
enum { LOCAL_MARK = 0x04034b50, ENTRY_MARK = 0x02014b50, END_MARK = 0x06054b50 };

static uint32_t get(const uint8_t *at, int bytes) {
    uint32_t x = 0;
    for (int k = bytes; k-- > 0;) x = x << 8 | at[k];
    return x;
}

static uint8_t *put(uint8_t *at, uint32_t x, int bytes) {
    for (int k = 0; k < bytes; k++, x >>= 8) *at++ = (uint8_t)x;
    return at;
}

/* ---- reading ---- */

typedef struct directory {
    size_t at, count, shift;
} directory; /* shift: what to add to stored offsets */

static bool find_directory(const uint8_t *bytes, size_t count, directory *d) {
    if (count < END_BYTES) return false;
    for (size_t back = 0; back <= LARGEST_COMMENT && back <= count - END_BYTES; back++) {
        const size_t at = count - END_BYTES - back;
        const uint8_t *end = bytes + at;
        if (get(end, 4) != END_MARK || get(end + 20, 2) != back) continue;
        const size_t size = get(end + 12, 4), offset = get(end + 16, 4);
        if (size > at || offset > at - size) return false;
        *d = (directory){at - size, get(end + 10, 2), at - size - offset};
        return d->count <= size / ENTRY_BYTES;
    }
    return false;
}

/* One entry of the directory; *at moves on to the next. */
static bool read_entry(const uint8_t *bytes, size_t count, const directory *d, size_t *at, tuff_graph *g, tuff_associated_file *file, tuff_error *error) {
    if (count - *at < ENTRY_BYTES || get(bytes + *at, 4) != ENTRY_MARK) return false;
    const uint8_t *entry = bytes + *at;
    const size_t stored = get(entry + 20, 4), size = get(entry + 24, 4), name = get(entry + 28, 2), rest = get(entry + 30, 2) + get(entry + 32, 2);
    if (count - *at - ENTRY_BYTES < name + rest) return false;
    if (get(entry + 10, 2) != 0 || stored != size) return false; /* compressed */
    const size_t local = get(entry + 42, 4) + d->shift;
    if (local > count || count - local < LOCAL_BYTES || get(bytes + local, 4) != LOCAL_MARK) return false;
    const size_t skip = LOCAL_BYTES + (size_t)get(bytes + local + 26, 2) + get(bytes + local + 28, 2);
    if (count - local < skip || count - local - skip < size) return false;
    char *own = tuff_arena_take(g->arena, name + 1, 1, error);
    if (!own) return false;
    memcpy(own, entry + ENTRY_BYTES, name);
    *file = (tuff_associated_file){own, {bytes + local + skip, size}};
    *at += ENTRY_BYTES + name + rest;
    return true;
}

tuff_status tuff_attached_read(const uint8_t *bytes, size_t count, tuff_graph *g, tuff_error *error) {
    directory d;
    if (!find_directory(bytes, count, &d)) return TUFF_OK;
    tuff_associated_file *files = TUFF_NEW_ARRAY(g->arena, d.count, tuff_associated_file, error);
    if (!files) return TUFF_ERR_MEMORY;
    size_t at = d.at;
    for (size_t k = 0; k < d.count; k++)
        if (!read_entry(bytes, count, &d, &at, g, &files[k], error)) return error && error->status == TUFF_ERR_MEMORY ? TUFF_ERR_MEMORY : TUFF_OK;
    g->files = files;
    g->n_files = (int32_t)d.count;
    return TUFF_OK;
}

/* ---- writing ---- */

static uint32_t crc32(const uint8_t *bytes, size_t count) {
    uint32_t crc = 0xffffffff;
    for (size_t k = 0; k < count; k++) {
        crc ^= bytes[k];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
    }
    return ~crc;
}

/* The fields that a local header and a directory entry have in common, from "version needed" to the lengths of name and extra field. */
static uint8_t *put_common(uint8_t *to, const tuff_associated_file *f, uint32_t crc) {
    to = put(to, 20, 2);    /* version 2.0 reads it */
    to = put(to, 0x800, 2); /* names are UTF-8 */
    to = put(to, 0, 2);     /* stored */
    to = put(to, 0, 2);     /* 00:00:00 */
    to = put(to, 0x21, 2);  /* 1980-01-01: the same model gives the same bytes */
    to = put(to, crc, 4);
    to = put(to, (uint32_t)f->content.count, 4);
    to = put(to, (uint32_t)f->content.count, 4);
    to = put(to, (uint32_t)strlen(f->name), 2);
    return put(to, 0, 2);
}

static uint8_t *put_bytes(uint8_t *to, const void *from, size_t bytes) {
    if (bytes) memcpy(to, from, bytes);
    return to + bytes;
}

size_t tuff_attached_bytes(const tuff_graph *g) {
    size_t bytes = g->n_files ? END_BYTES : 0;
    for (int32_t k = 0; k < g->n_files; k++) bytes += LOCAL_BYTES + ENTRY_BYTES + 2 * strlen(g->files[k].name) + g->files[k].content.count;
    return bytes;
}

static size_t local_bytes(const tuff_associated_file *f) { return LOCAL_BYTES + strlen(f->name) + f->content.count; }

void tuff_attached_write(const tuff_graph *g, uint8_t *to, size_t offset) {
    if (g->n_files == 0) return;
    size_t contents = 0;
    for (int32_t k = 0; k < g->n_files; k++) contents += local_bytes(&g->files[k]);
    uint8_t *const directory_at = to + contents;
    uint8_t *entry = directory_at;
    size_t at = offset;
    for (int32_t k = 0; k < g->n_files; k++) {
        const tuff_associated_file *f = &g->files[k];
        const uint32_t crc = crc32(f->content.data, f->content.count);
        to = put_common(put(to, LOCAL_MARK, 4), f, crc);
        to = put_bytes(put_bytes(to, f->name, strlen(f->name)), f->content.data, f->content.count);
        entry = put_common(put(put(entry, ENTRY_MARK, 4), 20, 2), f, crc);
        entry = put(put(entry, 0, 4), 0, 4); /* no comment, disk 0, attributes */
        entry = put(put(entry, 0, 2), (uint32_t)at, 4);
        entry = put_bytes(entry, f->name, strlen(f->name));
        at += local_bytes(f);
    }
    uint8_t *end = put(put(entry, END_MARK, 4), 0, 4);
    end = put(put(end, (uint32_t)g->n_files, 2), (uint32_t)g->n_files, 2);
    end = put(put(end, (uint32_t)(entry - directory_at), 4), (uint32_t)at, 4);
    put(end, 0, 2);
}
