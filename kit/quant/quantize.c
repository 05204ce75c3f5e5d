/* Quantizing: what is refused, and which rewrite is done.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kit/quant/quant.h"

const char *tuff_calibration_name(tuff_calibration method) {
    static const char *const names[] = {"minmax", "percentile", "mse", "entropy"};
    return names[method];
}

void tuff_report_line(const tuff_report *report, const char *format, ...) {
    char text[1000];
    va_list list;
    if (!report || !report->line) return;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    report->line(report->context, text);
}

const char *tuff_node_place(const tuff_subgraph *s, const tuff_node *n, char *text, size_t bytes) {
    const char *output = n->n_outputs > 0 && n->outputs[0] >= 0 && s->tensors[n->outputs[0]].name ? s->tensors[n->outputs[0]].name : "";
    if (n->origin) snprintf(text, bytes, "layer '%s'", n->origin);
    else snprintf(text, bytes, "which makes '%s'", output);
    return text;
}

/* ---- what is refused ---- */

static bool is_quantized(const tuff_tensor *t) {
    return t->quantization.count > 0 || t->quantization.details != TUFF_DETAILS_NONE || t->type == TUFF_F16 || t->type == TUFF_BF16;
}

static tuff_status check_float(const tuff_graph *g, tuff_error *error) {
    for (int32_t k = 0; k < g->n_subgraphs; k++)
        for (int32_t t = 0; t < g->subgraphs[k].n_tensors; t++) {
            const tuff_tensor *tensor = &g->subgraphs[k].tensors[t];
            if (is_quantized(tensor))
                return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "the model is quantized already: tensor '%s' is %s; start from its float form",
                                 tensor->name ? tensor->name : "", tuff_type_name(tensor->type));
        }
    return TUFF_OK;
}

static tuff_status check_int8(const tuff_graph *g, tuff_error *error) {
    const tuff_subgraph *s = &g->subgraphs[0];
    if (s->n_inputs != 1) return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "int8 calibrates models with one input, this one has %d", (int)s->n_inputs);
    const tuff_tensor *input = &s->tensors[s->inputs[0]];
    if (input->type != TUFF_F32)
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "int8 starts from a float model: input '%s' is %s, expected f32", input->name ? input->name : "",
                         tuff_type_name(input->type));
    return tuff_check_int8(g, error);
}

static tuff_status check(const tuff_graph *g, const tuff_quantize_options *o, tuff_error *error) {
    if (o->size != sizeof *o) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_quantize_options: size %zu, expected %zu", o->size, sizeof *o);
    if (o->mode > TUFF_QUANTIZE_INT8 || o->calibration > TUFF_CALIBRATE_ENTROPY)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "no such quantization mode or calibration");
    if (g->n_subgraphs < 1) return tuff_fail(error, TUFF_ERR_MODEL, "the model has no subgraph");
    TUFF_TRY(check_float(g, error));
    return o->mode == TUFF_QUANTIZE_INT8 ? check_int8(g, error) : TUFF_OK;
}

/* ---- quantize ---- */

/* {"samples":500,"method":"minmax","raw_mean":33.1}: lets feeding warn of pictures unlike those. */
static tuff_status note_calibration(tuff_graph *g, const tuff_ranges *ranges, tuff_calibration method, tuff_error *error) {
    char text[120], mean[40] = "";
    if (ranges->has_raw_mean) snprintf(mean, sizeof mean, ",\"raw_mean\":%.1f", ranges->raw_mean);
    const int n = snprintf(text, sizeof text, "{\"samples\":%zu,\"method\":\"%s\"%s}", ranges->samples, tuff_calibration_name(method), mean);
    return tuff_graph_set_metadata(g, "tuff_calibration", text, (size_t)n, error);
}

/* Constants of its own, so that the new graph outlives the old one. */
static tuff_status own_constants(tuff_graph *g, tuff_error *error) {
    for (int32_t k = 0; k < g->n_subgraphs; k++)
        for (int32_t t = 0; t < g->subgraphs[k].n_tensors; t++) {
            tuff_tensor *tensor = &g->subgraphs[k].tensors[t];
            if (tensor->data && !(tensor->data = tuff_arena_copy(g->arena, tensor->data, tensor->bytes, error))) return TUFF_ERR_MEMORY;
        }
    return TUFF_OK;
}

static tuff_status calibrate_and_rewrite(tuff_graph *g, tuff_dataset *dataset, const tuff_quantize_options *o, tuff_error *error) {
    tuff_ranges ranges;
    tuff_arena *scratch = tuff_arena_create(NULL, error);
    if (!scratch) return TUFF_ERR_MEMORY;
    tuff_status status = tuff_calibrate(g, dataset, o, scratch, &ranges, error);
    if (status == TUFF_OK) status = tuff_rewrite_int8(g, &ranges, o, error);
    if (status == TUFF_OK) status = note_calibration(g, &ranges, o->calibration, error);
    tuff_arena_destroy(scratch);
    return status;
}

static tuff_status rewrite(tuff_graph *g, tuff_dataset *dataset, const tuff_quantize_options *o, tuff_error *error) {
    switch (o->mode) {
    case TUFF_QUANTIZE_DYNAMIC: TUFF_TRY(tuff_rewrite_dynamic(g, o->report, error)); break;
    case TUFF_QUANTIZE_FLOAT16: TUFF_TRY(tuff_rewrite_float16(g, o->report, error)); break;
    case TUFF_QUANTIZE_INT8: TUFF_TRY(calibrate_and_rewrite(g, dataset, o, error)); break;
    }
    TUFF_TRY(tuff_graph_compact(g, error));
    TUFF_TRY(own_constants(g, error));
    return tuff_graph_check(g, error);
}

tuff_status tuff_graph_quantize(const tuff_graph *graph, tuff_dataset *dataset, const tuff_quantize_options *options, tuff_graph **quantized,
                                tuff_error *error) {
    const tuff_quantize_options standard = TUFF_QUANTIZE_OPTIONS;
    const tuff_quantize_options *o = options ? options : &standard;
    *quantized = NULL;
    TUFF_TRY(check(graph, o, error));
    tuff_arena *arena = tuff_arena_create(NULL, error);
    tuff_graph *g = arena ? tuff_graph_copy(graph, arena, error) : NULL;
    const tuff_status status = g ? rewrite(g, dataset, o, error) : TUFF_ERR_MEMORY;
    if (status != TUFF_OK) {
        tuff_arena_destroy(arena);
        return status;
    }
    *quantized = g;
    return TUFF_OK;
}
