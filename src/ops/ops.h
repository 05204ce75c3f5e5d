/* All builtin op records, and choosing a variant.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_OPS_H
#define TUFF_OPS_OPS_H

#include "tuff/op.h"

/* one declaration per line of ops.def: tuff_op_<name> */
#define TUFF_OP(name) extern const tuff_op tuff_op_##name;
#include "ops/ops.def"
#undef TUFF_OP

const tuff_op *tuff_op_by_code(int32_t code);     /* NULL: no such builtin op */
const tuff_op *tuff_op_by_name(const char *name); /* "CONV_2D" */
const tuff_op *tuff_op_at(int32_t k);             /* k-th record, NULL beyond the end */
/* Are the inputs and outputs there that the record's names ask for, and no more? */
tuff_status tuff_operands_check(const tuff_context *c) TUFF_MUST_USE;
/* The first row whose cells match the types of the context's inputs and outputs; NULL where none does. */
const tuff_variant *tuff_variant_find(const tuff_op *op, const tuff_tensor *const *inputs, int32_t n_inputs, const tuff_tensor *const *outputs,
                                      int32_t n_outputs);
/* Does a cell ("s8|u8", "b1", "=0") take this type? type0: input 0's. */
bool tuff_cell_takes(const char *cell, tuff_type type, tuff_type type0);

#endif
