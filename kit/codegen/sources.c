/* Which sources a set of kernels needs: the closure over their #include lines.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The house's rules make this exact: a kernel is declared in a header of ops/, x.h has its x.c, a kernel or a loop of the prims is defined in one
 * file, and what only infer and prepare need stands behind #ifndef TUFF_KERNELS_ONLY, which is cut out here: the folder has to build without any flag.
 */
#include "kit/codegen/sources.h"

#include <stdio.h>
#include <string.h>

/* The lines of a source outside of #ifndef TUFF_KERNELS_ONLY. */
typedef struct lines {
    const char *next, *line;
    size_t length; /* with its newline */
    int depth;     /* of conditionals inside the part that is left out; 0: outside of it */
} lines;

static bool begins(const char *line, const char *word) { return strncmp(line, word, strlen(word)) == 0; }

static bool next_line(lines *l) {
    while (*l->next) {
        l->line = l->next;
        const char *end = strchr(l->line, '\n');
        l->length = end ? (size_t)(end - l->line) + 1 : strlen(l->line);
        l->next = l->line + l->length;
        if (l->depth == 0 && begins(l->line, "#ifndef TUFF_KERNELS_ONLY")) l->depth = 1;
        else if (l->depth == 0) return true;
        else if (begins(l->line, "#if")) l->depth++;
        else if (begins(l->line, "#endif")) l->depth--;
    }
    return false;
}

static bool has(int source, const char *text) {
    const size_t length = strlen(text);
    for (lines l = {.next = tuff_sources[source].text}; next_line(&l);)
        for (size_t k = 0; k + length <= l.length; k++)
            if (memcmp(l.line + k, text, length) == 0) return true;
    return false;
}

int tuff_source_find(const char *path) {
    for (size_t k = 0; k < tuff_source_count; k++)
        if (strcmp(tuff_sources[k].path, path) == 0) return (int)k;
    return -1;
}

static int first_with(const char *folder, char kind, const char *text) {
    for (size_t k = 0; k < tuff_source_count; k++) {
        const char *path = tuff_sources[k].path;
        if (begins(path, folder) && path[strlen(path) - 1] == kind && has((int)k, text)) return (int)k;
    }
    return -1;
}

int tuff_source_declaring(const char *text) { return first_with("src/ops/", 'h', text); }
int tuff_source_defining(const char *text) { return first_with("src/", 'c', text); }

void tuff_source_need(int source, bool *needed) {
    if (source < 0 || needed[source]) return;
    const char *path = tuff_sources[source].path;
    const size_t length = strlen(path);
    needed[source] = true;
    for (lines l = {.next = tuff_sources[source].text}; next_line(&l);) {
        char name[128], target[160];
        if (sscanf(l.line, "#include \"%127[^\"]\"", name) != 1) continue;
        snprintf(target, sizeof target, "src/%s", name);
        tuff_source_need(tuff_source_find(target), needed);
    }
    if (path[length - 1] != 'h') return;
    char twin[160];
    snprintf(twin, sizeof twin, "%.*sc", (int)length - 1, path);
    const int code = tuff_source_find(twin);
    if (code >= 0 && has(code, "{")) tuff_source_need(code, needed);
}

void tuff_source_print(int source, tuff_text *text) {
    for (lines l = {.next = tuff_sources[source].text}; next_line(&l);) tuff_text_put(text, l.line, l.length);
}
