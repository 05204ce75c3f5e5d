/* What a model is inside: for the interpreter, and for the toolkit, which looks at graphs and plans.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_API_MODEL_H
#define TUFF_API_MODEL_H

#include "base/file.h"
#include "plan/plan.h"

struct tuff_model {
    tuff_allocator allocator;
    tuff_arena *arena;
    tuff_file file;   /* bytes NULL where the caller owns them */
    const char *path; /* as it was opened, NULL from memory: for messages */
    tuff_graph *graph;
    tuff_pack_cache *packed;
    tuff_recipe *recipes;       /* per graph input */
    const char *const **labels; /* per graph output */
    int32_t *label_counts;
};

/* A model that owns `bytes` (allocated with `a`), also on failure. */
tuff_status tuff_model_adopt(uint8_t *bytes, size_t count, const tuff_allocator *a, tuff_model **model, tuff_error *error) TUFF_MUST_USE;
const tuff_model *tuff_interpreter_model(const tuff_interpreter *it);
/* The plan that an interpreter runs at present. */
const tuff_plan *tuff_interpreter_plan(const tuff_interpreter *it);

#endif
