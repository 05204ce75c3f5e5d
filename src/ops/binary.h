/* Ops of two operands that broadcast against each other: what they share. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_BINARY_H
#define TUFF_OPS_BINARY_H

#include "ops/walk.h"

typedef struct tuff_binary_args {
    tuff_walk walk;
} tuff_binary_args;
extern const tuff_field tuff_binary_fields[];

/* A kernel over a [..], b [..], out [walk]. In `statement`: x, y the operands, *z the result, p the args (whose walk is `walk`), `return 2` where
 * y is illegal. tiles: any split of the outputs; scratch: none */
#define TUFF_BINARY(name, args_struct, IN, OUT, statement)                                      \
    int name(const void *args, void *const *io, int job, int jobs) {                            \
        const args_struct *p = args;                                                            \
        const IN *a = io[0], *b = io[1];                                                        \
        OUT *out = io[2];                                                                       \
        const int64_t step_a = tuff_walk_step_a(&p->walk), step_b = tuff_walk_step_b(&p->walk); \
        tuff_row row;                                                                           \
        for (tuff_walk_job(&p->walk, &row, job, jobs); tuff_walk_row(&p->walk, &row);)          \
            for (int32_t i = 0; i < row.n; i++) {                                               \
                const IN x = a[row.a + i * step_a], y = b[row.b + i * step_b];                  \
                OUT *const z = &out[row.out + i];                                               \
                statement                                                                       \
            }                                                                                   \
        return 0;                                                                               \
    }

#ifndef TUFF_KERNELS_ONLY
/* Output 0 gets the shape to which inputs 0 and 1 broadcast. */
tuff_status tuff_binary_infer(tuff_context *c);
/* The step of `kernel` over inputs 0 and 1 and output 0. */
tuff_status tuff_binary_emit(tuff_context *c, const tuff_kernel *kernel, const void *args);
/* The variant's kernel, whose args are a walk alone. */
tuff_status tuff_binary_prepare(tuff_context *c);
#endif

#endif
