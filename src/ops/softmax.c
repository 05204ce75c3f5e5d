/* SOFTMAX over the last axis: y = exp(beta * (x - max)) / sum of these. LOG_SOFTMAX: its logarithm, x - max - log of that sum, beta 1.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats as written, maximum first, sum in order.
 *
 * 8-bit input, in fixed point as gemmlowp has it (Qa.b: a bits before the point, b behind):
 *   difference d = q - max in -255..0, rescaled by beta * scale_in to Q5.26; below diff_min (about -31) it counts as nothing;
 *   exp(d) in Q0.31: exp of the remainder in [-1/4, 0) by a polynomial of degree 4 around -1/8, times constants for the other bits;
 *   sum in Q12.19; its reciprocal by three Newton steps; each product rounded to 8 (or 16) bits, minus the type's lowest value.
 * exp depends on d alone, so prepare makes a table of 256.
 *
 * 8-bit LOG_SOFTMAX: that sum's logarithm in Q5.26, as log 2 times a power of two plus the logarithm of a number around sqrt(sqrt 1/2) by a rational
 * form; the output in steps of 1/16, whose highest is 0.
 *
 * s16 input: exp over [-10, 0] and 1 / (1 + x) over [0, 1] are tables of 513 entries with linear interpolation over 7 bits, entries moved so
 * that the error at the interval's middle is halved. The sum is Q16.15, normalized to [1, 2) for the second table. Output Q0.15.
 * source: TFLite SOFTMAX, reference/softmax.h, internal/common.h; gemmlowp fixedpoint.h
 */
#include "ops/softmax.h"

#include <float.h>

#include "base/fixed_point.h"
#include "base/half.h"
#include "base/math.h"
#include "ops/unary.h"

/* in [rows][depth], out [rows][depth]; tiles: rows; scratch, errors: none */
int tuff_softmax_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_f32_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const float *in = (const float *)io[0] + r * p->depth;
        float *out = (float *)io[1] + r * p->depth, max = in[0], sum = 0;
        for (int32_t k = 1; k < p->depth; k++)
            if (max < in[k]) max = in[k];
        for (int32_t k = 0; k < p->depth; k++) {
            out[k] = tuff_expf((in[k] - max) * p->beta);
            sum += out[k];
        }
        for (int32_t k = 0; k < p->depth; k++) out[k] /= sum;
    }
    return 0;
}

int tuff_softmax_f16(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_f32_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const uint16_t *in = (const uint16_t *)io[0] + r * p->depth;
        uint16_t *out = (uint16_t *)io[1] + r * p->depth;
        float max = tuff_f16_to_f32(in[0]), sum = 0;
        for (int32_t k = 1; k < p->depth; k++) {
            const float x = tuff_f16_to_f32(in[k]);
            if (max < x) max = x;
        }
        for (int32_t k = 0; k < p->depth; k++) sum += tuff_expf((tuff_f16_to_f32(in[k]) - max) * p->beta);
        for (int32_t k = 0; k < p->depth; k++) out[k] = tuff_f32_to_f16(tuff_expf((tuff_f16_to_f32(in[k]) - max) * p->beta) / sum);
    }
    return 0;
}

/* ---- fixed point ---- */
static int32_t wrapping_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }

static int leading_zeros(uint32_t x) {
    int n = 0;
    for (; n < 31 && !(x >> 31); n++) x <<= 1;
    return n;
}

/* 1 / (1 + x) for x in [0, 1), both Q0.31. Newton on 1 / d with d = (1 + x) / 2 in Q2.29, from 48/17 - 32/17 d. */
static int32_t one_over_one_plus(int32_t x) {
    const int64_t sum = (int64_t)x + INT32_MAX;
    const int32_t half = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
    int32_t y = wrapping_add(1515870810, tuff_high_mul(half, -1010580540));
    for (int k = 0; k < 3; k++) {
        const int32_t error = (1 << 29) - tuff_high_mul(half, y);
        y = wrapping_add(y, tuff_shift_left_saturating(tuff_high_mul(y, error), 2));
    }
    return tuff_shift_left_saturating(y, 1);
}

/* What one row's outputs are computed with: reciprocal of the sum of exps, and the shift that leaves `bits` bits of the product. */
typedef struct row_of_8 {
    uint8_t max;
    int32_t reciprocal, shift;
} row_of_8;
static uint32_t sum_of(const uint8_t *in, uint8_t flip, const int32_t *exp_of, int32_t depth, uint8_t *max) {
    *max = 0;
    for (int32_t k = 0; k < depth; k++)
        if ((in[k] ^ flip) > *max) *max = in[k] ^ flip;
    uint32_t sum = 0; /* Q12.19, at least 1 */
    for (int32_t k = 0; k < depth; k++) sum += (uint32_t)tuff_shift_right_round(exp_of[*max - (in[k] ^ flip)], 12);
    return sum;
}
static row_of_8 measure(const uint8_t *in, uint8_t flip, const int32_t *exp_of, int32_t depth, int bits) {
    row_of_8 row = {0};
    const uint32_t sum = sum_of(in, flip, exp_of, depth, &row.max);
    const int zeros = leading_zeros(sum);
    row.reciprocal = one_over_one_plus((int32_t)((sum << zeros) - (1u << 31)));
    row.shift = 12 - zeros + 31 - bits;
    return row;
}
static int32_t share_of(const row_of_8 *row, int32_t exp_of) {
    return row->shift > 31 ? 0 : tuff_shift_right_round(tuff_high_mul(row->reciprocal, exp_of), row->shift);
}

/* in [rows][depth] s8 or u8 (flip 0x80 or 0 makes them unsigned), exp table [256] s32 Q0.31 by max - q, out [rows][depth]
 * tiles: rows; scratch, errors: none */
int tuff_softmax_b1(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_b1_args *p = args;
    const int32_t *exp_of = io[1];
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const uint8_t *in = (const uint8_t *)io[0] + r * p->depth;
        uint8_t *out = (uint8_t *)io[2] + r * p->depth;
        const row_of_8 row = measure(in, p->flip, exp_of, p->depth, 8);
        for (int32_t k = 0; k < p->depth; k++) out[k] = (uint8_t)(tuff_clamp(share_of(&row, exp_of[row.max - (in[k] ^ p->flip)]), 0, UINT8_MAX) ^ p->flip);
    }
    return 0;
}
int tuff_softmax_b1_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_b1_args *p = args;
    const int32_t *exp_of = io[1];
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const uint8_t *in = (const uint8_t *)io[0] + r * p->depth;
        int16_t *out = (int16_t *)io[2] + r * p->depth;
        const row_of_8 row = measure(in, p->flip, exp_of, p->depth, 16);
        for (int32_t k = 0; k < p->depth; k++) out[k] = (int16_t)(tuff_clamp(share_of(&row, exp_of[row.max - (in[k] ^ p->flip)]), 0, UINT16_MAX) + INT16_MIN);
    }
    return 0;
}

/* in, out [rows][depth] s16, table of exp [513] s16, of 1 / (1 + x) [513] s16; tiles: rows; scratch, errors: none */
int tuff_softmax_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_s16_args *p = args;
    const int16_t *exp_table = io[1], *inverse_table = io[2];
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const int16_t *in = (const int16_t *)io[0] + r * p->depth;
        int16_t *out = (int16_t *)io[3] + r * p->depth, max = INT16_MIN;
        for (int32_t k = 0; k < p->depth; k++)
            if (max < in[k]) max = in[k];
        uint32_t sum = 0; /* Q16.15 */
        for (int32_t k = 0; k < p->depth; k++) {
            const int32_t scaled = tuff_clamp(tuff_requantize(in[k] - max, p->scale), INT16_MIN - INT16_MAX, 0) + INT16_MAX;
            const int32_t e = tuff_table_s16_at(exp_table, scaled);
            out[k] = (int16_t)e;
            sum += (uint32_t)e;
        }
        const int zeros = leading_zeros(sum);
        const int32_t normal = (int32_t)((((int64_t)sum << (zeros - 1)) + (1 << 13)) >> 14) - (1 << 15) - (1 << 16);
        const int64_t reciprocal = tuff_table_s16_at(inverse_table, tuff_clamp(normal, INT16_MIN, INT16_MAX));
        const int shift = 31 - zeros;
        for (int32_t k = 0; k < p->depth; k++) {
            const int64_t product = (out[k] * reciprocal + ((int64_t)1 << (shift - 1))) >> shift;
            out[k] = (int16_t)(product < 0 ? 0 : product > INT16_MAX ? INT16_MAX : product);
        }
    }
    return 0;
}

/* ---- LOG_SOFTMAX ---- */
int tuff_log_softmax_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_softmax_f32_args *p = args;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const float *in = (const float *)io[0] + r * p->depth;
        float *out = (float *)io[1] + r * p->depth, max = -FLT_MAX, sum = 0;
        for (int32_t k = 0; k < p->depth; k++)
            if (max < in[k]) max = in[k];
        for (int32_t k = 0; k < p->depth; k++) sum += tuff_expf(in[k] - max);
        const float log_of_sum = tuff_logf(sum);
        for (int32_t k = 0; k < p->depth; k++) out[k] = in[k] - max - log_of_sum;
    }
    return 0;
}

/* log of x >= 1 in Q12.19, as Q5.26. Two roots bring x near sqrt(sqrt 1/2), z = x / 2^a and z = x / (2^b sqrt 2); the smaller is taken, with the power
 * of two, a + 1/4 or b - 1/4, as Q6.25. */
static int32_t log_of(int32_t x) {
    const int32_t log_2 = 1488522236, root_root_half = 1805811301, root_half = 1518500250, quarter = 1 << 23; /* quarter: Q6.25 */
    const int32_t a2 = 117049297, d2 = 127690142, d0 = 1057819769, d1 = 638450708;
    const int32_t zeros = leading_zeros((uint32_t)x);
    const int32_t ra = tuff_shift_left_saturating(tuff_high_mul(tuff_shift_left_saturating(x, zeros - 1), root_half), 1);
    const int32_t power_a = (12 - zeros) * (1 << 25) + quarter;
    const int32_t zeros_b = leading_zeros((uint32_t)tuff_high_mul(x, root_half)) - 1;
    const int32_t rb = tuff_shift_left_saturating(x, zeros_b), power_b = (12 - zeros_b) * (1 << 25) - quarter;
    const int32_t r = ra < rb ? ra : rb, power = power_a > power_b ? power_a : power_b;
    const int64_t sum = (int64_t)r + root_root_half;
    const int32_t p = (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2), q = (r - root_root_half) * 2, q2 = tuff_high_mul(q, q);
    const int32_t over = tuff_high_mul(q, r) + tuff_high_mul(tuff_high_mul(q, q2), a2);
    const int32_t under = tuff_high_mul(p, d0 + q + tuff_high_mul(d2, q2)) + tuff_high_mul(d1, q); /* less 1 */
    const int32_t ratio = tuff_high_mul(tuff_shift_right_round(over, 6), one_over_one_plus(under));
    return tuff_shift_left_saturating(tuff_high_mul(power, log_2) + ratio, 1);
}

/* in [rows][depth] s8 or u8 (flip as above), tables s32 [2][256] by max - q: exp Q0.31, the difference itself Q5.26; out [rows][depth]
 * tiles: rows; scratch, errors: none */
int tuff_log_softmax_b1(const void *args, void *const *io, int job, int jobs) {
    const tuff_log_softmax_b1_args *p = args;
    const int32_t *exp_of = io[1], *difference = exp_of + 256;
    const tuff_span span = tuff_share(p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        const uint8_t *in = (const uint8_t *)io[0] + r * p->depth;
        uint8_t *out = (uint8_t *)io[2] + r * p->depth, max;
        const int32_t log_of_sum = log_of((int32_t)sum_of(in, p->flip, exp_of, p->depth, &max));
        const int32_t lowest = tuff_requantize(log_of_sum + INT32_MIN, p->reverse), radius = lowest > -p->radius - 1 ? -lowest : p->radius + 1;
        for (int32_t k = 0; k < p->depth; k++) {
            const int32_t d = max - (in[k] ^ p->flip);
            const int32_t y = d < radius ? tuff_clamp(tuff_shift_right_round(difference[d] - log_of_sum, 22) + 255, 0, 255) : 0;
            out[k] = (uint8_t)(y ^ p->flip);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {TUFF_FIELD(tuff_softmax_attrs, beta, F32, 0), TUFF_FIELD_END};
static const tuff_field f32_fields[] = {
    TUFF_ARG(tuff_softmax_f32_args, rows, S64),
    TUFF_ARG(tuff_softmax_f32_args, depth, S32),
    TUFF_ARG(tuff_softmax_f32_args, beta, F32),
    TUFF_FIELD_END,
};
static const tuff_field b1_fields[] = {
    TUFF_ARG(tuff_softmax_b1_args, rows, S64),
    TUFF_ARG(tuff_softmax_b1_args, depth, S32),
    TUFF_ARG(tuff_softmax_b1_args, flip, U8),
    TUFF_FIELD_END,
};
static const tuff_field s16_fields[] = {
    TUFF_ARG(tuff_softmax_s16_args, rows, S64),
    TUFF_ARG(tuff_softmax_s16_args, depth, S32),
    TUFF_ARG(tuff_softmax_s16_args, scale, MULTIPLIER),
    TUFF_FIELD_END,
};

#define FLOAT(function) TUFF_KERNEL(function, tuff_softmax_f32_args, f32_fields)
#define B1(function) TUFF_KERNEL(function, tuff_softmax_b1_args, b1_fields)
static const tuff_variant variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, FLOAT(tuff_softmax_f32)},
    {{"s8"}, {"s8"}, 2, "act -> fixed(1/256,-128)", B1(tuff_softmax_b1)},
    {{"u8"}, {"u8"}, 1, NULL, B1(tuff_softmax_b1)},
    {{"s16"}, {"s16"}, 3, "act -> fixed(1/32768,0)", TUFF_KERNEL(tuff_softmax_s16, tuff_softmax_s16_args, s16_fields)},
    {{"s8"}, {"s16"}, 2, NULL, B1(tuff_softmax_b1_s16)},
    {{"u8"}, {"s16"}, 1, NULL, B1(tuff_softmax_b1_s16)},
    {{"f16"}, {"f16"}, 4, NULL, FLOAT(tuff_softmax_f16)},
    {.version = 0},
};
static const tuff_field log_b1_fields[] = {
    TUFF_ARG(tuff_log_softmax_b1_args, rows, S64),           TUFF_ARG(tuff_log_softmax_b1_args, depth, S32), TUFF_ARG(tuff_log_softmax_b1_args, radius, S32),
    TUFF_ARG(tuff_log_softmax_b1_args, reverse, MULTIPLIER), TUFF_ARG(tuff_log_softmax_b1_args, flip, U8),   TUFF_FIELD_END,
};
static const tuff_variant log_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, FLOAT(tuff_log_softmax_f32)},
    {{"s8"}, {"s8"}, 2, "act -> fixed(1/16,127)", TUFF_KERNEL(tuff_log_softmax_b1, tuff_log_softmax_b1_args, log_b1_fields)},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_KERNEL(tuff_log_softmax_b1, tuff_log_softmax_b1_args, log_b1_fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->rank >= 1, "input '%s' is a scalar; expected rank 1 or more", c->inputs[0]->name);
    return tuff_infer_like(c, 0, 0);
}

/* exp(x), x Q5.26 in (-32, 0], as Q0.31 */
static int32_t exp_of_negative(int32_t x) {
    if (x == 0) return INT32_MAX;
    const int32_t quarter = 1 << 24, within = (x & (quarter - 1)) - quarter; /* in [-1/4, 0) */
    const int32_t constant = 1895147668, third = 715827883;                  /* exp(-1/8), 1/3 */
    const int32_t t = within * 32 + (1 << 28), t2 = tuff_high_mul(t, t), t3 = tuff_high_mul(t2, t), t4 = tuff_high_mul(t2, t2);
    const int32_t tail = tuff_shift_right_round(tuff_high_mul(tuff_shift_right_round(t4, 2) + t3, third) + t2, 1);
    int32_t y = constant + tuff_high_mul(constant, t + tail);
    static const int32_t factors[] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242}; /* exp(-2^k), k = -2..4 */
    const int32_t rest = within - x;
    for (int k = 0; k < 7; k++)
        if (rest & (1 << (24 + k))) y = tuff_high_mul(y, factors[k]);
    return y;
}

/* differences of the input to Q5.26, and how far one may be below the maximum to count */
static tuff_multiplier difference_scale(double scale, int64_t *radius) {
    const double real = scale * (1 << 26);
    const tuff_multiplier m = tuff_multiplier_from(real < INT32_MAX ? real : INT32_MAX);
    *radius = m.shift >= 0 ? ((int64_t)31 << 26) >> m.shift : 255;
    return m;
}

static tuff_status prepare_b1(tuff_context *c, int64_t rows, int32_t depth, tuff_cost cost) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    const double beta = (double)((const tuff_softmax_attrs *)c->attrs)->beta;
    TUFF_TRY(tuff_check_quantized(c, in));
    if (out->type == TUFF_S8) {
        TUFF_TRY(tuff_check_quantized(c, out));
        TUFF_CHECK(c, tuff_zero_point(out) == -128 && tuff_scale(out) * 256 > 0.999f && tuff_scale(out) * 256 < 1.001f,
                   "output '%s' (s8) has scale %g and zero point %d; expected 1/256 and -128", out->name, (double)tuff_scale(out), (int)tuff_zero_point(out));
    }
    TUFF_CHECK(c, beta > 0, "beta is %g; expected a positive number", beta);
    int64_t radius;
    const tuff_multiplier scale = difference_scale(beta * (double)tuff_scale(in), &radius);

    tuff_softmax_b1_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_softmax_b1_args){rows, depth, in->type == TUFF_S8 ? 0x80 : 0};
    void *table;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, 256 * sizeof(int32_t), &table), tuff_io_output(c, 0)};
    for (int32_t d = 0; table && d < 256; d++) ((int32_t *)table)[d] = d <= radius ? exp_of_negative(tuff_requantize(-d, scale)) : 0;
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 3);
}

/* exp of -10..0; ten squarings lose less than 1e-12 */
static double exp_double(double x) {
    const double t = x / 1024;
    double y = 1 + t * (1 + t / 2 * (1 + t / 3 * (1 + t / 4 * (1 + t / 5 * (1 + t / 6)))));
    for (int k = 0; k < 10; k++) y *= y;
    return y;
}
static double one_over_one_plus_double(double x) { return 1 / (1 + x); }

/* 513 samples of f over [lo, hi] as s16 of [-1, 1], each less half of the error that interpolation makes in the middle behind it */
static void fill_table(int16_t *table, double lo, double hi, double (*f)(double)) {
    const double step = (hi - lo) / 512, half = step / 2, out_scale = 2.0 / 65535.0;
    const double inverse = 65536.0 / (out_scale * INT16_MAX - out_scale * INT16_MIN);
    for (int k = 0; k < 512; k++) {
        const double sample = tuff_round_s32(f(lo + k * step) * inverse);
        const double straight = tuff_round_s32((f(lo + (k + 1) * step) * inverse + sample) / 2);
        const double middle = tuff_round_s32(f(lo + k * step + half) * inverse);
        table[k] = (int16_t)tuff_clamp(tuff_round_s32(sample - tuff_round_s32((straight - middle) / 2)), INT16_MIN, INT16_MAX);
    }
    table[512] = (int16_t)tuff_clamp(tuff_round_s32(f(hi) * inverse), INT16_MIN, INT16_MAX);
}

static tuff_status prepare_s16(tuff_context *c, int64_t rows, int32_t depth, tuff_cost cost) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    const float beta = ((const tuff_softmax_attrs *)c->attrs)->beta;
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    TUFF_CHECK(c, tuff_scale(out) * 32768 > 0.999f && tuff_scale(out) * 32768 < 1.001f, "output '%s' (s16) has scale %g; expected 1/32768", out->name,
               (double)tuff_scale(out));
    TUFF_CHECK(c, beta > 0, "beta is %g; expected a positive number", (double)beta);
    tuff_softmax_s16_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_softmax_s16_args){rows, depth, tuff_multiplier_from((double)(tuff_scale(in) * beta) / (10.0 / 65535.0))};
    const size_t bytes = 513 * sizeof(int16_t);
    void *exp_table, *inverse_table;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, bytes, &exp_table), tuff_io_array(c, bytes, &inverse_table), tuff_io_output(c, 0)};
    if (exp_table) fill_table(exp_table, 10.0 / 65535 * -65535, 0, exp_double);
    if (inverse_table) fill_table(inverse_table, 0, 1.0 / 65535 * 65535, one_over_one_plus_double);
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 4);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const int32_t depth = in->shape[in->rank - 1];
    const int64_t rows = tuff_dims_product(in->shape, 0, in->rank - 1) * (depth > 0), count = tuff_count(in);
    const tuff_cost cost = {rows, 4 * count, count * (tuff_type_bits(in->type) + tuff_type_bits(c->outputs[0]->type)) / 8};
    if (in->type == TUFF_S16) return prepare_s16(c, rows, depth, cost);
    if (in->type == TUFF_S8 || in->type == TUFF_U8) return prepare_b1(c, rows, depth, cost);
    tuff_softmax_f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_softmax_f32_args){rows, depth, ((const tuff_softmax_attrs *)c->attrs)->beta};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
}

static tuff_status prepare_log(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    const int32_t depth = in->shape[in->rank - 1];
    const int64_t rows = tuff_dims_product(in->shape, 0, in->rank - 1) * (depth > 0), count = tuff_count(in);
    const tuff_cost cost = {rows, 4 * count, 2 * count * tuff_type_bits(in->type) / 8};
    if (in->type == TUFF_F32) {
        tuff_softmax_f32_args *args = tuff_args(c, &c->variant->kernel);
        if (args) *args = (tuff_softmax_f32_args){rows, depth, 1};
        const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
        return tuff_emit(c, &c->variant->kernel, args, cost, io, 2);
    }
    const int32_t highest = in->type == TUFF_S8 ? INT8_MAX : UINT8_MAX;
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    TUFF_CHECK(c, tuff_scale(out) == 1.0f / 16 && tuff_zero_point(out) == highest, "output '%s' has scale %g and zero point %d; expected 1/16 and %d",
               out->name, (double)tuff_scale(out), (int)tuff_zero_point(out), (int)highest);
    TUFF_CHECK(c, depth <= 4095, "rows of %s are longer than 4095", tuff_shape_text(in).text);
    int64_t radius;
    const tuff_multiplier scale = difference_scale((double)tuff_scale(in), &radius);
    TUFF_CHECK(c, scale.shift >= 1 && scale.shift <= 30, "scale %g of '%s' is out of range", (double)tuff_scale(in), in->name);
    const tuff_multiplier reverse = tuff_multiplier_from((double)((int64_t)1 << (31 - scale.shift)) / (double)scale.multiplier);
    tuff_log_softmax_b1_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_log_softmax_b1_args){rows, depth, (int32_t)(radius < 256 ? radius : 256), reverse, in->type == TUFF_S8 ? 0x80 : 0};
    void *tables;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, 2 * 256 * sizeof(int32_t), &tables), tuff_io_output(c, 0)};
    for (int32_t d = 0; tables && d < 256; d++) {
        const int32_t difference = d <= radius ? tuff_requantize(-d, scale) : 0;
        ((int32_t *)tables)[d] = d <= radius ? exp_of_negative(difference) : 0;
        ((int32_t *)tables)[256 + d] = difference;
    }
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 3);
}

const tuff_op tuff_op_softmax = {
    .name = "SOFTMAX",
    .code = 25,
    .options = TUFF_OPTIONS(SoftmaxOptions, 9, tuff_softmax_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 4,
};
const tuff_op tuff_op_log_softmax = {
    .name = "LOG_SOFTMAX",
    .code = 50,
    .options = TUFF_OPTIONS_EMPTY(LogSoftmaxOptions, 36),
    .inputs = "input",
    .outputs = "output",
    .variants = log_variants,
    .infer = infer,
    .prepare = prepare_log,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 2,
};
#endif
