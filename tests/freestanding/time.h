/* For compilers without a C library: what libtuff asks of <time.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
typedef long long time_t;
typedef long clock_t;
time_t time(time_t *now);
clock_t clock(void);
