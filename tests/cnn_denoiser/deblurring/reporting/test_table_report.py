"""Reports for other programs: what spreadsheets make of CSV, and which columns tables have."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.reading_row import COLUMNS as READING_COLUMNS
from tests.helpers.written_reports import FAILED, HOSTILE_NAMES, SKIPPED, SOURCE, write

READ = {"sure": 0, "doubtful": 0, "no_plate": 0}


@pytest.mark.parametrize(
    ("summary", "more"),
    [
        ({}, ()),
        (READ, READING_COLUMNS),
        ({"grouped": True}, ("frames",)),
        (READ | {"grouped": True}, (*READING_COLUMNS, "frames")),
    ],
)
@pytest.mark.parametrize("outcomes", [[], [FAILED, SKIPPED]])
def test_columns_hang_on_what_was_asked_for_not_on_what_came_of_it(
    tmp_path: Path, outcomes: list[Outcome], summary: dict[str, object], more: tuple[str, ...]
) -> None:
    write(tmp_path / "r.csv", outcomes, **summary)
    with open(tmp_path / "r.csv", encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[10:] == [*more]
    assert [row[10:] for row in rows] == [[""] * len(more)] * len(outcomes)
    told = json.loads(write(tmp_path / "r.json", outcomes, **summary))["pictures"]
    assert [list(row.items())[10:] for row in told] == [
        [(name, None) for name in more] for _ in outcomes
    ]


def test_spreadsheets_know_the_encoding_and_no_other_separator(tmp_path: Path) -> None:
    write(tmp_path / "r.csv", [Outcome(SOURCE / "京A;1.jpg", None, "failed", "a; b")])
    content = (tmp_path / "r.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    text = content.decode("utf-8-sig")
    assert f'"{SOURCE / "京A;1.jpg"}",' in text and '"a; b",' in text


@pytest.mark.parametrize("beginning", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1"])
def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_path: Path, beginning: str) -> None:
    name = Path(f"{beginning}.jpg")
    write(tmp_path / "r.csv", [Outcome(name, name, "failed", beginning)])
    with open(tmp_path / "r.csv", encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["source"][0] == row["output"][0] == "."
    assert Path(row["source"]) == Path(row["output"]) == name
    assert row["reason"] == f"'{beginning}"


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_tables_keep_names_as_they_are(tmp_path: Path, name: str) -> None:
    outcome = Outcome(SOURCE / name, None, "failed", "torn")
    kept = str(SOURCE / name.replace("\udcff", "\\udcff"))
    assert json.loads(write(tmp_path / "r.json", [outcome]))["pictures"][0]["source"] == kept
    write(tmp_path / "r.csv", [outcome])
    with open(tmp_path / "r.csv", encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["source"] == kept
