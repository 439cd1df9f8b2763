from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from cnn_denoiser.model_files import run_lock
from cnn_denoiser.model_files.run_lock import lock_run
from plumbing.commands.errors import UsageError
from tests.conftest import PROJECT

fcntl = pytest.importorskip("fcntl")


def test_a_second_training_is_refused_while_the_first_one_runs(tmp_path: Path) -> None:
    run = tmp_path / "new" / "run"
    with lock_run(run):
        with pytest.raises(UsageError, match="another training is writing into"), lock_run(run):
            pass
    with lock_run(run):
        pass


def test_a_killed_training_leaves_no_lock(tmp_path: Path) -> None:
    script = "import os, sys; from pathlib import Path\n"
    script += "from cnn_denoiser.model_files.run_lock import lock_run\n"
    script += "with lock_run(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    command = [sys.executable, "-c", script, str(tmp_path)]
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == -9
    with lock_run(tmp_path):
        pass


def test_a_drive_without_locks_is_told_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def no_locks(*arguments: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(run_lock.fcntl, "flock", no_locks)
    with lock_run(tmp_path):
        pass
    assert "cannot be locked (No locks available)" in caplog.text


def test_a_folder_that_cannot_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot be written to"), lock_run(tmp_path / "file" / "x"):
        pass
