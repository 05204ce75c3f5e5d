/* MATRIX_DIAG: matrices with a diagonal, zeros around it. MATRIX_SET_DIAG: matrices with another diagonal.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite matrix_diag.cc, matrix_set_diag.cc
 */
#include "ops/matrix_diag.h"

#include <string.h>

/* in [matrices][rows][columns] or NULL for zeros, diagonal [matrices][min(rows, columns)], out as in, `bytes` per element; tiles: rows of the
 * matrices; scratch, errors: none */
int tuff_matrix_diag(const void *args, void *const *io, int job, int jobs) {
    const tuff_matrix_diag_args *p = args;
    const int32_t length = p->rows < p->columns ? p->rows : p->columns;
    const size_t pitch = (size_t)p->columns * (size_t)p->bytes, bytes = (size_t)p->bytes;
    const tuff_span span = tuff_share(p->matrices * p->rows, job, jobs);
    for (int64_t r = span.first; r < span.end; r++) {
        uint8_t *out = (uint8_t *)io[2] + (size_t)r * pitch;
        if (io[0] && out != (const uint8_t *)io[0] + (size_t)r * pitch) memcpy(out, (const uint8_t *)io[0] + (size_t)r * pitch, pitch);
        if (!io[0]) memset(out, 0, pitch);
        const int64_t k = r % p->rows;
        if (k < length) memcpy(out + (size_t)k * bytes, (const uint8_t *)io[1] + (size_t)(r / p->rows * length + k) * bytes, bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_matrix_diag_args, matrices, S64),
    TUFF_ARG(tuff_matrix_diag_args, rows, S32),
    TUFF_ARG(tuff_matrix_diag_args, columns, S32),
    TUFF_ARG(tuff_matrix_diag_args, bytes, S32),
    TUFF_FIELD_END,
};
#define KERNEL TUFF_KERNEL(tuff_matrix_diag, tuff_matrix_diag_args, fields)
static const tuff_variant diag_variants[] = {{{"b1|b2|b4|b8"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant set_diag_variants[] = {{{"b1|b2|b4|b8", "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};

static tuff_status infer_diag(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    TUFF_CHECK(c, in->rank >= 1, "diagonal '%s' is a scalar; expected rank 1 or more", in->name);
    int32_t dims[TUFF_MAX_RANK + 1];
    for (int32_t k = 0; k < in->rank; k++) dims[k] = in->shape[k];
    dims[in->rank] = in->shape[in->rank - 1];
    return tuff_infer_shape(c, 0, in->rank + 1, dims);
}

static tuff_status infer_set_diag(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *diagonal = c->inputs[1];
    TUFF_CHECK(c, in->rank >= 2, "%s is no matrix; expected rank 2 or more", tuff_shape_text(in).text);
    const int32_t rows = in->shape[in->rank - 2], columns = in->shape[in->rank - 1];
    const int64_t needed = tuff_dims_product(in->shape, 0, in->rank - 2) * (rows < columns ? rows : columns);
    TUFF_CHECK(c, tuff_count(diagonal) == needed, "diagonal %s does not fit %s; expected %lld elements", tuff_shape_text(diagonal).text,
               tuff_shape_text(in).text, (long long)needed);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status emit(tuff_context *c, tuff_io in, tuff_io diagonal) {
    const tuff_tensor *out = c->outputs[0];
    const int32_t rows = out->shape[out->rank - 2], columns = out->shape[out->rank - 1], bytes = tuff_type_bits(out->type) / 8;
    const int64_t matrices = tuff_dims_product(out->shape, 0, out->rank - 2);
    tuff_matrix_diag_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_matrix_diag_args){matrices, rows, columns, bytes};
    const tuff_io io[] = {in, diagonal, tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){matrices * rows, 0, 2 * tuff_count(out) * bytes}, io, 3);
}
static tuff_status prepare_diag(tuff_context *c) { return emit(c, TUFF_IO_NONE, tuff_io_input(c, 0)); }
static tuff_status prepare_set_diag(tuff_context *c) { return emit(c, tuff_io_input(c, 0), tuff_io_input(c, 1)); }

const tuff_op tuff_op_matrix_diag = {
    .name = "MATRIX_DIAG",
    .code = 113,
    .options = TUFF_OPTIONS_EMPTY(MatrixDiagOptions, 88),
    .inputs = "diagonal",
    .outputs = "output",
    .variants = diag_variants,
    .infer = infer_diag,
    .prepare = prepare_diag,
    .highest = 1,
};
const tuff_op tuff_op_matrix_set_diag = {
    .name = "MATRIX_SET_DIAG",
    .code = 115,
    .options = TUFF_OPTIONS_EMPTY(MatrixSetDiagOptions, 90),
    .inputs = "input diagonal",
    .outputs = "output",
    .variants = set_diag_variants,
    .infer = infer_set_diag,
    .prepare = prepare_set_diag,
    .in_place = 1,
    .highest = 1,
};
#endif
