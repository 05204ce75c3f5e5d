/* CSV: one sample per line, the last column its class; no class where all columns together are what the model takes.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Columns are parted by commas, else by semicolons, else by tabs: what the first line has. Fields may stand in double quotes. A first line
 * with a word among its numbers' columns is a header. Empty lines and lines that begin with '#' are skipped.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/dataset.h"

enum { RAW_COLUMNS = 64 }; /* whole numbers 0..255 in so many columns are pixels */

typedef struct csv {
    tuff_dataset *d;
    char *at, *end; /* at *end stands a 0 */
    char separator;
    size_t line; /* of the text, from 1 */
    size_t rows, columns;
    size_t features;    /* columns that are numbers: all but the class, or all */
    tuff_buffer fields; /* char *: of the present line */
    tuff_buffer values; /* float: rows x features */
    tuff_buffer names;  /* char *: rows */
    bool raw;           /* all values so far are whole and 0..255 */
    bool numbers;       /* all classes so far are numbers */
    tuff_error *error;
} csv;

static char *field(const csv *c, size_t k) { return ((char **)(void *)c->fields.data)[k]; }

/* Cuts one field out of the text in place; *last tells whether it ends its line. */
static char *cut(csv *c, bool *last) {
    while (*c->at == ' ') c->at++;
    char *start = c->at, *to = start;
    bool quoted = *c->at == '"';
    if (quoted) c->at++;
    while (c->at < c->end && (quoted || (*c->at != c->separator && *c->at != '\n'))) {
        if (*c->at == '\n') c->line++;
        if (quoted && *c->at == '"') {
            if (c->at[1] != '"') {
                quoted = false;
                c->at++;
                continue;
            }
            c->at++;
        }
        *to++ = *c->at++;
    }
    const char stop = *c->at;
    *last = stop != c->separator || c->at == c->end;
    if (c->at < c->end) c->at++;
    while (to > start && (to[-1] == ' ' || to[-1] == '\r')) to--;
    *to = 0;
    return start;
}

static tuff_status cut_line(csv *c) {
    c->fields.count = 0;
    for (bool last = false; !last;) {
        char *text = cut(c, &last);
        TUFF_TRY(tuff_buffer_add(&c->fields, &text, sizeof text, c->error));
    }
    return TUFF_OK;
}

static bool number(const char *text, double *value) {
    char *end;
    *value = strtod(text, &end);
    return end != text && *end == 0;
}

static bool is_header(const csv *c) {
    double value;
    for (size_t k = 0; k < c->features; k++)
        if (*field(c, k) && !number(field(c, k), &value)) return true;
    return false;
}

static tuff_status take_row(csv *c, size_t line) {
    for (size_t k = 0; k < c->features; k++) {
        double value;
        if (!number(field(c, k), &value))
            return tuff_fail(c->error, TUFF_ERR_DATA, "%s: line %zu, column %zu: expected a number, found \"%.40s\"", c->d->path, line, k + 1, field(c, k));
        c->raw = c->raw && value >= 0 && value <= 255 && value == floor(value);
        const float f = (float)value;
        TUFF_TRY(tuff_buffer_add(&c->values, &f, sizeof f, c->error));
    }
    c->rows++;
    if (c->features == c->columns) return TUFF_OK;
    char *name = field(c, c->columns - 1);
    double value;
    if (*name == 0) return tuff_fail(c->error, TUFF_ERR_DATA, "%s: line %zu, column %zu: the class is missing", c->d->path, line, c->columns);
    c->numbers = c->numbers && number(name, &value);
    return tuff_buffer_add(&c->names, &name, sizeof name, c->error);
}

/* Of a line with so many columns. */
static size_t features_of(const tuff_tensor *input, size_t columns) {
    int64_t elements = input && input->rank > 1 ? 1 : 0;
    for (int32_t i = 1; input && i < input->rank; i++) elements *= input->shape[i];
    return elements == (int64_t)columns ? columns : columns - 1;
}

static tuff_status take_lines(csv *c) {
    for (; c->at < c->end; c->line++) {
        if (*c->at == '\n' || *c->at == '\r' || *c->at == '#') {
            const char *next = strchr(c->at, '\n');
            if (!next) break;
            c->at += next - c->at + 1;
            continue;
        }
        const size_t line = c->line;
        TUFF_TRY(cut_line(c));
        const size_t columns = c->fields.count / sizeof(char *);
        if (c->columns == 0) {
            c->columns = columns;
            c->features = features_of(c->d->options.input, columns);
            if (c->features < 1)
                return tuff_fail(c->error, TUFF_ERR_DATA, "%s: line %zu has one column, expected numbers and then the class, parted by commas", c->d->path,
                                 line);
            if (is_header(c)) continue;
        }
        if (columns != c->columns)
            return tuff_fail(c->error, TUFF_ERR_DATA, "%s: line %zu: expected %zu columns, found %zu", c->d->path, line, c->columns, columns);
        TUFF_TRY(take_row(c, line));
    }
    return TUFF_OK;
}

/* Classes that are all numbers must be whole ones: else the last column is no class. */
static tuff_status check_classes(const csv *c) {
    for (size_t k = 0; c->numbers && k < c->rows; k++) {
        double value;
        const char *name = ((char **)(void *)c->names.data)[k];
        if (number(name, &value) && !(value >= 0 && value < INT32_MAX && value == floor(value)))
            return tuff_fail(c->error, TUFF_ERR_DATA, "%s: row %zu: the last column is the class, expected a name or a whole number from 0, found %.40s",
                             c->d->path, k + 1, name);
    }
    return TUFF_OK;
}

/* The rows become the dataset's array. */
static tuff_status keep_values(csv *c) {
    tuff_array *a = &c->d->array;
    *a = (tuff_array){.type = TUFF_F32, .rank = 2, .shape = {(int64_t)c->rows, (int64_t)c->features}};
    a->count = a->shape[0] * a->shape[1];
    a->data = a->owned = c->values.data;
    a->bytes = c->values.count;
    c->values = (tuff_buffer){0};
    if (!c->raw || c->features < RAW_COLUMNS) return TUFF_OK;
    uint8_t *bytes = a->owned;
    for (int64_t k = 0; k < a->count; k++) {
        float value; /* the bytes overtake the floats that they come from, never those to come */
        memcpy(&value, bytes + 4 * k, sizeof value);
        bytes[k] = (uint8_t)value;
    }
    a->type = TUFF_U8;
    a->bytes /= 4;
    return TUFF_OK;
}

static tuff_status read_csv(csv *c) {
    const char *first = strpbrk(c->at, "\n");
    const size_t length = first ? (size_t)(first - c->at) : (size_t)(c->end - c->at);
    c->separator = memchr(c->at, ',', length) ? ',' : memchr(c->at, ';', length) ? ';' : memchr(c->at, '\t', length) ? '\t' : ',';
    TUFF_TRY(take_lines(c));
    if (c->rows == 0) return tuff_fail(c->error, TUFF_ERR_DATA, "%s: no line of data", c->d->path);
    const bool classes = c->features < c->columns;
    if (classes) TUFF_TRY(check_classes(c));
    c->d->total = c->rows;
    TUFF_TRY(keep_values(c));
    if (!classes) return TUFF_OK;
    const char **names = TUFF_NEW_ARRAY(c->d->arena, c->rows, const char *, c->error);
    if (!names) return TUFF_ERR_MEMORY;
    for (size_t k = 0; k < c->rows; k++) {
        names[k] = tuff_arena_string(c->d->arena, ((char **)(void *)c->names.data)[k], c->error);
        if (!names[k]) return TUFF_ERR_MEMORY;
    }
    return tuff_data_set_named_labels(c->d, names, c->error);
}

tuff_status tuff_data_read_csv(tuff_dataset *d, tuff_buffer *buffer, tuff_error *error) {
    char *text = (char *)buffer->data;
    tuff_status status;
    if (memchr(text, 0, buffer->count)) {
        status = tuff_fail(error, TUFF_ERR_FORMAT, "%s: begins as text, and has a zero byte at %zu", d->path, strlen(text));
    } else {
        const size_t mark = buffer->count >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        csv c = {.d = d, .at = text + mark, .end = text + buffer->count, .line = 1, .raw = true, .numbers = true, .error = error};
        status = read_csv(&c);
        tuff_buffer_free(&c.fields);
        tuff_buffer_free(&c.values);
        tuff_buffer_free(&c.names);
    }
    tuff_buffer_free(buffer);
    return status;
}
