/* NumPy's .npy: a header that is a Python dictionary, then the elements.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   "\x93NUMPY", major, minor, header length (2 bytes in version 1, 4 from 2 on, little endian), header, elements
 *   header  {'descr': '<f4', 'fortran_order': False, 'shape': (500, 28, 28, 1), }
 *
 * Only what NumPy itself writes is understood: the three keys in any order, plain integers, a simple descr.
 * source: numpy.lib.format
 */
#include "kit/io/npy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/error.h"
#include "base/half.h"

void tuff_array_free(tuff_array *array) {
    free(array->owned);
    memset(array, 0, sizeof *array);
}

/* ---- the header ---- */
static const struct {
    char kind, size;
    tuff_type type;
} kinds[] = {
    {'b', 1, TUFF_BOOL}, {'u', 1, TUFF_U8},  {'u', 2, TUFF_U16}, {'u', 4, TUFF_U32}, {'u', 8, TUFF_U64}, {'i', 1, TUFF_S8},  {'i', 2, TUFF_S16},
    {'i', 4, TUFF_S32},  {'i', 8, TUFF_S64}, {'f', 2, TUFF_F16}, {'f', 4, TUFF_F32}, {'f', 8, TUFF_F64}, {'c', 8, TUFF_C64}, {'x', 16, TUFF_C128},
};

typedef struct header {
    const char *name; /* of the file */
    const char *at;   /* text, ended by a 0 */
    const char *start;
    tuff_array *array;
    bool little, fortran; /* as stored */
    bool has_descr, has_order, has_shape;
    tuff_error *error;
} header;

static tuff_status bad_header(const header *h, const char *expected) {
    return tuff_fail(h->error, TUFF_ERR_FORMAT, "%s: malformed .npy header at character %d: expected %s, found \"%.12s\"", h->name, (int)(h->at - h->start),
                     expected, h->at);
}

static void skip_blanks(header *h) {
    while (*h->at == ' ' || *h->at == '\n' || *h->at == '\t') h->at++;
}

static bool take(header *h, const char *text) {
    skip_blanks(h);
    const size_t length = strlen(text);
    if (strncmp(h->at, text, length) != 0) return false;
    h->at += length;
    return true;
}

/* 'text' or "text" */
static bool take_string(header *h, char *text, size_t room) {
    skip_blanks(h);
    const char quote = *h->at;
    if (quote != '\'' && quote != '"') return false;
    const char *end = strchr(h->at + 1, quote);
    if (!end || (size_t)(end - h->at) > room) return false;
    const size_t length = (size_t)(end - h->at) - 1;
    memcpy(text, h->at + 1, length);
    text[length] = 0;
    h->at = end + 1;
    return true;
}

static bool little_endian(void) {
    const uint16_t one = 1;
    uint8_t first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static tuff_status read_descr(header *h) {
    char descr[32];
    skip_blanks(h);
    if (*h->at == '[') return tuff_fail(h->error, TUFF_ERR_UNSUPPORTED, "%s: a structured array, expected one of plain numbers", h->name);
    if (!take_string(h, descr, sizeof descr)) return bad_header(h, "the type");
    const char order = descr[0], kind = descr[0] ? descr[1] : 0;
    const int size = kind ? atoi(descr + 2) : 0;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const char listed = kinds[k].kind == 'x' ? 'c' : kinds[k].kind;
        if (kind != listed || size != kinds[k].size) continue;
        if (order != '<' && order != '>' && order != '|' && order != '=') break;
        h->array->type = kinds[k].type;
        h->little = order == '<' || (order != '>' && little_endian());
        h->has_descr = true;
        return TUFF_OK;
    }
    return tuff_fail(h->error, TUFF_ERR_UNSUPPORTED, "%s: elements of NumPy type '%s', expected numbers%s", h->name, descr,
                     kind == 'O' ? " (an object array: save it with a numeric dtype)" : "");
}

static tuff_status read_shape(header *h) {
    tuff_array *a = h->array;
    if (!take(h, "(")) return bad_header(h, "the shape");
    while (!take(h, ")")) {
        if (*h->at < '0' || *h->at > '9') return bad_header(h, "a dimension");
        if (a->rank == TUFF_MAX_RANK) return tuff_fail(h->error, TUFF_ERR_LIMIT, "%s: an array of more than %d dimensions", h->name, TUFF_MAX_RANK);
        int64_t dim = 0;
        for (; *h->at >= '0' && *h->at <= '9'; h->at++) {
            if (dim > INT64_MAX / 100) return bad_header(h, "a smaller dimension");
            dim = dim * 10 + (*h->at - '0');
        }
        a->shape[a->rank++] = dim;
        if (*h->at == 'L') h->at++; /* Python 2 */
        if (!take(h, ",")) {
            if (!take(h, ")")) return bad_header(h, "',' or ')'");
            break;
        }
    }
    h->has_shape = true;
    return TUFF_OK;
}

static tuff_status read_entry(header *h) {
    char key[32];
    if (!take_string(h, key, sizeof key)) return bad_header(h, "a key");
    if (!take(h, ":")) return bad_header(h, "':'");
    if (strcmp(key, "descr") == 0) return read_descr(h);
    if (strcmp(key, "shape") == 0 && !h->has_shape) return read_shape(h);
    if (strcmp(key, "fortran_order") == 0) {
        h->has_order = true;
        h->fortran = take(h, "True");
        return h->fortran || take(h, "False") ? TUFF_OK : bad_header(h, "True or False");
    }
    return bad_header(h, "the end of a key among descr, fortran_order, shape, each once");
}

static tuff_status read_header(header *h) {
    if (!take(h, "{")) return bad_header(h, "'{'");
    while (!take(h, "}")) {
        TUFF_TRY(read_entry(h));
        if (!take(h, ",")) {
            if (!take(h, "}")) return bad_header(h, "',' or '}'");
            break;
        }
    }
    if (!h->has_descr || !h->has_order || !h->has_shape) return bad_header(h, "descr, fortran_order and shape");
    return TUFF_OK;
}

/* ---- the elements ---- */
static size_t element_bytes(tuff_type type) { return (size_t)tuff_type_bits(type) / 8; }

/* Byte order: complex numbers swap each half. */
static void swap_elements(uint8_t *data, size_t bytes, size_t each) {
    for (size_t at = 0; at + each <= bytes; at += each)
        for (size_t i = 0; i < each / 2; i++) {
            const uint8_t byte = data[at + i];
            data[at + i] = data[at + each - 1 - i];
            data[at + each - 1 - i] = byte;
        }
}

/* out (C order) from in (first axis fastest) */
static void from_fortran(uint8_t *out, const uint8_t *in, const tuff_array *a, size_t each) {
    size_t stride[TUFF_MAX_RANK] = {0}, index[TUFF_MAX_RANK] = {0}, from = 0;
    for (int32_t axis = 0; axis < a->rank; axis++) stride[axis] = axis ? stride[axis - 1] * (size_t)a->shape[axis - 1] : each;
    for (int64_t k = 0; k < a->count; k++) {
        memcpy(out + (size_t)k * each, in + from, each);
        for (int32_t axis = a->rank - 1; axis >= 0; axis--) {
            from += stride[axis];
            if (++index[axis] < (size_t)a->shape[axis]) break;
            from -= stride[axis] * (size_t)a->shape[axis];
            index[axis] = 0;
        }
    }
}

tuff_status tuff_array_place(const char *name, tuff_array *a, tuff_buffer *buffer, size_t offset, bool little, bool fortran, tuff_error *error) {
    const size_t each = element_bytes(a->type), found = buffer->count - offset;
    size_t bytes = SIZE_MAX;
    char about[128];
    a->count = 1;
    for (int32_t i = 0; i < a->rank; i++)
        if (!tuff_mul_s64(a->count, a->shape[i], &a->count)) return tuff_fail(error, TUFF_ERR_LIMIT, "%s: an array of more than 2^63 elements", name);
    if (!tuff_mul_size((size_t)a->count, each, &bytes) || bytes > found)
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: truncated: expected %s, which is %zu bytes, found %zu", name, tuff_array_about(a, about, sizeof about),
                         bytes, found);
    a->bytes = bytes;
    uint8_t *data = buffer->data + offset;
    if (little != little_endian()) swap_elements(data, bytes, a->type == TUFF_C64 || a->type == TUFF_C128 ? each / 2 : each);
    const bool aligned = ((uintptr_t)data & (each > 8 ? 7 : each - 1)) == 0;
    if (aligned && (!fortran || a->rank < 2)) {
        a->data = data;
        a->owned = buffer->data;
        *buffer = (tuff_buffer){0};
        return TUFF_OK;
    }
    uint8_t *copy = malloc(bytes ? bytes : 1);
    if (!copy) return tuff_fail_memory(error, bytes);
    if (fortran) from_fortran(copy, data, a, each);
    else memcpy(copy, data, bytes);
    a->data = a->owned = copy;
    return TUFF_OK;
}

static tuff_status read_array(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) {
    const uint8_t *b = buffer->data;
    if (buffer->count < 10 || memcmp(b, "\x93NUMPY", 6) != 0)
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: not an .npy file: it doesn't begin with \\x93NUMPY (%zu bytes)", name, buffer->count);
    if (b[6] < 1 || b[6] > 3) return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "%s: .npy version %d, expected 1 to 3", name, b[6]);
    const size_t start = b[6] == 1 ? 10 : 12;
    size_t length = b[8] + 256u * b[9];
    if (start == 12 && buffer->count >= 12) length += ((size_t)b[10] << 16) + ((size_t)b[11] << 24);
    if (buffer->count < start || length > buffer->count - start || length > 65535)
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: .npy header of %zu bytes in a file of %zu", name, length, buffer->count);
    char text[65536];
    memcpy(text, b + start, length);
    text[length] = 0;
    header h = {.name = name, .at = text, .start = text, .array = array, .error = error};
    TUFF_TRY(read_header(&h));
    return tuff_array_place(name, array, buffer, start + length, h.little, h.fortran, error);
}

tuff_status tuff_npy_read(const char *name, tuff_buffer *buffer, tuff_array *array, tuff_error *error) {
    memset(array, 0, sizeof *array);
    const tuff_status status = read_array(name, buffer, array, error);
    tuff_buffer_free(buffer);
    if (status != TUFF_OK) tuff_array_free(array);
    return status;
}

tuff_status tuff_npy_write(const tuff_array *array, tuff_buffer *buffer, tuff_error *error) {
    size_t kind = 0;
    while (kind < sizeof kinds / sizeof *kinds && kinds[kind].type != array->type) kind++;
    if (kind == sizeof kinds / sizeof *kinds)
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, ".npy cannot hold elements of type %s", tuff_type_name(array->type));
    char shape[32 * TUFF_MAX_RANK] = "", text[512];
    size_t at = 0;
    for (int32_t i = 0; i < array->rank; i++)
        at += (size_t)snprintf(shape + at, sizeof shape - at, "%lld%s", (long long)array->shape[i], array->rank == 1 ? "," : i + 1 < array->rank ? ", " : "");
    const char order = kinds[kind].size == 1 ? '|' : little_endian() ? '<' : '>';
    const int length = snprintf(text, sizeof text, "{'descr': '%c%c%d', 'fortran_order': False, 'shape': (%s), }", order,
                                kinds[kind].kind == 'x' ? 'c' : kinds[kind].kind, kinds[kind].size, shape);
    /* padded with blanks to a multiple of 64 with the ten bytes in front, ended by a newline */
    const size_t total = ((size_t)length + 11 + 63) / 64 * 64;
    uint8_t head[640];
    memset(head, ' ', sizeof head);
    static const uint8_t magic[8] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    memcpy(head, magic, sizeof magic);
    head[8] = (uint8_t)((total - 10) & 255);
    head[9] = (uint8_t)((total - 10) >> 8);
    for (int k = 0; k < length; k++) head[10 + k] = (uint8_t)text[k];
    head[total - 1] = '\n';
    TUFF_TRY(tuff_buffer_add(buffer, head, total, error));
    return tuff_buffer_add(buffer, array->data, array->bytes, error);
}

/* ---- values ---- */
double tuff_array_value(const tuff_array *array, int64_t k) {
    const void *d = array->data;
    switch (array->type) {
    case TUFF_BOOL: return ((const uint8_t *)d)[k] != 0;
    case TUFF_U8: return ((const uint8_t *)d)[k];
    case TUFF_S8: return ((const int8_t *)d)[k];
    case TUFF_U16: return ((const uint16_t *)d)[k];
    case TUFF_S16: return ((const int16_t *)d)[k];
    case TUFF_U32: return ((const uint32_t *)d)[k];
    case TUFF_S32: return ((const int32_t *)d)[k];
    case TUFF_U64: return (double)((const uint64_t *)d)[k];
    case TUFF_S64: return (double)((const int64_t *)d)[k];
    case TUFF_F16: return tuff_f16_to_f32(((const uint16_t *)d)[k]);
    case TUFF_F32: return ((const float *)d)[k];
    case TUFF_F64: return ((const double *)d)[k];
    default: return 0;
    }
}

tuff_status tuff_array_to_f32(tuff_array *array, tuff_error *error) {
    if (array->type == TUFF_F32) return TUFF_OK;
    size_t bytes;
    if (!tuff_mul_size((size_t)array->count, sizeof(float), &bytes)) return tuff_fail_memory(error, SIZE_MAX);
    float *values = malloc(bytes ? bytes : 1);
    if (!values) return tuff_fail_memory(error, bytes);
    for (int64_t k = 0; k < array->count; k++) values[k] = (float)tuff_array_value(array, k);
    free(array->owned);
    array->data = array->owned = values;
    array->bytes = bytes;
    array->type = TUFF_F32;
    return TUFF_OK;
}

const char *tuff_array_about(const tuff_array *array, char *text, size_t room) {
    size_t at = (size_t)snprintf(text, room, "%s [", tuff_type_name(array->type));
    for (int32_t i = 0; i < array->rank && at < room; i++) at += (size_t)snprintf(text + at, room - at, i ? ",%lld" : "%lld", (long long)array->shape[i]);
    if (at < room) snprintf(text + at, room - at, "]");
    return text;
}
