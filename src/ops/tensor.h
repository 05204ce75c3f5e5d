/* What infer and prepare of many ops ask of a tensor: counts, scales, axes, ranges of types.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_TENSOR_H
#define TUFF_OPS_TENSOR_H

#include "base/error.h"
#include "base/fixed_point.h"
#include "tuff/op.h"

/* Elements of a tensor whose shape infer has checked, and of dims [from, to). */
int64_t tuff_count(const tuff_tensor *t);
int64_t tuff_dims_product(const int32_t *dims, int32_t from, int32_t to);
bool tuff_same_shape(const tuff_tensor *a, const tuff_tensor *b);

/* The one scale and zero point; 0 where the tensor has none. */
float tuff_scale(const tuff_tensor *t);
int32_t tuff_zero_point(const tuff_tensor *t);
/* One scale, finite and positive, and a zero point that its type holds; s16 and s32: zero point 0. */
tuff_status tuff_check_quantized(tuff_context *c, const tuff_tensor *t);
/* t shares the scale and zero point of `with` (or neither has any). */
tuff_status tuff_check_same_scale(tuff_context *c, const tuff_tensor *t, const tuff_tensor *with);

/* infer: `output` has the shape that input `k`, a vector, spells out; TUFF_LATER while its values aren't known. */
tuff_status tuff_infer_shape_from(tuff_context *c, int32_t output, int32_t k);

/* "f32 'name' [1,2,3]" for messages. */
typedef struct tuff_text {
    char text[120];
} tuff_text;
tuff_text tuff_shape_text(const tuff_tensor *t);

/* The element at k of an integer tensor (s8, u8, s16, s32, s64) whose data is known. */
int64_t tuff_value_at(const tuff_tensor *t, int64_t k);
/* axis in [-rank, rank) made non-negative. */
tuff_status tuff_check_axis(tuff_context *c, int64_t axis, int32_t rank, int32_t *out);

/* The values that an integer type of at most 32 bits holds. */
void tuff_type_range(tuff_type type, int32_t *lo, int32_t *hi);
/* [lo, hi] in the quantized values of `out`, within its type; infinities mean the type's ends. */
void tuff_quantized_range(const tuff_tensor *out, float real_lo, float real_hi, int32_t *lo, int32_t *hi);
/* scale = 2^log2 within a thousandth of an octave */
bool tuff_near_power_of_two(float scale, int32_t *log2);

#endif
