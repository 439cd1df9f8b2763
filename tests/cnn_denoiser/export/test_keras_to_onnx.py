from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from cnn_denoiser.deblurring.network import Network
from cnn_denoiser.export.__main__ import main
from cnn_denoiser.export.another_process import export_in_another_process
from cnn_denoiser.export.keras_to_onnx import export_onnx
from cnn_denoiser.frames import from_network, to_network
from cnn_denoiser.model_files.model_folder import (
    CheckpointError,
    read_description,
    write_model_folder,
)


@pytest.fixture(scope="module")
def exported(moussaka_folder: Path) -> Path:
    """Export moussaka as the command does: in a process of its own."""
    path = moussaka_folder / "model.onnx"
    export_in_another_process(moussaka_folder, path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 3])
def test_exported_network_computes_what_keras_computes(
    exported: Path, moussaka_folder: Path, count: int
) -> None:
    import keras

    from cnn_denoiser.model_definitions import create_model

    model = create_model("moussaka")
    model.load_weights(moussaka_folder / "weights.weights.h5")
    pictures = np.random.default_rng(4).uniform(-1, 1, (count, 90, 270, 1)).astype(np.float32)
    expected = keras.ops.convert_to_numpy(model(pictures, training=False))
    session = onnxruntime.InferenceSession(exported)
    (result,) = session.run(None, {session.get_inputs()[0].name: pictures})
    assert result.shape == pictures.shape
    assert np.abs(result - expected).max() < 1e-4


@pytest.mark.slow
def test_exported_network_says_what_it_is_made_of(exported: Path, moussaka_folder: Path) -> None:
    metadata = onnxruntime.InferenceSession(exported).get_modelmeta().custom_metadata_map
    description = json.loads((moussaka_folder / "model.json").read_text())
    assert metadata["model"] == "moussaka"
    assert metadata["weights_sha256"] == description["weights_sha256"]
    assert Network(exported).weights_sha256 == description["weights_sha256"]


def test_a_small_network_is_exported_with_its_name_and_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    from cnn_denoiser import model_definitions

    layers = [keras.Input((90, 270, 1), name="blurred"), keras.layers.Conv2DTranspose(1, 3)]
    network = keras.Sequential([*layers, keras.layers.Cropping2D(1)], name="small")
    write_model_folder(tmp_path, network, {"step": 1})
    monkeypatch.setattr(model_definitions, "create_model", lambda name: network)
    export_onnx(tmp_path, tmp_path / "model.onnx")
    exported = Network(tmp_path / "model.onnx")
    assert exported.model == "small"
    assert exported.weights_sha256 == read_description(tmp_path).weights_sha256
    frames = np.random.default_rng(0).integers(0, 256, (3, 90, 270), np.uint8)
    expected = from_network(np.asarray(network(to_network(frames))))
    assert np.abs(exported.deblur(frames).astype(int) - expected).max() <= 1


def test_network_that_differs_from_the_trained_one_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    from cnn_denoiser import model_definitions

    class Unsteady(keras.layers.Layer):
        """Adds something else each time that it is traced or called."""

        calls = 0

        def call(self, pictures: object) -> object:
            self.calls += 1
            return pictures + self.calls

    layers = [keras.Input((90, 270, 1)), keras.layers.Conv2D(1, 1), Unsteady()]
    network = keras.Sequential(layers)
    write_model_folder(tmp_path, network, {"step": 1})
    monkeypatch.setattr(model_definitions, "create_model", lambda name: network)
    with pytest.raises(CheckpointError, match="differs"):
        export_onnx(tmp_path, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


@pytest.mark.slow
def test_missing_tensorflow_is_told(
    moussaka_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError('none here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(CheckpointError, match="needs TensorFlow"):
        export_in_another_process(moussaka_folder, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


@pytest.mark.slow
def test_reasons_come_through_from_the_other_process(moussaka_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"^.*model\.onnx cannot be written: No such file"):
        export_in_another_process(moussaka_folder, tmp_path / "none" / "model.onnx")


def test_a_process_that_the_system_ends_is_told_of(
    moussaka_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = subprocess.CompletedProcess([], -9, "", "")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: killed)
    with pytest.raises(CheckpointError, match=r"^model\.onnx .*\(SIGKILL\).*want of memory$"):
        export_in_another_process(moussaka_folder, tmp_path / "model.onnx")


def test_no_process_is_started_nor_told_of_for_weights_that_are_not_there(
    moussaka_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("a process is started"))
    with pytest.raises(CheckpointError, match="weights"):
        export_in_another_process(tmp_path, tmp_path / "model.onnx")
    shutil.copy(moussaka_folder / "model.json", tmp_path)
    (tmp_path / "weights.weights.h5").write_bytes(b"half")
    with pytest.raises(CheckpointError, match="damaged"):
        export_in_another_process(tmp_path, tmp_path / "model.onnx")
    assert "making" not in caplog.text


def test_making_a_network_is_told(
    moussaka_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    done = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    export_in_another_process(moussaka_folder, tmp_path / "model.onnx")
    assert "making model.onnx from the saved weights" in caplog.text


@pytest.mark.parametrize("change", ["damaged weights", "unknown network"])
def test_folder_that_is_not_what_it_says_is_refused(
    moussaka_folder: Path, tmp_path: Path, change: str
) -> None:
    weights = (moussaka_folder / "weights.weights.h5").read_bytes()
    description = json.loads((moussaka_folder / "model.json").read_text())
    if change == "damaged weights":
        weights = weights[:-1000] + bytes(1000)
    else:
        description["model"] = "nonesuch"
    (tmp_path / "weights.weights.h5").write_bytes(weights)
    (tmp_path / "model.json").write_text(json.dumps(description))
    with pytest.raises(CheckpointError, match=r"damaged|nonesuch"):
        export_onnx(tmp_path, tmp_path / "model.onnx")
    assert not (tmp_path / "model.onnx").exists()


def test_the_command_tells_a_missing_network_in_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path), str(tmp_path / "model.onnx")]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("export: error: ") and "model.json" in line
    assert main([str(tmp_path)]) == 2
    assert "FILE.onnx" in capsys.readouterr().err
