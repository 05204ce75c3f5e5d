/* A node's options by their names, through its op's field table: for code that handles many ops alike.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_GRAPH_ATTRS_H
#define TUFF_GRAPH_ATTRS_H

#include "graph/graph.h"

/* Numbers, enums and truth values. false where the op has no such field, or it isn't a number (or `value` doesn't fit). */
bool tuff_node_get(const tuff_node *n, const char *field, double *value);
bool tuff_node_set(tuff_node *n, const char *field, double value);

#endif
