"""How much memory the command takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.ratios import MEGABYTE
from benchmarks.watched_process import run_python
from tests.helpers.many_pictures import make_pictures

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows does not count like that")


def peak_memory(*arguments: object) -> float:
    """Run the command and return the most memory that it had, in bytes."""
    return run_python("deblur_images.py", *map(str, arguments))[1]


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_pictures(
    negative_folder: Path, tmp_path: Path
) -> None:
    few = make_pictures(tmp_path / "few", 100)
    many = make_pictures(tmp_path / "many", 20_000)
    peaks = [
        peak_memory(
            source,
            tmp_path / "out",
            "--checkpoint",
            negative_folder,
            "--report",
            tmp_path / "r.csv",
        )
        for source in (few, many)
    ]
    assert peaks[1] - peaks[0] < 25 * MEGABYTE


def test_memory_with_the_largest_network(tmp_path: Path) -> None:
    source = make_pictures(tmp_path / "source", 30)
    # 287 to 301 MB; the network itself takes most of it.
    assert peak_memory(source, tmp_path / "out", "--model", "moussaka") < 320 * MEGABYTE
