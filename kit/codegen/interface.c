/* The generated header, and the functions that bring raw data in and real numbers out by the model's recipe.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Bytes for an 8-bit input are a table of 256 results, which the runtime's own code fills here: so the device computes what the interpreter does without
 * a float in sight; where the table only adds a number (what a recipe of 0..255 to 0..1 comes to) that is what is printed.
 */
#include <stdio.h>
#include <string.h>

#include "kit/codegen/codegen.h"
#include "signal/recipe.h"

const char *tuff_code_c_type(tuff_type type) {
    switch (type) {
    case TUFF_F32: return "float";
    case TUFF_S8: return "int8_t";
    case TUFF_S16: return "int16_t";
    case TUFF_S32: return "int32_t";
    case TUFF_S64: return "int64_t";
    default: return "uint8_t"; /* u8, bool, and what C has no type for as bytes */
    }
}

const char *tuff_code_number(int32_t count, int32_t k, char text[16]) {
    snprintf(text, 16, "%d", (int)k);
    return count == 1 ? "" : text;
}

/* ---- one input or output ---- */
typedef struct side {
    const char *word, *upper; /* "input", "INPUT" */
    int32_t count;
    const int32_t *tensors;
} side;
static side side_of(const tuff_code *c, int which) {
    const tuff_subgraph *s = c->plan->subgraph;
    return which ? (side){"output", "OUTPUT", s->n_outputs, s->outputs} : (side){"input", "INPUT", s->n_inputs, s->inputs};
}
static const tuff_tensor *tensor_of(const tuff_code *c, const side *s, int32_t k) { return &c->plan->tensors[s->tensors[k]]; }

static bool is_integer(tuff_type type) { return type == TUFF_S8 || type == TUFF_U8 || type == TUFF_S16 || type == TUFF_S32; }
/* Does it stand for real numbers? */
static bool is_real(const tuff_tensor *t) { return t->type == TUFF_F32 || (is_integer(t->type) && t->quantization.count <= 1); }
static float scale_of(const tuff_tensor *t) { return t->quantization.count == 1 ? t->quantization.scale[0] : 1; }
static int32_t zero_of(const tuff_tensor *t) { return t->quantization.count == 1 ? (int32_t)t->quantization.zero_point[0] : 0; }
static size_t elements_of(const tuff_tensor *t) {
    return tuff_tensor_bytes(t) / (is_integer(t->type) || t->type == TUFF_F32 || t->type == TUFF_S64 ? (size_t)tuff_type_bits(t->type) / 8 : 1);
}

static bool target_of(const tuff_code *c, int32_t k, tuff_recipe_target *target) {
    const side s = side_of(c, 0);
    const tuff_tensor *t = tensor_of(c, &s, k);
    const tuff_recipe *r = &c->model->recipes[k];
    if ((!r->present && t->type != TUFF_U8) || tuff_recipe_target_of(r->present ? r : NULL, t, target, NULL) != TUFF_OK) return false;
    if (t->rank < 1 || t->shape[0] != 1 || !tuff_image_can_recolour(target->channels, target->channels)) return false;
    return !r->present || r->count == 1 || r->count == target->channels;
}

bool tuff_code_takes_pixels(const tuff_code *c, int32_t k) {
    tuff_recipe_target target;
    return target_of(c, k, &target);
}

/* ---- the header ---- */
static void describe(const tuff_code *c, int which, tuff_text *h) {
    const side s = side_of(c, which);
    for (int32_t k = 0; k < s.count; k++) {
        const tuff_tensor *t = tensor_of(c, &s, k);
        char number[16];
        const char *n = tuff_code_number(s.count, k, number);
        tuff_text_add(h, "\n/* %s%s%s: %s, '", s.word, *n ? " " : "", n, tuff_type_name(t->type));
        for (const char *at = t->name; *at; at++) tuff_text_add(h, "%c", at[0] == '*' && at[1] == '/' ? ' ' : (unsigned char)*at < 0x20 ? ' ' : *at);
        tuff_text_add(h, "' */\n#define %s_%s%s_RANK %d\n#define %s_%s%s_SHAPE {", c->upper, s.upper, n, (int)t->rank, c->upper, s.upper, n);
        for (int32_t d = 0; d < t->rank; d++) tuff_text_add(h, "%s%d", d ? ", " : "", (int)t->shape[d]);
        tuff_text_add(h, "%s}\n#define %s_%s%s_COUNT %zu\n", t->rank ? "" : "1", c->upper, s.upper, n, elements_of(t));
        if (t->quantization.count != 1) continue;
        tuff_text_add(h, "#define %s_%s%s_SCALE ", c->upper, s.upper, n);
        tuff_text_float(h, (double)t->quantization.scale[0], true);
        tuff_text_add(h, " /* real = scale * (stored - zero point); about %.6g */\n#define %s_%s%s_ZERO_POINT (%d)\n", (double)t->quantization.scale[0],
                      c->upper, s.upper, n, (int)zero_of(t));
    }
}

static void declare_input(const tuff_code *c, int32_t k, tuff_text *h) {
    const side s = side_of(c, 0);
    const tuff_tensor *t = tensor_of(c, &s, k);
    char number[16];
    const char *n = tuff_code_number(s.count, k, number);
    tuff_recipe_target target;
    tuff_text_add(h, "%s *%s_input%s(void); /* the tensor's own memory */\n", tuff_code_c_type(t->type), c->name, n);
    if (target_of(c, k, &target))
        tuff_text_add(h,
                      "/* raw bytes, %d x %d pixels of %d channel%s, rows from the top: the model's recipe is applied */\nvoid %s_set_input%s_u8(const uint8_t "
                      "*pixels);\n",
                      (int)target.width, (int)target.height, (int)target.channels, target.channels == 1 ? "" : "s", c->name, n);
    if (is_real(t))
        tuff_text_add(h, "/* real numbers as the model was trained on: quantized where the model is */\nvoid %s_set_input%s_f32(const float *values);\n",
                      c->name, n);
}

static void declare_output(const tuff_code *c, int32_t k, tuff_text *h) {
    const side s = side_of(c, 1);
    const tuff_tensor *t = tensor_of(c, &s, k);
    char number[16];
    const char *n = tuff_code_number(s.count, k, number);
    tuff_text_add(h, "const %s *%s_output%s(void);\n", tuff_code_c_type(t->type), c->name, n);
    if (is_real(t)) tuff_text_add(h, "void %s_get_output%s_f32(float *values);\n", c->name, n);
}

tuff_status tuff_code_print_header(tuff_code *c) {
    tuff_text *h = tuff_folder_add(&c->folder, "src/%s.h", c->name);
    if (!h) return TUFF_ERR_MEMORY;
    const side in = side_of(c, 0), out = side_of(c, 1);
    tuff_text_add(h, "/* %s as plain C, for %s. Written by tuff %s.\n *\n", tuff_file_name(c->model->path ? c->model->path : "A model"), c->target->name,
                  tuff_version());
    tuff_text_add(h, " * Set the inputs, call %s_invoke, read the outputs. Inputs are to be set for every call: their memory serves the activations too.\n",
                  c->name);
    tuff_text_add(h, " * No heap, no global but this model's arena%s; one call at a time. */\n", c->n_cells ? " and state" : "");
    tuff_text_add(h, "#ifndef %s_H\n#define %s_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n", c->upper, c->upper);
    tuff_text_add(h,
                  "#define %s_ARENA_BYTES %zu /* static RAM for activations */\n#define %s_STATE_BYTES %zu /* static RAM for what is kept between calls */\n",
                  c->upper, c->plan->arena_bytes, c->upper, c->state_bytes);
    tuff_text_add(h, "#define %s_WEIGHT_BYTES %zu\n#define %s_INPUTS %d\n#define %s_OUTPUTS %d\n", c->upper, c->weight_bytes, c->upper, (int)in.count, c->upper,
                  (int)out.count);
    describe(c, 0, h);
    describe(c, 1, h);
    const int32_t labels = c->plan->subgraph->n_outputs ? c->model->label_counts[0] : 0;
    tuff_text_add(h, "\n#define %s_LABELS %d\n", c->upper, (int)labels);
    if (labels) tuff_text_add(h, "extern const char *const %s_labels[%s_LABELS]; /* of output 0 */\n", c->name, c->upper);
    tuff_text_add(h, "\n");
    for (int32_t k = 0; k < in.count; k++) declare_input(c, k, h);
    for (int32_t k = 0; k < out.count; k++) declare_output(c, k, h);
    tuff_text_add(h, "\n/* 0, or (few ops can refuse a value) a code for which %s_illegal gives the name of the tensor with the illegal value */\n", c->name);
    tuff_text_add(h, "int %s_invoke(void);\nconst char *%s_illegal(int code);\nvoid %s_reset(void); /* state to its start; nothing where there is none */\n",
                  c->name, c->name, c->name);
    tuff_text_add(h, "\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    return h->status;
}

/* ---- the functions ---- */
static void print_quantize(tuff_text *t, const char *type, int32_t zero, int64_t lo, int64_t hi) {
    tuff_text_add(t, "        const int64_t q = (int64_t)tuff_round_f32_s32(x) + (%d);\n        to[k] = (%s)(q < %lldLL ? %lldLL : q > %lldLL ? %lldLL : q);\n",
                  (int)zero, type, (long long)lo, (long long)lo, (long long)hi, (long long)hi);
}

static void print_store(const tuff_tensor *t, tuff_text *text) {
    static const struct {
        tuff_type type;
        int64_t lo, hi;
    } ranges[] = {{TUFF_S8, INT8_MIN, INT8_MAX}, {TUFF_U8, 0, UINT8_MAX}, {TUFF_S16, INT16_MIN, INT16_MAX}, {TUFF_S32, INT32_MIN, INT32_MAX}};
    for (size_t k = 0; k < sizeof ranges / sizeof *ranges; k++)
        if (ranges[k].type == t->type) print_quantize(text, tuff_code_c_type(t->type), zero_of(t), ranges[k].lo, ranges[k].hi);
}

static void print_set_f32(const tuff_code *c, const char *n, const tuff_tensor *t, tuff_text *text) {
    tuff_text_add(text, "void %s_set_input%s_f32(const float *values) {\n    %s *to = %s_input%s();\n    for (int32_t k = 0; k < %zu; k++) {\n", c->name, n,
                  tuff_code_c_type(t->type), c->name, n, elements_of(t));
    if (t->type == TUFF_F32) {
        tuff_text_add(text, "        to[k] = values[k];\n");
    } else {
        tuff_text_add(text, "        const float x = values[k] / ");
        tuff_text_float(text, (double)scale_of(t), true);
        tuff_text_add(text, ";\n");
        print_store(t, text);
    }
    tuff_text_add(text, "    }\n}\n");
}

/* The bytes that a raw byte of channel `channel` becomes. */
static void fill_table(const tuff_recipe *r, const tuff_recipe_target *target, int32_t channel, uint8_t table[256]) {
    for (int32_t raw = 0; raw < 256; raw++) {
        if (r->present) tuff_recipe_store(target, table, raw, ((float)raw - r->mean[channel]) / r->std[channel]);
        else table[raw] = (uint8_t)raw;
    }
}

static bool only_adds(const uint8_t table[256]) {
    for (int32_t k = 1; k < 256; k++)
        if (table[k] != (uint8_t)(table[0] + k)) return false;
    return true;
}

static void print_set_bytes(const tuff_code *c, int32_t k, const tuff_recipe_target *target, const char *type, tuff_text *text) {
    const tuff_recipe *r = &c->model->recipes[k];
    const int32_t count = r->present && r->count > 1 ? r->count : 1;
    uint8_t table[4][256];
    bool adds = true;
    for (int32_t i = 0; i < count; i++) {
        fill_table(r, target, i, table[i]);
        adds = adds && only_adds(table[i]) && table[i][0] == table[0][0];
    }
    if (adds) {
        const int d = target->type == TUFF_S8 ? (int8_t)table[0][0] : table[0][0];
        tuff_text_add(text, "    for (int32_t k = 0; k < %lld; k++) to[k] = (%s)(pixels[k] + %d);\n", (long long)target->count, type, d);
        return;
    }
    tuff_text_add(text, "    static const %s become[%d][256] = {", type, (int)count);
    for (int32_t i = 0; i < count; i++) {
        tuff_text_add(text, "%s{", i ? "},\n        " : "\n        ");
        for (int32_t raw = 0; raw < 256; raw++)
            tuff_text_add(text, "%s%d", raw == 0 ? "" : raw % 32 ? ", " : ",\n         ", target->type == TUFF_S8 ? (int8_t)table[i][raw] : table[i][raw]);
    }
    tuff_text_add(text, "}};\n    for (int32_t k = 0; k < %lld; k++) to[k] = become[k %% %d][pixels[k]];\n", (long long)target->count, (int)count);
}

static void print_floats(tuff_text *text, const char *name, const float *values, int32_t count) {
    tuff_text_add(text, "    static const float %s[] = {", name);
    for (int32_t k = 0; k < count; k++) {
        if (k) tuff_text_add(text, ", ");
        tuff_text_float(text, (double)values[k], true);
    }
    tuff_text_add(text, "};\n");
}

static void print_set_u8(const tuff_code *c, int32_t k, const char *n, const tuff_tensor *t, tuff_text *text) {
    tuff_recipe_target target;
    if (!target_of(c, k, &target)) return;
    const tuff_recipe *r = &c->model->recipes[k];
    const char *type = tuff_code_c_type(t->type);
    tuff_text_add(text, "void %s_set_input%s_u8(const uint8_t *pixels) {\n    %s *to = %s_input%s();\n", c->name, n, type, c->name, n);
    if (t->type == TUFF_S8 || t->type == TUFF_U8) print_set_bytes(c, k, &target, type, text);
    else {
        print_floats(text, "mean", r->mean, r->count);
        print_floats(text, "std", r->std, r->count);
        tuff_text_add(text, "    for (int32_t k = 0; k < %lld; k++) {\n", (long long)target.count);
        tuff_text_add(text, "        const float real = ((float)pixels[k] - mean[k %% %d]) / std[k %% %d];\n", (int)r->count, (int)r->count);
        if (t->type == TUFF_F32) tuff_text_add(text, "        to[k] = real;\n");
        else {
            tuff_text_add(text, "        const float x = real / ");
            tuff_text_float(text, target.scale > 0 ? (double)target.scale : 1, true);
            tuff_text_add(text, ";\n");
            print_store(t, text);
        }
        tuff_text_add(text, "    }\n");
    }
    tuff_text_add(text, "}\n");
}

static void print_get_f32(const tuff_code *c, const char *n, const tuff_tensor *t, tuff_text *text) {
    tuff_text_add(text,
                  "void %s_get_output%s_f32(float *values) {\n    const %s *from = %s_output%s();\n    for (int32_t k = 0; k < %zu; k++) values[k] = ", c->name,
                  n, tuff_code_c_type(t->type), c->name, n, elements_of(t));
    if (t->type == TUFF_F32) tuff_text_add(text, "from[k];\n}\n");
    else {
        tuff_text_float(text, (double)scale_of(t), true);
        tuff_text_add(text, " * (float)(from[k] - (%d));\n}\n", (int)zero_of(t));
    }
}

void tuff_code_print_io(const tuff_code *c, tuff_text *text) {
    for (int which = 0; which < 2; which++) {
        const side s = side_of(c, which);
        for (int32_t k = 0; k < s.count; k++) {
            const tuff_tensor *t = tensor_of(c, &s, k);
            char number[16];
            const char *n = tuff_code_number(s.count, k, number), *type = tuff_code_c_type(t->type);
            tuff_text_add(text, "\n%s%s *%s_%s%s(void) { return (%s%s *)(void *)(", which ? "const " : "", type, c->name, s.word, n, which ? "const " : "",
                          type);
            tuff_code_print_address(c, c->parts, c->plan->tensor_buffer[s.tensors[k]], text);
            tuff_text_add(text, "); }\n");
            if (which == 0) print_set_u8(c, k, n, t, text);
            if (which == 0 && is_real(t)) print_set_f32(c, n, t, text);
            if (which == 1 && is_real(t)) print_get_f32(c, n, t, text);
        }
    }
    const int32_t labels = c->plan->subgraph->n_outputs ? c->model->label_counts[0] : 0;
    if (!labels) return;
    tuff_text_add(text, "\nconst char *const %s_labels[%s_LABELS] = {", c->name, c->upper);
    for (int32_t k = 0; k < labels; k++) {
        tuff_text_add(text, "%s\"", k == 0 ? "\n    " : k % 8 ? ", " : ",\n    ");
        tuff_text_quote(text, c->model->labels[0][k]);
        tuff_text_add(text, "\"");
    }
    tuff_text_add(text, "};\n");
}
