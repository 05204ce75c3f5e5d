/* Resource variables: VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_VARIABLE_H
#define TUFF_OPS_VARIABLE_H

#include "tuff/op.h"

typedef struct tuff_var_handle_attrs {
    const char *container;
    const char *shared_name;
} tuff_var_handle_attrs;

#endif
