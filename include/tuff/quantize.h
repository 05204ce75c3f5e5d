/* Quantizing a float model.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_QUANTIZE_H
#define TUFF_QUANTIZE_H

#include "tuff/convert.h"
#include "tuff/data.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tuff_quantize_mode { TUFF_QUANTIZE_DYNAMIC, TUFF_QUANTIZE_FLOAT16, TUFF_QUANTIZE_INT8 } tuff_quantize_mode;
typedef enum tuff_calibration { TUFF_CALIBRATE_MINMAX, TUFF_CALIBRATE_PERCENTILE, TUFF_CALIBRATE_MSE, TUFF_CALIBRATE_ENTROPY } tuff_calibration;

typedef struct tuff_quantize_options {
    size_t size; /* sizeof(tuff_quantize_options) */
    tuff_quantize_mode mode;
    tuff_calibration calibration;  /* int8 only */
    bool float_io;                 /* int8: inputs and outputs stay f32 behind QUANTIZE and DEQUANTIZE */
    const tuff_feed_options *feed; /* how calibration samples enter; NULL: the model's recipe */
    int threads;
    const tuff_report *report;                                  /* how many samples, whether the ranges had settled */
    bool (*progress)(void *context, size_t done, size_t total); /* false cancels; NULL: none */
    void *context;
} tuff_quantize_options;
#define TUFF_QUANTIZE_OPTIONS \
    { sizeof(tuff_quantize_options), TUFF_QUANTIZE_INT8, TUFF_CALIBRATE_MINMAX, false, NULL, 1, NULL, NULL, NULL }

/* A new graph; the float one is left as it is. dataset: calibration samples, needed for int8 (at least 2), NULL else.
 * Errors: DATA (NaN, constant, empty, out of range), UNSUPPORTED (already quantized; an op without integer form, by name). */
TUFF_API TUFF_MUST_USE tuff_status tuff_graph_quantize(const tuff_graph *graph, tuff_dataset *dataset, const tuff_quantize_options *options,
                                                       tuff_graph **quantized, tuff_error *error);

#ifdef __cplusplus
}
#endif
#endif
