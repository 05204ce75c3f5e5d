/* SOFTMAX, LOG_SOFTMAX: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SOFTMAX_H
#define TUFF_OPS_SOFTMAX_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_softmax_attrs {
    float beta;
} tuff_softmax_attrs;
typedef struct tuff_softmax_f32_args {
    int64_t rows;
    int32_t depth;
    float beta;
} tuff_softmax_f32_args;
typedef struct tuff_softmax_b1_args {
    int64_t rows;
    int32_t depth;
    uint8_t flip;
} tuff_softmax_b1_args;
typedef struct tuff_softmax_s16_args {
    int64_t rows;
    int32_t depth;
    tuff_multiplier scale;
} tuff_softmax_s16_args;
typedef struct tuff_log_softmax_b1_args {
    int64_t rows;
    int32_t depth, radius;
    tuff_multiplier reverse;
    uint8_t flip;
} tuff_log_softmax_b1_args;

int tuff_softmax_f32(const void *args, void *const *io, int job, int jobs);
int tuff_softmax_f16(const void *args, void *const *io, int job, int jobs);
int tuff_softmax_b1(const void *args, void *const *io, int job, int jobs);
int tuff_softmax_b1_s16(const void *args, void *const *io, int job, int jobs);
int tuff_softmax_s16(const void *args, void *const *io, int job, int jobs);
int tuff_log_softmax_f32(const void *args, void *const *io, int job, int jobs);
int tuff_log_softmax_b1(const void *args, void *const *io, int job, int jobs);

#endif
