/* WHERE: the places of the elements that aren't zero, in order.
 * SPDX-License-Identifier: Apache-2.0
 *
 * How many there are is known once the input is: infer counts them.
 * source: TFLite where.cc
 */
#include "ops/where.h"

/* condition [dims], out [..][rank] s64; tiles: 1; scratch, errors: none. The second counts. */
#define WHERE(type, T)                                                            \
    int tuff_where_##type(const void *args, void *const *io, int job, int jobs) { \
        const tuff_where_args *p = args;                                          \
        const T *in = io[0];                                                      \
        int64_t *out = io[1];                                                     \
        (void)job, (void)jobs;                                                    \
        for (int64_t i = 0; i < p->count; i++) {                                  \
            if (!(in[i] != 0)) continue;                                          \
            int64_t rest = i;                                                     \
            for (int32_t k = p->rank - 1; k >= 0; k--) {                          \
                out[k] = rest % p->dims[k];                                       \
                rest /= p->dims[k];                                               \
            }                                                                     \
            out += p->rank;                                                       \
        }                                                                         \
        return 0;                                                                 \
    }                                                                             \
    static inline int64_t count_##type(const void *data, int64_t count) {         \
        const T *in = data;                                                       \
        int64_t found = 0;                                                        \
        for (int64_t i = 0; i < count; i++) found += in[i] != 0;                  \
        return found;                                                             \
    }
WHERE(b1, uint8_t)
WHERE(b4, uint32_t)
WHERE(b8, uint64_t)
WHERE(f32, float)

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_where_args, count, S64),
    TUFF_ARG(tuff_where_args, rank, S32),
    TUFF_ARGS(tuff_where_args, dims, S32, TUFF_MAX_RANK),
    TUFF_FIELD_END,
};
#define KERNEL(type) TUFF_KERNEL(tuff_where_##type, tuff_where_args, fields)
static const tuff_variant variants[] = {
    {{"bool"}, {"s64"}, 1, NULL, KERNEL(b1)},    {{"f32"}, {"s64"}, 2, NULL, KERNEL(f32)}, {{"s8|u8"}, {"s64"}, 2, NULL, KERNEL(b1)},
    {{"s32|u32"}, {"s64"}, 2, NULL, KERNEL(b4)}, {{"s64"}, {"s64"}, 2, NULL, KERNEL(b8)},  {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    TUFF_CHECK(c, in->rank > 0, "%s is a scalar", tuff_shape_text(in).text);
    const int64_t count = tuff_count(in);
    if (!in->data && count > 0) return TUFF_LATER;
    const int32_t bits = tuff_type_bits(in->type);
    const int64_t found = in->type == TUFF_F32 ? count_f32(in->data, count)
                          : bits == 8          ? count_b1(in->data, count)
                          : bits == 32         ? count_b4(in->data, count)
                                               : count_b8(in->data, count);
    TUFF_CHECK(c, found <= INT32_MAX, "%lld elements are not zero, at most 2^31 - 1 can be listed", (long long)found);
    return tuff_infer_shape(c, 0, 2, (const int32_t[]){(int32_t)found, in->rank});
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    tuff_where_args *args = tuff_args(c, &c->variant->kernel);
    const int64_t count = tuff_count(in);
    if (args) *args = (tuff_where_args){.count = count, .rank = in->rank};
    for (int32_t k = 0; args && k < in->rank; k++) args->dims[k] = in->shape[k];
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, count + 8 * tuff_count(c->outputs[0])},
                     (const tuff_io[]){tuff_io_input(c, 0), tuff_io_output(c, 0)}, 2);
}

const tuff_op tuff_op_where = {
    .name = "WHERE",
    .code = 109,
    .options = TUFF_OPTIONS_EMPTY(WhereOptions, 85),
    .inputs = "condition",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 2,
};
#endif
