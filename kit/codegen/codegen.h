/* What the files of codegen/ share while a folder is being made.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_CODEGEN_CODEGEN_H
#define TUFF_KIT_CODEGEN_CODEGEN_H

#include "api/model.h"
#include "base/error.h"
#include "kit/codegen/text.h"
#include "tuff/compile.h"

enum { TUFF_CODE_ALIGN = 16 }; /* of arena, state and constants */

typedef struct tuff_code_target {
    const char *name;
    const char *compiler, *flags, *size; /* as the Makefile calls them */
    const char *qemu;                    /* the Makefile's goals that run the self-test; "": none */
} tuff_code_target;
const tuff_code_target *tuff_code_target_find(const char *name); /* NULL: there is none */

/* A constant of the plan, printed once however many steps read it. */
typedef struct tuff_code_constant {
    const void *data;
    size_t bytes;
    tuff_type type; /* TUFF_U8 for packed ones */
    char name[128];
} tuff_code_constant;

/* A plan and where its activations begin in the arena: the model's own first, then those of the subgraphs that control steps call. */
typedef struct tuff_code_part {
    const tuff_plan *plan;
    size_t base;
    int32_t first_io;                    /* number of its first step's first buffer among those of all parts */
    const struct tuff_code_part *caller; /* NULL: the model itself */
    const tuff_plan_step *call;          /* the caller's step, and which of its calls this is */
    int32_t which;
} tuff_code_part;

typedef struct tuff_code {
    const tuff_model *model;
    const tuff_plan *plan;
    tuff_code_part *parts;
    int32_t n_parts;
    const tuff_code_target *target;
    char name[64], upper[64]; /* the prefix of functions and of macros */
    tuff_arena *arena;
    tuff_error *error;
    tuff_code_constant *constants;
    int32_t n_constants;
    const tuff_cell **cells; /* state */
    size_t *cell_offset;
    int32_t n_cells;
    size_t state_bytes, weight_bytes;
    bool *needed; /* per source */
    tuff_folder folder;
} tuff_code;

/* plan.c: constants and state found and named; which sources are needed */
tuff_status tuff_code_collect(tuff_code *code) TUFF_MUST_USE;
tuff_status tuff_code_print_plan(tuff_code *code) TUFF_MUST_USE;    /* NAME.c */
tuff_status tuff_code_print_weights(tuff_code *code) TUFF_MUST_USE; /* NAME_weights.c and .h */
/* Where a buffer of a part lies, as an expression of type void *. */
void tuff_code_print_address(const tuff_code *code, const tuff_code_part *part, int32_t buffer, tuff_text *text);

/* interface.c: the header, and the functions that set inputs and get outputs */
tuff_status tuff_code_print_header(tuff_code *code) TUFF_MUST_USE;
void tuff_code_print_io(const tuff_code *code, tuff_text *text);
/* The name of input or output k's functions: "" where there is one, else its number. */
const char *tuff_code_number(int32_t count, int32_t k, char text[16]);
/* How raw bytes become input k: false where the model doesn't say. */
bool tuff_code_takes_pixels(const tuff_code *code, int32_t k);
const char *tuff_code_c_type(tuff_type type);

/* measure.c: bytes of code and tables that the compiler of the target makes of the files so far, weights left out; 0 where it isn't here */
tuff_status tuff_code_measure(tuff_code *code, size_t *bytes) TUFF_MUST_USE;

/* selftest.c: inputs, and what the interpreter makes of them */
tuff_status tuff_code_print_selftest(tuff_code *code) TUFF_MUST_USE;

#endif
