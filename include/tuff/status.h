/* Status codes and the error record that every fallible call of Tuff takes.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_STATUS_H
#define TUFF_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Marks a function of the library's interface; nothing else is visible outside a shared library. */
#if defined(_WIN32) && defined(TUFF_SHARED)
#define TUFF_API __declspec(dllexport)
#elif defined(__GNUC__)
#define TUFF_API __attribute__((visibility("default")))
#else
#define TUFF_API
#endif

#if defined(__GNUC__)
#define TUFF_MUST_USE __attribute__((warn_unused_result))
#if defined(__MINGW32__) && !defined(__clang__)
#define TUFF_PRINTF(text, first) __attribute__((format(gnu_printf, text, first)))
#else
#define TUFF_PRINTF(text, first) __attribute__((format(printf, text, first)))
#endif
#else
#define TUFF_MUST_USE
#define TUFF_PRINTF(text, first)
#endif

/* name, text: what went wrong, in a word; the message in tuff_error says where and why */
#define TUFF_STATUSES(X)                        \
    X(OK, "ok")                                 \
    X(ERR_ARGUMENT, "wrong argument")           \
    X(ERR_MEMORY, "out of memory")              \
    X(ERR_IO, "file cannot be read or written") \
    X(ERR_FORMAT, "malformed file")             \
    X(ERR_MODEL, "illegal model")               \
    X(ERR_UNSUPPORTED, "not supported")         \
    X(ERR_DATA, "unusable data")                \
    X(ERR_VALUE, "illegal value at run time")   \
    X(ERR_LIMIT, "limit exceeded")              \
    X(ERR_BUFFER, "buffer too small")           \
    X(ERR_CANCELLED, "cancelled")               \
    X(LATER, "not known before its op has run")

typedef enum tuff_status {
#define TUFF_STATUS_ENUM(name, text) TUFF_##name,
    TUFF_STATUSES(TUFF_STATUS_ENUM)
#undef TUFF_STATUS_ENUM
} tuff_status;

/* Owned by the caller, zero-initialised; the first error stays. Every `tuff_error *` parameter may be NULL. */
typedef struct tuff_error {
    tuff_status status;
    size_t bytes_needed; /* with TUFF_ERR_BUFFER: how many bytes would have done */
    char message[1000];  /* one line, no newline: file, place, expected and found */
} tuff_error;

/* The status in words, never NULL. */
TUFF_API const char *tuff_status_text(tuff_status status);

#ifdef __cplusplus
}
#endif
#endif
