/* Labels: from arrays of numbers, one-hot rows, and names.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kit/data/dataset.h"

/* A label: a whole number 0..2^31-2. */
static bool is_label(double value) { return value >= 0 && value < INT32_MAX && value == floor(value); }

/* The one column that holds 1 where all others hold 0; -1 where there is none such. */
static int32_t one_hot(const tuff_array *a, int64_t row, int64_t classes) {
    int32_t label = -1;
    for (int64_t c = 0; c < classes; c++) {
        const double value = tuff_array_value(a, row * classes + c);
        if (value == 0) continue;
        if (value != 1 || label >= 0) return -1;
        label = (int32_t)c;
    }
    return label;
}

static tuff_status fill(tuff_dataset *d, const char *name, const tuff_array *a, int64_t classes, tuff_error *error) {
    char about[128];
    for (int64_t k = 0; k < (int64_t)d->total; k++) {
        if (classes > 1) {
            d->labels[k] = one_hot(a, k, classes);
            if (d->labels[k] < 0)
                return tuff_fail(error, TUFF_ERR_DATA, "%s: labels %s: row %lld is not one-hot, expected a single 1 and else 0", name,
                                 tuff_array_about(a, about, sizeof about), (long long)k);
        } else {
            const double value = tuff_array_value(a, k);
            if (!is_label(value)) return tuff_fail(error, TUFF_ERR_DATA, "%s: label %lld is %.7g, expected a whole number from 0", name, (long long)k, value);
            d->labels[k] = (int32_t)value;
        }
    }
    return TUFF_OK;
}

tuff_status tuff_data_set_labels(tuff_dataset *d, const char *name, const tuff_array *a, tuff_error *error) {
    char about[128];
    tuff_array_about(a, about, sizeof about);
    const int64_t rows = a->rank ? a->shape[0] : 1;
    if (rows != (int64_t)d->total)
        return tuff_fail(error, TUFF_ERR_DATA, "%s: labels %s for the %zu samples of %s: the counts differ", name, about, d->total, d->name);
    const int64_t classes = rows ? a->count / rows : 1;
    const bool real = a->type == TUFF_F32 || a->type == TUFF_F64 || a->type == TUFF_F16;
    const bool possible = (a->rank == 1 || a->rank == 2) && classes >= 1 && a->type != TUFF_C64 && a->type != TUFF_C128;
    /* what a model puts out is [n,classes] of floats, too: its first row tells */
    const bool labels = possible && !(real && classes > 1 && rows && one_hot(a, 0, classes) < 0);
    if (!labels && !d->options.need_labels) return TUFF_OK;
    if (!labels) return tuff_fail(error, TUFF_ERR_DATA, "%s: %s are no labels, expected whole numbers [n] or one-hot rows [n,classes]", name, about);
    d->labels = TUFF_NEW_ARRAY(d->arena, d->total, int32_t, error);
    if (!d->labels) return TUFF_ERR_MEMORY;
    d->labels_from = "with labels";
    return fill(d, name, a, classes, error);
}

/* ---- names ---- */
static int by_name(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static bool whole_number(const char *text) {
    char *end;
    const double value = strtod(text, &end);
    return end != text && *end == 0 && is_label(value) && strpbrk(text, "xXnNeEpP") == NULL;
}

tuff_status tuff_data_set_named_labels(tuff_dataset *d, const char *const *names, tuff_error *error) {
    d->labels = TUFF_NEW_ARRAY(d->arena, d->total, int32_t, error);
    const char **sorted = TUFF_NEW_ARRAY(d->arena, d->total, const char *, error);
    if (!d->labels || !sorted) return TUFF_ERR_MEMORY;
    bool numbers = true;
    for (size_t k = 0; k < d->total; k++) {
        sorted[k] = names[k];
        numbers = numbers && whole_number(names[k]);
    }
    qsort(sorted, d->total, sizeof *sorted, by_name);
    int32_t classes = 0;
    for (size_t k = 0; k < d->total; k++)
        if (k == 0 || strcmp(sorted[k], sorted[classes - 1]) != 0) sorted[classes++] = sorted[k];
    for (size_t k = 0; k < d->total; k++) {
        if (numbers) {
            d->labels[k] = (int32_t)strtod(names[k], NULL);
            continue;
        }
        const char **at = bsearch(&names[k], sorted, (size_t)classes, sizeof *sorted, by_name);
        d->labels[k] = (int32_t)(at - sorted);
    }
    if (!numbers) {
        d->class_names = sorted;
        d->class_count = classes;
    }
    d->labels_from = tuff_arena_format(d->arena, error, "%d %s", (int)classes, classes == 1 ? "class" : "classes");
    return d->labels_from ? TUFF_OK : TUFF_ERR_MEMORY;
}

/* ---- a model's labels ---- */
static int32_t find_label(const tuff_model *model, int32_t count, const char *name) {
    for (int32_t k = 0; k < count; k++)
        if (strcmp(tuff_model_label(model, 0, k), name) == 0) return k;
    return -1;
}

tuff_status tuff_dataset_match_labels(tuff_dataset *d, const tuff_model *model, tuff_error *error) {
    const int32_t count = tuff_model_label_count(model, 0);
    int32_t found = 0, missing = 0;
    if (count < 1 || d->class_count < 1) return TUFF_OK;
    int32_t *number = TUFF_NEW_ARRAY(d->arena, (size_t)d->class_count, int32_t, error);
    const char **names = TUFF_NEW_ARRAY(d->arena, (size_t)count, const char *, error);
    if (!number || !names) return TUFF_ERR_MEMORY;
    for (int32_t k = 0; k < d->class_count; k++) {
        number[k] = find_label(model, count, d->class_names[k]);
        if (number[k] >= 0) found++;
        else missing = k;
    }
    if (found == 0) return TUFF_OK;
    if (found < d->class_count)
        return tuff_fail(error, TUFF_ERR_DATA, "%s: class %s is not among the model's %d labels (%s ...), where %d of the %d classes are", d->path,
                         d->class_names[missing], (int)count, tuff_model_label(model, 0, 0), (int)found, (int)d->class_count);
    for (int32_t k = 0; k < count; k++) {
        names[k] = tuff_arena_string(d->arena, tuff_model_label(model, 0, k), error);
        if (!names[k]) return TUFF_ERR_MEMORY;
    }
    for (size_t k = 0; k < d->total; k++) d->labels[k] = number[d->labels[k]];
    d->class_names = names;
    d->class_count = count;
    return TUFF_OK;
}
