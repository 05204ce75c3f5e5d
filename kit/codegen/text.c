/* Text that grows.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/codegen/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"

void tuff_text_put(tuff_text *text, const char *bytes, size_t count) {
    if (text->status == TUFF_OK) text->status = tuff_buffer_add(&text->bytes, bytes, count, text->error);
}

void tuff_text_add(tuff_text *text, const char *format, ...) {
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    const int count = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (count < 0 || (size_t)count >= sizeof line) {
        if (text->status == TUFF_OK) text->status = tuff_fail(text->error, TUFF_ERR_LIMIT, "a line of generated code is longer than %zu bytes", sizeof line);
        return;
    }
    tuff_text_put(text, line, (size_t)count);
}

void tuff_text_quote(tuff_text *text, const char *string) {
    for (const unsigned char *c = (const unsigned char *)string; *c; c++) {
        if (*c == '"' || *c == '\\' || *c == '?') tuff_text_add(text, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f) tuff_text_add(text, "\\%03o", *c);
        else tuff_text_put(text, (const char *)c, 1);
    }
}

/* Hexadecimal floats are exact and the same under every locale but for the point. */
void tuff_text_float(tuff_text *text, double value, bool single) {
    const char *cast = single ? "(float)" : "";
    if (isnan(value)) {
        tuff_text_add(text, "%sNAN", cast);
        return;
    }
    if (isinf(value)) {
        tuff_text_add(text, "%s%sINFINITY", value < 0 ? "-" : "", cast);
        return;
    }
    char number[64];
    if (value >= -9999 && value <= 9999 && value == (double)(int)value && !(value == 0 && signbit(value))) snprintf(number, sizeof number, "%d.0", (int)value);
    else snprintf(number, sizeof number, "%a", value);
    for (char *c = number; *c; c++)
        if (*c == ',') *c = '.';
    tuff_text_add(text, "%s%s", number, single ? "f" : "");
}
