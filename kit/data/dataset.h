/* What the readers of kit/data fill in: one dataset is either an array with the samples along its first axis, or a list of picture files.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_DATA_DATASET_H
#define TUFF_KIT_DATA_DATASET_H

#include "base/arena.h"
#include "kit/data/picture.h"
#include "kit/io/npy.h"
#include "tuff/data.h"

struct tuff_dataset {
    tuff_arena *arena; /* strings and lists */
    const char *path;
    const char *name; /* for messages: the file's name */
    tuff_data_options options;
    size_t total, count; /* in the files; after --limit */

    tuff_array array;   /* samples along axis 0; or: */
    const char **files; /* `total` paths, read when asked for */
    tuff_picture shown; /* the picture of file `shown_file` */
    size_t shown_file;  /* total: none */
    bool picture;
    bool split; /* the file holds training and test samples, and options.split chose */

    int32_t *labels;         /* `total` of them, or NULL */
    const char *labels_from; /* in words: "labels from x", "10 classes" ... */
    int32_t class_count;
    const char **class_names;

    const char *about;
    char sample_name[512];
};

/* ---- the readers: each takes the buffer over ---- */
tuff_status tuff_idx_read(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) TUFF_MUST_USE;
bool tuff_idx_is(const uint8_t *bytes, size_t count);
/* images and, where found beside them, labels */
tuff_status tuff_data_read_idx(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_data_read_npy(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_data_read_npz(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_data_read_csv(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_data_read_folder(tuff_dataset *d, tuff_error *error) TUFF_MUST_USE;

/* Sets labels from an array of `total` class numbers of any integer type (also whole floats), [n] or [n,1], or one-hot [n,classes].
 * Where d->options.need_labels isn't set, an array that is no labels (a model's outputs) leaves the set unlabelled. */
tuff_status tuff_data_set_labels(tuff_dataset *d, const char *name, const tuff_array *labels, tuff_error *error) TUFF_MUST_USE;
/* Class names, sorted in byte order, from one name per sample; where all are whole numbers those are the classes. */
tuff_status tuff_data_set_named_labels(tuff_dataset *d, const char *const *names, tuff_error *error) TUFF_MUST_USE;

#endif
