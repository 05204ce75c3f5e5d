/* A pool of threads for the steps of one interpreter. With one thread there is no pool and no system call.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_THREADS_H
#define TUFF_BASE_THREADS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

typedef struct tuff_pool tuff_pool;
/* threads - 1 workers; threads <= 1 gives *pool = NULL and TUFF_OK. Where the platform has no threads likewise. */
tuff_status tuff_pool_create(int threads, const tuff_allocator *a, tuff_pool **pool, tuff_error *error);
void tuff_pool_destroy(tuff_pool *pool);
/* Calls run(context, job) for job in 0..jobs-1, the caller taking part; returns when all are done. pool NULL: one after the other. */
void tuff_pool_run(tuff_pool *pool, void (*run)(void *context, int job), void *context, int jobs);

typedef struct tuff_lock tuff_lock;
tuff_lock *tuff_lock_create(const tuff_allocator *a); /* NULL: no memory */
void tuff_lock_destroy(tuff_lock *lock);
void tuff_lock_take(tuff_lock *lock);
void tuff_lock_give(tuff_lock *lock);

#endif
