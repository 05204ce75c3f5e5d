/* ABS, NEG, SIGN, SQUARE, SQRT, RSQRT, EXP, LOG, SIN, COS, ELU, HARD_SWISH, FLOOR, CEIL, ROUND, LOGICAL_NOT: one function of each element.
 * SPDX-License-Identifier: Apache-2.0
 *
 * ELU: x where x >= 0, exp(x) - 1 elsewhere. HARD_SWISH: x * clamp(x + 3, 0, 6) / 6, so -infinity gives NaN.
 * ROUND takes halves to the even neighbour.
 * Quantized EXP, LOG, ELU and s16 RSQRT are tables of the dequantized value; ABS is |q - zero_in|, rescaled. LOG of what is not positive is the type's
 * lowest value, RSQRT of 0 its highest; a negative real is an error for SQRT and RSQRT.
 *
 * s8 RSQRT of d = q - zero_in: 1 / sqrt d by five Newton steps in Q3.28 from 1, d brought to [1/4, 1) by pairs of bits; then with 20 bits of headroom
 * times 1 / (sqrt(scale_in) * scale_out). Quantized SQRT truncates sqrt(real) / scale_out.
 *
 * Quantized HARD_SWISH works in 16 bits: x in steps of scale_in / 128; its clamped factor as Q0.15 from a rescaling where 3.0 is 2^15, with
 * saturating shifts; the product without rounding (which takes back what the roundings before it added); one rounding shift to the output.
 * source: TFLite elementwise.cc, activations.cc, exp.cc, sign.cc, reference/hard_swish.h, round.h; internal/common.h
 */
#include "ops/elementwise.h"

#include <math.h>

#include "base/fixed_point.h"
#include "base/half.h"
#include "base/math.h"

/* in [count], out [count]; tiles: any split; scratch, errors: none */
#define UNARY(name, T, value)                                                                 \
    int name(const void *args, void *const *io, int job, int jobs) {                          \
        const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs); \
        const T *in = io[0];                                                                  \
        T *out = io[1];                                                                       \
        for (int64_t i = span.first; i < span.end; i++) {                                     \
            const T x = in[i];                                                                \
            out[i] = (T)(value);                                                              \
        }                                                                                     \
        return 0;                                                                             \
    }
static float elu(float x) { return x < 0 ? tuff_expm1f(x) : x; }
static float hard_swish(float x) {
    const float y = x + 3;
    return x * (y < 0 ? 0 : y > 6 ? 6 : y) / 6;
}
UNARY(tuff_abs_f32, float, fabsf(x))
UNARY(tuff_abs_s32, int32_t, x < 0 ? 0u - (uint32_t)x : (uint32_t)x)
UNARY(tuff_neg_f32, float, -x)
UNARY(tuff_neg_f16, uint16_t, x ^ 0x8000)
UNARY(tuff_neg_s8, int8_t, -x)
UNARY(tuff_neg_s16, int16_t, -x)
UNARY(tuff_neg_s32, int32_t, 0u - (uint32_t)x)
UNARY(tuff_neg_s64, int64_t, 0u - (uint64_t)x)
UNARY(tuff_square_f32, float, x *x)
UNARY(tuff_sqrt_f32, float, tuff_sqrtf(x))
UNARY(tuff_rsqrt_f32, float, 1.0f / tuff_sqrtf(x))
UNARY(tuff_exp_f32, float, tuff_expf(x))
UNARY(tuff_log_f32, float, tuff_logf(x))
UNARY(tuff_elu_f32, float, elu(x))
UNARY(tuff_hard_swish_f32, float, hard_swish(x))
UNARY(tuff_floor_f32, float, floorf(x))
UNARY(tuff_floor_f16, uint16_t, tuff_f32_to_f16(floorf(tuff_f16_to_f32(x))))
UNARY(tuff_floor_bf16, uint16_t, tuff_f32_to_bf16(floorf(tuff_bf16_to_f32(x))))
UNARY(tuff_ceil_f32, float, ceilf(x))
UNARY(tuff_round_f32, float, rintf(x))
UNARY(tuff_sin_f32, float, sinf(x))
UNARY(tuff_sin_f16, uint16_t, tuff_f32_to_f16(sinf(tuff_f16_to_f32(x))))
UNARY(tuff_cos_f32, float, cosf(x))
UNARY(tuff_cos_f16, uint16_t, tuff_f32_to_f16(cosf(tuff_f16_to_f32(x))))
UNARY(tuff_sign_f32, float, x > 0 ? 1 : x < 0 ? -1 : x == x ? 0 : x)
UNARY(tuff_sign_f64, double, x > 0 ? 1 : x < 0 ? -1 : x == x ? 0 : x)
UNARY(tuff_sign_s32, int32_t, (x > 0) - (x < 0))
UNARY(tuff_logical_not_bool, uint8_t, !x)

static int32_t absolute(const void *args, int32_t q) {
    const tuff_abs_args *p = args;
    const int32_t d = q - p->zero_in;
    return tuff_clamp(p->zero_out + tuff_requantize(d < 0 ? -d : d, p->scale), p->lo, p->hi);
}
int tuff_abs_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_span span = tuff_share(((const tuff_abs_args *)args)->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) out[i] = (int16_t)absolute(args, in[i]);
    return 0;
}

/* in [count], table [256] by the input's bits or [513] (unary.h), out [count]; tiles: any split; scratch: none; error: an input below zero_in */
int tuff_root_s8(const void *args, void *const *io, int job, int jobs) {
    const tuff_root_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int8_t *in = io[0], *table = io[1];
    int8_t *out = io[2];
    for (int64_t i = span.first; i < span.end; i++) {
        if (in[i] < p->zero_in) return 1;
        out[i] = table[(uint8_t)in[i]];
    }
    return 0;
}
int tuff_rsqrt_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_root_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int16_t *in = io[0], *table = io[1];
    int16_t *out = io[2];
    for (int64_t i = span.first; i < span.end; i++) {
        if (in[i] < p->zero_in) return 1;
        out[i] = tuff_table_s16_at(table, in[i]);
    }
    return 0;
}

static int32_t quantized_root(const tuff_sqrt_args *p, int32_t q) {
    const float y = tuff_sqrtf(p->scale_in * (float)(q - p->zero_in)) / p->scale_out;
    return tuff_clamp((y < 65536 ? (int32_t)y : 65536) + p->zero_out, p->lo, p->hi);
}
/* in [count] s16, out [count] s16; tiles: any split; scratch: none; error: an input below 0 */
int tuff_sqrt_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_sqrt_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) {
        if (in[i] < p->zero_in) return 1;
        out[i] = (int16_t)quantized_root(p, in[i]);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field root_fields[] = {TUFF_ARG(tuff_root_args, count, S64), TUFF_ARG(tuff_root_args, zero_in, S32), TUFF_FIELD_END};
static const tuff_field sqrt_fields[] = {
    TUFF_ARG(tuff_sqrt_args, count, S64), TUFF_ARG(tuff_sqrt_args, zero_in, S32),  TUFF_ARG(tuff_sqrt_args, zero_out, S32),  TUFF_ARG(tuff_sqrt_args, lo, S32),
    TUFF_ARG(tuff_sqrt_args, hi, S32),    TUFF_ARG(tuff_sqrt_args, scale_in, F32), TUFF_ARG(tuff_sqrt_args, scale_out, F32), TUFF_FIELD_END,
};

static const tuff_field abs_fields[] = {
    TUFF_ARG(tuff_abs_args, count, S64),
    TUFF_ARG(tuff_abs_args, zero_in, S32),
    TUFF_ARG(tuff_abs_args, zero_out, S32),
    TUFF_ARG(tuff_abs_args, lo, S32),
    TUFF_ARG(tuff_abs_args, hi, S32),
    TUFF_ARG(tuff_abs_args, scale, MULTIPLIER),
    TUFF_FIELD_END,
};

#define PLAIN(function) TUFF_KERNEL(function, tuff_unary_args, tuff_unary_fields)
static const tuff_variant abs_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_abs_f32)},
    {{"s8"}, {"s8"}, 2, "act -> free", TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 3, "act -> free", TUFF_KERNEL(tuff_abs_s16, tuff_abs_args, abs_fields)},
    {{"s32"}, {"s32"}, 5, NULL, PLAIN(tuff_abs_s32)},
    {.version = 0},
};
static const tuff_variant neg_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_neg_f32)},
    {{"f16"}, {"f16"}, 1, NULL, PLAIN(tuff_neg_f16)},
    {{"s8"}, {"s8"}, 1, NULL, PLAIN(tuff_neg_s8)},
    {{"s16"}, {"s16"}, 1, NULL, PLAIN(tuff_neg_s16)},
    {{"s32"}, {"s32"}, 1, NULL, PLAIN(tuff_neg_s32)},
    {{"s64"}, {"s64"}, 1, NULL, PLAIN(tuff_neg_s64)},
    {.version = 0},
};
static const tuff_variant exp_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_exp_f32)},
    {{"s8"}, {"s8"}, 2, "act -> free", TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 2, "act -> free", TUFF_TABLE_S16_KERNEL},
    {.version = 0},
};
static const tuff_variant elu_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_elu_f32)},
    {{"s8"}, {"s8"}, 1, "act -> free", TUFF_TABLE_KERNEL},
    {.version = 0},
};
static const tuff_variant hard_swish_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_hard_swish_f32)},
    {{"s8"}, {"s8"}, 1, "act -> free", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_TABLE_KERNEL},
    {.version = 0},
};
static const tuff_variant square_variants[] = {{{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_square_f32)}, {.version = 0}};
#define ROOT(function) TUFF_KERNEL(function, tuff_root_args, root_fields)
/* the quantizer leaves roots in float: a value that rounds below zero would be an error */
static const tuff_variant sqrt_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_sqrt_f32)},
    {{"s8"}, {"s8"}, 2, NULL, ROOT(tuff_root_s8)},
    {{"s16"}, {"s16"}, 2, NULL, TUFF_KERNEL(tuff_sqrt_s16, tuff_sqrt_args, sqrt_fields)},
    {.version = 0},
};
static const tuff_variant rsqrt_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_rsqrt_f32)},
    {{"s8"}, {"s8"}, 2, NULL, ROOT(tuff_root_s8)},
    {{"s16"}, {"s16"}, 3, NULL, ROOT(tuff_rsqrt_s16)},
    {.version = 0},
};
static const tuff_variant log_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_log_f32)},
    {{"s8"}, {"s8"}, 2, "act -> free", TUFF_TABLE_KERNEL},
    {{"s16"}, {"s16"}, 2, "act -> free", TUFF_TABLE_S16_KERNEL},
    {.version = 0},
};
static const tuff_variant floor_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_floor_f32)},
    {{"f16"}, {"f16"}, 1, NULL, PLAIN(tuff_floor_f16)},
    {{"bf16"}, {"bf16"}, 1, NULL, PLAIN(tuff_floor_bf16)},
    {.version = 0},
};
static const tuff_variant sin_variants[] = {{{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_sin_f32)}, {{"f16"}, {"f16"}, 2, NULL, PLAIN(tuff_sin_f16)}, {.version = 0}};
static const tuff_variant cos_variants[] = {{{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_cos_f32)}, {{"f16"}, {"f16"}, 2, NULL, PLAIN(tuff_cos_f16)}, {.version = 0}};
static const tuff_variant sign_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_sign_f32)},
    {{"f64"}, {"f64"}, 1, NULL, PLAIN(tuff_sign_f64)},
    {{"s32"}, {"s32"}, 2, NULL, PLAIN(tuff_sign_s32)},
    {.version = 0},
};
static const tuff_variant round_variants[] = {{{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_round_f32)}, {.version = 0}};
static const tuff_variant ceil_variants[] = {{{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_ceil_f32)}, {.version = 0}};
static const tuff_variant logical_not_variants[] = {{{"bool"}, {"bool"}, 1, NULL, PLAIN(tuff_logical_not_bool)}, {.version = 0}};

static tuff_status prepare_plain(tuff_context *c) { return tuff_unary_emit(c, tuff_unary_args_for(c, &c->variant->kernel)); }
static tuff_status prepare_exp(tuff_context *c) { return c->inputs[0]->type != TUFF_F32 ? tuff_unary_emit_real(c, tuff_expf) : prepare_plain(c); }
static tuff_status prepare_elu(tuff_context *c) { return c->inputs[0]->type == TUFF_S8 ? tuff_unary_emit_real(c, elu) : prepare_plain(c); }

static float log_or_least(const void *params, float x) { return x <= 0 ? *(const float *)params : tuff_logf(x); }
static tuff_status prepare_log(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) return prepare_plain(c);
    int32_t lo, hi;
    tuff_type_range(out->type, &lo, &hi);
    const float least = (float)(lo - tuff_zero_point(out)) * tuff_scale(out);
    return tuff_unary_emit_real_with(c, log_or_least, &least, NULL);
}

/* ---- roots ---- */
typedef struct rsqrt_params {
    int32_t zero_in, zero_out;
    tuff_multiplier scale;
} rsqrt_params;
static int32_t rsqrt_step(const void *params, int32_t q) {
    enum { HEADROOM = 20 };
    const rsqrt_params *p = params;
    if (q <= p->zero_in) return INT8_MAX;
    const tuff_multiplier root = tuff_reciprocal_root(q - p->zero_in);
    const int32_t y = tuff_requantize(1, (tuff_multiplier){root.multiplier, root.shift + HEADROOM});
    return tuff_requantize(y, (tuff_multiplier){p->scale.multiplier, p->scale.shift - HEADROOM}) + p->zero_out;
}
static float rsqrt_or_most(const void *params, float x) { return x <= 0 ? *(const float *)params : 1.0f / tuff_sqrtf(x); }
static int32_t sqrt_step(const void *params, int32_t q) {
    const tuff_sqrt_args *p = params;
    return q < p->zero_in ? 0 : quantized_root(p, q);
}

static tuff_status prepare_root(tuff_context *c, tuff_root_args **args) {
    TUFF_TRY(tuff_check_quantized(c, c->inputs[0]));
    TUFF_TRY(tuff_check_quantized(c, c->outputs[0]));
    *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (*args) (*args)->zero_in = tuff_zero_point(c->inputs[0]);
    return TUFF_OK;
}

static tuff_status prepare_sqrt(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) return prepare_plain(c);
    tuff_root_args *args;
    TUFF_TRY(prepare_root(c, &args));
    tuff_sqrt_args q = {tuff_count(out), tuff_zero_point(in), tuff_zero_point(out), 0, 0, tuff_scale(in), tuff_scale(out)};
    tuff_type_range(out->type, &q.lo, &q.hi);
    if (in->type == TUFF_S8) return tuff_unary_emit_steps(c, sqrt_step, &q, args);
    if (args) *(tuff_sqrt_args *)(void *)args = q;
    return tuff_unary_emit(c, args);
}

static tuff_status prepare_rsqrt(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) return prepare_plain(c);
    tuff_root_args *args;
    TUFF_TRY(prepare_root(c, &args));
    if (in->type == TUFF_S16) {
        const float most = INT16_MAX * tuff_scale(out);
        return tuff_unary_emit_real_with(c, rsqrt_or_most, &most, args);
    }
    const rsqrt_params params = {tuff_zero_point(in), tuff_zero_point(out), tuff_multiplier_from(1.0 / (double)(tuff_sqrtf(tuff_scale(in)) * tuff_scale(out)))};
    TUFF_CHECK(c, params.scale.shift >= -11 && params.scale.shift <= 50, "scales %g of '%s' and %g of '%s' are too far apart", (double)tuff_scale(in), in->name,
               (double)tuff_scale(out), out->name);
    return tuff_unary_emit_steps(c, rsqrt_step, &params, args);
}

static tuff_status prepare_abs(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32 || in->type == TUFF_S32) return prepare_plain(c);
    tuff_abs_args q = {.scale = {1 << 30, 1}}; /* 1 */
    tuff_type_range(out->type, &q.lo, &q.hi);
    if (in->type == TUFF_S8 || in->quantization.count > 0) {
        TUFF_TRY(tuff_check_quantized(c, in));
        TUFF_TRY(tuff_check_quantized(c, out));
        q.zero_in = tuff_zero_point(in);
        q.zero_out = tuff_zero_point(out);
        q.scale = tuff_multiplier_from((double)(tuff_scale(in) / tuff_scale(out)));
    } else {
        q.hi = INT16_MAX + 1; /* wraps, as -32768 has no positive */
    }
    if (in->type == TUFF_S8) return tuff_unary_emit_steps(c, absolute, &q, NULL);
    tuff_abs_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        q.count = args->count;
        *args = q;
    }
    return tuff_unary_emit(c, args);
}
static int32_t version_abs(const tuff_context *c) { return c->inputs[0]->type == TUFF_S16 && c->inputs[0]->quantization.count == 0 ? 4 : 0; }

/* ---- quantized HARD_SWISH ---- */
typedef struct hard_swish_params {
    int32_t zero_in, zero_out;
    tuff_multiplier out, reluish; /* 15 bits of multiplier */
} hard_swish_params;

static int32_t clamp_s16(int32_t x) { return tuff_clamp(x, INT16_MIN, INT16_MAX); }
static int32_t high_mul_s16(int32_t a, int32_t b) { /* saturating rounding doubling, on 16 bits */
    const int32_t product = a * b;
    return clamp_s16((product + (product >= 0 ? 1 << 14 : 1 - (1 << 14))) / (1 << 15));
}
static int32_t shift_left_s16(int32_t x, int32_t bits) {
    const int64_t y = (int64_t)x * ((int64_t)1 << bits);
    return y < INT16_MIN ? INT16_MIN : y > INT16_MAX ? INT16_MAX : (int32_t)y;
}
static int32_t hard_swish_step(const void *params, int32_t q) {
    const hard_swish_params *p = params;
    const int32_t fine = (int16_t)((q - p->zero_in) * 128);
    int32_t factor = fine;
    if (p->reluish.shift > 0) factor = shift_left_s16(factor, p->reluish.shift - 1);
    factor = high_mul_s16(factor, p->reluish.multiplier);
    if (p->reluish.shift > 0) factor = shift_left_s16(factor, 1);
    if (p->reluish.shift < 0) factor = tuff_shift_right_round(factor, -p->reluish.shift);
    factor = (factor + (1 << 15)) >> 1;
    const int32_t product = clamp_s16(factor * high_mul_s16(fine, p->out.multiplier) / (1 << 15));
    return tuff_shift_right_round(product, -p->out.shift) + p->zero_out;
}
/* the multiplier rounded to 15 bits */
static tuff_multiplier narrow(double real) {
    tuff_multiplier m = tuff_multiplier_from(real);
    m.multiplier = m.multiplier >= INT32_MAX - (1 << 15) ? INT16_MAX : (m.multiplier + (1 << 15)) >> 16;
    return m;
}
static tuff_status prepare_hard_swish(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    if (in->type == TUFF_F32) return prepare_plain(c);
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    const float fine = 1.0f / 128.0f * tuff_scale(in);
    const hard_swish_params params = {tuff_zero_point(in), tuff_zero_point(out), narrow((double)(fine / tuff_scale(out))),
                                      narrow((double)(fine / (3.0f / 32768.0f)))};
    TUFF_CHECK(c, params.out.shift <= 0, "scale %g of '%s' is too large for the output's %g", (double)tuff_scale(in), in->name, (double)tuff_scale(out));
    return tuff_unary_emit_steps(c, hard_swish_step, &params, NULL);
}

/* clang-format off */
#define NO_OPTIONS {NULL, 0, false, 0, NULL}
/* clang-format on */
#define ELEMENTWISE(symbol, name_, code_, rows, prepare_, version_, highest_, ...) \
    const tuff_op tuff_op_##symbol = {                                             \
        .name = name_,                                                             \
        .code = code_,                                                             \
        .options = __VA_ARGS__,                                                    \
        .inputs = "input",                                                         \
        .outputs = "output",                                                       \
        .variants = rows,                                                          \
        .infer = tuff_unary_infer,                                                 \
        .prepare = prepare_,                                                       \
        .version = version_,                                                       \
        .in_place = TUFF_IN_PLACE_ANY,                                             \
        .highest = highest_,                                                       \
    };
ELEMENTWISE(abs, "ABS", 101, abs_variants, prepare_abs, version_abs, 5, TUFF_OPTIONS_EMPTY(AbsOptions, 78))
ELEMENTWISE(neg, "NEG", 59, neg_variants, prepare_plain, NULL, 1, TUFF_OPTIONS_EMPTY(NegOptions, 42))
ELEMENTWISE(square, "SQUARE", 92, square_variants, prepare_plain, NULL, 1, TUFF_OPTIONS_EMPTY(SquareOptions, 66))
ELEMENTWISE(sqrt, "SQRT", 75, sqrt_variants, prepare_sqrt, NULL, 2, NO_OPTIONS)
ELEMENTWISE(rsqrt, "RSQRT", 76, rsqrt_variants, prepare_rsqrt, NULL, 3, NO_OPTIONS)
ELEMENTWISE(exp, "EXP", 47, exp_variants, prepare_exp, NULL, 2, TUFF_OPTIONS_EMPTY(ExpOptions, 33))
ELEMENTWISE(log, "LOG", 73, log_variants, prepare_log, NULL, 2, NO_OPTIONS)
ELEMENTWISE(elu, "ELU", 111, elu_variants, prepare_elu, NULL, 1, NO_OPTIONS)
ELEMENTWISE(hard_swish, "HARD_SWISH", 117, hard_swish_variants, prepare_hard_swish, NULL, 1, TUFF_OPTIONS_EMPTY(HardSwishOptions, 91))
ELEMENTWISE(floor, "FLOOR", 8, floor_variants, prepare_plain, NULL, 1, NO_OPTIONS)
ELEMENTWISE(round, "ROUND", 116, round_variants, prepare_plain, NULL, 1, NO_OPTIONS)
ELEMENTWISE(sin, "SIN", 66, sin_variants, prepare_plain, NULL, 2, NO_OPTIONS)
ELEMENTWISE(cos, "COS", 108, cos_variants, prepare_plain, NULL, 2, TUFF_OPTIONS_EMPTY(CosOptions, 84))
ELEMENTWISE(sign, "SIGN", 158, sign_variants, prepare_plain, NULL, 2, TUFF_OPTIONS_EMPTY(SignOptions, 123))
ELEMENTWISE(ceil, "CEIL", 104, ceil_variants, prepare_plain, NULL, 1, NO_OPTIONS)
ELEMENTWISE(logical_not, "LOGICAL_NOT", 87, logical_not_variants, prepare_plain, NULL, 1, TUFF_OPTIONS_EMPTY(LogicalNotOptions, 63))
#endif
