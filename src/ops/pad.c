/* PAD, PADV2: the input with elements of one value around it. MIRROR_PAD: with its own elements, mirrored.
 * SPDX-License-Identifier: Apache-2.0
 *
 * PAD's value is a real 0: the output's zero point where it has one, else 0. PADV2 has its value as input 2, in the output's scale.
 * The mirror of MIRROR_PAD lies on the first and last element (REFLECT) or beyond them (SYMMETRIC, which repeats them).
 * source: TFLite pad.cc, mirror_pad.cc
 */
#include "ops/pad.h"

#include "ops/fill.h"

/* in [in], value [1], out [out] of `bytes` each; tiles: rows of the output; scratch, errors: none */
int tuff_pad(const void *args, void *const *io, int job, int jobs) {
    const tuff_pad_args *p = args;
    const int32_t last = p->rank - 1;
    int64_t rows = 1;
    for (int32_t k = 0; k < last; k++) rows *= p->out[k];
    const tuff_span span = tuff_share(rows, job, jobs);
    const int64_t row_bytes = (int64_t)p->out[last] * p->bytes, in_row_bytes = (int64_t)p->in[last] * p->bytes;
    for (int64_t r = span.first; r < span.end; r++) {
        uint8_t *out = (uint8_t *)io[2] + r * row_bytes;
        bool inside = true;
        int64_t rest = r, from = 0, pitch = 1;
        for (int32_t k = last - 1; k >= 0; k--) {
            const int64_t at = rest % p->out[k] - p->before[k];
            inside = inside && at >= 0 && at < p->in[k];
            from += at * pitch;
            pitch *= p->in[k];
            rest /= p->out[k];
        }
        if (!inside) {
            tuff_fill_with(out, p->out[last], io[1], p->bytes);
            continue;
        }
        const int32_t behind = p->before[last] + p->in[last];
        tuff_fill_with(out, p->before[last], io[1], p->bytes);
        if (in_row_bytes > 0) memcpy(out + (int64_t)p->before[last] * p->bytes, (const uint8_t *)io[0] + from * in_row_bytes, (size_t)in_row_bytes);
        tuff_fill_with(out + (int64_t)behind * p->bytes, p->out[last] - behind, io[1], p->bytes);
    }
    return 0;
}

/* in [in], out [out] of `bytes` each; tiles: any split of the outputs; scratch, errors: none */
int tuff_mirror_pad(const void *args, void *const *io, int job, int jobs) {
    const tuff_mirror_pad_args *p = args;
    int64_t count = 1;
    for (int32_t k = 0; k < p->rank; k++) count *= p->out[k];
    const tuff_span span = tuff_share(count, job, jobs);
    for (int64_t i = span.first; i < span.end; i++) {
        int64_t rest = i, from = 0, pitch = 1;
        for (int32_t k = p->rank - 1; k >= 0; k--) {
            int64_t at = rest % p->out[k] - p->before[k];
            if (at < 0) at = p->offset - 1 - at;
            if (at >= p->in[k]) at = 2 * (int64_t)p->in[k] - 1 - p->offset - at;
            from += at * pitch;
            pitch *= p->in[k];
            rest /= p->out[k];
        }
        memcpy((uint8_t *)io[1] + i * p->bytes, (const uint8_t *)io[0] + from * p->bytes, (size_t)p->bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_pad_args, rank, S32),
    TUFF_ARG(tuff_pad_args, bytes, S32),
    TUFF_ARGS(tuff_pad_args, in, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_pad_args, before, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_pad_args, out, S32, TUFF_MAX_RANK),
    TUFF_FIELD_END,
};

#define KERNEL TUFF_KERNEL(tuff_pad, tuff_pad_args, fields)
#define PADDINGS "s8|s16|s32|s64"
static const tuff_variant pad_variants[] = {
    {{"s8", PADDINGS}, {"=0"}, 2, "act - -> same", KERNEL},
    {{"s16", PADDINGS}, {"=0"}, 3, "act - -> same", KERNEL},
    {{"bool", PADDINGS}, {"=0"}, 5, NULL, KERNEL},
    {{"b1|b2|b4|b8", PADDINGS}, {"=0"}, 1, NULL, KERNEL},
    {.version = 0},
};
static const tuff_variant padv2_variants[] = {
    {{"s8", PADDINGS, "=0"}, {"=0"}, 2, "act - same -> same", KERNEL},
    {{"s16", PADDINGS, "=0"}, {"=0"}, 3, "act - same -> same", KERNEL},
    {{"bool", PADDINGS, "=0"}, {"=0"}, 5, NULL, KERNEL},
    {{"b1|b2|b4|b8", PADDINGS, "=0"}, {"=0"}, 1, NULL, KERNEL},
    {.version = 0},
};
static const char *const mirror_pad_names[] = {"REFLECT", "SYMMETRIC", NULL};
static const tuff_field mirror_attr_fields[] = {TUFF_FIELD(tuff_mirror_pad_attrs, mode, S8, 0, .names = mirror_pad_names), TUFF_FIELD_END};
static const tuff_field mirror_fields[] = {
    TUFF_ARG(tuff_mirror_pad_args, rank, S32),
    TUFF_ARG(tuff_mirror_pad_args, bytes, S32),
    TUFF_ARG(tuff_mirror_pad_args, offset, S32),
    TUFF_ARGS(tuff_mirror_pad_args, in, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_mirror_pad_args, before, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_mirror_pad_args, out, S32, TUFF_MAX_RANK),
    TUFF_FIELD_END,
};
#define MIRROR TUFF_KERNEL(tuff_mirror_pad, tuff_mirror_pad_args, mirror_fields)
static const tuff_variant mirror_variants[] = {
    {{"s8", "s32|s64"}, {"=0"}, 2, "act - -> same", MIRROR},
    {{"s16", "s32|s64"}, {"=0"}, 3, "act - -> same", MIRROR},
    {{"b1|b2|b4|b8", "s32|s64"}, {"=0"}, 1, NULL, MIRROR},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *paddings = c->inputs[1];
    TUFF_CHECK(c, paddings->rank == 2 && paddings->shape[0] == in->rank && paddings->shape[1] == 2, "paddings %s do not fit %s; expected [%d,2]",
               tuff_shape_text(paddings).text, tuff_shape_text(in).text, (int)in->rank);
    if (!paddings->data) return TUFF_LATER;
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t before = tuff_value_at(paddings, 2 * k), after = tuff_value_at(paddings, 2 * k + 1);
        TUFF_CHECK(c, before >= 0 && after >= 0, "axis %d is padded by %lld and %lld; expected no negative number", (int)k, (long long)before,
                   (long long)after);
        TUFF_CHECK(c, before <= INT32_MAX && after <= INT32_MAX && in->shape[k] + before + after <= INT32_MAX, "axis %d is padded beyond 2^31 elements",
                   (int)k);
        dims[k] = (int32_t)(in->shape[k] + before + after);
    }
    return tuff_infer_shape(c, 0, in->rank, dims);
}

tuff_io tuff_pad_zero(tuff_context *c) {
    const tuff_tensor *out = c->outputs[0];
    void *zero;
    const tuff_io io = tuff_io_array(c, 8, &zero);
    if (!zero) return io;
    const int64_t q = tuff_zero_point(out);
    memcpy(zero, &(int64_t){0}, 8);
    if (out->type == TUFF_S8 || out->type == TUFF_U8) memcpy(zero, &(int8_t){(int8_t)q}, 1);
    if (out->type == TUFF_S16) memcpy(zero, &(int16_t){(int16_t)q}, 2);
    return io;
}

/* The value as an io: input 2, or the real 0. */
static tuff_status value_io(tuff_context *c, tuff_io *io) {
    const tuff_tensor *value = tuff_input(c, 2), *out = c->outputs[0];
    if (value) {
        TUFF_CHECK(c, tuff_count(value) == 1, "the value %s has to be one number", tuff_shape_text(value).text);
        if (out->quantization.count > 0) TUFF_TRY(tuff_check_same_scale(c, value, out));
        *io = tuff_io_input(c, 2);
        return TUFF_OK;
    }
    *io = tuff_pad_zero(c);
    return TUFF_OK;
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0], *paddings = c->inputs[1];
    tuff_pad_args args = {.rank = 0, .bytes = tuff_type_bits(in->type) / 8};
    for (int32_t k = 0; k < in->rank; k++) {
        const int32_t last = args.rank - 1;
        if (last >= 0 && in->shape[k] == out->shape[k] && (int64_t)args.out[last] * out->shape[k] <= INT32_MAX) {
            args.in[last] *= in->shape[k];
            args.before[last] *= in->shape[k];
            args.out[last] *= in->shape[k];
            continue;
        }
        args.in[args.rank] = in->shape[k];
        args.out[args.rank] = out->shape[k];
        args.before[args.rank++] = (int32_t)tuff_value_at(paddings, 2 * k);
    }
    if (args.rank == 0) args.in[0] = args.out[0] = 1, args.rank = 1;
    tuff_pad_args *own = tuff_args(c, &c->variant->kernel);
    if (own) *own = args;
    tuff_io value = TUFF_IO_NONE;
    TUFF_TRY(value_io(c, &value));
    const tuff_io io[] = {tuff_io_input(c, 0), value, tuff_io_output(c, 0)};
    const tuff_cost cost = {tuff_dims_product(args.out, 0, args.rank - 1), 0, (tuff_count(in) + tuff_count(out)) * args.bytes};
    return tuff_emit(c, &c->variant->kernel, own, cost, io, 3);
}

static tuff_status infer_mirror(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const int8_t mode = ((const tuff_mirror_pad_attrs *)c->attrs)->mode;
    TUFF_CHECK(c, mode == 0 || mode == 1, "mode is %d; expected REFLECT (0) or SYMMETRIC (1)", (int)mode);
    TUFF_TRY(tuff_check_same_scale(c, in, c->outputs[0]));
    TUFF_TRY(infer(c));
    for (int32_t k = 0; k < in->rank; k++) {
        const int64_t before = tuff_value_at(c->inputs[1], 2 * k), after = tuff_value_at(c->inputs[1], 2 * k + 1), most = in->shape[k] - (mode == 0);
        TUFF_CHECK(c, (before == 0 || before <= most) && (after == 0 || after <= most), "axis %d of %s is padded by %lld and %lld; a mirror gives %lld at most",
                   (int)k, tuff_shape_text(in).text, (long long)before, (long long)after, (long long)(most > 0 ? most : 0));
    }
    return TUFF_OK;
}

static tuff_status prepare_mirror(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    tuff_mirror_pad_args *args = tuff_args(c, &c->variant->kernel);
    const int32_t bytes = tuff_type_bits(in->type) / 8;
    if (args) {
        *args = (tuff_mirror_pad_args){.rank = in->rank, .bytes = bytes, .offset = ((const tuff_mirror_pad_attrs *)c->attrs)->mode == 0};
        for (int32_t k = 0; k < in->rank; k++) {
            args->in[k] = in->shape[k];
            args->out[k] = out->shape[k];
            args->before[k] = (int32_t)tuff_value_at(c->inputs[1], 2 * k);
        }
    }
    const int64_t count = tuff_count(out);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, 8 * count, 2 * count * bytes}, io, 2);
}

static int32_t version(const tuff_context *c) { return c->inputs[0]->rank > 4 ? 4 : 0; }

const tuff_op tuff_op_pad = {
    .name = "PAD",
    .code = 34,
    .options = TUFF_OPTIONS_EMPTY(PadOptions, 22),
    .inputs = "input paddings",
    .outputs = "output",
    .variants = pad_variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 6,
};
const tuff_op tuff_op_padv2 = {
    .name = "PADV2",
    .code = 60,
    .options = TUFF_OPTIONS_EMPTY(PadV2Options, 43),
    .inputs = "input paddings value",
    .outputs = "output",
    .variants = padv2_variants,
    .infer = infer,
    .prepare = prepare,
    .version = version,
    .highest = 6,
};
const tuff_op tuff_op_mirror_pad = {
    .name = "MIRROR_PAD",
    .code = 100,
    .options = TUFF_OPTIONS(MirrorPadOptions, 77, tuff_mirror_pad_attrs, mirror_attr_fields),
    .inputs = "input paddings",
    .outputs = "output",
    .variants = mirror_variants,
    .infer = infer_mirror,
    .prepare = prepare_mirror,
    .highest = 3,
};
#endif
