/* A region with one lifetime, allocated in chunks and freed as a whole; and the caller's allocator behind it.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_ARENA_H
#define TUFF_BASE_ARENA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "tuff/tuff.h"

typedef tuff_memory tuff_allocator;
extern const tuff_allocator tuff_allocator_libc;
/* NULL means libc's */
void *tuff_allocate(const tuff_allocator *a, size_t bytes);
void tuff_release(const tuff_allocator *a, void *memory);

typedef struct tuff_arena tuff_arena;
tuff_arena *tuff_arena_create(const tuff_allocator *a, tuff_error *error);
void tuff_arena_destroy(tuff_arena *arena); /* NULL is fine */
/* Zeroed bytes (at least 1), aligned to `align` (a power of two up to 64); NULL with the error set on failure. */
void *tuff_arena_take(tuff_arena *arena, size_t bytes, size_t align, tuff_error *error);
void *tuff_arena_array(tuff_arena *arena, size_t count, size_t each, tuff_error *error);     /* checked product, aligned to 16 */
void *tuff_arena_copy(tuff_arena *arena, const void *from, size_t bytes, tuff_error *error); /* aligned to 64 */
char *tuff_arena_string(tuff_arena *arena, const char *text, tuff_error *error);
TUFF_PRINTF(3, 4) char *tuff_arena_format(tuff_arena *arena, tuff_error *error, const char *format, ...);
size_t tuff_arena_used(const tuff_arena *arena);

#define TUFF_NEW(arena, type, error) ((type *)tuff_arena_take(arena, sizeof(type), 16, error))
#define TUFF_NEW_ARRAY(arena, count, type, error) ((type *)tuff_arena_array(arena, count, sizeof(type), error))

#endif
