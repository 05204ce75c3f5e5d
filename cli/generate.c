/* The manual page and the shells' completions, from the commands' records and tables.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <ctype.h>
#include <string.h>

#include "cli/cli.h"

/* ---- man ---- */
/* Text for troff: backslashes and dashes escaped, no line may begin with a control character. */
static void troff(const char *text) {
    for (bool first = true; *text; text++) {
        if (first && (*text == '.' || *text == '\'')) fputs("\\&", stdout);
        first = *text == '\n';
        if (*text == '\\') fputs("\\e", stdout);
        else if (*text == '-') fputs("\\-", stdout);
        else putchar(*text);
    }
    putchar('\n');
}

static void man_options(const cli_option *table) {
    for (; table->name; table++) {
        printf(".TP\n");
        if (table->letter) printf("\\fB\\-%c\\fR, ", table->letter);
        printf("\\fB\\-\\-");
        for (const char *c = table->name; *c; c++) fputs(*c == '-' ? "\\-" : (char[]){*c, 0}, stdout);
        printf("\\fR%s%s%s\n", table->argument ? " \\fI" : "", table->argument ? table->argument : "", table->argument ? "\\fR" : "");
        troff(table->help);
    }
}

static void man_command(const cli_command *c) {
    printf(".SS tuff %s [options] %s\n", c->name, c->operands);
    troff(c->about);
    man_options(c->options);
    printf(".PP\nExample:\n.PP\n.nf\n.RS\n");
    troff(c->example);
    printf(".RE\n.fi\n");
}

static void man(void) {
    printf(".TH TUFF 1 \"\" \"tuff %s\" \"User Commands\"\n.SH NAME\ntuff \\- TensorFlow Lite in C: convert, quantize, run, check and measure models\n",
           tuff_version());
    printf(".SH SYNOPSIS\n.B tuff\n.I COMMAND\n[options] ...\n.SH COMMANDS\n");
    for (const cli_command *const *c = cli_commands; *c; c++) man_command(*c);
    printf(".SH OPTIONS OF EVERY COMMAND\n");
    man_options(cli_global_options);
    printf(".SH ENVIRONMENT\n.TP\n.B TUFF_CPU\nHighest instruction set to use, as \\-\\-cpu.\n.TP\n.B NO_COLOR\nWhen set: no colour and no progress bar.\n");
    printf(".SH EXIT STATUS\n0 done; 1 failed, with one line on standard error; 2 wrong usage; 130 stopped by Ctrl\\-C.\n");
}

/* ---- bash ---- */
static void bash_words(const cli_option *table) {
    for (; table->name; table++) {
        printf(" --%s", table->name);
        if (table->letter) printf(" -%c", table->letter);
    }
}

/* What completes the value of an option: a line of the case over the word before. */
static void bash_values(const cli_option *table) {
    for (; table->name; table++) {
        if (table->kind == CLI_FLAG) continue;
        printf("            --%s", table->name);
        if (table->letter) printf("|-%c", table->letter);
        if (table->kind == CLI_FILE) printf(") COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n");
        else if (table->kind == CLI_FOLDER) printf(") COMPREPLY=($(compgen -d -- \"$word\")); return ;;\n");
        else if (table->kind == CLI_CHOICE) {
            printf(") COMPREPLY=($(compgen -W '");
            for (int k = 0; table->choices[k]; k++) printf("%s%s", k ? " " : "", table->choices[k]);
            printf("' -- \"$word\")); return ;;\n");
        } else printf(") return ;;\n");
    }
}

static void bash(void) {
    printf("# bash completion for tuff; made by: tuff --generate bash\n_tuff() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} "
           "options=\n");
    printf("    if ((COMP_CWORD == 1)); then\n        COMPREPLY=($(compgen -W '");
    for (const cli_command *const *c = cli_commands; *c; c++) printf("%s ", (*c)->name);
    printf("--help --version' -- \"$word\"))\n        return\n    fi\n    case ${COMP_WORDS[1]} in\n");
    for (const cli_command *const *c = cli_commands; *c; c++) {
        printf("        %s)\n            case $before in\n", (*c)->name);
        bash_values((*c)->options);
        bash_values(cli_global_options);
        printf("            esac\n            options='");
        bash_words((*c)->options);
        bash_words(cli_global_options);
        printf("' ;;\n");
    }
    printf("    esac\n    if [[ $word == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n    else COMPREPLY=($(compgen -f -- \"$word\"))\n    "
           "fi\n}\n"
           "complete -o filenames -F _tuff tuff\n");
}

/* ---- zsh ---- */
/* Inside '...[...]': quotes, brackets and colons have a meaning. */
static void zsh_text(const char *text) {
    for (; *text; text++)
        if (*text == '\'') fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text)) printf("\\%c", *text);
        else putchar(*text);
}

static void zsh_value(const cli_option *o) {
    if (o->kind == CLI_FLAG) return;
    putchar(':');
    zsh_text(o->argument);
    putchar(':');
    if (o->kind == CLI_FILE) printf("_files");
    else if (o->kind == CLI_FOLDER) printf("_files -/");
    else if (o->kind == CLI_CHOICE) {
        putchar('(');
        for (int k = 0; o->choices[k]; k++) printf("%s%s", k ? " " : "", o->choices[k]);
        putchar(')');
    }
}

static void zsh_options(const cli_option *table) {
    for (; table->name; table++) {
        printf("                '--%s%s[", table->name, table->kind == CLI_FLAG ? "" : "=");
        zsh_text(table->help);
        putchar(']');
        zsh_value(table);
        printf("' \\\n");
        if (!table->letter) continue;
        printf("                '-%c%s[", table->letter, table->kind == CLI_FLAG ? "" : "+");
        zsh_text(table->help);
        putchar(']');
        zsh_value(table);
        printf("' \\\n");
    }
}

static void zsh(void) {
    printf("#compdef tuff\n# zsh completion for tuff; made by: tuff --generate zsh\n_tuff() {\n    local -a commands=(\n");
    for (const cli_command *const *c = cli_commands; *c; c++) {
        printf("        '%s:", (*c)->name);
        zsh_text((*c)->summary);
        printf("'\n");
    }
    printf("    )\n    if ((CURRENT == 2)); then\n        _describe command commands\n        return\n    fi\n    local command=$words[2]\n    shift words\n   "
           " ((CURRENT--))\n"
           "    case $command in\n");
    for (const cli_command *const *c = cli_commands; *c; c++) {
        printf("        %s)\n            _arguments -s \\\n", (*c)->name);
        zsh_options((*c)->options);
        zsh_options(cli_global_options);
        printf("                '*:file:_files' ;;\n");
    }
    printf("    esac\n}\n_tuff \"$@\"\n");
}

int cli_generate(const char *what) {
    if (strcmp(what, "man") == 0) man();
    else if (strcmp(what, "bash") == 0) bash();
    else if (strcmp(what, "zsh") == 0) zsh();
    else return cli_usage(NULL, "--generate '%s': expected man, bash or zsh", what);
    return CLI_OK;
}
