/* STABLEHLO_ADD, MULTIPLY, MAXIMUM, MINIMUM, AND, SHIFT_LEFT: element by element, two inputs of one shape and type.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Integers wrap. Extrema keep the first operand where the two don't compare (NaN) or are equal. Booleans: the sum is "or", the product "and".
 * f16 computes in f32 and rounds each result. Shifts by a negative count, or by the type's width and more, give 0.
 * source: TFLite stablehlo_elementwise.h, stablehlo_shift_left.cc
 */
#include "ops/combine.h"

#include "base/half.h"
#include "ops/share.h"

/* T: as it lies in memory, V: as it computes; READ and WRITE lead from one to the other */
#define COMBINE(name, T, V, READ, WRITE, expression)                                                                                \
    static void name(void *out, const void *left, const void *right, int64_t n, int64_t step_out, int64_t step_a, int64_t step_b) { \
        const T *p = left, *q = right;                                                                                              \
        T *to = out;                                                                                                                \
        for (int64_t i = 0; i < n; i++) {                                                                                           \
            const V a = READ(p[i * step_a]), b = READ(q[i * step_b]);                                                               \
            to[i * step_out] = (T)WRITE(expression);                                                                                \
        }                                                                                                                           \
    }
#define AS_IT_IS(x) (x)
#define LOGIC(type, T, V, READ, WRITE)                         \
    COMBINE(all_##type, T, V, READ, WRITE, (a != 0 && b != 0)) \
    COMBINE(any_##type, T, V, READ, WRITE, (a != 0 || b != 0))
#define EXTREMA(type, T, V, READ, WRITE)                        \
    COMBINE(maximum_##type, T, V, READ, WRITE, (a < b ? b : a)) \
    COMBINE(minimum_##type, T, V, READ, WRITE, (b < a ? b : a))
#define SUMS(type, T, V, READ, WRITE)                  \
    COMBINE(add_##type, T, V, READ, WRITE, (V)(a + b)) \
    COMBINE(multiply_##type, T, V, READ, WRITE, (V)(a * b))
#define FLOATS(type, T, V, READ, WRITE) \
    SUMS(type, T, V, READ, WRITE)       \
    EXTREMA(type, T, V, READ, WRITE)    \
    LOGIC(type, T, V, READ, WRITE)
FLOATS(f16, uint16_t, float, tuff_f16_to_f32, tuff_f32_to_f16)
FLOATS(f32, float, float, AS_IT_IS, AS_IT_IS)
FLOATS(f64, double, double, AS_IT_IS, AS_IT_IS)

/* what doesn't ask for the sign is one for both; U is wide enough not to be promoted to a signed type */
#define SECOND(a, b) ((void)(a), b)
#define INTEGERS(bits, U)                                                       \
    SUMS(b##bits, uint##bits##_t, U, AS_IT_IS, AS_IT_IS)                        \
    LOGIC(b##bits, uint##bits##_t, U, AS_IT_IS, AS_IT_IS)                       \
    COMBINE(and_b##bits, uint##bits##_t, U, AS_IT_IS, AS_IT_IS, (a & b))        \
    COMBINE(store_b##bits, uint##bits##_t, U, AS_IT_IS, AS_IT_IS, SECOND(a, b)) \
    EXTREMA(u##bits, uint##bits##_t, uint##bits##_t, AS_IT_IS, AS_IT_IS)        \
    EXTREMA(s##bits, int##bits##_t, int##bits##_t, AS_IT_IS, AS_IT_IS)
INTEGERS(8, uint32_t)
INTEGERS(16, uint32_t)
INTEGERS(32, uint32_t)
INTEGERS(64, uint64_t)

#define FLOAT_ROW(type, bits)                                                                                                                               \
    {                                                                                                                                                       \
        [TUFF_COMBINE_STORE] = store_b##bits, [TUFF_COMBINE_ADD] = add_##type, [TUFF_COMBINE_MULTIPLY] = multiply_##type,                                   \
        [TUFF_COMBINE_MAXIMUM] = maximum_##type, [TUFF_COMBINE_MINIMUM] = minimum_##type, [TUFF_COMBINE_ALL] = all_##type, [TUFF_COMBINE_ANY] = any_##type, \
    }
#define INTEGER_ROW(type, bits)                                                                                                                               \
    {                                                                                                                                                         \
        [TUFF_COMBINE_STORE] = store_b##bits, [TUFF_COMBINE_ADD] = add_b##bits, [TUFF_COMBINE_MULTIPLY] = multiply_b##bits,                                   \
        [TUFF_COMBINE_MAXIMUM] = maximum_##type, [TUFF_COMBINE_MINIMUM] = minimum_##type, [TUFF_COMBINE_ALL] = all_b##bits, [TUFF_COMBINE_ANY] = any_b##bits, \
        [TUFF_COMBINE_AND] = and_b##bits,                                                                                                                     \
    }
static tuff_combine_fn *const combine[TUFF_TYPE_COUNT][TUFF_COMBINATIONS] = {
    [TUFF_F16] = FLOAT_ROW(f16, 16),
    [TUFF_F32] = FLOAT_ROW(f32, 32),
    [TUFF_F64] = FLOAT_ROW(f64, 64),
    [TUFF_S8] = INTEGER_ROW(s8, 8),
    [TUFF_S16] = INTEGER_ROW(s16, 16),
    [TUFF_S32] = INTEGER_ROW(s32, 32),
    [TUFF_S64] = INTEGER_ROW(s64, 64),
    [TUFF_U8] = INTEGER_ROW(u8, 8),
    [TUFF_U16] = INTEGER_ROW(u16, 16),
    [TUFF_U32] = INTEGER_ROW(u32, 32),
    [TUFF_U64] = INTEGER_ROW(u64, 64),
    [TUFF_BOOL] =
        {
            [TUFF_COMBINE_STORE] = store_b8,
            [TUFF_COMBINE_ADD] = any_b8,
            [TUFF_COMBINE_MULTIPLY] = all_b8,
            [TUFF_COMBINE_MAXIMUM] = any_b8,
            [TUFF_COMBINE_MINIMUM] = all_b8,
            [TUFF_COMBINE_ALL] = all_b8,
            [TUFF_COMBINE_ANY] = any_b8,
            [TUFF_COMBINE_AND] = all_b8,
        },
};
tuff_combine_fn *tuff_combine_for(int32_t type, int32_t combination) { return combine[type][combination]; }

/* a [count], b [count], out [count]; tiles: any split; scratch, errors: none */
int tuff_combine(const void *args, void *const *io, int job, int jobs) {
    static const uint8_t bytes[TUFF_TYPE_COUNT] = {[TUFF_F16] = 2, [TUFF_F32] = 4, [TUFF_F64] = 8, [TUFF_S8] = 1,  [TUFF_S16] = 2, [TUFF_S32] = 4,
                                                   [TUFF_S64] = 8, [TUFF_U8] = 1,  [TUFF_U16] = 2, [TUFF_U32] = 4, [TUFF_U64] = 8, [TUFF_BOOL] = 1};
    const tuff_combine_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int64_t from = span.first * bytes[p->type];
    combine[p->type][p->combination]((char *)io[2] + from, (const char *)io[0] + from, (const char *)io[1] + from, span.end - span.first, 1, 1, 1);
    return 0;
}

/* a [count], b [count], out [count]; tiles: any split; scratch, errors: none */
#define SHIFT_LEFT(bits)                                                                                                                            \
    int tuff_shift_left_s##bits(const void *args, void *const *io, int job, int jobs) {                                                             \
        const tuff_span span = tuff_share(((const tuff_shift_left_args *)args)->count, job, jobs);                                                  \
        const int##bits##_t *a = io[0], *b = io[1];                                                                                                 \
        int##bits##_t *out = io[2];                                                                                                                 \
        for (int64_t i = span.first; i < span.end; i++) out[i] = (int##bits##_t)(b[i] < 0 || b[i] >= bits ? 0u : (uint32_t)a[i] << (uint32_t)b[i]); \
        return 0;                                                                                                                                   \
    }
SHIFT_LEFT(8)
SHIFT_LEFT(16)
SHIFT_LEFT(32)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_combine_args, count, S64),
    TUFF_ARG(tuff_combine_args, type, S32),
    TUFF_ARG(tuff_combine_args, combination, S32),
    TUFF_FIELD_END,
};
static const tuff_field shift_fields[] = {TUFF_ARG(tuff_shift_left_args, count, S64), TUFF_FIELD_END};

#define KERNEL TUFF_KERNEL(tuff_combine, tuff_combine_args, fields)
#define SHIFT(type) TUFF_KERNEL(tuff_shift_left_##type, tuff_shift_left_args, shift_fields)
static const tuff_variant number_variants[] = {{{TUFF_COMBINE_TYPES, "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant bit_variants[] = {{{"s8|s16|s32|s64|u8|u16|u32|u64|bool", "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant shift_variants[] = {
    {{"s8", "s8"}, {"s8"}, 1, NULL, SHIFT(s8)},
    {{"s16", "s16"}, {"s16"}, 1, NULL, SHIFT(s16)},
    {{"s32", "s32"}, {"s32"}, 1, NULL, SHIFT(s32)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    TUFF_CHECK(c, tuff_same_shape(c->inputs[0], c->inputs[1]), "%s and %s differ in shape", tuff_shape_text(c->inputs[0]).text,
               tuff_shape_text(c->inputs[1]).text);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status emit(tuff_context *c, const void *args) {
    const int64_t count = tuff_count(c->outputs[0]);
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){count, count, 3 * count * tuff_type_bits(c->outputs[0]->type) / 8}, io, 3);
}

static tuff_status prepare(tuff_context *c, tuff_combination combination) {
    tuff_combine_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_combine_args){tuff_count(c->outputs[0]), (int32_t)c->outputs[0]->type, (int32_t)combination};
    return emit(c, args);
}
static tuff_status prepare_add(tuff_context *c) { return prepare(c, TUFF_COMBINE_ADD); }
static tuff_status prepare_multiply(tuff_context *c) { return prepare(c, TUFF_COMBINE_MULTIPLY); }
static tuff_status prepare_maximum(tuff_context *c) { return prepare(c, TUFF_COMBINE_MAXIMUM); }
static tuff_status prepare_minimum(tuff_context *c) { return prepare(c, TUFF_COMBINE_MINIMUM); }
static tuff_status prepare_and(tuff_context *c) { return prepare(c, TUFF_COMBINE_AND); }
static tuff_status prepare_shift(tuff_context *c) {
    tuff_shift_left_args *args = tuff_args(c, &c->variant->kernel);
    if (args) args->count = tuff_count(c->outputs[0]);
    return emit(c, args);
}

/* clang-format off */
#define NO_OPTIONS {NULL, 0, false, 0, NULL}
/* clang-format on */
#define RECORD(symbol, name_, code_, rows, prepare_, ...)            \
    const tuff_op tuff_op_##symbol = {.name = name_,                 \
                                      .code = code_,                 \
                                      .options = __VA_ARGS__,        \
                                      .inputs = "a b",               \
                                      .outputs = "output",           \
                                      .variants = rows,              \
                                      .infer = infer,                \
                                      .prepare = prepare_,           \
                                      .in_place = TUFF_IN_PLACE_ANY, \
                                      .highest = 1}
RECORD(stablehlo_add, "STABLEHLO_ADD", 163, number_variants, prepare_add, NO_OPTIONS);
RECORD(stablehlo_multiply, "STABLEHLO_MULTIPLY", 165, number_variants, prepare_multiply, NO_OPTIONS);
RECORD(stablehlo_maximum, "STABLEHLO_MAXIMUM", 166, number_variants, prepare_maximum, NO_OPTIONS);
RECORD(stablehlo_minimum, "STABLEHLO_MINIMUM", 181, number_variants, prepare_minimum, NO_OPTIONS);
RECORD(stablehlo_and, "STABLEHLO_AND", 176, bit_variants, prepare_and, NO_OPTIONS);
RECORD(stablehlo_shift_left, "STABLEHLO_SHIFT_LEFT", 207, shift_variants, prepare_shift, TUFF_OPTIONS2_EMPTY(StablehloShiftLeftOptions, 22));
#endif
