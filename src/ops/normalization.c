/* L2_NORMALIZATION: each row of the last axis divided by its length. LOCAL_RESPONSE_NORMALIZATION: each channel by a power of the energy around it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * L2: a length below 1e-6 counts as that. 8-bit types: 1 / length by Newton steps in fixed point, the output in steps of 1/128; s8 shifts by 7 with
 * the multiplication, u8 before it.
 * Local response: x * (bias + alpha * sum of squares)^-beta over the channels from c - radius to c + radius - 1, as the reference has it.
 * source: TFLite l2norm.cc, reference/l2normalization.h, integer_ops/l2normalization.h, local_response_norm.cc
 */
#include "ops/normalization.h"

#include <math.h>

#include "base/fixed_point.h"
#include "base/math.h"

/* in [rows][depth], out alike; tiles: rows; scratch, errors: none */
int tuff_l2_normalization_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_l2_normalization_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const float *in = (const float *)io[0] + r * p->depth;
        float *out = (float *)io[1] + r * p->depth, sum = 0;
        for (int32_t k = 0; k < p->depth; k++) sum += in[k] * in[k];
        const float length = tuff_sqrtf(sum), divisor = length < 1e-6f ? 1e-6f : length;
        for (int32_t k = 0; k < p->depth; k++) out[k] = in[k] / divisor;
    }
    return 0;
}
#define L2_NORMALIZATION(name, T, value)                                                               \
    int name(const void *args, void *const *io, int job, int jobs) {                                   \
        const tuff_l2_normalization_args *p = args;                                                    \
        const tuff_span span = tuff_share(p->rows, job, jobs);                                         \
        for (int64_t r = span.first; r < span.end; r++) {                                              \
            const T *in = (const T *)io[0] + r * p->depth;                                             \
            T *out = (T *)io[1] + r * p->depth;                                                        \
            int32_t sum = 0;                                                                           \
            for (int32_t k = 0; k < p->depth; k++) sum += (in[k] - p->zero_in) * (in[k] - p->zero_in); \
            const tuff_multiplier root = tuff_reciprocal_root(sum);                                    \
            for (int32_t k = 0; k < p->depth; k++) {                                                   \
                const int32_t d = in[k] - p->zero_in;                                                  \
                out[k] = (T)(value);                                                                   \
            }                                                                                          \
        }                                                                                              \
        return 0;                                                                                      \
    }
L2_NORMALIZATION(tuff_l2_normalization_s8, int8_t, tuff_clamp(tuff_requantize(d, (tuff_multiplier){root.multiplier, root.shift + 7}), INT8_MIN, INT8_MAX))
L2_NORMALIZATION(tuff_l2_normalization_u8, uint8_t, tuff_clamp(tuff_requantize(128 * d, root) + 128, 0, UINT8_MAX))

int tuff_local_response_normalization_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_local_response_normalization_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const float *in = (const float *)io[0] + r * p->depth;
        float *out = (float *)io[1] + r * p->depth;
        for (int32_t k = 0; k < p->depth; k++) {
            const int32_t first = k > p->radius ? k - p->radius : 0, end = p->radius < p->depth - k ? k + p->radius : p->depth;
            float sum = 0;
            for (int32_t n = first; n < end; n++) sum += in[n] * in[n];
            out[k] = in[k] * powf(p->bias + p->alpha * sum, -p->beta);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field l2_attr_fields[] = {
    TUFF_FIELD(tuff_l2_norm_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field local_attr_fields[] = {
    TUFF_FIELD(tuff_local_response_normalization_attrs, radius, S32, 0),
    TUFF_FIELD(tuff_local_response_normalization_attrs, bias, F32, 1),
    TUFF_FIELD(tuff_local_response_normalization_attrs, alpha, F32, 2),
    TUFF_FIELD(tuff_local_response_normalization_attrs, beta, F32, 3),
    TUFF_FIELD_END,
};
static const tuff_field l2_fields[] = {
    TUFF_ARG(tuff_l2_normalization_args, rows, S64),
    TUFF_ARG(tuff_l2_normalization_args, depth, S32),
    TUFF_ARG(tuff_l2_normalization_args, zero_in, S32),
    TUFF_FIELD_END,
};
static const tuff_field local_fields[] = {
    TUFF_ARG(tuff_local_response_normalization_args, rows, S64),
    TUFF_ARG(tuff_local_response_normalization_args, depth, S32),
    TUFF_ARG(tuff_local_response_normalization_args, radius, S32),
    TUFF_ARG(tuff_local_response_normalization_args, bias, F32),
    TUFF_ARG(tuff_local_response_normalization_args, alpha, F32),
    TUFF_ARG(tuff_local_response_normalization_args, beta, F32),
    TUFF_FIELD_END,
};
#define L2(function) TUFF_KERNEL(function, tuff_l2_normalization_args, l2_fields)
static const tuff_variant l2_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, L2(tuff_l2_normalization_f32)},
    {{"s8"}, {"s8"}, 2, "act -> fixed(1/128,0)", L2(tuff_l2_normalization_s8)},
    {{"u8"}, {"u8"}, 1, NULL, L2(tuff_l2_normalization_u8)},
    {.version = 0},
};
static const tuff_variant local_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_local_response_normalization_f32, tuff_local_response_normalization_args, local_fields)},
    {.version = 0},
};

static tuff_status infer_l2(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->rank >= 1, "input '%s' is a scalar; expected rank 1 or more", c->inputs[0]->name);
    return tuff_infer_like(c, 0, 0);
}
static tuff_status infer_local(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->rank == 4, "%s is no image; expected rank 4", tuff_shape_text(c->inputs[0]).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status emit(tuff_context *c, const void *args, int64_t work) {
    const tuff_tensor *in = c->inputs[0];
    const int64_t count = tuff_count(in);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    const tuff_cost cost = {tuff_dims_product(in->shape, 0, in->rank - 1), work * count, 2 * count * tuff_type_bits(in->type) / 8};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
}

static tuff_status prepare_l2(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    TUFF_CHECK(c, ((const tuff_l2_norm_attrs *)c->attrs)->fused_activation_function == TUFF_ACTIVATION_NONE, "takes no fused activation");
    if (in->type != TUFF_F32) {
        const int32_t zero = in->type == TUFF_U8 ? 128 : 0;
        TUFF_TRY(tuff_check_quantized(c, in));
        TUFF_TRY(tuff_check_quantized(c, out));
        TUFF_CHECK(c, tuff_scale(out) == 1.0f / 128 && tuff_zero_point(out) == zero, "output '%s' has scale %g and zero point %d; expected 1/128 and %d",
                   out->name, (double)tuff_scale(out), (int)tuff_zero_point(out), (int)zero);
        TUFF_CHECK(c, in->shape[in->rank - 1] <= 32768, "rows of %s are longer than 32768", tuff_shape_text(in).text);
    }
    tuff_l2_normalization_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_l2_normalization_args){tuff_dims_product(in->shape, 0, in->rank - 1), in->shape[in->rank - 1], tuff_zero_point(in)};
    return emit(c, args, 2);
}

static tuff_status prepare_local(tuff_context *c) {
    const tuff_local_response_normalization_attrs *a = c->attrs;
    const int32_t *s = c->inputs[0]->shape;
    TUFF_CHECK(c, a->radius >= 0, "radius is %d", (int)a->radius);
    tuff_local_response_normalization_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_local_response_normalization_args){tuff_dims_product(s, 0, 3), s[3], a->radius, a->bias, a->alpha, a->beta};
    return emit(c, args, 2 * (int64_t)(a->radius < s[3] ? a->radius : s[3]) + 20);
}

const tuff_op tuff_op_l2_normalization = {
    .name = "L2_NORMALIZATION",
    .code = 11,
    .options = TUFF_OPTIONS(L2NormOptions, 12, tuff_l2_norm_attrs, l2_attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = l2_variants,
    .infer = infer_l2,
    .prepare = prepare_l2,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
const tuff_op tuff_op_local_response_normalization = {
    .name = "LOCAL_RESPONSE_NORMALIZATION",
    .code = 13,
    .options = TUFF_OPTIONS(LocalResponseNormalizationOptions, 13, tuff_local_response_normalization_attrs, local_attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = local_variants,
    .infer = infer_local,
    .prepare = prepare_local,
    .highest = 1,
};
#endif
