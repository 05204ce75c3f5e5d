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
#include "plan/state.h"

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
    tuff_cell *cell;     /* PLACE_STATE */
    int32_t first, last; /* steps between which it lives */
    bool pinned;         /* graph input or output, kept tensor */
    bool per_job;        /* scratch: bytes counts one job */
} tuff_plan_buffer;

/* A step that calls subgraphs: their plans, each with activations in a buffer of this plan. io: the node's inputs, then its outputs. */
typedef struct tuff_control {
    enum { TUFF_CONTROL_IF, TUFF_CONTROL_WHILE, TUFF_CONTROL_ONCE, TUFF_CONTROL_CALL, TUFF_CONTROL_CASE } kind;
    int32_t n_calls; /* IF: then, else; WHILE: condition, body; CASE: branches, the last also for an index beyond */
    struct tuff_plan **calls;
    int32_t *arenas; /* buffers */
    int32_t n_inputs;
    tuff_cell *once; /* ONCE: one byte, 1 when it has run */
} tuff_control;

typedef struct tuff_plan_step {
    const tuff_kernel *kernel; /* NULL: control */
    const tuff_control *control;
    const void *args;
    const int32_t *io; /* buffer numbers, -1: NULL */
    int32_t n_io, jobs;
    int32_t node; /* -1: the plan's own copy of a constant to an output */
    tuff_cost cost;
} tuff_plan_step;

typedef struct tuff_plan_options {
    tuff_target target;
    bool no_in_place, keep_all;
    bool overlay_inputs;       /* the memory of graph inputs is used again once they are read: they are set anew for each invocation */
    size_t align;              /* of every buffer in the arena, a power of two; 0: TUFF_BUFFER_ALIGN */
    const tuff_op *const *ops; /* the user's */
    int32_t subgraph;
    tuff_state *state;       /* NULL: the plan makes its own */
    const tuff_bytes *known; /* per graph input its value where that is known (data not NULL), or NULL */
    /* new shapes for graph inputs, or NULL */
    const int32_t *input_ranks;
    const int32_t *const *input_dims;
    size_t largest_arena;    /* 0: no bound */
    int64_t most_iterations; /* of one loop; 0: the standard bound */
    int32_t depth;           /* of the call that it is made for */
    int32_t *calls;          /* of a plan made for a call: how many there are already */
} tuff_plan_options;

typedef struct tuff_plan {
    tuff_arena *arena; /* holds all of this */
    const tuff_graph *graph;
    const tuff_subgraph *subgraph;
    tuff_target target;
    tuff_tensor *tensors;   /* subgraph->n_tensors: with the plan's shapes; data set where known */
    bool *derived;          /* per tensor: its value was computed while planning, so it lives no longer than the plan */
    int32_t *tensor_buffer; /* buffer number per tensor, -1 none */
    tuff_plan_buffer *buffers;
    int32_t n_buffers, buffers_room;
    tuff_plan_step *steps;
    int32_t n_steps, steps_room;
    int32_t n_planned;         /* nodes that the steps cover: the others wait for values (see plan/later.c) */
    tuff_plan_options options; /* its pointers to shapes, known values and calls no longer hold */
    tuff_pack_cache *cache;
    tuff_allocator allocator;
    tuff_state *state, *own_state;
    struct tuff_plan *next_call, *calls; /* plans of subgraphs that control steps call */
    size_t arena_bytes, state_bytes, constant_bytes;
} tuff_plan;

tuff_status tuff_plan_create(const tuff_graph *g, const tuff_plan_options *o, tuff_pack_cache *cache, const tuff_allocator *a, tuff_plan **plan,
                             tuff_error *error) TUFF_MUST_USE;
void tuff_plan_destroy(tuff_plan *plan);

/* Finds the values of the nodes that had to wait, in a plan whose tensors all hold their data. */
struct tuff_run;
tuff_status tuff_plan_finish(struct tuff_run *run, tuff_plan **finished, tuff_error *error) TUFF_MUST_USE;

/* A running instance: addresses of the plan's buffers. */
typedef struct tuff_run {
    const tuff_plan *plan;
    void **address;          /* per buffer */
    void ***step_io;         /* per step: its io, resolved */
    struct tuff_run **calls; /* per step: of control steps, one run per call */
    uint8_t *arena;
    tuff_bytes *strings; /* per graph input: the value of a string input */
    tuff_plan *finished; /* after an invocation of a plan with nodes that wait: holds all values */
    tuff_pool *pool;
    void (*hook)(void *context, int32_t step, bool begin);
    void *hook_context;
} tuff_run;
/* arena: plan->arena_bytes, aligned to 64; memory: for addresses. tuff_run_end frees what invocations left. */
tuff_status tuff_run_init(tuff_run *run, const tuff_plan *plan, tuff_arena *memory, void *arena, tuff_error *error) TUFF_MUST_USE;
void tuff_run_end(tuff_run *run);
void tuff_run_bind(tuff_run *run, int32_t buffer, void *address); /* a pinned buffer moves (and its views) */
tuff_status tuff_run_invoke(tuff_run *run, tuff_error *error) TUFF_MUST_USE;
/* The address of a tensor's value after (for inputs before) an invocation, and the tensor as it is then; NULL where it has none. */
void *tuff_run_value(const tuff_run *run, int32_t tensor, const tuff_tensor **info);

#endif
