/* Models as plain C for microcontrollers: a folder that builds with any C11 compiler, without heap and without the library.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_COMPILE_H
#define TUFF_COMPILE_H

#include "tuff/tuff.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tuff_compile_options {
    size_t size;        /* sizeof(tuff_compile_options) */
    const char *name;   /* of the functions: a C identifier; NULL: made of the model's file name */
    const char *target; /* one of tuff_compile_target(k); NULL: "host" */
    bool least_ram;     /* kernels without scratch where there are any: slower */
    bool force;         /* overwrite files that aren't an earlier compile's */
    size_t ram, flash;  /* budgets in bytes; 0: none */
} tuff_compile_options;
#define TUFF_COMPILE_OPTIONS \
    { sizeof(tuff_compile_options), NULL, NULL, false, false, 0, 0 }

/* What a step of the generated code needs. */
typedef struct tuff_compile_step {
    const char *op, *output; /* the output's name */
    const char *kernel;
    size_t ram;   /* buffers alive while it runs */
    size_t flash; /* constants that it reads first */
    int64_t macs;
} tuff_compile_step;

typedef struct tuff_compile_result {
    char name[64];
    size_t arena_bytes, state_bytes; /* static RAM */
    size_t weight_bytes;             /* constants, flash */
    size_t code_bytes;               /* kernels and plan as the target's compiler made them; 0: it isn't here */
    const char *compiler;            /* that compiler */
    int32_t n_sources, n_steps;
    const tuff_compile_step *steps;
    void *internal;
} tuff_compile_result;

/* Name of target k, NULL beyond the end. */
TUFF_API const char *tuff_compile_target(int32_t k);

/* A board that people have, and what it offers. NULL beyond the end. */
typedef struct tuff_board {
    const char *name, *processor, *target;
    size_t flash, ram;
} tuff_board;
TUFF_API const tuff_board *tuff_board_at(int32_t k);

/* Writes the folder, all of it or (where something is wrong with model, options or budget) nothing.
 * Errors: ARGUMENT (name, target), UNSUPPORTED (an op that can't be compiled, by its name), LIMIT (a budget, with the op that breaks it),
 * IO (a folder with files of others, without force). */
TUFF_API TUFF_MUST_USE tuff_status tuff_compile(const tuff_model *model, const char *folder, const tuff_compile_options *options, tuff_compile_result *result,
                                                tuff_error *error);
TUFF_API void tuff_compile_free(tuff_compile_result *result);

#ifdef __cplusplus
}
#endif
#endif
