#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every options table of the schema, with random values, must come through Tuff's reader and writer unchanged.

usage: options.py REWRITE [ROUNDS]

REWRITE is build/tests/test_tflite. The models are made and read back by LiteRT's own generated code (ai_edge_litert.schema_py_generated), so field
ids, types and defaults of src/ops are held against the schema itself. Each builtin code gets one model per round: its op alone, with the options
table that LiteRT's parser expects for it.
"""
import os
import random
import subprocess
import sys
import tempfile

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

# The options table of an op is the one of its own name, but for these.
SHARED = {
    "CONV_3D_TRANSPOSE": "Conv3DOptions", "AVERAGE_POOL_2D": "Pool2DOptions", "MAX_POOL_2D": "Pool2DOptions", "L2_POOL_2D": "Pool2DOptions",
    "UNIDIRECTIONAL_SEQUENCE_RNN": "SequenceRNNOptions", "L2_NORMALIZATION": "L2NormOptions", "MAXIMUM": "MaximumMinimumOptions",
    "MINIMUM": "MaximumMinimumOptions", "RANDOM_UNIFORM": "RandomOptions", "RANDOM_STANDARD_NORMAL": "RandomOptions", "MULTINOMIAL": "RandomOptions",
    "ATAN2": "ATan2Options",
    **{n: "ReducerOptions" for n in ("MEAN", "SUM", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY", "REDUCE_ALL")},
}
DEPRECATED = {("ResizeBilinearOptions", "newHeight"), ("ResizeBilinearOptions", "newWidth")}
VECTORS = {  # element type of each vector field; what isn't here is int64 (StableHLO)
    "newShape": "i4", "squeezeDims": "i4", "numColumnsPerChannel": "i4", "embeddingDimPerChannel": "i4", "boundaries": "f4", "customAttributes": "u1",
    "compositeAttributes": "u1", "quantSpec": "u1", "windowReversal": "?", "precisionConfig": "u4",
}
SUBGRAPHS = {"calledComputations", "branchSubgraphIndices"}


def names(enum):
    return {v: k for k, v in vars(enum).items() if not k.startswith("_") and isinstance(v, int)}


def tables():
    """op name -> (table name, number, in the second union)"""
    first, second = names(schema.BuiltinOptions), names(schema.BuiltinOptions2)
    by_key = {}
    for union, is_second in ((first, False), (second, True)):
        for number, table in union.items():
            if table != "NONE":
                by_key[table.replace("Options", "").replace("_", "").lower()] = (table, number, is_second)
    result = {}
    for code, op in names(schema.BuiltinOperator).items():
        table = SHARED.get(op)
        key = table.replace("Options", "").lower() if table else op.replace("_", "").lower()
        result[code] = (op, by_key.get(key))
    return result


def random_value(rng, field, sample):
    """A value that shows that the field was read with its own type and not left at its default."""
    if "ubgraph" in field:
        return 0 if field not in SUBGRAPHS else np.zeros(rng.randint(1, 3), "i4")
    if field in SUBGRAPHS:
        return np.zeros(rng.randint(0, 3), "i4")
    if isinstance(sample, bool):
        return rng.random() < 0.5
    if isinstance(sample, float):
        return float(np.float32(rng.uniform(-1e3, 1e3)))
    if isinstance(sample, int):
        return rng.randint(0, 5)
    if field in ("name", "container", "sharedName", "callTargetName", "backendConfig"):
        return "".join(rng.choice("abcxyz_/:") for _ in range(rng.randint(1, 9)))
    kind = VECTORS.get(field, "i8")
    count = rng.randint(1, 5)
    if kind == "f4":
        return np.array([rng.uniform(-9, 9) for _ in range(count)], kind)
    top = {"?": 1, "u1": 255, "u4": 2}.get(kind, 2**31 - 1)
    return np.array([rng.randint(0, top) for _ in range(count)], kind)


def model_of(code, options, number, second):
    m = schema.ModelT()
    m.version = 3
    m.buffers = [schema.BufferT()]
    oc = schema.OperatorCodeT()
    oc.deprecatedBuiltinCode, oc.builtinCode = min(code, 127), code
    m.operatorCodes = [oc]
    subgraphs = []
    for calls in (False, True):  # subgraph 0 holds no op, so that any op may call it
        s = schema.SubGraphT()
        t = schema.TensorT()
        t.shape, t.name = np.array([1], "i4"), b"t"
        s.tensors, s.inputs, s.outputs, s.operators = [t], [0], [0], []
        if calls:
            o = schema.OperatorT()
            o.inputs, o.outputs = np.array([0], "i4"), np.array([], "i4")
            if options is not None:
                if second:
                    o.builtinOptions2Type, o.builtinOptions2 = number, options
                else:
                    o.builtinOptionsType, o.builtinOptions = number, options
            s.operators = [o]
        subgraphs.append(s)
    m.subgraphs = subgraphs
    b = flatbuffers.Builder(1024)
    b.Finish(m.Pack(b), b"TFL3")
    return bytes(b.Output())


def same(a, b):
    for field in vars(a):
        x, y = getattr(a, field), getattr(b, field)
        if isinstance(x, (np.ndarray, list)) or isinstance(y, (np.ndarray, list)):
            if x is None or y is None or not np.array_equal(np.asarray(x), np.asarray(y)):
                return field
        else:
            x, y = (v.encode() if isinstance(v, str) else v for v in (x, y))
            if x != y:
                return field
    return None


def main():
    rewrite, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 3
    rng, bad, done = random.Random(1), 0, 0
    with tempfile.TemporaryDirectory() as folder:
        source, out = os.path.join(folder, "in.tflite"), os.path.join(folder, "out.tflite")
        for code, (op, entry) in sorted(tables().items()):
            if op in ("CUSTOM",):
                continue
            for k in range(rounds):
                options = None
                if entry:
                    options = getattr(schema, entry[0] + "T")()
                    for field, sample in list(vars(options).items()):
                        if (entry[0], field) not in DEPRECATED and k:  # round 0: defaults
                            setattr(options, field, random_value(rng, field, sample))
                with open(source, "wb") as f:
                    f.write(model_of(code, options, *(entry[1:] if entry else (0, False))))
                run = subprocess.run([rewrite, "rewrite", source, out], capture_output=True, text=True)
                if run.returncode:
                    print(f"{op}: refused: {run.stderr.strip()}")
                    bad += 1
                    continue
                with open(out, "rb") as f:
                    back = schema.ModelT.InitFromObj(schema.Model.GetRootAs(f.read(), 0))
                o = back.subgraphs[1].operators[0]
                oc = back.operatorCodes[o.opcodeIndex]
                problem = None
                if oc.builtinCode != code or oc.deprecatedBuiltinCode != min(code, 127):
                    problem = f"code {oc.builtinCode}"
                elif entry:
                    kind, got = (o.builtinOptions2Type, o.builtinOptions2) if entry[2] else (o.builtinOptionsType, o.builtinOptions)
                    problem = f"options of kind {kind}" if kind != entry[1] or got is None else same(options, got)
                    if problem and got is not None and hasattr(got, problem):
                        problem += f": {getattr(options, problem)} became {getattr(got, problem)}"
                elif o.builtinOptionsType or o.builtinOptions2Type:
                    problem = "options out of nowhere"
                done += 1
                if problem:
                    print(f"{op}: {problem}")
                    bad += 1
    print(f"{done} models, {bad} differ")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
