/* DYNAMIC_UPDATE_SLICE: the operand with a block replaced, from start indices on that are moved inside until the block fits.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In place the operand is not copied, as a cache of keys and values wants it.
 * source: TFLite dynamic_update_slice.cc
 */
#include "ops/dynamic_update_slice.h"

#include <string.h>

/* operand [dims], update [update], start s32 or s64 [rank], out [dims] of `bytes` each; tiles: one; scratch, errors: none */
int tuff_dynamic_update_slice(const void *args, void *const *io, int job, int jobs) {
    (void)job, (void)jobs;
    const tuff_dynamic_update_slice_args *p = args;
    uint8_t *out = io[3];
    if (io[0] != io[3] && p->total > 0) memcpy(out, io[0], (size_t)p->total);
    int64_t stride[TUFF_MAX_RANK], rows = 1, from = 0, pitch = p->bytes;
    for (int32_t k = p->rank - 1; k >= 0; k--) {
        const int64_t asked = p->wide ? ((const int64_t *)io[2])[k] : ((const int32_t *)io[2])[k], most = p->dims[k] - p->update[k];
        from += (asked < 0 ? 0 : asked > most ? most : asked) * pitch;
        stride[k] = pitch;
        pitch *= p->dims[k];
        if (k < p->rank - 1) rows *= p->update[k];
    }
    const size_t row_bytes = (size_t)(p->rank > 0 ? p->update[p->rank - 1] : 1) * (size_t)p->bytes;
    for (int64_t r = 0; r < rows && row_bytes > 0; r++) {
        int64_t rest = r, at = from;
        for (int32_t k = p->rank - 2; k >= 0; k--) {
            at += rest % p->update[k] * stride[k];
            rest /= p->update[k];
        }
        memcpy(out + at, (const uint8_t *)io[1] + (size_t)r * row_bytes, row_bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_dynamic_update_slice_args, total, S64),
    TUFF_ARG(tuff_dynamic_update_slice_args, rank, S32),
    TUFF_ARG(tuff_dynamic_update_slice_args, bytes, S32),
    TUFF_ARGS(tuff_dynamic_update_slice_args, dims, S32, TUFF_MAX_RANK),
    TUFF_ARGS(tuff_dynamic_update_slice_args, update, S32, TUFF_MAX_RANK),
    TUFF_ARG(tuff_dynamic_update_slice_args, wide, BOOL),
    TUFF_FIELD_END,
};
#define ROW(types, version, quantizing) \
    { {types, "=0", "s32|s64"}, {"=0"}, version, quantizing, TUFF_KERNEL(tuff_dynamic_update_slice, tuff_dynamic_update_slice_args, fields) }
static const tuff_variant variants[] = {
    ROW("s8", 1, "same same - -> free"), ROW("s16", 4, NULL), ROW("f16", 3, NULL), ROW("b1|b2|b4|b8", 1, NULL), {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *operand = c->inputs[0], *update = c->inputs[1], *start = c->inputs[2];
    TUFF_CHECK(c, start->rank == 1 && start->shape[0] == operand->rank, "%s does not fit %s; expected one index per axis", tuff_shape_text(start).text,
               tuff_shape_text(operand).text);
    TUFF_CHECK(c, update->rank == operand->rank, "%s and %s differ in rank", tuff_shape_text(operand).text, tuff_shape_text(update).text);
    for (int32_t k = 0; k < operand->rank; k++)
        TUFF_CHECK(c, update->shape[k] <= operand->shape[k], "%s is larger than %s along axis %d", tuff_shape_text(update).text, tuff_shape_text(operand).text,
                   (int)k);
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *operand = c->inputs[0], *update = c->inputs[1];
    tuff_dynamic_update_slice_args *args = tuff_args(c, &c->variant->kernel);
    const int32_t bytes = tuff_type_bits(operand->type) / 8;
    if (args) {
        *args = (tuff_dynamic_update_slice_args){
            .total = tuff_count(operand) * bytes, .rank = operand->rank, .bytes = bytes, .wide = c->inputs[2]->type == TUFF_S64};
        for (int32_t k = 0; k < operand->rank; k++) args->dims[k] = operand->shape[k], args->update[k] = update->shape[k];
    }
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_input(c, 2), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, 2 * (tuff_count(operand) + tuff_count(update)) * bytes}, io, 4);
}

const tuff_op tuff_op_dynamic_update_slice = {
    .name = "DYNAMIC_UPDATE_SLICE",
    .code = 151,
    .options = TUFF_OPTIONS_EMPTY(DynamicUpdateSliceOptions, 117),
    .inputs = "operand update start_indices",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .in_place = 1,
    .highest = 6,
};
#endif
