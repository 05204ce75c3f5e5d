/* NON_MAX_SUPPRESSION_V4, V5: the boxes of the highest scores, without those that overlap a better one too much.
 * SPDX-License-Identifier: Apache-2.0
 *
 * V5's sigma, where positive, makes the score of an overlapping box smaller instead: by exp(-overlap^2 / (2 sigma)). Candidates wait in a heap;
 * one whose score went down goes back into it, and so does a selected one (which its overlap with itself then suppresses, unless the threshold is
 * above 1 or the box is empty: then it is selected again). Which of two equal scores comes first is the heap's matter, so its steps are those of
 * the C++ library that the reference uses.
 * source: TFLite reference/non_max_suppression.h
 */
#include "ops/non_max_suppression.h"

#include <math.h>
#include <string.h>

static float smaller(float a, float b) { return b < a ? b : a; }
static float larger(float a, float b) { return a < b ? b : a; }

float tuff_box_overlap(const float *a, const float *b) {
    const float a_top = smaller(a[0], a[2]), a_bottom = larger(a[0], a[2]), a_left = smaller(a[1], a[3]), a_right = larger(a[1], a[3]);
    const float b_top = smaller(b[0], b[2]), b_bottom = larger(b[0], b[2]), b_left = smaller(b[1], b[3]), b_right = larger(b[1], b[3]);
    const float area_a = (a_bottom - a_top) * (a_right - a_left), area_b = (b_bottom - b_top) * (b_right - b_left);
    if (area_a <= 0 || area_b <= 0) return 0;
    const float height = larger(smaller(a_bottom, b_bottom) - larger(a_top, b_top), 0), width = larger(smaller(a_right, b_right) - larger(a_left, b_left), 0);
    const float both = height * width;
    return both / (area_a + area_b - both);
}

/* ---- the heap: the largest score first ---- */
static void sift_up(tuff_suppression_candidate *heap, int32_t hole, int32_t top, tuff_suppression_candidate value) {
    while (hole > top && heap[(hole - 1) / 2].score < value.score) {
        heap[hole] = heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    heap[hole] = value;
}

static tuff_suppression_candidate take_first(tuff_suppression_candidate *heap, int32_t *count) {
    const tuff_suppression_candidate first = heap[0];
    const int32_t n = --*count;
    if (n == 0) return first;
    const tuff_suppression_candidate last = heap[n];
    int32_t hole = 0, child = 0;
    while (child < (n - 1) / 2) { /* to the bottom along the larger children */
        child = 2 * (child + 1);
        if (heap[child].score < heap[child - 1].score) child--;
        heap[hole] = heap[child];
        hole = child;
    }
    if (n % 2 == 0 && child == (n - 2) / 2) {
        child = 2 * child + 1;
        heap[hole] = heap[child];
        hole = child;
    }
    sift_up(heap, hole, 0, last);
    return first;
}

/* boxes [n][4], scores [n], most [1], overlap threshold [1], score threshold [1], sigma [1] or NULL, out: indices [most], scores [most] or NULL,
 * count [1]; heap [n]; tiles: 1; error: a negative sigma */
int tuff_non_max_suppression(const void *args, void *const *io, int job, int jobs) {
    const tuff_non_max_suppression_args *p = args;
    (void)job, (void)jobs;
    const float *boxes = io[0], *scores = io[1], most_overlap = *(const float *)io[3], least_score = *(const float *)io[4];
    const float sigma = p->soft ? *(const float *)io[5] : 0;
    if (sigma < 0) return 6;
    int32_t *selected = io[6], count = 0, waiting = 0;
    float *selected_scores = io[7];
    tuff_suppression_candidate *heap = io[9];
    for (int32_t k = 0; k < p->boxes; k++)
        if (scores[k] > least_score) {
            sift_up(heap, waiting, 0, (tuff_suppression_candidate){k, scores[k], 0});
            waiting++;
        }
    const int32_t wanted = waiting < p->most ? waiting : p->most;
    const float scale = sigma > 0 ? (float)(-0.5 / (double)sigma) : 0;
    while (count < wanted && waiting > 0) {
        tuff_suppression_candidate next = take_first(heap, &waiting);
        const float before = next.score;
        bool suppressed = false;
        for (int32_t k = count - 1; k >= next.compared; k--) {
            const float overlap = tuff_box_overlap(boxes + 4 * (int64_t)next.index, boxes + 4 * (int64_t)selected[k]);
            suppressed = overlap >= most_overlap;
            if (suppressed) break;
            if (sigma > 0) next.score *= expf(scale * overlap * overlap);
            if (next.score <= least_score) break;
        }
        if (suppressed) continue;
        next.compared = count;
        if (next.score == before) {
            selected[count] = next.index;
            if (selected_scores) selected_scores[count] = next.score;
            count++;
        }
        if (next.score > least_score) {
            sift_up(heap, waiting, 0, next);
            waiting++;
        }
    }
    *(int32_t *)io[8] = count;
    for (; count < p->most; count++) {
        selected[count] = 0;
        if (selected_scores) selected_scores[count] = 0;
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_non_max_suppression_args, boxes, S32),
    TUFF_ARG(tuff_non_max_suppression_args, most, S32),
    TUFF_ARG(tuff_non_max_suppression_args, soft, S32),
    TUFF_FIELD_END,
};
#define KERNEL TUFF_KERNEL(tuff_non_max_suppression, tuff_non_max_suppression_args, fields)
static const tuff_variant v4_variants[] = {{{"f32", "f32", "s32", "f32", "f32"}, {"s32", "s32"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant v5_variants[] = {{{"f32", "f32", "s32", "f32", "f32", "f32"}, {"s32", "f32", "s32"}, 1, NULL, KERNEL}, {.version = 0}};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *boxes = c->inputs[0], *scores = c->inputs[1], *most = c->inputs[2];
    TUFF_CHECK(c, boxes->rank == 2 && boxes->shape[1] == 4, "boxes %s; expected [count,4]", tuff_shape_text(boxes).text);
    TUFF_CHECK(c, scores->rank == 1 && scores->shape[0] == boxes->shape[0], "scores %s do not fit boxes %s", tuff_shape_text(scores).text,
               tuff_shape_text(boxes).text);
    for (int32_t k = 2; k < c->n_inputs; k++) TUFF_CHECK(c, c->inputs[k]->rank == 0, "%s has to be a scalar", tuff_shape_text(c->inputs[k]).text);
    const tuff_tensor *sigma = tuff_input(c, 5);
    TUFF_CHECK(c, !sigma || !sigma->data || *(const float *)sigma->data >= 0, "soft_nms_sigma is %g; expected 0 or more", (double)*(const float *)sigma->data);
    if (!most->data) return TUFF_LATER;
    const int64_t count = tuff_value_at(most, 0);
    TUFF_CHECK(c, count >= 0, "max_output_size is %lld", (long long)count);
    const int32_t dims[] = {(int32_t)count};
    TUFF_TRY(tuff_infer_shape(c, 0, 1, dims));
    if (sigma) TUFF_TRY(tuff_infer_shape(c, 1, 1, dims));
    return tuff_infer_shape(c, sigma ? 2 : 1, 0, NULL);
}

static tuff_status prepare(tuff_context *c) {
    const bool soft = tuff_input(c, 5) != NULL;
    const int32_t boxes = c->inputs[0]->shape[0];
    tuff_non_max_suppression_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_non_max_suppression_args){boxes, c->outputs[0]->shape[0], soft};
    tuff_io io[10];
    for (int32_t k = 0; k < 6; k++) io[k] = tuff_io_input(c, k);
    io[6] = tuff_io_output(c, 0);
    io[7] = soft ? tuff_io_output(c, 1) : TUFF_IO_NONE;
    io[8] = tuff_io_output(c, soft ? 2 : 1);
    io[9] = tuff_io_temporary(c, (size_t)boxes * sizeof(tuff_suppression_candidate));
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 16 * (int64_t)boxes, 20 * (int64_t)boxes}, io, 10);
}

const tuff_op tuff_op_non_max_suppression_v4 = {
    .name = "NON_MAX_SUPPRESSION_V4",
    .code = 120,
    .options = TUFF_OPTIONS_EMPTY(NonMaxSuppressionV4Options, 95),
    .inputs = "boxes scores max_output_size iou_threshold score_threshold",
    .outputs = "indices num_selected",
    .variants = v4_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
const tuff_op tuff_op_non_max_suppression_v5 = {
    .name = "NON_MAX_SUPPRESSION_V5",
    .code = 121,
    .options = TUFF_OPTIONS_EMPTY(NonMaxSuppressionV5Options, 96),
    .inputs = "boxes scores max_output_size iou_threshold score_threshold soft_nms_sigma",
    .outputs = "indices scores num_selected",
    .variants = v5_variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
