/* FlexBuffers maps, as custom ops store their options: read through a field table whose names are the keys.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_FLATBUFFER_FLEX_H
#define TUFF_FLATBUFFER_FLEX_H

#include "tuff/op.h"

/* Sets every scalar field (BOOL, S32, S64, F32, F64) that the map has as a number; the others stay as they are. No bytes: an empty map. */
tuff_status tuff_flex_read(const tuff_bytes *map, const tuff_field *fields, void *attrs, tuff_error *error) TUFF_MUST_USE;

#endif
