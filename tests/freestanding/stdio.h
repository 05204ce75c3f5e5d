/* For compilers without a C library: what libtuff asks of <stdio.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stddef.h>
typedef struct FILE FILE;
int snprintf(char *restrict to, size_t room, const char *restrict format, ...);
int vsnprintf(char *restrict to, size_t room, const char *restrict format, va_list list);
FILE *fopen(const char *restrict path, const char *restrict mode);
size_t fread(void *restrict to, size_t bytes, size_t n, FILE *restrict from);
int ferror(FILE *f);
int fclose(FILE *f);
