/* STABLEHLO_GATHER: windows of an operand, one per index vector. STABLEHLO_SCATTER: the way back, combining each update with what lies there.
 * SPDX-License-Identifier: Apache-2.0
 *
 * GATHER moves a window that would leave the operand back inside; SCATTER leaves out the elements that fall outside. Updates of one place
 * are combined in order: stored (a body without ops), added, multiplied, or the larger or smaller kept.
 * source: TFLite stablehlo_gather.cc, stablehlo_scatter.cc
 */
#include "ops/stablehlo_gather.h"

#include <string.h>

#include "ops/combine.h"

/* One run along the windows' last dim: where it begins in the operand, per dim. */
typedef struct place {
    int64_t at[TUFF_MAX_RANK];
    int32_t along; /* the operand's dim that the run follows, -1: a run of one */
    int64_t n;
} place;

static int64_t index_at(const void *indices, int64_t at, int32_t bytes) {
    if (bytes == 8) return ((const int64_t *)indices)[at];
    return ((const int32_t *)indices)[at];
}

/* The run that begins at element `first` of the windows. */
static place find(const tuff_stablehlo_gather_args *p, const void *indices, int64_t first, bool clip) {
    place run = {.along = p->rank > 0 ? p->operand_dim[p->rank - 1] : -1};
    int64_t rest = first, vector = 0;
    int64_t window[TUFF_MAX_RANK] = {0};
    for (int32_t k = p->rank - 1; k >= 0; k--) {
        const int64_t index = rest % p->dims[k];
        rest /= p->dims[k];
        if (p->operand_dim[k] >= 0) window[p->operand_dim[k]] = index;
        else vector += index * p->index_step[k];
    }
    for (int32_t k = 0; k < p->mapped_count; k++) {
        const int32_t d = p->mapped[k];
        const int64_t start = index_at(indices, vector + k * p->vector_step, p->index_bytes), last = p->operand[d] - p->slice[d];
        /* beyond the operand either way is as far outside as it gets: no sum overflows */
        run.at[d] = clip ? (start > last ? last : start < 0 ? 0 : start) : start < -INT32_MAX - 1 ? -INT32_MAX - 1 : start > INT32_MAX ? INT32_MAX : start;
    }
    for (int32_t d = 0; d < p->operand_rank; d++) run.at[d] += window[d];
    run.n = run.along >= 0 ? p->dims[p->rank - 1] : 1;
    return run;
}

static int64_t offset_of(const tuff_stablehlo_gather_args *p, const place *run) {
    int64_t offset = 0;
    for (int32_t d = 0; d < p->operand_rank; d++) offset += run->at[d] * p->operand_step[d];
    return offset;
}

static int64_t count_runs(const tuff_stablehlo_gather_args *p, int64_t *each) {
    int64_t count = 1;
    for (int32_t k = 0; k < p->rank; k++) count *= p->dims[k];
    *each = p->rank > 0 && p->operand_dim[p->rank - 1] >= 0 ? p->dims[p->rank - 1] : 1;
    return count ? count / *each : 0;
}

/* operand, indices, out [dims]; tiles: runs along the last dim; scratch, errors: none */
int tuff_stablehlo_gather(const void *args, void *const *io, int job, int jobs) {
    const tuff_stablehlo_gather_args *p = args;
    tuff_combine_fn *store = tuff_combine_for(p->type, TUFF_COMBINE_STORE);
    int64_t each;
    const tuff_span span = tuff_share(count_runs(p, &each), job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const place run = find(p, io[1], r * each, true);
        const char *in = (const char *)io[0] + offset_of(p, &run) * p->bytes;
        store((char *)io[2] + r * each * p->bytes, in, in, run.n, 1, 0, run.along >= 0 ? p->operand_step[run.along] : 0);
    }
    return 0;
}

/* Cuts the run to what lies inside of the operand; *skipped: how much was before. */
static bool cut(const tuff_stablehlo_gather_args *p, place *run, int64_t *skipped) {
    *skipped = 0;
    for (int32_t d = 0; d < p->operand_rank; d++) {
        if (d != run->along) {
            if (run->at[d] < 0 || run->at[d] >= p->operand[d]) return false;
            continue;
        }
        if (run->at[d] < 0) *skipped = -run->at[d];
        run->at[d] += *skipped;
        run->n -= *skipped;
        if (run->n > p->operand[d] - run->at[d]) run->n = p->operand[d] - run->at[d];
        if (run->n <= 0) return false;
    }
    return true;
}

/* indices, updates [dims], out (the operand's copy, combined in place); tiles: 1; scratch, errors: none */
int tuff_stablehlo_scatter(const void *args, void *const *io, int job, int jobs) {
    const tuff_stablehlo_gather_args *p = args;
    (void)job, (void)jobs;
    tuff_combine_fn *combine = tuff_combine_for(p->type, p->combination);
    int64_t each, skipped;
    const int64_t runs = count_runs(p, &each);
    for (int64_t r = 0; r < runs; r++) {
        place run = find(p, io[0], r * each, false);
        if (!cut(p, &run, &skipped)) continue;
        const int64_t step = run.along >= 0 ? p->operand_step[run.along] : 0;
        char *out = (char *)io[2] + offset_of(p, &run) * p->bytes;
        combine(out, out, (const char *)io[1] + (r * each + skipped) * p->bytes, run.n, step, step, 1);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/copy.h"
#include "ops/tensor.h"

static const tuff_field gather_fields[] = {
    TUFF_FIELD(tuff_stablehlo_gather_attrs, offset_dims, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_gather_attrs, collapsed_slice_dims, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_gather_attrs, start_index_map, VECTOR_S64, 2),
    TUFF_FIELD(tuff_stablehlo_gather_attrs, index_vector_dim, S64, 3),
    TUFF_FIELD(tuff_stablehlo_gather_attrs, slice_sizes, VECTOR_S64, 4),
    TUFF_FIELD(tuff_stablehlo_gather_attrs, indices_are_sorted, BOOL, 5),
    TUFF_FIELD_END,
};
static const tuff_field scatter_fields[] = {
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, indices_are_sorted, BOOL, 0),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, update_window_dims, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, inserted_window_dims, VECTOR_S64, 2),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, scatter_dims_to_operand_dims, VECTOR_S64, 3),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, index_vector_dim, S64, 4),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, unique_indices, BOOL, 5),
    TUFF_FIELD(tuff_stablehlo_scatter_attrs, update_computation_subgraph_index, S32, 6),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_stablehlo_gather_args, rank, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, operand_rank, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, mapped_count, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, index_bytes, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, bytes, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, type, S32),
    TUFF_ARG(tuff_stablehlo_gather_args, combination, S32),
    TUFF_ARGS(tuff_stablehlo_gather_args, dims, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, operand_dim, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, operand, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, mapped, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, slice, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, index_step, S64, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_stablehlo_gather_args, operand_step, S64, TUFF_MAX_RANK),
    TUFF_ARG(tuff_stablehlo_gather_args, vector_step, S64),
    TUFF_FIELD_END,
};
#define KERNEL(function) TUFF_KERNEL(function, tuff_stablehlo_gather_args, fields)
#define INDEX "s32|s64"
static const tuff_variant gather_variants[] = {{{"b1|b2|b4|b8", INDEX}, {"=0"}, 1, NULL, KERNEL(tuff_stablehlo_gather)}, {.version = 0}};
static const tuff_variant scatter_variants[] = {{{TUFF_COMBINE_TYPES, INDEX, "=0"}, {"=0"}, 1, NULL, KERNEL(tuff_stablehlo_scatter)}, {.version = 0}};

/* A list of different dims below `rank`, as flags. */
static tuff_status mark(tuff_context *c, const char *what, tuff_s64s list, int32_t rank, bool *marked) {
    memset(marked, 0, TUFF_MAX_RANK * sizeof *marked);
    for (size_t k = 0; k < list.count; k++) {
        TUFF_CHECK(c, list.data[k] >= 0 && list.data[k] < rank, "%s %lld is beyond rank %d", what, (long long)list.data[k], (int)rank);
        TUFF_CHECK(c, !marked[list.data[k]], "%s names %lld twice", what, (long long)list.data[k]);
        marked[list.data[k]] = true;
    }
    return TUFF_OK;
}

/* What both ops describe with other names. */
typedef struct spec {
    const tuff_tensor *operand, *indices;
    tuff_s64s window_dims, dropped, map;
    int64_t vector_dim;
} spec;

/* Everything but dims[k] of window dims: their sizes are GATHER's slice sizes, or the updates' own. */
static tuff_status resolve(tuff_context *c, const spec *s, tuff_stablehlo_gather_args *p) {
    const int32_t index_rank = s->indices->rank;
    TUFF_CHECK(c, s->vector_dim >= 0 && s->vector_dim <= index_rank, "index_vector_dim %lld does not fit %s", (long long)s->vector_dim,
               tuff_shape_text(s->indices).text);
    const bool scalar = s->vector_dim == index_rank;
    const int64_t rank = index_rank - (scalar ? 0 : 1) + (int64_t)s->window_dims.count;
    TUFF_CHECK(c, rank <= TUFF_MAX_RANK, "has windows of rank %lld, at most %d is possible", (long long)rank, TUFF_MAX_RANK);
    *p = (tuff_stablehlo_gather_args){.rank = (int32_t)rank,
                                      .operand_rank = s->operand->rank,
                                      .index_bytes = tuff_type_bits(s->indices->type) / 8,
                                      .bytes = tuff_type_bits(s->operand->type) / 8,
                                      .vector_step = scalar ? 0 : tuff_dims_product(s->indices->shape, (int32_t)s->vector_dim + 1, index_rank)};
    bool window[TUFF_MAX_RANK], dropped[TUFF_MAX_RANK], mapped[TUFF_MAX_RANK];
    TUFF_TRY(mark(c, "window dimension", s->window_dims, p->rank, window));
    TUFF_TRY(mark(c, "left out dimension", s->dropped, p->operand_rank, dropped));
    TUFF_TRY(mark(c, "start index dimension", s->map, p->operand_rank, mapped));
    TUFF_CHECK(c, s->window_dims.count + s->dropped.count == (size_t)p->operand_rank, "%zu window dimensions and %zu left out ones do not make up %s",
               s->window_dims.count, s->dropped.count, tuff_shape_text(s->operand).text);
    TUFF_CHECK(c, s->map.count == (scalar ? 1u : (size_t)s->indices->shape[s->vector_dim]), "maps %zu entries of the index vectors %s", s->map.count,
               tuff_shape_text(s->indices).text);
    p->mapped_count = (int32_t)s->map.count;
    for (int32_t k = 0; k < p->mapped_count; k++) p->mapped[k] = (int32_t)s->map.data[k];
    int32_t from = 0, to = 0;
    for (int32_t k = 0; k < p->rank; k++) {
        if (!window[k]) {
            if (from == s->vector_dim) from++;
            p->operand_dim[k] = -1;
            p->dims[k] = s->indices->shape[from];
            p->index_step[k] = tuff_dims_product(s->indices->shape, from + 1, index_rank);
            from++;
            continue;
        }
        while (dropped[to]) to++;
        p->operand_dim[k] = to++;
    }
    for (int32_t d = 0; d < p->operand_rank; d++) {
        p->operand[d] = s->operand->shape[d];
        p->slice[d] = 1;
        p->operand_step[d] = tuff_dims_product(s->operand->shape, d + 1, p->operand_rank);
    }
    return TUFF_OK;
}

static tuff_status resolve_gather(tuff_context *c, tuff_stablehlo_gather_args *p) {
    const tuff_stablehlo_gather_attrs *a = c->attrs;
    TUFF_TRY(resolve(c, &(spec){c->inputs[0], c->inputs[1], a->offset_dims, a->collapsed_slice_dims, a->start_index_map, a->index_vector_dim}, p));
    TUFF_CHECK(c, a->slice_sizes.count == (size_t)p->operand_rank, "has %zu slice sizes for %s", a->slice_sizes.count, tuff_shape_text(c->inputs[0]).text);
    bool dropped[TUFF_MAX_RANK];
    TUFF_TRY(mark(c, "collapsed dimension", a->collapsed_slice_dims, p->operand_rank, dropped));
    for (int32_t d = 0; d < p->operand_rank; d++) {
        const int64_t size = a->slice_sizes.data[d];
        TUFF_CHECK(c, size >= 0 && size <= p->operand[d] && (!dropped[d] || size == 1), "a slice of %lld along axis %d of %s", (long long)size, (int)d,
                   tuff_shape_text(c->inputs[0]).text);
        p->slice[d] = (int32_t)size;
    }
    for (int32_t k = 0; k < p->rank; k++)
        if (p->operand_dim[k] >= 0) p->dims[k] = p->slice[p->operand_dim[k]];
    static const int32_t by_bytes[] = {0, TUFF_U8, TUFF_U16, 0, TUFF_U32, 0, 0, 0, TUFF_U64};
    p->type = by_bytes[p->bytes];
    return TUFF_OK;
}

static tuff_status infer_gather(tuff_context *c) {
    tuff_stablehlo_gather_args p;
    TUFF_TRY(resolve_gather(c, &p));
    return tuff_infer_shape(c, 0, p.rank, p.dims);
}

static tuff_status prepare_gather(tuff_context *c) {
    tuff_stablehlo_gather_args p, *own = tuff_args(c, &c->variant->kernel);
    TUFF_TRY(resolve_gather(c, &p));
    if (own) *own = p;
    const int64_t count = tuff_count(c->outputs[0]);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){count, 0, 2 * count * p.bytes}, io, 3);
}

/* How the body combines an update with what is there; -1: not in one of these ways. */
static int32_t combination_of(int32_t code) {
    switch (code) {
    case TUFF_BODY_EMPTY: return TUFF_COMBINE_STORE;
    case 163: return TUFF_COMBINE_ADD;
    case 165: return TUFF_COMBINE_MULTIPLY;
    case 166: return TUFF_COMBINE_MAXIMUM;
    case 181: return TUFF_COMBINE_MINIMUM;
    default: return -1;
    }
}

static tuff_status resolve_scatter(tuff_context *c, tuff_stablehlo_gather_args *p) {
    const tuff_stablehlo_scatter_attrs *a = c->attrs;
    const tuff_tensor *updates = c->inputs[2];
    TUFF_TRY(resolve(
        c, &(spec){c->inputs[0], c->inputs[1], a->update_window_dims, a->inserted_window_dims, a->scatter_dims_to_operand_dims, a->index_vector_dim}, p));
    TUFF_CHECK(c, updates->rank == p->rank, "updates %s have another rank than their windows, %d", tuff_shape_text(updates).text, (int)p->rank);
    for (int32_t k = 0; k < p->rank; k++) {
        if (p->operand_dim[k] >= 0) p->dims[k] = updates->shape[k];
        const int32_t most = p->operand_dim[k] >= 0 ? p->operand[p->operand_dim[k]] : p->dims[k];
        TUFF_CHECK(c, updates->shape[k] == p->dims[k] && p->dims[k] <= most, "updates %s do not fit %s and indices %s", tuff_shape_text(updates).text,
                   tuff_shape_text(c->inputs[0]).text, tuff_shape_text(c->inputs[1]).text);
    }
    p->type = (int32_t)updates->type;
    p->combination = combination_of(tuff_infer_body(c, a->update_computation_subgraph_index));
    TUFF_CHECK(c, p->combination >= 0, "its body has to be empty or one of STABLEHLO_ADD, MULTIPLY, MAXIMUM, MINIMUM");
    return TUFF_OK;
}

static tuff_status infer_scatter(tuff_context *c) {
    tuff_stablehlo_gather_args p;
    TUFF_TRY(resolve_scatter(c, &p));
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare_scatter(tuff_context *c) {
    tuff_stablehlo_gather_args p, *own = tuff_args(c, &c->variant->kernel);
    TUFF_TRY(resolve_scatter(c, &p));
    if (own) *own = p;
    const tuff_io out = tuff_io_output(c, 0);
    TUFF_TRY(tuff_copy_emit(c, tuff_io_input(c, 0), out, tuff_count(c->outputs[0]) * p.bytes));
    const int64_t count = tuff_count(c->inputs[2]);
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){1, count, 2 * count * p.bytes}, (const tuff_io[]){tuff_io_input(c, 1), tuff_io_input(c, 2), out},
                     3);
}

const tuff_op tuff_op_stablehlo_gather = {
    .name = "STABLEHLO_GATHER",
    .code = 201,
    .options = TUFF_OPTIONS2(StablehloGatherOptions, 16, tuff_stablehlo_gather_attrs, gather_fields),
    .inputs = "operand start_indices",
    .outputs = "output",
    .variants = gather_variants,
    .infer = infer_gather,
    .prepare = prepare_gather,
    .highest = 1,
};
const tuff_op tuff_op_stablehlo_scatter = {
    .name = "STABLEHLO_SCATTER",
    .code = 190,
    .options = TUFF_OPTIONS2(StablehloScatterOptions, 7, tuff_stablehlo_scatter_attrs, scatter_fields),
    .inputs = "operand indices updates",
    .outputs = "output",
    .variants = scatter_variants,
    .infer = infer_scatter,
    .prepare = prepare_scatter,
    .highest = 1,
};
#endif
