/* Classifies a digit: the model carries its preprocessing and its labels. Usage: digit model.tflite picture.pgm
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <tuff/tuff.h>

static tuff_status classify(const char *path, const uint8_t *pixels, tuff_error *error) {
    tuff_model *model = NULL;
    tuff_interpreter *it = NULL;
    float score[10];
    tuff_status status = tuff_model_open(path, NULL, &model, error);
    if (!status) status = tuff_interpreter_create(model, NULL, &it, error);
    if (!status) status = tuff_interpreter_set_pixels(it, 0, pixels, 28, 28, 1, error); /* raw 0..255: the recipe does the rest */
    if (!status) status = tuff_interpreter_invoke(it, error);
    if (!status) status = tuff_interpreter_get_f32(it, 0, score, 10, error); /* real numbers, whatever the model's type */
    if (!status) {
        int best = 0;
        for (int k = 1; k < 10; k++)
            if (score[k] > score[best]) best = k;
        const char *label = tuff_model_label(model, 0, best);
        printf("%s (%.1f %%)\n", label ? label : "?", 100 * score[best]);
    }
    tuff_interpreter_destroy(it);
    tuff_model_close(model);
    return status;
}

int main(int argc, char **argv) {
    static uint8_t pixels[28 * 28];
    FILE *picture = argc == 3 ? fopen(argv[2], "rb") : NULL;
    if (!picture || fscanf(picture, "P5 28 28 255%*c") != 0 || fread(pixels, 1, sizeof pixels, picture) != sizeof pixels) return 2;
    tuff_error error = {0};
    if (classify(argv[1], pixels, &error)) fprintf(stderr, "%s\n", error.message);
    return error.status != TUFF_OK;
}
