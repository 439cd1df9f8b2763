from __future__ import annotations

import errno
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plumbing.files import atomic
from plumbing.files.atomic import open_atomically, remove_leftovers, sync, write_atomically

LEFT = ".0123456789abcdef.temporary"


def test_nobody_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with open_atomically(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    with pytest.raises(ValueError, match="half-way"), open_atomically(path) as file:
        file.write(b"newer")
        raise ValueError("half-way")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_are_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / LEFT).write_bytes(b"half")
    others = [".temporary", ".0123456789ABCDEF.temporary", "x.temporary", ".hidden", "picture.png"]
    for name in others:
        (tmp_path / name).write_bytes(b"whole")
    (tmp_path / LEFT.replace("0", "f")).mkdir()
    os.utime(tmp_path / LEFT, (0, 0))  # where files cannot be locked, only old ones are removed
    remove_leftovers(tmp_path)
    expected = {*others, LEFT.replace("0", "f")}
    assert {path.name for path in tmp_path.iterdir()} == expected
    remove_leftovers(tmp_path / "missing")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no locks that end with their process")
def test_files_in_use_stay_until_their_program_is_dead(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from plumbing.files.atomic import open_atomically\n"
        "with open_atomically(Path(sys.argv[1])) as file:\n"
        "    file.write(b'half')\n"
        "    file.flush()\n"
        "    time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script, str(tmp_path / "file")])
    try:
        deadline = time.monotonic() + 60
        while not any(path.stat().st_size for path in tmp_path.iterdir()):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        remove_leftovers(tmp_path)
        (left,) = tmp_path.iterdir()
        assert left.read_bytes() == b"half"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="there, files are not locked")
def test_a_file_that_may_just_have_been_made_stays(tmp_path: Path) -> None:
    (tmp_path / LEFT).touch()
    remove_leftovers(tmp_path)
    assert (tmp_path / LEFT).exists()
    os.utime(tmp_path / LEFT, (0, 0))
    remove_leftovers(tmp_path)
    assert not (tmp_path / LEFT).exists()


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch):
    """Have a call of the operating system answer an error, as some drives do."""
    monkeypatch.setattr(atomic, "_told", set())

    def answer(module: object, name: str, number: int) -> None:
        def fail(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(module, name, fail)

    return answer


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_drive_that_cannot_sync_is_written_to_and_told_once(
    tmp_path: Path, answer, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    answer(atomic.os, "fsync", number)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_atomically(tmp_path / name / "file", b"new")
        sync(tmp_path / name)
        assert (tmp_path / name / "file").read_bytes() == b"new"
    (record,) = caplog.records
    assert record.levelno == logging.WARNING and "cannot sync" in record.getMessage()


def test_a_disk_that_fails_to_sync_keeps_the_old_file(tmp_path: Path, answer) -> None:
    write_atomically(tmp_path / "file", b"old")
    answer(atomic.os, "fsync", errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(tmp_path / "file", b"new")
    with pytest.raises(OSError, match="Input/output"):
        sync(tmp_path)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.name == "nt", reason="there, files are not locked")
def test_a_drive_without_locks_is_written_to_and_told_once(
    tmp_path: Path, answer, caplog: pytest.LogCaptureFixture
) -> None:
    answer(atomic.fcntl, "flock", errno.ENOLCK)
    for name in ("a", "b"):
        write_atomically(tmp_path / name, b"new")
    (record,) = caplog.records
    assert "cannot lock" in record.getMessage()
    (tmp_path / LEFT).write_bytes(b"half")
    remove_leftovers(tmp_path)
    assert (tmp_path / LEFT).exists()  # it may be in use
    os.utime(tmp_path / LEFT, (0, 0))
    remove_leftovers(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
