/* Whole files in, whole files out: bounded reading, gunzip, and writing that leaves nothing half done.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/error.h"

/* ---- buffers ---- */
void tuff_buffer_free(tuff_buffer *buffer) {
    free(buffer->data);
    *buffer = (tuff_buffer){0};
}

/* Room for `count` bytes and the 0 behind them. */
static tuff_status reserve(tuff_buffer *buffer, size_t count, tuff_error *error) {
    uint8_t *data = count < SIZE_MAX ? realloc(buffer->data, count + 1) : NULL;
    if (!data) {
        tuff_fail_memory(error, count);
        return TUFF_ERR_MEMORY;
    }
    buffer->data = data;
    buffer->room = count;
    return TUFF_OK;
}

tuff_status tuff_buffer_add(tuff_buffer *buffer, const void *bytes, size_t count, tuff_error *error) {
    if (count > SIZE_MAX / 4 - buffer->count) return tuff_fail_memory(error, count);
    const size_t needed = buffer->count + count;
    if (!buffer->data || needed > buffer->room) TUFF_TRY(reserve(buffer, needed < 2048 ? 4096 : 2 * needed, error));
    if (count) memcpy(buffer->data + buffer->count, bytes, count);
    buffer->count = needed;
    buffer->data[needed] = 0;
    return TUFF_OK;
}

/* ---- reading ---- */
static tuff_status cannot_read(const char *path, tuff_error *error) {
    switch (errno) {
    case ENOENT: return tuff_fail(error, TUFF_ERR_IO, "%s: no such file", path);
    case ENOTDIR: return tuff_fail(error, TUFF_ERR_IO, "%s: no such file (a part of the path is a file, not a folder)", path);
    case EACCES: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be read: permission denied", path);
    case EISDIR: return tuff_fail(error, TUFF_ERR_IO, "%s: is a folder, expected a file", path);
    default: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be read: %s", path, strerror(errno));
    }
}

static tuff_status too_large(const char *path, size_t limit, tuff_error *error) {
    return tuff_fail(error, TUFF_ERR_LIMIT, "%s: larger than the limit of %zu bytes", path, limit);
}

static tuff_status read_all(int file, const char *path, size_t expected, size_t limit, tuff_buffer *buffer, tuff_error *error) {
    TUFF_TRY(reserve(buffer, expected + 1, error)); /* one more, so that the end shows without growing */
    for (;;) {
        if (buffer->count == buffer->room) {
            if (buffer->room > limit) return too_large(path, limit, error);
            TUFF_TRY(reserve(buffer, buffer->room < 65536 ? 65536 : 2 * buffer->room, error));
        }
        const ssize_t got = read(file, buffer->data + buffer->count, buffer->room - buffer->count);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, error);
        if (got == 0) break;
        buffer->count += (size_t)got;
        if (buffer->count > limit) return too_large(path, limit, error);
    }
    buffer->data[buffer->count] = 0;
    return TUFF_OK;
}

tuff_status tuff_file_read(const char *path, tuff_buffer *buffer, tuff_error *error) {
    *buffer = (tuff_buffer){0};
    const bool standard = strcmp(path, "-") == 0;
    const char *name = standard ? "standard input" : path;
    const int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return cannot_read(name, error);
    struct stat info;
    tuff_status status;
    if (fstat(file, &info) != 0) {
        status = cannot_read(name, error);
    } else if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        status = cannot_read(name, error);
    } else if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size > TUFF_FILE_LIMIT) {
        status = too_large(name, TUFF_FILE_LIMIT, error);
    } else {
        const bool regular = S_ISREG(info.st_mode);
        status = read_all(file, name, regular ? (size_t)info.st_size : 65536, regular ? TUFF_FILE_LIMIT : TUFF_STREAM_LIMIT, buffer, error);
    }
    if (!standard) close(file);
    if (status != TUFF_OK) tuff_buffer_free(buffer);
    return status;
}

/* ---- gunzip ---- */
static tuff_status inflate_all(const char *name, z_stream *z, const tuff_buffer *in, tuff_buffer *out, tuff_error *error) {
    uint8_t chunk[65536];
    size_t at = 0;
    for (;;) {
        if (z->avail_in == 0 && at < in->count) {
            const size_t left = in->count - at;
            z->avail_in = left < 1u << 30 ? (uInt)left : 1u << 30;
            z->next_in = in->data + at;
            at += z->avail_in;
        }
        z->next_out = chunk;
        z->avail_out = sizeof chunk;
        const int result = inflate(z, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) return tuff_fail_memory(error, sizeof chunk);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return tuff_fail(error, TUFF_ERR_FORMAT, "%s: damaged gzip data near byte %zu: %s", name, at - z->avail_in, z->msg ? z->msg : "unreadable");
        const size_t got = sizeof chunk - z->avail_out;
        TUFF_TRY(tuff_buffer_add(out, chunk, got, error));
        if (out->count > TUFF_FILE_LIMIT) return too_large(name, TUFF_FILE_LIMIT, error);
        if (result == Z_STREAM_END) {
            /* gzip members may follow each other; anything else behind the end is padding */
            const uint8_t *next = in->data + (at - z->avail_in);
            if (in->data + in->count - next < 2 || next[0] != 0x1f || next[1] != 0x8b) return TUFF_OK;
            if (inflateReset(z) != Z_OK) return tuff_fail_memory(error, sizeof *z);
        } else if (got == 0 && z->avail_in == 0 && at == in->count) {
            return tuff_fail(error, TUFF_ERR_FORMAT, "%s: gzip data ends early, after %zu bytes", name, in->count);
        }
    }
}

tuff_status tuff_buffer_gunzip(const char *name, tuff_buffer *buffer, tuff_error *error) {
    if (buffer->count < 2 || buffer->data[0] != 0x1f || buffer->data[1] != 0x8b) return TUFF_OK;
    z_stream z;
    memset(&z, 0, sizeof z);
    if (inflateInit2(&z, 15 + 16) != Z_OK) return tuff_fail_memory(error, sizeof z);
    tuff_buffer out = {0};
    tuff_status status = inflate_all(name, &z, buffer, &out, error);
    inflateEnd(&z);
    if (status == TUFF_OK) {
        tuff_buffer_free(buffer);
        *buffer = out;
    } else {
        tuff_buffer_free(&out);
    }
    return status;
}

/* ---- writing ---- */
static tuff_status cannot_write(const char *path, tuff_error *error) {
    switch (errno) {
    case ENOENT: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: no such folder", path);
    case ENOTDIR: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: a part of the path is a file, not a folder", path);
    case EACCES:
    case EPERM: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: permission denied", path);
    case EROFS: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: read-only file system", path);
    case EISDIR: return tuff_fail(error, TUFF_ERR_IO, "%s: is a folder, expected a file to write", path);
    case ENOSPC:
    case EDQUOT: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: disk full", path);
    default: return tuff_fail(error, TUFF_ERR_IO, "%s: cannot be written: %s", path, strerror(errno));
    }
}

static bool write_all(int file, const uint8_t *bytes, size_t count) {
    while (count) {
        const ssize_t done = write(file, bytes, count < 1u << 30 ? count : 1u << 30);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        bytes += done;
        count -= (size_t)done;
    }
    return true;
}

static tuff_status write_directly(const char *path, const void *bytes, size_t count, tuff_error *error) {
    const bool standard = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
    const int file = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0) return cannot_write(path, error);
    tuff_status status = write_all(file, bytes, count) ? TUFF_OK : cannot_write(standard ? "standard output" : path, error);
    if (!standard && close(file) != 0 && status == TUFF_OK) status = cannot_write(path, error);
    return status;
}

/* A new file beside `path`: hidden, and of a name that no other process takes. */
static int open_beside(const char *path, mode_t mode, char *name, size_t room) {
    const int folder = (int)(tuff_file_name(path) - path);
    for (unsigned k = 0; k < 1000; k++) {
        const int length = snprintf(name, room, "%.*s.tuff-%ld-%u.part", folder, path, (long)getpid(), k);
        if (length < 0 || (size_t)length >= room) {
            errno = ENAMETOOLONG;
            return -1;
        }
        const int file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}

static tuff_status write_and_rename(const char *path, const struct stat *old, const void *bytes, size_t count, tuff_error *error) {
    char name[PATH_MAX + 64];
    const int file = open_beside(path, 0666, name, sizeof name);
    if (file < 0) return cannot_write(path, error);
    bool fine = write_all(file, bytes, count);
    if (fine && old) fine = fchmod(file, old->st_mode & 07777) == 0;
    if (close(file) != 0) fine = false;
    if (fine) fine = rename(name, path) == 0;
    if (fine) return TUFF_OK;
    const int why = errno;
    unlink(name);
    errno = why;
    return cannot_write(path, error);
}

tuff_status tuff_file_write(const char *path, const void *bytes, size_t count, tuff_error *error) {
    struct stat info;
    const bool exists = strcmp(path, "-") != 0 && stat(path, &info) == 0;
    if (strcmp(path, "-") == 0 || strncmp(path, "/dev/", 5) == 0 || (exists && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)))
        return write_directly(path, bytes, count, error);
    if (*path == 0 || (exists && S_ISDIR(info.st_mode))) {
        errno = *path ? EISDIR : ENOENT;
        return cannot_write(path, error);
    }
    if (exists && access(path, W_OK) != 0) return cannot_write(path, error); /* rename would replace even a write-protected file */
    char *target = exists ? realpath(path, NULL) : NULL;
    if (exists && !target) return cannot_write(path, error);
    /* Ctrl-C waits until the file is whole or gone. */
    sigset_t all, before;
    sigfillset(&all);
    const bool blocked = pthread_sigmask(SIG_BLOCK, &all, &before) == 0;
    const tuff_status status = write_and_rename(target ? target : path, exists ? &info : NULL, bytes, count, error);
    if (blocked) pthread_sigmask(SIG_SETMASK, &before, NULL);
    free(target);
    return status;
}

bool tuff_file_is_folder(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

const char *tuff_file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
