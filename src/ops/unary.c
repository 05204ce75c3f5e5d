/* Ops of one input and one output of its shape: what they share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/unary.h"

int tuff_table_b1(const void *args, void *const *io, int job, int jobs) {
    const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs);
    const uint8_t *in = io[0], *table = io[1];
    uint8_t *out = io[2];
    for (int64_t i = span.first; i < span.end; i++) out[i] = table[in[i]];
    return 0;
}

int tuff_table_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs);
    const int16_t *in = io[0], *table = io[1];
    int16_t *out = io[2];
    for (int64_t i = span.first; i < span.end; i++) out[i] = tuff_table_s16_at(table, in[i]);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

const tuff_field tuff_unary_fields[] = {TUFF_ARG(tuff_unary_args, count, S64), TUFF_FIELD_END};

tuff_status tuff_unary_infer(tuff_context *c) { return tuff_infer_like(c, 0, 0); }

void *tuff_unary_args_for(tuff_context *c, const tuff_kernel *kernel) {
    tuff_unary_args *args = tuff_args(c, kernel);
    if (args) args->count = tuff_count(c->outputs[0]);
    return args;
}

static tuff_cost cost(const tuff_context *c) {
    const int64_t count = tuff_count(c->outputs[0]);
    return (tuff_cost){count, count, count * (tuff_type_bits(c->inputs[0]->type) + tuff_type_bits(c->outputs[0]->type)) / 8};
}

tuff_status tuff_unary_emit(tuff_context *c, const void *args) {
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, cost(c), io, 2);
}

static tuff_status emit_table(tuff_context *c, tuff_io table, const void *args) {
    const tuff_io io[] = {tuff_io_input(c, 0), table, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args ? args : tuff_unary_args_for(c, &c->variant->kernel), cost(c), io, 3);
}

typedef float real_fn(const void *params, float x);

static void fill_b1(uint8_t *table, const tuff_tensor *in, const tuff_tensor *out, real_fn *f, const void *params) {
    int32_t lo, hi, out_lo, out_hi;
    tuff_type_range(in->type, &lo, &hi);
    tuff_type_range(out->type, &out_lo, &out_hi);
    const float inverse = 1 / tuff_scale(out);
    for (int32_t q = lo; q <= hi; q++) {
        const float x = tuff_scale(in) * (float)(q - tuff_zero_point(in));
        const int64_t y = (int64_t)tuff_round_f32_s32(f(params, x) * inverse) + tuff_zero_point(out);
        table[(uint8_t)q] = (uint8_t)(y < out_lo ? out_lo : y > out_hi ? out_hi : y);
    }
}

/* half away from zero; what has no fraction, infinities and NaN stay */
static float rounded(float x) { return x > -8388608.0f && x < 8388608.0f ? (float)tuff_round_f32_s32(x) : x; }
/* NaN, as of the difference of two infinities, counts as 0 */
static int16_t sample(float x) { return x >= INT16_MAX ? INT16_MAX : x <= INT16_MIN ? INT16_MIN : x == x ? (int16_t)x : 0; }

static void fill_s16(int16_t *table, float scale_in, float scale_out, real_fn *f, const void *params) {
    const float lo = scale_in * INT16_MIN, hi = scale_in * INT16_MAX, step = (hi - lo) / 512;
    const float inverse = 65536.0f / (scale_out * INT16_MAX - scale_out * INT16_MIN);
    for (int k = 0; k < 512; k++) {
        const float x = lo + (float)k * step, here = rounded(f(params, x) * inverse);
        const float straight = rounded((f(params, lo + (float)(k + 1) * step) * inverse + here) / 2), middle = rounded(f(params, x + step / 2) * inverse);
        table[k] = sample(here - rounded((straight - middle) / 2));
    }
    table[512] = sample(rounded(f(params, hi) * inverse));
}

tuff_status tuff_unary_emit_real_with(tuff_context *c, real_fn *f, const void *params, const void *args) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    void *table;
    const tuff_io io = tuff_io_array(c, in->type == TUFF_S16 ? 513 * sizeof(int16_t) : 256, &table);
    if (table && in->type == TUFF_S16) fill_s16(table, tuff_scale(in), tuff_scale(out), f, params);
    else if (table) fill_b1(table, in, out, f, params);
    return emit_table(c, io, args);
}

static float plain(const void *params, float x) { return (*(float (*const *)(float))params)(x); }
tuff_status tuff_unary_emit_real(tuff_context *c, float (*f)(float)) { return tuff_unary_emit_real_with(c, plain, &f, NULL); }

tuff_status tuff_unary_emit_steps(tuff_context *c, int32_t (*f)(const void *params, int32_t q), const void *params, const void *args) {
    void *table;
    const tuff_io io = tuff_io_array(c, 256, &table);
    if (table) {
        int32_t lo, hi, out_lo, out_hi;
        tuff_type_range(c->inputs[0]->type, &lo, &hi);
        tuff_type_range(c->outputs[0]->type, &out_lo, &out_hi);
        for (int32_t q = lo; q <= hi; q++) ((uint8_t *)table)[(uint8_t)q] = (uint8_t)tuff_clamp(f(params, q), out_lo, out_hi);
    }
    return emit_table(c, io, args);
}
#endif
