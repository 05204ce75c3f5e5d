/* Writing a page.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/eval/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/picture.h"

static const char style[] =
    ":root{color-scheme:light dark;--page:#f4f6f9;--card:#fff;--text:#17212d;--dim:#5c6977;--line:#dde3ea;--one:#2563eb;--two:#e0701f;--good:#0f8a5f;"
    "--bad:#cf3a2f;--good-soft:#e3f5ee;--bad-soft:#fdecea}"
    "@media(prefers-color-scheme:dark){:root{--page:#0e1319;--card:#171e27;--text:#e4eaf1;--dim:#95a2b1;--line:#2a3440;--one:#6b9bff;--two:#f59a52;"
    "--good:#43c796;--bad:#ff7a6e;--good-soft:#12302a;--bad-soft:#3a1c1c}}"
    "*{box-sizing:border-box}body{margin:0;background:var(--page);color:var(--text);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}"
    "main{max-width:1120px;margin:0 auto;padding:28px 16px 48px}h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}"
    "h2{font-size:17px;margin:0 0 2px}p{margin:0}.dim,figcaption small{color:var(--dim)}.note{color:var(--dim);font-size:13.5px;margin-bottom:12px}"
    "section,.tile{background:var(--card);border:1px solid var(--line);border-radius:12px}section{padding:18px;margin-top:16px}"
    ".verdict{border-left:5px solid var(--good);background:var(--good-soft);font-size:16.5px;overflow-wrap:anywhere}"
    ".verdict.bad{border-left-color:var(--bad);background:var(--bad-soft)}.verdict "
    "h2{font-size:13px;text-transform:uppercase;letter-spacing:.06em;color:var(--dim)}"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px;margin-top:16px}.tile{padding:14px 16px}"
    ".tile b{display:block;font-size:27px;line-height:1.25;font-variant-numeric:tabular-nums}.tile "
    "span{color:var(--dim);font-size:13.5px;overflow-wrap:anywhere}"
    ".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:13px}th{font-weight:600;text-align:left;color:var(--"
    "dim)}"
    "td,th{padding:5px 8px;white-space:nowrap}.rows{width:100%}.rows td,.rows th{border-bottom:1px solid var(--line)}.rows tr:last-child td{border-bottom:0}"
    ".num{text-align:right}.rows .name{white-space:normal;min-width:150px;overflow-wrap:anywhere}tr.bad td{background:var(--bad-soft)}"
    "tr.bad "
    ".name{font-weight:600;color:var(--bad)}.bar{display:inline-block;height:8px;border-radius:4px;background:var(--one);vertical-align:middle;margin-right:"
    "8px}"
    "tr.bad .bar,.bar.bad{background:var(--bad)}.matrix td,.matrix th{padding:4px 7px;text-align:right;border-radius:4px;min-width:30px}.matrix "
    "th:first-child{max-width:160px;"
    "overflow:hidden;text-overflow:ellipsis}svg{display:block;width:100%;height:auto}svg text{fill:var(--dim);font-size:12px}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(270px,1fr));gap:18px}.samples{display:grid;"
    "grid-template-columns:repeat(auto-fill,minmax(124px,1fr));gap:14px}figure{margin:0}figure img{display:block;width:100%;border-radius:8px;border:1px solid "
    "var(--line)}"
    "img.small{image-rendering:pixelated}figcaption{font-size:13px;line-height:1.4;margin-top:5px;overflow-wrap:anywhere}.key "
    "i{display:inline-block;width:11px;height:11px;"
    "border-radius:3px;margin:0 5px 0 14px}.key i:first-child{margin-left:0}footer{color:var(--dim);font-size:13px;margin-top:20px}"
    ".pair{display:flex;flex-wrap:wrap;gap:8px 36px;align-items:center}.pair>*{flex:1 1 300px}.right{color:var(--good)}.wrong{color:var(--bad)}";

static void add(tuff_html *h, const void *bytes, size_t count) {
    if (h->status == TUFF_OK) h->status = tuff_buffer_add(&h->page, bytes, count, h->error);
}

void tuff_html_put(tuff_html *h, const char *format, ...) {
    char text[2048];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    add(h, text, length < (int)sizeof text ? (size_t)length : sizeof text - 1);
}

/* Bytes of the UTF-8 character at `text`, 0 where that is none. */
static size_t utf8_length(const unsigned char *c) {
    const size_t count = c[0] < 0x80 ? 1 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2 : c[0] >= 0xe0 && c[0] < 0xf0 ? 3 : c[0] >= 0xf0 && c[0] < 0xf5 ? 4 : 0;
    for (size_t k = 1; k < count; k++)
        if ((c[k] & 0xc0) != 0x80) return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) || (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f)) return 0;
    return count;
}

void tuff_html_text(tuff_html *h, const char *text) {
    static const char unknown[] = "\xef\xbf\xbd";
    for (const unsigned char *c = (const unsigned char *)(text ? text : ""); *c;) {
        const size_t count = utf8_length(c);
        if (*c == '&') add(h, "&amp;", 5);
        else if (*c == '<') add(h, "&lt;", 4);
        else if (*c == '>') add(h, "&gt;", 4);
        else if (*c == '"') add(h, "&quot;", 6);
        else if (*c == '\'') add(h, "&#39;", 5);
        else if (count == 0 || *c < 32 || *c == 127) add(h, unknown, 3);
        else add(h, c, count);
        c += count ? count : 1;
    }
}

void tuff_html_begin(tuff_html *h, const char *title) {
    tuff_html_put(h, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
    tuff_html_text(h, title);
    tuff_html_put(h, "</title>\n<style>");
    add(h, style, sizeof style - 1);
    tuff_html_put(h, "</style>\n</head>\n<body>\n<main>\n");
}

tuff_status tuff_html_end(tuff_html *h, const char *path) {
    tuff_html_put(h, "<footer>tuff %s</footer>\n</main>\n</body>\n</html>\n", tuff_version());
    if (h->status == TUFF_OK) h->status = tuff_file_write(path, h->page.data, h->page.count, h->error);
    tuff_buffer_free(&h->page);
    return h->status;
}

static void add_base64(tuff_html *h, const uint8_t *bytes, size_t count) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t k = 0; k < count; k += 3) {
        const size_t left = count - k;
        const uint32_t word = (uint32_t)bytes[k] << 16 | (left > 1 ? (uint32_t)bytes[k + 1] << 8 : 0) | (left > 2 ? bytes[k + 2] : 0);
        const char four[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=', left > 2 ? digits[word & 63] : '='};
        add(h, four, 4);
    }
}

void tuff_html_picture(tuff_html *h, const tuff_kept_sample *sample) {
    enum { SMALL = 128 };
    const tuff_picture picture = {(uint8_t *)sample->pixels, sample->width, sample->height, sample->channels};
    uint8_t *png = NULL;
    size_t count = 0;
    if (!sample->pixels || h->status != TUFF_OK) return;
    h->status = tuff_png_write(&picture, &png, &count, h->error);
    tuff_html_put(h, "<img%s alt=\"", sample->width < SMALL ? " class=\"small\"" : "");
    tuff_html_text(h, sample->name);
    tuff_html_put(h, "\" src=\"data:image/png;base64,");
    add_base64(h, png, count);
    tuff_html_put(h, "\">");
    free(png);
}

void tuff_html_sample(tuff_html *h, const tuff_kept_sample *sample) {
    const char *place = strrchr(sample->name, '['), *slash = strrchr(sample->name, '/'); /* "t10k-images-idx3-ubyte.gz[17]", or a picture's path */
    tuff_html_put(h, "<small>");
    if (place) tuff_html_put(h, "sample %d", atoi(place + 1));
    else tuff_html_text(h, slash ? slash + 1 : sample->name);
    tuff_html_put(h, "</small>");
}

/* ---- parts ---- */
void tuff_html_section(tuff_html *h, const char *title, const char *note) {
    tuff_html_put(h, "<section><h2>%s</h2>\n", title);
    if (note) tuff_html_put(h, "<p class=\"note\">%s</p>\n", note);
}

void tuff_html_tile(tuff_html *h, const char *word, const char *figure, const char *remark) {
    tuff_html_put(h, "<div class=\"tile\"><span>");
    tuff_html_text(h, word);
    tuff_html_put(h, "</span><b>%s</b><span>", figure);
    tuff_html_text(h, remark);
    tuff_html_put(h, "</span></div>\n");
}

static const char *class_name(const tuff_page_names *names, int32_t k) {
    if (names->labels && k < tuff_model_label_count(names->labels, 0)) return tuff_model_label(names->labels, 0, k);
    return names->dataset && k < tuff_dataset_class_count(names->dataset) ? tuff_dataset_class_name(names->dataset, k) : NULL;
}

void tuff_html_class(tuff_html *h, const tuff_page_names *names, int32_t k) {
    char number[16];
    const char *name = class_name(names, k);
    snprintf(number, sizeof number, "%d", (int)k);
    tuff_html_text(h, number);
    if (!name || strcmp(name, number) == 0) return;
    tuff_html_put(h, " ");
    tuff_html_text(h, name);
}

typedef struct confusion {
    int32_t row, column;
    int64_t count;
} confusion;

/* With many classes: the most frequent confusions. */
static void list_confusions(tuff_html *h, const tuff_page_names *names, const int64_t *counts, int32_t classes) {
    enum { SHOWN = 20 };
    confusion worst[SHOWN + 1] = {{0, 0, 0}};
    for (int32_t row = 0; row < classes; row++)
        for (int32_t k = 0; k < classes; k++) {
            const int64_t count = counts[(size_t)row * (size_t)classes + (size_t)k];
            if (k == row || count <= worst[SHOWN - 1].count) continue;
            int at = SHOWN - 1;
            for (; at > 0 && worst[at - 1].count < count; at--) worst[at] = worst[at - 1];
            worst[at] = (confusion){row, k, count};
        }
    tuff_html_put(h, "<p class=\"note\">The most frequent of %d classes.</p><div class=\"wide\"><table class=\"rows\">", (int)classes);
    for (int k = 0; k < SHOWN && worst[k].count; k++) {
        tuff_html_put(h, "<tr><td class=\"num\">%lld</td><td>", (long long)worst[k].count);
        tuff_html_class(h, names, worst[k].row);
        tuff_html_put(h, "</td><td>became</td><td>");
        tuff_html_class(h, names, worst[k].column);
        tuff_html_put(h, "</td></tr>\n");
    }
    tuff_html_put(h, "</table></div>");
}

void tuff_html_matrix(tuff_html *h, const tuff_page_names *names, const int64_t *counts, int32_t classes, const char *rows, const char *columns) {
    enum { MATRIX = 40 };
    if (classes > MATRIX) {
        list_confusions(h, names, counts, classes);
        return;
    }
    tuff_html_put(h, "<p class=\"note\">Rows: %s. Columns: %s.</p><div class=\"wide\"><table class=\"matrix\"><tr><th></th>", rows, columns);
    for (int32_t k = 0; k < classes; k++) tuff_html_put(h, "<th>%d</th>", (int)k);
    tuff_html_put(h, "</tr>\n");
    for (int32_t row = 0; row < classes; row++) {
        const int64_t *line = counts + (size_t)row * (size_t)classes;
        int64_t sum = 0;
        for (int32_t k = 0; k < classes; k++) sum += line[k];
        tuff_html_put(h, "<tr><th>");
        tuff_html_class(h, names, row);
        tuff_html_put(h, "</th>");
        for (int32_t k = 0; k < classes; k++) {
            if (!line[k]) {
                tuff_html_put(h, "<td class=\"dim\">&middot;</td>");
                continue;
            }
            const double share = (double)line[k] / (double)sum, strength = k == row ? 10 + 45 * share : 15 + 70 * share; /* rare mistakes must be seen */
            tuff_html_put(h, "<td style=\"background:color-mix(in srgb,var(%s) %.0f%%,transparent)\">%lld</td>", k == row ? "--good" : "--bad", strength,
                          (long long)line[k]);
        }
        tuff_html_put(h, "</tr>\n");
    }
    tuff_html_put(h, "</table></div>");
}
