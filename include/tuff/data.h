/* Samples and labels from files; and feeding them to a model by its recipe.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_DATA_H
#define TUFF_DATA_H

#include "tuff/tuff.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_dataset tuff_dataset;

/* One sample; valid until the next tuff_dataset_get of the same dataset. */
typedef struct tuff_sample {
    tuff_type type; /* of the elements: u8 (raw), f32, s8, s16 ... */
    bool picture;   /* raw pixels: shape is height, width, channels */
    int32_t rank;
    int32_t shape[TUFF_MAX_RANK]; /* without the batch */
    const void *data;
    size_t bytes;
    int32_t label;    /* -1: none */
    const char *name; /* the picture's file, "t10k-images-idx3-ubyte.gz[17]" ... */
} tuff_sample;

typedef struct tuff_data_options {
    size_t size;                                      /* sizeof(tuff_data_options) */
    int64_t limit;                                    /* at most so many samples; 0: all. Evenly spread over the set where it is less */
    enum { TUFF_SPLIT_TEST, TUFF_SPLIT_TRAIN } split; /* for .npz with x_train ... x_test: which half */
    bool need_labels;                                 /* an error where there are none */
    const tuff_tensor *input; /* the model's input, where known: an .npy that is one sample of its shape is taken as one, not as a set; a .csv with
                                       a column for each of its elements has no classes. May be NULL */
} tuff_data_options;
#define TUFF_DATA_OPTIONS \
    { sizeof(tuff_data_options), 0, TUFF_SPLIT_TEST, false, NULL }

/* idx(.gz) with labels beside it, .npy, .npz (x,y or x_train,...), .csv (last column = class), a folder with a folder of pictures per class, or one
 * PNG/JPEG/BMP; "-" is standard input. By content, not by name.
 * Pictures are u8 arrays [n,height,width] or [n,height,width,1|3|4] too. Float arrays come as f32. Labels may be of any integer type, or one-hot. Class names
 * are sorted in byte order; names that are all whole numbers are the classes themselves. A CSV of 64 columns or more that holds only whole numbers
 * 0..255 is raw (u8), any other is f32. */
TUFF_API TUFF_MUST_USE tuff_status tuff_dataset_open(const char *path, const tuff_data_options *options, tuff_dataset **dataset, tuff_error *error);
TUFF_API void tuff_dataset_close(tuff_dataset *dataset);
TUFF_API size_t tuff_dataset_count(const tuff_dataset *dataset);
TUFF_API TUFF_MUST_USE tuff_status tuff_dataset_get(tuff_dataset *dataset, size_t k, tuff_sample *sample, tuff_error *error);
TUFF_API bool tuff_dataset_has_labels(const tuff_dataset *dataset);
/* Folder names (or names in a csv) of the classes, 0 where classes are plain numbers. */
TUFF_API int32_t tuff_dataset_class_count(const tuff_dataset *dataset);
TUFF_API const char *tuff_dataset_class_name(const tuff_dataset *dataset, int32_t k);
/* Named classes take the numbers that the labels of the model's output 0 give their names. Where no name is among the labels, or the classes are numbers,
 * or the model has no labels, nothing changes. Errors: DATA where only some names are found: it names one that isn't. */
TUFF_API TUFF_MUST_USE tuff_status tuff_dataset_match_labels(tuff_dataset *dataset, const tuff_model *model, tuff_error *error);
/* Whether the file tells training from test samples, so that options.split mattered. */
TUFF_API bool tuff_dataset_is_split(const tuff_dataset *dataset);
/* "t10k-images-idx3-ubyte.gz: 10,000 pictures 28x28x1, labels from t10k-labels-idx1-ubyte.gz" */
TUFF_API const char *tuff_dataset_about(const tuff_dataset *dataset);

/* ---- feeding: the one place of the rule ----
 * Pictures and u8 arrays are raw and go through the recipe. Float arrays are in the model's range already: checked, not scaled. Arrays of the model's
 * own s8 or s16 type go in unchanged. Raw data into a model without a recipe: a u8 input takes the bytes as they are, and it says so; any other
 * input is refused. An explicit recipe beats the model's and says so. */
typedef struct tuff_feed tuff_feed;
typedef struct tuff_feed_options {
    size_t size;               /* sizeof(tuff_feed_options) */
    const tuff_recipe *recipe; /* explicit (--input-range, --mean, --std): only mean, std, count are taken; NULL: the model's */
    bool invert;               /* raw x becomes 255 - x first */
    void (*note)(void *context, bool warning, const char *text); /* each once per feed; NULL: silent */
    void *context;
} tuff_feed_options;
#define TUFF_FEED_OPTIONS \
    { sizeof(tuff_feed_options), NULL, false, NULL, NULL }

/* For input 0 of models with one input (others are refused by tuff_feed_put). The model must stay. */
TUFF_API TUFF_MUST_USE tuff_status tuff_feed_create(const tuff_model *model, const tuff_feed_options *options, tuff_feed **feed, tuff_error *error);
TUFF_API void tuff_feed_destroy(tuff_feed *feed);
/* Writes sample into batch item 0 of input 0. Errors: DATA (wrong shape, NaN, no recipe). */
TUFF_API TUFF_MUST_USE tuff_status tuff_feed_put(tuff_feed *feed, tuff_interpreter *it, const tuff_sample *sample, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
