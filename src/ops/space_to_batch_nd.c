/* SPACE_TO_BATCH_ND: each pixel of a block into a batch of its own, the image padded first. BATCH_TO_SPACE_ND: the way back, cropped after.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Batch (i * block_width + j) * batches + b of the one is pixel (i, j) of every block of image b of the other. Images of rank 3 have a width of 1.
 * source: TFLite space_to_batch_nd.cc, batch_to_space_nd.cc
 */
#include "ops/space_to_batch_nd.h"

#include "ops/fill.h"

/* in [batches][in_height][in_width][channels], padding [1], out [..][out_height][out_width][channels] of `bytes` each; tiles: output pixels;
 * scratch, errors: none */
int tuff_space_to_batch(const void *args, void *const *io, int job, int jobs) {
    const tuff_space_to_batch_args *p = args;
    const int64_t pixel_bytes = (int64_t)p->channels * p->bytes;
    const tuff_span span = tuff_share((int64_t)p->batches * p->block_height * p->block_width * p->out_height * p->out_width, job, jobs);
    for (int64_t i = span.first; i < span.end; i++) {
        const int64_t x = i % p->out_width, y = i / p->out_width % p->out_height, batch = i / p->out_width / p->out_height, place = batch / p->batches;
        const int64_t from_y = y * p->block_height + place / p->block_width - p->top, from_x = x * p->block_width + place % p->block_width - p->left;
        uint8_t *out = (uint8_t *)io[2] + i * pixel_bytes;
        if (from_y < 0 || from_y >= p->in_height || from_x < 0 || from_x >= p->in_width) {
            tuff_fill_with(out, p->channels, io[1], p->bytes);
            continue;
        }
        const int64_t from = (batch % p->batches * p->in_height + from_y) * p->in_width + from_x;
        memcpy(out, (const uint8_t *)io[0] + from * pixel_bytes, (size_t)pixel_bytes);
    }
    return 0;
}

/* in [..][in_height][in_width][channels], out [batches][out_height][out_width][channels]; else as above */
int tuff_batch_to_space(const void *args, void *const *io, int job, int jobs) {
    const tuff_space_to_batch_args *p = args;
    const int64_t pixel_bytes = (int64_t)p->channels * p->bytes;
    const tuff_span span = tuff_share((int64_t)p->batches * p->out_height * p->out_width, job, jobs);
    for (int64_t i = span.first; i < span.end; i++) {
        const int64_t x = i % p->out_width + p->left, y = i / p->out_width % p->out_height + p->top, b = i / p->out_width / p->out_height;
        const int64_t batch = (y % p->block_height * p->block_width + x % p->block_width) * p->batches + b;
        const int64_t from = (batch * p->in_height + y / p->block_height) * p->in_width + x / p->block_width;
        memcpy((uint8_t *)io[1] + i * pixel_bytes, (const uint8_t *)io[0] + from * pixel_bytes, (size_t)pixel_bytes);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/pad.h"
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_space_to_batch_args, batches, S32),     TUFF_ARG(tuff_space_to_batch_args, in_height, S32),
    TUFF_ARG(tuff_space_to_batch_args, in_width, S32),    TUFF_ARG(tuff_space_to_batch_args, out_height, S32),
    TUFF_ARG(tuff_space_to_batch_args, out_width, S32),   TUFF_ARG(tuff_space_to_batch_args, block_height, S32),
    TUFF_ARG(tuff_space_to_batch_args, block_width, S32), TUFF_ARG(tuff_space_to_batch_args, top, S32),
    TUFF_ARG(tuff_space_to_batch_args, left, S32),        TUFF_ARG(tuff_space_to_batch_args, channels, S32),
    TUFF_ARG(tuff_space_to_batch_args, bytes, S32),       TUFF_FIELD_END,
};
#define ROWS(function)                                                                                                    \
    {{"s8", "s32", "s32"}, {"=0"}, 2, "act - - -> same", TUFF_KERNEL(function, tuff_space_to_batch_args, fields)},        \
        {{"s16", "s32", "s32"}, {"=0"}, 4, "act - - -> same", TUFF_KERNEL(function, tuff_space_to_batch_args, fields)}, { \
        {"b1|b2|b4|b8", "s32", "s32"}, {"=0"}, 1, NULL, TUFF_KERNEL(function, tuff_space_to_batch_args, fields)           \
    }
static const tuff_variant to_batch_variants[] = {ROWS(tuff_space_to_batch), {.version = 0}};
static const tuff_variant to_space_variants[] = {ROWS(tuff_batch_to_space), {.version = 0}};

/* Per spatial axis the block and what is padded or cropped before and after; an axis that rank 3 lacks is 1 wide. */
typedef struct blocks {
    int64_t block[2], before[2], after[2], size[2];
    int32_t axes;
} blocks;

static tuff_status resolve(tuff_context *c, blocks *b) {
    const tuff_tensor *in = c->inputs[0], *block = c->inputs[1], *edges = c->inputs[2];
    TUFF_CHECK(c, in->rank == 3 || in->rank == 4, "%s is no image; expected rank 3 or 4", tuff_shape_text(in).text);
    b->axes = in->rank - 2;
    TUFF_CHECK(c, block->rank == 1 && block->shape[0] == b->axes, "block_shape %s does not fit %s", tuff_shape_text(block).text, tuff_shape_text(in).text);
    TUFF_CHECK(c, edges->rank == 2 && edges->shape[0] == b->axes && edges->shape[1] == 2, "%s does not fit %s; expected [%d,2]", tuff_shape_text(edges).text,
               tuff_shape_text(in).text, (int)b->axes);
    TUFF_TRY(tuff_check_same_scale(c, in, c->outputs[0]));
    if (!block->data || !edges->data) return TUFF_LATER;
    for (int32_t k = 0; k < 2; k++) {
        const bool own = k < b->axes;
        b->size[k] = own ? in->shape[1 + k] : 1;
        b->block[k] = own ? tuff_value_at(block, k) : 1;
        b->before[k] = own ? tuff_value_at(edges, 2 * k) : 0;
        b->after[k] = own ? tuff_value_at(edges, 2 * k + 1) : 0;
        TUFF_CHECK(c, b->block[k] > 0, "block %d is %lld", (int)k, (long long)b->block[k]);
        TUFF_CHECK(c, b->before[k] >= 0 && b->after[k] >= 0, "'%s' has a negative number for axis %d", edges->name, (int)k);
    }
    return TUFF_OK;
}

static tuff_status state(tuff_context *c, const blocks *b, int64_t batches, const int64_t *size) {
    const tuff_tensor *in = c->inputs[0];
    int32_t dims[4], rank = 0;
    TUFF_CHECK(c, batches <= INT32_MAX && size[0] <= INT32_MAX && size[1] <= INT32_MAX, "output '%s' would have a dim beyond 2^31", c->outputs[0]->name);
    dims[rank++] = (int32_t)batches;
    for (int32_t k = 0; k < b->axes; k++) dims[rank++] = (int32_t)size[k];
    dims[rank++] = in->shape[in->rank - 1];
    return tuff_infer_shape(c, 0, rank, dims);
}

static tuff_status infer_to_batch(tuff_context *c) {
    blocks b;
    TUFF_TRY(resolve(c, &b));
    int64_t size[2];
    for (int32_t k = 0; k < 2; k++) {
        const int64_t padded = b.size[k] + b.before[k] + b.after[k];
        TUFF_CHECK(c, padded % b.block[k] == 0, "axis %d of %s has %lld elements when padded, no multiple of the block of %lld", (int)k + 1,
                   tuff_shape_text(c->inputs[0]).text, (long long)padded, (long long)b.block[k]);
        size[k] = padded / b.block[k];
    }
    TUFF_CHECK(c, b.block[0] * b.block[1] <= INT32_MAX, "the block has more than 2^31 pixels");
    return state(c, &b, c->inputs[0]->shape[0] * (b.block[0] * b.block[1]), size);
}

static tuff_status infer_to_space(tuff_context *c) {
    blocks b;
    TUFF_TRY(resolve(c, &b));
    const int64_t area = b.block[0] * b.block[1], batches = c->inputs[0]->shape[0];
    TUFF_CHECK(c, batches % area == 0, "%s has batches that blocks of %lld pixels don't divide", tuff_shape_text(c->inputs[0]).text, (long long)area);
    int64_t size[2];
    for (int32_t k = 0; k < 2; k++) {
        size[k] = b.size[k] * b.block[k] - b.before[k] - b.after[k];
        TUFF_CHECK(c, size[k] >= 0, "axis %d is cropped by more than its %lld elements", (int)k + 1, (long long)(b.size[k] * b.block[k]));
    }
    return state(c, &b, batches / area, size);
}

static tuff_status prepare(tuff_context *c, bool to_batch) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0], *image = to_batch ? in : out;
    blocks b;
    TUFF_TRY(resolve(c, &b));
    const int32_t bytes = tuff_type_bits(in->type) / 8;
    tuff_space_to_batch_args *args = tuff_args(c, &c->variant->kernel);
    if (args)
        *args = (tuff_space_to_batch_args){.batches = image->shape[0],
                                           .in_height = in->shape[1],
                                           .in_width = in->rank == 4 ? in->shape[2] : 1,
                                           .out_height = out->shape[1],
                                           .out_width = out->rank == 4 ? out->shape[2] : 1,
                                           .block_height = (int32_t)b.block[0],
                                           .block_width = (int32_t)b.block[1],
                                           .top = (int32_t)b.before[0],
                                           .left = (int32_t)b.before[1],
                                           .channels = in->shape[in->rank - 1],
                                           .bytes = bytes};
    const tuff_cost cost = {tuff_dims_product(out->shape, 0, out->rank - 1), 0, 2 * tuff_count(out) * bytes};
    if (!to_batch) return tuff_emit(c, &c->variant->kernel, args, cost, (tuff_io[]){tuff_io_input(c, 0), tuff_io_output(c, 0)}, 2);
    return tuff_emit(c, &c->variant->kernel, args, cost, (tuff_io[]){tuff_io_input(c, 0), tuff_pad_zero(c), tuff_io_output(c, 0)}, 3);
}
static tuff_status prepare_to_batch(tuff_context *c) { return prepare(c, true); }
static tuff_status prepare_to_space(tuff_context *c) { return prepare(c, false); }

static int32_t version(const tuff_context *c) { return c->inputs[0]->rank != 4 ? 3 : 0; }

const tuff_op tuff_op_space_to_batch_nd = {
    .name = "SPACE_TO_BATCH_ND",
    .code = 38,
    .options = TUFF_OPTIONS_EMPTY(SpaceToBatchNDOptions, 25),
    .inputs = "input block_shape paddings",
    .outputs = "output",
    .variants = to_batch_variants,
    .infer = infer_to_batch,
    .prepare = prepare_to_batch,
    .version = version,
    .highest = 4,
};
const tuff_op tuff_op_batch_to_space_nd = {
    .name = "BATCH_TO_SPACE_ND",
    .code = 37,
    .options = TUFF_OPTIONS_EMPTY(BatchToSpaceNDOptions, 24),
    .inputs = "input block_shape crops",
    .outputs = "output",
    .variants = to_space_variants,
    .infer = infer_to_space,
    .prepare = prepare_to_space,
    .version = version,
    .highest = 4,
};
#endif
