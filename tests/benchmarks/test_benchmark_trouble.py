"""What a benchmark is given and cannot use is a line on stderr, and an exit code."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from plumbing.pictures.codec import write_picture
from tests.helpers.reading_network import TEXT, reading_folder


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """A folder of one plate with its text, an empty one, one that is missing; a network."""
    names = ("plates", "empty", "missing", "network", "labels")
    places = {name: tmp_path / name for name in names}
    places["plates"].mkdir()
    places["empty"].mkdir()
    write_picture(places["plates"] / "a.png", np.full((90, 270), 250, np.uint8))
    rows = f"file,label\na.png,{TEXT}\n"
    (places["plates"] / "labels.csv").write_text(rows, encoding="utf-8")
    places["labels"].write_text(rows, encoding="utf-8")
    reading_folder(places["network"])
    return places


@pytest.mark.parametrize(
    ("name", "arguments", "code", "message"),
    [
        ("reliability", "--labelled {missing}", 2, "missing is not a folder"),
        ("reliability", "--labelled {empty}", 2, "no labels at"),
        ("reliability", "--labelled {empty} --labels {labels}", 3, "no pictures that can be read"),
        ("reliability", "--labels {labels}", 2, "--labels belongs to --labelled"),
        ("reliability", "--checkpoint {empty}", 4, "neither a trained model"),
        ("reliability", "--picture {missing}/a.png", 2, "missing is not a folder"),
        ("reliability", "--model moussaka", 2, "moussaka does not read plates"),
        ("placement", "", 2, "nothing to measure on"),
        ("placement", "--labelled {missing}", 2, "missing is not a folder"),
        ("placement", "--labelled {empty} --labels {labels}", 3, "no pictures that can be read"),
        ("placement", "--sharp {missing}", 2, "missing is not a folder"),
        ("placement", "--sharp {empty}", 2, "no labels at"),
        ("placement", "--sharp {plates} --labels {labels}", 2, "--labels belongs to --labelled"),
        ("placement", "--sharp {plates} --count 0", 2, "must be a whole number"),
        ("no_plate", "", 2, "folder"),
        ("no_plate", "{missing}", 2, "No such file"),
        ("no_plate", "{empty}", 3, "no pictures that can be read"),
        ("no_plate", "{plates} --plates {missing}", 2, "No such file"),
        ("no_plate", "{plates} --model moussaka", 2, "moussaka does not read plates"),
        ("blur_fit", "{missing} {plates}", 2, "No such file"),
        ("blur_fit", "{plates} {plates}", 3, "cannot be halved"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_line(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    name: str, arguments: str, code: int, message: str,
) -> None:  # fmt: skip
    benchmark = importlib.import_module(f"benchmarks.{name}")
    given = [argument.format(**places) for argument in arguments.split()]
    monkeypatch.setattr(sys, "argv", [name, *given])
    assert benchmark.main() == code
    told = capsys.readouterr()
    assert told.out == ""
    *notices, line = told.err.splitlines()
    assert line.startswith(f"{name}: error: ") and message in line
    assert all("pictures have a text" in notice for notice in notices)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("training", "--batch_size 2 --data {missing}", "No such file"),
        ("pretraining", "--batch_size 2 --picture {missing}/a.png", "is not a folder"),
    ],
)
def test_what_a_training_cannot_use_is_told_in_a_line(
    places: dict[str, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    name: str, arguments: str, message: str,
) -> None:  # fmt: skip
    pytest.importorskip("tensorflow")
    benchmark = importlib.import_module(f"benchmarks.{name}")
    given = [argument.format(**places) for argument in arguments.split()]
    monkeypatch.setattr(sys, "argv", [name, *given])
    assert benchmark.main() == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{name}: error: ") and message in line
