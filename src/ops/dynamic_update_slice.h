/* DYNAMIC_UPDATE_SLICE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_DYNAMIC_UPDATE_SLICE_H
#define TUFF_OPS_DYNAMIC_UPDATE_SLICE_H

#include "tuff/op.h"

typedef struct tuff_dynamic_update_slice_args {
    int64_t total; /* bytes of the operand */
    int32_t rank, bytes;
    int32_t dims[TUFF_MAX_RANK], update[TUFF_MAX_RANK];
    bool wide; /* start indices are s64, not s32 */
} tuff_dynamic_update_slice_args;

int tuff_dynamic_update_slice(const void *args, void *const *io, int job, int jobs);

#endif
