/* A plan printed as C: arena, state, and per step its args, its buffers and its call.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Nothing here knows an op: args are printed through their kernel's field table, prims by the name under which C code links them, and each kernel's
 * source is the one that declares it (sources.c).
 */
#include <stdio.h>
#include <string.h>

#include "kit/codegen/codegen.h"
#include "kit/codegen/sources.h"
#include "plan/planner.h"

/* ---- constants and state ---- */
static const tuff_plan_buffer *root_of(const tuff_code_part *part, int32_t buffer) { return &part->plan->buffers[tuff_plan_root(part->plan, buffer)]; }

static int32_t find_constant(const tuff_code *c, const tuff_plan_buffer *b) {
    for (int32_t k = 0; k < c->n_constants; k++)
        if (c->constants[k].data == b->constant && c->constants[k].bytes >= b->bytes) return k;
    return -1;
}

static int32_t find_cell(const tuff_code *c, const tuff_cell *cell) {
    for (int32_t k = 0; k < c->n_cells; k++)
        if (c->cells[k] == cell) return k;
    return -1;
}

/* Letters and digits of a tensor's name; the first name of those that passes joined by ';'. */
static void add_identifier(char *to, size_t room, const char *name) {
    size_t at = strlen(to);
    for (; *name && *name != ';' && at + 1 < room; name++) {
        const bool fine = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') || (*name >= '0' && *name <= '9');
        if (fine || to[at - 1] != '_') to[at++] = fine ? *name : '_';
    }
    while (at > 0 && to[at - 1] == '_') at--;
    to[at] = 0;
}

static void add_constant(tuff_code *c, const tuff_plan *p, const tuff_plan_step *s, const tuff_plan_buffer *b) {
    tuff_code_constant *k = &c->constants[c->n_constants];
    const tuff_node *n = s->node >= 0 ? &p->subgraph->nodes[s->node] : NULL;
    const char *name = b->tensor >= 0 ? p->tensors[b->tensor].name : n && n->n_outputs ? p->tensors[n->outputs[0]].name : "";
    *k = (tuff_code_constant){.data = b->constant, .bytes = b->bytes, .type = b->tensor >= 0 ? p->tensors[b->tensor].type : TUFF_U8};
    snprintf(k->name, sizeof k->name, "%s_w%d_", c->name, (int)c->n_constants);
    add_identifier(k->name, sizeof k->name, name);
    c->n_constants++;
    c->weight_bytes += b->bytes;
}

static void add_cell(tuff_code *c, const tuff_cell *cell) {
    c->cells[c->n_cells] = cell;
    c->cell_offset[c->n_cells++] = c->state_bytes;
    c->state_bytes += (cell->bytes + TUFF_CODE_ALIGN - 1) & ~(size_t)(TUFF_CODE_ALIGN - 1);
}

static tuff_status need_kernel(tuff_code *c, const tuff_plan *p, const tuff_plan_step *s) {
    char text[160];
    snprintf(text, sizeof text, "int %s(", s->kernel->name);
    const int kernel = tuff_source_declaring(text);
    tuff_source_need(tuff_source_defining(text), c->needed); /* x.c of the header's x.h, or a file beside it */
    snprintf(text, sizeof text, "} %s;", s->kernel->args_type);
    const int args = tuff_source_declaring(text);
    if (kernel < 0 || args < 0)
        return tuff_fail(c->error, TUFF_ERR_UNSUPPORTED, "op %d %s: its kernel %s has no portable source", (int)s->node,
                         s->node >= 0 ? p->subgraph->nodes[s->node].op->name : "", s->kernel->name);
    tuff_source_need(kernel, c->needed);
    tuff_source_need(args, c->needed);
    for (const tuff_field *f = s->kernel->args; f && f->kind != TUFF_FIELD_END_KIND; f++) {
        const tuff_prim *prim;
        if (f->kind != TUFF_FIELD_PRIM) continue;
        memcpy(&prim, (const char *)s->args + f->offset, sizeof prim);
        if (!prim) continue;
        snprintf(text, sizeof text, " %s = {", prim->symbol);
        tuff_source_need(tuff_source_defining(text), c->needed);
    }
    return TUFF_OK;
}

static void collect_step(tuff_code *c, const tuff_code_part *part, const tuff_plan_step *s) {
    for (int32_t k = 0; k < s->n_io; k++) {
        if (s->io[k] < 0) continue;
        const tuff_plan_buffer *b = root_of(part, s->io[k]);
        if (b->place == TUFF_PLACE_CONSTANT && b->bytes && find_constant(c, b) < 0) add_constant(c, part->plan, s, b);
        if (b->place == TUFF_PLACE_STATE && find_cell(c, b->cell) < 0) add_cell(c, b->cell);
    }
    if (s->control && s->control->once && find_cell(c, s->control->once) < 0) add_cell(c, s->control->once);
}

/* How many parts a plan makes, itself included, and the buffers of all. */
static void count_parts(const tuff_plan *plan, int32_t *count, int32_t *room) {
    ++*count;
    *room += plan->n_buffers + 1;
    for (int32_t s = 0; s < plan->n_steps; s++)
        for (int32_t k = 0; plan->steps[s].control && k < plan->steps[s].control->n_calls; k++) count_parts(plan->steps[s].control->calls[k], count, room);
}

static void fill_part(tuff_code *c, tuff_code_part part, int32_t *ios) {
    tuff_code_part *own = &c->parts[c->n_parts++];
    const tuff_plan *plan = part.plan;
    *own = part;
    own->first_io = *ios;
    for (int32_t s = 0; s < plan->n_steps; s++) *ios += plan->steps[s].n_io;
    for (int32_t s = 0; s < plan->n_steps; s++) {
        const tuff_control *control = plan->steps[s].control;
        for (int32_t k = 0; control && k < control->n_calls; k++)
            fill_part(c,
                      (tuff_code_part){.plan = control->calls[k],
                                       .base = own->base + plan->buffers[control->arenas[k]].offset,
                                       .caller = own,
                                       .call = &plan->steps[s],
                                       .which = k},
                      ios);
    }
}

tuff_status tuff_code_collect(tuff_code *c) {
    int32_t count = 0, room = 0, ios = 0;
    count_parts(c->plan, &count, &room);
    c->parts = TUFF_NEW_ARRAY(c->arena, (size_t)count, tuff_code_part, c->error);
    c->constants = TUFF_NEW_ARRAY(c->arena, (size_t)room, tuff_code_constant, c->error);
    c->cells = TUFF_NEW_ARRAY(c->arena, (size_t)room, const tuff_cell *, c->error);
    c->cell_offset = TUFF_NEW_ARRAY(c->arena, (size_t)room, size_t, c->error);
    c->needed = TUFF_NEW_ARRAY(c->arena, tuff_source_count, bool, c->error);
    if (!c->parts || !c->constants || !c->cells || !c->cell_offset || !c->needed) return TUFF_ERR_MEMORY;
    fill_part(c, (tuff_code_part){.plan = c->plan}, &ios);
    tuff_source_need(tuff_source_find("src/base/fixed_point.h"), c->needed); /* inputs are quantized with it */
    for (int32_t k = 0; k < c->n_parts; k++)
        for (int32_t s = 0; s < c->parts[k].plan->n_steps; s++) {
            const tuff_plan_step *step = &c->parts[k].plan->steps[s];
            if (step->kernel) TUFF_TRY(need_kernel(c, c->parts[k].plan, step));
            collect_step(c, &c->parts[k], step);
        }
    return TUFF_OK;
}

void tuff_code_print_address(const tuff_code *c, const tuff_code_part *part, int32_t buffer, tuff_text *t) {
    const tuff_plan_buffer *b = buffer < 0 ? NULL : root_of(part, buffer);
    if (!b || (b->place == TUFF_PLACE_CONSTANT && !b->bytes)) tuff_text_add(t, "NULL");
    else if (b->place == TUFF_PLACE_ARENA) tuff_text_add(t, "arena + %zu", part->base + b->offset);
    else if (b->place == TUFF_PLACE_STATE) tuff_text_add(t, "state + %zu", c->cell_offset[find_cell(c, b->cell)]);
    else tuff_text_add(t, "(void *)%s", c->constants[find_constant(c, b)].name);
}

/* ---- numbers ---- */
static size_t width_of(tuff_field_kind kind) {
    switch (kind) {
    case TUFF_FIELD_BOOL: return sizeof(bool);
    case TUFF_FIELD_S8:
    case TUFF_FIELD_U8: return 1;
    case TUFF_FIELD_S16: return 2;
    case TUFF_FIELD_S64:
    case TUFF_FIELD_F64: return 8;
    case TUFF_FIELD_MULTIPLIER: return sizeof(tuff_multiplier);
    case TUFF_FIELD_PRIM: return sizeof(const tuff_prim *);
    default: return 4;
    }
}

static void print_integer(tuff_text *t, int64_t x, const char *suffix) {
    if (x == INT64_MIN) tuff_text_add(t, "INT64_MIN");
    else if (x == INT32_MIN) tuff_text_add(t, "INT32_MIN");
    else tuff_text_add(t, "%lld%s", (long long)x, suffix);
}

static void print_number(tuff_text *t, tuff_field_kind kind, const void *at) {
    union {
        bool b;
        int8_t s8;
        uint8_t u8;
        int16_t s16;
        int32_t s32;
        uint32_t u32;
        int64_t s64;
        float f32;
        double f64;
        tuff_multiplier multiplier;
        const tuff_prim *prim;
    } v = {0};
    memcpy(&v, at, width_of(kind));
    switch (kind) {
    case TUFF_FIELD_BOOL: tuff_text_add(t, "%s", v.b ? "true" : "false"); break;
    case TUFF_FIELD_S8: print_integer(t, v.s8, ""); break;
    case TUFF_FIELD_U8: print_integer(t, v.u8, ""); break;
    case TUFF_FIELD_S16: print_integer(t, v.s16, ""); break;
    case TUFF_FIELD_S32: print_integer(t, v.s32, ""); break;
    case TUFF_FIELD_U32: print_integer(t, v.u32, "u"); break;
    case TUFF_FIELD_S64: print_integer(t, v.s64, v.s64 > INT32_MAX || v.s64 < INT32_MIN ? "LL" : ""); break;
    case TUFF_FIELD_F32: tuff_text_float(t, (double)v.f32, true); break;
    case TUFF_FIELD_F64: tuff_text_float(t, v.f64, false); break;
    case TUFF_FIELD_MULTIPLIER: tuff_text_add(t, "{%ld, %ld}", (long)v.multiplier.multiplier, (long)v.multiplier.shift); break;
    case TUFF_FIELD_PRIM: v.prim ? tuff_text_add(t, "&%s", v.prim->symbol) : tuff_text_add(t, "NULL"); break;
    default: break;
    }
}

static tuff_field_kind kind_of(tuff_type type) {
    switch (type) {
    case TUFF_F32: return TUFF_FIELD_F32;
    case TUFF_S8: return TUFF_FIELD_S8;
    case TUFF_S16: return TUFF_FIELD_S16;
    case TUFF_S32: return TUFF_FIELD_S32;
    case TUFF_S64: return TUFF_FIELD_S64;
    default: return TUFF_FIELD_U8; /* bytes */
    }
}

static void print_array(tuff_text *t, tuff_field_kind kind, const void *data, size_t bytes) {
    const size_t width = width_of(kind), count = bytes / width;
    const char *const line = kind == TUFF_FIELD_F32 || kind == TUFF_FIELD_S64 ? "\n    " : "\n    ";
    for (size_t k = 0; k < count; k++) {
        tuff_text_add(t, "%s", k == 0 ? line : k % (32 / width) ? ", " : ",\n    ");
        print_number(t, kind, (const char *)data + k * width);
    }
}

/* ---- weights ---- */
static void say_origin(const tuff_code *c, tuff_text *t, const char *what) {
    tuff_text_add(t, "/* %s %s, %s. Written by tuff %s: edit the model instead.\n", tuff_file_name(c->model->path ? c->model->path : "a model"), "as plain C",
                  what, tuff_version());
    tuff_text_add(t, " * The files in base/, ops/, prims/ and tuff/ are Tuff's, SPDX-License-Identifier: Apache-2.0 */\n");
}

tuff_status tuff_code_print_weights(tuff_code *c) {
    tuff_text *h = tuff_folder_add(&c->folder, "src/%s_weights.h", c->name);
    if (!h) return TUFF_ERR_MEMORY;
    say_origin(c, h, "its constants");
    tuff_text_add(h, "#ifndef %s_WEIGHTS_H\n#define %s_WEIGHTS_H\n\n#include <stdint.h>\n\n", c->upper, c->upper);
    for (int32_t k = 0; k < c->n_constants; k++) tuff_text_add(h, "extern const %s %s[];\n", tuff_code_c_type(c->constants[k].type), c->constants[k].name);
    tuff_text_add(h, "\n#endif\n");
    tuff_text *t = tuff_folder_add(&c->folder, "src/%s_weights.c", c->name);
    if (!t) return TUFF_ERR_MEMORY;
    say_origin(c, t, "its constants");
    tuff_text body = {.error = c->error};
    for (int32_t k = 0; k < c->n_constants; k++) {
        const tuff_code_constant *w = &c->constants[k];
        tuff_text_add(&body, "\n_Alignas(%d) const %s %s[] = {", TUFF_CODE_ALIGN, tuff_code_c_type(w->type), w->name);
        print_array(&body, kind_of(w->type), w->data, w->bytes);
        tuff_text_add(&body, "};\n");
    }
    if (body.status != TUFF_OK) t->status = body.status;
    else if (body.bytes.data && (strstr((char *)body.bytes.data, "INFINITY") || strstr((char *)body.bytes.data, "NAN")))
        tuff_text_add(t, "#include <math.h>\n");
    tuff_text_add(t, "#include \"%s_weights.h\"\n", c->name);
    tuff_text_put(t, (const char *)body.bytes.data, body.bytes.count);
    tuff_buffer_free(&body.bytes);
    return t->status;
}

/* ---- steps ---- */
/* "3" in the model itself, "2_3" in part 2 */
static const char *step_name(const tuff_code *c, const tuff_code_part *part, int32_t step, char text[32]) {
    if (part == c->parts) snprintf(text, 32, "%d", (int)step);
    else snprintf(text, 32, "%d_%d", (int)(part - c->parts), (int)step);
    return text;
}

static void print_args(const tuff_plan_step *s, const char *name, tuff_text *t) {
    tuff_text_add(t, "static const %s args%s = {", s->kernel->args_type, name);
    int column = 100, printed = 0;
    for (const tuff_field *f = s->kernel->args; f && f->kind != TUFF_FIELD_END_KIND; f++, printed++) {
        const size_t before = t->bytes.count;
        tuff_text_add(t, "%s.%s = ", !printed ? "\n    " : column > 96 ? ",\n    " : ", ", f->name);
        if (!printed || column > 96) column = 0;
        const char *at = (const char *)s->args + f->offset;
        if (f->count > 1) tuff_text_add(t, "{");
        for (int k = 0; k < f->count; k++) {
            if (k) tuff_text_add(t, ", ");
            print_number(t, f->kind, at + (size_t)k * width_of(f->kind));
        }
        if (f->count > 1) tuff_text_add(t, "}");
        column += (int)(t->bytes.count - before);
    }
    tuff_text_add(t, printed ? "};\n" : "0};\n");
}

static void print_step(const tuff_code *c, const tuff_code_part *part, int32_t number, tuff_text *t) {
    const tuff_plan_step *s = &part->plan->steps[number];
    const tuff_node *n = s->node >= 0 ? &part->plan->subgraph->nodes[s->node] : NULL;
    char name[32];
    step_name(c, part, number, name);
    tuff_text_add(t, "\n/* step %s: %s", name, n ? n->op->name : "the value of an output that is constant");
    if (s->cost.macs) tuff_text_add(t, ", %lld multiplications", (long long)s->cost.macs);
    tuff_text_add(t, " */\n");
    print_args(s, name, t);
    tuff_text_add(t, "static void *const io%s[] = {", name);
    for (int32_t k = 0; k < s->n_io; k++) {
        if (k) tuff_text_add(t, ", ");
        tuff_code_print_address(c, part, s->io[k], t);
    }
    tuff_text_add(t, "};\n");
}

/* ---- calls of subgraphs ---- */
static void print_copy(const tuff_code *c, const tuff_code_part *to, int32_t to_buffer, const tuff_code_part *from, int32_t from_buffer, tuff_text *t) {
    const tuff_plan_buffer *b = to_buffer < 0 || from_buffer < 0 ? NULL : root_of(to, to_buffer);
    if (!b || b->place == TUFF_PLACE_CONSTANT || to->plan->buffers[to_buffer].bytes == 0) return; /* known while planning, or nothing */
    tuff_text_add(t, "    memmove(");
    tuff_code_print_address(c, to, to_buffer, t);
    tuff_text_add(t, ", ");
    tuff_code_print_address(c, from, from_buffer, t);
    tuff_text_add(t, ", %zu);\n", to->plan->buffers[to_buffer].bytes);
}

/* The caller's buffers that go in; a loop's variables live in its node's outputs. */
static const int32_t *values_in(const tuff_code_part *part) {
    const tuff_control *control = part->call->control;
    const bool chosen = control->kind == TUFF_CONTROL_IF || control->kind == TUFF_CONTROL_CASE;
    return part->call->io + (control->kind == TUFF_CONTROL_WHILE ? control->n_inputs : chosen ? 1 : 0);
}

static void print_values(const tuff_code *c, const tuff_code_part *part, bool out, tuff_text *t) {
    const tuff_control *control = part->caller ? part->call->control : NULL;
    const tuff_subgraph *s = part->plan->subgraph;
    if (!control || control->kind == TUFF_CONTROL_ONCE || (out && control->kind == TUFF_CONTROL_WHILE && part->which == 0)) return;
    for (int32_t k = 0; k < (out ? s->n_outputs : s->n_inputs); k++) {
        const int32_t own = part->plan->tensor_buffer[out ? s->outputs[k] : s->inputs[k]];
        if (out) print_copy(c, part->caller, part->call->io[control->n_inputs + k], part, own, t);
        else print_copy(c, part, own, part->caller, values_in(part)[k], t);
    }
}

static int32_t part_called(const tuff_code *c, const tuff_plan_step *s, int32_t which) {
    for (int32_t k = 1; k < c->n_parts; k++)
        if (c->parts[k].call == s && c->parts[k].which == which) return k;
    return 0;
}

static void print_while(const tuff_code *c, const tuff_code_part *part, const tuff_plan_step *s, tuff_text *t) {
    const int32_t condition = part_called(c, s, 0), n = s->control->n_inputs;
    const tuff_plan *p = c->parts[condition].plan;
    for (int32_t k = 0; k < n; k++) print_copy(c, part, s->io[n + k], part, s->io[k], t);
    tuff_text_add(t, "    for (;;) {\n        CALL(%d);\n        if (!*(const bool *)(", (int)condition);
    tuff_code_print_address(c, &c->parts[condition], p->tensor_buffer[p->subgraph->outputs[0]], t);
    tuff_text_add(t, ")) break;\n        CALL(%d);\n    }\n", (int)part_called(c, s, 1));
}

static void print_control(const tuff_code *c, const tuff_code_part *part, const tuff_plan_step *s, tuff_text *t) {
    const tuff_control *control = s->control;
    switch (control->kind) {
    case TUFF_CONTROL_WHILE: print_while(c, part, s, t); return;
    case TUFF_CONTROL_CALL: tuff_text_add(t, "    CALL(%d);\n", (int)part_called(c, s, 0)); return;
    case TUFF_CONTROL_ONCE: {
        const size_t flag = c->cell_offset[find_cell(c, control->once)];
        tuff_text_add(t, "    if (!state[%zu]) CALL(%d);\n    state[%zu] = 1;\n", flag, (int)part_called(c, s, 0), flag);
        return;
    }
    default:
        tuff_text_add(t, "    switch (*(const %s *)(", control->kind == TUFF_CONTROL_IF ? "uint8_t" : "int32_t");
        tuff_code_print_address(c, part, s->io[0], t);
        tuff_text_add(t, ")) {\n");
        for (int32_t k = 0; k < control->n_calls; k++) {
            if (k + 1 < control->n_calls)
                tuff_text_add(t, "    case %d: CALL(%d); break;\n", control->kind == TUFF_CONTROL_IF ? 1 : (int)k, (int)part_called(c, s, k));
            else tuff_text_add(t, "    default: CALL(%d);\n    }\n", (int)part_called(c, s, k));
        }
    }
}

/* ---- running ---- */
/* Calls, and the numbers under which illegal values are told: 1 + the place in the list of all steps' buffers. */
static void print_part(const tuff_code *c, const tuff_code_part *part, tuff_text *t) {
    const tuff_plan *p = part->plan;
    if (part != c->parts) tuff_text_add(t, "\nstatic int call%d(void) {\n", (int)(part - c->parts));
    else tuff_text_add(t, "\nint %s_invoke(void) {\n", c->name);
    if (part == c->parts && c->n_cells) tuff_text_add(t, "    if (!started) %s_reset();\n", c->name);
    print_values(c, part, false, t);
    int before = part->first_io;
    for (int32_t s = 0; s < p->n_steps; s++) {
        char name[32];
        if (p->steps[s].control) print_control(c, part, &p->steps[s], t);
        else tuff_text_add(t, "    RUN(%s, %s, %d);\n", step_name(c, part, s, name), p->steps[s].kernel->name, before);
        before += p->steps[s].n_io;
    }
    print_values(c, part, true, t);
    tuff_text_add(t, "    return 0;\n}\n");
}

static void print_names(const tuff_code *c, tuff_text *t) {
    tuff_text_add(t, "\nconst char *%s_illegal(int code) {\n    static const char *const names[] = {\"\"", c->name);
    for (int32_t n = 0; n < c->n_parts; n++) {
        const tuff_plan *p = c->parts[n].plan;
        for (int32_t s = 0; s < p->n_steps; s++)
            for (int32_t k = 0; k < p->steps[s].n_io; k++) {
                const int32_t tensor = p->steps[s].io[k] < 0 ? -1 : p->buffers[p->steps[s].io[k]].tensor;
                tuff_text_add(t, ",%s\"", k ? " " : "\n        ");
                tuff_text_quote(t, tensor < 0 ? "" : p->tensors[tensor].name);
                tuff_text_add(t, "\"");
            }
    }
    tuff_text_add(t, "};\n    return code > 0 && code < (int)(sizeof names / sizeof *names) ? names[code] : names[0];\n}\n");
}

static void print_invoke(const tuff_code *c, tuff_text *t) {
    tuff_text_add(t, "\n#define RUN(step, kernel, before)                            \\\n"
                     "    do {                                                     \\\n"
                     "        const int bad = kernel(&args##step, io##step, 0, 1); \\\n"
                     "        if (bad) return before + bad;                        \\\n"
                     "    } while (0)\n");
    if (c->n_parts > 1)
        tuff_text_add(t, "#define CALL(part)                \\\n"
                         "    do {                          \\\n"
                         "        const int bad = call##part(); \\\n"
                         "        if (bad) return bad;      \\\n"
                         "    } while (0)\n");
    for (int32_t k = c->n_parts - 1; k >= 0; k--) print_part(c, &c->parts[k], t); /* a part's callees have higher numbers */
    print_names(c, t);
}

static void print_reset(const tuff_code *c, tuff_text *t) {
    tuff_text_add(t, "\nvoid %s_reset(void) {\n", c->name);
    for (int32_t k = 0; k < c->n_cells; k++) tuff_text_add(t, "    memset(state + %zu, %d, %zu);\n", c->cell_offset[k], c->cells[k]->start, c->cells[k]->bytes);
    if (c->n_cells) tuff_text_add(t, "    started = true;\n");
    tuff_text_add(t, "}\n");
}

static void print_memory(const tuff_code *c, tuff_text *t) {
    tuff_text_add(t, "\n/* RAM: activations at the offsets that the plan gave them%s */\n", c->n_cells ? ", and state" : "");
    tuff_text_add(t, "static _Alignas(%d) uint8_t arena[%zu];\n", TUFF_CODE_ALIGN, c->plan->arena_bytes ? c->plan->arena_bytes : 1);
    if (c->plan->arena_bytes) tuff_text_add(t, "_Static_assert(sizeof arena == %s_ARENA_BYTES, \"as planned\");\n", c->upper);
    if (!c->n_cells) return;
    tuff_text_add(t, "static _Alignas(%d) uint8_t state[%zu];\nstatic bool started;\n", TUFF_CODE_ALIGN, c->state_bytes);
    tuff_text_add(t, "_Static_assert(sizeof state == %s_STATE_BYTES, \"as planned\");\n", c->upper);
}

tuff_status tuff_code_print_plan(tuff_code *c) {
    tuff_text body = {.error = c->error};
    print_memory(c, &body);
    for (int32_t k = 0; k < c->n_parts; k++)
        for (int32_t s = 0; s < c->parts[k].plan->n_steps; s++)
            if (c->parts[k].plan->steps[s].kernel) print_step(c, &c->parts[k], s, &body);
    print_reset(c, &body);
    print_invoke(c, &body);
    tuff_code_print_io(c, &body);
    tuff_text *t = tuff_folder_add(&c->folder, "src/%s.c", c->name);
    if (!t) return TUFF_ERR_MEMORY;
    say_origin(c, t, "its plan");
    tuff_text_add(t, "#include \"%s.h\"\n\n", c->name);
    if (body.bytes.data && (strstr((char *)body.bytes.data, "INFINITY") || strstr((char *)body.bytes.data, "NAN"))) tuff_text_add(t, "#include <math.h>\n");
    tuff_text_add(t, "#include <stdbool.h>\n#include <string.h>\n\n#include \"%s_weights.h\"\n#include \"base/fixed_point.h\"\n", c->name);
    for (size_t k = 0; k < tuff_source_count; k++) {
        const char *path = tuff_sources[k].path;
        if (c->needed[k] && strncmp(path, "src/ops/", 8) == 0 && path[strlen(path) - 1] == 'h') tuff_text_add(t, "#include \"%s\"\n", path + 4);
    }
    tuff_text_add(t, "\n#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__\n"
                     "#error \"the weights are laid out for machines with the low byte first\"\n#endif\n");
    if (body.status != TUFF_OK) t->status = body.status;
    tuff_text_put(t, (const char *)body.bytes.data, body.bytes.count);
    tuff_buffer_free(&body.bytes);
    return t->status;
}
