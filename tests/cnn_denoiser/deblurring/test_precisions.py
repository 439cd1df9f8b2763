from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from cnn_denoiser.deblurring import runtimes
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.shipped import shipped_models
from tests.cnn_denoiser.deblurring.conftest import plates, random_frames


@pytest.mark.parametrize("precision", ["f32", "int8"])
def test_result_does_not_depend_on_the_threads(precision: Literal["f32", "int8"]) -> None:
    frames = plates(5)
    alone = load_network(precision=precision, threads=1).deblur(frames)
    for threads in (2, 3, 8):
        network = load_network(precision=precision, threads=threads)
        assert np.array_equal(network.deblur(frames), alone), threads
        assert np.array_equal(network.deblur(frames[:1]), alone[:1]), threads


def test_bfloat16_without_openvino_is_refused_with_what_to_do(
    negative_folder: Path, exports: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    with pytest.raises(CheckpointError, match="pip install"):
        load_network(checkpoint=negative_folder, precision="bf16")
    assert exports == []


def test_bfloat16_is_refused_where_the_processor_lacks_it(
    negative_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openvino = pytest.importorskip("openvino")
    monkeypatch.setattr(openvino.Core, "get_property", lambda *arguments: ["FP32"])
    with pytest.raises(CheckpointError, match="processor"):
        load_network(checkpoint=negative_folder, precision="bf16")


@pytest.mark.parametrize("model", shipped_models())
def test_bfloat16_gives_nearly_the_same_pictures(model: str) -> None:
    openvino = pytest.importorskip("openvino")
    if "BF16" not in openvino.Core().get_property("CPU", runtimes.CAPABILITIES):
        pytest.skip("this processor does not compute in bf16")
    frames = plates(5)
    network = load_network(model, precision="bf16")
    deblurred = network.deblur(frames, batch_size=5)
    assert np.array_equal(network.deblur(frames, batch_size=2), deblurred)
    difference = np.abs(deblurred.astype(int) - load_network(model).deblur(frames))
    assert 0 < difference.max() <= 8
    assert difference.mean() < 0.5
    assert network.weights_sha256 == load_network(model).weights_sha256


@pytest.mark.parametrize("model", shipped_models())
def test_integers_give_nearly_the_same_pictures_and_readings(model: str) -> None:
    frames = plates(5)
    quick, whole = load_network(model, precision="int8"), load_network(model)
    result, expected = (network.deblur_and_read(frames) for network in (quick, whole))
    assert np.array_equal(quick.deblur(frames, batch_size=2), result.frames)
    difference = np.abs(result.frames.astype(int) - expected.frames)
    assert 0 < difference.mean() < 3
    assert quick.reads == whole.reads
    if result.logits is not None and expected.logits is not None:
        same = result.logits.argmax(axis=-1) == expected.logits.argmax(axis=-1)
        assert same.mean() >= 0.9


def test_integers_of_a_network_of_ones_own_are_made_once_of_float32(
    negative_folder: Path, exports: list[Path]
) -> None:
    (negative_folder / "model.onnx").unlink()
    frames = random_frames(2)
    for _ in range(2):
        network = load_network(checkpoint=negative_folder, precision="int8")
        assert np.array_equal(network.deblur(frames), 255 - frames)
    assert exports == [negative_folder, negative_folder]
    assert {path.name for path in negative_folder.glob("*.onnx")} == {
        "model.onnx",
        "model.int8.onnx",
    }


def test_integers_of_other_weights_are_made_anew(
    negative_folder: Path,
    exports: list[Path],
    write_negative_onnx: Callable[[Path, str], None],
) -> None:
    write_negative_onnx(negative_folder / "model.int8.onnx", "two")
    load_network(checkpoint=negative_folder, precision="int8")
    assert exports == [negative_folder]
