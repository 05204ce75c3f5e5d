/* A folder with a folder of pictures per class, or just of pictures. Files are listed by ending, and read only when their sample is asked for.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"
#include "kit/data/dataset.h"

static bool is_picture(const char *name) {
    static const char *const endings[] = {".png", ".jpg", ".jpeg", ".bmp"};
    const char *ending = strrchr(name, '.');
    for (size_t k = 0; ending && k < sizeof endings / sizeof *endings; k++)
        if (strcasecmp(ending, endings[k]) == 0) return true;
    return false;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Paths of a folder's pictures, or of its folders, in byte order, behind those that the list holds already. Hidden ones don't count. */
static tuff_status list_folder(tuff_dataset *d, const char *folder, bool folders, tuff_buffer *list, tuff_error *error) {
    DIR *open_folder = opendir(folder);
    if (!open_folder) return tuff_fail(error, TUFF_ERR_IO, "%s: folder cannot be read: %s", folder, errno == EACCES ? "permission denied" : strerror(errno));
    const size_t before = list->count;
    tuff_status status = TUFF_OK;
    for (const struct dirent *entry; status == TUFF_OK && (entry = readdir(open_folder)) != NULL;) {
        if (entry->d_name[0] == '.' || (!folders && !is_picture(entry->d_name))) continue;
        const char *path = tuff_arena_format(d->arena, error, "%s/%s", folder, entry->d_name);
        if (!path) status = TUFF_ERR_MEMORY;
        else if (tuff_file_is_folder(path) == folders) status = tuff_buffer_add(list, &path, sizeof path, error);
    }
    closedir(open_folder);
    if (list->count > before) qsort(list->data + before, (list->count - before) / sizeof(char *), sizeof(char *), by_text);
    return status;
}

/* Lists the pictures of each class; names[k] is the class of picture k. */
static tuff_status list_classes(tuff_dataset *d, const tuff_buffer *classes, tuff_buffer *files, tuff_buffer *names, tuff_error *error) {
    for (size_t k = 0; k < classes->count / sizeof(char *); k++) {
        const char *folder = ((const char **)(void *)classes->data)[k], *name = tuff_file_name(folder);
        TUFF_TRY(list_folder(d, folder, false, files, error));
        while (names->count < files->count) TUFF_TRY(tuff_buffer_add(names, &name, sizeof name, error));
    }
    return TUFF_OK;
}

static tuff_status read_folder(tuff_dataset *d, tuff_buffer *files, tuff_buffer *classes, tuff_buffer *names, tuff_error *error) {
    TUFF_TRY(list_folder(d, d->path, false, files, error));
    const size_t loose = files->count / sizeof(char *);
    TUFF_TRY(list_folder(d, d->path, true, classes, error));
    TUFF_TRY(list_classes(d, classes, files, names, error));
    d->total = files->count / sizeof(char *);
    if (loose && d->total > loose)
        return tuff_fail(error, TUFF_ERR_DATA, "%s: holds %zu pictures beside folders of pictures, expected one folder per class or pictures alone", d->path,
                         loose);
    if (d->total == 0)
        return tuff_fail(error, TUFF_ERR_DATA, "%s: a folder without pictures, expected PNG, JPEG or BMP files in one folder per class", d->path);
    d->files = tuff_arena_copy(d->arena, files->data, files->count, error);
    if (!d->files) return TUFF_ERR_MEMORY;
    return loose ? TUFF_OK : tuff_data_set_named_labels(d, (const char *const *)(void *)names->data, error);
}

tuff_status tuff_data_read_folder(tuff_dataset *d, tuff_error *error) {
    tuff_buffer files = {0}, classes = {0}, names = {0};
    const tuff_status status = read_folder(d, &files, &classes, &names, error);
    tuff_buffer_free(&files);
    tuff_buffer_free(&classes);
    tuff_buffer_free(&names);
    return status;
}
