/* Models as plain C: what include/tuff/compile.h promises.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Files in reading order: compile.c (this: planning, the folder), plan.c (the plan printed), interface.c (header, inputs, outputs), selftest.c, sources.c
 * (which kernels' sources), targets.c (processors, boards), measure.c (the size of the code), text.c and folder.c (writing). folder/ holds the files that come along as they are.
 */
#include "tuff/compile.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cpu.h"
#include "kit/codegen/codegen.h"
#include "kit/codegen/sources.h"

/* ---- the name ---- */
static bool is_identifier(const char *name) {
    static const char *const keywords[] = {"auto",     "break",  "case",     "char",   "const",  "continue", "default", "do",       "double",  "else",
                                           "enum",     "extern", "float",    "for",    "goto",   "if",       "inline",  "int",      "long",    "register",
                                           "restrict", "return", "short",    "signed", "sizeof", "static",   "struct",  "switch",   "typedef", "union",
                                           "unsigned", "void",   "volatile", "while",  "class",  "new",      "delete",  "template", "this",    "main"};
    for (size_t k = 0; k < sizeof keywords / sizeof *keywords; k++)
        if (strcmp(name, keywords[k]) == 0) return false;
    if (!*name || strlen(name) > 40 || isdigit((unsigned char)*name)) return false;
    for (const char *c = name; *c; c++)
        if (!(*c == '_' || (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z'))) return false;
    return strncmp(name, "tuff_", 5) != 0 && name[0] != '_';
}

/* The file's name without its ending, what C doesn't take as underscores. */
static void name_of_file(const char *path, char name[64]) {
    const char *file = path ? tuff_file_name(path) : "";
    const char *end = strrchr(file, '.');
    size_t length = end ? (size_t)(end - file) : strlen(file), at = 0;
    if (length > 40) length = 40;
    for (size_t k = 0; k < length; k++) {
        const bool fine = (file[k] >= '0' && file[k] <= '9') || (file[k] >= 'a' && file[k] <= 'z') || (file[k] >= 'A' && file[k] <= 'Z');
        if (fine || (at && name[at - 1] != '_')) name[at++] = fine ? file[k] : '_';
    }
    name[at] = 0;
    if (is_identifier(name)) return;
    char whole[64];
    snprintf(whole, sizeof whole, "model_%.40s", name);
    snprintf(name, 64, "%s", at ? whole : "model");
}

static tuff_status set_name(tuff_code *c, const char *name) {
    if (name && !is_identifier(name))
        return tuff_fail(c->error, TUFF_ERR_ARGUMENT, "'%s' can't be the name: expected a C identifier of up to 40 letters, digits and underscores", name);
    if (name) snprintf(c->name, sizeof c->name, "%s", name);
    else name_of_file(c->model->path, c->name);
    for (size_t k = 0; c->name[k]; k++) c->upper[k] = (char)toupper((unsigned char)c->name[k]);
    return TUFF_OK;
}

/* ---- the plan ---- */
static tuff_status check_plan(const tuff_code *c) {
    const tuff_plan *p = c->plan;
    if (p->n_planned < p->subgraph->n_nodes)
        return tuff_fail(c->error, TUFF_ERR_UNSUPPORTED, "op %d %s: its output's size depends on values, which can't be compiled", (int)p->n_planned,
                         p->subgraph->nodes[p->n_planned].op->name);
    for (int side = 0; side < 2; side++) {
        const int32_t n = side ? p->subgraph->n_outputs : p->subgraph->n_inputs, *list = side ? p->subgraph->outputs : p->subgraph->inputs;
        for (int32_t k = 0; k < n; k++)
            if (p->tensor_buffer[list[k]] < 0)
                return tuff_fail(c->error, TUFF_ERR_UNSUPPORTED, "%s '%s' is %s, which can't be compiled", side ? "output" : "input", p->tensors[list[k]].name,
                                 tuff_type_name(p->tensors[list[k]].type));
    }
    return TUFF_OK;
}

/* ---- files that come along ---- */
static void print_sources(tuff_code *c, int32_t *count) {
    for (size_t k = 0; k < tuff_source_count; k++) {
        if (!c->needed[k]) continue;
        const char *path = tuff_sources[k].path;
        tuff_text *t = tuff_folder_add(&c->folder, "%s", path);
        if (t) tuff_source_print((int)k, t);
        *count += path[strlen(path) - 1] == 'c';
    }
}

typedef struct word {
    const char *key, *value;
} word;

/* Appends a file of folder/ with @key@ replaced. */
static void print_template(tuff_code *c, const char *from, const char *to, const word *words) {
    char path[160];
    snprintf(path, sizeof path, "folder/%s", from);
    const tuff_source *source = &tuff_sources[tuff_source_find(path)];
    tuff_text *t = tuff_folder_add(&c->folder, "%s", to);
    if (!t) return;
    for (const char *at = source->text; *at;) {
        const word *w = words;
        size_t length = 0;
        for (; *at == '@' && w->key; w++) {
            length = strlen(w->key);
            if (strncmp(at + 1, w->key, length) == 0 && at[1 + length] == '@') break;
        }
        if (*at == '@' && w->key) {
            tuff_text_add(t, "%s", w->value);
            at += length + 2;
        } else tuff_text_put(t, at++, 1);
    }
}

static bool has_file(const tuff_code *c, const char *path) {
    for (int32_t k = 0; k < c->folder.count; k++)
        if (strcmp(c->folder.files[k].path, path) == 0) return true;
    return false;
}

static const char *formatted(tuff_code *c, size_t value) {
    const char *text = tuff_arena_format(c->arena, c->error, "%zu", value);
    return text ? text : "";
}

static void print_files(tuff_code *c) {
    const tuff_subgraph *s = c->plan->subgraph;
    const bool picture = has_file(c, "test/picture.h"), labels = s->n_outputs && c->model->label_counts[0];
    const char *input0 = s->n_inputs == 1 ? "input" : "input0", *output0 = s->n_outputs == 1 ? "output" : "output0";
    const char *set =
        tuff_arena_format(c->arena, c->error, picture ? "    %s_set_input_u8(picture);" : "    /* write the model's input to %s_%s() here */", c->name, input0);
    const char *label = labels ? tuff_arena_format(c->arena, c->error, "%s_labels[best]", c->name) : "best";
    const word words[] = {{"name", c->name},
                          {"NAME", c->upper},
                          {"model", c->model->path ? tuff_file_name(c->model->path) : "a model"},
                          {"target", c->target->name},
                          {"compiler", c->target->compiler},
                          {"size", c->target->size},
                          {"flags", c->target->flags},
                          {"qemu", c->target->qemu},
                          {"version", tuff_version()},
                          {"ram", formatted(c, c->plan->arena_bytes + c->state_bytes)},
                          {"weights", formatted(c, c->weight_bytes)},
                          {"picture", picture ? "#include \"test/picture.h\"\n" : ""},
                          {"set", set ? set : ""},
                          {"format", labels ? "%s" : "class %d:"},
                          {"label", label ? label : ""},
                          {"input0", input0},
                          {"output0", output0},
                          {"OUTPUT0", s->n_outputs == 1 ? "OUTPUT" : "OUTPUT0"},
                          {NULL, NULL}};
    print_template(c, "Makefile", "Makefile", words);
    print_template(c, "README.txt", "README.txt", words);
    print_template(c, "library.properties", "library.properties", words);
    print_template(c, "check.h", "test/check.h", words);
    print_template(c, "startup.c", "qemu/startup.c", words);
    print_template(c, "cortex-m.ld", "qemu/cortex-m.ld", words);
    print_template(c, "main.c.in", "main.c", words);
    const char *sketch = tuff_arena_format(c->arena, c->error, "examples/%s_example/%s_example.ino", c->name, c->name);
    if (sketch) print_template(c, "example.ino", sketch, words);
}

/* ---- what it takes ---- */
static tuff_status account(tuff_code *c, tuff_compile_result *result) {
    const tuff_plan *p = c->plan;
    tuff_compile_step *steps = TUFF_NEW_ARRAY(c->arena, (size_t)p->n_steps, tuff_compile_step, c->error);
    bool *seen = TUFF_NEW_ARRAY(c->arena, (size_t)p->n_buffers, bool, c->error);
    if (!steps || !seen) return TUFF_ERR_MEMORY;
    for (int32_t s = 0; s < p->n_steps; s++) {
        const tuff_plan_step *step = &p->steps[s];
        const tuff_node *n = step->node >= 0 ? &p->subgraph->nodes[step->node] : NULL;
        steps[s] = (tuff_compile_step){.op = n ? n->op->name : "(copy)",
                                       .output = n && n->n_outputs ? p->tensors[n->outputs[0]].name : "",
                                       .kernel = step->kernel ? step->kernel->name : "(subgraphs)",
                                       .macs = step->cost.macs};
        for (int32_t b = 0; b < p->n_buffers; b++) {
            const tuff_plan_buffer *x = &p->buffers[b];
            if (x->place == TUFF_PLACE_ARENA && x->view_of < 0 && x->first <= s && s <= x->last)
                steps[s].ram += (x->bytes + TUFF_CODE_ALIGN - 1) & ~(size_t)(TUFF_CODE_ALIGN - 1);
        }
        for (int32_t k = 0; k < step->n_io; k++) {
            if (step->io[k] < 0 || seen[step->io[k]] || p->buffers[step->io[k]].place != TUFF_PLACE_CONSTANT) continue;
            seen[step->io[k]] = true;
            steps[s].flash += p->buffers[step->io[k]].bytes;
        }
    }
    snprintf(result->name, sizeof result->name, "%s", c->name);
    result->arena_bytes = p->arena_bytes;
    result->state_bytes = c->state_bytes;
    result->weight_bytes = c->weight_bytes;
    result->compiler = c->target->compiler;
    result->n_steps = p->n_steps;
    result->steps = steps;
    return TUFF_OK;
}

static tuff_status check_budget(const tuff_code *c, const tuff_compile_options *o, const tuff_compile_result *r) {
    const size_t ram = r->arena_bytes + r->state_bytes, flash = r->weight_bytes + r->code_bytes;
    if (o->ram && ram > o->ram) {
        int32_t worst = 0;
        for (int32_t k = 1; k < r->n_steps; k++)
            if (r->steps[k].ram > r->steps[worst].ram) worst = k;
        return tuff_fail(c->error, TUFF_ERR_LIMIT, "needs %zu bytes of RAM, the budget is %zu: step %d, %s ('%s') alone has %zu bytes alive", ram, o->ram,
                         (int)worst, r->steps[worst].op, r->steps[worst].output, r->steps[worst].ram);
    }
    size_t sum = r->code_bytes;
    for (int32_t k = 0; o->flash && flash > o->flash && k < r->n_steps; k++) {
        sum += r->steps[k].flash;
        if (sum > o->flash)
            return tuff_fail(c->error, TUFF_ERR_LIMIT,
                             "needs %zu bytes of flash (%zu of it weights), the budget is %zu: the weights of step %d, %s ('%s', %zu bytes) break it", flash,
                             r->weight_bytes, o->flash, (int)k, r->steps[k].op, r->steps[k].output, r->steps[k].flash);
    }
    return TUFF_OK;
}

/* ---- the whole ---- */
static tuff_status build(tuff_code *c, const char *path, const tuff_compile_options *o, tuff_compile_result *result) {
    TUFF_TRY(check_plan(c));
    TUFF_TRY(tuff_code_collect(c));
    TUFF_TRY(account(c, result));
    TUFF_TRY(tuff_code_print_header(c));
    TUFF_TRY(tuff_code_print_plan(c));
    TUFF_TRY(tuff_code_print_weights(c));
    print_sources(c, &result->n_sources);
    TUFF_TRY(tuff_code_measure(c, &result->code_bytes));
    TUFF_TRY(check_budget(c, o, result));
    TUFF_TRY(tuff_code_print_selftest(c));
    print_files(c);
    return tuff_folder_write(&c->folder, path, o->force, c->error);
}

tuff_status tuff_compile(const tuff_model *model, const char *path, const tuff_compile_options *options, tuff_compile_result *result, tuff_error *error) {
    static const tuff_compile_options standard = TUFF_COMPILE_OPTIONS;
    const tuff_compile_options *o = options ? options : &standard;
    if (!model || !path || !result || o->size != sizeof *o)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_compile: model, folder and result must not be NULL, options of this version");
    *result = (tuff_compile_result){0};
    tuff_error local = {0};
    tuff_code c = {.model = model, .target = tuff_code_target_find(o->target ? o->target : "host"), .error = &local, .folder = {.error = &local}};
    if (!c.target) return tuff_fail(error, TUFF_ERR_ARGUMENT, "'%s' is no target", o->target);
    c.arena = tuff_arena_create(NULL, error);
    if (!c.arena) return TUFF_ERR_MEMORY;
    result->internal = c.arena;
    const tuff_plan_options plan = {
        .target = {.level = o->least_ram ? TUFF_CPU_NONE : TUFF_CPU_C, .threads = 1, .small = true}, .overlay_inputs = true, .align = TUFF_CODE_ALIGN};
    tuff_plan *made = NULL;
    tuff_status status = set_name(&c, o->name);
    if (status == TUFF_OK) status = tuff_plan_create(model->graph, &plan, model->packed, NULL, &made, &local);
    c.plan = made;
    if (status == TUFF_OK) status = build(&c, path, o, result);
    if (status != TUFF_OK && model->path && local.status != TUFF_ERR_IO && local.status != TUFF_ERR_ARGUMENT) tuff_error_prefix(&local, "%s", model->path);
    if (status != TUFF_OK && error && error->status == TUFF_OK) *error = local;
    tuff_folder_free(&c.folder);
    tuff_plan_destroy(made);
    return status;
}

void tuff_compile_free(tuff_compile_result *result) {
    tuff_arena_destroy(result->internal);
    *result = (tuff_compile_result){0};
}
