/* Names and sizes of element types.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/op.h"

const char *tuff_type_name(tuff_type type) {
    switch ((int)type) {
#define TUFF_TYPE_CASE(name, number, text, bits) \
    case number: return text;
        TUFF_TYPES(TUFF_TYPE_CASE)
#undef TUFF_TYPE_CASE
    default: return "?";
    }
}

int tuff_type_bits(tuff_type type) {
    switch ((int)type) {
#define TUFF_TYPE_CASE(name, number, text, bits) \
    case number: return bits;
        TUFF_TYPES(TUFF_TYPE_CASE)
#undef TUFF_TYPE_CASE
    default: return 0;
    }
}
