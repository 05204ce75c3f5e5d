/* Packed constants: filled once per model, shared by its plans.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "plan/planner.h"

typedef struct entry {
    struct entry *next;
    const void *sources[2];
    tuff_fill_fn *fill;
    size_t bytes, params_bytes;
    void *params, *packed;
} entry;

struct tuff_pack_cache {
    tuff_allocator allocator;
    tuff_arena *arena;
    tuff_lock *lock; /* interpreters of one model may be made by several threads */
    entry *entries;
};

tuff_pack_cache *tuff_pack_cache_create(const tuff_allocator *a, tuff_error *error) {
    tuff_pack_cache *cache = tuff_allocate(a, sizeof *cache);
    if (!cache) {
        tuff_fail_memory(error, sizeof *cache);
        return NULL;
    }
    *cache = (tuff_pack_cache){.allocator = a ? *a : tuff_allocator_libc, .arena = tuff_arena_create(a, error), .lock = tuff_lock_create(a)};
    if (cache->arena && cache->lock) return cache;
    tuff_fail_memory(error, sizeof *cache);
    tuff_pack_cache_destroy(cache);
    return NULL;
}

void tuff_pack_cache_destroy(tuff_pack_cache *cache) {
    if (!cache) return;
    const tuff_allocator a = cache->allocator;
    tuff_arena_destroy(cache->arena);
    if (cache->lock) tuff_lock_destroy(cache->lock);
    tuff_release(&a, cache);
}

static entry *find(tuff_pack_cache *cache, const void *const sources[2], size_t bytes, tuff_fill_fn *fill, const void *params, size_t params_bytes) {
    for (entry *e = cache->entries; e; e = e->next)
        if (e->sources[0] == sources[0] && e->sources[1] == sources[1] && e->fill == fill && e->bytes == bytes && e->params_bytes == params_bytes &&
            memcmp(e->params, params, params_bytes) == 0)
            return e;
    return NULL;
}

const void *tuff_pack_cache_get(tuff_pack_cache *cache, const void *const sources[2], size_t bytes, tuff_fill_fn *fill, const void *params, size_t params_bytes,
                                tuff_error *error) {
    tuff_lock_take(cache->lock);
    entry *e = find(cache, sources, bytes, fill, params, params_bytes);
    if (!e && (e = TUFF_NEW(cache->arena, entry, error)) != NULL) {
        *e = (entry){.next = cache->entries, .sources = {sources[0], sources[1]}, .fill = fill, .bytes = bytes, .params_bytes = params_bytes};
        e->params = tuff_arena_copy(cache->arena, params, params_bytes, error);
        e->packed = tuff_arena_take(cache->arena, bytes, TUFF_BUFFER_ALIGN, error);
        if (e->params && e->packed) {
            fill(e->packed, params, sources[0], sources[1]);
            cache->entries = e;
        } else {
            e = NULL;
        }
    }
    tuff_lock_give(cache->lock);
    return e ? e->packed : NULL;
}
