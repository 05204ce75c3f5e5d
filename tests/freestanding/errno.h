/* For compilers without a C library: what libtuff asks of <errno.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
extern int errno;
