from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.reliability import FEWEST, interval, join, main, table
from cnn_denoiser.evaluation.reliability import Bin, Confidences
from plumbing.pictures.codec import read_picture, write_picture
from tests.helpers.reading_network import TEXT, reading_folder


def test_the_table_tells_what_was_said_and_what_is_right() -> None:
    found = Confidences(np.array([0.55, 0.92, 0.98]), np.array([True, True, False]))
    lines = [[cell.strip() for cell in line.split("|")] for line in table({"a": found}).split("\n")]
    rows = {cells[1]: cells[2] for cells in lines}
    assert rows["0.5 to 0.6"] == "100.0% right, said 55.0%, of 1"
    assert rows["0.9 to 1.0"] == rows["at least 90 % sure"] == "50.0% right, said 95.0%, of 2"
    assert rows["0.1 to 0.2"] == "" and rows["calibration error"] == "0.450"


def test_bins_of_few_characters_are_joined_with_their_neighbours() -> None:
    empty = Bin(0, np.nan, np.nan)
    bins = [Bin(1, 0.1, 0.0), empty, Bin(9, 0.2, 1.0), Bin(FEWEST, 0.5, 0.4), Bin(4, 0.9, 0.5)]
    first, last = join(bins)
    assert first == pytest.approx((10, 0.19, 0.9))
    assert last == pytest.approx((14, (10 * 0.5 + 4 * 0.9) / 14, (10 * 0.4 + 4 * 0.5) / 14))
    assert join([empty, Bin(2, 0.9, 1.0)]) == [Bin(2, 0.9, 1.0)]
    assert join([empty]) == []


def test_an_interval_is_wide_where_all_of_a_few_are_right() -> None:
    # Wilson's interval of 5 of 10 and of 10 of 10, by 95 %, as textbooks have it.
    assert interval(Bin(10, 0.5, 0.5)) == pytest.approx((0.2366, 0.7634), abs=1e-3)
    assert interval(Bin(10, 0.9, 1.0)) == pytest.approx((0.7225, 1.0), abs=1e-3)


def test_drawn_and_given_plates_are_in_one_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib")
    plates, picture = tmp_path / "plates", tmp_path / "diagram.png"
    plates.mkdir()
    write_picture(plates / "a.png", np.full((90, 270), 250, np.uint8))
    (plates / "labels.csv").write_text(f"file,label\na.png,{TEXT}\n", encoding="utf-8")
    network = reading_folder(tmp_path / "reader")
    arguments = ["--synthetic", "1", "--labelled", plates, "--picture", picture]
    command = ["reliability", "--checkpoint", network, *arguments]
    monkeypatch.setattr(sys, "argv", [str(argument) for argument in command])
    assert main() == 0
    told = capsys.readouterr().out
    assert "| 1 labelled | 1 synthetic-camera | 1 synthetic-main |" in " ".join(told.split())
    assert "100.0% right" in told and "temperature 1" in told
    assert read_picture(picture).shape[1] == 800
