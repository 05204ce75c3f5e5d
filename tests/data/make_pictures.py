#!/usr/bin/env python3
"""Makes the pictures and the small digit files of tests/data. Not needed to build or to run the tests, which read what is committed.

Needs NumPy and Pillow (only the JPEGs come from it; PNG and BMP are written here, since each kind of file is wanted exactly).
SPDX-License-Identifier: Apache-2.0
"""
import gzip
import io
import os
import struct
import zlib

import numpy as np
from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
W, H = 7, 5  # odd, so that rows of every depth need padding
y, x = np.mgrid[0:H, 0:W]
# tests/kitdata/test_pictures.c computes the same
gray = ((x * 37 + y * 11) % 256).astype(np.uint8)
rgb = np.stack([x * 36, y * 60, (x + y) * 20], -1).astype(np.uint8)
alpha = np.where((x + y) % 2 == 0, 255, 64).astype(np.uint8)
index = ((x + 2 * y) % 13).astype(np.uint8)
palette = np.array([[k * 19, 255 - k * 19, k * 5] for k in range(13)], np.uint8)


def write(name, data):
    path = os.path.join(HERE, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def adam7(rows):  # rows: list of rows, each a list of pixels as bytes
    out = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for row in rows[y0::dy]:
            if row[x0::dx]:
                out += b"\0" + b"".join(row[x0::dx])
    return out


def png(name, array, colour, depth=8, extra=b"", packed=None, interlace=False):
    h, w = array.shape[:2]
    if interlace:
        raw = adam7([[array[j, i].tobytes() for i in range(w)] for j in range(h)])
    else:
        raw = b"".join(b"\0" + (packed[j] if packed else array[j].tobytes()) for j in range(h))
    head = struct.pack(">IIBBBBB", w, h, depth, colour, 0, 0, int(interlace))
    write(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def bmp(name, rows, bits, colours=b"", top_down=False, core=False, compression=0, masks=b""):
    pad = lambda r: r + b"\0" * (-len(r) % 4)
    pixels = b"".join(pad(r) for r in (rows if top_down else rows[::-1]))
    if core:
        info = struct.pack("<IHHHH", 12, W, H, 1, bits)
    else:
        entries = len(colours) // 4
        info = struct.pack("<IiiHHIIiiII", 40, W, -H if top_down else H, 1, bits, compression, len(pixels), 2835, 2835, entries, 0)
    start = 14 + len(info) + len(masks) + len(colours)
    write(name, b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + masks + colours + pixels)


def pack_bits(row, bits):
    n = 8 // bits
    row = list(row) + [0] * (-len(row) % n)
    return bytes(sum(int(v) << (8 - bits * (k + 1)) for k, v in enumerate(row[i:i + n])) for i in range(0, len(row), n))


def jpeg(name, array, **options):
    data = io.BytesIO()
    Image.fromarray(array).save(data, "JPEG", quality=95, subsampling=0, **options)
    write(name, data.getvalue())


def pictures():
    p = "pictures/"
    png(p + "gray.png", gray, 0)
    png(p + "gray_interlaced.png", gray, 0, interlace=True)
    png(p + "gray16.png", (gray.astype(np.uint16) * 257).astype(">u2"), 0, 16)
    png(p + "gray1.png", gray, 0, 1, packed=[pack_bits(r > 127, 1) for r in gray])
    png(p + "gray_alpha.png", np.dstack([gray, alpha]), 4)
    png(p + "gray_clear.png", gray, 0, extra=chunk(b"tRNS", struct.pack(">H", 37)))
    png(p + "rgb.png", rgb, 2)
    png(p + "rgb16.png", (rgb.astype(np.uint16) * 257).astype(">u2"), 2, 16)
    png(p + "rgb_alpha.png", np.dstack([rgb, alpha]), 6)
    png(p + "palette.png", index, 3, extra=chunk(b"PLTE", palette.tobytes()))
    png(p + "palette4.png", index, 3, 4, extra=chunk(b"PLTE", palette.tobytes()), packed=[pack_bits(r, 4) for r in index])
    jpeg(p + "gray.jpg", np.kron(gray, np.ones((8, 8), np.uint8)))
    jpeg(p + "rgb.jpg", np.kron(rgb, np.ones((8, 8, 1), np.uint8)))
    jpeg(p + "rgb_progressive.jpg", np.kron(rgb, np.ones((8, 8, 1), np.uint8)), progressive=True)
    data = io.BytesIO()
    Image.fromarray(rgb).convert("CMYK").save(data, "JPEG")
    write(p + "cmyk.jpg", data.getvalue())
    bgr = rgb[..., ::-1]
    bgr0 = lambda table: b"".join(bytes([c[2], c[1], c[0], 0]) for c in table)
    grays = [[k, k, k] for k in range(256)]
    bmp(p + "bits1.bmp", [pack_bits(r > 127, 1) for r in gray], 1, bgr0([[0, 0, 0], [255, 255, 255]]))
    bmp(p + "bits4.bmp", [pack_bits(r, 4) for r in index], 4, bgr0(palette))
    bmp(p + "bits8.bmp", [bytes(r) for r in gray], 8, bgr0(grays))
    bmp(p + "bits24.bmp", [r.tobytes() for r in bgr], 24)
    bmp(p + "bits24_core.bmp", [r.tobytes() for r in bgr], 24, core=True)
    bmp(p + "bits24_top_down.bmp", [r.tobytes() for r in bgr], 24, top_down=True)
    bmp(p + "bits32.bmp", [np.dstack([bgr, alpha])[j].tobytes() for j in range(H)], 32)
    bmp(p + "bits32_fields.bmp", [np.dstack([bgr, alpha])[j].tobytes() for j in range(H)], 32, compression=3,
        masks=struct.pack("<III", 0xFF0000, 0xFF00, 0xFF))
    bmp(p + "rle8.bmp", [bytes(r) for r in gray], 8, bgr0(grays), compression=1)


def digits():
    with gzip.open(os.path.join(HERE, "mnist/t10k-images-idx3-ubyte.gz")) as f:
        images = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(os.path.join(HERE, "mnist/t10k-labels-idx1-ubyte.gz")) as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)
    png("digit.png", images[0], 0)  # a seven
    png("digit_inverted.png", 255 - images[0], 0)
    # the same digit as a PGM (examples/digit.c) and as floats, rightly 0..1 and wrongly 0..255 (scripts/demo)
    write("digit.pgm", b"P5 28 28 255\n" + images[0].tobytes())
    for name, scale in (("digit_0_1.npy", 255), ("digit_0_255.npy", 1)):
        out = io.BytesIO()
        np.save(out, (images[0] / np.float32(scale)).astype(np.float32)[:, :, None])
        write(name, out.getvalue())
    n = 100
    small = lambda data: gzip.compress(data, 9, mtime=0)
    write("digits/first100-images-idx3-ubyte.gz", small(struct.pack(">IIII", 0x803, n, 28, 28) + images[:n].tobytes()))
    write("digits/first100-labels-idx1-ubyte.gz", small(struct.pack(">II", 0x801, n) + labels[:n].tobytes()))
    for k in range(12):  # by class, in three formats
        name = "digits/folders/%d/%d" % (labels[k], k)
        if k % 3 == 0:
            png(name + ".png", images[k], 0)
        elif k % 3 == 1:
            jpeg(name + ".jpg", images[k])
        else:
            rows = [bytes(r) for r in images[k]]
            head = struct.pack("<IiiHHIIiiII", 40, 28, 28, 1, 8, 0, 784, 2835, 2835, 256, 0)
            colours = b"".join(bytes([c, c, c, 0]) for c in range(256))
            write(name + ".bmp", b"BM" + struct.pack("<IHHI", 54 + 1024 + 784, 0, 0, 54 + 1024) + head + colours + b"".join(rows[::-1]))


pictures()
digits()
