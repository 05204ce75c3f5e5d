/* Copying a tensor's bytes: the step behind views that can't be shared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/copy.h"

#include <string.h>

/* in, out [bytes]; one tile */
int tuff_copy(const void *args, void *const *io, int job, int jobs) {
    const tuff_copy_args *a = args;
    (void)jobs;
    if (job == 0 && a->bytes > 0) memcpy(io[1], io[0], (size_t)a->bytes);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
const tuff_field tuff_copy_fields[] = {TUFF_ARG(tuff_copy_args, bytes, S64), TUFF_FIELD_END};

tuff_status tuff_copy_emit(tuff_context *c, tuff_io from, tuff_io to, int64_t bytes) {
    static const tuff_kernel kernel = TUFF_KERNEL(tuff_copy, tuff_copy_args, tuff_copy_fields);
    tuff_copy_args *args = tuff_args(c, &kernel);
    if (args) args->bytes = bytes;
    return tuff_emit(c, &kernel, args, (tuff_cost){1, 0, bytes * 2}, (const tuff_io[]){from, to}, 2);
}
#endif
