/* ONE_HOT: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_ONE_HOT_H
#define TUFF_OPS_ONE_HOT_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_one_hot_attrs {
    int32_t axis;
} tuff_one_hot_attrs;
typedef struct tuff_one_hot_args {
    int64_t outer, inner;
    int32_t depth;
    bool wide; /* indices are s64, not s32 */
} tuff_one_hot_args;

int tuff_one_hot_b1(const void *args, void *const *io, int job, int jobs);
int tuff_one_hot_b2(const void *args, void *const *io, int job, int jobs);
int tuff_one_hot_b4(const void *args, void *const *io, int job, int jobs);
int tuff_one_hot_b8(const void *args, void *const *io, int job, int jobs);

#endif
