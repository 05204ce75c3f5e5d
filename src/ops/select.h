/* SELECT, SELECT_V2: args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SELECT_H
#define TUFF_OPS_SELECT_H

#include "ops/walk.h"

typedef struct tuff_select_args {
    tuff_walk walk;  /* sources: condition, x */
    tuff_walk other; /* the same dims; source: y */
} tuff_select_args;

int tuff_select_b1(const void *args, void *const *io, int job, int jobs);
int tuff_select_b2(const void *args, void *const *io, int job, int jobs);
int tuff_select_b4(const void *args, void *const *io, int job, int jobs);
int tuff_select_b8(const void *args, void *const *io, int job, int jobs);

#endif
