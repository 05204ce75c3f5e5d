/* HASHTABLE, HASHTABLE_IMPORT, HASHTABLE_FIND, HASHTABLE_SIZE and HASHTABLE_LOOKUP: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_HASHTABLE_H
#define TUFF_OPS_HASHTABLE_H

#include "tuff/op.h"

typedef struct tuff_hashtable_attrs {
    int32_t table_id;
    int8_t key_dtype, value_dtype;
} tuff_hashtable_attrs;

/* A table as it lies in its resource: this, slots [slots] s32 (0: free, else 1 + the entry), the tensor of keys, the tensor of values. */
typedef struct tuff_hashtable {
    int64_t count, slots, keys, values; /* keys, values: where they begin, in bytes */
} tuff_hashtable;

typedef struct tuff_hashtable_import_args {
    tuff_hashtable layout;
    int64_t key_bytes, value_bytes;
    int32_t string_keys;
} tuff_hashtable_import_args;
int tuff_hashtable_import(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_hashtable_find_args {
    int64_t count;
} tuff_hashtable_find_args;
int tuff_hashtable_find_s64(const void *args, void *const *io, int job, int jobs);    /* strings to numbers */
int tuff_hashtable_find_string(const void *args, void *const *io, int job, int jobs); /* numbers to strings */

typedef struct tuff_hashtable_size_args {
    int64_t unused;
} tuff_hashtable_size_args;
int tuff_hashtable_size(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_hashtable_lookup_args {
    int64_t count, keys, bytes; /* bytes: of one row */
} tuff_hashtable_lookup_args;
int tuff_hashtable_lookup(const void *args, void *const *io, int job, int jobs);
int tuff_hashtable_lookup_string(const void *args, void *const *io, int job, int jobs);

#endif
