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

tuff_status tuff_zip_read(const uint8_t *bytes, size_t count, tuff_graph *g, tuff_error *error) {
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
