/* EMBEDDING_LOOKUP: rows of a table.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   out[i] = table[lookup[i]], copied; from a quantized table to floats, q * scale, one scale or one per row, zero points not counted.
 * Tables of u8 are read as s8 bytes there, as in the reference. Rows of 4 and 2 bits follow each other without padding.
 * source: TFLite kernels/embedding_lookup.cc
 */
#include "ops/embedding_lookup.h"

#include <string.h>

#include "base/half.h"
#include "ops/share.h"
#include "ops/widen.h"

/* lookup [lookups] s32; table [rows][row]; out [lookups][row]; tiles: lookups; scratch: none; errors: a lookup outside of the table */
int tuff_embedding_lookup(const void *args, void *const *io, int job, int jobs) {
    const tuff_embedding_lookup_args *a = args;
    const int32_t *lookup = io[0];
    const tuff_span span = tuff_share(a->lookups, job, jobs);
    for (int64_t k = span.first; k < span.end; k++) {
        if (lookup[k] < 0 || lookup[k] >= a->rows) return 1;
        memcpy((char *)io[2] + k * a->row, (const char *)io[1] + lookup[k] * a->row, (size_t)a->row);
    }
    return 0;
}

/* lookup, table (s8, s4, s2) as above; out f32 or f16; scales [rows] f32 */
int tuff_embedding_lookup_quantized(const void *args, void *const *io, int job, int jobs) {
    const tuff_embedding_lookup_args *a = args;
    const int32_t *lookup = io[0];
    const float *scales = io[3];
    const tuff_span span = tuff_share(a->lookups, job, jobs);
    for (int64_t k = span.first; k < span.end; k++) {
        if (lookup[k] < 0 || lookup[k] >= a->rows) return 1;
        for (int64_t j = 0; j < a->row; j++) {
            const float y = (float)tuff_narrow_at(io[1], lookup[k] * a->row + j, a->bits) * scales[lookup[k]];
            if (a->half) ((uint16_t *)io[2])[k * a->row + j] = tuff_f32_to_f16(y);
            else ((float *)io[2])[k * a->row + j] = y;
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define ARG(member, kind) TUFF_ARG(tuff_embedding_lookup_args, member, kind)
static const tuff_field fields[] = {ARG(lookups, S32), ARG(rows, S32), ARG(row, S64), ARG(bits, S32), ARG(half, BOOL), TUFF_FIELD_END};
#define COPY TUFF_KERNEL(tuff_embedding_lookup, tuff_embedding_lookup_args, fields)
#define QUANTIZED TUFF_KERNEL(tuff_embedding_lookup_quantized, tuff_embedding_lookup_args, fields)
static const tuff_variant variants[] = {
    {{"s32", "f32"}, {"f32"}, 1, NULL, COPY},
    {{"s32", "f16"}, {"f16"}, 1, NULL, COPY},
    {{"s32", "s8"}, {"s8"}, 2, "- act -> same", COPY},
    {{"s32", "u8"}, {"u8"}, 1, NULL, COPY},
    {{"s32", "s8|u8"}, {"f32|f16"}, 3, NULL, QUANTIZED},
    {{"s32", "s4|s2"}, {"f32|f16"}, 4, NULL, QUANTIZED},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *lookup = c->inputs[0], *table = c->inputs[1];
    TUFF_CHECK(c, lookup->rank == 1, "lookup %s: expected rank 1, found rank %d", lookup->name, (int)lookup->rank);
    TUFF_CHECK(c, table->rank >= 2, "table %s: expected at least rank 2, found rank %d", table->name, (int)table->rank);
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t k = 0; k < table->rank; k++) dims[k] = k ? table->shape[k] : lookup->shape[0];
    return tuff_infer_shape(c, 0, table->rank, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *table = c->inputs[1], *out = c->outputs[0];
    const tuff_quantization *q = &table->quantization;
    const bool quantized = table->type != out->type;
    const int64_t row = tuff_dims_product(table->shape, 1, table->rank);
    const int32_t bits = tuff_type_bits(table->type);
    tuff_embedding_lookup_args a = {c->inputs[0]->shape[0], table->shape[0], quantized ? row : row * bits / 8, bits, out->type == TUFF_F16};
    tuff_io io[4] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    if (quantized) {
        TUFF_CHECK(c, q->details == TUFF_DETAILS_NONE || q->details == TUFF_DETAILS_CUSTOM, "table %s: blockwise scales are not supported", table->name);
        TUFF_CHECK(c, q->count == 1 || (q->count == a.rows && q->dimension == 0), "table %s: expected one scale or one for each of the %d rows, found %d",
                   table->name, (int)a.rows, (int)q->count);
        for (int32_t k = 0; k < q->count; k++)
            TUFF_CHECK(c, q->zero_point[k] == 0, "table %s: zero point must be 0, found %lld", table->name, (long long)q->zero_point[k]);
        void *memory;
        io[3] = tuff_io_array(c, (size_t)a.rows * sizeof(float), &memory);
        for (int32_t k = 0; memory && k < a.rows; k++) ((float *)memory)[k] = q->scale[q->count == 1 ? 0 : k];
    }
    tuff_embedding_lookup_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = a;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){a.lookups, 0, a.lookups * a.row * 2}, io, quantized ? 4 : 3);
}

const tuff_op tuff_op_embedding_lookup = {
    .name = "EMBEDDING_LOOKUP",
    .code = 7,
    .inputs = "lookup weights",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 5,
};
#endif
