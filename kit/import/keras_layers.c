/* Keras layers: one row each, and a function that lowers the layer through the graph builders.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Shapes of Keras' weights, as stored: Dense kernel [in, units]; Conv2D kernel [height, width, in / groups, filters]; DepthwiseConv2D kernel
 * [height, width, in, multiplier]. TFLite wants [units, in], [filters, height, width, in / groups] and [1, height, width, in * multiplier].
 * Every convolution and FULLY_CONNECTED gets a bias, zeros where Keras has none: kernels and the folding passes then know one form.
 */
#include "kit/import/keras_layers.h"

#include <math.h>
#include <string.h>

static int32_t keep(tuff_keras_context *c) { return c->inputs[0]; }

/* An own tensor for `count` floats that are computed from Keras' weights; NULL data: zeros. */
static int32_t constant(tuff_keras_context *c, const char *name, const float *data, int32_t count) {
    float *own = tuff_build_floats(c->b, (size_t)count);
    if (!own) return -1;
    if (data) memcpy(own, data, (size_t)count * sizeof *own);
    return tuff_build_f32(c->b, name, &(tuff_dims){1, {count}}, own);
}

static int32_t bias_constant(tuff_keras_context *c, int32_t count) {
    float *bias = NULL;
    if (tuff_keras_has(c, "bias") && !(bias = tuff_keras_weight(c, "bias", 1, &count))) return -1;
    const int32_t tensor = constant(c, "bias", bias, count);
    tuff_release(NULL, bias);
    return tensor;
}

/* [rows][columns] -> [columns][rows], as a constant of the given dims */
static int32_t transposed(tuff_keras_context *c, const char *name, const float *data, size_t rows, size_t columns, const tuff_dims *dims) {
    float *out = tuff_build_floats(c->b, rows * columns);
    for (size_t i = 0; out && i < rows; i++)
        for (size_t k = 0; k < columns; k++) out[k * rows + i] = data[i * columns + k];
    return out ? tuff_build_f32(c->b, name, dims, out) : -1;
}

/* The last axis' size, which must be known; -1 with the error set */
static int32_t channels_of(tuff_keras_context *c, int32_t tensor) {
    const tuff_dims dims = tuff_build_dims(c->b, tensor);
    if (dims.rank > 0 && dims.size[dims.rank - 1] > 0) return dims.size[dims.rank - 1];
    return tuff_keras_fail(c, "the size of its input's last axis is unknown");
}

static int32_t dense(tuff_keras_context *c) {
    int32_t units = 0;
    const int32_t in = channels_of(c, c->inputs[0]);
    if (in < 0 || !tuff_keras_whole(c, "units", 0, 1, 1 << 28, &units)) return -1;
    float *kernel = tuff_keras_weight(c, "kernel", 2, (int32_t[]){in, units});
    if (!kernel) return -1;
    const int32_t weights = transposed(c, "kernel", kernel, (size_t)in, (size_t)units, &(tuff_dims){2, {units, in}});
    tuff_release(NULL, kernel);
    return tuff_keras_activate(c, tuff_build_fully_connected(c->b, c->inputs[0], weights, bias_constant(c, units)));
}

/* strides, padding, dilation_rate and `size` (kernel_size or pool_size) */
static bool read_window(tuff_keras_context *c, const char *size, int32_t otherwise, tuff_window *w) {
    int32_t extent[2], stride[2], dilation[2];
    const char *padding = tuff_keras_text(c->layer->config, "padding", "valid");
    const bool pools = strcmp(size, "pool_size") == 0;
    if (!tuff_keras_pair(c, size, otherwise, 1, 1 << 14, extent)) return false;
    stride[0] = extent[0], stride[1] = extent[1];
    if (!pools || tuff_keras_get(c->layer->config, "strides"))
        if (!tuff_keras_pair(c, "strides", 1, 1, 1 << 14, stride)) return false;
    if (!tuff_keras_pair(c, "dilation_rate", 1, 1, 1 << 14, dilation)) return false;
    *w = (tuff_window){extent[0], extent[1], stride[0], stride[1], dilation[0], dilation[1], strcmp(padding, "same") == 0};
    if (w->same || strcmp(padding, "valid") == 0) return true;
    tuff_keras_fail(c, "padding '%s' is neither 'same' nor 'valid'", padding);
    return false;
}

static int32_t depthwise_of(tuff_keras_context *c, const char *name, const tuff_window *w, int32_t bias_or_none, bool own_bias) {
    int32_t multiplier = 1;
    const int32_t in = channels_of(c, c->inputs[0]);
    if (in < 0 || !tuff_keras_whole(c, "depth_multiplier", 1, 1, 1 << 14, &multiplier)) return -1;
    float *kernel = tuff_keras_weight(c, name, 4, (int32_t[]){w->height, w->width, in, multiplier});
    if (!kernel) return -1;
    const size_t count = (size_t)w->height * (size_t)w->width * (size_t)in * (size_t)multiplier;
    float *own = tuff_build_floats(c->b, count);
    if (own) memcpy(own, kernel, count * sizeof *own);
    tuff_release(NULL, kernel);
    const int32_t weights = own ? tuff_build_f32(c->b, name, &(tuff_dims){4, {1, w->height, w->width, in * multiplier}}, own) : -1;
    const int32_t bias = own_bias ? bias_constant(c, in * multiplier) : bias_or_none;
    return tuff_build_depthwise_conv_2d(c->b, c->inputs[0], weights, bias, w);
}

static int32_t depthwise_conv_2d(tuff_keras_context *c) {
    tuff_window w;
    if (!read_window(c, "kernel_size", 1, &w)) return -1;
    return tuff_keras_activate(c, depthwise_of(c, "depthwise_kernel", &w, -1, true));
}

/* A CONV_2D of x with Keras' [height, width, in / groups, filters] kernel `name` and the layer's bias */
static int32_t conv_of(tuff_keras_context *c, int32_t x, const char *name, const tuff_window *w, int32_t groups) {
    int32_t filters = 0;
    const int32_t in = x < 0 ? -1 : channels_of(c, x);
    if (in < 0 || !tuff_keras_whole(c, "filters", 0, 1, 1 << 24, &filters)) return -1;
    if (in % groups || filters % groups)
        return tuff_keras_fail(c, "%d channels and %d filters don't divide into %d groups", (int)in, (int)filters, (int)groups);
    const int32_t each = in / groups;
    float *kernel = tuff_keras_weight(c, name, 4, (int32_t[]){w->height, w->width, each, filters});
    if (!kernel) return -1;
    const int32_t weights = transposed(c, name, kernel, (size_t)w->height * (size_t)w->width * (size_t)each, (size_t)filters,
                                       &(tuff_dims){4, {filters, w->height, w->width, each}});
    tuff_release(NULL, kernel);
    return tuff_build_conv_2d(c->b, x, weights, bias_constant(c, filters), w);
}

static int32_t conv_2d(tuff_keras_context *c) {
    tuff_window w;
    int32_t groups = 1;
    if (!read_window(c, "kernel_size", 1, &w) || !tuff_keras_whole(c, "groups", 1, 1, 1 << 14, &groups)) return -1;
    return tuff_keras_activate(c, conv_of(c, c->inputs[0], "kernel", &w, groups));
}

static int32_t separable_conv_2d(tuff_keras_context *c) {
    tuff_window w;
    int32_t multiplier = 1;
    const int32_t in = channels_of(c, c->inputs[0]);
    if (in < 0 || !read_window(c, "kernel_size", 1, &w) || !tuff_keras_whole(c, "depth_multiplier", 1, 1, 1 << 14, &multiplier)) return -1;
    const int32_t between = depthwise_of(c, "depthwise_kernel", &w, constant(c, "depthwise_bias", NULL, in * multiplier), false);
    return tuff_keras_activate(c, conv_of(c, between, "pointwise_kernel", &(tuff_window){1, 1, 1, 1, 1, 1, false}, 1));
}

/* x * scale + offset, each [count] along `axis`. Takes ownership of nothing. */
static int32_t scale_axis(tuff_keras_context *c, int32_t axis, const float *scale, const float *offset, int32_t count) {
    const int32_t rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    tuff_dims dims = {.rank = rank - axis};
    for (int32_t i = 0; i < dims.rank; i++) dims.size[i] = i ? 1 : count;
    float *own = tuff_build_floats(c->b, 2 * (size_t)count);
    if (!own) return -1;
    memcpy(own, scale, (size_t)count * sizeof *own);
    memcpy(own + count, offset, (size_t)count * sizeof *own);
    const int32_t scaled = tuff_build_binary(c->b, "MUL", c->inputs[0], tuff_build_f32(c->b, "scale", &dims, own));
    return tuff_build_binary(c->b, "ADD", scaled, tuff_build_f32(c->b, "offset", &dims, own + count));
}

/* (x - mean) / sqrt(variance + epsilon) * gamma + beta as x * scale + offset: computed in double, rounded once. */
static int32_t batch_normalization(tuff_keras_context *c) {
    int32_t axis = 0;
    double epsilon = 1e-3;
    const tuff_dims dims = tuff_build_dims(c->b, c->inputs[0]);
    if (!tuff_keras_axis(c, "axis", -1, dims.rank, &axis)) return -1;
    if (!tuff_keras_number(c->layer->config, "epsilon", 1e-3, &epsilon)) return tuff_keras_fail(c, "epsilon is no number");
    int32_t count = dims.size[axis];
    if (count <= 0 || axis == 0) return tuff_keras_fail(c, "axis %d of its input is the batch, or of unknown size", (int)axis);
    float *gamma = NULL, *beta = NULL, *mean = NULL, *variance = NULL;
    int32_t out = -1;
    if ((!tuff_keras_has(c, "gamma") || (gamma = tuff_keras_weight(c, "gamma", 1, &count))) &&
        (!tuff_keras_has(c, "beta") || (beta = tuff_keras_weight(c, "beta", 1, &count))) && (mean = tuff_keras_weight(c, "moving_mean", 1, &count)) &&
        (variance = tuff_keras_weight(c, "moving_variance", 1, &count))) {
        for (int32_t i = 0; i < count; i++) {
            const double scale = (gamma ? (double)gamma[i] : 1) / sqrt((double)variance[i] + epsilon);
            variance[i] = (float)((beta ? (double)beta[i] : 0) - (double)mean[i] * scale);
            mean[i] = (float)scale;
        }
        out = scale_axis(c, axis, mean, variance, count);
    }
    tuff_release(NULL, gamma);
    tuff_release(NULL, beta);
    tuff_release(NULL, mean);
    tuff_release(NULL, variance);
    return out;
}

/* x * scale + offset with plain numbers; what changes nothing is left out */
static int32_t scale_all(tuff_keras_context *c, double scale, double offset) {
    int32_t x = tuff_build_cast(c->b, c->inputs[0], TUFF_F32);
    if (scale != 1) x = tuff_build_binary(c->b, "MUL", x, tuff_build_scalar(c->b, "scale", scale));
    if (offset != 0) x = tuff_build_binary(c->b, "ADD", x, tuff_build_scalar(c->b, "offset", offset));
    return x;
}

/* A number, or `count` numbers; NULL with the error set */
static float *number_list(tuff_keras_context *c, const char *key, double otherwise, int32_t count) {
    json_object *value = tuff_keras_get(c->layer->config, key);
    while (json_object_is_type(value, json_type_array) && json_object_array_length(value) == 1) value = json_object_array_get_idx(value, 0);
    const bool list = json_object_is_type(value, json_type_array);
    if ((list && json_object_array_length(value) != (size_t)count) ||
        (value && !list && !json_object_is_type(value, json_type_int) && !json_object_is_type(value, json_type_double))) {
        tuff_keras_fail(c, "%s is neither a number nor a list of %d", key, (int)count);
        return NULL;
    }
    float *out = tuff_allocate(NULL, (size_t)count * sizeof *out);
    if (!out) (void)tuff_fail_memory(c->error, (size_t)count * sizeof *out);
    for (int32_t i = 0; out && i < count; i++)
        out[i] = (float)(list ? json_object_get_double(json_object_array_get_idx(value, (size_t)i)) : value ? json_object_get_double(value) : otherwise);
    return out;
}

static int32_t rescaling(tuff_keras_context *c) {
    double scale = 1, offset = 0;
    if (tuff_keras_number(c->layer->config, "scale", 1, &scale) && tuff_keras_number(c->layer->config, "offset", 0, &offset))
        return scale_all(c, scale, offset);
    const int32_t count = channels_of(c, c->inputs[0]), rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    if (count < 0) return -1;
    float *scales = number_list(c, "scale", 1, count), *offsets = scales ? number_list(c, "offset", 0, count) : NULL;
    const int32_t out = offsets ? scale_axis(c, rank - 1, scales, offsets, count) : -1;
    tuff_release(NULL, scales);
    tuff_release(NULL, offsets);
    return out;
}

/* (x - mean) / max(sqrt(variance), 1e-7), or with `invert` back again; mean and variance stand in the config or were adapted and are weights */
static int32_t normalization(tuff_keras_context *c) {
    const tuff_dims dims = tuff_build_dims(c->b, c->inputs[0]);
    json_object *config = c->layer->config, *given = tuff_keras_get(config, "axis");
    const bool whole = json_object_is_type(given, json_type_array) ? json_object_array_length(given) == 0 : !given;
    int32_t axis = dims.rank - 1;
    if (!whole && !tuff_keras_axis(c, "axis", -1, dims.rank, &axis)) return -1;
    int32_t count = whole ? 1 : dims.size[axis];
    if (count <= 0 || (axis == 0 && !whole)) return tuff_keras_fail(c, "axis %d of its input is the batch, or of unknown size", (int)axis);
    const bool fixed = tuff_keras_get(config, "mean") != NULL;
    float *mean = fixed ? number_list(c, "mean", 0, count) : tuff_keras_weight(c, "mean", whole ? 0 : 1, &count);
    float *variance = !mean ? NULL : fixed ? number_list(c, "variance", 1, count) : tuff_keras_weight(c, "variance", whole ? 0 : 1, &count);
    int32_t out = -1;
    for (int32_t i = 0; variance && i < count; i++) {
        const double deviation = fmax(sqrt((double)variance[i]), 1e-7), middle = (double)mean[i];
        const bool invert = tuff_keras_truth(config, "invert", false);
        mean[i] = (float)(invert ? deviation : 1 / deviation);
        variance[i] = (float)(invert ? middle : -middle / deviation);
    }
    if (variance) out = whole ? scale_all(c, (double)mean[0], (double)variance[0]) : scale_axis(c, axis, mean, variance, count);
    tuff_release(NULL, mean);
    tuff_release(NULL, variance);
    return out;
}

static int32_t pool(tuff_keras_context *c, const char *op) {
    tuff_window w;
    return read_window(c, "pool_size", 2, &w) ? tuff_build_pool_2d(c->b, op, c->inputs[0], &w) : -1;
}
static int32_t max_pooling_2d(tuff_keras_context *c) { return pool(c, "MAX_POOL_2D"); }
static int32_t average_pooling_2d(tuff_keras_context *c) { return pool(c, "AVERAGE_POOL_2D"); }

/* over all axes between batch and channels */
static int32_t pool_all(tuff_keras_context *c, const char *op) {
    const int32_t rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    int32_t axes[TUFF_MAX_RANK];
    for (int32_t i = 1; i + 1 < rank; i++) axes[i - 1] = i;
    if (rank < 3) return tuff_keras_fail(c, "expected an input of rank 3 or more, found rank %d", (int)rank);
    return tuff_build_reduce(c->b, op, c->inputs[0], axes, rank - 2, tuff_keras_truth(c->layer->config, "keepdims", false));
}
static int32_t global_average_pooling(tuff_keras_context *c) { return pool_all(c, "MEAN"); }
static int32_t global_max_pooling(tuff_keras_context *c) { return pool_all(c, "REDUCE_MAX"); }

static int32_t flatten(tuff_keras_context *c) {
    const tuff_dims in = tuff_build_dims(c->b, c->inputs[0]);
    tuff_dims item = {.rank = in.rank > 0 ? in.rank - 1 : 0};
    for (int32_t i = 0; i < item.rank; i++) item.size[i] = in.size[i + 1];
    const int64_t count = tuff_build_elements(&item);
    if (count < 0 || count > INT32_MAX) return tuff_keras_fail(c, "flattens an axis of unknown size; give the model's input a fixed shape");
    return tuff_build_reshape(c->b, c->inputs[0], &(tuff_dims){2, {in.rank ? in.size[0] : 1, (int32_t)count}});
}

/* target_shape is without the batch and may hold one -1 */
static int32_t reshape(tuff_keras_context *c) {
    json_object *target = tuff_keras_get(c->layer->config, "target_shape");
    const tuff_dims in = tuff_build_dims(c->b, c->inputs[0]);
    const size_t rank = json_object_is_type(target, json_type_array) ? json_object_array_length(target) : TUFF_MAX_RANK;
    if (rank >= TUFF_MAX_RANK) return tuff_keras_fail(c, "target_shape is no list of fewer than %d sizes", TUFF_MAX_RANK);
    tuff_dims item = {.rank = in.rank - 1}, out = {.rank = (int32_t)rank + 1, .size = {in.size[0]}};
    for (int32_t i = 0; i < item.rank; i++) item.size[i] = in.size[i + 1];
    int64_t known = 1;
    int32_t open = 0;
    for (int32_t i = 1; i < out.rank; i++) {
        out.size[i] = json_object_get_int(json_object_array_get_idx(target, (size_t)i - 1));
        if (out.size[i] < 0) open = i, out.size[i] = -1;
        else known = known < INT32_MAX ? known * out.size[i] : known;
    }
    const int64_t count = tuff_build_elements(&item);
    if (count >= 0 && (known == 0 || count % known || (!open && count != known)))
        return tuff_keras_fail(c, "%lld values cannot take the shape target_shape", (long long)count);
    if (open && count >= 0) out.size[open] = (int32_t)(count / known);
    return tuff_build_reshape(c->b, c->inputs[0], &out);
}

static int32_t activation(tuff_keras_context *c) { return tuff_keras_activate(c, c->inputs[0]); }

/* x < threshold: negative_slope * (x - threshold); then at most max_value */
static int32_t relu(tuff_keras_context *c) {
    json_object *config = c->layer->config;
    double slope = 0, threshold = 0, highest = INFINITY;
    if (!tuff_keras_number(config, "negative_slope", 0, &slope) || !tuff_keras_number(config, "threshold", 0, &threshold) ||
        !tuff_keras_number(config, "max_value", INFINITY, &highest))
        return tuff_keras_fail(c, "negative_slope, threshold and max_value have to be numbers");
    if (threshold != 0 || highest < 0)
        return tuff_keras_fail(c, "threshold %g and max_value %g: only threshold 0 and a positive max_value are supported", threshold, highest);
    const int32_t x = c->inputs[0];
    if (slope == 0 && highest == 6) return tuff_build_unary(c->b, "RELU6", x);
    if (slope == 0 && highest == 1) return tuff_build_unary(c->b, "RELU_0_TO_1", x);
    const int32_t y = slope == 0 ? tuff_build_unary(c->b, "RELU", x) : tuff_build_unary_with(c->b, "LEAKY_RELU", x, "alpha", slope);
    return highest < INFINITY ? tuff_build_binary(c->b, "MINIMUM", y, tuff_build_scalar(c->b, "max_value", highest)) : y;
}

static int32_t leaky_relu(tuff_keras_context *c) {
    double slope = 0;
    const char *key = tuff_keras_get(c->layer->config, "alpha") ? "alpha" : "negative_slope"; /* Keras 2, 3 */
    if (!tuff_keras_number(c->layer->config, key, 0.3, &slope)) return tuff_keras_fail(c, "%s is no number", key);
    return tuff_build_unary_with(c->b, "LEAKY_RELU", c->inputs[0], "alpha", slope);
}

static int32_t elu(tuff_keras_context *c) {
    double alpha = 1;
    if (!tuff_keras_number(c->layer->config, "alpha", 1, &alpha) || alpha != 1) return tuff_keras_fail(c, "only alpha 1 is supported");
    return tuff_build_unary(c->b, "ELU", c->inputs[0]);
}

static int32_t softmax(tuff_keras_context *c) {
    int32_t axis = 0;
    const int32_t rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    if (!tuff_keras_axis(c, "axis", -1, rank, &axis)) return -1;
    return axis == rank - 1 ? tuff_build_softmax(c->b, c->inputs[0]) : tuff_keras_fail(c, "axis %d: only the last axis is supported", (int)axis);
}

/* A chain over all inputs. */
static int32_t merge(tuff_keras_context *c, const char *op) {
    int32_t x = c->inputs[0];
    for (int32_t i = 1; i < c->n_inputs; i++) {
        if (tuff_build_dims(c->b, c->inputs[i]).rank != tuff_build_dims(c->b, c->inputs[0]).rank) return tuff_keras_fail(c, "its inputs have different ranks");
        x = tuff_build_binary(c->b, op, x, c->inputs[i]);
    }
    return x;
}
static int32_t add(tuff_keras_context *c) { return merge(c, "ADD"); }
static int32_t subtract(tuff_keras_context *c) { return merge(c, "SUB"); }
static int32_t multiply(tuff_keras_context *c) { return merge(c, "MUL"); }
static int32_t maximum(tuff_keras_context *c) { return merge(c, "MAXIMUM"); }
static int32_t minimum(tuff_keras_context *c) { return merge(c, "MINIMUM"); }
static int32_t average(tuff_keras_context *c) { return tuff_build_binary(c->b, "MUL", merge(c, "ADD"), tuff_build_scalar(c->b, "share", 1.0 / c->n_inputs)); }

static int32_t concatenate(tuff_keras_context *c) {
    int32_t axis = 0;
    const int32_t rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    if (!tuff_keras_axis(c, "axis", -1, rank, &axis)) return -1;
    for (int32_t i = 1; i < c->n_inputs; i++)
        if (tuff_build_dims(c->b, c->inputs[i]).rank != rank) return tuff_keras_fail(c, "its inputs have different ranks");
    return tuff_build_concatenation(c->b, c->inputs, c->n_inputs, axis);
}

/* padding: n, (rows, columns), or ((top, bottom), (left, right)) */
static int32_t zero_padding_2d(tuff_keras_context *c) {
    json_object *padding = tuff_keras_get(c->layer->config, "padding");
    int32_t before[TUFF_MAX_RANK] = {0}, after[TUFF_MAX_RANK] = {0};
    if (tuff_build_dims(c->b, c->inputs[0]).rank != 4) return tuff_keras_fail(c, "expected an input of rank 4");
    for (int32_t i = 0; i < 2; i++) {
        json_object *side = json_object_is_type(padding, json_type_array) ? json_object_array_get_idx(padding, (size_t)i) : padding;
        const bool both = json_object_is_type(side, json_type_array);
        before[i + 1] = json_object_get_int(both ? json_object_array_get_idx(side, 0) : side);
        after[i + 1] = json_object_get_int(both ? json_object_array_get_idx(side, 1) : side);
        if (before[i + 1] < 0 || after[i + 1] < 0 || before[i + 1] > 1 << 14 || after[i + 1] > 1 << 14) return tuff_keras_fail(c, "padding out of range");
    }
    return tuff_build_pad(c->b, c->inputs[0], before, after);
}

static int32_t permute(tuff_keras_context *c) {
    json_object *dims = tuff_keras_get(c->layer->config, "dims");
    const int32_t rank = tuff_build_dims(c->b, c->inputs[0]).rank;
    int32_t permutation[TUFF_MAX_RANK] = {0}, seen = 1;
    const size_t count = json_object_is_type(dims, json_type_array) ? json_object_array_length(dims) : 0;
    if (count + 1 != (size_t)rank) return tuff_keras_fail(c, "dims has %zu axes, its input %d without the batch", count, (int)rank - 1);
    for (int32_t i = 1; i < rank; i++) {
        permutation[i] = json_object_get_int(json_object_array_get_idx(dims, (size_t)i - 1));
        if (permutation[i] < 1 || permutation[i] >= rank || (seen & 1 << permutation[i]))
            return tuff_keras_fail(c, "dims is no permutation of 1..%d", (int)rank - 1);
        seen |= 1 << permutation[i];
    }
    return tuff_build_transpose(c->b, c->inputs[0], permutation);
}

static int32_t lambda(tuff_keras_context *c) {
    return tuff_keras_fail(c, "Python code, which Tuff doesn't run: replace it by layers, or end the model before it");
}

#define LAST "data_format=channels_last"

/* clang-format off */
static const tuff_keras_row rows[] = {
    /* class                   function                inputs  keys                                                             weights */
    {"InputLayer",             keep,                   0, "batch_shape batch_input_shape sparse ragged optional",                  ""},
    {"Dense",                  dense,                  1, "units activation use_bias quantization_config=none",                    "kernel bias?use_bias"},
    {"Conv2D",                 conv_2d,                1, "filters kernel_size strides padding " LAST " dilation_rate groups activation use_bias", "kernel bias?use_bias"},
    {"DepthwiseConv2D",        depthwise_conv_2d,      1, "kernel_size strides padding depth_multiplier " LAST " dilation_rate activation use_bias", "depthwise_kernel bias?use_bias"},
    {"SeparableConv2D",        separable_conv_2d,      1, "filters kernel_size strides padding depth_multiplier " LAST " dilation_rate activation use_bias",
                                                                                                                                  "depthwise_kernel pointwise_kernel bias?use_bias"},
    {"BatchNormalization",     batch_normalization,    1, "axis epsilon center scale",                                             "gamma?scale beta?center moving_mean moving_variance"},
    {"Normalization",          normalization,          1, "axis mean variance invert",                                             "mean variance count"},
    {"Rescaling",              rescaling,              1, "scale offset",                                                          ""},
    {"MaxPooling2D",           max_pooling_2d,         1, "pool_size strides padding " LAST,                                       ""},
    {"AveragePooling2D",       average_pooling_2d,     1, "pool_size strides padding " LAST,                                       ""},
    {"GlobalAveragePooling1D", global_average_pooling, 1, "keepdims " LAST,                                                        ""},
    {"GlobalAveragePooling2D", global_average_pooling, 1, "keepdims " LAST,                                                        ""},
    {"GlobalAveragePooling3D", global_average_pooling, 1, "keepdims " LAST,                                                        ""},
    {"GlobalMaxPooling1D",     global_max_pooling,     1, "keepdims " LAST,                                                        ""},
    {"GlobalMaxPooling2D",     global_max_pooling,     1, "keepdims " LAST,                                                        ""},
    {"GlobalMaxPooling3D",     global_max_pooling,     1, "keepdims " LAST,                                                        ""},
    {"Flatten",                flatten,                1, LAST,                                                                    ""},
    {"Reshape",                reshape,                1, "target_shape",                                                          ""},
    {"Permute",                permute,                1, "dims",                                                                  ""},
    {"ZeroPadding2D",          zero_padding_2d,        1, "padding " LAST,                                                         ""},
    {"Activation",             activation,             1, "activation",                                                            ""},
    {"ReLU",                   relu,                   1, "max_value negative_slope threshold",                                    ""},
    {"LeakyReLU",              leaky_relu,             1, "alpha negative_slope",                                                  ""},
    {"ELU",                    elu,                    1, "alpha",                                                                 ""},
    {"Softmax",                softmax,                1, "axis",                                                                  ""},
    {"Add",                    add,                   -1, "",                                                                      ""},
    {"Subtract",               subtract,              -1, "",                                                                      ""},
    {"Multiply",               multiply,              -1, "",                                                                      ""},
    {"Average",                average,               -1, "",                                                                      ""},
    {"Maximum",                maximum,               -1, "",                                                                      ""},
    {"Minimum",                minimum,               -1, "",                                                                      ""},
    {"Concatenate",            concatenate,           -1, "axis",                                                                  ""},
    /* these change nothing once training is over */
    {"Dropout",                keep,                   1, "rate noise_shape seed",                                                 ""},
    {"SpatialDropout1D",       keep,                   1, "rate seed data_format",                                                 ""},
    {"SpatialDropout2D",       keep,                   1, "rate seed data_format",                                                 ""},
    {"SpatialDropout3D",       keep,                   1, "rate seed data_format",                                                 ""},
    {"AlphaDropout",           keep,                   1, "rate noise_shape seed",                                                 ""},
    {"GaussianNoise",          keep,                   1, "stddev seed",                                                           ""},
    {"GaussianDropout",        keep,                   1, "rate seed",                                                             ""},
    {"ActivityRegularization", keep,                   1, "l1 l2",                                                                 ""},
    {"Identity",               keep,                   1, "",                                                                      ""},
    {"RandomFlip",             keep,                   1, "mode seed data_format value_range fill_mode fill_value interpolation", ""},
    {"RandomRotation",         keep,                   1, "factor seed data_format value_range fill_mode fill_value interpolation", ""},
    {"RandomZoom",             keep,                   1, "height_factor width_factor seed data_format value_range fill_mode fill_value interpolation", ""},
    {"RandomTranslation",      keep,                   1, "height_factor width_factor seed data_format value_range fill_mode fill_value interpolation", ""},
    {"RandomContrast",         keep,                   1, "factor seed data_format value_range fill_mode fill_value interpolation", ""},
    {"RandomBrightness",       keep,                   1, "factor seed data_format value_range fill_mode fill_value interpolation", ""},
    {"Lambda",                 lambda,                -1, "function function_type module arguments output_shape output_shape_type output_shape_module mask", ""},
};
/* clang-format on */

const tuff_keras_row *tuff_keras_row_find(const char *class_name) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].class_name, class_name) == 0) return &rows[i];
    return NULL;
}
