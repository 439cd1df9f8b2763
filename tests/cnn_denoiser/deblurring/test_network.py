from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.network import BATCH_SIZE, Network, load_network
from cnn_denoiser.deblurring.options import DeblurOptions
from cnn_denoiser.export import another_process as export
from cnn_denoiser.model_files import shipped
from cnn_denoiser.model_files.model_folder import CheckpointError
from cnn_denoiser.model_files.onnx_seal import seal
from cnn_denoiser.model_files.shipped import shipped_models
from plates.slots import CLASSES, SLOTS
from tests.cnn_denoiser.deblurring.conftest import plates, random_frames
from tests.helpers.reading_network import reading_folder


@pytest.mark.parametrize("count", [0, 1, BATCH_SIZE, BATCH_SIZE + 1, 3 * BATCH_SIZE - 1])
def test_any_number_of_frames_is_deblurred_in_order(negative_folder: Path, count: int) -> None:
    frames = random_frames(count)
    deblurred = Network(negative_folder / "model.onnx").deblur(frames)
    assert deblurred.dtype == np.uint8
    assert np.array_equal(deblurred, 255 - frames)


def test_of_no_frames_there_are_readings_only_where_the_network_reads(
    negative_folder: Path, tmp_path: Path
) -> None:
    none = random_frames(0)
    for folder in (negative_folder, reading_folder(tmp_path / "reader")):
        network = Network(folder / "model.onnx")
        logits = network.deblur_and_read(none).logits
        assert (logits is not None) == network.reads
        assert logits is None or logits.shape == (0, SLOTS, CLASSES)


def test_batches_of_the_command_are_those_of_the_network() -> None:
    assert DeblurOptions((Path("in"),), Path("out")).batch_size == BATCH_SIZE


@pytest.mark.parametrize("model", shipped_models())
def test_result_does_not_depend_on_the_batch(model: str) -> None:
    network = load_network(model)
    frames = plates(7)
    together = network.deblur(frames, batch_size=7)
    for batch_size in (1, 2, 5, 100):
        assert np.array_equal(network.deblur(frames, batch_size), together), batch_size


@pytest.mark.parametrize("change", ["shorter", "longer", "a bit", "the seal", "no seal", "empty"])
def test_damaged_network_is_refused(tmp_path: Path, negative_folder: Path, change: str) -> None:
    content = bytearray((negative_folder / "model.onnx").read_bytes())
    if change == "shorter":
        del content[-20:]
    elif change == "longer":
        content += b"\0"
    elif change == "a bit":
        content[len(content) // 2] ^= 1
    elif change == "the seal":
        content[-1] ^= 1
    elif change == "no seal":
        del content[-76:]
    else:
        content.clear()
    (tmp_path / "damaged.onnx").write_bytes(content)
    with pytest.raises(CheckpointError, match=r"damaged\.onnx cannot be loaded: it is damaged"):
        Network(tmp_path / "damaged.onnx")


def test_what_is_no_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.onnx").write_bytes(seal(b"no network"))
    with pytest.raises(CheckpointError, match=r"other\.onnx cannot be loaded"):
        Network(tmp_path / "other.onnx")


@pytest.fixture
def models_folder(tmp_path: Path, negative_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ship the negative network alone, and forbid its export."""
    folder = tmp_path / "models_folder"
    shutil.copytree(negative_folder, folder / "negative")
    monkeypatch.setattr(shipped, "TRAINED_MODELS", folder)
    monkeypatch.setattr(export, "export_in_another_process", _never)
    return folder


def _never(*_: object) -> None:
    raise AssertionError("what is shipped is not exported again")


def test_shipped_network_that_is_damaged_is_refused(models_folder: Path) -> None:
    frames = random_frames(2)
    assert np.array_equal(load_network("negative").deblur(frames), 255 - frames)
    (models_folder / "negative" / "model.onnx").write_bytes(b"damaged")
    with pytest.raises(CheckpointError, match="damaged"):
        load_network("negative")


def test_shipped_network_of_other_weights_is_refused(
    models_folder: Path, write_negative_onnx: Callable[[Path, str], None]
) -> None:
    write_negative_onnx(models_folder / "negative" / "model.onnx", "two")
    with pytest.raises(CheckpointError, match="not made of the weights"):
        load_network("negative")


def test_fresh_onnx_is_used_as_it_is(negative_folder: Path, exports: list[Path]) -> None:
    load_network(checkpoint=negative_folder)
    assert exports == []


@pytest.mark.parametrize("state", ["missing", "of other weights", "damaged"])
def test_onnx_is_made_anew_once_where_needed(
    negative_folder: Path, exports: list[Path], state: str
) -> None:
    onnx_path = negative_folder / "model.onnx"
    if state == "missing":
        onnx_path.unlink()
    elif state == "damaged":
        onnx_path.write_bytes(b"damaged")
    else:
        description = {"model": "negative", "weights_sha256": "two", "step": 2, "parameters": 0}
        (negative_folder / "model.json").write_text(json.dumps(description))
    load_network(checkpoint=negative_folder)
    load_network(checkpoint=negative_folder)
    assert exports == [negative_folder]


def test_run_folder_means_its_newest_checkpoint(
    tmp_path: Path, negative_folder: Path, exports: list[Path]
) -> None:
    for step in (90, 100):
        folder = tmp_path / "run" / "checkpoints" / f"step-{step:08d}"
        folder.mkdir(parents=True)
        description = (negative_folder / "model.json").read_text()
        (folder / "model.json").write_text(description)
    load_network(checkpoint=tmp_path / "run")
    assert exports == [tmp_path / "run" / "checkpoints" / "step-00000100"]


def test_a_checkpoint_that_a_training_removes_meanwhile_is_replaced_by_the_newest(
    tmp_path: Path, negative_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    older, newer = (run / "checkpoints" / f"step-{step:08d}" for step in (90, 100))
    older.mkdir(parents=True)
    (older / "model.json").write_text((negative_folder / "model.json").read_text())

    def export_too_late(model_folder: Path, *_: object) -> None:
        shutil.copytree(negative_folder, newer)
        shutil.rmtree(older)
        raise CheckpointError(f"{model_folder} cannot be read")

    monkeypatch.setattr(export, "export_in_another_process", export_too_late)
    assert load_network(checkpoint=run).weights_sha256 == "one"
    # Where there is no newer one, the complaint stands.
    (newer / "model.onnx").unlink()
    monkeypatch.setattr(export, "export_in_another_process", _fail_to_export)
    with pytest.raises(CheckpointError, match="TensorFlow is missing"):
        load_network(checkpoint=run)


def _fail_to_export(*_: object) -> None:
    raise CheckpointError("TensorFlow is missing")


def test_unknown_networks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="nonesuch"):
        load_network("nonesuch")
    with pytest.raises(CheckpointError, match="neither"):
        load_network(checkpoint=tmp_path)
