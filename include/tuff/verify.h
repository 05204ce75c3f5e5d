/* Models run against stored inputs and outputs: case zips, their pass rules, and recording one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A case zip holds index.tsv, a line per case: name, ops, "ok" or "rejected", rel, abs, invocations, note, separated by tabs; and per case
 *   NAME/model.tflite               or NAME/model.path: the model's path below the folder of models
 *   NAME/<invocation>/in<k>.npy     k counts graph inputs; where its shape differs from the model's, the input is resized first
 *   NAME/<invocation>/out<k>.npy    or out<k>.every<n>.npy: every n-th element of the flat array
 * The invocations of a case share one interpreter, so state carries over. String tensors are u8 arrays of TFLite's string bytes.
 *
 * How a case passes:
 *   ok        computed; integers, bools and strings equal byte for byte, floats |got - expected| <= abs + rel * |expected|, NaN equal to NaN,
 *             infinities equal (rel = abs = 0: equal, -0 and 0 too)
 *   rejected  with ops: refused by a message that names one of them, or computed. Without: refused, unless the note begins with "any:"
 */
#ifndef TUFF_VERIFY_H
#define TUFF_VERIFY_H

#include "tuff/data.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_cases tuff_cases;

typedef struct tuff_case {
    const char *name, *ops, *note; /* ops: separated by '+', "" for malformed files, "model" for whole models */
    bool rejected;                 /* the reference refuses it */
    double rel, abs;
    int32_t invocations;
} tuff_case;

typedef struct tuff_verify_options {
    size_t size;        /* sizeof(tuff_verify_options) */
    const char *models; /* the folder that model.path starts from; NULL: the current one */
    int threads;
    const char *cpu; /* NULL: the best that the machine has */
    bool no_in_place;
} tuff_verify_options;
#define TUFF_VERIFY_OPTIONS \
    { sizeof(tuff_verify_options), NULL, 1, NULL, false }

typedef struct tuff_verdict {
    bool passed;
    char text[1000]; /* failed: what differs and how far; rejected and passed: the message it was refused with, or "" */
} tuff_verdict;

/* Errors: IO, FORMAT, MEMORY. */
TUFF_API TUFF_MUST_USE tuff_status tuff_cases_open(const char *path, tuff_cases **cases, tuff_error *error);
TUFF_API void tuff_cases_close(tuff_cases *cases);
TUFF_API size_t tuff_cases_count(const tuff_cases *cases);
TUFF_API tuff_case tuff_cases_at(const tuff_cases *cases, size_t k);
/* Runs case k. Whatever goes wrong is the verdict. */
TUFF_API tuff_verdict tuff_cases_run(tuff_cases *cases, size_t k, const tuff_verify_options *options);

typedef struct tuff_record_options {
    size_t size;           /* sizeof(tuff_record_options) */
    tuff_dataset *dataset; /* fed by the model's recipe; NULL: seeded values, floats in 0..1, integers over their type */
    int32_t runs;
    uint64_t seed;
    int threads;
    const char *cpu;
} tuff_record_options;
#define TUFF_RECORD_OPTIONS \
    { sizeof(tuff_record_options), NULL, 2, 1, 1, NULL }

/* Runs the model and writes a zip of one case, complete or not at all. Floats get the bound rel 1e-4, abs 2e-5 of the largest output. */
TUFF_API TUFF_MUST_USE tuff_status tuff_cases_record(const char *zip_path, const char *model_path, const tuff_record_options *options, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
