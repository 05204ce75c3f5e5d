/* Ops that only move elements: the two kernels behind them.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/move.h"

#include <string.h>

#include "ops/strings.h"

/* in [..], out [walk]; tiles: any split of the outputs; scratch, errors: none */
#define MOVE(name, T)                                                            \
    int name(const void *args, void *const *io, int job, int jobs) {             \
        const tuff_walk *walk = &((const tuff_move_args *)args)->walk;           \
        const int64_t step = tuff_walk_step_a(walk);                             \
        tuff_row row;                                                            \
        for (tuff_walk_job(walk, &row, job, jobs); tuff_walk_row(walk, &row);) { \
            const T *in = (const T *)io[0] + row.a;                              \
            T *out = (T *)io[1] + row.out;                                       \
            if (step == 1) memcpy(out, in, (size_t)row.n * sizeof(T));           \
            else                                                                 \
                for (int32_t i = 0; i < row.n; i++) out[i] = in[i * step];       \
        }                                                                        \
        return 0;                                                                \
    }
MOVE(tuff_move_b1, uint8_t)
MOVE(tuff_move_b2, uint16_t)
MOVE(tuff_move_b4, uint32_t)
MOVE(tuff_move_b8, uint64_t)

/* in, out packed, the low half of a byte first; tiles: bytes of the output; scratch, errors: none */
int tuff_move_s4(const void *args, void *const *io, int job, int jobs) {
    const tuff_walk *walk = &((const tuff_move_args *)args)->walk;
    const int64_t step = tuff_walk_step_a(walk), count = tuff_walk_count(walk);
    const tuff_span span = tuff_share((count + 1) / 2, job, jobs);
    const uint8_t *in = io[0];
    uint8_t *out = io[1];
    tuff_row row;
    for (tuff_walk_from(walk, &row, 2 * span.first, 2 * span.end < count ? 2 * span.end : count); tuff_walk_row(walk, &row);)
        for (int32_t i = 0; i < row.n; i++) {
            const int64_t from = row.a + i * step, to = row.out + i;
            const int value = in[from / 2] >> 4 * (from % 2) & 15;
            out[to / 2] = (uint8_t)(to % 2 ? out[to / 2] | value << 4 : value);
        }
    return 0;
}

/* in, out strings; tiles: one; scratch, errors: none */
int tuff_move_string(const void *args, void *const *io, int job, int jobs) {
    (void)job, (void)jobs;
    const tuff_walk *walk = &((const tuff_move_args *)args)->walk;
    const int64_t step = tuff_walk_step_a(walk), count = tuff_walk_count(walk);
    int32_t *head = io[1], at = (int32_t)(4 * (count + 2));
    head[0] = (int32_t)count;
    head[1] = at;
    tuff_row row;
    for (tuff_walk_from(walk, &row, 0, count); tuff_walk_row(walk, &row);)
        for (int32_t i = 0; i < row.n; i++) {
            const tuff_string s = tuff_string_at(io[0], row.a + i * step);
            memcpy((char *)io[1] + at, s.text, (size_t)s.bytes);
            at += s.bytes;
            head[2 + row.out + i] = at;
        }
    return 0;
}

/* in, out; tiles: rows; scratch, errors: none */
int tuff_move_rows(const void *args, void *const *io, int job, int jobs) {
    const tuff_move_rows_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    const uint8_t *in = (const uint8_t *)io[0] + p->in_offset;
    uint8_t *out = (uint8_t *)io[1] + p->out_offset;
    for (int64_t r = span.first; r < span.end; r++) memcpy(out + r * p->out_pitch, in + r * p->in_pitch, (size_t)p->bytes);
    return 0;
}

/* in, out, table [256]; tiles: rows; scratch, errors: none */
int tuff_move_rows_mapped(const void *args, void *const *io, int job, int jobs) {
    const tuff_move_rows_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    const uint8_t *table = io[2];
    for (int64_t r = span.first; r < span.end; r++) {
        const uint8_t *in = (const uint8_t *)io[0] + p->in_offset + r * p->in_pitch;
        uint8_t *out = (uint8_t *)io[1] + p->out_offset + r * p->out_pitch;
        for (int64_t i = 0; i < p->bytes; i++) out[i] = table[in[i]];
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

const tuff_field tuff_move_fields[] = {TUFF_WALK_FIELDS(tuff_move_args, walk), TUFF_FIELD_END};
const tuff_field tuff_move_rows_fields[] = {
    TUFF_ARG(tuff_move_rows_args, rows, S64),
    TUFF_ARG(tuff_move_rows_args, bytes, S64),
    TUFF_ARG(tuff_move_rows_args, in_pitch, S64),
    TUFF_ARG(tuff_move_rows_args, in_offset, S64),
    TUFF_ARG(tuff_move_rows_args, out_pitch, S64),
    TUFF_ARG(tuff_move_rows_args, out_offset, S64),
    TUFF_FIELD_END,
};

tuff_status tuff_move_infer_strings(tuff_context *c, const tuff_walk *walk) {
    const void *strings = c->inputs[0]->data;
    if (!strings) return TUFF_LATER;
    const int64_t step = tuff_walk_step_a(walk), count = tuff_walk_count(walk);
    int64_t bytes = 4 * (count + 2);
    tuff_row row;
    for (tuff_walk_from(walk, &row, 0, count); bytes <= INT32_MAX && tuff_walk_row(walk, &row);)
        for (int32_t i = 0; i < row.n; i++) bytes += tuff_string_at(strings, row.a + i * step).bytes;
    TUFF_CHECK(c, bytes <= INT32_MAX, "output '%s' would be larger than 2 GB", c->outputs[0]->name);
    tuff_infer_bytes(c, 0, (size_t)bytes);
    return TUFF_OK;
}

tuff_status tuff_move_emit(tuff_context *c, int32_t output, const tuff_walk *walk) {
    tuff_move_args *args = tuff_args(c, &c->variant->kernel);
    if (args) args->walk = *walk;
    const int64_t count = tuff_walk_count(walk);
    const tuff_type type = c->outputs[output]->type;
    const tuff_cost cost = {type == TUFF_STRING ? 1 : count, 0, 2 * count * tuff_type_bits(type) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, output)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
}

tuff_status tuff_move_rows_emit(tuff_context *c, tuff_io in, tuff_io out, const tuff_move_rows_args *rows) {
    static const tuff_kernel kernel = TUFF_MOVE_ROWS_KERNEL;
    tuff_move_rows_args *args = tuff_args(c, &kernel);
    if (args) *args = *rows;
    const tuff_io io[] = {in, out};
    return tuff_emit(c, &kernel, args, (tuff_cost){rows->rows, 0, 2 * rows->rows * rows->bytes}, io, 2);
}

void tuff_walk_slice(tuff_walk *walk, const tuff_tensor *in, const int32_t *begin, const int32_t *step, const int32_t *dims) {
    *walk = (tuff_walk){0};
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t stride = tuff_dims_product(in->shape, k + 1, in->rank);
        walk->start += begin[k] * stride;
        tuff_walk_add(walk, dims[k], step[k] * stride, 0);
    }
    tuff_walk_close(walk);
}

int64_t tuff_stretch_bytes(const tuff_tensor *t, int32_t from, bool *whole) {
    const int64_t bits = tuff_dims_product(t->shape, from, t->rank) * tuff_type_bits(t->type);
    *whole = bits % 8 == 0;
    return bits / 8;
}
#endif
