/* The samples worth showing: the few worst, with their pixels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_EVAL_KEEP_H
#define TUFF_KIT_EVAL_KEEP_H

#include "base/arena.h"
#include "tuff/eval.h"

/* Puts `kept` (label, predicted, score) in order into the list where there is room for it or it is worse than the last one; the sample's name and, of pictures,
 * pixels are copied. */
tuff_status tuff_keep_sample(tuff_kept_sample *list, int32_t *count, int32_t room, const tuff_sample *sample, tuff_kept_sample kept,
                             bool (*worse)(const tuff_kept_sample *a, const tuff_kept_sample *b), tuff_arena *arena, tuff_error *error) TUFF_MUST_USE;

#endif
