/* tuff inspect: what is inside a model.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/inspect.h"

#include <math.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/json.h"

typedef struct settings {
    cli_globals globals;
    bool json;
} settings;

static const cli_option options[] = {
    CLI_JSON_OPTION(settings),
    CLI_OPTIONS_END,
};

typedef struct inspected {
    const char *path;
    tuff_model *model;
    tuff_inspection in;
} inspected;

/* ---- quantization, spelled out ---- */
static bool integer_range(tuff_type type, double *low, double *high) {
    switch (type) {
    case TUFF_S4: *low = -8, *high = 7; return true;
    case TUFF_S8: *low = -128, *high = 127; return true;
    case TUFF_U8: *low = 0, *high = 255; return true;
    case TUFF_S16: *low = -32768, *high = 32767; return true;
    default: return false;
    }
}

/* "q = round(x / 0.00392157) - 128, x from 0 to 1"; "" for a tensor without scales. */
static const char *formula(const tuff_tensor *t, char *text, size_t room) {
    const tuff_quantization *q = &t->quantization;
    text[0] = 0;
    if (q->count == 0) return text;
    if (q->count > 1) {
        float least = q->scale[0], most = q->scale[0];
        for (int32_t k = 1; k < q->count; k++) {
            least = q->scale[k] < least ? q->scale[k] : least;
            most = q->scale[k] > most ? q->scale[k] : most;
        }
        snprintf(text, room, "q = round(x / s), %d scales s along axis %d: %s to %s", (int)q->count, (int)q->dimension, cli_number((double)least),
                 cli_number((double)most));
        return text;
    }
    const double scale = (double)q->scale[0], zero = (double)q->zero_point[0];
    size_t at = (size_t)snprintf(text, room, "q = round(x / %s)", cli_number(scale));
    if (zero != 0 && at < room) at += (size_t)snprintf(text + at, room - at, " %c %.0f", zero < 0 ? '-' : '+', zero < 0 ? -zero : zero);
    double low, high;
    if (integer_range(t->type, &low, &high) && at < room)
        snprintf(text + at, room - at, ", x from %s to %s", cli_number((low - zero) * scale), cli_number((high - zero) * scale));
    return text;
}

/* ---- text: what stands at the head ---- */
static void print_io(const inspected *i) {
    const tuff_subgraph_info *s = &i->in.subgraphs[0];
    for (int side = 0; side < 2; side++) {
        const int32_t count = side ? s->n_outputs : s->n_inputs, *list = side ? s->outputs : s->inputs;
        for (int32_t k = 0; k < count; k++) {
            const tuff_tensor *t = &s->tensors[list[k]];
            char word[32], text[256];
            snprintf(word, sizeof word, "%s %d", side ? "output" : "input", (int)k);
            cli_line(stdout, word, "%s %s %s", tuff_type_name(t->type), cli_shape(t->rank, t->shape, t->signature), t->name);
            if (formula(t, text, sizeof text)[0]) cli_line(stdout, "", "%s", text);
        }
    }
}

static void print_recipe(const inspected *i) {
    const tuff_recipe r = tuff_model_recipe(i->model, 0);
    if (r.present) {
        char size[64] = "";
        if (r.width > 0) snprintf(size, sizeof size, "%dx%dx%d pictures; ", (int)r.width, (int)r.height, (int)r.channels);
        char each[256] = "";
        size_t at = 0;
        for (int32_t c = 0; c < r.count && c < 4 && at < sizeof each; c++) {
            const double mean = (double)r.mean[c], std = (double)r.std[c];
            char raw[64] = "raw", over[32] = "";
            if (mean != 0) snprintf(raw, sizeof raw, std == 1 ? "raw %c %s" : "(raw %c %s)", mean < 0 ? '+' : '-', cli_number(fabs(mean)));
            if (std != 1) snprintf(over, sizeof over, " / %s", cli_number(std));
            at += (size_t)snprintf(each + at, sizeof each - at, "%sx = %s%s", c ? "; " : "", raw, over);
        }
        cli_line(stdout, "recipe", "%s%s (%s)", size, each, r.source);
    } else cli_line(stdout, "recipe", "none: the model doesn't say how pictures become its input");
    const int32_t labels = tuff_model_label_count(i->model, 0);
    if (!labels) return;
    char text[80] = "";
    for (int32_t k = 0; k < labels; k++) {
        const char *label = tuff_model_label(i->model, 0, k);
        const size_t at = strlen(text);
        if (at + strlen(label) + 8 > sizeof text) {
            snprintf(text + at, sizeof text - at, ", ...");
            break;
        }
        snprintf(text + at, sizeof text - at, "%s%s", k ? ", " : "", label);
    }
    cli_line(stdout, "labels", "%d: %s", (int)labels, text);
}

static void print_names(const char *const *names, int32_t count) {
    putchar('(');
    for (int32_t k = 0; k < count; k++) printf("%s%s", k ? ", " : "", names[k]);
    putchar(')');
}

/* Each op once, with the highest version that is used. */
static void print_versions(const inspected *i) {
    printf("%s%-10s%s ", cli_ink(CLI_BOLD), "needs", cli_ink(CLI_PLAIN));
    const tuff_subgraph_info *s = i->in.subgraphs;
    bool first = true;
    for (int32_t g = 0; g < i->in.n_subgraphs; g++)
        for (int32_t n = 0; n < s[g].n_nodes; n++) {
            int32_t version = 0;
            bool seen = false;
            for (int32_t h = 0; h < i->in.n_subgraphs; h++)
                for (int32_t m = 0; m < s[h].n_nodes; m++) {
                    if (strcmp(s[h].nodes[m].op, s[g].nodes[n].op) != 0) continue;
                    if (h < g || (h == g && m < n)) seen = true;
                    if (s[h].nodes[m].version > version) version = s[h].nodes[m].version;
                }
            if (seen) continue;
            printf("%s%s %d", first ? "" : ", ", s[g].nodes[n].op, (int)version);
            first = false;
        }
    if (i->in.runtime[0]) printf("; TensorFlow Lite %s", i->in.runtime);
    putchar('\n');
}

static void print_head(const inspected *i) {
    const tuff_inspection *in = &i->in;
    cli_line(stdout, "model", "%s, %s%s%s%s", cli_input_name(i->path), cli_bytes((int64_t)in->file_bytes), *in->description ? ", \"" : "", in->description,
             *in->description ? "\"" : "");
    cli_line(stdout, "size", "%s parameters, %s of constants, %s multiply-accumulates", cli_group(in->parameters), cli_bytes((int64_t)in->constant_bytes),
             in->refused[0] ? "?" : cli_group(in->macs));
    print_io(i);
    print_recipe(i);
    for (int32_t k = 0; k < in->n_signatures; k++) {
        printf("%s%-10s%s %s", cli_ink(CLI_BOLD), "signature", cli_ink(CLI_PLAIN), in->signatures[k].key);
        print_names(in->signatures[k].inputs, in->signatures[k].n_inputs);
        printf(" -> ");
        print_names(in->signatures[k].outputs, in->signatures[k].n_outputs);
        putchar('\n');
    }
    print_versions(i);
    for (int32_t k = 0; k < in->n_metadata; k++) cli_line(stdout, "metadata", "%s, %s bytes", in->metadata[k].name, cli_group((int64_t)in->metadata[k].bytes));
    for (int32_t k = 0; k < in->n_files; k++) cli_line(stdout, "file", "%s, %s bytes", in->files[k].name, cli_group((int64_t)in->files[k].bytes));
    if (in->refused[0]) cli_line(stdout, "refused", "%s", in->refused);
}

/* ---- text: the tables ---- */
static void heading(const char *text) { printf("\n%s%s%s\n", cli_ink(CLI_BOLD), text, cli_ink(CLI_PLAIN)); }

static void print_indices(const int32_t *list, int32_t count, int width) {
    char text[64] = "";
    size_t at = 0;
    for (int32_t k = 0; k < count && at < sizeof text; k++)
        at += (size_t)snprintf(text + at, sizeof text - at, list[k] < 0 ? "%s-" : "%s%d", k ? "," : "", (int)list[k]);
    if (at >= sizeof text) memcpy(text + sizeof text - 4, "...", 4);
    printf(" %-*s", width, text);
}

static void print_nodes(const tuff_subgraph_info *s) {
    printf("%s%4s  %-24s %2s  %-14s %-8s %-16s %12s  %s%s\n", cli_ink(CLI_BOLD), "op", "", "v", "inputs", "outputs", "shape", "MACs", "options",
           cli_ink(CLI_PLAIN));
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node_info *n = &s->nodes[k];
        const tuff_tensor *out = n->n_outputs && n->outputs[0] >= 0 ? &s->tensors[n->outputs[0]] : NULL;
        printf("%4d  %-24s %2d ", (int)k, n->op, (int)n->version);
        print_indices(n->inputs, n->n_inputs, 14);
        print_indices(n->outputs, n->n_outputs, 8);
        printf(" %-16s %12s  %s\n", out ? cli_shape(out->rank, out->shape, out->signature) : "", n->macs ? cli_group(n->macs) : "-", n->options);
    }
}

static void print_tensors(const tuff_subgraph_info *s) {
    printf("%s%6s  %-6s %-18s %10s  %s%s\n", cli_ink(CLI_BOLD), "tensor", "type", "shape", "bytes", "name and quantization", cli_ink(CLI_PLAIN));
    for (int32_t k = 0; k < s->n_tensors; k++) {
        const tuff_tensor *t = &s->tensors[k];
        char text[256];
        printf("%6d  %-6s %-18s %10s  %s%s\n", (int)k, tuff_type_name(t->type), cli_shape(t->rank, t->shape, t->signature),
               t->data ? cli_group((int64_t)t->bytes) : "-", t->name, t->variable ? " (state)" : "");
        if (formula(t, text, sizeof text)[0]) printf("%46s%s%s%s\n", "", cli_ink(CLI_DIM), text, cli_ink(CLI_PLAIN));
    }
}

/* A row per buffer, a column per step (several steps share one where there are many). */
static void print_plan(const tuff_inspection *in) {
    enum { WIDTH = 48 };
    const int32_t per_column = in->n_steps / WIDTH + 1, columns = (in->n_steps + per_column - 1) / per_column;
    char title[128];
    snprintf(title, sizeof title, "RAM plan: %s bytes of activations over %d steps", cli_group((int64_t)in->arena_bytes), (int)in->n_steps);
    heading(title);
    printf("%10s %10s  %s\n", "offset", "bytes", per_column > 1 ? "steps (several per column)" : "steps");
    for (int32_t k = 0; k < in->n_buffers; k++) {
        const tuff_buffer_info *b = &in->buffers[k];
        char row[WIDTH + 2] = "";
        for (int32_t c = 0; c < columns; c++) row[c] = b->first < (c + 1) * per_column && b->last >= c * per_column ? '#' : '.';
        const int length = (int)strcspn(b->name, ";"); /* converters join the names of all that they fused */
        printf("%10s %10s  %s  %.*s%s\n", cli_group((int64_t)b->offset), cli_group((int64_t)b->bytes), row, length, b->name, b->name[length] ? ";..." : "");
    }
    if (in->state_bytes) printf("%10s %10s  state: kept between inferences\n", "", cli_group((int64_t)in->state_bytes));
    if (in->packed_bytes) printf("%10s %10s  constants laid out for this machine\n", "", cli_group((int64_t)in->packed_bytes));
}

static void print_text(const inspected *i) {
    print_head(i);
    for (int32_t k = 0; k < i->in.n_subgraphs; k++) {
        char title[256];
        snprintf(title, sizeof title, "subgraph %d %s", (int)k, i->in.subgraphs[k].name);
        if (i->in.n_subgraphs > 1) heading(title);
        else putchar('\n');
        print_nodes(&i->in.subgraphs[k]);
        putchar('\n');
        print_tensors(&i->in.subgraphs[k]);
    }
    if (!i->in.refused[0]) print_plan(&i->in);
}

/* ---- JSON ---- */
static void json_indices(cli_json *j, const char *key, const int32_t *list, int32_t count) {
    json_row(j, key);
    for (int32_t k = 0; k < count; k++) json_integer(j, NULL, list[k]);
    json_end_row(j);
}

static void json_tensor(cli_json *j, const tuff_tensor *t) {
    const tuff_quantization *q = &t->quantization;
    json_object(j, NULL);
    json_integer(j, "index", t->index);
    json_text(j, "name", t->name);
    json_text(j, "type", tuff_type_name(t->type));
    json_indices(j, "shape", t->shape, t->rank);
    if (t->signature) json_indices(j, "shape_signature", t->signature, t->rank);
    json_bool(j, "constant", t->data != NULL);
    json_integer(j, "bytes", (int64_t)t->bytes);
    if (t->variable) json_bool(j, "variable", true);
    if (q->count) {
        char text[256];
        json_object(j, "quantization");
        json_text(j, "formula", formula(t, text, sizeof text));
        json_row(j, "scale");
        for (int32_t k = 0; k < q->count; k++) json_float(j, NULL, q->scale[k]);
        json_end_row(j);
        json_row(j, "zero_point");
        for (int32_t k = 0; k < q->count; k++) json_integer(j, NULL, q->zero_point[k]);
        json_end_row(j);
        json_integer(j, "dimension", q->dimension);
        json_end_object(j);
    }
    json_end_object(j);
}

static void json_subgraph(cli_json *j, const tuff_subgraph_info *s) {
    json_object(j, NULL);
    json_text(j, "name", s->name);
    json_indices(j, "inputs", s->inputs, s->n_inputs);
    json_indices(j, "outputs", s->outputs, s->n_outputs);
    json_array(j, "ops");
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node_info *n = &s->nodes[k];
        json_object(j, NULL);
        json_text(j, "op", n->op);
        json_integer(j, "version", n->version);
        json_indices(j, "inputs", n->inputs, n->n_inputs);
        json_indices(j, "outputs", n->outputs, n->n_outputs);
        json_text(j, "options", n->options);
        json_integer(j, "macs", n->macs);
        json_text(j, "kernel", n->kernel);
        json_text(j, "loop", n->loop);
        json_end_object(j);
    }
    json_end_array(j);
    json_array(j, "tensors");
    for (int32_t k = 0; k < s->n_tensors; k++) json_tensor(j, &s->tensors[k]);
    json_end_array(j);
    json_end_object(j);
}

static void json_recipe(cli_json *j, const tuff_recipe *r) {
    if (!r->present) {
        json_text(j, "recipe", NULL);
        return;
    }
    json_object(j, "recipe");
    json_integer(j, "width", r->width);
    json_integer(j, "height", r->height);
    json_integer(j, "channels", r->channels);
    json_row(j, "mean");
    for (int32_t c = 0; c < r->count; c++) json_float(j, NULL, r->mean[c]);
    json_end_row(j);
    json_row(j, "std");
    for (int32_t c = 0; c < r->count; c++) json_float(j, NULL, r->std[c]);
    json_end_row(j);
    json_text(j, "source", r->source);
    json_end_object(j);
}

static void json_plan(cli_json *j, const tuff_inspection *in) {
    json_object(j, "plan");
    json_integer(j, "steps", in->n_steps);
    json_integer(j, "arena_bytes", (int64_t)in->arena_bytes);
    json_integer(j, "state_bytes", (int64_t)in->state_bytes);
    json_integer(j, "packed_bytes", (int64_t)in->packed_bytes);
    json_array(j, "buffers");
    for (int32_t k = 0; k < in->n_buffers; k++) {
        const tuff_buffer_info *b = &in->buffers[k];
        json_object(j, NULL);
        json_text(j, "name", b->name);
        json_integer(j, "offset", (int64_t)b->offset);
        json_integer(j, "bytes", (int64_t)b->bytes);
        json_integer(j, "first_step", b->first);
        json_integer(j, "last_step", b->last);
        json_end_object(j);
    }
    json_end_array(j);
    json_end_object(j);
}

static void json_parts(cli_json *j, const char *key, const tuff_part_info *parts, int32_t count) {
    json_array(j, key);
    for (int32_t k = 0; k < count; k++) {
        json_object(j, NULL);
        json_text(j, "name", parts[k].name);
        json_integer(j, "bytes", (int64_t)parts[k].bytes);
        json_end_object(j);
    }
    json_end_array(j);
}

static void json_names(cli_json *j, const char *key, const char *const *names, int32_t count) {
    json_row(j, key);
    for (int32_t k = 0; k < count; k++) json_text(j, NULL, names[k]);
    json_end_row(j);
}

static void print_json(const inspected *i) {
    const tuff_inspection *in = &i->in;
    const tuff_recipe recipe = tuff_model_recipe(i->model, 0);
    cli_json writer = {.out = stdout}, *j = &writer;
    json_object(j, NULL);
    json_text(j, "model", i->path);
    json_integer(j, "file_bytes", (int64_t)in->file_bytes);
    json_text(j, "description", in->description);
    json_integer(j, "parameters", in->parameters);
    json_integer(j, "macs", in->macs);
    json_integer(j, "constant_bytes", (int64_t)in->constant_bytes);
    json_recipe(j, &recipe);
    json_array(j, "labels");
    for (int32_t k = 0; k < tuff_model_label_count(i->model, 0); k++) json_text(j, NULL, tuff_model_label(i->model, 0, k));
    json_end_array(j);
    json_array(j, "signatures");
    for (int32_t k = 0; k < in->n_signatures; k++) {
        json_object(j, NULL);
        json_text(j, "key", in->signatures[k].key);
        json_names(j, "inputs", in->signatures[k].inputs, in->signatures[k].n_inputs);
        json_names(j, "outputs", in->signatures[k].outputs, in->signatures[k].n_outputs);
        json_end_object(j);
    }
    json_end_array(j);
    json_text(j, "min_runtime_version", in->runtime[0] ? in->runtime : NULL);
    json_parts(j, "metadata", in->metadata, in->n_metadata);
    json_parts(j, "files", in->files, in->n_files);
    json_array(j, "subgraphs");
    for (int32_t k = 0; k < in->n_subgraphs; k++) json_subgraph(j, &in->subgraphs[k]);
    json_end_array(j);
    if (in->refused[0]) json_text(j, "refused", in->refused);
    else json_plan(j, in);
    json_end_object(j);
}

static int run(const void *settings_, int count, char **operands) {
    (void)count;
    const settings *s = settings_;
    inspected i = {.path = operands[0]};
    tuff_error error = {0};
    tuff_inspect_options how = TUFF_INSPECT_OPTIONS;
    how.threads = (int)s->globals.threads;
    how.cpu = s->globals.cpu;
    tuff_status status = cli_model_open(i.path, &i.model, &error);
    if (status == TUFF_OK) status = tuff_inspect(i.model, &how, &i.in, &error);
    if (status == TUFF_OK) {
        (s->json ? print_json : print_text)(&i);
        tuff_inspection_free(&i.in);
    }
    tuff_model_close(i.model);
    return status == TUFF_OK ? CLI_OK : cli_fail(&error);
}

const cli_command cli_command_inspect = {
    .name = "inspect",
    .summary = "ops, tensors, quantization, memory plan, recipe, metadata",
    .operands = "MODEL.tflite",
    .least = 1,
    .most = 1,
    .about = "Shows what a model holds and what running it takes: each op with its version, options and multiply-accumulates, each tensor with its "
             "quantization as a formula, and "
             "the plan of the activations' memory as a picture (rows are buffers, columns are steps). A model that can't run is shown too, with the reason.",
    .example = "tuff inspect mnist_int8.tflite\ntuff inspect mnist_int8.tflite --json\n",
    .options = options,
    .settings_bytes = sizeof(settings),
    .run = run,
};
