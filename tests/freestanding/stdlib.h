/* For compilers without a C library: what libtuff asks of <stdlib.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>
void *realloc(void *p, size_t n);
void *malloc(size_t n);
void free(void *p);
void qsort(void *base, size_t n, size_t bytes, int (*compare)(const void *, const void *));
