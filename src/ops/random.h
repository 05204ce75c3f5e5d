/* Random numbers: RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL, STABLEHLO_RNG_BIT_GENERATOR. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_RANDOM_H
#define TUFF_OPS_RANDOM_H

#include "tuff/op.h"

typedef struct tuff_random_attrs {
    int64_t seed, seed2;
} tuff_random_attrs;
typedef struct tuff_stablehlo_rng_bit_generator_attrs {
    int8_t algorithm;
} tuff_stablehlo_rng_bit_generator_attrs;

/* One generator's state: zeros before the first number. */
typedef struct tuff_philox {
    uint32_t counter[4], key[2], seeded;
} tuff_philox;

typedef struct tuff_random_args {
    int64_t count, seed, seed2;
} tuff_random_args;
int tuff_random_uniform(const void *args, void *const *io, int job, int jobs);
int tuff_random_standard_normal(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_multinomial_args {
    int64_t batches, classes, samples, seed, seed2;
} tuff_multinomial_args;
int tuff_multinomial_s32(const void *args, void *const *io, int job, int jobs);
int tuff_multinomial_s64(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_rng_bits_args {
    int64_t words;         /* of 32 bits */
    int32_t state, philox; /* 64-bit numbers of state; philox or threefry */
} tuff_rng_bits_args;
int tuff_rng_bits(const void *args, void *const *io, int job, int jobs);

#endif
