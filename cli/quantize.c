/* tuff quantize: a float .tflite becomes a smaller, faster one.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "tuff/quantize.h"
#include "cli/conversion.h"

static const cli_option options[] = {CLI_CONVERSION_OPTIONS};

static int run(const void *settings, int count, char **operands) {
    (void)count;
    cli_conversion conversion = *(const cli_conversion *)settings;
    if (!conversion.mode) conversion.mode = 1 + TUFF_QUANTIZE_INT8;
    return cli_convert(&cli_command_quantize, &conversion, operands[0]);
}

const cli_command cli_command_quantize = {
    .name = "quantize",
    .summary = "a float .tflite becomes an int8, dynamic-range or float16 one",
    .operands = "MODEL.tflite -o OUT.tflite",
    .least = 1,
    .most = 1,
    .about = "What convert --quantize does, for a float .tflite (int8 unless --quantize says otherwise). int8 needs --data: a few hundred typical inputs, from "
             "which the range of every "
             "activation is taken. The recipe and the labels of the model are kept.",
    .example =
        "tuff quantize mnist.tflite -o mnist_int8.tflite --data mnist_calibration.npz\ntuff quantize mnist.tflite -o mnist_f16.tflite --quantize float16\n",
    .options = options,
    .settings_bytes = sizeof(cli_conversion),
    .run = run,
};
