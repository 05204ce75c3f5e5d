/* Graph builders named after TFLite's ops.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/import/build.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "graph/attrs.h"
#include "ops/ops.h"

/* values of the schema's enum Padding */
enum { PADDING_SAME = 0, PADDING_VALID = 1 };

typedef struct option {
    const char *field;
    double value;
} option;

tuff_dims tuff_build_dims(const tuff_builder *b, int32_t tensor) {
    tuff_dims dims = {0};
    if (tensor < 0) return dims;
    const tuff_tensor *t = &b->subgraph->tensors[tensor];
    dims.rank = t->rank;
    for (int32_t i = 0; i < t->rank; i++) dims.size[i] = t->signature ? t->signature[i] : t->shape[i];
    return dims;
}

int64_t tuff_build_elements(const tuff_dims *dims) {
    int64_t count = 1;
    for (int32_t i = 0; i < dims->rank; i++) {
        if (dims->size[i] < 0 || (dims->size[i] > 0 && count > INT64_MAX / dims->size[i])) return -1;
        count *= dims->size[i];
    }
    return count;
}

/* "origin/relu" for op RELU */
static const char *tensor_name(tuff_builder *b, const char *text) {
    char *name = tuff_arena_format(b->graph->arena, b->error, "%s/%s", b->origin ? b->origin : "", text);
    for (char *p = name ? strrchr(name, '/') : NULL; p && *p; p++) *p = (char)tolower((unsigned char)*p);
    return name;
}

static int32_t add_tensor(tuff_builder *b, const char *name, tuff_type type, const tuff_dims *dims) {
    int32_t shape[TUFF_MAX_RANK];
    bool unknown = false;
    if (!name) return -1;
    for (int32_t i = 0; i < dims->rank; i++) {
        shape[i] = dims->size[i] < 0 ? 1 : dims->size[i];
        unknown |= dims->size[i] < 0;
    }
    const int32_t tensor = tuff_graph_add_tensor(b->graph, b->subgraph, name, type, dims->rank, shape, unknown ? dims->size : NULL, b->error);
    if (tensor >= 0) b->subgraph->tensors[tensor].has_rank = true;
    return tensor;
}

/* One node with one output. `options` ends with a NULL field. */
static int32_t add_node(tuff_builder *b, const char *name, const int32_t *inputs, int32_t n_inputs, tuff_type type, const tuff_dims *dims,
                        const option *options) {
    for (int32_t i = 0; i < n_inputs; i++)
        if (inputs[i] < 0) return -1;
    const tuff_op *op = tuff_op_by_name(name);
    if (!op) {
        (void)tuff_fail(b->error, TUFF_ERR_UNSUPPORTED, "%s needs the op %s, which this build of Tuff leaves out", b->origin ? b->origin : "the model", name);
        return -1;
    }
    const int32_t output = add_tensor(b, tensor_name(b, name), type, dims);
    if (output < 0) return -1;
    tuff_node *node = tuff_graph_add_node(b->graph, b->subgraph, -1, op, inputs, n_inputs, &output, 1, b->error);
    if (!node) return -1;
    node->origin = b->origin;
    node->version = 1;
    for (; options && options->field; options++)
        if (!tuff_node_set(node, options->field, options->value)) {
            (void)tuff_fail(b->error, TUFF_ERR_UNSUPPORTED, "%s: %s cannot hold %s = %g", b->origin ? b->origin : "the model", name, options->field,
                            options->value);
            return -1;
        }
    return output;
}

int32_t tuff_build_input(tuff_builder *b, const char *name, tuff_type type, const tuff_dims *dims) { return add_tensor(b, name, type, dims); }

int32_t tuff_build_f32(tuff_builder *b, const char *name, const tuff_dims *dims, const float *data) {
    const char *full = tensor_name(b, name);
    const int64_t count = tuff_build_elements(dims);
    if (!full || !data || count < 0) return -1;
    return tuff_graph_add_constant(b->graph, b->subgraph, full, TUFF_F32, dims->rank, dims->size, data, (size_t)count * sizeof(float), false, b->error);
}

int32_t tuff_build_scalar(tuff_builder *b, const char *name, double value) {
    const char *full = tensor_name(b, name);
    const float f = (float)value;
    return full ? tuff_graph_add_constant(b->graph, b->subgraph, full, TUFF_F32, 0, NULL, &f, sizeof f, true, b->error) : -1;
}

int32_t tuff_build_s32(tuff_builder *b, const char *name, const int32_t *values, int32_t count) {
    const char *full = tensor_name(b, name);
    if (!full) return -1;
    return tuff_graph_add_constant(b->graph, b->subgraph, full, TUFF_S32, 1, &count, values, (size_t)count * sizeof *values, true, b->error);
}

float *tuff_build_floats(tuff_builder *b, size_t count) { return (float *)tuff_arena_array(b->graph->arena, count, sizeof(float), b->error); }

static tuff_type type_of(const tuff_builder *b, int32_t tensor) { return tensor < 0 ? TUFF_F32 : b->subgraph->tensors[tensor].type; }

int32_t tuff_build_unary(tuff_builder *b, const char *op, int32_t x) {
    const tuff_dims dims = tuff_build_dims(b, x);
    return add_node(b, op, &x, 1, type_of(b, x), &dims, NULL);
}

int32_t tuff_build_unary_with(tuff_builder *b, const char *op, int32_t x, const char *name, double value) {
    const tuff_dims dims = tuff_build_dims(b, x);
    return add_node(b, op, &x, 1, type_of(b, x), &dims, (const option[]){{name, value}, {NULL, 0}});
}

int32_t tuff_build_softmax(tuff_builder *b, int32_t x) { return tuff_build_unary_with(b, "SOFTMAX", x, "beta", 1); }

int32_t tuff_build_cast(tuff_builder *b, int32_t x, tuff_type type) {
    if (x < 0 || type_of(b, x) == type) return x;
    const tuff_dims dims = tuff_build_dims(b, x);
    return add_node(b, "CAST", &x, 1, type, &dims, (const option[]){{"in_data_type", type_of(b, x)}, {"out_data_type", type}, {NULL, 0}});
}

int32_t tuff_build_binary(tuff_builder *b, const char *op, int32_t x, int32_t y) {
    const tuff_dims p = tuff_build_dims(b, x), q = tuff_build_dims(b, y);
    tuff_dims out = {.rank = p.rank > q.rank ? p.rank : q.rank};
    for (int32_t i = 0; i < out.rank; i++) { /* i counts from the last axis */
        const int32_t m = i < p.rank ? p.size[p.rank - 1 - i] : 1, n = i < q.rank ? q.size[q.rank - 1 - i] : 1;
        if (m > 1 && n > 1 && m != n) {
            (void)tuff_fail(b->error, TUFF_ERR_MODEL, "%s: sizes %d and %d don't broadcast", b->origin, (int)m, (int)n);
            return -1;
        }
        out.size[out.rank - 1 - i] = m == 1 ? n : n == 1 || m >= 0 ? m : n;
    }
    return add_node(b, op, (const int32_t[]){x, y}, 2, type_of(b, x), &out, NULL);
}

/* How many places a window has along one axis; -1: not known, 0: none */
static int32_t places(int32_t in, int32_t size, int32_t stride, int32_t dilation, bool same) {
    if (in < 0) return -1;
    const int64_t extent = (int64_t)(size - 1) * dilation + 1;
    if (same) return (in + stride - 1) / stride;
    return in < extent ? 0 : (int32_t)((in - extent) / stride + 1);
}

static bool slide(tuff_builder *b, const tuff_window *w, int32_t channels, tuff_dims *dims) {
    if (dims->rank != 4) {
        (void)tuff_fail(b->error, TUFF_ERR_MODEL, "%s: expected an input of rank 4 (batch, height, width, channels), found rank %d", b->origin,
                        (int)dims->rank);
        return false;
    }
    const int32_t in_h = dims->size[1], in_w = dims->size[2];
    dims->size[1] = places(in_h, w->height, w->stride_h, w->dilation_h, w->same);
    dims->size[2] = places(in_w, w->width, w->stride_w, w->dilation_w, w->same);
    if (channels > 0) dims->size[3] = channels;
    if (dims->size[1] != 0 && dims->size[2] != 0) return true;
    (void)tuff_fail(b->error, TUFF_ERR_MODEL, "%s: a window of %d x %d doesn't fit into %d x %d", b->origin, (int)w->height, (int)w->width, (int)in_h,
                    (int)in_w);
    return false;
}

int32_t tuff_build_conv_2d(tuff_builder *b, int32_t x, int32_t weights, int32_t bias, const tuff_window *w) {
    tuff_dims dims = tuff_build_dims(b, x);
    if (x < 0 || weights < 0 || !slide(b, w, tuff_build_dims(b, weights).size[0], &dims)) return -1;
    return add_node(b, "CONV_2D", (const int32_t[]){x, weights, bias}, 3, TUFF_F32, &dims,
                    (const option[]){{"padding", w->same ? PADDING_SAME : PADDING_VALID},
                                     {"stride_w", w->stride_w},
                                     {"stride_h", w->stride_h},
                                     {"dilation_w_factor", w->dilation_w},
                                     {"dilation_h_factor", w->dilation_h},
                                     {NULL, 0}});
}

int32_t tuff_build_depthwise_conv_2d(tuff_builder *b, int32_t x, int32_t weights, int32_t bias, const tuff_window *w) {
    tuff_dims dims = tuff_build_dims(b, x);
    if (x < 0 || weights < 0) return -1;
    const int32_t in = dims.size[3], out = tuff_build_dims(b, weights).size[3];
    if (!slide(b, w, out, &dims)) return -1;
    return add_node(b, "DEPTHWISE_CONV_2D", (const int32_t[]){x, weights, bias}, 3, TUFF_F32, &dims,
                    (const option[]){{"padding", w->same ? PADDING_SAME : PADDING_VALID},
                                     {"stride_w", w->stride_w},
                                     {"stride_h", w->stride_h},
                                     {"depth_multiplier", in > 0 ? out / in : 1},
                                     {"dilation_w_factor", w->dilation_w},
                                     {"dilation_h_factor", w->dilation_h},
                                     {NULL, 0}});
}

int32_t tuff_build_fully_connected(tuff_builder *b, int32_t x, int32_t weights, int32_t bias) {
    tuff_dims dims = tuff_build_dims(b, x);
    if (x < 0 || weights < 0) return -1;
    dims.size[dims.rank - 1] = tuff_build_dims(b, weights).size[0];
    return add_node(b, "FULLY_CONNECTED", (const int32_t[]){x, weights, bias}, 3, TUFF_F32, &dims,
                    (const option[]){{"keep_num_dims", dims.rank > 2}, {NULL, 0}});
}

int32_t tuff_build_pool_2d(tuff_builder *b, const char *op, int32_t x, const tuff_window *w) {
    tuff_dims dims = tuff_build_dims(b, x);
    if (x < 0 || !slide(b, w, 0, &dims)) return -1;
    return add_node(b, op, &x, 1, type_of(b, x), &dims,
                    (const option[]){{"padding", w->same ? PADDING_SAME : PADDING_VALID},
                                     {"stride_w", w->stride_w},
                                     {"stride_h", w->stride_h},
                                     {"filter_width", w->width},
                                     {"filter_height", w->height},
                                     {NULL, 0}});
}

int32_t tuff_build_reduce(tuff_builder *b, const char *op, int32_t x, const int32_t *axes, int32_t count, bool keep_dims) {
    const tuff_dims dims = tuff_build_dims(b, x);
    const int32_t list = tuff_build_s32(b, "axes", axes, count);
    tuff_dims out = {0};
    for (int32_t i = 0; i < dims.rank; i++) {
        bool gone = false;
        for (int32_t k = 0; k < count; k++) gone |= axes[k] == i;
        if (!gone || keep_dims) out.size[out.rank++] = gone ? 1 : dims.size[i];
    }
    return add_node(b, op, (const int32_t[]){x, list}, 2, type_of(b, x), &out, (const option[]){{"keep_dims", keep_dims}, {NULL, 0}});
}

int32_t tuff_build_reshape(tuff_builder *b, int32_t x, const tuff_dims *to) {
    const tuff_dims from = tuff_build_dims(b, x);
    int32_t unknown = 0;
    for (int32_t i = 0; i < to->rank; i++) unknown += to->size[i] < 0;
    if (x < 0) return -1;
    if (unknown < 2 && from.rank == to->rank && memcmp(from.size, to->size, (size_t)to->rank * sizeof *to->size) == 0) return x;
    if (unknown > 1) {
        (void)tuff_fail(b->error, TUFF_ERR_UNSUPPORTED, "%s: more than one size of its result is unknown; give the model's input a fixed shape", b->origin);
        return -1;
    }
    const int32_t shape = tuff_build_s32(b, "shape", to->size, to->rank);
    return add_node(b, "RESHAPE", (const int32_t[]){x, shape}, 2, type_of(b, x), to, NULL);
}

int32_t tuff_build_concatenation(tuff_builder *b, const int32_t *xs, int32_t count, int32_t axis) {
    tuff_dims out = tuff_build_dims(b, xs[0]);
    for (int32_t k = 1; k < count; k++) {
        const tuff_dims next = tuff_build_dims(b, xs[k]);
        for (int32_t i = 0; i < out.rank; i++) {
            const bool both = out.size[i] >= 0 && next.size[i] >= 0;
            if (i != axis && both && out.size[i] != next.size[i]) {
                (void)tuff_fail(b->error, TUFF_ERR_MODEL, "%s: inputs of sizes %d and %d along axis %d cannot be joined along axis %d", b->origin,
                                (int)out.size[i], (int)next.size[i], (int)i, (int)axis);
                return -1;
            }
            if (i == axis) out.size[i] = both ? out.size[i] + next.size[i] : -1;
            else if (out.size[i] < 0) out.size[i] = next.size[i];
        }
    }
    return add_node(b, "CONCATENATION", xs, count, type_of(b, xs[0]), &out, (const option[]){{"axis", axis}, {NULL, 0}});
}

int32_t tuff_build_pad(tuff_builder *b, int32_t x, const int32_t *before, const int32_t *after) {
    tuff_dims out = tuff_build_dims(b, x);
    int32_t pads[2 * TUFF_MAX_RANK];
    if (x < 0) return -1;
    for (int32_t i = 0; i < out.rank; i++) {
        pads[2 * i] = before[i], pads[2 * i + 1] = after[i];
        if (out.size[i] >= 0) out.size[i] += before[i] + after[i];
    }
    const char *name = tensor_name(b, "paddings");
    if (!name) return -1;
    const int32_t list = tuff_graph_add_constant(b->graph, b->subgraph, name, TUFF_S32, 2, (const int32_t[]){out.rank, 2}, pads,
                                                 (size_t)out.rank * 2 * sizeof *pads, true, b->error);
    return add_node(b, "PAD", (const int32_t[]){x, list}, 2, type_of(b, x), &out, NULL);
}

int32_t tuff_build_transpose(tuff_builder *b, int32_t x, const int32_t *permutation) {
    const tuff_dims in = tuff_build_dims(b, x);
    tuff_dims out = {.rank = in.rank};
    for (int32_t i = 0; i < in.rank; i++) out.size[i] = in.size[permutation[i]];
    const int32_t list = tuff_build_s32(b, "permutation", permutation, in.rank);
    return add_node(b, "TRANSPOSE", (const int32_t[]){x, list}, 2, type_of(b, x), &out, NULL);
}
