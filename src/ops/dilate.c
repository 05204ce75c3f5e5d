/* STABLEHLO_PAD: elements of one value around the input (or, where negative, fewer of the input) and between its elements. DILATE: between them only.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where a dimension comes out empty, all do.
 * source: TFLite stablehlo_pad.cc, dilate.cc
 */
#include "ops/dilate.h"

#include <string.h>

static void fill(uint8_t *out, int64_t count, const void *value, int32_t bytes) {
    for (int64_t i = 0; i < count; i++) memcpy(out + i * bytes, value, (size_t)bytes);
}

/* in [in], value [1], out [out]; tiles: rows of the output; scratch, errors: none */
int tuff_dilate(const void *args, void *const *io, int job, int jobs) {
    const tuff_dilate_args *p = args;
    const int32_t last = p->rank - 1;
    int64_t rows = 1;
    for (int32_t k = 0; k < last; k++) rows *= p->out[k];
    /* elements of the last dimension that stay inside */
    const int64_t first = p->low[last] < 0 ? (-p->low[last] + p->step[last] - 1) / p->step[last] : 0;
    const tuff_span span = tuff_share(rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        uint8_t *out = (uint8_t *)io[2] + r * p->out[last] * p->bytes;
        bool inside = true;
        int64_t rest = r, from = 0, pitch = 1;
        for (int32_t k = last - 1; k >= 0; k--) {
            const int64_t at = rest % p->out[k] - p->low[k];
            inside = inside && at >= 0 && at % p->step[k] == 0 && at / p->step[k] < p->in[k];
            from += at / p->step[k] * pitch;
            pitch *= p->in[k];
            rest /= p->out[k];
        }
        fill(out, p->out[last], io[1], p->bytes);
        if (!inside) continue;
        const uint8_t *in = (const uint8_t *)io[0] + from * p->in[last] * p->bytes;
        int64_t at = p->low[last] + first * p->step[last];
        for (int64_t i = first; i < p->in[last] && at < p->out[last]; i++, at += p->step[last])
            memcpy(out + at * p->bytes, in + i * p->bytes, (size_t)p->bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field pad_fields[] = {
    TUFF_FIELD(tuff_stablehlo_pad_attrs, edge_padding_low, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_pad_attrs, edge_padding_high, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_pad_attrs, interior_padding, VECTOR_S64, 2),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_dilate_args, rank, S32),
    TUFF_ARG(tuff_dilate_args, bytes, S32),
    TUFF_ARGS(tuff_dilate_args, in, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_dilate_args, out, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_dilate_args, low, S64, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_dilate_args, step, S64, TUFF_MAX_RANK),
    TUFF_FIELD_END,
};
#define KERNEL TUFF_KERNEL(tuff_dilate, tuff_dilate_args, fields)
#define WHOLE "b1|b2|b4|b8"
static const tuff_variant pad_variants[] = {{{WHOLE, "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant dilate_variants[] = {{{WHOLE, "s32", "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};

tuff_status tuff_dilate_shape(tuff_context *c, tuff_dilate_args *args, const int64_t *high) {
    bool empty = false;
    for (int32_t k = 0; k < args->rank; k++) {
        const int64_t low = args->low[k], step = args->step[k], most = INT32_MAX;
        TUFF_CHECK(c, step >= 1 && step <= most, "axis %d is dilated by %lld; expected 1 or more", (int)k, (long long)step);
        TUFF_CHECK(c, low >= -most && low <= most && high[k] >= -most && high[k] <= most, "axis %d is padded by %lld and %lld", (int)k, (long long)low,
                   (long long)high[k]);
        const int64_t out = (args->in[k] > 0 ? (args->in[k] - 1) * step + 1 : 0) + low + high[k];
        TUFF_CHECK(c, out <= most, "axis %d would have %lld elements", (int)k, (long long)out);
        args->out[k] = out > 0 ? (int32_t)out : 0;
        empty = empty || out <= 0;
    }
    if (empty) memset(args->out, 0, sizeof args->out);
    return TUFF_OK;
}

tuff_status tuff_dilate_emit(tuff_context *c, const tuff_dilate_args *args, tuff_io in, tuff_io value, tuff_io out) {
    static const tuff_kernel kernel = KERNEL;
    tuff_dilate_args *own = tuff_args(c, &kernel);
    if (own) *own = *args;
    const int64_t rows = tuff_dims_product(args->out, 0, args->rank - 1), count = rows * args->out[args->rank - 1];
    return tuff_emit(c, &kernel, own, (tuff_cost){rows, 0, 2 * count * args->bytes}, (const tuff_io[]){in, value, out}, 3);
}

static tuff_status start(tuff_context *c, tuff_dilate_args *args, const tuff_tensor *value) {
    const tuff_tensor *in = c->inputs[0];
    *args = (tuff_dilate_args){.rank = in->rank, .bytes = tuff_type_bits(in->type) / 8};
    TUFF_CHECK(c, in->rank > 0, "%s is a scalar", tuff_shape_text(in).text);
    TUFF_CHECK(c, tuff_count(value) == 1, "the padding value %s has to be one number", tuff_shape_text(value).text);
    for (int32_t k = 0; k < in->rank; k++) args->in[k] = in->shape[k], args->step[k] = 1;
    return TUFF_OK;
}

static tuff_status resolve_pad(tuff_context *c, tuff_dilate_args *args) {
    const tuff_stablehlo_pad_attrs *a = c->attrs;
    TUFF_TRY(start(c, args, c->inputs[1]));
    const size_t rank = (size_t)args->rank;
    TUFF_CHECK(c, a->edge_padding_low.count == rank && a->edge_padding_high.count == rank && a->interior_padding.count == rank,
               "has %zu, %zu and %zu paddings for %s; expected one per axis", a->edge_padding_low.count, a->edge_padding_high.count, a->interior_padding.count,
               tuff_shape_text(c->inputs[0]).text);
    for (size_t k = 0; k < rank; k++) {
        TUFF_CHECK(c, a->interior_padding.data[k] >= 0 && a->interior_padding.data[k] < INT32_MAX, "interior padding %lld of axis %zu",
                   (long long)a->interior_padding.data[k], k);
        args->low[k] = a->edge_padding_low.data[k];
        args->step[k] = a->interior_padding.data[k] + 1;
    }
    return tuff_dilate_shape(c, args, a->edge_padding_high.data);
}

static tuff_status resolve_dilate(tuff_context *c, tuff_dilate_args *args) {
    const tuff_tensor *steps = c->inputs[1];
    static const int64_t high[TUFF_MAX_RANK] = {0};
    TUFF_TRY(start(c, args, c->inputs[2]));
    TUFF_CHECK(c, steps->rank == 1 && steps->shape[0] == args->rank, "dilations %s do not fit %s; expected one per axis", tuff_shape_text(steps).text,
               tuff_shape_text(c->inputs[0]).text);
    if (!steps->data) return TUFF_LATER;
    for (int32_t k = 0; k < args->rank; k++) args->step[k] = tuff_value_at(steps, k);
    return tuff_dilate_shape(c, args, high);
}

static tuff_status infer_pad(tuff_context *c) {
    tuff_dilate_args args;
    TUFF_TRY(resolve_pad(c, &args));
    return tuff_infer_shape(c, 0, args.rank, args.out);
}
static tuff_status infer_dilate(tuff_context *c) {
    tuff_dilate_args args;
    TUFF_TRY(resolve_dilate(c, &args));
    return tuff_infer_shape(c, 0, args.rank, args.out);
}
static tuff_status prepare_pad(tuff_context *c) {
    tuff_dilate_args args;
    TUFF_TRY(resolve_pad(c, &args));
    return tuff_dilate_emit(c, &args, tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0));
}
static tuff_status prepare_dilate(tuff_context *c) {
    tuff_dilate_args args;
    TUFF_TRY(resolve_dilate(c, &args));
    return tuff_dilate_emit(c, &args, tuff_io_input(c, 0), tuff_io_input(c, 2), tuff_io_output(c, 0));
}

const tuff_op tuff_op_stablehlo_pad = {
    .name = "STABLEHLO_PAD",
    .code = 195,
    .options = TUFF_OPTIONS2(StablehloPadOptions, 10, tuff_stablehlo_pad_attrs, pad_fields),
    .inputs = "operand padding_value",
    .outputs = "output",
    .variants = pad_variants,
    .infer = infer_pad,
    .prepare = prepare_pad,
    .highest = 1,
};
const tuff_op tuff_op_dilate = {
    .name = "DILATE",
    .code = 203,
    .options = TUFF_OPTIONS2_EMPTY(DilateOptions, 18),
    .inputs = "input dilations padding_value",
    .outputs = "output",
    .variants = dilate_variants,
    .infer = infer_dilate,
    .prepare = prepare_dilate,
    .highest = 1,
};
#endif
