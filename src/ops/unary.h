/* Ops of one input and one output of its shape: what they share. SPDX-License-Identifier: Apache-2.0
 *
 * On 8-bit types any such op is a table of the 256 possible inputs, filled in prepare.
 */
#ifndef TUFF_OPS_UNARY_H
#define TUFF_OPS_UNARY_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_unary_args {
    int64_t count;
} tuff_unary_args;
extern const tuff_field tuff_unary_fields[];

/* in [count], table [256] by the input's bits, out [count], one byte each; tiles: any split; scratch, errors: none */
int tuff_table_b1(const void *args, void *const *io, int job, int jobs);
#define TUFF_TABLE_KERNEL TUFF_KERNEL(tuff_table_b1, tuff_unary_args, tuff_unary_fields)

#ifndef TUFF_KERNELS_ONLY
tuff_status tuff_unary_infer(tuff_context *c);
/* Args of a kernel that needs nothing but a count, or whose first field it is. */
void *tuff_unary_args_for(tuff_context *c, const tuff_kernel *kernel);
/* The step of the variant's kernel over input 0 and output 0. */
tuff_status tuff_unary_emit(tuff_context *c, const void *args);
/* The table kernel: quantize(f(dequantize(q))), in float as the reference fills its tables. */
tuff_status tuff_unary_emit_real(tuff_context *c, float (*f)(float));
/* The table kernel: out = f(params, q), within the output's type. */
tuff_status tuff_unary_emit_steps(tuff_context *c, int32_t (*f)(const void *params, int32_t q), const void *params);
#endif

#endif
