"""Reports: tables for other programs, and what holds for the page, too."""

from __future__ import annotations

import csv
import json
import resource
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_denoiser.deblurring.reporting.outcome import Outcome
from cnn_denoiser.deblurring.reporting.report import check_report, open_report
from plumbing.commands.errors import UsageError
from tests.helpers.written_reports import (
    DONE,
    FAILED,
    SKIPPED,
    SOURCE,
    Page,
    write,
    write_file,
)

FORMATS = ["html", "json", "csv"]


def test_json_holds_the_summary_and_a_row_for_each_picture(tmp_path: Path) -> None:
    text = write(tmp_path / "r.json", [DONE, FAILED, SKIPPED], seconds=2.5, model="unet")
    report = json.loads(text)
    assert report["summary"] == {
        "total": 3, "done": 1, "skipped": 1, "failed": 1, "seconds": 2.5, "model": "unet"
    }  # fmt: skip
    assert [row["status"] for row in report["pictures"]] == ["done", "failed", "skipped"]
    assert report["pictures"][0] == {
        "source": str(DONE.source),
        "output": str(DONE.output),
        "status": "done",
        "reason": "",
        "width": 60,
        "height": 29,
        "milliseconds": 12.35,
        "warning": "no plate; torn",
        "source_sha256": "a" * 64,
        "output_sha256": "b" * 64,
    }
    assert report["pictures"][1]["output"] is None
    assert report["pictures"][1]["reason"] == "cannot be decoded"


def test_csv_holds_a_row_for_each_picture(tmp_path: Path) -> None:
    write(tmp_path / "r.csv", [DONE, FAILED, SKIPPED], seconds=2.5)
    with open(tmp_path / "r.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [
        ["source", "output", "status", "reason", "width", "height", "milliseconds", "warning",
         "source_sha256", "output_sha256"],
        [str(DONE.source), str(DONE.output), "done", "", "60", "29", "12.35", "no plate; torn",
         "a" * 64, "b" * 64],
        [str(FAILED.source), "", "failed", "cannot be decoded", "", "", "", "", "", ""],
        [str(SKIPPED.source), str(SKIPPED.output), "skipped", "exists already", *[""] * 6],
    ]  # fmt: skip


NAMES = st.text(st.characters(exclude_characters="/\0"), min_size=1, max_size=40)


@settings(max_examples=10)
@given(st.lists(NAMES, min_size=10, max_size=30))
def test_any_name_can_be_reported(
    tmp_path_factory: pytest.TempPathFactory, names: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    outcomes = [Outcome(SOURCE / name, None, "failed", name) for name in names]
    page, table = (
        write(folder / name, outcomes, sources=[SOURCE]) for name in ("r.html", "r.json")
    )
    assert Page(page).stack == []
    assert len(json.loads(table)["pictures"]) == len(names)
    write(folder / "r.csv", outcomes)
    with open(folder / "r.csv", encoding="utf-8-sig", newline="") as file:
        assert len(list(csv.DictReader(file))) == len(names)


@pytest.mark.parametrize("suffix", FORMATS)
def test_memory_does_not_grow_with_the_number_of_pictures(tmp_path: Path, suffix: str) -> None:
    def peak(count: int) -> int:
        tracemalloc.start()
        try:
            write_file(tmp_path / f"r.{suffix}", repeat(DONE, count))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # loads what is loaded once
    assert peak(300) < peak(30) + 200_000  # 270 rows, if kept, would take more


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_stands_under_the_name_before_the_end(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"r.{suffix}"
    report = open_report(path)
    report.add(DONE, np.zeros((29, 60, 3), np.uint8), np.zeros((90, 270), np.uint8))
    assert list(tmp_path.iterdir()) == []
    report.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_report_that_cannot_be_finished_leaves_the_old_one(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"r.{suffix}"
    path.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    report = open_report(path)
    report.add(FAILED, None, None)
    with pytest.raises(OSError, match="No space left"):
        report.close({})
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "old"


@contextmanager
def full_disk() -> Iterator[None]:
    """Let no file grow beyond 100 bytes, that of the tests' own output included."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        with pytest.raises(OSError, match="File too large"):
            for _ in range(1000):
                report.add(FAILED, None, None)
        report.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_report_can_be_dropped_on_a_full_disk(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        report.add(FAILED, None, None)  # waits for more, to be written at once
        report.discard()


def test_a_full_disk_at_the_end_is_told(tmp_path: Path) -> None:
    with full_disk():
        report = open_report(tmp_path / "r.json")
        report.add(FAILED, None, None)
        with pytest.raises(OSError, match="File too large"):
            report.close({})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["r.txt", "r", "r.html.gz", "json"])
def test_other_suffixes_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"must end in one of \.html, \.htm, \.json, \.csv"):
        open_report(tmp_path / name)


def test_a_place_that_cannot_hold_it_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: there is no folder"):
        open_report(tmp_path / "missing" / "r.html")
    check_report(tmp_path / "made" / "r.csv", [tmp_path / "made"])
    for name, told in (("x" * 251 + ".html", "too long"), ("labels.csv", "texts of plates")):
        with pytest.raises(UsageError, match=told):
            check_report(tmp_path / name)
    (tmp_path / "folder.html").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        open_report(tmp_path / "folder.html")


def test_figures_that_are_no_numbers_are_left_out(tmp_path: Path) -> None:
    outcome = Outcome(SOURCE / "a.jpg", None, "done", "", 1, 1, float("nan"))
    (row,) = json.loads(write(tmp_path / "r.json", [outcome]))["pictures"]
    assert row["milliseconds"] is None
    assert "ms" not in "".join(Page(write(tmp_path / "r.HTM", [outcome])).all("small"))
