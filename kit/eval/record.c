/* Recording a case: a model's inputs and outputs as a zip that tuff_cases_open reads.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/random.h"
#include "kit/io/npy.h"
#include "kit/io/zip.h"
#include "tuff/verify.h"

typedef struct recorder {
    const tuff_record_options *options;
    tuff_buffer model_bytes;
    tuff_model *model;
    tuff_interpreter *it;
    tuff_feed *feed;
    tuff_zip_writer *zip;
    uint64_t random;
    double largest; /* of the float outputs */
    bool floats;    /* any */
    char name[256]; /* of the case */
} recorder;

/* A sample into input 0, by the recipe; or seeded values into all inputs. */
static tuff_status fill_inputs(recorder *r, int32_t run, tuff_error *error) {
    if (r->feed) {
        tuff_sample sample;
        TUFF_TRY(tuff_dataset_get(r->options->dataset, (size_t)run, &sample, error));
        return tuff_feed_put(r->feed, r->it, &sample, error);
    }
    for (int32_t k = 0; k < tuff_interpreter_input_count(r->it); k++) {
        const tuff_tensor *t = tuff_interpreter_input(r->it, k);
        if (!tuff_random_fill(&r->random, t->type, tuff_interpreter_input_data(r->it, k), tuff_interpreter_input_bytes(r->it, k)))
            return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "input %d (%s) is %s: random values are numbers only; give --data", (int)k, t->name,
                             tuff_type_name(t->type));
    }
    return TUFF_OK;
}

static tuff_status add_tensor(recorder *r, int32_t run, const char *kind, int32_t k, const tuff_tensor *t, const void *data, size_t bytes, tuff_error *error) {
    tuff_array array = {.type = t->type, .rank = t->rank, .count = 1, .data = data, .bytes = bytes};
    for (int32_t i = 0; i < t->rank; i++) {
        array.shape[i] = t->shape[i];
        array.count *= t->shape[i];
    }
    if (t->type == TUFF_STRING) {
        array.type = TUFF_U8;
        array.rank = 1;
        array.shape[0] = array.count = (int64_t)bytes;
    }
    char name[320];
    snprintf(name, sizeof name, "%s/%d/%s%d.npy", r->name, (int)run, kind, (int)k);
    tuff_buffer npy = {0};
    tuff_status status = tuff_npy_write(&array, &npy, error);
    if (status == TUFF_OK) status = tuff_zip_add(r->zip, name, npy.data, npy.count, error);
    tuff_buffer_free(&npy);
    if (t->type != TUFF_F32) return status;
    for (size_t i = 0; i < bytes / sizeof(float); i++) {
        const double value = fabs((double)((const float *)data)[i]);
        if (isfinite(value) && value > r->largest && kind[0] == 'o') r->largest = value;
    }
    return status;
}

static tuff_status record_run(recorder *r, int32_t run, tuff_error *error) {
    TUFF_TRY(fill_inputs(r, run, error));
    /* before invoke: it may use their memory */
    for (int32_t k = 0; k < tuff_interpreter_input_count(r->it); k++)
        TUFF_TRY(add_tensor(r, run, "in", k, tuff_interpreter_input(r->it, k), tuff_interpreter_input_data(r->it, k), tuff_interpreter_input_bytes(r->it, k),
                            error));
    TUFF_TRY(tuff_interpreter_invoke(r->it, error));
    for (int32_t k = 0; k < tuff_interpreter_output_count(r->it); k++) {
        const tuff_tensor *t = tuff_interpreter_output(r->it, k);
        r->floats |= t->type == TUFF_F32;
        TUFF_TRY(add_tensor(r, run, "out", k, t, tuff_interpreter_output_data(r->it, k), tuff_interpreter_output_bytes(r->it, k), error));
    }
    return TUFF_OK;
}

static tuff_status record_all(recorder *r, const char *model_path, tuff_error *error) {
    TUFF_TRY(tuff_file_read(model_path, &r->model_bytes, error));
    TUFF_TRY(tuff_model_from_memory(r->model_bytes.data, r->model_bytes.count, NULL, &r->model, error));
    tuff_interpreter_options options = TUFF_INTERPRETER_OPTIONS;
    options.threads = r->options->threads;
    options.cpu = r->options->cpu;
    TUFF_TRY(tuff_interpreter_create(r->model, &options, &r->it, error));
    tuff_dataset *dataset = r->options->dataset;
    if (dataset) TUFF_TRY(tuff_feed_create(r->model, NULL, &r->feed, error));
    TUFF_TRY(tuff_zip_create(&r->zip, error));
    snprintf(r->name, sizeof r->name, "%.*s", (int)strcspn(tuff_file_name(model_path), "."), tuff_file_name(model_path));
    int32_t runs = r->options->runs;
    if (dataset && (size_t)runs > tuff_dataset_count(dataset)) runs = (int32_t)tuff_dataset_count(dataset);
    char name[320], index[640];
    snprintf(name, sizeof name, "%s/model.tflite", r->name);
    TUFF_TRY(tuff_zip_add(r->zip, name, r->model_bytes.data, r->model_bytes.count, error));
    for (int32_t run = 0; run < runs; run++) TUFF_TRY(record_run(r, run, error));
    const int length =
        snprintf(index, sizeof index, "%s\tmodel\tok\t%g\t%g\t%d\t\n", r->name, r->floats ? 1e-4 : 0, r->floats ? 2e-5 * r->largest : 0, (int)runs);
    return tuff_zip_add(r->zip, "index.tsv", index, (size_t)length, error);
}

tuff_status tuff_cases_record(const char *zip_path, const char *model_path, const tuff_record_options *options, tuff_error *error) {
    static const tuff_record_options standard = TUFF_RECORD_OPTIONS;
    recorder r = {.options = options ? options : &standard};
    r.random = r.options->seed;
    tuff_buffer bytes = {0};
    tuff_status status = record_all(&r, model_path, error);
    if (status != TUFF_OK) tuff_error_prefix(error, "%s", model_path);
    const tuff_status finished = r.zip ? tuff_zip_finish(r.zip, status == TUFF_OK ? &bytes : NULL, error) : TUFF_OK;
    if (status == TUFF_OK) status = finished;
    if (status == TUFF_OK) status = tuff_file_write(zip_path, bytes.data, bytes.count, error);
    tuff_buffer_free(&bytes);
    tuff_feed_destroy(r.feed);
    tuff_interpreter_destroy(r.it);
    tuff_model_close(r.model);
    tuff_buffer_free(&r.model_bytes);
    return status;
}
