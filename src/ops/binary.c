/* Ops of two operands that broadcast against each other: what they share.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/binary.h"

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

const tuff_field tuff_binary_fields[] = {TUFF_WALK_FIELDS(tuff_binary_args, walk), TUFF_FIELD_END};

tuff_status tuff_binary_infer(tuff_context *c) { return tuff_infer_broadcast(c, 0, 2); }

tuff_status tuff_binary_emit(tuff_context *c, const tuff_kernel *kernel, const void *args) {
    const int64_t count = tuff_count(c->outputs[0]);
    const tuff_cost cost = {count, count, count * (2 * tuff_type_bits(c->inputs[0]->type) + tuff_type_bits(c->outputs[0]->type)) / 8};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, kernel, args, cost, io, 3);
}

tuff_status tuff_binary_prepare(tuff_context *c) {
    tuff_binary_args *args = tuff_args(c, &c->variant->kernel);
    if (args) tuff_walk_binary(&args->walk, c->inputs[0], c->inputs[1], c->outputs[0]);
    return tuff_binary_emit(c, &c->variant->kernel, args);
}
#endif
