/* A custom op of one's own, "Scale": y = factor * x + offset. Usage: scale model.tflite
 * SPDX-License-Identifier: Apache-2.0
 *
 * The record is what a builtin op's is: the options as a struct with a field table (a FlexBuffers map's keys are the fields' names), the combinations of
 * types with their kernels, infer (shapes, and everything that can be wrong with the node) and prepare (the kernel's args, once). An interpreter takes
 * it by name.
 */
#include <stddef.h>
#include <stdio.h>

#include <tuff/op.h>
#include <tuff/tuff.h>

typedef struct scale_attrs {
    float factor;
    int32_t offset;
} scale_attrs;
typedef struct scale_args {
    int64_t count;
    float factor, offset;
} scale_args;

/* x [count], y [count]; the jobs share out the elements */
static int scale_f32(const void *args, void *const *io, int job, int jobs) {
    const scale_args *a = args;
    const float *x = io[0];
    float *y = io[1];
    for (int64_t i = a->count * job / jobs; i < a->count * (job + 1) / jobs; i++) y[i] = a->factor * x[i] + a->offset;
    return 0;
}

static const tuff_field attr_fields[] = {
    TUFF_FIELD(scale_attrs, factor, F32, -1, .standard = 1),
    TUFF_FIELD(scale_attrs, offset, S32, -1),
    TUFF_FIELD_END,
};
static const tuff_field arg_fields[] = {
    TUFF_ARG(scale_args, count, S64),
    TUFF_ARG(scale_args, factor, F32),
    TUFF_ARG(scale_args, offset, F32),
    TUFF_FIELD_END,
};
static const tuff_variant variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(scale_f32, scale_args, arg_fields)},
    {.version = 0},
};

static tuff_status infer(tuff_context *c) {
    TUFF_CHECK(c, ((const scale_attrs *)c->attrs)->factor != 0, "factor is 0");
    return tuff_infer_like(c, 0, 0);
}

static tuff_status prepare(tuff_context *c) {
    const scale_attrs *a = c->attrs;
    int64_t count = 1;
    for (int32_t k = 0; k < c->outputs[0]->rank; k++) count *= c->outputs[0]->shape[k];
    scale_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (scale_args){count, a->factor, (float)a->offset};
    const tuff_io io[] = {tuff_io_input(c, 0), tuff_io_output(c, 0)};
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){.tiles = count, .macs = count, .bytes = 8 * count}, io, 2);
}

static const tuff_op scale = {
    .name = "Scale",
    .code = 32, /* as every custom op */
    .options = {NULL, 0, false, sizeof(scale_attrs), attr_fields},
    .inputs = "x",
    .outputs = "y",
    .variants = variants,
    .infer = infer,
    .prepare = prepare,
    .in_place = TUFF_IN_PLACE_ANY,
};
static const tuff_op *const own_ops[] = {&scale, NULL};

int main(int argc, char **argv) {
    tuff_error error = {0};
    tuff_model *model = NULL;
    tuff_interpreter *it = NULL;
    tuff_interpreter_options options = TUFF_INTERPRETER_OPTIONS;
    options.ops = own_ops;
    const float x[] = {1, 2, 3, 4};
    float y[4];
    if (argc != 2) return 2;
    tuff_status status = tuff_model_open(argv[1], NULL, &model, &error);
    if (!status) status = tuff_interpreter_create(model, &options, &it, &error);
    if (!status) status = tuff_interpreter_set_f32(it, 0, x, 4, &error);
    if (!status) status = tuff_interpreter_invoke(it, &error);
    if (!status) status = tuff_interpreter_get_f32(it, 0, y, 4, &error);
    if (!status) printf("%g %g %g %g\n", (double)y[0], (double)y[1], (double)y[2], (double)y[3]);
    else fprintf(stderr, "%s\n", error.message);
    tuff_interpreter_destroy(it);
    tuff_model_close(model);
    return status != TUFF_OK;
}
