/* CONCATENATION: tensors one after the other along an axis. PACK: tensors of one shape along a new axis.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One step per input: its stretches of the inner axes go to their place in the output's. u8 inputs of another scale go through a table:
 *   round(q * (scale_in / scale_out) - zero_in * (scale_in / scale_out)) + zero_out, in float, with 1 / scale_out rounded first.
 * s8 needs one scale, s16 a zero point of 0 (its scales are not looked at).
 * source: TFLite concatenation.cc, pack.cc
 */
#include "ops/concatenation.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/activation.h"
#include "ops/tensor.h"

static const tuff_field concatenation_fields[] = {
    TUFF_FIELD(tuff_concatenation_attrs, axis, S32, 0),
    TUFF_FIELD(tuff_concatenation_attrs, fused_activation_function, S8, 1, .names = tuff_activation_names),
    TUFF_FIELD_END,
};
static const tuff_field pack_fields[] = {
    TUFF_FIELD(tuff_pack_attrs, values_count, S32, 0),
    TUFF_FIELD(tuff_pack_attrs, axis, S32, 1),
    TUFF_FIELD_END,
};

static const tuff_kernel mapped = TUFF_KERNEL(tuff_move_rows_mapped, tuff_move_rows_args, tuff_move_rows_fields);

static const tuff_variant concatenation_variants[] = {
    {{"s8", "=0"}, {"=0"}, 2, "same* -> free", TUFF_MOVE_ROWS_KERNEL},
    {{"s16", "=0"}, {"=0"}, 3, "same* -> free", TUFF_MOVE_ROWS_KERNEL},
    {{"f32|u8|s32|s64|bool|c64|f64|u64", "=0"}, {"=0"}, 1, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"u32", "=0"}, {"=0"}, 4, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"s4", "=0"}, {"=0"}, 5, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"f16|bf16", "=0"}, {"=0"}, 6, NULL, TUFF_MOVE_ROWS_KERNEL},
    {.version = 0},
};
static const tuff_variant pack_variants[] = {
    {{"s8", "=0"}, {"=0"}, 2, "same* -> free", TUFF_MOVE_ROWS_KERNEL},
    {{"s16", "=0"}, {"=0"}, 3, "same* -> free", TUFF_MOVE_ROWS_KERNEL},
    {{"f32|u8|s32|s64", "=0"}, {"=0"}, 1, NULL, TUFF_MOVE_ROWS_KERNEL},
    {{"u32", "=0"}, {"=0"}, 4, NULL, TUFF_MOVE_ROWS_KERNEL},
    {.version = 0},
};

static tuff_status infer_concatenation(tuff_context *c) {
    const tuff_concatenation_attrs *attrs = c->attrs;
    const tuff_tensor *t0 = c->inputs[0];
    TUFF_CHECK(c, attrs->fused_activation_function == TUFF_ACTIVATION_NONE, "takes no fused activation; found %s",
               attrs->fused_activation_function >= 0 && attrs->fused_activation_function <= TUFF_ACTIVATION_SIGN_BIT
                   ? tuff_activation_names[attrs->fused_activation_function]
                   : "an unknown one");
    /* scalars make a vector */
    int32_t axis, dims[TUFF_MAX_RANK] = {0};
    const int32_t rank = t0->rank ? t0->rank : 1;
    TUFF_TRY(tuff_check_axis(c, attrs->axis, rank, &axis));
    int64_t length = 0;
    for (int32_t k = 0; k < c->n_inputs; k++) {
        const tuff_tensor *t = c->inputs[k];
        bool fits = t && t->rank == t0->rank;
        for (int32_t d = 0; fits && d < t->rank; d++) fits = d == axis || t->shape[d] == t0->shape[d];
        TUFF_CHECK(c, fits, "input %d, %s, does not fit %s along axis %d", (int)k, t ? tuff_shape_text(t).text : "left out", tuff_shape_text(t0).text,
                   (int)axis);
        length += t->rank ? t->shape[axis] : 1;
    }
    TUFF_CHECK(c, length <= INT32_MAX, "the output has %lld elements along axis %d", (long long)length, (int)axis);
    for (int32_t d = 0; d < rank; d++) dims[d] = d == axis ? (int32_t)length : t0->shape[d];
    return tuff_infer_shape(c, 0, rank, dims);
}

/* u8 of another scale */
static tuff_status emit_mapped(tuff_context *c, int32_t k, tuff_io out, const tuff_move_rows_args *rows) {
    const tuff_tensor *in = c->inputs[k], *output = c->outputs[0];
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, output));
    tuff_move_rows_args *args = tuff_args(c, &mapped);
    if (args) *args = *rows;
    void *table;
    const tuff_io io[] = {tuff_io_input(c, k), out, tuff_io_array(c, 256, &table)};
    const float scale = tuff_scale(in) * (1.0f / tuff_scale(output)), bias = (float)-tuff_zero_point(in) * scale;
    for (int32_t q = 0; table && q < 256; q++)
        ((uint8_t *)table)[q] = (uint8_t)tuff_clamp(tuff_round_f32_s32((float)q * scale + bias) + tuff_zero_point(output), 0, UINT8_MAX);
    return tuff_emit(c, &mapped, args, (tuff_cost){rows->rows, 0, 2 * rows->rows * rows->bytes}, io, 3);
}

static bool same_scale(const tuff_tensor *a, const tuff_tensor *b) { return tuff_scale(a) == tuff_scale(b) && tuff_zero_point(a) == tuff_zero_point(b); }

/* Input k's stretches, of the dims from `from` on, to the output's of the dims from `axis` on. */
static tuff_status emit_all(tuff_context *c, int32_t axis, int32_t from) {
    const tuff_tensor *out = c->outputs[0];
    bool whole;
    tuff_move_rows_args rows = {.rows = tuff_dims_product(out->shape, 0, axis), .out_pitch = tuff_stretch_bytes(out, axis, &whole)};
    const tuff_io to = tuff_io_output(c, 0);
    for (int32_t k = 0; k < c->n_inputs; k++) {
        const tuff_tensor *in = c->inputs[k];
        rows.bytes = rows.in_pitch = tuff_stretch_bytes(in, in->rank ? from : 0, &whole);
        TUFF_CHECK(c, whole, "stretches of %s along axis %d are no whole bytes", tuff_shape_text(in).text, (int)axis);
        if (rows.bytes == 0 || rows.rows == 0) continue;
        TUFF_TRY(in->type == TUFF_U8 && !same_scale(in, out) ? emit_mapped(c, k, to, &rows) : tuff_move_rows_emit(c, tuff_io_input(c, k), to, &rows));
        rows.out_offset += rows.bytes;
    }
    return TUFF_OK;
}

static tuff_status prepare_concatenation(tuff_context *c) {
    const tuff_tensor *out = c->outputs[0];
    int32_t axis;
    TUFF_TRY(tuff_check_axis(c, ((const tuff_concatenation_attrs *)c->attrs)->axis, out->rank, &axis));
    for (int32_t k = 0; k < c->n_inputs; k++) {
        const tuff_tensor *in = c->inputs[k];
        if (out->type == TUFF_S8) TUFF_TRY(tuff_check_same_scale(c, in, out));
        TUFF_CHECK(c, out->type != TUFF_S16 || (tuff_zero_point(in) == 0 && tuff_zero_point(out) == 0), "s16 '%s' has zero point %d; expected 0", in->name,
                   (int)tuff_zero_point(in));
    }
    return emit_all(c, axis, axis);
}

static tuff_status infer_pack(tuff_context *c) {
    const tuff_pack_attrs *attrs = c->attrs;
    const tuff_tensor *t0 = c->inputs[0];
    TUFF_CHECK(c, c->n_inputs == attrs->values_count, "has %d inputs; values_count says %d", (int)c->n_inputs, (int)attrs->values_count);
    int32_t axis, dims[TUFF_MAX_RANK + 1];
    TUFF_TRY(tuff_check_axis(c, attrs->axis, t0->rank + 1, &axis));
    for (int32_t k = 1; k < c->n_inputs; k++)
        TUFF_CHECK(c, c->inputs[k] && tuff_same_shape(c->inputs[k], t0), "input %d, %s, has another shape than %s", (int)k,
                   c->inputs[k] ? tuff_shape_text(c->inputs[k]).text : "left out", tuff_shape_text(t0).text);
    for (int32_t d = 0; d <= t0->rank; d++) dims[d] = d < axis ? t0->shape[d] : d == axis ? c->n_inputs : t0->shape[d - 1];
    return tuff_infer_shape(c, 0, t0->rank + 1, dims);
}

static tuff_status prepare_pack(tuff_context *c) {
    const tuff_tensor *out = c->outputs[0];
    int32_t axis;
    TUFF_TRY(tuff_check_axis(c, ((const tuff_pack_attrs *)c->attrs)->axis, out->rank, &axis));
    for (int32_t k = 0; k < c->n_inputs; k++) TUFF_TRY(tuff_check_same_scale(c, c->inputs[k], out));
    return emit_all(c, axis, axis);
}

const tuff_op tuff_op_concatenation = {
    .name = "CONCATENATION",
    .code = 2,
    .options = TUFF_OPTIONS(ConcatenationOptions, 10, tuff_concatenation_attrs, concatenation_fields),
    .inputs = "values*",
    .outputs = "output",
    .variants = concatenation_variants,
    .infer = infer_concatenation,
    .prepare = prepare_concatenation,
    .highest = 7,
};
const tuff_op tuff_op_pack = {
    .name = "PACK",
    .code = 83,
    .options = TUFF_OPTIONS(PackOptions, 59, tuff_pack_attrs, pack_fields),
    .inputs = "values*",
    .outputs = "output",
    .variants = pack_variants,
    .infer = infer_pack,
    .prepare = prepare_pack,
    .highest = 5,
};
#endif
