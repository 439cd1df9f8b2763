from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks.blur_fit import main
from plumbing.pictures.codec import write_picture


def test_a_table_compares_real_blur_with_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    random = np.random.default_rng(0)
    for name in ("real", "sharp"):
        (tmp_path / name).mkdir()
        for number in range(3):
            picture = random.integers(0, 256, (90, 270), np.uint8)
            write_picture(tmp_path / name / f"{number}.png", picture)
    arguments = [tmp_path / "real", tmp_path / "sharp", "--profile", "mild", "--count", 4]
    monkeypatch.setattr(sys, "argv", ["blur_fit", *map(str, arguments)])
    assert main() == 0
    header, *rows = capsys.readouterr().out.splitlines()
    assert "real, 1st half" in header and "mild" in header
    assert any(row.startswith("standard deviation") and row.count("/") == 6 for row in rows)
