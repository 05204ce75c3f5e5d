/* Writing JSON, two blanks per level.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

typedef struct cli_json {
    FILE *out;
    int depth;
    bool filled;  /* the container has an item already */
    bool compact; /* the container stands on one line */
} cli_json;

/* key: NULL in arrays and for the outermost value */
void json_object(cli_json *j, const char *key);
void json_array(cli_json *j, const char *key);
void json_row(cli_json *j, const char *key); /* an array on one line */
void json_end_object(cli_json *j);
void json_end_array(cli_json *j);
void json_end_row(cli_json *j);
void json_text(cli_json *j, const char *key, const char *text); /* NULL: null */
void json_integer(cli_json *j, const char *key, int64_t value);
void json_number(cli_json *j, const char *key, double value); /* NaN and infinities: null */
void json_float(cli_json *j, const char *key, float value);
void json_bool(cli_json *j, const char *key, bool value);

#endif
