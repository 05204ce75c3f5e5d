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

typedef struct range {
    float lo, hi;
} range;

static void widen(range *r, float x) {
    r->lo = x < r->lo ? x : r->lo;
    r->hi = x > r->hi ? x : r->hi;
}

/* in eight lanes, since one comparison would wait for the last */
static range row_range(const float *x, int64_t count) {
    enum { LANES = 8 };
    range lanes[LANES] = {{0.0f, 0.0f}};
    int64_t k = 0;
    for (; k + LANES <= count; k += LANES)
        for (int j = 0; j < LANES; j++) widen(&lanes[j], x[k + j]);
    for (; k < count; k++) widen(&lanes[0], x[k]);
    range r = lanes[0];
    for (int j = 1; j < LANES; j++) {
        widen(&r, lanes[j].lo);
        widen(&r, lanes[j].hi);
    }
    return r;
}

static void symmetric(int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count) {
    const range r = row_range(x, count);
    const float largest = -r.lo > r.hi ? -r.lo : r.hi;
    const float inverse = largest > 0.0f ? 127.0f / largest : 0.0f;
    *scale = largest > 0.0f ? largest / 127.0f : 1.0f;
    *zero = 0;
    for (int64_t k = 0; k < count; k++) q[k] = (int8_t)tuff_clamp(tuff_round_f32_s32(x[k] * inverse), -127, 127);
}

static int32_t zero_point(double lo, double hi, double scale) {
    const double from_lo = -128.0 - lo / scale, from_hi = 127.0 - hi / scale;
    const double error_lo = 128.0 + fabs(lo / scale), error_hi = 127.0 + fabs(hi / scale);
    return tuff_clamp(tuff_round_s32(error_lo < error_hi ? from_lo : from_hi), -128, 127);
}

static void asymmetric(int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count) {
    const range r = row_range(x, count);
    *scale = 1.0f;
    *zero = 0;
    float inverse = 0.0f;
    if (r.lo < r.hi) {
        const double exact = ((double)r.hi - (double)r.lo) / 255.0;
        *zero = zero_point((double)r.lo, (double)r.hi, exact);
        *scale = (float)exact;
        inverse = 1.0f / *scale;
    }
    for (int64_t k = 0; k < count; k++) q[k] = (int8_t)tuff_clamp(tuff_round_f32_s32((float)*zero + x[k] * inverse), -128, 127);
}

void tuff_hybrid_row(int8_t *q, float *scale, int32_t *zero, const float *x, int64_t count, bool asymmetric_row) {
    (asymmetric_row ? asymmetric : symmetric)(q, scale, zero, x, count);
}

/* in [rows][count] f32; out [rows][count] s8, scales [rows] f32, zero points [rows] s32; tiles: rows; scratch, errors: none */
int tuff_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_hybrid_args *a = args;
    const float *in = io[0];
    int8_t *out = io[1];
    float *scales = io[2];
    int32_t *zeros = io[3];
    const tuff_span rows = tuff_share(a->rows, job, jobs);
    for (int64_t r = rows.first; r < rows.end; r++) tuff_hybrid_row(out + r * a->count, scales + r, zeros + r, in + r * a->count, a->count, a->asymmetric);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
static const tuff_field fields[] = {TUFF_ARG(tuff_hybrid_args, rows, S32), TUFF_ARG(tuff_hybrid_args, asymmetric, BOOL), TUFF_ARG(tuff_hybrid_args, count, S64),
                                    TUFF_FIELD_END};
static const tuff_kernel kernel = TUFF_KERNEL(tuff_hybrid, tuff_hybrid_args, fields);

tuff_status tuff_hybrid_emit(tuff_context *c, int32_t rows, int64_t count, bool asymmetric_rows, tuff_hybrid_rows *out) {
    tuff_hybrid_args *args = tuff_args(c, &kernel);
    if (args) *args = (tuff_hybrid_args){.rows = rows, .asymmetric = asymmetric_rows, .count = count};
    out->values = tuff_io_temporary(c, (size_t)(rows * count));
    out->scales = tuff_io_temporary(c, (size_t)rows * sizeof(float));
    out->zeros = tuff_io_temporary(c, (size_t)rows * sizeof(int32_t));
    const tuff_io io[] = {tuff_io_input(c, 0), out->values, out->scales, out->zeros};
    return tuff_emit(c, &kernel, args, (tuff_cost){rows, 0, rows * count * 5}, io, 4);
}
#endif
