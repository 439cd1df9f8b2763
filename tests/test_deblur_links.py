"""No source is overwritten, by whatever link or name its file is reached."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cnn_denoiser.deblurring.command import main
from plumbing.pictures.codec import write_picture

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links need rights there")
Refused = Callable[..., str]


@pytest.fixture
def real(tmp_path: Path) -> Path:
    """Make `real/plate.jpg`."""
    path = tmp_path / "real" / "plate.jpg"
    path.parent.mkdir()
    write_picture(path, np.full((30, 80), 90, np.uint8))
    return path


@pytest.fixture
def refused(tmp_path: Path, negative_folder: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Return a function that checks that a command line is refused, and gives the message."""

    def run(*arguments: object) -> str:
        before = _tree(tmp_path)
        exit_code = main([*map(str, arguments), "--checkpoint", str(negative_folder)])
        told = capsys.readouterr()
        assert exit_code == 2, told.err
        assert told.err.count("\n") == 1 and told.out == ""
        assert _tree(tmp_path) == before
        return told.err

    return run


def _tree(folder: Path) -> dict[str, bytes | None]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def test_a_link_and_what_it_leads_to(real: Path, tmp_path: Path, refused: Refused) -> None:
    (tmp_path / "link.jpg").symlink_to(real)
    (tmp_path / "hard.jpg").hardlink_to(real)
    for source, result in [
        (tmp_path / "link.jpg", real),
        (real, tmp_path / "link.jpg"),
        (real, tmp_path / "hard.jpg"),
        (tmp_path / "link.jpg", tmp_path / "hard.jpg"),
        (tmp_path / "link.jpg", real.parent / "PLATE.JPG"),
        (tmp_path / "link.jpg", tmp_path / "real" / ".." / "real" / "plate.jpg"),
    ]:
        assert "would take the place of a source" in refused(source, result)


def test_links_among_the_sources_that_lead_to_results(
    real: Path, tmp_path: Path, refused: Refused
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "plate.jpg").symlink_to(real)
    assert "would take the place of a source" in refused(source, real.parent)
    assert "would take the place of a source" in refused(
        source, tmp_path / "out", "--compare", real.parent
    )
    (source / "other.jpg").symlink_to(real)
    (source / "plate.jpg").unlink()
    write_picture(source / "plate.jpg", np.zeros((30, 80), np.uint8))
    assert "would take the place of a source" in refused(source, real.parent)
    (tmp_path / "linked").symlink_to(real.parent)
    assert "would take the place of a source" in refused(real, tmp_path / "linked")


def test_reports_on_sources_results_and_each_other(
    real: Path, tmp_path: Path, refused: Refused
) -> None:
    out = tmp_path / "out"
    (tmp_path / "r.csv").symlink_to(real)
    assert "would take the place of a source" in refused(real, out, "--report", tmp_path / "r.csv")
    (tmp_path / "a.html").write_text("old")
    (tmp_path / "b.html").symlink_to(tmp_path / "a.html")
    reports = ("--report", tmp_path / "a.html", "--report", tmp_path / "b.html")
    assert "would be one file" in refused(real, out, *reports)
    same = ("--report", tmp_path / "r.json", "--report", f"{tmp_path}/real/../r.json")
    assert "would be one file" in refused(real, out, *same)
    out.mkdir()
    (tmp_path / "r.html").symlink_to(out / "plate.jpg")
    assert "would be one file" in refused(real, out, "--report", tmp_path / "r.html")


def test_results_replace_links_that_lead_elsewhere(
    real: Path, tmp_path: Path, negative_folder: Path
) -> None:
    (tmp_path / "kept.jpg").write_bytes(b"of somebody else")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "plate.jpg").symlink_to(tmp_path / "kept.jpg")
    assert main([str(real), str(tmp_path / "out"), "--checkpoint", str(negative_folder)]) == 0
    assert (tmp_path / "kept.jpg").read_bytes() == b"of somebody else"
    assert not (tmp_path / "out" / "plate.jpg").is_symlink()
