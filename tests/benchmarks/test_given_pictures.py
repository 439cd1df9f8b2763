from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.given_pictures import read_folder, read_plates
from cnn_denoiser.evaluation.options import EvaluationOptions
from plumbing.commands.errors import NothingToDoError, UsageError
from plumbing.commands.signals import StopSignals
from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import TEXT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two pictures, one of which is none, and a text for each."""
    folder = tmp_path / "plates"
    folder.mkdir()
    write_picture(folder / "good.png", np.full((30, 90, 3), 250, np.uint8))
    (folder / "bad.png").write_bytes(b"no picture")
    rows = f"file,label\ngood.png,{TEXT}\nbad.png,{TEXT}\n"
    (folder / "labels.csv").write_text(rows, encoding="utf-8")
    return folder


def test_pictures_are_read_and_the_unreadable_named(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    pictures = read_folder(folder)
    assert list(pictures) == ["good.png"] and pictures["good.png"].shape == (30, 90, 3)
    assert "bad.png" in caplog.text


def test_plates_are_read_and_the_unreadable_named(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (plates,) = read_plates(EvaluationOptions(labelled=folder), StopSignals())
    assert plates.names == ["good.png"] and plates.labels == [TEXT]
    assert "bad.png" in caplog.text


def test_a_folder_without_pictures_is_nothing_to_do(folder: Path) -> None:
    (folder / "good.png").unlink()
    with pytest.raises(NothingToDoError, match="no pictures that can be read"):
        read_folder(folder)
    with pytest.raises(NothingToDoError, match="no pictures that can be read"):
        read_plates(EvaluationOptions(labelled=folder), StopSignals())


def test_a_missing_folder_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="missing: No such file"):
        read_folder(tmp_path / "missing")
    with pytest.raises(UsageError, match="missing is not a folder"):
        read_plates(EvaluationOptions(labelled=tmp_path / "missing"), StopSignals())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read anything")
def test_a_folder_that_nobody_may_look_into_is_wrong_usage(folder: Path) -> None:
    folder.chmod(0)
    try:
        with pytest.raises(UsageError, match="Permission denied"):
            read_folder(folder)
    finally:
        folder.chmod(0o700)
