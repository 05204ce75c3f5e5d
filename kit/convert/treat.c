/* A treatment of pictures becomes part of the model.
 * SPDX-License-Identifier: Apache-2.0
 *
 * (255 - x - mean) / std is (x - (255 - mean)) / -std: inversion is a recipe too. For the order of channels and for transposing the metadata has no words:
 * they become a GATHER and a TRANSPOSE behind the input. The recipe works ahead of them, on channels in the picture's own order.
 */
#include "base/error.h"
#include "graph/attrs.h"
#include "graph/graph.h"
#include "ops/ops.h"
#include "tuff/doctor.h"

/* An op with a constant of s32s behind input 0; its result is of the input's shape. */
static tuff_status insert(tuff_graph *g, const tuff_op *op, const int32_t *constant, int32_t count, const char *name, tuff_error *error) {
    tuff_subgraph *s = &g->subgraphs[0];
    const int32_t from = s->inputs[0];
    const tuff_tensor in = s->tensors[from];
    const int32_t to = tuff_graph_add_tensor(g, s, name, in.type, in.rank, in.shape, in.signature, error);
    const int32_t list = to < 0 ? -1 : tuff_graph_add_constant(g, s, name, TUFF_S32, 1, &count, constant, (size_t)count * sizeof *constant, true, error);
    if (list < 0) return TUFF_ERR_MEMORY;
    s->tensors[to].quantization = in.quantization;
    tuff_graph_replace_tensor(s, from, to);
    tuff_node *n = tuff_graph_add_node(g, s, 0, op, (int32_t[]){from, list}, 2, &to, 1, error);
    if (!n) return TUFF_ERR_MEMORY;
    if (op == &tuff_op_gather) (void)tuff_node_set(n, "axis", 3);
    return TUFF_OK;
}

tuff_status tuff_graph_treat(tuff_graph *graph, const tuff_treatment *treatment, tuff_error *error) {
    const tuff_tensor *in = &graph->subgraphs[0].tensors[graph->subgraphs[0].inputs[0]];
    if (treatment->transposed && (in->rank != 4 || in->shape[1] != in->shape[2]))
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "input '%s' has %d dims, expected [batch, height, width, channels] with height = width to transpose it",
                         in->name, (int)in->rank);
    if (treatment->swapped && (in->rank != 4 || in->shape[3] != 3))
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "input '%s' has no 3 channels that could be exchanged", in->name);
    tuff_recipe recipe = treatment->recipe;
    for (int32_t c = 0; c < treatment->recipe.count; c++) {
        const int32_t from = treatment->swapped && treatment->recipe.count == 3 ? 2 - c : c;
        recipe.mean[c] = treatment->inverted ? 255 - treatment->recipe.mean[from] : treatment->recipe.mean[from];
        recipe.std[c] = treatment->inverted ? -treatment->recipe.std[from] : treatment->recipe.std[from];
    }
    TUFF_TRY(tuff_graph_describe(graph, &recipe, NULL, 0, error));
    if (treatment->swapped) TUFF_TRY(insert(graph, &tuff_op_gather, (int32_t[]){2, 1, 0}, 3, "blue_green_red", error));
    if (treatment->transposed) TUFF_TRY(insert(graph, &tuff_op_transpose, (int32_t[]){0, 2, 1, 3}, 4, "transposed", error));
    return tuff_graph_check(graph, error);
}
