/* Applying a model's recipe to pixels: the one place where raw data becomes an input tensor.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_SIGNAL_RECIPE_H
#define TUFF_SIGNAL_RECIPE_H

#include "base/error.h"
#include "signal/image.h"
#include "tuff/tuff.h"

/* What an item of the input wants: sizes, and how real numbers are stored. */
typedef struct tuff_recipe_target {
    tuff_type type; /* f32, u8, s8, s16 */
    float scale;    /* integers: real = scale * (q - zero_point); 0: the integer is the number itself */
    int32_t zero_point;
    int32_t width, height, channels;
    int64_t count; /* width * height * channels */
} tuff_recipe_target;

/* Sizes from the input's shape [batch, height, width, channels] or [batch, height, width], else ([batch, n]) from the recipe's, else n x 1 x 1. recipe may
 * be NULL. Errors: DATA (another type, too large, sizes that differ from the recipe's). */
tuff_status tuff_recipe_target_of(const tuff_recipe *recipe, const tuff_tensor *input, tuff_recipe_target *target, tuff_error *error) TUFF_MUST_USE;

/* out: target->count elements. Each pixel is resized, recoloured, inverted (255 - x) where `invert`, normalized to (x - mean) / std, and quantized.
 * recipe NULL: bytes as they are, for u8 targets. Errors: DATA (channels that cannot be made the target's, a recipe of other channels, none). */
tuff_status tuff_recipe_apply(const tuff_recipe *recipe, const tuff_image *image, bool invert, const tuff_recipe_target *target, void *out,
                              tuff_error *error) TUFF_MUST_USE;
/* Stores one real number as element k of out. */
void tuff_recipe_store(const tuff_recipe_target *target, void *out, int64_t k, float real);

#endif
