/* tuff run: one input through a model, the best classes out.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"

typedef struct settings {
    cli_globals globals;
    cli_feed feed;
    int64_t top, limit;
    bool json;
} settings;

static const cli_option options[] = {
    {"top", 'k', "K", "show the K best classes (3)", CLI_COUNT, offsetof(settings, top), NULL},
    {"limit", 'n', "N", "of an input with many samples run N, evenly spread (1)", CLI_COUNT, offsetof(settings, limit), NULL},
    CLI_FEED_OPTIONS(settings),
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

typedef struct runner {
    const settings *s;
    tuff_model *model;
    tuff_interpreter *it;
    tuff_feed *feed;
    tuff_dataset *dataset; /* of the input that is running */
    cli_json *json;        /* NULL: text */
    tuff_error error;
} runner;

/* ---- an output's values ---- */
typedef struct values {
    const tuff_tensor *tensor;
    float *value; /* NULL: not real numbers */
    size_t count;
    int32_t classes; /* of the first item of the batch */
} values;

static values read_output(runner *r, int32_t k) {
    values v = {.tensor = tuff_interpreter_output(r->it, k), .count = 1};
    for (int32_t i = 0; i < v.tensor->rank; i++) v.count *= (size_t)v.tensor->shape[i];
    const size_t items = v.tensor->rank > 1 && v.tensor->shape[0] > 0 ? (size_t)v.tensor->shape[0] : 1;
    v.classes = (int32_t)(v.count / items);
    v.value = calloc(v.count + 1, sizeof *v.value);
    tuff_error unused = {0};
    if (v.value && tuff_interpreter_get_f32(r->it, k, v.value, v.count, &unused) != TUFF_OK) {
        free(v.value);
        v.value = NULL;
    }
    return v;
}

/* The class of rank `place`: best first, ties to the lower index. `taken` marks those given before. */
static int32_t next_best(const values *v, bool *taken) {
    int32_t best = -1;
    for (int32_t k = 0; k < v->classes; k++)
        if (!taken[k] && (best < 0 || v->value[k] > v->value[best])) best = k;
    if (best >= 0) taken[best] = true;
    return best;
}

static bool are_probabilities(const values *v) {
    for (int32_t k = 0; k < v->classes; k++)
        if (!(v->value[k] >= 0 && v->value[k] <= 1.0001f)) return false;
    return true;
}

/* ---- text ---- */
static void print_class(const runner *r, const values *v, int32_t k, bool probability) {
    enum { WIDTH = 40 };
    char name[128];
    printf("  %-24s ", cli_class(r->model, k, name, sizeof name));
    if (!probability) {
        printf("%12s\n", cli_number((double)v->value[k]));
        return;
    }
    char bar[WIDTH + 1];
    const int length = (int)lround((double)v->value[k] * WIDTH);
    for (int i = 0; i < WIDTH; i++) bar[i] = i < length ? '#' : 0;
    bar[WIDTH] = 0;
    printf("%7.2f %%%s%s%s%s\n", 100 * (double)v->value[k], *bar ? "  " : "", cli_ink(CLI_GREEN), bar, cli_ink(CLI_PLAIN));
}

static void print_values(const values *v, const char *prefix) {
    enum { SHOWN = 8 };
    printf("%s%s %s %s", prefix, v->tensor->name, tuff_type_name(v->tensor->type), cli_shape(v->tensor->rank, v->tensor->shape, NULL));
    for (size_t k = 0; v->value && k < v->count && k < SHOWN; k++) printf("%s%s", k ? ", " : ": ", cli_number((double)v->value[k]));
    printf("%s\n", v->value && v->count > SHOWN ? ", ..." : "");
}

/* Whether the sample's label is a class of the model: where the data's class names aren't the model's labels, their order says nothing. */
static bool is_class(const runner *r, int32_t label) {
    const char *name = tuff_dataset_class_name(r->dataset, label), *own = cli_label(r->model, label);
    return label >= 0 && (!name || (own && strcmp(name, own) == 0));
}

static void print_text(runner *r, const tuff_sample *sample, const values *v, bool *taken) {
    const bool several = tuff_interpreter_output_count(r->it) > 1;
    printf("%s%s%s", cli_ink(CLI_BOLD), sample->name, cli_ink(CLI_PLAIN));
    if (sample->label >= 0) {
        char name[128];
        printf(", labelled %s",
               is_class(r, sample->label) ? cli_class(r->model, sample->label, name, sizeof name) : tuff_dataset_class_name(r->dataset, sample->label));
    }
    putchar('\n');
    if (v->value && v->classes > 1) {
        const int64_t top = r->s->top ? r->s->top : 3;
        const bool probability = are_probabilities(v);
        for (int64_t k = 0; k < top && k < v->classes; k++) print_class(r, v, next_best(v, taken), probability);
    } else print_values(v, "  ");
    for (int32_t k = 1; several && k < tuff_interpreter_output_count(r->it); k++) {
        values other = read_output(r, k);
        print_values(&other, "  ");
        free(other.value);
    }
}

/* ---- JSON ---- */
static void print_json(runner *r, const tuff_sample *sample, const values *v, bool *taken) {
    cli_json *j = r->json;
    json_object(j, NULL);
    json_text(j, "input", sample->name);
    if (is_class(r, sample->label)) json_integer(j, "label", sample->label);
    json_array(j, "top");
    const int64_t top = r->s->top ? r->s->top : 3;
    for (int64_t k = 0; v->value && v->classes > 1 && k < top && k < v->classes; k++) {
        const int32_t best = next_best(v, taken);
        json_object(j, NULL);
        json_integer(j, "class", best);
        json_text(j, "label", cli_label(r->model, best));
        json_float(j, "value", v->value[best]);
        json_end_object(j);
    }
    json_end_array(j);
    json_array(j, "outputs");
    for (int32_t k = 0; k < tuff_interpreter_output_count(r->it); k++) {
        values output = read_output(r, k);
        json_object(j, NULL);
        json_text(j, "name", output.tensor->name);
        json_text(j, "type", tuff_type_name(output.tensor->type));
        json_row(j, "shape");
        for (int32_t i = 0; i < output.tensor->rank; i++) json_integer(j, NULL, output.tensor->shape[i]);
        json_end_row(j);
        json_row(j, "values");
        for (size_t i = 0; output.value && i < output.count; i++) json_float(j, NULL, output.value[i]);
        json_end_row(j);
        json_end_object(j);
        free(output.value);
    }
    json_end_array(j);
    json_end_object(j);
}

/* ---- running ---- */
static tuff_status run_sample(runner *r, size_t k) {
    tuff_sample sample;
    tuff_status status = tuff_dataset_get(r->dataset, k, &sample, &r->error);
    if (status == TUFF_OK) status = tuff_feed_put(r->feed, r->it, &sample, &r->error);
    if (status == TUFF_OK) status = tuff_interpreter_invoke(r->it, &r->error);
    if (status != TUFF_OK) return status;
    values v = read_output(r, 0);
    bool *taken = calloc((size_t)v.classes + 1, sizeof *taken);
    if (taken) (r->json ? print_json : print_text)(r, &sample, &v, taken);
    free(taken);
    free(v.value);
    return TUFF_OK;
}

/* "file[17]": cuts the index off, -1 where there is none (or a file is called so). */
static int64_t cut_index(char *path) {
    const size_t length = strlen(path);
    char *bracket = strrchr(path, '['), *end;
    if (!bracket || length < 3 || path[length - 1] != ']') return -1;
    FILE *file = fopen(path, "rb");
    if (file) fclose(file);
    const long long index = strtoll(bracket + 1, &end, 10);
    if (file || end == bracket + 1 || end != path + length - 1 || index < 0) return -1;
    *bracket = 0;
    return index;
}

static tuff_status run_input(runner *r, char *path) {
    const int64_t index = cut_index(path);
    const int64_t limit = r->s->limit ? r->s->limit : 1;
    tuff_data_options data = TUFF_DATA_OPTIONS;
    data.input = tuff_interpreter_input(r->it, 0);
    if (r->s->limit) data.limit = limit;
    if (index >= 0) data.limit = 0;
    tuff_status status = tuff_dataset_open(path, &data, &r->dataset, &r->error);
    if (status != TUFF_OK) return status;
    status = tuff_dataset_match_labels(r->dataset, r->model, &r->error);
    if (status == TUFF_ERR_DATA) status = TUFF_OK; /* some names aren't the model's: see is_class */
    const size_t count = tuff_dataset_count(r->dataset);
    if (status == TUFF_OK && index >= 0 && (size_t)index >= count) {
        status = r->error.status = TUFF_ERR_DATA;
        snprintf(r->error.message, sizeof r->error.message, "%s[%lld]: expected 0..%zu", path, (long long)index, count - 1);
    } else if (status == TUFF_OK && index >= 0) {
        status = run_sample(r, (size_t)index);
    } else if (status == TUFF_OK) {
        if (count > 1 && !r->s->limit) cli_note("%s samples: running [0]; choose one with %s[K], or --limit N", cli_group((int64_t)count), path);
        for (size_t k = 0; k < count && k < (size_t)limit && status == TUFF_OK && !cli_interrupted(); k++) status = run_sample(r, k);
    }
    tuff_dataset_close(r->dataset);
    r->dataset = NULL;
    return status;
}

static tuff_status open_all(runner *r, const char *path, const tuff_recipe *recipe) {
    tuff_status status = cli_model_open(path, &r->model, &r->error);
    tuff_interpreter_options how = TUFF_INTERPRETER_OPTIONS;
    how.threads = (int)r->s->globals.threads;
    how.cpu = r->s->globals.cpu;
    const tuff_feed_options feed = cli_feed_options(&r->s->feed, recipe);
    if (status == TUFF_OK) status = tuff_interpreter_create(r->model, &how, &r->it, &r->error);
    if (status == TUFF_OK) status = tuff_feed_create(r->model, &feed, &r->feed, &r->error);
    return status;
}

static int run(const void *settings_, int count, char **operands) {
    runner r = {.s = settings_};
    cli_json writer = {.out = stdout};
    tuff_recipe recipe;
    const int usage = cli_feed_recipe(&cli_command_run, &r.s->feed, &recipe);
    if (usage != CLI_OK) return usage;
    tuff_status status = open_all(&r, operands[0], &recipe);
    if (status == TUFF_OK && r.s->json) {
        r.json = &writer;
        json_array(r.json, NULL);
    }
    int code = status == TUFF_OK ? CLI_OK : cli_fail(&r.error);
    for (int k = 1; k < count && status == TUFF_OK && !cli_interrupted(); k++) { /* one bad input doesn't keep the others from running */
        if (run_input(&r, operands[k]) != TUFF_OK) code = cli_fail(&r.error);
        r.error = (tuff_error){0};
    }
    if (r.json) json_end_array(r.json);
    tuff_feed_destroy(r.feed);
    tuff_interpreter_destroy(r.it);
    tuff_model_close(r.model);
    return code;
}

const cli_command cli_command_run = {
    .name = "run",
    .summary = "run a model on a picture or an array and print the best classes",
    .operands = "MODEL.tflite INPUT...",
    .least = 2,
    .about = "INPUT is a picture (PNG, JPEG, BMP), an array (.npy), or one sample of a set: t10k-images-idx3-ubyte.gz[17]. Pictures and uint8 arrays are raw "
             "and go through "
             "the model's recipe; float arrays are in the model's range already.",
    .example = "tuff run mnist_int8.tflite digit.png\ntuff run mnist_int8.tflite t10k-images-idx3-ubyte.gz[17] --top 5 --json\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
