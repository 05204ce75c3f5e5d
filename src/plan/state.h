/* State: what survives an invocation. Variables, resources and flags in cells that outlive plans, so that resizing keeps them.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_PLAN_STATE_H
#define TUFF_PLAN_STATE_H

#include "graph/graph.h"

typedef enum tuff_cell_kind { TUFF_CELL_VARIABLE, TUFF_CELL_RESOURCE, TUFF_CELL_NODE } tuff_cell_kind;
/* What a cell is found by: a variable tensor, a resource's id, or a node that keeps something of its own. */
typedef struct tuff_cell_key {
    tuff_cell_kind kind;
    int32_t subgraph, index;
} tuff_cell_key;

typedef struct tuff_cell {
    struct tuff_cell *next;
    tuff_cell_key key;
    void *memory;
    size_t bytes, room;           /* room never shrinks: steps planned for more bytes stay within it */
    uint8_t start;                /* the byte that reset fills it with */
    const char *container, *name; /* resources */
    bool shaped;                  /* resources: type, rank and dims of what was assigned last, as planned */
    tuff_type type;
    int32_t rank, dims[TUFF_MAX_RANK];
} tuff_cell;

typedef struct tuff_state {
    tuff_arena *arena;
    tuff_cell *cells;
    int32_t n_resources;
} tuff_state;

tuff_state *tuff_state_create(const tuff_allocator *a, tuff_error *error);
void tuff_state_destroy(tuff_state *state); /* NULL is fine */
/* Fills cells with what they start with: all, or those of variable tensors. */
void tuff_state_reset(tuff_state *state, bool only_variables);
/* The cell of that key with room for `bytes`, made (and filled with `start`) when it is new or its size changes; a resource only grows, and keeps what
 * it has. NULL: no memory. */
tuff_cell *tuff_state_cell(tuff_state *state, tuff_cell_key key, size_t bytes, uint8_t start, tuff_error *error);
/* The cell of a named resource, without memory until something is assigned; its key.index is the handle's value. */
tuff_cell *tuff_state_resource(tuff_state *state, const char *container, const char *name, tuff_error *error);
/* The resource with that handle; NULL: there is none. */
tuff_cell *tuff_state_resource_at(tuff_state *state, int32_t id);

#endif
