/* NumericVerify: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_NUMERIC_VERIFY_H
#define TUFF_OPS_NUMERIC_VERIFY_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_numeric_verify_attrs {
    float tolerance;
    bool log_if_failed;
} tuff_numeric_verify_attrs;
typedef struct tuff_numeric_verify_args {
    int64_t count;
    float scale, most; /* most: the largest difference that is no failure */
    int32_t zero;
} tuff_numeric_verify_args;
int tuff_numeric_verify_s8(const void *args, void *const *io, int job, int jobs);
int tuff_numeric_verify_u8(const void *args, void *const *io, int job, int jobs);
int tuff_numeric_verify_s16(const void *args, void *const *io, int job, int jobs);
int tuff_numeric_verify_f16(const void *args, void *const *io, int job, int jobs);

#endif
