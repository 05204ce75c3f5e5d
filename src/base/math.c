/* exp, expm1, log, tanh, erfc, sqrt on floats: the bits of glibc's float functions, on every machine.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The reference makes its 8-bit and 16-bit tables with the C library's float functions, and glibc's are not correctly rounded (their errors reach 0.5 to
 * 1 unit in the last place), so the same bits need the same algorithm: the same reduction, the same constants, the same order of operations.
 *
 *   exp    x = (k / 32) ln 2 + r with |r| <= ln 2 / 64; e^x = 2^(k / 32) * (1 + c2 r + c1 r^2 + c0 r^3), all in double: an error of 0.502 units.
 *          The table has 2^(i / 32), to nearest.
 *   log    x = 2^k z with z in [0.7, 1.4); 1/c of one of 16 intervals brings z near 1: log x = k ln 2 + log c + log1p(z/c - 1), in double: 0.818 units.
 *   expm1  x = k ln 2 + r with |r| <= ln 2 / 2, r in two floats; a rational form of degree 5 in r^2; in float.
 *   tanh   from expm1(2 |x|) or expm1(-2 |x|), whichever loses nothing; in float.
 *   erfc   1 - erf x by a ratio of polynomials near 0 and 1, beyond by exp(-x^2) in two factors times another; in float.
 *
 * Sources: exp and log as in Arm's optimized routines (expf.c, logf.c and their constants; MIT licence), which glibc uses since 2.27; expm1, tanh and
 * erfc as in Sun's fdlibm (s_expm1f.c, s_tanhf.c, s_erff.c). Tested over all 2^32 floats against glibc 2.36, whose exp and log use fused multiply-adds
 * where the machine has them; in double that changes no rounded result.
 */
#include "base/math.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

#if TUFF_X86
#include <xmmintrin.h>
#endif

static uint32_t bits(float x) {
    uint32_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}
static float from_bits(uint32_t u) {
    float x;
    memcpy(&x, &u, sizeof x);
    return x;
}
static double from_bits64(uint64_t u) {
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}
static uint64_t bits64(double x) {
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

enum { SIGN = INT32_MIN };
static const uint32_t infinity = 0x7f800000;

/* ---- exp ---- */
static const double two_to_32nds[32] = {
    0x1.0000000000000p+0, 0x1.059b0d3158574p+0, 0x1.0b5586cf9890fp+0, 0x1.11301d0125b51p+0, 0x1.172b83c7d517bp+0, 0x1.1d4873168b9aap+0, 0x1.2387a6e756238p+0,
    0x1.29e9df51fdee1p+0, 0x1.306fe0a31b715p+0, 0x1.371a7373aa9cbp+0, 0x1.3dea64c123422p+0, 0x1.44e086061892dp+0, 0x1.4bfdad5362a27p+0, 0x1.5342b569d4f82p+0,
    0x1.5ab07dd485429p+0, 0x1.6247eb03a5585p+0, 0x1.6a09e667f3bcdp+0, 0x1.71f75e8ec5f74p+0, 0x1.7a11473eb0187p+0, 0x1.82589994cce13p+0, 0x1.8ace5422aa0dbp+0,
    0x1.93737b0cdc5e5p+0, 0x1.9c49182a3f090p+0, 0x1.a5503b23e255dp+0, 0x1.ae89f995ad3adp+0, 0x1.b7f76f2fb5e47p+0, 0x1.c199bdd85529cp+0, 0x1.cb720dcef9069p+0,
    0x1.d5818dcfba487p+0, 0x1.dfc97337b9b5fp+0, 0x1.ea4afa2a490dap+0, 0x1.f50765b6e4540p+0,
};

float tuff_expf(float x) {
    const uint32_t magnitude = bits(x) & 0x7fffffff;
    if (magnitude > infinity) return x + x;
    if (x > 0x1.62e42ep6f) return from_bits(infinity);                                 /* log(2^128) */
    if (x < -0x1.9fe368p6f) return 0.0f;                                               /* log(2^-150) */
    const double high = 0x1.71547650p+5 * (double)x, low = 0x1.5c17f0p-26 * (double)x; /* both exact: 32 / ln 2 in 29 and 24 bits */
    const double round = 0x1.8p52, shifted = (high + low) + round;                     /* its low bits are the nearest integer */
    const uint64_t k = bits64(shifted);
    const double r = (high - (shifted - round)) + low; /* rounded once, as by a fused multiply-add */
    const double scale = from_bits64(bits64(two_to_32nds[k % 32]) + (k / 32 << 52));
    const double c0 = 0x1.c6af84b912394p-5 / 32768, c1 = 0x1.ebfce50fac4f3p-3 / 1024, c2 = 0x1.62e42ff0c52d6p-1 / 32; /* r is in 32nds of a factor 2 */
    const double r2 = r * r, upper = c0 * r + c1, lower = c2 * r + 1.0;
    return (float)((upper * r2 + lower) * scale);
}

/* ---- log ---- */
static const struct {
    double inverse, log; /* 1/c and log c */
} centres[16] = {
    {0x1.661ec79f8f3bep+0, -0x1.57bf7808caadep-2}, {0x1.571ed4aaf883dp+0, -0x1.2bef0a7c06ddbp-2},
    {0x1.49539f0f010bp+0, -0x1.01eae7f513a67p-2},  {0x1.3c995b0b80385p+0, -0x1.b31d8a68224e9p-3},
    {0x1.30d190c8864a5p+0, -0x1.6574f0ac07758p-3}, {0x1.25e227b0b8eap+0, -0x1.1aa2bc79c81p-3},
    {0x1.1bb4a4a1a343fp+0, -0x1.a4e76ce8c0e5ep-4}, {0x1.12358f08ae5bap+0, -0x1.1973c5a611cccp-4},
    {0x1.0953f419900a7p+0, -0x1.252f438e10c1ep-5}, {0x1p+0, 0x0p+0},
    {0x1.e608cfd9a47acp-1, 0x1.aa5aa5df25984p-5},  {0x1.ca4b31f026aap-1, 0x1.c5e53aa362eb4p-4},
    {0x1.b2036576afce6p-1, 0x1.526e57720db08p-3},  {0x1.9c2d163a1aa2dp-1, 0x1.bc2860d22477p-3},
    {0x1.886e6037841edp-1, 0x1.1058bc8a07ee1p-2},  {0x1.767dcf5534862p-1, 0x1.4043057b6ee09p-2},
};

float tuff_logf(float x) {
    uint32_t u = bits(x);
    if ((u & 0x7fffffff) == 0) return from_bits(infinity | (uint32_t)SIGN);
    if ((u & 0x7fffffff) > infinity) return x + x;
    if (u == infinity) return x;
    if (u >> 31) return from_bits(0xffc00000); /* of a negative number: the NaN that x86 makes */
    if (u < 0x00800000) u = bits(x * 0x1p23f) - (23u << 23);
    const uint32_t first = 0x3f330000, above = u - first; /* intervals start at 0.6992 */
    const uint32_t interval = above >> 19 & 15;
    const int32_t k = (int32_t)(above & 0xff800000) / (1 << 23);
    const double z = (double)from_bits(u - (above & 0xff800000));
    const double r = z * centres[interval].inverse - 1.0, base = centres[interval].log + (double)k * 0x1.62e42fefa39efp-1;
    const double r2 = r * r, high = 0x1.5575b0be00b6ap-2 * r + -0x1.ffffef20a4123p-2;
    return (float)((-0x1.00ea348b88334p-2 * r2 + high) * r2 + (base + r));
}

/* ---- expm1 ---- */
static float times_two_to(float y, int32_t k) { return from_bits(bits(y) + ((uint32_t)k << 23)); }

/* expm1(r + c) = r - (r e - hr2) for k = 0, where e is made of the rational form; then times 2^k without losing the -1 */
static float expm1_reduced(float r, float c, int32_t k) {
    const float half = 0.5f * r, hr2 = r * half;
    const float q = 1.0f + hr2 * (-0x1.111112p-5f + hr2 * (0x1.a01a02p-10f + hr2 * (-0x1.4ce19ap-14f + hr2 * (0x1.0cfca8p-18f + hr2 * -0x1.afdb76p-23f))));
    const float t = 3.0f - q * half;
    float e = hr2 * ((q - t) / (6.0f - r * t));
    if (k == 0) return r - (r * e - hr2);
    e = r * (e - c) - c;
    e -= hr2;
    if (k == -1) return 0.5f * (r - e) - 0.5f;
    if (k == 1) return r < -0.25f ? -2.0f * (e - (r + 0.5f)) : 1.0f + 2.0f * (r - e);
    if (k <= -2 || k > 56) return times_two_to(1.0f - (e - r), k) - 1.0f;
    if (k < 23) return times_two_to(from_bits(0x3f800000 - (0x01000000u >> k)) - (e - r), k);
    return times_two_to(r - (e + from_bits((uint32_t)(0x7f - k) << 23)) + 1.0f, k);
}

float tuff_expm1f(float x) {
    const float ln2_high = 0x1.62e3p-1f, ln2_low = 0x1.2fefa2p-17f;
    const uint32_t magnitude = bits(x) & 0x7fffffff;
    const int negative = bits(x) >> 31 != 0;
    if (magnitude > infinity) return x + x;
    if (magnitude >= 0x4195b844 && negative) return -1.0f;                /* x <= -27 ln 2 */
    if (magnitude >= 0x42b17218 && !negative) return from_bits(infinity); /* 88.7228 */
    if (magnitude < 0x33000000) return x;                                 /* 2^-25 */
    if (magnitude <= 0x3eb17218) return expm1_reduced(x, 0, 0);           /* ln 2 / 2 */
    int32_t k = negative ? -1 : 1;
    if (magnitude >= 0x3f851592) k = (int32_t)(0x1.715476p0f * x + (negative ? -0.5f : 0.5f)); /* 3/2 ln 2 */
    const float high = x - (float)k * ln2_high, low = (float)k * ln2_low, r = high - low;
    return expm1_reduced(r, (high - r) - low, k);
}

/* ---- tanh ---- */
float tuff_tanhf(float x) {
    const uint32_t magnitude = bits(x) & 0x7fffffff, sign = bits(x) & (uint32_t)SIGN;
    if (magnitude > infinity) return x + x;
    if (magnitude < 0x24000000) return x * (1.0f + x); /* 2^-55 */
    float y = 1.0f;
    if (magnitude < 0x41b00000) { /* 22 */
        const float twice = 2.0f * from_bits(magnitude);
        if (magnitude >= 0x3f800000) {
            y = 1.0f - 2.0f / (tuff_expm1f(twice) + 2.0f);
        } else {
            const float t = tuff_expm1f(-twice);
            y = -t / (t + 2.0f);
        }
    }
    return from_bits(bits(y) | sign);
}

/* ---- erfc ---- */
/* c[0] + x c[1] + ... + x^(n - 1) c[n - 1] */
static float polynomial(const float *c, int n, float x) {
    float y = c[n - 1];
    for (int k = n - 2; k >= 0; k--) y = c[k] + x * y;
    return y;
}
#define RATIO(p, q, x) (polynomial(p, (int)(sizeof p / sizeof *p), x) / polynomial(q, (int)(sizeof q / sizeof *q), x))

/* below 27/32: erf x = x + x P(x^2)/Q(x^2) */
static const float near_p[] = {1.2837916613e-01f, -3.2504209876e-01f, -2.8481749818e-02f, -5.7702702470e-03f, -2.3763017452e-05f};
static const float near_q[] = {1, 3.9791721106e-01f, 6.5022252500e-02f, 5.0813062117e-03f, 1.3249473704e-04f, -3.9602282413e-06f};
/* up to 5/4: erf x = erf_of_one + P(x - 1)/Q(x - 1) */
static const float erf_of_one = 8.4506291151e-01f;
static const float one_p[] = {-2.3621185683e-03f, 4.1485610604e-01f, -3.7220788002e-01f, 3.1834661961e-01f,
                              -1.1089469492e-01f, 3.5478305072e-02f, -2.1663755178e-03f};
static const float one_q[] = {1, 1.0642088205e-01f, 5.4039794207e-01f, 7.1828655899e-02f, 1.2617121637e-01f, 1.3637083583e-02f, 1.1984500103e-02f};
/* up to 1/0.35, and beyond: erfc x = exp(-x^2 - 9/16 + P(1/x^2)/Q(1/x^2)) / x */
static const float middle_p[] = {-9.8649440333e-03f, -6.9385856390e-01f, -1.0558626175e+01f, -6.2375331879e+01f,
                                 -1.6239666748e+02f, -1.8460508728e+02f, -8.1287437439e+01f, -9.8143291473e+00f};
static const float middle_q[] = {
    1, 1.9651271820e+01f, 1.3765776062e+02f, 4.3456588745e+02f, 6.4538726807e+02f, 4.2900814819e+02f, 1.0863500214e+02f, 6.5702495575e+00f, -6.0424413532e-02f};
static const float far_p[] = {-9.8649431020e-03f, -7.9928326607e-01f, -1.7757955551e+01f, -1.6063638306e+02f,
                              -6.3756646729e+02f, -1.0250950928e+03f, -4.8351919556e+02f};
static const float far_q[] = {
    1, 3.0338060379e+01f, 3.2579251099e+02f, 1.5367296143e+03f, 3.1998581543e+03f, 2.5530502930e+03f, 4.7452853394e+02f, -2.2440952301e+01f};

float tuff_erfcf(float x) {
    const uint32_t size = bits(x) & 0x7fffffff;
    const bool negative = bits(x) >> 31;
    if (size >= infinity) return (negative ? 2.0f : 0.0f) + 1 / x;
    if (size < 0x3f580000) { /* 27/32 */
        if (size < 0x32800000) return 1 - x;
        const float y = RATIO(near_p, near_q, x * x);
        return x < 0.25f ? 1 - (x + x * y) : 0.5f - (x * y + (x - 0.5f));
    }
    const float distance = from_bits(size);
    if (size < 0x3fa00000) { /* 5/4 */
        const float y = RATIO(one_p, one_q, distance - 1);
        return negative ? 1 + (erf_of_one + y) : 1 - erf_of_one - y;
    }
    if (size >= (negative ? 0x40c00000u : 0x41e00000u)) return negative ? 2 : 0; /* 6 and 28 */
    const float s = 1 / (distance * distance), y = size < 0x4036db6d ? RATIO(middle_p, middle_q, s) : RATIO(far_p, far_q, s);
    const float head = from_bits(size & 0xffffe000); /* its square is exact */
    const float r = tuff_expf(-head * head - 0.5625f) * tuff_expf((head - distance) * (head + distance) + y);
    return negative ? 2 - r / distance : r / distance;
}

/* ---- sqrt ---- */
#if TUFF_X86
float tuff_sqrtf(float x) { return _mm_cvtss_f32(_mm_sqrt_ss(_mm_set_ss(x))); }
#elif defined(__aarch64__) && defined(__GNUC__)
float tuff_sqrtf(float x) {
    __asm__("fsqrt %s0, %s1" : "=w"(x) : "w"(x));
    return x;
}
#else
/* x = f * 2^e with e even and f in [2^48, 2^50): the root is floor(sqrt f) * 2^(e / 2) of 25 bits; the last of them and whether a rest remains round it. */
float tuff_sqrtf(float x) {
    uint32_t u = bits(x);
    if ((u & 0x7fffffff) == 0 || u == infinity) return x;
    if ((u & 0x7fffffff) > infinity) return x + x;
    if (u >> 31) return from_bits(0xffc00000);
    int32_t scale = 0;
    if (u < 0x00800000) { /* subnormal: times 2^24 */
        u = bits(x * 0x1p24f);
        scale = 12;
    }
    const int32_t exponent = (int32_t)(u >> 23) - 127, odd = exponent & 1;
    uint64_t rest = (uint64_t)((u & 0x7fffff) | 0x800000) << (25 + odd), root = 0;
    for (uint64_t bit = (uint64_t)1 << 24; bit; bit >>= 1) {
        const uint64_t tried = (2 * root + bit) * bit;
        if (tried > rest) continue;
        rest -= tried;
        root += bit;
    }
    const uint32_t rounded = (uint32_t)((root + 1) >> 1); /* to nearest: a root is never half way, so the 25th bit alone decides */
    return from_bits(((uint32_t)((exponent - odd) / 2 - scale + 126) << 23) + rounded);
}
#endif
