/* SKIP_GRAM: the word sequences of a text, with up to some words left out between neighbours.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Words end at white space; a text that begins with white space loses its first word unless it is the only one, as in the reference. Sequences come
 * in the order of their first words, longer ones before those they begin with.
 * source: TFLite skip_gram.cc
 */
#include "ops/skip_gram.h"

#include "ops/strings.h"

enum { LONGEST = 256 };

typedef struct word {
    int32_t index, first, end; /* characters [first, end) */
} word;

static bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* The word after `before` (index -1, end -1: the first); false: there is none. */
static bool next_word(tuff_string text, word before, word *next) {
    int32_t first = before.end + 1;
    for (int32_t i = first > 0 ? first : 1; i < text.bytes; i++) {
        if (!is_space(text.text[i])) continue;
        if (i > first && !is_space(text.text[first])) {
            *next = (word){before.index + 1, first, i};
            return true;
        }
        first = i + 1;
    }
    *next = (word){before.index + 1, first, text.bytes};
    return first < text.bytes;
}

static const word none = {-1, -1, -1};

/* One sequence: its length, and where out is not NULL its characters. */
static int32_t join(tuff_string text, const word *words, int32_t n, char *out) {
    int32_t bytes = 0;
    for (int32_t k = 0; k < n; k++) {
        const int32_t length = words[k].end - words[k].first;
        if (out && k) out[bytes] = ' ';
        if (k) bytes++;
        if (out) memcpy(out + bytes, text.text + words[k].first, (size_t)length);
        bytes += length;
    }
    return bytes;
}

/* All sequences; out NULL: only how many and how many characters. */
static int64_t sequences(const tuff_skip_gram_attrs *a, tuff_string text, int64_t most, void *out, int64_t *characters) {
    word words[LONGEST], next;
    int32_t total = 0;
    int64_t count = 0;
    for (word at = none; next_word(text, at, &next); at = next) total++;
    *characters = 0;
    if (a->ngram_size < 1 || total < a->ngram_size || !next_word(text, none, &words[0])) return 0;
    int32_t depth = 1;
    if (a->ngram_size > 1) words[1] = words[0];
    while (depth >= 0 && count <= most) {
        if (depth < a->ngram_size && (depth == 0 || words[depth].index - words[depth - 1].index <= a->max_skip_size) && next_word(text, words[depth], &next)) {
            words[depth++] = next;
            if (depth < a->ngram_size) words[depth] = words[depth - 1];
            continue;
        }
        if (depth > 0 && (depth == a->ngram_size || a->include_all_ngrams)) {
            int32_t *head = out;
            const int32_t bytes = join(text, words, depth, out ? (char *)out + head[1 + count] : NULL);
            if (out) head[2 + count] = head[1 + count] + bytes;
            *characters += bytes;
            count++;
        }
        depth--;
    }
    return count;
}

/* text [1], out [count]; tiles: 1; scratch, errors: none */
int tuff_skip_gram(const void *args, void *const *io, int job, int jobs) {
    const tuff_skip_gram_args *p = args;
    const tuff_skip_gram_attrs a = {p->size, p->skip, p->every != 0};
    int64_t characters;
    (void)job, (void)jobs;
    tuff_strings_begin(io[1], p->count);
    if (p->count) sequences(&a, tuff_string_at(io[0], 0), p->count, io[1], &characters);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const tuff_field attr_fields[] = {
    TUFF_FIELD(tuff_skip_gram_attrs, ngram_size, S32, 0),
    TUFF_FIELD(tuff_skip_gram_attrs, max_skip_size, S32, 1),
    TUFF_FIELD(tuff_skip_gram_attrs, include_all_ngrams, BOOL, 2),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_ARG(tuff_skip_gram_args, size, S32),
    TUFF_ARG(tuff_skip_gram_args, skip, S32),
    TUFF_ARG(tuff_skip_gram_args, every, S32),
    TUFF_ARG(tuff_skip_gram_args, count, S64),
    TUFF_FIELD_END,
};
static const tuff_variant variants[] = {{{"string"}, {"string"}, 1, NULL, TUFF_KERNEL(tuff_skip_gram, tuff_skip_gram_args, fields)}, {.version = 0}};

static tuff_status infer(tuff_context *c) {
    const tuff_skip_gram_attrs *a = c->attrs;
    const int64_t most = 1 << 24;
    TUFF_CHECK(c, tuff_count(c->inputs[0]) >= 1, "%s holds no text", tuff_shape_text(c->inputs[0]).text);
    if (a->ngram_size > LONGEST) return tuff_op_fail(c, TUFF_ERR_UNSUPPORTED, "sequences of %d words; at most %d are possible", (int)a->ngram_size, LONGEST);
    if (!c->inputs[0]->data) return TUFF_LATER;
    int64_t characters;
    const int64_t count = sequences(a, tuff_string_at(c->inputs[0]->data, 0), most, NULL, &characters);
    if (count > most || characters > INT32_MAX / 2) return tuff_op_fail(c, TUFF_ERR_LIMIT, "the text has more than %lld sequences", (long long)most);
    TUFF_TRY(tuff_infer_shape(c, 0, 1, (const int32_t[]){(int32_t)count}));
    tuff_infer_bytes(c, 0, TUFF_STRINGS_HEAD(count) + (size_t)characters);
    return TUFF_OK;
}

static tuff_status prepare(tuff_context *c) {
    const tuff_skip_gram_attrs *a = c->attrs;
    tuff_skip_gram_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_skip_gram_args){a->ngram_size, a->max_skip_size, a->include_all_ngrams, tuff_count(c->outputs[0])};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){1, 0, 16 * tuff_count(c->outputs[0])},
                     (const tuff_io[]){tuff_io_input(c, 0), tuff_io_output(c, 0)}, 2);
}

const tuff_op tuff_op_skip_gram = {
    .name = "SKIP_GRAM",
    .code = 30,
    .options = TUFF_OPTIONS(SkipGramOptions, 18, tuff_skip_gram_attrs, attr_fields),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .highest = 1,
};
#endif
