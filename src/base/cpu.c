/* CPU levels: names, and detection by CPUID.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/cpu.h"

#ifndef TUFF_KERNELS_ONLY
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#if TUFF_X86
#include <cpuid.h>

/* The operating system must save the ymm registers too: bits 1 (xmm) and 2 (ymm) of XCR0. */
static bool system_keeps_ymm(void) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6;
}

static bool has_avx2(void) {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return false;
    if (!(c & bit_OSXSAVE) || !(c & bit_AVX) || !(c & bit_FMA) || !system_keeps_ymm()) return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_AVX2);
}

static bool has_avxvnni(void) {
    unsigned a, b, c, d;
    return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1 << 4);
}

tuff_cpu_level tuff_cpu_detect(void) {
    if (!has_avx2()) return TUFF_CPU_C;
    return has_avxvnni() ? TUFF_CPU_AVXVNNI : TUFF_CPU_AVX2;
}
#else
tuff_cpu_level tuff_cpu_detect(void) { return TUFF_CPU_C; }
#endif

static const char *const names[] = {
#define TUFF_CPU_TEXT(name, text, about) text,
    TUFF_CPU_LEVELS(TUFF_CPU_TEXT)
#undef TUFF_CPU_TEXT
};

const char *tuff_cpu_name(tuff_cpu_level level) { return (unsigned)level < TUFF_CPU_COUNT ? names[level] : "?"; }

bool tuff_cpu_parse(const char *text, tuff_cpu_level *level) {
    for (int k = 0; k < TUFF_CPU_COUNT; k++) {
        if (strcmp(text, names[k]) != 0) continue;
        *level = (tuff_cpu_level)k;
        return true;
    }
    return false;
}
#endif
