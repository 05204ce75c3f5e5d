/* String tensors as kernels see them: s32 count, s32 offset[count + 1] from the start, characters. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_STRINGS_H
#define TUFF_OPS_STRINGS_H

#include "ops/walk.h"

typedef struct tuff_string {
    const char *text;
    int32_t bytes;
} tuff_string;

/* String k; empty where there is none, as of an input that was never set. */
static inline tuff_string tuff_string_at(const void *strings, int64_t k) {
    const int32_t *head = strings;
    if (k >= head[0]) return (tuff_string){"", 0};
    return (tuff_string){(const char *)strings + head[1 + k], head[2 + k] - head[1 + k]};
}

#endif
