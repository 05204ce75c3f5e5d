/* The generated self-test: inputs, and the outputs that the interpreter gives for them.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Cases follow one another without a reset, so that state is tested too. Where raw bytes are a way in, the first case takes it.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kit/codegen/codegen.h"
#include "kit/data/random.h"

enum { CASES = 3, TRIES = 16 };

typedef struct selftest {
    tuff_code *code;
    tuff_interpreter *it;
    tuff_text *text, calls;
    const uint8_t *picture; /* NULL: no way in for raw bytes */
    int32_t picture_bytes;
    uint64_t random;
} selftest;

static void print_bytes(tuff_text *t, const void *data, size_t bytes) {
    for (size_t k = 0; k < bytes; k++) tuff_text_add(t, "%s%d", k == 0 ? "\n    " : k % 32 ? "," : ",\n    ", ((const uint8_t *)data)[k]);
}

/* A handwritten-looking 7 for what takes digits, a slanted pattern for everything else. */
static uint8_t picture_at(int32_t x, int32_t y, int32_t width, int32_t height) {
    const int32_t u = x * 28 / width, v = y * 28 / height;
    const int32_t stroke = 19 - (v - 8) * 2 / 3; /* the slanted line's column in this row */
    if (v >= 6 && v <= 8 && u >= 7 && u <= 20) return 254;
    if (v > 8 && v <= 22 && u >= stroke - 1 && u <= stroke + 1) return u == stroke ? 254 : 190;
    return 0;
}

static tuff_status make_picture(selftest *s) {
    const tuff_tensor *t = tuff_interpreter_input(s->it, 0);
    if (tuff_interpreter_input_count(s->it) != 1 || !tuff_code_takes_pixels(s->code, 0)) return TUFF_OK;
    const tuff_recipe *r = &s->code->model->recipes[0];
    int64_t count = 1;
    TUFF_TRY(tuff_tensor_elements(t, &count));
    const bool image = t->rank == 4 || t->rank == 3;
    const int32_t width = image          ? t->shape[2]
                          : r->width > 0 ? r->width
                                         : (int32_t)count,
                  channels = t->rank == 4                ? t->shape[3]
                             : r->channels > 0 && !image ? r->channels
                                                         : 1;
    const int32_t height = (int32_t)(count / width / channels);
    uint8_t *p = TUFF_NEW_ARRAY(s->code->arena, (size_t)count, uint8_t, s->code->error);
    if (!p) return TUFF_ERR_MEMORY;
    for (int64_t k = 0; k < count; k++) p[k] = picture_at((int32_t)(k / channels % width), (int32_t)(k / channels / width), width, height > 0 ? height : 1);
    s->picture = p;
    s->picture_bytes = (int32_t)count;
    return TUFF_OK;
}

static tuff_status set_random(selftest *s) {
    for (int32_t k = 0; k < tuff_interpreter_input_count(s->it); k++)
        if (!tuff_random_fill(&s->random, tuff_interpreter_input(s->it, k)->type, tuff_interpreter_input_data(s->it, k),
                              tuff_interpreter_input_bytes(s->it, k)))
            return tuff_fail(s->code->error, TUFF_ERR_UNSUPPORTED, "input '%s' is %s: it can't be compiled", tuff_interpreter_input(s->it, k)->name,
                             tuff_type_name(tuff_interpreter_input(s->it, k)->type));
    return TUFF_OK;
}

static void print_inputs(selftest *s, int number) {
    const int32_t n = tuff_interpreter_input_count(s->it);
    for (int32_t k = 0; k < n; k++) {
        char text[16];
        if (!tuff_interpreter_input_bytes(s->it, k)) continue;
        tuff_text_add(s->text, "\nstatic const uint8_t in%d_%d[] = {", number, (int)k);
        print_bytes(s->text, tuff_interpreter_input_data(s->it, k), tuff_interpreter_input_bytes(s->it, k));
        tuff_text_add(s->text, "};\n");
        tuff_text_add(&s->calls, "    memcpy(%s_input%s(), in%d_%d, sizeof in%d_%d);\n", s->code->name, tuff_code_number(n, k, text), number, (int)k, number,
                      (int)k);
    }
}

static void print_outputs(selftest *s, int number) {
    const int32_t n = tuff_interpreter_output_count(s->it);
    for (int32_t k = 0; k < n; k++) {
        const tuff_tensor *t = tuff_interpreter_output(s->it, k);
        const size_t bytes = tuff_interpreter_output_bytes(s->it, k);
        const bool real = t->type == TUFF_F32;
        char text[16];
        if (!bytes) continue;
        tuff_text_add(s->text, "\nstatic const %s out%d_%d[] = {", real ? "float" : "uint8_t", number, (int)k);
        if (real) {
            const float *values = tuff_interpreter_output_data(s->it, k);
            for (size_t e = 0; e < bytes / sizeof *values; e++) {
                tuff_text_add(s->text, "%s", e == 0 ? "\n    " : e % 8 ? ", " : ",\n    ");
                tuff_text_float(s->text, (double)values[e], true);
            }
        } else print_bytes(s->text, tuff_interpreter_output_data(s->it, k), bytes);
        tuff_text_add(s->text, "};\n");
        tuff_text_add(&s->calls, "    bad += differs_%s(\"case %d output %d\", %s_output%s(), out%d_%d, sizeof out%d_%d);\n", real ? "f32" : "bytes", number,
                      (int)k, s->code->name, tuff_code_number(n, k, text), number, (int)k, number, (int)k);
    }
}

static tuff_status one_case(selftest *s, int number) {
    tuff_status status = TUFF_ERR_VALUE;
    if (number == 0 && s->picture) {
        memcpy(tuff_interpreter_input_data(s->it, 0), s->picture, 0);
        const tuff_tensor *t = tuff_interpreter_input(s->it, 0);
        const tuff_recipe *r = &s->code->model->recipes[0];
        const bool image = t->rank == 4 || t->rank == 3;
        const int32_t channels = t->rank == 4 ? t->shape[3] : !image && r->channels > 0 ? r->channels : 1;
        const int32_t width = image ? t->shape[2] : r->width > 0 ? r->width : 1, height = s->picture_bytes / width / channels;
        TUFF_TRY(tuff_interpreter_set_pixels(s->it, 0, s->picture, width, height, channels, s->code->error));
        tuff_text_add(&s->calls, "\n    %s_set_input_u8(picture);\n", s->code->name);
        TUFF_TRY(tuff_interpreter_invoke(s->it, s->code->error));
    } else {
        for (int k = 0; k < TRIES && status == TUFF_ERR_VALUE; k++) { /* some random values are illegal for some ops */
            tuff_error unused = {0};
            TUFF_TRY(set_random(s));
            status = tuff_interpreter_invoke(s->it, k + 1 < TRIES ? &unused : s->code->error);
        }
        TUFF_TRY(status);
        tuff_text_add(&s->calls, "\n");
        print_inputs(s, number);
    }
    tuff_text_add(&s->calls, "    bad += refused(\"case %d\", %s_illegal, %s_invoke());\n", number, s->code->name, s->code->name);
    print_outputs(s, number);
    return s->text->status;
}

static tuff_status print_picture(selftest *s) {
    tuff_text *t = tuff_folder_add(&s->code->folder, "test/picture.h");
    if (!t) return TUFF_ERR_MEMORY;
    tuff_text_add(t, "/* Raw bytes for %s_set_input_u8, as a camera would give them. */\nstatic const uint8_t picture[] = {", s->code->name);
    print_bytes(t, s->picture, (size_t)s->picture_bytes);
    tuff_text_add(t, "};\n");
    return t->status;
}

static tuff_status print_all(selftest *s) {
    TUFF_TRY(make_picture(s));
    if (s->picture) TUFF_TRY(print_picture(s));
    s->text = tuff_folder_add(&s->code->folder, "test/selftest.c");
    if (!s->text) return TUFF_ERR_MEMORY;
    tuff_text_add(s->text, "/* %s: what the interpreter gave for these inputs, to be had from the generated code. Written by tuff %s. */\n", s->code->name,
                  tuff_version());
    tuff_text_add(s->text, "#include <math.h>\n#include <stdint.h>\n#include <string.h>\n\n#include \"%s.h\"\n#include \"check.h\"\n%s", s->code->name,
                  s->picture ? "#include \"picture.h\"\n" : "");
    for (int k = 0; k < CASES; k++) TUFF_TRY(one_case(s, k));
    tuff_text_add(s->text, "\nint main(void) {\n    int bad = 0;\n    %s_reset();\n", s->code->name);
    tuff_text_put(s->text, (const char *)s->calls.bytes.data, s->calls.bytes.count);
    tuff_text_add(s->text, "    return finish(\"%s\", bad);\n}\n", s->code->name);
    return s->text->status != TUFF_OK ? s->text->status : s->calls.status;
}

tuff_status tuff_code_print_selftest(tuff_code *c) {
    tuff_interpreter_options o = TUFF_INTERPRETER_OPTIONS;
    o.cpu = "none"; /* the reference's own order of sums */
    selftest s = {.code = c, .random = 1, .calls = {.error = c->error}};
    TUFF_TRY(tuff_interpreter_create(c->model, &o, &s.it, c->error));
    const tuff_status status = print_all(&s);
    tuff_interpreter_destroy(s.it);
    tuff_buffer_free(&s.calls.bytes);
    return status;
}
