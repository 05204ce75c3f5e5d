/* DENSIFY: a sparse constant as a dense one.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A plan expands sparse constants before any node reads them, so nothing is left to do.
 * source: TFLite densify.cc
 */
#include "ops/tensor.h"

#ifndef TUFF_KERNELS_ONLY
static const tuff_variant variants[] = {{{"f32|f16|s8"}, {"=0"}, 1, NULL, {0}}, {.version = 0}};

static tuff_status infer(tuff_context *c) {
    TUFF_CHECK(c, c->inputs[0]->sparsity && c->inputs[0]->data, "%s has to be a sparse constant", tuff_shape_text(c->inputs[0]).text);
    return tuff_infer_like(c, 0, 0);
}

const tuff_op tuff_op_densify = {
    .name = "DENSIFY",
    .code = 124,
    .options = TUFF_OPTIONS_EMPTY(DensifyOptions, 99),
    .inputs = "input",
    .outputs = "output",
    .variants = variants,
    .infer = infer,
    .view = TUFF_VIEW_OF(0),
    .highest = 1,
};
#endif
