/* The pool runs every job once, with any number of threads, again and again; locks exclude.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/threads.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

enum { MOST_JOBS = 500 };
typedef struct tally {
    int times[MOST_JOBS];
    int value[MOST_JOBS];
    int input;
} tally;

static void job_of(void *context, int job) {
    tally *t = context;
    t->times[job]++;
    t->value[job] = t->input + job * job;
}

static void check_runs(tuff_pool *pool, int runs) {
    for (int run = 0; run < runs; run++) {
        tally t = {.input = run};
        const int jobs = run * 7 % MOST_JOBS;
        tuff_pool_run(pool, job_of, &t, jobs);
        for (int job = 0; job < MOST_JOBS; job++) {
            assert_int_equal(t.times[job], job < jobs);
            assert_int_equal(t.value[job], job < jobs ? run + job * job : 0);
        }
    }
}

static void test_every_job_runs_once(void **state) {
    (void)state;
    static const int counts[] = {-1, 0, 1, 2, 3, 8};
    for (int k = 0; k < 6; k++) {
        tuff_error error = {0};
        tuff_pool *pool;
        assert_int_equal(tuff_pool_create(counts[k], NULL, &pool, &error), TUFF_OK);
        if (counts[k] <= 1) assert_null(pool);
        check_runs(pool, 1000);
        tuff_pool_destroy(pool);
    }
}

static void test_workers_wake_after_sleep(void **state) {
    (void)state;
    tuff_pool *pool;
    assert_int_equal(tuff_pool_create(3, NULL, &pool, NULL), TUFF_OK);
    for (int k = 0; k < 20; k++) {
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
        check_runs(pool, 3);
    }
    tuff_pool_destroy(pool);
}

static void slow_job(void *context, int job) {
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    ((int *)context)[job]++;
}

static void test_the_caller_waits_for_slow_jobs(void **state) {
    (void)state;
    tuff_pool *pool;
    assert_int_equal(tuff_pool_create(4, NULL, &pool, NULL), TUFF_OK);
    for (int run = 0; run < 10; run++) {
        int done[7] = {0};
        tuff_pool_run(pool, slow_job, done, 7);
        for (int k = 0; k < 7; k++) assert_int_equal(done[k], 1);
    }
    tuff_pool_destroy(pool);
}

static void test_pools_of_no_use_are_destroyed(void **state) {
    (void)state;
    for (int k = 0; k < 50; k++) {
        tuff_pool *pool;
        assert_int_equal(tuff_pool_create(2 + k % 5, NULL, &pool, NULL), TUFF_OK);
        tuff_pool_destroy(pool);
    }
    tuff_pool_destroy(NULL);
}

static void test_too_many_threads_are_refused(void **state) {
    (void)state;
    tuff_error error = {0};
    tuff_pool *pool;
    const tuff_status status = tuff_pool_create(1000000, NULL, &pool, &error);
    assert_null(pool);
    if (status != TUFF_OK) assert_string_equal(error.message, "1000000 threads asked for, at most 1024 can be had");
}

static void *no_memory(void *context, void *old, size_t bytes) {
    (void)context, (void)old, (void)bytes;
    return NULL;
}

static void test_no_memory_is_an_error(void **state) {
    (void)state;
    const tuff_allocator none = {no_memory, NULL};
    tuff_error error = {0};
    tuff_pool *pool;
    const tuff_status status = tuff_pool_create(2, &none, &pool, &error);
    assert_null(pool);
    if (status != TUFF_OK) assert_int_equal(status, TUFF_ERR_MEMORY);
    assert_null(tuff_lock_create(&none));
}

typedef struct counter {
    tuff_lock *lock;
    long count;
} counter;
static void count_locked(void *context, int job) {
    counter *c = context;
    (void)job;
    tuff_lock_take(c->lock);
    c->count++;
    tuff_lock_give(c->lock);
}

static void test_a_lock_excludes(void **state) {
    (void)state;
    counter c = {tuff_lock_create(NULL), 0};
    assert_non_null(c.lock);
    tuff_pool *pool;
    assert_int_equal(tuff_pool_create(4, NULL, &pool, NULL), TUFF_OK);
    tuff_pool_run(pool, count_locked, &c, 20000);
    assert_int_equal(c.count, 20000);
    tuff_pool_destroy(pool);
    tuff_lock_destroy(c.lock);
    tuff_lock_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_job_runs_once),
        cmocka_unit_test(test_workers_wake_after_sleep),
        cmocka_unit_test(test_the_caller_waits_for_slow_jobs),
        cmocka_unit_test(test_pools_of_no_use_are_destroyed),
        cmocka_unit_test(test_too_many_threads_are_refused),
        cmocka_unit_test(test_no_memory_is_an_error),
        cmocka_unit_test(test_a_lock_excludes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
