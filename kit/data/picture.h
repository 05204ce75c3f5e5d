/* PNG, JPEG and BMP bytes to pixels.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_DATA_PICTURE_H
#define TUFF_KIT_DATA_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "tuff/status.h"

/* Rows from the top, channels interleaved: 1 gray, 3 red green blue. Transparency is shown on white, as a page shows it. */
typedef struct tuff_picture {
    uint8_t *pixels; /* on the heap */
    int32_t width, height, channels;
} tuff_picture;
void tuff_picture_free(tuff_picture *picture); /* and clears it */

/* Whether bytes begin as a PNG, JPEG or BMP does. */
bool tuff_picture_is(const uint8_t *bytes, size_t count);
/* Decodes by content. `name` is for messages. Errors: FORMAT (damaged, truncated), UNSUPPORTED, LIMIT, MEMORY. */
tuff_status tuff_picture_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) TUFF_MUST_USE;

/* Each format alone; room for width x height x channels comes from tuff_picture_allocate. */
tuff_status tuff_png_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_jpeg_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_bmp_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_picture_allocate(const char *name, int64_t width, int64_t height, int32_t channels, tuff_picture *picture, tuff_error *error) TUFF_MUST_USE;

/* The other way round; *bytes are on the heap. */
tuff_status tuff_png_write(const tuff_picture *picture, uint8_t **bytes, size_t *count, tuff_error *error) TUFF_MUST_USE;

#endif
