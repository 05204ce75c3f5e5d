/* Rewrites a float graph to int8 by the rules of the variant rows and the ranges of its activations.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three rounds over the main subgraph:
 *   share    each activation starts as a group of its own; `same` in a rule joins groups, whose ranges join too. A group with a fixed scale (a
 *XX
 *   replace  weights and biases by integer constants, made per reader: the scales of a bias depend on its node
 *   convert  the activations themselves, and constants that play the part of activations
 * Inputs and outputs become s8, or stay f32 behind QUANTIZE and DEQUANTIZE (float_io).
 */
#include <math.h>
#include <string.h>

#include "kit/quant/quant.h"

typedef struct group {
    int32_t parent; /* union-find: itself at the root, where the rest counts */
    tuff_range range;
    bool fixed;
    tuff_affine scale; /* where fixed */
} group;

typedef struct rewriter {
    tuff_graph *g;
    tuff_subgraph *s;
    group *groups; /* per tensor */
    bool *active;  /* per tensor: becomes s8 */
    int32_t room;
    tuff_weights weights;
    int32_t requantized; /* for the report */
    tuff_error *error;
} rewriter;

static bool is_f32(const rewriter *w, int32_t tensor) { return tensor >= 0 && w->s->tensors[tensor].type == TUFF_F32; }

static bool touches_f32(const tuff_subgraph *s, const tuff_node *n) {
    for (int32_t k = 0; k < n->n_inputs; k++)
        if (n->inputs[k] >= 0 && s->tensors[n->inputs[k]].type == TUFF_F32) return true;
    for (int32_t k = 0; k < n->n_outputs; k++)
        if (s->tensors[n->outputs[k]].type == TUFF_F32) return true;
    return false;
}

/* ---- share ---- */

static group *root(rewriter *w, int32_t tensor) {
    while (w->groups[tensor].parent != tensor) {
        w->groups[tensor].parent = w->groups[w->groups[tensor].parent].parent;
        tensor = w->groups[tensor].parent;
    }
    return &w->groups[tensor];
}

static tuff_affine scale_of(rewriter *w, int32_t tensor) {
    const group *r = root(w, tensor);
    return r->fixed ? r->scale : tuff_affine_from(r->range);
}

/* A scale's last step counts as said: 1.0 under scale 1/256 is 255/256. */
static bool can_say(tuff_affine a, tuff_range r) {
    const tuff_range said = tuff_affine_range(a);
    return tuff_range_empty(r) || (r.low >= said.low - (double)a.scale && r.high <= said.high + (double)a.scale);
}

/* false where a fixed scale is in the way */
static bool join(rewriter *w, int32_t a, int32_t b) {
    group *x = root(w, a), *y = root(w, b);
    if (x == y) return true;
    if (x->fixed && y->fixed && (x->scale.scale != y->scale.scale || x->scale.zero != y->scale.zero)) return false;
    if ((x->fixed && !can_say(x->scale, y->range)) || (y->fixed && !can_say(y->scale, x->range))) return false;
    if (y->fixed) x->fixed = true, x->scale = y->scale;
    x->range = tuff_range_join(x->range, y->range);
    y->parent = x->parent;
    return true;
}

/* Sharing the scale of `with` would cost `tensor` more than a bit of precision, and others than this node read it. */
static bool better_apart(rewriter *w, int32_t tensor, int32_t with) {
    const tuff_range own = tuff_affine_range(scale_of(w, tensor)), shared = tuff_affine_range(scale_of(w, with));
    return tuff_graph_reader_count(w->s, tensor) > 1 && 2.0 * (own.high - own.low) < shared.high - shared.low;
}

static tuff_status activate(rewriter *w, int32_t tensor) {
    const tuff_tensor *t = &w->s->tensors[tensor];
    if (w->active[tensor]) return TUFF_OK;
    w->active[tensor] = true;
    return t->data ? tuff_constant_range(t, &w->groups[tensor].range, w->error) : TUFF_OK;
}

/* Input k of node n through a QUANTIZE, as a new tensor that shares the scale of `with`; *n moves on by the node put before it. */
static tuff_status requantize(rewriter *w, int32_t *n, int32_t k, int32_t with) {
    const int32_t from = w->s->nodes[*n].inputs[k], to = w->s->n_tensors;
    const tuff_tensor t = w->s->tensors[from];
    const char *name = tuff_arena_format(w->g->arena, w->error, "%s_requantized_%d", t.name ? t.name : "", (int)to);
    if (!name || tuff_graph_add_tensor(w->g, w->s, name, TUFF_F32, t.rank, t.shape, t.signature, w->error) < 0 ||
        !tuff_graph_add_node(w->g, w->s, *n, tuff_op_by_name("QUANTIZE"), &from, 1, &to, 1, w->error))
        return TUFF_ERR_MEMORY;
    *n += 1;
    w->s->nodes[*n].inputs[k] = to;
    w->groups[to] = (group){.parent = to, .range = TUFF_RANGE_EMPTY};
    w->active[to] = true;
    w->requantized++;
    join(w, to, with);
    return TUFF_OK;
}

static tuff_status no_form(const tuff_subgraph *s, int32_t n, tuff_error *error) {
    char place[200];
    const tuff_node *node = &s->nodes[n];
    return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "op %d %s, %s: has no int8 form; keep the model in float, or quantize it with float16 or dynamic", (int)n,
                     node->op->name, tuff_node_place(s, node, place, sizeof place));
}

static tuff_status share_outputs(rewriter *w, int32_t *n, const tuff_rule *rule) {
    for (int32_t k = 0; k < w->s->nodes[*n].n_outputs; k++) {
        const int32_t out = w->s->nodes[*n].outputs[k];
        const tuff_rule_item item = tuff_rule_output(rule, k);
        if (!is_f32(w, out) || item.role == TUFF_ROLE_NONE) continue;
        TUFF_TRY(activate(w, out));
        if (item.role == TUFF_ROLE_FIXED) {
            root(w, out)->fixed = true;
            root(w, out)->scale = (tuff_affine){item.scale, item.zero};
        }
        if (item.role == TUFF_ROLE_SAME && is_f32(w, w->s->nodes[*n].inputs[0]) && !join(w, w->s->nodes[*n].inputs[0], out)) TUFF_TRY(requantize(w, n, 0, out));
    }
    return TUFF_OK;
}

static tuff_status share(rewriter *w, int32_t *n) {
    tuff_rule rule;
    const tuff_node *node = &w->s->nodes[*n];
    if (!touches_f32(w->s, node)) return TUFF_OK;
    if (!tuff_rule_find(w->s, node, TUFF_QUANTIZE_INT8, &rule)) return no_form(w->s, *n, w->error);
    for (int32_t k = 0; k < node->n_inputs; k++) {
        const tuff_role role = tuff_rule_input(&rule, k).role;
        if (is_f32(w, node->inputs[k]) && (role == TUFF_ROLE_ACT || role == TUFF_ROLE_SAME)) TUFF_TRY(activate(w, node->inputs[k]));
    }
    TUFF_TRY(share_outputs(w, n, &rule));
    for (int32_t k = 0; k < w->s->nodes[*n].n_inputs; k++) {
        const int32_t in = w->s->nodes[*n].inputs[k], out = w->s->nodes[*n].outputs[0];
        if (tuff_rule_input(&rule, k).role != TUFF_ROLE_SAME || !is_f32(w, in)) continue;
        if (better_apart(w, in, out) || !join(w, in, out)) TUFF_TRY(requantize(w, n, k, out));
    }
    return TUFF_OK;
}

/* ---- replace ---- */

/* The least scales of node n's weights (input k) that keep its bias, if it has one, within half of s32; NULL: any will do. */
static tuff_status weight_floors(rewriter *w, const tuff_node *node, const tuff_rule *rule, int32_t k, double **floors) {
    *floors = NULL;
    for (int32_t b = 0; b < node->n_inputs; b++) {
        const tuff_rule_item item = tuff_rule_input(rule, b);
        if (item.role != TUFF_ROLE_BIAS || item.weight != k || !is_f32(w, node->inputs[b]) || !w->s->tensors[node->inputs[b]].data) continue;
        const tuff_tensor *t = &w->s->tensors[node->inputs[b]], *weight = &w->s->tensors[node->inputs[k]];
        const size_t count = (size_t)weight->shape[tuff_rule_input(rule, k).axis];
        const double largest = (double)scale_of(w, node->inputs[item.data]).scale * (1 << 30);
        *floors = TUFF_NEW_ARRAY(w->g->arena, count, double, w->error);
        if (!*floors) return TUFF_ERR_MEMORY;
        for (size_t c = 0; c < count && c < t->bytes / sizeof(float); c++) (*floors)[c] = fabs((double)((const float *)t->data)[c]) / largest;
    }
    return TUFF_OK;
}

static tuff_status replace_weight(rewriter *w, int32_t n, const tuff_rule *rule, int32_t k) {
    const tuff_node *node = &w->s->nodes[n];
    const tuff_tensor *t = &w->s->tensors[node->inputs[k]];
    const int32_t axis = tuff_rule_input(rule, k).axis;
    char place[200];
    double *floors;
    int32_t made;
    if (!t->data || axis >= t->rank)
        return tuff_fail(w->error, TUFF_ERR_UNSUPPORTED, "op %d %s, %s: its weights '%s' are no constant with an axis %d", (int)n, node->op->name,
                         tuff_node_place(w->s, node, place, sizeof place), t->name ? t->name : "", (int)axis);
    TUFF_TRY(weight_floors(w, node, rule, k, &floors));
    TUFF_TRY(tuff_constant_weight(w->g, w->s, &w->weights, node->inputs[k], axis, floors, &made, w->error));
    w->s->nodes[n].inputs[k] = made;
    return TUFF_OK;
}

/* A bias that was left out becomes zeros: integer kernels of the reference want one. */
static tuff_status replace_bias(rewriter *w, int32_t n, tuff_rule_item item, int32_t k) {
    tuff_node *node = &w->s->nodes[n];
    const int32_t bias = k < node->n_inputs ? node->inputs[k] : -1;
    int32_t made, inputs[TUFF_RULE_INPUTS];
    char place[200];
    if (bias >= 0 && !w->s->tensors[bias].data)
        return tuff_fail(w->error, TUFF_ERR_UNSUPPORTED, "op %d %s, %s: its bias is computed at run time", (int)n, node->op->name,
                         tuff_node_place(w->s, node, place, sizeof place));
    TUFF_TRY(tuff_constant_bias(w->g, w->s, bias, scale_of(w, node->inputs[item.data]).scale, node->inputs[item.weight], &made, w->error));
    node = &w->s->nodes[n];
    if (k < node->n_inputs) {
        node->inputs[k] = made;
        return TUFF_OK;
    }
    if (k != node->n_inputs) return no_form(w->s, n, w->error);
    memcpy(inputs, node->inputs, (size_t)k * sizeof inputs[0]);
    inputs[k] = made;
    return tuff_graph_set_inputs(w->g, node, inputs, k + 1, w->error);
}

static tuff_status replace_constants(rewriter *w, int32_t n) {
    tuff_rule rule;
    if (!tuff_rule_find(w->s, &w->s->nodes[n], TUFF_QUANTIZE_INT8, &rule)) return TUFF_OK;
    for (int32_t k = 0; k < w->s->nodes[n].n_inputs; k++)
        if (tuff_rule_input(&rule, k).role == TUFF_ROLE_WEIGHT && is_f32(w, w->s->nodes[n].inputs[k])) TUFF_TRY(replace_weight(w, n, &rule, k));
    for (int32_t k = 0; k < rule.n_inputs; k++) {
        const tuff_rule_item item = tuff_rule_input(&rule, k);
        const bool has_weight = item.role == TUFF_ROLE_BIAS && item.weight < w->s->nodes[n].n_inputs;
        if (has_weight && w->s->tensors[w->s->nodes[n].inputs[item.weight]].type == TUFF_S8) TUFF_TRY(replace_bias(w, n, item, k));
    }
    return TUFF_OK;
}

/* ---- convert ---- */

static tuff_status convert(rewriter *w, int32_t tensor) {
    tuff_tensor *t = &w->s->tensors[tensor];
    const tuff_affine a = scale_of(w, tensor);
    const int64_t zero = a.zero;
    if (!root(w, tensor)->fixed && tuff_range_empty(root(w, tensor)->range))
        return tuff_fail(w->error, TUFF_ERR_DATA, "tensor '%s' had no value in calibration", t->name ? t->name : "");
    if (t->data) return tuff_constant_activation(w->g, t, a, w->error);
    t->type = TUFF_S8;
    return tuff_graph_set_quantization(w->g, t, 1, &a.scale, &zero, 0, w->error);
}

/* ---- float inputs and outputs ---- */

static void redirect(tuff_graph *g, bool outputs, int32_t from, int32_t to) {
    for (int32_t k = 0; k < g->n_signatures; k++) {
        const tuff_signature *sig = &g->signatures[k];
        if (sig->subgraph != 0) continue;
        tuff_named_tensor *list = outputs ? sig->outputs : sig->inputs;
        for (int32_t j = 0; j < (outputs ? sig->n_outputs : sig->n_inputs); j++)
            if (list[j].tensor == from) list[j].tensor = to;
    }
}

/* Puts an f32 tensor of the same name in front of (behind) s8 input (output) `list[k]`. */
static tuff_status float_end(rewriter *w, int32_t *list, int32_t k, bool output) {
    const int32_t inner = list[k], outer = w->s->n_tensors;
    const tuff_tensor t = w->s->tensors[inner];
    if (!w->active[inner] || t.data) return TUFF_OK;
    const char *name = tuff_arena_format(w->g->arena, w->error, "%s_int8", t.name ? t.name : "");
    if (!name || tuff_graph_add_tensor(w->g, w->s, t.name, TUFF_F32, t.rank, t.shape, t.signature, w->error) < 0) return TUFF_ERR_MEMORY;
    w->s->tensors[inner].name = name;
    const tuff_op *op = tuff_op_by_name(output ? "DEQUANTIZE" : "QUANTIZE");
    if (!tuff_graph_add_node(w->g, w->s, output ? -1 : 0, op, output ? &inner : &outer, 1, output ? &outer : &inner, 1, w->error)) return TUFF_ERR_MEMORY;
    redirect(w->g, output, inner, outer);
    list[k] = outer;
    return TUFF_OK;
}

static tuff_status float_ends(rewriter *w) {
    for (int32_t k = 0; k < w->s->n_inputs; k++) TUFF_TRY(float_end(w, w->s->inputs, k, false));
    for (int32_t k = 0; k < w->s->n_outputs; k++) TUFF_TRY(float_end(w, w->s->outputs, k, true));
    return TUFF_OK;
}

/* ---- all of it ---- */

static tuff_status begin(rewriter *w, const tuff_ranges *ranges) {
    const tuff_subgraph *s = w->s;
    int64_t room = s->n_tensors;
    for (int32_t n = 0; n < s->n_nodes; n++) room += s->nodes[n].n_inputs; /* each may need a QUANTIZE */
    w->groups = TUFF_NEW_ARRAY(w->g->arena, (size_t)room, group, w->error);
    w->active = TUFF_NEW_ARRAY(w->g->arena, (size_t)room, bool, w->error);
    if (!w->groups || !w->active) return TUFF_ERR_MEMORY;
    for (int32_t t = 0; t < s->n_tensors; t++) w->groups[t] = (group){.parent = t, .range = ranges->of[t]};
    for (int32_t k = 0; k < s->n_inputs; k++)
        if (is_f32(w, s->inputs[k])) TUFF_TRY(activate(w, s->inputs[k]));
    return TUFF_OK;
}

tuff_status tuff_check_int8(const tuff_graph *g, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[0];
    tuff_rule rule;
    for (int32_t n = 0; n < s->n_nodes; n++)
        if (touches_f32(s, &s->nodes[n]) && !tuff_rule_find(s, &s->nodes[n], TUFF_QUANTIZE_INT8, &rule)) return no_form(s, n, error);
    return TUFF_OK;
}

tuff_status tuff_rewrite_int8(tuff_graph *g, const tuff_ranges *ranges, const tuff_quantize_options *o, tuff_error *error) {
    rewriter w = {.g = g, .s = &g->subgraphs[0], .error = error};
    TUFF_TRY(begin(&w, ranges));
    TUFF_TRY(tuff_weights_begin(&w.weights, g, w.s, error));
    for (int32_t n = 0; n < w.s->n_nodes; n++) TUFF_TRY(share(&w, &n));
    const int32_t n_activations = w.s->n_tensors;
    for (int32_t n = 0; n < w.s->n_nodes; n++) TUFF_TRY(replace_constants(&w, n));
    for (int32_t t = 0; t < n_activations; t++)
        if (w.active[t]) TUFF_TRY(convert(&w, t));
    if (o->float_io) TUFF_TRY(float_ends(&w));
    tuff_report_line(o->report, "quantized to int8: %d weights per channel, %s inputs and outputs", (int)w.weights.count, o->float_io ? "float" : "int8");
    if (w.requantized > 0) tuff_report_line(o->report, "%d QUANTIZE between tensors that must share a scale and keep one of their own", (int)w.requantized);
    return TUFF_OK;
}
