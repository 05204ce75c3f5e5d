/* WHERE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_WHERE_H
#define TUFF_OPS_WHERE_H

#include "tuff/op.h"

typedef struct tuff_where_args {
    int64_t count;
    int32_t rank, dims[TUFF_MAX_RANK];
} tuff_where_args;
int tuff_where_b1(const void *args, void *const *io, int job, int jobs);
int tuff_where_b4(const void *args, void *const *io, int job, int jobs);
int tuff_where_b8(const void *args, void *const *io, int job, int jobs);
int tuff_where_f32(const void *args, void *const *io, int job, int jobs);

#endif
