"""The command as a person at a terminal sees it: progress, and stopping."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.helpers.dark_pictures import assert_deblurred, dark_picture

COMMAND = PROJECT / "deblur_images.py"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    return folder


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pseudo-terminals and no SIGINT to send")
class TestAtATerminal:
    def test_progress_is_shown(self, source: Path, negative_folder: Path, tmp_path: Path) -> None:
        import fcntl
        import pty
        import termios

        dark_picture().save(source / "plate.png")
        (source / "empty.png").touch()
        terminal, stderr = pty.openpty()
        rows_and_columns = struct.pack("HHHH", 24, 80, 0, 0)
        fcntl.ioctl(stderr, termios.TIOCSWINSZ, rows_and_columns)
        command = [
            sys.executable,
            COMMAND,
            source,
            tmp_path / "out",
            "--checkpoint",
            negative_folder,
        ]
        with subprocess.Popen(command, stderr=stderr, stdout=subprocess.PIPE) as process:
            os.close(stderr)
            shown = b""
            while True:
                try:
                    piece = os.read(terminal, 1000)
                except OSError:  # Linux's way to say that the other side is closed
                    break
                if not piece:
                    break
                shown += piece
        os.close(terminal)
        assert process.returncode == 1
        assert b"2/2" in shown
        assert b"empty.png: the file is empty" in shown

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_stopping_ends_with_a_summary_and_whole_files(
        self, source: Path, negative_folder: Path, tmp_path: Path, number: signal.Signals
    ) -> None:
        out = tmp_path / "out"
        dark_picture().save(source / "0.png")
        for name in range(1, 4000):
            os.link(source / "0.png", source / f"{name}.png")
        table = tmp_path / "report.csv"
        command = [sys.executable, COMMAND, source, out, "--checkpoint", negative_folder]
        process = subprocess.Popen(
            [*command, "--report", table],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not (out.exists() and any(out.glob("*.png"))):
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(number)
        stdout, stderr = process.communicate(timeout=60)
        assert process.returncode == 128 + number
        assert stderr == ""
        assert stdout.startswith("interrupted: ") and stdout.count("\n") == 1
        results = list(out.iterdir())
        assert f"{len(results)} of 4000" in stdout
        assert len(results) < 4000
        assert len(table.read_text().splitlines()) == 1 + len(results)
        for path in results:
            assert_deblurred(path, "PNG")
