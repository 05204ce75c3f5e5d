/* GELU: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_GELU_H
#define TUFF_OPS_GELU_H

#include "ops/unary.h"

typedef struct tuff_gelu_attrs {
    bool approximate;
} tuff_gelu_attrs;
typedef struct tuff_gelu_args {
    int64_t count;
    bool approximate;
} tuff_gelu_args;

int tuff_gelu_f32(const void *args, void *const *io, int job, int jobs);
int tuff_gelu_f16(const void *args, void *const *io, int job, int jobs);

#endif
