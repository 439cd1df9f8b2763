"""Model folders that hold no network for pictures: a line, exit code 4, nothing written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from cnn_denoiser.deblurring import network
from cnn_denoiser.deblurring.command import main
from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.onnx_seal import seal
from plumbing.pictures.codec import write_picture

SHAPE = ["N", 90, 270, 1]
Write = Callable[[Path], None]


def tensor(name: str, shape: list[object], kind: int = TensorProto.FLOAT) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    *,
    given: list[onnx.ValueInfoProto] | None = None,
    made: list[onnx.ValueInfoProto] | None = None,
    **numbers: np.ndarray,
) -> None:
    """Write a sealed network; without another one its input and output are pictures."""
    constants = [numpy_helper.from_array(value, name) for name, value in numbers.items()]
    graph = helper.make_graph(
        nodes, "hostile", given or [tensor("x", SHAPE)], made or [tensor("y", SHAPE)], constants
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    helper.set_model_props(model, {"model": "unet", "weights_sha256": "one"})
    path.write_bytes(seal(model.SerializeToString()))


def node(kind: str, *given: str, made: str = "y", **attributes: object) -> onnx.NodeProto:
    return helper.make_node(kind, list(given), [made], **attributes)


def means(axes: list[int], keepdims: int = 1) -> list[onnx.NodeProto]:
    return [node("ReduceMean", "x", axes=axes, keepdims=keepdims)]


def another_rank(path: Path) -> None:
    save(path, means([1, 2, 3], 0), made=[tensor("y", ["N"])])


def two_outputs(path: Path) -> None:
    nodes = [node("Identity", "x"), node("Identity", "x", made="z")]
    save(path, nodes, made=[tensor("y", SHAPE), tensor("z", SHAPE)])


def one_picture_always(path: Path) -> None:
    save(path, means([0]), made=[tensor("y", [1, 90, 270, 1])])


def low_pictures(path: Path) -> None:
    save(path, means([1]), made=[tensor("y", ["N", 1, 270, 1])])


def low_pictures_in_truth(path: Path) -> None:
    save(path, means([1]), made=[tensor("y", ["N", "H", 270, 1])])


def whole_numbers(path: Path) -> None:
    cast = [node("Cast", "x", to=TensorProto.INT32)]
    save(path, cast, made=[tensor("y", SHAPE, TensorProto.INT32)])


def nothing_finite(path: Path) -> None:
    save(path, [node("Mul", "x", "c")], c=np.array([np.nan], np.float32))


def terabytes(path: Path) -> None:
    nodes = [
        node("Tile", "x", "c", made="t"),
        node("ReduceMean", "t", axes=[3], keepdims=1),
    ]
    save(path, nodes, c=np.array([1, 1, 1, 10**9], np.int64))


def no_input(path: Path) -> None:
    save(path, [node("Identity", "c")], given=[], c=np.zeros((1, 90, 270, 1), np.float32))


def no_network(path: Path) -> None:
    path.write_bytes(seal(b"no network"))


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_folder(path: Path) -> None:
    path.mkdir()


HOSTILE = [
    another_rank, two_outputs, one_picture_always, low_pictures, low_pictures_in_truth,
    whole_numbers, nothing_finite, terabytes, no_input,
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a model folder without an ONNX file."""
    folder = tmp_path / "model"
    folder.mkdir()
    description = {"model": "unet", "weights_sha256": "one", "step": 1, "parameters": 1}
    (folder / "model.json").write_text(json.dumps(description))
    return folder


@pytest.mark.parametrize("write", HOSTILE, ids=lambda write: write.__name__)
def test_networks_that_make_no_pictures_are_refused(
    tmp_path: Path, folder: Path, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write(folder / "model.onnx")
    write_picture(tmp_path / "plate.png", np.zeros((30, 80), np.uint8))
    arguments = [tmp_path / "plate.png", tmp_path / "out", "--checkpoint", folder]
    assert main([str(argument) for argument in arguments]) == 4
    told = capsys.readouterr().err
    assert told.startswith("moussaka: error: ") and told.count("\n") == 1
    assert str(folder / "model.onnx") in told
    assert not (tmp_path / "out").exists()


def test_a_network_that_gives_one_picture_for_many_is_refused_then(
    negative_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = Network(negative_folder / "model.onnx")
    monkeypatch.setattr(loaded, "_run", lambda array: [array[:1]])
    with pytest.raises(CheckpointError, match=r"\[1, 90, 270, 1\] for \[2, 90, 270, 1\]"):
        loaded.deblur(np.zeros((2, 90, 270), np.uint8))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("write", [no_network, a_pipe, a_device, a_folder])
def test_what_is_no_file_of_a_network_is_refused_and_never_waited_for(
    folder: Path, write: Write
) -> None:
    write(folder / "model.onnx")
    with pytest.raises(CheckpointError, match="cannot be loaded"):
        Network(folder / "model.onnx")


def test_a_file_of_any_size_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_LARGEST_FILE", 100)
    one_picture_always(folder / "model.onnx")
    with pytest.raises(CheckpointError, match="more than 100 bytes"):
        Network(folder / "model.onnx")


@pytest.mark.parametrize("text", ["[" * 100_000, "{}", "[]", "\0", '{"model": "unet"}'])
def test_a_damaged_description_is_refused(
    tmp_path: Path, negative_folder: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (negative_folder / "model.json").write_text(text)
    write_picture(tmp_path / "plate.png", np.zeros((30, 80), np.uint8))
    arguments = [tmp_path / "plate.png", tmp_path / "out", "--checkpoint", negative_folder]
    assert main([str(argument) for argument in arguments]) == 4
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "model.json" in told
    assert not (tmp_path / "out").exists()
