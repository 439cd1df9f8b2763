"""Shards of a run, and their reports joined, through the commands themselves."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from cnn_denoiser.deblurring.shard import Shard
from tests.conftest import Command
from tests.helpers.plain_pictures import names, plain_picture

COUNT = 3


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Make a tree of 12 pictures with an empty one, a text with a picture's name, and a text."""
    folder = tmp_path / "source"
    (folder / "day").mkdir(parents=True)
    for number in range(12):
        where = folder / "day" if number % 2 else folder
        plain_picture((120, 40 + number)).save(where / f"{number}.png")
    (folder / "empty.png").touch()
    (folder / "text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("notes")
    return folder


def test_shards_are_disjoint_and_together_the_whole_run(
    deblur: Command, run_command: Command, pictures: Path, tmp_path: Path
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    deblur(pictures, whole, "--recursive", "--report", tmp_path / "whole.json")
    reports, seen = [], set[str]()
    for number in range(1, COUNT + 1):
        report = tmp_path / f"{number}.json"
        shard = ("--shard", f"{number}/{COUNT}", "--report", report)
        finished = deblur(pictures, out, "--recursive", *shard)
        assert finished.returncode in (0, 1)
        rows = json.loads(report.read_text())["pictures"]
        new = {row["source"] for row in rows}
        assert new and not new & seen
        seen |= new
        reports.append(report)
    assert names(out) == names(whole)
    assert all((out / name).read_bytes() == (whole / name).read_bytes() for name in names(out))

    joined = run_command("-m", "cnn_denoiser.join_reports", *reports, tmp_path / "all.json")
    assert (joined.returncode, joined.stderr) == (0, "")
    assert "12 of 14 pictures deblurred, 0 skipped, 2 failed" in joined.stdout
    expected, found = (
        json.loads((tmp_path / name).read_text()) for name in ("whole.json", "all.json")
    )
    for count in ("total", "done", "skipped", "failed", "warned", "others", "repaired"):
        assert found["summary"][count] == expected["summary"][count]
    statuses = [
        {row["source"]: row["status"] for row in one["pictures"]} for one in (expected, found)
    ]
    assert statuses[0] == statuses[1]
    table = run_command("-m", "cnn_denoiser.join_reports", *reports, tmp_path / "all.csv")
    assert table.returncode == 0
    with (tmp_path / "all.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["source"] for row in csv.DictReader(file)} == seen


def test_reports_that_do_not_belong_together_are_refused(
    deblur: Command, run_command: Command, pictures: Path, tmp_path: Path
) -> None:
    one, two, plain = (tmp_path / f"{name}.json" for name in ("one", "two", "plain"))
    deblur(pictures, tmp_path / "out", "--shard", "1/2", "--report", one)
    deblur(pictures, tmp_path / "other", "--shard", "2/2", "--report", two)
    deblur(pictures, tmp_path / "out", "--report", plain)
    cut = tmp_path / "cut.json"
    cut.write_bytes(one.read_bytes().replace(b'"1/2"', b'"1/1"')[:-4])
    for reports, told in [
        ((one,), "the report of shard 2/2 is missing"),
        ((one, one), "are both of shard 1/2"),
        ((one, two), "destination differs"),
        ((plain,), "is not of a shard"),
        ((pictures / "0.png",), "is no report"),
        ((tmp_path / "missing.json",), "cannot be read"),
        ((cut,), "is not whole"),
    ]:
        refused = run_command("-m", "cnn_denoiser.join_reports", *reports, tmp_path / "all.json")
        assert refused.returncode == 2, reports
        assert told in refused.stderr and refused.stderr.count("\n") == 1
        assert not (tmp_path / "all.json").exists()


def test_a_share_that_is_empty_is_no_error(deblur: Command, source: Path, tmp_path: Path) -> None:
    number = next(
        n for n in range(1, 98) if not any(Shard(n, 97).has(f"{i}.png") for i in range(3))
    )
    finished = deblur(source, tmp_path / "out", "--shard", f"{number}/97")
    assert (finished.returncode, finished.stderr) == (0, "")
    assert "0 of 0 pictures" in finished.stdout


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "1/", "-1/3", "1/1000001", "１/３"])
def test_what_is_no_shard_is_refused(
    deblur: Command, source: Path, tmp_path: Path, text: str
) -> None:
    refused = deblur(source, tmp_path / "out", f"--shard={text}")
    assert refused.returncode == 2 and "must be K/N" in refused.stderr
    assert not (tmp_path / "out").exists()


def test_a_share_is_known_from_the_path_alone() -> None:
    # Written down: results of different machines and versions must go together.
    assert [Shard(n, 4).has("day/1.png") for n in range(1, 5)].count(True) == 1
    shares = [next(n for n in range(1, 65) if Shard(n, 64).has(f"{i}.jpg")) for i in range(4)]
    assert shares == [51, 58, 33, 3]
