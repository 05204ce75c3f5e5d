/* A generated folder: written as a whole, never over what others put there.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "kit/codegen/text.h"

enum { LONGEST_PATH = 4096 };
static const char list_name[] = ".tuff"; /* what was written, with checksums */

tuff_text *tuff_folder_add(tuff_folder *folder, const char *format, ...) {
    if (folder->count == folder->room) {
        const int32_t room = folder->room ? 2 * folder->room : 32;
        tuff_folder_file *files = realloc(folder->files, (size_t)room * sizeof *files);
        if (!files) {
            tuff_fail_memory(folder->error, (size_t)room * sizeof *files);
            return NULL;
        }
        folder->files = files;
        folder->room = room;
    }
    tuff_folder_file *file = &folder->files[folder->count++];
    *file = (tuff_folder_file){.text = {.error = folder->error}};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(file->path, sizeof file->path, format, arguments);
    va_end(arguments);
    return &file->text;
}

void tuff_folder_free(tuff_folder *folder) {
    for (int32_t k = 0; k < folder->count; k++) tuff_buffer_free(&folder->files[k].text.bytes);
    free(folder->files);
    *folder = (tuff_folder){0};
}

/* FNV-1a */
static uint64_t checksum(const tuff_buffer *b) {
    uint64_t sum = 0xcbf29ce484222325;
    for (size_t k = 0; k < b->count; k++) sum = (sum ^ b->data[k]) * 0x100000001b3;
    return sum;
}

static void join(char *path, const char *folder, const char *name) { snprintf(path, LONGEST_PATH, "%s/%s", folder, name); }
static bool exists(const char *path) {
    struct stat s;
    return stat(path, &s) == 0;
}

/* ---- what an earlier time wrote ---- */
/* The checksum on record; false where there is none. */
static bool recorded(const char *list, const char *name, uint64_t *sum) {
    for (const char *line = list; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        char path[256];
        uint64_t value;
        if (sscanf(line, "%16" SCNx64 " %255[^\n]", &value, path) != 2 || strcmp(path, name) != 0) continue;
        *sum = value;
        return true;
    }
    return false;
}

static bool as_recorded(const char *list, const char *folder, const char *name) {
    char path[LONGEST_PATH];
    uint64_t sum;
    tuff_buffer now = {0};
    join(path, folder, name);
    const bool same = recorded(list, name, &sum) && tuff_file_read(path, &now, NULL) == TUFF_OK && checksum(&now) == sum;
    tuff_buffer_free(&now);
    return same;
}

static bool is_empty(const char *folder) {
    DIR *d = opendir(folder);
    int n = 0;
    while (d && readdir(d)) n++;
    if (d) closedir(d);
    return n <= 2;
}

static tuff_status check(const tuff_folder *f, const char *folder, const char *list, bool force, tuff_error *error) {
    if (exists(folder) && !tuff_file_is_folder(folder)) return tuff_fail(error, TUFF_ERR_IO, "%s: a file; the folder to write was expected", folder);
    if (force) return TUFF_OK;
    if (!list && exists(folder) && !is_empty(folder))
        return tuff_fail(error, TUFF_ERR_IO, "%s: holds files that are not of an earlier compile; --force writes there all the same", folder);
    for (int32_t k = 0; k < f->count; k++) {
        char path[LONGEST_PATH];
        join(path, folder, f->files[k].path);
        if (exists(path) && !as_recorded(list, folder, f->files[k].path))
            return tuff_fail(error, TUFF_ERR_IO, "%s: changed since it was written; --force overwrites it", path);
    }
    return TUFF_OK;
}

static bool belongs(const tuff_folder *f, const char *name) {
    for (int32_t k = 0; k < f->count; k++)
        if (strcmp(f->files[k].path, name) == 0) return true;
    return false;
}

static void remove_old(const tuff_folder *f, const char *folder, const char *list) {
    for (const char *line = list; line && *line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL) {
        char name[256], path[LONGEST_PATH];
        uint64_t sum;
        if (sscanf(line, "%16" SCNx64 " %255[^\n]", &sum, name) != 2 || name[0] == '/' || strstr(name, "..") || belongs(f, name)) continue;
        join(path, folder, name);
        if (as_recorded(list, folder, name)) unlink(path);
    }
}

/* ---- writing ---- */
/* Makes the folders of a path: all of it, or (of a file) all but the last name. */
static tuff_status make_folders(char *path, bool whole, tuff_error *error) {
    for (char *c = path + 1;; c++) {
        if (*c && *c != '/') continue;
        if (!*c && !whole) return TUFF_OK;
        const char kept = *c;
        *c = 0;
        const int failed = mkdir(path, 0777) != 0 && errno != EEXIST ? errno : 0;
        if (failed) return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be made: %s", path, strerror(failed));
        *c = kept;
        if (!kept) return TUFF_OK;
    }
}

static tuff_status write_all(tuff_folder *f, const char *folder, tuff_error *error) {
    char path[LONGEST_PATH];
    tuff_text list = {.error = error};
    snprintf(path, sizeof path, "%s", folder);
    TUFF_TRY(make_folders(path, true, error));
    for (int32_t k = 0; k < f->count; k++) {
        const tuff_buffer *b = &f->files[k].text.bytes;
        join(path, folder, f->files[k].path);
        TUFF_TRY(make_folders(path, false, error));
        TUFF_TRY(tuff_file_write(path, b->data, b->count, error));
        tuff_text_add(&list, "%016" PRIx64 " %s\n", checksum(b), f->files[k].path);
    }
    join(path, folder, list_name);
    tuff_status status = list.status;
    if (status == TUFF_OK) status = tuff_file_write(path, list.bytes.data, list.bytes.count, error);
    tuff_buffer_free(&list.bytes);
    return status;
}

tuff_status tuff_folder_write(tuff_folder *f, const char *folder, bool force, tuff_error *error) {
    char path[LONGEST_PATH];
    if (strlen(folder) > LONGEST_PATH - 300 || !*folder) return tuff_fail(error, TUFF_ERR_IO, "the folder's name is empty or too long");
    for (int32_t k = 0; k < f->count; k++) TUFF_TRY(f->files[k].text.status);
    tuff_buffer old = {0};
    join(path, folder, list_name);
    const char *list = exists(path) && tuff_file_read(path, &old, NULL) == TUFF_OK ? (const char *)old.data : NULL;
    tuff_status status = check(f, folder, list, force, error);
    if (status == TUFF_OK) remove_old(f, folder, list);
    if (status == TUFF_OK) status = write_all(f, folder, error);
    tuff_buffer_free(&old);
    return status;
}
