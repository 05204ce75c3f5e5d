/* Ops of one input and one output of its shape: what they share. SPDX-License-Identifier: Apache-2.0
 *
 * On 8-bit types any such op is a table of the 256 possible inputs, filled in prepare. On s16 it may be one of 513 samples, 128 inputs apart, with
 * straight lines between them.
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

/* in [count] s16, table s16 [513], out [count] s16; tiles: any split; scratch, errors: none */
int tuff_table_s16(const void *args, void *const *io, int job, int jobs);
#define TUFF_TABLE_S16_KERNEL TUFF_KERNEL(tuff_table_s16, tuff_unary_args, tuff_unary_fields)

/* The value at q in -32768..32767. The step between two samples is of 16 bits, and so is the result: both wrap. */
static inline int16_t tuff_table_s16_at(const int16_t *table, int32_t q) {
    const int16_t *at = table + 256 + (q >> 7), step = (int16_t)(at[1] - at[0]);
    return (int16_t)(at[0] + ((step * (q & 127) + 64) >> 7));
}

#ifndef TUFF_KERNELS_ONLY
tuff_status tuff_unary_infer(tuff_context *c);
/* Args of a kernel that needs nothing but a count, or whose first field it is. */
void *tuff_unary_args_for(tuff_context *c, const tuff_kernel *kernel);
/* The step of the variant's kernel over input 0 and output 0. */
tuff_status tuff_unary_emit(tuff_context *c, const void *args);
/* The variant's table kernel, its table filled: quantize(f(dequantize(q))) in float as the reference has it, on s8, u8 or s16 (513 samples, moved so
 * that the error halfway between two is halved). */
tuff_status tuff_unary_emit_real(tuff_context *c, float (*f)(float));
/* args: of the variant's kernel, a count first; NULL: those of tuff_unary_args_for */
tuff_status tuff_unary_emit_real_with(tuff_context *c, float (*f)(const void *params, float x), const void *params, const void *args);
/* The variant's table kernel for 8 bits: out = f(params, q), within the output's type. */
tuff_status tuff_unary_emit_steps(tuff_context *c, int32_t (*f)(const void *params, int32_t q), const void *params, const void *args);
#endif

#endif
