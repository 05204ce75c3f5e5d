/* FlexBuffers maps.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The last byte is the root's width in bytes, the one before it its type and width, and the root stands in front of them. A map is a vector of values
 * at an offset backwards from where it is named; in front of it stand, each of its width: the offset of its vector of keys, that vector's width, and
 * its length. Behind the values, one byte per value has its type (upper 6 bits) and width (2 bits). Keys end with a zero byte.
 * Every position is checked before it is read.
 */
#include "flatbuffer/flex.h"

#include <string.h>

#include "base/error.h"

enum { INT = 1, UINT = 2, FLOAT = 3, INDIRECT_INT = 6, INDIRECT_UINT = 7, INDIRECT_FLOAT = 8, MAP = 9, BOOL = 26 };

static bool inside(const tuff_bytes *b, size_t at, size_t bytes) { return at <= b->count && bytes <= b->count - at; }

static bool read_uint(const tuff_bytes *b, size_t at, size_t width, uint64_t *value) {
    *value = 0;
    if ((width != 1 && width != 2 && width != 4 && width != 8) || !inside(b, at, width)) return false;
    memcpy(value, b->data + at, width);
    return true;
}

/* Follows the offset at `at`. */
static bool follow(const tuff_bytes *b, size_t at, size_t width, size_t *to) {
    uint64_t back;
    if (!read_uint(b, at, width, &back) || back > at) return false;
    *to = at - (size_t)back;
    return true;
}

static bool read_number(const tuff_bytes *b, size_t at, size_t width, uint8_t packed, double *real, int64_t *whole) {
    int type = packed >> 2;
    uint64_t bits;
    if (type >= INDIRECT_INT && type <= INDIRECT_FLOAT) {
        if (!follow(b, at, width, &at)) return false;
        width = (size_t)1 << (packed & 3);
        type -= INDIRECT_INT - INT;
    }
    if ((type != INT && type != UINT && type != FLOAT && type != BOOL) || !read_uint(b, at, width, &bits)) return false;
    if (type == FLOAT) {
        float f;
        if (width == 4) memcpy(&f, b->data + at, sizeof f), *real = (double)f;
        else if (width == 8) memcpy(real, b->data + at, sizeof *real);
        else return false;
        *whole = *real >= 9.2e18 ? INT64_MAX : *real > -9.2e18 ? (int64_t)*real : *real == *real ? INT64_MIN : 0;
        return true;
    }
    if (type == INT && width < 8 && bits >> (8 * width - 1)) bits |= UINT64_MAX << (8 * width);
    *whole = type == UINT && bits > INT64_MAX ? INT64_MAX : (int64_t)bits;
    *real = (double)*whole;
    return true;
}

static void set_field(const tuff_field *f, void *attrs, double real, int64_t whole) {
    char *to = (char *)attrs + f->offset;
    switch (f->kind) {
    case TUFF_FIELD_BOOL: *(bool *)to = real != 0; return;
    case TUFF_FIELD_S32: memcpy(to, &(int32_t){(int32_t)(whole > INT32_MAX ? INT32_MAX : whole < INT32_MIN ? INT32_MIN : whole)}, 4); return;
    case TUFF_FIELD_S64: memcpy(to, &whole, 8); return;
    case TUFF_FIELD_F32: memcpy(to, &(float){(float)real}, 4); return;
    case TUFF_FIELD_F64: memcpy(to, &real, 8); return;
    default: return;
    }
}

static tuff_status broken(tuff_error *error) { return tuff_fail(error, TUFF_ERR_MODEL, "the options are no FlexBuffers map"); }

tuff_status tuff_flex_read(const tuff_bytes *b, const tuff_field *fields, void *attrs, tuff_error *error) {
    if (b->count == 0 || !fields) return TUFF_OK;
    size_t values, keys;
    uint64_t count, key_width;
    if (b->count < 3 || b->data[b->count - 2] >> 2 != MAP || b->data[b->count - 1] > b->count - 2) return broken(error);
    const size_t root_width = b->data[b->count - 1], width = (size_t)1 << (b->data[b->count - 2] & 3);
    if (!follow(b, b->count - 2 - root_width, root_width, &values) || values < 3 * width) return broken(error);
    if (!read_uint(b, values - width, width, &count) || !read_uint(b, values - 2 * width, width, &key_width) || !follow(b, values - 3 * width, width, &keys))
        return broken(error);
    if (count > b->count || key_width > 8 || !inside(b, values, (size_t)count * (width + 1)) || !inside(b, keys, (size_t)count * (size_t)key_width))
        return broken(error);
    for (size_t k = 0; k < count; k++) {
        size_t key;
        if (!follow(b, keys + k * (size_t)key_width, (size_t)key_width, &key)) return broken(error);
        const char *name = (const char *)b->data + key;
        if (!memchr(name, 0, b->count - key)) return broken(error);
        for (const tuff_field *f = fields; f->kind != TUFF_FIELD_END_KIND; f++) {
            double real;
            int64_t whole;
            if (strcmp(f->name, name) == 0 && read_number(b, values + k * width, width, b->data[values + count * width + k], &real, &whole))
                set_field(f, attrs, real, whole);
        }
    }
    return TUFF_OK;
}
