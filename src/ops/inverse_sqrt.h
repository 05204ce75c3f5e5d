/* 1 / sqrt(x) in fixed point. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_INVERSE_SQRT_H
#define TUFF_OPS_INVERSE_SQRT_H

#include "tuff/op.h"

/* For x >= 0, as a multiplier; 0 counts as 1. */
tuff_multiplier tuff_inverse_sqrt(int32_t x);

#endif
