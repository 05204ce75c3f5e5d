/* The kernels' sources, as the toolkit holds them, and which of them a set of kernels needs.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_CODEGEN_SOURCES_H
#define TUFF_KIT_CODEGEN_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "kit/codegen/text.h"

typedef struct tuff_source {
    const char *path; /* in the generated folder: "src/ops/relu.c"; "folder/..." for files of the folder itself */
    const char *text; /* ended by a 0 */
    size_t count;
} tuff_source;
extern const tuff_source tuff_sources[];
extern const size_t tuff_source_count;

/* -1: there is none */
int tuff_source_find(const char *path);
/* The header whose kernels' part has `text`, e.g. "int tuff_relu_f32("; and the C file that defines a kernel or a loop. -1: none */
int tuff_source_declaring(const char *text);
int tuff_source_defining(const char *text);
/* Marks a file and all that it needs: what it includes, and with a header the C file of the same name where that holds code. */
void tuff_source_need(int source, bool *needed);
/* Appends the source without what only planning needs (TUFF_KERNELS_ONLY). */
void tuff_source_print(int source, tuff_text *text);

#endif
