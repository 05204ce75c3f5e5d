/* What the commands share: their records and option tables, messages, progress, and the options that several have.
 * SPDX-License-Identifier: Apache-2.0
 *
 * A command is a file: an option table, the struct that its options fill (cli_globals first), run(), and a record that joins them. The parser, --help,
 * the manual page and the shells' completions all read the same tables.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stddef.h>
#include <stdio.h>

#include "tuff/data.h"

enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_INTERRUPTED = 130 }; /* exit codes */

/* ---- option tables ---- */
typedef struct cli_range {
    bool given;
    double low, high;
} cli_range; /* "0..1" */
typedef struct cli_numbers {
    int count;
    float value[4];
} cli_numbers; /* "0.485,0.456,0.406" */

typedef enum cli_kind {
    CLI_FLAG,    /* bool */
    CLI_TEXT,    /* const char * */
    CLI_FILE,    /* const char *; completed with files */
    CLI_FOLDER,  /* const char *; completed with folders */
    CLI_COUNT,   /* int64_t, 1 and up */
    CLI_SECONDS, /* double, above 0 */
    CLI_CHOICE,  /* int: 1 + index in `choices`, 0 where not given */
    CLI_RANGE,   /* cli_range */
    CLI_NUMBERS  /* cli_numbers */
} cli_kind;

typedef struct cli_option {
    const char *name;     /* without the dashes; a table ends with NULL */
    char letter;          /* 0: no short form */
    const char *argument; /* as --help shows it; NULL for flags */
    const char *help;
    cli_kind kind;
    size_t target;              /* offset in the command's settings */
    const char *const *choices; /* NULL-terminated */
} cli_option;

/* The options of every command. Each command's settings begin with this. */
typedef struct cli_globals {
    int64_t threads; /* at least 1 */
    const char *cpu; /* NULL: the best there is */
    bool quiet;
    bool help;
} cli_globals;
extern const cli_option cli_global_options[];

typedef struct cli_command {
    const char *name, *summary;
    const char *operands; /* as the usage line shows them */
    int least, most;      /* how many; most 0: any number */
    const char *about;    /* paragraphs for --help and the manual */
    const char *example;  /* command lines, each ended by a newline */
    const cli_option *options;
    size_t settings_bytes;
    int (*run)(const void *settings, int count, char **operands); /* an exit code */
} cli_command;
extern const cli_command *const cli_commands[]; /* NULL-terminated */
#define CLI_COMMAND(name) extern const cli_command cli_command_##name;
#include "cli/commands.def"
#undef CLI_COMMAND

/* Fills `settings` from the words behind the command's name and moves the operands to the front of `words`. CLI_OK, or CLI_USAGE with the message said. */
int cli_parse(const cli_command *command, int count, char **words, void *settings, int *operands);
/* The name in a list that is nearest to a mistyped word, NULL where none is near. */
const char *cli_nearest(const char *word, const char *(*name)(size_t k));
void cli_help(const cli_command *command); /* one command; NULL: all */
int cli_generate(const char *what);        /* "man", "bash" or "zsh" on stdout */

/* ---- messages: one line each on stderr ---- */
void cli_setup(bool quiet);                                 /* terminal, signals */
int cli_fail(const tuff_error *error);                      /* "tuff: error: ..."; CLI_FAILED, or CLI_INTERRUPTED where Ctrl-C was the cause */
void cli_error_prefix(tuff_error *error, const char *file); /* puts "file: " in front of the message */
TUFF_PRINTF(1, 2) int cli_error(const char *format, ...);   /* CLI_FAILED */
TUFF_PRINTF(2, 3) int cli_usage(const cli_command *command, const char *format, ...); /* CLI_USAGE */
TUFF_PRINTF(1, 2) void cli_note(const char *format, ...);                             /* not with --quiet */
TUFF_PRINTF(1, 2) void cli_warning(const char *format, ...);
void cli_feed_note(void *quiet, bool warning, const char *text); /* for tuff_feed_options.note */
bool cli_interrupted(void);
int cli_finish(int code); /* flushes stdout; CLI_FAILED where that failed */

/* A bar with rate and time left on a terminal, for what takes longer than a second. `done` and `total` count `what`. */
typedef struct cli_progress {
    const char *what;
    double start, drawn;
    bool shown;
} cli_progress;
cli_progress cli_progress_start(const char *what);
bool cli_progress_step(void *progress, size_t done, size_t total); /* false after Ctrl-C: the form of the toolkit's progress callbacks */
void cli_progress_end(cli_progress *progress);

/* ---- text on stdout ---- */
typedef enum cli_style { CLI_PLAIN, CLI_BOLD, CLI_DIM, CLI_GREEN, CLI_RED, CLI_YELLOW } cli_style;
const char *cli_ink(cli_style style); /* the escape, "" where colour isn't wanted */
/* "word       text": a result line, its first word in a column. */
TUFF_PRINTF(3, 4) void cli_line(FILE *out, const char *word, const char *format, ...);
/* Into one of a few rotating buffers: good for the arguments of one printf. */
const char *cli_group(int64_t number);                                               /* "10,000" */
const char *cli_bytes(int64_t bytes);                                                /* "195.4 KiB" */
const char *cli_percent(double share, double n);                                     /* "98.47 %": as many digits as n samples carry */
const char *cli_number(double value);                                                /* "0.00392157": %.6g */
const char *cli_base(const char *path);                                              /* the name behind the last '/' */
const char *cli_shape(int32_t rank, const int32_t *shape, const int32_t *signature); /* "[?,28,28,1]" */

/* ---- models, data, feeding ---- */
/* "-" becomes the path of what stands on stdin. NULL with the error set on failure. */
const char *cli_input_path(const char *path, tuff_error *error);
const char *cli_input_name(const char *path);                /* for messages: "standard input" for "-" */
bool cli_is_spooled(const char *text);                       /* whether it begins with the path that "-" became */
int cli_check_output(const char *output, const char *input); /* CLI_FAILED, and said, where writing would replace what is read */

typedef struct cli_feed {
    cli_range range;
    cli_numbers mean, std;
    bool invert;
} cli_feed;
/* The options' rows for a settings struct with a member `feed`. */
#define CLI_FEED_OPTIONS(settings)                                                                                                                   \
    {"input-range", 0, "LO..HI", "raw 0..255 becomes LO..HI (explicit: beats the model's recipe)", CLI_RANGE, offsetof(settings, feed.range), NULL}, \
        {"mean", 0, "M[,M,M]", "raw x becomes (x - mean) / std, per channel", CLI_NUMBERS, offsetof(settings, feed.mean), NULL},                     \
        {"std", 0, "S[,S,S]", "see --mean", CLI_NUMBERS, offsetof(settings, feed.std), NULL}, {                                                      \
        "invert", 0, NULL, "raw x becomes 255 - x first (dark on bright)", CLI_FLAG, offsetof(settings, feed.invert), NULL                           \
    }
#define CLI_JSON_OPTION(settings) \
    { "json", 0, NULL, "print JSON", CLI_FLAG, offsetof(settings, json), NULL }
#define CLI_OPTIONS_END \
    { NULL, 0, NULL, NULL, CLI_FLAG, 0, NULL }

/* Opens a model, "-" too; the error names the file. */
tuff_status cli_model_open(const char *path, tuff_model **model, tuff_error *error) TUFF_MUST_USE;
/* The name of class k by the model's labels, or NULL. */
const char *cli_label(const tuff_model *model, int32_t k);
/* The class in words: "7", "7 seven"; a label that is the number itself isn't repeated. */
const char *cli_class(const tuff_model *model, int32_t k, char *text, size_t room);

/* Checks the options against each other and makes the explicit recipe (present = false where none is given). */
int cli_feed_recipe(const cli_command *command, const cli_feed *feed, tuff_recipe *recipe);
/* Options for tuff_feed_create; `recipe` must stay. */
tuff_feed_options cli_feed_options(const cli_feed *feed, const tuff_recipe *recipe);

/* The lines of a labels file. */
typedef struct cli_labels {
    char *text;
    const char **names;
    int32_t count;
} cli_labels;
tuff_status cli_labels_read(const char *path, cli_labels *labels, tuff_error *error) TUFF_MUST_USE;
void cli_labels_free(cli_labels *labels);

#endif
