/* The recipe that a graph's first ops imply.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_KIT_CONVERT_RECIPE_H
#define TUFF_KIT_CONVERT_RECIPE_H

#include "graph/graph.h"
#include "tuff/tuff.h"

/* present is false where nothing follows. graph may be NULL. */
tuff_recipe tuff_recipe_derive(const tuff_graph *graph);

#endif
