/* The values that two models have in common.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A point is a value of real numbers that a model computes: an input, or a node's output. QUANTIZE and DEQUANTIZE make no new ones; behind a float that is
 * only read by a QUANTIZE stands the integer tensor.
 */
#ifndef TUFF_KIT_EVAL_ALIGN_H
#define TUFF_KIT_EVAL_ALIGN_H

#include "graph/graph.h"
#include "tuff/tuff.h"

enum { TUFF_PROBE = 2048 }; /* values per point that are looked at for aligning */

typedef struct tuff_point {
    const char *name;
    int32_t tensor; /* whose values stand for it */
    int32_t node;   /* that computes it, -1: an input */
    const char *op; /* the first of a chain of op, scaling, activation, which converters fuse; "input" */
    int32_t activation;
    bool end;    /* of such a chain */
    bool output; /* of the graph */
    int64_t elements;
    float *probe;
    int32_t probed;
} tuff_point;

typedef struct tuff_points {
    const tuff_interpreter *it;
    const tuff_subgraph *subgraph;
    tuff_point *list;
    int32_t count;
} tuff_points;

/* After an invocation of an interpreter that keeps all. */
tuff_status tuff_points_list(tuff_points *p, const tuff_interpreter *it, tuff_arena *arena, tuff_error *error) TUFF_MUST_USE;
/* Adds some of the present values to the probes. */
void tuff_points_probe(tuff_points *p);
/* match[k]: the point of b that corresponds to a's point k, -1 for none. */
tuff_status tuff_points_align(const tuff_points *a, const tuff_points *b, int32_t *match, tuff_error *error) TUFF_MUST_USE;

/* Element k of a tensor of floats or of integers with one scale. */
float tuff_real_at(const tuff_tensor *t, const void *data, size_t k);
/* Does it hold such numbers? */
bool tuff_is_real(const tuff_tensor *t);

#endif
