/* A folder of its own for a test program's files, and small helpers around it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TESTS_SCRATCH_H
#define TUFF_TESTS_SCRATCH_H

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct scratch {
    char folder[256];
    char path[1024]; /* of the file named last */
} scratch;

static inline void scratch_open(scratch *s) {
    snprintf(s->folder, sizeof s->folder, "%s/tuff test ü XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp"); /* blanks and UTF-8 must work */
    if (!mkdtemp(s->folder)) abort();
}

/* The path of a name in the folder. */
static inline const char *scratch_path(scratch *s, const char *name) {
    snprintf(s->path, sizeof s->path, "%s/%s", s->folder, name);
    return s->path;
}

static inline const char *scratch_write(scratch *s, const char *name, const void *bytes, size_t count) {
    FILE *f = fopen(scratch_path(s, name), "wb");
    if (!f || (count && fwrite(bytes, 1, count, f) != count) || fclose(f) != 0) abort();
    return s->path;
}

static inline const char *scratch_text(scratch *s, const char *name, const char *text) { return scratch_write(s, name, text, strlen(text)); }

static inline const char *scratch_mkdir(scratch *s, const char *name) {
    if (mkdir(scratch_path(s, name), 0755) != 0) abort();
    return s->path;
}

/* Number of entries of the folder, '.' and '..' aside. */
static inline int scratch_count(const scratch *s) {
    int n = -2;
    DIR *d = opendir(s->folder);
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n;
}

static inline void scratch_remove(const char *folder) {
    DIR *d = opendir(folder);
    for (const struct dirent *e; d && (e = readdir(d)) != NULL;) {
        char path[1400];
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) >= sizeof path) abort();
        struct stat info;
        if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode)) scratch_remove(path);
        else unlink(path);
    }
    if (d) closedir(d);
    rmdir(folder);
}
static inline void scratch_close(scratch *s) { scratch_remove(s->folder); }

/* Small reproducible numbers (xorshift). */
static inline uint32_t scratch_random(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

#endif
