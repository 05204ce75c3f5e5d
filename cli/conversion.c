/* What convert and quantize do: load, describe, optimize, quantize, save, measure; and say each of it in a line.
 * SPDX-License-Identifier: Apache-2.0
 *
 * The graph as it was read is kept as a model beside the result, so that what the passes and the quantizer did can be measured: on data where there
 * is some, else on seeded inputs.
 */
#include "cli/conversion.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/report.h"
#include "tuff/inspect.h"
#include "tuff/quantize.h"

const char *const cli_quantize_modes[] = {"dynamic", "float16", "int8", NULL};
const char *const cli_calibrations[] = {"minmax", "percentile", "mse", "entropy", NULL};
const char *const cli_io_types[] = {"float", "int8", NULL};

typedef struct conversion {
    const cli_command *command;
    const cli_conversion *s;
    const char *input;
    FILE *out;          /* of the report: stdout, or stderr where the model or JSON goes to stdout */
    tuff_recipe recipe; /* explicit, present = false for none */
    cli_labels labels;
    tuff_graph *graph, *quantized;
    tuff_model *before, *floating, *after; /* as read; optimized; what was written, NULL where it is `floating` */
    tuff_dataset *calibration, *evaluation;
    size_t input_bytes, float_bytes, bytes;
    tuff_eval_result eval;
    tuff_difference difference;
    tuff_error error;
} conversion;

/* ---- report lines ---- */
/* "folded 3 BATCH_NORMALIZATION into CONV_2D": the first word is the column. */
static void report_line(void *context, const char *text) {
    const conversion *c = context;
    const size_t length = strcspn(text, " ");
    char word[64];
    snprintf(word, sizeof word, "%.*s", (int)length, text);
    if (!c->s->globals.quiet) cli_line(c->out, word, "%s", text + length + (text[length] == ' '));
}

static void report_read(const conversion *c) {
    tuff_inspection in;
    tuff_error unused = {0};
    char text[256] = "";
    if (c->before && tuff_inspect(c->before, NULL, &in, &unused) == TUFF_OK) {
        snprintf(text, sizeof text, ": %s parameters, %d ops", cli_group(in.parameters), (int)(in.n_subgraphs ? in.subgraphs[0].n_nodes : 0));
        tuff_inspection_free(&in);
    }
    char line[512];
    snprintf(line, sizeof line, "read %s, %s%s", cli_base(cli_input_name(c->input)), cli_bytes((int64_t)c->input_bytes), text);
    report_line((void *)c, line);
}

/* Whether the model's one input may be a picture that needs a recipe. */
static bool may_take_pictures(const conversion *c) {
    tuff_inspection in;
    tuff_error unused = {0};
    if (tuff_inspect(c->floating, NULL, &in, &unused) != TUFF_OK) return false;
    const tuff_subgraph_info *g = in.subgraphs;
    const tuff_tensor *input = in.n_subgraphs && g->n_inputs == 1 ? &g->tensors[g->inputs[0]] : NULL;
    const bool may = input && input->rank > 2 && input->type == TUFF_F32;
    tuff_inspection_free(&in);
    return may;
}

static void report_recipe(const conversion *c) {
    const tuff_recipe r = tuff_graph_recipe(c->graph);
    if (!r.present && may_take_pictures(c))
        report_line((void *)c, "recipe none: the model doesn't say how pictures become its input; --input-range puts it in");
    if (!r.present) return;
    char line[256];
    const double low = (0 - (double)r.mean[0]) / (double)r.std[0], high = (255 - (double)r.mean[0]) / (double)r.std[0];
    char becomes[128] = "raw values go in as they are";
    if (low != 0 || high != 255 || r.count > 1)
        snprintf(becomes, sizeof becomes, "raw 0..255 becomes %s..%s%s", cli_number(low), cli_number(high), r.count > 1 ? " (first channel)" : "");
    snprintf(line, sizeof line, "recipe %s%s", becomes, c->labels.count ? "; labels in the model" : "");
    report_line((void *)c, line);
}

/* ---- steps ---- */
static tuff_status load(conversion *c) {
    const char *path = cli_input_path(c->input, &c->error);
    struct stat info;
    if (!path) return c->error.status;
    const tuff_report report = {report_line, c};
    const tuff_status status = tuff_graph_load(path, &report, &c->graph, &c->error);
    if (status != TUFF_OK) return status;
    if (stat(path, &info) == 0) c->input_bytes = (size_t)info.st_size;
    tuff_error unused = {0};
    if (tuff_graph_model(c->graph, &c->before, NULL, &unused) != TUFF_OK) c->before = NULL; /* only for comparing */
    report_read(c);
    return TUFF_OK;
}

static tuff_status optimize(conversion *c) {
    const tuff_report report = {report_line, c};
    tuff_status status = c->s->labels ? cli_labels_read(c->s->labels, &c->labels, &c->error) : TUFF_OK;
    if (status == TUFF_OK) {
        status = tuff_graph_describe(c->graph, c->recipe.present ? &c->recipe : NULL, c->labels.names, c->labels.count, &c->error);
        if (status == TUFF_ERR_DATA && c->s->labels) cli_error_prefix(&c->error, c->s->labels);
    }
    if (status == TUFF_OK) status = tuff_graph_optimize(c->graph, &report, &c->error);
    if (status == TUFF_OK) status = tuff_graph_model(c->graph, &c->floating, &c->float_bytes, &c->error);
    if (status == TUFF_OK) report_recipe(c);
    return status;
}

static tuff_status open_data(conversion *c, const char *path, bool train, tuff_dataset **dataset) {
    tuff_data_options options = TUFF_DATA_OPTIONS;
    options.limit = c->s->limit;
    options.split = train ? TUFF_SPLIT_TRAIN : TUFF_SPLIT_TEST;
    return tuff_dataset_open(path, &options, dataset, &c->error);
}

/* Calibration on the training half of a file that has two; evaluation on the other. */
static tuff_status open_datasets(conversion *c) {
    tuff_status status = TUFF_OK;
    if (c->s->data) status = open_data(c, c->s->data, true, &c->calibration);
    if (status == TUFF_OK && c->s->eval_data) status = open_data(c, c->s->eval_data, false, &c->evaluation);
    if (status == TUFF_OK && !c->evaluation && c->calibration && tuff_dataset_is_split(c->calibration)) {
        tuff_error none = {0};
        tuff_data_options options = TUFF_DATA_OPTIONS;
        options.limit = c->s->limit;
        if (tuff_dataset_open(c->s->data, &options, &c->evaluation, &none) != TUFF_OK) c->evaluation = NULL; /* it has no test half */
    }
    return status;
}

static tuff_status quantize(conversion *c) {
    const tuff_report report = {report_line, c};
    const tuff_feed_options feed = cli_feed_options(&c->s->feed, &(tuff_recipe){0}); /* the explicit recipe is the model's by now */
    cli_progress progress = cli_progress_start("calibrating");
    tuff_quantize_options options = TUFF_QUANTIZE_OPTIONS;
    options.mode = (tuff_quantize_mode)(c->s->mode - 1);
    if (c->s->calibration) options.calibration = (tuff_calibration)(c->s->calibration - 1);
    options.float_io = c->s->io == 1;
    options.feed = &feed;
    options.threads = (int)c->s->globals.threads;
    options.report = &report;
    options.progress = cli_progress_step;
    options.context = &progress;
    tuff_dataset *calibration = options.mode == TUFF_QUANTIZE_INT8 ? c->calibration : NULL;
    tuff_status status = tuff_graph_quantize(c->graph, calibration, &options, &c->quantized, &c->error);
    cli_progress_end(&progress);
    if (status == TUFF_ERR_UNSUPPORTED) cli_error_prefix(&c->error, cli_input_name(c->input));
    if (status == TUFF_OK) status = tuff_graph_model(c->quantized, &c->after, NULL, &c->error);
    return status;
}

/* ---- measuring ---- */
static const char *mode_name(const conversion *c) { return c->s->mode ? cli_quantize_modes[c->s->mode - 1] : "float"; }

/* On data: agreement and accuracy; the written file against the float model, or that one against the graph as it was read. */
static tuff_status measure_on_data(conversion *c, tuff_dataset *dataset) {
    cli_progress progress = cli_progress_start("evaluating");
    const tuff_feed_options feed = {.size = sizeof feed, .invert = c->s->feed.invert};
    tuff_eval_options options = TUFF_EVAL_OPTIONS;
    options.threads = (int)c->s->globals.threads;
    options.cpu = c->s->globals.cpu;
    options.feed = &feed;
    options.against = c->after ? c->floating : c->before;
    options.progress = cli_progress_step;
    options.context = &progress;
    const tuff_status status = tuff_eval(c->after ? c->after : c->floating, dataset, &options, &c->eval, &c->error);
    cli_progress_end(&progress);
    return status;
}

static void report_accuracy(const conversion *c, const tuff_dataset *dataset) {
    const bool calibrated_on = c->s->mode == 1 + TUFF_QUANTIZE_INT8 && dataset == c->calibration;
    const tuff_eval_result *r = &c->eval;
    if (r->compared) {
        char line[256];
        snprintf(line, sizeof line, "agreement %s: same class as %s for %s of %s samples", cli_percent((double)r->agree / (double)r->n, (double)r->n),
                 c->after ? "the float model" : "the model as it was read", cli_group(r->agree), cli_group(r->n));
        report_line((void *)c, line);
    }
    if (!r->labelled || c->s->globals.quiet) return;
    cli_accuracy_line(c->out, "accuracy", r->right, r->n, "");
    if (r->compared && c->after) cli_line(c->out, "", "float: %s", cli_percent((double)r->other_right / (double)r->n, (double)r->n));
    cli_line(c->out, "", "on %s%s", tuff_dataset_about(dataset), calibrated_on ? ": the calibration data; use --eval-data for a fair figure" : "");
}

/* Without data: how far values move on seeded inputs. That some models have inputs which can't be drawn, or don't run, is no failure of the conversion. */
static void measure_on_random(conversion *c) {
    enum { INPUTS = 16 };
    tuff_error why = {0};
    const tuff_model *model = c->after ? c->after : c->floating, *against = c->after ? c->floating : c->before;
    if (!against || tuff_compare(model, against, INPUTS, &c->difference, &why) != TUFF_OK) {
        if (against) cli_note("not compared: %s", why.message);
        c->difference.n = 0;
        return;
    }
    char line[256];
    const char *other = c->after ? "the float model" : "the model as it was read";
    if (c->difference.largest == 0) snprintf(line, sizeof line, "agreement the same outputs as %s, on %d random inputs", other, (int)INPUTS);
    else
        snprintf(line, sizeof line, "agreement outputs within %.1e of %s, the largest being %s, on %d random inputs", c->difference.largest, other,
                 cli_number(c->difference.scale), (int)INPUTS);
    report_line(c, line);
}

static void report_size(const conversion *c) {
    char line[512];
    const bool shrunk = c->s->mode && c->bytes;
    const size_t before = shrunk ? c->float_bytes : c->input_bytes;
    snprintf(line, sizeof line, "wrote %s, %s; %s has %s", strcmp(c->s->output, "-") == 0 ? "standard output" : c->s->output, cli_bytes((int64_t)c->bytes),
             shrunk ? "the float model" : cli_base(cli_input_name(c->input)), cli_bytes((int64_t)before));
    const double times = shrunk ? (double)before / (double)c->bytes : 1;
    if (shrunk) snprintf(line + strlen(line), sizeof line - strlen(line), " (%.1f times %s)", times < 1 ? 1 / times : times, times < 1 ? "larger" : "smaller");
    report_line((void *)c, line);
}

static void print_json(const conversion *c) {
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "input", c->input);
    json_text(j, "output", c->s->output);
    json_text(j, "quantized", c->s->mode ? mode_name(c) : NULL);
    json_integer(j, "input_bytes", (int64_t)c->input_bytes);
    json_integer(j, "float_bytes", (int64_t)c->float_bytes);
    json_integer(j, "bytes", (int64_t)c->bytes);
    if (c->eval.n) {
        json_text(j, "data", c->evaluation ? tuff_dataset_about(c->evaluation) : tuff_dataset_about(c->calibration));
        json_bool(j, "calibration_data", c->s->mode == 1 + TUFF_QUANTIZE_INT8 && !c->evaluation);
        json_integer(j, "n", c->eval.n);
        if (c->eval.labelled) json_accuracy(j, "accuracy", c->eval.right, c->eval.n);
        if (c->eval.labelled && c->after) json_number(j, "float_accuracy", (double)c->eval.other_right / (double)c->eval.n);
        if (c->eval.compared) json_number(j, "agreement", (double)c->eval.agree / (double)c->eval.n);
    } else if (c->difference.n) {
        json_number(j, "largest_difference", c->difference.largest);
        json_number(j, "largest_output", c->difference.scale);
    }
    json_end_object(j);
}

/* ---- the whole ---- */
static int check_usage(conversion *c) {
    const cli_conversion *s = c->s;
    const int code = cli_feed_recipe(c->command, &s->feed, &c->recipe);
    if (code != CLI_OK) return code;
    if (!s->output) return cli_usage(c->command, "expected -o OUT.tflite");
    const bool int8 = s->mode == 1 + TUFF_QUANTIZE_INT8;
    if (int8 && !s->data) return cli_usage(c->command, "int8 needs --data DATA: some hundred typical inputs to calibrate on");
    if (!int8 && (s->calibration || s->io)) return cli_usage(c->command, "--%s goes with --quantize int8", s->io ? "io" : "calibration");
    if (s->json && strcmp(s->output, "-") == 0) return cli_usage(c->command, "--json and -o - both want standard output");
    return CLI_OK;
}

/* Opening the data comes before the work on the model, so that a wrong path is said at once. Nothing is written after Ctrl-C. */
static tuff_status convert(conversion *c) {
    tuff_status status = open_datasets(c);
    if (status == TUFF_OK) status = load(c);
    if (status == TUFF_OK) status = optimize(c);
    if (status == TUFF_OK && c->s->mode) status = quantize(c);
    tuff_dataset *dataset = c->evaluation ? c->evaluation : c->calibration;
    if (status == TUFF_OK && cli_interrupted()) status = TUFF_ERR_CANCELLED;
    if (status == TUFF_OK && dataset) status = measure_on_data(c, dataset);
    if (status == TUFF_OK && !cli_interrupted()) status = tuff_graph_save(c->quantized ? c->quantized : c->graph, c->s->output, &c->bytes, &c->error);
    if (status != TUFF_OK || cli_interrupted()) return status;
    report_size(c);
    if (dataset) report_accuracy(c, dataset);
    else measure_on_random(c);
    return status;
}

int cli_convert(const cli_command *command, const cli_conversion *settings, const char *input) {
    conversion c = {.command = command, .s = settings, .input = input, .out = stdout};
    int code = check_usage(&c);
    const char *const read[] = {input, settings->data, settings->eval_data, settings->labels};
    for (size_t k = 0; k < sizeof read / sizeof *read && code == CLI_OK; k++) code = cli_check_output(settings->output, read[k]);
    if (code != CLI_OK) return code;
    if (settings->json || strcmp(settings->output, "-") == 0) c.out = stderr;
    const tuff_status status = convert(&c);
    if (status == TUFF_OK && settings->json) print_json(&c);
    tuff_eval_free(&c.eval);
    tuff_dataset_close(c.calibration);
    tuff_dataset_close(c.evaluation);
    tuff_model_close(c.after);
    tuff_model_close(c.floating);
    tuff_model_close(c.before);
    tuff_graph_free(c.quantized);
    tuff_graph_free(c.graph);
    cli_labels_free(&c.labels);
    return status == TUFF_OK ? CLI_OK : cli_fail(&c.error);
}
