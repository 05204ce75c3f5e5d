/* What follows from a tensor's type and shape alone.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/check.h"
#include "graph/graph.h"

tuff_status tuff_tensor_elements(const tuff_tensor *t, int64_t *count) {
    int64_t product = 1;
    for (int32_t k = 0; k < t->rank; k++)
        if (t->shape[k] < 0 || !tuff_mul_s64(product, t->shape[k], &product)) return TUFF_ERR_LIMIT;
    *count = product;
    return TUFF_OK;
}

size_t tuff_tensor_bytes(const tuff_tensor *t) {
    int64_t elements, bits;
    if (tuff_tensor_elements(t, &elements) != TUFF_OK || !tuff_mul_s64(elements, tuff_type_bits(t->type), &bits)) return SIZE_MAX;
    const uint64_t bytes = ((uint64_t)bits + 7) / 8;
    return bytes > SIZE_MAX ? SIZE_MAX : (size_t)bytes;
}
