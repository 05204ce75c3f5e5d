"""tests/data/keras/topology_11.h5 (Keras 3) -> nested_keras_2.h5: the same weights as Keras 2.4 would have written them.

Functional in place of Sequential, class "Model", triples for tensors, layers out of order, a nested model whose arrays lie flat in one group
(trainable first), fixed-length strings, a list of names in two pieces, BatchNormalization's axis as a list. Needs h5py and numpy.
"""
import json
import pathlib

import h5py
import numpy as np

folder = pathlib.Path(__file__).resolve().parent.parent / "data" / "keras"
source = h5py.File(folder / "topology_11.h5")["model_weights"]


def layer(class_name, name, calls, **config):
    return {"class_name": class_name, "name": name, "config": {"name": name, "trainable": True, "dtype": "float32", **config},
            "inbound_nodes": [[[producer, 0, 0, {}]] for producer in calls]}


def model(name, layers, first, last):
    return {"name": name, "layers": layers, "input_layers": [[first, 0, 0]], "output_layers": [[last, 0, 0]]}


tower = model("tower", [
    layer("InputLayer", "input_2", [], batch_input_shape=[None, 8, 8, 1], sparse=False, ragged=False),
    layer("Conv2D", "conv2d", ["input_2"], filters=4, kernel_size=[3, 3], strides=[1, 1], padding="valid", data_format="channels_last",
          dilation_rate=[1, 1], groups=1, activation="linear", use_bias=0),
    layer("BatchNormalization", "batch_normalization", ["conv2d"], axis=[3], momentum=0.99, epsilon=0.001, center=True, scale=1),
    layer("ReLU", "re_lu", ["batch_normalization"], max_value=None, negative_slope=[0.0], threshold=0.0),
    layer("MaxPooling2D", "max_pooling2d", ["re_lu"], pool_size=[2, 2], padding="valid", strides=None, data_format="channels_last"),
], "input_2", "max_pooling2d")
inner = {"class_name": "Functional", "name": "tower", "config": tower, "inbound_nodes": [[["input_1", 0, 0, {}]]]}
outer = model("model", [
    layer("InputLayer", "input_1", [], batch_input_shape=[None, 8, 8, 1], sparse=False, ragged=False),
    layer("Dense", "dense", ["dropout"], units=3, activation="linear", use_bias=True),
    layer("Dropout", "dropout", ["flatten"], rate=0.3, noise_shape=None, seed=None),
    layer("Flatten", "flatten", ["tower"], data_format="channels_last"),
    inner,
], "input_1", "dense")

weights = {
    "tower": ["conv2d/kernel", "batch_normalization/gamma", "batch_normalization/beta", "batch_normalization/moving_mean",
              "batch_normalization/moving_variance"],
    "dense": ["dense/kernel", "dense/bias"],
}
with h5py.File(folder / "nested_keras_2.h5", "w") as out:
    out.attrs["keras_version"] = np.bytes_("2.4.0")
    out.attrs["backend"] = np.bytes_("tensorflow")
    out.attrs["model_config"] = json.dumps({"class_name": "Model", "config": outer})
    group = out.create_group("model_weights")
    group.attrs["layer_names"] = np.array([entry["name"] for entry in outer["layers"]], dtype="S8")
    for entry in outer["layers"]:
        names = weights.get(entry["name"], [])
        own = group.create_group(entry["name"])
        stored = np.array([name + ":0" for name in names], dtype="S48") if names else np.array([])
        if len(names) > 2:
            own.attrs["weight_names0"], own.attrs["weight_names1"] = stored[:2], stored[2:]
        else:
            own.attrs["weight_names"] = stored
        for name in names:
            holder = name.split("/")[0]
            own[name + ":0"] = source[holder]["sequential/" + name][()]
