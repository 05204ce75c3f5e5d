/* Two elements made one: sums, products, extrema and logic of every numeric type, behind StableHLO's elementwise ops, scatters and windows.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_COMBINE_H
#define TUFF_OPS_COMBINE_H

#include "tuff/op.h"

typedef enum tuff_combination {
    TUFF_COMBINE_STORE, /* b */
    TUFF_COMBINE_ADD,
    TUFF_COMBINE_MULTIPLY,
    TUFF_COMBINE_MAXIMUM, /* a unless a < b */
    TUFF_COMBINE_MINIMUM, /* a unless b < a */
    TUFF_COMBINE_ALL,     /* 1 where both are not zero */
    TUFF_COMBINE_ANY,
    TUFF_COMBINE_AND, /* bit by bit; integers only */
    TUFF_COMBINATIONS
} tuff_combination;
#define TUFF_COMBINE_TYPES "f16|f32|f64|s8|s16|s32|s64|u8|u16|u32|u64|bool"

/* out[i * step_out] = a[i * step_a] (+) b[i * step_b], i = 0..n-1; out may be a or b with the same step */
typedef void tuff_combine_fn(void *out, const void *a, const void *b, int64_t n, int64_t step_out, int64_t step_a, int64_t step_b);
tuff_combine_fn *tuff_combine_for(int32_t type, int32_t combination); /* NULL: there is none */

typedef struct tuff_combine_args {
    int64_t count;
    int32_t type, combination;
} tuff_combine_args;
int tuff_combine(const void *args, void *const *io, int job, int jobs);
typedef struct tuff_shift_left_args {
    int64_t count;
} tuff_shift_left_args;
int tuff_shift_left_s8(const void *args, void *const *io, int job, int jobs);
int tuff_shift_left_s16(const void *args, void *const *io, int job, int jobs);
int tuff_shift_left_s32(const void *args, void *const *io, int job, int jobs);

#endif
