/* A pool of threads and a lock.
 * SPDX-License-Identifier: Apache-2.0
 *
 * One atomic word says what there is to do: the number of the run in its upper half, jobs not yet taken in its lower half. Whoever swaps
 * it for one less has that job; only then does it read what the run is, and the run can't end before that job is done, so nothing is
 * read while it changes. A worker that wakes late finds no jobs left and needs no part in the end of the run: the caller waits for jobs,
 * not for workers. The run's number keeps a late swap from taking a job of another run that looks alike.
 *
 * Steps of a model follow each other within microseconds, so an idle worker spins a little before it sleeps.
 */
#define _POSIX_C_SOURCE 200809L /* sigset_t under -std=c11 */
#include "base/threads.h"

#include "base/compiler.h"

#if TUFF_THREADS
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>

enum { SPINS = 1000, MOST_THREADS = 1024 }; /* a pause is 10 to 50 ns: 10 to 50 us */

typedef void job_fn(void *context, int job);

struct tuff_pool {
    tuff_allocator allocator;
    _Atomic uint64_t word;     /* run << 32 | jobs not yet taken */
    atomic_int unfinished;     /* jobs not yet done */
    atomic_int sleeping;       /* workers that wait for `work` */
    atomic_bool stop, waiting; /* waiting: the caller waits for `done` */
    job_fn *run;
    void *context;
    int jobs;
    pthread_mutex_t mutex;
    pthread_cond_t work, done;
    int workers;
    pthread_t threads[];
};

static void pause_briefly(void) {
#if TUFF_X86
    __builtin_ia32_pause();
#elif defined(__aarch64__) && defined(__GNUC__)
    __asm__ volatile("yield");
#endif
}

/* Takes and runs jobs until there are none. */
static void work(tuff_pool *pool) {
    uint64_t word = atomic_load(&pool->word);
    while ((uint32_t)word != 0) {
        if (!atomic_compare_exchange_weak(&pool->word, &word, word - 1)) continue;
        pool->run(pool->context, pool->jobs - (int)(uint32_t)word);
        if (atomic_fetch_sub(&pool->unfinished, 1) == 1 && atomic_load(&pool->waiting)) {
            pthread_mutex_lock(&pool->mutex);
            pthread_cond_signal(&pool->done);
            pthread_mutex_unlock(&pool->mutex);
        }
        word = atomic_load(&pool->word);
    }
}

static bool idle(tuff_pool *pool) { return (uint32_t)atomic_load(&pool->word) == 0 && !atomic_load(&pool->stop); }

static void *worker(void *argument) {
    tuff_pool *pool = argument;
    while (!atomic_load(&pool->stop)) {
        work(pool);
        for (int spin = 0; spin < SPINS && idle(pool); spin++) pause_briefly();
        if (!idle(pool)) continue;
        pthread_mutex_lock(&pool->mutex);
        atomic_fetch_add(&pool->sleeping, 1); /* before looking again: the caller posts, then looks for sleepers */
        while (idle(pool)) pthread_cond_wait(&pool->work, &pool->mutex);
        atomic_fetch_sub(&pool->sleeping, 1);
        pthread_mutex_unlock(&pool->mutex);
    }
    return NULL;
}

void tuff_pool_run(tuff_pool *pool, void (*run)(void *context, int job), void *context, int jobs) {
    if (!pool || jobs <= 1) {
        for (int job = 0; job < jobs; job++) run(context, job);
        return;
    }
    pool->run = run;
    pool->context = context;
    pool->jobs = jobs;
    atomic_store(&pool->unfinished, jobs);
    const uint64_t last = atomic_load(&pool->word);
    atomic_store(&pool->word, ((last >> 32) + 1) << 32 | (uint32_t)jobs);
    if (atomic_load(&pool->sleeping) > 0) {
        pthread_mutex_lock(&pool->mutex);
        pthread_cond_broadcast(&pool->work);
        pthread_mutex_unlock(&pool->mutex);
    }
    work(pool);
    for (int spin = 0; spin < SPINS && atomic_load(&pool->unfinished) > 0; spin++) pause_briefly();
    if (atomic_load(&pool->unfinished) == 0) return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->waiting, true);
    while (atomic_load(&pool->unfinished) > 0) pthread_cond_wait(&pool->done, &pool->mutex);
    atomic_store(&pool->waiting, false);
    pthread_mutex_unlock(&pool->mutex);
}

/* Signals are for the program's own threads: workers are born with all of them blocked. */
static bool start_worker(tuff_pool *pool) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const bool started = pthread_create(&pool->threads[pool->workers], NULL, worker, pool) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) pool->workers++;
    return started;
}

tuff_status tuff_pool_create(int threads, const tuff_allocator *a, tuff_pool **out, tuff_error *error) {
    *out = NULL;
    if (threads <= 1) return TUFF_OK;
    if (threads > MOST_THREADS) return tuff_fail(error, TUFF_ERR_LIMIT, "%d threads asked for, at most %d can be had", threads, MOST_THREADS);
    if (!a) a = &tuff_allocator_libc;
    const size_t bytes = sizeof(tuff_pool) + (size_t)(threads - 1) * sizeof(pthread_t);
    tuff_pool *pool = tuff_allocate(a, bytes);
    if (!pool) return tuff_fail_memory(error, bytes);
    *pool = (tuff_pool){.allocator = *a};
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work, NULL);
    pthread_cond_init(&pool->done, NULL);
    while (pool->workers < threads - 1) {
        if (start_worker(pool)) continue;
        const int had = pool->workers + 1;
        tuff_pool_destroy(pool);
        return tuff_fail(error, TUFF_ERR_LIMIT, "%d threads asked for, the system gave %d", threads, had);
    }
    *out = pool;
    return TUFF_OK;
}

void tuff_pool_destroy(tuff_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->stop, true);
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->mutex);
    for (int k = 0; k < pool->workers; k++) pthread_join(pool->threads[k], NULL);
    pthread_cond_destroy(&pool->done);
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->mutex);
    const tuff_allocator a = pool->allocator;
    tuff_release(&a, pool);
}

struct tuff_lock {
    tuff_allocator allocator;
    pthread_mutex_t mutex;
};
static void lock_init(tuff_lock *lock) { pthread_mutex_init(&lock->mutex, NULL); }
static void lock_end(tuff_lock *lock) { pthread_mutex_destroy(&lock->mutex); }
void tuff_lock_take(tuff_lock *lock) { pthread_mutex_lock(&lock->mutex); }
void tuff_lock_give(tuff_lock *lock) { pthread_mutex_unlock(&lock->mutex); }

#else /* no threads: jobs one after the other, locks that are always free */

tuff_status tuff_pool_create(int threads, const tuff_allocator *a, tuff_pool **pool, tuff_error *error) {
    (void)threads, (void)a, (void)error;
    *pool = NULL;
    return TUFF_OK;
}
void tuff_pool_destroy(tuff_pool *pool) { (void)pool; }
void tuff_pool_run(tuff_pool *pool, void (*run)(void *context, int job), void *context, int jobs) {
    (void)pool;
    for (int job = 0; job < jobs; job++) run(context, job);
}

struct tuff_lock {
    tuff_allocator allocator;
};
static void lock_init(tuff_lock *lock) { (void)lock; }
static void lock_end(tuff_lock *lock) { (void)lock; }
void tuff_lock_take(tuff_lock *lock) { (void)lock; }
void tuff_lock_give(tuff_lock *lock) { (void)lock; }
#endif

tuff_lock *tuff_lock_create(const tuff_allocator *a) {
    if (!a) a = &tuff_allocator_libc;
    tuff_lock *lock = tuff_allocate(a, sizeof *lock);
    if (!lock) return NULL;
    lock->allocator = *a;
    lock_init(lock);
    return lock;
}

void tuff_lock_destroy(tuff_lock *lock) {
    if (!lock) return;
    lock_end(lock);
    const tuff_allocator a = lock->allocator;
    tuff_release(&a, lock);
}
