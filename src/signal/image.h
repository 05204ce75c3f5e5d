/* Pixels to a model's input: resizing, recolouring, normalizing, quantizing. Portable C without allocation or libc, for generated code too.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_SIGNAL_IMAGE_H
#define TUFF_SIGNAL_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { TUFF_IMAGE_CHANNELS = 4, TUFF_IMAGE_SIDE = 65535 };

/* pixels [height, width, channels] u8, rows from the top; sides 1..TUFF_IMAGE_SIDE; channels 1 (gray), 3 (red green blue), 4 (and alpha) */
typedef struct tuff_image {
    const uint8_t *pixels;
    int32_t width, height, channels;
} tuff_image;

/* One pixel of the image as it is in size out_width x out_height; 0 <= x < out_width, 0 <= y < out_height; sides up to TUFF_IMAGE_SIDE.
 * pixel: image->channels values. Exact integers, rounded to nearest, ties up. */
void tuff_image_sample(const tuff_image *image, int32_t out_width, int32_t out_height, int32_t x, int32_t y, uint8_t pixel[TUFF_IMAGE_CHANNELS]);

/* Whether a pixel of `from` channels can be made one of `to`: 1, 3, 4 -> 1, 3; or the same number. */
bool tuff_image_can_recolour(int32_t from, int32_t to);
/* In place. Colour to gray is Rec. 601 luma (19595 r + 38470 g + 7471 b) / 65536; gray to colour repeats; alpha is shown on white. */
void tuff_image_recolour(uint8_t pixel[TUFF_IMAGE_CHANNELS], int32_t from, int32_t to);

/* As QUANTIZE does: round half away(real / scale) + zero_point, saturated to lo..hi; NaN gives lo. scale > 0, lo <= hi. */
int32_t tuff_image_quantize(float real, float scale, int32_t zero_point, int32_t lo, int32_t hi);

#endif
