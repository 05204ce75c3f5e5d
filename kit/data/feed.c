/* Feeding samples to a model: the one place of the rule.
 * SPDX-License-Identifier: Apache-2.0
 *
 *   raw (pictures, u8 arrays)   through the recipe, explicit before the model's own; pictures are resized and recoloured to fit, and it says so.
 *                               No recipe: a u8 input takes the bytes, and it says so; any other is refused.
 *   f32 arrays                  are in the model's range already: checked against the recipe's range, else the input's quantized or calibrated one
 *   of the input's own type     (s8, s16, s32 ...) unchanged
 *   anything else               refused
 *
 * Three mistakes that give wrong answers without an error are warnings. Float data whose range contradicts the model's: beyond it by
 * a tenth of its width (0..255 into 0..1), within -1..1 where the model's is wider than 50 (0..1 into 0..255), or nothing of the lower half of a
 * recipe's range that has negative numbers (0..1 into -1..1). And pictures whose background, the mean of their border pixels, is bright where
 * the data that the model was calibrated on was dark as a whole, or the other way round; the quantizer leaves that mean in the model's metadata entry
 * "tuff_calibration", as "raw_mean" 0..255.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/model.h"
#include "signal/recipe.h"
#include "tuff/data.h"

typedef enum note { NOTE_EXPLICIT, NOTE_BYTES, NOTE_CONVERTED, NOTE_RANGE, NOTE_INVERT, NOTE_BACKGROUND } note;

typedef struct range {
    bool known, recipe; /* recipe: of what raw data gives */
    double low, high;
    const char *source;
} range;

struct tuff_feed {
    const tuff_model *model;
    tuff_recipe recipe; /* the one in force; present is false where there is none */
    bool invert;
    void (*note)(void *context, bool warning, const char *text);
    void *context;
    unsigned said; /* a bit per note */
    range range;
    double calibrated; /* background of the calibration pictures, negative: unknown */
    double background_sum;
    size_t pictures;
};

static bool first_time(tuff_feed *f, note n) {
    const bool first = !(f->said >> n & 1);
    f->said |= 1u << n;
    return first && f->note;
}

/* ---- what the model expects ---- */
static const tuff_tensor *input_of(const tuff_model *m) {
    const tuff_subgraph *s = &m->graph->subgraphs[0];
    return s->n_inputs ? &s->tensors[s->inputs[0]] : NULL;
}

static bool quantized_range(const tuff_tensor *t, const char *source, range *r) {
    const tuff_quantization *q = &t->quantization;
    if ((t->type != TUFF_U8 && t->type != TUFF_S8 && t->type != TUFF_S16) || q->count != 1) return false;
    const double low = t->type == TUFF_U8 ? 0 : t->type == TUFF_S8 ? -128 : -32768, high = t->type == TUFF_U8 ? 255 : t->type == TUFF_S8 ? 127 : 32767;
    const double zero = q->zero_point ? (double)q->zero_point[0] : 0, scale = (double)q->scale[0];
    *r = (range){true, false, (low - zero) * scale, (high - zero) * scale, source};
    return true;
}

/* The input's own quantization, or that of the QUANTIZE that reads it, or the range that the file states. */
static range calibrated_range(const tuff_model *m) {
    enum { QUANTIZE = 114 };
    range r = {0};
    const tuff_subgraph *s = &m->graph->subgraphs[0];
    const tuff_tensor *t = input_of(m);
    if (!t || quantized_range(t, "the input's quantized range", &r)) return r;
    for (int32_t k = 0; k < s->n_nodes; k++) {
        const tuff_node *n = &s->nodes[k];
        if (n->op->code == QUANTIZE && n->n_inputs == 1 && n->n_outputs == 1 && n->inputs[0] == s->inputs[0] &&
            quantized_range(&s->tensors[n->outputs[0]], "the calibrated range", &r))
            return r;
    }
    const tuff_quantization *q = &t->quantization;
    if (q->min_count == 1 && q->max_count == 1 && q->min[0] < q->max[0])
        r = (range){true, false, (double)q->min[0], (double)q->max[0], "the range stated in the file"};
    return r;
}

static range recipe_range(const tuff_recipe *recipe) {
    range r = {true, true, INFINITY, -INFINITY, recipe->source ? recipe->source : "recipe"};
    for (int32_t c = 0; c < recipe->count && c < 4; c++)
        for (int raw = 0; raw <= 255; raw += 255) {
            const double value = (raw - (double)recipe->mean[c]) / (double)recipe->std[c];
            r.low = value < r.low ? value : r.low;
            r.high = value > r.high ? value : r.high;
        }
    r.known = r.low < r.high;
    return r;
}

static double calibrated_mean(const tuff_graph *g) {
    static const char key[] = "\"raw_mean\":";
    for (int32_t k = 0; k < g->n_metadata; k++) {
        if (strcmp(g->metadata[k].name, "tuff_calibration") != 0) continue;
        char text[128] = "";
        const size_t count = g->metadata[k].content.count;
        if (count) memcpy(text, g->metadata[k].content.data, count < sizeof text ? count : sizeof text - 1);
        const char *at = strstr(text, key);
        const double value = at ? strtod(at + sizeof key - 1, NULL) : -1;
        return value >= 0 && value <= 255 ? value : -1;
    }
    return -1;
}

/* ---- making one ---- */
static tuff_status check_recipe(const tuff_recipe *r, tuff_error *error) {
    if (r->count < 1 || r->count > 4) return tuff_fail(error, TUFF_ERR_ARGUMENT, "a recipe has 1 to 4 means, found %d", (int)r->count);
    for (int32_t c = 0; c < r->count; c++)
        if (!isfinite(r->mean[c]) || !isfinite(r->std[c]) || r->std[c] == 0)
            return tuff_fail(error, TUFF_ERR_ARGUMENT, "a recipe's mean and std are finite, and std isn't 0: found mean %g, std %g", (double)r->mean[c],
                             (double)r->std[c]);
    return TUFF_OK;
}

static bool same_recipe(const tuff_recipe *a, const tuff_recipe *b) {
    for (int32_t c = 0; c < 4; c++) {
        const int32_t i = a->count > 1 ? c : 0, k = b->count > 1 ? c : 0;
        if ((i < a->count && k < b->count) && (a->mean[i] != b->mean[k] || a->std[i] != b->std[k])) return false;
    }
    return a->count == b->count || a->count == 1 || b->count == 1;
}

static void take_explicit(tuff_feed *f, const tuff_recipe *given) {
    const tuff_recipe own = f->recipe;
    f->recipe.present = true;
    f->recipe.count = given->count;
    memcpy(f->recipe.mean, given->mean, sizeof given->mean);
    memcpy(f->recipe.std, given->std, sizeof given->std);
    f->recipe.source = given->source ? given->source : "the given range";
    if (!own.present || same_recipe(&own, given) || !first_time(f, NOTE_EXPLICIT)) return;
    const range ours = recipe_range(&own), theirs = recipe_range(given);
    char text[400];
    snprintf(text, sizeof text, "the given input range %g..%g (%s) is used in place of the model's own %g..%g (%s)", theirs.low, theirs.high, f->recipe.source,
             ours.low, ours.high, ours.source);
    f->note(f->context, false, text);
}

tuff_status tuff_feed_create(const tuff_model *model, const tuff_feed_options *options, tuff_feed **feed, tuff_error *error) {
    *feed = NULL;
    if (options && options->size != sizeof *options)
        return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_feed_options: size is %zu, expected %zu", options->size, sizeof *options);
    if (options && options->recipe) TUFF_TRY(check_recipe(options->recipe, error));
    tuff_feed *f = calloc(1, sizeof *f);
    if (!f) return tuff_fail_memory(error, sizeof *f);
    f->model = model;
    f->recipe = tuff_model_recipe(model, 0);
    f->calibrated = calibrated_mean(model->graph);
    if (options) {
        f->invert = options->invert;
        f->note = options->note;
        f->context = options->context;
        if (options->recipe) take_explicit(f, options->recipe);
    }
    /* numbers that are no picture and go into the model as they are (it begins with Normalization) need not lie in 0..255 */
    const bool any_numbers = f->recipe.width == 0 && f->recipe.count == 1 && f->recipe.mean[0] == 0 && f->recipe.std[0] == 1;
    f->range = f->recipe.present && !any_numbers ? recipe_range(&f->recipe) : calibrated_range(model);
    *feed = f;
    return TUFF_OK;
}

void tuff_feed_destroy(tuff_feed *feed) { free(feed); }

/* ---- shapes ---- */
static const char *shape_text(const int32_t *shape, int32_t rank, char text[96]) {
    size_t at = 0;
    for (int32_t i = 0; i < rank && at < 80; i++) at += (size_t)snprintf(text + at, 96 - at, i ? ",%d" : "[%d", (int)shape[i]);
    snprintf(text + at, 96 - at, rank ? "]" : "[]");
    return text;
}

static int64_t elements(const int32_t *shape, int32_t rank) {
    int64_t count = 1;
    for (int32_t i = 0; i < rank; i++) count *= shape[i];
    return count;
}

/* The same dims, those of 1 left out; or the same number of elements where one of both is flat. */
static bool shapes_fit(const int32_t *a, int32_t a_rank, const int32_t *b, int32_t b_rank) {
    if (elements(a, a_rank) != elements(b, b_rank)) return false;
    int32_t i = 0, k = 0, matched = 0, a_dims = 0, b_dims = 0;
    for (int32_t n = 0; n < a_rank; n++) a_dims += a[n] != 1;
    for (int32_t n = 0; n < b_rank; n++) b_dims += b[n] != 1;
    if (a_dims <= 1 || b_dims <= 1) return true;
    for (; i < a_rank && k < b_rank;) {
        if (a[i] == 1) i++;
        else if (b[k] == 1) k++;
        else if (a[i++] == b[k++]) matched++;
        else return false;
    }
    return matched == a_dims && matched == b_dims;
}

static bool sample_fits(const tuff_sample *s, const tuff_tensor *t) { return shapes_fit(s->shape, s->rank, t->shape + 1, t->rank - 1); }

static tuff_status wrong_shape(const tuff_sample *s, const tuff_tensor *t, tuff_error *error) {
    char expected[96], found[96];
    return tuff_fail(error, TUFF_ERR_DATA, "%s: shape %s, expected %s (input %s without the batch)", s->name, shape_text(s->shape, s->rank, found),
                     shape_text(t->shape + 1, t->rank - 1, expected), t->name);
}

/* ---- raw data ---- */
static double background(const tuff_image *image, bool invert) {
    double sum = 0;
    int64_t n = 0;
    for (int64_t y = 0; y < image->height; y++)
        for (int64_t x = 0; x < image->width; x += y == 0 || y == image->height - 1 || image->width == 1 ? 1 : image->width - 1, n++) {
            uint8_t pixel[TUFF_IMAGE_CHANNELS];
            memcpy(pixel, image->pixels + (y * image->width + x) * image->channels, (size_t)image->channels);
            if (image->channels == 3 || image->channels == 4) tuff_image_recolour(pixel, image->channels, 1);
            sum += invert ? 255 - pixel[0] : pixel[0];
        }
    return sum / (double)n;
}

static void check_background(tuff_feed *f, const tuff_sample *s, const tuff_image *image) {
    const bool was_dark = f->calibrated >= 0 && f->calibrated<64, was_bright = f->calibrated> 191;
    if (!was_dark && !was_bright) return;
    const double mean = background(image, f->invert);
    if ((was_dark ? mean <= 127 : mean >= 128) || !first_time(f, NOTE_BACKGROUND)) return;
    char text[512];
    snprintf(text, sizeof text, "%.200s: the background is %s (mean %.0f of 0..255), the data that the model was calibrated on is %s (mean %.0f): %s", s->name,
             was_dark ? "bright" : "dark", mean, was_dark ? "dark" : "bright", f->calibrated,
             f->invert ? "is --invert right here?" : "--invert turns it round");
    f->note(f->context, true, text);
}

static void note_conversion(tuff_feed *f, const tuff_sample *s, const tuff_recipe_target *t) {
    char text[512];
    const bool size = s->shape[0] != t->height || s->shape[1] != t->width, colour = s->shape[2] != t->channels;
    if ((!size && !colour) || !first_time(f, NOTE_CONVERTED)) return;
    snprintf(text, sizeof text, "%.200s: picture %dx%dx%d converted to the model's %dx%dx%d (%s%s%s)", s->name, (int)s->shape[0], (int)s->shape[1],
             (int)s->shape[2], (int)t->height, (int)t->width, (int)t->channels, size ? "resized" : "", size && colour ? ", " : "",
             !colour            ? ""
             : t->channels == 1 ? "made gray"
             : s->shape[2] == 1 ? "gray repeated as colour"
                                : "colours converted");
    f->note(f->context, false, text);
}

static tuff_status check_raw(tuff_feed *f, const tuff_sample *s, const tuff_tensor *t, tuff_error *error) {
    if (f->recipe.present) return TUFF_OK;
    if (t->type != TUFF_U8)
        return tuff_fail(error, TUFF_ERR_DATA,
                         "%s: raw data 0..255, and the model has no recipe that tells the range of its %s input: give it with --input-range (\"tuff doctor\" "
                         "helps to find it)",
                         s->name, tuff_type_name(t->type));
    if (first_time(f, NOTE_BYTES)) f->note(f->context, false, "the model has no recipe: its u8 input takes the bytes 0..255 as they are");
    return TUFF_OK;
}

static tuff_status put_raw(tuff_feed *f, const tuff_sample *s, const tuff_tensor *t, void *out, tuff_error *error) {
    const tuff_recipe *recipe = f->recipe.present ? &f->recipe : NULL;
    tuff_recipe_target target;
    TUFF_TRY(tuff_recipe_target_of(recipe, t, &target, error));
    TUFF_TRY(check_raw(f, s, t, error));
    tuff_image image = {s->data, target.width, target.height, target.channels};
    const bool flat = target.width == 1 && target.channels == 1; /* sizes unknown: nothing to resize to */
    if (s->picture) {
        check_background(f, s, &(tuff_image){s->data, s->shape[1], s->shape[0], s->shape[2]});
        if (!flat || target.height == 1) {
            image = (tuff_image){s->data, s->shape[1], s->shape[0], s->shape[2]};
            note_conversion(f, s, &target);
        } else if (!sample_fits(s, t)) {
            return wrong_shape(s, t, error);
        }
    } else if (!sample_fits(s, t)) {
        return wrong_shape(s, t, error);
    } else if (!recipe || recipe->count == 1) { /* any number of channels */
        image = (tuff_image){s->data, (int32_t)target.count, 1, 1};
        target.width = image.width;
        target.height = target.channels = 1;
    }
    const tuff_status status = tuff_recipe_apply(recipe, &image, f->invert, &target, out, error);
    if (status != TUFF_OK) tuff_error_prefix(error, "%s", s->name);
    return status;
}

/* ---- floats ---- */
static void check_range(tuff_feed *f, const tuff_sample *s, double low, double high) {
    const range *r = &f->range;
    if (!r->known || low == high) return;
    const double width = r->high - r->low, slack = width / 10;
    const bool beyond = low < r->low - slack || high > r->high + slack;
    const bool small = low >= -1 && high <= 1 && width > 50;
    const bool half = r->recipe && r->low < 0 && low >= 0 && r->high > 0 && low > r->low + 0.45 * width;
    if ((!beyond && !small && !half) || !first_time(f, NOTE_RANGE)) return;
    char text[512];
    snprintf(text, sizeof text,
             "%.200s: floats %.4g..%.4g, but the model expects %.4g..%.4g (%s%s); floats go in unscaled: scale them, or give raw data as uint8", s->name, low,
             high, r->low, r->high, r->recipe ? "recipe: " : "", r->source);
    f->note(f->context, true, text);
}

static tuff_status put_floats(tuff_feed *f, const tuff_sample *s, const tuff_tensor *t, void *out, tuff_error *error) {
    tuff_recipe_target target;
    TUFF_TRY(tuff_recipe_target_of(NULL, t, &target, error));
    const float *values = s->data;
    const int64_t count = elements(s->shape, s->rank);
    double low = INFINITY, high = -INFINITY;
    for (int64_t k = 0; k < count; k++) {
        const double value = (double)values[k];
        if (!isfinite(values[k]))
            return tuff_fail(error, TUFF_ERR_DATA, "%s: element %lld is %s, expected a finite number", s->name, (long long)k,
                             isnan(values[k]) ? "NaN" : "infinite");
        low = value < low ? value : low;
        high = value > high ? value : high;
    }
    check_range(f, s, low, high);
    if (f->invert && first_time(f, NOTE_INVERT)) f->note(f->context, true, "--invert is for raw data: float samples go in as they are");
    for (int64_t k = 0; k < count; k++) tuff_recipe_store(&target, out, k, values[k]);
    return TUFF_OK;
}

/* ---- any sample ---- */
tuff_status tuff_feed_put(tuff_feed *f, tuff_interpreter *it, const tuff_sample *s, tuff_error *error) {
    const int32_t inputs = tuff_interpreter_input_count(it);
    if (inputs != 1) return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "the model has %d inputs: data files can feed models of one", (int)inputs);
    const tuff_tensor *t = tuff_interpreter_input(it, 0);
    void *out = tuff_interpreter_input_data(it, 0);
    if (!out || t->rank < 1 || t->shape[0] < 1) {
        char shape[96];
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "input %s of shape %s cannot hold a sample", t->name, shape_text(t->shape, t->rank, shape));
    }
    if (s->type == TUFF_U8) return put_raw(f, s, t, out, error);
    if (!sample_fits(s, t)) return wrong_shape(s, t, error);
    if (s->type == TUFF_F32) return put_floats(f, s, t, out, error);
    if (s->type != t->type)
        return tuff_fail(error, TUFF_ERR_DATA, "%s: elements of type %s, expected u8 (raw 0..255), f32 (in the model's range)%s%s", s->name,
                         tuff_type_name(s->type), t->type == TUFF_F32 || t->type == TUFF_U8 ? "" : " or the input's own ",
                         t->type == TUFF_F32 || t->type == TUFF_U8 ? "" : tuff_type_name(t->type));
    memcpy(out, s->data, s->bytes);
    return TUFF_OK;
}
