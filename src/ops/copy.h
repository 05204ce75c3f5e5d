/* Copying a tensor's bytes: the step behind views that can't be shared. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_COPY_H
#define TUFF_OPS_COPY_H

#include "tuff/op.h"

typedef struct {
    int64_t bytes;
} tuff_copy_args;
int tuff_copy(const void *args, void *const *io, int job, int jobs);
#ifndef TUFF_KERNELS_ONLY
extern const tuff_field tuff_copy_fields[];
tuff_status tuff_copy_emit(tuff_context *c, tuff_io from, tuff_io to, int64_t bytes);
#endif

#endif
