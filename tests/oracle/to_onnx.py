"""Rewrites a small float .tflite network (convolutions, pools, dense layers, ADD, MEAN, SOFTMAX) as ONNX, so that ONNX Runtime can be timed on the same
network. int8 weights are dequantized. For benchmarks only.
SPDX-License-Identifier: Apache-2.0
"""
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as fb
from onnx import TensorProto, helper, numpy_helper

CODES = {v: k for k, v in fb.BuiltinOperator.__dict__.items() if isinstance(v, int)}
TYPES = {0: np.float32, 1: np.float16, 2: np.int32, 3: np.uint8, 9: np.int8}


class Rewriter:
    def __init__(self, content):
        self.model = fb.ModelT.InitFromPackedBuf(content, 0)
        self.graph = self.model.subgraphs[0]
        self.nodes, self.constants, self.names = [], [], {}

    def data(self, index):
        t = self.graph.tensors[index]
        raw = self.model.buffers[t.buffer].data
        if raw is None:
            return None
        a = np.frombuffer(bytes(raw), TYPES[t.type]).reshape(t.shape if t.shape is not None else ())
        if t.type == 9 and t.quantization is not None and t.quantization.scale is not None:
            shape = [1] * a.ndim
            shape[t.quantization.quantizedDimension if len(t.quantization.scale) > 1 else 0] = -1
            a = a.astype(np.float32) * t.quantization.scale.reshape(shape)
        return a

    def constant(self, array):
        name = "c%d" % len(self.constants)
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def emit(self, op, inputs, **attributes):
        name = "n%d" % len(self.nodes)
        self.nodes.append(helper.make_node(op, inputs, [name], **attributes))
        return name

    def activation(self, name, kind):
        if kind == 1:
            return self.emit("Relu", [name])
        if kind == 3:
            return self.emit("Clip", [name, self.constant(np.float32(0)), self.constant(np.float32(6))])
        return name

    def window(self, options, kernel, shape):
        strides, dilation = [int(options.strideH), int(options.strideW)], [getattr(options, "dilationHFactor", 1), getattr(options, "dilationWFactor", 1)]
        pads = [0, 0, 0, 0]
        if options.padding == 0:
            for k in range(2):
                size = shape[1 + k]
                total = max((-(-size // strides[k]) - 1) * strides[k] + (kernel[k] - 1) * dilation[k] + 1 - size, 0)
                pads[k], pads[2 + k] = total // 2, total - total // 2
        return dict(kernel_shape=[int(k) for k in kernel], strides=strides, pads=[int(p) for p in pads])

    def node(self, op):
        code = self.model.operatorCodes[op.opcodeIndex]
        kind = CODES[max(code.builtinCode, code.deprecatedBuiltinCode)]
        o, ins = op.builtinOptions, op.inputs
        x = self.names.get(ins[0])
        shape = self.graph.tensors[ins[0]].shape
        if kind == "CONV_2D":
            w = self.data(ins[1]).transpose(0, 3, 1, 2)
            y = self.emit("Conv", [x, self.constant(w), self.constant(self.data(ins[2]))], dilations=[int(o.dilationHFactor), int(o.dilationWFactor)],
                          **self.window(o, w.shape[2:], shape))
        elif kind == "DEPTHWISE_CONV_2D":
            w = self.data(ins[1]).transpose(3, 0, 1, 2)
            y = self.emit("Conv", [x, self.constant(w), self.constant(self.data(ins[2]))], group=int(shape[3]), **self.window(o, w.shape[2:], shape))
        elif kind == "FULLY_CONNECTED":
            y = self.emit("Gemm", [self.emit("Flatten", [x]), self.constant(self.data(ins[1])), self.constant(self.data(ins[2]))], transB=1)
        elif kind in ("AVERAGE_POOL_2D", "MAX_POOL_2D"):
            y = self.emit("AveragePool" if kind[0] == "A" else "MaxPool", [x], **self.window(o, (o.filterHeight, o.filterWidth), shape))
        elif kind == "MEAN":
            y = self.emit("GlobalAveragePool", [x])
        elif kind == "ADD":
            y = self.emit("Add", [x, self.names[ins[1]]])
        elif kind in ("RESHAPE", "SQUEEZE"):
            y = self.emit("Flatten", [x])
        elif kind == "SOFTMAX":
            y = self.emit("Softmax", [x], axis=-1)
        else:
            raise SystemExit("no rewriting of " + kind)
        self.names[op.outputs[0]] = self.activation(y, getattr(o, "fusedActivationFunction", 0))

    def rewrite(self):
        shape = [int(d) for d in self.graph.tensors[self.graph.inputs[0]].shape]
        if len(shape) == 4:
            shape = [shape[0], shape[3], shape[1], shape[2]]
        self.names[self.graph.inputs[0]] = "x"
        for op in self.graph.operators:
            self.node(op)
        last = self.names[self.graph.outputs[0]]
        g = helper.make_graph(self.nodes, "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info(last, TensorProto.FLOAT, ["n", "classes"])], self.constants)
        model = helper.make_model(g, opset_imports=[helper.make_opsetid("", 13)])
        model.ir_version = 8
        onnx.checker.check_model(model)
        return model, shape
