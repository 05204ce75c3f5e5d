/* Seeded values for a model's inputs.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/data/random.h"

#include <string.h>

#include "base/half.h"

/* source: Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014) */
uint64_t tuff_random_next(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static float unit(uint64_t *state) { return (float)(tuff_random_next(state) >> 40) / (float)(1 << 24); }

static void fill_one(uint64_t *state, tuff_type type, void *out) {
    switch (type) {
    case TUFF_F32:
    case TUFF_C64: *(float *)out = unit(state); break;
    case TUFF_F64:
    case TUFF_C128: *(double *)out = (double)unit(state); break;
    case TUFF_F16: *(uint16_t *)out = tuff_f32_to_f16(unit(state)); break;
    case TUFF_BF16: *(uint16_t *)out = tuff_f32_to_bf16(unit(state)); break;
    case TUFF_BOOL: *(uint8_t *)out = (uint8_t)(tuff_random_next(state) >> 63); break;
    case TUFF_S16:
    case TUFF_U16: *(uint16_t *)out = (uint16_t)(tuff_random_next(state) >> 48); break;
    case TUFF_S32:
    case TUFF_U32: *(uint32_t *)out = (uint32_t)(tuff_random_next(state) % 10); break;
    case TUFF_S64:
    case TUFF_U64: *(uint64_t *)out = tuff_random_next(state) % 10; break;
    default: *(uint8_t *)out = (uint8_t)(tuff_random_next(state) >> 56); break;
    }
}

bool tuff_random_fill(uint64_t *state, tuff_type type, void *data, size_t bytes) {
    const bool complex_halves = type == TUFF_C64 || type == TUFF_C128;
    const int bits = tuff_type_bits(type);
    if (bits < 8) {
        if (type == TUFF_STRING || type == TUFF_VARIANT) return false;
        for (size_t k = 0; k < bytes; k++) ((uint8_t *)data)[k] = (uint8_t)(tuff_random_next(state) >> 56);
        return true;
    }
    if (type == TUFF_RESOURCE) return false;
    const size_t each = (size_t)bits / (complex_halves ? 16 : 8);
    for (size_t at = 0; at + each <= bytes; at += each) fill_one(state, type, (uint8_t *)data + at);
    return true;
}
