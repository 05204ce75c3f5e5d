/* NumericVerify: how far a quantized tensor is from the float tensor that it stands for.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With log_if_failed and a tolerance of 0.1 or more, a difference of more than tolerance steps is an error.
 * source: TFLite numeric_verify.cc
 */
#include "ops/numeric_verify.h"

#include <math.h>

#include "base/half.h"

/* in [count], reference [count], out [count]; tiles: any split; scratch: none; error: a difference beyond the tolerance */
#define VERIFY(type, T, real)                                                              \
    int tuff_numeric_verify_##type(const void *args, void *const *io, int job, int jobs) { \
        const tuff_numeric_verify_args *p = args;                                          \
        const tuff_span span = tuff_share(p->count, job, jobs);                            \
        const T *in = io[0];                                                               \
        const float *reference = io[1];                                                    \
        float *out = io[2];                                                                \
        for (int64_t i = span.first; i < span.end; i++) {                                  \
            out[i] = (real)-reference[i];                                                  \
            if (fabsf(out[i]) > p->most) return 1;                                         \
        }                                                                                  \
        return 0;                                                                          \
    }
VERIFY(s8, int8_t, (float)((double)p->scale *(in[i] - p->zero)))
VERIFY(u8, uint8_t, (float)((double)p->scale *(in[i] - p->zero)))
VERIFY(s16, int16_t, (float)((double)p->scale *(in[i] - p->zero)))
VERIFY(f16, uint16_t, tuff_f16_to_f32(in[i]))

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_numeric_verify_attrs, tolerance, F32, -1),
    TUFF_FIELD(tuff_numeric_verify_attrs, log_if_failed, BOOL, -1),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_numeric_verify_args, count, S64),
    TUFF_ARG(tuff_numeric_verify_args, scale, F32),
    TUFF_ARG(tuff_numeric_verify_args, most, F32),
    TUFF_ARG(tuff_numeric_verify_args, zero, S32),
    TUFF_FIELD_END,
};
#define KERNEL(type) TUFF_KERNEL(tuff_numeric_verify_##type, tuff_numeric_verify_args, fields)
static const tuff_variant variants[] = {
    {{"s8", "f32"}, {"f32"}, 1, NULL, KERNEL(s8)},
    {{"u8", "f32"}, {"f32"}, 1, NULL, KERNEL(u8)},
    {{"s16", "f32"}, {"f32"}, 1, NULL, KERNEL(s16)},
    {{"f16", "f32"}, {"f32"}, 1, NULL, KERNEL(f16)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    TUFF_CHECK(c, tuff_count(c->inputs[0]) == tuff_count(c->inputs[1]), "%s and %s differ in size", tuff_shape_text(c->inputs[0]).text,
               tuff_shape_text(c->inputs[1]).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_numeric_verify_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    if (in->type != TUFF_F16) TUFF_TRY(tuff_check_quantized(c, in));
    const int64_t count = tuff_count(in);
    tuff_numeric_verify_args *args = tuff_args(c, &c->variant->kernel);
    const float most = a->log_if_failed && (double)a->tolerance >= 0.1 ? a->tolerance * tuff_scale(in) : INFINITY;
    if (args) *args = (tuff_numeric_verify_args){count, tuff_scale(in), most, tuff_zero_point(in)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, count, 10 * count},
                     (const tuff_io[]){tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)}, 3);
}

const tuff_op tuff_op_numeric_verify = {
    .name = "NumericVerify",
    .code = 32,
    .options = {NULL, 0, false, sizeof(tuff_numeric_verify_attrs), attr_fields},
    .inputs = "input reference",
    .outputs = "difference",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
};
#endif
