/* Ops that call subgraphs, hold state, or stand for something else. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/described.h"

/* ---- calls ---- */

static const tuff_field call_fields[] = {
    TUFF_FIELD(tuff_call_attrs, subgraph, U32, 0),
    TUFF_FIELD_END,
};
static const tuff_field call_once_fields[] = {
    TUFF_FIELD(tuff_call_once_attrs, init_subgraph_index, S32, 0),
    TUFF_FIELD_END,
};
static const tuff_field if_fields[] = {
    TUFF_FIELD(tuff_if_attrs, then_subgraph_index, S32, 0),
    TUFF_FIELD(tuff_if_attrs, else_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};
static const tuff_field while_fields[] = {
    TUFF_FIELD(tuff_while_attrs, cond_subgraph_index, S32, 0),
    TUFF_FIELD(tuff_while_attrs, body_subgraph_index, S32, 1),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(call, "CALL", 31, 1, "inputs*", "outputs*", TUFF_OPTIONS(CallOptions, 16, tuff_call_attrs, call_fields));
TUFF_DESCRIBED(call_once, "CALL_ONCE", 129, 1, "", "", TUFF_OPTIONS(CallOnceOptions, 103, tuff_call_once_attrs, call_once_fields));
TUFF_DESCRIBED(if, "IF", 118, 1, "condition inputs*", "outputs*", TUFF_OPTIONS(IfOptions, 92, tuff_if_attrs, if_fields));
TUFF_DESCRIBED(while, "WHILE", 119, 1, "inputs*", "outputs*", TUFF_OPTIONS(WhileOptions, 93, tuff_while_attrs, while_fields));
TUFF_DESCRIBED(delegate, "DELEGATE", 51, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(placeholder_for_greater_op_codes, "PLACEHOLDER_FOR_GREATER_OP_CODES", 127, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);

/* ---- state ---- */

static const tuff_field var_handle_fields[] = {
    TUFF_FIELD(tuff_var_handle_attrs, container, STRING, 0),
    TUFF_FIELD(tuff_var_handle_attrs, shared_name, STRING, 1),
    TUFF_FIELD_END,
};
static const tuff_field hashtable_fields[] = {
    TUFF_FIELD(tuff_hashtable_attrs, table_id, S32, 0),
    TUFF_FIELD(tuff_hashtable_attrs, key_dtype, S8, 1, .names = tuff_type_names),
    TUFF_FIELD(tuff_hashtable_attrs, value_dtype, S8, 2, .names = tuff_type_names),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(var_handle, "VAR_HANDLE", 142, 1, "", "handle", TUFF_OPTIONS(VarHandleOptions, 111, tuff_var_handle_attrs, var_handle_fields));
TUFF_DESCRIBED(read_variable, "READ_VARIABLE", 143, 1, "handle", "output", TUFF_OPTIONS_EMPTY(ReadVariableOptions, 112));
TUFF_DESCRIBED(assign_variable, "ASSIGN_VARIABLE", 144, 1, "handle value", "", TUFF_OPTIONS_EMPTY(AssignVariableOptions, 113));
TUFF_DESCRIBED(hashtable, "HASHTABLE", 136, 1, "", "handle", TUFF_OPTIONS(HashtableOptions, 107, tuff_hashtable_attrs, hashtable_fields));
TUFF_DESCRIBED(hashtable_find, "HASHTABLE_FIND", 137, 1, "handle keys default_value", "output", TUFF_OPTIONS_EMPTY(HashtableFindOptions, 108));
TUFF_DESCRIBED(hashtable_import, "HASHTABLE_IMPORT", 138, 1, "handle keys values", "", TUFF_OPTIONS_EMPTY(HashtableImportOptions, 109));
TUFF_DESCRIBED(hashtable_size, "HASHTABLE_SIZE", 139, 1, "handle", "output", TUFF_OPTIONS_EMPTY(HashtableSizeOptions, 110));
