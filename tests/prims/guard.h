/* Buffers between guard pages, and random numbers with a printed seed: for tests of loops.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TESTS_PRIMS_GUARD_H
#define TESTS_PRIMS_GUARD_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

typedef struct guarded {
    uint8_t *map;
    size_t bytes;
    void *at;
} guarded;

/* `bytes` bytes between two pages that can't be touched: at their end (a read or write beyond faults), or at their begin (one before does).
 * At the end the address is as misaligned as the size makes it. */
static inline guarded guard(size_t bytes, int at_end) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), room = (bytes + page - 1) / page * page;
    guarded g = {NULL, room + 2 * page, NULL};
    g.map = mmap(NULL, g.bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g.map == MAP_FAILED || mprotect(g.map, page, PROT_NONE) != 0 || mprotect(g.map + page + room, page, PROT_NONE) != 0) {
        perror("guard pages");
        exit(1);
    }
    g.at = at_end ? g.map + page + room - bytes : g.map + page;
    memset(g.map + page, 0xa5, room);
    return g;
}
static inline void unguard(guarded g) { munmap(g.map, g.bytes); }

/* xorshift64*: Vigna, 2016 */
static uint64_t random_state;
static inline void random_seed(void) {
    const char *text = getenv("TUFF_SEED");
    random_state = text ? strtoull(text, NULL, 0) : (uint64_t)time(NULL) * 0x9e3779b97f4a7c15;
    if (!random_state) random_state = 1;
    fprintf(stderr, "TUFF_SEED=%llu\n", (unsigned long long)random_state);
}
static inline uint64_t random_u64(void) {
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return random_state * 0x2545f4914f6cdd1d;
}
static inline int32_t random_between(int32_t lo, int32_t hi) { return (int32_t)(lo + (int64_t)(random_u64() >> 16) % ((int64_t)hi - lo + 1)); }
static inline float random_f32(void) { return (float)random_between(-1000000, 1000000) * 1e-6f; }

#endif
