/* Ops that hold state, or stand for something else. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/described.h"

TUFF_DESCRIBED(delegate, "DELEGATE", 51, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(placeholder_for_greater_op_codes, "PLACEHOLDER_FOR_GREATER_OP_CODES", 127, 1, "inputs*", "outputs*", TUFF_NO_OPTIONS);
