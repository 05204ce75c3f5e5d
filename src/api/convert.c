/* Real numbers in and out: by the tensor's quantization.
 * SPDX-License-Identifier: Apache-2.0
 *
 * q = clamp(round half away(x / scale) + zero_point), as QUANTIZE computes it; x = scale * (q - zero_point).
 */
#include <math.h>
#include <string.h>

#include "api/model.h"
#include "base/fixed_point.h"
#include "base/half.h"
#include "signal/recipe.h"

static bool integer_range(tuff_type type, int32_t *lo, int32_t *hi) {
    switch (type) {
    case TUFF_S8: *lo = INT8_MIN, *hi = INT8_MAX; return true;
    case TUFF_U8: *lo = 0, *hi = UINT8_MAX; return true;
    case TUFF_S16: *lo = INT16_MIN, *hi = INT16_MAX; return true;
    case TUFF_S32: *lo = INT32_MIN, *hi = INT32_MAX; return true;
    default: return false;
    }
}

static void put_integer(void *data, size_t k, tuff_type type, int32_t value) {
    switch (type) {
    case TUFF_S8: ((int8_t *)data)[k] = (int8_t)value; break;
    case TUFF_U8: ((uint8_t *)data)[k] = (uint8_t)value; break;
    case TUFF_S16: ((int16_t *)data)[k] = (int16_t)value; break;
    default: ((int32_t *)data)[k] = value; break;
    }
}

static int32_t get_integer(const void *data, size_t k, tuff_type type) {
    switch (type) {
    case TUFF_S8: return ((const int8_t *)data)[k];
    case TUFF_U8: return ((const uint8_t *)data)[k];
    case TUFF_S16: return ((const int16_t *)data)[k];
    default: return ((const int32_t *)data)[k];
    }
}

static tuff_status check(const tuff_tensor *t, const char *what, int32_t k, size_t count, tuff_error *error) {
    if (!t) return tuff_fail(error, TUFF_ERR_ARGUMENT, "there is no %s %d", what, k);
    int64_t elements = 0;
    TUFF_TRY(tuff_tensor_elements(t, &elements));
    if ((uint64_t)elements != count)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s %d ('%s') has %lld elements, not %zu", what, k, t->name, (long long)elements, count);
    return TUFF_OK;
}

static tuff_status no_reals(const tuff_tensor *t, const char *what, tuff_error *error) {
    if (t->quantization.count > 1)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s '%s' has %d scales: only one for the whole tensor can be converted", what, t->name,
                         (int)t->quantization.count);
    return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s '%s' is %s and has no scale: it doesn't stand for real numbers", what, t->name, tuff_type_name(t->type));
}

/* scale 1, zero 0 for plain integers */
static bool scale_of(const tuff_tensor *t, float *scale, int32_t *zero) {
    *scale = 1;
    *zero = 0;
    if (t->quantization.count == 1) {
        *scale = t->quantization.scale[0];
        *zero = (int32_t)t->quantization.zero_point[0];
    }
    return t->quantization.count <= 1;
}

tuff_status tuff_interpreter_set_f32(tuff_interpreter *it, int32_t k, const float *values, size_t count, tuff_error *error) {
    const tuff_tensor *t = tuff_interpreter_input(it, k);
    TUFF_TRY(check(t, "input", k, count, error));
    void *data = tuff_interpreter_input_data(it, k);
    if (t->type == TUFF_F32) {
        if (count) memcpy(data, values, count * sizeof *values);
        return TUFF_OK;
    }
    if (t->type == TUFF_F16) {
        for (size_t e = 0; e < count; e++) ((uint16_t *)data)[e] = tuff_f32_to_f16(values[e]);
        return TUFF_OK;
    }
    int32_t lo, hi, zero;
    float scale;
    if (!integer_range(t->type, &lo, &hi) || !scale_of(t, &scale, &zero)) return no_reals(t, "input", error);
    for (size_t e = 0; e < count; e++)
        if (isnan(values[e])) return tuff_fail(error, TUFF_ERR_DATA, "value %zu for input '%s' is NaN", e, t->name);
    for (size_t e = 0; e < count; e++) {
        const int64_t q = (int64_t)tuff_round_f32_s32(values[e] / scale) + zero;
        put_integer(data, e, t->type, q < lo ? lo : q > hi ? hi : (int32_t)q);
    }
    return TUFF_OK;
}

tuff_status tuff_interpreter_get_f32(const tuff_interpreter *it, int32_t k, float *values, size_t count, tuff_error *error) {
    const tuff_tensor *t = tuff_interpreter_output(it, k);
    TUFF_TRY(check(t, "output", k, count, error));
    const void *data = tuff_interpreter_output_data(it, k);
    if (!data) return tuff_fail(error, TUFF_ERR_ARGUMENT, "output %d has no value before the first invocation", k);
    if (t->type == TUFF_F32) {
        if (count) memcpy(values, data, count * sizeof *values);
        return TUFF_OK;
    }
    if (t->type == TUFF_F16) {
        for (size_t e = 0; e < count; e++) values[e] = tuff_f16_to_f32(((const uint16_t *)data)[e]);
        return TUFF_OK;
    }
    int32_t lo, hi, zero;
    float scale;
    if (!integer_range(t->type, &lo, &hi) || !scale_of(t, &scale, &zero)) return no_reals(t, "output", error);
    for (size_t e = 0; e < count; e++) values[e] = scale * (float)((int64_t)get_integer(data, e, t->type) - zero);
    return TUFF_OK;
}

tuff_status tuff_interpreter_set_pixels(tuff_interpreter *it, int32_t k, const uint8_t *pixels, int32_t width, int32_t height, int32_t channels,
                                        tuff_error *error) {
    const tuff_tensor *t = tuff_interpreter_input(it, k);
    if (!t) return tuff_fail(error, TUFF_ERR_ARGUMENT, "there is no input %d; the model has %d", k, tuff_interpreter_input_count(it));
    const tuff_recipe recipe = tuff_model_recipe(tuff_interpreter_model(it), k);
    const tuff_recipe *used = recipe.present ? &recipe : NULL;
    tuff_recipe_target target;
    TUFF_TRY(tuff_recipe_target_of(used, t, &target, error));
    const tuff_image image = {pixels, width, height, channels};
    return tuff_recipe_apply(used, &image, false, &target, tuff_interpreter_input_data(it, k), error);
}
