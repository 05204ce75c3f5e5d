/* Writing JSON.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/json.h"

#include <math.h>
#include <stdlib.h>

/* Length of the UTF-8 sequence at `c`, 0 where it is none (names come from files). */
static int sequence(const unsigned char *c) {
    const int length = *c < 0x80 ? 1 : *c >= 0xc2 && *c < 0xe0 ? 2 : *c >= 0xe0 && *c < 0xf0 ? 3 : *c >= 0xf0 && *c < 0xf5 ? 4 : 0;
    for (int k = 1; k < length; k++)
        if ((c[k] & 0xc0) != 0x80) return 0;
    return length;
}

static void quoted(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        const int length = sequence(c);
        if (length == 0) fputs("\\ufffd", out);
        else if (*c == '"' || *c == '\\') fprintf(out, "\\%c", *c);
        else if (*c < 32 || *c == 127) fprintf(out, "\\u%04x", *c);
        else fwrite(c, 1, (size_t)length, out);
        c += length ? length : 1;
    }
    fputc('"', out);
}

/* Separator, line break and key in front of an item. */
static void item(cli_json *j, const char *key) {
    if (j->filled) fputc(',', j->out);
    if (j->compact) {
        if (j->filled) fputc(' ', j->out);
    } else if (j->depth) fprintf(j->out, "\n%*s", 2 * j->depth, "");
    j->filled = true;
    if (!key) return;
    quoted(j->out, key);
    fputs(": ", j->out);
}

static void open_container(cli_json *j, const char *key, char bracket) {
    item(j, key);
    fputc(bracket, j->out);
    j->depth++;
    j->filled = false;
}

static void close_container(cli_json *j, char bracket) {
    j->depth--;
    if (j->filled && !j->compact) fprintf(j->out, "\n%*s", 2 * j->depth, "");
    fputc(bracket, j->out);
    j->filled = true;
    if (j->depth == 0) fputc('\n', j->out);
}

void json_object(cli_json *j, const char *key) { open_container(j, key, '{'); }
void json_array(cli_json *j, const char *key) { open_container(j, key, '['); }
void json_end_object(cli_json *j) { close_container(j, '}'); }
void json_end_array(cli_json *j) { close_container(j, ']'); }

void json_row(cli_json *j, const char *key) {
    open_container(j, key, '[');
    j->compact = true;
}

void json_end_row(cli_json *j) {
    close_container(j, ']');
    j->compact = false;
}

void json_text(cli_json *j, const char *key, const char *text) {
    item(j, key);
    if (text) quoted(j->out, text);
    else fputs("null", j->out);
}

void json_integer(cli_json *j, const char *key, int64_t value) {
    item(j, key);
    fprintf(j->out, "%lld", (long long)value);
}

/* The shortest decimal that reads back as the same number. */
static void shortest(cli_json *j, const char *key, double value, bool single) {
    item(j, key);
    char text[40] = "null";
    for (int digits = 6; isfinite(value) && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, value);
        if (single ? (double)strtof(text, NULL) == value : strtod(text, NULL) == value) break;
    }
    fputs(text, j->out);
}

void json_number(cli_json *j, const char *key, double value) { shortest(j, key, value, false); }
void json_float(cli_json *j, const char *key, float value) { shortest(j, key, (double)value, true); }

void json_bool(cli_json *j, const char *key, bool value) {
    item(j, key);
    fputs(value ? "true" : "false", j->out);
}
