/* What an op is: tensors as an op sees them, field tables, variants, the op record, and what infer and prepare may ask.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Tuff's own ops and a user's op are the same record. A record says
 *   - what the file stores: options, a field table over the attrs struct;
 *   - which type combinations exist: variants, one row each, with the kernel that computes it;
 *   - infer: output shapes from input shapes (and values, where they are known);
 *   - prepare: computes the kernel's args once and emits the node's steps.
 * Kernels see args and buffers only. All functions below are valid only inside the callback that received the context.
 */
#ifndef TUFF_OP_H
#define TUFF_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "tuff/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- element types: the numbers are those of .tflite ---- */
/* name, number, text, bits per element (0: not of fixed size) */
#define TUFF_TYPES(X)               \
    X(F32, 0, "f32", 32)            \
    X(F16, 1, "f16", 16)            \
    X(S32, 2, "s32", 32)            \
    X(U8, 3, "u8", 8)               \
    X(S64, 4, "s64", 64)            \
    X(STRING, 5, "string", 0)       \
    X(BOOL, 6, "bool", 8)           \
    X(S16, 7, "s16", 16)            \
    X(C64, 8, "c64", 64)            \
    X(S8, 9, "s8", 8)               \
    X(F64, 10, "f64", 64)           \
    X(C128, 11, "c128", 128)        \
    X(U64, 12, "u64", 64)           \
    X(RESOURCE, 13, "resource", 32) \
    X(VARIANT, 14, "variant", 0)    \
    X(U32, 15, "u32", 32)           \
    X(U16, 16, "u16", 16)           \
    X(S4, 17, "s4", 4)              \
    X(BF16, 18, "bf16", 16)         \
    X(S2, 19, "s2", 2)              \
    X(U4, 20, "u4", 4)              \
    X(F8E4M3, 21, "f8e4m3", 8)      \
    X(F8E5M2, 22, "f8e5m2", 8)

typedef enum tuff_type {
#define TUFF_TYPE_ENUM(name, number, text, bits) TUFF_##name = number,
    TUFF_TYPES(TUFF_TYPE_ENUM)
#undef TUFF_TYPE_ENUM
        TUFF_TYPE_COUNT = 23
} tuff_type;

TUFF_API const char *tuff_type_name(tuff_type type); /* "s8"; "?" for a number that is none */
TUFF_API int tuff_type_bits(tuff_type type);         /* bits per element; 0 where that isn't fixed */

enum { TUFF_MAX_RANK = 8 };

/* ---- tensors ---- */
typedef struct tuff_quantization {
    int32_t count; /* scales: 0 none, 1 per tensor, else per slice along `dimension` */
    int32_t dimension;
    const float *scale;        /* real = scale * (q - zero_point) */
    const int64_t *zero_point; /* `count` of them (a single stored one is repeated when read) */
    int32_t min_count, max_count;
    const float *min, *max; /* the range seen in training or calibration, as stored; not used to compute */
    enum { TUFF_DETAILS_NONE, TUFF_DETAILS_CUSTOM, TUFF_DETAILS_BLOCKWISE, TUFF_DETAILS_MULTI_AXIS } details;
    const uint8_t *custom; /* DETAILS_CUSTOM: bytes as stored */
    size_t custom_bytes;
    int32_t scales_tensor, zero_points_tensor, block_size; /* blockwise, multi-axis: tensor indices, -1 for none */
    const int32_t *dimensions;                             /* multi-axis: the quantized dims; blockwise: the block's shape where the file has it */
    int32_t dimensions_count;
} tuff_quantization;

typedef struct tuff_sparsity tuff_sparsity; /* graph/graph.h */
typedef struct tuff_subtypes tuff_subtypes;

typedef struct tuff_tensor {
    const char *name; /* "" where the file has none */
    tuff_type type;
    int32_t rank;
    const int32_t *shape;     /* rank dims; an unknown dim stands as the size that the file states (1) */
    const int32_t *signature; /* rank dims with -1 for unknown ones, or NULL where all are known */
    const void *data;         /* the value where it is known: constants, and while planning what follows from them; else NULL */
    size_t bytes;             /* bytes at data */
    tuff_quantization quantization;
    const tuff_sparsity *sparsity;
    const tuff_subtypes *subtypes; /* VARIANT: what it holds, where the file says so */
    bool variable;                 /* state: kept from one invocation to the next */
    bool has_rank;                 /* as the file states it: tells a scalar from an unknown rank */
    int32_t index;                 /* its place in the subgraph's list */
} tuff_tensor;

/* ---- field tables: a struct's fields as data ---- */
typedef enum tuff_field_kind {
    TUFF_FIELD_END_KIND,
    TUFF_FIELD_BOOL,       /* bool */
    TUFF_FIELD_S8,         /* int8_t; enums of the schema (named by .names) */
    TUFF_FIELD_U8,         /* uint8_t */
    TUFF_FIELD_S16,        /* int16_t */
    TUFF_FIELD_S32,        /* int32_t */
    TUFF_FIELD_U32,        /* uint32_t */
    TUFF_FIELD_S64,        /* int64_t */
    TUFF_FIELD_F32,        /* float */
    TUFF_FIELD_F64,        /* double */
    TUFF_FIELD_STRING,     /* const char * */
    TUFF_FIELD_BYTES,      /* tuff_bytes, a vector of ubyte */
    TUFF_FIELD_VECTOR_S32, /* tuff_s32s */
    TUFF_FIELD_VECTOR_S64, /* tuff_s64s */
    TUFF_FIELD_VECTOR_F32, /* tuff_f32s */
    TUFF_FIELD_VECTOR_U32, /* tuff_u32s: also vectors of enums stored as 32 bits */
    TUFF_FIELD_MULTIPLIER, /* tuff_multiplier; args only */
    TUFF_FIELD_PRIM        /* const pointer to a prim record whose first member is its tuff_prim; args only */
} tuff_field_kind;

typedef struct tuff_bytes {
    const uint8_t *data;
    size_t count;
} tuff_bytes;
typedef struct tuff_s32s {
    const int32_t *data;
    size_t count;
} tuff_s32s;
typedef struct tuff_s64s {
    const int64_t *data;
    size_t count;
} tuff_s64s;
typedef struct tuff_f32s {
    const float *data;
    size_t count;
} tuff_f32s;
typedef struct tuff_u32s {
    const uint32_t *data;
    size_t count;
} tuff_u32s;

typedef struct tuff_field {
    const char *name;
    tuff_field_kind kind;
    uint16_t offset;          /* in the struct */
    uint16_t count;           /* > 1: a fixed array of that many (args only) */
    int16_t slot;             /* field id in the file's table; -1 where the file has none */
    int16_t version;          /* op version that a value other than the default needs; 0: any */
    double standard;          /* the default; 0 or empty unless said */
    const char *const *names; /* enums: names[value], NULL-terminated */
} tuff_field;

/* TUFF_FIELD(struct, member, KIND, slot [, .standard = x] [, .version = v] [, .names = n]) */
#define TUFF_FIELD(type, member, kind_, ...) \
    { .name = #member, .kind = TUFF_FIELD_##kind_, .offset = (uint16_t)offsetof(type, member), .count = 1, .slot = __VA_ARGS__ }
/* an args field: no slot */
#define TUFF_ARG(type, member, kind_) \
    { .name = #member, .kind = TUFF_FIELD_##kind_, .offset = (uint16_t)offsetof(type, member), .count = 1, .slot = -1 }
#define TUFF_ARGS(type, member, kind_, count_) \
    { .name = #member, .kind = TUFF_FIELD_##kind_, .offset = (uint16_t)offsetof(type, member), .count = count_, .slot = -1 }
#define TUFF_FIELD_END \
    { .kind = TUFF_FIELD_END_KIND }

/* x * multiplier * 2^shift: the fixed-point factor of integer kernels (multiplier Q31 in [2^30, 2^31), or 0) */
typedef struct tuff_multiplier {
    int32_t multiplier, shift;
} tuff_multiplier;

/* First member of every prim record: the name under which C code can link it. */
typedef struct tuff_prim {
    const char *symbol;
    int level;
} tuff_prim;

/* ---- kernels ---- */
/* Computes job `job` of `jobs` of one step. io: inputs, outputs, arrays and scratch in the order that prepare gave.
 * Returns 0, or 1 + the io index whose value is illegal. */
typedef int tuff_kernel_fn(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_kernel {
    tuff_kernel_fn *run;
    const char *name;      /* the function's */
    const char *args_type; /* the args struct's */
    size_t args_bytes;
    const tuff_field *args;
} tuff_kernel;
#define TUFF_KERNEL(function, args_struct, fields) \
    { function, #function, #args_struct, sizeof(args_struct), fields }

/* ---- variants: one row per combination of types ----
 * A cell of `inputs`/`outputs` names a type or a set: "f32", "s8|u8", "any", "b1" "b2" "b4" "b8" (any type of that many bytes), "=0" (input 0's).
 * Missing optional inputs match any cell; the last cell repeats for a `*` name. */
enum { TUFF_VARIANT_INPUTS = 6, TUFF_VARIANT_OUTPUTS = 4 };
typedef struct tuff_variant {
    const char *inputs[TUFF_VARIANT_INPUTS];
    const char *outputs[TUFF_VARIANT_OUTPUTS];
    int16_t version;        /* lowest op version that has this combination */
    const char *quantizing; /* the quantizer's rule (kit/quant/rules.c); NULL where the row isn't for it to choose */
    tuff_kernel kernel;
} tuff_variant;

/* ---- what infer and prepare get ---- */
typedef struct tuff_op tuff_op;
/* level: a tuff_cpu_level (base/cpu.h); small: scratch is to be as small as it can be */
typedef struct tuff_target {
    int level;
    int threads;
    bool small;
} tuff_target;

typedef struct tuff_context {
    const tuff_op *op;
    const void *attrs; /* the op's attrs struct, never NULL where the record has options */
    int32_t version;
    int32_t n_inputs, n_outputs;
    const tuff_tensor *const *inputs;  /* NULL for an optional input left out */
    const tuff_tensor *const *outputs; /* shapes are set by infer, valid in prepare */
    int32_t n_intermediates;           /* tensors that never hold a value: what the file says about what is inside the op (integer LSTM) */
    const tuff_tensor *const *intermediates;
    const tuff_variant *variant;
    const tuff_target *target; /* prepare only */
    tuff_error *error;
    void *internal;
} tuff_context;

/* The op's index where it counts: input k, or NULL beyond the end or where it is left out. */
static inline const tuff_tensor *tuff_input(const tuff_context *c, int32_t k) { return k < c->n_inputs ? c->inputs[k] : NULL; }

/* Reports what is wrong with the node; the caller adds file, op index and name. Returns `status`. */
TUFF_API TUFF_PRINTF(3, 4) tuff_status tuff_op_fail(tuff_context *c, tuff_status status, const char *format, ...);
/* In infer and prepare: leaves with TUFF_ERR_MODEL unless the condition holds. */
#define TUFF_CHECK(c, condition, ...)                                          \
    do {                                                                       \
        if (!(condition)) return tuff_op_fail(c, TUFF_ERR_MODEL, __VA_ARGS__); \
    } while (0)

/* infer: states the shape of an output. Dims are checked: none negative, product within bounds. */
TUFF_API tuff_status tuff_infer_shape(tuff_context *c, int32_t output, int32_t rank, const int32_t *dims) TUFF_MUST_USE;
TUFF_API tuff_status tuff_infer_like(tuff_context *c, int32_t output, int32_t input) TUFF_MUST_USE;
/* infer: the output's value follows from shapes alone (SHAPE, RANK): room for it, to be filled at once. NULL: no memory. Call after its shape is stated. */
TUFF_API void *tuff_infer_value(tuff_context *c, int32_t output);

/* infer: how many bytes a string output takes (all of them: count, offsets, characters). Call after its shape is stated. */
TUFF_API void tuff_infer_bytes(tuff_context *c, int32_t output, size_t bytes);
/* infer, prepare: what a subgraph that makes one value of two does: the builtin code of its one op, or one of these. */
enum { TUFF_BODY_EMPTY = -1, TUFF_BODY_OTHER = -2 }; /* no op: it gives its second value; several, or no such subgraph */
TUFF_API int32_t tuff_infer_body(tuff_context *c, int32_t subgraph);

/* infer: the number that stands for a named resource; -1: no memory */
TUFF_API int32_t tuff_infer_resource(tuff_context *c, const char *container, const char *name);
/* infer: what the resource whose handle is input `handle` was assigned last, as planned so far (type and shape; its bytes too where the model runs while it is planned);
 * NULL: nothing yet, or the handle isn't known */
TUFF_API const tuff_tensor *tuff_infer_resource_value(tuff_context *c, int32_t handle);
/* infer: type and shape of what is assigned; VARIANT stands for an op's own bytes, which no variable can be */
TUFF_API tuff_status tuff_infer_assign(tuff_context *c, int32_t handle, const tuff_tensor *value) TUFF_MUST_USE;

/* prepare: io handles. A handle that could not be had makes tuff_emit fail, so no call here needs a check of its own. */
typedef int32_t tuff_io;
#define TUFF_IO_NONE ((tuff_io)-1)                              /* io entry is NULL */
TUFF_API tuff_io tuff_io_input(tuff_context *c, int32_t input); /* TUFF_IO_NONE where left out */
TUFF_API tuff_io tuff_io_output(tuff_context *c, int32_t output);
/* `bytes_per_job` for each job, aligned to 64; the kernel finds its part at io + job * bytes_per_job (rounded up to 64 by tuff_scratch_pitch). */
TUFF_API tuff_io tuff_io_scratch(tuff_context *c, size_t bytes_per_job);
static inline size_t tuff_scratch_pitch(size_t bytes_per_job) { return (bytes_per_job + 63) & ~(size_t)63; }
/* scratch that steps of this node hand on to each other: not split by jobs */
TUFF_API tuff_io tuff_io_temporary(tuff_context *c, size_t bytes);
/* state of the node's own, kept from one invocation to the next; zeros after a reset */
TUFF_API tuff_io tuff_io_state(tuff_context *c, size_t bytes);
/* the bytes of the resource whose handle is input `handle` */
TUFF_API tuff_io tuff_io_resource(tuff_context *c, int32_t handle, size_t bytes);
/* a constant array of the plan that prepare fills itself through *data (multipliers, tables); *data is NULL when there is no memory. Aligned to 64. */
TUFF_API tuff_io tuff_io_array(tuff_context *c, size_t bytes, void **data);
/* a constant derived from constant input `input` and, where `second` >= 0 and not left out, from constant input `second` too (weights and bias), filled
 * once per model and shared by its plans: fill(out, params, source, second or NULL).
 * Keyed by the sources, fill, bytes and the params' bytes (so params must be padding-free and hold no pointer but to const records). */
typedef void tuff_fill_fn(void *out, const void *params, const void *source, const void *second);
TUFF_API tuff_io tuff_io_packed(tuff_context *c, int32_t input, int32_t second, size_t bytes, tuff_fill_fn *fill, const void *params, size_t params_bytes);
/* zeroed args for `kernel`, owned by the plan; NULL when there is no memory (tuff_emit accepts that and fails) */
TUFF_API void *tuff_args(tuff_context *c, const tuff_kernel *kernel);

typedef struct tuff_cost {
    int64_t tiles, macs, bytes;
} tuff_cost; /* tiles: into how many jobs it can be split at the most */
/* emits one step of the node */
TUFF_API tuff_status tuff_emit(tuff_context *c, const tuff_kernel *kernel, const void *args, tuff_cost cost, const tuff_io *io, int n_io) TUFF_MUST_USE;

/* ---- the record ---- */
typedef struct tuff_options {
    const char *table;  /* the schema's name, e.g. "Conv2DOptions"; NULL: none */
    uint8_t union_type; /* its number in BuiltinOptions, or in BuiltinOptions2 where `second` */
    bool second;
    size_t bytes; /* of the attrs struct */
    const tuff_field *fields;
} tuff_options;
#define TUFF_OPTIONS(table_, number, attrs, fields_) \
    { #table_, number, false, sizeof(attrs), fields_ }
#define TUFF_OPTIONS2(table_, number, attrs, fields_) \
    { #table_, number, true, sizeof(attrs), fields_ }
/* a table without fields */
#define TUFF_OPTIONS_EMPTY(table_, number) \
    { #table_, number, false, 0, NULL }
#define TUFF_OPTIONS2_EMPTY(table_, number) \
    { #table_, number, true, 0, NULL }

#define TUFF_VIEW_OF(input) ((input) + 1)
/* flags. IMPURE: what it computes doesn't follow from its inputs alone (random numbers, state). CONTROL: calls subgraphs; executed by the plan. */
enum { TUFF_OP_IMPURE = 1, TUFF_OP_CONTROL = 2 };
enum { TUFF_IN_PLACE_NONE = 0, TUFF_IN_PLACE_ANY = 0xff }; /* else a mask of the inputs that output 0 may overwrite */

struct tuff_op {
    const char *name; /* builtin: the schema's name; custom: its code */
    int32_t code;     /* builtin operator number; 32 for custom ops */
    tuff_options options;
    const char *inputs; /* names, separated by blanks; "?" optional, "*" repeated, "!" written state */
    const char *outputs;
    const tuff_variant *variants; /* ended by an empty row (outputs[0] NULL); views have rows without kernel; NULL: read, written and shown, not run */
    tuff_status (*infer)(tuff_context *c);
    tuff_status (*prepare)(tuff_context *c);
    int32_t (*version)(const tuff_context *c); /* optional: version rules beyond variant and fields (rank, dilation ...); 0: none */
    uint8_t view;                              /* TUFF_VIEW_OF(k): output 0 is input k's bytes, no step */
    uint8_t in_place;                          /* inputs of equal bytes that output 0 may overwrite */
    uint8_t flags;
    int16_t highest; /* highest version whose meaning the record knows */
};

#ifdef __cplusplus
}
#endif
#endif
