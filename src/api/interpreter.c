/* The interpreter: a plan, its activations and its state.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "api/model.h"
#include "base/check.h"
#include "base/cpu.h"
#include "ops/ops.h"

enum { MOST_THREADS = 64 };

/* What a resize replaces as a whole, once the new one stands. */
typedef struct instance {
    tuff_plan *plan;
    tuff_arena *memory; /* addresses, info */
    void *activations;  /* as allocated; the run holds the aligned address */
    tuff_run run;
} instance;

struct tuff_interpreter {
    const tuff_model *model;
    tuff_allocator allocator;
    tuff_interpreter_options options;
    tuff_target target;
    tuff_pool *pool;
    tuff_state *state; /* outlives the instances */
    instance now;
};

static void free_instance(const tuff_interpreter *it, instance *x) {
    tuff_run_end(&x->run);
    tuff_plan_destroy(x->plan);
    tuff_arena_destroy(x->memory);
    tuff_release(&it->allocator, x->activations);
    *x = (instance){0};
}

/* Aligned memory inside an allocation; *raw is what to release. */
static uint8_t *allocate_aligned(const tuff_interpreter *it, size_t bytes, void **raw, tuff_error *error) {
    size_t total;
    *raw = tuff_add_size(bytes, 64, &total) ? tuff_allocate(&it->allocator, total) : NULL;
    if (!*raw) {
        tuff_fail_memory(error, bytes);
        return NULL;
    }
    return (uint8_t *)*raw + (-(uintptr_t)*raw & 63);
}

static tuff_status place_activations(const tuff_interpreter *it, instance *x, uint8_t **arena, tuff_error *error) {
    const size_t need = x->plan->arena_bytes;
    if (!it->options.arena) {
        *arena = allocate_aligned(it, need, &x->activations, error);
        if (*arena) memset(*arena, 0, need); /* defined results whatever inputs are left unset */
        return *arena ? TUFF_OK : TUFF_ERR_MEMORY;
    }
    if (it->options.arena_bytes < need) {
        if (error && error->status == TUFF_OK) error->bytes_needed = need;
        return tuff_fail(error, TUFF_ERR_BUFFER, "the arena has %zu bytes, the activations need %zu", it->options.arena_bytes, need);
    }
    *arena = it->options.arena;
    return TUFF_OK;
}

static tuff_status fill_instance(const tuff_interpreter *it, const int32_t *ranks, const int32_t *const *dims, instance *x, tuff_error *error) {
    const tuff_plan_options o = {.target = it->target,
                                 .no_in_place = it->options.no_in_place,
                                 .keep_all = it->options.keep_all,
                                 .ops = it->options.ops,
                                 .state = it->state,
                                 .input_ranks = ranks,
                                 .input_dims = dims};
    TUFF_TRY(tuff_plan_create(it->model->graph, &o, it->model->packed, &it->allocator, &x->plan, error));
    x->memory = tuff_arena_create(&it->allocator, error);
    uint8_t *arena = NULL;
    if (!x->memory) return TUFF_ERR_MEMORY;
    TUFF_TRY(place_activations(it, x, &arena, error));
    x->run.pool = it->pool; /* before the runs of subgraphs take it over */
    return tuff_run_init(&x->run, x->plan, x->memory, arena, error);
}

/* Puts the model's file in front of a message. */
static tuff_status named(const tuff_model *model, tuff_status status, tuff_error *error) {
    if (status != TUFF_OK && model->path) tuff_error_prefix(error, "%s", model->path);
    return status;
}

static tuff_status check_options(const tuff_interpreter_options *o, tuff_target *target, tuff_error *error) {
    if (o->size != sizeof *o) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_interpreter_options: size is %zu, expected %zu", o->size, sizeof *o);
    if (o->threads < 0 || o->threads > MOST_THREADS) return tuff_fail(error, TUFF_ERR_ARGUMENT, "threads is %d, expected 0 to %d", o->threads, MOST_THREADS);
    if (o->arena && ((uintptr_t)o->arena & 63)) return tuff_fail(error, TUFF_ERR_ARGUMENT, "the arena must be aligned to 64 bytes");
    const tuff_cpu_level best = tuff_cpu_detect();
    tuff_cpu_level level = best;
    if (o->cpu && !tuff_cpu_parse(o->cpu, &level)) return tuff_fail(error, TUFF_ERR_ARGUMENT, "'%s' is no cpu level; there are %s", o->cpu, tuff_cpu_levels());
    if (level > best)
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "this machine hasn't the cpu level '%s', it has %s", tuff_cpu_name(level), tuff_cpu_levels());
    *target = (tuff_target){.level = (int)level, .threads = o->threads > 1 ? o->threads : 1};
    return TUFF_OK;
}

tuff_status tuff_interpreter_create(const tuff_model *model, const tuff_interpreter_options *options, tuff_interpreter **out, tuff_error *error) {
    static const tuff_interpreter_options standard = TUFF_INTERPRETER_OPTIONS;
    if (!model || !out) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_interpreter_create: model and interpreter must not be NULL");
    *out = NULL;
    if (!options) options = &standard;
    tuff_target target;
    TUFF_TRY(check_options(options, &target, error));
    const tuff_memory *memory = options->memory ? options->memory : &model->allocator;
    tuff_interpreter *it = tuff_allocate(memory, sizeof *it);
    if (!it) return tuff_fail_memory(error, sizeof *it);
    *it = (tuff_interpreter){.model = model, .allocator = *memory, .options = *options, .target = target};
    it->state = tuff_state_create(&it->allocator, error);
    tuff_status status = it->state ? tuff_pool_create(target.threads, &it->allocator, &it->pool, error) : TUFF_ERR_MEMORY;
    if (status == TUFF_OK) status = named(model, fill_instance(it, NULL, NULL, &it->now, error), error);
    if (status != TUFF_OK) {
        tuff_interpreter_destroy(it);
        return status;
    }
    *out = it;
    return TUFF_OK;
}

void tuff_interpreter_destroy(tuff_interpreter *it) {
    if (!it) return;
    free_instance(it, &it->now);
    tuff_state_destroy(it->state);
    if (it->pool) tuff_pool_destroy(it->pool);
    const tuff_allocator a = it->allocator;
    tuff_release(&a, it);
}

const tuff_model *tuff_interpreter_model(const tuff_interpreter *it) { return it->model; }
const tuff_plan *tuff_interpreter_plan(const tuff_interpreter *it) { return it->now.plan; }

/* ---- inputs and outputs ---- */
static const tuff_subgraph *main_graph(const tuff_interpreter *it) { return it->now.plan->subgraph; }
int32_t tuff_interpreter_input_count(const tuff_interpreter *it) { return main_graph(it)->n_inputs; }
int32_t tuff_interpreter_output_count(const tuff_interpreter *it) { return main_graph(it)->n_outputs; }

/* A tensor of the main graph as it is now (after an invocation with sizes that depend on values: as that found it). */
static const tuff_tensor *tensor_now(const tuff_interpreter *it, int32_t tensor) {
    const tuff_tensor *t;
    tuff_run_value(&it->now.run, tensor, &t);
    return t;
}

const tuff_tensor *tuff_interpreter_input(const tuff_interpreter *it, int32_t k) {
    return k >= 0 && k < main_graph(it)->n_inputs ? &it->now.plan->tensors[main_graph(it)->inputs[k]] : NULL;
}
const tuff_tensor *tuff_interpreter_output(const tuff_interpreter *it, int32_t k) {
    return k >= 0 && k < main_graph(it)->n_outputs ? tensor_now(it, main_graph(it)->outputs[k]) : NULL;
}
size_t tuff_interpreter_input_bytes(const tuff_interpreter *it, int32_t k) {
    const tuff_tensor *t = tuff_interpreter_input(it, k);
    if (t && t->type == TUFF_STRING) return it->now.run.strings[k].count;
    return t ? tuff_tensor_bytes(t) : 0;
}
size_t tuff_interpreter_output_bytes(const tuff_interpreter *it, int32_t k) {
    const tuff_tensor *t = tuff_interpreter_output(it, k);
    if (t && t->type == TUFF_STRING) return t->bytes;
    return t ? tuff_tensor_bytes(t) : 0;
}

static int32_t buffer_of(const tuff_interpreter *it, const tuff_tensor *t) { return t ? it->now.plan->tensor_buffer[t->index] : -1; }

void *tuff_interpreter_input_data(tuff_interpreter *it, int32_t k) {
    const tuff_tensor *t = tuff_interpreter_input(it, k);
    return t ? tuff_run_value(&it->now.run, t->index, NULL) : NULL;
}
const void *tuff_interpreter_output_data(const tuff_interpreter *it, int32_t k) {
    const tuff_tensor *t = tuff_interpreter_output(it, k);
    return t ? tuff_run_value(&it->now.run, t->index, NULL) : NULL;
}

static tuff_status check_access(const tuff_tensor *t, const char *what, int32_t k, int32_t count, size_t has, size_t bytes, tuff_error *error) {
    if (!t) return tuff_fail(error, TUFF_ERR_ARGUMENT, "there is no %s %d; the model has %d", what, k, count);
    if (bytes != has) return tuff_fail(error, TUFF_ERR_ARGUMENT, "%s %d ('%s') has %zu bytes, not %zu", what, k, t->name, has, bytes);
    return TUFF_OK;
}

static tuff_status check_input(const tuff_interpreter *it, int32_t k, size_t bytes, tuff_error *error) {
    return check_access(tuff_interpreter_input(it, k), "input", k, tuff_interpreter_input_count(it), tuff_interpreter_input_bytes(it, k), bytes, error);
}
static tuff_status check_output(const tuff_interpreter *it, int32_t k, size_t bytes, tuff_error *error) {
    return check_access(tuff_interpreter_output(it, k), "output", k, tuff_interpreter_output_count(it), tuff_interpreter_output_bytes(it, k), bytes, error);
}

/* How often the model's inputs and outputs name a tensor. */
static int mentions(const tuff_subgraph *s, int32_t tensor) {
    int count = 0;
    for (int32_t k = 0; k < s->n_inputs; k++) count += s->inputs[k] == tensor;
    for (int32_t k = 0; k < s->n_outputs; k++) count += s->outputs[k] == tensor;
    return count;
}

static tuff_status bind(tuff_interpreter *it, const tuff_tensor *t, void *buffer, tuff_error *error) {
    if ((uintptr_t)buffer & 63) return tuff_fail(error, TUFF_ERR_ARGUMENT, "the buffer for '%s' must be aligned to 64 bytes", t->name);
    const int32_t b = buffer_of(it, t);
    if (b < 0) return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "'%s' can't be bound: its size depends on values", t->name);
    if (mentions(main_graph(it), t->index) > 1)
        return tuff_fail(error, TUFF_ERR_UNSUPPORTED, "'%s' can't be bound: it is more than one of the model's inputs and outputs", t->name);
    tuff_run_bind(&it->now.run, b, buffer);
    return TUFF_OK;
}

tuff_status tuff_interpreter_bind_input(tuff_interpreter *it, int32_t k, void *buffer, size_t bytes, tuff_error *error) {
    TUFF_TRY(check_input(it, k, buffer ? bytes : tuff_interpreter_input_bytes(it, k), error));
    return bind(it, tuff_interpreter_input(it, k), buffer, error);
}

tuff_status tuff_interpreter_bind_output(tuff_interpreter *it, int32_t k, void *buffer, size_t bytes, tuff_error *error) {
    TUFF_TRY(check_output(it, k, buffer ? bytes : tuff_interpreter_output_bytes(it, k), error));
    return bind(it, tuff_interpreter_output(it, k), buffer, error);
}

/* Strings in the file's form: a count, count + 1 offsets, characters. Kept in the instance's memory until the next ones. */
static tuff_status set_strings(tuff_interpreter *it, int32_t k, const void *data, size_t bytes, tuff_error *error) {
    tuff_tensor t = *tuff_interpreter_input(it, k);
    t.data = data;
    t.bytes = bytes;
    const tuff_status status = tuff_tensor_check_strings(&t, error);
    if (status != TUFF_OK) {
        tuff_error_prefix(error, "input %d ('%s')", k, t.name);
        return status;
    }
    tuff_bytes *slot = &it->now.run.strings[k];
    slot->data = tuff_arena_copy(it->now.memory, data, bytes, error);
    slot->count = slot->data ? bytes : 0;
    return slot->data ? TUFF_OK : TUFF_ERR_MEMORY;
}

tuff_status tuff_interpreter_set(tuff_interpreter *it, int32_t k, const void *data, size_t bytes, tuff_error *error) {
    const tuff_tensor *t = tuff_interpreter_input(it, k);
    if (t && t->type == TUFF_STRING) return set_strings(it, k, data, bytes, error);
    TUFF_TRY(check_input(it, k, bytes, error));
    if (bytes) memcpy(tuff_interpreter_input_data(it, k), data, bytes);
    return TUFF_OK;
}

tuff_status tuff_interpreter_get(const tuff_interpreter *it, int32_t k, void *data, size_t bytes, tuff_error *error) {
    TUFF_TRY(check_output(it, k, bytes, error));
    const void *value = tuff_interpreter_output_data(it, k);
    if (!value) return tuff_fail(error, TUFF_ERR_ARGUMENT, "output %d has no value before the first invocation", k);
    if (bytes) memcpy(data, value, bytes);
    return TUFF_OK;
}

/* ---- resizing ---- */
tuff_status tuff_interpreter_resize_all(tuff_interpreter *it, const int32_t *ranks, const int32_t *const *dims, tuff_error *error) {
    instance next = {0};
    tuff_error local = {0};
    const tuff_status status = fill_instance(it, ranks, dims, &next, &local);
    if (status != TUFF_OK) {
        free_instance(it, &next);
        (void)named(it->model, status, &local);
        if (error && error->status == TUFF_OK) *error = local;
        return status;
    }
    next.run.hook = it->now.run.hook;
    next.run.hook_context = it->now.run.hook_context;
    free_instance(it, &it->now);
    it->now = next;
    tuff_state_reset(it->state, true); /* a sequence of another shape is another sequence */
    return TUFF_OK;
}

tuff_status tuff_interpreter_resize(tuff_interpreter *it, int32_t input, int32_t rank, const int32_t *dims, tuff_error *error) {
    const int32_t n = tuff_interpreter_input_count(it);
    if (input < 0 || input >= n) return tuff_fail(error, TUFF_ERR_ARGUMENT, "there is no input %d; the model has %d", input, n);
    if (!dims && rank != 0) return tuff_fail(error, TUFF_ERR_ARGUMENT, "tuff_interpreter_resize: dims must not be NULL for rank %d", rank);
    static const int32_t scalar[1];
    if (!dims) dims = scalar;
    tuff_arena *memory = tuff_arena_create(&it->allocator, error);
    int32_t *ranks = memory ? TUFF_NEW_ARRAY(memory, (size_t)n, int32_t, error) : NULL;
    const int32_t **all = memory ? TUFF_NEW_ARRAY(memory, (size_t)n, const int32_t *, error) : NULL;
    tuff_status status = TUFF_ERR_MEMORY;
    if (ranks && all) {
        for (int32_t k = 0; k < n; k++) {
            const tuff_tensor *t = tuff_interpreter_input(it, k);
            ranks[k] = k == input ? rank : t->rank;
            all[k] = k == input ? dims : t->shape;
        }
        status = tuff_interpreter_resize_all(it, ranks, all, error);
    }
    tuff_arena_destroy(memory);
    return status;
}

/* ---- running ---- */
tuff_status tuff_interpreter_invoke(tuff_interpreter *it, tuff_error *error) { return named(it->model, tuff_run_invoke(&it->now.run, error), error); }
void tuff_interpreter_reset(tuff_interpreter *it) { tuff_state_reset(it->state, false); }
size_t tuff_interpreter_arena_bytes(const tuff_interpreter *it) { return it->now.plan->arena_bytes; }

const void *tuff_interpreter_tensor(const tuff_interpreter *it, int32_t tensor, const tuff_tensor **info) {
    if (tensor < 0 || tensor >= main_graph(it)->n_tensors) return NULL;
    const void *value = tuff_run_value(&it->now.run, tensor, info);
    /* without keep_all only constants are sure to be there still */
    return it->options.keep_all ? value : it->now.plan->tensors[tensor].data;
}

int32_t tuff_interpreter_step_count(const tuff_interpreter *it) { return it->now.plan->n_steps; }

/* The name of the loop: the first prim record among the args. */
static const char *loop_of(const tuff_plan_step *step) {
    for (const tuff_field *f = step->kernel->args; f && f->kind != TUFF_FIELD_END_KIND; f++) {
        if (f->kind != TUFF_FIELD_PRIM) continue;
        const tuff_prim *prim;
        memcpy(&prim, (const char *)step->args + f->offset, sizeof prim);
        if (prim) return prim->symbol;
    }
    return "";
}

tuff_step_info tuff_interpreter_step(const tuff_interpreter *it, int32_t k) {
    const tuff_plan *plan = it->now.plan;
    if (k < 0 || k >= plan->n_steps) return (tuff_step_info){.op = "", .kernel = "", .loop = "", .output = ""};
    const tuff_plan_step *s = &plan->steps[k];
    if (s->node < 0) return (tuff_step_info){.op = "(copy)", .kernel = s->kernel->name, .loop = "", .node = -1, .jobs = s->jobs, .output = ""};
    const tuff_node *n = &plan->subgraph->nodes[s->node];
    return (tuff_step_info){.op = n->op->name,
                            .kernel = s->kernel ? s->kernel->name : "(subgraphs)",
                            .loop = s->kernel ? loop_of(s) : "",
                            .node = s->node,
                            .jobs = s->jobs,
                            .macs = s->cost.macs,
                            .output = n->n_outputs ? plan->tensors[n->outputs[0]].name : ""};
}

void tuff_interpreter_profile(tuff_interpreter *it, tuff_profile_fn *hook, void *context) {
    it->now.run.hook = hook;
    it->now.run.hook_context = context;
}
