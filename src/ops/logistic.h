/* LOGISTIC and TANH: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_LOGISTIC_H
#define TUFF_OPS_LOGISTIC_H

#include "ops/unary.h"

typedef struct tuff_logistic_s16_args {
    int64_t count;
    int32_t multiplier, shift;
} tuff_logistic_s16_args;

int tuff_logistic_f32(const void *args, void *const *io, int job, int jobs);
int tuff_logistic_f16(const void *args, void *const *io, int job, int jobs);
int tuff_logistic_s16(const void *args, void *const *io, int job, int jobs);
int tuff_tanh_f32(const void *args, void *const *io, int job, int jobs);
int tuff_tanh_f16(const void *args, void *const *io, int job, int jobs);
int tuff_tanh_s16(const void *args, void *const *io, int job, int jobs);

#endif
