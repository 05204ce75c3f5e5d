/* Cells of state.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "plan/state.h"

#include <string.h>

tuff_state *tuff_state_create(const tuff_allocator *a, tuff_error *error) {
    tuff_arena *arena = tuff_arena_create(a, error);
    tuff_state *state = arena ? TUFF_NEW(arena, tuff_state, error) : NULL;
    if (state) state->arena = arena;
    else tuff_arena_destroy(arena);
    return state;
}

void tuff_state_destroy(tuff_state *state) {
    if (state) tuff_arena_destroy(state->arena);
}

void tuff_state_reset(tuff_state *state, bool only_variables) {
    for (tuff_cell *c = state->cells; c; c = c->next)
        if (c->memory && (!only_variables || c->key.kind == TUFF_CELL_VARIABLE)) memset(c->memory, c->start, c->bytes);
}

static tuff_cell *find(tuff_state *state, tuff_cell_key key) {
    for (tuff_cell *c = state->cells; c; c = c->next)
        if (c->key.kind == key.kind && c->key.subgraph == key.subgraph && c->key.index == key.index) return c;
    return NULL;
}

static tuff_cell *add(tuff_state *state, tuff_cell cell, tuff_error *error) {
    tuff_cell *c = TUFF_NEW(state->arena, tuff_cell, error);
    if (!c) return NULL;
    *c = cell;
    c->next = state->cells;
    return state->cells = c;
}

tuff_cell *tuff_state_cell(tuff_state *state, tuff_cell_key key, size_t bytes, uint8_t start, tuff_error *error) {
    tuff_cell *c = find(state, key);
    if (!c) c = add(state, (tuff_cell){.key = key}, error);
    if (!c || (c->memory && c->bytes == bytes)) return c;
    const size_t kept = key.kind == TUFF_CELL_RESOURCE && c->memory ? c->bytes : 0;
    if (kept > bytes) return c;
    if (!c->memory || c->room < bytes) {
        void *memory = tuff_arena_take(state->arena, bytes, 64, error);
        if (!memory) return NULL;
        if (kept) memcpy(memory, c->memory, kept);
        c->memory = memory;
        c->room = bytes;
    }
    c->bytes = bytes;
    c->start = start;
    memset((char *)c->memory + kept, start, bytes - kept);
    return c;
}

tuff_cell *tuff_state_resource(tuff_state *state, const char *container, const char *name, tuff_error *error) {
    for (tuff_cell *c = state->cells; c; c = c->next)
        if (c->key.kind == TUFF_CELL_RESOURCE && strcmp(c->container, container) == 0 && strcmp(c->name, name) == 0) return c;
    const tuff_cell made = {.key = {TUFF_CELL_RESOURCE, 0, state->n_resources},
                            .container = tuff_arena_string(state->arena, container, error),
                            .name = tuff_arena_string(state->arena, name, error)};
    tuff_cell *c = made.container && made.name ? add(state, made, error) : NULL;
    if (c) state->n_resources++;
    return c;
}

tuff_cell *tuff_state_resource_at(tuff_state *state, int32_t id) { return find(state, (tuff_cell_key){TUFF_CELL_RESOURCE, 0, id}); }
