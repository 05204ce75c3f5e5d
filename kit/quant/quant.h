/* The quantizer's parts: rules of the variant rows, ranges and how they are chosen, constants as integers, the three rewrites.
 * SPDX-License-Identifier: Apache-2.0
 *
 * int8, in order of reading: calibrate.c runs the float model and gives each activation a range; range.c turns what was seen into ranges, scales and
 * zero points; rules.c says per node what becomes what; int8.c joins tensors that must share a scale and rewrites the graph; constants.c makes the
 * integers. dynamic.c and float16.c need no samples.
 */
#ifndef TUFF_QUANT_QUANT_H
#define TUFF_QUANT_QUANT_H

#include "graph/graph.h"
#include "ops/ops.h"
#include "tuff/quantize.h"

/* ---- rules.c ---- */
typedef enum tuff_role {
    TUFF_ROLE_NONE,   /* -        not quantized */
    TUFF_ROLE_ACT,    /* act      activation: s8 with a scale and zero point of its own */
    TUFF_ROLE_WEIGHT, /* weight/A constant: symmetric s8, a scale per slice along axis A */
    TUFF_ROLE_BIAS,   /* bias(i,j) s32, scale = scale of input i times scales of input j */
    TUFF_ROLE_SAME,   /* same     input: shares the scale of output 0; output: that of input 0 */
    TUFF_ROLE_FREE,   /* free     output: a scale of its own */
    TUFF_ROLE_FIXED   /* fixed(s,z) output: that scale and zero point */
} tuff_role;

typedef struct tuff_rule_item {
    tuff_role role;
    int32_t axis;         /* weight */
    int32_t data, weight; /* bias: input indices */
    float scale;          /* fixed */
    int32_t zero;
} tuff_rule_item;

enum { TUFF_RULE_INPUTS = TUFF_VARIANT_INPUTS, TUFF_RULE_OUTPUTS = TUFF_VARIANT_OUTPUTS };
typedef struct tuff_rule {
    tuff_rule_item inputs[TUFF_RULE_INPUTS], outputs[TUFF_RULE_OUTPUTS];
    int32_t n_inputs, n_outputs;
    bool inputs_repeat, outputs_repeat; /* the last one stands for all that follow */
} tuff_rule;

/* "act weight/0 bias(0,1) -> free". ARGUMENT with the place where the text isn't a rule. */
tuff_status tuff_rule_parse(const char *text, tuff_rule *rule, tuff_error *error) TUFF_MUST_USE;
/* What the rule says of input / output k; beyond its end: NONE. */
tuff_rule_item tuff_rule_input(const tuff_rule *rule, int32_t k);
tuff_rule_item tuff_rule_output(const tuff_rule *rule, int32_t k);
/* The rule of the op's first row that takes the types which the node's f32 tensors get under it: activations as s8 (int8), or as they are with
 * integer weights only (dynamic). false: the op has no such row. */
bool tuff_rule_find(const tuff_subgraph *s, const tuff_node *n, tuff_quantize_mode mode, tuff_rule *rule);

/* ---- range.c ---- */
typedef struct tuff_range {
    double low, high;
} tuff_range; /* low > high: nothing seen */
#define TUFF_RANGE_EMPTY ((tuff_range){1.0, -1.0})
static inline bool tuff_range_empty(tuff_range r) { return r.low > r.high; }
tuff_range tuff_range_join(tuff_range a, tuff_range b);

/* How often values fell into equal parts of [low, high]. Exact zeros aren't counted: every scale here represents them exactly, so they say nothing. */
enum { TUFF_HISTOGRAM_BINS = 4096 };
typedef struct tuff_histogram {
    tuff_range range;
    uint64_t count;
    uint32_t bins[TUFF_HISTOGRAM_BINS];
} tuff_histogram;
void tuff_histogram_add(tuff_histogram *h, const float *values, size_t count);
/* The range to quantize by. MINMAX: the histogram's own. */
tuff_range tuff_range_choose(const tuff_histogram *h, tuff_calibration method);

/* real = scale * (q - zero), q in -128..127 */
typedef struct tuff_affine {
    float scale;
    int32_t zero;
} tuff_affine;
tuff_affine tuff_affine_from(tuff_range range); /* of an empty range, or of nothing but zeros: scale 1 */
tuff_range tuff_affine_range(tuff_affine a);    /* the reals that it can say */

/* ---- calibrate.c ---- */
typedef struct tuff_ranges {
    tuff_range *of; /* per tensor of the main graph; empty where it has no f32 value or is a constant */
    size_t samples;
    bool has_raw_mean; /* samples came through a recipe */
    double raw_mean;   /* mean of the raw input, 0..255 in pictures */
} tuff_ranges;
/* Runs the float graph over the samples. Says to the report how many and whether the ranges had settled. */
tuff_status tuff_calibrate(const tuff_graph *g, tuff_dataset *dataset, const tuff_quantize_options *o, tuff_arena *arena, tuff_ranges *ranges,
                           tuff_error *error) TUFF_MUST_USE;

/* ---- constants.c ---- */
const char *tuff_calibration_name(tuff_calibration method); /* "minmax" */
/* Weights made so far: nodes that share them go on sharing. */
typedef struct tuff_weights {
    struct tuff_weight {
        int32_t from, axis, to;
    } * list;
    int32_t count, room;
} tuff_weights;
tuff_status tuff_weights_begin(tuff_weights *w, tuff_graph *g, const tuff_subgraph *s, tuff_error *error) TUFF_MUST_USE;
/* A constant: `tensor` as symmetric s8, a scale per slice along `axis`. floors: per slice, the least scale allowed, or NULL. */
tuff_status tuff_constant_weight(tuff_graph *g, tuff_subgraph *s, tuff_weights *w, int32_t tensor, int32_t axis, const double *floors, int32_t *made,
                                 tuff_error *error) TUFF_MUST_USE;
/* A new constant: bias `tensor` (-1: zeros) as s32 with scale data_scale times the scales of the s8 constant `weight`. */
tuff_status tuff_constant_bias(tuff_graph *g, tuff_subgraph *s, int32_t tensor, float data_scale, int32_t weight, int32_t *made,
                               tuff_error *error) TUFF_MUST_USE;
/* Turns f32 constant t itself into s8. */
tuff_status tuff_constant_activation(tuff_graph *g, tuff_tensor *t, tuff_affine a, tuff_error *error) TUFF_MUST_USE;
/* Refuses values that are no finite numbers; gives their range. */
tuff_status tuff_constant_range(const tuff_tensor *t, tuff_range *range, tuff_error *error) TUFF_MUST_USE;

/* ---- int8.c, dynamic.c, float16.c: rewrite `g` (a copy) ---- */
/* Has each op an int8 form? UNSUPPORTED by name; asked before samples are run. */
tuff_status tuff_check_int8(const tuff_graph *g, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_rewrite_int8(tuff_graph *g, const tuff_ranges *ranges, const tuff_quantize_options *o, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_rewrite_dynamic(tuff_graph *g, const tuff_report *report, tuff_error *error) TUFF_MUST_USE;
tuff_status tuff_rewrite_float16(tuff_graph *g, const tuff_report *report, tuff_error *error) TUFF_MUST_USE;

/* One line to the report, if there is one. */
TUFF_PRINTF(2, 3) void tuff_report_line(const tuff_report *report, const char *format, ...);
/* "layer 'conv1'" or "which makes 'StatefulPartitionedCall:0'": the user's name for a node, into text. */
const char *tuff_node_place(const tuff_subgraph *s, const tuff_node *n, char *text, size_t bytes);

#endif
