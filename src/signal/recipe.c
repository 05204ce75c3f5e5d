/* Recipes applied: raw pixels to the numbers that an input tensor holds.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "signal/recipe.h"

static int32_t lowest(tuff_type type) { return type == TUFF_U8 ? 0 : type == TUFF_S8 ? -128 : -32768; }
static int32_t highest(tuff_type type) { return type == TUFF_U8 ? 255 : type == TUFF_S8 ? 127 : 32767; }

/* height, width, channels of one item */
static tuff_status read_shape(const tuff_recipe *recipe, const tuff_tensor *input, int32_t size[3], tuff_error *error) {
    int64_t count = 1;
    for (int32_t i = 1; i < input->rank; i++) {
        if (input->shape[i] < 1 || count > INT32_MAX / input->shape[i])
            return tuff_fail(error, TUFF_ERR_DATA, "input %s: an item of it is empty or too large", input->name);
        count *= input->shape[i];
    }
    if (input->rank == 3 || input->rank == 4) {
        for (int32_t i = 0; i < 3; i++) size[i] = i + 1 < input->rank ? input->shape[i + 1] : 1;
    } else if (recipe && recipe->width > 0 && recipe->height > 0 && recipe->channels > 0 && (int64_t)recipe->width * recipe->height <= count &&
               (int64_t)recipe->width * recipe->height * recipe->channels == count) {
        size[0] = recipe->height;
        size[1] = recipe->width;
        size[2] = recipe->channels;
    } else {
        size[0] = (int32_t)count;
        size[1] = size[2] = 1;
    }
    return TUFF_OK;
}

tuff_status tuff_recipe_target_of(const tuff_recipe *recipe, const tuff_tensor *input, tuff_recipe_target *target, tuff_error *error) {
    if (input->type != TUFF_F32 && input->type != TUFF_U8 && input->type != TUFF_S8 && input->type != TUFF_S16)
        return tuff_fail(error, TUFF_ERR_DATA, "input %s is of type %s: raw data needs f32, u8, s8 or s16", input->name, tuff_type_name(input->type));
    int32_t size[3] = {1, 1, 1};
    TUFF_TRY(read_shape(recipe, input, size, error));
    const tuff_quantization *q = &input->quantization;
    const bool quantized = input->type != TUFF_F32 && q->count == 1 && q->scale[0] > 0;
    *target = (tuff_recipe_target){.type = input->type,
                                   .scale = quantized ? q->scale[0] : 0,
                                   .zero_point = quantized && q->zero_point ? (int32_t)q->zero_point[0] : 0,
                                   .height = size[0],
                                   .width = size[1],
                                   .channels = size[2],
                                   .count = (int64_t)size[0] * size[1] * size[2]};
    return TUFF_OK;
}

void tuff_recipe_store(const tuff_recipe_target *target, void *out, int64_t k, float real) {
    if (target->type == TUFF_F32) {
        ((float *)out)[k] = real;
        return;
    }
    const int32_t q = tuff_image_quantize(real, target->scale > 0 ? target->scale : 1, target->zero_point, lowest(target->type), highest(target->type));
    if (target->type == TUFF_U8) ((uint8_t *)out)[k] = (uint8_t)q;
    else if (target->type == TUFF_S8) ((int8_t *)out)[k] = (int8_t)q;
    else ((int16_t *)out)[k] = (int16_t)q;
}

static tuff_status check(const tuff_recipe *recipe, const tuff_image *image, const tuff_recipe_target *target, tuff_error *error) {
    const int32_t sides[] = {image->width, image->height, target->width, target->height};
    const bool same = image->width == target->width && image->height == target->height;
    for (int32_t k = 0; k < 4; k++)
        if (sides[k] < 1 || (!same && sides[k] > TUFF_IMAGE_SIDE))
            return tuff_fail(error, TUFF_ERR_DATA, "pixels %dx%d for an input of %dx%d: sides must be 1 to %d", (int)image->width, (int)image->height,
                             (int)target->width, (int)target->height, TUFF_IMAGE_SIDE);
    if (!tuff_image_can_recolour(image->channels, target->channels))
        return tuff_fail(error, TUFF_ERR_DATA, "pixels of %d channels cannot become the input's %d", (int)image->channels, (int)target->channels);
    if (!recipe && target->type != TUFF_U8)
        return tuff_fail(error, TUFF_ERR_DATA, "raw pixels for an %s input, and the model has no recipe that tells its range", tuff_type_name(target->type));
    if (recipe && recipe->count != 1 && recipe->count != target->channels)
        return tuff_fail(error, TUFF_ERR_DATA, "the recipe has %d means, the input %d channels", (int)recipe->count, (int)target->channels);
    for (int32_t c = 0; recipe && c < recipe->count; c++)
        if (!(recipe->std[c] > 0 || recipe->std[c] < 0)) return tuff_fail(error, TUFF_ERR_DATA, "the recipe's std is %g", (double)recipe->std[c]);
    return TUFF_OK;
}

tuff_status tuff_recipe_apply(const tuff_recipe *recipe, const tuff_image *image, bool invert, const tuff_recipe_target *target, void *out, tuff_error *error) {
    TUFF_TRY(check(recipe, image, target, error));
    const bool same = image->width == target->width && image->height == target->height;
    int64_t k = 0;
    for (int32_t y = 0; y < target->height; y++)
        for (int32_t x = 0; x < target->width; x++) {
            uint8_t pixel[TUFF_IMAGE_CHANNELS];
            const uint8_t *from = image->pixels + ((int64_t)y * image->width + x) * image->channels;
            if (same)
                for (int32_t c = 0; c < image->channels; c++) pixel[c] = from[c];
            else tuff_image_sample(image, target->width, target->height, x, y, pixel);
            tuff_image_recolour(pixel, image->channels, target->channels);
            for (int32_t c = 0; c < target->channels; c++, k++) {
                const uint8_t raw = invert ? (uint8_t)(255 - pixel[c]) : pixel[c];
                const int32_t m = recipe && recipe->count > 1 ? c : 0;
                if (recipe) tuff_recipe_store(target, out, k, ((float)raw - recipe->mean[m]) / recipe->std[m]);
                else ((uint8_t *)out)[k] = raw;
            }
        }
    return TUFF_OK;
}
