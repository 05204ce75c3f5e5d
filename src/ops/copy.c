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
#endif
