/* A graph with a bit of everything that a .tflite file can hold, and what tests of reading and writing share.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TESTS_TFLITE_MODEL_H
#define TUFF_TESTS_TFLITE_MODEL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "graph/attrs.h"
#include "graph/dump.h"
#include "graph/fields.h"
#include "ops/ops.h"
#include "tflite/write.h"

static inline uint8_t *load(const char *path, size_t *count) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    *count = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*count ? *count : 1);
    if (bytes && fread(bytes, 1, *count, f) != *count) *count = 0;
    fclose(f);
    return bytes;
}

/* A test's model, its bytes and the arena that holds it. */
typedef struct model {
    tuff_arena *arena;
    tuff_graph *graph;
    tuff_error error;
    uint8_t *bytes;
    size_t count;
} model;

static inline void model_free(model *m) {
    tuff_arena_destroy(m->arena);
    free(m->bytes);
}

static inline model model_read(const uint8_t *bytes, size_t count) {
    model m = {.arena = tuff_arena_create(NULL, NULL)};
    m.bytes = malloc(count ? count : 1); /* of exactly that size, so that a sanitizer sees a read beyond */
    if (count) memcpy(m.bytes, bytes, count);
    m.count = count;
    const tuff_status status = tuff_tflite_read(m.bytes, count, m.arena, &m.graph, &m.error);
    assert_int_equal(status, m.error.status);
    assert_int_equal(status != TUFF_OK, m.graph == NULL);
    assert_int_equal(status != TUFF_OK, m.error.message[0] != 0);
    assert_null(strchr(m.error.message, '\n'));
    return m;
}

/* conv (per channel) -> custom op -> reshape by an empty shape; a variable, a second subgraph called once, metadata, a file, a signature. */
static inline model model_make(void) {
    model m = {.arena = tuff_arena_create(NULL, NULL)};
    tuff_error *e = &m.error;
    tuff_graph *g = m.graph = tuff_graph_create(m.arena, e);
    g->description = "a bit of everything";
    tuff_graph_add_subgraph(g, "main", e);
    tuff_graph_add_subgraph(g, "init", e);
    tuff_subgraph *s = &g->subgraphs[0];
    const int32_t image[] = {1, 4, 4, 2}, unknown[] = {-1, 4, 4, 2}, kernel[] = {3, 1, 1, 2}, three[] = {3}, flat[] = {1, 4, 4, 3}, none[] = {0}, one[] = {1};
    static const int8_t weights[6] = {1, -2, 3, -4, 5, -6};
    static const int32_t bias[3] = {7, 8, 9};
    const float scales[3] = {0.5f, 0.25f, 0.125f}, scale = 0.1f;
    const int64_t zero = -3;
    const int32_t x = tuff_graph_add_tensor(g, s, "x", TUFF_S8, 4, image, unknown, e);
    const int32_t w = tuff_graph_add_constant(g, s, "w", TUFF_S8, 4, kernel, weights, sizeof weights, false, e);
    const int32_t b = tuff_graph_add_constant(g, s, "b", TUFF_S32, 1, three, bias, sizeof bias, true, e);
    const int32_t y = tuff_graph_add_tensor(g, s, "y", TUFF_S8, 4, flat, NULL, e);
    const int32_t z = tuff_graph_add_tensor(g, s, "z", TUFF_S8, 4, flat, NULL, e);
    const int32_t empty = tuff_graph_add_constant(g, s, "empty", TUFF_S32, 1, none, bias, 0, false, e);
    const int32_t out = tuff_graph_add_tensor(g, s, "out", TUFF_S8, 0, NULL, NULL, e);
    const int32_t state = tuff_graph_add_tensor(g, s, "state", TUFF_F32, 1, one, NULL, e);
    const int32_t same = tuff_graph_add_constant(g, s, "same as b", TUFF_S32, 1, three, bias, sizeof bias, true, e);
    assert_true(same > 0);
    s->tensors[state].variable = true;
    assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[x], 1, &scale, &zero, 0, e), TUFF_OK);
    assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[w], 3, scales, NULL, 0, e), TUFF_OK);
    assert_int_equal(tuff_graph_set_quantization(g, &s->tensors[b], 3, scales, NULL, 3, e), TUFF_OK); /* as some converters write it */
    static const float low = -1, high = 2;
    s->tensors[y].quantization.min = &low;
    s->tensors[y].quantization.max = &high;
    s->tensors[y].quantization.min_count = s->tensors[y].quantization.max_count = 1;
    s->tensors[z].quantization.details = TUFF_DETAILS_BLOCKWISE;
    s->tensors[z].quantization.scales_tensor = w;
    s->tensors[z].quantization.block_size = 32;
    s->tensors[out].quantization.details = TUFF_DETAILS_CUSTOM;
    s->tensors[out].quantization.custom = (const uint8_t *)"abc";
    s->tensors[out].quantization.custom_bytes = 3;

    static const int32_t held_shape[] = {2, -1};
    static struct tuff_subtype held = {TUFF_S16, true, 2, held_shape};
    static const tuff_subtypes holds = {1, &held};
    s->tensors[y].subtypes = &holds;

    static const tuff_op own = {.name = "my op", .code = 32};
    const int32_t conv_in[] = {x, w, b}, own_in[] = {y, -1, state}, reshape_in[] = {z, empty};
    tuff_node *n = tuff_graph_add_node(g, s, -1, &tuff_op_conv_2d, conv_in, 3, &y, 1, e);
    assert_true(tuff_node_set(n, "stride_w", 1) && tuff_node_set(n, "stride_h", 1) && tuff_node_set(n, "padding", 1));
    n->version = 3;
    n = tuff_graph_add_node(g, s, -1, &own, own_in, 3, &z, 1, e);
    n->custom_options = (tuff_bytes){(const uint8_t *)"options", 7};
    static const uint8_t mutating[] = {0, 0, 1};
    n->mutating_inputs = mutating;
    n->debug_metadata = 5;
    tuff_graph_add_node(g, s, -1, &tuff_op_reshape, reshape_in, 2, &out, 1, e);
    n = tuff_graph_add_node(g, s, 0, tuff_op_by_name("CALL_ONCE"), NULL, 0, NULL, 0, e);
    assert_true(tuff_node_set(n, "init_subgraph_index", 1));
    assert_int_equal(tuff_graph_set_graph_io(g, s, &x, 1, &out, 1, e), TUFF_OK);
    assert_non_null(tuff_graph_add_signature(g, "serving_default", 0, e));
    assert_int_equal(tuff_graph_set_metadata(g, "note", "some text", 9, e), TUFF_OK);
    assert_int_equal(tuff_graph_set_file(g, "readme.txt", "read me\n", 8, e), TUFF_OK);
    assert_int_equal(tuff_graph_check(g, e), TUFF_OK);
    return m;
}

/* ---- a dump as one text ---- */

typedef struct collected {
    char *text;
    size_t used;
} collected;
static inline void collect(void *context, const char *line) {
    collected *c = context;
    const size_t length = strlen(line);
    c->text = realloc(c->text, c->used + length + 2);
    memcpy(c->text + c->used, line, length);
    memcpy(c->text + c->used + length, "\n", 2);
    c->used += length + 1;
}
static inline char *dump(const tuff_graph *g) {
    collected c = {calloc(1, 1), 0};
    tuff_graph_dump(g, collect, &c);
    return c.text;
}

#endif
