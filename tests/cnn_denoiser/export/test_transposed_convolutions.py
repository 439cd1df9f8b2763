from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnn_denoiser.export.transposed_convolutions import make_plain


def network(
    channels: int, size: int, stride: int, pads: list[int], bias: bool, **attributes: object
) -> onnx.ModelProto:
    """Make a network of one transposed convolution with three channels before it."""
    rng = np.random.default_rng(1)
    kernel = rng.normal(size=(3, channels, size, size)).astype(np.float32)
    weights = [numpy_helper.from_array(kernel, "kernel")]
    if bias:
        weights.append(
            numpy_helper.from_array(rng.normal(size=channels).astype(np.float32), "bias")
        )
    node = helper.make_node(
        "ConvTranspose",
        ["x", *(tensor.name for tensor in weights)],
        ["y"],
        "layer",
        strides=[stride, stride],
        pads=pads,
        **attributes,
    )
    graph = helper.make_graph(
        [node],
        "transposed",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3, 6, 11])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", channels, "h", "w"])],
        weights,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)


def run(model: onnx.ModelProto) -> np.ndarray:
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    x = np.random.default_rng(2).normal(size=(2, 3, 6, 11)).astype(np.float32)
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize(
    ("channels", "size", "stride", "pads"),
    [
        (4, 5, 1, [2, 2, 2, 2]),
        (4, 3, 1, [0, 1, 2, 0]),
        (1, 5, 3, [1, 1, 1, 1]),
        (1, 5, 2, [1, 2, 2, 1]),
        (1, 4, 2, [1, 1, 1, 1]),
        (1, 2, 3, [0, 0, 0, 0]),
        (1, 3, 3, [0, 0, 1, 0]),
    ],
)
def test_plain_convolutions_compute_the_same(
    channels: int, size: int, stride: int, pads: list[int], bias: bool
) -> None:
    model = network(channels, size, stride, pads, bias)
    expected = run(model)
    make_plain(model)
    onnx.checker.check_model(model)
    assert "ConvTranspose" not in {node.op_type for node in model.graph.node}
    assert "kernel" not in {tensor.name for tensor in model.graph.initializer}
    result = run(model)
    assert result.shape == expected.shape
    assert np.abs(result - expected).max() < 1e-5


@pytest.mark.parametrize(
    ("channels", "attributes"),
    [(4, {}), (1, {"output_padding": [1, 1]}), (1, {"dilations": [2, 2]})],
)
def test_others_stay_as_they_are(channels: int, attributes: dict[str, object]) -> None:
    model = network(channels, 5, 3, [1, 1, 1, 1], bias=True, **attributes)
    before = model.SerializeToString()
    make_plain(model)
    assert model.SerializeToString() == before
