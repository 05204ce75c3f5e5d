/* Graph builders named after TFLite's ops: what importers lower to.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Each call appends one node and returns the tensor it writes, or -1 with the error set. A call given -1 for a tensor it needs returns -1
 * at once, so that a chain of calls is checked at its end. Shapes follow along: -1 stands for a size that is known only when the model runs
 * (the batch), and is written as size 1 with -1 in the signature.
 */
#ifndef TUFF_KIT_IMPORT_BUILD_H
#define TUFF_KIT_IMPORT_BUILD_H

#include "graph/graph.h"

typedef struct tuff_builder {
    tuff_graph *graph;
    tuff_subgraph *subgraph;
    const char *origin; /* the user's name for what is being lowered: a layer */
    tuff_error *error;
} tuff_builder;

typedef struct tuff_dims {
    int32_t rank;
    int32_t size[TUFF_MAX_RANK]; /* -1: not known before running */
} tuff_dims;

/* A window that slides over height and width (axes 1 and 2). */
typedef struct tuff_window {
    int32_t height, width, stride_h, stride_w, dilation_h, dilation_w;
    bool same; /* padding: SAME, else VALID */
} tuff_window;

tuff_dims tuff_build_dims(const tuff_builder *b, int32_t tensor);
/* Elements, -1 where a size isn't known. */
int64_t tuff_build_elements(const tuff_dims *dims);

int32_t tuff_build_input(tuff_builder *b, const char *name, tuff_type type, const tuff_dims *dims);
/* "origin/name"; f32 data that lives as long as the graph */
int32_t tuff_build_f32(tuff_builder *b, const char *name, const tuff_dims *dims, const float *data);
int32_t tuff_build_scalar(tuff_builder *b, const char *name, double value);
int32_t tuff_build_s32(tuff_builder *b, const char *name, const int32_t *values, int32_t count); /* rank 1, copied */
/* Room for `count` floats in the graph's arena; NULL with the error set. */
float *tuff_build_floats(tuff_builder *b, size_t count);

/* x -> an output of the same shape and type: RELU, TANH, ELU, CAST's kin ... */
int32_t tuff_build_unary(tuff_builder *b, const char *op, int32_t x);
/* as unary, with one option of the op: LEAKY_RELU's alpha, SOFTMAX's beta */
int32_t tuff_build_unary_with(tuff_builder *b, const char *op, int32_t x, const char *option, double value);
/* x op y, broadcast */
int32_t tuff_build_binary(tuff_builder *b, const char *op, int32_t x, int32_t y);
int32_t tuff_build_cast(tuff_builder *b, int32_t x, tuff_type type); /* x itself where it has that type */
int32_t tuff_build_softmax(tuff_builder *b, int32_t x);              /* over the last axis */
/* weights [out, kernel_h, kernel_w, in / groups], bias [out] */
int32_t tuff_build_conv_2d(tuff_builder *b, int32_t x, int32_t weights, int32_t bias, const tuff_window *window);
/* weights [1, kernel_h, kernel_w, in * multiplier], bias [in * multiplier] */
int32_t tuff_build_depthwise_conv_2d(tuff_builder *b, int32_t x, int32_t weights, int32_t bias, const tuff_window *window);
/* weights [out, in], bias [out]; over x's last axis, keeping the others */
int32_t tuff_build_fully_connected(tuff_builder *b, int32_t x, int32_t weights, int32_t bias);
int32_t tuff_build_pool_2d(tuff_builder *b, const char *op, int32_t x, const tuff_window *window);
/* MEAN, REDUCE_MAX ... over axes >= 0 */
int32_t tuff_build_reduce(tuff_builder *b, const char *op, int32_t x, const int32_t *axes, int32_t count, bool keep_dims);
/* to `dims`: at most one size unknown, which the rest then determines. x itself where it has that shape */
int32_t tuff_build_reshape(tuff_builder *b, int32_t x, const tuff_dims *dims);
int32_t tuff_build_concatenation(tuff_builder *b, const int32_t *xs, int32_t count, int32_t axis);
/* zeros: before[axis], after[axis] */
int32_t tuff_build_pad(tuff_builder *b, int32_t x, const int32_t *before, const int32_t *after);
int32_t tuff_build_transpose(tuff_builder *b, int32_t x, const int32_t *permutation);

#endif
