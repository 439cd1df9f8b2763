from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.no_plate import WIDTHS, crop, main, row, text_line
from cnn_denoiser.deblurring.plate_look import ASPECTS
from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import TEXT, reading_folder, reading_of


@pytest.mark.parametrize("size", [(600, 2000), (90, 900), (40, 40), (1, 1)])
def test_crops_have_shapes_and_sizes_of_plates_as_far_as_the_picture_has(
    size: tuple[int, int],
) -> None:
    picture = np.arange(size[0] * size[1]).reshape(size)
    crops = [crop(picture, np.random.default_rng(seed)) for seed in range(200)]
    for one in crops:
        height, width = one.shape
        assert 1 <= width <= min(WIDTHS[1], size[1]) and height >= 1
        assert ASPECTS[0] <= (width + 1) / max(height - 1, 0.5)
        assert (width - 1) / (height + 1) <= ASPECTS[1]
        assert width >= min(WIDTHS[0], size[1]) - 1
        top, left = divmod(int(one[0, 0]), size[1])
        assert np.array_equal(one, picture[top : top + height, left : left + width])
    widths = np.array([one.shape[1] for one in crops])
    assert widths.max() > 0.8 * min(WIDTHS[1], size[1], size[0] * ASPECTS[1])
    if size[0] > 40:
        assert widths.min() < 100 and len({one[0, 0] for one in crops}) > 100


def test_the_same_seed_cuts_the_same_crop() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (300, 400))
    first, again, other = (crop(picture, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_lines_of_text_can_be_seen_on_their_ground() -> None:
    lines = [text_line(np.random.default_rng(seed)) for seed in range(50)]
    for line in lines:
        ground = int(line[0, 0])
        border = np.concatenate([line[:5].ravel(), line[-5:].ravel(), line[:, :5].ravel()])
        assert (border == ground).all()
        difference = np.abs(line.astype(int) - ground)
        assert difference.max() >= 80 and 0.02 < (difference > 40).mean() < 0.6
        assert ASPECTS[0] <= line.shape[1] / line.shape[0] <= ASPECTS[1]
    assert len({line.tobytes() for line in lines}) == 50


def test_a_row_counts_what_is_said() -> None:
    sure = reading_of(TEXT, [0.99] * 7)
    doubtful = reading_of(TEXT, [0.95, *[0.5] * 6])
    nothing_sure = reading_of(TEXT, [0.6] * 7)
    noise = reading_of(TEXT, [0.2] * 7)
    none = type(noise)(noise.log_probabilities, is_plate=False)
    cells = row("a", [sure, doubtful, nothing_sure, none])
    assert cells[:5] == ["a", "4", "3", "2", "1"]
    assert cells[5:] == ["0.00128 %", "93.1 %", "1"]


def test_a_table_tells_crops_text_and_plates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, brightness in (("white", 250), ("dark", 30)):
        (tmp_path / folder).mkdir()
        picture = np.full((200, 300, 3), brightness, np.uint8)
        write_picture(tmp_path / folder / f"{folder}.png", picture)
    network = reading_folder(tmp_path / "reader")  # the brighter, the surer that it is a plate
    folders = [tmp_path / "white", tmp_path / "dark"]
    arguments = ["--checkpoint", network, *folders, "--plates", tmp_path / "white", "--count", 6]
    monkeypatch.setattr(sys, "argv", ["no_plate", *map(str, arguments), "--profile", "mild"])
    assert main() == 0
    told = capsys.readouterr().out
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in told.splitlines()]
    found = {cells[0]: cells[1:] for cells in rows if cells}
    assert found["crops"][:4] == ["6", "3", "3", "3"]
    assert found["plates of white"][:4] == ["1", "1", "1", "1"]
    assert {"lines of text", "lines of text, camera", "synthetic plates, mild"} <= set(found)
    assert found["the same in a mirror"] == found["synthetic plates, mild"]
    assert told.endswith("crops of 2 pictures; called plates: white.png 3\n")
