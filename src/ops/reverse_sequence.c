/* REVERSE_SEQUENCE: along one axis the first `length` elements backwards, the length by the place on another axis.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lengths lie in 0..the axis' size; the reference reads beyond the tensor where they don't.
 * source: TFLite reverse_sequence.cc
 */
#include "ops/reverse_sequence.h"

#include <string.h>

/* in [outer][first][middle][second][bytes], lengths s32 or s64, out as in; tiles: stretches of `bytes`; scratch: none; error: an illegal length */
int tuff_reverse_sequence(const void *args, void *const *io, int job, int jobs) {
    const tuff_reverse_sequence_args *p = args;
    const tuff_span span = tuff_share(p->outer * p->first * p->middle * p->second, job, jobs);
    for (int64_t i = span.first; i < span.end; i++) {
        const int64_t k2 = i % p->second, k1 = i / p->second / p->middle % p->first;
        const int64_t place = p->sequence_first ? k1 : k2, batch = p->sequence_first ? k2 : k1;
        const int64_t size = p->sequence_first ? p->first : p->second, step = p->sequence_first ? p->middle * p->second : 1;
        const int64_t length = p->wide ? ((const int64_t *)io[1])[batch] : ((const int32_t *)io[1])[batch];
        if (length < 0 || length > size) return 2;
        const int64_t from = place < length ? i + (length - 1 - 2 * place) * step : i;
        memcpy((uint8_t *)io[2] + i * p->bytes, (const uint8_t *)io[0] + from * p->bytes, (size_t)p->bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_reverse_sequence_attrs, seq_dim, S32, 0),
    TUFF_FIELD(tuff_reverse_sequence_attrs, batch_dim, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_reverse_sequence_args, outer, S64),  TUFF_ARG(tuff_reverse_sequence_args, middle, S64),
    TUFF_ARG(tuff_reverse_sequence_args, bytes, S64),  TUFF_ARG(tuff_reverse_sequence_args, first, S32),
    TUFF_ARG(tuff_reverse_sequence_args, second, S32), TUFF_ARG(tuff_reverse_sequence_args, sequence_first, BOOL),
    TUFF_ARG(tuff_reverse_sequence_args, wide, BOOL),  TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"b1|b2|b4|b8", "s32|s64"}, {"=0"}, 1, NULL, TUFF_KERNEL(tuff_reverse_sequence, tuff_reverse_sequence_args, fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_reverse_sequence_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0], *lengths = c->inputs[1];
    TUFF_CHECK(c, a->seq_dim >= 0 && a->seq_dim < in->rank && a->batch_dim >= 0 && a->batch_dim < in->rank && a->seq_dim != a->batch_dim,
               "seq_dim %d and batch_dim %d are no two axes of %s", (int)a->seq_dim, (int)a->batch_dim, tuff_shape_text(in).text);
    TUFF_CHECK(c, lengths->rank == 1 && lengths->shape[0] == in->shape[a->batch_dim], "%s does not fit axis %d of %s", tuff_shape_text(lengths).text,
               (int)a->batch_dim, tuff_shape_text(in).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_reverse_sequence_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    const bool sequence_first = a->seq_dim < a->batch_dim;
    const int32_t first = sequence_first ? a->seq_dim : a->batch_dim, second = sequence_first ? a->batch_dim : a->seq_dim;
    const tuff_reverse_sequence_args shape = {.outer = tuff_dims_product(in->shape, 0, first),
                                              .middle = tuff_dims_product(in->shape, first + 1, second),
                                              .bytes = tuff_dims_product(in->shape, second + 1, in->rank) * tuff_type_bits(in->type) / 8,
                                              .first = in->shape[first],
                                              .second = in->shape[second],
                                              .sequence_first = sequence_first,
                                              .wide = c->inputs[1]->type == TUFF_S64};
    tuff_reverse_sequence_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = shape;
    const int64_t tiles = tuff_dims_product(in->shape, 0, second + 1);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){tiles, 0, 2 * tiles * shape.bytes}, io, 3);
}

const tuff_op tuff_op_reverse_sequence = {
    .name = "REVERSE_SEQUENCE",
    .code = 112,
    .options = TUFF_OPTIONS(ReverseSequenceOptions, 87, tuff_reverse_sequence_attrs, attr_fields),
    .inputs = "input seq_lengths",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
