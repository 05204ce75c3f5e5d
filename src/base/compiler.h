/* What differs between compilers and machines: the only place for extensions of the language.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_COMPILER_H
#define TUFF_BASE_COMPILER_H

#if defined(__FAST_MATH__)
#error "Tuff's results are promised bit for bit: build without -ffast-math"
#endif

/* x86-64 with a compiler that takes a target per function, so that one plain build holds all levels. */
#if defined(__x86_64__) && defined(__GNUC__)
#define TUFF_X86 1
#define TUFF_TARGET_AVX2 __attribute__((target("avx2,fma")))
#if defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11
#define TUFF_AVXVNNI 1
#define TUFF_TARGET_AVXVNNI __attribute__((target("avx2,fma,avxvnni")))
#else
#define TUFF_AVXVNNI 0
#endif
#else
#define TUFF_X86 0
#define TUFF_AVXVNNI 0
#endif

/* Threads: wherever there are POSIX threads and C11 atomics. */
#if !defined(TUFF_NO_THREADS) && (defined(__unix__) || defined(__APPLE__)) && !defined(__STDC_NO_ATOMICS__) && __STDC_HOSTED__ && \
    !(defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__))
#define TUFF_THREADS 1
#else
#define TUFF_THREADS 0
#endif

/* In front of a loop of 8 turns that is to be straight code, its array in registers, at any level of optimization. */
#if defined(__clang__)
#define TUFF_UNROLL_8 _Pragma("clang loop unroll(full)")
#elif defined(__GNUC__) && __GNUC__ >= 8
#define TUFF_UNROLL_8 _Pragma("GCC unroll 8")
#else
#define TUFF_UNROLL_8
#endif

#if defined(__GNUC__)
#define TUFF_INLINE static inline __attribute__((always_inline))
#define TUFF_LIKELY(condition) __builtin_expect(!!(condition), 1)
#else
#define TUFF_INLINE static inline
#define TUFF_LIKELY(condition) (condition)
#endif

#endif
