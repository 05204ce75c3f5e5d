/* Failing with a message, and forwarding.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_ERROR_H
#define TUFF_BASE_ERROR_H

#include "tuff/status.h"

/* Sets status and message unless an error is set already (the first one wins); returns `status`. error may be NULL. */
TUFF_PRINTF(3, 4) tuff_status tuff_fail(tuff_error *error, tuff_status status, const char *format, ...);
tuff_status tuff_fail_memory(tuff_error *error, size_t bytes);
/* Puts "prefix: " in front of the message that is set. */
TUFF_PRINTF(2, 3) void tuff_error_prefix(tuff_error *error, const char *format, ...);

/* Forwards a failure. */
#define TUFF_TRY(expression)                        \
    do {                                            \
        const tuff_status tuff_try_ = (expression); \
        if (tuff_try_ != TUFF_OK) return tuff_try_; \
    } while (0)

#endif
