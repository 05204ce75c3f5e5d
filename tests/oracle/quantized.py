#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Our int8 files run in LiteRT's reference interpreter with exactly the bytes that Tuff computes.

Quantizes each model, from its float .tflite and from its Keras file, runs the int8 file on test digits in LiteRT (builtin reference kernels),
and lets `tuff verify` compare its own outputs with those, byte for byte. With --accuracy, `tuff eval` also scores the file beside the official
converter's int8 file of the same model on all test digits: ours must lie within one standard error or above, and be at most 1.1 times as large.

    quantized.py --tuff build/tuff --models DIR --digits DIR --calibration FILE [--limit 100] [--accuracy] [NAME ...]
"""
import argparse
import gzip
import io
import json
import math
import os
import subprocess
import sys
import tempfile
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

MODELS = {"mnist_cnn": 1, "tfk_mnist_cnn": 1, "mnist_mlp": 1, "mnist_rescale_cnn": 255, "mnist_resnet": 1}  # highest value of the input


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def digits(folder, limit):
    with gzip.open(os.path.join(folder, "t10k-images-idx3-ubyte.gz")) as f:
        pixels = np.frombuffer(f.read()[16:], np.uint8).reshape(-1, 28, 28)
    return pixels[:: len(pixels) // limit][:limit]


def npy(array):
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def reference_cases(model, pixels, high, path):
    """The zip that `tuff verify` reads: the model, inputs, and LiteRT's outputs."""
    it = Interpreter(model, experimental_op_resolver_type=OpResolverType.BUILTIN_REF)
    it.allocate_tensors()
    given, made = it.get_input_details()[0], it.get_output_details()[0]
    scale, zero = given["quantization"]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("index.tsv", f"int8\t\tok\t0\t0\t{len(pixels)}\tint8 model on test digits\n")
        z.write(model, "int8/model.tflite")
        for k, picture in enumerate(pixels):
            real = picture.reshape(given["shape"]).astype(np.float64) * (high / 255)
            x = np.clip(np.floor(real / scale + 0.5) + zero, -128, 127).astype(np.int8)
            it.set_tensor(given["index"], x)
            it.invoke()
            z.writestr(f"int8/{k}/in0.npy", npy(x))
            z.writestr(f"int8/{k}/out0.npy", npy(it.get_tensor(made["index"])))


def compare(args, name, ours, theirs):
    scores = [json.loads(run(args.tuff, "eval", m, "--data", os.path.join(args.digits, "t10k-images-idx3-ubyte.gz"), "--input-range", f"0..{MODELS[name]}",
                             "--json")) for m in (ours, theirs)]
    sizes = [os.path.getsize(m) for m in (ours, theirs)]
    p, q = (s["accuracy"] for s in scores)
    error = math.sqrt(q * (1 - q) / scores[1]["n"])
    good = p >= q - error and sizes[0] <= 1.1 * sizes[1]
    print(f"  accuracy {100 * p:.2f} % beside {100 * q:.2f} % (standard error {100 * error:.2f}), {sizes[0]} bytes beside {sizes[1]}{'' if good else ': WORSE'}")
    return good


def check(args, name, source, pixels):
    high = MODELS[name]
    with tempfile.TemporaryDirectory() as folder:
        model, cases = os.path.join(folder, "int8.tflite"), os.path.join(folder, "cases.zip")
        run(args.tuff, "quantize" if source.endswith(".tflite") else "convert", source, "-o", model, "--quantize", "int8", "--data", args.calibration,
            "--input-range", f"0..{high}", "--calibration", args.method)
        reference_cases(model, pixels, high, cases)
        print(f"{os.path.basename(source)}: {run(args.tuff, 'verify', cases).strip().splitlines()[-1]} ({len(pixels)} digits, byte for byte)", flush=True)
        return not args.accuracy or compare(args, name, model, os.path.join(args.models, f"{name}.int8.tflite"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tuff", required=True)
    parser.add_argument("--models", required=True, help="folder of NAME.float.tflite, NAME.keras, NAME.int8.tflite")
    parser.add_argument("--digits", required=True, help="folder of MNIST's idx files")
    parser.add_argument("--calibration", required=True)
    parser.add_argument("--method", default="minmax")
    parser.add_argument("--limit", type=int, default=100)
    parser.add_argument("--accuracy", action="store_true")
    parser.add_argument("names", nargs="*", default=list(MODELS))
    args = parser.parse_args()
    pixels, failed = digits(args.digits, args.limit), 0
    for name in args.names:
        for ending in (".float.tflite", ".keras", ".h5"):
            source = os.path.join(args.models, name + ending)
            if os.path.exists(source):
                failed += not check(args, name, source, pixels)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
