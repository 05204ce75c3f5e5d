/* Arenas: chunks of growing size, freed as a whole.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"

static void *libc_resize(void *context, void *old, size_t bytes) {
    (void)context;
    if (bytes == 0) {
        free(old);
        return NULL;
    }
    return realloc(old, bytes);
}
const tuff_allocator tuff_allocator_libc = {libc_resize, NULL};

void *tuff_allocate(const tuff_allocator *a, size_t bytes) {
    if (!a) a = &tuff_allocator_libc;
    return a->resize(a->context, NULL, bytes ? bytes : 1);
}
void tuff_release(const tuff_allocator *a, void *memory) {
    if (!a) a = &tuff_allocator_libc;
    if (memory) a->resize(a->context, memory, 0);
}

typedef struct chunk {
    struct chunk *next;
    size_t size, used; /* of the bytes behind this header */
} chunk;

struct tuff_arena {
    tuff_allocator allocator;
    chunk *chunks; /* newest first: only it is taken from */
    size_t used, next_size;
};

tuff_arena *tuff_arena_create(const tuff_allocator *a, tuff_error *error) {
    if (!a) a = &tuff_allocator_libc;
    tuff_arena *arena = tuff_allocate(a, sizeof *arena);
    if (!arena) {
        tuff_fail_memory(error, sizeof *arena);
        return NULL;
    }
    *arena = (tuff_arena){.allocator = *a, .next_size = 4096};
    return arena;
}

void tuff_arena_destroy(tuff_arena *arena) {
    if (!arena) return;
    for (chunk *c = arena->chunks; c;) {
        chunk *next = c->next;
        tuff_release(&arena->allocator, c);
        c = next;
    }
    const tuff_allocator a = arena->allocator;
    tuff_release(&a, arena);
}

static uint8_t *chunk_bytes(chunk *c) { return (uint8_t *)(c + 1); }

static size_t gap(const chunk *c, size_t align) {
    const uintptr_t at = (uintptr_t)(c + 1) + c->used;
    return (size_t)(-at & (uintptr_t)(align - 1));
}

void *tuff_arena_take(tuff_arena *arena, size_t bytes, size_t align, tuff_error *error) {
    if (bytes == 0) bytes = 1;
    chunk *c = arena->chunks;
    if (!c || c->size - c->used < gap(c, align) || c->size - c->used - gap(c, align) < bytes) {
        size_t size, total;
        if (!tuff_add_size(bytes, 64, &size) || !tuff_add_size(size, arena->next_size, &size) || !tuff_add_size(size, sizeof *c, &total)) {
            tuff_fail_memory(error, bytes);
            return NULL;
        }
        c = tuff_allocate(&arena->allocator, total);
        if (!c) {
            tuff_fail_memory(error, total);
            return NULL;
        }
        *c = (chunk){.next = arena->chunks, .size = size};
        arena->chunks = c;
        if (arena->next_size < (size_t)1 << 20) arena->next_size *= 2;
    }
    c->used += gap(c, align);
    void *memory = chunk_bytes(c) + c->used;
    c->used += bytes;
    arena->used += bytes;
    return memset(memory, 0, bytes);
}

void *tuff_arena_array(tuff_arena *arena, size_t count, size_t each, tuff_error *error) {
    size_t bytes;
    if (!tuff_mul_size(count, each, &bytes)) {
        tuff_fail_memory(error, SIZE_MAX);
        return NULL;
    }
    return tuff_arena_take(arena, bytes, 16, error);
}

void *tuff_arena_copy(tuff_arena *arena, const void *from, size_t bytes, tuff_error *error) {
    void *to = tuff_arena_take(arena, bytes, 64, error);
    if (to && bytes) memcpy(to, from, bytes);
    return to;
}

char *tuff_arena_string(tuff_arena *arena, const char *text, tuff_error *error) {
    const size_t bytes = strlen(text) + 1;
    char *to = tuff_arena_take(arena, bytes, 1, error);
    if (to) memcpy(to, text, bytes);
    return to;
}

char *tuff_arena_format(tuff_arena *arena, tuff_error *error, const char *format, ...) {
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *to = length < 0 ? NULL : tuff_arena_take(arena, (size_t)length + 1, 1, error);
    if (to) vsnprintf(to, (size_t)length + 1, format, again);
    va_end(again);
    return to;
}

size_t tuff_arena_used(const tuff_arena *arena) { return arena->used; }
