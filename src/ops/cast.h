/* CAST: attrs, args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_CAST_H
#define TUFF_OPS_CAST_H

#include "ops/unary.h"

typedef struct tuff_cast_attrs {
    int8_t in_data_type, out_data_type;
} tuff_cast_attrs;
typedef struct tuff_cast_args {
    int64_t count;
    int32_t from, to;
} tuff_cast_args; /* tuff_types */

int tuff_cast(const void *args, void *const *io, int job, int jobs);

#endif
