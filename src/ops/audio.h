/* AudioSpectrogram and Mfcc: attrs, args and kernels. SPDX-License-Identifier: Apache-2.0 */
#ifndef TUFF_OPS_AUDIO_H
#define TUFF_OPS_AUDIO_H

#include "ops/share.h"
#include "tuff/op.h"

/* names: the keys of the options */
typedef struct tuff_audio_spectrogram_attrs {
    int32_t window_size, stride;
    bool magnitude_squared;
} tuff_audio_spectrogram_attrs;
typedef struct tuff_mfcc_attrs {
    int32_t upper_frequency_limit, lower_frequency_limit, filterbank_channel_count, dct_coefficient_count;
} tuff_mfcc_attrs;

typedef struct tuff_audio_spectrogram_args {
    int32_t channels, frames, window, stride, length, squared; /* length: of the transform, a power of two */
} tuff_audio_spectrogram_args;
int tuff_audio_spectrogram(const void *args, void *const *io, int job, int jobs);

typedef struct tuff_mfcc_args {
    int64_t frames;
    int32_t bins, first, end, channels, coefficients; /* bins [first, end) are heard */
} tuff_mfcc_args;
int tuff_mfcc(const void *args, void *const *io, int job, int jobs);

#endif
