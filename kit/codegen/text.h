/* Text that grows, and the files of a folder. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_KIT_CODEGEN_TEXT_H
#define TUFF_KIT_CODEGEN_TEXT_H

#include "kit/io/file.h"

/* A failure is kept: later calls do nothing. */
typedef struct tuff_text {
    tuff_buffer bytes;
    tuff_status status;
    tuff_error *error;
} tuff_text;
TUFF_PRINTF(2, 3) void tuff_text_add(tuff_text *text, const char *format, ...);
void tuff_text_put(tuff_text *text, const char *bytes, size_t count);
/* A string as it stands in C between quotes. */
void tuff_text_quote(tuff_text *text, const char *string);
/* A number as C: exact. */
void tuff_text_float(tuff_text *text, double value, bool single);

/* ---- files to be written together ---- */
typedef struct tuff_folder_file {
    char path[160];
    tuff_text text;
} tuff_folder_file;
typedef struct tuff_folder {
    tuff_folder_file *files;
    int32_t count, room;
    tuff_error *error;
} tuff_folder;
/* A new file; its text is valid until the next call. NULL: no memory */
TUFF_PRINTF(2, 3) tuff_text *tuff_folder_add(tuff_folder *folder, const char *format, ...);
void tuff_folder_free(tuff_folder *folder);
/* Writes the files and a list of them with checksums. Without `force` no file is touched unless the list of an earlier time says that it was written so, and
 * no folder that holds something and has no list. Files of an earlier list that are as they were written then, and no longer belong, are removed. */
tuff_status tuff_folder_write(tuff_folder *folder, const char *path, bool force, tuff_error *error) TUFF_MUST_USE;

#endif
