from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from cnn_denoiser.model_files.provenance import git_revision


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_the_revision_is_the_one_checked_out(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        command = ["git", *who, *arguments]
        return subprocess.run(
            command, cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    git("init")
    assert git_revision(tmp_path) is None
    (tmp_path / "code.py").write_text("1")
    git("add", ".")
    git("commit", "-m", "first")
    revision = git("rev-parse", "HEAD").strip()
    assert git_revision(tmp_path) == revision
    (tmp_path / "code.py").write_text("2")
    assert git_revision(tmp_path) == f"{revision}-dirty"
    # A copy of the code that lies in somebody else's repository is not of that revision.
    (tmp_path / "copy").mkdir()
    assert git_revision(tmp_path / "copy") is None
