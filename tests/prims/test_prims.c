/* Every loop of every prim against its definition: extremes, tails, guard pages, random data. --bench compares the loops' speed with C.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The lists of prims.h drive it: a loop that is in a list is tested. The definitions are written here once more, in the plainest form.
 */
#include "prims/prims.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>

#include <cmocka.h>

#include "base/fixed_point.h"
#include "prims/guard.h"

/* the loops of a list that this build and this machine have */
#define FOR_EACH_LOOP(type, p)                        \
    for (const type *const *p = type##_list; *p; p++) \
        if ((*p)->run && (*p)->prim.level <= (int)tuff_cpu_detect())

enum { EXTREME, RANDOM, KINDS };

static int8_t s8_of(int kind) {
    static const int8_t extremes[] = {-128, 127, -128, -127, 0, 1};
    return kind == EXTREME ? extremes[random_u64() % 6] : (int8_t)random_u64();
}
static int32_t s32_of(int kind) {
    static const int32_t extremes[] = {INT32_MIN, INT32_MAX, INT32_MIN + 1, 0, 1, -1, 1 << 30, -(1 << 30), (1 << 30) - 1, 1 << 16};
    if (kind == EXTREME) return extremes[random_u64() % 10];
    return (int32_t)(uint32_t)random_u64() >> (random_u64() % 31);
}
static int32_t wrap(uint64_t sum) { return (int32_t)(uint32_t)sum; }

/* sizes around tile borders first, then any */
static int32_t size_of(int round, int32_t most) {
    static const int32_t first[] = {1, 0, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33};
    const int32_t size = round < 12 ? first[(round * 5) % 12] : random_between(0, most);
    return size > most ? most : size;
}

/* ---- gemm f32 ---- */
static void check_f32(float got, double exact, double terms, double tolerance, float lo, float hi, const char *loop) {
    const double want = exact < (double)lo ? (double)lo : exact > (double)hi ? (double)hi : exact, bound = tolerance * 0x1p-24 * terms + 1e-30;
    if (!(fabs((double)got - want) <= bound)) fail_msg("%s: %g, expected %g within %g", loop, (double)got, want, bound);
}

static void try_gemm_f32(const tuff_gemm_f32 *prim, int32_t m, int32_t n, int32_t k, int at_end, float lo, float hi) {
    const int64_t a_pitch = k + random_between(0, 3), c_pitch = n + random_between(0, 3);
    const size_t a_count = m ? (size_t)((m - 1) * a_pitch + k) : 0, c_count = m ? (size_t)((m - 1) * c_pitch + n) : 0;
    guarded a = guard(a_count * sizeof(float), at_end), c = guard(c_count * sizeof(float), at_end);
    guarded weights = guard((size_t)(n * k) * sizeof(float), at_end), bias = guard((size_t)n * sizeof(float), at_end);
    guarded packed = guard(tuff_gemm_f32_packed_count(prim, n, k) * sizeof(float), at_end);
    float *x = a.at, *w = weights.at, *b = bias.at, *y = c.at;
    for (size_t i = 0; i < a_count; i++) x[i] = random_f32();
    for (int32_t i = 0; i < n * k; i++) w[i] = random_f32();
    for (int32_t i = 0; i < n; i++) b[i] = random_f32();
    for (size_t i = 0; i < c_count; i++) y[i] = 12345.0f;
    const bool biased = random_u64() & 1;
    tuff_gemm_f32_pack(prim, packed.at, w, k, biased ? b : NULL, n, k);
    prim->run(y, c_pitch, x, a_pitch, packed.at, m, n, k, lo, hi);
    for (int32_t i = 0; i < m; i++) {
        for (int32_t j = 0; j < n; j++) {
            double sum = biased ? (double)b[j] : 0, terms = fabs(sum);
            for (int32_t t = 0; t < k; t++) {
                const double term = (double)x[i * a_pitch + t] * (double)w[j * k + t];
                sum += term;
                terms += fabs(term);
            }
            check_f32(y[i * c_pitch + j], sum, terms, TUFF_GEMM_F32_TOLERANCE(k), lo, hi, prim->prim.symbol);
        }
        for (int64_t j = n; j < c_pitch && i + 1 < m; j++) assert_true(y[i * c_pitch + j] == 12345.0f);
    }
    unguard(a), unguard(c), unguard(weights), unguard(bias), unguard(packed);
}

static void test_gemm_f32_is_within_its_tolerance(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_gemm_f32, p) {
        for (int round = 0; round < 80; round++) {
            const float lo = round & 2 ? -0.5f : -FLT_MAX, hi = round & 2 ? 0.5f : FLT_MAX;
            try_gemm_f32(*p, size_of(round, 40), size_of(round / 3 + 5, 70), size_of(round / 2 + 3, 50), round & 1, lo, hi);
        }
        try_gemm_f32(*p, 13, 17, 5000, 1, -FLT_MAX, FLT_MAX);
        try_gemm_f32(*p, 300, 1, 9, 1, -FLT_MAX, FLT_MAX);
        for (int32_t n = 1; n < 200; n += 9) try_gemm_f32(*p, 1, n, 11, n & 1, -0.5f, 0.5f);
    }
}

/* Rows may be shared out among jobs in any way: each row comes out the same alone. */
static void test_gemm_f32_rows_do_not_depend_on_each_other(void **state) {
    (void)state;
    enum { M = 23, N = 150, K = 37 };
    static float a[M * K], w[N * K], packed[(N + 64) * (K + 1)], together[M * N], alone[M * N];
    for (int i = 0; i < M * K; i++) a[i] = random_f32();
    for (int i = 0; i < N * K; i++) w[i] = random_f32();
    FOR_EACH_LOOP(tuff_gemm_f32, p) {
        assert_true(tuff_gemm_f32_packed_count(*p, N, K) <= sizeof packed / sizeof *packed);
        tuff_gemm_f32_pack(*p, packed, w, K, NULL, N, K);
        (*p)->run(together, N, a, K, packed, M, N, K, -FLT_MAX, FLT_MAX);
        for (int i = 0; i < M; i++) (*p)->run(alone + i * N, N, a + i * K, K, packed, 1, N, K, -FLT_MAX, FLT_MAX);
        assert_memory_equal(together, alone, sizeof alone);
    }
}

static void test_gemm_f32_keeps_nan_and_clamps_infinity(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_gemm_f32, p) {
        const float weights[2] = {1, 2};
        float packed[256], a[3] = {NAN, INFINITY, -INFINITY}, c[6];
        assert_true(tuff_gemm_f32_packed_count(*p, 2, 1) <= 256);
        tuff_gemm_f32_pack(*p, packed, weights, 1, NULL, 2, 1);
        (*p)->run(c, 2, a, 1, packed, 3, 2, 1, -1, 6);
        assert_true(isnan(c[0]) && isnan(c[1]) && c[2] == 6 && c[3] == 6 && c[4] == -1 && c[5] == -1);
    }
}

/* ---- gemm s8 ---- */
static void try_gemm_s8(const tuff_gemm_s8 *prim, int32_t m, int32_t n, int32_t k, int at_end, int kind) {
    const int64_t a_pitch = k + random_between(0, 3), acc_pitch = (n + prim->columns - 1) / prim->columns * prim->columns + random_between(0, 3);
    const int32_t zero_in = s8_of(kind);
    const uint8_t flip = random_u64() & 1 ? 0x80 : 0, weight_flip = random_u64() & 1 ? 0x80 : 0;
    const size_t a_count = m ? (size_t)((m - 1) * a_pitch + k) : 0;
    const size_t acc_count = m ? (size_t)((m - 1) * acc_pitch + (n + prim->columns - 1) / prim->columns * prim->columns) : 0;
    guarded a = guard(a_count, at_end), acc = guard(acc_count * sizeof(int32_t), at_end), weights = guard((size_t)(n * k), at_end);
    guarded bias = guard((size_t)n * sizeof(int32_t), at_end), packed = guard(tuff_gemm_s8_packed_bytes(prim, n, k), at_end);
    uint8_t *x = a.at, *w = weights.at;
    int32_t *b = bias.at, *y = acc.at;
    for (size_t i = 0; i < a_count; i++) x[i] = (uint8_t)s8_of(kind);
    for (int32_t i = 0; i < n * k; i++) w[i] = (uint8_t)s8_of(kind);
    for (int32_t i = 0; i < n; i++) b[i] = s32_of(kind);
    const bool biased = random_u64() & 1;
    tuff_gemm_s8_pack(prim, packed.at, w, weight_flip, biased ? b : NULL, zero_in, n, k);
    prim->run(y, acc_pitch, x, a_pitch, flip, packed.at, m, n, k);
    for (int32_t i = 0; i < m; i++) {
        for (int32_t j = 0; j < n; j++) {
            int64_t sum = biased ? b[j] : 0;
            for (int32_t t = 0; t < k; t++) sum += ((int8_t)(x[i * a_pitch + t] ^ flip) - zero_in) * (int8_t)(w[j * k + t] ^ weight_flip);
            if (y[i * acc_pitch + j] != wrap((uint64_t)sum))
                fail_msg("%s: m %d of %d, n %d of %d, k %d: %d, expected %d", prim->prim.symbol, i, m, j, n, k, y[i * acc_pitch + j], wrap((uint64_t)sum));
        }
    }
    unguard(a), unguard(acc), unguard(weights), unguard(bias), unguard(packed);
}

static void test_gemm_s8_is_exact(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_gemm_s8, p) {
        for (int round = 0; round < 120; round++)
            try_gemm_s8(*p, size_of(round, 40), size_of(round / 3 + 5, 70), size_of(round / 2 + 3, 70), round & 1, round % 3 == 0 ? EXTREME : RANDOM);
        for (int round = 0; round < 6; round++) { /* beyond one part of k, beyond one block of rows */
            try_gemm_s8(*p, 13, 17, 1300 + 1363 * round + round % 3, 1, round & 1);
            try_gemm_s8(*p, 1500 + round, 3, round, 1, round & 1);
        }
    }
}

/* ---- quantize f32 ---- */
static float near_half(void) {
    static const float extremes[] = {0.49999997f, 0.5f, -0.49999997f, -0.5f, 1.5f, 2.5f, -2.5f, 126.5f, 127.49999f, -128.5f, 1e30f, -1e30f, 0.0f, -0.0f};
    return random_u64() & 1 ? extremes[random_u64() % 14] : random_f32() * 200.0f;
}

static void test_quantize_f32_rounds_half_away_and_takes_nan_for_the_least(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_quantize_f32, p)
    for (int turn = 0; turn < 200; turn++) {
        const int32_t count = size_of(turn, 150), zero = turn & 1 ? random_between(-128, 127) : 0, lo = turn & 2 ? -127 : -128;
        const float inverse = turn % 3 ? 1.0f : 37.5f;
        guarded in = guard((size_t)count * sizeof(float), turn & 1), out = guard((size_t)count, turn & 1);
        float *x = in.at, least = 0, greatest = 0, want_least = 0, want_greatest = 0;
        for (int32_t k = 0; k < count; k++) x[k] = turn % 7 == 6 && k % 5 == 4 ? NAN : near_half();
        (*p)->run(out.at, x, count, inverse, zero, lo, 127);
        (*p)->range(x, count, &least, &greatest);
        for (int32_t k = 0; k < count; k++) {
            const float scaled = x[k] * inverse, v = (float)zero + scaled;
            const double exact = isnan(v) ? (double)lo : round((double)v);
            const int want = (int)(exact < lo ? lo : exact > 127 ? 127 : exact);
            if (((int8_t *)out.at)[k] != want) fail_msg("%s: %a gives %d, expected %d", (*p)->prim.symbol, (double)x[k], ((int8_t *)out.at)[k], want);
            if (x[k] < want_least) want_least = x[k];
            if (x[k] > want_greatest) want_greatest = x[k];
        }
        assert_true(least == want_least && greatest == want_greatest);
        unguard(in), unguard(out);
    }
}

/* ---- max ---- */
static void test_max_u8_is_exact_for_both_signs(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_max_u8, p)
    for (int turn = 0; turn < 200; turn++) {
        const int32_t taps = random_between(1, 9), channels = size_of(turn, 100);
        const uint8_t flip = (uint8_t)((turn & 1) * 0x80);
        const uint8_t lo = (uint8_t)(turn & 2 ? 3 : 0), hi = (uint8_t)(turn & 2 ? 200 : 255);
        guarded out = guard((size_t)channels, turn & 4), in[9];
        const uint8_t *taps_in[9];
        for (int32_t t = 0; t < taps; t++) {
            in[t] = guard((size_t)channels, turn & 4);
            for (int32_t c = 0; c < channels; c++) ((uint8_t *)in[t].at)[c] = (uint8_t)random_u64();
            taps_in[t] = in[t].at;
        }
        (*p)->run(out.at, taps_in, taps, flip, lo, hi, channels);
        for (int32_t c = 0; c < channels; c++) {
            int want = lo;
            for (int32_t t = 0; t < taps; t++) want = (taps_in[t][c] ^ flip) > want ? taps_in[t][c] ^ flip : want;
            assert_int_equal(((uint8_t *)out.at)[c], (want > hi ? hi : want) ^ flip);
        }
        for (int32_t t = 0; t < taps; t++) unguard(in[t]);
        unguard(out);
    }
}

/* ---- depthwise ---- */
enum { MOST_TAPS = 70 };
static const int32_t tap_counts[] = {9, 6, 3, 1, 2, 25, 4, 0, 15, 31, 32, 33, 49, 64, 65, 70};

static void try_depthwise_f32(const tuff_depthwise_f32 *prim, int32_t taps, int32_t pixels, int32_t channels, int at_end, float lo, float hi) {
    const int64_t step = channels * random_between(1, 2), pitch = channels + random_between(0, 3);
    const size_t in_count = pixels ? (size_t)((pixels - 1) * step + channels) : 0, out_count = pixels ? (size_t)((pixels - 1) * pitch + channels) : 0;
    guarded weights = guard((size_t)(taps * channels) * sizeof(float), at_end), bias = guard((size_t)channels * sizeof(float), at_end);
    guarded out = guard(out_count * sizeof(float), at_end), in[MOST_TAPS];
    const float *taps_in[MOST_TAPS];
    float *w = weights.at, *b = bias.at, *y = out.at;
    for (int32_t i = 0; i < taps * channels; i++) w[i] = random_f32();
    for (int32_t i = 0; i < channels; i++) b[i] = random_f32();
    for (int32_t t = 0; t < taps; t++) {
        in[t] = guard(in_count * sizeof(float), at_end);
        for (size_t i = 0; i < in_count; i++) ((float *)in[t].at)[i] = random_f32();
        taps_in[t] = in[t].at;
    }
    for (size_t i = 0; i < out_count; i++) y[i] = 12345.0f;
    prim->run(y, pitch, taps_in, taps, step, pixels, w, b, channels, lo, hi);
    for (int32_t p = 0; p < pixels; p++) {
        for (int32_t c = 0; c < channels; c++) {
            double sum = (double)b[c], terms = fabs(sum);
            for (int32_t t = 0; t < taps; t++) {
                const double term = (double)taps_in[t][p * step + c] * (double)w[t * channels + c];
                sum += term;
                terms += fabs(term);
            }
            check_f32(y[p * pitch + c], sum, terms, TUFF_DEPTHWISE_F32_TOLERANCE(taps), lo, hi, prim->prim.symbol);
        }
        for (int64_t c = channels; c < pitch && p + 1 < pixels; c++) assert_true(y[p * pitch + c] == 12345.0f);
    }
    for (int32_t t = 0; t < taps; t++) unguard(in[t]);
    unguard(weights), unguard(bias), unguard(out);
}

static void test_depthwise_f32_is_within_its_tolerance(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_depthwise_f32, p)
    for (int round = 0; round < 120; round++) {
        const float lo = round & 2 ? -0.5f : -FLT_MAX, hi = round & 2 ? 0.5f : FLT_MAX;
        try_depthwise_f32(*p, tap_counts[round % 16], size_of(round / 2 + 1, 11), size_of(round, 70), round & 1, lo, hi);
    }
}

static void try_depthwise_s8(const tuff_depthwise_s8 *prim, int32_t taps, int32_t pixels, int32_t channels, int at_end, int kind) {
    const int64_t step = channels * random_between(1, 2), pitch = channels + random_between(0, 3);
    const uint8_t flip = random_u64() & 1 ? 0x80 : 0;
    const int32_t zero_in = s8_of(kind);
    const size_t in_count = pixels ? (size_t)((pixels - 1) * step + channels) : 0, out_count = pixels ? (size_t)((pixels - 1) * pitch + channels) : 0;
    guarded weights = guard((size_t)(taps * channels) * sizeof(int16_t), at_end), bias = guard((size_t)channels * sizeof(int32_t), at_end);
    guarded out = guard(out_count * sizeof(int32_t), at_end), in[MOST_TAPS];
    const uint8_t *taps_in[MOST_TAPS];
    int16_t *w = weights.at;
    int32_t *b = bias.at, *y = out.at;
    for (int32_t i = 0; i < taps * channels; i++) w[i] = (int16_t)(kind == EXTREME ? (random_u64() & 1 ? 255 : -255) : random_between(-255, 255));
    for (int32_t i = 0; i < channels; i++) b[i] = s32_of(kind);
    for (int32_t t = 0; t < taps; t++) {
        in[t] = guard(in_count, at_end);
        for (size_t i = 0; i < in_count; i++) ((uint8_t *)in[t].at)[i] = (uint8_t)s8_of(kind);
        taps_in[t] = in[t].at;
    }
    for (size_t i = 0; i < out_count; i++) y[i] = 12345;
    prim->run(y, pitch, taps_in, taps, step, pixels, flip, zero_in, w, b, channels);
    for (int32_t p = 0; p < pixels; p++) {
        for (int32_t c = 0; c < channels; c++) {
            int64_t sum = b[c];
            for (int32_t t = 0; t < taps; t++) sum += ((int8_t)(taps_in[t][p * step + c] ^ flip) - zero_in) * w[t * channels + c];
            if (y[p * pitch + c] != wrap((uint64_t)sum))
                fail_msg("%s: taps %d, pixel %d of %d, channel %d of %d: %d, expected %d", prim->prim.symbol, taps, p, pixels, c, channels, y[p * pitch + c],
                         wrap((uint64_t)sum));
        }
        for (int64_t c = channels; c < pitch && p + 1 < pixels; c++) assert_int_equal(y[p * pitch + c], 12345);
    }
    for (int32_t t = 0; t < taps; t++) unguard(in[t]);
    unguard(weights), unguard(bias), unguard(out);
}

static void test_depthwise_s8_is_exact(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_depthwise_s8, p)
    for (int round = 0; round < 160; round++)
        try_depthwise_s8(*p, tap_counts[round % 16], size_of(round / 2 + 1, 11), size_of(round, 70), round & 1, round % 3 == 0 ? EXTREME : RANDOM);
}

/* ---- requantize ---- */
/* the two steps as TFLite states them, in 64 bits */
static int32_t two_steps(int32_t x, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0, right = shift > 0 ? 0 : -shift;
    const int64_t product = (int64_t)(int32_t)((uint32_t)x << left) * multiplier;
    const int64_t high = (product + (product >= 0 ? (int64_t)1 << 30 : 1 - ((int64_t)1 << 30))) / ((int64_t)1 << 31);
    const int64_t magnitude = high < 0 ? -high : high, rounded = right ? (magnitude + ((int64_t)1 << (right - 1))) >> right : magnitude;
    return (int32_t)(high < 0 ? -rounded : rounded);
}

typedef struct bounds {
    int32_t zero, lo, hi;
} bounds;
static bounds bounds_of(int round) {
    static const bounds first[] = {{-128, -128, 127}, {0, 0, 255}, {3, -128, 127}, {255, 0, 255}, {127, 127, 127}, {-5, -5, 100}};
    return first[round % 6];
}

static void try_requantize(const tuff_requantize_s8 *prim, int32_t rows, int32_t columns, int at_end, int kind, bounds z) {
    const int64_t acc_pitch = columns + random_between(0, 3), pitch = columns + random_between(0, 3);
    guarded acc = guard(rows ? (size_t)((rows - 1) * acc_pitch + columns) * sizeof(int32_t) : 0, at_end);
    guarded out = guard(rows ? (size_t)((rows - 1) * pitch + columns) : 0, at_end);
    guarded multiplier = guard((size_t)columns * sizeof(int32_t), at_end), shift = guard((size_t)columns * sizeof(int32_t), at_end);
    int32_t *x = acc.at, *m = multiplier.at, *s = shift.at;
    uint8_t *y = out.at;
    const bool to_right = random_u64() & 1; /* all shifts: loops may have a shorter way for that */
    for (int32_t c = 0; c < columns; c++) {
        static const int32_t multipliers[] = {1 << 30, INT32_MAX, 0, (1 << 30) + 1, INT32_MAX - 1};
        m[c] = kind == EXTREME ? multipliers[random_u64() % 5] : random_between(1 << 30, INT32_MAX);
        s[c] = kind == EXTREME ? random_between(-31, 30) : random_between(-12, 1);
        if (to_right) s[c] = random_between(kind == EXTREME ? -31 : -12, -1);
    }
    for (int32_t r = 0; r < rows; r++)
        for (int32_t c = 0; c < columns; c++) x[r * acc_pitch + c] = s32_of(kind == EXTREME && (random_u64() & 1) ? EXTREME : RANDOM);
    prim->run(y, pitch, x, acc_pitch, rows, columns, m, s, z.zero, z.lo, z.hi);
    for (int32_t r = 0; r < rows; r++) {
        for (int32_t c = 0; c < columns; c++) {
            const int32_t sum = wrap((uint64_t)two_steps(x[r * acc_pitch + c], m[c], s[c]) + (uint64_t)z.zero);
            const uint8_t want = (uint8_t)(sum < z.lo ? z.lo : sum > z.hi ? z.hi : sum);
            if (y[r * pitch + c] != want)
                fail_msg("%s: %d by %d, shift %d, zero %d: %d, expected %d", prim->prim.symbol, x[r * acc_pitch + c], m[c], s[c], z.zero, y[r * pitch + c],
                         want);
        }
        for (int64_t c = columns; c < pitch && r + 1 < rows; c++) assert_int_equal(y[r * pitch + c], 0xa5);
    }
    unguard(acc), unguard(out), unguard(multiplier), unguard(shift);
}

static void test_requantize_s8_is_the_two_roundings(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_requantize_s8, p) {
        for (int round = 0; round < 150; round++) try_requantize(*p, size_of(round / 2, 9), size_of(round, 60), round & 1, round % 2, bounds_of(round));
        for (int round = 0; round < 12; round++) try_requantize(*p, 500, 64, 1, round & 1, bounds_of(round));
    }
}

/* ties and their neighbours: acc * scale at and beside k + 1/2 */
static double scale_of(int kind, int32_t acc) {
    if (kind == RANDOM || acc == 0) return ldexp((double)random_between(1 << 24, (1 << 25) - 1), -24 - random_between(0, 14));
    static const double values[] = {0.5, 0.49999999999999994, 0.50000000000000011, 0, 1, 1e9, 1e-300, 1e300, 0x1p-1074, 1.5};
    if (random_u64() & 1) return values[random_u64() % 10];
    const double tie = (random_between(0, 300) + 0.5) / fabs((double)acc);
    const int side = random_between(-1, 1);
    return side < 0 ? nextafter(tie, 0) : side > 0 ? nextafter(tie, 1e9) : tie;
}

static void try_requantize_f64(const tuff_requantize_f64_s8 *prim, int32_t rows, int32_t columns, int at_end, int kind, bounds z) {
    const int64_t acc_pitch = columns + random_between(0, 3), pitch = columns + random_between(0, 3);
    guarded acc = guard(rows ? (size_t)((rows - 1) * acc_pitch + columns) * sizeof(int32_t) : 0, at_end);
    guarded out = guard(rows ? (size_t)((rows - 1) * pitch + columns) : 0, at_end), scale = guard((size_t)columns * sizeof(double), at_end);
    int32_t *x = acc.at;
    uint8_t *y = out.at;
    double *s = scale.at;
    for (int32_t r = 0; r < rows; r++)
        for (int32_t c = 0; c < columns; c++) x[r * acc_pitch + c] = s32_of(kind == EXTREME && (random_u64() & 1) ? EXTREME : RANDOM);
    for (int32_t c = 0; c < columns; c++) s[c] = scale_of(kind, rows ? x[c] : 0);
    prim->run(y, pitch, x, acc_pitch, rows, columns, s, z.zero, z.lo, z.hi);
    for (int32_t r = 0; r < rows; r++) {
        for (int32_t c = 0; c < columns; c++) {
            const double sum = round((double)x[r * acc_pitch + c] * s[c]) + z.zero;
            const uint8_t want = (uint8_t)(int32_t)(sum < z.lo ? z.lo : sum > z.hi ? z.hi : sum);
            if (y[r * pitch + c] != want)
                fail_msg("%s: %d by %a, zero %d: %d, expected %d", prim->prim.symbol, x[r * acc_pitch + c], s[c], z.zero, y[r * pitch + c], want);
        }
        for (int64_t c = columns; c < pitch && r + 1 < rows; c++) assert_int_equal(y[r * pitch + c], 0xa5);
    }
    unguard(acc), unguard(out), unguard(scale);
}

static void test_requantize_f64_s8_rounds_the_double_product(void **state) {
    (void)state;
    FOR_EACH_LOOP(tuff_requantize_f64_s8, p) {
        for (int round = 0; round < 300; round++) try_requantize_f64(*p, size_of(round / 2, 9), size_of(round, 60), round & 1, round % 2, bounds_of(round));
    }
}

/* ---- choice ---- */
static void test_lists_end_with_c_and_obey_levels(void **state) {
    (void)state;
#define CHECK_LIST(type)                                            \
    do {                                                            \
        assert_null(type##_for(TUFF_CPU_NONE));                     \
        assert_ptr_equal(type##_for(TUFF_CPU_C), &type##_c);        \
        for (const type *const *p = type##_list; *p; p++) {         \
            assert_non_null((*p)->prim.symbol);                     \
            if (!p[1]) assert_ptr_equal(*p, &type##_c);             \
            else assert_true((*p)->prim.level >= p[1]->prim.level); \
        }                                                           \
    } while (0)
    CHECK_LIST(tuff_gemm_f32);
    CHECK_LIST(tuff_gemm_s8);
    CHECK_LIST(tuff_depthwise_f32);
    CHECK_LIST(tuff_depthwise_s8);
    CHECK_LIST(tuff_requantize_s8);
    CHECK_LIST(tuff_requantize_f64_s8);
    CHECK_LIST(tuff_quantize_f32);
    CHECK_LIST(tuff_max_u8);
}

/* ---- speed ---- */
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* the least time of one call, in ns; batches are short, so that some go undisturbed on a busy machine */
#define TIME(statement, ns)                                  \
    do {                                                     \
        (ns) = 1e30;                                         \
        for (int batch = 0; batch < 150; batch++) {          \
            int calls = 0;                                   \
            const double begin = seconds();                  \
            double end;                                      \
            do {                                             \
                statement;                                   \
                calls++;                                     \
                end = seconds();                             \
            } while (end - begin < 0.0002);                  \
            const double each = (end - begin) * 1e9 / calls; \
            if (each < (ns)) (ns) = each;                    \
        }                                                    \
    } while (0)

static void *room(size_t bytes) {
    float *p = aligned_alloc(64, (bytes + 127) & ~(size_t)63);
    if (!p) exit(1);
    for (size_t i = 0; i < bytes / sizeof(float); i++) p[i] = random_f32();
    return p;
}

static void line(const char *loop, const char *shape, double work, const char *unit, double ns, double c_ns) {
    printf("%-28s %-22s %10.0f ns %8.2f %s/ns %6.1f x C\n", loop, shape, ns, work / ns, unit, c_ns / ns);
}

static void bench_gemm(int32_t m, int32_t n, int32_t k) {
    char shape[64];
    snprintf(shape, sizeof shape, "%dx%dx%d", m, n, k);
    const size_t padded = (size_t)n + 64;
    float *a = room((size_t)(m * k) * 4), *w = room((size_t)(n * k) * 4), *c = room((size_t)m * padded * 4);
    void *packed = room((padded * ((size_t)k + 64)) * 4);
    double ns, c_ns = 0;
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_gemm_f32, p) {
            if ((pass == 0) != (*p == &tuff_gemm_f32_c)) continue;
            tuff_gemm_f32_pack(*p, packed, w, k, NULL, n, k);
            TIME((*p)->run(c, n, a, k, packed, m, n, k, 0, 6), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)m * n * k, "MAC", ns, c_ns);
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_gemm_s8, p) {
            if ((pass == 0) != (*p == &tuff_gemm_s8_c)) continue;
            tuff_gemm_s8_pack(*p, packed, (uint8_t *)w, 0, NULL, 3, n, k);
            TIME((*p)->run((int32_t *)c, (int64_t)padded - 16, (uint8_t *)a, k, 0, packed, m, n, k), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)m * n * k, "MAC", ns, c_ns);
        }
    }
    free(a), free(w), free(c), free(packed);
}

static void bench_depthwise(int32_t pixels, int32_t channels, int32_t taps) {
    char shape[64];
    snprintf(shape, sizeof shape, "%d px, %d ch, %d taps", pixels, channels, taps);
    float *in = room((size_t)((pixels + taps) * channels) * 4), *w = room((size_t)(taps * channels) * 4), *b = room((size_t)channels * 4);
    float *out = room((size_t)(pixels * channels) * 4);
    const float *f32_in[MOST_TAPS];
    const uint8_t *s8_in[MOST_TAPS];
    for (int32_t t = 0; t < taps; t++) f32_in[t] = in + t * channels, s8_in[t] = (const uint8_t *)in + t * channels;
    double ns, c_ns = 0;
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_depthwise_f32, p) {
            if ((pass == 0) != (*p == &tuff_depthwise_f32_c)) continue;
            TIME((*p)->run(out, channels, f32_in, taps, channels, pixels, w, b, channels, 0, 6), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)pixels * channels * taps, "MAC", ns, c_ns);
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_depthwise_s8, p) {
            if ((pass == 0) != (*p == &tuff_depthwise_s8_c)) continue;
            TIME((*p)->run((int32_t *)out, channels, s8_in, taps, channels, pixels, 0, 3, (int16_t *)w, (int32_t *)b, channels), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)pixels * channels * taps, "MAC", ns, c_ns);
        }
    }
    free(in), free(w), free(b), free(out);
}

static void bench_requantize(int32_t rows, int32_t columns) {
    char shape[64];
    snprintf(shape, sizeof shape, "%dx%d", rows, columns);
    int32_t *acc = room((size_t)(rows * columns) * 4), *m = room((size_t)columns * 4), *s = room((size_t)columns * 4);
    double *scale = room((size_t)columns * 8), ns, c_ns = 0;
    uint8_t *out = room((size_t)(rows * columns));
    for (int32_t i = 0; i < rows * columns; i++) acc[i] = random_between(-20000, 20000);
    for (int32_t c = 0; c < columns; c++) m[c] = (1 << 30) + 12345 * c, s[c] = -7, scale[c] = 0.004;
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_requantize_s8, p) {
            if ((pass == 0) != (*p == &tuff_requantize_s8_c)) continue;
            TIME((*p)->run(out, columns, acc, columns, rows, columns, m, s, -3, -128, 127), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)rows * columns, "out", ns, c_ns);
        }
    }
    for (int pass = 0; pass < 2; pass++) {
        FOR_EACH_LOOP(tuff_requantize_f64_s8, p) {
            if ((pass == 0) != (*p == &tuff_requantize_f64_s8_c)) continue;
            TIME((*p)->run(out, columns, acc, columns, rows, columns, scale, -3, -128, 127), ns);
            if (pass == 0) c_ns = ns;
            line((*p)->prim.symbol, shape, (double)rows * columns, "out", ns, c_ns);
        }
    }
    free(acc), free(m), free(s), free(scale), free(out);
}

static int bench(void) {
    bench_gemm(96, 64, 64);
    bench_gemm(96, 64, 576);
    bench_gemm(96, 16, 144);
    bench_gemm(1, 1000, 256);
    bench_depthwise(56, 8, 9);
    bench_depthwise(25, 64, 9);
    bench_depthwise(14, 128, 9);
    bench_requantize(96, 64);
    return 0;
}

int main(int argc, char **argv) {
    random_seed();
    if (argc > 1 && strcmp(argv[1], "--bench") == 0) return bench();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gemm_f32_is_within_its_tolerance),
        cmocka_unit_test(test_gemm_f32_rows_do_not_depend_on_each_other),
        cmocka_unit_test(test_gemm_f32_keeps_nan_and_clamps_infinity),
        cmocka_unit_test(test_gemm_s8_is_exact),
        cmocka_unit_test(test_depthwise_f32_is_within_its_tolerance),
        cmocka_unit_test(test_depthwise_s8_is_exact),
        cmocka_unit_test(test_requantize_s8_is_the_two_roundings),
        cmocka_unit_test(test_requantize_f64_s8_rounds_the_double_product),
        cmocka_unit_test(test_quantize_f32_rounds_half_away_and_takes_nan_for_the_least),
        cmocka_unit_test(test_max_u8_is_exact_for_both_signs),
        cmocka_unit_test(test_lists_end_with_c_and_obey_levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
