"""Thin scripts run from any folder, and may be interrupted while they import."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
COMMANDS = [
    ["cnn_denoiser/publish.py"],
    ["-m", "cnn_denoiser.publish"],
]


SCRIPTS = ["publish.py", "read_plates.py", "join_reports.py", "calibrate.py"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_runs_from_any_folder(tmp_path: Path, script: str) -> None:
    result = subprocess.run(
        [sys.executable, PROJECT / "cnn_denoiser" / script, "--help"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_ctrl_c_while_a_command_is_imported(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "logging.py").write_text(
        "import os, signal, time\nos.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)\n"
    )
    result = subprocess.run(
        [sys.executable, *command, "--help"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (130, "")


def test_a_missing_package_is_told_in_a_line(tmp_path: Path) -> None:
    command = [sys.executable, "-S", "-m", "cnn_denoiser.read_plates", tmp_path]
    result = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr.count("\n") == 1
    assert "is not installed; run: pip install" in result.stderr
