"""The graph of a network as TensorBoard shows it, whatever Keras backend runs it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import keras
from tensorboardX.proto.attr_value_pb2 import AttrValue
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.node_def_pb2 import NodeDef
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.proto.versions_pb2 import VersionDef

LEAST_CONSUMER = 22  # the version of the format that TensorFlow has written for years


def network_graph(network: keras.Model) -> GraphDef:
    """Return the layers and operations of a network, each with the shape of its output.

    Each layer with weights is a box of its own, which holds the operations that follow it, too:
    else TensorBoard draws the many of those that are alike apart from the rest.
    """
    # A chain of layers does not tell its connections, a functional model of the same layers does.
    functional = keras.Model(network.inputs, network.outputs)
    operations = {operation.name: operation for operation in functional.operations}
    boxes: dict[str, str] = {}
    names: dict[str, str] = {}
    nodes = []
    for layer in functional.get_config()["layers"]:
        name, inputs = layer["name"], list(_names_of_inputs(layer["inbound_nodes"]))
        operation = operations[name]
        starts_a_box = not inputs or getattr(operation, "trainable_weights", None)
        latest = max(inputs, key=list(names).index, default=name)
        boxes[name] = name if starts_a_box else boxes[latest]
        full = f"{boxes[name]}/{layer['class_name']}"
        alike = sum(earlier.startswith(full) for earlier in names.values())
        names[name] = f"{full}_{alike}" if alike else full
        output = keras.tree.flatten(operation.output)[0]
        size = [-1 if side is None else side for side in output.shape]
        shape = TensorShapeProto(dim=[TensorShapeProto.Dim(size=side) for side in size])
        nodes.append(
            NodeDef(
                name=names[name],
                op=layer["class_name"],
                input=[names[before] for before in inputs],
                attr={"_output_shapes": AttrValue(list=AttrValue.ListValue(shape=[shape]))},
            )
        )
    return GraphDef(node=nodes, versions=VersionDef(producer=LEAST_CONSUMER))


def _names_of_inputs(config: Any) -> Iterator[str]:
    """Yield the names of the layers that a serialised call takes its tensors from."""
    if isinstance(config, dict):
        if "keras_history" in config:
            yield config["keras_history"][0]
        else:
            for value in config.values():
                yield from _names_of_inputs(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from _names_of_inputs(value)
