/* The tuff command: finds the command, parses by its table, runs it.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

const cli_command *const cli_commands[] = {
#define CLI_COMMAND(name) &cli_command_##name,
#include "cli/commands.def"
#undef CLI_COMMAND
    NULL,
};

#if defined(__clang__)
#define COMPILER "clang " __clang_version__
#elif defined(__GNUC__)
#define COMPILER "gcc " __VERSION__
#else
#define COMPILER "an unknown compiler"
#endif

static int version(void) {
    printf("tuff %s\n", tuff_version());
    printf("cpu levels  %s (of this build and this machine; the last is used)\n", tuff_cpu_levels());
    printf("compiler    %s\n", COMPILER);
    return CLI_OK;
}

static const cli_command *find(const char *name) {
    for (const cli_command *const *c = cli_commands; *c; c++)
        if (strcmp((*c)->name, name) == 0) return *c;
    return NULL;
}

static const char *command_name(size_t k) { return cli_commands[k] ? cli_commands[k]->name : NULL; }

static int unknown(const char *word) {
    const char *best = cli_nearest(word, command_name);
    if (word[0] == '-') return cli_usage(NULL, "unknown option %s", word);
    if (best) return cli_usage(NULL, "unknown command '%s'; did you mean '%s'?", word, best);
    return cli_usage(NULL, "unknown command '%s'", word);
}

static int help(const char *name) {
    const cli_command *command = name ? find(name) : NULL;
    if (name && !command) return unknown(name);
    cli_help(command);
    return CLI_OK;
}

/* Is `name` one of the comma-separated levels? */
static bool has_cpu_level(const char *name) {
    const size_t length = strlen(name);
    for (const char *level = tuff_cpu_levels(); *level; level += strcspn(level, ",") + (strchr(level, ',') != NULL))
        if (strcspn(level, ",") == length && strncmp(level, name, length) == 0) return true;
    return false;
}

static int run(const cli_command *command, int count, char **words) {
    cli_globals *settings = calloc(1, command->settings_bytes);
    if (!settings) return cli_error("out of memory: %zu bytes", command->settings_bytes);
    const char *cpu = getenv("TUFF_CPU");
    settings->threads = 1;
    settings->cpu = cpu && *cpu ? cpu : NULL;
    int operands = 0;
    int code = cli_parse(command, count, words, settings, &operands);
    if (code == CLI_OK && settings->cpu && !has_cpu_level(settings->cpu))
        code = cli_usage(command, "--cpu %s: expected one of %s", settings->cpu, tuff_cpu_levels());
    if (code == CLI_OK && settings->help) cli_help(command);
    else if (code == CLI_OK) {
        cli_setup(settings->quiet);
        code = command->run(settings, operands, words);
        if (cli_interrupted()) code = CLI_INTERRUPTED;
    }
    free(settings);
    return code;
}

static int dispatch(int count, char **words) {
    if (count < 2 || strcmp(words[1], "--help") == 0 || strcmp(words[1], "-h") == 0) return help(NULL);
    if (strcmp(words[1], "help") == 0) return help(count > 2 ? words[2] : NULL);
    if (strcmp(words[1], "--version") == 0) return version();
    if (strcmp(words[1], "--generate") == 0) return cli_generate(count > 2 ? words[2] : "");
    const cli_command *command = find(words[1]);
    return command ? run(command, count - 2, words + 2) : unknown(words[1]);
}

int main(int count, char **words) {
    cli_setup(false);
    return cli_finish(dispatch(count, words));
}
