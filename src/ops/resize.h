/* RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RESIZE_H
#define TUFF_OPS_RESIZE_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_resize_attrs {
    bool align_corners, half_pixel_centers;
} tuff_resize_attrs;

typedef struct tuff_resize_args {
    int32_t batches, in_height, in_width, out_height, out_width, channels;
} tuff_resize_args;
/* One output coordinate: the two input coordinates between which it lies, and how far behind the lower one. */
typedef struct tuff_resize_tap_f32 {
    int32_t lower, upper;
    float fraction;
} tuff_resize_tap_f32;
typedef struct tuff_resize_tap_q10 {
    int32_t lower, upper, fraction;
} tuff_resize_tap_q10; /* of 1024 */

int tuff_resize_bilinear_f32(const void *args, void *const *io, int job, int jobs);
int tuff_resize_bilinear_u8(const void *args, void *const *io, int job, int jobs);
int tuff_resize_bilinear_s8(const void *args, void *const *io, int job, int jobs);
int tuff_resize_bilinear_s16(const void *args, void *const *io, int job, int jobs);
int tuff_resize_nearest_neighbor(const void *args, void *const *io, int job, int jobs);

#endif
