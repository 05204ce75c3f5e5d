/* Walking the elements of an output in order while up to two sources advance by strides of their own.
 * SPDX-License-Identifier: Apache-2.0
 *
 * This is how broadcasting, slicing, transposing and reducing read their inputs: dims of the output, and per source one stride
 * (in elements; 0 repeats, negative runs backwards) for each. Neighbouring dims are joined where every source allows it, so that
 * same-shaped operands are one row. A kernel sees rows: `n` outputs from `out` on, source a at a + i * stride, b likewise.
 */
#ifndef TUFF_OPS_WALK_H
#define TUFF_OPS_WALK_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_walk {
    int32_t rank; /* >= 1 */
    int32_t dims[TUFF_MAX_RANK];
    int64_t a[TUFF_MAX_RANK], b[TUFF_MAX_RANK];
    int64_t start; /* of source a */
} tuff_walk;
#define TUFF_WALK_FIELDS(args, member)                                                                                                 \
    TUFF_ARG(args, member.rank, S32), TUFF_ARGS(args, member.dims, S32, TUFF_MAX_RANK), TUFF_ARGS(args, member.a, S64, TUFF_MAX_RANK), \
        TUFF_ARGS(args, member.b, S64, TUFF_MAX_RANK), TUFF_ARG(args, member.start, S64)

typedef struct tuff_row {
    int64_t out, a, b; /* where the row begins */
    int32_t n;
    int64_t end; /* outputs of this job end here */
    int32_t index[TUFF_MAX_RANK];
} tuff_row;

/* Outputs [begin, end); then each call of tuff_walk_row gives one row, false after the last. */
void tuff_walk_from(const tuff_walk *w, tuff_row *row, int64_t begin, int64_t end);
bool tuff_walk_row(const tuff_walk *w, tuff_row *row);
int64_t tuff_walk_count(const tuff_walk *w);
static inline void tuff_walk_job(const tuff_walk *w, tuff_row *row, int job, int jobs) {
    const tuff_span span = tuff_share(tuff_walk_count(w), job, jobs);
    tuff_walk_from(w, row, span.first, span.end);
}
static inline int64_t tuff_walk_step_a(const tuff_walk *w) { return w->a[w->rank - 1]; }
static inline int64_t tuff_walk_step_b(const tuff_walk *w) { return w->b[w->rank - 1]; }

#ifndef TUFF_KERNELS_ONLY
/* Appends an inner dim; joins it with the one before where it can. Begin with a zeroed walk, end with tuff_walk_close. */
void tuff_walk_add(tuff_walk *w, int32_t dim, int64_t a, int64_t b);
void tuff_walk_close(tuff_walk *w);
/* Row-major strides of `shape`, aligned to the right of `rank` dims; 0 where a dim is 1 or missing. */
void tuff_broadcast_strides(const tuff_tensor *t, int32_t rank, int64_t *strides);
/* The walk of a binary op. */
void tuff_walk_binary(tuff_walk *w, const tuff_tensor *a, const tuff_tensor *b, const tuff_tensor *out);
/* infer: output 0 gets the shape to which all inputs broadcast. */
tuff_status tuff_infer_broadcast(tuff_context *c, int32_t first, int32_t inputs);
#endif

#endif
