/* Datasets: which reader a file is for, limits, single samples, and what to tell about the set.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/data/dataset.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kit/io/zip.h"

/* ---- opening ---- */
static bool npy_is(const uint8_t *bytes, size_t count) { return count >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0; }
static bool zip_is(const uint8_t *bytes, size_t count) { return tuff_zip_is(bytes, count); }

/* Text without control characters, judged by its beginning. */
static bool text_is(const uint8_t *bytes, size_t count) {
    for (size_t k = 0; k < count && k < 4096; k++)
        if ((bytes[k] < 32 && bytes[k] != '\n' && bytes[k] != '\r' && bytes[k] != '\t') || bytes[k] == 127) return false;
    return count > 0;
}

static tuff_status read_picture(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) {
    d->files = TUFF_NEW(d->arena, const char *, error);
    const tuff_status status = d->files ? tuff_picture_read(d->path, buffer->data, buffer->count, &d->shown, error) : TUFF_ERR_MEMORY;
    tuff_buffer_free(buffer);
    if (status != TUFF_OK) return status;
    d->files[0] = d->path;
    d->total = 1;
    d->shown_file = 0;
    return TUFF_OK;
}

/* First that fits is taken; text is the least certain. */
static const struct {
    bool (*is)(const uint8_t *bytes, size_t count);
    tuff_status (*read)(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error);
} readers[] = {
    {tuff_idx_is, tuff_data_read_idx}, {npy_is, tuff_data_read_npy},  {zip_is, tuff_data_read_npz},
    {tuff_picture_is, read_picture},   {text_is, tuff_data_read_csv},
};

/* What people have that isn't read, by the bytes it begins with. */
static const char *foreign(const tuff_buffer *b) {
    static const struct {
        size_t at;
        const char *bytes, *name;
    } known[] = {
        {0, "GIF8", "a GIF picture"},
        {0, "II*", "a TIFF picture"},
        {0, "MM", "a TIFF picture"},
        {8, "WEBP", "a WebP picture"},
        {4, "ftyp", "a HEIC or AVIF picture or a video"},
        {0, "P5", "a PGM picture"},
        {0, "P6", "a PPM picture"},
        {4, "TFL3", "a .tflite model"},
        {0, "\x89HDF", "an HDF5 file"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const size_t length = strlen(known[k].bytes);
        if (b->count >= known[k].at + length && memcmp(b->data + known[k].at, known[k].bytes, length) == 0) return known[k].name;
    }
    return NULL;
}

static tuff_status unknown(const tuff_dataset *d, const tuff_buffer *buffer, tuff_error *error) {
    if (buffer->count == 0) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: the file is empty", d->path);
    const char *name = foreign(buffer);
    if (name) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: is %s, expected idx, .npy, .npz, CSV, PNG, JPEG or BMP", d->path, name);
    char begin[40] = "";
    for (size_t k = 0; k < buffer->count && k < 8; k++) snprintf(begin + 3 * k, 4, " %02x", buffer->data[k]);
    return tuff_fail(error, TUFF_ERR_FORMAT, "%s: begins with%s, expected idx, .npy, .npz, CSV, PNG, JPEG or BMP", d->path, begin);
}

static tuff_status read_file(tuff_dataset *d, tuff_error *error) {
    tuff_buffer buffer;
    TUFF_TRY(tuff_file_read(d->path, &buffer, error));
    if (strcmp(d->path, "-") == 0) d->path = d->name = "standard input";
    tuff_status status = tuff_buffer_gunzip(d->path, &buffer, error);
    if (status == TUFF_OK) {
        size_t k = 0;
        while (k < sizeof readers / sizeof *readers && !readers[k].is(buffer.data, buffer.count)) k++;
        status = k < sizeof readers / sizeof *readers ? readers[k].read(d, &buffer, error) : unknown(d, &buffer, error);
    }
    tuff_buffer_free(&buffer);
    return status;
}

/* Settles what an array's samples are: their type, and whether they are pictures. */
static tuff_status settle_array(tuff_dataset *d, tuff_error *error) {
    tuff_array *a = &d->array;
    char about[128];
    tuff_array_about(a, about, sizeof about);
    if (a->rank == 0) return tuff_fail(error, TUFF_ERR_DATA, "%s: holds a single number, expected an array of samples", d->path);
    if (a->type == TUFF_C64 || a->type == TUFF_C128) return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "%s: complex samples %s", d->path, about);
    if (d->total && a->count == 0) return tuff_fail(error, TUFF_ERR_DATA, "%s: samples of no elements: %s", d->path, about);
    if (a->type == TUFF_F64 || a->type == TUFF_F16) TUFF_TRY(tuff_array_to_f32(a, error));
    const int64_t depth = a->rank == 4 ? a->shape[3] : 1;
    d->picture = a->type == TUFF_U8 && (a->rank == 3 || (a->rank == 4 && (depth == 1 || depth == 3 || depth == 4)));
    for (int32_t i = 1; i < a->rank; i++)
        if (a->shape[i] > INT32_MAX / 4) return tuff_fail(error, TUFF_ERR_LIMIT, "%s: samples of %s are too large", d->path, about);
    return TUFF_OK;
}

/* 10,000 */
static void thousands(size_t n, char text[32]) {
    char digits[24];
    const size_t length = (size_t)snprintf(digits, sizeof digits, "%zu", n);
    size_t at = 0;
    for (size_t k = 0; k < length; k++) {
        if (k && (length - k) % 3 == 0) text[at++] = ',';
        text[at++] = digits[k];
    }
    text[at] = 0;
}

static tuff_status describe(tuff_dataset *d, tuff_error *error) {
    char count[32], of[48] = "", shape[128] = "";
    thousands(d->count, count);
    if (d->count < d->total) {
        char total[32];
        thousands(d->total, total);
        snprintf(of, sizeof of, " of %s", total);
    }
    if (!d->files) {
        size_t at = 0;
        for (int32_t i = 1; i < d->array.rank; i++)
            at += (size_t)snprintf(shape + at, sizeof shape - at, "%s%lld", i == 1 ? " " : "x", (long long)d->array.shape[i]);
        if (d->picture && d->array.rank == 3) snprintf(shape + at, sizeof shape - at, "x1");
    } else if (d->total == 1 && d->shown.pixels) {
        snprintf(shape, sizeof shape, " %dx%dx%d", (int)d->shown.height, (int)d->shown.width, (int)d->shown.channels);
    }
    const char *noun = d->picture ? "picture" : "sample", *of_what = "";
    if (!d->picture) of_what = d->array.type == TUFF_U8 ? " raw bytes" : d->array.type == TUFF_F32 ? " floats" : tuff_type_name(d->array.type);
    d->about = tuff_arena_format(d->arena, error, "%s: %s%s %s%s%s%s%s%s%s%s", d->name, count, of, noun, d->total == 1 ? "" : "s", d->picture ? "" : " of",
                                 shape, *of_what && *of_what != ' ' ? " " : "", of_what, d->labels ? ", " : "", d->labels ? d->labels_from : "");
    return d->about ? TUFF_OK : TUFF_ERR_MEMORY;
}

static tuff_status open_dataset(tuff_dataset *d, const char *path, tuff_error *error) {
    char *own = tuff_arena_string(d->arena, path, error);
    if (!own) return TUFF_ERR_MEMORY;
    for (size_t length = strlen(own); length > 1 && own[length - 1] == '/';) own[--length] = 0;
    d->path = own;
    d->name = tuff_file_name(d->path);
    d->shown_file = SIZE_MAX;
    TUFF_TRY(tuff_file_is_folder(d->path) ? tuff_data_read_folder(d, error) : read_file(d, error));
    if (d->files) d->picture = true;
    else TUFF_TRY(settle_array(d, error));
    if (d->total == 0) return tuff_fail(error, TUFF_ERR_DATA, "%s: holds no samples", d->path);
    if (d->options.need_labels && !d->labels)
        return tuff_fail(error, TUFF_ERR_DATA,
                         "%s: has no labels, and they are needed here (idx: a labels file beside the images; .npz: y; pictures: a folder per class)", d->path);
    d->count = d->options.limit > 0 && (uint64_t)d->options.limit < d->total ? (size_t)d->options.limit : d->total;
    return describe(d, error);
}

tuff_status tuff_dataset_open(const char *path, const tuff_data_options *options, tuff_dataset **dataset, tuff_error *error) {
    if (!path || !dataset) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_dataset_open: path and dataset must not be NULL");
    *dataset = NULL;
    if (options && options->size != sizeof *options)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_data_options: size is %zu, expected %zu", options->size, sizeof *options);
    tuff_arena *arena = tuff_arena_create(NULL, error);
    if (!arena) return TUFF_ERR_MEMORY;
    tuff_dataset *d = TUFF_NEW(arena, tuff_dataset, error);
    if (!d) {
        tuff_arena_destroy(arena);
        return TUFF_ERR_MEMORY;
    }
    d->arena = arena;
    if (options) d->options = *options;
    const tuff_status status = open_dataset(d, path, error);
    if (status == TUFF_OK) *dataset = d;
    else tuff_dataset_close(d);
    return status;
}

void tuff_dataset_close(tuff_dataset *d) {
    if (!d) return;
    tuff_array_free(&d->array);
    tuff_picture_free(&d->shown);
    tuff_arena_destroy(d->arena);
}

/* ---- samples ---- */
/* Sample k of `count` among `total`: evenly spread, the first always taken. */
static size_t spread(size_t k, size_t count, size_t total) { return total / count * k + total % count * k / count; }

static tuff_status show(tuff_dataset *d, size_t file, tuff_error *error) {
    if (file == d->shown_file) return TUFF_OK;
    d->shown_file = SIZE_MAX;
    tuff_picture_free(&d->shown);
    tuff_buffer buffer;
    TUFF_TRY(tuff_file_read(d->files[file], &buffer, error));
    const tuff_status status = tuff_picture_read(d->files[file], buffer.data, buffer.count, &d->shown, error);
    tuff_buffer_free(&buffer);
    if (status == TUFF_OK) d->shown_file = file;
    return status;
}

static tuff_status get_picture(tuff_dataset *d, size_t file, tuff_sample *s, tuff_error *error) {
    TUFF_TRY(show(d, file, error));
    s->type = TUFF_U8;
    s->rank = 3;
    s->shape[0] = d->shown.height;
    s->shape[1] = d->shown.width;
    s->shape[2] = d->shown.channels;
    s->data = d->shown.pixels;
    s->bytes = (size_t)d->shown.height * (size_t)d->shown.width * (size_t)d->shown.channels;
    s->name = d->files[file];
    return TUFF_OK;
}

static void get_item(tuff_dataset *d, size_t at, tuff_sample *s) {
    const tuff_array *a = &d->array;
    s->type = a->type;
    for (int32_t i = 1; i < a->rank; i++) s->shape[s->rank++] = (int32_t)a->shape[i];
    if (d->picture && s->rank == 2) s->shape[s->rank++] = 1;
    s->bytes = a->bytes / (size_t)a->shape[0];
    s->data = (const uint8_t *)a->data + at * s->bytes;
    snprintf(d->sample_name, sizeof d->sample_name, "%s[%zu]", d->name, at);
    s->name = d->sample_name;
}

tuff_status tuff_dataset_get(tuff_dataset *d, size_t k, tuff_sample *sample, tuff_error *error) {
    if (k >= d->count) return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s: no sample %zu, it has %zu", d->name, k, d->count);
    const size_t at = spread(k, d->count, d->total);
    memset(sample, 0, sizeof *sample);
    sample->picture = d->picture;
    sample->label = d->labels ? d->labels[at] : -1;
    if (d->files) return get_picture(d, at, sample, error);
    get_item(d, at, sample);
    return TUFF_OK;
}

size_t tuff_dataset_count(const tuff_dataset *d) { return d->count; }
bool tuff_dataset_has_labels(const tuff_dataset *d) { return d->labels != NULL; }
int32_t tuff_dataset_class_count(const tuff_dataset *d) { return d->class_count; }
const char *tuff_dataset_class_name(const tuff_dataset *d, int32_t k) { return k >= 0 && k < d->class_count ? d->class_names[k] : NULL; }
bool tuff_dataset_is_split(const tuff_dataset *d) { return d->split; }
const char *tuff_dataset_about(const tuff_dataset *d) { return d->about; }
