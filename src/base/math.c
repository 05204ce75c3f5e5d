/* Functions whose bits decide an integer byte.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "base/math.h"

#include <math.h>

float tuff_expf(float x) { return expf(x); }
float tuff_expm1f(float x) { return expm1f(x); }
float tuff_logf(float x) { return logf(x); }
float tuff_tanhf(float x) { return tanhf(x); }
float tuff_sqrtf(float x) { return sqrtf(x); }
