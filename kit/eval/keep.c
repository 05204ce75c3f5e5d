/* The samples worth showing.
 * SPDX-License-Identifier: Apache-2.0
 */
#include "kit/eval/keep.h"

#include <string.h>

enum { LARGEST_PICTURE = 1 << 20 };

tuff_status tuff_keep_sample(tuff_kept_sample *list, int32_t *count, int32_t room, const tuff_sample *sample, tuff_kept_sample kept,
                             bool (*worse)(const tuff_kept_sample *a, const tuff_kept_sample *b), tuff_arena *arena, tuff_error *error) {
    int32_t at = *count;
    while (at > 0 && worse(&kept, &list[at - 1])) at--;
    if (at == room) return TUFF_OK;
    kept.name = tuff_arena_string(arena, sample->name ? sample->name : "", error);
    if (!kept.name) return TUFF_ERR_MEMORY;
    if (sample->picture && sample->bytes <= LARGEST_PICTURE) {
        kept.height = sample->shape[0];
        kept.width = sample->shape[1];
        kept.channels = sample->shape[2];
        if (!(kept.pixels = tuff_arena_copy(arena, sample->data, sample->bytes, error))) return TUFF_ERR_MEMORY;
    }
    if (*count < room) ++*count;
    memmove(&list[at + 1], &list[at], (size_t)(*count - at - 1) * sizeof *list);
    list[at] = kept;
    return TUFF_OK;
}
