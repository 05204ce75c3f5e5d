/* CPU levels: what a target may use, and what this machine has.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_CPU_H
#define TUFF_BASE_CPU_H

#include <stdbool.h>

/* Each level includes those above it of the same architecture. NONE: portable kernels, no prims; C: prims in portable C. */
#define TUFF_CPU_LEVELS(X)                      \
    X(NONE, "none", "portable kernels")         \
    X(C, "c", "prims in portable C")            \
    X(AVX2, "avx2", "x86-64 with AVX2 and FMA") \
    X(AVXVNNI, "avxvnni", "x86-64 with AVX2, FMA, AVX-VNNI")

typedef enum tuff_cpu_level {
#define TUFF_CPU_ENUM(name, text, about) TUFF_CPU_##name,
    TUFF_CPU_LEVELS(TUFF_CPU_ENUM)
#undef TUFF_CPU_ENUM
        TUFF_CPU_COUNT
} tuff_cpu_level;

tuff_cpu_level tuff_cpu_detect(void);                         /* the best that this machine has */
const char *tuff_cpu_name(tuff_cpu_level level);              /* "avx2" */
bool tuff_cpu_parse(const char *text, tuff_cpu_level *level); /* false: no such level */

#endif
