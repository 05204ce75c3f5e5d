/* The list of all op records, and choosing a variant by types.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "ops/ops.h"

#include <string.h>

#include "base/error.h"

#ifndef TUFF_OPS
#define TUFF_OPS "ops/ops.def"
#endif

static const tuff_op *const all[] = {
#define TUFF_OP(name) &tuff_op_##name,
#include TUFF_OPS
#undef TUFF_OP
    NULL};

const tuff_op *tuff_op_at(int32_t k) { return k >= 0 && (size_t)k < sizeof all / sizeof *all ? all[k] : NULL; }

const tuff_op *tuff_op_by_code(int32_t code) {
    if (code == 32) return NULL; /* custom ops go by their names */
    for (const tuff_op *const *op = all; *op; op++)
        if ((*op)->code == code) return *op;
    return NULL;
}

const tuff_op *tuff_op_by_name(const char *name) {
    for (const tuff_op *const *op = all; *op; op++)
        if (strcmp((*op)->name, name) == 0) return *op;
    return NULL;
}

/* ---- operands and variants ---- */

/* Counts and presence as a list of names states them ("input bias? more*"). */
static tuff_status check_operands(tuff_error *error, const char *what, const char *names, const tuff_tensor *const *list, int32_t count) {
    int32_t k = 0;
    bool repeated = false;
    for (const char *name = names; *name;) {
        const size_t length = strcspn(name, " ");
        repeated = memchr(name, '*', length) != NULL;
        const bool optional = repeated || memchr(name, '?', length) != NULL;
        if (!optional && (k >= count || !list[k])) return tuff_fail(error, TUFF_ERR_MODEL, "%s %d ('%.*s') is missing", what, (int)k, (int)length, name);
        k++;
        name += length;
        name += strspn(name, " ");
    }
    if (!repeated && count > k) return tuff_fail(error, TUFF_ERR_MODEL, "has %d %ss, expected at most %d", (int)count, what, (int)k);
    return TUFF_OK;
}

tuff_status tuff_operands_check(const tuff_context *c) {
    TUFF_TRY(check_operands(c->error, "input", c->op->inputs, c->inputs, c->n_inputs));
    return check_operands(c->error, "output", c->op->outputs, c->outputs, c->n_outputs);
}

static bool word_takes(const char *word, size_t length, tuff_type type, tuff_type type0) {
    if (length == 3 && memcmp(word, "any", 3) == 0) return true;
    if (length == 2 && memcmp(word, "=0", 2) == 0) return type == type0;
    if (length == 2 && word[0] == 'b' && word[1] >= '1' && word[1] <= '8') return tuff_type_bits(type) == 8 * (word[1] - '0');
    const char *name = tuff_type_name(type);
    return strlen(name) == length && memcmp(word, name, length) == 0;
}

bool tuff_cell_takes(const char *cell, tuff_type type, tuff_type type0) {
    for (;;) {
        const size_t length = strcspn(cell, "|");
        if (word_takes(cell, length, type, type0)) return true;
        if (cell[length] == 0) return false;
        cell += length + 1;
    }
}

/* Tensors against one side of a row. Beyond the row's cells there must be nothing, unless the names end in a repeated one (its cell repeats)
 * or the row is full (an op of many inputs: its prepare looks at the rest). */
static bool cells_take(const char *const *cells, int room, const char *names, const tuff_tensor *const *tensors, int32_t count, tuff_type type0) {
    int used = 0;
    while (used < room && cells[used]) used++;
    const bool repeated = names && strchr(names, '*');
    for (int32_t k = 0; k < count; k++) {
        if (!tensors[k]) continue;
        const char *cell = k < used ? cells[k] : repeated && used ? cells[used - 1] : used == room ? "any" : "";
        if (!tuff_cell_takes(cell, tensors[k]->type, type0)) return false;
    }
    return true;
}

const tuff_variant *tuff_variant_find(const tuff_op *op, const tuff_tensor *const *inputs, int32_t n_inputs, const tuff_tensor *const *outputs,
                                      int32_t n_outputs) {
    const tuff_type type0 = n_inputs > 0 && inputs[0] ? inputs[0]->type : n_outputs > 0 && outputs[0] ? outputs[0]->type : TUFF_F32;
    for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++)
        if (cells_take(v->inputs, TUFF_VARIANT_INPUTS, op->inputs, inputs, n_inputs, type0) &&
            cells_take(v->outputs, TUFF_VARIANT_OUTPUTS, op->outputs, outputs, n_outputs, type0))
            return v;
    return NULL;
}
