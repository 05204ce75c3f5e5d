/* Tuff: runs .tflite models. Model, interpreter, recipe.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   tuff_model *model;                          // a verified file: immutable, shared by any number of interpreters and threads
 *   tuff_interpreter *it;                       // a plan, its activations and its state: one thread at a time
 *   if (tuff_model_open("mnist.tflite", NULL, &model, &error)) ...
 *   if (tuff_interpreter_create(model, NULL, &it, &error)) ...
 *   tuff_interpreter_set_pixels(it, 0, pixels, 28, 28, 1, &error);   // raw 0..255: the recipe is applied
 *   tuff_interpreter_invoke(it, &error);
 *   tuff_interpreter_get_f32(it, 0, scores, 10, &error);
 *
 * Every call that can fail returns a tuff_status and, where `error` isn't NULL, says in error->message what, where, expected and found.
 * The library prints nothing, never aborts and has no global state.
 */
#ifndef TUFF_TUFF_H
#define TUFF_TUFF_H

#include <stdbool.h>
#include <stdint.h>

#include "tuff/op.h"
#include "tuff/status.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TUFF_VERSION_MAJOR 0
#define TUFF_VERSION_MINOR 1
#define TUFF_VERSION_PATCH 0
/* "0.1.0" */
TUFF_API const char *tuff_version(void);
/* Comma-separated cpu levels that this build holds and this machine has, best last: "none,c,avx2". */
TUFF_API const char *tuff_cpu_levels(void);

typedef struct tuff_model tuff_model;
typedef struct tuff_interpreter tuff_interpreter;

/* Memory of the caller's: resize(context, old, bytes): bytes 0 frees, old NULL allocates; NULL on failure. */
typedef struct tuff_memory {
    void *(*resize)(void *context, void *old, size_t bytes);
    void *context;
} tuff_memory;

/* ---- model ---- */
typedef struct tuff_model_options {
    size_t size;               /* sizeof(tuff_model_options): the version of this struct */
    const tuff_memory *memory; /* NULL: malloc */
} tuff_model_options;
#define TUFF_MODEL_OPTIONS \
    { sizeof(tuff_model_options), NULL }

/* Maps the file, verifies it and reads it. Errors: IO, FORMAT, MODEL, UNSUPPORTED, MEMORY. */
TUFF_API TUFF_MUST_USE tuff_status tuff_model_open(const char *path, const tuff_model_options *options, tuff_model **model, tuff_error *error);
/* The bytes are kept by reference and must stay until the model is closed. */
TUFF_API TUFF_MUST_USE tuff_status tuff_model_from_memory(const void *bytes, size_t count, const tuff_model_options *options, tuff_model **model,
                                                          tuff_error *error);
/* After all its interpreters are gone. NULL is fine. */
TUFF_API void tuff_model_close(tuff_model *model);

/* How raw data becomes the model's input: x = (raw - mean[c]) / std[c]; raw is 0..255 in images. */
typedef struct tuff_recipe {
    bool present;
    int32_t width, height, channels; /* 0: not an image */
    int32_t count;                   /* of mean and std: 1, or one per channel */
    float mean[4], std[4];
    const char *source; /* where it comes from, in words: "metadata", "model begins with RESCALING" ... */
} tuff_recipe;
/* The recipe of input `input`; present is false where the file has none. */
TUFF_API tuff_recipe tuff_model_recipe(const tuff_model *model, int32_t input);
/* Number of labels of output `output` (0: none), and one of them (NULL beyond the end). */
TUFF_API int32_t tuff_model_label_count(const tuff_model *model, int32_t output);
TUFF_API const char *tuff_model_label(const tuff_model *model, int32_t output, int32_t k);
/* Signatures: key k, or NULL beyond the end; and the input / output index that a name stands for (-1: none). */
TUFF_API const char *tuff_model_signature(const tuff_model *model, int32_t k);
TUFF_API int32_t tuff_model_signature_input(const tuff_model *model, const char *key, const char *name);
TUFF_API int32_t tuff_model_signature_output(const tuff_model *model, const char *key, const char *name);

/* ---- interpreter ---- */
typedef struct tuff_interpreter_options {
    size_t size;               /* sizeof(tuff_interpreter_options) */
    int threads;               /* 0 or 1: the caller's thread alone */
    const char *cpu;           /* a level's name, or NULL: the best that the machine has */
    bool no_in_place;          /* give every tensor memory of its own where ops could share it */
    bool keep_all;             /* keep the value of every tensor readable after invoke (tuff_interpreter_tensor) */
    const tuff_memory *memory; /* NULL: malloc */
    void *arena;               /* activations: the caller's, aligned to 64; NULL: allocated */
    size_t arena_bytes;        /* too few gives TUFF_ERR_BUFFER and error->bytes_needed */
    const tuff_op *const *ops; /* the user's ops, looked up by name before the builtin ones; NULL-terminated, or NULL */
} tuff_interpreter_options;
#define TUFF_INTERPRETER_OPTIONS \
    { sizeof(tuff_interpreter_options), 0, NULL, false, false, NULL, NULL, 0, NULL }

TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_create(const tuff_model *model, const tuff_interpreter_options *options, tuff_interpreter **it,
                                                           tuff_error *error);
TUFF_API void tuff_interpreter_destroy(tuff_interpreter *it);
TUFF_API int32_t tuff_interpreter_input_count(const tuff_interpreter *it);
TUFF_API int32_t tuff_interpreter_output_count(const tuff_interpreter *it);
/* Name, type, present shape, quantization; NULL for an index that is none. Valid until the next resize. */
TUFF_API const tuff_tensor *tuff_interpreter_input(const tuff_interpreter *it, int32_t input);
TUFF_API const tuff_tensor *tuff_interpreter_output(const tuff_interpreter *it, int32_t output);
TUFF_API size_t tuff_interpreter_input_bytes(const tuff_interpreter *it, int32_t input);
TUFF_API size_t tuff_interpreter_output_bytes(const tuff_interpreter *it, int32_t output);
/* Gives inputs new shapes (any rank-equal dims > 0 that the ops accept) and plans anew. On failure the old plan stays.
 * Resource variables survive; variable tensors (the state of recurrent layers) start anew, as in LiteRT. */
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_resize(tuff_interpreter *it, int32_t input, int32_t rank, const int32_t *dims, tuff_error *error);
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_resize_all(tuff_interpreter *it, const int32_t *ranks, const int32_t *const *dims, tuff_error *error);

/* The tensor's own bytes: write inputs, read outputs, in place. Valid until the next resize. NULL for an index that is none. */
TUFF_API void *tuff_interpreter_input_data(tuff_interpreter *it, int32_t input);
TUFF_API const void *tuff_interpreter_output_data(const tuff_interpreter *it, int32_t output);
/* Lets an input or output live in the caller's buffer (aligned to 64, exactly the tensor's bytes), until the next resize or NULL. */
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_bind_input(tuff_interpreter *it, int32_t input, void *buffer, size_t bytes, tuff_error *error);
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_bind_output(tuff_interpreter *it, int32_t output, void *buffer, size_t bytes, tuff_error *error);
/* Raw bytes; `bytes` must be the tensor's. */
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_set(tuff_interpreter *it, int32_t input, const void *data, size_t bytes, tuff_error *error);
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_get(const tuff_interpreter *it, int32_t output, void *data, size_t bytes, tuff_error *error);
/* Real numbers, converted by the tensor's quantization (round half away, saturating); `count` must be its elements. Refuses NaN for integer inputs. */
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_set_f32(tuff_interpreter *it, int32_t input, const float *values, size_t count, tuff_error *error);
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_get_f32(const tuff_interpreter *it, int32_t output, float *values, size_t count, tuff_error *error);
/* Raw pixels 0..255, height x width x channels, interleaved: resized, recoloured and normalized by the recipe into item 0 of the batch. A model without a
 * recipe: a u8 input takes them as they are, any other is refused with TUFF_ERR_DATA. */
TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_set_pixels(tuff_interpreter *it, int32_t input, const uint8_t *pixels, int32_t width, int32_t height,
                                                               int32_t channels, tuff_error *error);

TUFF_API TUFF_MUST_USE tuff_status tuff_interpreter_invoke(tuff_interpreter *it, tuff_error *error);
/* Clears state: variables take their initial value (zero point). */
TUFF_API void tuff_interpreter_reset(tuff_interpreter *it);
/* Bytes of the activations' arena: what `arena_bytes` must be at least. */
TUFF_API size_t tuff_interpreter_arena_bytes(const tuff_interpreter *it);
/* With keep_all: the value of tensor `tensor` of the main graph after invoke; NULL where it has none. */
TUFF_API const void *tuff_interpreter_tensor(const tuff_interpreter *it, int32_t tensor, const tuff_tensor **info);

/* ---- profile ---- */
typedef struct tuff_step_info {
    const char *op;     /* "CONV_2D" */
    const char *kernel; /* the kernel's function */
    const char *loop;   /* the prim's loop, "" where the kernel uses none */
    const char *output; /* name of the tensor it writes */
    int32_t node, jobs;
    int64_t macs;
} tuff_step_info;
TUFF_API int32_t tuff_interpreter_step_count(const tuff_interpreter *it);
TUFF_API tuff_step_info tuff_interpreter_step(const tuff_interpreter *it, int32_t step);
/* Called before (begin) and after each step of invoke, on the calling thread; NULL: none. */
typedef void tuff_profile_fn(void *context, int32_t step, bool begin);
TUFF_API void tuff_interpreter_profile(tuff_interpreter *it, tuff_profile_fn *hook, void *context);

#ifdef __cplusplus
}
#endif
#endif
