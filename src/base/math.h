/* Functions whose bits decide an integer byte: the same results on every machine, equal to glibc's float functions.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_BASE_MATH_H
#define TUFF_BASE_MATH_H

float tuff_expf(float x);
float tuff_expm1f(float x);
float tuff_logf(float x);
float tuff_tanhf(float x);
float tuff_erfcf(float x);
float tuff_sqrtf(float x); /* correctly rounded */

#endif
