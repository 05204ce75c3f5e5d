/* String tensors as kernels see them: s32 count, s32 offset[count + 1] from the start, characters. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_STRINGS_H
#define TUFF_OPS_STRINGS_H

#include <string.h>

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

/* Writing `count` of them one after the other: bytes before the characters, the beginning, string k (after string k - 1). */
#define TUFF_STRINGS_HEAD(count) (sizeof(int32_t) * ((size_t)(count) + 2))
static inline void tuff_strings_begin(void *strings, int64_t count) {
    int32_t *head = strings;
    head[0] = (int32_t)count;
    head[1] = (int32_t)TUFF_STRINGS_HEAD(count);
}
static inline void tuff_strings_put(void *strings, int64_t k, tuff_string s) {
    int32_t *head = strings;
    if (s.bytes > 0) memcpy((char *)strings + head[1 + k], s.text, (size_t)s.bytes);
    head[2 + k] = head[1 + k] + s.bytes;
}

#endif
