/* tuff convert: a trained Keras model becomes a .tflite.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "cli/conversion.h"

static const cli_option options[] = {CLI_CONVERSION_OPTIONS};

static int run(const void *settings, int count, char **operands) {
    (void)count;
    return cli_convert(&cli_command_convert, settings, operands[0]);
}

const cli_command cli_command_convert = {
    .name = "convert",
    .summary = "a trained Keras model becomes a .tflite, quantized if you like",
    .operands = "MODEL.keras -o OUT.tflite",
    .least = 1,
    .most = 1,
    .about = "Reads .keras, .h5 or .tflite, folds and fuses what can be (exactly), quantizes on request, and writes a .tflite that is complete or not there at "
             "all. --input-range "
             "says what the model was trained on: it is written into the file, so that raw pictures can be given to it later. At the end stand the sizes, how "
             "often both models "
             "agree, and, where the data has labels, the accuracy.",
    .example = "tuff convert mnist_cnn.keras -o mnist.tflite --input-range 0..1 --labels labels.txt\n"
               "tuff convert mnist_cnn.keras -o mnist_int8.tflite --input-range 0..1 --quantize int8 --data mnist_calibration.npz\n",
    .options = options,
    .settings_bytes = sizeof(cli_conversion),
    .run = run,
};
