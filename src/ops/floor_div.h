/* FLOOR_DIV, FLOOR_MOD: kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_FLOOR_DIV_H
#define TUFF_OPS_FLOOR_DIV_H

#include "ops/binary.h"

int tuff_floor_div_f32(const void *args, void *const *io, int job, int jobs);
int tuff_floor_div_s8(const void *args, void *const *io, int job, int jobs);
int tuff_floor_div_s16(const void *args, void *const *io, int job, int jobs);
int tuff_floor_div_s32(const void *args, void *const *io, int job, int jobs);
int tuff_floor_mod_s8(const void *args, void *const *io, int job, int jobs);
int tuff_floor_mod_s16(const void *args, void *const *io, int job, int jobs);
int tuff_floor_mod_s32(const void *args, void *const *io, int job, int jobs);
int tuff_floor_mod_s64(const void *args, void *const *io, int job, int jobs);
int tuff_floor_mod_f32(const void *args, void *const *io, int job, int jobs);

#endif
