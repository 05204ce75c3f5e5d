/* Reading tensors: shape, constant, quantization, sparsity.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <math.h>

#include "tflite/options.h"
#include "tflite/read.h"
#include "tflite/schema.h"

static tuff_status read_shape(reader *r, const tuff_flat_table *table, tuff_tensor *t) {
    const tuff_flat_vector shape = tuff_flat_scalars(table, TENSOR_SHAPE, 4);
    const tuff_flat_vector signature = tuff_flat_scalars(table, TENSOR_SHAPE_SIGNATURE, 4);
    if (shape.count > TUFF_MAX_RANK) return tuff_fail(r->error, TUFF_ERR_UNSUPPORTED, "rank %zu, at most %d is supported", shape.count, (int)TUFF_MAX_RANK);
    t->rank = (int32_t)shape.count;
    t->shape = tuff_flat_array(&shape, 4, r->arena);
    if (!t->shape) t->shape = tuff_reader_room(r, 0, 4);
    const int32_t *dims = signature.count == shape.count ? tuff_flat_array(&signature, 4, r->arena) : NULL;
    for (int32_t k = 0; dims && k < t->rank; k++)
        if (dims[k] == -1) t->signature = dims;
    t->has_rank = tuff_flat_u8(table, TENSOR_HAS_RANK, 0) != 0;
    return r->flat.status;
}

static tuff_status read_details(reader *r, const tuff_flat_table *table, tuff_quantization *q) {
    const uint8_t kind = tuff_flat_u8(table, QUANTIZATION_DETAILS_TYPE, 0);
    const tuff_flat_table d = tuff_flat_sub(table, QUANTIZATION_DETAILS);
    if (kind > TUFF_DETAILS_MULTI_AXIS) return tuff_fail(r->error, TUFF_ERR_UNSUPPORTED, "quantization details of kind %u, at most 3 is known", kind);
    if (kind == TUFF_DETAILS_NONE || d.at == 0) return r->flat.status;
    if (kind == TUFF_DETAILS_CUSTOM) {
        const tuff_flat_vector custom = tuff_flat_scalars(&d, CUSTOM_QUANTIZATION_BYTES, 1);
        q->details = TUFF_DETAILS_CUSTOM;
        q->custom = custom.data;
        q->custom_bytes = custom.count;
        return r->flat.status;
    }
    q->details = kind == TUFF_DETAILS_BLOCKWISE ? TUFF_DETAILS_BLOCKWISE : TUFF_DETAILS_MULTI_AXIS;
    q->scales_tensor = tuff_flat_s32(&d, BLOCKWISE_SCALES, 0);
    q->zero_points_tensor = tuff_flat_s32(&d, BLOCKWISE_ZERO_POINTS, 0);
    q->block_size = tuff_flat_s32(&d, BLOCKWISE_BLOCK_SIZE, 0);
    const tuff_flat_vector dims = tuff_flat_scalars(&d, BLOCKWISE_DIMENSIONS, 4);
    if (dims.count > TUFF_MAX_RANK) return tuff_fail(r->error, TUFF_ERR_MODEL, "quantized along %zu dims", dims.count);
    q->dimensions = tuff_flat_array(&dims, 4, r->arena);
    q->dimensions_count = (int32_t)dims.count;
    return r->flat.status;
}

static tuff_status read_scales(reader *r, const tuff_flat_table *table, tuff_quantization *q) {
    const tuff_flat_vector scale = tuff_flat_scalars(table, QUANTIZATION_SCALE, 4);
    const tuff_flat_vector zero = tuff_flat_scalars(table, QUANTIZATION_ZERO_POINT, 8);
    if (scale.count == 0) return r->flat.status;
    if (zero.count != scale.count && zero.count != 1)
        return tuff_fail(r->error, TUFF_ERR_MODEL, "%zu scales with %zu zero points, expected 1 or as many", scale.count, zero.count);
    q->count = (int32_t)scale.count;
    q->scale = tuff_flat_array(&scale, 4, r->arena);
    q->zero_point = tuff_flat_array(&zero, 8, r->arena);
    if (zero.count < scale.count && q->zero_point) {
        int64_t *repeated = tuff_reader_room(r, scale.count, sizeof *repeated);
        for (size_t k = 0; repeated && k < scale.count; k++) repeated[k] = q->zero_point[0];
        q->zero_point = repeated;
    }
    for (int32_t k = 0; q->scale && q->zero_point && k < q->count; k++) {
        if (!isfinite(q->scale[k]) || q->scale[k] < 0) return tuff_fail(r->error, TUFF_ERR_MODEL, "scale %" PRId32 " is %g", k, (double)q->scale[k]);
        if (q->zero_point[k] < INT32_MIN || q->zero_point[k] > INT32_MAX)
            return tuff_fail(r->error, TUFF_ERR_MODEL, "zero point %" PRId32 " is %" PRId64, k, q->zero_point[k]);
    }
    return r->flat.status;
}

static tuff_status read_quantization(reader *r, const tuff_flat_table *table, tuff_quantization *q) {
    const tuff_flat_vector min = tuff_flat_scalars(table, QUANTIZATION_MIN, 4), max = tuff_flat_scalars(table, QUANTIZATION_MAX, 4);
    q->min = tuff_flat_array(&min, 4, r->arena);
    q->max = tuff_flat_array(&max, 4, r->arena);
    q->min_count = (int32_t)min.count;
    q->max_count = (int32_t)max.count;
    q->dimension = tuff_flat_s32(table, QUANTIZATION_DIMENSION, 0);
    TUFF_TRY(read_scales(r, table, q));
    return read_details(r, table, q);
}

/* A vector of indices, stored in 4, 2 or 1 bytes each, widened. */
static tuff_status read_sparse_indices(reader *r, const tuff_flat_table *dim, int slot, tuff_s32s *list, int8_t *width) {
    static const int8_t widths[] = {0, 4, 2, 1};
    const uint8_t kind = tuff_flat_u8(dim, slot, 0);
    if (kind > INDICES_U8) return tuff_fail(r->error, TUFF_ERR_MODEL, "sparse indices of kind %u", kind);
    const tuff_flat_table holder = tuff_flat_sub(dim, slot + 1);
    if (kind == INDICES_NONE || holder.at == 0) return r->flat.status;
    *width = widths[kind];
    const tuff_flat_vector v = tuff_flat_scalars(&holder, 0, (size_t)*width);
    int32_t *wide = tuff_reader_room(r, v.count, sizeof *wide);
    for (size_t k = 0; wide && k < v.count; k++) {
        uint16_t half = 0;
        if (*width == 4) memcpy(&wide[k], v.data + 4 * k, 4);
        else if (*width == 2) memcpy(&half, v.data + 2 * k, 2);
        else half = v.data[k];
        if (*width != 4) wide[k] = half;
    }
    *list = (tuff_s32s){wide, v.count};
    return r->flat.status;
}

static tuff_status read_sparsity(reader *r, const tuff_flat_table *table, tuff_tensor *t) {
    const tuff_flat_vector order = tuff_flat_scalars(table, SPARSITY_TRAVERSAL_ORDER, 4), map = tuff_flat_scalars(table, SPARSITY_BLOCK_MAP, 4);
    const tuff_flat_vector dims = tuff_flat_tables(table, SPARSITY_DIMS);
    if (dims.count > 2 * TUFF_MAX_RANK || order.count > 2 * TUFF_MAX_RANK || map.count > TUFF_MAX_RANK)
        return tuff_fail(r->error, TUFF_ERR_MODEL, "sparsity of %zu dims in order, %zu blocks and %zu dim records", order.count, map.count, dims.count);
    tuff_sparsity *s = tuff_reader_room(r, 1, sizeof *s);
    if (!s) return r->flat.status;
    s->traversal_order = (tuff_s32s){tuff_flat_array(&order, 4, r->arena), order.count};
    s->block_map = (tuff_s32s){tuff_flat_array(&map, 4, r->arena), map.count};
    s->dims = tuff_reader_room(r, dims.count, sizeof *s->dims);
    s->dims_count = (int32_t)dims.count;
    for (size_t k = 0; s->dims && k < dims.count; k++) {
        const tuff_flat_table d = tuff_flat_table_at(&dims, k);
        s->dims[k].format = tuff_flat_s8(&d, DIM_FORMAT, 0);
        s->dims[k].dense_size = tuff_flat_s32(&d, DIM_DENSE_SIZE, 0);
        TUFF_TRY(read_sparse_indices(r, &d, DIM_SEGMENTS_TYPE, &s->dims[k].segments, &s->dims[k].segments_width));
        TUFF_TRY(read_sparse_indices(r, &d, DIM_INDICES_TYPE, &s->dims[k].indices, &s->dims[k].indices_width));
    }
    t->sparsity = s;
    return r->flat.status;
}

static tuff_status read_type(reader *r, const tuff_flat_table *table, int slot, tuff_type *type) {
    const int8_t number = tuff_flat_s8(table, slot, 0);
    if (number < 0 || number >= TUFF_TYPE_COUNT)
        return tuff_fail(r->error, TUFF_ERR_UNSUPPORTED, "element type %d, known are 0 to %d", number, TUFF_TYPE_COUNT - 1);
    *type = (tuff_type)number;
    return TUFF_OK;
}

static tuff_status read_subtypes(reader *r, const tuff_flat_vector *tables, tuff_tensor *t) {
    tuff_subtypes *s = tuff_reader_room(r, 1, sizeof *s);
    if (s) s->list = tuff_reader_room(r, tables->count, sizeof *s->list);
    if (!s || !s->list) return r->flat.status;
    s->count = (int32_t)tables->count;
    for (int32_t k = 0; k < s->count; k++) {
        const tuff_flat_table table = tuff_flat_table_at(tables, (size_t)k);
        const tuff_flat_vector shape = tuff_flat_scalars(&table, SUBTYPE_SHAPE, 4);
        TUFF_TRY(read_type(r, &table, SUBTYPE_TYPE, &s->list[k].type));
        s->list[k].has_rank = tuff_flat_u8(&table, SUBTYPE_HAS_RANK, 0) != 0;
        s->list[k].shape = tuff_flat_array(&shape, 4, r->arena);
        s->list[k].rank = s->list[k].shape ? (int32_t)shape.count : 0;
    }
    t->subtypes = s;
    return r->flat.status;
}

static size_t alignment(tuff_type type) {
    const int bits = tuff_type_bits(type);
    return type == TUFF_STRING ? 4 : bits <= 8 ? 1 : bits >= 64 ? 8 : (size_t)bits / 8;
}

static tuff_status read_constant(reader *r, const tuff_flat_table *table, tuff_tensor *t) {
    const uint32_t external = tuff_flat_u32(table, TENSOR_EXTERNAL_BUFFER, 0);
    if (external)
        return tuff_fail(r->error, TUFF_ERR_UNSUPPORTED, "its data is external buffer %" PRIu32 ", in a file of its own: models in one file are supported",
                         external);
    tuff_flat_vector data;
    TUFF_TRY(tuff_reader_buffer(r, tuff_flat_u32(table, TENSOR_BUFFER, 0), &data));
    if (data.count == 0) return TUFF_OK;
    t->bytes = data.count;
    t->data = data.data;
    if ((uintptr_t)data.data % alignment(t->type) != 0) {
        void *copy = tuff_reader_room(r, data.count, 1);
        if (copy) t->data = memcpy(copy, data.data, data.count);
    }
    return r->flat.status;
}

tuff_status tuff_reader_tensor(reader *r, const tuff_flat_table *table, tuff_tensor *t) {
    const char *name = tuff_flat_string(table, TENSOR_NAME);
    t->name = name ? name : "";
    TUFF_TRY(read_type(r, table, TENSOR_TYPE, &t->type));
    t->variable = tuff_flat_u8(table, TENSOR_IS_VARIABLE, 0) != 0;
    t->quantization.scales_tensor = t->quantization.zero_points_tensor = -1;
    TUFF_TRY(read_shape(r, table, t));
    const tuff_flat_table quantization = tuff_flat_sub(table, TENSOR_QUANTIZATION), sparsity = tuff_flat_sub(table, TENSOR_SPARSITY);
    if (quantization.at) TUFF_TRY(read_quantization(r, &quantization, &t->quantization));
    if (sparsity.at) TUFF_TRY(read_sparsity(r, &sparsity, t));
    const tuff_flat_vector subtypes = tuff_flat_tables(table, TENSOR_VARIANT_TENSORS);
    if (subtypes.data) TUFF_TRY(read_subtypes(r, &subtypes, t));
    return read_constant(r, table, t);
}
