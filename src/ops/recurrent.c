/* What recurrent layers share: sequences, products of a step's vectors with weights, activations.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A layer walks its steps one after the other; its sequences are independent of each other, so jobs share out sequences. In each step a handful of
 * vectors (the input, the state before) meet a handful of matrices.
 *
 * Hybrid (f32 vectors, 8-bit weights): each row of vectors is quantized on its own (ops/hybrid), and out += acc * (scale_row * scale_weights), where acc =
 * sum of weights * (v - zero_row). Weights of type u8 are read as s8 bytes, as the reference does.
 *
 * source: TFLite kernels/internal/kernel_utils.cc, lstm_eval.cc, reference/portable_tensor_utils.cc
 */
#include "ops/recurrent.h"

#include <string.h>

#include "base/math.h"
#include "ops/activation.h"
#include "ops/hybrid.h"

tuff_vectors tuff_vectors_at(const tuff_recurrent *r, const float *values, int32_t depth, int32_t t, tuff_span batches) {
    return (tuff_vectors){.values = values ? values + tuff_recurrent_at(r, t, batches.first, depth) : NULL,
                          .pitch = r->time_major ? depth : (int64_t)depth * r->steps,
                          .rows = (int32_t)(batches.end - batches.first),
                          .depth = depth};
}

size_t tuff_vectors_bytes(int32_t rows, int32_t depth) { return (size_t)rows * (sizeof(float) + sizeof(int32_t) + (size_t)depth); }

void tuff_vectors_quantize(const tuff_recurrent *r, tuff_vectors *v, void *room) {
    if (!r->hybrid || !v->values) return;
    v->scales = room;
    v->zeros = (int32_t *)(v->scales + v->rows);
    v->s8 = (int8_t *)(v->zeros + v->rows);
    for (int32_t k = 0; k < v->rows; k++)
        tuff_hybrid_row(v->s8 + (int64_t)k * v->depth, &v->scales[k], &v->zeros[k], v->values + k * v->pitch, v->depth, r->asymmetric);
}

static int32_t acc_pitch(const tuff_recurrent *r, int32_t units) { return r->s8 ? (units + r->s8->columns - 1) / r->s8->columns * r->s8->columns : units; }
/* bytes in front of packed s8 weights: the sum of each row of weights, s32 [units] */
static size_t sums_bytes(int32_t units) { return ((size_t)units * sizeof(int32_t) + 63) & ~(size_t)63; }

size_t tuff_product_bytes(const tuff_recurrent *r, int32_t rows, int32_t units) { return (size_t)rows * (size_t)acc_pitch(r, units) * sizeof(int32_t); }

static void add_f32(const tuff_recurrent *r, float *out, int32_t units, const float *weights, const tuff_vectors *v, float *room) {
    if (r->f32) {
        const float huge = 3.402823466e+38f;
        r->f32->run(room, units, v->values, v->pitch, weights, v->rows, units, v->depth, -huge, huge);
        for (int64_t k = 0; k < (int64_t)v->rows * units; k++) out[k] += room[k];
        return;
    }
    for (int32_t row = 0; row < v->rows; row++)
        for (int32_t n = 0; n < units; n++) {
            const float *x = v->values + row * v->pitch, *w = weights + (int64_t)n * v->depth;
            float sum = 0.0f;
            for (int32_t k = 0; k < v->depth; k++) sum += x[k] * w[k];
            out[(int64_t)row * units + n] += sum;
        }
}

static void add_s8(const tuff_recurrent *r, float *out, int32_t units, const void *weights, float scale, const tuff_vectors *v, int32_t *room) {
    const int32_t pitch = acc_pitch(r, units), *sums = weights;
    if (r->s8) {
        const uint8_t *packed = (const uint8_t *)weights + sums_bytes(units);
        r->s8->run(room, pitch, (const uint8_t *)v->s8, v->depth, 0, packed, v->rows, units, v->depth);
    }
    for (int32_t row = 0; row < v->rows; row++) {
        const float factor = v->scales[row] * scale;
        const uint32_t zero = (uint32_t)v->zeros[row];
        const int8_t *x = v->s8 + (int64_t)row * v->depth;
        for (int32_t n = 0; n < units; n++) {
            uint32_t acc = 0;
            if (r->s8) {
                acc = (uint32_t)room[(int64_t)row * pitch + n] - zero * (uint32_t)sums[n];
            } else {
                const int8_t *w = (const int8_t *)weights + (int64_t)n * v->depth;
                for (int32_t k = 0; k < v->depth; k++) acc += (uint32_t)((x[k] - v->zeros[row]) * w[k]);
            }
            out[(int64_t)row * units + n] += (float)(int32_t)acc * factor;
        }
    }
}

void tuff_product_add(const tuff_recurrent *r, float *out, int32_t units, const void *weights, float scale, const tuff_vectors *v, void *room) {
    if (!v->values || !weights) return;
    if (r->hybrid) add_s8(r, out, units, weights, scale, v, room);
    else add_f32(r, out, units, weights, v, room);
}

void tuff_rows_fill(float *out, const float *values, int32_t rows, int32_t count) {
    for (int32_t row = 0; row < rows; row++)
        for (int32_t k = 0; k < count; k++) out[(int64_t)row * count + k] = values ? values[k] : 0.0f;
}

static float activated(float x, int32_t activation) {
    switch (activation) {
    case TUFF_ACTIVATION_RELU: return x > 0.0f ? x : 0.0f;
    case TUFF_ACTIVATION_RELU_N1_TO_1: return tuff_clamp_f32(x, -1.0f, 1.0f);
    case TUFF_ACTIVATION_RELU6: return tuff_clamp_f32(x, 0.0f, 6.0f);
    case TUFF_ACTIVATION_TANH: return tuff_tanhf(x);
    case TUFF_ACTIVATION_SIGMOID: return 1.0f / (1.0f + tuff_expf(-x));
    case TUFF_ACTIVATION_SIGN_BIT: {
        uint32_t bits;
        memcpy(&bits, &x, sizeof bits);
        return (float)(bits >> 31);
    }
    default: return x;
    }
}

void tuff_recurrent_activate(float *values, int64_t count, int32_t activation) {
    for (int64_t k = 0; k < count; k++) values[k] = activated(values[k], activation);
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

void tuff_recurrent_pick(tuff_context *c, tuff_recurrent *r, tuff_type weights_type, const int32_t *weights, int32_t count) {
    r->hybrid = weights_type != TUFF_F32;
    for (int32_t k = 0; k < count; k++) {
        const tuff_tensor *t = tuff_operand(c, weights[k]);
        if (t && !t->data) return;
    }
    if (r->hybrid) r->s8 = tuff_gemm_s8_for(c->target->level);
    else r->f32 = tuff_gemm_f32_for(c->target->level);
}

typedef struct packing {
    const tuff_gemm_f32 *f32;
    const tuff_gemm_s8 *s8;
    int32_t units, depth;
} packing;

static void fill_f32(void *out, const void *params, const void *source, const void *second) {
    const packing *p = params;
    tuff_gemm_f32_pack(p->f32, out, source, p->depth, second, p->units, p->depth);
}

static void fill_s8(void *out, const void *params, const void *source, const void *second) {
    const packing *p = params;
    int32_t *sums = out;
    for (int32_t n = 0; n < p->units; n++) {
        sums[n] = 0;
        for (int32_t k = 0; k < p->depth; k++) sums[n] += ((const int8_t *)source)[(int64_t)n * p->depth + k];
    }
    tuff_gemm_s8_pack(p->s8, (uint8_t *)out + sums_bytes(p->units), source, 0, second, 0, p->units, p->depth);
}

tuff_io tuff_recurrent_weights(tuff_context *c, const tuff_recurrent *r, int32_t input, int32_t units, int32_t depth) {
    if (!tuff_operand(c, input)) return TUFF_IO_NONE;
    const packing p = {r->f32, r->s8, units, depth};
    if (r->f32) return tuff_io_packed(c, input, -1, tuff_gemm_f32_packed_count(r->f32, units, depth) * sizeof(float), fill_f32, &p, sizeof p);
    if (r->s8) return tuff_io_packed(c, input, -1, sums_bytes(units) + tuff_gemm_s8_packed_bytes(r->s8, units, depth), fill_s8, &p, sizeof p);
    return tuff_io_input(c, input);
}

tuff_status tuff_recurrent_sequence(tuff_context *c, const tuff_tensor *input, bool time_major, tuff_recurrent *r, int32_t *depth) {
    TUFF_CHECK(c, input->rank == 3, "input %s: expected rank 3 [%s, features], found rank %d", input->name, time_major ? "time, batch" : "batch, time",
               (int)input->rank);
    r->time_major = time_major;
    r->steps = input->shape[time_major ? 0 : 1];
    r->batches = input->shape[time_major ? 1 : 0];
    *depth = input->shape[2];
    return TUFF_OK;
}

tuff_status tuff_operand_check(tuff_context *c, int32_t input, tuff_type type, int32_t rows, int32_t depth) {
    const tuff_tensor *t = tuff_operand(c, input);
    if (!t) return TUFF_OK;
    TUFF_CHECK(c, t->type == type, "tensor %s: expected %s, found %s", t->name, tuff_type_name(type), tuff_type_name(t->type));
    if (rows < 0) {
        TUFF_CHECK(c, t->rank == 1 && t->shape[0] == depth, "tensor %s: expected [%d], found %s", t->name, (int)depth, tuff_shape_text(t).text);
        return TUFF_OK;
    }
    TUFF_CHECK(c, t->rank == 2 && t->shape[0] == rows && t->shape[1] == depth, "tensor %s: expected [%d,%d], found %s", t->name, (int)rows, (int)depth,
               tuff_shape_text(t).text);
    return TUFF_OK;
}

tuff_status tuff_state_check(tuff_context *c, int32_t input, tuff_type type, int32_t rows, int32_t depth) {
    const tuff_tensor *t = tuff_operand(c, input);
    TUFF_CHECK(c, t, "its state (input %d) is missing", (int)input);
    TUFF_CHECK(c, t->variable, "state %s must be a variable tensor", t->name);
    TUFF_CHECK(c, t->type == type, "state %s: expected %s, found %s", t->name, tuff_type_name(type), tuff_type_name(t->type));
    TUFF_CHECK(c, tuff_count(t) == (int64_t)rows * depth, "state %s: expected %d x %d values, found %s", t->name, (int)rows, (int)depth,
               tuff_shape_text(t).text);
    /* what another op computes for it (zeros stored as f16) is where it starts */
    for (size_t k = 0; t->data && k < t->bytes; k++) TUFF_CHECK(c, ((const char *)t->data)[k] == 0, "state %s must start at zero", t->name);
    return TUFF_OK;
}

tuff_status tuff_operand_scale(tuff_context *c, int32_t input, float *scale) {
    const tuff_tensor *t = tuff_operand(c, input);
    *scale = 0.0f;
    if (!t || t->type == TUFF_F32) return TUFF_OK;
    TUFF_CHECK(c, t->quantization.count == 1, "weights %s: expected one scale, found %d", t->name, (int)t->quantization.count);
    *scale = t->quantization.scale[0];
    TUFF_CHECK(c, *scale > 0.0f && *scale < 1e30f, "weights %s: scale must be positive and finite, found %g", t->name, (double)*scale);
    return TUFF_OK;
}
#endif
