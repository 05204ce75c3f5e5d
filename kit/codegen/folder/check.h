/* What the self-test needs: comparing, and saying so on a host or, by semihosting, under QEMU. SPDX-License-Identifier: Apache-2.0 */
#ifndef CHECK_H
#define CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if __STDC_HOSTED__ && !defined(SEMIHOSTING)
#include <stdio.h>
static inline void say(const char *text) { fputs(text, stdout); }
#else
void say(const char *text); /* qemu/startup.c */
#endif

/* Floats may differ by a few roundings: sums may be taken in another order. */
static inline int differs_f32(const char *what, const float *got, const float *want, size_t bytes) {
    float largest = 0;
    for (size_t k = 0; k < bytes / sizeof *want; k++) {
        const float size = want[k] < 0 ? -want[k] : want[k];
        if (size > largest && size < (float)INFINITY) largest = size;
    }
    for (size_t k = 0; k < bytes / sizeof *want; k++) {
        const float d = got[k] - want[k];
        if ((d <= 1e-4f * largest && d >= -1e-4f * largest) || memcmp(got + k, want + k, sizeof *got) == 0) continue;
        if (got[k] != got[k] && want[k] != want[k]) continue;
        say(what);
        say(": differs from the interpreter\n");
        return 1;
    }
    return 0;
}

static inline int differs_bytes(const char *what, const void *got, const void *want, size_t bytes) {
    if (memcmp(got, want, bytes) == 0) return 0;
    say(what);
    say(": differs from the interpreter\n");
    return 1;
}

static inline int refused(const char *what, const char *(*name)(int code), int code) {
    if (!code) return 0;
    say(what);
    say(": a value is illegal: ");
    say(name(code));
    say("\n");
    return 1;
}

static inline int finish(const char *name, int bad) {
    say(name);
    say(bad ? ": FAILED\n" : ": all outputs are those of the interpreter\n");
    return bad != 0;
}

#endif
