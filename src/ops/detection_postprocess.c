/* TFLite_Detection_PostProcess: the boxes that a detector (SSD) encoded relative to anchors, without those that a better one covers.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A box is decoded from (y, x, h, w) and its anchor (y, x, h, w) in double, rounded to float: center = code / divide * anchor size + anchor center, half
 * a size = exp(code / divide) * anchor size / 2. "Regular" suppresses per class and merges the classes by score; "fast" suppresses once, by each box's
 * best class, and reports several classes per box. Equal scores keep their order. Slots past the last detection are zeros.
 * source: TFLite detection_postprocess.cc
 */
#include "ops/detection_postprocess.h"

#include <math.h>
#include <string.h>

#include "ops/non_max_suppression.h"

typedef struct found {
    int32_t box, class_index;
    float score;
} found;

/* What the steps hand on to each other: places in one piece of scratch. */
typedef struct work {
    const tuff_detection_postprocess_args *p;
    const float *scores;    /* [boxes][score_pitch], the first class */
    float *corners;         /* [boxes][4] */
    float *by_box;          /* [boxes]: the scores of this round */
    int32_t *order, *other; /* [boxes] */
    found *best, *merged;   /* [most + per_class] */
} work;

static float clip_zero(float q, float zero, float scale) { return (q - zero) * scale; }

static bool decode(const work *w, const float *code, const float *anchor, float *corners) {
    const float *divide = w->p->divide;
    const float y = (float)((double)code[0] / (double)divide[0] * (double)anchor[2] + (double)anchor[0]);
    const float x = (float)((double)code[1] / (double)divide[1] * (double)anchor[3] + (double)anchor[1]);
    const float half_h = (float)(0.5 * exp((double)code[2] / (double)divide[2]) * (double)anchor[2]);
    const float half_w = (float)(0.5 * exp((double)code[3] / (double)divide[3]) * (double)anchor[3]);
    corners[0] = y - half_h;
    corners[1] = x - half_w;
    corners[2] = y + half_h;
    corners[3] = x + half_w;
    return !(corners[0] > corners[2] || corners[1] > corners[3]);
}

/* order[0..n) by falling score, equal ones as they are: merges of runs of 1, 2, 4 ... */
static void sort(work *w, int32_t n) {
    for (int32_t run = 1; run<n; run = run> n / 2 ? n : run * 2) {
        for (int32_t begin = 0; begin<n; begin += run> n / 2 ? n : 2 * run) {
            const int32_t middle = n - begin < run ? n : begin + run, end = n - middle < run ? n : middle + run;
            for (int32_t a = begin, b = middle, to = begin; to < end; to++) {
                const bool first = b >= end || (a < middle && !(w->by_box[w->order[b]] > w->by_box[w->order[a]]));
                w->other[to] = w->order[first ? a++ : b++];
            }
        }
        int32_t *swap = w->order;
        w->order = w->other;
        w->other = swap;
    }
}

/* The boxes that stay, by falling score, at the front of w->order; returns how many. */
static int32_t suppress(work *w, int32_t most) {
    int32_t kept = 0, selected = 0;
    for (int32_t k = 0; k < w->p->boxes; k++)
        if (w->by_box[k] >= w->p->least_score) w->order[kept++] = k;
    sort(w, kept);
    for (int32_t k = 0; k < kept && selected < most; k++) {
        const float *box = w->corners + 4 * (int64_t)w->order[k];
        bool covered = false;
        for (int32_t s = 0; s < selected && !covered; s++) covered = tuff_box_overlap(w->corners + 4 * (int64_t)w->order[s], box) > w->p->most_overlap;
        if (!covered) w->order[selected++] = w->order[k];
    }
    return selected;
}

static void put(float *const *out, int64_t slot, const work *w, const found *f) {
    memcpy(out[0] + 4 * slot, w->corners + 4 * (int64_t)f->box, 4 * sizeof(float));
    out[1][slot] = (float)f->class_index;
    out[2][slot] = f->score;
}

static int32_t regular(work *w, float *const *out) {
    const tuff_detection_postprocess_args *p = w->p;
    int32_t count = 0;
    for (int32_t class_index = 0; class_index < p->classes; class_index++) {
        for (int32_t k = 0; k < p->boxes; k++) w->by_box[k] = w->scores[(int64_t)k * p->score_pitch + class_index];
        const int32_t selected = suppress(w, p->per_class);
        int32_t a = 0, b = 0, to = 0;
        for (; to < p->most && (a < count || b < selected); to++) {
            const bool first = b >= selected || (a < count && !(w->by_box[w->order[b]] > w->best[a].score));
            w->merged[to] = first ? w->best[a] : (found){w->order[b], class_index, w->by_box[w->order[b]]};
            if (first) a++;
            else b++;
        }
        found *swap = w->best;
        w->best = w->merged;
        w->merged = swap;
        count = to;
    }
    for (int32_t k = 0; k < count; k++) put(out, k, w, &w->best[k]);
    return count;
}

static int32_t fast(work *w, float *const *out) {
    const tuff_detection_postprocess_args *p = w->p;
    for (int32_t k = 0; k < p->boxes; k++) {
        const float *scores = w->scores + (int64_t)k * p->score_pitch;
        w->by_box[k] = scores[0];
        for (int32_t c = 1; c < p->classes; c++)
            if (scores[c] > w->by_box[k]) w->by_box[k] = scores[c];
    }
    const int32_t selected = suppress(w, p->most), wanted = p->per_box < p->classes ? p->per_box : p->classes;
    for (int32_t k = 0; k < selected; k++) {
        const int32_t box = w->order[k];
        const float *scores = w->scores + (int64_t)box * p->score_pitch;
        found last = {box, -1, INFINITY};
        for (int32_t n = 0; n < wanted; n++) { /* the next lower score, or an equal one further on */
            found next = {box, -1, -INFINITY};
            for (int32_t c = 0; c < p->classes; c++) {
                const bool later = scores[c] < last.score || (scores[c] == last.score && c > last.class_index);
                if (later && (next.class_index < 0 || scores[c] > next.score)) next = (found){box, c, scores[c]};
            }
            if (next.class_index < 0) break; /* NaN */
            put(out, (int64_t)k * p->per_box + n, w, &next);
            last = next;
        }
    }
    return selected;
}

/* Bytes of `count` elements, so that what follows is aligned. */
static size_t room(int64_t count, size_t each) { return ((size_t)count * each + 15) & ~(size_t)15; }

static void *take(char **at, int64_t count, size_t each) {
    void *here = *at;
    *at += room(count, each);
    return here;
}

static work begin(const tuff_detection_postprocess_args *p, char *scratch) {
    work w = {.p = p};
    w.corners = take(&scratch, 4 * (int64_t)p->boxes, sizeof(float));
    w.by_box = take(&scratch, p->boxes, sizeof(float));
    w.order = take(&scratch, p->boxes, sizeof(int32_t));
    w.other = take(&scratch, p->boxes, sizeof(int32_t));
    w.best = take(&scratch, p->most, sizeof(found));
    w.merged = take(&scratch, p->most, sizeof(found));
    return w;
}

static int finish(work *w, void *const *io) {
    const tuff_detection_postprocess_args *p = w->p;
    float *const out[] = {io[3], io[4], io[5]};
    const size_t slots = (size_t)p->most * (size_t)p->per_box;
    memset(out[0], 0, slots * 4 * sizeof(float));
    memset(out[1], 0, slots * sizeof(float));
    memset(out[2], 0, slots * sizeof(float));
    *(float *)io[6] = (float)(p->regular ? regular(w, out) : fast(w, out));
    return 0;
}

/* boxes [boxes][box_length], scores [boxes][score_pitch], anchors [boxes][4], out: corners, classes, scores, count; scratch; tiles: 1;
 * error: a box whose end is before its beginning */
int tuff_detection_postprocess_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_detection_postprocess_args *p = args;
    (void)job, (void)jobs;
    work w = begin(p, io[7]);
    for (int64_t k = 0; k < p->boxes; k++)
        if (!decode(&w, (const float *)io[0] + k * p->box_length, (const float *)io[2] + 4 * k, w.corners + 4 * k)) return 1;
    w.scores = (const float *)io[1] + (p->score_pitch - p->classes);
    return finish(&w, io);
}

/* the same of u8; then io[8]: scores as f32 */
int tuff_detection_postprocess_u8(const void *args, void *const *io, int job, int jobs) {
    const tuff_detection_postprocess_args *p = args;
    (void)job, (void)jobs;
    work w = begin(p, io[7]);
    for (int64_t k = 0; k < p->boxes; k++) {
        float code[4], anchor[4];
        for (int d = 0; d < 4; d++) {
            code[d] = clip_zero((float)((const uint8_t *)io[0])[k * p->box_length + d], p->zero[0], p->scale[0]);
            anchor[d] = clip_zero((float)((const uint8_t *)io[2])[4 * k + d], p->zero[2], p->scale[2]);
        }
        if (!decode(&w, code, anchor, w.corners + 4 * k)) return 1;
    }
    float *scores = io[8];
    for (int64_t k = 0; k < (int64_t)p->boxes * p->score_pitch; k++) scores[k] = clip_zero((float)((const uint8_t *)io[1])[k], p->zero[1], p->scale[1]);
    w.scores = scores + (p->score_pitch - p->classes);
    return finish(&w, io);
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

#define ATTR(member, kind, ...) TUFF_FIELD(tuff_detection_postprocess_attrs, member, kind, -1, __VA_ARGS__)
static const tuff_field attr_fields[] = {
    ATTR(max_detections, S32, .version = 0),
    ATTR(max_classes_per_detection, S32, .version = 0),
    ATTR(detections_per_class, S32, .standard = 100),
    ATTR(num_classes, S32, .version = 0),
    ATTR(nms_score_threshold, F32, .version = 0),
    ATTR(nms_iou_threshold, F32, .version = 0),
    ATTR(y_scale, F32, .version = 0),
    ATTR(x_scale, F32, .version = 0),
    ATTR(h_scale, F32, .version = 0),
    ATTR(w_scale, F32, .version = 0),
    ATTR(use_regular_nms, BOOL, .version = 0),
    TUFF_FIELD_END,
};
#define ARG(member, kind) TUFF_ARG(tuff_detection_postprocess_args, member, kind)
static const tuff_field fields[] = {
    ARG(boxes, S32),
    ARG(box_length, S32),
    ARG(classes, S32),
    ARG(score_pitch, S32),
    ARG(most, S32),
    ARG(per_box, S32),
    ARG(per_class, S32),
    ARG(regular, S32),
    ARG(least_score, F32),
    ARG(most_overlap, F32),
    TUFF_ARGS(tuff_detection_postprocess_args, divide, F32, 4),
    TUFF_ARGS(tuff_detection_postprocess_args, scale, F32, 3),
    TUFF_ARGS(tuff_detection_postprocess_args, zero, F32, 3),
    TUFF_FIELD_END,
};
#define KERNEL(type) TUFF_KERNEL(tuff_detection_postprocess_##type, tuff_detection_postprocess_args, fields)
static const tuff_variant variants[] = {
    {{"f32", "f32", "f32"}, {"f32", "f32", "f32", "f32"}, 1, NULL, KERNEL(f32)},
    {{"u8", "u8", "u8"}, {"f32", "f32", "f32", "f32"}, 1, NULL, KERNEL(u8)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_detection_postprocess_attrs *a = c->attrs;
    const tuff_tensor *boxes = c->inputs[0], *scores = c->inputs[1], *anchors = c->inputs[2];
    TUFF_CHECK(c, boxes->rank == 3 && boxes->shape[0] == 1 && boxes->shape[2] >= 4, "boxes %s; expected [1,count,4 or more]", tuff_shape_text(boxes).text);
    const int32_t count = boxes->shape[1];
    TUFF_CHECK(c, scores->rank == 3 && scores->shape[0] == 1 && scores->shape[1] == count, "scores %s do not fit boxes %s", tuff_shape_text(scores).text,
               tuff_shape_text(boxes).text);
    TUFF_CHECK(c, anchors->rank == 2 && anchors->shape[0] >= count && anchors->shape[1] == 4, "anchors %s do not fit boxes %s", tuff_shape_text(anchors).text,
               tuff_shape_text(boxes).text);
    TUFF_CHECK(c, a->num_classes >= 1 && (scores->shape[2] == a->num_classes || scores->shape[2] - 1 == a->num_classes),
               "num_classes is %d, the scores are of %d classes; expected as many, or one more for the background", (int)a->num_classes, (int)scores->shape[2]);
    TUFF_CHECK(c, a->max_detections >= 0 && a->max_classes_per_detection > 0 && (int64_t)a->max_detections * a->max_classes_per_detection <= INT32_MAX,
               "max_detections is %d, max_classes_per_detection %d", (int)a->max_detections, (int)a->max_classes_per_detection);
    TUFF_CHECK(c, !a->use_regular_nms || (a->max_detections > 0 && a->detections_per_class > 0), "max_detections is %d, detections_per_class %d",
               (int)a->max_detections, (int)a->detections_per_class);
    TUFF_CHECK(c, a->nms_iou_threshold > 0 && a->nms_iou_threshold <= 1, "nms_iou_threshold is %g; expected more than 0 and at most 1",
               (double)a->nms_iou_threshold);
    const int32_t dims[] = {1, a->max_detections * a->max_classes_per_detection, 4};
    TUFF_TRY(tuff_infer_shape(c, 0, 3, dims));
    TUFF_TRY(tuff_infer_shape(c, 1, 2, dims));
    TUFF_TRY(tuff_infer_shape(c, 2, 2, dims));
    return tuff_infer_shape(c, 3, 1, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_detection_postprocess_attrs *a = c->attrs;
    const bool quantized = c->inputs[0]->type == TUFF_U8;
    const int32_t boxes = c->inputs[0]->shape[1], pitch = c->inputs[1]->shape[2];
    tuff_detection_postprocess_args args = {.boxes = boxes,
                                            .box_length = c->inputs[0]->shape[2],
                                            .classes = a->num_classes,
                                            .score_pitch = pitch,
                                            .most = a->max_detections,
                                            .per_box = a->max_classes_per_detection,
                                            .per_class = a->detections_per_class < a->max_detections ? a->detections_per_class : a->max_detections,
                                            .regular = a->use_regular_nms,
                                            .least_score = a->nms_score_threshold,
                                            .most_overlap = a->nms_iou_threshold,
                                            .divide = {a->y_scale, a->x_scale, a->h_scale, a->w_scale}};
    for (int32_t k = 0; quantized && k < 3; k++) {
        TUFF_TRY(tuff_check_quantized(c, c->inputs[k]));
        args.scale[k] = tuff_scale(c->inputs[k]);
        args.zero[k] = (float)tuff_zero_point(c->inputs[k]);
    }
    tuff_detection_postprocess_args *own = tuff_args(c, &c->variant->kernel);
    if (own) *own = args;
    tuff_io io[9];
    for (int32_t k = 0; k < 3; k++) io[k] = tuff_io_input(c, k);
    for (int32_t k = 0; k < 4; k++) io[3 + k] = tuff_io_output(c, k);
    io[7] = tuff_io_temporary(c, room(4 * (int64_t)boxes, sizeof(float)) + 3 * room(boxes, sizeof(float)) + 2 * room(args.most, sizeof(found)));
    if (quantized) io[8] = tuff_io_temporary(c, (size_t)boxes * (size_t)pitch * sizeof(float));
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){1, (int64_t)boxes * (pitch + 32), (int64_t)boxes * 4 * (pitch + 16)}, io, quantized ? 9 : 8);
}

const tuff_op tuff_op_detection_postprocess = {
    .name = "TFLite_Detection_PostProcess",
    .code = 32,
    .options = {NULL, 0, false, sizeof(tuff_detection_postprocess_attrs), attr_fields},
    .inputs = "boxes scores anchors",
    .outputs = "boxes classes scores count",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
};
#endif
