#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every model that LiteRT loads must come through Tuff's reader and writer as one that LiteRT loads and that computes the same bytes.

usage: roundtrip.py REWRITE [beyond] MODEL_OR_FOLDER...

REWRITE is the program build/tests/test_tflite: `test_tflite rewrite IN OUT` reads a model and writes it again, versions chosen anew; with `beyond`
it puts the constants behind the FlatBuffer, as in files over 2 GB.
Needs ai-edge-litert and numpy. A model that the reference resolver refuses is tried with the plain one; what LiteRT cannot load or run is
counted, not compared.
"""
import os
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def models(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in os.walk(path):
            for name in sorted(names):
                full = os.path.join(folder, name)
                with open(full, "rb") as f:
                    if f.read(8)[4:] == b"TFL3":
                        yield full


def compute(path, resolver, seed=7):
    """Outputs of one run on random inputs, as bytes; two runs, so that state shows."""
    it = Interpreter(model_path=path, experimental_op_resolver_type=resolver, num_threads=1)
    it.allocate_tensors()
    rng = np.random.default_rng(seed)
    results = []
    for _ in range(2):
        for d in it.get_input_details():
            shape, dtype = d["shape"], d["dtype"]
            if dtype in (np.bytes_, np.str_, object):
                value = np.array([b"abc"] * int(np.prod(shape)), dtype=object).reshape(shape)
            elif dtype == np.bool_:
                value = rng.integers(0, 2, shape).astype(bool)
            elif np.issubdtype(dtype, np.floating):
                value = rng.uniform(-1, 1, shape).astype(dtype)
            elif np.issubdtype(dtype, np.complexfloating):
                value = rng.uniform(-1, 1, shape).astype(dtype)
            else:
                low, high = (0, 3) if np.dtype(dtype).itemsize >= 4 else (np.iinfo(dtype).min, np.iinfo(dtype).max + 1)
                value = rng.integers(low, high, shape).astype(dtype)
            it.set_tensor(d["index"], value)
        it.invoke()
        for d in it.get_output_details():
            value = it.get_tensor(d["index"])
            results.append((str(value.dtype), value.shape, value.tobytes() if value.dtype != object else repr(value.tolist())))
    return results, sorted(map(str, it.get_signature_list().items()))


def child(path, out, report):
    """In a process of its own: a model that crashes LiteRT ends only this one."""
    for resolver in (OpResolverType.BUILTIN_REF, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES):
        try:
            want = compute(path, resolver)
        except Exception as e:  # noqa: BLE001
            reason = str(e).splitlines()[0]
            continue
        try:
            got = compute(out, resolver)
        except Exception as e:  # noqa: BLE001
            report("DIFFERS: the copy fails: " + str(e).splitlines()[0])
            return
        report("same" if got == want else "DIFFERS: outputs")
        return
    try:
        Interpreter(model_path=path)
        Interpreter(model_path=out)
        report("same (loads, doesn't run): " + reason)
    except Exception as e:  # noqa: BLE001
        report("skipped: LiteRT: " + reason)


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--child":
        child(sys.argv[2], sys.argv[3], lambda text: print("RESULT " + text, flush=True))
        return 0
    rewrite, counts, bad, paths, how = sys.argv[1], {}, 0, sys.argv[2:], "rewrite"
    if paths[0] == "beyond":
        how, paths = paths[0], paths[1:]
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "out.tflite")
        for path in models(paths):
            run = subprocess.run([rewrite, how, path, out], capture_output=True, text=True)
            if run.returncode:
                try:
                    Interpreter(model_path=path)
                    result = "refused: " + (run.stderr or run.stdout).strip()
                except Exception:  # noqa: BLE001
                    result = "refused by both: " + (run.stderr or run.stdout).strip()
            else:
                c = subprocess.run([sys.executable, __file__, "--child", path, out], capture_output=True, text=True)
                lines = [x for x in c.stdout.splitlines() if x.startswith("RESULT ")]
                result = lines[-1][7:] if lines else "skipped: LiteRT crashed"
            kind = result.split(":")[0]
            counts[kind] = counts.get(kind, 0) + 1
            bad += kind in ("DIFFERS", "refused")
            if kind != "same":
                print(f"{result}  {path}", flush=True)
    print(counts)
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
