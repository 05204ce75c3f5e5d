/* What convert and quantize share: nearly everything.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef CLI_CONVERSION_H
#define CLI_CONVERSION_H

#include "cli/cli.h"

typedef struct cli_conversion {
    cli_globals globals;
    cli_feed feed;
    const char *output, *labels, *data, *eval_data;
    int mode;        /* 0: stay float; else 1 + tuff_quantize_mode */
    int calibration; /* 0: not given; else 1 + tuff_calibration */
    int io;          /* 0: not given, 1 float, 2 int8 */
    int64_t limit;
    bool json;
} cli_conversion;

extern const char *const cli_quantize_modes[], *const cli_calibrations[], *const cli_io_types[];

#define CLI_CONVERSION_OPTIONS                                                                                                                           \
    {"output", 'o', "OUT.tflite", "the file to write; '-' is standard output", CLI_FILE, offsetof(cli_conversion, output), NULL},                        \
        {"labels", 'l', "FILE", "names of the classes, one per line, to put into the model", CLI_FILE, offsetof(cli_conversion, labels), NULL},          \
        {"quantize",                                                                                                                                     \
         'z',                                                                                                                                            \
         "MODE",                                                                                                                                         \
         "dynamic: int8 weights; float16: half-size weights; int8: weights and activations (needs --data)",                                              \
         CLI_CHOICE,                                                                                                                                     \
         offsetof(cli_conversion, mode),                                                                                                                 \
         cli_quantize_modes},                                                                                                                            \
        {"data", 'd', "DATA", "calibration samples: some hundred typical inputs", CLI_FILE, offsetof(cli_conversion, data), NULL},                       \
        {"calibration",   'c',                                                                                                                           \
         "METHOD",        "how ranges follow from the samples: minmax (the default), percentile, mse or entropy",                                        \
         CLI_CHOICE,      offsetof(cli_conversion, calibration),                                                                                         \
         cli_calibrations},                                                                                                                              \
        {"io", 0, "TYPE", "with int8: type of inputs and outputs, int8 (the default) or float", CLI_CHOICE, offsetof(cli_conversion, io), cli_io_types}, \
        {"eval-data", 'e', "DATA", "labelled samples, other than --data, to measure accuracy on", CLI_FILE, offsetof(cli_conversion, eval_data), NULL},  \
        {"limit", 'n', "N", "use N samples of each data set, evenly spread", CLI_COUNT, offsetof(cli_conversion, limit), NULL},                          \
        CLI_FEED_OPTIONS(cli_conversion), CLI_JSON_OPTION(cli_conversion), CLI_OPTIONS_END

/* Reads, optimizes, quantizes, writes and measures. */
int cli_convert(const cli_command *command, const cli_conversion *settings, const char *input);

#endif
