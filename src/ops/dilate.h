/* STABLEHLO_PAD and DILATE: attrs, args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_DILATE_H
#define TUFF_OPS_DILATE_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_stablehlo_pad_attrs {
    tuff_s64s edge_padding_low, edge_padding_high, interior_padding;
} tuff_stablehlo_pad_attrs;

/* Per dimension, outermost first: element i of `in` lies at low + i * step of `out` (left out where that is outside). */
typedef struct tuff_dilate_args {
    int32_t rank, bytes; /* per element */
    int32_t in[TUFF_MAX_RANK], out[TUFF_MAX_RANK];
    int64_t low[TUFF_MAX_RANK], step[TUFF_MAX_RANK];
} tuff_dilate_args;
int tuff_dilate(const void *args, void *const *io, int job, int jobs);

#ifndef TUFF_KERNELS_ONLY
/* args->out from the rest: `high` more elements (fewer where negative) after the last one. */
tuff_status tuff_dilate_shape(tuff_context *c, tuff_dilate_args *args, const int64_t *high);
tuff_status tuff_dilate_emit(tuff_context *c, const tuff_dilate_args *args, tuff_io in, tuff_io value, tuff_io out);
#endif

#endif
