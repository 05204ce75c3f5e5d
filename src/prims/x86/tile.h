/* Tiles of up to 6 rows whose sums stay in registers: their rows unrolled by hand, since compilers don't at -O2.
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TUFF_PRIMS_X86_TILE_H
#define TUFF_PRIMS_X86_TILE_H

enum { TUFF_TILE_ROWS = 6 };

/* DO(0) ... DO(rows - 1). `rows` is a constant where the tile is inlined, so the branches vanish. */
#define TUFF_EACH_ROW(rows, DO)    \
    do {                           \
        DO(0);                     \
        if ((rows) > 1) { DO(1); } \
        if ((rows) > 2) { DO(2); } \
        if ((rows) > 3) { DO(3); } \
        if ((rows) > 4) { DO(4); } \
        if ((rows) > 5) { DO(5); } \
    } while (0)

/* tile(rows, ...) for what is left of the rows: 0..5 */
#define TUFF_TAIL_ROWS(rows, tile, ...)  \
    switch (rows) {                      \
    case 1: tile(1, __VA_ARGS__); break; \
    case 2: tile(2, __VA_ARGS__); break; \
    case 3: tile(3, __VA_ARGS__); break; \
    case 4: tile(4, __VA_ARGS__); break; \
    case 5: tile(5, __VA_ARGS__); break; \
    default: break;                      \
    }

#endif
