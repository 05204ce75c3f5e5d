/* Ops that hold state, or stand for something else. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/described.h"

TUFF_DESCRIBED(delegate, "DELEGATE", 51, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(placeholder_for_greater_op_codes, "PLACEHOLDER_FOR_GREATER_OP_CODES", 127, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);

/* ---- state ---- */

static const tuff_field hashtable_fields[] = {
    TUFF_FIELD(tuff_hashtable_attrs, table_id, S32, 0),
    TUFF_FIELD(tuff_hashtable_attrs, key_dtype, S8, 1, .names = tuff_type_names),
    TUFF_FIELD(tuff_hashtable_attrs, value_dtype, S8, 2, .names = tuff_type_names),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(hashtable, "HASHTABLE", 136, 1, "", "handle", TUFF_OPTIONS(HashtableOptions, 107, tuff_hashtable_attrs, hashtable_fields));
TUFF_DESCRIBED(hashtable_find, "HASHTABLE_FIND", 137, 1, "handle keys default_value", "output", TUFF_OPTIONS_EMPTY(HashtableFindOptions, 108));
TUFF_DESCRIBED(hashtable_import, "HASHTABLE_IMPORT", 138, 1, "handle keys values", "", TUFF_OPTIONS_EMPTY(HashtableImportOptions, 109));
TUFF_DESCRIBED(hashtable_size, "HASHTABLE_SIZE", 139, 1, "handle", "output", TUFF_OPTIONS_EMPTY(HashtableSizeOptions, 110));
