/* What several commands take: a file or standard input, the feeding options, a labels file.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/cli.h"

/* ---- "-" ---- */
static char spooled[32]; /* the path, "" until "-" is read */

/* Standard input is copied to a file without a name, since models are mapped and data is recognized by its content; it is read through /dev/fd. */
const char *cli_input_path(const char *path, tuff_error *error) {
    if (strcmp(path, "-") != 0) return path;
    if (spooled[0]) return spooled;
    FILE *file = tmpfile();
    char block[65536];
    size_t count = 0;
    bool good = file != NULL;
    while (good && (count = fread(block, 1, sizeof block, stdin)) > 0) good = fwrite(block, 1, count, file) == count;
    good = good && !ferror(stdin) && fflush(file) == 0;
    if (!good) {
        error->status = TUFF_ERR_IO;
        snprintf(error->message, sizeof error->message, "standard input: cannot be read or kept: %s", strerror(errno));
        if (file) fclose(file);
        return NULL;
    }
    rewind(file);
    snprintf(spooled, sizeof spooled, "/dev/fd/%d", fileno(file)); /* open until the command ends */
    return spooled;
}

const char *cli_input_name(const char *path) { return strcmp(path, "-") == 0 ? "standard input" : path; }

bool cli_is_spooled(const char *text) { return spooled[0] && strncmp(text, spooled, strlen(spooled)) == 0; }

/* Links to the same file too; a device may be both. */
int cli_check_output(const char *output, const char *input) {
    struct stat out, in;
    if (!input || strcmp(output, "-") == 0 || stat(output, &out) != 0 || stat(input, &in) != 0) return CLI_OK;
    if (!S_ISREG(out.st_mode) || out.st_dev != in.st_dev || out.st_ino != in.st_ino) return CLI_OK;
    return cli_error("%s: is read here too, expected another file to write", output);
}

tuff_status cli_model_open(const char *path, tuff_model **model, tuff_error *error) {
    const char *file = cli_input_path(path, error);
    return file ? tuff_model_open(file, NULL, model, error) : error->status;
}

const char *cli_label(const tuff_model *model, int32_t k) { return k < tuff_model_label_count(model, 0) ? tuff_model_label(model, 0, k) : NULL; }

const char *cli_class(const tuff_model *model, int32_t k, char *text, size_t room) {
    const char *label = cli_label(model, k);
    const int length = snprintf(text, room, "%d", (int)k);
    if (label && strcmp(label, text) != 0) snprintf(text + length, room - (size_t)length, " %s", label);
    return text;
}

/* ---- feeding ---- */
int cli_feed_recipe(const cli_command *command, const cli_feed *feed, tuff_recipe *recipe) {
    *recipe = (tuff_recipe){.source = "the command line"};
    const bool statistics = feed->mean.count || feed->std.count;
    if (feed->range.given && statistics) return cli_usage(command, "--input-range and --mean/--std say the same in two ways: give one of them");
    if (statistics && feed->mean.count != feed->std.count)
        return cli_usage(command, "--mean has %d values, --std %d: expected as many", feed->mean.count, feed->std.count);
    for (int c = 0; c < feed->std.count; c++)
        if (!(feed->std.value[c] > 0)) return cli_usage(command, "--std %g: expected values above 0", (double)feed->std.value[c]);
    if (feed->range.given) {
        const double std = 255 / (feed->range.high - feed->range.low);
        recipe->present = true;
        recipe->count = 1;
        recipe->std[0] = (float)std;
        recipe->mean[0] = (float)(feed->range.low == 0 ? 0 : -feed->range.low * std);
    } else if (statistics) {
        recipe->present = true;
        recipe->count = feed->mean.count;
        memcpy(recipe->mean, feed->mean.value, sizeof recipe->mean);
        memcpy(recipe->std, feed->std.value, sizeof recipe->std);
    }
    return CLI_OK;
}

tuff_feed_options cli_feed_options(const cli_feed *feed, const tuff_recipe *recipe) {
    tuff_feed_options options = TUFF_FEED_OPTIONS;
    options.recipe = recipe->present ? recipe : NULL;
    options.invert = feed->invert;
    options.note = cli_feed_note;
    return options;
}

/* ---- labels ---- */
static char *read_text(const char *path, tuff_error *error) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t count = 0, got = 0;
    if (!file) goto failed;
    do {
        char *grown = realloc(text, count + 65536 + 1);
        if (!grown) goto failed;
        text = grown;
        got = fread(text + count, 1, 65536, file);
        count += got;
    } while (got > 0);
    if (ferror(file)) goto failed;
    fclose(file);
    text[count] = 0;
    if (strlen(text) == count) return text;
    errno = EILSEQ; /* a zero byte: no text */
    file = NULL;
failed:
    error->status = TUFF_ERR_IO;
    snprintf(error->message, sizeof error->message, "%s: cannot be read as labels, one name per line: %s", path, strerror(errno));
    if (file) fclose(file);
    free(text);
    return NULL;
}

tuff_status cli_labels_read(const char *path, cli_labels *labels, tuff_error *error) {
    *labels = (cli_labels){.text = read_text(path, error)};
    if (!labels->text) return TUFF_ERR_IO;
    size_t lines = 1;
    for (const char *c = labels->text; *c; c++) lines += *c == '\n';
    labels->names = calloc(lines, sizeof *labels->names);
    for (char *line = labels->text; labels->names && *line;) {
        const size_t length = strcspn(line, "\n");
        char *next = line + length + (line[length] == '\n');
        line[length] = 0;
        if (length && line[length - 1] == '\r') line[length - 1] = 0;
        labels->names[labels->count++] = line;
        line = next;
    }
    while (labels->count && !labels->names[labels->count - 1][0]) labels->count--; /* blank lines at the end */
    if (labels->count) return TUFF_OK;
    error->status = TUFF_ERR_DATA;
    snprintf(error->message, sizeof error->message, "%s: holds no labels: expected one name per line", path);
    cli_labels_free(labels);
    return error->status;
}

void cli_labels_free(cli_labels *labels) {
    free(labels->text);
    free(labels->names);
    *labels = (cli_labels){0};
}
