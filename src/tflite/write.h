/* The writer with its limit as a parameter.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_TFLITE_WRITE_H
#define TUFF_TFLITE_WRITE_H

#include "tflite/tflite.h"

/* tuff_tflite_write, with constants behind the FlatBuffer where they take more than `inside` bytes together. */
tuff_status tuff_tflite_write_beyond(const tuff_graph *graph, bool choose_versions, size_t inside, const tuff_allocator *a, uint8_t **bytes, size_t *count,
                                     tuff_error *error) TUFF_MUST_USE;

#endif
