/* SQUARED_DIFFERENCE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SQUARED_DIFFERENCE_H
#define TUFF_OPS_SQUARED_DIFFERENCE_H

#include "ops/binary.h"

typedef struct tuff_squared_difference_s8_args {
    tuff_walk walk;
    int32_t zero_a, zero_b, zero_out;
    tuff_multiplier scale_a, scale_b, scale_out;
} tuff_squared_difference_s8_args;

int tuff_squared_difference_f32(const void *args, void *const *io, int job, int jobs);
int tuff_squared_difference_s32(const void *args, void *const *io, int job, int jobs);
int tuff_squared_difference_s8(const void *args, void *const *io, int job, int jobs);

#endif
