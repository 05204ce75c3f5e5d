/* QUANTIZE and DEQUANTIZE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_QUANTIZE_H
#define TUFF_OPS_QUANTIZE_H

#include "ops/unary.h"

/* Between reals and steps: tensors of [..][channels][inner], a scale and a zero point per channel. */
typedef struct tuff_quantize_args {
    int64_t count, inner;
    int32_t channels, lo, hi;
} tuff_quantize_args;
/* From steps to steps. */
typedef struct tuff_requantize_args {
    int64_t count;
    int32_t zero_in, zero_out, lo, hi;
    tuff_multiplier scale;
} tuff_requantize_args;

int tuff_quantize_s8(const void *args, void *const *io, int job, int jobs);
int tuff_quantize_u8(const void *args, void *const *io, int job, int jobs);
int tuff_quantize_s16(const void *args, void *const *io, int job, int jobs);
int tuff_quantize_s4(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s8_s16(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_u8_s16(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s16_s8(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s16_s16(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s16_s32(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s32_s8(const void *args, void *const *io, int job, int jobs);
int tuff_requantize_s32_s16(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_s8(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_u8(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_s16(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_s4(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_u4(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_s2(const void *args, void *const *io, int job, int jobs);
int tuff_dequantize_f16(const void *args, void *const *io, int job, int jobs);

#endif
