"""Times Tuff beside LiteRT (as it comes, XNNPACK, one thread) and ONNX Runtime (one thread) on the same networks, in turns, and prints a Markdown table of
ratios. Usage: bench.py TUFF SHARED [ROUNDS]
SPDX-License-Identifier: Apache-2.0
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
from ai_edge_litert import interpreter as litert
import onnxruntime as ort
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from to_onnx import Rewriter  # noqa: E402

TUFF, SHARED = sys.argv[1], os.path.join(sys.argv[2], "data")
ROUNDS = int(sys.argv[3]) if len(sys.argv) > 3 else 5
TINY = "mlcommons__tiny/training/"
VISION = "tensorflow__tflite-support/cc/test/testdata/task/vision/"
MODELS = [
    ("IC (ResNet-8) float", TINY + "image_classification/trained_models/pretrainedResnet.tflite", False),
    ("IC (ResNet-8) int8", TINY + "image_classification/trained_models/pretrainedResnet_quant.tflite", True),
    ("KWS (DS-CNN) dynamic range", TINY + "keyword_spotting/trained_models/kws_ref_model_float32.tflite", False),
    ("KWS (DS-CNN) int8", TINY + "keyword_spotting/trained_models/kws_ref_model.tflite", True),
    ("MobileNet V1 0.25/224 float", VISION + "mobilenet_v1_0.25_224_1_default_1.tflite", False),
    ("MobileNet V1 0.25/224 uint8", VISION + "mobilenet_v1_0.25_224_quant.tflite", True),
]
FLOAT_OF = {1: 0, 3: 2, 5: 4}  # the float network that ONNX Runtime quantizes for an integer row
SECONDS = 0.4


def median_us(call):
    for _ in range(3):
        call()
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        t = time.perf_counter()
        call()
        times.append(time.perf_counter() - t)
    return 1e6 * float(np.median(times))


def run_litert(path):
    it = litert.Interpreter(path, num_threads=1)
    it.allocate_tensors()
    d = it.get_input_details()[0]
    it.set_tensor(d["index"], np.zeros(d["shape"], d["dtype"]))
    return median_us(it.invoke)


class Random(CalibrationDataReader):
    def __init__(self, shape):
        rng = np.random.default_rng(1)
        self.feeds = iter([{"x": rng.random(shape, np.float32)} for _ in range(8)])

    def get_next(self):
        return next(self.feeds, None)


def onnx_session(k, folder):
    try:
        model, shape = Rewriter(open(os.path.join(SHARED, MODELS[FLOAT_OF.get(k, k)][1]), "rb").read()).rewrite()
    except SystemExit as e:
        print("no ONNX row:", e, file=sys.stderr)
        return None
    path = os.path.join(folder, "%d.onnx" % k)
    open(path, "wb").write(model.SerializeToString())
    if k in FLOAT_OF:
        quantize_static(path, path + "q", Random(shape), quant_format=QuantFormat.QDQ, per_channel=True, activation_type=QuantType.QUInt8,
                        weight_type=QuantType.QInt8)
        path += "q"
    o = ort.SessionOptions()
    o.intra_op_num_threads = o.inter_op_num_threads = 1
    o.log_severity_level = 3
    s = ort.InferenceSession(path, o, providers=["CPUExecutionProvider"])
    x = np.zeros(shape, np.float32)
    return lambda: s.run(None, {"x": x})


def run_tuff(path, level=None):
    args = [TUFF, "bench", path, "--seconds", str(SECONDS), "--json"] + (["--cpu", level] if level else [])
    return json.loads(subprocess.run(args, capture_output=True, check=True).stdout)


def main():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    version = run_tuff(os.path.join(SHARED, MODELS[3][1]))
    import ai_edge_litert
    print("CPU: %s, one thread. Tuff %s (level %s), LiteRT %s, ONNX Runtime %s. Medians of %d rounds in turns; a ratio above 1 means Tuff is slower.\n" %
          (cpu, version["version"], version["cpu"], getattr(ai_edge_litert, "__version__", "2.3.0"), ort.__version__, ROUNDS))
    print("| model | Tuff us | Tuff / LiteRT | Tuff / ONNX Runtime | first inference us (load + first) |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for k, (name, path, _) in enumerate(MODELS):
            path = os.path.join(SHARED, path)
            other = onnx_session(k, folder)
            rows = []
            for _ in range(ROUNDS):
                t = run_tuff(path)
                rows.append((t["median_us"], run_litert(path), median_us(other) if other else float("nan"), t["load_us"] + t["first_us"]))
            a = np.array(rows)
            cell = lambda x: "-" if np.isnan(x) else "%.2f" % x
            print("| %s | %.0f | %s | %s | %.0f |" % (name, np.median(a[:, 0]), cell(np.median(a[:, 0] / a[:, 1])), cell(np.median(a[:, 0] / a[:, 2])),
                                                      np.median(a[:, 3])))


main()
