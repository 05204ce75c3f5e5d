/* AudioSpectrogram: how much of each frequency is in each window of a recording. Mfcc: such spectra as cepstral coefficients.
 * SPDX-License-Identifier: Apache-2.0
 *
 * AudioSpectrogram weighs `window_size` samples by a periodic Hann window, fills them up with zeros to a power of two and takes the squared magnitudes
 * of the Fourier transform (or, unless magnitude_squared, their roots).
 * Mfcc adds up the roots of a spectrum's bins under overlapping triangles, equally wide on the mel scale (1127 ln(1 + f / 700)) between the two
 * frequency limits, takes logarithms (of no less than 1e-12) and their cosine transform. The sample rate is an input; its tables are made when
 * it is known. Both compute in double.
 * source: TFLite audio_spectrogram.cc, mfcc.cc, internal/spectrogram.cc, internal/mfcc_mel_filterbank.cc, internal/mfcc_dct.cc
 */
#include "ops/audio.h"

#include <math.h>
#include <string.h>

#include "ops/fft.h"

/* in [samples][channels], window [window] f64, turns [length / 2], out [channels][frames][length / 2 + 1], scratch [length] per job; tiles: frames of all
 * channels; errors: none */
int tuff_audio_spectrogram(const void *args, void *const *io, int job, int jobs) {
    const tuff_audio_spectrogram_args *p = args;
    const double *window = io[1];
    const int64_t bins = p->length / 2 + 1;
    tuff_complex *data = (tuff_complex *)((char *)io[4] + (size_t)job * tuff_scratch_pitch((size_t)p->length * sizeof *data));
    const tuff_span span = tuff_share((int64_t)p->channels * p->frames, job, jobs);
    for (int64_t k = span.first; k < span.end; k++) {
        const float *in = (const float *)io[0] + k % p->frames * p->stride * p->channels + k / p->frames;
        memset(data, 0, (size_t)p->length * sizeof *data);
        for (int64_t i = 0; i < p->window; i++) data[i].re = (double)in[i * p->channels] * window[i];
        tuff_fft(data, p->length, io[2]);
        float *out = (float *)io[3] + k * bins;
        for (int64_t i = 0; i < bins; i++) {
            out[i] = (float)(data[i].re * data[i].re + data[i].im * data[i].im);
            if (!p->squared) out[i] = sqrtf(out[i]);
        }
    }
    return 0;
}

/* in [frames][bins], band [bins] s32 (the channel whose falling side a bin is on), weight [bins] f64, cosines [coefficients][channels] f64,
 * out [frames][coefficients], scratch [channels] f64 per job; tiles: frames; errors: none */
int tuff_mfcc(const void *args, void *const *io, int job, int jobs) {
    const tuff_mfcc_args *p = args;
    const int32_t *band = io[1];
    const double *weight = io[2], *cosines = io[3];
    double *bands = (double *)((char *)io[5] + (size_t)job * tuff_scratch_pitch((size_t)p->channels * sizeof *bands));
    const tuff_span span = tuff_share(p->frames, job, jobs);
    for (int64_t k = span.first; k < span.end; k++) {
        const float *in = (const float *)io[0] + k * p->bins;
        for (int32_t c = 0; c < p->channels; c++) bands[c] = 0;
        for (int32_t i = p->first; i < p->end; i++) {
            const double size = sqrt((double)in[i]), falling = size * weight[i];
            if (band[i] >= 0) bands[band[i]] += falling;
            if (band[i] + 1 < p->channels) bands[band[i] + 1] += size - falling;
        }
        for (int32_t c = 0; c < p->channels; c++) bands[c] = log(bands[c] < 1e-12 ? 1e-12 : bands[c]);
        for (int32_t i = 0; i < p->coefficients; i++) {
            double sum = 0;
            for (int32_t c = 0; c < p->channels; c++) sum += cosines[(int64_t)i * p->channels + c] * bands[c];
            ((float *)io[4])[k * p->coefficients + i] = (float)sum;
        }
    }
    return 0;
}

#ifndef TUFF_KERNELS_ONLY
#include "ops/tensor.h"

static const double pi = 3.14159265358979323846;

static const tuff_field spectrogram_attr_fields[] = {
    TUFF_FIELD(tuff_audio_spectrogram_attrs, window_size, S32, -1),
    TUFF_FIELD(tuff_audio_spectrogram_attrs, stride, S32, -1),
    TUFF_FIELD(tuff_audio_spectrogram_attrs, magnitude_squared, BOOL, -1),
    TUFF_FIELD_END,
};
static const tuff_field mfcc_attr_fields[] = {
    TUFF_FIELD(tuff_mfcc_attrs, upper_frequency_limit, S32, -1),
    TUFF_FIELD(tuff_mfcc_attrs, lower_frequency_limit, S32, -1),
    TUFF_FIELD(tuff_mfcc_attrs, filterbank_channel_count, S32, -1),
    TUFF_FIELD(tuff_mfcc_attrs, dct_coefficient_count, S32, -1),
    TUFF_FIELD_END,
};
static const tuff_field spectrogram_fields[] = {
    TUFF_ARG(tuff_audio_spectrogram_args, channels, S32),
    TUFF_ARG(tuff_audio_spectrogram_args, frames, S32),
    TUFF_ARG(tuff_audio_spectrogram_args, window, S32),
    TUFF_ARG(tuff_audio_spectrogram_args, stride, S32),
    TUFF_ARG(tuff_audio_spectrogram_args, length, S32),
    TUFF_ARG(tuff_audio_spectrogram_args, squared, S32),
    TUFF_FIELD_END,
};
static const tuff_field mfcc_fields[] = {
    TUFF_ARG(tuff_mfcc_args, frames, S64),
    TUFF_ARG(tuff_mfcc_args, bins, S32),
    TUFF_ARG(tuff_mfcc_args, first, S32),
    TUFF_ARG(tuff_mfcc_args, end, S32),
    TUFF_ARG(tuff_mfcc_args, channels, S32),
    TUFF_ARG(tuff_mfcc_args, coefficients, S32),
    TUFF_FIELD_END,
};
static const tuff_variant spectrogram_variants[] = {
    {{"f32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_audio_spectrogram, tuff_audio_spectrogram_args, spectrogram_fields)},
    {.version = 0},
};
static const tuff_variant mfcc_variants[] = {{{"f32", "s32"}, {"f32"}, 1, NULL, TUFF_KERNEL(tuff_mfcc, tuff_mfcc_args, mfcc_fields)}, {.version = 0}};

static int32_t transform_length(int32_t window) {
    int32_t length = 2;
    while (length < window) length *= 2;
    return length;
}

static tuff_status infer_spectrogram(tuff_context *c) {
    const tuff_audio_spectrogram_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    TUFF_CHECK(c, in->rank == 2, "%s; expected [samples,channels]", tuff_shape_text(in).text);
    TUFF_CHECK(c, a->window_size >= 2 && a->window_size <= 1 << 24, "window_size is %d; expected 2 to 2^24", (int)a->window_size);
    TUFF_CHECK(c, a->stride >= 1, "stride is %d; expected 1 or more", (int)a->stride);
    const int32_t frames = in->shape[0] < a->window_size ? 0 : 1 + (in->shape[0] - a->window_size) / a->stride;
    return tuff_infer_shape(c, 0, 3, (const int32_t[]){in->shape[1], frames, transform_length(a->window_size) / 2 + 1});
}

static tuff_status prepare_spectrogram(tuff_context *c) {
    const tuff_audio_spectrogram_attrs *a = c->attrs;
    const tuff_tensor *out = c->outputs[0];
    const int32_t length = transform_length(a->window_size);
    void *window, *turns;
    tuff_io io[] = {tuff_io_input(c, 0), tuff_io_array(c, (size_t)a->window_size * sizeof(double), &window),
                    tuff_io_array(c, (size_t)length / 2 * sizeof(tuff_complex), &turns), tuff_io_output(c, 0),
                    tuff_io_scratch(c, (size_t)length * sizeof(tuff_complex))};
    for (int32_t k = 0; window && k < a->window_size; k++) ((double *)window)[k] = 0.5 - 0.5 * cos(2.0 * pi * k / a->window_size);
    if (turns) tuff_fft_turns(turns, length);
    tuff_audio_spectrogram_args *args = tuff_args(c, &c->variant->kernel);
    if (args) *args = (tuff_audio_spectrogram_args){out->shape[0], out->shape[1], a->window_size, a->stride, length, a->magnitude_squared};
    const int64_t frames = (int64_t)out->shape[0] * out->shape[1];
    return tuff_emit(c, &c->variant->kernel, args, (tuff_cost){frames, frames * length * 32, tuff_count(out) * 4}, io, 5);
}

static double mel(double frequency) { return 1127.0 * log1p(frequency / 700.0); }

static tuff_status infer_mfcc(tuff_context *c) {
    const tuff_mfcc_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0], *rate = c->inputs[1];
    TUFF_CHECK(c, in->rank == 3 && in->shape[2] >= 2, "%s; expected [channels,frames,2 bins or more]", tuff_shape_text(in).text);
    TUFF_CHECK(c, tuff_count(rate) == 1, "the sample rate %s has to be one number", tuff_shape_text(rate).text);
    const int32_t channels = a->filterbank_channel_count, coefficients = a->dct_coefficient_count;
    TUFF_CHECK(c, channels >= 1 && channels <= 1 << 16 && coefficients >= 1 && coefficients <= channels,
               "filterbank_channel_count is %d, dct_coefficient_count %d; expected 1 or more, and not more of the second", (int)channels, (int)coefficients);
    TUFF_CHECK(c, a->lower_frequency_limit >= 0 && a->upper_frequency_limit > a->lower_frequency_limit, "frequencies from %d to %d",
               (int)a->lower_frequency_limit, (int)a->upper_frequency_limit);
    if (!rate->data) return TUFF_LATER;
    TUFF_CHECK(c, tuff_value_at(rate, 0) > 0, "a sample rate of %lld", (long long)tuff_value_at(rate, 0));
    return tuff_infer_shape(c, 0, 3, (const int32_t[]){in->shape[0], in->shape[1], coefficients});
}

/* For each bin the triangle on whose falling side it is (-1: before the first), and its weight there. */
static void fill_bands(const tuff_mfcc_attrs *a, double rate, tuff_mfcc_args *args, int32_t *band, double *weight) {
    const double low = mel(a->lower_frequency_limit), spacing = (mel(a->upper_frequency_limit) - low) / (args->channels + 1);
    const double width = 0.5 * rate / (args->bins - 1); /* of a bin, in Hz */
    const double first = 1.5 + a->lower_frequency_limit / width, last = a->upper_frequency_limit / width;
    args->first = first < args->bins ? (int32_t)first : args->bins;
    args->end = last < args->bins ? (int32_t)last + 1 : -1; /* a limit beyond the spectrum gives nothing */
    int32_t channel = 0;
    for (int32_t i = args->first; i < args->end; i++) {
        const double m = mel(i * width);
        while (channel < args->channels && low + spacing * (channel + 1) < m) channel++;
        band[i] = channel - 1;
        weight[i] = (low + spacing * (channel + 1) - m) / (channel > 0 ? (low + spacing * (channel + 1)) - (low + spacing * channel) : low + spacing - low);
    }
}

static tuff_status prepare_mfcc(tuff_context *c) {
    const tuff_mfcc_attrs *a = c->attrs;
    const tuff_tensor *in = c->inputs[0];
    tuff_mfcc_args args = {
        .frames = tuff_dims_product(in->shape, 0, 2), .bins = in->shape[2], .channels = a->filterbank_channel_count, .coefficients = a->dct_coefficient_count};
    const int64_t table = (int64_t)args.coefficients * args.channels;
    void *band, *weight, *cosines;
    tuff_io io[] = {tuff_io_input(c, 0),
                    tuff_io_array(c, (size_t)args.bins * sizeof(int32_t), &band),
                    tuff_io_array(c, (size_t)args.bins * sizeof(double), &weight),
                    tuff_io_array(c, (size_t)table * sizeof(double), &cosines),
                    tuff_io_output(c, 0),
                    tuff_io_scratch(c, (size_t)args.channels * sizeof(double))};
    if (!band || !weight || !cosines) return TUFF_ERR_MEMORY;
    fill_bands(a, (double)tuff_value_at(c->inputs[1], 0), &args, band, weight);
    const double norm = sqrt(2.0 / args.channels), angle = pi / args.channels;
    const bool silent = args.end < 0;
    for (int64_t k = 0; k < table; k++)
        ((double *)cosines)[k] = silent ? 0 : norm * cos((double)(k / args.channels) * angle * ((double)(k % args.channels) + 0.5));
    tuff_mfcc_args *own = tuff_args(c, &c->variant->kernel);
    if (own) *own = args;
    return tuff_emit(c, &c->variant->kernel, own, (tuff_cost){args.frames, args.frames * (args.bins * 4 + table), tuff_count(in) * 4}, io, 6);
}

const tuff_op tuff_op_audio_spectrogram = {
    .name = "AudioSpectrogram",
    .code = 32,
    .options = {NULL, 0, false, sizeof(tuff_audio_spectrogram_attrs), spectrogram_attr_fields},
    .inputs = "input",
    .outputs = "output",
    .variants = spectrogram_variants,
    .infer = infer_spectrogram,
    .prepare = prepare_spectrogram,
};
const tuff_op tuff_op_mfcc = {
    .name = "Mfcc",
    .code = 32,
    .options = {NULL, 0, false, sizeof(tuff_mfcc_attrs), mfcc_attr_fields},
    .inputs = "spectrogram sample_rate",
    .outputs = "output",
    .variants = mfcc_variants,
    .infer = infer_mfcc,
    .prepare = prepare_mfcc,
};
#endif
