/* Status texts and error records.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *tuff_status_text(tuff_status status) {
    switch (status) {
#define TUFF_STATUS_CASE(name, text) \
    case TUFF_##name: return text;
        TUFF_STATUSES(TUFF_STATUS_CASE)
#undef TUFF_STATUS_CASE
    }
    return "unknown status";
}

/* Control characters (names come from files) would break the promise of one line. */
static void one_line(char *text) {
    for (; *text; text++)
        if ((unsigned char)*text < 32 || *text == 127) *text = ' ';
}

tuff_status tuff_fail(tuff_error *error, tuff_status status, const char *format, ...) {
    if (error && error->status == TUFF_OK) {
        error->status = status;
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->message, sizeof error->message, format, arguments);
        va_end(arguments);
        one_line(error->message);
    }
    return status;
}

tuff_status tuff_fail_memory(tuff_error *error, size_t bytes) { return tuff_fail(error, TUFF_ERR_MEMORY, "out of memory: %zu bytes", bytes); }

void tuff_error_prefix(tuff_error *error, const char *format, ...) {
    if (!error || error->status == TUFF_OK) return;
    char prefix[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    one_line(prefix);
    const size_t room = sizeof error->message - 1;
    size_t length = strlen(prefix);
    if (length > room - 2) length = room - 2;
    size_t rest = strlen(error->message);
    if (rest > room - 2 - length) rest = room - 2 - length;
    memmove(error->message + length + 2, error->message, rest);
    memcpy(error->message, prefix, length);
    memcpy(error->message + length, ": ", 2);
    error->message[length + 2 + rest] = 0;
}
