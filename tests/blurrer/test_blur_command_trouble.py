"""The command that blurs where something is wrong: links, names, streams, signals."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from plumbing.pictures.codec import read_picture
from tests.conftest import PROJECT


def blurred_onto_a_source(source: Path, destination: Path, kind: str) -> list[object]:
    """Prepare a call whose results would replace something; return its arguments."""
    destination.mkdir()
    real = destination / "one.png"
    if kind == "a link in SRC":
        real.write_bytes((source / "one.png").read_bytes())
        (source / "two.png").unlink()
        (source / "two.png").symlink_to(real)
    elif kind == "a hard link in SRC":
        real.write_bytes((source / "one.png").read_bytes())
        (source / "two.png").unlink()
        (source / "two.png").hardlink_to(real)
    elif kind == "a link in DST":
        real.symlink_to(source / "one.png")
    elif kind == "DST by a link":
        destination.rmdir()
        destination.symlink_to(source)
    elif kind == "--preview on a result":
        return [source, destination, "--preview", real]
    elif kind == "--preview on a target":
        (destination / "targets").mkdir()
        preview = destination / "targets" / ".." / "targets" / "one.png"
        return [source, destination, "--targets", "--preview", preview]
    elif kind == "--preview by a link":
        (destination / "sheet.png").symlink_to(source / "one.png")
        return [source, destination, "--preview", destination / "sheet.png"]
    return [source, destination]


@pytest.mark.parametrize(
    "kind",
    [
        "a link in SRC",
        "a hard link in SRC",
        "a link in DST",
        "DST by a link",
        "--preview on a result",
        "--preview on a target",
        "--preview by a link",
    ],
)
def test_files_are_compared_and_not_names(run_command, source, destination, kind: str) -> None:
    arguments = blurred_onto_a_source(source, destination, kind)
    before = contents(source.parent)
    result = run_command("-m", "blurrer", *arguments)
    assert result.returncode == 2, result.stdout
    assert len(result.stderr.splitlines()) == 1
    assert contents(source.parent) == before


def test_names_that_differ_in_case_alone_are_refused_with_what_helps(
    run_command, source, destination
) -> None:
    (source / "ONE.png").write_bytes((source / "two.png").read_bytes())
    if len(list(source.iterdir())) == 4:
        pytest.skip("this file system folds case")
    result = run_command("-m", "blurrer", source, destination)
    assert result.returncode == 2, result.stdout
    assert "rename one of the sources" in result.stderr
    assert not destination.exists()


def contents(folder: Path) -> dict[Path, bytes | None]:
    return {
        path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_names_may_hold_anything(run_command, source, destination) -> None:
    names = [b"\xd6\xd0.png", b"\x1b[31mred.png", b"two\nlines.png", b"--seed.png"]
    for name in names:
        Path(os.fsdecode(os.fsencode(source) + b"/" + name)).write_bytes(
            (source / "one.png").read_bytes()
        )
    (source / "\x1b[31mbroken.png").write_bytes(b"nothing")
    result = run_command("-m", "blurrer", source, destination)
    assert result.returncode == 1, result.stderr
    assert len(result.stderr.splitlines()) == 1 and "\x1b" not in result.stderr
    assert set(names) < {os.fsencode(path.name) for path in destination.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="a shell's")
@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&- >&- 2>&-", ">/dev/full", "| true"])
def test_streams_that_are_closed_or_full_change_nothing(
    source, destination, redirection: str
) -> None:
    (source / "broken.png").write_bytes(b"nothing")
    command = f"{sys.executable} -m blurrer {source} {destination} {redirection}"
    shell = f"set -o pipefail; {command}" if "|" in redirection else command
    result = subprocess.run(["bash", "-c", shell], cwd=PROJECT, capture_output=True, text=True)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr and "Exception" not in result.stderr
    pictures = {path.name: read_picture(path) for path in destination.iterdir()}
    assert set(pictures) == {"one.png", "two.png", "three.jpg", "four.bmp"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_the_picture_in_work(
    source, destination, number: signal.Signals
) -> None:
    for index in range(3000):
        (source / f"{index:04}.png").hardlink_to(source / "one.png")
    process = subprocess.Popen(
        [sys.executable, "-m", "blurrer", source, destination],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while not (destination / "0002.png").exists():
        assert time.monotonic() < deadline
        time.sleep(0.002)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (128 + number, "")
    pictures = sorted(path.name for path in destination.iterdir())
    assert 3 <= len(pictures) < 3004
    assert not [name for name in pictures if name.startswith(".")]
    assert stdout.startswith(f"{len(pictures)} pictures blurred (camera), ")
