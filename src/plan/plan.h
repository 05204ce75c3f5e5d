/* graph -> plan: infer, order, prepare, offsets, constants; and running it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plan is plain data that two consumers read: the interpreter runs it, codegen prints it. Buffers are numbered; a step's io is a list of
 * buffer numbers, and where each buffer lies is the plan's `place`: a constant's address, an offset into the activations' arena, state, or
 * a graph input or output (whose address the interpreter may exchange for the caller's).
 */
#ifndef TUFF_PLAN_PLAN_H
#define TUFF_PLAN_PLAN_H

#include "base/threads.h"
#include "graph/graph.h"

/* Constants derived from a model's own, kept with the model and shared by its plans. */
typedef struct tuff_pack_cache tuff_pack_cache;
tuff_pack_cache *tuff_pack_cache_create(const tuff_allocator *a, tuff_error *error);
void tuff_pack_cache_destroy(tuff_pack_cache *cache);

typedef enum tuff_place { TUFF_PLACE_ARENA, TUFF_PLACE_CONSTANT, TUFF_PLACE_STATE } tuff_place;
typedef struct tuff_plan_buffer {
    tuff_place place;
    int32_t tensor;       /* of the main graph, -1: scratch, array, packed */
    int32_t view_of;      /* buffer whose bytes it shares (views, in-place), -1 none */
    size_t bytes, offset; /* offset in its region */
    const void *constant;
    int32_t first, last; /* steps between which it lives */
    bool pinned;         /* graph input or output, kept tensor */
    bool per_job;        /* scratch: bytes counts one job */
} tuff_plan_buffer;

typedef struct tuff_plan_step {
    const tuff_kernel *kernel;
    const void *args;
    const int32_t *io; /* buffer numbers, -1: NULL */
    int32_t n_io, jobs;
    int32_t node; /* -1: the plan's own copy of a constant to an output */
    tuff_cost cost;
} tuff_plan_step;

typedef struct tuff_plan_options {
    tuff_target target;
    bool no_in_place, keep_all;
    const tuff_op *const *ops; /* the user's */
    /* new shapes for graph inputs, or NULL */
    const int32_t *input_ranks;
    const int32_t *const *input_dims;
    size_t largest_arena; /* 0: no bound */
} tuff_plan_options;

typedef struct tuff_plan {
    tuff_arena *arena; /* holds all of this */
    const tuff_graph *graph;
    const tuff_subgraph *subgraph;
    tuff_target target;
    tuff_tensor *tensors;   /* subgraph->n_tensors: with the plan's shapes; data set where known */
    int32_t *tensor_buffer; /* buffer number per tensor, -1 none */
    tuff_plan_buffer *buffers;
    int32_t n_buffers, buffers_room;
    tuff_plan_step *steps;
    int32_t n_steps, steps_room;
    size_t arena_bytes, state_bytes, constant_bytes;
} tuff_plan;

tuff_status tuff_plan_create(const tuff_graph *g, const tuff_plan_options *o, tuff_pack_cache *cache, const tuff_allocator *a, tuff_plan **plan,
                             tuff_error *error) TUFF_MUST_USE;
void tuff_plan_destroy(tuff_plan *plan);

/* A running instance: addresses of the plan's buffers. */
typedef struct tuff_run {
    const tuff_plan *plan;
    void **address;  /* per buffer */
    void ***step_io; /* per step: its io, resolved */
    uint8_t *arena, *state;
    tuff_pool *pool;
    void (*hook)(void *context, int32_t step, bool begin);
    void *hook_context;
} tuff_run;
tuff_status tuff_run_init(tuff_run *run, const tuff_plan *plan, tuff_arena *memory, void *arena, void *state, tuff_error *error);
void tuff_run_bind(tuff_run *run, int32_t buffer, void *address); /* a pinned buffer moves (and its views) */
void tuff_run_reset(tuff_run *run);                               /* state to its initial value */
tuff_status tuff_run_invoke(tuff_run *run, tuff_error *error) TUFF_MUST_USE;

#endif
