/* REAL, IMAG, COMPLEX_ABS of complex numbers, which are pairs of floats.
 * SPDX-License-Identifier: Apache-2.0
 *
 * source: TFLite complex_support.cc
 */
#include "ops/complex.h"

#include <math.h>

/* in [count][2], out [count]; tiles: any split; scratch, errors: none */
#define COMPLEX(name, T, value)                                                               \
    int name(const void *args, void *const *io, int job, int jobs) {                          \
        const tuff_span span = tuff_share(((const tuff_unary_args *)args)->count, job, jobs); \
        for (int64_t i = span.first; i < span.end; i++) {                                     \
            const T *x = (const T *)io[0] + 2 * i;                                            \
            ((T *)io[1])[i] = value;                                                          \
        }                                                                                     \
        return 0;                                                                             \
    }
COMPLEX(tuff_real_c64, float, x[0])
COMPLEX(tuff_real_c128, double, x[0])
COMPLEX(tuff_imag_c64, float, x[1])
COMPLEX(tuff_imag_c128, double, x[1])
COMPLEX(tuff_complex_abs_c64, float, hypotf(x[0], x[1]))
COMPLEX(tuff_complex_abs_c128, double, hypot(x[0], x[1]))

#ifndef TUFF_KERNELS_ONLY
#define ROWS(op)                                                                                      \
    {{"c64"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_##op##_c64, tuff_unary_args, tuff_unary_fields)}, {  \
        {"c128"}, {"f64"}, 1, NULL, TUFF_KERNEL(tuff_##op##_c128, tuff_unary_args, tuff_unary_fields) \
    }
static const tuff_variant real_variants[] = {ROWS(real), {.version = 0}};
static const tuff_variant imag_variants[] = {ROWS(imag), {.version = 0}};
static const tuff_variant complex_abs_variants[] = {ROWS(complex_abs), {.version = 0}};

static tuff_status prepare(tuff_context *c) { return tuff_unary_emit(c, tuff_unary_args_for(c, &c->variant->kernel)); }

#define PARTS(symbol, name_, code_)    \
    const tuff_op tuff_op_##symbol = { \
        .name = name_,                 \
        .code = code_,                 \
        .inputs = "input",             \
        .outputs = "output",           \
        .variants = symbol##_variants, \
        .infer = tuff_unary_infer,     \
        .prepare = prepare,            \
        .highest = 1,                  \
    };
PARTS(real, "REAL", 134)
PARTS(imag, "IMAG", 133)
PARTS(complex_abs, "COMPLEX_ABS", 135)
#endif
