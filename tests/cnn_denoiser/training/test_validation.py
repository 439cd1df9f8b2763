from __future__ import annotations

import logging
import sys
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from cnn_denoiser.training.data.plates import PlatesInFolders
from cnn_denoiser.training.data.validation_set import (
    ValidationSet,
    hold_out,
    validate_on,
    validate_on_synthetic,
)
from cnn_denoiser.training.losses import mse
from cnn_denoiser.training.validation import Validation
from plumbing.pictures.codec import write_picture


def plates(folder: Path, count: int) -> PlatesInFolders:
    paths = []
    for index in range(count):
        paths.append(folder / f"{index:03d}.bmp")
        write_picture(paths[-1], np.full((9, 27), index, np.uint8))
    return PlatesInFolders(tuple(paths))


def test_the_same_few_plates_are_kept_from_training(tmp_path: Path) -> None:
    own = plates(tmp_path, 40)
    trained_on, kept = hold_out(own, 0.1)
    assert kept is not None
    assert len(kept) == 4
    assert sorted([*trained_on.paths, *kept.paths]) == list(own.paths)
    assert hold_out(own, 0.1) == (trained_on, kept)
    assert kept.paths != own.paths[:4]


def test_a_great_many_are_never_kept(tmp_path: Path) -> None:
    _, kept = hold_out(plates(tmp_path, 150), 0.9)
    assert kept is not None
    assert len(kept) == 64


def test_of_very_few_none_are_kept(tmp_path: Path) -> None:
    own = plates(tmp_path, 19)
    assert hold_out(own, 0.05) == (own, None)


def test_copies_of_a_kept_plate_are_not_trained_on_either(tmp_path: Path) -> None:
    own = plates(tmp_path, 20)
    copies = []
    for path in own.paths:
        copies.append(tmp_path / f"copy of {path.name}")
        copies[-1].write_bytes(path.read_bytes())
    trained_on, kept = hold_out(PlatesInFolders((*own.paths, *copies)), 0.1)
    assert kept is not None
    contents = [{path.read_bytes() for path in part.paths} for part in (trained_on, kept)]
    assert contents[0].isdisjoint(contents[1])


def test_plates_are_blurred_once_and_for_all(tmp_path: Path) -> None:
    own = replace(plates(tmp_path, 3), texts=("A", None, "B"))
    first, again = (validate_on(own, "camera") for _ in range(2))
    assert first.labels == own.texts
    np.testing.assert_array_equal(first.blurred, again.blurred)
    assert first.blurred.shape == first.sharp.shape == (3, 90, 270)


def test_synthetic_plates_say_what_is_known() -> None:
    pictures = validate_on_synthetic("mild")
    assert pictures.blurred.shape == (64, 90, 270)
    assert all(pictures.labels)


@pytest.fixture
def pictures() -> ValidationSet:
    random = np.random.default_rng(0)
    sharp = random.integers(0, 256, (20, 90, 270), np.uint8)
    return ValidationSet(255 - sharp, sharp, (None,) * 20)


def network(factor: float) -> keras.Model:
    entry = keras.Input((90, 270, 1))
    return keras.Model(entry, entry * factor)


def test_figures_tell_a_good_network_from_doing_nothing(pictures: ValidationSet) -> None:
    measures = Validation(pictures, mse)
    nothing = measures.validate(network(1.0))
    assert nothing == pytest.approx(measures.blurred)
    perfect = measures.validate(network(-1.0))
    assert perfect["loss"] == pytest.approx(0, abs=1e-9)
    assert perfect["psnr"] > 48 > 10 > nothing["psnr"]
    assert perfect.keys() == {"loss", "psnr", "ssim"}
    assert (perfect["ssim"], nothing["ssim"] < 0) == (pytest.approx(1), True)


def test_a_cost_of_ones_own_is_measured(pictures: ValidationSet) -> None:
    cost = Validation(pictures, lambda sharp, deblurred: keras.ops.mean(deblurred - sharp)).blurred
    expected = (pictures.blurred.mean() - pictures.sharp.mean()) / 127.5
    assert cost["loss"] == pytest.approx(expected, rel=1e-3)


def test_what_is_not_installed_is_said_once_and_not_measured(
    pictures: ValidationSet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delitem(sys.modules, "cnn_denoiser.measures.image_quality", raising=False)
    for name in ("skimage.metrics", "rapidocr_onnxruntime"):
        monkeypatch.setitem(sys.modules, name, None)
    labelled = ValidationSet(pictures.blurred, pictures.sharp, ("京A12345",) * 20)
    caplog.set_level(logging.INFO)
    measures = Validation(labelled, mse)
    assert measures.validate(network(1.0)).keys() == {"loss", "psnr"}
    said = [record.getMessage() for record in caplog.records]
    assert len(said) == 2
    assert "scikit-image is not installed: validation without SSIM" in said[0]
    assert said[1].startswith("plates are not read: RapidOCR")
    assert "requirements-evaluation.txt" in said[1]


def test_plates_with_known_texts_are_read() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    synthetic = validate_on_synthetic("mild")
    few = ValidationSet(synthetic.sharp[:6], synthetic.sharp[:6], (*synthetic.labels[:5], None))
    figures = Validation(few, mse).blurred
    assert figures["characters"] > 0.8
    assert {"alphanumeric", "plates"} <= figures.keys()
