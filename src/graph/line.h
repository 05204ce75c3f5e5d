/* A line of text in a fixed buffer: what doesn't fit is cut off.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_GRAPH_LINE_H
#define TUFF_GRAPH_LINE_H

#include "tuff/status.h"

typedef struct tuff_line {
    char *text;
    size_t room, used;
} tuff_line;

/* Empties a buffer of `room` bytes. */
tuff_line tuff_line_in(char *text, size_t room);
TUFF_PRINTF(2, 3) void tuff_line_add(tuff_line *line, const char *format, ...);

#endif
