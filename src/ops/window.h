/* A 2-D window that slides over images [batches][height][width][channels]: its size, its padding, and the taps that lie inside.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_OPS_WINDOW_H
#define TUFF_OPS_WINDOW_H

#include "ops/share.h"
#include "tuff/op.h"

typedef struct tuff_window {
    int32_t batches, in_height, in_width, out_height, out_width;
    int32_t height, width; /* in taps */
    int32_t stride_height, stride_width, dilation_height, dilation_width;
    int32_t pad_top, pad_left;
} tuff_window;

/* its rows in the field table of an args struct */
#define TUFF_WINDOW_ARGS(type, m)                                                                                                                           \
    TUFF_ARG(type, m.batches, S32), TUFF_ARG(type, m.in_height, S32), TUFF_ARG(type, m.in_width, S32), TUFF_ARG(type, m.out_height, S32),                   \
        TUFF_ARG(type, m.out_width, S32), TUFF_ARG(type, m.height, S32), TUFF_ARG(type, m.width, S32), TUFF_ARG(type, m.stride_height, S32),                \
        TUFF_ARG(type, m.stride_width, S32), TUFF_ARG(type, m.dilation_height, S32), TUFF_ARG(type, m.dilation_width, S32), TUFF_ARG(type, m.pad_top, S32), \
        TUFF_ARG(type, m.pad_left, S32)

/* Where the window lies for one output pixel: (y, x) of its first tap, and the taps y0..y1-1, x0..x1-1 that lie inside the image. */
typedef struct tuff_patch {
    int32_t batch, y, x, y0, y1, x0, x1;
} tuff_patch;

static inline int64_t tuff_window_pixels(const tuff_window *w) { return (int64_t)w->batches * w->out_height * w->out_width; }

/* pixel: (batch * out_height + out_y) * out_width + out_x */
tuff_patch tuff_window_patch(const tuff_window *w, int64_t pixel);
/* The next patch of the same row of outputs. */
void tuff_window_right(const tuff_window *w, tuff_patch *p);
/* the taps first..end-1 of `taps` with 0 <= origin + tap * dilation < size */
void tuff_window_taps(int32_t origin, int32_t dilation, int32_t taps, int32_t size, int32_t *first, int32_t *end);
/* The input pixel under a tap of the patch. */
static inline int64_t tuff_patch_pixel(const tuff_window *w, const tuff_patch *p, int32_t tap_y, int32_t tap_x) {
    const int64_t y = p->y + (int64_t)tap_y * w->dilation_height, x = p->x + (int64_t)tap_x * w->dilation_width;
    return ((int64_t)p->batch * w->in_height + y) * w->in_width + x;
}

/* ---- infer and prepare ---- */
enum { TUFF_PADDING_SAME, TUFF_PADDING_VALID };
extern const char *const tuff_padding_names[]; /* ends with NULL */

typedef struct tuff_window_options {
    int8_t padding;
    int32_t stride_w, stride_h, dilation_w, dilation_h, width, height;
} tuff_window_options;
/* The window over `image`, or why it is none. */
tuff_status tuff_window_make(tuff_context *c, const tuff_tensor *image, const tuff_window_options *o, tuff_window *w) TUFF_MUST_USE;

#endif
