/* tuff doctor: which recipe does a model want?
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/doctor.h"

#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"
#include "cli/report.h"

typedef struct settings {
    cli_globals globals;
    const char *data, *write;
    int64_t limit;
    bool json;
} settings;

static const cli_option options[] = {
    {"data", 'd', "DATA", "raw samples with labels: idx, .npz, a folder of pictures per class", CLI_FILE, offsetof(settings, data), NULL},
    {"write", 'w', "OUT.tflite", "put the winner into a copy of the model; '-' is standard output", CLI_FILE, offsetof(settings, write), NULL},
    {"limit", 'n', "N", "use at most N samples, evenly spread", CLI_COUNT, offsetof(settings, limit), NULL},
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

typedef struct visit {
    const settings *s;
    const char *path;
    tuff_model *model;
    tuff_graph *graph;
    tuff_dataset *dataset;
    tuff_diagnosis diagnosis;
    size_t bytes; /* written */
    tuff_error error;
} visit;

/* A line per group; of groups with nothing to tell the best few. */
static void print_trials(const visit *v, FILE *out) {
    enum { SHOWN = 12 };
    const tuff_diagnosis *d = &v->diagnosis;
    for (int32_t k = 0; k < d->count;) {
        const tuff_trial *t = &d->trials[k];
        if (t->group >= SHOWN) {
            fprintf(out, "                            and %d more, none better\n", (int)(d->groups - t->group));
            return;
        }
        bool own = false;
        const int digits = t->n >= 2000 ? 2 : 1;
        int32_t more = k;
        for (; more < d->count && d->trials[more].group == t->group; more++) own |= d->trials[more].treatment.own;
        const bool winner = t->group == d->winner;
        fprintf(out, "  %s%6.*f %%%s  (%.*f..%.*f)  %s%s", out == stdout && winner ? cli_ink(CLI_GREEN) : "", digits, 100 * (double)t->right / (double)t->n,
                out == stdout && winner ? cli_ink(CLI_PLAIN) : "", digits, 100 * t->interval.low, digits, 100 * t->interval.high, t->treatment.name,
                own ? " [the model's own]" : "");
        for (int32_t i = k + 1; i < more; i++) fprintf(out, "%s%s", i == k + 1 ? "; the same answers: " : "; ", d->trials[i].treatment.name);
        fputc('\n', out);
        k = more;
    }
}

static void print_text(const visit *v, FILE *out) {
    const tuff_diagnosis *d = &v->diagnosis;
    cli_line(out, "model", "%s", cli_input_name(v->path));
    cli_line(out, "data", "%s", tuff_dataset_about(v->dataset));
    cli_line(out, "recipes", "what raw 0..255 becomes: accuracy, 95 %% interval, on %s samples", cli_group(d->n));
    print_trials(v, out);
    if (d->winner < 0) {
        cli_line(out, "verdict", "nothing stands out: %s", d->why);
        return;
    }
    const tuff_treatment *t = &d->trials[d->winner].treatment;
    cli_line(out, "verdict", "%s: %s", t->name, d->why);
    if (d->count > 1 && d->trials[1].group == 0) cli_line(out, "", "%s gives the same answers, and the simplest is taken", d->trials[1].treatment.name);
    if (d->own < 0) cli_line(out, "", "the model carries no recipe%s", v->s->write ? "" : "; --write FILE makes a copy that does");
    else if (d->trials[d->own].group == 0) cli_line(out, "", "that is the recipe that the model carries");
    else cli_line(out, "", "the model's own recipe is wrong%s", v->s->write ? "" : "; --write FILE makes a copy with this one");
    if (v->bytes) cli_line(out, "wrote", "%s, %s", cli_input_name(v->s->write), cli_bytes((int64_t)v->bytes));
}

static void print_json(const visit *v) {
    const tuff_diagnosis *d = &v->diagnosis;
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "model", v->path);
    json_text(j, "data", v->s->data);
    json_integer(j, "n", d->n);
    json_text(j, "winner", d->winner < 0 ? NULL : d->trials[d->winner].treatment.name);
    json_text(j, "own", d->own < 0 ? NULL : d->trials[d->own].treatment.name);
    json_text(j, "why", d->why);
    json_number(j, "p_value", d->p_value);
    json_array(j, "recipes");
    for (int32_t k = 0; k < d->count; k++) {
        const tuff_trial *t = &d->trials[k];
        json_object(j, NULL);
        json_text(j, "name", t->treatment.name);
        json_integer(j, "n", t->n);
        json_accuracy(j, "accuracy", t->right, t->n);
        json_integer(j, "group", t->group);
        for (int values = 0; values < 2; values++) {
            json_row(j, values ? "std" : "mean");
            for (int32_t c = 0; c < t->treatment.recipe.count; c++) json_float(j, NULL, values ? t->treatment.recipe.std[c] : t->treatment.recipe.mean[c]);
            json_end_row(j);
        }
        json_bool(j, "bgr", t->treatment.swapped);
        json_bool(j, "inverted", t->treatment.inverted);
        json_bool(j, "transposed", t->treatment.transposed);
        json_end_object(j);
    }
    json_end_array(j);
    json_text(j, "written", v->bytes ? v->s->write : NULL);
    json_end_object(j);
}

/* ---- the command ---- */
static tuff_status open_all(visit *v) {
    tuff_status status = cli_model_open(v->path, &v->model, &v->error);
    tuff_data_options data = TUFF_DATA_OPTIONS;
    data.limit = v->s->limit;
    data.need_labels = true;
    if (status == TUFF_OK) status = tuff_dataset_open(v->s->data, &data, &v->dataset, &v->error);
    return status;
}

static tuff_status examine(visit *v) {
    cli_progress progress = cli_progress_start("trying");
    tuff_doctor_options how = TUFF_DOCTOR_OPTIONS;
    how.threads = (int)v->s->globals.threads;
    how.cpu = v->s->globals.cpu;
    how.progress = cli_progress_step;
    how.context = &progress;
    const tuff_status status = tuff_doctor(v->model, v->dataset, &how, &v->diagnosis, &v->error);
    cli_progress_end(&progress);
    return status;
}

static tuff_status write_winner(visit *v) {
    const char *path = cli_input_path(v->path, &v->error);
    tuff_status status = tuff_graph_load(path, NULL, &v->graph, &v->error);
    if (status == TUFF_OK) status = tuff_graph_treat(v->graph, &v->diagnosis.trials[v->diagnosis.winner].treatment, &v->error);
    if (status == TUFF_OK) status = tuff_graph_save(v->graph, v->s->write, &v->bytes, &v->error);
    return status;
}

static int run(const void *settings_, int count, char **operands) {
    (void)count;
    visit v = {.s = settings_, .path = operands[0]};
    const bool to_stdout = v.s->write && strcmp(v.s->write, "-") == 0;
    if (!v.s->data) return cli_usage(&cli_command_doctor, "expected --data DATA");
    if (to_stdout && v.s->json) return cli_usage(&cli_command_doctor, "--json and --write - both want standard output");
    if (v.s->write && (cli_check_output(v.s->write, v.path) != CLI_OK || cli_check_output(v.s->write, v.s->data) != CLI_OK)) return CLI_FAILED;
    tuff_status status = open_all(&v);
    if (status == TUFF_OK) status = examine(&v);
    if (status == TUFF_OK && v.s->write && v.diagnosis.winner >= 0) status = write_winner(&v);
    if (status == TUFF_OK) {
        if (v.s->json) print_json(&v);
        else print_text(&v, to_stdout ? stderr : stdout);
        if (v.s->write && v.diagnosis.winner < 0) {
            status = TUFF_ERR_DATA;
            snprintf(v.error.message, sizeof v.error.message, "nothing stands out: %.900s not written", cli_input_name(v.s->write));
        }
    }
    tuff_diagnosis_free(&v.diagnosis);
    tuff_dataset_close(v.dataset);
    tuff_graph_free(v.graph);
    tuff_model_close(v.model);
    return status == TUFF_OK ? CLI_OK : cli_fail(&v.error);
}

const cli_command cli_command_doctor = {
    .name = "doctor",
    .summary = "finds the recipe of a model that answers wrongly, by trying",
    .operands = "MODEL.tflite --data DATA [--write OUT.tflite]",
    .least = 1,
    .most = 1,
    .about = "Runs labelled raw samples through the model in every common way: 0..255, 0..1, -1..1, ImageNet's mean and std, channels as RGB or BGR, inverted, "
             "transposed; prints how often each is right, with its 95 % Wilson interval, and names one where it stands out. Recipes that give the same answers "
             "to all samples share a line. What is clearly worse drops out early, so most samples go to the best few. --write puts the winner into a copy of "
             "the model: mean and std as metadata, the order of channels and transposing as "
             "ops.",
    .example = "tuff doctor unknown.tflite --data digits/ --write fixed.tflite\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
