/* AVERAGE_POOL_2D, MAX_POOL_2D, L2_POOL_2D: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_POOL_H
#define TUFF_OPS_POOL_H

#include "ops/window.h"
#include "prims/prims.h"

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
int tuff_l2_pool_f32(const void *args, void *const *io, int job, int jobs);
int tuff_max_pool_b1(const void *args, void *const *io, int job, int jobs);

/* MAX_POOL_2D of bytes over the prim; windows of at most TUFF_MAX_POOL_TAPS taps */
enum { TUFF_MAX_POOL_TAPS = 64 };
typedef struct tuff_max_pool_b1_args {
    tuff_window window;
    int32_t channels, lo, hi, flip;
    const tuff_max_u8 *loop;
} tuff_max_pool_b1_args;

#endif
