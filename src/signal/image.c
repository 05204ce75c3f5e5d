/* Resizing, recolouring, quantizing of single pixels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each axis by itself chooses how an output pixel is made of input pixels:
 *   bilinear   where the picture grows, stays, or shrinks to no less than half: half-pixel centres (output k lies at
 *              (k + 1/2) * in / out - 1/2), the border repeated. This is the rule of RESIZE_BILINEAR with half_pixel_centers.
 *   area       where it shrinks further, since two taps would skip pixels and alias: the mean over the stretch of input that
 *              the output pixel covers, partly covered pixels counted by their part.
 * Both give integer weights: in units of 1 / (2 out) pixel the bilinear tent is 2 out - |p - 2 out j|, which sums to 2 out; in units of
 * 1 / out the covered parts sum to `in`. A pixel is one exact integer sum (at most 255 * 131070^2 < 2^42) and one rounded division, so every machine
 * gives the same bytes, and the same size gives the same picture.
 */
#include "signal/image.h"

typedef struct axis {
    int64_t in, out;
} axis;
typedef struct taps {
    int64_t first, last; /* input pixels with weights > 0 */
    int64_t at;          /* bilinear: the centre in 1 / (2 out); area: where the stretch begins, in 1 / out */
} taps;

static bool by_area(axis a) { return a.in > 2 * a.out; }
static int64_t weight_sum(axis a) { return by_area(a) ? a.in : 2 * a.out; }

static taps taps_of(axis a, int64_t k) {
    if (by_area(a)) return (taps){k * a.in / a.out, ((k + 1) * a.in - 1) / a.out, k * a.in};
    const int64_t unit = 2 * a.out, border = (a.in - 1) * unit;
    int64_t at = (2 * k + 1) * a.in - a.out;
    if (at < 0) at = 0;
    if (at > border) at = border;
    return (taps){at / unit, (at + unit - 1) / unit, at};
}

static int64_t weight(axis a, taps t, int64_t j) {
    if (!by_area(a)) {
        const int64_t distance = t.at - 2 * a.out * j;
        return 2 * a.out - (distance < 0 ? -distance : distance);
    }
    const int64_t begin = j * a.out > t.at ? j * a.out : t.at;
    const int64_t end = (j + 1) * a.out < t.at + a.in ? (j + 1) * a.out : t.at + a.in;
    return end - begin;
}

void tuff_image_sample(const tuff_image *image, int32_t out_width, int32_t out_height, int32_t x, int32_t y, uint8_t pixel[TUFF_IMAGE_CHANNELS]) {
    const axis across = {image->width, out_width}, down = {image->height, out_height};
    const taps columns = taps_of(across, x), rows = taps_of(down, y);
    int64_t sum[TUFF_IMAGE_CHANNELS] = {0, 0, 0, 0};
    for (int64_t j = rows.first; j <= rows.last; j++) {
        const int64_t weight_y = weight(down, rows, j);
        const uint8_t *in = image->pixels + (j * image->width + columns.first) * image->channels;
        for (int64_t i = columns.first; i <= columns.last; i++) {
            const int64_t factor = weight_y * weight(across, columns, i);
            for (int32_t c = 0; c < image->channels; c++) sum[c] += factor * *in++;
        }
    }
    const int64_t total = weight_sum(across) * weight_sum(down);
    for (int32_t c = 0; c < image->channels; c++) pixel[c] = (uint8_t)((sum[c] + total / 2) / total);
}

bool tuff_image_can_recolour(int32_t from, int32_t to) {
    if (from == to) return from >= 1 && from <= TUFF_IMAGE_CHANNELS;
    return (from == 1 || from == 3 || from == 4) && (to == 1 || to == 3);
}

void tuff_image_recolour(uint8_t pixel[TUFF_IMAGE_CHANNELS], int32_t from, int32_t to) {
    if (from == to) return;
    if (from == 4) {
        const uint32_t alpha = pixel[3];
        for (int32_t c = 0; c < 3; c++) pixel[c] = (uint8_t)((pixel[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
    if (from >= 3 && to == 1) pixel[0] = (uint8_t)((19595u * pixel[0] + 38470u * pixel[1] + 7471u * pixel[2] + 32768u) >> 16);
    if (from == 1) pixel[1] = pixel[2] = pixel[0];
}

int32_t tuff_image_quantize(float real, float scale, int32_t zero_point, int32_t lo, int32_t hi) {
    const float steps = real / scale;
    if (!(steps > -3e6f)) return lo; /* NaN too; beyond 2^21 only saturation is left, for types up to 16 bits */
    if (steps > 3e6f) return hi;
    const int32_t whole = (int32_t)steps;
    const float rest = steps - (float)whole; /* exact: both are multiples of the lower one's last place */
    const int32_t q = whole + (rest >= 0.5f) - (rest <= -0.5f) + zero_point;
    return q < lo ? lo : q > hi ? hi : q;
}
