/* RFFT2D: the discrete Fourier transform of real images over their last two axes, of which the first width/2 + 1 columns are kept.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Images are cut, or padded with zeros, to powers of two. Rows are transformed, then columns, by radix-2 steps in double: in bit-reversed order first,
 * then butterflies of 2, 4, 8 ... with e^(-2 pi i k / n) from one table for the longer side. The error is that of rounding once to float.
 *
 * A width of 1 is no transform in the reference, whose row step then takes the missing second column for the first: with m = (x[i] + x[height - i]) / 2,
 * rows 0, i, height / 2 and height - i are x[0] - x[0] j, m - m j, x[height / 2] and m + m j. Its numbers are followed here too.
 * source: TFLite rfft2d.cc; Cooley and Tukey
 */
#include "ops/rfft2d.h"

typedef struct number {
    double re, im;
} number;

/* x [n] every `step`; roots [size / 2]: e^(-2 pi i k / size) for a power of two size >= n */
static void transform(number *x, int64_t step, int32_t n, const number *roots, int32_t size) {
    for (int32_t i = 1, j = 0; i < n; i++) {
        int32_t bit = n >> 1;
        for (; j & bit; bit >>= 1) j ^= bit;
        j ^= bit;
        if (i >= j) continue;
        const number t = x[i * step];
        x[i * step] = x[j * step];
        x[j * step] = t;
    }
    for (int32_t half = 1; half < n; half *= 2)
        for (int32_t first = 0; first < n; first += 2 * half)
            for (int32_t k = 0; k < half; k++) {
                const number w = roots[(int64_t)k * (size / (2 * half))];
                number *a = &x[(first + k) * step], *b = &x[(first + k + half) * step];
                const number t = {b->re * w.re - b->im * w.im, b->re * w.im + b->im * w.re};
                *b = (number){a->re - t.re, a->im - t.im};
                *a = (number){a->re + t.re, a->im + t.im};
            }
}

/* x [height] of width 1; out f32 pairs [height] */
static void single_column(const number *x, float *out, int32_t height) {
    for (int32_t y = 0; y < height; y++) {
        const double mean = y == 0 ? x[0].re : (x[y].re + x[height - y].re) / 2;
        out[2 * y] = (float)mean;
        out[2 * y + 1] = (float)(2 * y == height ? 0 : 2 * y < height ? -mean : mean);
    }
}

/* in f32 [images][in_height][in_width], roots f64 pairs [max(height, width) / 2], scratch f64 pairs [height][width] per job,
 * out f32 pairs [images][height][width / 2 + 1]; tiles: images; errors: none */
int tuff_rfft2d(const void *args, void *const *io, int job, int jobs) {
    const tuff_rfft2d_args *p = args;
    const size_t room = (size_t)p->height * (size_t)p->width * sizeof(number);
    number *x = (number *)(void *)((uint8_t *)io[2] + (size_t)job * tuff_scratch_pitch(room));
    const int32_t size = p->height > p->width ? p->height : p->width, kept = p->width / 2 + 1;
    const int32_t height = p->in_height < p->height ? p->in_height : p->height, width = p->in_width < p->width ? p->in_width : p->width;
    const tuff_span span = tuff_share(p->images, job, jobs);
    for (int64_t i = span.first; i < span.end; i++) {
        const float *in = (const float *)io[0] + i * p->in_height * p->in_width;
        float *out = (float *)io[3] + 2 * i * p->height * kept;
        for (int32_t y = 0; y < p->height; y++) {
            number *row = x + (int64_t)y * p->width;
            for (int32_t k = 0; k < p->width; k++) row[k] = (number){y < height && k < width ? (double)in[(int64_t)y * p->in_width + k] : 0, 0};
            if (y < height) transform(row, 1, p->width, io[1], size);
        }
        if (p->width == 1) single_column(x, out, p->height);
        for (int32_t k = 0; p->width > 1 && k < kept; k++) {
            transform(x + k, p->width, p->height, io[1], size);
            for (int32_t y = 0; y < p->height; y++) {
                out[2 * ((int64_t)y * kept + k)] = (float)x[(int64_t)y * p->width + k].re;
                out[2 * ((int64_t)y * kept + k) + 1] = (float)x[(int64_t)y * p->width + k].im;
            }
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include <math.h>

#include "ops/tensor.h"

static const tuff_field fields[] = {
    TUFF_ARG(tuff_rfft2d_args, images, S64), TUFF_ARG(tuff_rfft2d_args, in_height, S32), TUFF_ARG(tuff_rfft2d_args, in_width, S32),
    TUFF_ARG(tuff_rfft2d_args, height, S32), TUFF_ARG(tuff_rfft2d_args, width, S32),     TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32", "s32"}, {"c64"}, 1, NULL, TUFF_KERNEL(tuff_rfft2d, tuff_rfft2d_args, fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0], *length = c->inputs[1];
    TUFF_CHECK(c, in->rank >= 2, "%s is no image; expected rank 2 or more", tuff_shape_text(in).text);
    TUFF_CHECK(c, length->rank == 1 && length->shape[0] == 2, "fft_length %s has to be two numbers", tuff_shape_text(length).text);
    if (!length->data) return TUFF_LATER;
    int32_t dims[TUFF_MAX_RANK];
    for (int32_t k = 0; k < in->rank; k++) dims[k] = in->shape[k];
    for (int32_t k = 0; k < 2; k++) {
        const int64_t n = tuff_value_at(length, k);
        TUFF_CHECK(c, n > 0 && n <= 1 << 24 && (n & (n - 1)) == 0, "fft_length is %lld; expected a power of two", (long long)n);
        dims[in->rank - 2 + k] = k == 0 ? (int32_t)n : (int32_t)(n / 2 + 1);
    }
    return tuff_infer_shape(c, 0, in->rank, dims);
}

static tuff_status prepare(tuff_context *c) {
    const tuff_tensor *in = c->inputs[0];
    const int32_t height = (int32_t)tuff_value_at(c->inputs[1], 0), width = (int32_t)tuff_value_at(c->inputs[1], 1), size = height > width ? height : width;
    const int64_t images = tuff_dims_product(in->shape, 0, in->rank - 2);
    tuff_rfft2d_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_rfft2d_args){images, in->shape[in->rank - 2], in->shape[in->rank - 1], height, width};
    void *roots;
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, (size_t)(size / 2) * sizeof(number), &roots),
                          tuff_io_scratch(c, (size_t)height * (size_t)width * sizeof(number)), tuff_io_output(c, 0)};
    for (int32_t k = 0; roots && k < size / 2; k++) {
        const double angle = -2 * 3.14159265358979323846 * k / size;
        ((number *)roots)[k] = (number){cos(angle), sin(angle)};
    }
    const int64_t work = images * height * width;
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){images, 40 * work, 16 * work}, io, 4);
}

const tuff_op tuff_op_rfft2d = {
    .name = "RFFT2D",
    .code = 131,
    .options = TUFF_OPTIONS_EMPTY(Rfft2dOptions, 105),
    .inputs = "input fft_length",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
