/* A graph as text.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_GRAPH_DUMP_H
#define TUFF_GRAPH_DUMP_H

#include "graph/graph.h"

/* Gives one line (without newline) per subgraph, tensor, node, signature and metadata entry; control characters of names become blanks. */
void tuff_graph_dump(const tuff_graph *g, void (*write)(void *context, const char *line), void *context);
/* One of them: the line of a tensor, and of node `k` of a subgraph. Cut to `room`. */
void tuff_tensor_dump(const tuff_subgraph *s, const tuff_tensor *t, char *text, size_t room);
void tuff_node_dump(const tuff_subgraph *s, int32_t k, char *text, size_t room);

#endif
