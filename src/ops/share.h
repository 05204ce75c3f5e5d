/* How the jobs of a step share out its items. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SHARE_H
#define TUFF_OPS_SHARE_H

#include <stdint.h>

/* Part `job` of `jobs` of the items 0..count-1, in order. */
typedef struct tuff_span {
    int64_t first, end;
} tuff_span;
static inline tuff_span tuff_share(int64_t count, int job, int jobs) {
    const int64_t each = count / jobs, rest = count % jobs;
    const int64_t first = each * job + (job < rest ? job : rest);
    return (tuff_span){first, first + each + (job < rest ? 1 : 0)};
}

#endif
