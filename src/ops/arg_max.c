/* ARG_MAX, ARG_MIN: along one axis, the index of the largest or smallest element, the first of equals.
 * SPDX-License-Identifier: Apache-2.0
 *
 * NaN loses against any number. Quantized elements are compared as they are.
 * source: TFLite arg_min_max.cc
 */
#include "ops/arg_max.h"

/* in [outer][size][inner], out [outer][inner] s32 or s64; tiles: any split of the outputs; scratch, errors: none */
#define ARG(name, T, operator, is_nan)                                                                     \
    int name(const void *args, void *const *io, int job, int jobs) {                                       \
        const tuff_arg_max_args *p = args;                                                                 \
        const tuff_span span = tuff_share(p->outer * p->inner, job, jobs);                                 \
        for (int64_t i = span.first; i < span.end; i++) {                                                  \
            const T *in = (const T *)io[0] + i / p->inner * p->size * p->inner + i % p->inner, *best = in; \
            int32_t index = 0;                                                                             \
            for (int32_t k = 1; k < p->size; k++) {                                                        \
                const T *x = in + k * p->inner;                                                            \
                if (*x operator* best ||(is_nan(*best) && !is_nan(*x))) best = x, index = k;               \
            }                                                                                              \
            if (p->wide) ((int64_t *)io[1])[i] = index;                                                    \
            else ((int32_t *)io[1])[i] = index;                                                            \
        }                                                                                                  \
        return 0;                                                                                          \
    }
#define NEVER_NAN(x) ((void)(x), false)
static bool is_nan(float x) { return x != x; }
ARG(tuff_arg_max_f32, float, >, is_nan)
ARG(tuff_arg_max_s8, int8_t, >, NEVER_NAN)
ARG(tuff_arg_max_u8, uint8_t, >, NEVER_NAN)
ARG(tuff_arg_max_s32, int32_t, >, NEVER_NAN)
ARG(tuff_arg_min_f32, float, <, is_nan)
ARG(tuff_arg_min_s8, int8_t, <, NEVER_NAN)
ARG(tuff_arg_min_u8, uint8_t, <, NEVER_NAN)
ARG(tuff_arg_min_s32, int32_t, <, NEVER_NAN)

#ifndef TUFF_KERNELS_ONLY
#include "graph/fields.h"
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_arg_max_attrs, output_type, S8, 0, .names = tuff_type_names), TUFF_FIELD_END};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_arg_max_args, outer, S64),
    TUFF_ARG(tuff_arg_max_args, inner, S64),
    TUFF_ARG(tuff_arg_max_args, size, S32),
    TUFF_ARG(tuff_arg_max_args, wide, BOOL),
    TUFF_FIELD_END,
};
#define ROW(types, version, quantizing, function) \
    { {types, "s32|s64"}, {"s32|s64"}, version, quantizing, TUFF_KERNEL(function, tuff_arg_max_args, fields) }
static const tuff_variant max_variants[] = {
    ROW("f32", 1, NULL, tuff_arg_max_f32), ROW("s8", 2, "act - -> -", tuff_arg_max_s8), ROW("bool", 3, NULL, tuff_arg_max_u8),
    ROW("u8", 1, NULL, tuff_arg_max_u8),   ROW("s32", 1, NULL, tuff_arg_max_s32),       {.version = 0},
};
static const tuff_variant min_variants[] = {
    ROW("f32", 1, NULL, tuff_arg_min_f32), ROW("s8", 2, "act - -> -", tuff_arg_min_s8), ROW("bool", 3, NULL, tuff_arg_min_u8),
    ROW("u8", 1, NULL, tuff_arg_min_u8),   ROW("s32", 1, NULL, tuff_arg_min_s32),       {.version = 0},
};

static tuff_status find_axis(tuff_context *c, int32_t *axis) {
    const tuff_tensor *in = c->inputs[0], *t = c->inputs[1];
    TUFF_CHECK(c, tuff_count(t) == 1, "axis %s has to be one number", tuff_shape_text(t).text);
    if (!t->data) return TUFF_LATER;
    TUFF_TRY(tuff_check_axis(c, tuff_value_at(t, 0), in->rank, axis));
    TUFF_CHECK(c, in->shape[*axis] > 0, "%s is empty along axis %d", tuff_shape_text(in).text, (int)*axis);
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const int8_t type = ((const tuff_arg_max_attrs *)c->attrs)->output_type;
    TUFF_CHECK(c, type == (int8_t)c->outputs[0]->type, "output_type is %s, output '%s' %s", tuff_type_name((tuff_type)type), c->outputs[0]->name,
               tuff_type_name(c->outputs[0]->type));
    int32_t axis, dims[TUFF_MAX_RANK], rank = 0;
    TUFF_TRY(find_axis(c, &axis));
    for (int32_t k = 0; k < in->rank; k++)
        if (k != axis) dims[rank++] = in->shape[k];
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    int32_t axis;
    TUFF_TRY(find_axis(c, &axis));
    tuff_arg_max_args *args = tuff_args(c, &c->variant->kernel);
    if (args)
        *args = (tuff_arg_max_args){tuff_dims_product(in->shape, 0, axis), tuff_dims_product(in->shape, axis + 1, in->rank), in->shape[axis],
                                    c->outputs[0]->type == TUFF_S64};
    const int64_t count = tuff_count(in);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){tuff_count(c->outputs[0]), count, count * tuff_type_bits(in->type) / 8}, io, 2);
}

const tuff_op tuff_op_arg_max = {
    .name = "ARG_MAX",
    .code = 56,
    .options = TUFF_OPTIONS(ArgMaxOptions, 40, tuff_arg_max_attrs, attr_fields),
    .inputs = "input axis",
    .outputs = "output",
    .variants = max_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 3,
};
const tuff_op tuff_op_arg_min = {
    .name = "ARG_MIN",
    .code = 79,
    .options = TUFF_OPTIONS(ArgMinOptions, 57, tuff_arg_max_attrs, attr_fields),
    .inputs = "input axis",
    .outputs = "output",
    .variants = min_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 3,
};
#endif
