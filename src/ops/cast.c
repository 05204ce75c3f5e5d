/* CAST: each element in another type, without scales.
 * SPDX-License-Identifier: Apache-2.0
 *
 * From float to integer: towards zero, saturating, NaN the largest. Between integers: the low bits. To bool: not 0. To float: to nearest.
 * Complex numbers lose their imaginary part, others have none. Blocks go through int64 or double, which hold every such value.
 * Types of 2 and 4 bits are packed, the low bits first; only f32 casts to and from them.
 * source: TFLite cast.cc
 */
#include "ops/cast.h"

#include <string.h>

#include "base/half.h"
#include "ops/widen.h"

enum { BLOCK = 64 };
typedef union block {
    int64_t integer[BLOCK];
    double real[BLOCK];
} block;

#define LOAD(T, member, value)                                  \
    do {                                                        \
        const T *x = in;                                        \
        for (int64_t k = 0; k < n; k++) out->member[k] = value; \
    } while (0)
/* n elements from `first` on; true: reals */
static bool load(block *out, const void *in, tuff_type from, int64_t first, int64_t n) {
    switch (from) {
    case TUFF_BOOL: LOAD(uint8_t, integer, x[first + k] != 0); return false;
    case TUFF_U8: LOAD(uint8_t, integer, x[first + k]); return false;
    case TUFF_S8: LOAD(int8_t, integer, x[first + k]); return false;
    case TUFF_S2: LOAD(uint8_t, integer, tuff_narrow_at(x, first + k, 2)); return false;
    case TUFF_S4: LOAD(uint8_t, integer, tuff_narrow_at(x, first + k, 4)); return false;
    case TUFF_U4: LOAD(uint8_t, integer, tuff_narrow_at(x, first + k, 4) & 15); return false;
    case TUFF_U16: LOAD(uint16_t, integer, x[first + k]); return false;
    case TUFF_S16: LOAD(int16_t, integer, x[first + k]); return false;
    case TUFF_U32: LOAD(uint32_t, integer, x[first + k]); return false;
    case TUFF_S32: LOAD(int32_t, integer, x[first + k]); return false;
    case TUFF_S64: LOAD(int64_t, integer, x[first + k]); return false;
    case TUFF_F16: LOAD(uint16_t, real, (double)tuff_f16_to_f32(x[first + k])); return true;
    case TUFF_BF16: LOAD(uint16_t, real, (double)tuff_bf16_to_f32(x[first + k])); return true;
    case TUFF_C64: LOAD(float, real, (double)x[2 * (first + k)]); return true;
    case TUFF_F64: LOAD(double, real, x[first + k]); return true;
    default: LOAD(float, real, (double)x[first + k]); return true;
    }
}

static int64_t whole(double x, int64_t lo, int64_t hi) { return x <= (double)lo ? lo : x < (double)hi ? (int64_t)x : hi; }

#define STORE_INTEGER(T, lo, hi)                                                                                    \
    do {                                                                                                            \
        T *y = (T *)out + first;                                                                                    \
        for (int64_t k = 0; k < n; k++) y[k] = reals ? (T)whole(in->real[k], lo, hi) : (T)(uint64_t)in->integer[k]; \
    } while (0)
/* `bits` per element; `first` begins a byte */
static void pack(uint8_t *out, const double *in, int64_t first, int64_t n, int bits, int64_t lo, int64_t hi) {
    const int per_byte = 8 / bits, mask = (1 << bits) - 1;
    out += first / per_byte;
    for (int64_t k = 0; k < n; k++) {
        const int shift = (int)(k % per_byte) * bits;
        if (shift == 0) out[k / per_byte] = 0;
        out[k / per_byte] = (uint8_t)(out[k / per_byte] | (whole(in[k], lo, hi) & mask) << shift);
    }
}
static void store(void *out, const block *in, bool reals, tuff_type to, int64_t first, int64_t n) {
    switch (to) {
    case TUFF_BOOL:
        for (int64_t k = 0; k < n; k++) ((uint8_t *)out)[first + k] = reals ? in->real[k] != 0 : in->integer[k] != 0;
        return;
    case TUFF_U8: STORE_INTEGER(uint8_t, 0, UINT8_MAX); return;
    case TUFF_S8: STORE_INTEGER(int8_t, INT8_MIN, INT8_MAX); return;
    case TUFF_S2: pack(out, in->real, first, n, 2, -2, 1); return;
    case TUFF_S4: pack(out, in->real, first, n, 4, -8, 7); return;
    case TUFF_U4: pack(out, in->real, first, n, 4, 0, 15); return;
    case TUFF_U16: STORE_INTEGER(uint16_t, 0, UINT16_MAX); return;
    case TUFF_S16: STORE_INTEGER(int16_t, INT16_MIN, INT16_MAX); return;
    case TUFF_U32: STORE_INTEGER(uint32_t, 0, UINT32_MAX); return;
    case TUFF_S32: STORE_INTEGER(int32_t, INT32_MIN, INT32_MAX); return;
    case TUFF_S64: STORE_INTEGER(int64_t, INT64_MIN, INT64_MAX); return;
    case TUFF_F64:
        for (int64_t k = 0; k < n; k++) ((double *)out)[first + k] = reals ? in->real[k] : (double)in->integer[k];
        return;
    default: break;
    }
    for (int64_t k = 0; k < n; k++) {
        const float value = reals ? (float)in->real[k] : (float)in->integer[k];
        if (to == TUFF_F16) ((uint16_t *)out)[first + k] = tuff_f32_to_f16(value);
        else if (to == TUFF_BF16) ((uint16_t *)out)[first + k] = tuff_f32_to_bf16(value);
        else if (to == TUFF_C64) ((float *)out)[2 * (first + k)] = value, ((float *)out)[2 * (first + k) + 1] = 0;
        else ((float *)out)[first + k] = value;
    }
}

/* in [count], out [count]; tiles: fours, which begin whole bytes; scratch, errors: none */
int tuff_cast(const void *args, void *const *io, int job, int jobs) {
    const tuff_cast_args *p = args;
    tuff_span span = tuff_share((p->count + 3) / 4, job, jobs);
    span.first *= 4;
    span.end = span.end * 4 < p->count ? span.end * 4 : p->count;
    if (p->from == TUFF_C64 && p->to == TUFF_C64) { /* the one cast that keeps the imaginary parts */
        memcpy((float *)io[1] + 2 * span.first, (const float *)io[0] + 2 * span.first, (size_t)(span.end - span.first) * 8);
        return 0;
    }
    block values;
    for (int64_t first = span.first; first < span.end; first += BLOCK) {
        const int64_t n = span.end - first < BLOCK ? span.end - first : BLOCK;
        const bool reals = load(&values, io[0], (tuff_type)p->from, first, n);
        store(io[1], &values, reals, (tuff_type)p->to, first, n);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "graph/fields.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_cast_attrs, in_data_type, S8, 0, .names = tuff_type_names),
    TUFF_FIELD(tuff_cast_attrs, out_data_type, S8, 1, .names = tuff_type_names),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_cast_args, count, S64),
    TUFF_ARG(tuff_cast_args, from, S32),
    TUFF_ARG(tuff_cast_args, to, S32),
    TUFF_FIELD_END,
};
#define NUMBERS "bool|u8|s8|u16|s16|u32|s32|s64|f16|bf16|f32|f64|c64"
static const tuff_variant variants[] = {
    {{NUMBERS}, {NUMBERS}, 1, NULL, TUFF_KERNEL(tuff_cast, tuff_cast_args, fields)}, {{"s4"}, {"f32"}, 6, NULL, TUFF_KERNEL(tuff_cast, tuff_cast_args, fields)},
    {{"s2|u4"}, {"f32"}, 8, NULL, TUFF_KERNEL(tuff_cast, tuff_cast_args, fields)},   {{"f32"}, {"s4"}, 6, NULL, TUFF_KERNEL(tuff_cast, tuff_cast_args, fields)},
    {{"f32"}, {"s2|u4"}, 8, NULL, TUFF_KERNEL(tuff_cast, tuff_cast_args, fields)},   {.version = 0},
};

static tuff_status prepare(tuff_context *c) {
    tuff_cast_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        args->from = (int32_t)c->inputs[0]->type;
        args->to = (int32_t)c->outputs[0]->type;
    }
    return tuff_unary_emit(c, args);
}

static int32_t version_of(tuff_type type) {
    switch (type) {
    case TUFF_BF16: return 7;
    case TUFF_F64:
    case TUFF_F16: return 5;
    case TUFF_U16: return 4;
    case TUFF_S8: return 3;
    case TUFF_U32: return 2;
    default: return 1;
    }
}
static int32_t version(const tuff_context *c) {
    const int32_t from = version_of(c->inputs[0]->type), to = version_of(c->outputs[0]->type);
    return from > to ? from : to;
}

const tuff_op tuff_op_cast = {
    .name = "CAST",
    .code = 53,
    .options = TUFF_OPTIONS(CastOptions, 37, tuff_cast_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = tuff_unary_infer,
    .prepare = prepare,
    .version = version,
    .highest = 9,
};
#endif
