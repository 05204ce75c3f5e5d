/* tuff diff: two models tensor by tensor, and what went wrong.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/report.h"
#include "tuff/convert.h"
#include "tuff/page.h"

typedef struct settings {
    cli_globals globals;
    cli_feed feed;
    const char *data, *html;
    int64_t limit;
    bool json;
} settings;

static const cli_option options[] = {
    {"data", 'd', "DATA", "samples that both models run on; labels are used where there are some", CLI_FILE, offsetof(settings, data), NULL},
    {"limit", 'n', "N", "use N samples, evenly spread (200 unless given)", CLI_COUNT, offsetof(settings, limit), NULL},
    {"html", 0, "FILE", "also write a page for a browser: graph, histograms, classes, samples", CLI_FILE, offsetof(settings, html), NULL},
    CLI_FEED_OPTIONS(settings),
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

typedef struct difference {
    const settings *s;
    char **paths;
    tuff_graph *graphs[2];
    tuff_model *models[2];
    tuff_dataset *dataset;
    tuff_diff_result result;
    tuff_error error;
} difference;

/* ---- text ---- */
static const char *decibels(double snr, char text[16]) {
    if (isinf(snr) && snr > 0) return "equal";
    snprintf(text, 16, "%.1f dB", fmax(snr, -99));
    return text;
}

static void print_row(const tuff_diff_result *r, int32_t k) {
    const tuff_diff_row *row = &r->rows[k];
    char snr[16], saturated[16] = "-", name[33];
    if (row->side[1].scale > 0) snprintf(saturated, sizeof saturated, "%.2f %%", 100 * row->saturated);
    /* of a long name the end says most */
    const char *whole = row->side[0].name;
    const size_t length = strlen(whole);
    snprintf(name, sizeof name, "%s%s", length > 32 ? "..." : "", length > 32 ? whole + length - 29 : whole);
    const bool first = k == r->first_wrong;
    printf("%s%s %-32s  %-18.18s  %9s  %10s  %8.5f  %9s%s\n", first ? cli_ink(CLI_RED) : "", first ? ">" : " ", name, row->op, decibels(row->snr, snr),
           cli_number((double)(float)row->largest), row->cosine, saturated, first ? cli_ink(CLI_PLAIN) : "");
}

static void print_classes(const tuff_diff_result *r, const char *a, const char *b) {
    if (!r->classified) return;
    if (r->labelled) {
        const char *const names[] = {a, b};
        for (int m = 0; m < 2; m++) {
            char more[300];
            snprintf(more, sizeof more, ": %.200s", names[m]);
            cli_accuracy_line(stdout, m ? "" : "accuracy", r->right[m], r->n, more);
        }
    }
    cli_line(stdout, "agreement", "same class for %s of %s samples", cli_group(r->agree), cli_group(r->n));
}

static void print_text(const difference *d) {
    const tuff_diff_result *r = &d->result;
    cli_line(stdout, "first", "%s", cli_input_name(d->paths[0]));
    cli_line(stdout, "second", "%s", cli_input_name(d->paths[1]));
    cli_line(stdout, "data", "%s", tuff_dataset_about(d->dataset));
    print_classes(r, cli_base(d->paths[0]), cli_base(d->paths[1]));
    cli_line(stdout, "tensors", "%d in both, in the order of computation; %d only in the first, %d only in the second", (int)r->count, (int)r->unmatched[0],
             (int)r->unmatched[1]);
    printf("%s  %-32s  %-18s  %9s  %10s  %8s  %9s%s\n", cli_ink(CLI_DIM), "tensor", "op", "SNR", "max error", "cosine", "saturated", cli_ink(CLI_PLAIN));
    for (int32_t k = 0; k < r->count; k++) print_row(r, k);
    cli_line(stdout, "verdict", "%s", r->conclusion);
    if (d->s->html) cli_line(stdout, "wrote", "%s", d->s->html);
}

/* ---- JSON ---- */
static const char *const causes[] = {"none", "input", "clipped", "weights", "weight channel", "concat", "channel", "coarse", "other"};

static void print_json(const difference *d) {
    const tuff_diff_result *r = &d->result;
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "first", d->paths[0]);
    json_text(j, "second", d->paths[1]);
    json_text(j, "data", d->s->data);
    json_integer(j, "n", r->n);
    if (r->classified) json_integer(j, "agree", r->agree);
    if (r->labelled) {
        json_integer(j, "first_right", r->right[0]);
        json_integer(j, "second_right", r->right[1]);
    }
    json_array(j, "tensors");
    for (int32_t k = 0; k < r->count; k++) {
        const tuff_diff_row *row = &r->rows[k];
        json_object(j, NULL);
        json_text(j, "first", row->side[0].name);
        json_text(j, "second", row->side[1].name);
        json_text(j, "op", row->op);
        json_number(j, "snr_db", row->snr); /* null: equal */
        json_number(j, "inputs_snr_db", row->inputs_snr);
        json_number(j, "max_error", row->largest);
        json_number(j, "cosine", row->cosine);
        json_number(j, "saturated", row->saturated);
        json_row(j, "range");
        for (int m = 0; m < 2; m++) {
            json_number(j, NULL, row->side[m].low);
            json_number(j, NULL, row->side[m].high);
        }
        json_end_row(j);
        json_end_object(j);
    }
    json_end_array(j);
    json_text(j, "first_wrong", r->first_wrong < 0 ? NULL : r->rows[r->first_wrong].side[0].name);
    json_text(j, "cause", causes[r->cause]);
    json_text(j, "conclusion", r->conclusion);
    json_end_object(j);
}

/* ---- the command ---- */
/* .tflite as it is; .keras and .h5 as they are read, layer by layer. */
static tuff_status open_model(difference *d, int k) {
    const char *path = cli_input_path(d->paths[k], &d->error);
    if (!path) return d->error.status;
    tuff_status status = tuff_graph_load(path, NULL, &d->graphs[k], &d->error);
    if (status == TUFF_OK && tuff_graph_recipe(d->graphs[k]).present) status = tuff_graph_describe(d->graphs[k], NULL, NULL, 0, &d->error);
    return status == TUFF_OK ? tuff_graph_model(d->graphs[k], &d->models[k], NULL, &d->error) : status;
}

static tuff_status compare(difference *d, const tuff_recipe *recipe) {
    const tuff_feed_options feed = cli_feed_options(&d->s->feed, recipe);
    tuff_data_options data = TUFF_DATA_OPTIONS;
    data.limit = d->s->limit ? d->s->limit : 200;
    for (int k = 0; k < 2; k++) {
        const tuff_status status = open_model(d, k);
        if (status != TUFF_OK) return status;
    }
    tuff_status status = tuff_dataset_open(d->s->data, &data, &d->dataset, &d->error);
    if (status != TUFF_OK) return status;
    cli_progress progress = cli_progress_start("comparing");
    tuff_diff_options how = TUFF_DIFF_OPTIONS;
    how.threads = (int)d->s->globals.threads;
    how.cpu = d->s->globals.cpu;
    how.feed = &feed;
    how.progress = cli_progress_step;
    how.context = &progress;
    status = tuff_diff(d->models[0], d->models[1], d->dataset, &how, &d->result, &d->error);
    cli_progress_end(&progress);
    return status;
}

static tuff_status write_page(difference *d) {
    const tuff_page_names names = {.model = cli_base(cli_input_name(d->paths[0])),
                                   .other = cli_base(cli_input_name(d->paths[1])),
                                   .data = tuff_dataset_about(d->dataset),
                                   .labels = d->models[tuff_model_label_count(d->models[0], 0) ? 0 : 1],
                                   .dataset = d->dataset};
    return tuff_diff_page(&d->result, &names, d->s->html, &d->error);
}

static int run(const void *settings_, int count, char **operands) {
    (void)count;
    difference d = {.s = settings_, .paths = operands};
    tuff_recipe recipe;
    const int usage = cli_feed_recipe(&cli_command_diff, &d.s->feed, &recipe);
    if (usage != CLI_OK) return usage;
    if (!d.s->data) return cli_usage(&cli_command_diff, "expected --data DATA");
    if (strcmp(operands[0], "-") == 0 && strcmp(operands[1], "-") == 0) return cli_usage(&cli_command_diff, "only one model can come from standard input");
    if (d.s->html && strcmp(d.s->html, "-") == 0) return cli_usage(&cli_command_diff, "--html wants a file: standard output has the text");
    tuff_status status = compare(&d, &recipe);
    if (status == TUFF_OK && d.s->html) status = write_page(&d);
    if (status == TUFF_OK) (d.s->json ? print_json : print_text)(&d);
    tuff_diff_free(&d.result);
    tuff_dataset_close(d.dataset);
    for (int k = 0; k < 2; k++) {
        tuff_model_close(d.models[k]);
        tuff_graph_free(d.graphs[k]);
    }
    return status == TUFF_OK ? CLI_OK : cli_fail(&d.error);
}

const cli_command cli_command_diff = {
    .name = "diff",
    .summary = "two models tensor by tensor: the first layer that goes wrong, and why",
    .operands = "FIRST SECOND --data DATA",
    .least = 2,
    .most = 2,
    .about =
        "Runs both models over the same samples and compares each value that they have in common: the signal-to-noise ratio in decibels (20 dB is an error of "
        "a tenth), the largest error, the cosine, and how many values are cut off at an end of an integer type. The first model is the reference: the float "
        "one "
        "for an int8 one, the Keras original (.keras, .h5) for a converted one. The last line names the first layer that goes wrong, the cause, and what to "
        "do.",
    .example = "tuff diff mnist.tflite mnist_int8.tflite --data t10k-images-idx3-ubyte.gz --html diff.html\ntuff diff mnist.tflite mnist_int8.tflite --data "
               "t10k-images-idx3-ubyte.gz\ntuff diff mnist_cnn.keras mnist_int8.tflite --data digits/\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
