/* float16: constants as half floats, each behind a DEQUANTIZE; computation stays f32.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A runtime widens them once, when it plans. Constants so small that the DEQUANTIZE would take more room in the file than halving saves stay f32, and
 * so do those with a number that no half float is near (beyond 65504).
 */
#include <math.h>

#include "base/half.h"
#include "kit/quant/quant.h"

enum { LEAST_ELEMENTS = 64 };

static uint16_t *halves(tuff_graph *g, const tuff_tensor *t, tuff_error *error) {
    const float *from = t->data;
    const size_t count = t->bytes / sizeof(float);
    uint16_t *to = TUFF_NEW_ARRAY(g->arena, count, uint16_t, error);
    for (size_t k = 0; to && k < count; k++) to[k] = tuff_f32_to_f16(from[k]);
    return to;
}

static bool fits(const tuff_tensor *t) {
    const float *values = t->data;
    const size_t count = t->bytes / sizeof(float);
    if (t->type != TUFF_F32 || !values || t->variable || t->sparsity || count < LEAST_ELEMENTS) return false;
    for (size_t k = 0; k < count; k++)
        if (isfinite(values[k]) && isinf(tuff_f16_to_f32(tuff_f32_to_f16(values[k])))) return false;
    return true;
}

static tuff_status convert(tuff_graph *g, tuff_subgraph *s, int32_t tensor, tuff_error *error) {
    const tuff_tensor t = s->tensors[tensor];
    uint16_t *data = halves(g, &t, error);
    const char *name = tuff_arena_format(g->arena, error, "%s_dequantized", t.name ? t.name : "");
    if (!data || !name) return TUFF_ERR_MEMORY;
    const int32_t half = tuff_graph_add_constant(g, s, t.name, TUFF_F16, t.rank, t.shape, data, t.bytes / 2, false, error);
    const int32_t wide = half < 0 ? -1 : tuff_graph_add_tensor(g, s, name, TUFF_F32, t.rank, t.shape, NULL, error);
    if (wide < 0) return TUFF_ERR_MEMORY;
    tuff_graph_replace_tensor(s, tensor, wide);
    return tuff_graph_add_node(g, s, 0, tuff_op_by_name("DEQUANTIZE"), &half, 1, &wide, 1, error) ? TUFF_OK : TUFF_ERR_MEMORY;
}

tuff_status tuff_rewrite_float16(tuff_graph *g, const tuff_report *report, tuff_error *error) {
    int32_t converted = 0;
    for (int32_t k = 0; k < g->n_subgraphs; k++) {
        tuff_subgraph *s = &g->subgraphs[k];
        const int32_t n_tensors = s->n_tensors;
        for (int32_t t = 0; t < n_tensors; t++) {
            if (!fits(&s->tensors[t]) || tuff_graph_reader_count(s, t) == 0) continue;
            TUFF_TRY(convert(g, s, t, error));
            converted++;
        }
    }
    tuff_report_line(report, "quantized to float16: %d constants", (int)converted);
    return TUFF_OK;
}
