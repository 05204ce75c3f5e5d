/* tuff eval: accuracy on labelled data, and two models compared.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/eval.h"

#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/report.h"
#include "tuff/page.h"

typedef struct settings {
    cli_globals globals;
    cli_feed feed;
    const char *data, *against, *html;
    int64_t top, limit;
    bool json;
} settings;

static const cli_option options[] = {
    {"data", 'd', "DATA", "samples with labels: idx, .npz, .csv, a folder of pictures per class", CLI_FILE, offsetof(settings, data), NULL},
    {"against", 'a', "MODEL", "compare with this model: agreement, McNemar's test", CLI_FILE, offsetof(settings, against), NULL},
    {"top", 'k', "K", "also how often the label is among the K best", CLI_COUNT, offsetof(settings, top), NULL},
    {"limit", 'n', "N", "use N samples, evenly spread", CLI_COUNT, offsetof(settings, limit), NULL},
    {"html", 0, "FILE", "also write a page for a browser: confusion, worst mistakes, reliability", CLI_FILE, offsetof(settings, html), NULL},
    CLI_FEED_OPTIONS(settings),
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

typedef struct evaluation {
    const settings *s;
    const char *path;
    tuff_model *model, *other;
    tuff_dataset *dataset;
    tuff_eval_result result;
    tuff_error error;
} evaluation;

/* ---- text ---- */
static const char *class_name(const evaluation *e, int32_t k) {
    const char *name = cli_label(e->model, k);
    if (!name && k < tuff_dataset_class_count(e->dataset)) name = tuff_dataset_class_name(e->dataset, k);
    return name;
}

static void print_matrix(const evaluation *e) {
    const tuff_eval_result *r = &e->result;
    const int32_t n = r->classes;
    int width = 4;
    for (int32_t k = 0; k < n * n; k++) {
        const int length = (int)strlen(cli_group(r->confusion[k])) + 1;
        if (length > width) width = length;
    }
    cli_line(stdout, "confusion", "rows: label, columns: predicted");
    printf("%16s", "");
    for (int32_t k = 0; k < n; k++) printf("%s%*d%s", cli_ink(CLI_DIM), width, (int)k, cli_ink(CLI_PLAIN));
    putchar('\n');
    for (int32_t row = 0; row < n; row++) {
        char number[16];
        const char *name = class_name(e, row);
        snprintf(number, sizeof number, "%d", (int)row);
        printf("  %2s %-10.10s ", number, name && strcmp(name, number) != 0 ? name : "");
        for (int32_t k = 0; k < n; k++) {
            const int64_t count = r->confusion[(size_t)row * (size_t)n + (size_t)k];
            printf("%s%*s%s", k == row ? cli_ink(CLI_GREEN) : count ? cli_ink(CLI_RED) : "", width, count ? cli_group(count) : ".", cli_ink(CLI_PLAIN));
        }
        putchar('\n');
    }
}

typedef struct mistake {
    int32_t label, predicted;
    int64_t count;
} mistake;

/* With many classes: the most frequent confusions. */
static void print_mistakes(const evaluation *e) {
    enum { SHOWN = 10 };
    const tuff_eval_result *r = &e->result;
    mistake worst[SHOWN + 1] = {{0, 0, 0}};
    for (int32_t label = 0; label < r->classes; label++)
        for (int32_t k = 0; k < r->classes; k++) {
            const int64_t count = r->confusion[(size_t)label * (size_t)r->classes + (size_t)k];
            if (k == label || count <= worst[SHOWN - 1].count) continue;
            int at = SHOWN - 1;
            for (; at > 0 && worst[at - 1].count < count; at--) worst[at] = worst[at - 1];
            worst[at] = (mistake){label, k, count};
        }
    if (worst[0].count) cli_line(stdout, "confusion", "most frequent, of %d classes", (int)r->classes);
    for (int k = 0; k < SHOWN && worst[k].count; k++) {
        const char *label = class_name(e, worst[k].label), *predicted = class_name(e, worst[k].predicted);
        printf("  %6s  %d%s%s taken for %d%s%s\n", cli_group(worst[k].count), (int)worst[k].label, label ? " " : "", label ? label : "",
               (int)worst[k].predicted, predicted ? " " : "", predicted ? predicted : "");
    }
}

static void print_text(const evaluation *e) {
    enum { MATRIX = 20 };
    const tuff_eval_result *r = &e->result;
    cli_line(stdout, "model", "%s", cli_input_name(e->path));
    cli_line(stdout, "data", "%s", tuff_dataset_about(e->dataset));
    if (r->labelled) cli_accuracy_line(stdout, "accuracy", r->right, r->n, "");
    if (r->labelled && e->s->top > 1) {
        char word[32];
        snprintf(word, sizeof word, "top %d", (int)e->s->top);
        cli_accuracy_line(stdout, word, r->right_top, r->n, "");
    }
    if (r->compared) cli_comparison_lines(stdout, r, cli_base(e->s->against));
    if (r->confusion && r->classes <= MATRIX) print_matrix(e);
    else if (r->confusion) print_mistakes(e);
    if (e->s->html) cli_line(stdout, "wrote", "%s", e->s->html);
}

/* ---- JSON ---- */
static void json_comparison(cli_json *j, const evaluation *e) {
    const tuff_eval_result *r = &e->result;
    json_object(j, "against");
    json_text(j, "model", e->s->against);
    json_number(j, "agreement", (double)r->agree / (double)r->n);
    json_integer(j, "agree", r->agree);
    if (r->labelled) {
        json_number(j, "accuracy", (double)r->other_right / (double)r->n);
        json_integer(j, "only_this_right", r->only_this_right);
        json_integer(j, "only_other_right", r->only_other_right);
        json_number(j, "p_value", r->p_value);
    }
    json_end_object(j);
}

static void print_json(const evaluation *e) {
    const tuff_eval_result *r = &e->result;
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "model", e->path);
    json_text(j, "data", e->s->data);
    json_integer(j, "n", r->n);
    json_integer(j, "classes", r->classes);
    if (r->labelled) {
        json_accuracy(j, "accuracy", r->right, r->n);
        json_integer(j, "top", e->s->top > 1 ? e->s->top : 1);
        json_number(j, "top_accuracy", (double)r->right_top / (double)r->n);
    }
    if (r->labelled) json_number(j, "calibration_error", r->calibration_error);
    if (r->confusion) {
        json_array(j, "confusion");
        for (int32_t row = 0; row < r->classes; row++) {
            json_row(j, NULL);
            for (int32_t k = 0; k < r->classes; k++) json_integer(j, NULL, r->confusion[(size_t)row * (size_t)r->classes + (size_t)k]);
            json_end_row(j);
        }
        json_end_array(j);
    }
    if (r->compared) json_comparison(j, e);
    json_number(j, "seconds", r->seconds);
    json_end_object(j);
}

/* ---- the command ---- */
static tuff_status open_all(evaluation *e) {
    tuff_status status = cli_model_open(e->path, &e->model, &e->error);
    if (status == TUFF_OK && e->s->against) status = cli_model_open(e->s->against, &e->other, &e->error);
    tuff_data_options data = TUFF_DATA_OPTIONS;
    data.limit = e->s->limit;
    data.need_labels = !e->s->against || e->s->html;
    if (status == TUFF_OK) status = tuff_dataset_open(e->s->data, &data, &e->dataset, &e->error);
    return status;
}

static tuff_status evaluate(evaluation *e, const tuff_recipe *recipe) {
    const tuff_feed_options feed = cli_feed_options(&e->s->feed, recipe);
    cli_progress progress = cli_progress_start("evaluating");
    tuff_eval_options how = TUFF_EVAL_OPTIONS;
    how.top = (int32_t)(e->s->top ? e->s->top : 1);
    how.threads = (int)e->s->globals.threads;
    how.cpu = e->s->globals.cpu;
    how.feed = &feed;
    how.against = e->other;
    how.progress = cli_progress_step;
    how.context = &progress;
    how.mistakes = e->s->html ? 24 : 0;
    const tuff_status status = tuff_eval(e->model, e->dataset, &how, &e->result, &e->error);
    cli_progress_end(&progress);
    return status;
}

static tuff_status write_page(evaluation *e) {
    const tuff_page_names names = {
        .model = cli_base(cli_input_name(e->path)), .data = tuff_dataset_about(e->dataset), .labels = e->model, .dataset = e->dataset};
    return tuff_eval_page(&e->result, &names, e->s->html, &e->error);
}

static int run(const void *settings_, int count, char **operands) {
    (void)count;
    evaluation e = {.s = settings_, .path = operands[0]};
    tuff_recipe recipe;
    const int usage = cli_feed_recipe(&cli_command_eval, &e.s->feed, &recipe);
    if (usage != CLI_OK) return usage;
    if (!e.s->data) return cli_usage(&cli_command_eval, "expected --data DATA");
    if (e.s->html && strcmp(e.s->html, "-") == 0) return cli_usage(&cli_command_eval, "--html wants a file: standard output has the text");
    tuff_status status = open_all(&e);
    if (status == TUFF_OK) status = evaluate(&e, &recipe);
    if (status == TUFF_OK && e.s->html) status = write_page(&e);
    if (status == TUFF_OK) (e.s->json ? print_json : print_text)(&e);
    tuff_eval_free(&e.result);
    tuff_dataset_close(e.dataset);
    tuff_model_close(e.other);
    tuff_model_close(e.model);
    return status == TUFF_OK ? CLI_OK : cli_fail(&e.error);
}

const cli_command cli_command_eval = {
    .name = "eval",
    .summary = "accuracy on labelled data, with its interval; two models compared",
    .operands = "MODEL.tflite --data DATA",
    .least = 1,
    .most = 1,
    .about = "Prints accuracy with the 95 % Wilson interval and the confusion matrix; with --against how often both models choose the same class, and whether "
             "the difference in "
             "accuracy can be chance (McNemar's exact test). Each model uses its own recipe. Data without labels is enough for --against.",
    .example = "tuff eval mnist_int8.tflite --data t10k-images-idx3-ubyte.gz --against mnist.tflite\ntuff eval mnist.tflite --data digits/ --html "
               "mnist.html\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
