/* tuff ops: the operators of this build, or those that models use.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "tuff/inspect.h"

typedef struct settings {
    cli_globals globals;
    bool used, json, markdown;
} settings;

static const cli_option options[] = {
    {"used", 'u', NULL, "print the list of ops that the given models use, as -DTUFF_OPS=FILE takes it", CLI_FLAG, offsetof(settings, used), NULL},
    CLI_JSON_OPTION(settings),
    {"markdown", 0, NULL, "print the page docs/ops.md", CLI_FLAG, offsetof(settings, markdown), NULL},
    CLI_OPTIONS_END,
};

static int32_t count_variants(const tuff_op *op) {
    int32_t n = 0;
    for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++) n++;
    return n;
}

/* "f32 f32 -> f32" */
static const char *variant_text(const tuff_variant *v, char *text, size_t room) {
    size_t at = 0;
    for (int k = 0; k < TUFF_VARIANT_INPUTS && v->inputs[k] && at < room; k++)
        at += (size_t)snprintf(text + at, room - at, "%s%s", k ? ", " : "", v->inputs[k]);
    for (int k = 0; k < TUFF_VARIANT_OUTPUTS && v->outputs[k] && at < room; k++)
        at += (size_t)snprintf(text + at, room - at, "%s%s", k ? ", " : " -> ", v->outputs[k]);
    return text;
}

static void print_text(void) {
    int32_t runnable = 0, all = 0;
    for (const tuff_op *op; (op = tuff_builtin_op(all)); all++) {
        if (!count_variants(op)) continue;
        runnable++;
        printf("%s%s%s, versions 1..%d\n", cli_ink(CLI_BOLD), op->name, cli_ink(CLI_PLAIN), (int)op->highest);
        char text[256];
        for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++) printf("    %s\n", variant_text(v, text, sizeof text));
    }
    printf("%d ops run; %d more are read, shown and written\n", (int)runnable, (int)(all - runnable));
}

static void print_json(void) {
    cli_json writer = {.out = stdout}, *j = &writer;
    json_array(j, NULL);
    const tuff_op *op;
    for (int32_t k = 0; (op = tuff_builtin_op(k)); k++) {
        json_object(j, NULL);
        json_text(j, "op", op->name);
        json_integer(j, "code", op->code);
        json_integer(j, "highest_version", op->highest);
        json_array(j, "variants");
        char text[256];
        for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++) json_text(j, NULL, variant_text(v, text, sizeof text));
        json_end_array(j);
        json_end_object(j);
    }
    json_end_array(j);
}

/* ---- the page docs/ops.md ---- */
/* A value that some arithmetic rounded may differ within the bound; where bytes only move, or integers are computed, it may not. */
static bool is_exact(const tuff_variant *v) {
    for (int k = 0; k < TUFF_VARIANT_OUTPUTS && v->outputs[k]; k++)
        for (const char *word = v->outputs[k]; *word; word += strcspn(word, "|") + (strchr(word, '|') != NULL))
            if (word[0] == 'f' || word[0] == 'c') return false;
            else if (strncmp(word, "=0", 2) == 0 && v->inputs[0] && (v->inputs[0][0] == 'f' || v->inputs[0][0] == 'c')) return false;
    return true;
}

/* "s8|u8" would end a cell of the table */
static void print_cell(const char *text) {
    for (; *text; text++) fputs(*text == '|' ? "\\|" : (char[]){*text, 0}, stdout);
}

static void print_markdown(void) {
    char text[256];
    const tuff_op *op;
    printf("# Operators\n\nPrinted by `tuff ops --markdown` from the records that the runtime itself works by. A row is one combination of types: `b4` is any "
           "type of "
           "4 bytes, `=0` the\ntype of the first input. *exact*: every byte equals LiteRT's reference kernels; *bound*: floats within the bound of "
           "[numerics.md](numerics.md). *Quantizing* is how\n`tuff quantize` treats the row's tensors ([quantizing.md](quantizing.md)); empty where it leaves "
           "the op "
           "alone.\n\n| op | versions | types | since | results | quantizing |\n|---|---|---|---|---|---|\n");
    for (int32_t k = 0; (op = tuff_builtin_op(k)); k++)
        for (const tuff_variant *v = op->variants; v && v->outputs[0]; v++) {
            const bool first = v == op->variants;
            if (first) printf("| %s | 1..%d | ", op->name, (int)op->highest);
            else printf("| | | ");
            print_cell(variant_text(v, text, sizeof text));
            printf(" | %d | %s | ", v->version > 0 ? (int)v->version : 1, is_exact(v) ? "exact" : "bound");
            print_cell(v->quantizing ? v->quantizing : "");
            printf(" |\n");
        }
    const char *separator = "\nRead, shown and written, but not run: ";
    for (int32_t k = 0; (op = tuff_builtin_op(k)); k++) {
        if (count_variants(op) || (op->flags & TUFF_OP_CONTROL)) continue;
        printf("%s%s", separator, op->name);
        separator = ", ";
    }
    if (*separator == ',') printf(".\n");
    separator = "\nRun by the plan itself, with any types: ";
    for (int32_t k = 0; (op = tuff_builtin_op(k)); k++) {
        if (!(op->flags & TUFF_OP_CONTROL) || count_variants(op)) continue;
        printf("%s%s", separator, op->name);
        separator = ", ";
    }
    if (*separator == ',') printf(".\n");
}

/* Marks the ops that a model names; the error says what couldn't be opened. */
static tuff_status mark_used(const char *path, bool *used, int32_t count, tuff_error *error) {
    tuff_model *model = NULL;
    tuff_inspection inspection;
    tuff_status status = cli_model_open(path, &model, error);
    if (status == TUFF_OK) status = tuff_inspect(model, NULL, &inspection, error);
    if (status == TUFF_OK) {
        for (int32_t s = 0; s < inspection.n_subgraphs; s++)
            for (int32_t n = 0; n < inspection.subgraphs[s].n_nodes; n++)
                for (int32_t k = 0; k < count; k++)
                    if (strcmp(inspection.subgraphs[s].nodes[n].op, tuff_builtin_op(k)->name) == 0) used[k] = true;
        tuff_inspection_free(&inspection);
    }
    tuff_model_close(model);
    return status;
}

static int print_used(int models, char **paths) {
    int32_t count = 0;
    while (tuff_builtin_op(count)) count++;
    bool *used = calloc((size_t)count + 1, sizeof *used);
    if (!used) return cli_error("out of memory");
    tuff_error error = {0};
    tuff_status status = TUFF_OK;
    for (int k = 0; k < models && status == TUFF_OK; k++) status = mark_used(paths[k], used, count, &error);
    for (int32_t k = 0; k < count && status == TUFF_OK; k++) {
        if (!used[k]) continue;
        printf("TUFF_OP(");
        for (const char *c = tuff_builtin_op(k)->name; *c; c++) putchar(tolower((unsigned char)*c));
        printf(")\n");
    }
    free(used);
    return status == TUFF_OK ? CLI_OK : cli_fail(&error);
}

static int run(const void *settings_, int count, char **operands) {
    const settings *s = settings_;
    if (s->used && !count) return cli_usage(&cli_command_ops, "--used needs a MODEL");
    if (!s->used && count) return cli_usage(&cli_command_ops, "unexpected '%s'; for the ops of a model: --used %s", operands[0], operands[0]);
    if (s->used) return print_used(count, operands);
    if (s->markdown) print_markdown();
    else if (s->json) print_json();
    else print_text();
    return CLI_OK;
}

const cli_command cli_command_ops = {
    .name = "ops",
    .summary = "the operators and types of this build, or those that models use",
    .operands = "[--used MODEL.tflite...]",
    .about = "Lists every operator that runs, with the combinations of types it takes. With --used it prints the ops of the given models as a list for a "
             "smaller libtuff.",
    .example = "tuff ops\ntuff ops --used mnist_int8.tflite > ops.def\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
