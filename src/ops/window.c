/* A 2-D window that slides over images: its size, its padding, and the taps that lie inside.
 * SPDX-License-Identifier: Apache-2.0
 *
 * With e = (taps - 1) * dilation + 1, the window's extent: SAME gives ceil(in / stride) outputs and pads max(0, (out - 1) * stride + e - in), half of it
 * (rounded down) in front; VALID gives (in - e) / stride + 1 outputs, none where the window is larger than the image, and pads nothing.
 * source: TFLite kernels/padding.h
 */
#include "ops/window.h"

void tuff_window_taps(int32_t origin, int32_t dilation, int32_t taps, int32_t size, int32_t *first, int32_t *end) {
    const int64_t before = -(int64_t)origin, inside = (int64_t)size - origin;
    int64_t f = before > 0 ? before : 0, e = inside > 0 ? inside : 0;
    if (dilation != 1) { /* divisions cost more than the taps of a small window */
        f = (f + dilation - 1) / dilation;
        e = (e + dilation - 1) / dilation;
    }
    *end = e < taps ? (int32_t)e : taps;
    *first = f < *end ? (int32_t)f : *end;
}

tuff_patch tuff_window_patch(const tuff_window *w, int64_t pixel) {
    const int64_t row = pixel / w->out_width;
    tuff_patch p = {.batch = (int32_t)(row / w->out_height),
                    .y = (int32_t)(row % w->out_height) * w->stride_height - w->pad_top,
                    .x = (int32_t)(pixel % w->out_width) * w->stride_width - w->pad_left};
    tuff_window_taps(p.y, w->dilation_height, w->height, w->in_height, &p.y0, &p.y1);
    tuff_window_taps(p.x, w->dilation_width, w->width, w->in_width, &p.x0, &p.x1);
    return p;
}

void tuff_window_right(const tuff_window *w, tuff_patch *p) {
    p->x += w->stride_width;
    tuff_window_taps(p->x, w->dilation_width, w->width, w->in_width, &p->x0, &p->x1);
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"

const char *const tuff_padding_names[] = {"SAME", "VALID", NULL};

/* One axis: outputs and padding in front. */
static tuff_status axis(tuff_context *c, const tuff_tensor *image, const char *name, int8_t padding, int32_t in, int32_t taps, int32_t stride, int32_t dilation,
                        int32_t *out, int32_t *pad) {
    TUFF_CHECK(c, in > 0, "input %s: %s must be at least 1, found %d", image->name, name, in);
    TUFF_CHECK(c, taps > 0, "filter %s must be at least 1, found %d", name, taps);
    TUFF_CHECK(c, stride > 0, "stride along the %s must be at least 1, found %d", name, stride);
    TUFF_CHECK(c, dilation > 0, "dilation along the %s must be at least 1, found %d", name, dilation);
    const int64_t extent = ((int64_t)taps - 1) * dilation + 1;
    int64_t count = padding == TUFF_PADDING_SAME ? ((int64_t)in + stride - 1) / stride : ((int64_t)in - extent + stride) / stride;
    if (count < 0 || (padding == TUFF_PADDING_VALID && extent > in)) count = 0;
    int64_t total = padding == TUFF_PADDING_SAME ? (count - 1) * stride + extent - in : 0;
    if (total < 0) total = 0;
    TUFF_CHECK(c, total / 2 <= INT32_MAX, "filter %s %d with dilation %d needs a padding beyond 2^31", name, taps, dilation);
    *out = (int32_t)count;
    *pad = (int32_t)(total / 2);
    return TUFF_OK;
}

tuff_status tuff_window_make(tuff_context *c, const tuff_tensor *image, const tuff_window_options *o, tuff_window *w) {
    TUFF_CHECK(c, image->rank == 4, "input %s: expected rank 4 [batch, height, width, channels], found rank %d", image->name, image->rank);
    TUFF_CHECK(c, o->padding == TUFF_PADDING_SAME || o->padding == TUFF_PADDING_VALID, "padding must be SAME or VALID, found %d", o->padding);
    *w = (tuff_window){.batches = image->shape[0],
                       .in_height = image->shape[1],
                       .in_width = image->shape[2],
                       .height = o->height,
                       .width = o->width,
                       .stride_height = o->stride_h,
                       .stride_width = o->stride_w,
                       .dilation_height = o->dilation_h,
                       .dilation_width = o->dilation_w};
    TUFF_TRY(axis(c, image, "height", o->padding, w->in_height, w->height, w->stride_height, w->dilation_height, &w->out_height, &w->pad_top));
    return axis(c, image, "width", o->padding, w->in_width, w->width, w->stride_width, w->dilation_width, &w->out_width, &w->pad_left);
}
#endif
