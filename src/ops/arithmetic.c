/* ADD, SUB, MUL with broadcasting and a fused activation; ADD_N, the sum of equal shapes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats: one operation, then the activation's clamp; NONE clamps to +-FLT_MAX, so infinity becomes 3.4e38 and NaN stays.
 * Integers without scales wrap, then clamp.
 *
 * Quantized ADD and SUB bring both operands to one scale with headroom of `left_shift` bits (20 for 8-bit types, 15 for s16):
 *   twice = 2 * max(scale_a, scale_b);   each operand: ((q - zero) << left_shift) * (scale / twice), at most 2^29 in size;
 *   the sum or difference * (twice / (2^left_shift * scale_out)) + zero_out, clamped.
 * Where the target has prims, each 8-bit operand goes through a table of its 256 values, and the sums are requantized by the prim.
 * The output's factor has to stay below 1, which every output range of sensible size does: it is refused else.
 * s16 whose three scales are powers of two, one operand's being the output's, and pot_scale_int16 is set: the other operand is
 * shifted right with rounding, the sum saturates.
 *
 * Quantized MUL: (a - zero_a) * (b - zero_b) * (scale_a * scale_b / scale_out) + zero_out, clamped; the factor is computed in float.
 * s16 x s16 -> 8 bits ignores scales: the product of two Q0.15 numbers, rounded to Q0.7, plus zero_out.
 * ADD_N is one ADD per further input, in their order.
 * source: TFLite ADD, SUB, MUL, ADD_N, reference kernels
 */
#include "ops/arithmetic.h"

#include <math.h>

#include "base/fixed_point.h"
#include "base/half.h"

#define CLAMP(T, value)          \
    const T value_ = (T)(value); \
    *z = value_ < (T)p->lo ? (T)p->lo : value_ > (T)p->hi ? (T)p->hi : value_;

TUFF_BINARY(tuff_add_f32, tuff_binary_f32_args, float, float, CLAMP(float, x + y))
TUFF_BINARY(tuff_sub_f32, tuff_binary_f32_args, float, float, CLAMP(float, x - y))
TUFF_BINARY(tuff_mul_f32, tuff_binary_f32_args, float, float, CLAMP(float, x *y))

/* Rounded to half before the clamp, whose ends halves hold exactly. */
#define CLAMP_F16(value)                                          \
    const float value_ = tuff_f16_to_f32(tuff_f32_to_f16(value)); \
    *z = tuff_f32_to_f16(value_ < p->lo ? p->lo : value_ > p->hi ? p->hi : value_);
TUFF_BINARY(tuff_add_f16, tuff_binary_f32_args, uint16_t, uint16_t, CLAMP_F16(tuff_f16_to_f32(x) + tuff_f16_to_f32(y)))
TUFF_BINARY(tuff_mul_f16, tuff_binary_f32_args, uint16_t, uint16_t, CLAMP_F16(tuff_f16_to_f32(x) * tuff_f16_to_f32(y)))

typedef struct complex_f32 {
    float re, im;
} complex_f32;
TUFF_BINARY(tuff_mul_c64, tuff_binary_f32_args, complex_f32, complex_f32, z->re = x.re * y.re - x.im * y.im; z->im = x.re * y.im + x.im * y.re;)

TUFF_BINARY(tuff_add_s16_wrapping, tuff_binary_integer_args, int16_t, int16_t, CLAMP(int16_t, (uint16_t)(x + y)))
TUFF_BINARY(tuff_add_s32, tuff_binary_integer_args, int32_t, int32_t, CLAMP(int32_t, (uint32_t)x + (uint32_t)y))
TUFF_BINARY(tuff_add_s64, tuff_binary_integer_args, int64_t, int64_t, CLAMP(int64_t, (uint64_t)x + (uint64_t)y))
TUFF_BINARY(tuff_sub_s32, tuff_binary_integer_args, int32_t, int32_t, CLAMP(int32_t, (uint32_t)x - (uint32_t)y))
TUFF_BINARY(tuff_sub_s64, tuff_binary_integer_args, int64_t, int64_t, CLAMP(int64_t, (uint64_t)x - (uint64_t)y))
TUFF_BINARY(tuff_mul_s16_wrapping, tuff_binary_integer_args, int16_t, int16_t, CLAMP(int16_t, (uint16_t)(x *y)))
TUFF_BINARY(tuff_mul_s32, tuff_binary_integer_args, int32_t, int32_t, CLAMP(int32_t, (uint32_t)x *(uint32_t)y))
TUFF_BINARY(tuff_mul_u32, tuff_binary_integer_args, uint32_t, uint32_t, CLAMP(uint32_t, x *y))
TUFF_BINARY(tuff_mul_s64, tuff_binary_integer_args, int64_t, int64_t, CLAMP(int64_t, (uint64_t)x *(uint64_t)y))

#define ADD_QUANTIZED(T, operator)                                                             \
    const int32_t left = tuff_requantize((x - p->zero_a) * (1 << p->left_shift), p->scale_a);  \
    const int32_t right = tuff_requantize((y - p->zero_b) * (1 << p->left_shift), p->scale_b); \
    *z = (T)tuff_clamp(tuff_requantize(left operator right, p->scale_out) + p->zero_out, p->lo, p->hi);
TUFF_BINARY(tuff_add_s8, tuff_add_quantized_args, int8_t, int8_t, ADD_QUANTIZED(int8_t, +))
TUFF_BINARY(tuff_add_u8, tuff_add_quantized_args, uint8_t, uint8_t, ADD_QUANTIZED(uint8_t, +))
TUFF_BINARY(tuff_add_s16, tuff_add_quantized_args, int16_t, int16_t, ADD_QUANTIZED(int16_t, +))
TUFF_BINARY(tuff_sub_s8, tuff_add_quantized_args, int8_t, int8_t, ADD_QUANTIZED(int8_t, -))
TUFF_BINARY(tuff_sub_u8, tuff_add_quantized_args, uint8_t, uint8_t, ADD_QUANTIZED(uint8_t, -))
TUFF_BINARY(tuff_sub_s16, tuff_add_quantized_args, int16_t, int16_t, ADD_QUANTIZED(int16_t, -))

/* a, b [..], out [walk] of 8 bits; tables s32 [2][256]: what each byte of a, of b adds to the sum; tiles: any split of the outputs; scratch, errors: none */
int tuff_add_b1_tables(const void *args, void *const *io, int job, int jobs) {
    enum { ROWS = 32, COLUMNS = 8 };
    const tuff_add_tables_args *p = args;
    const uint8_t *a = io[0], *b = io[1];
    uint8_t *out = io[2];
    const int32_t *table_a = io[3], *table_b = table_a + 256;
    const int64_t step_a = tuff_walk_step_a(&p->walk), step_b = tuff_walk_step_b(&p->walk);
    int32_t multiplier[COLUMNS], shift[COLUMNS], sums[ROWS * COLUMNS];
    for (int c = 0; c < COLUMNS; c++) multiplier[c] = p->scale_out.multiplier, shift[c] = p->scale_out.shift;
    tuff_row row;
    for (tuff_walk_job(&p->walk, &row, job, jobs); tuff_walk_row(&p->walk, &row);) {
        for (int32_t from = 0; from < row.n; from += ROWS * COLUMNS) {
            const int32_t n = row.n - from < ROWS * COLUMNS ? row.n - from : ROWS * COLUMNS, whole = n / COLUMNS, rest = n % COLUMNS;
            const uint8_t *x = a + row.a + from * step_a, *y = b + row.b + from * step_b;
            uint8_t *z = out + row.out + from;
            for (int32_t i = 0; i < n; i++, x += step_a, y += step_b) sums[i] = table_a[*x] + table_b[*y];
            p->requantize->run(z, COLUMNS, sums, COLUMNS, whole, COLUMNS, multiplier, shift, p->zero_out, p->lo, p->hi);
            p->requantize->run(z + n - rest, COLUMNS, sums + n - rest, COLUMNS, 1, rest, multiplier, shift, p->zero_out, p->lo, p->hi);
        }
    }
    return 0;
}

#define ADD_SHIFTED(operator) *z = (int16_t)tuff_clamp(tuff_shift_right_round(x, p->shift_a) operator tuff_shift_right_round(y, p->shift_b), p->lo, p->hi);
TUFF_BINARY(tuff_add_s16_shifted, tuff_add_shifted_args, int16_t, int16_t, ADD_SHIFTED(+))
TUFF_BINARY(tuff_sub_s16_shifted, tuff_add_shifted_args, int16_t, int16_t, ADD_SHIFTED(-))

#define MUL_QUANTIZED(T) *z = (T)tuff_clamp(tuff_requantize((x - p->zero_a) * (y - p->zero_b), p->scale) + p->zero_out, p->lo, p->hi);
TUFF_BINARY(tuff_mul_s8, tuff_mul_quantized_args, int8_t, int8_t, MUL_QUANTIZED(int8_t))
TUFF_BINARY(tuff_mul_u8, tuff_mul_quantized_args, uint8_t, uint8_t, MUL_QUANTIZED(uint8_t))
TUFF_BINARY(tuff_mul_s16, tuff_mul_quantized_args, int16_t, int16_t, MUL_QUANTIZED(int16_t))

/* -1 * -1 saturates in Q0.15; 8 bits less, rounded up at ties by the arithmetic shift */
#define MUL_Q15(T)                                                                       \
    const int32_t product = tuff_clamp((x * y + (1 << 14)) >> 15, INT16_MIN, INT16_MAX); \
    *z = (T)tuff_clamp(tuff_shift_right_round(product, 8) + p->zero_out, p->lo, p->hi);
TUFF_BINARY(tuff_mul_s16_s8, tuff_mul_quantized_args, int16_t, int8_t, MUL_Q15(int8_t))
TUFF_BINARY(tuff_mul_s16_u8, tuff_mul_quantized_args, int16_t, uint8_t, MUL_Q15(uint8_t))

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field add_attr_fields[] = {
    TUFF_FIELD(tuff_add_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_add_attrs, pot_scale_int16, BOOL, 1, .standard = 1, .version = 3),
    TUFF_FIELD_END,
};
static const tuff_field sub_attr_fields[] = {
    TUFF_FIELD(tuff_add_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD(tuff_add_attrs, pot_scale_int16, BOOL, 1, .standard = 1, .version = 5),
    TUFF_FIELD_END,
};
static const tuff_field mul_attr_fields[] = {
    TUFF_FIELD(tuff_mul_attrs, fused_activation_function, S8, 0, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field f32_fields[] = {
    TUFF_WALK_FIELDS(tuff_binary_f32_args, walk),
    TUFF_ARG(tuff_binary_f32_args, lo, F32),
    TUFF_ARG(tuff_binary_f32_args, hi, F32),
    TUFF_FIELD_END,
};
static const tuff_field integer_fields[] = {
    TUFF_WALK_FIELDS(tuff_binary_integer_args, walk),
    TUFF_ARG(tuff_binary_integer_args, lo, S64),
    TUFF_ARG(tuff_binary_integer_args, hi, S64),
    TUFF_FIELD_END,
};
static const tuff_field add_quantized_fields[] = {
    TUFF_WALK_FIELDS(tuff_add_quantized_args, walk),
    TUFF_ARG(tuff_add_quantized_args, left_shift, S32),
    TUFF_ARG(tuff_add_quantized_args, zero_a, S32),
    TUFF_ARG(tuff_add_quantized_args, zero_b, S32),
    TUFF_ARG(tuff_add_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_add_quantized_args, lo, S32),
    TUFF_ARG(tuff_add_quantized_args, hi, S32),
    TUFF_ARG(tuff_add_quantized_args, scale_a, MULTIPLIER),
    TUFF_ARG(tuff_add_quantized_args, scale_b, MULTIPLIER),
    TUFF_ARG(tuff_add_quantized_args, scale_out, MULTIPLIER),
    TUFF_FIELD_END,
};
static const tuff_field add_tables_fields[] = {
    TUFF_WALK_FIELDS(tuff_add_tables_args, walk),
    TUFF_ARG(tuff_add_tables_args, requantize, PRIM),
    TUFF_ARG(tuff_add_tables_args, zero_out, S32),
    TUFF_ARG(tuff_add_tables_args, lo, S32),
    TUFF_ARG(tuff_add_tables_args, hi, S32),
    TUFF_ARG(tuff_add_tables_args, scale_out, MULTIPLIER),
    TUFF_FIELD_END,
};
static const tuff_field add_shifted_fields[] = {
    TUFF_WALK_FIELDS(tuff_add_shifted_args, walk), TUFF_ARG(tuff_add_shifted_args, shift_a, S32), TUFF_ARG(tuff_add_shifted_args, shift_b, S32),
    TUFF_ARG(tuff_add_shifted_args, lo, S32),      TUFF_ARG(tuff_add_shifted_args, hi, S32),      TUFF_FIELD_END,
};
static const tuff_field mul_quantized_fields[] = {
    TUFF_WALK_FIELDS(tuff_mul_quantized_args, walk),      TUFF_ARG(tuff_mul_quantized_args, zero_a, S32),
    TUFF_ARG(tuff_mul_quantized_args, zero_b, S32),       TUFF_ARG(tuff_mul_quantized_args, zero_out, S32),
    TUFF_ARG(tuff_mul_quantized_args, lo, S32),           TUFF_ARG(tuff_mul_quantized_args, hi, S32),
    TUFF_ARG(tuff_mul_quantized_args, scale, MULTIPLIER), TUFF_FIELD_END,
};

#define F32(function) TUFF_KERNEL(function, tuff_binary_f32_args, f32_fields)
#define INTEGER(function) TUFF_KERNEL(function, tuff_binary_integer_args, integer_fields)
#define ADDING(function) TUFF_KERNEL(function, tuff_add_quantized_args, add_quantized_fields)
#define SHIFTED(function) TUFF_KERNEL(function, tuff_add_shifted_args, add_shifted_fields)
#define MULTIPLYING(function) TUFF_KERNEL(function, tuff_mul_quantized_args, mul_quantized_fields)

static const tuff_variant add_variants[] = {
    /* a, b            out      version  quantizing          kernel */
    {{"f32", "=0"}, {"=0"}, 1, NULL, F32(tuff_add_f32)},     {{"s8", "=0"}, {"=0"}, 2, "act act -> free", ADDING(tuff_add_s8)},
    {{"u8", "=0"}, {"=0"}, 1, NULL, ADDING(tuff_add_u8)},    {{"s16", "=0"}, {"=0"}, 1, "act act -> free", ADDING(tuff_add_s16)},
    {{"s32", "=0"}, {"=0"}, 1, NULL, INTEGER(tuff_add_s32)}, {{"s64", "=0"}, {"=0"}, 4, NULL, INTEGER(tuff_add_s64)},
    {{"f16", "=0"}, {"=0"}, 6, NULL, F32(tuff_add_f16)},     {.version = 0},
};
static const tuff_variant sub_variants[] = {
    {{"f32", "=0"}, {"=0"}, 1, NULL, F32(tuff_sub_f32)},
    {{"s8", "=0"}, {"=0"}, 2, "act act -> free", ADDING(tuff_sub_s8)},
    {{"u8", "=0"}, {"=0"}, 1, NULL, ADDING(tuff_sub_u8)},
    {{"s16", "=0"}, {"=0"}, 1, "act act -> free", ADDING(tuff_sub_s16)},
    {{"s32", "=0"}, {"=0"}, 1, NULL, INTEGER(tuff_sub_s32)},
    {{"s64", "=0"}, {"=0"}, 4, NULL, INTEGER(tuff_sub_s64)},
    {.version = 0},
};
static const tuff_variant mul_variants[] = {
    {{"f32", "=0"}, {"=0"}, 1, NULL, F32(tuff_mul_f32)},
    {{"s8", "=0"}, {"=0"}, 2, "act act -> free", MULTIPLYING(tuff_mul_s8)},
    {{"u8", "=0"}, {"=0"}, 1, NULL, MULTIPLYING(tuff_mul_u8)},
    {{"s16", "=0"}, {"=0"}, 4, "act act -> free", MULTIPLYING(tuff_mul_s16)},
    {{"s16", "=0"}, {"s8"}, 4, NULL, MULTIPLYING(tuff_mul_s16_s8)},
    {{"s16", "=0"}, {"u8"}, 4, NULL, MULTIPLYING(tuff_mul_s16_u8)},
    {{"s32", "=0"}, {"=0"}, 1, NULL, INTEGER(tuff_mul_s32)},
    {{"s64", "=0"}, {"=0"}, 5, NULL, INTEGER(tuff_mul_s64)},
    {{"c64", "=0"}, {"=0"}, 6, NULL, F32(tuff_mul_c64)},
    {{"u32", "=0"}, {"=0"}, 7, NULL, INTEGER(tuff_mul_u32)},
    {{"f16", "=0"}, {"=0"}, 8, NULL, F32(tuff_mul_f16)},
    {.version = 0},
};
static const tuff_variant add_n_variants[] = {
    {{"f32", "=0"}, {"=0"}, 1, NULL, F32(tuff_add_f32)},
    {{"s32", "=0"}, {"=0"}, 1, NULL, INTEGER(tuff_add_s32)},
    {.version = 0},
};
/* the other kernels of the s16 rows: without scales, and powers of two */
static const tuff_kernel add_s16_wrapping = INTEGER(tuff_add_s16_wrapping), mul_s16_wrapping = INTEGER(tuff_mul_s16_wrapping);
static const tuff_kernel add_tables = TUFF_KERNEL(tuff_add_b1_tables, tuff_add_tables_args, add_tables_fields);
static const tuff_kernel add_s16_shifted = SHIFTED(tuff_add_s16_shifted), sub_s16_shifted = SHIFTED(tuff_sub_s16_shifted);

static tuff_status prepare_f32(tuff_context *c, int8_t activation) {
    const tuff_type type = c->outputs[0]->type;
    TUFF_CHECK(c, type != TUFF_C64 || activation == TUFF_ACTIVATION_NONE, "c64 takes no activation; found %s", tuff_activation_names[activation]);
    float lo, hi;
    tuff_activation_range_f32(activation, &lo, &hi);
    const float largest = 65504; /* of a half */
    tuff_binary_f32_args *args = tuff_args(c, &c->variant->kernel);
    if (args) {
        tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
        args->lo = type == TUFF_F16 && lo < -largest ? -largest : lo;
        args->hi = type == TUFF_F16 && hi > largest ? largest : hi;
    }
    return tuff_binary_emit(c, &c->variant->kernel, args);
}

static tuff_status prepare_integer(tuff_context *c, int8_t activation, const tuff_kernel *kernel) {
    float real_lo, real_hi;
    tuff_activation_range_f32(activation, &real_lo, &real_hi);
    int64_t lo, hi;
    switch (c->outputs[0]->type) {
    case TUFF_S16: lo = INT16_MIN, hi = INT16_MAX; break;
    case TUFF_S32: lo = INT32_MIN, hi = INT32_MAX; break;
    case TUFF_U32: lo = 0, hi = UINT32_MAX; break;
    default: lo = INT64_MIN, hi = INT64_MAX; break;
    }
    tuff_binary_integer_args *args = tuff_args(c, kernel);
    if (args) {
        tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
        args->lo = real_lo > -2 && lo < (int64_t)real_lo ? (int64_t)real_lo : lo;
        args->hi = real_hi < 7 ? (int64_t)real_hi : hi;
    }
    return tuff_binary_emit(c, kernel, args);
}

static tuff_status check_quantized(tuff_context *c) {
    TUFF_TRY(tuff_check_quantized(c, c->inputs[0]));
    TUFF_TRY(tuff_check_quantized(c, c->inputs[1]));
    return tuff_check_quantized(c, c->outputs[0]);
}

/* scales are powers of two: one operand's is the output's, the other's is finer */
static tuff_status prepare_shifted(tuff_context *c, const tuff_kernel *kernel, int32_t log2_a, int32_t log2_b, int32_t log2_out) {
    const tuff_add_attrs *attrs = c->attrs;
    const int32_t shift_a = log2_out - log2_a, shift_b = log2_out - log2_b;
    TUFF_CHECK(c, shift_a >= 0 && shift_b >= 0 && (shift_a == 0 || shift_b == 0) && shift_a < 31 && shift_b < 31,
               "scales 2^%d and 2^%d do not fit the output's 2^%d: one has to equal it, the other must not be larger", (int)log2_a, (int)log2_b, (int)log2_out);
    tuff_add_shifted_args *args = tuff_args(c, kernel);
    if (args) {
        tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
        args->shift_a = shift_a;
        args->shift_b = shift_b;
        TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, c->outputs[0], &args->lo, &args->hi));
    }
    return tuff_binary_emit(c, kernel, args);
}

/* What each byte of an operand adds to the sum. */
static void fill_table(int32_t *table, tuff_type type, int32_t zero, int32_t left_shift, tuff_multiplier scale, bool negative) {
    for (int32_t byte = 0; byte < 256; byte++) {
        const int32_t q = type == TUFF_S8 ? (int8_t)byte : byte, term = tuff_requantize((q - zero) * (1 << left_shift), scale);
        table[byte] = negative ? -term : term;
    }
}

static tuff_status emit_tables(tuff_context *c, const tuff_add_quantized_args *q, const tuff_requantize_s8 *requantize) {
    void *tables;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0), tuff_io_array(c, 2 * 256 * sizeof(int32_t), &tables)};
    if (tables) {
        const bool minus = c->variant->kernel.run == tuff_sub_s8 || c->variant->kernel.run == tuff_sub_u8;
        fill_table(tables, c->inputs[0]->type, q->zero_a, q->left_shift, q->scale_a, false);
        fill_table((int32_t *)tables + 256, c->inputs[1]->type, q->zero_b, q->left_shift, q->scale_b, minus);
    }
    tuff_add_tables_args *args = tuff_args(c, &add_tables);
    if (args) *args = (tuff_add_tables_args){q->walk, requantize, q->zero_out, q->lo, q->hi, q->scale_out};
    const int64_t count = tuff_count(c->outputs[0]);
    return tuff_emit(c, &add_tables, args, (tuff_cost){count, count, 3 * count}, io, 4);
}

static tuff_status prepare_quantized(tuff_context *c, const tuff_kernel *shifted) {
    const tuff_add_attrs *attrs = c->attrs;
    const tuff_tensor *a = c->inputs[0], *b = c->inputs[1], *out = c->outputs[0];
    TUFF_TRY(check_quantized(c));
    int32_t log2_a, log2_b, log2_out;
    if (out->type == TUFF_S16 && attrs->pot_scale_int16 && tuff_near_power_of_two(tuff_scale(a), &log2_a) && tuff_near_power_of_two(tuff_scale(b), &log2_b) &&
        tuff_near_power_of_two(tuff_scale(out), &log2_out))
        return prepare_shifted(c, shifted, log2_a, log2_b, log2_out);

    const int32_t left_shift = out->type == TUFF_S16 ? 15 : 20;
    const double twice = 2.0 * (double)(tuff_scale(a) > tuff_scale(b) ? tuff_scale(a) : tuff_scale(b));
    const tuff_multiplier scale_out = tuff_multiplier_from(twice / ((double)(1 << left_shift) * (double)tuff_scale(out)));
    TUFF_CHECK(c, scale_out.shift <= 0, "output '%s' has scale %g, too fine for inputs of scale %g: at least %g is needed", out->name, (double)tuff_scale(out),
               twice / 2, twice / (1 << left_shift));
    tuff_add_quantized_args quantized = {.left_shift = left_shift,
                                         .zero_a = tuff_zero_point(a),
                                         .zero_b = tuff_zero_point(b),
                                         .zero_out = tuff_zero_point(out),
                                         .scale_a = tuff_multiplier_from((double)tuff_scale(a) / twice),
                                         .scale_b = tuff_multiplier_from((double)tuff_scale(b) / twice),
                                         .scale_out = scale_out};
    tuff_walk_binary(&quantized.walk, a, b, out);
    TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, out, &quantized.lo, &quantized.hi));
    const tuff_requantize_s8 *requantize = tuff_requantize_s8_for(c->target->level);
    if (out->type != TUFF_S16 && requantize) return emit_tables(c, &quantized, requantize);
    tuff_add_quantized_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = quantized;
    return tuff_binary_emit(c, &c->variant->kernel, args);
}

static tuff_status prepare_add_or_sub(tuff_context *c, const tuff_kernel *wrapping, const tuff_kernel *shifted) {
    const int8_t activation = ((const tuff_add_attrs *)c->attrs)->fused_activation_function;
    switch (c->outputs[0]->type) {
    case TUFF_F32:
    case TUFF_F16: return prepare_f32(c, activation);
    case TUFF_S32:
    case TUFF_S64: return prepare_integer(c, activation, &c->variant->kernel);
    case TUFF_S16:
        if (wrapping && c->outputs[0]->quantization.count == 0) return prepare_integer(c, activation, wrapping);
        return prepare_quantized(c, shifted);
    default: return prepare_quantized(c, shifted);
    }
}
static tuff_status prepare_add(tuff_context *c) { return prepare_add_or_sub(c, &add_s16_wrapping, &add_s16_shifted); }
static tuff_status prepare_sub(tuff_context *c) { return prepare_add_or_sub(c, NULL, &sub_s16_shifted); }

static tuff_status prepare_mul_quantized(tuff_context *c) {
    const tuff_mul_attrs *attrs = c->attrs;
    const tuff_tensor *a = c->inputs[0], *b = c->inputs[1], *out = c->outputs[0];
    TUFF_TRY(check_quantized(c));
    tuff_mul_quantized_args *args = tuff_args(c, &c->variant->kernel);
    if (args) {
        tuff_walk_binary(&args->walk, a, b, out);
        args->zero_a = tuff_zero_point(a);
        args->zero_b = tuff_zero_point(b);
        args->zero_out = tuff_zero_point(out);
        args->scale = tuff_multiplier_from((double)(tuff_scale(a) * tuff_scale(b) / tuff_scale(out)));
        TUFF_TRY(tuff_activation_range(c, attrs->fused_activation_function, out, &args->lo, &args->hi));
        TUFF_CHECK(c, args->scale.shift <= 30, "scales %g and %g are too large for the output's %g", (double)tuff_scale(a), (double)tuff_scale(b),
                   (double)tuff_scale(out));
    }
    return tuff_binary_emit(c, &c->variant->kernel, args);
}

static tuff_status prepare_mul(tuff_context *c) {
    const int8_t activation = ((const tuff_mul_attrs *)c->attrs)->fused_activation_function;
    switch (c->outputs[0]->type) {
    case TUFF_F32:
    case TUFF_F16:
    case TUFF_C64: return prepare_f32(c, activation);
    case TUFF_S32:
    case TUFF_U32:
    case TUFF_S64: return prepare_integer(c, activation, &c->variant->kernel);
    case TUFF_S16: return c->outputs[0]->quantization.count == 0 ? prepare_integer(c, activation, &mul_s16_wrapping) : prepare_mul_quantized(c);
    default: return prepare_mul_quantized(c);
    }
}

static tuff_status infer_add_n(tuff_context *c) {
    TUFF_CHECK(c, c->n_inputs >= 2, "%d inputs; expected 2 or more", (int)c->n_inputs);
    for (int32_t k = 1; k < c->n_inputs; k++)
        TUFF_CHECK(c, tuff_same_shape(c->inputs[k], c->inputs[0]), "%s and %s differ in shape", tuff_shape_text(c->inputs[0]).text,
                   tuff_shape_text(c->inputs[k]).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare_add_n(tuff_context *c) {
    void *args = tuff_args(c, &c->variant->kernel);
    tuff_walk walk = {0};
    tuff_walk_binary(&walk, c->inputs[0], c->inputs[1], c->outputs[0]);
    if (args && c->outputs[0]->type == TUFF_F32) *(tuff_binary_f32_args *)args = (tuff_binary_f32_args){walk, -INFINITY, INFINITY};
    if (args && c->outputs[0]->type == TUFF_S32) *(tuff_binary_integer_args *)args = (tuff_binary_integer_args){walk, INT32_MIN, INT32_MAX};
    const int64_t count = tuff_count(c->outputs[0]);
    for (int32_t k = 1; k < c->n_inputs; k++) {
        const tuff_io io[] = {k == 1 ? tuff_io_input(c, 0) : tuff_io_output(c, 0), tuff_io_input(c, k), tuff_io_output(c, 0)};
        TUFF_TRY(tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, count, 12 * count}, io, 3));
    }
    return TUFF_OK;
}

static int32_t version_add(const tuff_context *c) { return c->outputs[0]->type == TUFF_S16 && c->outputs[0]->quantization.count == 0 ? 5 : 0; }
static int32_t version_sub(const tuff_context *c) {
    return !tuff_same_shape(c->inputs[0], c->inputs[1]) && (c->inputs[0]->rank > 4 || c->inputs[1]->rank > 4) ? 3 : 0;
}
static int32_t version_mul(const tuff_context *c) {
    const tuff_type type = c->outputs[0]->type;
    if (type == TUFF_S16 && c->outputs[0]->quantization.count == 0) return 7;
    if ((type == TUFF_S8 || type == TUFF_U8) && tuff_scale(c->inputs[0]) * tuff_scale(c->inputs[1]) >= tuff_scale(c->outputs[0])) return 3;
    return 0;
}

const tuff_op tuff_op_add = {
    .name = "ADD",
    .code = 0,
    .options = TUFF_OPTIONS(AddOptions, 11, tuff_add_attrs, add_attr_fields),
    .inputs = "a b",
    .outputs = "output",
    .variants = add_variants,
    .infer = tuff_binary_infer,
    .prepare = prepare_add,
    .version = version_add,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 6,
};
const tuff_op tuff_op_sub = {
    .name = "SUB",
    .code = 41,
    .options = TUFF_OPTIONS(SubOptions, 28, tuff_add_attrs, sub_attr_fields),
    .inputs = "a b",
    .outputs = "output",
    .variants = sub_variants,
    .infer = tuff_binary_infer,
    .prepare = prepare_sub,
    .version = version_sub,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 5,
};
const tuff_op tuff_op_mul = {
    .name = "MUL",
    .code = 18,
    .options = TUFF_OPTIONS(MulOptions, 21, tuff_mul_attrs, mul_attr_fields),
    .inputs = "a b",
    .outputs = "output",
    .variants = mul_variants,
    .infer = tuff_binary_infer,
    .prepare = prepare_mul,
    .version = version_mul,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 8,
};
const tuff_op tuff_op_add_n = {
    .name = "ADD_N",
    .code = 106,
    .options = TUFF_OPTIONS_EMPTY(AddNOptions, 82),
    .inputs = "inputs*",
    .outputs = "output",
    .variants = add_n_variants,
    .infer = infer_add_n,
    .prepare = prepare_add_n,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 1,
};
#endif
