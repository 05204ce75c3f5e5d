/* For compilers without a C library: what libtuff asks of <math.h>.
 * SPDX-License-Identifier: Apache-2.0
 */
#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")
#define HUGE_VAL __builtin_huge_val()
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x) __builtin_signbit(x)
/* clang-format off */
#define BOTH(name)         \
    double name(double x); \
    float name##f(float x);
BOTH(ceil)
BOTH(floor)
BOTH(round)
BOTH(rint)
BOTH(nearbyint)
BOTH(trunc) BOTH(fabs) BOTH(sqrt) BOTH(exp) BOTH(expm1) BOTH(log) BOTH(log1p) BOTH(log2) BOTH(sin) BOTH(cos) BOTH(tanh) BOTH(erf) BOTH(cbrt)
/* clang-format on */
#undef BOTH
    double atan2(double y, double x);
float atan2f(float y, float x);
double copysign(double x, double y);
float copysignf(float x, float y);
double fmod(double x, double y);
float fmodf(float x, float y);
double pow(double x, double y);
float powf(float x, float y);
double frexp(double x, int *exponent);
double ldexp(double x, int exponent);
