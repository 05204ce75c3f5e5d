/* What the files of plan/ share while a plan is being made.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_PLAN_PLANNER_H
#define TUFF_PLAN_PLANNER_H

#include "plan/plan.h"

/* Alignment of every buffer: a cache line, and what the widest loops like. */
enum { TUFF_BUFFER_ALIGN = 64 };

typedef struct tuff_planner {
    tuff_plan *plan;
    const tuff_plan_options *options;
    tuff_pack_cache *cache;
    tuff_arena *temporary; /* freed when planning ends */
    tuff_error *error;
    bool *is_output;                  /* per tensor: a graph output */
    bool now;                         /* every value is at hand: nodes are run as they are planned */
    int32_t node;                     /* the one being planned */
    tuff_status failed;               /* of a handle call: tuff_emit reports it */
    int32_t first_step, first_buffer; /* of this node */
} tuff_planner;

/* The buffer that holds a tensor's bytes, made when first asked for. -1 on failure. */
int32_t tuff_planner_tensor_buffer(tuff_planner *p, int32_t tensor);
int32_t tuff_planner_add_buffer(tuff_planner *p, tuff_plan_buffer buffer);
tuff_status tuff_planner_add_step(tuff_planner *p, const tuff_plan_step *step);
/* the buffer whose memory `buffer` shares in the end */
int32_t tuff_plan_root(const tuff_plan *plan, int32_t buffer);
/* What computes a node: the user's record of that name before the builtin one. */
const tuff_op *tuff_planner_record(const tuff_planner *p, const tuff_node *n);
tuff_status tuff_planner_nodes(tuff_planner *p, int32_t first);
tuff_status tuff_planner_start(tuff_planner *p);
/* A planner over a fresh plan; tuff_planner_end frees what planning needed, and on failure the plan. */
tuff_status tuff_planner_begin(tuff_planner *p, const tuff_graph *g, const tuff_plan_options *o, tuff_pack_cache *cache, const tuff_allocator *a,
                               tuff_error *error);
tuff_status tuff_planner_end(tuff_planner *p, tuff_status status, tuff_plan **plan);
/* plan/control.c: a node that calls subgraphs (TUFF_LATER where its sizes aren't known) */
tuff_status tuff_control_plan(tuff_planner *p, tuff_context *c);
/* stores a value as the plan's: copied where `copy` */
tuff_status tuff_planner_set_value(tuff_planner *p, int32_t tensor, const tuff_tensor *like, const void *data, size_t bytes, bool copy);
/* plan/memory.c: lifetimes, in-place, offsets, sizes */
tuff_status tuff_planner_place(tuff_planner *p);
/* plan/cache.c */
const void *tuff_pack_cache_get(tuff_pack_cache *cache, const void *const sources[2], size_t bytes, tuff_fill_fn *fill, const void *params, size_t params_bytes,
                                tuff_error *error);

#endif
