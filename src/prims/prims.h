/* The hot loops: signatures, and lists of loops, best first.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A prim knows pointers, strides and counts; no op, no tensor, no padding mode. A plan takes the first loop of a list that its target
 * allows (tuff_<prim>_for). Records and packers are plain C on every host; `run` is NULL where this build cannot hold the loop.
 * Integer loops equal the C loop bit for bit. Float loops: |got - exact| <= TOLERANCE * eps * sum of |terms|, eps = 2^-24, TOLERANCE beside
 * each. No pointer needs more alignment than its type has, and nothing is read or written beyond what is said here.
 */
#ifndef TUFF_PRIMS_PRIMS_H
#define TUFF_PRIMS_PRIMS_H

#include "base/cpu.h"
#include "tuff/op.h"

/* tuff_x_list ends with NULL, its last loop is the C one; tuff_x_for gives the first that `level` allows and this build has, NULL at level none. */
#define TUFF_PRIM_LIST(name)                                       \
    extern const name *const name##_list[];                        \
    static inline const name *name##_for(int level) {              \
        for (const name *const *p = name##_list; *p; p++)          \
            if ((*p)->run && (*p)->prim.level <= level) return *p; \
        return NULL;                                               \
    }

/* ---- gemm f32: c[m][n] = clamp(a[m][k] . b + bias) ----
 *   a       m rows, `a_pitch` elements apart, k each
 *   packed  panels of `columns` output columns: [columns] bias, then [k][columns]; padded with zeros (tuff_gemm_f32 packer)
 *   c       m rows, `c_pitch` elements apart; n columns are written, no more
 *   m, n, k >= 0; multiples of `rows` rows are best
 * NaN sums stay NaN. A row's bits do not depend on the rows that it is computed with. */
#define TUFF_GEMM_F32_TOLERANCE(k) ((k) + 2)
typedef struct tuff_gemm_f32 {
    tuff_prim prim;
    int32_t rows, columns; /* the tile: m is best a multiple of rows; columns is the panel's width */
    const char *layout;    /* id of the packed layout */
    void (*run)(float *c, int64_t c_pitch, const float *a, int64_t a_pitch, const float *packed, int32_t m, int32_t n, int32_t k, float lo, float hi);
} tuff_gemm_f32;
TUFF_PRIM_LIST(tuff_gemm_f32)
extern const tuff_gemm_f32 tuff_gemm_f32_avx2, tuff_gemm_f32_c;
/* floats of the packed form; weights [n][k] row by row (source_pitch between rows), bias [n] or NULL */
size_t tuff_gemm_f32_packed_count(const tuff_gemm_f32 *prim, int32_t n, int32_t k);
void tuff_gemm_f32_pack(const tuff_gemm_f32 *prim, float *packed, const float *weights, int64_t source_pitch, const float *bias, int32_t n, int32_t k);

/* ---- gemm s8: acc[m][n] = sum over k of (int8)(a ^ flip) * w, plus bias[n]; wraps ----
 * flip is 0x00 for s8 and 0x80 for u8 activations, which turns u8 x into s8 x - 128. Zero points are the caller's:
 * folded into the packed bias (bias - zero * sum of w), and, where weights have one, corrected with tuff_gemm_s8_row_sums.
 *   packed  panels of `columns`: [columns] int32 bias, then the loop's own order of weights; padded with zeros
 *   acc     m rows, acc_pitch elements apart: written up to the next multiple of `columns` (acc_pitch >= that) */
typedef struct tuff_gemm_s8 {
    tuff_prim prim;
    int32_t rows, columns, depth; /* depth: k is padded to a multiple of it in the packed form */
    int32_t offset;               /* what the loop adds to activations, to have them unsigned; the packed bias takes it off */
    const char *layout;
    void (*run)(int32_t *acc, int64_t acc_pitch, const uint8_t *a, int64_t a_pitch, uint8_t flip, const void *packed, int32_t m, int32_t n, int32_t k);
} tuff_gemm_s8;
TUFF_PRIM_LIST(tuff_gemm_s8)
extern const tuff_gemm_s8 tuff_gemm_s8_avxvnni, tuff_gemm_s8_avx2, tuff_gemm_s8_c;
size_t tuff_gemm_s8_packed_bytes(const tuff_gemm_s8 *prim, int32_t n, int32_t k);
/* weights [n][k] as (int8)(w ^ flip); bias [n] or NULL; zero_in: of the flipped activations */
void tuff_gemm_s8_pack(const tuff_gemm_s8 *prim, void *packed, const uint8_t *weights, uint8_t flip, const int32_t *bias, int32_t zero_in, int32_t n,
                       int32_t k);

/* ---- depthwise f32: for p in pixels, c in channels: out[p][c] = clamp(bias[c] + sum over taps of taps_in[t][p * step + c] * weights[t][c]) ----
 *   out pitch out_pitch elements; step in elements; weights [taps][channels]; taps >= 0 */
#define TUFF_DEPTHWISE_F32_TOLERANCE(taps) ((taps) + 2)
typedef struct tuff_depthwise_f32 {
    tuff_prim prim;
    void (*run)(float *out, int64_t out_pitch, const float *const *taps_in, int32_t taps, int64_t step, int32_t pixels, const float *weights, const float *bias,
                int32_t channels, float lo, float hi);
} tuff_depthwise_f32;
TUFF_PRIM_LIST(tuff_depthwise_f32)
extern const tuff_depthwise_f32 tuff_depthwise_f32_avx2, tuff_depthwise_f32_c;

/* ---- depthwise s8: acc[p][c] = bias[c] + sum over taps of ((int8)(in ^ flip) - zero_in) * weights[t][c]; wraps ----
 *   weights s16 [taps][channels], their zero point already taken off (so u8 weights fit: -255..255) */
typedef struct tuff_depthwise_s8 {
    tuff_prim prim;
    void (*run)(int32_t *acc, int64_t acc_pitch, const uint8_t *const *taps_in, int32_t taps, int64_t step, int32_t pixels, uint8_t flip, int32_t zero_in,
                const int16_t *weights, const int32_t *bias, int32_t channels);
} tuff_depthwise_s8;
TUFF_PRIM_LIST(tuff_depthwise_s8)
extern const tuff_depthwise_s8 tuff_depthwise_s8_avx2, tuff_depthwise_s8_c;

/* ---- requantize: out[r][c] = clamp(zero_out + acc[r][c] requantized by multiplier[c], shift[c]) as one byte (s8 or u8, by lo and hi) ----
 *   fixed: double rounding of base/fixed_point.h; adding zero_out wraps. multiplier (0 or 2^30..2^31-1), shift (-31..30): `columns` of them. */
typedef struct tuff_requantize_s8 {
    tuff_prim prim;
    void (*run)(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns, const int32_t *multiplier,
                const int32_t *shift, int32_t zero_out, int32_t lo, int32_t hi);
} tuff_requantize_s8;
TUFF_PRIM_LIST(tuff_requantize_s8)
extern const tuff_requantize_s8 tuff_requantize_s8_avx2, tuff_requantize_s8_c;

/* ---- requantize f64: the same with round half away(acc * scale[c]) in double, as FULLY_CONNECTED does; scale >= 0, saturates ---- */
typedef struct tuff_requantize_f64_s8 {
    tuff_prim prim;
    void (*run)(uint8_t *out, int64_t out_pitch, const int32_t *acc, int64_t acc_pitch, int32_t rows, int32_t columns, const double *scale, int32_t zero_out,
                int32_t lo, int32_t hi);
} tuff_requantize_f64_s8;
TUFF_PRIM_LIST(tuff_requantize_f64_s8)
extern const tuff_requantize_f64_s8 tuff_requantize_f64_s8_avx2, tuff_requantize_f64_s8_c;

/* ---- quantize f32: out[k] = round half away(zero + x[k] * inverse) clamped to lo..hi, in float arithmetic; NaN gives lo ----
 *   range  the least and the greatest of 0 and all x; NaN doesn't count */
typedef struct tuff_quantize_f32 {
    tuff_prim prim;
    void (*run)(int8_t *out, const float *x, int64_t count, float inverse, int32_t zero, int32_t lo, int32_t hi);
    void (*range)(const float *x, int64_t count, float *least, float *greatest);
} tuff_quantize_f32;
TUFF_PRIM_LIST(tuff_quantize_f32)
extern const tuff_quantize_f32 tuff_quantize_f32_avx2, tuff_quantize_f32_c;

/* ---- max u8: out[c] = clamp(greatest over taps of taps_in[t][c]), bytes compared as unsigned after ^ flip (0x80 for s8), lo and hi likewise ----
 *   taps >= 1 */
typedef struct tuff_max_u8 {
    tuff_prim prim;
    void (*run)(uint8_t *out, const uint8_t *const *taps_in, int32_t taps, uint8_t flip, uint8_t lo, uint8_t hi, int32_t channels);
} tuff_max_u8;
TUFF_PRIM_LIST(tuff_max_u8)
extern const tuff_max_u8 tuff_max_u8_avx2, tuff_max_u8_c;

#endif
