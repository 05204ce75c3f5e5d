/* CONCATENATION, PACK: attrs. Their kernels are move.h's. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_CONCATENATION_H
#define TUFF_OPS_CONCATENATION_H

#include "ops/move.h"

typedef struct tuff_concatenation_attrs {
    int32_t axis;
    int8_t fused_activation_function;
} tuff_concatenation_attrs;
typedef struct tuff_pack_attrs {
    int32_t values_count, axis;
} tuff_pack_attrs;

#endif
