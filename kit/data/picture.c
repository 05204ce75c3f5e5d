/* Pictures by content: PNG through libpng, JPEG through libjpeg, BMP by bmp.c.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Both libraries report errors by a callback that must not return: it jumps back to png_try or jpeg_try, and whatever must be freed then
 * lives in the job, which belongs to their caller and so keeps its values.
 */
#include "kit/data/picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h> /* wants stdio.h before it */

#include <jerror.h>

#include "base/error.h"

enum { LARGEST_SIDE = 65535 };
static const int64_t largest_bytes = (int64_t)1 << 29;

void tuff_picture_free(tuff_picture *picture) {
    free(picture->pixels);
    *picture = (tuff_picture){0};
}

tuff_status tuff_picture_allocate(const char *name, int64_t width, int64_t height, int32_t channels, tuff_picture *picture, tuff_error *error) {
    if (width < 1 || height < 1) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: a picture of %lld x %lld pixels", name, (long long)width, (long long)height);
    if (width > LARGEST_SIDE || height > LARGEST_SIDE || width * height * channels > largest_bytes)
        return tuff_fail(error, TUFF_ERR_LIMIT, "%s: a picture of %lld x %lld pixels is larger than the limit of %lld bytes", name, (long long)width,
                         (long long)height, (long long)largest_bytes);
    const size_t bytes = (size_t)(width * height * channels);
    picture->pixels = malloc(bytes);
    if (!picture->pixels) return tuff_fail_memory(error, bytes);
    picture->width = (int32_t)width;
    picture->height = (int32_t)height;
    picture->channels = channels;
    return TUFF_OK;
}

/* ---- PNG ---- */
typedef struct png_job {
    const char *name;
    const uint8_t *bytes;
    size_t count, at;
    tuff_picture *picture;
    tuff_error *error;
    tuff_status status;
    jmp_buf out;
    png_structp png;
    png_infop info;
    png_bytepp rows;
    uint8_t *pixels; /* gray and alpha, or four channels */
} png_job;

static void png_failed(png_structp png, png_const_charp text) {
    png_job *job = png_get_error_ptr(png);
    job->status = tuff_fail(job->error, TUFF_ERR_FORMAT, "%s: damaged PNG near byte %zu: %s", job->name, job->at, text);
    longjmp(job->out, 1);
}
static void png_warned(png_structp png, png_const_charp text) { (void)png, (void)text; }

static void png_more(png_structp png, png_bytep to, size_t count) {
    png_job *job = png_get_io_ptr(png);
    if (count > job->count - job->at) png_error(png, "the file ends early");
    memcpy(to, job->bytes + job->at, count);
    job->at += count;
}

/* Asks libpng for 8 bits per channel, gray or colour, alpha where the file has transparency. */
static int32_t png_ask(png_job *job) {
    png_read_info(job->png, job->info);
    png_set_expand(job->png);
    png_set_scale_16(job->png);
    png_set_interlace_handling(job->png);
    png_read_update_info(job->png, job->info);
    return png_get_channels(job->png, job->info);
}

static void over_white(const png_job *job, int32_t channels) {
    const tuff_picture *p = job->picture;
    const int32_t colours = p->channels;
    const size_t n = (size_t)p->width * (size_t)p->height;
    for (size_t k = 0; k < n; k++) {
        const uint8_t *from = job->pixels + k * (size_t)channels;
        const uint32_t alpha = channels > colours ? from[colours] : 255;
        for (int32_t c = 0; c < colours; c++) p->pixels[k * (size_t)colours + (size_t)c] = (uint8_t)((from[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
}

static void png_decode(png_job *job) {
    job->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, job, png_failed, png_warned);
    job->info = job->png ? png_create_info_struct(job->png) : NULL;
    if (!job->info) {
        job->status = tuff_fail_memory(job->error, 1024);
        return;
    }
    png_set_user_limits(job->png, LARGEST_SIDE, LARGEST_SIDE);
    png_set_chunk_malloc_max(job->png, 1 << 24);
    png_set_read_fn(job->png, job, png_more);
    const int32_t channels = png_ask(job);
    const size_t width = png_get_image_width(job->png, job->info), height = png_get_image_height(job->png, job->info);
    job->status = tuff_picture_allocate(job->name, (int64_t)width, (int64_t)height, channels < 3 ? 1 : 3, job->picture, job->error);
    if (job->status != TUFF_OK) return;
    job->pixels = malloc(width * height * (size_t)channels);
    job->rows = malloc(height * sizeof *job->rows);
    if (!job->pixels || !job->rows) {
        job->status = tuff_fail_memory(job->error, width * height * (size_t)channels);
        return;
    }
    for (size_t y = 0; y < height; y++) job->rows[y] = job->pixels + y * width * (size_t)channels;
    png_read_image(job->png, job->rows);
    png_read_end(job->png, NULL);
    over_white(job, channels);
}

static void png_try(png_job *job) {
    if (setjmp(job->out) == 0) png_decode(job);
}

tuff_status tuff_png_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) {
    png_job job = {.name = name, .bytes = bytes, .count = count, .picture = picture, .error = error};
    png_try(&job);
    png_destroy_read_struct(&job.png, &job.info, NULL);
    free(job.rows);
    free(job.pixels);
    if (job.status != TUFF_OK) tuff_picture_free(picture);
    return job.status;
}

/* ---- JPEG ---- */
typedef struct jpeg_job {
    struct jpeg_error_mgr manager; /* first: libjpeg hands it back */
    struct jpeg_decompress_struct jpeg;
    const char *name;
    tuff_picture *picture;
    tuff_error *error;
    tuff_status status;
    jmp_buf out;
} jpeg_job;

static void jpeg_failed(j_common_ptr jpeg) {
    jpeg_job *job = (jpeg_job *)(void *)jpeg->err;
    char text[JMSG_LENGTH_MAX];
    jpeg->err->format_message(jpeg, text);
    job->status = tuff_fail(job->error, TUFF_ERR_FORMAT, "%s: damaged JPEG: %s", job->name, text);
    longjmp(job->out, 1);
}
static void jpeg_said(j_common_ptr jpeg, int level) { (void)jpeg, (void)level; }

static boolean jpeg_more(j_decompress_ptr jpeg) { /* all bytes were given: there are no more */
    ERREXIT(jpeg, JERR_INPUT_EOF);
    return FALSE;
}

static void jpeg_decode(jpeg_job *job, const uint8_t *bytes, size_t count) {
    j_decompress_ptr jpeg = &job->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, bytes, (unsigned long)count);
    jpeg->src->fill_input_buffer = jpeg_more;
    jpeg_read_header(jpeg, TRUE);
    if (jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK) {
        job->status = tuff_fail(job->error, TUFF_ERR_UNSUPPORTED, "%s: a JPEG in CMYK colours, expected gray or RGB", job->name);
        return;
    }
    jpeg->out_color_space = jpeg->jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
    jpeg->dct_method = JDCT_ISLOW;
    job->status =
        tuff_picture_allocate(job->name, jpeg->image_width, jpeg->image_height, jpeg->out_color_space == JCS_GRAYSCALE ? 1 : 3, job->picture, job->error);
    if (job->status != TUFF_OK) return;
    jpeg_start_decompress(jpeg);
    const size_t pitch = (size_t)job->picture->width * (size_t)job->picture->channels;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = job->picture->pixels + jpeg->output_scanline * pitch;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
}

static void jpeg_try(jpeg_job *job, const uint8_t *bytes, size_t count) {
    if (setjmp(job->out) == 0) jpeg_decode(job, bytes, count);
}

tuff_status tuff_jpeg_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) {
    jpeg_job job;
    memset(&job, 0, sizeof job);
    job.name = name;
    job.picture = picture;
    job.error = error;
    job.jpeg.err = jpeg_std_error(&job.manager);
    job.manager.error_exit = jpeg_failed;
    job.manager.emit_message = jpeg_said;
    jpeg_try(&job, bytes, count);
    jpeg_destroy_decompress(&job.jpeg);
    if (job.status != TUFF_OK) tuff_picture_free(picture);
    return job.status;
}

/* ---- by content ---- */
static const struct {
    const char *begin;
    size_t length;
    tuff_status (*read)(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error);
} formats[] = {{"\x89PNG\r\n\x1a\n", 8, tuff_png_read}, {"\xff\xd8\xff", 3, tuff_jpeg_read}, {"BM", 2, tuff_bmp_read}};

bool tuff_picture_is(const uint8_t *bytes, size_t count) {
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
        if (count >= formats[k].length && memcmp(bytes, formats[k].begin, formats[k].length) == 0) return true;
    return false;
}

tuff_status tuff_picture_read(const char *name, const uint8_t *bytes, size_t count, tuff_picture *picture, tuff_error *error) {
    *picture = (tuff_picture){0};
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++)
        if (count >= formats[k].length && memcmp(bytes, formats[k].begin, formats[k].length) == 0) return formats[k].read(name, bytes, count, picture, error);
    return tuff_fail(error, TUFF_ERR_FORMAT, "%s: %s, expected a PNG, JPEG or BMP picture", name, count ? "no picture" : "the file is empty");
}
