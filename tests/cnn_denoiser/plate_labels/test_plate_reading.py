from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from plates import draw_plate
from plumbing.labels import read_labels
from plumbing.pictures.codec import write_picture
from tests.conftest import Command

COMMAND = ("-m", "cnn_denoiser.read_plates")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write three blue plates, one picture of nothing, and a damaged file."""
    for seed in range(3):
        plate, _ = draw_plate(np.random.default_rng(seed), "blue")
        write_picture(tmp_path / f"车 {seed}.png", plate)
    write_picture(tmp_path / "grey.png", np.full((90, 270, 3), 128, np.uint8))
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return tmp_path


def test_what_plates_say_is_written_beside_them(run_command: Command, folder: Path) -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    result = run_command(*COMMAND, folder)
    assert result.returncode == 1, result.stderr
    assert [line for line in result.stderr.splitlines() if "bad.png" in line]
    labels = read_labels(folder / "labels.csv").texts
    assert set(labels) == {f"车 {seed}.png" for seed in range(3)}
    for seed in range(3):
        _, text = draw_plate(np.random.default_rng(seed), "blue")
        assert labels[f"车 {seed}.png"][1:] == text[1:]
    before = (folder / "labels.csv").read_bytes()
    again = run_command(*COMMAND, folder)
    assert (again.returncode, "--overwrite" in again.stderr) == (2, True)
    assert (folder / "labels.csv").read_bytes() == before
    assert run_command(*COMMAND, folder, "--overwrite").returncode == 1
    assert (folder / "labels.csv").read_bytes() == before


def test_a_folder_without_plates_gets_no_table(run_command: Command, folder: Path) -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    for path in folder.glob("车*"):
        path.unlink()
    result = run_command(*COMMAND, folder)
    assert result.returncode == 3
    assert "reads like a plate" in result.stderr.splitlines()[-1]
    assert not (folder / "labels.csv").exists()


def test_names_that_are_not_utf8_are_read_and_written(run_command: Command, tmp_path: Path) -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    plate, text = draw_plate(np.random.default_rng(0), "blue")
    picture = tmp_path / "caf\udce9\x1b[1m.png"
    write_picture(picture, plate)
    (tmp_path / "bad\udcff.png").write_bytes(b"no picture")
    result = run_command(*COMMAND, tmp_path, LC_ALL="C", PYTHONUTF8="0")
    assert result.returncode == 1, result.stderr
    assert "\x1b" not in result.stderr + result.stdout
    assert read_labels(tmp_path / "labels.csv").text(picture.name) == text


def test_wrong_usage_is_explained_in_a_line(run_command: Command, tmp_path: Path) -> None:
    result = run_command(*COMMAND, tmp_path / "none")
    assert result.returncode == 2
    assert "none" in result.stderr
    assert len(result.stderr.splitlines()) == 1
