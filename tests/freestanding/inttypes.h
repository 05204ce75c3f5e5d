/* For compilers without a C library: what libtuff asks of <inttypes.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdint.h>
#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"
#define PRId64 "lld"
#define PRIu64 "llu"
#define PRIx64 "llx"
