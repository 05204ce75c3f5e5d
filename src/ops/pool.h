/* AVERAGE_POOL_2D and MAX_POOL_2D: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_POOL_H
#define TUFF_OPS_POOL_H

#include "ops/window.h"

typedef struct tuff_pool_attrs {
    int8_t padding;
    int32_t stride_w, stride_h, filter_width, filter_height;
    int8_t fused_activation_function;
} tuff_pool_attrs;

typedef struct tuff_pool_f32_args {
    tuff_window window;
    int32_t channels;
    float lo, hi;
} tuff_pool_f32_args;
typedef struct tuff_pool_integer_args {
    tuff_window window;
    int32_t channels, lo, hi;
} tuff_pool_integer_args;

int tuff_average_pool_f32(const void *args, void *const *io, int job, int jobs);
int tuff_average_pool_s8(const void *args, void *const *io, int job, int jobs);
int tuff_average_pool_u8(const void *args, void *const *io, int job, int jobs);
int tuff_average_pool_s16(const void *args, void *const *io, int job, int jobs);
int tuff_max_pool_f32(const void *args, void *const *io, int job, int jobs);
int tuff_max_pool_s8(const void *args, void *const *io, int job, int jobs);
int tuff_max_pool_u8(const void *args, void *const *io, int job, int jobs);
int tuff_max_pool_s16(const void *args, void *const *io, int job, int jobs);

#endif
