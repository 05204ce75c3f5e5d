/* The variant rows' quantizing rules: parsed, and the row chosen for a node.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   rule   := inputs "->" outputs
 *   inputs := { ("act" | "weight/" AXIS | "bias(" i "," j ")" | "same" | "-") ["*"] }      a trailing "*" repeats the last
 *   outputs:= { ("free" | "same" | "fixed(" SCALE "," ZERO ")" | "-") ["*"] }              SCALE := integer ["/" integer]
 *
 * The rules speak of f32 tensors only: tensors of other types (axes, shapes, indices) stay as they are, whatever stands in their place. So one rule
 * serves the whole op, and nothing in the quantizer knows an op.
 */
#include <stdlib.h>
#include <string.h>

#include "kit/quant/quant.h"

typedef struct cursor {
    const char *text, *at;
} cursor;

static bool accept(cursor *c, const char *word) {
    const size_t n = strlen(word);
    if (strncmp(c->at, word, n) != 0) return false;
    c->at += n;
    return true;
}

static bool integer(cursor *c, int32_t *value) {
    char *end;
    const long v = strtol(c->at, &end, 10);
    if (end == c->at || v < -65536 || v > 65536) return false;
    c->at = end;
    *value = (int32_t)v;
    return true;
}

static bool input_item(cursor *c, tuff_rule_item *item) {
    if (accept(c, "act")) item->role = TUFF_ROLE_ACT;
    else if (accept(c, "same")) item->role = TUFF_ROLE_SAME;
    else if (accept(c, "-")) item->role = TUFF_ROLE_NONE;
    else if (accept(c, "weight/")) {
        item->role = TUFF_ROLE_WEIGHT;
        return integer(c, &item->axis);
    } else if (accept(c, "bias(")) {
        item->role = TUFF_ROLE_BIAS;
        return integer(c, &item->data) && accept(c, ",") && integer(c, &item->weight) && accept(c, ")");
    } else return false;
    return true;
}

static bool output_item(cursor *c, tuff_rule_item *item) {
    if (accept(c, "free")) item->role = TUFF_ROLE_FREE;
    else if (accept(c, "same")) item->role = TUFF_ROLE_SAME;
    else if (accept(c, "-")) item->role = TUFF_ROLE_NONE;
    else if (accept(c, "fixed(")) {
        int32_t over, under = 1;
        item->role = TUFF_ROLE_FIXED;
        if (!integer(c, &over) || (accept(c, "/") && !integer(c, &under)) || !accept(c, ",") || !integer(c, &item->zero) || !accept(c, ")")) return false;
        if (over < 1 || under < 1) return false;
        item->scale = (float)over / (float)under;
        return item->zero >= INT8_MIN && item->zero <= INT8_MAX;
    } else return false;
    return true;
}

static void blanks(cursor *c) {
    while (*c->at == ' ') c->at++;
}

static tuff_status wrong(const cursor *c, const char *expected, tuff_error *error) {
    return tuff_fail(error, TUFF_ERR_ARGUMENT, "quantizing rule '%s': expected %s at '%s'", c->text, expected, c->at);
}

/* A row of items up to the arrow or the end. */
static tuff_status items(cursor *c, bool (*item)(cursor *, tuff_rule_item *), tuff_rule_item *list, int32_t room, int32_t *n, bool *repeat, tuff_error *error) {
    for (blanks(c); *c->at != '\0' && strncmp(c->at, "->", 2) != 0; blanks(c)) {
        if (*repeat) return wrong(c, "nothing after '*'", error);
        if (*n == room) return wrong(c, "fewer tensors", error);
        if (!item(c, &list[*n])) return wrong(c, "a role", error);
        *n += 1;
        *repeat = accept(c, "*");
        if (*c->at != ' ' && *c->at != '\0') return wrong(c, "a blank", error);
    }
    return TUFF_OK;
}

/* bias(i,j): j must be a weight, i an activation */
static bool bias_is_sound(const tuff_rule *r) {
    for (int32_t k = 0; k < r->n_inputs; k++) {
        if (r->inputs[k].role != TUFF_ROLE_BIAS) continue;
        if (tuff_rule_input(r, r->inputs[k].data).role != TUFF_ROLE_ACT || tuff_rule_input(r, r->inputs[k].weight).role != TUFF_ROLE_WEIGHT) return false;
    }
    return true;
}

tuff_status tuff_rule_parse(const char *text, tuff_rule *rule, tuff_error *error) {
    cursor c = {text, text};
    memset(rule, 0, sizeof *rule);
    TUFF_TRY(items(&c, input_item, rule->inputs, TUFF_RULE_INPUTS, &rule->n_inputs, &rule->inputs_repeat, error));
    if (!accept(&c, "->")) return wrong(&c, "'->'", error);
    TUFF_TRY(items(&c, output_item, rule->outputs, TUFF_RULE_OUTPUTS, &rule->n_outputs, &rule->outputs_repeat, error));
    if (*c.at != '\0') return wrong(&c, "the end", error);
    if (!bias_is_sound(rule)) return wrong(&c, "bias(i,j) to name an activation and a weight", error);
    return TUFF_OK;
}

static tuff_rule_item item_at(const tuff_rule_item *list, int32_t n, bool repeat, int32_t k) {
    if (k < 0 || n == 0 || (k >= n && !repeat)) return (tuff_rule_item){.role = TUFF_ROLE_NONE};
    return list[k < n ? k : n - 1];
}

tuff_rule_item tuff_rule_input(const tuff_rule *rule, int32_t k) { return item_at(rule->inputs, rule->n_inputs, rule->inputs_repeat, k); }
tuff_rule_item tuff_rule_output(const tuff_rule *rule, int32_t k) { return item_at(rule->outputs, rule->n_outputs, rule->outputs_repeat, k); }

/* dynamic rules have integer weights and nothing else */
static bool serves(const tuff_rule *r, tuff_quantize_mode mode) {
    int32_t weights = 0, activations = 0;
    for (int32_t k = 0; k < r->n_inputs; k++) {
        weights += r->inputs[k].role == TUFF_ROLE_WEIGHT;
        activations += r->inputs[k].role == TUFF_ROLE_ACT || r->inputs[k].role == TUFF_ROLE_SAME;
    }
    return (weights > 0 && activations == 0) == (mode == TUFF_QUANTIZE_DYNAMIC);
}

static tuff_type type_under(tuff_rule_item item, tuff_type type) {
    if (type != TUFF_F32 || item.role == TUFF_ROLE_NONE) return type;
    return item.role == TUFF_ROLE_BIAS ? TUFF_S32 : TUFF_S8;
}

static const char *cell_at(const char *const *cells, int32_t room, int32_t k) {
    int32_t n = 0;
    while (n < room && cells[n]) n++;
    return n == 0 ? NULL : cells[k < n ? k : n - 1];
}

/* A tensor that the rule leaves alone (SHAPE's) may be s8 all the same, by another node's rule. */
static bool cell_fits(const char *cell, tuff_rule_item item, tuff_type type, tuff_quantize_mode mode, tuff_type type0) {
    if (!cell || !tuff_cell_takes(cell, type_under(item, type), type0)) return false;
    return mode == TUFF_QUANTIZE_DYNAMIC || type != TUFF_F32 || item.role != TUFF_ROLE_NONE || tuff_cell_takes(cell, TUFF_S8, type0);
}

/* Do the row's cells take the node's tensors with the types that the rule gives them? */
static bool row_fits(const tuff_variant *v, const tuff_rule *r, tuff_quantize_mode mode, const tuff_subgraph *s, const tuff_node *n) {
    tuff_type type0 = TUFF_F32;
    for (int32_t k = 0; k < n->n_inputs; k++) {
        if (n->inputs[k] < 0) continue;
        const tuff_rule_item item = tuff_rule_input(r, k);
        const tuff_type type = s->tensors[n->inputs[k]].type;
        if (k == 0) type0 = type_under(item, type);
        if (!cell_fits(cell_at(v->inputs, TUFF_VARIANT_INPUTS, k), item, type, mode, type0)) return false;
    }
    for (int32_t k = 0; k < n->n_outputs; k++) {
        if (!cell_fits(cell_at(v->outputs, TUFF_VARIANT_OUTPUTS, k), tuff_rule_output(r, k), s->tensors[n->outputs[k]].type, mode, type0)) return false;
    }
    return true;
}

bool tuff_rule_find(const tuff_subgraph *s, const tuff_node *n, tuff_quantize_mode mode, tuff_rule *rule) {
    for (const tuff_variant *v = n->op->variants; v && v->outputs[0]; v++)
        if (v->quantizing && v->quantizing[0] && tuff_rule_parse(v->quantizing, rule, NULL) == TUFF_OK && serves(rule, mode) && row_fits(v, rule, mode, s, n))
            return true;
    return false;
}
