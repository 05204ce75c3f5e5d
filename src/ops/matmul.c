/* Matrix products on prims, for CONV_2D and FULLY_CONNECTED: rows are output pixels or batch rows, columns are output channels.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A convolution is a product of the matrix whose row p holds the input under the window at output pixel p with the weights [channels][taps * depth].
 * That matrix never exists as a whole: tile_rows of it are gathered into scratch (padding filled with the zero point, so it adds nothing), multiplied
 * with the packed panels, and the next rows take their place. Where the window is a single tap at stride 1 a row is an input pixel and is read in place.
 * Groups are products of their own, side by side: group g takes its slice of the input channels and writes its slice of the output channels.
 *
 * Work is shared out in tiles: panel of columns within tile of rows within group, flattened in this order. A job takes a run of them, so it gathers
 * each tile of rows at most once.
 *
 * Integer form. With x the activations and w the weights, both flipped to s8 (u8 ^ 0x80), the prim gives b + sum(x w) where the packed b is
 * bias - zero_in * sum(w); weights with a zero point need - zero_weights * (sum(x) - depth * zero_in) besides, from the sum of each row.
 */
#include "ops/matmul.h"

#include <string.h>

#include "ops/output.h"

static int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

/* A job's way through its tiles. */
typedef struct cursor {
    const tuff_matmul *m;
    const uint8_t *in;
    uint8_t *scratch;      /* [tile_rows][depth] elements of this job */
    const int32_t *zeros;  /* per image: what padding is filled with; NULL: `zero` */
    int32_t zero, element; /* element: bytes */
    int32_t panels, panel_columns;
    int64_t next, end, rows_all;
    /* the tiles at hand, side by side: rows row..row+rows-1, from panel `panel` of `group` on; channel, columns: what they write */
    int64_t row;
    int32_t rows, group, panel, channel, columns;
    const uint8_t *a;
    int64_t pitch; /* elements */
} cursor;

static cursor begin(const tuff_matmul *m, int32_t element, int32_t panel_columns, const void *in, void *scratch, int job, int jobs) {
    const int64_t rows = tuff_window_pixels(&m->window);
    cursor t = {.m = m, .in = in, .element = element, .panels = (int32_t)ceil_div(m->columns, panel_columns), .panel_columns = panel_columns, .rows_all = rows};
    const tuff_span span = tuff_share(ceil_div(rows, m->tile_rows) * t.panels * m->groups, job, jobs);
    t.next = span.first;
    t.end = span.end;
    const size_t bytes = (size_t)m->tile_rows * (size_t)m->depth * (size_t)element;
    if (scratch) t.scratch = (uint8_t *)scratch + (size_t)job * tuff_scratch_pitch(bytes);
    return t;
}

/* The taps of images with few channels are a few bytes side by side, less than a call of memcpy is worth. */
static inline void copy(uint8_t *to, const uint8_t *from, size_t bytes) {
    if (bytes > 48) {
        memcpy(to, from, bytes);
        return;
    }
    for (; bytes >= 8; bytes -= 8, to += 8, from += 8) memcpy(to, from, 8);
    for (; bytes > 0; bytes--) *to++ = *from++;
}

/* One row: the input under the window at patch `p`, channels of the group. */
static void gather(const cursor *t, uint8_t *out, tuff_patch p) {
    const tuff_window *w = &t->m->window;
    const int fill = t->zeros ? t->zeros[p.batch] : t->zero;
    const size_t pixel_bytes = (size_t)t->m->in_channels * (size_t)t->element, bytes = pixel_bytes / (size_t)t->m->groups;
    const size_t step = pixel_bytes * (size_t)w->dilation_width, left = (size_t)p.x0 * bytes, taps = (size_t)(p.x1 - p.x0);
    for (int32_t y = 0; y < w->height; y++, out += (size_t)w->width * bytes) {
        if (y < p.y0 || y >= p.y1 || taps == 0) {
            memset(out, fill, (size_t)w->width * bytes);
            continue;
        }
        if (left) memset(out, fill, left);
        const uint8_t *in = t->in + (size_t)tuff_patch_pixel(w, &p, y, p.x0) * pixel_bytes + (size_t)t->group * bytes;
        if (step == bytes) copy(out + left, in, taps * bytes);
        else
            for (size_t x = 0; x < taps; x++) copy(out + left + x * bytes, in + x * step, bytes);
        if (p.x1 < w->width) memset(out + left + taps * bytes, fill, (size_t)(w->width - p.x1) * bytes);
    }
}

static void gather_rows(const cursor *t) {
    const tuff_window *w = &t->m->window;
    const size_t bytes = (size_t)t->m->depth * (size_t)t->element;
    tuff_patch p = tuff_window_patch(w, t->row);
    int32_t x = (int32_t)(t->row % w->out_width);
    for (int32_t r = 0; r < t->rows; r++) {
        gather(t, t->scratch + (size_t)r * bytes, p);
        if (++x < w->out_width) {
            tuff_window_right(w, &p);
        } else if (r + 1 < t->rows) {
            p = tuff_window_patch(w, t->row + r + 1);
            x = 0;
        }
    }
}

static bool next(cursor *t) {
    if (t->next >= t->end) return false;
    const tuff_matmul *m = t->m;
    const int64_t row_tiles = ceil_div(t->rows_all, m->tile_rows), tile = t->next / t->panels;
    t->panel = (int32_t)(t->next % t->panels);
    const int64_t end_panel = t->end - t->next < t->panels - t->panel ? t->panel + (t->end - t->next) : t->panels;
    t->next += end_panel - t->panel;
    t->group = (int32_t)(tile / row_tiles);
    const int64_t column = (int64_t)t->panel * t->panel_columns, end_column = end_panel * t->panel_columns;
    t->channel = (int32_t)(t->group * (int64_t)m->columns + column);
    t->columns = (int32_t)((end_column < m->columns ? end_column : m->columns) - column);
    t->row = tile % row_tiles * m->tile_rows;
    t->rows = t->rows_all - t->row < m->tile_rows ? (int32_t)(t->rows_all - t->row) : m->tile_rows;
    t->pitch = m->gather ? m->depth : m->in_channels;
    t->a = t->scratch;
    if (!m->gather) t->a = t->in + ((size_t)t->row * (size_t)m->in_channels + (size_t)t->group * (size_t)m->depth) * (size_t)t->element;
    if (m->gather) gather_rows(t);
    return true;
}

static const void *panels_at(const cursor *t, const void *packed) {
    return (const uint8_t *)packed + ((size_t)t->group * (size_t)t->panels + (size_t)t->panel) * (size_t)t->m->panel;
}

/* in f32 images; packed panels per group; out [rows][groups * columns] f32; scratch: tile_rows * depth floats where gathered; errors: none */
int tuff_matmul_f32(const void *args, void *const *io, int job, int jobs) {
    const tuff_matmul_f32_args *a = args;
    const tuff_matmul *m = &a->shape;
    const tuff_gemm_f32 *gemm = a->gemm;
    float *out = io[2];
    const int64_t channels = (int64_t)m->groups * m->columns;
    cursor t = begin(m, 4, gemm->columns, io[0], io[3], job, jobs);
    while (next(&t))
        gemm->run(out + t.row * channels + t.channel, channels, (const float *)(const void *)t.a, t.pitch, panels_at(&t, io[1]), t.rows, t.columns, m->depth,
                  a->lo, a->hi);
    return 0;
}

/* ---- s8: what becomes of the accumulators [rows][pitch] of a cursor's tiles ---- */
typedef void finish_fn(const void *args, void *const *io, const cursor *t, const int32_t *acc, int64_t pitch);

typedef struct product {
    const tuff_matmul *m;
    const tuff_gemm_s8 *gemm;
    int32_t flip, zero_in, zero_weights;
    void *acc, *sums; /* scratch of all jobs */
} product;

/* The sum of n bytes, each ^ flip and taken as unsigned: eight at a time in four lanes of 16 bits, which hold 32 such steps, and so does their sum. */
static uint32_t sum_bytes(const uint8_t *x, int32_t n, uint8_t flip) {
    const uint64_t every = 0x0101010101010101, low = 0x00ff00ff00ff00ff;
    uint32_t sum = 0;
    while (n >= 8) {
        uint64_t lanes = 0;
        for (int step = 0; step < 32 && n >= 8; step++, n -= 8, x += 8) {
            uint64_t v;
            memcpy(&v, x, sizeof v);
            v ^= every * flip;
            lanes += (v & low) + (v >> 8 & low);
        }
        sum += (uint32_t)(lanes * 0x0001000100010001 >> 48);
    }
    for (int32_t k = 0; k < n; k++) sum += (uint8_t)(x[k] ^ flip);
    return sum;
}

/* zero_weights * (sum(x) - depth * zero_in) of each row of the tile; x = byte ^ flip as s8 = (byte ^ flip ^ 0x80) - 128 */
static void row_sums(const product *p, const cursor *t, int32_t *sums) {
    const uint32_t depth = (uint32_t)p->m->depth;
    for (int32_t r = 0; r < t->rows; r++) {
        const uint32_t sum = sum_bytes(t->a + r * t->pitch, p->m->depth, (uint8_t)(p->flip ^ 0x80)) - 128 * depth;
        sums[r] = (int32_t)((uint32_t)p->zero_weights * (sum - depth * (uint32_t)p->zero_in));
    }
}

/* acc is written in whole panels, and panels are multiples of 8 columns: loops of 8 are what compilers make vectors of */
static void subtract(int32_t *acc, int32_t columns, int32_t sum) {
    for (int32_t k = 0; k < columns; k += 8, acc += 8)
        for (int32_t j = 0; j < 8; j++) acc[j] = (int32_t)((uint32_t)acc[j] - (uint32_t)sum);
}

static int64_t acc_pitch(const tuff_matmul *m, const tuff_gemm_s8 *gemm) { return ceil_div(m->columns, gemm->columns) * gemm->columns; }
static size_t acc_bytes(const tuff_matmul *m, const tuff_gemm_s8 *gemm) { return (size_t)m->tile_rows * (size_t)acc_pitch(m, gemm) * sizeof(int32_t); }

static void multiply(const product *p, cursor *t, int job, const void *args, void *const *io, finish_fn *finish) {
    const int64_t pitch = acc_pitch(p->m, p->gemm);
    int32_t *acc = (int32_t *)(void *)((uint8_t *)p->acc + (size_t)job * tuff_scratch_pitch(acc_bytes(p->m, p->gemm)));
    int32_t *sums = p->sums ? (int32_t *)(void *)((uint8_t *)p->sums + (size_t)job * tuff_scratch_pitch((size_t)p->m->tile_rows * sizeof(int32_t))) : NULL;
    while (next(t)) {
        p->gemm->run(acc, pitch, t->a, t->pitch, (uint8_t)p->flip, panels_at(t, io[1]), t->rows, t->columns, p->m->depth);
        if (sums) {
            row_sums(p, t, sums);
            for (int32_t r = 0; r < t->rows; r++) subtract(acc + r * pitch, t->columns, sums[r]);
        }
        finish(args, io, t, acc, pitch);
    }
}

static int run_s8(const void *args, void *const *io, int job, int jobs, finish_fn *finish) {
    const tuff_matmul_s8_args *a = args;
    cursor t = begin(&a->shape, 1, a->gemm->columns, io[0], io[4], job, jobs);
    t.zero = (uint8_t)a->zero_in ^ a->flip;
    const product p = {&a->shape, a->gemm, a->flip, a->zero_in, a->zero_weights, io[5], io[6]};
    multiply(&p, &t, job, args, io, finish);
    return 0;
}

static void finish_fixed(const void *args, void *const *io, const cursor *t, const int32_t *acc, int64_t pitch) {
    const tuff_matmul_s8_args *a = args;
    const int32_t channels = a->shape.groups * a->shape.columns, *factors = (const int32_t *)io[2] + t->channel;
    uint8_t *out = (uint8_t *)io[3] + t->row * channels + t->channel;
    a->requantize->run(out, channels, acc, pitch, t->rows, t->columns, factors, factors + channels, a->zero_out, a->lo, a->hi);
}

/* in s8 or u8 images; packed panels per group; factors s32 [2][channels]; out [rows][channels] of the same type
 * scratch: tile_rows * depth where gathered; accumulators of tile_rows s32; tile_rows s32 where zero_weights; errors: none */
int tuff_matmul_s8(const void *args, void *const *io, int job, int jobs) { return run_s8(args, io, job, jobs, finish_fixed); }

static void finish_exact(const void *args, void *const *io, const cursor *t, const int32_t *acc, int64_t pitch) {
    const tuff_matmul_s8_args *a = args;
    const int64_t channels = (int64_t)a->shape.groups * a->shape.columns, at = t->row * channels + t->channel;
    const double *scales = (const double *)io[2] + t->channel;
    if (!a->wide) {
        a->exact->run((uint8_t *)io[3] + at, channels, acc, pitch, t->rows, t->columns, scales, a->zero_out, a->lo, a->hi);
        return;
    }
    int16_t *out = (int16_t *)io[3] + at;
    for (int32_t r = 0; r < t->rows; r++)
        for (int32_t k = 0; k < t->columns; k++)
            out[r * channels + k] = (int16_t)tuff_output_exact((double)acc[r * pitch + k], scales[k], a->zero_out, a->lo, a->hi);
}

/* as tuff_matmul_s8, but factors f64 [channels]; out is s16 where `wide` */
int tuff_matmul_s8_exact(const void *args, void *const *io, int job, int jobs) { return run_s8(args, io, job, jobs, finish_exact); }

/* Up to 8 outputs. What is read and written is copied, so that compilers see whole loops of 8 without aliases, and make vectors of them. */
enum { BATCH = 8 };
static void dequantize(float *out, int32_t n, const int32_t *acc, uint32_t zero, const int32_t *sums, float row_scale, const float *scales, const float *bias,
                       float lo, float hi) {
    float y[BATCH], s[BATCH] = {0}, b[BATCH] = {0};
    uint32_t x[BATCH] = {0}, w[BATCH] = {0};
    const size_t bytes = (size_t)n * 4;
    if (n == BATCH) {
        memcpy(x, acc, sizeof x), memcpy(w, sums, sizeof w), memcpy(s, scales, sizeof s);
        if (bias) memcpy(b, bias, sizeof b);
    } else {
        memcpy(x, acc, bytes), memcpy(w, sums, bytes), memcpy(s, scales, bytes);
        if (bias) memcpy(b, bias, bytes);
    }
    for (int k = 0; k < BATCH; k++) y[k] = (float)(int32_t)(x[k] - zero * w[k]) * (row_scale * s[k]) + b[k];
    for (int k = 0; k < BATCH; k++) y[k] = y[k] < lo ? lo : y[k];
    for (int k = 0; k < BATCH; k++) y[k] = y[k] > hi ? hi : y[k];
    if (n == BATCH) memcpy(out, y, sizeof y);
    else memcpy(out, y, bytes);
}

static void finish_hybrid(const void *args, void *const *io, const cursor *t, const int32_t *acc, int64_t pitch) {
    const tuff_matmul_hybrid_args *a = args;
    const int64_t channels = (int64_t)a->shape.groups * a->shape.columns, image = (int64_t)a->shape.window.out_height * a->shape.window.out_width;
    const float *scales = (const float *)io[2] + t->channel, *bias = io[5];
    const int32_t *sums = (const int32_t *)io[4] + t->channel;
    for (int32_t r = 0; r < t->rows; r++, acc += pitch) {
        const int64_t row = t->row + r, batch = t->m->window.batches > 1 ? row / image : 0;
        const float row_scale = ((const float *)io[7])[batch];
        const uint32_t zero = (uint32_t)((const int32_t *)io[8])[batch];
        float *out = (float *)io[3] + row * channels + t->channel;
        for (int32_t k = 0; k < t->columns; k += BATCH)
            dequantize(out + k, t->columns - k < BATCH ? t->columns - k : BATCH, acc + k, zero, sums + k, row_scale, scales + k,
                       bias ? bias + t->channel + k : NULL, a->lo, a->hi);
    }
}

/* in s8 images; packed panels per group, without bias; weights' scales f32 [channels]; out [rows][channels] f32; sums of the weights s32 [channels];
 * bias f32 [channels] or NULL; scratch: accumulators of tile_rows s32; row scales f32 [images], row zero points s32 [images];
 * scratch: tile_rows * depth where gathered; errors: none */
int tuff_matmul_hybrid(const void *args, void *const *io, int job, int jobs) {
    const tuff_matmul_hybrid_args *a = args;
    cursor t = begin(&a->shape, 1, a->gemm->columns, io[0], io[9], job, jobs);
    t.zeros = io[8];
    const product p = {.m = &a->shape, .gemm = a->gemm, .acc = io[6]};
    multiply(&p, &t, job, args, io, finish_hybrid);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"
#include "ops/widen.h"

#define SHAPE_ARGS(type)                                                                                                                               \
    TUFF_WINDOW_ARGS(type, shape.window), TUFF_ARG(type, shape.in_channels, S32), TUFF_ARG(type, shape.groups, S32), TUFF_ARG(type, shape.depth, S32), \
        TUFF_ARG(type, shape.columns, S32), TUFF_ARG(type, shape.tile_rows, S32), TUFF_ARG(type, shape.gather, BOOL), TUFF_ARG(type, shape.panel, S64)

static const tuff_field f32_fields[] = {SHAPE_ARGS(tuff_matmul_f32_args), TUFF_ARG(tuff_matmul_f32_args, gemm, PRIM), TUFF_ARG(tuff_matmul_f32_args, lo, F32),
                                        TUFF_ARG(tuff_matmul_f32_args, hi, F32), TUFF_FIELD_END};
#define S8_ARGS                                                                                                                                      \
    SHAPE_ARGS(tuff_matmul_s8_args), TUFF_ARG(tuff_matmul_s8_args, gemm, PRIM), TUFF_ARG(tuff_matmul_s8_args, flip, S32),                            \
        TUFF_ARG(tuff_matmul_s8_args, zero_in, S32), TUFF_ARG(tuff_matmul_s8_args, zero_weights, S32), TUFF_ARG(tuff_matmul_s8_args, zero_out, S32), \
        TUFF_ARG(tuff_matmul_s8_args, lo, S32), TUFF_ARG(tuff_matmul_s8_args, hi, S32)
static const tuff_field s8_fields[] = {S8_ARGS, TUFF_ARG(tuff_matmul_s8_args, requantize, PRIM), TUFF_FIELD_END};
static const tuff_field exact_fields[] = {S8_ARGS, TUFF_ARG(tuff_matmul_s8_args, exact, PRIM), TUFF_ARG(tuff_matmul_s8_args, wide, BOOL), TUFF_FIELD_END};
static const tuff_field hybrid_fields[] = {SHAPE_ARGS(tuff_matmul_hybrid_args), TUFF_ARG(tuff_matmul_hybrid_args, gemm, PRIM),
                                           TUFF_ARG(tuff_matmul_hybrid_args, lo, F32), TUFF_ARG(tuff_matmul_hybrid_args, hi, F32), TUFF_FIELD_END};
static const tuff_kernel f32_kernel = TUFF_KERNEL(tuff_matmul_f32, tuff_matmul_f32_args, f32_fields);
static const tuff_kernel s8_kernel = TUFF_KERNEL(tuff_matmul_s8, tuff_matmul_s8_args, s8_fields);
static const tuff_kernel exact_kernel = TUFF_KERNEL(tuff_matmul_s8_exact, tuff_matmul_s8_args, exact_fields);
static const tuff_kernel hybrid_kernel = TUFF_KERNEL(tuff_matmul_hybrid, tuff_matmul_hybrid_args, hybrid_fields);

bool tuff_matmul_fits(const tuff_context *c, const tuff_matmul *shape) {
    const tuff_tensor *weights = c->inputs[1], *bias = tuff_input(c, 2);
    const int level = c->target->level;
    if (!weights->data || (bias && !bias->data) || shape->depth == 0) return false;
    if (weights->type == TUFF_F32) return tuff_gemm_f32_for(level) != NULL;
    return tuff_gemm_s8_for(level) && tuff_requantize_s8_for(level) && tuff_requantize_f64_s8_for(level);
}

/* Enough rows at a time that weights are read for many, few enough that rows and accumulators stay in the nearer caches, and that each thread gets
 * its share. */
enum { TILE_BYTES = 64 * 1024 };

static tuff_matmul complete(const tuff_context *c, const tuff_matmul *given, int32_t prim_rows, int64_t row_bytes, size_t panel) {
    tuff_matmul m = *given;
    const tuff_window *w = &m.window;
    const int64_t rows = tuff_window_pixels(w), share = ceil_div(rows, c->target->threads > 1 ? 2 * c->target->threads : 1);
    int64_t fit = c->target->small ? 1 : TILE_BYTES / row_bytes;
    if (fit > share) fit = share;
    m.tile_rows = (int32_t)(ceil_div(fit > 0 ? fit : 1, prim_rows) * prim_rows);
    m.gather = w->height != 1 || w->width != 1 || w->stride_height != 1 || w->stride_width != 1;
    m.panel = (int64_t)panel;
    return m;
}

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }
static tuff_matmul complete_f32(const tuff_context *c, const tuff_matmul *given, const tuff_gemm_f32 *gemm) {
    return complete(c, given, gemm->rows, 4 * (int64_t)given->depth, tuff_gemm_f32_packed_count(gemm, gemm->columns, given->depth) * sizeof(float));
}
static tuff_matmul complete_s8(const tuff_context *c, const tuff_matmul *given, const tuff_gemm_s8 *gemm) {
    return complete(c, given, gemm->rows, larger(given->depth, 4 * acc_pitch(given, gemm)), tuff_gemm_s8_packed_bytes(gemm, gemm->columns, given->depth));
}

static size_t packed_bytes(const tuff_matmul *m, int32_t panel_columns) {
    return (size_t)m->groups * (size_t)ceil_div(m->columns, panel_columns) * (size_t)m->panel;
}

static tuff_io rows_scratch(tuff_context *c, const tuff_matmul *m, int32_t element) {
    return m->gather ? tuff_io_scratch(c, (size_t)m->tile_rows * (size_t)m->depth * (size_t)element) : TUFF_IO_NONE;
}

static tuff_cost cost(const tuff_matmul *m, int32_t panel_columns, int32_t element) {
    const int64_t rows = tuff_window_pixels(&m->window), channels = (int64_t)m->groups * m->columns;
    const int64_t pixels = (int64_t)m->window.batches * m->window.in_height * m->window.in_width;
    return (tuff_cost){.tiles = ceil_div(rows, m->tile_rows) * ceil_div(m->columns, panel_columns) * m->groups,
                       .macs = rows * channels * m->depth,
                       .bytes = (pixels * m->in_channels + rows * channels + channels * m->depth) * element};
}

typedef struct pack_f32 {
    const tuff_gemm_f32 *gemm;
    int32_t groups, columns, depth, unused;
} pack_f32;

static void fill_f32(void *out, const void *params, const void *weights, const void *bias) {
    const pack_f32 *p = params;
    const size_t group = tuff_gemm_f32_packed_count(p->gemm, p->columns, p->depth);
    for (int32_t g = 0; g < p->groups; g++)
        tuff_gemm_f32_pack(p->gemm, (float *)out + (size_t)g * group, (const float *)weights + (int64_t)g * p->columns * p->depth, p->depth,
                           bias ? (const float *)bias + (int64_t)g * p->columns : NULL, p->columns, p->depth);
}

tuff_status tuff_matmul_emit_f32(tuff_context *c, const tuff_matmul *shape, float lo, float hi) {
    const tuff_gemm_f32 *gemm = tuff_gemm_f32_for(c->target->level);
    const tuff_matmul m = complete_f32(c, shape, gemm);
    tuff_matmul_f32_args *args = tuff_args(c, &f32_kernel);
    if (args) *args = (tuff_matmul_f32_args){m, gemm, lo, hi};
    const pack_f32 pack = {gemm, m.groups, m.columns, m.depth, 0};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_packed(c, 1, 2, packed_bytes(&m, gemm->columns), fill_f32, &pack, sizeof pack), tuff_io_output(c, 0),
                          rows_scratch(c, &m, 4)};
    return tuff_emit(c, &f32_kernel, args, cost(&m, gemm->columns, 4), io, 4);
}

typedef struct pack_s8 {
    const tuff_gemm_s8 *gemm;
    int32_t groups, columns, depth, flip, zero_in, bits; /* bits of a weight */
} pack_s8;

/* Panel by panel; narrow weights are widened into the room of one panel behind the last. */
static void fill_s8(void *out, const void *params, const void *weights, const void *bias) {
    const pack_s8 *p = params;
    const int32_t width = p->gemm->columns;
    const size_t panel = tuff_gemm_s8_packed_bytes(p->gemm, width, p->depth);
    uint8_t *to = out, *wide = to + (size_t)p->groups * (size_t)ceil_div(p->columns, width) * panel;
    for (int32_t g = 0; g < p->groups; g++)
        for (int32_t first = 0; first < p->columns; first += width, to += panel) {
            const int32_t n = p->columns - first < width ? p->columns - first : width;
            const int64_t channel = (int64_t)g * p->columns + first, from = channel * p->depth;
            for (int64_t k = 0; p->bits < 8 && k < (int64_t)n * p->depth; k++) wide[k] = (uint8_t)tuff_narrow_at(weights, from + k, p->bits);
            tuff_gemm_s8_pack(p->gemm, to, p->bits < 8 ? wide : (const uint8_t *)weights + from, (uint8_t)p->flip,
                              bias ? (const int32_t *)bias + channel : NULL, p->zero_in, n, p->depth);
        }
}

static tuff_io packed_s8(tuff_context *c, const tuff_matmul *m, const tuff_gemm_s8 *gemm, int32_t second, int32_t flip, int32_t zero_in) {
    const int32_t bits = tuff_type_bits(c->inputs[1]->type);
    const pack_s8 pack = {gemm, m->groups, m->columns, m->depth, flip, zero_in, bits};
    return tuff_io_packed(c, 1, second, packed_bytes(m, gemm->columns) + (bits < 8 ? (size_t)m->panel : 0), fill_s8, &pack, sizeof pack);
}

tuff_status tuff_matmul_emit_s8(tuff_context *c, const tuff_matmul_s8_args *given, bool exact, tuff_io factors) {
    const tuff_gemm_s8 *gemm = tuff_gemm_s8_for(c->target->level);
    const tuff_kernel *kernel = exact ? &exact_kernel : &s8_kernel;
    const tuff_matmul m = complete_s8(c, &given->shape, gemm);
    tuff_matmul_s8_args *args = tuff_args(c, kernel);
    if (args) {
        *args = *given;
        args->shape = m;
        args->gemm = gemm;
        args->requantize = exact ? NULL : tuff_requantize_s8_for(c->target->level);
        args->exact = exact ? tuff_requantize_f64_s8_for(c->target->level) : NULL;
    }
    const tuff_io io[] = {tuff_io_input(c, 0),
                          packed_s8(c, &m, gemm, 2, given->flip, given->zero_in),
                          factors,
                          tuff_io_output(c, 0),
                          rows_scratch(c, &m, 1),
                          tuff_io_scratch(c, acc_bytes(&m, gemm)),
                          given->zero_weights ? tuff_io_scratch(c, (size_t)m.tile_rows * sizeof(int32_t)) : TUFF_IO_NONE};
    return tuff_emit(c, kernel, args, cost(&m, gemm->columns, 1), io, 7);
}

typedef struct sums_s8 {
    int32_t channels, depth, bits, unused;
} sums_s8;

static void fill_sums(void *out, const void *params, const void *weights, const void *second) {
    const sums_s8 *p = params;
    (void)second;
    for (int64_t n = 0; n < p->channels; n++) {
        int32_t sum = 0;
        for (int32_t k = 0; k < p->depth; k++) sum += tuff_narrow_at(weights, n * p->depth + k, p->bits);
        ((int32_t *)out)[n] = sum;
    }
}

tuff_status tuff_matmul_emit_hybrid(tuff_context *c, const tuff_matmul *shape, float lo, float hi, const tuff_hybrid_rows *rows, tuff_io scales) {
    const tuff_gemm_s8 *gemm = tuff_gemm_s8_for(c->target->level);
    const tuff_matmul m = complete_s8(c, shape, gemm);
    tuff_matmul_hybrid_args *args = tuff_args(c, &hybrid_kernel);
    if (args) *args = (tuff_matmul_hybrid_args){m, gemm, lo, hi};
    const sums_s8 sums = {m.groups * m.columns, m.depth, tuff_type_bits(c->inputs[1]->type), 0};
    const tuff_io io[] = {rows->values,
                          packed_s8(c, &m, gemm, -1, 0, 0),
                          scales,
                          tuff_io_output(c, 0),
                          tuff_io_packed(c, 1, -1, (size_t)sums.channels * sizeof(int32_t), fill_sums, &sums, sizeof sums),
                          tuff_io_input(c, 2),
                          tuff_io_scratch(c, acc_bytes(&m, gemm)),
                          rows->scales,
                          rows->zeros,
                          rows_scratch(c, &m, 1)};
    return tuff_emit(c, &hybrid_kernel, args, cost(&m, gemm->columns, 1), io, 10);
}
#endif
