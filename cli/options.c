/* Parsing the words behind a command by its option table.
 * SPDX-License-Identifier: Apache-2.0
 *
 * GNU style: --name VALUE, --name=VALUE, -n VALUE, -nVALUE, options and operands in any order, "--" ends the options, a lone "-" is an operand.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

const cli_option cli_global_options[] = {
    {"threads", 't', "N", "threads to compute with (1)", CLI_COUNT, offsetof(cli_globals, threads), NULL},
    {"cpu", 0, "LEVEL", "highest instruction set to use: none, c, avx2 ... (the best there is; also $TUFF_CPU)", CLI_TEXT, offsetof(cli_globals, cpu), NULL},
    {"quiet", 'q', NULL, "no notes, no progress", CLI_FLAG, offsetof(cli_globals, quiet), NULL},
    {"help", 'h', NULL, "show this help", CLI_FLAG, offsetof(cli_globals, help), NULL},
    CLI_OPTIONS_END,
};

/* ---- looking up ---- */
static const cli_option *find(const cli_command *command, const char *name, size_t length, char letter) {
    const cli_option *const tables[] = {command->options, cli_global_options};
    for (size_t t = 0; t < 2; t++)
        for (const cli_option *o = tables[t]; o->name; o++)
            if (letter ? o->letter == letter : strlen(o->name) == length && strncmp(o->name, name, length) == 0) return o;
    return NULL;
}

/* Edits (insert, drop, replace) that turn a into b, for words up to 31 letters. */
static size_t edits(const char *a, const char *b) {
    enum { LONGEST = 31 };
    const size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST) return SIZE_MAX;
    size_t row[LONGEST + 1];
    for (size_t j = 0; j <= m; j++) row[j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            const size_t changed = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            diagonal = row[j];
            row[j] = replaced < changed ? replaced : changed;
        }
    }
    return row[m];
}

/* Keeps `name` where it is nearer to `word` than the best so far; a third of the word may differ. */
static void nearer(const char *word, const char *name, const char **best, size_t *distance) {
    const size_t d = strncmp(word, name, strlen(word)) == 0 ? 1 : edits(word, name);
    if (d <= 1 + strlen(word) / 3 && d < *distance) {
        *best = name;
        *distance = d;
    }
}

const char *cli_nearest(const char *word, const char *(*name)(size_t k)) {
    const char *best = NULL;
    size_t distance = SIZE_MAX;
    for (size_t k = 0; name(k); k++) nearer(word, name(k), &best, &distance);
    return best;
}

static int unknown_option(const cli_command *command, const char *word) {
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + 2, "="), word + 2);
    const char *best = NULL;
    size_t distance = SIZE_MAX;
    const cli_option *const tables[] = {command->options, cli_global_options};
    for (size_t t = 0; t < 2; t++)
        for (const cli_option *o = tables[t]; o->name; o++) nearer(name, o->name, &best, &distance);
    if (best) return cli_usage(command, "unknown option --%s; did you mean --%s?", name, best);
    return cli_usage(command, "unknown option --%s", name);
}

/* ---- values ---- */
static bool real(const char *text, char **end, double *value) {
    errno = 0;
    *value = strtod(text, end);
    return *end != text && errno == 0 && isfinite(*value);
}

static bool set_range(const char *text, cli_range *range) {
    char *end;
    /* "0..1": strtod would take "0." for the low end */
    const char *dots = strstr(text, "..");
    char low[64];
    if (!dots || (size_t)(dots - text) >= sizeof low) return false;
    memcpy(low, text, (size_t)(dots - text));
    low[dots - text] = 0;
    if (!real(low, &end, &range->low) || *end || !real(dots + 2, &end, &range->high) || *end) return false;
    range->given = true;
    return range->low < range->high;
}

static bool set_numbers(const char *text, cli_numbers *numbers) {
    for (numbers->count = 0; numbers->count < 4;) {
        char *end;
        double value;
        if (!real(text, &end, &value)) return false;
        numbers->value[numbers->count++] = (float)value;
        if (!*end) return true;
        if (*end != ',') return false;
        text = end + 1;
    }
    return false;
}

static bool set_count(const char *text, int64_t *count) {
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    *count = value;
    return end != text && !*end && errno == 0 && value >= 1;
}

static bool set_choice(const char *text, const char *const *choices, int *choice) {
    for (int k = 0; choices[k]; k++)
        if (strcmp(text, choices[k]) == 0) {
            *choice = k + 1;
            return true;
        }
    return false;
}

static const char *expected(const cli_option *o, char *text, size_t room) {
    switch (o->kind) {
    case CLI_COUNT: return "a whole number of 1 or more";
    case CLI_SECONDS: return "a number of seconds above 0";
    case CLI_RANGE: return "LO..HI with LO below HI, like 0..1 or -1..1";
    case CLI_NUMBERS: return "one number, or one per channel separated by commas";
    case CLI_CHOICE: {
        size_t at = 0;
        for (int k = 0; o->choices[k] && at < room; k++)
            at += (size_t)snprintf(text + at, room - at, "%s%s", k ? (o->choices[k + 1] ? ", " : " or ") : "", o->choices[k]);
        return text;
    }
    default: return "a value";
    }
}

static int set(const cli_command *command, const cli_option *o, const char *text, void *settings) {
    void *target = (char *)settings + o->target;
    bool good = true;
    switch (o->kind) {
    case CLI_FLAG: *(bool *)target = true; break;
    case CLI_TEXT:
    case CLI_FILE:
    case CLI_FOLDER: *(const char **)target = text; break;
    case CLI_COUNT: good = set_count(text, target); break;
    case CLI_SECONDS: {
        char *end;
        good = real(text, &end, target) && !*end && *(double *)target > 0;
        break;
    }
    case CLI_CHOICE: good = set_choice(text, o->choices, target); break;
    case CLI_RANGE: good = set_range(text, target); break;
    case CLI_NUMBERS: good = set_numbers(text, target); break;
    }
    char room[256];
    return good ? CLI_OK : cli_usage(command, "--%s %s: expected %s", o->name, text, expected(o, room, sizeof room));
}

/* ---- words ---- */
typedef struct parser {
    const cli_command *command;
    void *settings;
    char **words;
    int count, at, operands;
} parser;

static int long_option(parser *p, const char *word) {
    const size_t length = strcspn(word + 2, "=");
    const cli_option *o = find(p->command, word + 2, length, 0);
    if (!o) return unknown_option(p->command, word);
    const char *value = word[2 + length] ? word + 2 + length + 1 : NULL;
    if (o->kind == CLI_FLAG && value) return cli_usage(p->command, "--%s takes no value", o->name);
    if (o->kind != CLI_FLAG && !value) {
        if (p->at == p->count) return cli_usage(p->command, "--%s needs %s", o->name, o->argument);
        value = p->words[p->at++];
    }
    return set(p->command, o, value, p->settings);
}

static int short_options(parser *p, const char *word) {
    for (const char *letter = word + 1; *letter; letter++) {
        const cli_option *o = find(p->command, NULL, 0, *letter);
        if (!o) return cli_usage(p->command, "unknown option -%c", *letter);
        if (o->kind == CLI_FLAG) {
            const int code = set(p->command, o, NULL, p->settings);
            if (code != CLI_OK) return code;
            continue;
        }
        if (!letter[1] && p->at == p->count) return cli_usage(p->command, "-%c needs %s", *letter, o->argument);
        return set(p->command, o, letter[1] ? letter + 1 : p->words[p->at++], p->settings);
    }
    return CLI_OK;
}

static int check_operands(const parser *p, const cli_globals *globals) {
    const cli_command *c = p->command;
    if (globals->help) return CLI_OK;
    if (p->operands < c->least) return cli_usage(c, "expected %s", c->operands);
    if (c->most && p->operands > c->most) return cli_usage(c, "unexpected '%s'; expected %s", p->words[c->most], c->most ? c->operands : "no file");
    return CLI_OK;
}

int cli_parse(const cli_command *command, int count, char **words, void *settings, int *operands) {
    parser p = {.command = command, .settings = settings, .words = words, .count = count};
    bool options = true;
    while (p.at < p.count) {
        char *word = words[p.at++];
        int code = CLI_OK;
        if (!options || word[0] != '-' || !word[1]) words[p.operands++] = word; /* never ahead of p.at */
        else if (strcmp(word, "--") == 0) options = false;
        else code = word[1] == '-' ? long_option(&p, word) : short_options(&p, word);
        if (code != CLI_OK) return code;
    }
    *operands = p.operands;
    return check_operands(&p, settings);
}
