/* Lines of text in fixed buffers.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "graph/line.h"

#include <stdarg.h>
#include <stdio.h>

tuff_line tuff_line_in(char *text, size_t room) {
    if (room) text[0] = 0;
    return (tuff_line){text, room, 0};
}

void tuff_line_add(tuff_line *line, const char *format, ...) {
    if (line->used + 1 >= line->room) return;
    const size_t left = line->room - line->used;
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(line->text + line->used, left, format, arguments);
    va_end(arguments);
    if (n > 0) line->used += (size_t)n < left ? (size_t)n : left - 1;
}
