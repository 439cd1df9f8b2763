"""Deblurring on a real Ray cluster of two workers."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.helpers.ray_runs import Start, files, make_pictures, starting

pytest.importorskip("ray")

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="signals as on Unix"),
    pytest.mark.slow,
]


@pytest.fixture
def start(negative_folder: Path) -> Iterator[Start]:
    """Start the command with two workers and a network that makes negatives."""
    with starting(negative_folder) as start:
        yield start


def test_the_same_results_reports_and_exit_codes(
    start: Start, deblur: Command, tmp_path: Path
) -> None:
    pictures = make_pictures(tmp_path / "pictures", 3000)
    options = ("--recursive", "--size", "source", "--compare", "PAIRS", "--report", "R.json")

    def here(folder: Path) -> list[object]:
        folder.mkdir()
        return [
            folder / option if option.isupper() or "." in option else option for option in options
        ]

    plain = deblur(pictures, tmp_path / "plain" / "out", *here(tmp_path / "plain"))
    process = start(pictures, tmp_path / "ray" / "out", *here(tmp_path / "ray"))
    stdout, stderr = process.communicate()
    assert process.returncode == plain.returncode == 1
    assert sorted(stderr.splitlines()) == sorted(
        plain.stderr.replace("deblur_images.py:", "deblur_on_ray:").splitlines()
    )
    assert "2820 of 3000 pictures deblurred" in stdout and "180 failed" in stdout
    for kind in ("out", "PAIRS"):
        assert files(tmp_path / "ray" / kind) == files(tmp_path / "plain" / kind)
    reports = [json.loads((tmp_path / run / "R.json").read_text()) for run in ("plain", "ray")]
    for report in reports:
        for row in report["pictures"]:
            row["milliseconds"] = row["output"] = None
    assert reports[0]["pictures"] == reports[1]["pictures"]  # in the same order, too
    assert reports[0]["summary"]["failed"] == reports[1]["summary"]["failed"]


def test_what_cannot_be_is_told_in_a_line(start: Start, source: Path, tmp_path: Path) -> None:
    for arguments, code, told in [
        ((source, tmp_path / "out.tar"), 2, "many workers cannot write one archive"),
        ((source, tmp_path / "out", "--address", "127.0.0.1:1"), 2, "no Ray cluster answers"),
        ((source, tmp_path / "out", "--address", "nowhere"), 2, "no Ray cluster answers"),
        ((tmp_path / "nothing", tmp_path / "out"), 2, "does not exist"),
    ]:
        process = start(*arguments)
        _, stderr = process.communicate()
        assert (process.returncode, stderr.count("\n")) == (code, 1), stderr
        assert told in stderr
