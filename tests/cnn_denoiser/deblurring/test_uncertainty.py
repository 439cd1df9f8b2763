from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest

from cnn_denoiser.checkpoints import CheckpointError, shipped_model_folder
from cnn_denoiser.deblurring.network import load_network
from cnn_denoiser.deblurring.uncertainty import BRIGHTEST, heat_map, load_uncertainty
from cnn_denoiser.image_files import find_pictures, read_picture
from cnn_denoiser.image_processing import to_frame
from cnn_denoiser.onnx_seal import seal
from tests.conftest import PROJECT


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    paths = find_pictures(PROJECT / "data" / "final_test")[:3]
    return np.stack([to_frame(read_picture(path)) for path in paths])


@pytest.fixture(scope="module")
def deviations(frames: np.ndarray) -> np.ndarray:
    return load_uncertainty("moussaka", passes=6).standard_deviation(frames, [1, 2, 3])


def test_deviations_are_in_grey_levels(deviations: np.ndarray, frames: np.ndarray) -> None:
    assert deviations.dtype == np.float32
    assert deviations.shape == frames.shape
    assert deviations.min() >= 0
    assert 1 < deviations.mean() < 128


def test_a_deviation_depends_on_the_picture_and_its_seed_alone(
    deviations: np.ndarray, frames: np.ndarray
) -> None:
    estimator = load_uncertainty("moussaka", passes=6)
    again = estimator.standard_deviation(frames[[2, 0]], [3, 1])
    assert np.array_equal(again, deviations[[2, 0]])
    (other,) = estimator.standard_deviation(frames[:1], [4])
    assert not np.array_equal(other, deviations[0])
    assert estimator.standard_deviation(frames[:0], []).shape == (0, 90, 270)


def test_more_passes_change_the_estimate_but_not_its_size(
    deviations: np.ndarray, frames: np.ndarray
) -> None:
    more = load_uncertainty("moussaka", passes=12).standard_deviation(frames, [1, 2, 3])
    assert not np.array_equal(more, deviations)
    assert more.mean() == pytest.approx(deviations.mean(), rel=0.1)


def test_networks_without_dropout_are_refused() -> None:
    with pytest.raises(CheckpointError, match=r"unet has no dropout.*moussaka"):
        load_uncertainty()


@pytest.mark.parametrize("change", ["missing", "damaged"])
def test_files_that_are_not_whole_are_refused(
    tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shipped_model_folder("moussaka"), tmp_path / "moussaka")
    path = tmp_path / "moussaka" / "model.dropout.onnx"
    if change == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        content[500] ^= 1
        path.write_bytes(content)
    monkeypatch.setattr("cnn_denoiser.checkpoints.TRAINED_MODELS", tmp_path)
    with pytest.raises(CheckpointError, match=r"model\.dropout\.onnx cannot be loaded"):
        load_uncertainty("moussaka")


def test_file_of_another_network_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(shipped_model_folder("moussaka"), tmp_path / "moussaka")
    path = tmp_path / "moussaka" / "model.onnx"
    path.write_bytes(seal(path.read_bytes() + onnx.ModelProto(doc_string="!").SerializeToString()))
    monkeypatch.setattr("cnn_denoiser.checkpoints.TRAINED_MODELS", tmp_path)
    load_network("moussaka")
    with pytest.raises(CheckpointError, match="does not belong"):
        load_uncertainty("moussaka")


@pytest.mark.parametrize("passes", [-1, 0, 1])
def test_too_few_passes_are_refused(passes: int) -> None:
    with pytest.raises(ValueError, match="2 passes"):
        load_uncertainty("moussaka", passes=passes)


def test_heat_map_shows_the_picture_above_and_grows_brighter_with_the_deviation() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (90, 270), dtype=np.uint8)
    deviation = np.tile(np.linspace(0, 2 * BRIGHTEST, 270, dtype=np.float32), (90, 1))
    picture = heat_map(frame, deviation)
    assert picture.shape == (180, 270, 3)
    assert picture.dtype == np.uint8
    assert np.array_equal(picture[:90], np.stack([frame] * 3, axis=-1))
    brightness = picture[90].astype(int).sum(axis=-1)
    assert (brightness[0], brightness[-1]) == (brightness.min(), brightness.max())
    assert np.all(np.diff(brightness) >= -3)  # of three channels, each rounded
    assert np.all(brightness[135:] == brightness[-1])
    # The scale is fixed: half the deviation gives another colour.
    assert not np.array_equal(heat_map(frame, deviation / 2), picture)
