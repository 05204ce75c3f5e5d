/* Ops that compute element by element, compare, select, reduce and scan. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/activation.h"
#include "ops/described.h"

/* ---- one input, element by element ---- */

TUFF_DESCRIBED(imag, "IMAG", 133, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(real, "REAL", 134, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(complex_abs, "COMPLEX_ABS", 135, 1, "input", "output", TUFF_NO_OPTIONS);
TUFF_DESCRIBED(zeros_like, "ZEROS_LIKE", 93, 1, "input", "output", TUFF_OPTIONS_EMPTY(ZerosLikeOptions, 67));

