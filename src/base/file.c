/* Opening a file: mmap on POSIX, reading elsewhere and where mapping fails (pipes, empty files).
 * SPDX-License-Identifier: Apache-2.0
 */
#define _POSIX_C_SOURCE 200809L /* open, fdopen, mmap under -std=c11 */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#if defined(__unix__) || defined(__APPLE__)
#define HAVE_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

static tuff_status cannot(const char *path, const char *why, tuff_error *error) { return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be read: %s", path, why); }

/* Reads in growing pieces: the size of a pipe isn't known beforehand. */
static tuff_status read_all(FILE *stream, const char *path, const tuff_allocator *a, tuff_file *file, tuff_error *error) {
    size_t room = 1 << 16, count = 0;
    uint8_t *bytes = tuff_allocate(a, room);
    while (bytes) {
        count += fread(bytes + count, 1, room - count, stream);
        if (count < room) break;
        uint8_t *bigger = a->resize(a->context, bytes, room * 2);
        if (!bigger) tuff_release(a, bytes);
        bytes = bigger;
        room *= 2;
    }
    if (!bytes) return tuff_fail_memory(error, room);
    if (ferror(stream)) {
        const char *why = strerror(errno);
        tuff_release(a, bytes);
        return cannot(path, why, error);
    }
    *file = (tuff_file){bytes, count, false};
    return TUFF_OK;
}

tuff_status tuff_file_open(const char *path, const tuff_allocator *a, tuff_file *file, tuff_error *error) {
    if (!a) a = &tuff_allocator_libc;
    *file = (tuff_file){0};
#ifdef HAVE_MMAP
    const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return cannot(path, strerror(errno), error);
    struct stat about;
    if (fstat(descriptor, &about) == 0) {
        if (S_ISDIR(about.st_mode)) {
            close(descriptor);
            return cannot(path, "it is a directory", error);
        }
        if (S_ISREG(about.st_mode) && about.st_size > 0 && (uintmax_t)about.st_size <= SIZE_MAX) {
            void *map = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, descriptor, 0);
            if (map != MAP_FAILED) {
                close(descriptor);
                *file = (tuff_file){map, (size_t)about.st_size, true};
                return TUFF_OK;
            }
        }
    }
    FILE *stream = fdopen(descriptor, "rb");
    if (!stream) close(descriptor);
#else
    FILE *stream = fopen(path, "rb");
#endif
    if (!stream) return cannot(path, strerror(errno), error);
    const tuff_status status = read_all(stream, path, a, file, error);
    fclose(stream);
    return status;
}

void tuff_file_close(tuff_file *file, const tuff_allocator *a) {
    if (!file->bytes) return;
#ifdef HAVE_MMAP
    if (file->mapped) {
        munmap((void *)(uintptr_t)file->bytes, file->count);
        *file = (tuff_file){0};
        return;
    }
#endif
    tuff_release(a ? a : &tuff_allocator_libc, (void *)(uintptr_t)file->bytes);
    *file = (tuff_file){0};
}
