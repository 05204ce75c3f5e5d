/* TFLite_Detection_PostProcess: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_DETECTION_POSTPROCESS_H
#define TUFF_OPS_DETECTION_POSTPROCESS_H

#include "tuff/op.h"

/* names: the keys of its options */
typedef struct tuff_detection_postprocess_attrs {
    int32_t max_detections, max_classes_per_detection, detections_per_class, num_classes;
    float nms_score_threshold, nms_iou_threshold, y_scale, x_scale, h_scale, w_scale;
    bool use_regular_nms;
} tuff_detection_postprocess_attrs;

typedef struct tuff_detection_postprocess_args {
    int32_t boxes, box_length, classes, score_pitch, most, per_box, per_class, regular;
    float least_score, most_overlap;
    float divide[4];         /* y, x, h, w of an encoded box by these */
    float scale[3], zero[3]; /* u8: of boxes, scores, anchors */
} tuff_detection_postprocess_args;
int tuff_detection_postprocess_f32(const void *args, void *const *io, int job, int jobs);
int tuff_detection_postprocess_u8(const void *args, void *const *io, int job, int jobs);

#endif
