/* LESS, GREATER, LESS_EQUAL, GREATER_EQUAL, EQUAL, NOT_EQUAL with broadcasting; strings are equal or not.
 * SPDX-License-Identifier: Apache-2.0
 *
 * GREATER is LESS of the operands exchanged. Quantized operands are compared as reals: 256 * (q - zero) in fixed point times the scale, rounded; for
 * 8-bit types prepare makes a table of that for each operand. s16 is compared as it is where it has no scale, and by the ordering ops always.
 * Scales of 1 and more: the reference shifts right by a negative distance, which takes it modulo 32, so little more than the sign is left; its bytes
 * are followed here too (the quantizer never makes such scales).
 * source: TFLite comparisons.cc
 */
#include "ops/compare.h"

#include <string.h>

#include "base/fixed_point.h"
#include "base/half.h"
#include "ops/strings.h"

/* a [..], b [..], out [walk] bool; b1_tables: tables s32 [2][256], what each byte of a, of b stands for; errors: none */
#define COMPARE(name, T, OF, operator) TUFF_BINARY(name, tuff_binary_args, T, uint8_t, *z = OF(x) operator OF(y);)
#define COMPARE_TABLES(name, operator) TUFF_BINARY(name, tuff_binary_args, uint8_t, uint8_t, const int32_t *of = io[3]; *z = of[x] operator of[256 + y];)
COMPARE(tuff_less_f32, float, , <)
COMPARE(tuff_less_f16, uint16_t, tuff_f16_to_f32, <)
COMPARE(tuff_less_bf16, uint16_t, tuff_bf16_to_f32, <)
COMPARE(tuff_less_s16, int16_t, , <)
COMPARE(tuff_less_s32, int32_t, , <)
COMPARE(tuff_less_s64, int64_t, , <)
COMPARE_TABLES(tuff_less_b1_tables, <)
COMPARE(tuff_less_equal_f32, float, , <=)
COMPARE(tuff_less_equal_f16, uint16_t, tuff_f16_to_f32, <=)
COMPARE(tuff_less_equal_s16, int16_t, , <=)
COMPARE(tuff_less_equal_s32, int32_t, , <=)
COMPARE(tuff_less_equal_s64, int64_t, , <=)
COMPARE_TABLES(tuff_less_equal_b1_tables, <=)
COMPARE(tuff_equal_f32, float, , ==)
COMPARE(tuff_equal_f16, uint16_t, tuff_f16_to_f32, ==)
COMPARE(tuff_equal_bool, uint8_t, !, ==)
COMPARE(tuff_equal_s16, int16_t, , ==)
COMPARE(tuff_equal_s32, int32_t, , ==)
COMPARE(tuff_equal_s64, int64_t, , ==)
COMPARE_TABLES(tuff_equal_b1_tables, ==)
COMPARE(tuff_not_equal_f32, float, , !=)
COMPARE(tuff_not_equal_f16, uint16_t, tuff_f16_to_f32, !=)
COMPARE(tuff_not_equal_bool, uint8_t, !, !=)
COMPARE(tuff_not_equal_s16, int16_t, , !=)
COMPARE(tuff_not_equal_s32, int32_t, , !=)
COMPARE(tuff_not_equal_s64, int64_t, , !=)
COMPARE_TABLES(tuff_not_equal_b1_tables, !=)

static int32_t scaled(int32_t d, tuff_multiplier scale) {
    if (scale.shift <= 0) return tuff_requantize(d * 256, scale);
    const int32_t y = tuff_high_mul(d * 256, scale.multiplier);
    return (y >> (32 - scale.shift)) + (y >= 0);
}
#define COMPARE_SCALED(name, operator) TUFF_BINARY(name, tuff_compare_s16_args, int16_t, uint8_t, *z = scaled(x, p->scale_a) operator scaled(y, p->scale_b);)
COMPARE_SCALED(tuff_equal_s16_scaled, ==)
COMPARE_SCALED(tuff_not_equal_s16_scaled, !=)

static bool same(tuff_string a, tuff_string b) { return a.bytes == b.bytes && memcmp(a.text, b.text, (size_t)a.bytes) == 0; }
#define COMPARE_STRINGS(name, expected)                                                                                                    \
    int name(const void *args, void *const *io, int job, int jobs) {                                                                       \
        const tuff_walk *walk = &((const tuff_binary_args *)args)->walk;                                                                   \
        uint8_t *out = io[2];                                                                                                              \
        const int64_t step_a = tuff_walk_step_a(walk), step_b = tuff_walk_step_b(walk);                                                    \
        tuff_row row;                                                                                                                      \
        for (tuff_walk_job(walk, &row, job, jobs); tuff_walk_row(walk, &row);)                                                             \
            for (int32_t i = 0; i < row.n; i++)                                                                                            \
                out[row.out + i] = same(tuff_string_at(io[0], row.a + i * step_a), tuff_string_at(io[1], row.b + i * step_b)) == expected; \
        return 0;                                                                                                                          \
    }
COMPARE_STRINGS(tuff_equal_string, true)
COMPARE_STRINGS(tuff_not_equal_string, false)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field s16_fields[] = {
    TUFF_WALK_FIELDS(tuff_compare_s16_args, walk),
    TUFF_ARG(tuff_compare_s16_args, scale_a, MULTIPLIER),
    TUFF_ARG(tuff_compare_s16_args, scale_b, MULTIPLIER),
    TUFF_FIELD_END,
};

#define KERNEL(function) TUFF_KERNEL(function, tuff_binary_args, tuff_binary_fields)
#define ROW(type, version, quantizing, function) \
    { {type, "=0"}, {"bool"}, version, quantizing, KERNEL(function) }
/* the rows of an op; s16_version: the lowest that has s16, which the quantizer leaves in float as its scales don't count */
#define ROWS(op, s16_version)                                                                                                                       \
    ROW("f32", 1, NULL, op##_f32), ROW("f16", s16_version, NULL, op##_f16), ROW("s16", s16_version, NULL, op##_s16), ROW("s32", 1, NULL, op##_s32), \
        ROW("s64", 1, NULL, op##_s64), ROW("s8", 2, "act act -> -", op##_b1_tables), ROW("u8", 1, NULL, op##_b1_tables)
static const tuff_variant less_variants[] = {ROWS(tuff_less, 3), ROW("bf16", 3, NULL, tuff_less_bf16), {.version = 0}};
static const tuff_variant greater_variants[] = {ROWS(tuff_less, 2), ROW("bf16", 2, NULL, tuff_less_bf16), {.version = 0}};
static const tuff_variant less_equal_variants[] = {ROWS(tuff_less_equal, 2), {.version = 0}};
static const tuff_variant greater_equal_variants[] = {ROWS(tuff_less_equal, 3), {.version = 0}};
static const tuff_variant equal_variants[] = {
    ROWS(tuff_equal, 5),
    ROW("bool", 1, NULL, tuff_equal_bool),
    ROW("string", 3, NULL, tuff_equal_string),
    {.version = 0},
};
static const tuff_variant not_equal_variants[] = {
    ROWS(tuff_not_equal, 4),
    ROW("bool", 1, NULL, tuff_not_equal_bool),
    ROW("string", 3, NULL, tuff_not_equal_string),
    {.version = 0},
};
static const tuff_kernel equal_scaled = TUFF_KERNEL(tuff_equal_s16_scaled, tuff_compare_s16_args, s16_fields);
static const tuff_kernel not_equal_scaled = TUFF_KERNEL(tuff_not_equal_s16_scaled, tuff_compare_s16_args, s16_fields);

static tuff_status check_scales(tuff_context *c) {
    for (int32_t k = 0; k < 2; k++) {
        TUFF_TRY(tuff_check_quantized(c, c->inputs[k]));
        TUFF_CHECK(c, tuff_scale(c->inputs[k]) < 1 << 30, "scale %g of '%s' is too large", (double)tuff_scale(c->inputs[k]), c->inputs[k]->name);
    }
    return TUFF_OK;
}

/* 8-bit types; input `first` is the kernel's a */
static tuff_status prepare_tables(tuff_context *c, int32_t first) {
    TUFF_TRY(check_scales(c));
    const tuff_tensor *sides[] = {c->inputs[first], c->inputs[1 - first]};
    tuff_binary_args *args = tuff_args(c, &c->variant->kernel);
    if (args) tuff_walk_binary(&args->walk, sides[0], sides[1], c->outputs[0]);
    void *tables;
    const tuff_io io[] = {tuff_io_input(c, first), tuff_io_input(c, 1 - first), tuff_io_output(c, 0), tuff_io_array(c, 2 * 256 * sizeof(int32_t), &tables)};
    for (int32_t k = 0; tables && k < 2; k++) {
        const tuff_multiplier scale = tuff_multiplier_from((double)tuff_scale(sides[k]));
        for (int32_t byte = 0; byte < 256; byte++) {
            const int32_t q = sides[k]->type == TUFF_S8 ? (int8_t)byte : byte;
            ((int32_t *)tables)[k * 256 + byte] = scaled(q - tuff_zero_point(sides[k]), scale);
        }
    }
    const int64_t count = tuff_count(c->outputs[0]);
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, count, 3 * count}, io, 4);
}

static tuff_status prepare_ordered(tuff_context *c, int32_t first) {
    if (c->inputs[0]->type == TUFF_S8 || c->inputs[0]->type == TUFF_U8) return prepare_tables(c, first);
    tuff_binary_args *args = tuff_args(c, &c->variant->kernel);
    if (args) tuff_walk_binary(&args->walk, c->inputs[first], c->inputs[1 - first], c->outputs[0]);
    const int64_t count = tuff_count(c->outputs[0]);
    const tuff_cost cost = {count, count, count * (1 + 2 * tuff_type_bits(c->inputs[0]->type) / 8)};
    const tuff_io io[] = {tuff_io_input(c, first), tuff_io_input(c, 1 - first), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost, io, 3);
}
static tuff_status prepare_less(tuff_context *c) { return prepare_ordered(c, 0); }
static tuff_status prepare_greater(tuff_context *c) { return prepare_ordered(c, 1); }

static tuff_status prepare_equality(tuff_context *c, const tuff_kernel *s16_scaled) {
    if (c->inputs[0]->type != TUFF_S16 || c->inputs[0]->quantization.count == 0) return prepare_less(c);
    TUFF_TRY(check_scales(c));
    tuff_compare_s16_args *args = tuff_args(c, s16_scaled);
    if (args) {
        tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
        args->scale_a = tuff_multiplier_from((double)tuff_scale(c->inputs[0]));
        args->scale_b = tuff_multiplier_from((double)tuff_scale(c->inputs[1]));
    }
    return tuff_binary_emit(c, s16_scaled, args);
}
static tuff_status prepare_equal(tuff_context *c) { return prepare_equality(c, &equal_scaled); }
static tuff_status prepare_not_equal(tuff_context *c) { return prepare_equality(c, &not_equal_scaled); }

#define COMPARISON(symbol, name_, code_, prepare_, highest_, ...) \
    const tuff_op tuff_op_##symbol = {                            \
        .name = name_,                                            \
        .code = code_,                                            \
        .options = __VA_ARGS__,                                   \
        .inputs = "a b",                                          \
        .outputs = "output",                                      \
        .variants = symbol##_variants,                            \
        .infer = tuff_binary_infer,                               \
        .prepare = prepare_,                                      \
        .highest = highest_,                                      \
    };
COMPARISON(less, "LESS", 58, prepare_less, 3, TUFF_OPTIONS_EMPTY(LessOptions, 41))
COMPARISON(less_equal, "LESS_EQUAL", 63, prepare_less, 2, TUFF_OPTIONS_EMPTY(LessEqualOptions, 46))
COMPARISON(greater, "GREATER", 61, prepare_greater, 2, TUFF_OPTIONS_EMPTY(GreaterOptions, 44))
COMPARISON(greater_equal, "GREATER_EQUAL", 62, prepare_greater, 3, TUFF_OPTIONS_EMPTY(GreaterEqualOptions, 45))
COMPARISON(equal, "EQUAL", 71, prepare_equal, 5, TUFF_OPTIONS_EMPTY(EqualOptions, 53))
COMPARISON(not_equal, "NOT_EQUAL", 72, prepare_not_equal, 4, TUFF_OPTIONS_EMPTY(NotEqualOptions, 54))
#endif
