/* Models run against stored inputs and outputs.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A case is run to the end whatever happens: what an illegal model, an unsupported op or a damaged zip entry says becomes the verdict's text.
 * The journey of an "ok" case: model -> interpreter -> for each invocation inputs (resized where the array's shape asks for it), invoke, outputs
 * compared. A "rejected" case takes the same way; the first refusal ends it, and the message is judged.
 */
#include "tuff/verify.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/half.h"
#include "kit/io/npy.h"
#include "kit/io/zip.h"

struct tuff_cases {
    tuff_zip *zip;
    tuff_buffer index; /* index.tsv, cut into fields in place */
    tuff_case *cases;
    size_t count, room;
};

/* ---- the index ---- */
static tuff_status bad_line(const char *path, size_t line, const char *expected, tuff_error *error) {
    return tuff_fail(error, TUFF_ERR_FORMAT, "%s: index.tsv line %zu: expected %s", path, line, expected);
}

static tuff_status read_line(tuff_cases *cases, const char *path, char *line, tuff_error *error) {
    enum { FIELDS = 7 };
    char *field[FIELDS];
    const size_t number = cases->count + 1;
    for (int k = 0; k < FIELDS; k++) {
        field[k] = line;
        char *tab = k + 1 < FIELDS ? strchr(line, '\t') : line + strlen(line);
        if (!tab) return bad_line(path, number, "name, ops, status, rel, abs, invocations and note, separated by tabs", error);
        line = *tab ? tab + 1 : tab;
        *tab = 0;
    }
    const bool rejected = strcmp(field[2], "rejected") == 0;
    if (!rejected && strcmp(field[2], "ok") != 0) return bad_line(path, number, "'ok' or 'rejected' in the third column", error);
    if (cases->count == cases->room) {
        const size_t room = cases->room ? 2 * cases->room : 64;
        tuff_case *grown = realloc(cases->cases, room * sizeof *grown);
        if (!grown) return tuff_fail_memory(error, room * sizeof *grown);
        cases->cases = grown;
        cases->room = room;
    }
    cases->cases[cases->count++] = (tuff_case){field[0], field[1], field[6], rejected, strtod(field[3], NULL), strtod(field[4], NULL), (int32_t)atoi(field[5])};
    return TUFF_OK;
}

static tuff_status read_index(tuff_cases *cases, const char *path, tuff_error *error) {
    const int64_t index = tuff_zip_find(cases->zip, "index.tsv");
    if (index < 0) return tuff_fail(error, TUFF_ERR_FORMAT, "%s: holds no index.tsv: expected a zip of cases", path);
    TUFF_TRY(tuff_zip_read(cases->zip, index, &cases->index, error));
    char *line = (char *)cases->index.data;
    while (*line) {
        char *end = strchr(line, '\n');
        char *next = end ? end + 1 : line + strlen(line);
        if (end) *end = 0;
        if (*line) TUFF_TRY(read_line(cases, path, line, error));
        line = next;
    }
    return TUFF_OK;
}

tuff_status tuff_cases_open(const char *path, tuff_cases **out, tuff_error *error) {
    *out = NULL;
    tuff_cases *cases = calloc(1, sizeof *cases);
    if (!cases) return tuff_fail_memory(error, sizeof *cases);
    tuff_buffer bytes = {0};
    tuff_status status = tuff_file_read(path, &bytes, error);
    if (status == TUFF_OK) status = tuff_zip_open(path, &bytes, &cases->zip, error);
    if (status == TUFF_OK) status = read_index(cases, path, error);
    if (status == TUFF_OK) *out = cases;
    else tuff_cases_close(cases);
    return status;
}

void tuff_cases_close(tuff_cases *cases) {
    if (!cases) return;
    tuff_zip_close(cases->zip);
    tuff_buffer_free(&cases->index);
    free(cases->cases);
    free(cases);
}

size_t tuff_cases_count(const tuff_cases *cases) { return cases->count; }
tuff_case tuff_cases_at(const tuff_cases *cases, size_t k) { return cases->cases[k]; }

/* ---- one case ---- */
typedef struct run {
    tuff_cases *cases;
    tuff_case the;
    const tuff_verify_options *options;
    tuff_buffer model_bytes;
    tuff_model *model;
    tuff_interpreter *it;
    tuff_error error; /* what the runtime refused */
    char *text;       /* what was wrong with the result, "" for nothing */
    size_t room;
} run;

/* The name of an entry of the case; valid until the next call with the same buffer. */
enum { NAME_ROOM = 512 };
static const char *entry(const run *r, char *name, int32_t invocation, const char *kind, int32_t k) {
    snprintf(name, NAME_ROOM, "%s/%d/%s%d.npy", r->the.name, (int)invocation, kind, (int)k);
    return name;
}

static tuff_status read_entry(run *r, const char *name, tuff_buffer *bytes) {
    const int64_t k = tuff_zip_find(r->cases->zip, name);
    if (k < 0) return tuff_fail(&r->error, TUFF_ERR_FORMAT, "the zip holds no %s", name);
    return tuff_zip_read(r->cases->zip, k, bytes, &r->error);
}

static tuff_status read_array(run *r, const char *name, tuff_array *array) {
    tuff_buffer bytes = {0};
    TUFF_TRY(read_entry(r, name, &bytes));
    return tuff_npy_read(name, &bytes, array, &r->error);
}

static tuff_status open_model(run *r) {
    char name[NAME_ROOM];
    snprintf(name, sizeof name, "%s/model.tflite", r->the.name);
    if (tuff_zip_find(r->cases->zip, name) >= 0) {
        TUFF_TRY(read_entry(r, name, &r->model_bytes));
        return tuff_model_from_memory(r->model_bytes.data, r->model_bytes.count, NULL, &r->model, &r->error);
    }
    snprintf(name, sizeof name, "%s/model.path", r->the.name);
    tuff_buffer below = {0};
    TUFF_TRY(read_entry(r, name, &below));
    char path[4096];
    snprintf(path, sizeof path, "%s/%.*s", r->options->models ? r->options->models : ".", (int)strcspn((char *)below.data, "\r\n"), (char *)below.data);
    tuff_buffer_free(&below);
    return tuff_model_open(path, NULL, &r->model, &r->error);
}

static tuff_status create_interpreter(run *r) {
    tuff_interpreter_options options = TUFF_INTERPRETER_OPTIONS;
    options.threads = r->options->threads;
    options.cpu = r->options->cpu;
    options.no_in_place = r->options->no_in_place;
    return tuff_interpreter_create(r->model, &options, &r->it, &r->error);
}

/* ---- inputs ---- */
static bool same_shape(const tuff_array *a, const tuff_tensor *t) {
    if (a->rank != t->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (a->shape[i] != t->shape[i]) return false;
    return true;
}

static tuff_status resize(run *r, const tuff_array *arrays, int32_t count) {
    int32_t(*dims)[TUFF_MAX_RANK] = calloc((size_t)count, sizeof *dims);
    int32_t *ranks = calloc((size_t)count, sizeof *ranks);
    const int32_t **shapes = calloc((size_t)count, sizeof *shapes);
    tuff_status status = dims && ranks && shapes ? TUFF_OK : tuff_fail_memory(&r->error, (size_t)count * sizeof *dims);
    bool differs = false;
    for (int32_t k = 0; k < count && status == TUFF_OK; k++) {
        const tuff_tensor *t = tuff_interpreter_input(r->it, k);
        const bool keep = t->type == TUFF_STRING || same_shape(&arrays[k], t);
        ranks[k] = keep ? t->rank : arrays[k].rank;
        for (int32_t i = 0; i < ranks[k]; i++) dims[k][i] = keep ? t->shape[i] : (int32_t)arrays[k].shape[i];
        shapes[k] = dims[k];
        differs |= !keep;
    }
    if (status == TUFF_OK && differs) status = tuff_interpreter_resize_all(r->it, ranks, shapes, &r->error);
    free(dims);
    free(ranks);
    free(shapes);
    return status;
}

static tuff_status set_inputs(run *r, int32_t invocation) {
    const int32_t count = tuff_interpreter_input_count(r->it);
    tuff_array *arrays = calloc((size_t)count + 1, sizeof *arrays);
    if (!arrays) return tuff_fail_memory(&r->error, (size_t)count * sizeof *arrays);
    tuff_status status = TUFF_OK;
    for (int32_t k = 0; k < count && status == TUFF_OK; k++) {
        char name[NAME_ROOM];
        status = read_array(r, entry(r, name, invocation, "in", k), &arrays[k]);
    }
    if (status == TUFF_OK && count) status = resize(r, arrays, count);
    for (int32_t k = 0; k < count && status == TUFF_OK; k++) {
        const tuff_tensor *t = tuff_interpreter_input(r->it, k);
        if (t->type != TUFF_STRING && t->type != arrays[k].type)
            status =
                tuff_fail(&r->error, TUFF_ERR_DATA, "input %d is %s, the stored array %s", (int)k, tuff_type_name(t->type), tuff_type_name(arrays[k].type));
        else status = tuff_interpreter_set(r->it, k, arrays[k].data, arrays[k].bytes, &r->error);
    }
    for (int32_t k = 0; k < count; k++) tuff_array_free(&arrays[k]);
    free(arrays);
    return status;
}

/* ---- outputs ---- */
static int floats_per_element(tuff_type type) {
    switch (type) {
    case TUFF_F32:
    case TUFF_F16:
    case TUFF_BF16:
    case TUFF_F64: return 1;
    case TUFF_C64:
    case TUFF_C128: return 2;
    default: return 0;
    }
}

static double float_at(tuff_type type, const void *data, int64_t k) {
    switch (type) {
    case TUFF_F16: return tuff_f16_to_f32(((const uint16_t *)data)[k]);
    case TUFF_BF16: return tuff_bf16_to_f32(((const uint16_t *)data)[k]);
    case TUFF_F64:
    case TUFF_C128: return ((const double *)data)[k];
    default: return (double)((const float *)data)[k];
    }
}

/* For the message: "[0,3,1]" of element k. */
static const char *place_of(const tuff_tensor *t, int64_t k, char *text, size_t room) {
    int64_t index[TUFF_MAX_RANK];
    for (int32_t i = t->rank - 1; i >= 0; i--) {
        index[i] = t->shape[i] ? k % t->shape[i] : 0;
        k = t->shape[i] ? k / t->shape[i] : k;
    }
    size_t at = (size_t)snprintf(text, room, "[");
    for (int32_t i = 0; i < t->rank && at < room; i++) at += (size_t)snprintf(text + at, room - at, i ? ",%lld" : "%lld", (long long)index[i]);
    if (at < room) snprintf(text + at, room - at, "]");
    return text;
}

/* What the comparison of one output found. */
typedef struct difference {
    int64_t count, differing, worst;
    double excess, got, expected, bound; /* of the worst element */
} difference;

static void note_difference(difference *d, int64_t k, double excess, double got, double expected, double bound) {
    if (d->differing++ == 0 || excess > d->excess) {
        d->worst = k;
        d->excess = excess;
        d->got = got;
        d->expected = expected;
        d->bound = bound;
    }
}

static void compare_floats(difference *d, const tuff_case *c, tuff_type type, const void *got, const void *expected, int64_t every) {
    const int parts = floats_per_element(type);
    for (int64_t k = 0; k < d->count; k++)
        for (int part = 0; part < parts; part++) {
            const double g = float_at(type, got, k * every * parts + part), e = float_at(type, expected, k * parts + part);
            if (g == e || (isnan(g) && isnan(e))) continue;
            const double bound = c->abs + c->rel * fabs(e), off = fabs(g - e);
            if (off <= bound && !isinf(e)) continue; /* false for NaN on one side */
            note_difference(d, k * every, isnan(off) ? INFINITY : off - bound, g, e, bound);
        }
}

static double integer_at(tuff_type type, const void *data) {
    switch (type) {
    case TUFF_S8: return *(const int8_t *)data;
    case TUFF_S16: return *(const int16_t *)data;
    case TUFF_U16: return *(const uint16_t *)data;
    case TUFF_S32: return *(const int32_t *)data;
    case TUFF_U32: return *(const uint32_t *)data;
    case TUFF_S64: return (double)*(const int64_t *)data;
    case TUFF_U64: return (double)*(const uint64_t *)data;
    default: return *(const uint8_t *)data;
    }
}

static void compare_bytes(difference *d, tuff_type type, size_t each, const uint8_t *got, const uint8_t *expected, int64_t every) {
    for (int64_t k = 0; k < d->count; k++) {
        const uint8_t *g = got + (size_t)(k * every) * each, *e = expected + (size_t)k * each;
        if (memcmp(g, e, each) == 0) continue;
        note_difference(d, k * every, fabs(integer_at(type, g) - integer_at(type, e)), integer_at(type, g), integer_at(type, e), 0);
    }
}

static void say_difference(run *r, const difference *d, int32_t invocation, int32_t k, const tuff_tensor *t) {
    char place[128];
    snprintf(r->text, r->room, "invocation %d, output %d (%s): %lld of %lld differ; worst at %s: got %.9g, expected %.9g, off by %.3g", (int)invocation, (int)k,
             tuff_type_name(t->type), (long long)d->differing, (long long)d->count, place_of(t, d->worst, place, sizeof place), d->got, d->expected,
             fabs(d->got - d->expected));
    const size_t at = strlen(r->text);
    if (d->bound > 0) snprintf(r->text + at, r->room - at, " (bound %.3g)", d->bound);
}

/* Strings have no element size: byte for byte. */
static void compare_strings(run *r, const tuff_array *expected, int32_t invocation, int32_t k) {
    const size_t bytes = tuff_interpreter_output_bytes(r->it, k);
    if (bytes != expected->bytes || (bytes && memcmp(tuff_interpreter_output_data(r->it, k), expected->data, bytes) != 0))
        snprintf(r->text, r->room, "invocation %d, output %d (string): %zu bytes differ from the %zu expected", (int)invocation, (int)k, bytes,
                 expected->bytes);
}

static void compare_output(run *r, const tuff_array *expected, int32_t invocation, int32_t k, int64_t every) {
    const tuff_tensor *t = tuff_interpreter_output(r->it, k);
    if (t->type == TUFF_STRING) {
        compare_strings(r, expected, invocation, k);
        return;
    }
    int64_t elements = 1;
    for (int32_t i = 0; i < t->rank; i++) elements *= t->shape[i];
    const bool shape_fits = every == 1 ? same_shape(expected, t) : expected->count == (elements + every - 1) / every;
    if (t->type != expected->type || !shape_fits) {
        char about[128], found[128];
        tuff_array shown = {.type = t->type, .rank = t->rank};
        for (int32_t i = 0; i < t->rank; i++) shown.shape[i] = t->shape[i];
        snprintf(r->text, r->room, "invocation %d, output %d: got %s, expected %s%s", (int)invocation, (int)k, tuff_array_about(&shown, found, sizeof found),
                 tuff_array_about(expected, about, sizeof about), every > 1 ? " of its elements" : "");
        return;
    }
    difference d = {.count = expected->count};
    const void *got = tuff_interpreter_output_data(r->it, k);
    if (floats_per_element(t->type)) compare_floats(&d, &r->the, t->type, got, expected->data, every);
    else compare_bytes(&d, t->type, (size_t)tuff_type_bits(t->type) / 8, got, expected->data, every);
    if (d.differing) say_difference(r, &d, invocation, k, t);
}

/* out<k>.npy, or the thinned out<k>.every<n>.npy */
static tuff_status read_expected(run *r, int32_t invocation, int32_t k, tuff_array *expected, int64_t *every) {
    char name[NAME_ROOM], prefix[NAME_ROOM];
    *every = 1;
    if (tuff_zip_find(r->cases->zip, entry(r, name, invocation, "out", k)) >= 0) return read_array(r, name, expected);
    snprintf(prefix, sizeof prefix, "%.400s/%d/out%d.every", r->the.name, (int)invocation, (int)k);
    const char *thinned = NULL;
    for (int64_t i = 0; (thinned = tuff_zip_name(r->cases->zip, i)) && strncmp(thinned, prefix, strlen(prefix)) != 0; i++) {}
    *every = thinned ? strtoll(thinned + strlen(prefix), NULL, 10) : 0;
    if (*every < 1) return tuff_fail(&r->error, TUFF_ERR_FORMAT, "the zip holds no %s", name);
    return read_array(r, thinned, expected);
}

static tuff_status compare_outputs(run *r, int32_t invocation) {
    for (int32_t k = 0; k < tuff_interpreter_output_count(r->it) && !r->text[0]; k++) {
        tuff_array expected = {0};
        int64_t every;
        TUFF_TRY(read_expected(r, invocation, k, &expected, &every));
        compare_output(r, &expected, invocation, k, every);
        tuff_array_free(&expected);
    }
    return TUFF_OK;
}

/* ---- judging ---- */
static tuff_status run_case(run *r) {
    TUFF_TRY(open_model(r));
    TUFF_TRY(create_interpreter(r));
    for (int32_t i = 0; i < r->the.invocations && !r->text[0]; i++) {
        TUFF_TRY(set_inputs(r, i));
        TUFF_TRY(tuff_interpreter_invoke(r->it, &r->error));
        if (!r->the.rejected) TUFF_TRY(compare_outputs(r, i));
    }
    return TUFF_OK;
}

/* Does the message name one of "A+B+C"? */
static bool names_an_op(const char *message, const char *ops) {
    if (strcmp(ops, "model") == 0) return true;
    while (*ops) {
        const size_t length = strcspn(ops, "+");
        char op[128];
        snprintf(op, sizeof op, "%.*s", (int)length, ops);
        if (strstr(message, op)) return true;
        ops += length + (ops[length] == '+');
    }
    return false;
}

static bool judge(const run *r, tuff_status status, tuff_verdict *verdict) {
    const tuff_case *c = &r->the;
    if (!c->rejected) {
        if (status != TUFF_OK) snprintf(verdict->text, sizeof verdict->text, "%.990s", r->error.message);
        return status == TUFF_OK && !verdict->text[0];
    }
    if (status == TUFF_OK) {
        if (c->ops[0] || strncmp(c->note, "any:", 4) == 0) return true;
        snprintf(verdict->text, sizeof verdict->text, "accepted, expected to be refused: %.900s", c->note);
        return false;
    }
    const bool named = !c->ops[0] || names_an_op(r->error.message, c->ops);
    snprintf(verdict->text, sizeof verdict->text, "%s%.900s", named ? "" : "refused without naming the op: ", r->error.message);
    return named;
}

tuff_verdict tuff_cases_run(tuff_cases *cases, size_t k, const tuff_verify_options *options) {
    static const tuff_verify_options standard = TUFF_VERIFY_OPTIONS;
    tuff_verdict verdict = {0};
    run r = {.cases = cases, .the = cases->cases[k], .options = options ? options : &standard, .text = verdict.text, .room = sizeof verdict.text};
    const tuff_status status = run_case(&r);
    verdict.passed = judge(&r, status, &verdict);
    tuff_interpreter_destroy(r.it);
    tuff_model_close(r.model);
    tuff_buffer_free(&r.model_bytes);
    return verdict;
}
