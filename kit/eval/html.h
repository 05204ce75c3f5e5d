/* Writing a page: markup, text made harmless, pictures inside the page, and what the pages share.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Whatever comes from files (names of tensors, classes, samples) goes through tuff_html_text. The page asks nothing of the network: no script, no font, pictures
 * as data URIs, and a policy that forbids anything else.
 */
#ifndef TUFF_KIT_EVAL_HTML_H
#define TUFF_KIT_EVAL_HTML_H

#include "kit/io/file.h"
#include "tuff/page.h"

/* The first failure stays; later calls do nothing. */
typedef struct tuff_html {
    tuff_buffer page;
    tuff_status status;
    tuff_error *error;
} tuff_html;

void tuff_html_begin(tuff_html *h, const char *title);
/* Ends the page, writes it, frees the memory. */
tuff_status tuff_html_end(tuff_html *h, const char *path) TUFF_MUST_USE;
/* Markup; arguments are numbers or the program's own words. */
TUFF_PRINTF(2, 3) void tuff_html_put(tuff_html *h, const char *format, ...);
/* Text or an attribute's value: & < > " ' as entities, no control characters, valid UTF-8. */
void tuff_html_text(tuff_html *h, const char *text);
/* Pixels as a PNG in the page. */
void tuff_html_picture(tuff_html *h, const tuff_kept_sample *sample);
/* Which sample it is, in short. */
void tuff_html_sample(tuff_html *h, const tuff_kept_sample *sample);

/* ---- parts ---- */
void tuff_html_section(tuff_html *h, const char *title, const char *note); /* </section> ends it; note may be NULL */
/* A figure with a word above and a remark below. */
void tuff_html_tile(tuff_html *h, const char *word, const char *figure, const char *remark);
void tuff_html_class(tuff_html *h, const tuff_page_names *names, int32_t k);
/* counts: classes x classes */
void tuff_html_matrix(tuff_html *h, const tuff_page_names *names, const int64_t *counts, int32_t classes, const char *rows, const char *columns);

#endif
