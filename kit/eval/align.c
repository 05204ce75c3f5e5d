/* The values that two models have in common.
 * SPDX-License-Identifier: Apache-2.0
 *
 * What two points score together: values that go up and down together say most, then the same name (converters keep some), then the same op, activation
 * and place in a chain, which must do where one model has gone so wrong that its values say nothing.
 *
 * Points that are each other's best by far are a pair, in whatever order the models compute them (branches have none). The others are in order of
 * computation, so the best alignment of two sequences is asked for, as for genes: a table of the best scores of all pairs of prefixes, read backwards.
 * source: Needleman and Wunsch, A general method applicable to the search for similarities (1970)
 */
#include "kit/eval/align.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/half.h"
#include "graph/attrs.h"

/* ---- numbers ---- */
bool tuff_is_real(const tuff_tensor *t) {
    if (t->type == TUFF_F32 || t->type == TUFF_F16) return true;
    return (t->type == TUFF_S8 || t->type == TUFF_U8 || t->type == TUFF_S16) && t->quantization.count == 1;
}

float tuff_real_at(const tuff_tensor *t, const void *data, size_t k) {
    float q = 0;
    switch (t->type) {
    case TUFF_F32: return ((const float *)data)[k];
    case TUFF_F16: return tuff_f16_to_f32(((const uint16_t *)data)[k]);
    case TUFF_S8: q = ((const int8_t *)data)[k]; break;
    case TUFF_U8: q = ((const uint8_t *)data)[k]; break;
    default: q = ((const int16_t *)data)[k]; break;
    }
    return t->quantization.scale[0] * (q - (float)t->quantization.zero_point[0]);
}

/* ---- points ---- */
static bool node_is(const tuff_node *n, const char *op) { return strcmp(n->op->name, op) == 0; }

static int32_t activation_of(const tuff_node *n) {
    double code;
    if (node_is(n, "RELU")) return 1;
    if (node_is(n, "RELU_N1_TO_1")) return 2;
    if (node_is(n, "RELU6")) return 3;
    return tuff_node_get(n, "fused_activation_function", &code) ? (int32_t)code : 0;
}

/* The input of a node that only scales, shifts or clamps it, so that converters fuse both: -1 where it does more. */
static int32_t passed_on(const tuff_subgraph *s, const tuff_node *n) {
    if (node_is(n, "RELU") || node_is(n, "RELU6") || node_is(n, "RELU_N1_TO_1") || node_is(n, "QUANTIZE") || node_is(n, "DEQUANTIZE")) return n->inputs[0];
    if ((!node_is(n, "ADD") && !node_is(n, "MUL") && !node_is(n, "SUB")) || n->n_inputs != 2) return -1;
    for (int k = 0; k < 2; k++)
        if (n->inputs[k] >= 0 && s->tensors[n->inputs[k]].data) return n->inputs[1 - k];
    return -1;
}

static const char *chain_op(const tuff_subgraph *s, int32_t node) {
    for (int steps = 0; steps < 8; steps++) {
        const int32_t x = passed_on(s, &s->nodes[node]), producer = x < 0 ? -1 : tuff_graph_producer(s, x);
        if (producer < 0 || tuff_graph_only_reader(s, x) < 0) break;
        node = producer;
    }
    return s->nodes[node].op->name;
}

static tuff_status add_point(tuff_points *p, int32_t tensor, int32_t node, tuff_arena *arena, tuff_error *error) {
    const tuff_subgraph *s = p->subgraph;
    const int32_t reader = tuff_graph_only_reader(s, tensor);
    tuff_point point = {.name = s->tensors[tensor].name, .tensor = tensor, .node = node, .op = node < 0 ? "input" : chain_op(s, node), .end = true};
    const tuff_tensor *info = NULL;
    if (reader >= 0) {
        const tuff_node *n = &s->nodes[reader];
        point.end = passed_on(s, n) != tensor || node_is(n, "QUANTIZE") || node_is(n, "DEQUANTIZE");
        if (s->tensors[tensor].type == TUFF_F32 && node_is(n, "QUANTIZE") && tuff_is_real(&s->tensors[n->outputs[0]])) point.tensor = n->outputs[0];
        if (node_is(n, "DEQUANTIZE")) point.output = tuff_graph_reader_count(s, n->outputs[0]) > 0 && tuff_graph_only_reader(s, n->outputs[0]) < 0;
    } else {
        for (int32_t k = 0; k < s->n_outputs; k++) point.output |= s->outputs[k] == tensor;
    }
    if (node >= 0) point.activation = activation_of(&s->nodes[node]);
    if (!tuff_interpreter_tensor(p->it, point.tensor, &info) || s->tensors[tensor].data || info->data || !tuff_is_real(info)) return TUFF_OK;
    if (tuff_tensor_elements(info, &point.elements) != TUFF_OK || point.elements < 1) return TUFF_OK;
    if (!(point.probe = TUFF_NEW_ARRAY(arena, TUFF_PROBE, float, error))) return TUFF_ERR_MEMORY;
    p->list[p->count++] = point;
    return TUFF_OK;
}

tuff_status tuff_points_list(tuff_points *p, const tuff_interpreter *it, tuff_arena *arena, tuff_error *error) {
    const tuff_subgraph *s = p->subgraph;
    p->it = it;
    p->count = 0;
    if (!(p->list = TUFF_NEW_ARRAY(arena, (size_t)s->n_tensors, tuff_point, error))) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < s->n_inputs; k++) TUFF_TRY(add_point(p, s->inputs[k], -1, arena, error));
    for (int32_t n = 0; n < s->n_nodes; n++)
        for (int32_t k = 0; k < s->nodes[n].n_outputs && !node_is(&s->nodes[n], "QUANTIZE") && !node_is(&s->nodes[n], "DEQUANTIZE"); k++)
            if (s->nodes[n].outputs[k] >= 0) TUFF_TRY(add_point(p, s->nodes[n].outputs[k], n, arena, error));
    return TUFF_OK;
}

void tuff_points_probe(tuff_points *p) {
    enum { PER_SAMPLE = TUFF_PROBE / 4 };
    for (int32_t k = 0; k < p->count; k++) {
        tuff_point *point = &p->list[k];
        const tuff_tensor *info;
        const void *data = tuff_interpreter_tensor(p->it, point->tensor, &info);
        const int64_t step = point->elements > PER_SAMPLE ? point->elements / PER_SAMPLE : 1;
        for (int64_t i = 0; data && i < point->elements && i < PER_SAMPLE * step && point->probed < TUFF_PROBE; i += step)
            point->probe[point->probed++] = tuff_real_at(info, data, (size_t)i);
    }
}

/* ---- aligning ---- */
static double correlation(const tuff_point *a, const tuff_point *b) {
    const int32_t n = a->probed < b->probed ? a->probed : b->probed;
    double sa = 0, sb = 0, saa = 0, sbb = 0, sab = 0;
    for (int32_t i = 0; i < n; i++) {
        const double x = (double)a->probe[i], y = (double)b->probe[i];
        sa += x;
        sb += y;
        saa += x * x;
        sbb += y * y;
        sab += x * y;
    }
    const double va = saa - sa * sa / n, vb = sbb - sb * sb / n, cov = sab - sa * sb / n;
    return va > 0 && vb > 0 ? cov / sqrt(va * vb) : 0;
}

/* Negative: they can't be the same value. */
static float score(const tuff_point *a, const tuff_point *b) {
    if (a->elements != b->elements || (a->node < 0) != (b->node < 0)) return -1;
    const double r = correlation(a, b);
    const bool same_name = a->name[0] && strcmp(a->name, b->name) == 0, same_op = strcmp(a->op, b->op) == 0, outputs = a->output && b->output;
    if (!same_name && !outputs && r < 0.9 && !(same_op && a->end == b->end && a->activation == b->activation)) return -1;
    return (float)((r > 0 ? 3 * r * r : 0) + (same_name ? 2 : 0) + (same_op ? 1 : 0) + (a->activation == b->activation ? 0.5 : 0) +
                   (a->end == b->end ? 0.5 : 0) + (outputs ? 4 : 0));
}

typedef struct table {
    const tuff_points *a, *b;
    float *scores; /* a->count x b->count */
    int32_t *match, *back;
} table;

static float score_at(const table *t, int32_t i, int32_t k) { return t->scores[(size_t)i * (size_t)t->b->count + (size_t)k]; }

/* Each other's best, the first one where several are equal. */
static void pair_the_sure(table *t) {
    static const float SURE = 3.5f; /* the values alone don't reach it, nor do names and ops alone */
    for (int32_t i = 0; i < t->a->count; i++) {
        int32_t best = 0, back = 0;
        for (int32_t k = 1; k < t->b->count; k++)
            if (score_at(t, i, k) > score_at(t, i, best)) best = k;
        for (int32_t k = 1; k < t->a->count; k++)
            if (score_at(t, k, best) > score_at(t, back, best)) back = k;
        if (back != i || score_at(t, i, best) < SURE) continue;
        t->match[i] = best;
        t->back[best] = i;
    }
}

static tuff_status pair_the_rest(table *t, tuff_error *error) {
    enum { PAIR = 1, SKIP_A, SKIP_B };
    const size_t width = (size_t)t->b->count + 1, cells = width * ((size_t)t->a->count + 1);
    float *best = calloc(2 * width, sizeof *best);
    uint8_t *step = calloc(cells, 1);
    for (size_t i = 1; best && step && i <= (size_t)t->a->count; i++) {
        const float *above = best + (i - 1) % 2 * width;
        float *row = best + i % 2 * width;
        row[0] = 0;
        for (size_t k = 1; k < width; k++) {
            const bool taken = t->match[i - 1] >= 0 || t->back[k - 1] >= 0;
            const float pair = taken ? -1 : score_at(t, (int32_t)i - 1, (int32_t)k - 1);
            const bool skip_a = above[k] >= row[k - 1];
            row[k] = skip_a ? above[k] : row[k - 1];
            step[i * width + k] = skip_a ? SKIP_A : SKIP_B;
            if (pair < 0 || above[k - 1] + pair <= row[k]) continue;
            row[k] = above[k - 1] + pair;
            step[i * width + k] = PAIR;
        }
    }
    for (size_t i = (size_t)t->a->count, k = (size_t)t->b->count; best && step && i > 0 && k > 0;) {
        const uint8_t taken = step[i * width + k];
        if (taken == PAIR) t->match[i - 1] = (int32_t)k - 1;
        i -= taken != SKIP_B;
        k -= taken != SKIP_A;
    }
    const tuff_status status = best && step ? TUFF_OK : tuff_fail_memory(error, cells);
    free(best);
    free(step);
    return status;
}

tuff_status tuff_points_align(const tuff_points *a, const tuff_points *b, int32_t *match, tuff_error *error) {
    const size_t cells = (size_t)a->count * (size_t)b->count;
    table t = {a, b, malloc((cells + 1) * sizeof(float)), match, malloc(((size_t)b->count + 1) * sizeof(int32_t))};
    for (int32_t i = 0; i < a->count; i++) match[i] = -1;
    tuff_status status = t.scores && t.back ? TUFF_OK : tuff_fail_memory(error, cells * sizeof(float));
    if (status == TUFF_OK && cells > 0) {
        for (int32_t k = 0; k < b->count; k++) t.back[k] = -1;
        for (int32_t i = 0; i < a->count; i++)
            for (int32_t k = 0; k < b->count; k++) t.scores[(size_t)i * (size_t)b->count + (size_t)k] = score(&a->list[i], &b->list[k]);
        pair_the_sure(&t);
        status = pair_the_rest(&t, error);
    }
    free(t.scores);
    free(t.back);
    return status;
}
