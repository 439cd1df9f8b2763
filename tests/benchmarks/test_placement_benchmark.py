from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import placement
from benchmarks.placement import PLACEMENTS, Placement, main, place
from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import TEXT, reading_folder


def test_a_picture_is_made_smaller_about_its_middle_and_its_border_repeated() -> None:
    frame = np.full((90, 270), 60, np.uint8)
    frame[35:55, 115:155] = 200
    smaller = place(frame, Placement(zoom=0.5))
    assert smaller.shape == (90, 270)
    assert np.count_nonzero(smaller > 130) == pytest.approx(20 * 40 / 4, rel=0.1)
    assert smaller[45, 135] == 200 and smaller[0, 0] == 60


def test_a_positive_rotation_lifts_the_right_side() -> None:
    frame = np.full((90, 270), 60, np.uint8)
    frame[42:48] = 200
    turned = place(frame, Placement(rotation=4))
    left, right = (turned[:, column].argmax() for column in (20, 250))
    assert left > 47 and right < 42
    assert np.array_equal(place(frame, Placement()), frame)


def test_blurred_plates_are_deblurred_and_sharp_ones_only_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plates = tmp_path / "plates"
    plates.mkdir()
    write_picture(plates / "a.png", np.full((90, 270), 250, np.uint8))
    (plates / "labels.csv").write_text(f"file,label\na.png,{TEXT}\n", encoding="utf-8")

    class ReadsWhite:
        def read(self, picture: np.ndarray) -> str:
            return TEXT if picture.mean() > 128 else ""

    monkeypatch.setattr(placement, "start_readers", lambda: {"engine": ReadsWhite()})
    network = reading_folder(tmp_path / "reader")  # its pictures are negatives
    arguments = ["--checkpoint", network, "--labelled", plates, "--sharp", plates]
    monkeypatch.setattr(sys, "argv", ["placement", *map(str, arguments)])
    assert main() == 0
    blurred, sharp = capsys.readouterr().out.split("sharp plates")
    assert blurred.count("| 100.0% / 100.0% | 0.0% / 0.0%") == len(PLACEMENTS)
    assert sharp.count("| 100.0% / 100.0% |") == len(PLACEMENTS)
    assert "by itself" in blurred and "by itself" not in sharp
