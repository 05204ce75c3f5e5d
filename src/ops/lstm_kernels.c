/* LSTM cells in float: f32 and hybrid.
 * SPDX-License-Identifier: Apache-2.0
 *
 * In each step, with x the input, a an auxiliary input, h the output state and c the cell state, for each gate g
 *   g = W_g x + A_g a + R_g h + p_g * c + b_g
 * where A, p (peephole, not for the cell gate) and the bias of a normalized gate may be left out, and R may be a diagonal. Layer normalization:
 *   g = b_g + n_g * (g - mean) / sqrt(variance + 1e-8), the bias joining after it.
 * Then sigmoid(input), sigmoid(forget), activation(cell), and
 *   c = clip(forget * c + input * cell), input being 1 - forget where the gates are coupled;
 *   output = sigmoid(...), with the new c in its peephole;
 *   h = output * activation(c), or with projection h = clip(P h + bias).
 * Without activation h = output * cell gate: the cell state is left out, as the reference does. A clip of 0 is none. Sequences are independent of each other: jobs share them out.
 * source: TFLite kernels/lstm_eval.cc, LstmStepFloat and LstmStepHybrid
 */
#include "ops/lstm.h"

#include <string.h>

#include "base/math.h"
#include "ops/activation.h"

/* What one job works with. */
typedef struct work {
    const tuff_lstm_args *a;
    void *const *io;
    tuff_span batches;
    int32_t rows;
    float *gates[TUFF_GATES]; /* [rows][cell] each */
    float *cell, *state;      /* of the job's sequences */
    void *product;
    char *vectors[4]; /* room to quantize x, aux, h and what is projected */
} work;

static void *part(void *scratch, size_t bytes, int job) { return scratch ? (char *)scratch + (size_t)job * tuff_scratch_pitch(bytes) : NULL; }

static work begin(const tuff_lstm_args *a, void *const *io, int job, int jobs) {
    work w = {.a = a, .io = io, .batches = tuff_share(a->r.batches, job, jobs)};
    w.rows = (int32_t)(w.batches.end - w.batches.first);
    float *gates = part(io[TUFF_LSTM_GATE_ROOM], tuff_lstm_gate_bytes(a), job);
    for (int g = 0; g < TUFF_GATES; g++) w.gates[g] = gates + (int64_t)g * w.rows * a->cell;
    w.cell = (float *)io[TUFF_LSTM_CELL_STATE] + w.batches.first * a->cell;
    w.state = (float *)io[TUFF_LSTM_OUTPUT_STATE] + w.batches.first * a->output;
    w.product = part(io[TUFF_LSTM_PRODUCT_ROOM], tuff_lstm_product_bytes(a), job);
    const int32_t depths[4] = {a->input, a->aux, a->output, a->cell};
    char *room = part(io[TUFF_LSTM_VECTOR_ROOM], tuff_lstm_vector_bytes(a), job);
    for (int k = 0; k < 4 && room; k++) {
        w.vectors[k] = room;
        room += tuff_scratch_pitch(tuff_vectors_bytes(a->r.batches, depths[k]));
    }
    return w;
}

static void normalize(float *v, const float *norm, const float *bias, int32_t rows, int32_t count) {
    for (int32_t r = 0; r < rows; r++, v += count) {
        float sum = 0.0f, squares = 0.0f;
        for (int32_t k = 0; k < count; k++) sum += v[k];
        const float mean = sum / (float)count;
        for (int32_t k = 0; k < count; k++) squares += (v[k] - mean) * (v[k] - mean);
        const float inverse = 1.0f / tuff_sqrtf(squares / (float)count + 1e-8f);
        for (int32_t k = 0; k < count; k++) v[k] = (v[k] - mean) * inverse * norm[k] + bias[k];
    }
}

/* out[row][k] += weights[k] * v[row][k] */
static void add_scaled(float *out, const void *weights, float scale, bool quantized, const float *v, int32_t rows, int32_t count) {
    for (int32_t r = 0; r < rows; r++)
        for (int32_t k = 0; k < count; k++) {
            const float w = quantized ? scale * (float)((const int8_t *)weights)[k] : ((const float *)weights)[k];
            out[(int64_t)r * count + k] += w * v[(int64_t)r * count + k];
        }
}

static void gate(const work *w, int g, const tuff_vectors *x, const tuff_vectors *aux, const tuff_vectors *h, int32_t activation) {
    const tuff_lstm_args *a = w->a;
    void *const *io = w->io + TUFF_LSTM_FIRST_GATE + g * TUFF_LSTM_GATE_IO;
    const float *bias = io[TUFF_LSTM_GATE_BIAS], *norm = io[TUFF_LSTM_GATE_NORM];
    const void *peephole = io[TUFF_LSTM_GATE_PEEPHOLE];
    float *out = w->gates[g];
    tuff_rows_fill(out, norm ? NULL : bias, w->rows, a->cell);
    tuff_product_add(&a->r, out, a->cell, io[TUFF_LSTM_GATE_WEIGHTS], a->input_scales[g], x, w->product);
    tuff_product_add(&a->r, out, a->cell, io[TUFF_LSTM_GATE_AUX], a->aux_scales[g], aux, w->product);
    if (a->diagonal >> g & 1) add_scaled(out, io[TUFF_LSTM_GATE_RECURRENT], 0.0f, false, h->values, w->rows, a->cell);
    else tuff_product_add(&a->r, out, a->cell, io[TUFF_LSTM_GATE_RECURRENT], a->recurrent_scales[g], h, w->product);
    if (peephole) add_scaled(out, peephole, a->peephole_scales[g], a->r.hybrid, w->cell, w->rows, a->cell);
    if (norm) normalize(out, norm, bias, w->rows, a->cell);
    tuff_recurrent_activate(out, (int64_t)w->rows * a->cell, activation);
}

static void clip(float *v, int64_t count, float limit) {
    for (int64_t k = 0; limit > 0.0f && k < count; k++) v[k] = tuff_clamp_f32(v[k], -limit, limit);
}

static void update_cell(const work *w, bool coupled) {
    const int64_t count = (int64_t)w->rows * w->a->cell;
    const float *forget = w->gates[TUFF_GATE_FORGET], *input = w->gates[TUFF_GATE_INPUT], *cell = w->gates[TUFF_GATE_CELL];
    for (int64_t k = 0; k < count; k++) w->cell[k] = forget[k] * w->cell[k] + cell[k] * (coupled ? 1.0f - forget[k] : input[k]);
    clip(w->cell, count, w->a->cell_clip);
}

static void update_state(const work *w) {
    const tuff_lstm_args *a = w->a;
    const int64_t count = (int64_t)w->rows * a->cell;
    const float *output = w->gates[TUFF_GATE_OUTPUT];
    float *hidden = w->gates[TUFF_GATE_CELL];
    if (a->activation != TUFF_ACTIVATION_NONE) {
        memcpy(hidden, w->cell, (size_t)count * sizeof(float));
        tuff_recurrent_activate(hidden, count, a->activation);
    } /* without activation the reference takes the cell gate for the cell state */
    for (int64_t k = 0; k < count; k++) hidden[k] *= output[k];
    if (!w->io[TUFF_LSTM_PROJECTION]) {
        memcpy(w->state, hidden, (size_t)count * sizeof(float));
        return;
    }
    tuff_vectors v = {.values = hidden, .pitch = a->cell, .rows = w->rows, .depth = a->cell};
    tuff_vectors_quantize(&a->r, &v, w->vectors[3]);
    tuff_rows_fill(w->state, w->io[TUFF_LSTM_PROJECTION_BIAS], w->rows, a->output);
    tuff_product_add(&a->r, w->state, a->output, w->io[TUFF_LSTM_PROJECTION], a->projection_scale, &v, w->product);
    clip(w->state, (int64_t)w->rows * a->output, a->proj_clip);
}

static void step(const work *w, int32_t t) {
    const tuff_lstm_args *a = w->a;
    const bool coupled = !w->io[TUFF_LSTM_FIRST_GATE + TUFF_GATE_INPUT * TUFF_LSTM_GATE_IO + TUFF_LSTM_GATE_WEIGHTS];
    tuff_vectors x = tuff_vectors_at(&a->r, w->io[TUFF_LSTM_X], a->input, t, w->batches);
    tuff_vectors aux = tuff_vectors_at(&a->r, w->io[TUFF_LSTM_AUX], a->aux, t, w->batches);
    tuff_vectors h = {.values = w->state, .pitch = a->output, .rows = w->rows, .depth = a->output};
    tuff_vectors_quantize(&a->r, &x, w->vectors[0]);
    tuff_vectors_quantize(&a->r, &aux, w->vectors[1]);
    tuff_vectors_quantize(&a->r, &h, w->vectors[2]);
    if (!coupled) gate(w, TUFF_GATE_INPUT, &x, &aux, &h, TUFF_ACTIVATION_SIGMOID);
    gate(w, TUFF_GATE_FORGET, &x, &aux, &h, TUFF_ACTIVATION_SIGMOID);
    gate(w, TUFF_GATE_CELL, &x, &aux, &h, a->activation);
    update_cell(w, coupled);
    gate(w, TUFF_GATE_OUTPUT, &x, &aux, &h, TUFF_ACTIVATION_SIGMOID);
    update_state(w);
    float *out = w->io[TUFF_LSTM_OUTPUT];
    for (int32_t row = 0; row < w->rows; row++)
        memcpy(out + tuff_recurrent_at(&a->r, t, w->batches.first + row, a->out_pitch) + a->out_first, w->state + (int64_t)row * a->output,
               (size_t)a->output * sizeof(float));
}

/* io as TUFF_LSTM_* names them: x [sequence][input] f32, aux [sequence][aux] f32 or NULL, states [batches][output], [batches][cell] f32, read and written,
 * output [sequence][out_pitch] f32; weights f32, s8, or packed as r says; vectors f32; tiles: sequences; scratch: three rooms; errors: none */
int tuff_lstm_f32(const void *args, void *const *io, int job, int jobs) {
    const work w = begin(args, io, job, jobs);
    for (int32_t t = 0; t < w.a->r.steps && w.rows > 0; t++) step(&w, w.a->backward ? w.a->r.steps - 1 - t : t);
    return 0;
}
