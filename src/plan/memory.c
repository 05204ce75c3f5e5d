/* Lifetimes, sharing and offsets of a plan's buffers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A buffer lives from the step that writes it first to the step that reads it last; graph outputs live to the end of the run, and inputs for all of it,
 * so that an input set once serves several invocations (unless the plan is asked to overlay them). Two buffers whose lives don't meet may share addresses: the largest are placed first, each
 * at the lowest offset that is free during its life (greedy by size, the order that TFLite's planner uses as well).
 */
#include <stdlib.h>

#include "base/check.h"
#include "ops/ops.h"
#include "plan/planner.h"

/* A shared buffer's life is its root's: views and in-place results hand theirs down. */
static void join(tuff_plan *plan, int32_t buffer) {
    const int32_t r = tuff_plan_root(plan, buffer);
    tuff_plan_buffer *root = &plan->buffers[r], *b = &plan->buffers[buffer];
    if (root == b) return;
    if (b->first < root->first) root->first = b->first;
    if (b->last > root->last) root->last = b->last;
    if (b->pinned) root->pinned = true;
}

static void lives(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        tuff_plan_buffer *b = &plan->buffers[k];
        if (b->pinned || (p->options->keep_all && b->tensor >= 0)) b->last = plan->n_steps;
    }
    /* what the nodes that wait will read stays */
    for (int32_t n = plan->n_planned; n < plan->subgraph->n_nodes; n++)
        for (int32_t i = 0; i < plan->subgraph->nodes[n].n_inputs; i++) {
            const int32_t t = plan->subgraph->nodes[n].inputs[i];
            if (t >= 0 && plan->tensor_buffer[t] >= 0) plan->buffers[plan->tensor_buffer[t]].last = plan->n_steps;
        }
    for (int32_t k = 0; k < plan->n_buffers; k++) join(plan, k);
}

static bool only_step_of_node(const tuff_plan *plan, int32_t s) {
    const int32_t node = plan->steps[s].node;
    return !(s > 0 && plan->steps[s - 1].node == node) && !(s + 1 < plan->n_steps && plan->steps[s + 1].node == node);
}

/* Lets output 0 of step s overwrite an input that nobody reads later. */
static void share_in_place(const tuff_planner *p, int32_t s) {
    tuff_plan *plan = p->plan;
    if (plan->steps[s].node < 0) return;
    const tuff_node *n = &plan->subgraph->nodes[plan->steps[s].node];
    const tuff_op *op = tuff_planner_record(p, n);
    if (!op->in_place || n->n_outputs < 1 || !only_step_of_node(plan, s)) return;
    const int32_t out = plan->tensor_buffer[n->outputs[0]];
    if (out < 0 || plan->buffers[out].view_of >= 0 || plan->buffers[out].place != TUFF_PLACE_ARENA) return;
    for (int32_t k = 0; k < n->n_inputs && k < 8; k++) {
        if (!(op->in_place >> k & 1) || n->inputs[k] < 0) continue;
        const int32_t in = plan->tensor_buffer[n->inputs[k]];
        if (in < 0 || tuff_type_bits(plan->tensors[n->inputs[k]].type) != tuff_type_bits(plan->tensors[n->outputs[0]].type))
            continue; /* element k over element k */
        const int32_t r = tuff_plan_root(plan, in);
        const tuff_plan_buffer *root = &plan->buffers[r];
        if (root->place != TUFF_PLACE_ARENA || root->pinned || root->last != s || r == out || root->bytes != plan->buffers[out].bytes) continue;
        plan->buffers[out].view_of = r;
        join(plan, out);
        return;
    }
}

static int by_size(const void *a, const void *b) {
    const tuff_plan_buffer *x = *(const tuff_plan_buffer *const *)a, *y = *(const tuff_plan_buffer *const *)b;
    if (x->bytes != y->bytes) return x->bytes < y->bytes ? 1 : -1;
    return x->first != y->first ? (x->first < y->first ? -1 : 1) : (x < y ? -1 : x > y);
}

static int by_offset(const void *a, const void *b) {
    const tuff_plan_buffer *x = *(const tuff_plan_buffer *const *)a, *y = *(const tuff_plan_buffer *const *)b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static bool align_up(size_t bytes, size_t align, size_t *aligned) {
    if (!tuff_add_size(bytes, align - 1, aligned)) return false;
    *aligned &= ~(align - 1);
    return true;
}

/* The lowest offset at which `b` collides with no buffer placed before (sorted by offset) whose life meets its own. */
static size_t lowest_free(tuff_plan_buffer *const *placed, size_t count, const tuff_plan_buffer *b, size_t bytes, size_t align) {
    size_t at = 0;
    for (size_t k = 0; k < count; k++) {
        const tuff_plan_buffer *other = placed[k];
        if (other->last < b->first || other->first > b->last) continue;
        if (other->offset >= at + bytes) return at;
        const size_t end = other->offset + ((other->bytes + align - 1) & ~(align - 1));
        if (end > at) at = end;
    }
    return at;
}

static tuff_status offsets(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    tuff_plan_buffer **todo = TUFF_NEW_ARRAY(p->temporary, (size_t)plan->n_buffers * 2, tuff_plan_buffer *, p->error);
    if (!todo) return TUFF_ERR_MEMORY;
    tuff_plan_buffer **placed = todo + plan->n_buffers;
    const size_t align = p->options->align ? p->options->align : TUFF_BUFFER_ALIGN;
    size_t n = 0;
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        tuff_plan_buffer *b = &plan->buffers[k];
        if (b->place == TUFF_PLACE_ARENA && b->view_of < 0) todo[n++] = b;
    }
    qsort(todo, n, sizeof *todo, by_size);
    for (size_t k = 0; k < n; k++) {
        tuff_plan_buffer *b = todo[k];
        size_t bytes, end;
        if (!align_up(b->bytes, align, &bytes)) return tuff_fail(p->error, TUFF_ERR_LIMIT, "activations of %zu bytes", b->bytes);
        b->offset = lowest_free(placed, k, b, bytes, align);
        if (!tuff_add_size(b->offset, bytes, &end)) return tuff_fail(p->error, TUFF_ERR_LIMIT, "activations larger than the address space");
        if (end > plan->arena_bytes) plan->arena_bytes = end;
        size_t at = k; /* insertion keeps `placed` sorted */
        while (at > 0 && by_offset(&placed[at - 1], &b) > 0) {
            placed[at] = placed[at - 1];
            at--;
        }
        placed[at] = b;
    }
    if (p->options->largest_arena && plan->arena_bytes > p->options->largest_arena)
        return tuff_fail(p->error, TUFF_ERR_LIMIT, "activations need %zu bytes, at most %zu are allowed", plan->arena_bytes, p->options->largest_arena);
    return TUFF_OK;
}

tuff_status tuff_planner_place(tuff_planner *p) {
    tuff_plan *plan = p->plan;
    lives(p);
    if (!p->options->no_in_place && !p->options->keep_all)
        for (int32_t s = 0; s < plan->n_steps; s++) share_in_place(p, s);
    TUFF_TRY(offsets(p));
    for (int32_t k = 0; k < plan->n_buffers; k++) {
        tuff_plan_buffer *b = &plan->buffers[k];
        if (b->place == TUFF_PLACE_CONSTANT) plan->constant_bytes += b->bytes;
        if (b->place == TUFF_PLACE_STATE) plan->state_bytes += b->cell->bytes;
    }
    return TUFF_OK;
}
