/* SKIP_GRAM: attrs, args and kernel. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_SKIP_GRAM_H
#define TUFF_OPS_SKIP_GRAM_H

#include "tuff/op.h"

typedef struct tuff_skip_gram_attrs {
    int32_t ngram_size, max_skip_size;
    bool include_all_ngrams;
} tuff_skip_gram_attrs;
typedef struct tuff_skip_gram_args {
    int32_t size, skip, every;
    int64_t count; /* of grams */
} tuff_skip_gram_args;
int tuff_skip_gram(const void *args, void *const *io, int job, int jobs);

#endif
