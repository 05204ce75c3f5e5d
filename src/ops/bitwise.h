/* LOGICAL_AND, LOGICAL_OR, BITWISE_XOR, RIGHT_SHIFT: kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_BITWISE_H
#define TUFF_OPS_BITWISE_H

#include "ops/binary.h"

int tuff_logical_and_bool(const void *args, void *const *io, int job, int jobs);
int tuff_logical_or_bool(const void *args, void *const *io, int job, int jobs);
int tuff_bitwise_xor_b1(const void *args, void *const *io, int job, int jobs);
int tuff_bitwise_xor_b2(const void *args, void *const *io, int job, int jobs);
int tuff_bitwise_xor_b4(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_s8(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_u8(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_s16(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_u16(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_s32(const void *args, void *const *io, int job, int jobs);
int tuff_right_shift_u32(const void *args, void *const *io, int job, int jobs);

#endif
