/* RANDOM_UNIFORM, RANDOM_STANDARD_NORMAL, MULTINOMIAL, STABLEHLO_RNG_BIT_GENERATOR: numbers of counter-based generators.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Philox 4x32 (10 rounds) and Threefry 2x32 (20 rounds) turn a counter into random words (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3").
 * The first three ops keep a Philox generator from one invocation to the next: seed is its key, seed2 the upper half of its counter; both 0 ask for
 * numbers that differ from run to run. 23 bits make a float in [0, 1), two floats two normal ones (Box and Muller), 52 bits the double that
 * MULTINOMIAL looks up among the sums of exp(logit - largest). The bit generator's state is an input and an output.
 * source: TFLite random_ops.cc, rng_bit_generator.cc; TensorFlow's random_distributions_utils.h
 */
#include "ops/random.h"

#include <math.h>
#include <string.h>
#include <time.h>

static void philox(uint32_t key0, uint32_t key1, const uint32_t *counter, uint32_t *out) {
    uint32_t c[4];
    memcpy(c, counter, sizeof c);
    for (int round = 0; round < 10; round++) {
        const uint64_t a = (uint64_t)0xd2511f53 * c[0], b = (uint64_t)0xcd9e8d57 * c[2];
        const uint32_t next[4] = {(uint32_t)(b >> 32) ^ c[1] ^ key0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ key1, (uint32_t)a};
        memcpy(c, next, sizeof c);
        key0 += 0x9e3779b9;
        key1 += 0xbb67ae85;
    }
    memcpy(out, c, sizeof c);
}

static void threefry(uint32_t key0, uint32_t key1, const uint32_t *counter, uint32_t *out) {
    static const int turns[2][4] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
    const uint32_t keys[3] = {key0, key1, key0 ^ key1 ^ 0x1bd11bda};
    uint32_t a = counter[0] + key0, b = counter[1] + key1;
    for (uint32_t round = 0; round < 5; round++) {
        for (int k = 0; k < 4; k++) {
            const int turn = turns[round % 2][k];
            a += b;
            b = (b << turn | b >> (32 - turn)) ^ a;
        }
        a += keys[(round + 1) % 3];
        b += keys[(round + 2) % 3] + round + 1;
    }
    out[0] = a;
    out[1] = b;
}

/* ---- the generator that goes on ---- */

static void skip(tuff_philox *g, uint64_t count) {
    const uint64_t low = (uint64_t)g->counter[1] << 32 | g->counter[0], sum = low + count;
    g->counter[0] = (uint32_t)sum;
    g->counter[1] = (uint32_t)(sum >> 32);
    if (sum < low && ++g->counter[2] == 0) g->counter[3]++;
}

static void next(tuff_philox *g, uint32_t *words) {
    philox(g->key[0], g->key[1], g->counter, words);
    skip(g, 1);
}

static tuff_philox *seeded(void *state, int64_t seed, int64_t seed2) {
    tuff_philox *g = state;
    if (g->seeded) return g;
    uint64_t key = (uint64_t)(int32_t)seed, upper = (uint64_t)(int32_t)seed2; /* the reference keeps seeds in 32 bits, with their sign */
    if (key == 0 && upper == 0) {                                             /* no seed: the time, and where this state happens to lie */
        key = (uint64_t)time(NULL) * 1000000007u + (uint64_t)clock();
        upper = (uint64_t)(uintptr_t)state ^ (uint64_t)clock() << 48;
    }
    *g = (tuff_philox){.counter = {0, 0, (uint32_t)upper, (uint32_t)(upper >> 32)}, .key = {(uint32_t)key, (uint32_t)(key >> 32)}, .seeded = 1};
    return g;
}

static float uniform(uint32_t word) {
    const uint32_t bits = 127u << 23 | (word & 0x7fffff);
    float x;
    memcpy(&x, &bits, sizeof x);
    return x - 1.0f;
}

static double uniform_f64(const uint32_t *words) {
    const uint64_t bits = (uint64_t)1023 << 52 | (uint64_t)(words[0] & 0xfffff) << 32 | words[1];
    double x;
    memcpy(&x, &bits, sizeof x);
    return x - 1.0;
}

static void normal(const uint32_t *words, float *pair) {
    const float u = uniform(words[0]), angle = (float)(2.0 * 3.14159265358979323846 * (double)uniform(words[1]));
    const float radius = sqrtf(-2.0f * logf(u < 1.0e-7f ? 1.0e-7f : u));
    pair[0] = sinf(angle) * radius;
    pair[1] = cosf(angle) * radius;
}

/* state, out [count]; tiles: 1; scratch, errors: none */
int tuff_random_uniform(const void *args, void *const *io, int job, int jobs) {
    const tuff_random_args *p = args;
    (void)job, (void)jobs;
    tuff_philox *g = seeded(io[0], p->seed, p->seed2);
    float *out = io[1];
    uint32_t words[4];
    for (int64_t i = 0; i < p->count; i++) {
        if (i % 4 == 0) next(g, words);
        out[i] = uniform(words[i % 4]);
    }
    return 0;
}

/* state, out [count]; tiles: 1; scratch, errors: none */
int tuff_random_standard_normal(const void *args, void *const *io, int job, int jobs) {
    const tuff_random_args *p = args;
    (void)job, (void)jobs;
    tuff_philox *g = seeded(io[0], p->seed, p->seed2);
    float *out = io[1], pair[2];
    uint32_t words[4];
    for (int64_t i = 0; i < p->count; i++) {
        if (i % 4 == 0) next(g, words);
        if (i % 2 == 0) normal(words + i % 4, pair);
        out[i] = pair[i % 2];
    }
    return 0;
}

/* sums[k] = exp(logits[0] - largest) + .. + exp(logits[k] - largest), infinities and NaN left out */
static void sum_up(const float *logits, int64_t classes, double *sums) {
    float largest = -3.402823466e38f;
    double sum = 0;
    for (int64_t k = 0; k < classes; k++)
        if (isfinite(logits[k]) && logits[k] > largest) largest = logits[k];
    for (int64_t k = 0; k < classes; k++) {
        if (isfinite(logits[k])) sum += exp((double)logits[k] - (double)largest);
        sums[k] = sum;
    }
}

/* how many of the sums are not beyond x */
static int64_t find(const double *sums, int64_t classes, double x) {
    int64_t low = 0, high = classes;
    while (low < high) {
        const int64_t middle = low + (high - low) / 2;
        if (x < sums[middle]) high = middle;
        else low = middle + 1;
    }
    return low;
}

/* state, logits [batches][classes], out [batches][samples], sums [classes] f64; tiles: 1; errors: none */
#define MULTINOMIAL(name, T)                                                          \
    int name(const void *args, void *const *io, int job, int jobs) {                  \
        const tuff_multinomial_args *p = args;                                        \
        (void)job, (void)jobs;                                                        \
        tuff_philox *kept = seeded(io[0], p->seed, p->seed2), own = *kept;            \
        T *out = io[2];                                                               \
        double *sums = io[3];                                                         \
        uint32_t words[4];                                                            \
        int used = 4;                                                                 \
        skip(kept, (uint64_t)p->batches *(uint64_t)((p->samples + 3) / 4 * 4) * 512); \
        for (int64_t b = 0; b < p->batches; b++) {                                    \
            sum_up((const float *)io[1] + b * p->classes, p->classes, sums);          \
            for (int64_t s = 0; s < p->samples; s++, used += 2) {                     \
                if (used == 4) next(&own, words), used = 0;                           \
                const double x = uniform_f64(words + used) * sums[p->classes - 1];    \
                out[b * p->samples + s] = (T)find(sums, p->classes, x);               \
            }                                                                         \
        }                                                                             \
        return 0;                                                                     \
    }
MULTINOMIAL(tuff_multinomial_s32, int32_t)
MULTINOMIAL(tuff_multinomial_s64, int64_t)

/* state [state] u64, out: the state after it, out [words] u32; tiles: 1; scratch, errors: none */
int tuff_rng_bits(const void *args, void *const *io, int job, int jobs) {
    const tuff_rng_bits_args *p = args;
    (void)job, (void)jobs;
    uint64_t state[3];
    memcpy(state, io[0], (size_t)p->state * sizeof *state);
    const uint64_t upper = state[p->state == 3 ? 2 : 0];
    const uint32_t key0 = (uint32_t)state[0], key1 = (uint32_t)(state[0] >> 32);
    uint32_t counter[4] = {(uint32_t)state[1], (uint32_t)(state[1] >> 32), (uint32_t)upper, (uint32_t)(upper >> 32)}, words[4];
    const int64_t each = p->philox ? 4 : 2;
    for (int64_t i = 0; i < p->words; i += each) {
        (p->philox ? philox : threefry)(key0, key1, counter, words);
        memcpy((uint32_t *)io[2] + i, words, (size_t)(p->words - i < each ? p->words - i : each) * sizeof *words);
        if (++counter[0] == 0) counter[1]++;
    }
    state[1] = (uint64_t)counter[1] << 32 | counter[0];
    memcpy(io[1], state, (size_t)p->state * sizeof *state);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const char *const algorithm_names[] = {"DEFAULT", "PHILOX", "THREEFRY", NULL};
static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_random_attrs, seed, S64, 0),
    TUFF_FIELD(tuff_random_attrs, seed2, S64, 1),
    TUFF_FIELD_END,
};
static const tuff_field bits_attr_fields[] = {
    TUFF_FIELD(tuff_stablehlo_rng_bit_generator_attrs, algorithm, S8, 0, .names = algorithm_names),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_random_args, count, S64),
    TUFF_ARG(tuff_random_args, seed, S64),
    TUFF_ARG(tuff_random_args, seed2, S64),
    TUFF_FIELD_END,
};
static const tuff_field multinomial_fields[] = {
    TUFF_ARG(tuff_multinomial_args, batches, S64), TUFF_ARG(tuff_multinomial_args, classes, S64), TUFF_ARG(tuff_multinomial_args, samples, S64),
    TUFF_ARG(tuff_multinomial_args, seed, S64),    TUFF_ARG(tuff_multinomial_args, seed2, S64),   TUFF_FIELD_END,
};
static const tuff_field bits_fields[] = {
    TUFF_ARG(tuff_rng_bits_args, words, S64),
    TUFF_ARG(tuff_rng_bits_args, state, S32),
    TUFF_ARG(tuff_rng_bits_args, philox, S32),
    TUFF_FIELD_END,
};

static const tuff_variant uniform_variants[] = {
    {{"s32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_random_uniform, tuff_random_args, fields)},
    {.version = 0},
};
static const tuff_variant normal_variants[] = {
    {{"s32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_random_standard_normal, tuff_random_args, fields)},
    {.version = 0},
};
static const tuff_variant multinomial_variants[] = {
    {{"f32", "s32"}, {"s32"}, 1, NULL, TUFF_KERNEL(tuff_multinomial_s32, tuff_multinomial_args, multinomial_fields)},
    {{"f32", "s32"}, {"s64"}, 1, NULL, TUFF_KERNEL(tuff_multinomial_s64, tuff_multinomial_args, multinomial_fields)},
    {.version = 0},
};
static const tuff_variant bits_variants[] = {
    {{"u64"}, {"u64", "s32|u32|s64|u64"}, 1, NULL, TUFF_KERNEL(tuff_rng_bits, tuff_rng_bits_args, bits_fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) { return tuff_infer_shape_from(c, 0, 0); }

static tuff_status prepare(tuff_context *c) {
    const tuff_random_attrs *a = c->attrs;
    const int64_t count = tuff_count(c->outputs[0]);
    tuff_random_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_random_args){count, a->seed, a->seed2};
    const tuff_io io[] = {tuff_io_state(c, sizeof(tuff_philox)), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 16 * count, 4 * count}, io, 2);
}

static tuff_status infer_multinomial(tuff_context *c) {
    const tuff_tensor *logits = c->inputs[0], *samples = c->inputs[1];
    TUFF_CHECK(c, logits->rank == 2 && logits->shape[1] > 0, "logits %s; expected [batches,classes]", tuff_shape_text(logits).text);
    TUFF_CHECK(c, samples->rank == 0, "num_samples %s has to be a scalar", tuff_shape_text(samples).text);
    if (!samples->data) return TUFF_LATER;
    const int64_t count = tuff_value_at(samples, 0);
    TUFF_CHECK(c, count >= 0, "asks for %lld samples", (long long)count);
    return tuff_infer_shape(c, 0, 2, (const int32_t[]){logits->shape[0], (int32_t)count});
}

static tuff_status prepare_multinomial(tuff_context *c) {
    const tuff_random_attrs *a = c->attrs;
    const tuff_tensor *logits = c->inputs[0], *out = c->outputs[0];
    tuff_multinomial_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_multinomial_args){logits->shape[0], logits->shape[1], out->shape[1], a->seed, a->seed2};
    const tuff_io io[] = {tuff_io_state(c, sizeof(tuff_philox)), tuff_io_input(c, 0), tuff_io_output(c, 0),
                          tuff_io_temporary(c, (size_t)logits->shape[1] * sizeof(double))};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 16 * (tuff_count(logits) + tuff_count(out)), 4 * tuff_count(logits)}, io, 4);
}

static tuff_status infer_bits(tuff_context *c) {
    const int32_t algorithm = ((const tuff_stablehlo_rng_bit_generator_attrs *)c->attrs)->algorithm;
    const tuff_tensor *state = c->inputs[0];
    TUFF_CHECK(c, algorithm >= 0 && algorithm <= 2, "algorithm %d is none of DEFAULT, PHILOX, THREEFRY", (int)algorithm);
    TUFF_CHECK(c, state->rank == 1 && (state->shape[0] == 2 || (state->shape[0] == 3 && algorithm != 2)), "state %s; expected %s numbers",
               tuff_shape_text(state).text, algorithm == 2 ? "2" : "2 or 3");
    TUFF_TRY(tuff_infer_like(c, 0, 0));
    return tuff_infer_shape(c, 1, c->outputs[1]->rank, c->outputs[1]->shape);
}

static tuff_status prepare_bits(tuff_context *c) {
    tuff_rng_bits_args *args = tuff_args(c, &c->variant->kernel);
    const int64_t words = tuff_count(c->outputs[1]) * (tuff_type_bits(c->outputs[1]->type) / 32);
    if (args) *args = (tuff_rng_bits_args){words, c->inputs[0]->shape[0], ((const tuff_stablehlo_rng_bit_generator_attrs *)c->attrs)->algorithm != 2};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0), tuff_io_output(c, 1)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 8 * words, 4 * words}, io, 3);
}

const tuff_op tuff_op_random_uniform = {
    .name = "RANDOM_UNIFORM",
    .code = 148,
    .options = TUFF_OPTIONS(RandomOptions, 114, tuff_random_attrs, attr_fields),
    .inputs = "shape",
    .outputs = "output",
    .variants = uniform_variants,
    .infer = infer,
    .prepare = prepare,
    .flags = TUFF_OP_IMPURE,
    .highest = 1,
};
const tuff_op tuff_op_random_standard_normal = {
    .name = "RANDOM_STANDARD_NORMAL",
    .code = 146,
    .options = TUFF_OPTIONS(RandomOptions, 114, tuff_random_attrs, attr_fields),
    .inputs = "shape",
    .outputs = "output",
    .variants = normal_variants,
    .infer = infer,
    .prepare = prepare,
    .flags = TUFF_OP_IMPURE,
    .highest = 1,
};
const tuff_op tuff_op_multinomial = {
    .name = "MULTINOMIAL",
    .code = 149,
    .options = TUFF_OPTIONS(RandomOptions, 114, tuff_random_attrs, attr_fields),
    .inputs = "logits num_samples",
    .outputs = "output",
    .variants = multinomial_variants,
    .infer = infer_multinomial,
    .prepare = prepare_multinomial,
    .flags = TUFF_OP_IMPURE,
    .highest = 1,
};
const tuff_op tuff_op_stablehlo_rng_bit_generator = {
    .name = "STABLEHLO_RNG_BIT_GENERATOR",
    .code = 204,
    .options = TUFF_OPTIONS2(StablehloRngBitGeneratorOptions, 19, tuff_stablehlo_rng_bit_generator_attrs, bits_attr_fields),
    .inputs = "initial_state",
    .outputs = "output_state output",
    .variants = bits_variants,
    .infer = infer_bits,
    .prepare = prepare_bits,
    .highest = 1,
};
#endif
