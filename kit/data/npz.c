/* .npy and .npz as datasets.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/dataset.h"
#include "kit/io/zip.h"

/* ---- .npy ---- */
/* Whether the array's shape is that of the input, either's dims of 1 (the batch too) left out. */
static bool one_sample(const tuff_array *a, const tuff_tensor *input) {
    if (!input) return false;
    int32_t i = 0, k = 0;
    for (;;) {
        while (i < a->rank && a->shape[i] == 1) i++;
        while (k < input->rank && input->shape[k] == 1) k++;
        if (i == a->rank || k == input->rank) return i == a->rank && k == input->rank;
        if (a->shape[i++] != input->shape[k++]) return false;
    }
}

tuff_status tuff_data_read_npy(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) {
    TUFF_TRY(tuff_npy_read(d->path, buffer, &d->array, error));
    tuff_array *a = &d->array;
    if (one_sample(a, d->options.input) && !(a->rank == d->options.input->rank && a->rank && a->shape[0] == 1) && a->rank < TUFF_MAX_RANK) {
        memmove(a->shape + 1, a->shape, (size_t)a->rank * sizeof *a->shape);
        a->shape[0] = 1;
        a->rank++;
    }
    d->total = a->rank ? (size_t)a->shape[0] : 0;
    return TUFF_OK;
}

/* ---- .npz ---- */
/* Names of samples and labels, by split where there are two; the first pair of a row whose samples are there is taken. */
static const struct {
    const char *samples, *labels;
    int split; /* -1: either */
} pairs[] = {
    {"x_test", "y_test", TUFF_SPLIT_TEST},
    {"x_train", "y_train", TUFF_SPLIT_TRAIN},
    {"X_test", "y_test", TUFF_SPLIT_TEST},
    {"X_train", "y_train", TUFF_SPLIT_TRAIN},
    {"x", "y", -1},
    {"X", "y", -1},
    {"images", "labels", -1},
    {"arr_0", "arr_1", -1},
};

static int64_t find_array(const tuff_zip *zip, const char *name) {
    char member[64];
    snprintf(member, sizeof member, "%s.npy", name);
    return tuff_zip_find(zip, member);
}

static tuff_status read_member(const tuff_dataset *d, tuff_zip *zip, int64_t member, tuff_array *array, tuff_error *error) {
    tuff_buffer bytes;
    TUFF_TRY(tuff_zip_read(zip, member, &bytes, error));
    const char *name = tuff_arena_format(d->arena, error, "%s: %s", d->path, tuff_zip_name(zip, member));
    if (!name) {
        tuff_buffer_free(&bytes);
        return TUFF_ERR_MEMORY;
    }
    return tuff_npy_read(name, &bytes, array, error);
}

static tuff_status no_samples(const tuff_dataset *d, const tuff_zip *zip, tuff_error *error) {
    char found[400] = "nothing";
    size_t at = 0;
    for (int64_t k = 0; k < tuff_zip_count(zip) && at + 100 < sizeof found; k++) {
        const char *name = tuff_zip_name(zip, k);
        if (name) at += (size_t)snprintf(found + at, 96, "%s%.90s", at ? ", " : "", name);
    }
    const bool train = d->options.split == TUFF_SPLIT_TRAIN;
    return tuff_fail(error, TUFF_ERR_DATA, "%s: no samples in it: expected x and y, or %s, found: %s", d->path,
                     train ? "x_train and y_train" : "x_test and y_test", found);
}

static tuff_status read_pair(tuff_dataset *d, tuff_zip *zip, tuff_error *error) {
    int64_t samples = -1, labels = -1;
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs && samples < 0; k++) {
        if (pairs[k].split >= 0 && pairs[k].split != (int)d->options.split) continue;
        samples = find_array(zip, pairs[k].samples);
        labels = find_array(zip, pairs[k].labels);
        if (samples >= 0 && pairs[k].split >= 0) {
            d->split = true;
            d->name = tuff_arena_format(d->arena, error, "%s of %s", pairs[k].samples, d->name);
            if (!d->name) return TUFF_ERR_MEMORY;
        }
    }
    if (samples < 0) return no_samples(d, zip, error);
    TUFF_TRY(read_member(d, zip, samples, &d->array, error));
    d->total = d->array.rank ? (size_t)d->array.shape[0] : 0;
    if (labels < 0) return TUFF_OK;
    tuff_array classes;
    TUFF_TRY(read_member(d, zip, labels, &classes, error));
    const tuff_status status = tuff_data_set_labels(d, d->path, &classes, error);
    tuff_array_free(&classes);
    return status;
}

tuff_status tuff_data_read_npz(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) {
    tuff_zip *zip;
    TUFF_TRY(tuff_zip_open(d->path, buffer, &zip, error));
    const tuff_status status = read_pair(d, zip, error);
    tuff_zip_close(zip);
    return status;
}
