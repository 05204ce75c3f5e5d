/* Pixels as a PNG.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/picture.h"

tuff_status tuff_png_write(const tuff_picture *picture, uint8_t **bytes, size_t *count, tuff_error *error) {
    static const png_uint_32 formats[] = {PNG_FORMAT_GRAY, PNG_FORMAT_GA, PNG_FORMAT_RGB, PNG_FORMAT_RGBA};
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_alloc_size_t room = 0;
    *bytes = NULL;
    if (picture->channels < 1 || picture->channels > 4) return tuff_fail(error, TUFF_ERR_DATA, "a picture of %d channels has no PNG", (int)picture->channels);
    image.width = (png_uint_32)picture->width;
    image.height = (png_uint_32)picture->height;
    image.format = formats[picture->channels - 1];
    room = PNG_IMAGE_PNG_SIZE_MAX(image);
    if (!(*bytes = malloc(room))) return tuff_fail_memory(error, room);
    if (png_image_write_to_memory(&image, *bytes, &room, 0, picture->pixels, 0, NULL)) {
        *count = room;
        return TUFF_OK;
    }
    free(*bytes);
    *bytes = NULL;
    return tuff_fail(error, TUFF_ERR_DATA, "no PNG of %d x %d pixels: %s", (int)picture->width, (int)picture->height, image.message);
}
