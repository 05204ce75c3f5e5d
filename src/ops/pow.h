/* POW, ATAN2: kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_POW_H
#define TUFF_OPS_POW_H

#include "ops/binary.h"

int tuff_pow_f32(const void *args, void *const *io, int job, int jobs);
int tuff_pow_s32(const void *args, void *const *io, int job, int jobs);
int tuff_atan2_f32(const void *args, void *const *io, int job, int jobs);
int tuff_atan2_f64(const void *args, void *const *io, int job, int jobs);
int tuff_atan2_f16(const void *args, void *const *io, int job, int jobs);
int tuff_atan2_bf16(const void *args, void *const *io, int job, int jobs);

#endif
