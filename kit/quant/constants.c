/* Constants as integers: weights per slice, biases, and constants that play the part of activations.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Weights are symmetric in -127..127 (no -128: some kernels negate), scale = max|w| / 127 of their slice. A bias is s32 with the scale of the
 * accumulator, data scale x weight scale, so that it is added without rounding again. Where a slice's weights are so small that its bias would leave
 * half of the s32 range, the weights' scale is raised until it fits (`floors`): the weights lose precision that such a bias drowns anyway.
 */
#include <math.h>

#include "base/fixed_point.h"
#include "kit/quant/quant.h"

static const char *name_of(const tuff_tensor *t) { return t->name ? t->name : ""; }

tuff_status tuff_constant_range(const tuff_tensor *t, tuff_range *range, tuff_error *error) {
    const float *values = t->data;
    const size_t count = t->bytes / sizeof(float);
    *range = TUFF_RANGE_EMPTY;
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(values[k])) return tuff_fail(error, TUFF_ERR_MODEL, "constant '%s' holds %g at element %zu", name_of(t), (double)values[k], k);
        *range = tuff_range_join(*range, (tuff_range){values[k], values[k]});
    }
    return TUFF_OK;
}

/* A tensor seen as [outer][slices][inner] around an axis. */
typedef struct slicing {
    size_t outer, slices, inner;
} slicing;

static slicing slice(const tuff_tensor *t, int32_t axis) {
    slicing v = {1, (size_t)t->shape[axis], 1};
    for (int32_t k = 0; k < axis; k++) v.outer *= (size_t)t->shape[k];
    for (int32_t k = axis + 1; k < t->rank; k++) v.inner *= (size_t)t->shape[k];
    return v;
}

static double largest_in_slice(const float *w, slicing v, size_t c) {
    double most = 0.0;
    for (size_t o = 0; o < v.outer; o++)
        for (size_t i = 0; i < v.inner; i++) most = fmax(most, fabs((double)w[(o * v.slices + c) * v.inner + i]));
    return most;
}

static void quantize_slice(const float *w, slicing v, size_t c, float scale, int8_t *q) {
    for (size_t o = 0; o < v.outer; o++)
        for (size_t i = 0; i < v.inner; i++) {
            const size_t k = (o * v.slices + c) * v.inner + i;
            q[k] = (int8_t)tuff_clamp(tuff_round_s32((double)w[k] / scale), -127, 127);
        }
}

/* A new s8 or s32 constant shaped like `like`, with one scale per slice. */
static tuff_status add_constant(tuff_graph *g, tuff_subgraph *s, const tuff_tensor *like, tuff_type type, const void *data, size_t bytes, int32_t count,
                                const float *scales, int32_t axis, int32_t *made, tuff_error *error) {
    *made = tuff_graph_add_constant(g, s, name_of(like), type, like->rank, like->shape, data, bytes, false, error);
    if (*made < 0) return TUFF_ERR_MEMORY;
    return tuff_graph_set_quantization(g, &s->tensors[*made], count, scales, NULL, axis, error);
}

tuff_status tuff_weights_begin(tuff_weights *w, tuff_graph *g, const tuff_subgraph *s, tuff_error *error) {
    *w = (tuff_weights){0};
    for (int32_t n = 0; n < s->n_nodes; n++) w->room += s->nodes[n].n_inputs;
    w->list = TUFF_NEW_ARRAY(g->arena, (size_t)w->room, struct tuff_weight, error);
    return w->list ? TUFF_OK : TUFF_ERR_MEMORY;
}

static bool above(const tuff_quantization *q, const double *floors) {
    for (int32_t c = 0; floors && c < q->count; c++)
        if (q->scale[c] < (float)floors[c]) return false;
    return true;
}

static tuff_status new_weight(tuff_graph *g, tuff_subgraph *s, const tuff_tensor *t, int32_t axis, const double *floors, int32_t *made, tuff_error *error) {
    const slicing v = slice(t, axis);
    tuff_range range;
    TUFF_TRY(tuff_constant_range(t, &range, error));
    int8_t *q = TUFF_NEW_ARRAY(g->arena, t->bytes / sizeof(float), int8_t, error);
    float *scales = TUFF_NEW_ARRAY(g->arena, v.slices, float, error);
    if (!q || !scales) return TUFF_ERR_MEMORY;
    for (size_t c = 0; c < v.slices; c++) {
        double scale = largest_in_slice(t->data, v, c) / 127.0;
        if (floors && scale < floors[c]) scale = floors[c];
        scales[c] = (float)scale > 0.0f ? (float)scale : 1.0f;
        quantize_slice(t->data, v, c, scales[c], q);
    }
    return add_constant(g, s, t, TUFF_S8, q, t->bytes / sizeof(float), (int32_t)v.slices, scales, axis, made, error);
}

tuff_status tuff_constant_weight(tuff_graph *g, tuff_subgraph *s, tuff_weights *w, int32_t tensor, int32_t axis, const double *floors, int32_t *made,
                                 tuff_error *error) {
    const tuff_tensor t = s->tensors[tensor];
    for (int32_t k = 0; k < w->count; k++)
        if (w->list[k].from == tensor && w->list[k].axis == axis && above(&s->tensors[w->list[k].to].quantization, floors)) {
            *made = w->list[k].to;
            return TUFF_OK;
        }
    TUFF_TRY(new_weight(g, s, &t, axis, floors, made, error));
    w->list[w->count++] = (struct tuff_weight){tensor, axis, *made};
    return TUFF_OK;
}

tuff_status tuff_constant_bias(tuff_graph *g, tuff_subgraph *s, int32_t tensor, float data_scale, int32_t weight, int32_t *made, tuff_error *error) {
    const tuff_tensor w = s->tensors[weight];
    const int32_t count = w.quantization.count;
    const tuff_tensor t = tensor >= 0 ? s->tensors[tensor] : (tuff_tensor){.name = "bias", .rank = 1, .shape = &count};
    const float *values = t.data;
    tuff_range range;
    TUFF_TRY(tuff_constant_range(&t, &range, error));
    if (values && t.bytes != (size_t)count * sizeof(float))
        return tuff_fail(error, TUFF_ERR_MODEL, "bias '%s' has %zu elements, expected %d, one per slice of '%s'", name_of(&t), t.bytes / sizeof(float),
                         (int)count, name_of(&w));
    int32_t *q = TUFF_NEW_ARRAY(g->arena, (size_t)count, int32_t, error);
    float *scales = TUFF_NEW_ARRAY(g->arena, (size_t)count, float, error);
    if (!q || !scales) return TUFF_ERR_MEMORY;
    for (int32_t c = 0; c < count; c++) {
        scales[c] = data_scale * w.quantization.scale[c];
        q[c] = values && scales[c] > 0.0f ? tuff_round_s32((double)values[c] / scales[c]) : 0;
    }
    return add_constant(g, s, &t, TUFF_S32, q, (size_t)count * sizeof(int32_t), count, scales, 0, made, error);
}

tuff_status tuff_constant_activation(tuff_graph *g, tuff_tensor *t, tuff_affine a, tuff_error *error) {
    const float *values = t->data;
    const size_t count = t->bytes / sizeof(float);
    const int64_t zero = a.zero;
    int8_t *q = TUFF_NEW_ARRAY(g->arena, count, int8_t, error);
    if (!q) return TUFF_ERR_MEMORY;
    for (size_t k = 0; k < count; k++) q[k] = (int8_t)tuff_clamp(tuff_round_s32((double)values[k] / a.scale + a.zero), INT8_MIN, INT8_MAX);
    t->type = TUFF_S8;
    t->data = q;
    t->bytes = count;
    return tuff_graph_set_quantization(g, t, 1, &a.scale, &zero, 0, error);
}
