/* FAKE_QUANT: attrs, args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_FAKE_QUANT_H
#define TUFF_OPS_FAKE_QUANT_H

#include "ops/unary.h"

typedef struct tuff_fake_quant_attrs {
    float min, max;
    int32_t num_bits;
    bool narrow_range;
} tuff_fake_quant_attrs;
typedef struct tuff_fake_quant_args {
    int64_t count;
    float lo, hi, scale;
} tuff_fake_quant_args;

int tuff_fake_quant_f32(const void *args, void *const *io, int job, int jobs);

#endif
