from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.export.__main__ import main
from cnn_denoiser.export.quantisation import quantise
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.onnx_seal import seal
from cnn_denoiser.model_files.shipped import shipped_model_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy a shipped network and quantise it as the command does."""
    folder = tmp_path_factory.mktemp("moussaka")
    shutil.copy(shipped_model_folder("moussaka") / "model.onnx", folder)
    assert main([str(folder), str(folder / "model.int8.onnx"), "--precision", "int8"]) == 0
    return folder


def test_it_is_the_network_that_is_shipped(folder: Path) -> None:
    """The same plates and the same network give the same ranges on every machine, nearly."""
    shipped = Network(shipped_model_folder("moussaka") / "model.int8.onnx")
    frames = np.random.default_rng(0).integers(0, 256, (3, 90, 270), np.uint8)
    made = Network(folder / "model.int8.onnx")
    assert np.abs(made.deblur(frames).astype(int) - shipped.deblur(frames)).mean() < 1


def test_weights_are_integers_but_for_the_first_and_the_last_convolution(folder: Path) -> None:
    graph = onnx.load(folder / "model.int8.onnx").graph
    convolutions = [node for node in graph.node if node.op_type in ("Conv", "ConvTranspose")]
    weights = {tensor.name: tensor.data_type for tensor in graph.initializer}
    whole = [weights.get(node.input[1]) == onnx.TensorProto.FLOAT for node in convolutions]
    assert whole == [True, *[False] * (len(convolutions) - 2), True]
    size = (folder / "model.onnx").stat().st_size
    assert (folder / "model.int8.onnx").stat().st_size < 0.3 * size


def test_it_says_what_it_is_made_of(folder: Path) -> None:
    whole, quantised = (Network(folder / name) for name in ("model.onnx", "model.int8.onnx"))
    assert quantised.model == "moussaka"
    assert quantised.weights_sha256 == whole.weights_sha256


def test_a_network_that_8_bits_spoil_is_not_written(tmp_path: Path, folder: Path) -> None:
    network = onnx.load(folder / "model.onnx")
    (weights,) = [
        tensor
        for tensor in network.graph.initializer
        if tensor.name == [n for n in network.graph.node if n.op_type == "Conv"][1].input[1]
    ]
    values = onnx.numpy_helper.to_array(weights).copy()
    # One weight of each channel takes the whole range, and has no effect: its input is cut off.
    values[:, 0, 0, 0] = 1e4
    weights.CopyFrom(onnx.numpy_helper.from_array(values, weights.name))
    (tmp_path / "model.onnx").write_bytes(seal(network.SerializeToString()))
    with pytest.raises(CheckpointError, match="8 bits differs"):
        quantise(tmp_path / "model.onnx", tmp_path / "model.int8.onnx")
    assert not (tmp_path / "model.int8.onnx").exists()


def test_what_is_missing_is_told_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), str(tmp_path / "a.onnx"), "--precision", "int8"]) != 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("export: error: ") and "model.onnx" in line
