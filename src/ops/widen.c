/* Weights of 4 and 2 bits, widened to s8.
 * SPDX-License-Identifier: Apache-2.0
 *
 * Elements lie from the low bits up, 2 or 4 to a byte, sign-extended; rows follow each other without padding.
 */
#include "ops/widen.h"

static void widen(int8_t *out, const void *in, int64_t count, int32_t bits) {
    for (int64_t k = 0; k < count; k++) out[k] = tuff_narrow_at(in, k, bits);
}

/* in [count] s4 or s2; out [count] s8; tiles: 1; scratch, errors: none */
int tuff_widen(const void *args, void *const *io, int job, int jobs) {
    const tuff_widen_args *a = args;
    (void)jobs;
    if (job == 0) widen(io[1], io[0], a->count, a->bits);
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "base/error.h"

static const tuff_field fields[] = {TUFF_ARG(tuff_widen_args, count, S64), TUFF_ARG(tuff_widen_args, bits, S32), TUFF_FIELD_END};
static const tuff_kernel kernel = TUFF_KERNEL(tuff_widen, tuff_widen_args, fields);

static void fill(void *out, const void *params, const void *source, const void *second) {
    const tuff_widen_args *a = params;
    (void)second;
    widen(out, source, a->count, a->bits);
}

tuff_status tuff_widen_input(tuff_context *c, int32_t input, tuff_io *io) {
    const tuff_tensor *t = c->inputs[input];
    const int bits = tuff_type_bits(t->type);
    *io = tuff_io_input(c, input);
    if (bits >= 8) return TUFF_OK;
    tuff_widen_args a = {.count = 1, .bits = bits};
    for (int32_t k = 0; k < t->rank; k++) a.count *= t->shape[k];
    if (t->data) {
        *io = tuff_io_packed(c, input, -1, (size_t)a.count, fill, &a, sizeof a);
        return TUFF_OK;
    }
    const tuff_io wide = tuff_io_temporary(c, (size_t)a.count);
    const tuff_io step[] = {*io, wide};
    tuff_widen_args *args = tuff_args(c, &kernel);
    if (args) *args = a;
    *io = wide;
    return tuff_emit(c, &kernel, args, (tuff_cost){1, 0, a.count}, step, 2);
}
#endif
