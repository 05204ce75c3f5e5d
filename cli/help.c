/* --help, from the commands' records and tables.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "cli/cli.h"

enum { WIDTH = 100, COLUMN = 28 };

/* Words of `text` from column `at` on, broken before WIDTH and indented to `indent`. */
static void wrap(const char *text, int at, int indent) {
    for (bool first = true; *text; first = false) {
        const int length = (int)strcspn(text, " ");
        if (!first && at + 1 + length > WIDTH) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (!first) {
            putchar(' ');
            at++;
        }
        printf("%.*s", length, text);
        at += length;
        text += length;
        while (*text == ' ') text++;
    }
    putchar('\n');
}

static void option_line(const cli_option *o) {
    char left[128];
    const int letter = snprintf(left, sizeof left, o->letter ? "  -%c, " : "      ", o->letter);
    const int length =
        letter + snprintf(left + letter, sizeof left - (size_t)letter, "--%s%s%s", o->name, o->argument ? " " : "", o->argument ? o->argument : "");
    printf("%s%s%s", cli_ink(CLI_BOLD), left, cli_ink(CLI_PLAIN));
    if (length + 2 > COLUMN) printf("\n%*s", COLUMN, "");
    else printf("%*s", COLUMN - length, "");
    wrap(o->help, COLUMN, COLUMN);
}

static void options(const char *title, const cli_option *table) {
    if (!table->name) return;
    printf("\n%s:\n", title);
    for (; table->name; table++) option_line(table);
}

static void help_command(const cli_command *c) {
    printf("tuff %s: %s\n\nusage: tuff %s [options]%s%s\n\n", c->name, c->summary, c->name, *c->operands ? " " : "", c->operands);
    wrap(c->about, 0, 0);
    options("options", c->options);
    options("options of every command", cli_global_options);
    printf("\n%s:\n", strchr(c->example, '\n')[1] ? "examples" : "example");
    for (const char *line = c->example; *line; line = strchr(line, '\n') + 1) printf("  $ %.*s\n", (int)strcspn(line, "\n"), line);
}

void cli_help(const cli_command *command) {
    if (command) {
        help_command(command);
        return;
    }
    printf("tuff: TensorFlow Lite in C. Converts, quantizes, runs, checks and measures models.\n\nusage: tuff COMMAND [options] ...\n\ncommands:\n");
    for (const cli_command *const *c = cli_commands; *c; c++) printf("  %s%-10s%s %s\n", cli_ink(CLI_BOLD), (*c)->name, cli_ink(CLI_PLAIN), (*c)->summary);
    printf("\n  tuff COMMAND --help   options and an example\n  tuff --version        version, cpu levels, compiler\n\n"
           "example:\n  $ tuff convert mnist_cnn.keras -o mnist.tflite --input-range 0..1\n  $ tuff run mnist.tflite digit.png\n\n"
           "'-' stands for standard input or output where a file is expected. Exit codes: 0 done, 1 failed,\n2 wrong usage, 130 stopped by Ctrl-C.\n");
}
