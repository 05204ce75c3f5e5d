/* Float activations quantized while running, row by row, for weights of 8 bits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Symmetric: scale = max|x| / 127, q = round(x * (127 / max|x|)) in -127..127.
 * Asymmetric: [lo, hi] is the row's range and 0; scale = (hi - lo) / 255 in double, the zero point is the one of -128 - lo / scale and 127 - hi / scale
 * whose terms are smaller, rounded and clamped; q = round(zero + x * (1 / scale)) in -128..127, in float.
 * A row of zeros has scale 1, zero point 0. Halves round away from zero.
 * source: TFLite portable_tensor_utils, SymmetricQuantizeFloats and AsymmetricQuantizeFloats
 */
#include "ops/hybrid.h"

#include <math.h>

#include "base/fixed_point.h"
#include "ops/share.h"

/* ---- portable ---- */
static void quantize(int8_t *q, const float *x, int64_t count, float inverse, int32_t zero, int32_t lo, int32_t hi) {
    for (int64_t k = 0; k < count; k++) q[k] = (int8_t)tuff_clamp(tuff_round_f32_s32((float)zero + x[k] * inverse), lo, hi);
}
static void range(const float *x, int64_t count, float *least, float *greatest) {
    *least = *greatest = 0.0f;
    for (int64_t k = 0; k < count; k++) {
        *least = x[k] < *least ? x[k] : *least;
        *greatest = x[k] > *greatest ? x[k] : *greatest;
    }
}
static const tuff_quantize_f32 portable = {{"", TUFF_CPU_NONE}, quantize, range};

static void symmetric(const tuff_quantize_f32 *loop, int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count) {
    float lo, hi;
    loop->range(x, count, &lo, &hi);
    const float largest = -lo > hi ? -lo : hi;
    const float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
    *scale = largest > 0.0f ? largest / 127.0f : 1.0f;
    *zero = 0;
    loop->run(q, x, count, inverse, 0, -127, 127);
}

static int32_t zero_point(double lo, double hi, double scale) {
    const double from_lo = -128.0 - lo / scale, from_hi = 127.0 - hi / scale;
    const double error_lo = 128.0 + fabs(lo / scale), error_hi = 127.0 + fabs(hi / scale);
    return tuff_clamp(tuff_round_s32(error_lo < error_hi ? from_lo : from_hi), -128, 127);
}

static void asymmetric(const tuff_quantize_f32 *loop, int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count) {
    float lo, hi;
    loop->range(x, count, &lo, &hi);
    *scale = 1.0f;
    *zero = 0;
    float inverse = 0.0f;
    if (lo < hi) {
        const double exact = ((double)hi - (double)lo) / 255.0;
        *zero = zero_point((double)lo, (double)hi, exact);
        *scale = (float)exact;
        inverse = 1.0f / *scale;
    }
    loop->run(q, x, count, inverse, *zero, -128, 127);
}

void tuff_hybrid_row(int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count, bool asymmetric_row) {
    (asymmetric_row ? asymmetric : symmetric)(&portable, q, scale, zero, x, count);
}

/* in [rows][count] f32; out [rows][count] s8, scales [rows] f32, zero points [rows] s32; tiles: rows; scratch, errors: none */
int tuff_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_hybrid_args *a = args;
    const float *in = io[0];
    int8_t *out = io[1];
    float *scales = io[2];
    int32_t *zeros = io[3];
    const tuff_span rows = tuff_share(a->rows, job, jobs);
    const tuff_quantize_f32 *loop = a->loop ? a->loop : &portable;
    for (int64_t r = rows.first; r < rows.end; r++)
        (a->asymmetric ? asymmetric : symmetric)(loop, out + r * a->count, scales + r, zeros + r, in + r * a->count, a->count);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
static const tuff_field fields[] = {TUFF_ARG(tuff_hybrid_args, rows, S32), TUFF_ARG(tuff_hybrid_args, asymmetric, BOOL), TUFF_ARG(tuff_hybrid_args, count, S64),
                                    TUFF_ARG(tuff_hybrid_args, loop, PRIM), TUFF_FIELD_END};
static const tuff_kernel kernel = TUFF_KERNEL(tuff_hybrid, tuff_hybrid_args, fields);

tuff_status tuff_hybrid_emit(tuff_context *c, int32_t input, int32_t rows, int64_t count, bool asymmetric_rows, tuff_hybrid_rows *out) {
    tuff_hybrid_args *args = tuff_args(c, &kernel);
    if (args) *args = (tuff_hybrid_args){.rows = rows, .asymmetric = asymmetric_rows, .count = count, .loop = tuff_quantize_f32_for(c->target->level)};
    out->values = tuff_io_temporary(c, (size_t)(rows * count));
    out->scales = tuff_io_temporary(c, (size_t)rows * sizeof(float));
    out->zeros = tuff_io_temporary(c, (size_t)rows * sizeof(int32_t));
    const tuff_io io[] = {tuff_io_input(c, input), out->values, out->scales, out->zeros};
    return tuff_emit(c, &kernel, args, (tuff_cost){rows, 0, rows * count * 5}, io, 4);
}
#endif
