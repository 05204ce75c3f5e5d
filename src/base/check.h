/* Sizes that cannot overflow.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_CHECK_H
#define TUFF_BASE_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* false where the result doesn't fit */
static inline bool tuff_mul_size(size_t a, size_t b, size_t *out) {
    if (a != 0 && b > SIZE_MAX / a) return false;
    *out = a * b;
    return true;
}
static inline bool tuff_add_size(size_t a, size_t b, size_t *out) {
    if (b > SIZE_MAX - a) return false;
    *out = a + b;
    return true;
}
/* for factors >= 0 */
static inline bool tuff_mul_s64(int64_t a, int64_t b, int64_t *out) {
    if (a != 0 && b > INT64_MAX / a) return false;
    *out = a * b;
    return true;
}

#endif
