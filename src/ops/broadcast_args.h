/* BROADCAST_ARGS: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_BROADCAST_ARGS_H
#define TUFF_OPS_BROADCAST_ARGS_H

#include "tuff/op.h"

typedef struct tuff_broadcast_args_args {
    int32_t rank_a, rank_b;
} tuff_broadcast_args_args;

int tuff_broadcast_args_s32(const void *args, void *const *io, int job, int jobs);
int tuff_broadcast_args_s64(const void *args, void *const *io, int job, int jobs);

#endif
