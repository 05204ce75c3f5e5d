/* STABLEHLO_REDUCE_WINDOW, REDUCE_WINDOW: each output combines the elements under a window, beginning with an initial value.
 * SPDX-License-Identifier: Apache-2.0
 *
 * StableHLO's form first puts the initial value around and between the elements (base dilations, padding), and those count like any other element.
 * The function is the one op of a subgraph, or an option of the builtin. Extrema of floats give NaN where a NaN follows.
 * source: TFLite stablehlo_reduce_window.cc
 */
#include "ops/reduce_window.h"

#include "ops/combine.h"

/* in, initial value [1], out [outputs]; tiles: any split of the outputs; scratch, errors: none */
int tuff_reduce_window(const void *args, void *const *io, int job, int jobs) {
    static const uint8_t bytes[TUFF_TYPE_COUNT] = {
        [TUFF_F32] = 4, [TUFF_F64] = 8, [TUFF_S8] = 1, [TUFF_S16] = 2, [TUFF_S32] = 4, [TUFF_S64] = 8, [TUFF_U8] = 1, [TUFF_BOOL] = 1};
    const tuff_reduce_window_args *p = args;
    tuff_combine_fn *combine = tuff_combine_for(p->type, p->combination), *store = tuff_combine_for(p->type, TUFF_COMBINE_STORE);
    const int64_t across = tuff_walk_step_a(&p->outputs), along = tuff_walk_step_a(&p->window), window = tuff_walk_count(&p->window);
    tuff_row row, run;
    for (tuff_walk_job(&p->outputs, &row, job, jobs); tuff_walk_row(&p->outputs, &row);) {
        char *out = (char *)io[2] + row.out * bytes[p->type];
        store(out, io[1], io[1], row.n, 1, 0, 0);
        for (tuff_walk_from(&p->window, &run, 0, window); tuff_walk_row(&p->window, &run);)
            for (int32_t i = 0; i < run.n; i++) combine(out, (const char *)io[0] + (row.a + run.a + i * along) * bytes[p->type], out, row.n, 1, across, 1);
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/dilate.h"
#include "ops/tensor.h"

static const char *const function_names[] = {"UNSUPPORTED", "ADD", "MUL", "MINIMUM", "MAXIMUM", "ALL", "ANY", NULL};
static const tuff_field stablehlo_fields[] = {
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, window_dimensions, VECTOR_S64, 0),
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, window_strides, VECTOR_S64, 1),
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, base_dilations, VECTOR_S64, 2),
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, window_dilations, VECTOR_S64, 3),
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, padding, VECTOR_S64, 4),
    TUFF_FIELD(tuff_stablehlo_reduce_window_attrs, body_subgraph_index, S32, 5),
    TUFF_FIELD_END,
};
static const tuff_field builtin_fields[] = {
    TUFF_FIELD(tuff_reduce_window_attrs, reduce_function, S32, 0, .names = function_names),
    TUFF_FIELD_END,
};
static const tuff_field fields[] = {
    TUFF_WALK_FIELDS(tuff_reduce_window_args, outputs),
    TUFF_WALK_FIELDS(tuff_reduce_window_args, window),
    TUFF_ARG(tuff_reduce_window_args, type, S32),
    TUFF_ARG(tuff_reduce_window_args, combination, S32),
    TUFF_FIELD_END,
};
#define KERNEL TUFF_KERNEL(tuff_reduce_window, tuff_reduce_window_args, fields)
#define TYPES "f32|f64|s8|s16|s32|s64|u8|bool"
static const tuff_variant stablehlo_variants[] = {{{TYPES, "=0"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};
static const tuff_variant builtin_variants[] = {{{TYPES, "=0", "s64", "s64", "s64"}, {"=0"}, 1, NULL, KERNEL}, {.version = 0}};

/* Everything about the node but its function: the padded input and the window over it. */
typedef struct geometry {
    tuff_dilate_args padded;
    int64_t size[TUFF_MAX_RANK], stride[TUFF_MAX_RANK], spread[TUFF_MAX_RANK];
    int32_t out[TUFF_MAX_RANK];
} geometry;

static tuff_status place_window(tuff_context *c, geometry *g) {
    for (int32_t k = 0; k < g->padded.rank; k++) {
        const int64_t most = INT32_MAX;
        TUFF_CHECK(c, g->size[k] > 0 && g->size[k] <= most && g->stride[k] > 0 && g->stride[k] <= most && g->spread[k] > 0 && g->spread[k] <= most,
                   "window of axis %d: size %lld, stride %lld, dilation %lld; expected positive numbers", (int)k, (long long)g->size[k],
                   (long long)g->stride[k], (long long)g->spread[k]);
        const int64_t reach = (g->size[k] - 1) * g->spread[k] + 1;
        g->out[k] = g->padded.out[k] < reach ? 0 : (int32_t)((g->padded.out[k] - reach) / g->stride[k] + 1);
    }
    return TUFF_OK;
}

static tuff_status start(tuff_context *c, geometry *g) {
    const tuff_tensor *in = c->inputs[0];
    *g = (geometry){.padded = {.rank = in->rank, .bytes = tuff_type_bits(in->type) / 8}};
    TUFF_CHECK(c, in->rank > 0, "%s is a scalar", tuff_shape_text(in).text);
    TUFF_CHECK(c, tuff_count(c->inputs[1]) == 1, "the initial value %s has to be one number", tuff_shape_text(c->inputs[1]).text);
    for (int32_t k = 0; k < in->rank; k++) {
        g->padded.in[k] = g->padded.out[k] = in->shape[k];
        g->padded.step[k] = 1;
    }
    return TUFF_OK;
}

static tuff_status resolve_stablehlo(tuff_context *c, geometry *g) {
    const tuff_stablehlo_reduce_window_attrs *a = c->attrs;
    TUFF_TRY(start(c, g));
    const size_t rank = (size_t)g->padded.rank;
    TUFF_CHECK(c, a->window_dimensions.count == rank && a->window_strides.count == rank && a->window_dilations.count == rank && a->base_dilations.count == rank,
               "has %zu window dimensions, %zu strides, %zu dilations and %zu base dilations; expected %zu of each", a->window_dimensions.count,
               a->window_strides.count, a->window_dilations.count, a->base_dilations.count, rank);
    TUFF_CHECK(c, a->padding.count == 2 * rank, "has %zu paddings; expected two per axis", a->padding.count);
    int64_t high[TUFF_MAX_RANK] = {0};
    for (size_t k = 0; k < rank; k++) {
        g->padded.low[k] = a->padding.data[2 * k];
        high[k] = a->padding.data[2 * k + 1];
        g->padded.step[k] = a->base_dilations.data[k];
        g->size[k] = a->window_dimensions.data[k];
        g->stride[k] = a->window_strides.data[k];
        g->spread[k] = a->window_dilations.data[k];
    }
    TUFF_TRY(tuff_dilate_shape(c, &g->padded, high));
    return place_window(c, g);
}

static tuff_status resolve_builtin(tuff_context *c, geometry *g) {
    TUFF_TRY(start(c, g));
    int64_t *const lists[] = {g->size, g->stride, g->spread};
    for (int32_t k = 0; k < 3; k++) {
        const tuff_tensor *t = c->inputs[2 + k];
        TUFF_CHECK(c, t->rank == 1 && t->shape[0] == g->padded.rank, "%s does not fit %s; expected one number per axis", tuff_shape_text(t).text,
                   tuff_shape_text(c->inputs[0]).text);
        if (!t->data) return TUFF_LATER;
        for (int32_t d = 0; d < g->padded.rank; d++) lists[k][d] = tuff_value_at(t, d);
    }
    return place_window(c, g);
}

/* The combination that the body's only op stands for; -1: none of them. */
static int32_t combination_of(int32_t code) {
    switch (code) {
    case 0:
    case 163: return TUFF_COMBINE_ADD;
    case 18:
    case 165: return TUFF_COMBINE_MULTIPLY;
    case 55:
    case 166: return TUFF_COMBINE_MAXIMUM;
    case 57:
    case 181: return TUFF_COMBINE_MINIMUM;
    case 86:
    case 176: return TUFF_COMBINE_ALL;
    case 84:
    case 183: return TUFF_COMBINE_ANY;
    default: return -1;
    }
}

static tuff_status emit(tuff_context *c, const geometry *g, int32_t combination) {
    const tuff_dilate_args *padded = &g->padded;
    tuff_io in = tuff_io_input(c, 0);
    bool plain = true;
    int64_t count = padded->bytes;
    for (int32_t k = 0; k < padded->rank; k++) {
        plain = plain && padded->in[k] == padded->out[k] && padded->step[k] == 1 && padded->low[k] == 0;
        TUFF_CHECK(c, padded->out[k] == 0 || count <= ((int64_t)1 << 47) / padded->out[k], "the padded input would be larger than 128 TB");
        count *= padded->out[k];
    }
    if (!plain) {
        const tuff_io whole = tuff_io_temporary(c, (size_t)count);
        TUFF_TRY(tuff_dilate_emit(c, padded, in, tuff_io_input(c, 1), whole));
        in = whole;
    }
    tuff_reduce_window_args args = {.type = (int32_t)c->inputs[0]->type, .combination = combination}, *own = tuff_args(c, &c->variant->kernel);
    const int64_t outputs = tuff_count(c->outputs[0]);
    for (int32_t k = 0; k < padded->rank; k++) { /* where there are outputs, strides and windows lie within the padded input */
        const int64_t step = outputs ? tuff_dims_product(padded->out, k + 1, padded->rank) : 0;
        tuff_walk_add(&args.outputs, g->out[k], g->out[k] > 1 ? g->stride[k] * step : 0, 0);
        tuff_walk_add(&args.window, outputs ? (int32_t)g->size[k] : 1, g->size[k] > 1 ? g->spread[k] * step : 0, 0);
    }
    tuff_walk_close(&args.outputs);
    tuff_walk_close(&args.window);
    if (own) *own = args;
    const int64_t macs = outputs * tuff_walk_count(&args.window);
    const tuff_io io[] = {in, tuff_io_input(c, 1), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){outputs, macs, count}, io, 3);
}

static tuff_status infer_stablehlo(tuff_context *c) {
    geometry g;
    TUFF_TRY(resolve_stablehlo(c, &g));
    TUFF_CHECK(c, combination_of(tuff_infer_body(c, ((const tuff_stablehlo_reduce_window_attrs *)c->attrs)->body_subgraph_index)) >= 0,
               "its body has to be one of ADD, MUL, MINIMUM, MAXIMUM, LOGICAL_AND, LOGICAL_OR or their StableHLO forms");
    return tuff_infer_shape(c, 0, g.padded.rank, g.out);
}
static tuff_status prepare_stablehlo(tuff_context *c) {
    geometry g;
    TUFF_TRY(resolve_stablehlo(c, &g));
    return emit(c, &g, combination_of(tuff_infer_body(c, ((const tuff_stablehlo_reduce_window_attrs *)c->attrs)->body_subgraph_index)));
}

static tuff_status infer_builtin(tuff_context *c) {
    geometry g;
    const int32_t function = ((const tuff_reduce_window_attrs *)c->attrs)->reduce_function;
    TUFF_CHECK(c, function >= 1 && function <= 6, "reduce_function %d is none of ADD, MUL, MINIMUM, MAXIMUM, ALL, ANY", (int)function);
    TUFF_TRY(resolve_builtin(c, &g));
    return tuff_infer_shape(c, 0, g.padded.rank, g.out);
}
static tuff_status prepare_builtin(tuff_context *c) {
    static const int32_t combinations[] = {
        -1, TUFF_COMBINE_ADD, TUFF_COMBINE_MULTIPLY, TUFF_COMBINE_MINIMUM, TUFF_COMBINE_MAXIMUM, TUFF_COMBINE_ALL, TUFF_COMBINE_ANY};
    geometry g;
    TUFF_TRY(resolve_builtin(c, &g));
    return emit(c, &g, combinations[((const tuff_reduce_window_attrs *)c->attrs)->reduce_function]);
}

const tuff_op tuff_op_stablehlo_reduce_window = {
    .name = "STABLEHLO_REDUCE_WINDOW",
    .code = 198,
    .options = TUFF_OPTIONS2(StablehloReduceWindowOptions, 13, tuff_stablehlo_reduce_window_attrs, stablehlo_fields),
    .inputs = "input init_value",
    .outputs = "output",
    .variants = stablehlo_variants,
    .infer = infer_stablehlo,
    .prepare = prepare_stablehlo,
    .highest = 1,
};
const tuff_op tuff_op_reduce_window = {
    .name = "REDUCE_WINDOW",
    .code = 205,
    .options = TUFF_OPTIONS2(ReduceWindowOptions, 20, tuff_reduce_window_attrs, builtin_fields),
    .inputs = "input init_value window_shape window_strides window_dilations",
    .outputs = "output",
    .variants = builtin_variants,
    .infer = infer_builtin,
    .prepare = prepare_builtin,
    .highest = 1,
};
#endif
