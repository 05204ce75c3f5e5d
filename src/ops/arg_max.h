/* ARG_MAX, ARG_MIN: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_ARG_MAX_H
#define TUFF_OPS_ARG_MAX_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_arg_max_attrs {
    int8_t output_type;
} tuff_arg_max_attrs; /* ARG_MIN's too */
typedef struct tuff_arg_max_args {
    int64_t outer, inner;
    int32_t size;
    bool wide; /* indices are s64, not s32 */
} tuff_arg_max_args;

int tuff_arg_max_f32(const void *args, void *const *io, int job, int jobs);
int tuff_arg_max_s8(const void *args, void *const *io, int job, int jobs);
int tuff_arg_max_u8(const void *args, void *const *io, int job, int jobs);
int tuff_arg_max_s32(const void *args, void *const *io, int job, int jobs);
int tuff_arg_min_f32(const void *args, void *const *io, int job, int jobs);
int tuff_arg_min_s8(const void *args, void *const *io, int job, int jobs);
int tuff_arg_min_u8(const void *args, void *const *io, int job, int jobs);
int tuff_arg_min_s32(const void *args, void *const *io, int job, int jobs);

#endif
