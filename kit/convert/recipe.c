/* The recipe that a graph's first ops imply.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model that begins with Rescaling or Normalization normalizes by itself: it takes raw data, so its recipe is the identity (mean 0, std 1).
 * In the graph these layers are a MUL or DIV by a constant with an ADD or SUB of one behind or before it; constants with one value are a
 * Rescaling, with several a Normalization.
 *
 * For pictures raw means 0..255, and a model may as well begin with 2 * x - 1 and want 0..1. What tells them apart is where the first ops take
 * 255: a network is fed with values of a few units, so a result beyond FED_LIMIT means that 0..255 isn't what it takes, and nothing is derived.
 */
#include "kit/convert/recipe.h"

#include <math.h>
#include <string.h>

static const double FED_LIMIT = 16;

/* x * scale + offset, then the next op's */
typedef enum step_kind { SCALES, DIVIDES, ADDS, SUBTRACTS, KINDS } step_kind;
typedef struct step {
    const tuff_tensor *constant;
    step_kind kind;
    int32_t output;
} step;

static int32_t only_reader(const tuff_subgraph *s, int32_t tensor) {
    const int32_t node = tuff_graph_only_reader(s, tensor);
    return node >= 0 && s->nodes[node].n_outputs == 1 ? node : -1;
}

/* What is done to x first, where that is arithmetic with a constant. */
static bool read_step(const tuff_subgraph *s, int32_t x, step *out) {
    static const char *const names[] = {"MUL", "DIV", "ADD", "SUB"};
    const int32_t node = only_reader(s, x);
    if (node < 0 || s->nodes[node].n_inputs != 2) return false;
    const tuff_node *n = &s->nodes[node];
    const int32_t k = n->inputs[0] == x, other = n->inputs[k];
    for (step_kind i = SCALES; i < KINDS; i++) {
        if (strcmp(n->op->name, names[i]) != 0 || other < 0 || (k == 0 && (i == DIVIDES || i == SUBTRACTS))) continue;
        const tuff_tensor *t = &s->tensors[other];
        *out = (step){t, i, n->outputs[0]};
        return t->data && t->type == TUFF_F32 && t->bytes >= sizeof(float);
    }
    return false;
}

static bool scales(const step *p) { return p->kind == SCALES || p->kind == DIVIDES; }

static double apply(const step *p, size_t k, double x) {
    const double v = (double)((const float *)p->constant->data)[p->constant->bytes == sizeof(float) ? 0 : k];
    return p->kind == SCALES ? x * v : p->kind == DIVIDES ? x / v : p->kind == ADDS ? x + v : x - v;
}

/* Are both ends of 0..255 brought to a few units? */
static bool takes_pixels(const step *steps, int count, size_t channels) {
    for (size_t k = 0; k < channels; k++) {
        double low = 0, high = 255;
        for (int i = 0; i < count; i++) low = apply(&steps[i], k, low), high = apply(&steps[i], k, high);
        if (!(fabs(low) <= FED_LIMIT && fabs(high) <= FED_LIMIT)) return false;
    }
    return true;
}

static size_t channels_of(const step *p) { return p->constant->bytes / sizeof(float); }

tuff_recipe tuff_recipe_derive(const tuff_graph *graph) {
    const tuff_recipe none = {.source = ""};
    if (!graph || graph->n_subgraphs < 1 || graph->subgraphs[0].n_inputs < 1) return none;
    const tuff_subgraph *s = &graph->subgraphs[0];
    const tuff_tensor *input = &s->tensors[s->inputs[0]];
    int32_t x = s->inputs[0];
    const int32_t cast = only_reader(s, x);
    if (cast >= 0 && strcmp(s->nodes[cast].op->name, "CAST") == 0) x = s->nodes[cast].outputs[0];
    step steps[2];
    int count = read_step(s, x, &steps[0]) ? 1 : 0;
    if (count && read_step(s, steps[0].output, &steps[1]) && scales(&steps[0]) != scales(&steps[1])) count = 2;
    if (!count || (count == 1 && !scales(&steps[0]))) return none;
    size_t channels = channels_of(&steps[0]);
    if (count == 2 && channels_of(&steps[1]) != channels) {
        if (channels != 1 && channels_of(&steps[1]) != 1) return none;
        if (channels == 1) channels = channels_of(&steps[1]);
    }
    tuff_recipe recipe = {.present = true, .count = 1, .mean = {0}, .std = {1}};
    recipe.source = channels == 1 ? "model begins with RESCALING" : "model begins with NORMALIZATION";
    const bool picture = input->rank == 4 && (input->shape[3] == 1 || input->shape[3] == 3 || input->shape[3] == 4);
    if (!picture) return recipe;
    recipe.height = input->shape[1], recipe.width = input->shape[2], recipe.channels = input->shape[3];
    return takes_pixels(steps, count, channels) ? recipe : none;
}
