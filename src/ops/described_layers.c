/* Ops with weights, windows or state: convolutions, pooling, resizing, recurrent layers. Read, written and shown; not run yet.
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stddef.h>

#include "graph/fields.h"
#include "ops/activation.h"
#include "ops/described.h"
#include "ops/window.h"

/* ---- matrices, windows and images ---- */

static const tuff_field conv_3d_fields[] = {
    TUFF_FIELD(tuff_conv_3d_attrs, padding, S8, 0, .names = tuff_padding_names),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_d, S32, 1),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_w, S32, 2),
    TUFF_FIELD(tuff_conv_3d_attrs, stride_h, S32, 3),
    TUFF_FIELD(tuff_conv_3d_attrs, fused_activation_function, S8, 4, .names = tuff_activation_names),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_d_factor, S32, 5, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_w_factor, S32, 6, .standard = 1),
    TUFF_FIELD(tuff_conv_3d_attrs, dilation_h_factor, S32, 7, .standard = 1),
    TUFF_FIELD_END,
};

TUFF_DESCRIBED(conv_3d, "CONV_3D", 132, 1, "input filter bias?", "output", TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, conv_3d_fields));
TUFF_DESCRIBED(conv_3d_transpose, "CONV_3D_TRANSPOSE", 141, 1, "output_shape filter input bias?", "output",
               TUFF_OPTIONS(Conv3DOptions, 106, tuff_conv_3d_attrs, conv_3d_fields));
