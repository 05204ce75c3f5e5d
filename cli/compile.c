/* tuff compile: a .tflite becomes plain C for a microcontroller.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/compile.h"

#include <string.h>

#include "cli/cli.h"

typedef struct settings {
    cli_globals globals;
    const char *output, *name;
    int target;
    bool least_ram, force;
    int64_t ram, flash;
} settings;

static const char *const targets[] = {"host", "cortex-m0", "cortex-m4", "cortex-m55", "riscv32", NULL}; /* as tuff_compile_target has them */

static const cli_option options[] = {
    {"output", 'o', "FOLDER", "the folder to write", CLI_FOLDER, offsetof(settings, output), NULL},
    {"name", 0, "P", "prefix of the functions, P_invoke and so on (the model's name)", CLI_TEXT, offsetof(settings, name), NULL},
    {"target", 0, "T", "processor: host, cortex-m0, cortex-m4, cortex-m55, riscv32 (host)", CLI_CHOICE, offsetof(settings, target), targets},
    {"least-ram", 0, NULL, "the kernels without scratch: less RAM, slower", CLI_FLAG, offsetof(settings, least_ram), NULL},
    {"ram", 0, "BYTES", "fail where it needs more RAM", CLI_COUNT, offsetof(settings, ram), NULL},
    {"flash", 0, "BYTES", "fail where it needs more flash", CLI_COUNT, offsetof(settings, flash), NULL},
    {"force", 0, NULL, "overwrite files that are not as an earlier compile wrote them", CLI_FLAG, offsetof(settings, force), NULL},
    CLI_OPTIONS_END,
};

static void report(const settings *s, const tuff_compile_result *r, const char *target) {
    const size_t ram = r->arena_bytes + r->state_bytes, flash = r->weight_bytes + r->code_bytes;
    cli_line(stdout, "wrote", "%s: %d steps, %d files of kernels, functions %s_...", s->output, (int)r->n_steps, (int)r->n_sources, r->name);
    if (r->code_bytes)
        cli_line(stdout, "flash", "%s: weights %s, code %s (%s, -O2)", cli_group((int64_t)flash), cli_group((int64_t)r->weight_bytes),
                 cli_group((int64_t)r->code_bytes), r->compiler);
    else if (s->target <= 1) cli_line(stdout, "flash", "%s of weights; --target says how much code comes on top", cli_group((int64_t)r->weight_bytes));
    else
        cli_line(stdout, "flash", "%s of weights; the code comes on top (there is no %s here to measure it)", cli_group((int64_t)r->weight_bytes), r->compiler);
    cli_line(stdout, "RAM", "%s: activations and scratch %s, state %s; the stack comes on top", cli_group((int64_t)ram), cli_group((int64_t)r->arena_bytes),
             cli_group((int64_t)r->state_bytes));
    const char *word = "boards";
    for (int32_t k = 0; tuff_board_at(k); k++) {
        const tuff_board *b = tuff_board_at(k);
        if (s->target > 1 && strcmp(b->target, target) != 0) continue;
        const bool fits = ram <= b->ram && flash <= b->flash;
        cli_line(stdout, word, "%-5s%-22s %-16s %10s flash %10s RAM", fits ? "fits" : "no", b->name, b->processor, cli_bytes((int64_t)b->flash),
                 cli_bytes((int64_t)b->ram));
        word = "";
    }
    cli_line(stdout, "next", "make -C %s check", s->output);
}

static int run(const void *settings_, int count, char **operands) {
    const settings *s = settings_;
    (void)count;
    if (!s->output) return cli_usage(&cli_command_compile, "-o FOLDER is missing");
    tuff_error error = {0};
    tuff_model *model = NULL;
    tuff_compile_result result = {0};
    tuff_compile_options o = TUFF_COMPILE_OPTIONS;
    o.name = s->name;
    o.target = s->target ? targets[s->target - 1] : "host";
    o.least_ram = s->least_ram;
    o.force = s->force;
    o.ram = (size_t)s->ram;
    o.flash = (size_t)s->flash;
    tuff_status status = cli_model_open(operands[0], &model, &error);
    if (status == TUFF_OK) status = tuff_compile(model, s->output, &o, &result, &error);
    if (status == TUFF_OK && !s->globals.quiet) report(s, &result, o.target);
    tuff_compile_free(&result);
    tuff_model_close(model);
    return status == TUFF_OK ? CLI_OK : cli_fail(&error);
}

const cli_command cli_command_compile = {
    .name = "compile",
    .summary = "a .tflite becomes plain C for a microcontroller",
    .operands = "MODEL.tflite -o FOLDER",
    .least = 1,
    .most = 1,
    .about =
        "Writes a folder that is all there is to it: the model's plan and weights as C, the kernels that it needs, an example, and a self-test against the "
        "interpreter (make check; make qemu). No heap, no library. Says how much flash and RAM it takes and on which boards that fits. Models whose "
        "shapes depend on values are refused.",
    .example = "tuff compile mnist_int8.tflite -o firmware --target cortex-m4\nmake -C firmware check\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
