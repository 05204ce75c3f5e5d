/* For compilers without a C library: what libtuff asks of <time.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
struct timespec {
    long long tv_sec;
    long tv_nsec;
};
enum { TIME_UTC = 1 };
int timespec_get(struct timespec *to, int base);
long clock(void);
