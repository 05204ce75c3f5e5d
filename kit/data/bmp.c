/* BMP: uncompressed pictures of 1, 4, 8, 24 and 32 bits per pixel.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   file header 14 bytes   "BM", size, reserved, offset of the pixels
 *   info header 12 bytes (16-bit sizes) or 40 and more: its size, width, height (negative: rows from the top), planes, bits, compression ...,
 *                          number of colours at byte 32
 *   palette                blue green red (and a spare byte with the longer header)
 *   rows                   from the bottom, each padded to 4 bytes; all numbers little endian
 * Compression 3 (bit fields) is read where it is what 32 bits mean anyway. The fourth byte of 32 bits is spare, not alpha.
 */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/picture.h"

typedef struct bmp {
    const char *name;
    const uint8_t *bytes;
    size_t count;
    int64_t width, height;
    bool top_down, gray; /* gray: all colours of the palette are */
    uint32_t bits, colours;
    size_t palette, entry, pixels, pitch; /* offsets; bytes per palette entry and per row */
    tuff_error *error;
} bmp;

static uint32_t u16_at(const bmp *b, size_t at) { return (uint32_t)b->bytes[at] | (uint32_t)b->bytes[at + 1] << 8; }
static uint32_t u32_at(const bmp *b, size_t at) { return u16_at(b, at) | u16_at(b, at + 2) << 16; }

static tuff_status bad(const bmp *b, const char *what) {
    return tuff_fail(b->error, TUFF_ERR_FORMAT, "%s: damaged BMP of %zu bytes: %s", b->name, b->count, what);
}

static tuff_status read_palette(bmp *b, size_t header, uint32_t stated) {
    b->palette = 14 + header;
    b->entry = header == 12 ? 3 : 4;
    b->colours = stated == 0 || stated > 1u << b->bits ? 1u << b->bits : stated;
    if (b->palette + b->colours * b->entry > b->count) return bad(b, "the palette goes beyond the end");
    b->gray = true;
    for (uint32_t k = 0; k < b->colours; k++) {
        const uint8_t *c = b->bytes + b->palette + k * b->entry;
        if (c[0] != c[1] || c[1] != c[2]) b->gray = false;
    }
    return TUFF_OK;
}

static tuff_status read_header(bmp *b) {
    if (b->count < 26) return bad(b, "truncated header");
    const size_t header = u32_at(b, 14);
    if (header != 12 && (header < 40 || header > 124)) return bad(b, "unknown header");
    if (b->count < 14 + header) return bad(b, "truncated header");
    uint32_t compression = 0, stated = 0;
    if (header == 12) {
        b->width = u16_at(b, 18);
        b->height = u16_at(b, 20);
        b->bits = u16_at(b, 24);
    } else {
        b->width = (int32_t)u32_at(b, 18);
        b->height = (int32_t)u32_at(b, 22);
        b->bits = u16_at(b, 28);
        compression = u32_at(b, 30);
        stated = u32_at(b, 46);
        if (b->height < 0) b->top_down = true, b->height = -b->height;
    }
    if (compression == 3 && b->bits == 32 && b->count >= 66 && u32_at(b, 54) == 0xff0000 && u32_at(b, 58) == 0xff00 && u32_at(b, 62) == 0xff) compression = 0;
    if (compression != 0 || (b->bits != 1 && b->bits != 4 && b->bits != 8 && b->bits != 24 && b->bits != 32))
        return tuff_fail(b->error, TUFF_ERR_UNSUPPORTED, "%s: a BMP of %u bits per pixel with compression %u, expected 1, 4, 8, 24 or 32 without", b->name,
                         (unsigned)b->bits, (unsigned)compression);
    if (b->width < 1 || b->height < 1) return bad(b, "no pixels");
    b->pixels = u32_at(b, 10);
    b->pitch = ((size_t)b->width * b->bits + 31) / 32 * 4;
    if (b->pixels > b->count || (size_t)b->height > (b->count - b->pixels) / b->pitch) return bad(b, "truncated pixels");
    return b->bits <= 8 ? read_palette(b, header, stated) : TUFF_OK;
}

/* Blue, green, red of one pixel; an index beyond the palette is black. */
static const uint8_t *colour_at(const bmp *b, const uint8_t *row, size_t x) {
    static const uint8_t black[3] = {0, 0, 0};
    if (b->bits >= 24) return row + x * (b->bits / 8);
    const size_t per_byte = 8 / b->bits;
    const uint32_t index = ((uint32_t)row[x / per_byte] >> (8 - b->bits * (x % per_byte + 1))) & ((1u << b->bits) - 1);
    return index < b->colours ? b->bytes + b->palette + index * b->entry : black;
}

tuff_status tuff_bmp_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) {
    bmp b = {.name = name, .bytes = bytes, .count = count, .error = error};
    TUFF_TRY(read_header(&b));
    TUFF_TRY(tuff_picture_allocate(name, b.width, b.height, b.gray ? 1 : 3, picture, error));
    uint8_t *to = picture->pixels;
    for (int64_t y = 0; y < b.height; y++) {
        const uint8_t *row = bytes + b.pixels + (size_t)(b.top_down ? y : b.height - 1 - y) * b.pitch;
        for (int64_t x = 0; x < b.width; x++) {
            const uint8_t *colour = colour_at(&b, row, (size_t)x);
            if (!b.gray) *to++ = colour[2], *to++ = colour[1];
            *to++ = colour[0];
        }
    }
    return TUFF_OK;
}
