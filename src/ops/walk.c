/* Walking the elements of an output while its sources advance by strides.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/walk.h"

int64_t tuff_walk_count(const tuff_walk *w) {
    int64_t count = 1;
    for (int32_t k = 0; k < w->rank; k++) count *= w->dims[k];
    return count;
}

void tuff_walk_from(const tuff_walk *w, tuff_row *row, int64_t begin, int64_t end) {
    row->out = begin;
    row->end = end;
    row->n = 0;
    row->a = w->start;
    row->b = 0;
    if (begin >= end) return;
    int64_t rest = begin;
    for (int32_t k = w->rank - 1; k >= 0; k--) {
        row->index[k] = (int32_t)(rest % w->dims[k]);
        rest /= w->dims[k];
        row->a += row->index[k] * w->a[k];
        row->b += row->index[k] * w->b[k];
    }
}

bool tuff_walk_row(const tuff_walk *w, tuff_row *row) {
    int32_t k = w->rank - 1;
    row->out += row->n;
    if (row->out >= row->end) return false;
    row->index[k] += row->n;
    row->a += row->n * w->a[k];
    row->b += row->n * w->b[k];
    for (; k > 0 && row->index[k] == w->dims[k]; k--) {
        row->index[k] = 0;
        row->index[k - 1]++;
        row->a += w->a[k - 1] - w->dims[k] * w->a[k];
        row->b += w->b[k - 1] - w->dims[k] * w->b[k];
    }
    k = w->rank - 1;
    const int64_t left = row->end - row->out;
    row->n = w->dims[k] - row->index[k];
    if (row->n > left) row->n = (int32_t)left;
    return true;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"
#include "ops/tensor.h"

void tuff_walk_add(tuff_walk *w, int32_t dim, int64_t a, int64_t b) {
    if (dim == 1) return;
    if (w->rank > 0) {
        const int32_t k = w->rank - 1;
        if (w->a[k] == a * dim && w->b[k] == b * dim && (int64_t)w->dims[k] * dim <= INT32_MAX) {
            w->dims[k] *= dim;
            w->a[k] = a;
            w->b[k] = b;
            return;
        }
    }
    w->dims[w->rank] = dim;
    w->a[w->rank] = a;
    w->b[w->rank] = b;
    w->rank++;
}

void tuff_walk_close(tuff_walk *w) {
    if (w->rank > 0) return;
    w->rank = 1;
    w->dims[0] = 1;
    w->a[0] = w->b[0] = 1;
}

void tuff_broadcast_strides(const tuff_tensor *t, int32_t rank, int64_t *strides) {
    int64_t stride = 1;
    for (int32_t k = rank - 1; k >= 0; k--) {
        const int32_t own = k - (rank - t->rank);
        strides[k] = own >= 0 && t->shape[own] != 1 ? stride : 0;
        if (own >= 0) stride *= t->shape[own];
    }
}

void tuff_walk_binary(tuff_walk *w, const tuff_tensor *a, const tuff_tensor *b, const tuff_tensor *out) {
    int64_t stride_a[TUFF_MAX_RANK], stride_b[TUFF_MAX_RANK];
    tuff_broadcast_strides(a, out->rank, stride_a);
    tuff_broadcast_strides(b, out->rank, stride_b);
    for (int32_t k = 0; k < out->rank; k++) tuff_walk_add(w, out->shape[k], stride_a[k], stride_b[k]);
    tuff_walk_close(w);
}

tuff_status tuff_infer_broadcast(tuff_context *c, int32_t first, int32_t inputs) {
    int32_t dims[TUFF_MAX_RANK], rank = 0;
    for (int32_t k = first; k < first + inputs; k++)
        if (c->inputs[k]->rank > rank) rank = c->inputs[k]->rank;
    for (int32_t d = 0; d < rank; d++) dims[d] = 1;
    for (int32_t k = first; k < first + inputs; k++) {
        const tuff_tensor *t = c->inputs[k];
        for (int32_t own = 0; own < t->rank; own++) {
            int32_t *dim = &dims[own + rank - t->rank];
            TUFF_CHECK(c, t->shape[own] == 1 || *dim == 1 || t->shape[own] == *dim, "%s and %s do not broadcast to one shape",
                       tuff_shape_text(c->inputs[first]).text, tuff_shape_text(t).text);
            if (t->shape[own] != 1) *dim = t->shape[own];
        }
    }
    return tuff_infer_shape(c, 0, rank, dims);
}
#endif
