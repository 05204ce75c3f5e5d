/* Keras' weights in HDF5, through libhdf5.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two dialects:
 * - a .keras file's model.weights.h5: array k of a layer is <group>/vars/<k>, the group made from class names (keras_config.c). Keras 3
 *   writes the layer's name as attribute `name` of `vars`: where that differs from the layer's, the group beside it with the right name counts.
 * - an .h5 file: model_weights/<layer of the outermost model> has the attribute weight_names, the order of its arrays and their paths
 *   ("dense/kernel:0", "sequential/dense_1/kernel"). A nested model's arrays lie flat in one such group, so there a name must say which
 *   layer it belongs to.
 * Found arrays must have the shape that the layer's config asks for, so that a wrong guess cannot pass unseen.
 *
 * A file is untrusted: nothing is read whose claimed size the file cannot hold, string attributes and shapes are bounded, and only plain
 * links are followed (external ones lead out of the file).
 */
#include "kit/import/keras_weights.h"

#include <hdf5.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/half.h"

enum { PATH_LIMIT = 1024, NAMES_LIMIT = 100000, ATTRIBUTE_LIMIT = 1 << 28, EXPANSION_LIMIT = 1024 };

struct tuff_keras_weights {
    hid_t file;
    bool whole;         /* an .h5 that holds config and weights */
    H5E_auto2_t report; /* the process' error printer, put back at the close */
    void *report_data;
};

typedef struct names {
    char **list;
    size_t count;
} names;

static void free_names(names *n) {
    for (size_t i = 0; i < n->count; i++) tuff_release(NULL, n->list[i]);
    tuff_release(NULL, n->list);
    *n = (names){0};
}

static bool exists(hid_t at, const char *path) {
    /* H5Lexists wants each step of a path to exist */
    char part[PATH_LIMIT];
    const size_t count = strlen(path);
    if (count >= sizeof part) return false;
    for (size_t i = 1; i <= count; i++) {
        if (path[i] != '/' && path[i] != 0) continue;
        H5L_info_t info;
        memcpy(part, path, i);
        part[i] = 0;
        if (H5Lexists(at, part, H5P_DEFAULT) <= 0 || H5Lget_info(at, part, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_HARD) return false;
    }
    return count > 0;
}

tuff_status tuff_keras_weights_open(const void *bytes, size_t count, tuff_keras_weights **out, tuff_error *error) {
    /* libhdf5 takes files of one name for one file, also where a damaged one has stayed open inside it */
    static atomic_uint opened;
    char name[32];
    snprintf(name, sizeof name, "weights %u", atomic_fetch_add(&opened, 1));
    tuff_keras_weights *w = tuff_allocate(NULL, sizeof *w);
    *out = NULL;
    if (!w) return tuff_fail_memory(error, sizeof *w);
    (void)H5dont_atexit(); /* its exit handler would complain on stderr about what damaged files left open */
    H5Eget_auto2(H5E_DEFAULT, &w->report, &w->report_data);
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    const hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    w->file = -1;
    /* the file's bytes behind libhdf5's in-memory driver; it takes a copy and never writes */
    if (access >= 0 && H5Pset_fclose_degree(access, H5F_CLOSE_STRONG) >= 0 && H5Pset_fapl_core(access, 1 << 16, 0) >= 0 &&
        H5Pset_file_image(access, (void *)(uintptr_t)bytes, count) >= 0)
        w->file = H5Fopen(name, H5F_ACC_RDONLY, access);
    if (access >= 0) H5Pclose(access);
    *out = w;
    if (w->file < 0) {
        tuff_keras_weights_close(w);
        *out = NULL;
        return tuff_fail(error, TUFF_ERR_FORMAT, "damaged or truncated HDF5 data (%zu bytes)", count);
    }
    w->whole = exists(w->file, "model_weights");
    return TUFF_OK;
}

void tuff_keras_weights_close(tuff_keras_weights *w) {
    if (!w) return;
    if (w->file >= 0) H5Fclose(w->file);
    H5garbage_collect(); /* libhdf5 keeps what it freed for the next file */
    H5Eset_auto2(H5E_DEFAULT, w->report, w->report_data);
    tuff_release(NULL, w);
}

/* ---- attributes ---- */

static char *copy_text(const char *text, size_t limit) {
    const size_t count = text ? strnlen(text, limit) : 0;
    char *copy = tuff_allocate(NULL, count + 1);
    if (!copy) return NULL;
    if (count) memcpy(copy, text, count);
    copy[count] = 0;
    return copy;
}

/* All strings of an open attribute, appended. Fixed or variable length, scalar or list. */
static bool read_strings(hid_t attribute, names *out) {
    const hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    const hssize_t count = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    const bool text = type >= 0 && H5Tget_class(type) == H5T_STRING, variable = text && H5Tis_variable_str(type) > 0;
    const size_t each = variable ? sizeof(char *) : text ? H5Tget_size(type) : 0;
    bool good = count == 0; /* an empty list comes as floats */
    if (count > 0 && text && each > 0 && count <= NAMES_LIMIT && (size_t)count * each <= ATTRIBUTE_LIMIT) {
        char *data = tuff_allocate(NULL, (size_t)count * each), **list = tuff_allocate(NULL, (out->count + (size_t)count) * sizeof(char *));
        const hid_t memory = variable ? H5Tcopy(type) : type;
        good = data && list && H5Aread(attribute, memory, data) >= 0;
        if (good) {
            if (out->count) memcpy(list, out->list, out->count * sizeof *list);
            tuff_release(NULL, out->list);
            out->list = list, list = NULL;
            for (hssize_t i = 0; i < count; i++) {
                const char *at = data + (size_t)i * each;
                if (variable) memcpy(&at, data + (size_t)i * each, sizeof at);
                out->list[out->count] = copy_text(at, variable ? ATTRIBUTE_LIMIT : each);
                good = good && out->list[out->count++];
            }
            if (variable) H5Dvlen_reclaim(memory, space, H5P_DEFAULT, data);
        }
        if (variable) H5Tclose(memory);
        tuff_release(NULL, data);
        tuff_release(NULL, list);
    }
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return good;
}

/* Attribute `name` of the object at `path`, or its pieces name0, name1 ... (an HDF5 attribute holds 64 KB). false: not there, or unreadable */
static bool read_attribute(hid_t file, const char *path, const char *name, names *out) {
    bool found = false;
    for (int piece = -1; piece < NAMES_LIMIT; piece++) {
        char key[64];
        snprintf(key, sizeof key, piece < 0 ? "%s" : "%s%d", name, piece);
        if (H5Aexists_by_name(file, path, key, H5P_DEFAULT) <= 0) {
            if (piece < 0) continue;
            break;
        }
        const hid_t attribute = H5Aopen_by_name(file, path, key, H5P_DEFAULT, H5P_DEFAULT);
        const bool good = attribute >= 0 && read_strings(attribute, out);
        if (attribute >= 0) H5Aclose(attribute);
        if (!good) return false;
        found = true;
        if (piece < 0) break;
    }
    return found;
}

tuff_status tuff_keras_weights_config(tuff_keras_weights *w, char **text, char version[16], tuff_error *error) {
    names config = {0}, writer = {0};
    *text = NULL;
    version[0] = 0;
    if (read_attribute(w->file, "/", "model_config", &config) && config.count == 1) {
        *text = config.list[0];
        config.count = 0;
    }
    if (read_attribute(w->file, "/", "keras_version", &writer) && writer.count) snprintf(version, 16, "%s", writer.list[0]);
    const bool weights_only = exists(w->file, "model_weights") || H5Aexists(w->file, "layer_names") > 0 || exists(w->file, "layers") ||
                              exists(w->file, "_layer_checkpoint_dependencies");
    free_names(&config);
    free_names(&writer);
    if (*text && w->whole) return TUFF_OK;
    tuff_release(NULL, *text);
    *text = NULL;
    return weights_only ? tuff_fail(error, TUFF_ERR_UNSUPPORTED,
                                    "an HDF5 file of weights without the model's config: save the whole model instead (model.save(\"model.keras\"))")
                        : tuff_fail(error, TUFF_ERR_FORMAT, "an HDF5 file, but no Keras model: it has no attribute model_config and no group model_weights");
}

/* ---- finding a layer's array ---- */

/* Does the `vars` group under `group` carry this layer's name? 1 yes, 0 another, -1 it doesn't say */
static int named(hid_t file, const char *group, const char *layer) {
    char path[PATH_LIMIT];
    names found = {0};
    if (snprintf(path, sizeof path, "%s/vars", group) >= (int)sizeof path || !exists(file, path)) return -1;
    const int says = read_attribute(file, path, "name", &found) && found.count == 1 ? strcmp(found.list[0], layer) == 0 : -1;
    free_names(&found);
    return says;
}

typedef struct search {
    const char *above, *layer;
    char *path;
} search;

static herr_t visit(hid_t at, const char *name, const H5L_info_t *info, void *context) {
    search *s = context;
    if (info->type != H5L_TYPE_HARD || snprintf(s->path, PATH_LIMIT, "%s/%s", s->above, name) >= PATH_LIMIT) return 0;
    char inside[PATH_LIMIT];
    snprintf(inside, sizeof inside, "%s", name);
    return named(at, inside, s->layer) == 1;
}

/* The group that holds the layer's arrays in a .keras file, in `path`. */
static void find_group(hid_t file, const tuff_keras_layer *layer, char *path) {
    char above[PATH_LIMIT], found[PATH_LIMIT];
    snprintf(path, PATH_LIMIT, "%s", layer->group);
    if (named(file, path, layer->name) != 0) return;
    snprintf(above, sizeof above, "%s", layer->group);
    char *slash = strrchr(above, '/');
    if (!slash) return;
    *slash = 0;
    const hid_t group = H5Gopen2(file, above, H5P_DEFAULT);
    if (group < 0) return;
    search s = {above, layer->name, found};
    if (H5Literate(group, H5_INDEX_NAME, H5_ITER_NATIVE, NULL, visit, &s) == 1) memcpy(path, found, PATH_LIMIT);
    H5Gclose(group);
}

/* The last part of a weight's path without ":0", and whether the part before it is `layer`. */
static void split_name(const char *path, const char *layer, char leaf[PATH_LIMIT], bool *of_layer) {
    const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
    const size_t count = strlen(layer);
    snprintf(leaf, PATH_LIMIT, "%s", last);
    char *colon = strrchr(leaf, ':');
    if (colon) *colon = 0;
    const size_t before = slash ? (size_t)(slash - path) : 0;
    *of_layer = before >= count && strncmp(slash - count, layer, count) == 0 && (before == count || slash[-1 - (ptrdiff_t)count] == '/');
}

/* The path of array `k` of `count` in an .h5 file: by its name, else by its place among the layer's. */
static tuff_status find_legacy(hid_t file, const tuff_keras_layer *layer, const char *name, int32_t k, int32_t count, char *path, tuff_error *error) {
    char group[PATH_LIMIT], leaf[PATH_LIMIT];
    names list = {0};
    int32_t seen = 0;
    const char *by_name = NULL, *by_place = NULL;
    snprintf(group, sizeof group, "model_weights/%s", layer->top);
    if (exists(file, group)) (void)read_attribute(file, group, "weight_names", &list);
    for (size_t i = 0; i < list.count; i++) {
        bool of_layer = false;
        split_name(list.list[i], layer->name, leaf, &of_layer);
        if (layer->depth > 1 && !of_layer) continue;
        if (strcmp(leaf, name) == 0 && !by_name) by_name = list.list[i];
        if (seen++ == k) by_place = list.list[i];
    }
    const char *found = seen != count ? NULL : by_name ? by_name : by_place;
    const bool fits = found && snprintf(path, PATH_LIMIT, "%s/%s", group, found) < PATH_LIMIT;
    free_names(&list);
    if (fits) return TUFF_OK;
    return tuff_fail(error, TUFF_ERR_MODEL, "layer '%s' (%s): expected %d arrays of weights in the file, found %d", layer->path, layer->class_name, (int)count,
                     (int)seen);
}

/* ---- reading one ---- */

/* Checks the shape (filling in sizes of -1) and that the file can hold what it claims. */
static tuff_status check_shape(hid_t set, const char *what, int32_t rank, int32_t *shape, size_t *elements, tuff_error *error) {
    hsize_t dims[H5S_MAX_RANK] = {0};
    const hid_t space = H5Dget_space(set), type = H5Dget_type(set), creation = H5Dget_create_plist(set);
    const int found = space >= 0 ? H5Sget_simple_extent_dims(space, dims, NULL) : -1;
    const hsize_t each = type >= 0 ? H5Tget_size(type) : 0, stored = H5Dget_storage_size(set);
    const bool packed = creation >= 0 && H5Pget_layout(creation) == H5D_CHUNKED;
    if (space >= 0) H5Sclose(space);
    if (type >= 0) H5Tclose(type);
    if (creation >= 0) H5Pclose(creation);
    char expected[128] = "", got[512] = "";
    bool same = found == rank;
    size_t count = 1;
    for (int32_t i = 0; i < rank; i++) {
        snprintf(expected + strlen(expected), sizeof expected - strlen(expected), shape[i] < 0 ? "%s?" : "%s%d", i ? "," : "", (int)shape[i]);
        if (same && (dims[i] > INT32_MAX || (shape[i] >= 0 && dims[i] != (hsize_t)shape[i]))) same = false;
    }
    for (int i = 0; i < found && i < 8; i++) snprintf(got + strlen(got), sizeof got - strlen(got), "%s%llu", i ? "," : "", (unsigned long long)dims[i]);
    if (!same) return tuff_fail(error, TUFF_ERR_MODEL, "%s: expected shape [%s], found [%s]", what, expected, got);
    for (int32_t i = 0; i < rank; i++) {
        shape[i] = (int32_t)dims[i];
        if (dims[i] && count > ((size_t)1 << 31) / (size_t)dims[i]) return tuff_fail(error, TUFF_ERR_LIMIT, "%s: shape [%s] is too large", what, got);
        count *= (size_t)dims[i];
    }
    if (each == 0 || (hsize_t)count * each / (packed ? EXPANSION_LIMIT : 1) > stored)
        return tuff_fail(error, TUFF_ERR_FORMAT, "%s: shape [%s] needs %llu bytes, the file holds %llu", what, got, (unsigned long long)count * each,
                         (unsigned long long)stored);
    *elements = count;
    return TUFF_OK;
}

/* bfloat16 has no HDF5 type: Keras stores two raw bytes and says so in the attribute dtype. */
static bool is_bfloat16(hid_t file, const char *path) {
    names dtype = {0};
    const bool is = H5Aexists_by_name(file, path, "dtype", H5P_DEFAULT) > 0 && read_attribute(file, path, "dtype", &dtype) && dtype.count == 1 &&
                    strcmp(dtype.list[0], "bfloat16") == 0;
    free_names(&dtype);
    return is;
}

static bool read_floats(hid_t set, bool bfloat16, size_t count, float *values) {
    if (!bfloat16) return H5Dread(set, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0;
    const hid_t type = H5Dget_type(set);
    uint16_t *halves = tuff_allocate(NULL, count * sizeof *halves);
    const bool good = halves && type >= 0 && H5Tget_size(type) == 2 && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, halves) >= 0;
    for (size_t i = 0; good && i < count; i++) values[i] = tuff_bf16_to_f32(halves[i]);
    if (type >= 0) H5Tclose(type);
    tuff_release(NULL, halves);
    return good;
}

static tuff_status read_array(hid_t file, const char *path, const char *what, int32_t rank, int32_t *shape, float **values, tuff_error *error) {
    size_t count = 0;
    const hid_t set = exists(file, path) ? H5Dopen2(file, path, H5P_DEFAULT) : -1;
    if (set < 0) return tuff_fail(error, TUFF_ERR_MODEL, "%s: the file has no such weights (%s)", what, path);
    tuff_status status = check_shape(set, what, rank, shape, &count, error);
    if (status == TUFF_OK && !(*values = tuff_allocate(NULL, count ? count * sizeof **values : 1))) status = tuff_fail_memory(error, count * sizeof **values);
    if (status == TUFF_OK && !read_floats(set, is_bfloat16(file, path), count, *values)) {
        tuff_release(NULL, *values);
        *values = NULL;
        status = tuff_fail(error, TUFF_ERR_FORMAT, "%s: cannot be read as numbers (%s)", what, path);
    }
    H5Dclose(set);
    return status;
}

tuff_status tuff_keras_weights_read(tuff_keras_weights *w, const tuff_keras_layer *layer, const char *name, int32_t k, int32_t count, int32_t rank,
                                    int32_t *shape, float **values, tuff_error *error) {
    char path[PATH_LIMIT], what[256];
    *values = NULL;
    snprintf(what, sizeof what, "layer '%.100s' (%.60s): weights '%.40s'", layer->path, layer->class_name, name);
    if (w->whole) {
        TUFF_TRY(find_legacy(w->file, layer, name, k, count, path, error));
    } else {
        char group[PATH_LIMIT];
        find_group(w->file, layer, group);
        if (snprintf(path, sizeof path, "%s/vars/%d", group, (int)k) >= (int)sizeof path)
            return tuff_fail(error, TUFF_ERR_LIMIT, "%s: its path is too long", what);
    }
    return read_array(w->file, path, what, rank, shape, values, error);
}
