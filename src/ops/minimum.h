/* MAXIMUM and MINIMUM: kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_MINIMUM_H
#define TUFF_OPS_MINIMUM_H

#include "ops/binary.h"

int tuff_maximum_f32(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_f16(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_s8(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_u8(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_s16(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_s32(const void *args, void *const *io, int job, int jobs);
int tuff_maximum_s64(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_f32(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_f16(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_s8(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_u8(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_s16(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_s32(const void *args, void *const *io, int job, int jobs);
int tuff_minimum_s64(const void *args, void *const *io, int job, int jobs);

#endif
