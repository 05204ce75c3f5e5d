/* idx files, as MNIST comes in: images, and labels found beside them.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   0, 0, type, rank, then rank big-endian 32-bit dims, then the elements, big-endian
 *   type  0x08 u8, 0x09 s8, 0x0b s16, 0x0c s32, 0x0d f32, 0x0e f64
 *
 * Labels of t10k-images-idx3-ubyte.gz are looked for as t10k-labels-idx1-ubyte.gz and t10k-labels-idx1-ubyte, and the other way round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "kit/data/dataset.h"

static bool type_of(uint8_t code, tuff_type *type) {
    switch (code) {
    case 0x08: *type = TUFF_U8; return true;
    case 0x09: *type = TUFF_S8; return true;
    case 0x0b: *type = TUFF_S16; return true;
    case 0x0c: *type = TUFF_S32; return true;
    case 0x0d: *type = TUFF_F32; return true;
    case 0x0e: *type = TUFF_F64; return true;
    default: return false;
    }
}

bool tuff_idx_is(const uint8_t *bytes, size_t count) {
    tuff_type type;
    return count >= 4 && bytes[0] == 0 && bytes[1] == 0 && type_of(bytes[2], &type) && bytes[3] >= 1 && bytes[3] <= TUFF_MAX_RANK;
}

static tuff_status read_idx(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) {
    if (!tuff_idx_is(buffer->data, buffer->count)) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: not an idx file: expected 00 00, a type, a rank", name);
    type_of(buffer->data[2], &array->type);
    array->rank = buffer->data[3];
    const size_t start = 4 + 4 * (size_t)array->rank;
    if (buffer->count < start) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: truncated: an idx header of %zu bytes, found %zu", name, start, buffer->count);
    for (int32_t i = 0; i < array->rank; i++) {
        const uint8_t *b = buffer->data + 4 + 4 * i;
        array->shape[i] = (int64_t)b[0] << 24 | (int64_t)b[1] << 16 | (int64_t)b[2] << 8 | b[3];
    }
    const size_t found = buffer->count;
    TUFF_TRY(tuff_array_place(name, array, buffer, start, false, false, error));
    if (found - start > array->bytes)
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: expected %zu bytes behind the idx header, found %zu", name, array->bytes, found - start);
    return TUFF_OK;
}

tuff_status tuff_idx_read(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) {
    memset(array, 0, sizeof *array);
    const tuff_status status = read_idx(name, buffer, array, error);
    tuff_buffer_free(buffer);
    if (status != TUFF_OK) tuff_array_free(array);
    return status;
}

/* ---- labels beside images ---- */
/* Replaces the last `from` in the file's name (not in the folders') by `to` of equal length. */
static bool replace(char *path, const char *from, const char *to) {
    char *at = NULL;
    for (char *next = strstr(path + (tuff_file_name(path) - path), from); next; next = strstr(next + 1, from)) at = next;
    if (!at) return false;
    while (*to) *at++ = *to++;
    return true;
}

static bool exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

/* *labels: the path in the arena, NULL where there are none. */
static tuff_status find_labels(const tuff_dataset *d, const char **labels, tuff_error *error) {
    *labels = NULL;
    char *path = tuff_arena_format(d->arena, error, "%s.gz", d->path);
    if (!path) return TUFF_ERR_MEMORY;
    path[strlen(path) - 3] = 0;
    if (!replace(path, "images", "labels")) return TUFF_OK;
    replace(path, "idx3", "idx1");
    replace(path, "idx4", "idx1");
    if (!exists(path)) {
        const size_t length = strlen(path);
        if (length > 3 && strcmp(path + length - 3, ".gz") == 0) path[length - 3] = 0;
        else memcpy(path + length, ".gz", 4);
    }
    if (exists(path)) *labels = path;
    return TUFF_OK;
}

static tuff_status read_labels(tuff_dataset *d, const char *path, tuff_error *error) {
    tuff_buffer buffer;
    tuff_array labels = {0};
    TUFF_TRY(tuff_file_read(path, &buffer, error));
    tuff_status status = tuff_buffer_gunzip(path, &buffer, error);
    if (status == TUFF_OK) status = tuff_idx_read(path, &buffer, &labels, error);
    if (status == TUFF_OK) status = tuff_data_set_labels(d, path, &labels, error);
    tuff_buffer_free(&buffer);
    tuff_array_free(&labels);
    if (status != TUFF_OK || !d->labels) return status;
    d->labels_from = tuff_arena_format(d->arena, error, "labels from %s", tuff_file_name(path));
    return d->labels_from ? TUFF_OK : TUFF_ERR_MEMORY;
}

tuff_status tuff_data_read_idx(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) {
    TUFF_TRY(tuff_idx_read(d->path, buffer, &d->array, error));
    if (d->array.rank == 1)
        return tuff_fail(error, TUFF_ERR_DATA,
                         "%s: holds %lld single numbers (labels?), expected images: give the file of the images, its labels are found beside it", d->path,
                         (long long)d->array.count);
    d->total = (size_t)d->array.shape[0];
    const char *labels;
    TUFF_TRY(find_labels(d, &labels, error));
    return labels ? read_labels(d, labels, error) : TUFF_OK;
}
