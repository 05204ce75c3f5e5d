/* The recipe that a graph's first ops imply.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model that begins with Rescaling or Normalization normalizes by itself: it takes raw data, so its recipe is the identity (mean 0, std 1).
 * In the graph these layers are a MUL by a constant, then perhaps an ADD; a constant with one value is a Rescaling, with several a
 * Normalization.
 *
 * For pictures raw means 0..255, and a model may as well begin with 2 * x - 1 and want 0..1. What tells them apart is where the first ops take
 * 255: a network is fed with values of a few units, so a result beyond FED_LIMIT means that 0..255 isn't what it takes, and nothing is derived.
 */
#include "kit/convert/recipe.h"

#include <math.h>
#include <string.h>

static const double FED_LIMIT = 16;

static int32_t only_reader(const tuff_subgraph *s, int32_t tensor) {
    const int32_t node = tuff_graph_only_reader(s, tensor);
    return node >= 0 && s->nodes[node].n_outputs == 1 ? node : -1;
}

/* The constant operand of a MUL or ADD of `x`, NULL where the node is something else. */
static const tuff_tensor *operand(const tuff_subgraph *s, int32_t node, const char *op, int32_t x) {
    if (node < 0 || strcmp(s->nodes[node].op->name, op) != 0 || s->nodes[node].n_inputs != 2) return NULL;
    const int32_t other = s->nodes[node].inputs[s->nodes[node].inputs[0] == x];
    const tuff_tensor *t = other >= 0 ? &s->tensors[other] : NULL;
    return t && t->data && t->type == TUFF_F32 && t->bytes >= sizeof(float) ? t : NULL;
}

static double value_at(const tuff_tensor *t, size_t k) { return (double)((const float *)t->data)[t->bytes == sizeof(float) ? 0 : k]; }

static bool takes_pixels(const tuff_tensor *scale, const tuff_tensor *offset) {
    for (size_t k = 0; k < scale->bytes / sizeof(float); k++) {
        const double low = offset ? value_at(offset, k) : 0, high = 255 * value_at(scale, k) + low;
        if (!(fabs(low) <= FED_LIMIT && fabs(high) <= FED_LIMIT)) return false;
    }
    return true;
}

tuff_recipe tuff_recipe_derive(const tuff_graph *graph) {
    const tuff_recipe none = {.source = ""};
    if (!graph || graph->n_subgraphs < 1 || graph->subgraphs[0].n_inputs < 1) return none;
    const tuff_subgraph *s = &graph->subgraphs[0];
    int32_t x = s->inputs[0], node = only_reader(s, x);
    const tuff_tensor *input = &s->tensors[x];
    if (node >= 0 && strcmp(s->nodes[node].op->name, "CAST") == 0) x = s->nodes[node].outputs[0], node = only_reader(s, x);
    const tuff_tensor *scale = operand(s, node, "MUL", x), *offset = NULL;
    if (!scale) return none;
    x = s->nodes[node].outputs[0];
    offset = operand(s, only_reader(s, x), "ADD", x);
    if (offset && offset->bytes != scale->bytes && offset->bytes != sizeof(float)) return none;
    tuff_recipe recipe = {.present = true, .count = 1, .mean = {0}, .std = {1}};
    recipe.source = scale->bytes == sizeof(float) ? "model begins with RESCALING" : "model begins with NORMALIZATION";
    const bool picture = input->rank == 4 && (input->shape[3] == 1 || input->shape[3] == 3 || input->shape[3] == 4);
    if (!picture) return recipe;
    recipe.height = input->shape[1], recipe.width = input->shape[2], recipe.channels = input->shape[3];
    return takes_pixels(scale, offset) ? recipe : none;
}
