/* LOGISTIC: y = 1 / (1 + exp(-x)); TANH.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Floats: LOGISTIC uses exp of negative numbers only, so it neither overflows nor loses its small values.
 * 8 bits: a table. LOGISTIC's output scale is 1/256, TANH's is free.
 *
 * s16: both read one table of sigmoid(i / 24) in Q0.16, i = 0..255, with linear interpolation; tanh(x) = 2 sigmoid(2x) - 1.
 * prepare gives the multiplier that brings the input to steps of 1 / (24 * 512) (LOGISTIC) or 1 / (48 * 256) (TANH): 3 * 4096 * scale,
 * taken as 15 bits with a right shift, or 3 (or 6) itself where the scale is 2^-12 (or 2^-11). The output's scale is 2^-15.
 * source: TFLite activations and reference/integer_ops/logistic.h, tanh.h
 */
#include "ops/logistic.h"

#include "base/half.h"
#include "base/math.h"

static float logistic(float x) {
    const float e = tuff_expf(x < 0 ? x : -x);
    return (x < 0 ? e : 1.0f) / (1.0f + e);
}

/* in [count], out [count]; tiles: any split; scratch, errors: none */
#define UNARY(name, T, value)                                                                 \
    int name(const void *args, void *const *io, int job, int jobs) {                          \
        const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs); \
        const T *in = io[0];                                                                  \
        T *out = io[1];                                                                       \
        for (int64_t i = span.first; i < span.end; i++) out[i] = value;                       \
        return 0;                                                                             \
    }
UNARY(tuff_logistic_f32, float, logistic(in[i]))
UNARY(tuff_logistic_f16, uint16_t, tuff_f32_to_f16(logistic(tuff_f16_to_f32(in[i]))))
UNARY(tuff_tanh_f32, float, tuff_tanhf(in[i]))
UNARY(tuff_tanh_f16, uint16_t, tuff_f32_to_f16(tuff_tanhf(tuff_f16_to_f32(in[i]))))

/* about 65536 * sigmoid(i / 24): the reference's own, which differ from the rounded ones by 1 in places */
static const uint16_t sigmoid[256] = {
    32768, 33451, 34133, 34813, 35493, 36169, 36843, 37513, 38180, 38841, 39498, 40149, 40794, 41432, 42064, 42688, 43304, 43912, 44511, 45102, 45683, 46255,
    46817, 47369, 47911, 48443, 48964, 49475, 49975, 50464, 50942, 51409, 51865, 52311, 52745, 53169, 53581, 53983, 54374, 54755, 55125, 55485, 55834, 56174,
    56503, 56823, 57133, 57433, 57724, 58007, 58280, 58544, 58800, 59048, 59288, 59519, 59743, 59959, 60168, 60370, 60565, 60753, 60935, 61110, 61279, 61441,
    61599, 61750, 61896, 62036, 62172, 62302, 62428, 62549, 62666, 62778, 62886, 62990, 63090, 63186, 63279, 63368, 63454, 63536, 63615, 63691, 63765, 63835,
    63903, 63968, 64030, 64090, 64148, 64204, 64257, 64308, 64357, 64405, 64450, 64494, 64536, 64576, 64614, 64652, 64687, 64721, 64754, 64786, 64816, 64845,
    64873, 64900, 64926, 64950, 64974, 64997, 65019, 65039, 65060, 65079, 65097, 65115, 65132, 65149, 65164, 65179, 65194, 65208, 65221, 65234, 65246, 65258,
    65269, 65280, 65291, 65301, 65310, 65319, 65328, 65337, 65345, 65352, 65360, 65367, 65374, 65381, 65387, 65393, 65399, 65404, 65410, 65415, 65420, 65425,
    65429, 65433, 65438, 65442, 65445, 65449, 65453, 65456, 65459, 65462, 65465, 65468, 65471, 65474, 65476, 65479, 65481, 65483, 65485, 65488, 65489, 65491,
    65493, 65495, 65497, 65498, 65500, 65501, 65503, 65504, 65505, 65507, 65508, 65509, 65510, 65511, 65512, 65513, 65514, 65515, 65516, 65517, 65517, 65518,
    65519, 65520, 65520, 65521, 65522, 65522, 65523, 65523, 65524, 65524, 65525, 65525, 65526, 65526, 65526, 65527, 65527, 65528, 65528, 65528, 65529, 65529,
    65529, 65529, 65530, 65530, 65530, 65530, 65531, 65531, 65531, 65531, 65531, 65532, 65532, 65532, 65532, 65532, 65532, 65533, 65533, 65533, 65533, 65533,
    65533, 65533, 65533, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65534, 65535,
};

/* x rescaled, rounded to nearest, ties up; products beyond int32 wrap */
static int32_t rescaled(const tuff_logistic_s16_args *p, int32_t x) {
    const uint32_t nudge = p->shift > 0 ? 1u << (p->shift - 1) : 0;
    return (int32_t)((uint32_t)x * (uint32_t)p->multiplier + nudge) >> p->shift;
}

int tuff_logistic_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_logistic_s16_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) {
        const int32_t x = rescaled(p, in[i]);
        const uint32_t size = x < 0 ? 0u - (uint32_t)x : (uint32_t)x, k = size >> 9, fraction = size & 511;
        /* Q0.25 */
        uint32_t y = k >= 255 ? 0x7fffu << 10 : ((uint32_t)sigmoid[k] << 9) + fraction * (uint32_t)(sigmoid[k + 1] - sigmoid[k]);
        y = x >= 0 ? y + (1 << 9) : (1 << 25) - y + (1 << 9) - 1;
        out[i] = (int16_t)(y >> 10);
    }
    return 0;
}

int tuff_tanh_s16(const void *args, void *const *io, int job, int jobs) {
    const tuff_logistic_s16_args *p = args;
    const tuff_span span = tuff_share(p->count, job, jobs);
    const int16_t *in = io[0];
    int16_t *out = io[1];
    for (int64_t i = span.first; i < span.end; i++) {
        const int32_t x = rescaled(p, in[i]);
        const uint32_t size = x < 0 ? 0u - (uint32_t)x : (uint32_t)x, k = size >> 8, fraction = size & 255;
        /* Q0.24, less a half: tanh / 2 */
        const int32_t y = (int32_t)(k >= 255 ? 0xffffu << 8 : ((uint32_t)sigmoid[k] << 8) + fraction * (uint32_t)(sigmoid[k + 1] - sigmoid[k])) - (1 << 23);
        out[i] = (int16_t)((x >= 0 ? y + (1 << 7) : -y + (1 << 7) - 1) >> 8);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field s16_fields[] = {
    TUFF_ARG(tuff_logistic_s16_args, count, S64),
    TUFF_ARG(tuff_logistic_s16_args, multiplier, S32),
    TUFF_ARG(tuff_logistic_s16_args, shift, S32),
    TUFF_FIELD_END,
};

#define PLAIN(function) TUFF_KERNEL(function, tuff_unary_args, tuff_unary_fields)
#define S16(function) TUFF_KERNEL(function, tuff_logistic_s16_args, s16_fields)
static const tuff_variant logistic_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_logistic_f32)}, {{"s8"}, {"s8"}, 2, "act -> fixed(1/256,-128)", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_TABLE_KERNEL},          {{"s16"}, {"s16"}, 3, "act -> fixed(1/32768,0)", S16(tuff_logistic_s16)},
    {{"f16"}, {"f16"}, 3, NULL, PLAIN(tuff_logistic_f16)}, {.version = 0},
};
static const tuff_variant tanh_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, PLAIN(tuff_tanh_f32)}, {{"s8"}, {"s8"}, 2, "act -> fixed(1/128,0)", TUFF_TABLE_KERNEL},
    {{"u8"}, {"u8"}, 1, NULL, TUFF_TABLE_KERNEL},      {{"s16"}, {"s16"}, 3, "act -> fixed(1/32768,0)", S16(tuff_tanh_s16)},
    {{"f16"}, {"f16"}, 3, NULL, PLAIN(tuff_tanh_f16)}, {.version = 0},
};

/* what the 8-bit tables hold, in the reference's own order of rounding */
static float table_logistic(float x) { return 1.0f / (1.0f + tuff_expf(-x)); }

/* scales 2^-12 .. 2^(-12 + exact) need no rounding */
static tuff_status prepare_s16(tuff_context *c, int32_t exact) {
    const tuff_tensor *in = c->inputs[0], *out = c->outputs[0];
    TUFF_TRY(tuff_check_quantized(c, in));
    TUFF_TRY(tuff_check_quantized(c, out));
    int32_t log2 = 0;
    TUFF_CHECK(c, tuff_near_power_of_two(tuff_scale(out), &log2) && log2 == -15, "output '%s' (s16) has scale %g; expected 1/32768", out->name,
               (double)tuff_scale(out));
    tuff_logistic_s16_args *args = tuff_unary_args_for(c, &c->variant->kernel);
    if (args) {
        if (tuff_near_power_of_two(tuff_scale(in), &log2) && log2 >= -12 && log2 <= exact - 12) {
            args->multiplier = 3 << (log2 + 12);
        } else {
            double multiplier = (double)tuff_scale(in) * 4096.0 * 3.0;
            for (; multiplier <= 32767.0 / 2.0 && args->shift <= 30; multiplier *= 2) args->shift++;
            args->multiplier = (int32_t)(multiplier < INT32_MAX ? multiplier : INT32_MAX);
        }
    }
    return tuff_unary_emit(c, args);
}

static tuff_status prepare_logistic(tuff_context *c) {
    const tuff_tensor *out = c->outputs[0];
    switch (out->type) {
    case TUFF_S16:
        TUFF_CHECK(c, tuff_scale(out) == 1.0f / 32768, "output '%s' (s16) has scale %g; expected 1/32768", out->name, (double)tuff_scale(out));
        return prepare_s16(c, 0);
    case TUFF_S8:
    case TUFF_U8:
        TUFF_CHECK(c, tuff_scale(out) == 1.0f / 256, "output '%s' (%s) has scale %g; expected 1/256", out->name, tuff_type_name(out->type),
                   (double)tuff_scale(out));
        return tuff_unary_emit_real(c, table_logistic);
    default: return tuff_unary_emit(c, tuff_unary_args_for(c, &c->variant->kernel));
    }
}

static tuff_status prepare_tanh(tuff_context *c) {
    switch (c->outputs[0]->type) {
    case TUFF_S16: return prepare_s16(c, 1);
    case TUFF_S8:
    case TUFF_U8: return tuff_unary_emit_real(c, tuff_tanhf);
    default: return tuff_unary_emit(c, tuff_unary_args_for(c, &c->variant->kernel));
    }
}

const tuff_op tuff_op_logistic = {
    .name = "LOGISTIC",
    .code = 14,
    .inputs = "input",
    .outputs = "output",
    .variants = logistic_variants,
    .infer = tuff_unary_infer,
    .prepare = prepare_logistic,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 3,
};
const tuff_op tuff_op_tanh = {
    .name = "TANH",
    .code = 28,
    .inputs = "input",
    .outputs = "output",
    .variants = tanh_variants,
    .infer = tuff_unary_infer,
    .prepare = prepare_tanh,
    .in_place = TUFF_IN_PLACE_ANY,
    .highest = 3,
};
#endif
