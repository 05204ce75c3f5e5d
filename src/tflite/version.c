/* The lowest op version that expresses a node: the file then runs on the oldest runtime that can run it.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Three things raise a version: the types (the variant's row), an option that isn't the default (the field), and what only the op knows (its
 * version function: rank, dilation, scales). The highest wins.
 */
#include "graph/fields.h"
#include "ops/ops.h"
#include "tflite/tflite.h"

/* Of an op with more inputs the first so many decide: they are repeated ones, all of one type. */
enum { LOOKED_AT = 64 };

static int32_t collect(const tuff_subgraph *s, const int32_t *indices, int32_t count, const tuff_tensor **tensors) {
    if (count > LOOKED_AT) count = LOOKED_AT;
    for (int32_t k = 0; k < count; k++) tensors[k] = indices[k] < 0 ? NULL : &s->tensors[indices[k]];
    return count;
}

/* The version that the node's options need, at least `version`. */
static int32_t raised(const tuff_node *n, int32_t version) {
    for (const tuff_field *f = n->op->options.fields; f && n->attrs && f->kind != TUFF_FIELD_END_KIND; f++)
        if (f->version > version && !tuff_field_is_default(f, n->attrs)) version = f->version;
    return version;
}

int32_t tuff_tflite_version(const tuff_subgraph *s, const tuff_node *n) {
    const tuff_op *op = n->op;
    if (!op->variants) return raised(n, n->version); /* nothing is known but what its options ask */
    const tuff_tensor *inputs[LOOKED_AT], *outputs[LOOKED_AT];
    tuff_context c = {.op = op, .attrs = n->attrs, .version = n->version, .inputs = inputs, .outputs = outputs};
    c.n_inputs = collect(s, n->inputs, n->n_inputs, inputs);
    c.n_outputs = collect(s, n->outputs, n->n_outputs, outputs);
    if (tuff_operands_check(&c) != TUFF_OK) return 0;
    c.variant = tuff_variant_find(op, inputs, c.n_inputs, outputs, c.n_outputs);
    if (!c.variant) return 0;
    const int32_t version = raised(n, c.variant->version);
    const int32_t own = op->version ? op->version(&c) : 0;
    return own > version ? own : version;
}
