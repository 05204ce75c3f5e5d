/* PNG, JPEG and BMP to pixels: every kind of file, and damaged ones. The files are tests/data/make_pictures.py's.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "kit/data/picture.h"
#include "kit/io/file.h"
#include "scratch.h"

enum { W = 7, H = 5 };

static tuff_buffer load(const char *name) {
    tuff_error e = {0};
    tuff_buffer b;
    char path[1024];
    snprintf(path, sizeof path, TUFF_SOURCE_DIR "/tests/data/pictures/%s", name);
    if (tuff_file_read(path, &b, &e) != TUFF_OK) fail_msg("%s", e.message);
    return b;
}

static tuff_picture decode(const char *name) {
    tuff_error e = {0};
    tuff_buffer b = load(name);
    tuff_picture p;
    if (tuff_picture_read(name, b.data, b.count, &p, &e) != TUFF_OK) fail_msg("%s", e.message);
    tuff_buffer_free(&b);
    return p;
}

/* ---- the patterns that the files hold ---- */
static int gray(int x, int y, int c) { return (void)c, (x * 37 + y * 11) % 256; }
static int black_or_white(int x, int y, int c) { return gray(x, y, c) > 127 ? 255 : 0; }
static int rgb(int x, int y, int c) { return c == 0 ? x * 36 : c == 1 ? y * 60 : (x + y) * 20; }
static int on_white(int value, int x, int y) {
    const int alpha = (x + y) % 2 == 0 ? 255 : 64;
    return (value * alpha + 255 * (255 - alpha) + 127) / 255;
}
static int gray_on_white(int x, int y, int c) { return on_white(gray(x, y, c), x, y); }
static int rgb_on_white(int x, int y, int c) { return on_white(rgb(x, y, c), x, y); }
static int one_clear(int x, int y, int c) { return gray(x, y, c) == 37 ? 255 : gray(x, y, c); }
static int palette(int x, int y, int c) {
    const int k = (x + 2 * y) % 13;
    return c == 0 ? k * 19 : c == 1 ? 255 - k * 19 : k * 5;
}

typedef int pattern(int x, int y, int c);

static void assert_holds(const char *name, int channels, int grain, int tolerance, pattern *expected) {
    tuff_picture p = decode(name);
    if (p.width != W * grain || p.height != H * grain || p.channels != channels) fail_msg("%s: %dx%dx%d", name, (int)p.height, (int)p.width, (int)p.channels);
    for (int y = 0; y < H * grain; y++)
        for (int x = 0; x < W * grain; x++)
            for (int c = 0; c < channels; c++) {
                const int found = p.pixels[(y * W * grain + x) * channels + c], wanted = expected(x / grain, y / grain, c);
                if (abs(found - wanted) > tolerance) fail_msg("%s: pixel %d,%d channel %d is %d, expected %d", name, x, y, c, found, wanted);
            }
    tuff_picture_free(&p);
}

static void test_png_of_every_kind(void **state) {
    (void)state;
    assert_holds("gray.png", 1, 1, 0, gray);
    assert_holds("gray_interlaced.png", 1, 1, 0, gray);
    assert_holds("gray16.png", 1, 1, 0, gray);
    assert_holds("gray1.png", 1, 1, 0, black_or_white);
    assert_holds("rgb.png", 3, 1, 0, rgb);
    assert_holds("rgb16.png", 3, 1, 0, rgb);
    assert_holds("palette.png", 3, 1, 0, palette);
    assert_holds("palette4.png", 3, 1, 0, palette);
}

static void test_png_transparency_is_shown_on_white(void **state) {
    (void)state;
    assert_holds("gray_alpha.png", 1, 1, 0, gray_on_white);
    assert_holds("rgb_alpha.png", 3, 1, 0, rgb_on_white);
    assert_holds("gray_clear.png", 1, 1, 0, one_clear);
}

static void test_jpeg_gray_colour_and_progressive(void **state) {
    (void)state;
    assert_holds("gray.jpg", 1, 8, 3, gray);
    assert_holds("rgb.jpg", 3, 8, 6, rgb);
    assert_holds("rgb_progressive.jpg", 3, 8, 6, rgb);
}

static void test_bmp_of_every_depth(void **state) {
    (void)state;
    assert_holds("bits1.bmp", 1, 1, 0, black_or_white);
    assert_holds("bits4.bmp", 3, 1, 0, palette);
    assert_holds("bits8.bmp", 1, 1, 0, gray);
    assert_holds("bits24.bmp", 3, 1, 0, rgb);
    assert_holds("bits24_core.bmp", 3, 1, 0, rgb);
    assert_holds("bits24_top_down.bmp", 3, 1, 0, rgb);
    assert_holds("bits32.bmp", 3, 1, 0, rgb);
    assert_holds("bits32_fields.bmp", 3, 1, 0, rgb);
}

/* ---- refusals ---- */
static void assert_refused(const char *name, const void *bytes, size_t count, tuff_status status, const char *words) {
    tuff_error e = {0};
    tuff_picture p;
    assert_int_equal(tuff_picture_read(name, bytes, count, &p, &e), status);
    assert_null(p.pixels);
    if (!strstr(e.message, words) || strncmp(e.message, name, strlen(name)) != 0) fail_msg("expected \"%s\", found: %s", words, e.message);
}

static void test_unsupported_pictures_are_refused_in_words(void **state) {
    (void)state;
    tuff_buffer b = load("cmyk.jpg");
    assert_refused("cmyk.jpg", b.data, b.count, TUFF_ERR_UNSUPPORTED, "CMYK");
    tuff_buffer_free(&b);
    b = load("rle8.bmp");
    assert_refused("rle8.bmp", b.data, b.count, TUFF_ERR_UNSUPPORTED, "compression 1");
    tuff_buffer_free(&b);
    assert_refused("x.png", "GIF89a", 6, TUFF_ERR_FORMAT, "expected a PNG, JPEG or BMP");
    assert_refused("x.png", "", 0, TUFF_ERR_FORMAT, "the file is empty");
}

static void test_huge_pictures_are_refused_before_memory_is_asked_for(void **state) {
    (void)state;
    tuff_buffer b = load("bits24.bmp");
    b.data[18] = 0xff, b.data[19] = 0xff, b.data[20] = 0xff, b.data[21] = 0x7f;
    assert_refused("wide.bmp", b.data, b.count, TUFF_ERR_FORMAT, "truncated pixels");
    b.data[21] = 0x80;
    assert_refused("negative.bmp", b.data, b.count, TUFF_ERR_FORMAT, "no pixels");
    tuff_buffer_free(&b);
}

static void test_pictures_truncated_anywhere_are_refused(void **state) {
    (void)state;
    static const char *const names[] = {"gray.png",  "palette.png", "rgb.jpg",         "rgb_progressive.jpg",
                                        "bits1.bmp", "bits8.bmp",   "bits24_core.bmp", "bits32_fields.bmp"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const tuff_buffer b = load(names[k]);
        for (size_t count = 0; count < b.count; count++) {
            tuff_error e = {0};
            tuff_picture p;
            uint8_t *exact = malloc(count ? count : 1); /* so that reading beyond it is seen */
            memcpy(exact, b.data, count);
            const tuff_status status = tuff_picture_read(names[k], exact, count, &p, &e);
            free(exact);
            /* a JPEG's last pixels may be complete before its end marker, a BMP's before its padding */
            if (status == TUFF_OK) {
                if (b.count - count > 12) fail_msg("%s: %zu of %zu bytes were enough", names[k], count, b.count);
                tuff_picture_free(&p);
            } else {
                assert_true(e.message[0] && !p.pixels);
            }
        }
        free(b.data);
    }
}

static void test_pictures_survive_mutation(void **state) {
    (void)state;
    static const char *const names[] = {"gray.png", "gray_interlaced.png", "palette4.png", "rgb_alpha.png", "rgb.jpg",         "rgb_progressive.jpg",
                                        "gray.jpg", "bits1.bmp",           "bits4.bmp",    "bits8.bmp",     "bits24_core.bmp", "bits32.bmp"};
    uint32_t seed = 3;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        const tuff_buffer b = load(names[k]);
        uint8_t *bad = malloc(b.count);
        for (int round = 0; round < 1500; round++) {
            tuff_error e = {0};
            tuff_picture p;
            memcpy(bad, b.data, b.count);
            for (int m = 0; m < 1 + round % 3; m++) bad[2 + scratch_random(&seed) % (uint32_t)(b.count - 2)] ^= (uint8_t)(1u << scratch_random(&seed) % 8);
            if (tuff_picture_read(names[k], bad, b.count, &p, &e) == TUFF_OK) tuff_picture_free(&p);
        }
        free(bad);
        free(b.data);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_png_of_every_kind),
        cmocka_unit_test(test_png_transparency_is_shown_on_white),
        cmocka_unit_test(test_jpeg_gray_colour_and_progressive),
        cmocka_unit_test(test_bmp_of_every_depth),
        cmocka_unit_test(test_unsupported_pictures_are_refused_in_words),
        cmocka_unit_test(test_huge_pictures_are_refused_before_memory_is_asked_for),
        cmocka_unit_test(test_pictures_truncated_anywhere_are_refused),
        cmocka_unit_test(test_pictures_survive_mutation),
    };
    return cmocka_run_group_tests_name("pictures", tests, NULL, NULL);
}
