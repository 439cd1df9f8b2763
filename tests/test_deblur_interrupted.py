"""Ctrl-C at any moment of the command: 130, and no traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")

# Runs the script, which says as its first step that it has started: what comes before that, Python
# itself and on a busy machine the way to that step, nothing of ours can do anything about.
STARTER = """
import os, sys
path = sys.argv[1]
first = "try:\\n    "
text = open(path, encoding="utf-8").read().replace(first, first + "os.write(2, b'started'); ", 1)
script = compile(text, path, "exec")
sys.argv = sys.argv[1:]
sys.path[0] = os.path.dirname(path)
exec(script, {"__name__": "__main__", "os": os})
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    # A plate, as what looks like none is warned of.
    shutil.copy(PROJECT / "data" / "100blurred" / "001.jpg", folder / "0.jpg")
    for number in range(1, 2000):
        os.link(folder / "0.jpg", folder / f"{number}.jpg")
    return folder


def interrupt(source: Path, destination: Path, after: float, times: int = 1) -> tuple[int, str]:
    """Start the command, interrupt it after so many seconds; return exit code and stderr."""
    command = [sys.executable, "-c", STARTER, PROJECT / "deblur_images.py", source, destination]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=source
    )
    assert process.stderr is not None
    assert process.stderr.read(7) == "started"
    time.sleep(after)
    for _ in range(times):
        process.send_signal(signal.SIGINT)
        time.sleep(0.01)
    told = process.communicate(timeout=120)[1]
    return process.returncode, told


# The whole start takes half a second on an idle machine.
@pytest.mark.parametrize("after", [0.003, 0.008, 0.02, 0.05, 0.1, 0.2, 0.4])
def test_it_ends_with_130_at_once(source: Path, tmp_path: Path, after: float) -> None:
    exit_code, told = interrupt(source, tmp_path / "out", after)
    assert exit_code == 130
    assert "Traceback" not in told and "Error" not in told
    assert told in ("", "deblur_images.py: interrupted\n")


@pytest.mark.slow
def test_it_ends_with_130_at_a_hundred_moments(source: Path, tmp_path: Path) -> None:
    for number in range(100):
        after = 0.003 + 1.5 * (number / 100) ** 2
        times = 1 + number % 2
        exit_code, told = interrupt(source, tmp_path / str(number), after, times)
        # While Python ends, a second signal may find it without its handlers: shells say 130, too.
        assert exit_code == 130 or (times, exit_code) == (2, -signal.SIGINT), (after, told)
        assert "Traceback" not in told and "Error" not in told, after
        for path in (tmp_path / str(number)).glob("*.jpg"):
            assert path.stat().st_size > 0
