/* Seeded values for a model's inputs: the same on every machine.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_DATA_RANDOM_H
#define TUFF_KIT_DATA_RANDOM_H

#include "tuff/op.h"

/* The next number of SplitMix64. */
uint64_t tuff_random_next(uint64_t *state);
/* Floats uniform in 0..1, integers of one or two bytes over their range, wider ones (mostly indices) 0..9, bools. false for types without numbers. */
bool tuff_random_fill(uint64_t *state, tuff_type type, void *data, size_t bytes);

#endif
