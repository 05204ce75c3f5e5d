/* FILL, ZEROS_LIKE: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_FILL_H
#define TUFF_OPS_FILL_H

#include <string.h>

#include "ops/share.h"
#include "tuff/op.h"

/* `count` times the value of `bytes` */
static inline void tuff_fill_with(uint8_t *out, int64_t count, const void *value, int32_t bytes) {
    if (bytes == 1) {
        memset(out, *(const uint8_t *)value, (size_t)count);
        return;
    }
    for (int64_t i = 0; i < count; i++) memcpy(out + i * bytes, value, (size_t)bytes);
}

typedef struct tuff_fill_args {
    int64_t count;
    int32_t bytes;
} tuff_fill_args;

int tuff_fill(const void *args, void *const *io, int job, int jobs);
int tuff_fill_string(const void *args, void *const *io, int job, int jobs);

#endif
