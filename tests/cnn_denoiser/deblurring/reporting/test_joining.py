"""Reports that cannot be joined: each is told in a line, and nothing is written."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnn_denoiser import join_reports
from cnn_denoiser.deblurring.reporting.joining import join_reports as join
from cnn_denoiser.deblurring.reporting.reading_row import COLUMNS

ROW: dict[str, Any] = {
    "source": "a.png", "output": "out/a.png", "status": "done", "reason": "", "width": 120,
    "height": 40, "milliseconds": 1.5, "warning": "", "source_sha256": "a", "output_sha256": "b",
}  # fmt: skip
READING: dict[str, Any] = {
    "text": "京A12345", "reading": "doubtful", "text_probability": 0.5, "as_it_is": None,
    "character_probabilities": [0.9, 0.8],
    "runner_ups": [{"place": 1, "character": "B", "probability": 0.6, "runner_up": "8",
                    "runner_up_probability": 0.3}],
}  # fmt: skip
FRAME = {"source": "a.png", "used": True, "fit": 1.0, "reason": ""}
SUMMARY: dict[str, Any] = {
    "total": 1, "done": 1, "skipped": 0, "failed": 0, "warned": 0, "others": 0, "repaired": 0,
    "seconds": 1.5, "interrupted": False, "grouped": False, "sources": ["in"], "destination": "out",
    "model": "unet", "weights_sha256": "c", "version": "1", "temperature": 1.2,
}  # fmt: skip


def write(path: Path, shard: str, rows: tuple[object, ...] = (ROW,), **summary: object) -> Path:
    facts = {**SUMMARY, "shard": shard, "options": f"--shard {shard}", **summary}
    lines = ",\n".join(map(json.dumps, rows))
    path.write_text(f'{{"summary": {json.dumps(facts)},\n"pictures": [\n{lines}\n]}}\n')
    return path


@pytest.fixture
def first(tmp_path: Path) -> Path:
    return write(tmp_path / "1.json", "1/2")


def refused(capsys: pytest.CaptureFixture[str], *arguments: Path) -> str:
    before = {path: path.read_bytes() for path in arguments[0].parent.iterdir()}
    assert join_reports.main([str(path) for path in arguments]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert {path: path.read_bytes() for path in arguments[0].parent.iterdir()} == before
    return told


@pytest.mark.parametrize(
    "row",
    [
        1,
        [],
        "text",
        {},
        {**ROW, "source": 1},
        {**ROW, "reason": None},
        {**ROW, "output": []},
        {name: value for name, value in ROW.items() if name != "output"},
        {**ROW, "unheard": 1},
        {**ROW, "frames": 3},
        {**ROW, "frames": False},
        {**ROW, "frames": [{"used": True}]},
        {**ROW, "text": "京A12345"},
        {**ROW, **READING, "runner_ups": [{}]},
        {**ROW, **READING, "as_it_is": []},
    ],
)
@pytest.mark.parametrize("suffix", [".csv", ".json"])
def test_rows_that_are_none(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], row: object, suffix: str
) -> None:
    second = write(tmp_path / "2.json", "2/2", (ROW, row))
    told = refused(capsys, first, second, tmp_path / f"all{suffix}")
    assert f"{second} is no report" in told


@pytest.mark.parametrize(
    "summary",
    [
        {"done": "1"},
        {"done": None},
        {"total": 1.5},
        {"sure": "1"},
        {"seconds": "1.5"},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"grouped": None},
        {"options": None},
    ],
)
def test_counts_that_are_none(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], summary: dict[str, Any]
) -> None:
    second = write(tmp_path / "2.json", "2/2", **summary)
    assert f"{second} is no report" in refused(capsys, first, second, tmp_path / "all.json")


@pytest.mark.parametrize("shard", ["0/2", "3/2", "1" * 5000 + "/2", "²/2", 7])
def test_shards_that_are_none(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], shard: str
) -> None:
    second = write(tmp_path / "2.json", shard)
    assert "is not of a shard" in refused(capsys, first, second, tmp_path / "all.json")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "2"),
        ("temperature", 1.0),
        ("grouped", True),
        ("options", "--shard 2/2 --size 2x"),
        ("options", "--shard 2/2 --group='--jobs 3'"),
    ],
)
def test_reports_of_different_runs(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, value: object
) -> None:
    second = write(tmp_path / "2.json", "2/2", **{name: value})
    told = refused(capsys, first, second, tmp_path / "all.json")
    assert f"are of different runs: {name} differs" in told


def test_options_that_are_none(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = write(tmp_path / "2.json", "2/2", options="nonsense '")
    assert "tells no options" in refused(capsys, first, second, tmp_path / "all.json")


def test_the_joined_one_does_not_replace_a_report(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = write(tmp_path / "2.json", "2/2")
    os.link(second, tmp_path / "same.json")
    for joined in (second, tmp_path / "same.json"):
        assert f"{joined} is one of the reports" in refused(capsys, first, second, joined)


def test_the_joined_one_does_not_replace_the_texts_of_plates(
    first: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    second = write(tmp_path / "2.json", "2/2")
    labels = tmp_path / "labels.csv"
    assert "texts of plates" in refused(capsys, first, second, labels)
    assert not labels.exists()


def test_what_may_differ_between_shards(tmp_path: Path) -> None:
    options = ("--jobs 8 --existing skip --size 2x", "--batch-size 4 --quiet --size 2x")
    rows = (
        {**ROW, **READING, "frames": [FRAME]},
        {**ROW, "source": "b.png", "output": None, "status": "failed", "reason": "torn"},
    )
    asked = {"grouped": True, "sure": 0, "doubtful": 1, "no_plate": 0}
    reports = [
        write(tmp_path / f"{n}.json", f"{n}/2", rows, options=f"{one} --shard {n}/2", **asked)
        for n, one in enumerate(options, start=1)
    ]
    assert join(reports, tmp_path / "all.csv")["total"] == 2
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [row["source"] for row in told] == ["a.png", "b.png"] * 2
    assert (told[0]["frames"], told[0]["runner_ups"]) == ("1 of 1 used", "1: B 0.6, 8 0.3")
    assert (told[1]["status"], told[1]["frames"], told[1]["text"]) == ("failed", "", "")
    join(reports, tmp_path / "all.json")
    joined = json.loads((tmp_path / "all.json").read_text())
    nothing = dict.fromkeys((*READING, "frames"))
    assert joined["pictures"] == [rows[0], nothing | rows[1]] * 2
    assert {name: joined["summary"][name] for name in asked} == asked | {"doubtful": 2}


def test_columns_of_a_joined_table_hang_on_what_was_asked_for(tmp_path: Path) -> None:
    failed = {**ROW, "output": None, "status": "failed", "reason": "torn"}
    asked = {"grouped": True, "sure": 0, "doubtful": 0, "no_plate": 0}
    reports = [write(tmp_path / f"{n}.json", f"{n}/2", (failed,), **asked) for n in (1, 2)]
    join(reports, tmp_path / "all.csv")
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        told = list(csv.DictReader(file))
    assert [list(row)[10:] for row in told] == [[*COLUMNS, "frames"]] * 2
