/* BATCH_MATMUL: products of matrices, for all batches that both operands' leading dimensions broadcast to.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[b][i][j] = sum over k of x[b][i][k] * y[b][k][j], either operand stored transposed where adj_x or adj_y says so.
 * s8: zero_out + requantize(sum of (x - zero_x) * (y - zero_y)), saturated; with s32 outputs the plain sum of products, zero points not counted.
 * s16 (y s16 or s8, zero points 0): sums of 64 bits, multiplier of 15 bits. scale_x * scale_y is rounded to float first.
 * Hybrid (x f32, y s8): each row of x is quantized on its own (ops/hybrid); out = (scale_row * scale_y[j]) * (sum of q * y - zero_row * sum of y), the
 * difference taken in float.
 * source: TFLite kernels/batch_matmul.cc, internal/reference/batch_matmul.h
 */
#include "ops/batch_matmul.h"

#include "base/fixed_point.h"
#include "ops/hybrid.h"
#include "ops/share.h"

/* Where the matrices of batch b begin. */
static void batch_at(const tuff_batch_matmul_args *a, int64_t b, int64_t *x, int64_t *y) {
    *x = *y = 0;
    for (int k = TUFF_BATCH_DIMS - 1; k >= 0; b /= a->dims[k], k--) {
        *x += b % a->dims[k] * a->x_batch[k];
        *y += b % a->dims[k] * a->y_batch[k];
    }
}

/* For each output: `sum` from 0 by TERM of x and y at depth k, then PUT. */
#define KERNEL(name, x_type, y_type, out_type, acc_type, TERM, PUT)                                                 \
    int name(const void *args, void *const *io, int job, int jobs) {                                                \
        const tuff_batch_matmul_args *a = args;                                                                     \
        const tuff_span rows = tuff_share((int64_t)a->batches * a->rows, job, jobs);                                \
        for (int64_t r = rows.first; r < rows.end; r++) {                                                           \
            int64_t at_x, at_y;                                                                                     \
            batch_at(a, r / a->rows, &at_x, &at_y);                                                                 \
            const x_type *x = (const x_type *)io[0] + at_x + r % a->rows * a->x_row;                                \
            for (int32_t j = 0; j < a->columns; j++) {                                                              \
                const y_type *y = (const y_type *)io[1] + at_y + j * a->y_column;                                   \
                acc_type sum = 0;                                                                                   \
                for (int32_t k = 0; k < a->depth; k++) sum += (acc_type)TERM(x[k * a->x_depth], y[k * a->y_depth]); \
                ((out_type *)io[2])[r * a->columns + j] = (out_type)PUT(sum);                                       \
            }                                                                                                       \
        }                                                                                                           \
        return 0;                                                                                                   \
    }
#define PLAIN_TERM(x, y) ((x) * (y))
#define SHIFTED_TERM(x, y) (((x)-a->zero_x) * ((y)-a->zero_y))
#define WIDE_TERM(x, y) ((int64_t)(x) * (y))
#define PLAIN(sum) (sum)
#define TO_S8(sum) tuff_clamp((int32_t)((uint32_t)tuff_requantize((int32_t)(sum), a->factor) + (uint32_t)a->zero_out), INT8_MIN, INT8_MAX)
#define TO_S16(sum) tuff_clamp(tuff_requantize_s64(sum, a->factor), INT16_MIN, INT16_MAX)

/* x [batches][rows][depth], y [batches][depth][columns], as the strides have them, out [batches][rows][columns]; tiles: rows; scratch, errors: none */
KERNEL(tuff_batch_matmul_f32, float, float, float, float, PLAIN_TERM, PLAIN)
KERNEL(tuff_batch_matmul_s8, int8_t, int8_t, int8_t, uint32_t, SHIFTED_TERM, TO_S8)
KERNEL(tuff_batch_matmul_s8_s32, int8_t, int8_t, int32_t, uint32_t, PLAIN_TERM, PLAIN)
KERNEL(tuff_batch_matmul_s16, int16_t, int16_t, int16_t, int64_t, WIDE_TERM, TO_S16)
KERNEL(tuff_batch_matmul_s16xs8, int16_t, int8_t, int16_t, int64_t, WIDE_TERM, TO_S16)

/* x f32, y s8, scales [columns] f32, out f32; scratch: a row, then the same quantized */
int tuff_batch_matmul_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_batch_matmul_args *a = args;
    const float *scales = io[3];
    float *row = (float *)((char *)io[4] + (size_t)job * tuff_scratch_pitch((size_t)a->depth * 5));
    int8_t *q = (int8_t *)(row + a->depth);
    const tuff_span rows = tuff_share((int64_t)a->batches * a->rows, job, jobs);
    for (int64_t r = rows.first; r < rows.end; r++) {
        int64_t at_x, at_y;
        batch_at(a, r / a->rows, &at_x, &at_y);
        const float *x = (const float *)io[0] + at_x + r % a->rows * a->x_row;
        for (int32_t k = 0; k < a->depth; k++) row[k] = x[k * a->x_depth];
        float scale;
        int32_t zero;
        tuff_hybrid_row(q, &scale, &zero, row, a->depth, a->asymmetric);
        for (int32_t j = 0; j < a->columns; j++) {
            const int8_t *y = (const int8_t *)io[1] + at_y + j * a->y_column;
            uint32_t sum = 0, weights = 0;
            for (int32_t k = 0; k < a->depth; k++) {
                const int32_t w = y[k * a->y_depth];
                sum += (uint32_t)(q[k] * w);
                weights += (uint32_t)w;
            }
            const float total = (float)(int32_t)sum - (float)(int32_t)weights * (float)zero;
            ((float *)io[2])[r * a->columns + j] = scale * scales[j] * (float)tuff_round_f32_s32(total);
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_batch_mat_mul_attrs, adj_x, BOOL, 0),
    TUFF_FIELD(tuff_batch_mat_mul_attrs, adj_y, BOOL, 1),
    TUFF_FIELD(tuff_batch_mat_mul_attrs, asymmetric_quantize_inputs, BOOL, 2, .version = 4),
    TUFF_FIELD_END,
};
#define ARG(member, kind) TUFF_ARG(tuff_batch_matmul_args, member, kind)
static const tuff_field fields[] = {
    ARG(batches, S32),
    ARG(rows, S32),
    ARG(columns, S32),
    ARG(depth, S32),
    TUFF_ARGS(tuff_batch_matmul_args, dims, S32, TUFF_BATCH_DIMS),
    TUFF_ARGS(tuff_batch_matmul_args, x_batch, S64, TUFF_BATCH_DIMS),
    TUFF_ARGS(tuff_batch_matmul_args, y_batch, S64, TUFF_BATCH_DIMS),
    ARG(x_row, S64),
    ARG(x_depth, S64),
    ARG(y_column, S64),
    ARG(y_depth, S64),
    ARG(zero_x, S32),
    ARG(zero_y, S32),
    ARG(zero_out, S32),
    ARG(factor, MULTIPLIER),
    ARG(asymmetric, BOOL),
    TUFF_FIELD_END,
};
#define RUN(function) TUFF_KERNEL(function, tuff_batch_matmul_args, fields)
static const tuff_variant variants[] = {
    {{"f32", "f32"}, {"f32"}, 1, NULL, RUN(tuff_batch_matmul_f32)},
    {{"s8", "s8"}, {"s8"}, 2, "act act -> free", RUN(tuff_batch_matmul_s8)},
    {{"s8", "s8"}, {"s32"}, 2, NULL, RUN(tuff_batch_matmul_s8_s32)},
    {{"s16", "s16"}, {"s16"}, 3, "act act -> free", RUN(tuff_batch_matmul_s16)},
    {{"s16", "s8"}, {"s16"}, 3, NULL, RUN(tuff_batch_matmul_s16xs8)},
    {{"f32", "s8"}, {"f32"}, 4, NULL, RUN(tuff_batch_matmul_hybrid)},
    {.version = 0},
};

/* Dim k of `rank`, counted as if the shape had leading ones. */
static int32_t dim(const tuff_tensor *t, int32_t rank, int32_t k) { return k < rank - t->rank ? 1 : t->shape[k - rank + t->rank]; }

static tuff_status shape_of(tuff_context *c, tuff_batch_matmul_args *a, int32_t *rank, int32_t *out) {
    const tuff_batch_mat_mul_attrs *attrs = c->attrs;
    const tuff_tensor *x = c->inputs[0], *y = c->inputs[1];
    TUFF_CHECK(c, x->rank >= 2 && y->rank >= 2, "inputs %s and %s: expected at least rank 2, found %d and %d", x->name, y->name, (int)x->rank, (int)y->rank);
    const int32_t n = *rank = x->rank > y->rank ? x->rank : y->rank;
    const int32_t xm = x->shape[x->rank - 2], xn = x->shape[x->rank - 1], ym = y->shape[y->rank - 2], yn = y->shape[y->rank - 1];
    *a = (tuff_batch_matmul_args){.batches = 1,
                                  .rows = attrs->adj_x ? xn : xm,
                                  .depth = attrs->adj_x ? xm : xn,
                                  .columns = attrs->adj_y ? ym : yn,
                                  .x_row = attrs->adj_x ? 1 : xn,
                                  .x_depth = attrs->adj_x ? xn : 1,
                                  .y_column = attrs->adj_y ? yn : 1,
                                  .y_depth = attrs->adj_y ? 1 : yn,
                                  .asymmetric = attrs->asymmetric_quantize_inputs};
    TUFF_CHECK(c, a->depth == (attrs->adj_y ? yn : ym), "%s and %s can't be multiplied", tuff_shape_text(x).text, tuff_shape_text(y).text);
    for (int32_t k = 0; k < TUFF_BATCH_DIMS; k++) a->dims[k] = 1;
    int64_t x_stride = (int64_t)xm * xn, y_stride = (int64_t)ym * yn, batches = 1;
    for (int32_t k = n - 3; k >= 0; k--) {
        const int32_t p = dim(x, n, k), q = dim(y, n, k), at = k + TUFF_BATCH_DIMS - (n - 2);
        TUFF_CHECK(c, p == q || p == 1 || q == 1, "the batches of %s and %s don't broadcast", tuff_shape_text(x).text, tuff_shape_text(y).text);
        out[k] = a->dims[at] = p == 1 ? q : p;
        a->x_batch[at] = p == 1 ? 0 : x_stride;
        a->y_batch[at] = q == 1 ? 0 : y_stride;
        x_stride *= p;
        y_stride *= q;
        batches *= out[k];
        TUFF_CHECK(c, batches <= INT32_MAX, "too many batches");
    }
    a->batches = (int32_t)batches;
    out[n - 2] = a->rows;
    out[n - 1] = a->columns;
    return TUFF_OK;
}

static tuff_status infer(tuff_context *c) {
    tuff_batch_matmul_args a;
    int32_t rank, out[TUFF_MAX_RANK];
    TUFF_TRY(shape_of(c, &a, &rank, out));
    return tuff_infer_shape(c, 0, rank, out);
}

static tuff_status quantize(tuff_context *c, tuff_batch_matmul_args *a) {
    const tuff_tensor *const all[] = {c->inputs[0], c->inputs[1], c->outputs[0]};
    for (int k = 0; k < 3; k++) {
        TUFF_TRY(tuff_check_quantized(c, all[k]));
        TUFF_CHECK(c, all[0]->type != TUFF_S16 || tuff_zero_point(all[k]) == 0, "tensor %s: zero point must be 0, found %d", all[k]->name,
                   (int)tuff_zero_point(all[k]));
    }
    const double real = (double)(tuff_scale(all[0]) * tuff_scale(all[1])) / (double)tuff_scale(all[2]);
    TUFF_CHECK(c, real < 1073741824.0, "scales of %s and %s are too large for the output's: their ratio %g is not below 2^30", all[0]->name, all[1]->name,
               real);
    a->factor = tuff_multiplier_from(real);
    a->zero_x = tuff_zero_point(all[0]);
    a->zero_y = tuff_zero_point(all[1]);
    a->zero_out = tuff_zero_point(all[2]);
    return TUFF_OK;
}

/* One scale per column. */
static tuff_status column_scales(tuff_context *c, const tuff_batch_matmul_args *a, tuff_io *io) {
    const tuff_tensor *y = c->inputs[1];
    const tuff_quantization *q = &y->quantization;
    const int32_t axis = ((const tuff_batch_mat_mul_attrs *)c->attrs)->adj_y ? y->rank - 2 : y->rank - 1;
    TUFF_CHECK(c, q->count == 1 || (q->count == a->columns && q->dimension == axis),
               "tensor %s: expected one scale, or %d along dimension %d, found %d along %d", y->name, (int)a->columns, (int)axis, (int)q->count,
               (int)q->dimension);
    void *memory;
    *io = tuff_io_array(c, (size_t)a->columns * sizeof(float), &memory);
    for (int32_t j = 0; memory && j < a->columns; j++) ((float *)memory)[j] = q->scale[q->count == 1 ? 0 : j];
    return TUFF_OK;
}

static tuff_status prepare(tuff_context *c) {
    tuff_batch_matmul_args a;
    int32_t rank, out[TUFF_MAX_RANK];
    TUFF_TRY(shape_of(c, &a, &rank, out));
    const bool f32 = c->inputs[0]->type == TUFF_F32, hybrid = f32 && c->inputs[1]->type == TUFF_S8;
    if (!f32 && c->outputs[0]->type != TUFF_S32) TUFF_TRY(quantize(c, &a));
    tuff_io io[5] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    if (hybrid) {
        TUFF_TRY(column_scales(c, &a, &io[3]));
        io[4] = tuff_io_scratch(c, (size_t)a.depth * 5);
    }
    tuff_batch_matmul_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    const int64_t rows = (int64_t)a.batches * a.rows;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){rows, rows * a.columns * a.depth, rows * (a.columns + a.depth) * 4}, io, hybrid ? 5 : 3);
}

const tuff_op tuff_op_batch_matmul = {
    .name = "BATCH_MATMUL",
    .code = 126,
    .options = TUFF_OPTIONS(BatchMatMulOptions, 101, tuff_batch_mat_mul_attrs, attr_fields),
    .inputs = "x y",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 4,
};
#endif
